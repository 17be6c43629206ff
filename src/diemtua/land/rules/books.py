"""The ledger: available = installed − allocated − reserved, on a day and over a span of days."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .days import LAST, ONE_DAY, Span, span

PlotState = Literal["free", "part", "reserved", "let", "unknown"]


@dataclass(frozen=True, slots=True)
class Supply:
    """What is there from a day to a day: installed and allocated, None where it is not known."""

    days: Span
    installed: Decimal | None
    allocated: Decimal | None


@dataclass(frozen=True, slots=True)
class Claim:
    """What is taken of it from a day to a day: a reservation or, of land, a lease."""

    days: Span
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """A ledger on one day. `available` is None where something of it is not known."""

    installed: Decimal | None
    allocated: Decimal | None
    reserved: Decimal

    @property
    def available(self) -> Decimal | None:
        if self.installed is None or self.allocated is None:
            return None
        return self.installed - self.allocated - self.reserved


def plot_state(land: Standing) -> PlotState:
    """How a plot stands: free, partly free, all reserved or let; unknown where its area is and nothing is taken."""
    let = land.allocated or Decimal(0)
    if land.available is None:
        return "let" if let else "reserved" if land.reserved else "unknown"
    if land.available <= 0:
        return "let" if let >= land.reserved else "reserved"
    return "part" if let or land.reserved else "free"


def standing_on(supplies: Iterable[Supply], claims: Iterable[Claim], day: datetime.date) -> Standing:
    """Available = installed − allocated − reserved, of what holds on the day.

    Several supplies on one day add up; where one of them is not known the sum is not. Before the first of them begins
    and after the last has ended there is nothing; where there is none at all, nothing is known.
    """
    supplies, claims = list(supplies), list(claims)
    if len(supplies) == 1 and not claims and supplies[0].days.holds(day):
        return Standing(supplies[0].installed, supplies[0].allocated, Decimal(0))
    holding = [s for s in supplies if s.days.holds(day)]
    if supplies and not holding:
        holding = [Supply(span(day, day), Decimal(0), Decimal(0))]
    reserved = sum((c.amount for c in claims if c.days.holds(day)), Decimal(0))
    installed, allocated = (_total(getattr(s, name) for s in holding) for name in ("installed", "allocated"))
    return Standing(installed, allocated, reserved)


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    found = list(amounts)
    known = [a for a in found if a is not None]
    return sum(known, Decimal(0)) if found and len(known) == len(found) else None


@dataclass(frozen=True, slots=True)
class Shortage:
    """The first day of a span on which less is there than is taken, and how the ledger stands then."""

    day: datetime.date
    standing: Standing


def shortage(supplies: Iterable[Supply], claims: Iterable[Claim], days: Span) -> Shortage | None:
    """The first day within the span on which the ledger is in the red or not known; None where it never is.

    Between the days on which something begins or ends nothing changes, so only those are looked at.
    """
    supplies, claims = list(supplies), list(claims)
    turns = {days.first}
    for held in [s.days for s in supplies] + [c.days for c in claims]:
        turns.add(held.first)
        if held.last < LAST:
            turns.add(held.last + ONE_DAY)
    for day in sorted(t for t in turns if days.holds(t)):
        standing = standing_on(supplies, claims, day)
        if standing.available is None or standing.available < 0:
            return Shortage(day, standing)
    return None
