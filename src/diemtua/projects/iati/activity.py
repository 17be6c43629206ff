"""What is exchanged of one foreign aid, in plain values: the meeting point of the register and of IATI."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

VERSION = "2.03"
# What IATI has no place for (kind of value, registration, approval steps) stands in elements and attributes of
# this namespace, as the standard allows; other readers pass over them.
NAMESPACE = "urn:diemtua:iati-extension:1"

# state in the register → code of the list ActivityStatus. Two states share a code, so ours is written beside it.
STATUS = {
    "proposed": "1",
    "approved": "1",
    "running": "2",
    "finished": "3",
    "closed": "4",
    "cancelled": "5",
    "suspended": "6",
}
# From a code back to the state, where a file of somebody else gives only the code.
STATE = {"1": "proposed", "2": "running", "3": "finished", "4": "closed", "5": "cancelled", "6": "suspended"}
DATES = {"planned_start": "1", "actual_start": "2", "planned_end": "3", "actual_end": "4"}
# what → code of the list TransactionType
TRANSACTIONS = {"received": "3", "spent": "4"}
KINDS = ("money", "goods", "experts")


@dataclass(frozen=True)
class Org:
    """An organisation: its name, and its identifier in IATI where it has one."""

    name: str
    ref: str = ""
    type: str = ""


@dataclass(frozen=True)
class Value:
    """What was pledged for a year, in whole units of the currency."""

    year: int
    kind: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Movement:
    """What was received from the donor or spent, on a day."""

    what: str
    on: datetime.date
    kind: str
    amount: Decimal
    currency: str
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """One result with its indicator. `words` says what cannot be counted."""

    title: str
    unit: str = ""
    baseline: Decimal | None = None
    baseline_year: int | None = None
    first: datetime.date | None = None
    last: datetime.date | None = None
    target: Decimal | None = None
    actual: Decimal | None = None
    words: str = ""


@dataclass(frozen=True)
class Step:
    """One step of approval: what, when, by whom, under which number and text."""

    what: str
    on: datetime.date
    number: str = ""
    body: str = ""
    basis: str = ""
    note: str = ""


@dataclass(frozen=True)
class Activity:
    """One foreign aid. Texts are stripped; lists are in the order in which they are written."""

    identifier: str
    title: str
    purpose: str
    state: str
    reporter: Org
    donor: Org
    title_foreign: str = ""
    manager: Org | None = None
    receiver: Org | None = None
    form: str = ""
    sector: str = ""
    where: str = ""
    language: str = "vi"
    planned_start: datetime.date | None = None
    planned_end: datetime.date | None = None
    actual_start: datetime.date | None = None
    actual_end: datetime.date | None = None
    registration: str = ""
    registered_from: datetime.date | None = None
    registered_until: datetime.date | None = None
    values: tuple[Value, ...] = ()
    movements: tuple[Movement, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    steps: tuple[Step, ...] = ()
    updated: datetime.datetime | None = field(default=None, compare=False)
