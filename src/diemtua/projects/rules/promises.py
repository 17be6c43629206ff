"""Pure rules of promises against reality: what a certificate promised, what is reported, and what has run out."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.kit.dates import PartialDate

from . import stages

LAND_UNUSED = "investment.land_unused_months"
LAND_DELAY = "investment.land_delay_months"
CERTIFICATE_DUE = "investment.irc_due_months"
LAW = "text.investment_law"


def months_on(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Amount:
    """An amount promised beside what was reached, in one unit."""

    label: Any
    promised: Decimal | None
    reached: Decimal | None
    unit: str
    as_of: PartialDate | None = None

    @property
    def share(self) -> int | None:
        """Percent reached; None where one of the two is not known."""
        if not self.promised or self.reached is None:
            return None
        return int(self.reached * 100 / self.promised)

    @property
    def filled(self) -> int:
        """How far a bar is filled, 0 to 100."""
        return min(max(self.share or 0, 0), 100)


@dataclass(frozen=True)
class Milestone:
    """A day promised beside the day on which it came."""

    label: Any
    promised: PartialDate | None
    reached: PartialDate | None
    slip: int | None  # days later than promised: until it came, or until today
    standing: str  # kept, late, waiting, open (nothing promised)


# (what, field promised, field reached)
MILESTONES = (
    (gettext_lazy("Construction begins"), "construction_by", "construction_started"),
    (gettext_lazy("In operation"), "operation_by", "operating_since"),
)


def milestones(project: Any, today: datetime.date) -> list[Milestone]:
    """The promised days of a project with their slippage. “2026” is late only when the year is over."""
    found = []
    for label, promised_field, reached_field in MILESTONES:
        promised, reached = getattr(project, promised_field), getattr(project, reached_field)
        if promised is None and reached is None:
            continue
        slip = None
        if promised is not None:
            came = reached.first if reached is not None else today
            slip = max((came - promised.last).days, 0)
        if promised is None:
            standing = "open"
        elif reached is not None:
            standing = "late" if slip else "kept"
        else:
            standing = "late" if slip else "waiting"
        found.append(Milestone(label, promised, reached, slip, standing))
    return found


@dataclass(frozen=True)
class Flag:
    """Something that has run out: since which day, what, and by which text of that day."""

    code: str
    since: datetime.date
    sentence: str
    basis: str = ""
    confidence: str = ""
    notes: tuple[str, ...] = field(default=())


# (code of the rule, day) → (value, basis, confidence), or None where no rule held on the day
Ask = Callable[[str, datetime.date], tuple[Any, str, str] | None]


def flags(project: Any, contributed: Decimal | None, today: datetime.date, ask: Ask) -> list[Flag]:
    """What has run out for a project that still goes on, oldest first.

    The legal basis is the one that held on the day on which the term ran out; where the rulebook knows none, the
    flag says what the certificate says and nothing of the law.
    """
    found: list[Flag] = []
    licensed = project.stage in (stages.CERTIFICATE, stages.LAND)

    def raised(code: str, since: datetime.date, sentence: str, told: tuple[Any, str, str] | None) -> None:
        found.append(Flag(code, since, sentence, told[1] if told else "", told[2] if told else ""))

    if licensed and project.construction_by and not project.construction_started:
        if (last := project.construction_by.last) < today:
            sentence = _("Construction has not begun, though the certificate promised it.")
            raised("not_begun", last, sentence, ask(LAW, last))
    if licensed and project.operation_by and not project.operating_since:
        if (last := project.operation_by.last) < today:
            raised("not_operating", last, _("It does not operate, though the certificate promised it."), ask(LAW, last))
            if project.land_handed_over and (out := run_out(last, LAND_DELAY, today, ask)):
                sentence = _("The use of the land is behind schedule by more than %(n)s months.") % {"n": out.months}
                raised("land_delay", out.day, sentence, out.told)
    if licensed and project.land_handed_over and not project.construction_started:
        if out := run_out(project.land_handed_over.last, LAND_UNUSED, today, ask):
            sentence = _("The land has lain unused for more than %(n)s months since it was handed over.")
            raised("land_unused", out.day, sentence % {"n": out.months}, out.told)
    if (
        project.stage in stages.LICENSED
        and project.contribute_by
        and (last := project.contribute_by.last) < today
        and project.own_capital
        and (contributed is None or contributed < project.own_capital)
    ):
        sentence = _("The investor's capital is not contributed in full in time.")
        raised("not_contributed", last, sentence, ask(LAW, last))
    if project.enterprise_registered and not project.irc_issued and project.stage in stages.UNDER_WAY:
        out = run_out(project.enterprise_registered.last, CERTIFICATE_DUE, today, ask)
        if out and out.told:  # a term that only a later text set has not run out
            sentence = _("No certificate within %(n)s months of the enterprise certificate.") % {"n": out.months}
            raised("no_certificate", out.day, sentence, out.told)
    return sorted(found, key=lambda f: f.since)


@dataclass(frozen=True)
class RunOut:
    """A term of the law that has run out: how long it was, on which day, and the rule that held then (if any)."""

    months: int
    day: datetime.date
    told: tuple[Any, str, str] | None


def run_out(start: datetime.date, code: str, today: datetime.date, ask: Ask) -> RunOut | None:
    """Whether a term counted in months from a day is over, by the rule that held when it ended; None where it runs.

    The length is that of the day on which the term would end; where no rule is known of that day, today's length.
    """
    now = ask(code, today)
    if now is None:
        return None
    months: int = now[0]
    then = ask(code, months_on(start, months))
    if then is not None:
        months = then[0]
    day = months_on(start, months)
    return RunOut(months, day, then) if day < today else None
