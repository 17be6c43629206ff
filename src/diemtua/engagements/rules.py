"""Pure rules of engagements: whose permission is needed, and until when it must be asked for."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from diemtua.kit.calendar import working_days_before

CONFERENCE, PRIME_MINISTER, DELEGATION = (
    "conference.apply_days",
    "conference.apply_days_prime_minister",
    "delegation.lead_days",
)
DELEGATIONS = ("outgoing", "incoming")
NEAR_DAYS = 14
# After so many days an engagement without an outcome is no longer shown as work to do.
OUTCOME_DAYS = 180

Urgency = Literal["permitted", "applied", "applied_late", "late", "near", "ahead", "unknown"]


def permission_rule(form: str, *, conference: bool, prime_minister: bool) -> str:
    """The rulebook's code of the lead time for an engagement; "" where no permission is asked for."""
    if conference:
        return PRIME_MINISTER if prime_minister else CONFERENCE
    return DELEGATION if form in DELEGATIONS else ""


def apply_by(first_day: datetime.date, lead: int, unit: str) -> datetime.date:
    """The last day to apply: so many days, or working days, before the first day.

    `unit` is that of the rule, "days" or "working_days"; any other is a ValueError.
    """
    if unit == "days":
        return first_day - datetime.timedelta(days=lead)
    if unit == "working_days":
        return working_days_before(first_day, lead)
    raise ValueError(f"a lead time in {unit} cannot be counted back")


@dataclass(frozen=True)
class Applied:
    """What is known of the application."""

    on: datetime.date | None = None
    permitted: bool = False


def urgency(last_day: datetime.date | None, applied: Applied, today: datetime.date) -> Urgency:
    """How an application stands on a day. Without a last day, the lead time is not known."""
    if applied.permitted:
        return "permitted"
    if applied.on is not None:
        return "applied_late" if last_day is not None and applied.on > last_day else "applied"
    if last_day is None:
        return "unknown"
    if last_day < today:
        return "late"
    return "near" if last_day <= today + datetime.timedelta(days=NEAR_DAYS) else "ahead"
