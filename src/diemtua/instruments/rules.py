"""Pure rules of instruments and commitments: when an answer is due, when a term ends, how a promise stands."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from diemtua.kit.calendar import add_working_days
from diemtua.kit.dates import PartialDate

OPINION_RULE = "agreement.opinion_working_days"
# States of a commitment in which something is still owed. What nobody knows about counts as owed: it is a
# promise to be asked after, not one that was kept.
OPEN = ("open", "under_way", "partly", "unknown")
# States in which an instrument still stands.
STANDING = ("signed", "in_force", "suspended", "unknown")
SOON_DAYS = 30
EXPIRING_DAYS = 90

Standing = Literal["late", "soon", "later", "undated", "settled"]


def answer_due(asked: datetime.date, working_days: int) -> datetime.date:
    """The last day on which an agency asked for its opinion answers in time."""
    return add_working_days(asked, working_days)


def standing(state: str, due: PartialDate | None, on: datetime.date) -> Standing:
    """How a commitment stands on a day. A due “2026” is late only when the year is over."""
    if state not in OPEN:
        return "settled"
    if due is None:
        return "undated"
    if due.last < on:
        return "late"
    return "soon" if due.last <= on + datetime.timedelta(days=SOON_DAYS) else "later"


@dataclass(frozen=True)
class Term:
    """A further term of an instrument."""

    first: datetime.date
    expiry: PartialDate


def next_term(effect: PartialDate | None, expiry: PartialDate | None) -> Term | None:
    """The term that follows by renewal: as long as the last one. None where its length is not known.

    Whole years stay whole years (5/1/2021 to 4/1/2026 is followed by a term until 4/1/2031).
    """
    if effect is None or expiry is None or expiry.last <= effect.first:
        return None
    first = expiry.last + datetime.timedelta(days=1)
    years = first.year - effect.first.year
    if expiry.precision == "year" and effect.precision == "year":
        span = expiry.first.year - effect.first.year
        return Term(first, PartialDate.year(expiry.first.year + span)) if span else None
    if years and (first.month, first.day) == (effect.first.month, effect.first.day):
        return Term(first, PartialDate.day(_years_on(expiry.last, years)))
    if expiry.precision == "day" and effect.precision == "day":
        return Term(first, PartialDate.day(expiry.last + (first - effect.first)))
    return None


def _years_on(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
