"""Reads of care: cases by how they stand, what was kept and lost, who is to be visited."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Right
from django.utils import timezone

from diemtua.kit.dates import PartialDate
from diemtua.register.models import Record, User
from diemtua.register.queries import RecordedQuerySet, visible
from diemtua.rulebook.queries import NoRule, rule

from ..rules import care, stages

if TYPE_CHECKING:
    from ..models import CareCase


class CareCaseQuerySet(RecordedQuerySet):
    def for_list(self) -> CareCaseQuerySet:
        found: Any = super().for_list().select_related("investor__record", "agency__record", "project__record", "owner")
        keys = [f"{n}__record__search_text" for n in ("investor", "agency", "project")]
        return found.with_step_due().defer("difficulty", "done", "word", *keys)

    def counted(self) -> CareCaseQuerySet:
        """What figures count: no examples."""
        return self.filter(illustrative=False)  # type: ignore[return-value]

    def with_step_due(self) -> CareCaseQuerySet:
        """`step_due`: the first day on which a next step that is not done was or is due."""
        from ..models import CareStep

        steps = CareStep.objects.filter(case=OuterRef("pk"), done_on=None).order_by().values("case")
        return self.annotate(step_due=Subquery(steps.annotate(first=Min("due")).values("first")))  # type: ignore[return-value]

    def going(self) -> CareCaseQuerySet:
        return self.live().filter(status__in=care.GOING)  # type: ignore[return-value]

    def standing(self, standing: str, today: datetime.date) -> CareCaseQuerySet:
        """Cases that stand so today; the same rule as `rules.care.standing`, asked of the database."""
        if standing == "over":
            return self.filter(status__in=care.OVER)  # type: ignore[return-value]
        late, risk = Q(due__lt=today), at_risk(today)
        going = self.with_step_due().filter(status__in=care.GOING)
        if standing == "late":
            return going.filter(late)  # type: ignore[return-value]
        # Negating a condition on what may be NULL leaves those rows out: the late and the risky are named by key.
        risky = going.exclude(pk__in=going.filter(late).values("pk")).filter(risk)
        if standing == "at_risk":
            return risky  # type: ignore[return-value]
        return going.exclude(pk__in=going.filter(late | risk).values("pk"))  # type: ignore[return-value]

    def to_see_to(self, today: datetime.date) -> CareCaseQuerySet:
        """Cases that are late or at risk, examples left out."""
        return self.going().counted().with_step_due().filter(Q(due__lt=today) | at_risk(today))  # type: ignore[return-value]

    def escalated(self, today: datetime.date, level: str = "") -> CareCaseQuerySet:
        """Cases that have gone up, or those gone up to `level`: `rules.care.escalation` asked of the database."""
        limits, last = limits_on(today), gone_up_by(today)
        if last is None:
            return self.none()  # type: ignore[return-value]
        up = self.filter(status__in=care.GOING, due__lte=last)
        if not level:
            return up  # type: ignore[return-value]
        high = Q(pk=None)
        if limits.leaders_days is not None:
            high |= Q(due__lte=today - datetime.timedelta(days=limits.leaders_days + 1))
        if limits.big_jobs is not None:
            high |= Q(jobs__gte=limits.big_jobs)
        for currency, least in (limits.big_capital or {}).items():
            high |= Q(currency=currency, capital__gte=least)
        leaders = up.filter(high)
        return leaders if level == "leaders" else up.exclude(pk__in=leaders.values("pk"))  # type: ignore[return-value]


def at_risk(today: datetime.date) -> Q:
    """That a case is at risk on a day, whether or not it is late as well; asks `with_step_due`."""
    limits = limits_on(today)
    risk = Q(step_due__lt=today)
    if limits.promise_days is not None:
        risk |= Q(due=None, reported__lt=care.no_promise_before(today, limits.promise_days))
    if limits.risk_days is not None:
        risk |= Q(due__lte=today + datetime.timedelta(days=limits.risk_days))
    return risk


def gone_up_by(today: datetime.date) -> datetime.date | None:
    """The last promised day whose case has gone up to the lead by today; None where no rule lets it."""
    days = limits_on(today).lead_days
    return None if days is None else today - datetime.timedelta(days=days + 1)


def value_of(code: str, day: datetime.date) -> Any:
    """A rule's value on a day, None where there is none."""
    try:
        return rule(code, on=day).value
    except NoRule:
        return None


