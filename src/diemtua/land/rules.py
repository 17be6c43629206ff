"""Pure rules of land: units, figures that look like another unit, what a period and a ledger are.

Imports no model. The bounds here are no law: above them a person is asked whether another unit was meant, and may
say that the figure is right.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number

from .searching.industries import section_of

LAND = "land"
# What is reserved → the unit in which it is counted everywhere in this room.
UNITS: dict[str, Any] = {
    LAND: "ha",
    "power": "MW",
    "water": gettext_lazy("m³/day"),
    "waste_water": gettext_lazy("m³/day"),
    "gas": gettext_lazy("m³/h"),
    "telecom": "Gbps",
}
UTILITIES = ("power", "water", "waste_water", "gas", "telecom")

# A section of the Vietnam Standard Industrial Classification, or the first digits of a class.
VSIC = re.compile(r"[A-U]|[0-9]{2,5}")

M2_PER_HA = 10_000
# Areas above which a person is asked whether m² were meant.
LARGEST_PLOT_HA = Decimal(500)
LARGEST_ZONE_HA: dict[str, Decimal] = {
    "economic_zone": Decimal(300_000),
    "industrial_park": Decimal(5_000),
    "industrial_cluster": Decimal(500),
    "subdivision": Decimal(5_000),
}
# Installed capacity above which a person is asked, with the smaller unit that is usually meant and how many of it
# make one of ours.
LARGEST_CAPACITY: dict[str, tuple[Decimal, Any, int]] = {
    "power": (Decimal(3_000), "kW", 1_000),
    "water": (Decimal(1_000_000), gettext_lazy("litres/day"), 1_000),
    "waste_water": (Decimal(1_000_000), gettext_lazy("litres/day"), 1_000),
    "gas": (Decimal(1_000_000), gettext_lazy("litres/h"), 1_000),
    "telecom": (Decimal(10_000), "Mbps", 1_000),
}

FIRST, LAST = datetime.date.min, datetime.date.max
ONE_DAY = datetime.timedelta(days=1)
PlotState = Literal["free", "part", "reserved", "let", "unknown"]
Let = Literal["yes", "perhaps", "no"]


def wider_codes(code: str) -> list[str]:
    """The code itself and every wider one it belongs to, widest first: 2610 → C, 26, 261, 2610; C → C."""
    if not code[:2].isdigit():
        return [code]
    section = section_of(code)
    return ([section] if section else []) + [code[:n] for n in range(2, len(code) + 1)]


# --- figures that look like another unit ----------------------------------------------------------


def odd_area(area_ha: Decimal | None, largest: Decimal | None) -> str:
    """The question to ask about an area (ha) that is most likely in m²; empty where there is nothing to ask."""
    if area_ha is None or largest is None or area_ha <= largest:
        return ""
    return _(
        "Is this really %(area)s ha? If it was meant in m², write %(meant)s. If it is right, tick “unusual figures "
        "are right” and save again."
    ) % {"area": format_number(area_ha), "meant": format_number(area_ha / M2_PER_HA)}


def odd_capacity(utility: str, amount: Decimal | None) -> str:
    """The question to ask about a capacity that is most likely in a smaller unit; empty where it looks right."""
    if amount is None or utility not in LARGEST_CAPACITY:
        return ""
    largest, smaller, factor = LARGEST_CAPACITY[utility]
    if amount <= largest:
        return ""
    return _(
        "Is this really %(amount)s %(unit)s? If it was meant in %(smaller)s, write %(meant)s. If it is right, tick "
        "“unusual figures are right” and save again."
    ) % {
        "amount": format_number(amount),
        "unit": UNITS[utility],
        "smaller": smaller,
        "meant": format_number(amount / factor),
    }


def other_unit_meant(utility: str, amount: Decimal, left: Decimal) -> str:
    """A further sentence where an amount that does not fit would fit in the smaller unit that people use."""
    smaller, factor = ("m²", M2_PER_HA) if utility == LAND else LARGEST_CAPACITY[utility][1:]
    if not 0 < amount / factor <= left:
        return ""
    return " " + _("If it was meant in %(smaller)s, write %(meant)s.") % {
        "smaller": smaller,
        "meant": format_number(amount / factor),
    }


def larger_than_zone(area_ha: Decimal, zone_ha: Decimal) -> str:
    """Why a plot cannot be larger than its zone, with what was probably meant."""
    sentence = _("The whole zone has only %(zone)s ha. Check the area of the plot, or first that of the zone.") % {
        "zone": format_number(zone_ha)
    }
    if area_ha / M2_PER_HA <= zone_ha:
        sentence += " " + _("If it was meant in m², write %(meant)s.") % {"meant": format_number(area_ha / M2_PER_HA)}
    return sentence


def longer_than_tenure(until: datetime.date) -> str:
    return _("The land may be used until %(day)s only. Choose that day or an earlier one.") % {
        "day": PartialDate.day(until).display()
    }


# --- time -----------------------------------------------------------------------------------------


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


# --- the ledger -----------------------------------------------------------------------------------


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
    supplies = list(supplies)
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


def as_decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))
