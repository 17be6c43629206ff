"""Every write of enterprises' reports."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.parties.actions import RecordFields
from diemtua.register import access, write
from diemtua.register.actions import add_evidence, add_figure
from diemtua.register.models import Batch, Role, Stage, User
from diemtua.register.write import ChildEdits
from diemtua.rulebook.queries import NoRule, rule
from diemtua.sources.actions.documents import AlreadyThere, Content, create_document
from diemtua.sources.models import Document

from ..models import Project, ProjectReport
from ..rules import reports as rules
from ..rules import workbooks


class ReportFields(RecordFields, total=False):
    project: Project | int
    quarter: PartialDate
    state: str
    sent_on: datetime.date | None
    rate: Decimal | None
    difficulties: str
    correction: str
    document: Document | int | None
    note: str


@transaction.atomic
def create_report(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[ReportFields],
) -> ProjectReport:
    """Enter a report, as a draft or sent. Raises ValidationError, PermissionDenied."""
    _may_decide(None, str(fields.get("state") or ""), actor)
    made: ProjectReport = write.create(
        "projectreport", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )
    _only_one(made)
    _if_received(made, None, actor=actor, batch=batch)
    return made


@transaction.atomic
def update_report(
    report: ProjectReport,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[ReportFields],
) -> ProjectReport:
    """Change a report. One that was received changes no more. Raises Stale, ValidationError, PermissionDenied."""
    before = ProjectReport.objects.values_list("state", flat=True).get(pk=report.pk)
    after = fields.get("state", before)
    if before != after:
        if after not in rules.STEPS[before]:
            raise ValidationError(
                {
                    "state": _("A report cannot go from “%(before)s” to “%(after)s”.")
                    % {"before": ProjectReport.State(before).label, "after": ProjectReport.State(after).label}
                }
            )
        _may_decide(before, after, actor)
    saved: ProjectReport = write.update(
        report,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )
    _only_one(saved)
    _if_received(saved, before, actor=actor, batch=batch)
    return saved


def send(*, actor: User | None, report: ProjectReport, version: int | None = None) -> ProjectReport:
    """Send a draft, or one that was mended, for approval."""
    return update_report(
        report,
        actor=actor,
        expected_version=version,
        state=ProjectReport.State.WAITING,
        sent_on=report.sent_on or timezone.localdate(),
    )


def receive(*, actor: User | None, report: ProjectReport, version: int | None = None) -> ProjectReport:
    """Take a report in: what it says becomes figures of its project."""
    return update_report(report, actor=actor, expected_version=version, state=ProjectReport.State.RECEIVED)


def send_back(
    *, actor: User | None, report: ProjectReport, correction: str, version: int | None = None
) -> ProjectReport:
    """Ask the enterprise to correct its report, saying what."""
    return update_report(
        report,
        actor=actor,
        expected_version=version,
        state=ProjectReport.State.RETURNED,
        correction=correction,
        reason=correction[:500],
    )


def _may_decide(before: str | None, after: str, actor: User | None) -> None:
    if after in (ProjectReport.State.RECEIVED, ProjectReport.State.RETURNED) and after != before:
        access.require(
            actor is None or actor.is_at_least(Role.LEAD),
            _("Only a lead officer takes reports in or sends them back."),
        )


def _only_one(report: ProjectReport) -> None:
    """One report in use for a project and quarter; the project's row is held, so that two at once are noticed."""
    Project.objects.select_for_update(of=("self",)).filter(pk=report.project_id).values_list("pk").first()
    others = ProjectReport.objects.live().filter(project=report.project_id, quarter=report.quarter)
    if others.exclude(pk=report.pk).exists():
        raise ValidationError(
            {"quarter": _("There is a report of this project for this quarter already. Change that one.")}
        )


