"""Periods of days, and on which days land is let, where days are known only in part."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from diemtua.kit.dates import PartialDate

FIRST, LAST = datetime.date.min, datetime.date.max
ONE_DAY = datetime.timedelta(days=1)
Let = Literal["yes", "perhaps", "no"]


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: datetime.date
    last: datetime.date

    def holds(self, day: datetime.date) -> bool:
        return self.first <= day <= self.last

    def meets(self, other: Span) -> bool:
        return self.first <= other.last and other.first <= self.last


def span(first: datetime.date | None, last: datetime.date | None) -> Span:
    """The days between two, open where one is not known."""
    return Span(first or FIRST, last or LAST)


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > LAST.year:
        return LAST
    for last in (day.day, 30, 29, 28):
        try:
            return datetime.date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


@dataclass(frozen=True, slots=True)
class LeaseDays:
    """What is known of the days of a lease. `known_since` is the day on which it was entered as let."""

    active: bool
    starts: PartialDate | None
    ends: PartialDate | None
    closed_on: datetime.date | None
    known_since: datetime.date

    @property
    def last(self) -> datetime.date | None:
        """The last day on which it can still be let; None where that is not known."""
        known = [d for d in (self.ends and self.ends.last, self.closed_on and self.closed_on - ONE_DAY) if d]
        return min(known) if known else None

    def taken(self, today: datetime.date) -> Span | None:
        """The days on which nobody else can have the land: what is not known counts as let, unless the lease is
        over. None where it never was let, or is over since a day nobody knows."""
        last = self.last
        if not self.active:
            if last is None:
                return None
            last = min(last, today - ONE_DAY) if self.closed_on is None and last >= today else last
        first = self.starts.first if self.starts else FIRST
        last = last or LAST
        return Span(first, last) if first <= last else None

    def on(self, day: datetime.date, today: datetime.date) -> Let:
        """Whether the land was let on a day: surely, perhaps, or not."""
        if self.last is not None and day > self.last:
            return "no"
        if not self.active and self.last is None and day >= today:
            return "no"
        if not self.active and self.closed_on is None and self.last is not None and day >= today:
            return "no"
        begun: Let = "perhaps" if day < self.known_since else "yes"
        if self.starts is not None:
            begun = "no" if day < self.starts.first else "perhaps" if day < self.starts.last else "yes"
        ended_somewhen = not self.active and self.last is None
        unsure_end = self.ends is not None and self.ends.first < day <= self.ends.last and self.closed_on is None
        return "perhaps" if begun == "yes" and (ended_somewhen or unsure_end) else begun