def limits_on(day: datetime.date) -> care.Limits:
    capital = {"USD": value_of("care.big_capital_usd", day), "VND": value_of("care.big_capital_vnd", day)}
    return care.Limits(
        risk_days=value_of("care.risk_days", day),
        promise_days=value_of("care.promise_days", day),
        lead_days=value_of("care.lead_days", day),
        leaders_days=value_of("care.leaders_days", day),
        big_jobs=value_of("care.big_jobs", day),
        big_capital={c: v for c, v in capital.items() if v is not None},
    )


def facts_of(case: CareCase) -> care.Facts:
    """What the rules ask of a case; its first open step is looked up unless the list has brought it along."""
    if not hasattr(case, "step_due"):
        first = case.steps.filter(done_on=None).aggregate(first=Min("due"))["first"]
        case.step_due = first  # type: ignore[attr-defined]
    return care.Facts(
        status=case.status,
        reported=case.reported,
        due=case.due,
        step_due=case.step_due,  # type: ignore[attr-defined]
        capital=case.capital,
        currency=case.currency,
        jobs=case.jobs,
    )


def promises_of(case: CareCase) -> list[dict[str, Any]]:
    """The promised days of a case as the history has them, oldest first: {due, at, actor, reason}."""
    rows = case.record.changes.filter(diff__has_key="due").select_related("actor").order_by("id")
    found = []
    for change in rows:
        due = change.diff["due"][1]
        found.append(
            {
                "due": datetime.date.fromisoformat(due) if due else None,
                "at": change.at,
                "actor": change.actor,
                "reason": change.reason,
            }
        )
    return found


# --- what was kept and lost -----------------------------------------------------------------------


@dataclass
class Tally:
    """Cases, capital by currency and jobs that were kept, lost, or are at risk."""

    cases: int = 0
    jobs: int = 0
    capital: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, cases: int, currency: str, capital: Decimal | None, jobs: int | None) -> None:
        self.cases += cases
        self.jobs += jobs or 0
        if capital:
            self.capital[currency] += capital


@dataclass
class ReportRow:
    """One cause or agency. `unknown`: closed, and nobody has said what came of it."""

    key: Any
    label: str = ""
    record: Record | None = None
    kept: Tally = field(default_factory=Tally)
    lost: Tally = field(default_factory=Tally)
    at_risk: Tally = field(default_factory=Tally)
    unknown: int = 0
    late: int = 0


def report(
    user: User | None, by: str, first: datetime.date, last: datetime.date, today: datetime.date
) -> list[ReportRow]:
    """What was kept and lost by cause or agency (`by`): cases closed between two days, and those going on today."""
    from ..models import CareCase

    seen = CareCase.objects.counted().visible_to(user).live()
    closed = Q(closed_on__gte=first, closed_on__lte=last, status__in=care.OVER)
    groups = (
        seen.filter(closed | Q(status__in=care.GOING))
        .order_by()
        .values(by, "status", "outcome", "currency")
        .annotate(
            cases=Count("pk"),
            late=Count("pk", filter=Q(status__in=care.GOING, due__lt=today)),
            amount=Sum("capital"),
            people=Sum("jobs"),
            amount_kept=Sum("capital_kept"),
            people_kept=Sum("jobs_kept"),
        )
    )
    rows: dict[Any, ReportRow] = {}
    for g in groups:
        row = rows.setdefault(g[by], ReportRow(g[by]))
        currency, capital, jobs = g["currency"], g["amount"] or Decimal(0), g["people"] or 0
        if g["status"] in care.GOING:
            row.at_risk.add(g["cases"], currency, capital, jobs)
            row.late += g["late"]
        elif g["outcome"] == CareCase.Outcome.KEPT:
            row.kept.add(g["cases"], currency, capital, jobs)
        elif g["outcome"] == CareCase.Outcome.PARTLY:
            kept, people = g["amount_kept"] or Decimal(0), g["people_kept"] or 0
            row.kept.add(g["cases"], currency, kept, people)
            row.lost.add(0, currency, capital - kept, jobs - people)
        elif g["outcome"] == CareCase.Outcome.LOST:
            row.lost.add(g["cases"], currency, capital, jobs)
        else:
            row.unknown += g["cases"]
    return sorted(rows.values(), key=lambda r: (-(r.kept.cases + r.lost.cases + r.at_risk.cases), str(r.key)))


# --- visits ---------------------------------------------------------------------------------------


@dataclass
class Visit:
    """An investor and when it is to be visited next."""

    investor: Record
    size: care.Size
    projects: int
    capital: dict[str, Decimal]
    jobs: int
    last: datetime.date | None
    planned: PartialDate | None
    due: datetime.date | None
    late: bool


