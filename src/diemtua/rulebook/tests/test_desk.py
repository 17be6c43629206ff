"""The page: who sees it, what a day and a search show, and setting a rule by the form."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import translation

from diemtua.rulebook.models import RuleOverride
from diemtua.rulebook.queries import rule

pytestmark = pytest.mark.django_db
LIST = "rulebook:list"


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(
        get_user_model().objects.create_user(username=role, name=f"Người {role}", role=role),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


@pytest.fixture
def boss() -> Client:
    return signed_in("administrator")


def test_strangers_are_sent_to_sign_in() -> None:
    for url in (reverse(LIST), reverse("rulebook:override", args=["text.fisheries"])):
        assert Client().get(url).status_code == 302
    assert Client().post(reverse("rulebook:withdraw", args=[1])).status_code == 302


@pytest.mark.parametrize("role", ["viewer", "officer", "lead"])
def test_others_read_and_do_not_set(role: str) -> None:
    client = signed_in(role)
    page = client.get(reverse(LIST))
    url = reverse("rulebook:override", args=["conference.apply_days"])
    assert page.status_code == 200
    assert url not in page.content.decode()
    assert client.get(url).status_code == 403
    assert client.post(url, {}).status_code == 403
    assert client.post(reverse("rulebook:withdraw", args=[1])).status_code == 403


def test_the_page_shows_the_day_asked_for(boss: Client) -> None:
    page = boss.get(reverse(LIST), {"q": "luat dau tu", "on": "28/02/2026"})
    assert [row.current.value for row in page.context["rows"] if row.code == "text.investment_law"] == ["61/2020/QH14"]
    page = boss.get(reverse(LIST), {"q": "luat dau tu", "on": "2026-03-01"})
    assert [row.current.value for row in page.context["rows"] if row.code == "text.investment_law"] == ["143/2025/QH15"]


def test_a_wrong_day_is_told_and_kept(boss: Client) -> None:
    text = boss.get(reverse(LIST), {"on": "31/02/2023"}).content.decode()
    assert 'value="31/02/2023"' in text
    assert "text-danger" in text
    assert boss.get(reverse(LIST), {"on": "1/1/1950"}).status_code == 200


def test_markup_in_the_search_stays_text(boss: Client) -> None:
    assert "<script>alert" not in boss.get(reverse(LIST), {"q": "<script>alert(1)</script>"}).content.decode()


def given(**values: str) -> dict[str, str]:
    return {
        "value": "45",
        "valid_from": "1/1/2026",
        "valid_to": "2026",
        "basis": "12/2026",
        "reason": "Mới",
    } | values


def test_setting_and_withdrawing(boss: Client) -> None:
    url = reverse("rulebook:override", args=["conference.apply_days"])
    assert boss.get(url).status_code == 200
    assert boss.post(url, given()).status_code == 302
    row = RuleOverride.objects.get()
    assert (row.value, row.valid_to, row.created_by.username) == (45, date(2026, 12, 31), "administrator")
    assert rule("conference.apply_days", on=date(2026, 6, 1)).value == 45
    assert "Người administrator" in boss.get(reverse(LIST), {"q": "conference.apply_days"}).content.decode()

    away = reverse("rulebook:withdraw", args=[row.pk])
    boss.post(away, {"reason": ""})
    row.refresh_from_db()
    assert row.withdrawn_at is None
    boss.post(away, {"reason": "Nhầm"})
    row.refresh_from_db()
    assert row.withdrawn_reason == "Nhầm"
    assert boss.get(url).context["form"].initial["value"] == 30
    assert boss.get(away).status_code == 405


def test_a_wrong_form_keeps_what_was_typed(boss: Client) -> None:
    url = reverse("rulebook:override", args=["conference.apply_days"])
    page = boss.post(url, given(value="ba mươi", valid_from="31/02/2026", reason=""))
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"value", "valid_from", "reason"}
    assert "ba mươi" in page.content.decode()
    assert "31/02/2026" in page.content.decode()
    assert set(boss.post(url, given(value="1,5")).context["form"].errors) == {"value"}
    assert set(boss.post(url, given(valid_to="2025")).context["form"].errors) == {"valid_to"}
    assert not RuleOverride.objects.exists()


@pytest.mark.parametrize(
    ("code", "typed", "value"),
    [
        ("delegation.lead_days", "", None),
        ("delegation.lead_days", "20", 20),
        ("sea.tracks_editable", "true", True),
        ("sea.tracks_editable", "", None),
        ("sea.vms_min_length", "15,5", 15.5),
        ("text.fisheries", "99/2027/NĐ-CP", "99/2027/NĐ-CP"),
        ("report.A.III.1", '{"period": "quarter"}', {"period": "quarter"}),
        (
            "secrecy.markings",
            "mat | MẬT | Confidential",
            [{"code": "mat", "vi": "MẬT", "en": "Confidential"}],
        ),
        (
            "land.wish_bounds",
            "port | Cảng | Port | 0 | 1.000 | 12,5\n",
            [{"code": "port", "vi": "Cảng", "en": "Port", "numbers": [0, 1000, 12.5]}],
        ),
    ],
)
def test_every_unit_has_its_box(boss: Client, code: str, typed: str, value: Any) -> None:
    with translation.override("vi"):
        page = boss.post(reverse("rulebook:override", args=[code]), given(value=typed))
    assert page.status_code == 302, page.context["form"].errors
    assert RuleOverride.objects.get().value == value


def test_a_code_list_comes_back_as_it_was(boss: Client) -> None:
    for code in ("trade.agreements", "instrument.forms", "land.wish_bounds", "land.doubt"):
        url = reverse("rulebook:override", args=[code])
        shown = boss.get(url).context["form"]["value"].value()
        assert boss.post(url, given(value=shown)).status_code == 302
        assert RuleOverride.objects.get(code=code).value == rule(code, on=date(2020, 1, 1)).value


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("secrecy.markings", "mat | MẬT"),
        ("secrecy.markings", "mat | a | b\nmat | a | b"),
        ("secrecy.markings", "M Ậ T | a | b"),
        ("land.doubt", "detour | Đường | Road"),
        ("land.doubt", "detour | Đường | Road | nhiều"),
        ("land.doubt", "detour | Đường | Road | -1"),
        ("land.doubt", "detour | Đường | Road | 1 | 2 | 3 | 4 | 5"),
        ("report.A.III.1", "{"),
        ("report.A.III.1", "[]"),
        ("report.A.III.1", '"x"'),
    ],
)
def test_a_wrong_list_is_told(boss: Client, code: str, typed: str) -> None:
    page = boss.post(reverse("rulebook:override", args=[code]), given(value=typed))
    assert set(page.context["form"].errors) == {"value"}


def test_no_such_rule(boss: Client) -> None:
    assert boss.get(reverse("rulebook:override", args=["no.such"])).status_code == 404
    assert boss.post(reverse("rulebook:withdraw", args=[99]), {"reason": "x"}).status_code == 404
