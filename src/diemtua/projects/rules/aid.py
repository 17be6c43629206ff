"""Pure rules of foreign aid: periods of the tables, and what looks wrong, with the text that held that day."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.land.rules.days import add_months

APPROVING = ("approved", "amended", "extended")


# --- periods --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """A half-year (`half` 1 or 2) or a year (`half` 0) of the tables."""

    year: int
    half: int = 0

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.year, 7 if self.half == 2 else 1, 1)

    @property
    def last(self) -> datetime.date:
        return datetime.date(self.year, 6, 30) if self.half == 1 else datetime.date(self.year, 12, 31)

    @property
    def code(self) -> str:
        """`2026`, `2026-1` or `2026-2`: how addresses name it."""
        return f"{self.year}-{self.half}" if self.half else str(self.year)

    def __str__(self) -> str:
        if self.half == 1:
            return _("first half of %(year)s") % {"year": self.year}
        if self.half == 2:
            return _("second half of %(year)s") % {"year": self.year}
        return _("year %(year)s") % {"year": self.year}


def period_of(code: str, today: datetime.date) -> Period | None:
    """The period an address names; the running half-year where it names none, None where it names nonsense."""
    if not code:
        return Period(today.year, 1 if today.month <= 6 else 2)
    match = re.fullmatch(r"(19[7-9]\d|20\d\d)(?:-([12]))?", code)
    return Period(int(match[1]), int(match[2] or 0)) if match else None


def periods(today: datetime.date, years: int = 5) -> list[Period]:
    """The periods offered, newest first: those that have begun."""
    found = [Period(y, half) for y in range(today.year, today.year - years, -1) for half in (2, 1, 0)]
    return [p for p in found if p.first <= today]


# --- what looks wrong -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Flag:
    """What looks wrong, and the text it is measured by ("" where that is our own rule)."""

    code: str
    sentence: str
    basis: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of an aid, without the database."""

    state: str
    form: str
    steps: tuple[tuple[str, datetime.date], ...] = ()
    # (what, day, currency, amount)
    movements: tuple[tuple[str, datetime.date, str, Decimal], ...] = ()
    pledged: Mapping[str, Decimal] | None = None
    registered_until: datetime.date | None = None
    disaster_on: datetime.date | None = None
    planned_end: datetime.date | None = None
    actual_end: datetime.date | None = None
    outcomes: int = 0


@dataclass(frozen=True)
class Law:
    """What the rulebook says on one day; None where it says nothing."""

    approval_required: bool | None = None
    approval_basis: str = ""
    emergency_months: int | None = None
    emergency_basis: str = ""


STATES_OVER = ("closed", "cancelled")
FLAG_NAMES: Mapping[str, Any] = {
    "unapproved": gettext_lazy("Used before approval"),
    "over": gettext_lazy("More received than pledged"),
    "overspent": gettext_lazy("More spent than received"),
    "registration": gettext_lazy("Registration over"),
    "emergency": gettext_lazy("Emergency relief after its time"),
    "late": gettext_lazy("Not ended in time"),
    "no_results": gettext_lazy("Results missing"),
}


def flags(known: Known, law_on: Mapping[datetime.date, Law], today: datetime.date) -> list[Flag]:
    """What looks wrong of an aid. `law_on` holds the law of every day on which something was received or spent."""
    found: list[Flag] = []
    approved = min((day for what, day in known.steps if what == "approved"), default=None)
    for _what, day, _currency, _amount in sorted(known.movements, key=lambda m: m[1]):
        law = law_on.get(day, Law())
        if law.approval_required and known.form != "emergency" and (approved is None or day < approved):
            found.append(
                Flag(
                    "unapproved",
                    _("Received or spent on %(day)s, before it was approved.") % {"day": _day(day)},
                    law.approval_basis,
                )
            )
            break
    totals: dict[str, dict[str, Decimal]] = {"received": defaultdict(Decimal), "spent": defaultdict(Decimal)}
    for what, _on, currency, amount in known.movements:
        totals[what][currency] += amount
    for currency, amount in sorted(totals["received"].items()):
        most = (known.pledged or {}).get(currency)
        if most is not None and amount > most:
            found.append(
                Flag(
                    "over",
                    _("More %(currency)s was received than is pledged. Enter the amendment.") % {"currency": currency},
                )
            )
    for currency, amount in sorted(totals["spent"].items()):
        if currency in totals["received"] and amount > totals["received"][currency]:
            found.append(
                Flag("overspent", _("More %(currency)s was spent than was received.") % {"currency": currency})
            )
    last = max((day for _w, day, _c, _a in known.movements), default=None)
    if known.registered_until is not None and known.state not in STATES_OVER:
        if known.registered_until < (today if known.state == "running" else last or datetime.date.min):
            found.append(
                Flag(
                    "registration",
                    _("The donor's registration ended on %(day)s.") % {"day": _day(known.registered_until)},
                )
            )
    if known.form == "emergency" and known.disaster_on is not None:
        law = law_on.get(known.disaster_on, Law())
        if law.emergency_months is not None:
            until = add_months(known.disaster_on, law.emergency_months)
            done = known.actual_end or (today if known.state not in STATES_OVER else None)
            if done is not None and done > until:
                found.append(
                    Flag(
                        "emergency",
                        _("Emergency relief is to be done by %(day)s; after that it is approved like other aid.")
                        % {"day": _day(until)},
                        law.emergency_basis,
                    )
                )
    if known.planned_end is not None and known.planned_end < today and known.actual_end is None:
        if known.state in ("approved", "running", "suspended"):
            found.append(Flag("late", _("It was to end by %(day)s.") % {"day": _day(known.planned_end)}))
    if known.state in ("finished", "closed") and not known.outcomes:
        found.append(Flag("no_results", _("It is over and no result is entered.")))
    return found


def _day(day: datetime.date) -> str:
    return day.strftime("%d/%m/%Y")


def total(rows: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Amounts by currency, which are never added to one another."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in rows:
        found[currency] += amount
    return dict(sorted(found.items()))
