"""What pages remember: nothing for longer than it holds."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from diemtua.places.actions import add_alias
from diemtua.places.models import AdminUnit, Country
from diemtua.portal import remembered
from diemtua.register import write
from diemtua.register.models import Change
from diemtua.rulebook.actions import override_rule, withdraw_override
from diemtua.rulebook.queries import rule

pytestmark = pytest.mark.django_db


def test_any_write_is_seen_and_no_write_costs_one_query(samples: Any, django_assert_num_queries: Any) -> None:
    made: list[int] = []
    Country.objects.get_or_create(pk="LA", defaults={"name_vi": "Lào", "name_en": "Laos"})
    commune = AdminUnit.objects.create(
        ref="XX:1", level="commune", name="N", full_name="N", key="n", sort_key="n", country_id="LA"
    )

    def ask() -> int:
        return remembered.remembered("test", make=lambda: made.append(1) or len(made))

    assert ask() == ask() == 1
    with django_assert_num_queries(1):
        ask()
    write.update(samples.zone, actor=None, fields={"area_ha": "12"})
    assert ask() == 2
    today = timezone.localdate()
    code = "enquiry.first_reply_hours"
    found = override_rule(
        actor=None, code=code, value=rule(code, today).value, valid_from=today, basis="Văn bản thử", reason="Thử"
    )
    assert ask() == 3
    withdraw_override(actor=None, override=found, reason="Thử xong")
    assert ask() == 4
    add_alias(actor=None, unit=commune, text="Tên thử")
    assert ask() == 5
    assert ask() == 5


def test_what_comes_after_a_newer_one_is_seen(samples: Any) -> None:
    """A long transaction's rows are older by their number than those of a short one that ended before it."""
    newest = Change.objects.order_by("-pk").first()
    assert newest is not None
    Change.objects.bulk_create([Change(pk=newest.pk + 5, verb=Change.Verb.ADMIN, subject="test:1")])
    before = remembered.stamp()
    Change.objects.bulk_create([Change(pk=newest.pk + 3, verb=Change.Verb.ADMIN, subject="test:2")])
    assert remembered.stamp() != before


def test_the_day_turns_at_midnight_in_vietnam(samples: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """17:00 in Greenwich is the next day here."""
    shown: list[datetime.date] = []
    for hour, minute in ((16, 58), (16, 59), (17, 1)):
        now = datetime.datetime(2026, 3, 5, hour, minute, tzinfo=datetime.UTC)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        shown.append(remembered.remembered("day", make=timezone.localdate))
    assert shown == [datetime.date(2026, 3, 5), datetime.date(2026, 3, 5), datetime.date(2026, 3, 6)]
