"""Reads of enquiries: what is late, what has climbed, what counts."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from diemtua.register.queries import RecordedQuerySet
from diemtua.rulebook.queries import NoRule, codes, rule

from ..rules import clocks
from ..rules.screening import CRITERIA, Weights

UNANSWERED = ("open", "waiting")


class EnquiryQuerySet(RecordedQuerySet):
    def for_list(self) -> Any:
        return (
            super()
            .for_list()
            .select_related("owner", "country", "party__record")
            .defer("text", "score_reasons", "warnings", "closed_note")
        )

    def counted(self) -> Any:
        """What figures count: no planted tests, no examples, nothing that was no enquiry or is not checked yet."""
        return self.filter(is_test=False, illustrative=False).exclude(state__in=("to_check", "no_enquiry"))

    def to_answer(self) -> Any:
        """What an officer has to answer now: its clock runs and it has no full answer. Planted tests are among them."""
        return self.live().filter(state="open", answered_at=None, illustrative=False)

    def unanswered(self) -> Any:
        return self.live().filter(state__in=UNANSWERED)

    def late(self, now: datetime.datetime) -> Any:
        """Whose running clock has run out: the first reply's, or the answer's."""
        return self.live().filter(
            Q(first_reply_at=None, first_due_at__lt=now) | Q(answer_due_at__lt=now), state="open", answered_at=None
        )

    def climbed(self, now: datetime.datetime) -> Any:
        """What has gone, or by now should have gone, to the lead officer."""
        return self.unanswered().filter(Q(escalated_at__isnull=False) | Q(climbs_at__lte=now))

    def to_climb(self, now: datetime.datetime) -> Any:
        """What should have gone to the lead officer by then and has not yet."""
        return self.live().filter(state="open", escalated_at=None, climbs_at__lte=now, illustrative=False)

    def by_urgency(self) -> Any:
        return self.order_by(F("climbs_at").asc(nulls_last=True), F("answer_due_at").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class Answering:
    """How enquiries that came within a time were answered; planted tests and examples are not among them."""

    came: int
    first_in_time: int
    answered: int
    answered_in_time: int
    late: int  # the running clock has run out

    @property
    def percent_in_time(self) -> int | None:
        """Of those answered or overdue, how many were answered in time; None while there are none."""
        judged = self.answered + self.late
        return round(100 * self.answered_in_time / judged) if judged else None


def answering(user: Any, since: datetime.date, now: datetime.datetime | None = None) -> Answering:
    """How enquiries since a day were answered. One query."""
    from ..models import Enquiry

    now = now or timezone.now()
    out = Q(first_reply_at=None, first_due_at__lt=now) | Q(answer_due_at__lt=now)
    found = (
        Enquiry.objects.counted()
        .visible_to(user)
        .live()
        .filter(received_on__gte=since)
        .aggregate(
            came=Count("pk"),
            first_in_time=Count("pk", filter=Q(first_reply_at__lte=F("first_due_at"))),
            answered=Count("pk", filter=Q(answered_at__isnull=False)),
            answered_in_time=Count("pk", filter=Q(answered_at__lte=F("answer_due_at"))),
            late=Count("pk", filter=Q(state="open", answered_at=None) & out),
        )
    )
    return Answering(**found)


def number_of(code: str, on: datetime.date | None = None) -> int:
    """The number a rule holds on a day; 0 where none is known."""
    try:
        return int(rule(code, on).value or 0)
    except NoRule:
        return 0


def office_hours(on: datetime.date | None = None) -> clocks.OfficeHours:
    """Office hours of the rulebook on a day. Raises ValueError where they cannot be read, NoRule where none hold."""
    return clocks.parse_office_hours(str(rule("enquiry.office_hours", on).value))


def limits(on: datetime.date | None = None) -> tuple[int, int]:
    """Working hours to the first reply and to the full answer, as they held on the day an enquiry came."""
    return number_of("enquiry.first_reply_hours", on), number_of("enquiry.full_answer_hours", on)


def weights(on: datetime.date | None = None) -> Weights:
    """What the score of an enquiry is made of on a day."""
    usd = Decimal(number_of("enquiry.capital_full_usd_million", on))
    vnd = Decimal(number_of("enquiry.capital_full_vnd_billion", on))
    return Weights(
        weights={c: number_of(f"enquiry.weight_{c}", on) for c in CRITERIA},
        full_capital={c: v for c, v in (("USD", usd), ("VND", vnd)) if v},
        full_jobs=number_of("enquiry.jobs_full", on),
        full_per_ha=Decimal(number_of("enquiry.capital_per_ha_full_usd_million", on)),
        sectors={c.code: c.group for c in codes("enquiry.priority_sectors", on)},
        flags={c.code: c.group for c in codes("enquiry.environment_flags", on)},
    )


def web_load(mark: str, now: datetime.datetime | None = None) -> tuple[int, int]:
    """Enquiries by web in the last hour: from this origin, and from all."""
    from ..models import Enquiry

    since = (now or timezone.now()) - datetime.timedelta(hours=1)
    recent: Any = Enquiry.objects.filter(channel="web", received_at__gt=since)
    return recent.filter(origin_mark=mark).count() if mark else 0, recent.count()
