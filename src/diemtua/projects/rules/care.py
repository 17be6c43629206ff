"""Pure rules of care: how a case stands, to whom it goes up, what may stand in a public line, when a visit is due."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext_lazy as _

from diemtua.kit.calendar import add_working_days
from diemtua.kit.text import fold
from diemtua.land.rules.days import add_months

OPEN, WAITING, SOLVED, UNSOLVED, WITHDRAWN = "open", "waiting", "solved", "unsolved", "withdrawn"
STATUSES: tuple[tuple[str, object], ...] = (
    (OPEN, _("Being worked on")),
    (WAITING, _("Waiting for the investor")),
    (SOLVED, _("Solved")),
    (UNSOLVED, _("Closed without a solution")),
    (WITHDRAWN, _("Withdrawn by the investor")),
)
GOING = (OPEN, WAITING)
OVER = (SOLVED, UNSOLVED, WITHDRAWN)

Standing = Literal["on_track", "at_risk", "late", "over"]
STANDINGS: Mapping[str, object] = {
    "on_track": _("On track"),
    "at_risk": _("At risk"),
    "late": _("Late"),
    "over": _("Closed"),
}
# Why a case is at risk or late.
REASONS: Mapping[str, object] = {
    "late": _("The promised day is over."),
    "soon": _("The promised day is near."),
    "no_promise": _("The investor has not been promised a day, and the time for that is over."),
    "step": _("A next step is overdue."),
}


@dataclass(frozen=True)
class Limits:
    """The rulebook's limits as they hold on a day; None where a rule does not hold or is not known."""

    risk_days: int | None = None
    promise_days: int | None = None
    lead_days: int | None = None
    leaders_days: int | None = None
    big_jobs: int | None = None
    # currency → capital as it is counted in the register (million USD, billion VND)
    big_capital: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of a case."""

    status: str
    reported: datetime.date
    due: datetime.date | None = None
    step_due: datetime.date | None = None
    capital: Decimal | None = None
    currency: str = ""
    jobs: int | None = None


def standing(facts: Facts, limits: Limits, today: datetime.date) -> tuple[Standing, list[str]]:
    """How a case stands on a day, and why (keys of REASONS)."""
    if facts.status not in GOING:
        return "over", []
    if facts.due is not None and facts.due < today:
        return "late", ["late"]
    reasons = []
    if facts.due is None:
        if limits.promise_days is not None and facts.reported < no_promise_before(today, limits.promise_days):
            reasons.append("no_promise")
    elif limits.risk_days is not None and facts.due <= today + datetime.timedelta(days=limits.risk_days):
        reasons.append("soon")
    if facts.step_due is not None and facts.step_due < today:
        reasons.append("step")
    return ("at_risk" if reasons else "on_track"), reasons


def no_promise_before(today: datetime.date, working_days: int) -> datetime.date:
    """The first day of reporting whose time for a promise is not over yet; what was reported before it, is."""
    day = today - datetime.timedelta(days=working_days * 2 + 30)
    while add_working_days(day, working_days) < today:
        day += datetime.timedelta(days=1)
    return day


Level = Literal["", "lead", "leaders"]
LEVELS: Mapping[str, object] = {"lead": _("Lead officer"), "leaders": _("Leaders of the province")}


@dataclass(frozen=True)
class Escalation:
    """To whom a case has gone up, and since when."""

    level: Level
    since: datetime.date | None = None
    big: bool = False


def escalation(facts: Facts, limits: Limits, today: datetime.date) -> Escalation:
    """A late case goes up to the lead, after some days to the leaders; a big one to the leaders at once.

    It is counted and not stored: nobody can forget to run it, and a new limit in the rulebook holds at once.
    """
    if facts.status not in GOING or facts.due is None or limits.lead_days is None:
        return Escalation("")
    first = facts.due + datetime.timedelta(days=limits.lead_days + 1)
    if today < first:
        return Escalation("")
    big = is_big(facts, limits)
    second = None if limits.leaders_days is None else facts.due + datetime.timedelta(days=limits.leaders_days + 1)
    if big:
        return Escalation("leaders", first, big=True)
    if second is not None and today >= second:
        return Escalation("leaders", second)
    return Escalation("lead", first)


def is_big(facts: Facts, limits: Limits) -> bool:
    """Whether so much is at risk that the leaders want to know of any delay."""
    if limits.big_jobs is not None and facts.jobs is not None and facts.jobs >= limits.big_jobs:
        return True
    least = (limits.big_capital or {}).get(facts.currency)
    return least is not None and facts.capital is not None and facts.capital >= least


# --- the public line ------------------------------------------------------------------------------
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)")
_CODE = re.compile(r"(?<!\d)\d{10}(?:-\d{3})?(?!\d)")
# Words of a name that say what and not who: alone they give nobody away.
_COMMON = frozenset(
    fold(w)
    for w in (
        "công ty", "cong", "ty", "tnhh", "cp", "cổ", "phần", "trách", "nhiệm", "hữu", "hạn", "một", "thành", "viên",
        "tập", "đoàn", "dự", "án", "nhà", "máy", "việt", "nam", "thái", "bình", "hưng", "yên", "co", "ltd", "jsc",
        "company", "limited", "group", "corp", "inc", "vina", "the", "and", "of", "khu", "nghiệp",
    )
)  # fmt: skip


def gives_away(text: str, names: Iterable[str]) -> list[str]:
    """What in a text would tell who the investor is: names (also without tones), addresses, numbers."""
    found: list[str] = []
    key = f" {fold(text)} "
    for name in names:
        whole = fold(name)
        if whole and f" {whole} " in key:
            found.append(name)
            continue
        # "Công ty TNHH Lotes Việt Nam" is also given away by "Lotes".
        found += [w for w in telling_words(name) if f" {w} " in key]
    for pattern in (_MAIL, _PHONE, _CODE):
        found += pattern.findall(text)
    return list(dict.fromkeys(found))


def telling_words(name: str) -> list[str]:
    """The words of a company's name that belong to it alone, folded; short ones are left out."""
    return [w for w in fold(name).split() if len(w) >= 4 and w not in _COMMON and not w.isdigit()]


# --- visits ---------------------------------------------------------------------------------------
Size = Literal["large", "medium", "small"]
SIZES: Mapping[str, object] = {"large": _("Large"), "medium": _("Medium"), "small": _("Small")}


@dataclass(frozen=True)
class SizeLimits:
    """From which capital (by currency) and jobs on an investor is large or medium."""

    large_capital: Mapping[str, int]
    large_jobs: int | None
    medium_capital: Mapping[str, int]
    medium_jobs: int | None


def size_of(capital: Mapping[str, Decimal], jobs: int, limits: SizeLimits) -> Size:
    """The size of an investor by all its projects. Currencies are not added up: the largest one decides."""

    def reaches(least: Mapping[str, int], least_jobs: int | None) -> bool:
        return any(c in least and amount >= least[c] for c, amount in capital.items()) or (
            least_jobs is not None and jobs >= least_jobs
        )

    if reaches(limits.large_capital, limits.large_jobs):
        return "large"
    return "medium" if reaches(limits.medium_capital, limits.medium_jobs) else "small"


def visit_due(last: datetime.date | None, known_since: datetime.date, months: int | None) -> datetime.date | None:
    """The day by which an investor is to be visited; who was never visited, counted from when it came."""
    return None if months is None else add_months(last or known_since, months)
