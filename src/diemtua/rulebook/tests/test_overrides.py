"""Overrides: who may set them, what they change and when, and what memory keeps."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from diemtua.rulebook import queries
from diemtua.rulebook.actions import override_rule, withdraw_override
from diemtua.rulebook.models import RuleOverride
from diemtua.rulebook.queries import NoRule, code_label, codes, history, list_rules, rule, text_in_force

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def person(role: str) -> Any:
    return get_user_model().objects.create_user(username=role, name=f"Người {role}", role=role)


@pytest.fixture
def boss() -> Any:
    return person("administrator")


def change(actor: Any, **values: Any) -> RuleOverride:
    given = {
        "code": "conference.apply_days",
        "value": 45,
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
        "basis": "12/2026/QĐ-UBND",
        "reason": "Quy chế mới của tỉnh",
    }
    return override_rule(actor=actor, **(given | values))


def test_the_day_decides() -> None:
    assert rule("conference.apply_days", on=DAY).value == 30
    assert text_in_force("investment law", on=date(2026, 2, 28)).value == "61/2020/QH14"
    assert text_in_force("investment law", on=date(2026, 3, 1)).value == "143/2025/QH15"
    assert [c.code for c in codes("trade.agreements", on=date(2008, 1, 1))] == ["acfta", "akfta"]
    assert rule("delegation.lead_days").value is None


@pytest.mark.parametrize(("code", "says"), [("no.such", "no.such"), ("conference.apply_days", "01/01/1999")])
def test_what_does_not_hold_is_said(code: str, says: str) -> None:
    with pytest.raises(NoRule) as caught:
        rule(code, on=date(1999, 1, 1))
    assert says in str(caught.value)
    assert not str(caught.value).startswith("'")


def test_an_override_holds_on_its_days(boss: Any) -> None:
    row = change(boss)
    assert rule("conference.apply_days", on=DAY).value == 45
    assert rule("conference.apply_days", on=DAY).override_id == row.pk
    assert rule("conference.apply_days", on=date(2025, 12, 31)).value == 30
    assert rule("conference.apply_days", on=date(2027, 1, 1)).value == 30
    newest, original = history("conference.apply_days")
    assert (newest.author, newest.reason, original.value) == (str(boss), "Quy chế mới của tỉnh", 30)


def test_the_newest_wins_and_withdrawing_uncovers(boss: Any) -> None:
    change(boss)
    second = change(boss, value=50)
    assert rule("conference.apply_days", on=DAY).value == 50
    withdraw_override(actor=boss, override=second, reason="Nhầm")
    assert rule("conference.apply_days", on=DAY).value == 45
    assert (second.withdrawn_by, second.withdrawn_reason) == (boss, "Nhầm")
    assert RuleOverride.objects.count() == 2
    assert {r.value for r in history("conference.apply_days")} == {30, 45, 50}
    with pytest.raises(ValidationError):
        withdraw_override(actor=boss, override=second, reason="Lần nữa")


def test_what_was_unknown_can_be_set_and_a_value_can_become_unknown(boss: Any) -> None:
    change(boss, code="delegation.lead_days", value=15)
    change(boss, value=None)
    assert rule("delegation.lead_days", on=DAY).value == 15
    assert rule("conference.apply_days", on=DAY).value is None


def test_a_code_list_grows(boss: Any) -> None:
    old = rule("cooperation.fields").value
    change(boss, code="cooperation.fields", value=[*old, {"code": "halal", "vi": "Halal", "en": "Halal"}])
    assert codes("cooperation.fields", on=DAY)[-1].label("vi") == "Halal"
    assert "halal" not in {c.code for c in codes("cooperation.fields", on=date(2025, 1, 1))}
    assert code_label("cooperation.fields", "halal", "en") == "Halal"
    assert code_label("instrument.forms", "mou", "vi") == "Bản ghi nhớ"
    assert code_label("instrument.forms", "gone") == "gone"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "no.such"}, "code"),
        ({"value": "45"}, "value"),
        ({"value": True}, "value"),
        ({"value": -1}, "value"),
        ({"code": "cooperation.fields", "value": [{"code": "x"}]}, "value"),
        ({"valid_to": date(2025, 1, 1)}, "valid_to"),
        ({"basis": " "}, "basis"),
        ({"basis": "x" * 301}, "basis"),
        ({"reason": "\x00"}, "reason"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(boss: Any, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        change(boss, **values)
    assert list(caught.value.message_dict) == [field]
    assert not RuleOverride.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "officer", "lead"])
def test_only_administrators(boss: Any, role: str) -> None:
    other = person(role)
    with pytest.raises(PermissionDenied):
        change(other)
    row = change(boss)
    with pytest.raises(PermissionDenied):
        withdraw_override(actor=other, override=row, reason="x")
    boss.is_active = False
    with pytest.raises(PermissionDenied):
        change(boss)
    assert change(None).created_by is None  # the program itself


def test_the_database_holds_the_span() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleOverride.objects.create(
            code="x.y",
            unit="days",
            value=1,
            valid_from=date(2026, 1, 2),
            valid_to=date(2026, 1, 1),
            basis="b",
            reason="r",
        )


def count(*asked: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as context:
        for code in asked:
            rule(code)
    return len(context)


def test_memory_asks_the_database_at_most_now_and_then(settings: Any, boss: Any) -> None:
    settings.RULEBOOK_CHECK_SECONDS = 600
    queries.forget()
    rule("conference.apply_days")
    assert count("conference.apply_days", "conference.opinion_days", "text.fisheries") == 0
    settings.RULEBOOK_CHECK_SECONDS = 0
    assert count("conference.apply_days") == 1


def test_a_change_by_another_process_is_seen_at_the_next_check(settings: Any) -> None:
    settings.RULEBOOK_CHECK_SECONDS = 0
    assert rule("conference.apply_days", on=DAY).value == 30
    row = RuleOverride.objects.create(
        code="conference.apply_days",
        unit="days",
        value=33,
        valid_from=date(2026, 1, 1),
        basis="b",
        reason="r",
    )
    assert rule("conference.apply_days", on=DAY).value == 33
    row.withdrawn_at, row.withdrawn_reason = "2026-06-01T00:00:00Z", "x"
    row.save()
    assert rule("conference.apply_days", on=DAY).value == 30
    queries.forget()


def test_a_change_that_is_rolled_back_leaves_nothing_in_memory(settings: Any, boss: Any) -> None:
    settings.RULEBOOK_CHECK_SECONDS = 600
    rule("conference.apply_days", on=DAY)
    point = transaction.savepoint()
    change(boss)
    assert rule("conference.apply_days", on=DAY).value == 45
    transaction.savepoint_rollback(point)
    assert rule("conference.apply_days", on=DAY).value == 30


def test_an_override_of_a_rule_that_is_gone_harms_nothing() -> None:
    queries.forget()
    RuleOverride.objects.create(code="old.rule", unit="days", value=1, valid_from=DAY, basis="b", reason="r")
    assert rule("conference.apply_days", on=DAY).value == 30
    queries.forget()


def test_search_is_folded() -> None:
    assert {row.code for row in list_rules(DAY, "hoi nghi XIN phép")} >= {"conference.apply_days"}
    assert [row.code for row in list_rules(DAY, "143/2025/QH15 luat dau tu")] == ["text.investment_law"]
    assert not list_rules(DAY, "không hề có xyzzy")
    assert next(r for r in list_rules(date(1999, 1, 1)) if r.code == "sea.devices_most").current is None
