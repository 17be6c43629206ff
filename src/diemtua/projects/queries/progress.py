"""What the pages of projects read beside the register: the board, promises, the funnel, reporters."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, F, Sum
from django.utils import timezone

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number
from diemtua.register.models import Figure, Stage, User
from diemtua.rulebook.queries import NoRule, rule
from diemtua.rulebook.rules import report_deadline

from ..models import Project, ProjectReport, StageMove
from ..models.projects import field_label
from ..rules import promises, stages, timeline
from ..rules import reports as report_rules

CARDS = 12
COUNTED = 200

# --- board ----------------------------------------------------------------------------------------

BOARD = (*stages.WAY, stages.PAUSED)


@dataclass
class Column:
    """A stage on the board with its newest projects."""

    stage: str
    label: Any
    projects: list[Project]
    count: int
    more: bool  # more than were counted
    cards: list[Any] = field(default_factory=list)  # drawn by the page
    targets: list[tuple[str, Any]] = field(default_factory=list)


def board(user: User, *, mine: bool = False, zone: int | None = None) -> list[Column]:
    """The stages with their newest projects; one query a stage and one for the cards."""
    seen = Project.objects.visible_to(user).live()
    if mine:
        seen = seen.filter(owner=user)
    if zone is not None:
        seen = seen.filter(zone=zone)
    numbers = {
        s: list(seen.filter(stage=s).order_by("-record").values_list("pk", flat=True)[: COUNTED + 1]) for s in BOARD
    }
    shown = [pk for many in numbers.values() for pk in many[:CARDS]]
    cards = Project.objects.filter(pk__in=shown).select_related("record", "investor__record", "zone__record")
    cards = cards.only(
        "record__title",
        "record__version",
        "record__unit",
        "record__access",
        "stage",
        "stage_since",
        "capital",
        "currency",
        "operation_by",
        "investor__record__title",
        "investor__record__access",
        "investor__record__unit",
        "zone__record__title",
        "zone__record__access",
        "zone__record__unit",
    )
    by_pk = {p.pk: p for p in cards}
    labels = dict(stages.STAGES)
    return [
        Column(
            s,
            labels[s],
            [by_pk[pk] for pk in many[:CARDS] if pk in by_pk],
            min(len(many), COUNTED),
            len(many) > COUNTED,
        )
        for s, many in numbers.items()
    ]


# --- promises -------------------------------------------------------------------------------------


def asked(code: str, day: datetime.date) -> tuple[Any, str, str] | None:
    """(value, basis, confidence) of a rule on a day, for `promises.flags`."""
    try:
        found = rule(code, on=day)
    except NoRule:
        return None
    if found.value is None:
        return None
    basis = found.value if code.startswith("text.") else found.basis
    return found.value, str(basis), found.confidence


def newest_figures(project: Project) -> dict[tuple[str, str], Figure]:
    """{(measure, stage): the newest figure that stands}; one query."""
    found: dict[tuple[str, str], Figure] = {}
    rows = Figure.objects.filter(record=project.pk, withdrawn_at=None).order_by(F("as_of").desc(nulls_last=True), "-id")
    for figure in rows:
        found.setdefault((figure.measure, figure.stage), figure)
    return found


@dataclass
class CapitalRow:
    """Capital of one stage: announced, registered, contributed, implemented."""

    label: Any
    value: Decimal | None
    wording: str
    unit: str
    as_of: PartialDate | None
    share: int | None = None


def progress(project: Project, today: datetime.date) -> dict[str, Any]:
    """Promises against what was reached, and what has run out."""
    figures = newest_figures(project)
    unit = str(project.capital_display)
    rows = []
    for stage in Stage:
        figure = figures.get(("capital", stage))
        if figure is not None:
            rows.append(CapitalRow(stage.label, figure.value, figure.wording, figure.shown_unit, figure.as_of))
        elif stage == Stage.REGISTERED and project.capital is not None and project.irc_code:
            # The certificate itself says it.
            rows.append(CapitalRow(stage.label, project.capital, "", unit, project.irc_issued))
    whole = next((r for r in rows if r.label == Stage.REGISTERED.label), None)
    for row in rows:
        if whole is not None and whole.value and row.value is not None and same_unit(row.unit, whole.unit):
            row.share = int(row.value * 100 / whole.value)
    contributed = figures.get(("capital", Stage.CONTRIBUTED))
    amounts = []
    for label, promised, measure, counted in (
        (field_label("jobs"), project.jobs, "jobs", ""),
        (field_label("area_ha"), project.area_ha, "area", "ha"),
    ):
        figure = figures.get((measure, Stage.IMPLEMENTED))
        if promised is not None or figure is not None:
            amounts.append(
                promises.Amount(
                    label,
                    None if promised is None else Decimal(promised),
                    figure.value if figure else None,
                    counted,
                    figure.as_of if figure else None,
                )
            )
    comparable = contributed is not None and same_unit(contributed.unit, unit)
    milestones = promises.milestones(project, today)
    return {
        "capital": rows,
        "bars": [*_capital_bars(rows, whole), *(a for a in amounts if a.share is not None)],
        "amounts": amounts,
        "milestones": milestones,
        "line": timeline.draw(milestones, project.irc_issued.first if project.irc_issued else None, today),
        "flags": promises.flags(
            project, contributed.value if contributed is not None and comparable else None, today, asked
        ),
    }


def _capital_bars(rows: list[CapitalRow], whole: CapitalRow | None) -> list[promises.Amount]:
    """What of the registered capital was contributed and carried out, where it is counted alike."""
    if whole is None or not whole.value:
        return []
    return [
        promises.Amount(row.label, whole.value, row.value, whole.unit, row.as_of)
        for row in rows
        if row.label in (Stage.CONTRIBUTED.label, Stage.IMPLEMENTED.label) and row.share is not None
    ]


def same_unit(one: str, other: str) -> bool:
    """Whether two amounts of capital are counted alike: million USD in either language."""
    return _units().get(one.lower(), one) == _units().get(other.lower(), other)


_known_units: dict[str, str] = {}


def _units() -> dict[str, str]:
    """{unit in either language: currency}."""
    if not _known_units:
        from django.utils.translation import override

        from ..models import Currency

        for language in ("vi", "en"):
            with override(language):
                _known_units.update({str(c.label).lower(): c.value for c in Currency})
        _known_units.update({"triệu usd": "USD", "tỷ đồng": "VND", "tỷ vnd": "VND"})
    return _known_units


def moves_of(project: Project) -> list[dict[str, Any]]:
    """The changes of stage with the days spent in each, oldest first."""
    rows = list(StageMove.objects.filter(project=project).order_by("id"))
    today = timezone.localdate()
    labels = dict(stages.STAGES)
    found = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        end = after.on if after is not None else today
        days = (end - row.on).days if end is not None and row.on is not None else None
        found.append(
            {
                "stage": row.after,
                "label": labels[row.after],
                "on": row.on,
                "days": days,
                "now": after is None,
            }
        )
    return found


# --- funnel ---------------------------------------------------------------------------------------


@dataclass
class Step:
    """A stage of the way in the funnel."""

    stage: str
    label: Any
    reached: int  # projects that came at least so far
    here: int  # that are there now
    share: int | None  # percent of those of the step before
    days: int | None  # median days spent there by those that left it
    capital: list[tuple[str, Decimal]]  # of those there now, by currency


def funnel(user: User, since: datetime.date | None = None) -> dict[str, Any]:
    """How many projects came how far, and how long they stayed; of those entered since a day, where given.

    A project that skipped a stage (no policy approval needed) counts as having passed it.
    """
    seen = Project.objects.visible_to(user).live()
    moves = StageMove.objects.filter(project__in=seen.values("pk"))
    if since is not None:
        seen = seen.filter(moves__before="", moves__on__gte=since)
        moves = StageMove.objects.filter(project__in=seen.values("pk"))
    way = {s: n for n, s in enumerate(stages.WAY)}
    furthest: dict[int, int] = {}
    spent: dict[str, list[int]] = {}
    last: tuple[int, str, datetime.date | None] | None = None
    for project, after, on in moves.order_by("project_id", "id").values_list("project_id", "after", "on"):
        if after in way:
            furthest[project] = max(furthest.get(project, 0), way[after])
        else:
            furthest.setdefault(project, 0)
        if last is not None and last[0] == project and on is not None and last[2] is not None:
            spent.setdefault(last[1], []).append((on - last[2]).days)
        last = (project, after, on)
    here = dict(seen.order_by().values_list("stage").annotate(n=Count("pk")))
    capital: dict[str, list[tuple[str, Decimal]]] = {}
    sums = seen.order_by().exclude(capital=None).values_list("stage", "currency").annotate(total=Sum("capital"))
    for stage, currency, total in sums:
        capital.setdefault(stage, []).append((currency, total))
    labels = dict(stages.STAGES)
    steps: list[Step] = []
    for place, stage in enumerate(stages.WAY):
        reached = sum(1 for far in furthest.values() if far >= place)
        before = steps[-1].reached if steps else 0
        days = spent.get(stage)
        steps.append(
            Step(
                stage,
                labels[stage],
                reached,
                here.get(stage, 0),
                round(reached * 100 / before) if before else None,
                round(median(days)) if days else None,
                sorted(capital.get(stage, [])),
            )
        )
    beside = [(labels[s], here.get(s, 0), s) for s in (stages.PAUSED, *stages.OVER) if here.get(s)]
    return {
        "steps": steps,
        "beside": beside,
        "all": len(furthest),
        "widest": max((s.reached for s in steps), default=0),
    }


# --- reports --------------------------------------------------------------------------------------

REPORT_RULE = "report.A.III.1"


def last_quarter(today: datetime.date) -> PartialDate:
    """The newest quarter that is over."""
    quarter = (today.month - 1) // 3
    return PartialDate.quarter(today.year, quarter) if quarter else PartialDate.quarter(today.year - 1, 4)


def quarter_before(quarter: PartialDate) -> PartialDate:
    first = quarter.first
    return (
        PartialDate.quarter(first.year, first.month // 3) if first.month > 1 else PartialDate.quarter(first.year - 1, 4)
    )


def deadline(quarter: PartialDate) -> tuple[datetime.date | None, str]:
    """(the day before which reports of a quarter are due, the text that says so), by the rule of its last day."""
    for day in (quarter.last, timezone.localdate()):
        try:
            found = rule(REPORT_RULE, on=day)
        except NoRule:
            continue
        return report_deadline(found, quarter), found.basis
    return None, ""


def reporters(user: User, quarter: PartialDate) -> dict[str, int]:
    """How many of those who must report on a quarter stand where."""
    must = must_report(user, quarter).count()
    states = dict(
        ProjectReport.objects.visible_to(user)
        .live()
        .filter(quarter=quarter)
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    return {"must": must, **{s: states.get(s, 0) for s in ProjectReport.State.values}}


def must_report(user: User, quarter: PartialDate) -> Any:
    """Projects with a certificate, known by its code, that stood in the quarter."""
    seen = Project.objects.visible_to(user).live().filter(stage__in=stages.LICENSED).exclude(irc_code="")
    return seen.exclude(irc_issued__gt=PartialDate.day(quarter.last))


def late_reporters(user: User, quarter: PartialDate) -> Any:
    """Projects of which no report on the quarter is in: none at all, a draft, or one that was sent back."""
    given = (
        ProjectReport.objects.live()
        .filter(quarter=quarter, state__in=(report_rules.WAITING, report_rules.RECEIVED))
        .values("project")
    )
    return must_report(user, quarter).exclude(pk__in=given)


def lines_of(report: ProjectReport) -> dict[str, Any]:
    return {row.item: row for row in report.lines.all()}  # type: ignore[attr-defined]


def last_received(report: ProjectReport) -> ProjectReport | None:
    """The newest report of the same project that was received for an earlier quarter."""
    assert report.quarter is not None  # no report is saved without
    return (
        ProjectReport.objects.live()
        .filter(project=report.project_id, state=report_rules.RECEIVED, quarter__lt=report.quarter)
        .order_by("-quarter")
        .first()
    )


def oddities(report: ProjectReport, last: ProjectReport | None) -> list[report_rules.Oddity]:
    """What looks odd in a report beside the last one and the certificate."""
    assert report.quarter is not None
    project = report.project
    foreign = project.capital_kind != Project.CapitalKind.DOMESTIC
    counted_alike = project.currency == ("USD" if foreign else "VND")
    return report_rules.oddities(
        lines_of(report),
        lines_of(last) if last is not None and last.quarter == quarter_before(report.quarter) else None,
        first_quarter=report.quarter.first.month == 1,
        registered=project.capital if counted_alike else None,
        operating=project.stage == stages.OPERATING,
    )


def money(rows: Iterable[tuple[str, Decimal]], labels: Mapping[str, Any]) -> str:
    """Sums of several currencies in words: 120 million USD, 40 billion VND."""
    return ", ".join(f"{format_number(total)} {labels.get(code, code)}" for code, total in rows)
