"""Reads of engagements."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max, Q
from django.db.models.functions import Right

from diemtua.register.models import Link, Record
from diemtua.register.queries import RecordedQuerySet
from diemtua.rulebook.queries import NoRule, rule
from diemtua.rulebook.rules import Rule

from . import rules

if TYPE_CHECKING:
    from .models import Engagement

# Relations by which a party was met; being asked for a next step is no meeting.
MEETING = ("engagement.host", "engagement.participants")


class EngagementQuerySet(RecordedQuerySet):
    def for_list(self) -> EngagementQuerySet:
        return super().for_list().select_related("country").defer("purpose", "outcome")  # type: ignore[return-value]

    def planned(self, first: datetime.date, last: datetime.date) -> EngagementQuerySet:
        """Planned engagements that begin between the two days."""
        return (
            self.live()
            .filter(  # type: ignore[return-value]
                status="planned", held__gte=first.isoformat(), held__lt=(last + datetime.timedelta(days=1)).isoformat()
            )
            .order_by("held", "pk")
        )

    def to_permit(self, first: datetime.date, last: datetime.date) -> EngagementQuerySet:
        """Planned engagements of the span that need a permission nobody has applied for."""
        return self.planned(first, last).filter(  # type: ignore[return-value]
            Q(is_international_conference=True) | Q(form__in=rules.DELEGATIONS),
            applied_on=None,
            permission_on=None,
            permission_number="",
        )

    def without_outcome(self, today: datetime.date) -> EngagementQuerySet:
        """Engagements of the last months that are over and of which no outcome is written, oldest first."""
        since = today - datetime.timedelta(days=rules.OUTCOME_DAYS)
        return (
            self.live()
            .filter(  # type: ignore[return-value]
                status__in=("planned", "held"), held__gte=since.isoformat(), held__lt=today.isoformat(), outcome=""
            )
            .order_by("held", "pk")
        )


@dataclass(frozen=True)
class Permission:
    """The lead time of an engagement: the rule, the last day to apply (None: not known), how it stands."""

    rule: Rule | None
    last_day: datetime.date | None
    urgency: rules.Urgency
    no_day: bool = False


def permission_of(engagement: Engagement, today: datetime.date) -> Permission | None:
    """Until when permission must be applied for; None where none is asked for. No query."""
    code = rules.permission_rule(
        engagement.form,
        conference=engagement.is_international_conference,
        prime_minister=engagement.prime_minister_decides,
    )
    if not code:
        return None
    first = engagement.held.first if engagement.held else None
    try:
        found: Rule | None = rule(code, on=first or today)
    except NoRule:
        found = None
    last_day = None
    if found is not None and found.value is not None and first is not None:
        last_day = rules.apply_by(first, found.value, found.unit)
    applied = rules.Applied(engagement.applied_on, bool(engagement.permission_number or engagement.permission_on))
    return Permission(found, last_day, rules.urgency(last_day, applied, today), no_day=first is None)


def met_parties(engagements: Collection[int]) -> list[tuple[int, int]]:
    """(engagement, party) of everyone met in these engagements."""
    found = list(
        Link.objects.filter(source_id__in=engagements, relation__in=MEETING).values_list("source_id", "target_id")
    )
    # In two steps: joined, SQLite begins with every party there is.
    kinds = Record.objects.filter(pk__in={target for _source, target in found}).values_list("pk", "kind")
    parties = {pk for pk, kind in kinds if kind == "party"}
    return [(source, target) for source, target in found if target in parties]


def last_meeting(party: int) -> datetime.date | None:
    """The last day of the newest engagement held with a party."""
    found = Link.objects.filter(
        target_id=party, relation__in=MEETING, source__archived_at=None, source__engagement__status="held"
    ).aggregate(last=Max(Right("source__engagement__held", 10)))["last"]
    return datetime.date.fromisoformat(found) if found else None