def _if_received(report: ProjectReport, before: str | None, *, actor: User | None, batch: Batch | None) -> None:
    """What a received report says of capital and jobs becomes figures of the project, as of the quarter's end."""
    if report.state != ProjectReport.State.RECEIVED or before == ProjectReport.State.RECEIVED:
        return
    assert report.quarter is not None  # no report is saved without
    project = report.project
    lines = {row.item: row for row in report.lines.all()}  # type: ignore[attr-defined]
    as_of = PartialDate.day(report.quarter.last)
    foreign = project.capital_kind != Project.CapitalKind.DOMESTIC
    unit = _unit("report.unit_foreign" if foreign else "report.unit_domestic", report.quarter.last)
    paper = report.document.record if report.document is not None else None
    if paper is None or (actor is not None and not access.may_see(actor, paper)):
        paper = report.record  # typed into the form: the report as it was received is the source
    title = str(report.record.title)[:120] if paper.pk != report.pk else ""
    proof = add_evidence(record=project.record, actor=actor, source=paper, locator=title, batch=batch)
    for measure, stage, value, counted in (
        ("capital", Stage.IMPLEMENTED, rules.total(lines, rules.IMPLEMENTED, "in_all"), unit),
        ("capital", Stage.CONTRIBUTED, rules.total(lines, rules.CONTRIBUTED, "in_all"), unit),
        ("jobs", Stage.IMPLEMENTED, rules.total(lines, rules.WORKERS, "in_quarter"), "người"),
        ("revenue", Stage.IMPLEMENTED, rules.total(lines, ("revenue",), "in_year"), unit),
        ("exports", Stage.IMPLEMENTED, rules.total(lines, ("exports",), "in_year"), unit),
        ("area", Stage.IMPLEMENTED, rules.total(lines, ("land_used",), "in_all"), "ha"),
    ):
        if value is not None:
            add_figure(
                record=project.record,
                actor=actor,
                measure=measure,
                value=value,
                unit=counted,
                as_of=as_of,
                stage=stage,
                evidence=proof,
                reason=str(report.record.title)[:500],
                batch=batch,
            )


def _unit(code: str, day: datetime.date) -> str:
    """How capital is counted in reports, by the rulebook; where no rule held yet, as it is counted today."""
    try:
        return str(rule(code, on=day).value)
    except NoRule:
        return str(rule(code, on=timezone.localdate()).value)


@transaction.atomic
def take_workbook(
    *, actor: User | None, project: Project, filled: workbooks.Filled, title: str, content: Content | None = None
) -> ProjectReport:
    """Enter what a workbook says as a draft; a draft or a returned report of the quarter is replaced in its rows.

    The workbook itself (`content`) is kept as a document, the paper that later proves the figures. Raises
    ValidationError where it says something wrong, or the report of that quarter is sent or received; SecretPaper.
    """
    made = _rows_taken(actor=actor, project=project, filled=filled, title=title)
    if content is None:
        return made
    # Last, so that no file is stored for a report that is refused.
    paper = _kept(made, content, actor=actor)
    return update_report(made, actor=actor, document=paper) if made.document_id != paper.pk else made


def _kept(report: ProjectReport, content: Content, *, actor: User | None) -> Document:
    """The workbook as a document, seen by those who see the report; where it is here already, that one."""
    fields = {"title": report.record.title, "access": report.record.access, "unit": report.record.unit}
    try:
        return create_document(actor=actor, fields=fields, content=content, reason=str(report.record.title)[:500])
    except AlreadyThere as found:
        return found.document


def _rows_taken(*, actor: User | None, project: Project, filled: workbooks.Filled, title: str) -> ProjectReport:
    if filled.errors:
        raise ValidationError(filled.errors)
    assert filled.quarter is not None
    fields: dict[str, Any] = {"rate": filled.rate, "difficulties": filled.difficulties}
    standing = ProjectReport.objects.live().filter(project=project, quarter=filled.quarter).first()
    if standing is None:
        return create_report(
            actor=actor,
            title=title,
            project=project,
            quarter=filled.quarter,
            unit=project.record.unit,
            access=project.record.access,
            children={"lines": filled.lines},
            **fields,
        )
    if standing.state not in (rules.DRAFT, rules.RETURNED):
        raise ValidationError(
            _("The report of this quarter is “%(state)s”. It can be replaced once it has been sent back.")
            % {"state": standing.get_state_display()}
        )
    old = [line.pk for line in standing.lines.all()]
    return update_report(
        standing, actor=actor, children={"lines": ChildEdits(create=filled.lines, delete=old)}, **fields
    )
