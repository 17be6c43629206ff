"""Administrators' pages: accounts, units, one-time links, and the audit that remembers them."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diemtua.register import administration, write
from diemtua.register.models import Change, OrgUnit, Role, User

pytestmark = pytest.mark.django_db
AUDIT = "desk:audit"
PEOPLE = "desk:people"


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def unit() -> OrgUnit:
    return administration.save_unit(actor=None, name="Phòng Thử Nghiệm")


def make(username: str, role: str = Role.VIEWER, unit: OrgUnit | None = None) -> User:
    return administration.create_user(actor=None, username=username, name=f"Người {username}", role=role, unit=unit)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def boss() -> User:
    return make("quan.tri", Role.ADMINISTRATOR)


@pytest.fixture
def desk(boss: User) -> Client:
    return client_of(boss)


def typed(user: User | None = None, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "username": "moi.vao",
        "name": "Người Mới Vào",
        "email": "",
        "role": "officer",
        "unit": "",
        "language": "vi",
        "reason": "",
    }
    if user:
        values |= {
            "username": user.username,
            "name": user.name,
            "role": user.role,
            "unit": user.unit_id or "",
            "is_active": "on",
        }
    return {n: v for n, v in (values | changes).items() if v is not None}


def addresses(user: User, unit: OrgUnit) -> list[tuple[str, str]]:
    return [
        ("get", reverse(PEOPLE)),
        ("get", reverse("desk:user_new")),
        ("post", reverse("desk:user_new")),
        ("get", reverse("desk:user_edit", args=[user.pk])),
        ("post", reverse("desk:user_edit", args=[user.pk])),
        ("post", reverse("desk:user_link", args=[user.pk])),
        ("get", reverse("desk:unit_new")),
        ("post", reverse("desk:unit_new")),
        ("get", reverse("desk:unit_edit", args=[unit.pk])),
        ("post", reverse("desk:unit_edit", args=[unit.pk])),
        ("get", reverse(AUDIT)),
    ]


# --- who may come in ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER, Role.LEAD])
def test_only_administrators(role: str, unit: OrgUnit) -> None:
    user = make("khac", role, unit)
    client = client_of(user)
    before = Change.objects.count()
    for method, address in addresses(user, unit):
        assert getattr(client, method)(address, typed(role="administrator")).status_code == 403, address
        answer = getattr(Client(), method)(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/account/login/")
    assert Change.objects.count() == before
    for action in (
        lambda: administration.create_user(actor=user, username="x.y", name="X", role="viewer", unit=None),
        lambda: administration.update_user(actor=user, user=user, role="administrator"),
        lambda: administration.save_unit(actor=user, name="X"),
        lambda: administration.note_link(actor=user, user=user),
        lambda: administration.remove_second_factor(actor=user, user=user, reason="x"),
    ):
        with pytest.raises(PermissionDenied):
            action()


def test_what_is_not_there_is_404(desk: Client) -> None:
    for name in ("desk:user_edit", "desk:unit_edit"):
        assert desk.get(reverse(name, args=[999_999])).status_code == 404
    assert desk.post(reverse("desk:user_link", args=[999_999])).status_code == 404
    assert desk.get(reverse("desk:user_link", args=[1])).status_code == 405


# --- accounts -------------------------------------------------------------------------------------


def test_opening_an_account_and_handing_over_a_link(desk: Client, boss: User, unit: OrgUnit) -> None:
    answer = desk.post(reverse("desk:user_new"), typed(username=" Moi.Vao ", unit=unit.pk, reason="theo đề nghị"))
    person = User.objects.get(username="moi.vao")
    assert answer["Location"] == reverse("desk:user_edit", args=[person.pk])
    assert not person.has_usable_password()
    assert (person.role, person.unit) == ("officer", unit)
    noted = Change.objects.get(subject=f"user:{person.pk}")
    assert (noted.actor, noted.reason, noted.diff["role"]) == (boss, "theo đề nghị", [None, "officer"])

    shown = desk.post(reverse("desk:user_link", args=[person.pk]))
    found = re.search(r'value="(http://testserver/account/link/\?sesame=[^"]+)"', shown.content.decode())
    assert found
    assert "no-store" in shown["Cache-Control"]
    assert Change.objects.filter(subject=f"user:{person.pk}", diff__has_key="login_link").count() == 1
    link = html.unescape(found[1])
    assert "sesame=" not in desk.get(reverse("desk:user_edit", args=[person.pk])).content.decode()
    stranger = Client()
    assert stranger.get(link).status_code == 200
    assert stranger.post("/account/link/", {"sesame": link.split("sesame=")[1]})["Location"] == "/desk/"
    assert stranger.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "Trần Lan"),
        ("username", "a"),
        ("username", "quan.tri"),
        ("username", "x" * 80),
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 200),
        ("email", "khong-phai"),
        ("role", "chu.tich"),
        ("role", ""),
        ("unit", "999999"),
        ("unit", "x"),
        ("language", "fr"),
    ],
)
def test_what_is_wrong_is_marked_and_what_was_typed_stays(desk: Client, field: str, value: str) -> None:
    before = User.objects.count()
    answer = desk.post(reverse("desk:user_new"), typed(**{field: value, "reason": "giữ nguyên chữ này"}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "giữ nguyên chữ này" in answer.content.decode()
    assert User.objects.count() == before


def test_changing_an_account(desk: Client, unit: OrgUnit) -> None:
    person = make("lan.tran")
    decomposed = "Người Đa\u0323i Diê\u0323n"
    desk.post(
        reverse("desk:user_edit", args=[person.pk]),
        typed(person, role="lead", unit=unit.pk, name=f"  {decomposed}\u202e ", reason="bổ nhiệm"),
    )
    person.refresh_from_db()
    assert (person.role, person.unit, person.name) == ("lead", unit, "Người Đại Diện")
    noted = Change.objects.filter(subject=f"user:{person.pk}").first()
    assert noted
    assert noted.diff == {
        "role": ["viewer", "lead"],
        "unit": [None, unit.pk],
        "name": ["Người lan.tran", "Người Đại Diện"],
    }
    count = Change.objects.count()
    desk.post(reverse("desk:user_edit", args=[person.pk]), typed(person))
    assert Change.objects.count() == count  # nothing changed, nothing noted


def test_switching_off_ends_the_session_and_the_links(desk: Client) -> None:
    person = make("nghi.viec")
    theirs = client_of(person)
    assert theirs.get(reverse("account_set_password")).status_code == 200
    desk.post(reverse("desk:user_edit", args=[person.pk]), typed(person, is_active=None))
    person.refresh_from_db()
    assert not person.is_active
    assert theirs.get(reverse("account_set_password")).status_code == 302
    answer = desk.post(reverse("desk:user_link", args=[person.pk]))
    assert answer.status_code == 302
    assert not Change.objects.filter(diff__has_key="login_link").exists()


def test_the_last_administrator_stays(desk: Client, boss: User) -> None:
    for change in ({"role": "viewer"}, {"is_active": None}):
        answer = desk.post(reverse("desk:user_edit", args=[boss.pk]), typed(boss, **change))
        assert answer.status_code == 422
        assert answer.context["form"].non_field_errors()
    second = make("quan.tri.hai", Role.ADMINISTRATOR)
    assert desk.post(reverse("desk:user_edit", args=[boss.pk]), typed(boss, role="viewer")).status_code == 302
    with pytest.raises(ValidationError):
        administration.update_user(actor=second, user=second, is_active=False)


def test_nobody_is_made_more_by_fields_that_are_not_offered(desk: Client) -> None:
    person = make("thuong")
    desk.post(reverse("desk:user_edit", args=[person.pk]), typed(person, is_superuser="on", password="x"))
    person.refresh_from_db()
    assert not person.is_superuser
    with pytest.raises(ValidationError):
        administration.update_user(actor=None, user=person, is_superuser=True)


def test_a_lost_telephone(desk: Client) -> None:
    person = make("mat.may")
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(person)
    address = reverse("desk:user_edit", args=[person.pk])
    desk.post(address, {"action": "second_factor", "reason": " "})
    assert person.authenticator_set.count() == 2  # type: ignore[attr-defined]
    desk.post(address, {"action": "second_factor", "reason": "mất điện thoại"})
    assert not person.authenticator_set.exists()  # type: ignore[attr-defined]
    noted = Change.objects.filter(subject=f"user:{person.pk}").first()
    assert noted
    assert (noted.diff, noted.reason) == ({"second_factor": [True, None]}, "mất điện thoại")


def test_people_are_found_without_marks(desk: Client, unit: OrgUnit) -> None:
    administration.create_user(actor=None, username="dd", name="Đặng Thị Thử", role="viewer", unit=unit)
    administration.create_user(actor=None, username="kk", name="Khác Hẳn", role="viewer", unit=None)
    for words in ("dang thu", "ĐẶNG", "phong thu nghiem"):
        page = desk.get(reverse(PEOPLE), {"q": words}).content.decode()
        assert "Đặng Thị Thử" in page
        assert "Khác Hẳn" not in page
    assert desk.get(reverse(PEOPLE), {"q": "<script>", "page": "x"}).status_code == 200


def test_the_list_costs_the_same_for_many(desk: Client, unit: OrgUnit) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get(reverse(PEOPLE)).status_code == 200
        return len(seen)

    few = queries()
    User.objects.bulk_create(User(username=f"u{n}", name=f"Người {n}", unit=unit) for n in range(130))
    assert queries() == few <= 6
    assert len(desk.get(reverse(PEOPLE), {"page": 2}).context["page"]) == 31


# --- units ----------------------------------------------------------------------------------------


def test_units_are_made_and_renamed(desk: Client, boss: User) -> None:
    desk.post(reverse("desk:unit_new"), {"name": "  Ban   Thử  "})
    unit = OrgUnit.objects.get(name="Ban Thử")
    desk.post(reverse("desk:unit_edit", args=[unit.pk]), {"name": "Ban Thử Hai", "reason": "đổi tên"})
    unit.refresh_from_db()
    assert unit.name == "Ban Thử Hai"
    noted = Change.objects.filter(subject=f"unit:{unit.pk}").first()
    assert noted
    assert (noted.diff, noted.actor, noted.reason) == ({"name": ["Ban Thử", "Ban Thử Hai"]}, boss, "đổi tên")
    for bad in ("", "  ", "Ban Thử Hai", "x" * 300):
        answer = desk.post(reverse("desk:unit_new"), {"name": bad})
        assert answer.status_code == 422
        assert "name" in answer.context["form"].errors


# --- audit ----------------------------------------------------------------------------------------


@pytest.fixture
def party(boss: User) -> Any:
    return write.create(
        "party",
        actor=boss,
        fields={"title": "Thành phố Thử", "kind": "locality", "access": "internal"},
        reason="nhập tay",
    )


def rows(client: Client, **query: Any) -> list[Any]:
    page = client.get(reverse(AUDIT), query)
    assert page.status_code == 200
    return page.context["rows"]


def test_the_audit_says_who_what_and_from_what_to_what(desk: Client, boss: User, party: Any, unit: OrgUnit) -> None:
    write.update(party, actor=boss, fields={"title": "Thành phố Thử Nghiệm"}, reason="sửa tên")
    person = make("ai.do", unit=unit)
    administration.update_user(actor=boss, user=person, role=Role.LEAD)
    page = desk.get(reverse(AUDIT)).content.decode()
    for text in (
        "<del>Thành phố Thử</del>",
        "<ins>Thành phố Thử Nghiệm</ins>",
        "“sửa tên”",
        str(boss),
        "Người ai.do",
        str(Role.LEAD.label),
        "Phòng Thử Nghiệm",
        reverse("desk:user_edit", args=[person.pk]),
        reverse("desk:unit_edit", args=[unit.pk]),
        party.get_absolute_url(),
    ):
        assert html.escape(text, quote=False) in page or text in page, text
    assert [r.change.pk for r in rows(desk)] == sorted((c.pk for c in Change.objects.all()), reverse=True)


def test_filters_of_the_audit(desk: Client, boss: User, party: Any) -> None:
    other = make("nguoi.khac", Role.OFFICER)
    write.update(party, actor=other, fields={"title": "Thành phố Khác"})
    today = party.record.created_at.astimezone().strftime("%d/%m/%Y")
    assert {r.change.actor for r in rows(desk, person=other.pk)} == {other}
    assert {r.change.actor for r in rows(desk, person="system")} == {None}
    assert {r.change.verb for r in rows(desk, verb="create")} == {"create"}
    assert len(rows(desk, kind="party")) == 2
    assert len(rows(desk, record=party.pk)) == 2
    assert len(rows(desk, record=party.pk, person=boss.pk, verb="create")) == 1
    assert len(rows(desk, since="01/01/2200")) == 0
    assert len(rows(desk, until="01/01/2001")) == 0
    assert len(rows(desk, since="01/01/2020", until="01/01/2199", kind="party")) == 2
    assert today


@pytest.mark.parametrize(
    "query",
    [
        {"since": "31/02/2023"},
        {"since": "01/01/0001"},
        {"until": "31/12/9999"},
        {"person": "x"},
        {"person": "9" * 30},
        {"verb": "'; DROP TABLE"},
        {"kind": "<script>"},
        {"record": "9" * 30},
        {"record": "x"},
        {"before": "x"},
        {"before": "-5"},
        {"before": "9" * 40},
        {"before": "²"},
    ],
)
def test_nonsense_in_the_filters_is_told_not_thrown(desk: Client, party: Any, query: dict[str, str]) -> None:
    assert desk.get(reverse(AUDIT), query).status_code == 200


def test_pages_of_the_audit_follow_each_other(desk: Client, party: Any) -> None:
    Change.objects.bulk_create(
        Change(record=party.record, verb="edit", diff={"title": ["a", "b"]}) for _n in range(120)
    )
    seen: list[int] = []
    query: dict[str, Any] = {"kind": "party"}
    while True:
        page = desk.get(reverse(AUDIT), query)
        seen += [r.change.pk for r in page.context["rows"]]
        if page.context["older"] is None:
            break
        query["before"] = page.context["older"]
    assert seen == list(Change.objects.filter(record=party.record).order_by("-pk").values_list("pk", flat=True))


def test_the_audit_costs_the_same_for_much(desk: Client, boss: User, party: Any, unit: OrgUnit) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.get(reverse(AUDIT), {"record": ""})
        return len(seen)

    write.create(
        "party",
        actor=boss,
        fields={"title": "Con", "kind": "agency", "parent": party, "unit": unit},
        tags=["thử"],
    )
    few = queries()
    for n in range(20):
        write.create("party", actor=boss, fields={"title": f"Con {n}", "kind": "agency", "parent": party, "unit": unit})
        make(f"them{n}", unit=unit)
    assert queries() == few <= 10


def test_an_old_or_odd_diff_is_still_readable(desk: Client, party: Any) -> None:
    for diff in (
        {"gone": [1, 2]},
        {"title": "x"},
        {"title": [None, {"a": 1}]},
        {"names": [[], [{"id": 1}]]},
        {"kind": ["zzz", ["a"]]},
        {"parent": [None, "x"]},
        {"unit": [None, [1]]},
        {"unit": [None, 999]},
        {},
    ):
        Change.objects.create(record=party.record, verb="edit", diff=diff)
    for subject in (
        "user:99999",
        "unit:99999",
        "tag:99999",
        "tag:x",
        "rule:conference.apply_days",
        "odd",
        "",
    ):
        Change.objects.create(subject=subject, verb="admin", diff={"name": ["<b>", "&"]})
    page = desk.get(reverse(AUDIT)).content.decode()
    assert "<b>" not in page.split("dt-audit", 1)[1]
    assert "conference.apply_days" in page
