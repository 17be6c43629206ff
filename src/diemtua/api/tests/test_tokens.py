"""Tokens: shown once, kept as a sum, allowed little, ended; and what happens to wrong ones."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diemtua.api import guarding, rules
from diemtua.api.models import Scope, Token
from diemtua.register.models import Change
from diemtua.rulebook.actions import override_rule
from diemtua.testing.pages import Staff, body

from .callers import Caller, caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _counts_begin_anew() -> None:
    guarding.rate.clear()


def _typed(days: int = 30, **changes: object) -> dict[str, object]:
    day = timezone.localdate() + datetime.timedelta(days=days)
    return {"name": "Bảng điện tử thử", "scopes": ["read"], "ends_on": day.strftime("%d/%m/%Y"), **changes}


def test_a_token_is_shown_once_and_opens_the_api(staff: Staff) -> None:
    """The key stands on the page that made it and nowhere after; the table holds its sum; revoked, it opens nothing."""
    page = staff.client("officer").post(reverse("api:tokens"), _typed())
    assert page.status_code == 200
    (key,) = set(re.findall(r"dt_[\w-]{43}", body(page)))
    token = Token.objects.get()
    assert token.digest == rules.digest(key)
    assert key not in str(Token.objects.values().get())
    assert key not in body(staff.client("officer").get(reverse("api:tokens")))
    change = Change.objects.get(subject=f"token:{token.pk}")
    assert (change.actor, key in str(change.diff)) == (staff.officer, False)
    program = Caller(key)
    program.read("kinds")
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert staff.client("other").post(reverse("api:token_revoke", args=[token.pk])).status_code == 404
    program.read("kinds")
    assert staff.client("officer").post(reverse("api:token_revoke", args=[token.pk])).status_code == 302
    answer = program.get("kinds")
    assert answer.status_code == 401
    assert "revoked" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"days": 0}, "ends_on"),
        ({"days": 5000}, "ends_on"),
        ({"ends_on": "31/02/2030"}, "ends_on"),
    ],
)
def test_a_token_that_cannot_be(staff: Staff, changes: dict[str, object], field: str) -> None:
    days = changes.pop("days", 30)
    page = staff.client("officer").post(reverse("api:tokens"), _typed(days, **changes))  # type: ignore[arg-type]
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    assert not Token.objects.exists()


def test_viewers_only_read(staff: Staff) -> None:
    page = staff.client("viewer").post(reverse("api:tokens"), _typed(scopes=["read", "figures:create"]))
    assert page.status_code == 422
    assert not Token.objects.exists()


def test_administrators_end_the_tokens_of_others(staff: Staff) -> None:
    program = caller(staff.officer, name="Máy của cán bộ")
    assert "Máy của cán bộ" in body(staff.client("administrator").get(reverse("api:tokens")))
    assert "Máy của cán bộ" not in body(staff.client("lead").get(reverse("api:tokens")))
    assert program.token is not None
    staff.client("administrator").post(reverse("api:token_revoke", args=[program.token.pk]))
    assert program.get("kinds").status_code == 401


def test_who_is_not_let_in(staff: Staff) -> None:
    """No token, a wrong one, one that has ended, one of a person who was switched off, a session instead of a token."""
    good = caller(staff.officer)
    good.read("kinds")
    for header in (None, "Bearer", "Bearer x", f"Bearer {good.key}x", f"Basic {good.key}", "Bearer dt_" + "a" * 5000):
        answer = Client().get("/api/v1/kinds", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401, header
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["error"]["code"] == "unauthorised"
    assert staff.client("administrator").get("/api/v1/kinds").status_code == 401
    assert good.token is not None
    Token.objects.filter(pk=good.token.pk).update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    assert "ended" in good.get("kinds").json()["error"]["message"]
    Token.objects.filter(pk=good.token.pk).update(ends_on=timezone.localdate())
    good.read("kinds")
    staff.officer.is_active = False
    staff.officer.save()
    assert good.get("kinds").status_code == 401


def test_the_callers_language(staff: Staff) -> None:
    """What the caller asks for, else what its person reads."""
    program = caller(staff.viewer)
    english = program.get("records/0").json()["error"]["message"]
    program.language = "vi-VN,vi;q=0.9"
    vietnamese = program.get("records/0").json()["error"]["message"]
    program.language = "ko"
    assert program.get("records/0").json()["error"]["message"] == vietnamese
    assert english.startswith("There is nothing here")


@pytest.mark.parametrize("scope", Scope.values)
def test_each_scope_opens_its_own_doors(staff: Staff, samples: object, scope: str) -> None:
    program = caller(staff.officer, [scope])
    number = samples.project.pk  # type: ignore[attr-defined]
    doors = {
        Scope.READ: [lambda: program.get("kinds"), lambda: program.get(f"records/{number}")],
        Scope.ENQUIRIES: [lambda: program.post("enquiries", {"title": "Hỏi"})],
        Scope.ENGAGEMENTS: [lambda: program.post("engagements", {"title": "Gặp", "form": "meeting"})],
        Scope.FIGURES: [
            lambda: program.post(f"records/{number}/figures", {"measure": "jobs", "unit": "người", "value": 3})
        ],
    }
    for wanted, calls in doors.items():
        for call in calls:
            answer = call()
            assert (answer.status_code != 403) == (wanted == scope), (wanted, answer.content)
            if wanted != scope:
                assert answer.json()["error"]["code"] == "scope"
            else:
                assert answer.status_code in (200, 201), answer.content


def test_a_token_that_asks_too_often_waits(staff: Staff) -> None:
    """The house rule's number in a minute, for each token by itself; then 429 and how long to wait."""
    override_rule(
        actor=staff.administrator,
        code="api.per_minute",
        value=3,
        valid_from=timezone.localdate(),
        valid_to=None,
        basis="thử",
        reason="thử",
    )
    one, two = caller(staff.officer), caller(staff.lead)
    found = [one.get("kinds").status_code for _n in range(5)]
    assert found in ([200] * 3 + [429] * 2, [200] * 4 + [429], [200] * 5)  # a minute may end meanwhile
    answer = next(a for a in (one.get("kinds") for _n in range(9)) if a.status_code == 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert two.get("kinds").status_code == 200


def test_rates_begin_anew_each_minute() -> None:
    rate = guarding.Rate()
    assert [rate.take(1, 2, 120.0) for _n in range(3)] == [0, 0, 60]
    assert rate.take(2, 2, 121.0) == 0
    assert rate.take(1, 2, 150.0) == 30
    assert rate.take(1, 2, 180.0) == 0
