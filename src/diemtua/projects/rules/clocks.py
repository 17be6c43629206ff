"""The two clocks of an enquiry, in working hours: office hours of working days, public holidays left out.

Days come from `kit.calendar`; the hours and the limits are the rulebook's. Times without a zone are local time of the
office (Vietnam has one zone and no summer time).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from diemtua.kit.calendar import is_working_day

MINUTE = datetime.timedelta(minutes=1)
# A clock is not followed for longer; what is older stands at the limit.
LONGEST = datetime.timedelta(days=3660)
# A clock is near its end when a quarter of its time is left.
NEAR = 0.25

Standing = Literal["running", "near", "late", "paused", "met", "met_late"]
Span = tuple[datetime.time, datetime.time]


@dataclass(frozen=True)
class OfficeHours:
    """The spans of a working day in which the office answers, in order and apart."""

    spans: tuple[Span, ...]

    @property
    def minutes_a_day(self) -> int:
        return sum(_minutes(end) - _minutes(start) for start, end in self.spans)


def _minutes(time: datetime.time) -> int:
    return time.hour * 60 + time.minute


def parse_office_hours(text: str) -> OfficeHours:
    """“07:30-11:30, 13:30-17:00” as office hours. Raises ValueError, a sentence for the administrator."""
    wrong = ValueError(_("Write office hours as 07:30-11:30, 13:30-17:00."))
    spans = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d{1,2})[:hg](\d{2})\s*[-–—]\s*(\d{1,2})[:hg](\d{2})\s*", part)
        if found is None:
            raise wrong
        h1, m1, h2, m2 = map(int, found.groups())
        try:
            spans.append((datetime.time(h1, m1), datetime.time(h2, m2)))
        except ValueError:
            raise wrong from None
    edges = [_minutes(t) for span in spans for t in span]
    if edges != sorted(set(edges)):
        raise wrong
    return OfficeHours(tuple(spans))


def working_minutes(start: datetime.datetime, end: datetime.datetime, hours: OfficeHours) -> int:
    """Whole working minutes from `start` to `end`; 0 where the end is not after the start. Both in one zone."""
    end = min(end, start + LONGEST)
    if end <= start:
        return 0
    total = 0
    day = start.date()
    while day <= end.date():
        if is_working_day(day):
            low = _minutes(start.time()) if day == start.date() else 0
            high = _minutes(end.time()) if day == end.date() else 24 * 60
            for first, last in hours.spans:
                total += max(0, min(high, _minutes(last)) - max(low, _minutes(first)))
        day += datetime.timedelta(days=1)
    return total


def add_working_minutes(start: datetime.datetime, minutes: int, hours: OfficeHours) -> datetime.datetime:
    """The moment at which so many working minutes have passed since `start`.

    Nothing left to pass gives the first working moment at or after `start`: a letter of Sunday begins on Monday.
    Raises ValueError where `minutes` is negative.
    """
    if minutes < 0:
        raise ValueError("minutes must not be negative")
    day, left, limit = start.date(), minutes, start.date() + LONGEST
    while day <= limit:
        if is_working_day(day):
            low = _minutes(start.time()) + (start.second or start.microsecond > 0) if day == start.date() else 0
            for first, last in hours.spans:
                begin, stop = max(low, _minutes(first)), _minutes(last)
                if begin >= stop:
                    continue
                if left <= stop - begin:
                    at = datetime.datetime.combine(day, datetime.time(), tzinfo=start.tzinfo)
                    return at + (begin + left) * MINUTE
                left -= stop - begin
        day += datetime.timedelta(days=1)
    return start + LONGEST


@dataclass(frozen=True)
class Pause:
    """A time in which the clock stood because the sender was waited for; `end` is None while it lasts."""

    start: datetime.datetime
    end: datetime.datetime | None = None


def due(
    received: datetime.datetime, limit_hours: float, pauses: Iterable[Pause], hours: OfficeHours
) -> datetime.datetime:
    """When a clock of `limit_hours` working hours runs out, with the pauses that are over added on."""
    stood = sum(working_minutes(max(p.start, received), p.end, hours) for p in pauses if p.end is not None)
    return add_working_minutes(received, round(limit_hours * 60) + stood, hours)


def used_minutes(
    received: datetime.datetime, until: datetime.datetime, pauses: Iterable[Pause], hours: OfficeHours
) -> int:
    """Working minutes a clock has run from `received` to `until`, the pauses left out."""
    stood = 0
    for p in pauses:
        stop = until if p.end is None else min(p.end, until)
        stood += working_minutes(max(p.start, received), stop, hours)
    return max(0, working_minutes(received, until, hours) - stood)


def standing(
    due_at: datetime.datetime,
    done_at: datetime.datetime | None,
    paused: bool,
    now: datetime.datetime,
    limit_minutes: int,
    hours: OfficeHours,
) -> Standing:
    """How a clock stands now."""
    if done_at is not None:
        return "met" if done_at <= due_at else "met_late"
    if paused:
        return "paused"
    if now > due_at:
        return "late"
    return "near" if working_minutes(now, due_at, hours) <= limit_minutes * NEAR else "running"