def size_limits(day: datetime.date) -> care.SizeLimits:
    def capital(size: str) -> dict[str, int]:
        found = {c: value_of(f"care.{size}_investor_{c.lower()}", day) for c in ("USD", "VND")}
        return {c: v for c, v in found.items() if v is not None}

    return care.SizeLimits(
        large_capital=capital("large"),
        large_jobs=value_of("care.large_investor_jobs", day),
        medium_capital=capital("medium"),
        medium_jobs=value_of("care.medium_investor_jobs", day),
    )


def visits(user: User | None, today: datetime.date) -> list[Visit]:
    """Investors with a certificate, by the day on which a visit is due; five queries, whatever their number.

    A visit is an engagement of the form *visit* in which the investor took part. Who was never visited is due as
    long after the first certificate as the rule says; without its day, after the project was entered.
    """
    from diemtua.engagements.models import Engagement, Participant

    from ..models import Project

    groups = (
        Project.objects.visible_to(user)
        .live()
        .filter(stage__in=stages.LICENSED, investor__isnull=False)
        .order_by()
        .values("investor", "currency")
        .annotate(
            n=Count("pk"),
            capital_sum=Sum("capital"),
            jobs_sum=Sum("jobs"),
            since=Min("irc_issued"),
            entered=Min("record__created_at"),
        )
    )
    counts: dict[int, int] = defaultdict(int)
    jobs: dict[int, int] = defaultdict(int)
    capital: dict[int, dict[str, Decimal]] = defaultdict(dict)
    since: dict[int, datetime.date] = {}
    for g in groups:
        key = g["investor"]
        counts[key] += g["n"]
        jobs[key] += g["jobs_sum"] or 0
        if g["capital_sum"]:
            capital[key][g["currency"]] = g["capital_sum"]
        first = _first_day(g["since"]) or timezone.localdate(g["entered"])
        since[key] = min(first, since.get(key, first))
    # Many keys are left to the database: the names are looked up by what is found.
    of_these: Any = list(counts) if len(counts) < 500 else Project.objects.values("investor")
    took_part = Participant.objects.filter(
        visible(user, "engagement__record__"),
        party_id__in=of_these,
        engagement__form=Engagement.Form.VISIT,
        engagement__record__archived_at=None,
    ).order_by()
    held = took_part.filter(engagement__status=Engagement.Status.HELD, engagement__held__isnull=False)
    last = {
        row["party"]: _first_day(row["newest"])
        for row in held.values("party").annotate(newest=Max(Right("engagement__held", 10)))
    }
    ahead = took_part.filter(engagement__status=Engagement.Status.PLANNED, engagement__held__isnull=False)
    planned: dict[int, PartialDate] = {}
    rows: Any = ahead.values_list("party", "engagement__held")
    for party, day in rows:
        if day.last >= today and (party not in planned or day.first < planned[party].first):
            planned[party] = day
    months = {size: value_of(f"care.visit_{size}", today) for size in care.SIZES}
    limits = size_limits(today)
    found = []
    for record in _records(user, counts):
        key = record.pk
        size = care.size_of(capital[key], jobs[key], limits)
        due = care.visit_due(last.get(key), since[key], months[size])
        found.append(
            Visit(
                investor=record,
                size=size,
                projects=counts[key],
                capital=capital[key],
                jobs=jobs[key],
                last=last.get(key),
                planned=planned.get(key),
                due=due,
                late=due is not None and due < today and key not in planned,
            )
        )
    order = list(care.SIZES)
    return sorted(found, key=lambda v: (v.due or datetime.date.max, order.index(v.size), v.investor.sort_key))


def _records(user: User | None, keys: Iterable[int]) -> list[Record]:
    """Live records of these keys that the person may see, in bounded queries."""
    found: list[Record] = []
    wanted = list(keys)
    for at in range(0, len(wanted), 500):
        part = Record.objects.visible_to(user).live().filter(pk__in=wanted[at : at + 500])
        found += part.only("title", "sort_key", "kind", "access", "unit_id")
    return found


def _first_day(value: Any) -> datetime.date | None:
    """The first day of a date in stored form, or as the field gives it."""
    if value is None or value == "":
        return None
    return value.first if isinstance(value, PartialDate) else datetime.date.fromisoformat(str(value)[:10])


def public_lines() -> Any:
    """Published lines of public reach, newest first: what the public page shows."""
    from ..models import PublicLine

    return (
        PublicLine.objects.filter(
            state=PublicLine.State.PUBLISHED,
            case__record__archived_at=None,
            case__status__in=care.OVER,
            case__illustrative=False,
        )
        .annotate(cause=F("case__cause"), closed=F("case__closed_on"))
        .order_by("-published_at", "-pk")
    )
