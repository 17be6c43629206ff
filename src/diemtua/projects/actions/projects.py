"""Every write of investment projects."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number
from diemtua.land.models import Plot, Zone
from diemtua.parties.actions import RecordFields
from diemtua.parties.models import Party
from diemtua.places.models import Country
from diemtua.register import access, write
from diemtua.register.actions import add_evidence, add_figure
from diemtua.register.models import Batch, Evidence, Record, Role, Stage, User
from diemtua.register.screens import screen_of
from diemtua.register.write import ChildEdits, Draft
from diemtua.sources.models import Document

from ..models import Amendment, Currency, Project, StageMove
from ..rules import certificates, gates, shares, stages

CAPITAL = "capital"


class ProjectFields(RecordFields, total=False):
    stage: str
    investor: Party | int | None
    enterprise: Party | int | None
    country: Country | str | None
    capital_kind: str
    industry: str
    vsic: str
    objectives: str
    zone: Zone | int | None
    plot: Plot | int | None
    where: str
    area_ha: Decimal | None
    capital: Decimal | None
    own_capital: Decimal | None
    currency: str
    jobs: int | None
    contribute_by: PartialDate | None
    construction_by: PartialDate | None
    operation_by: PartialDate | None
    term_years: int | None
    term_until: PartialDate | None
    policy_route: str
    policy_decision: str
    policy_on: PartialDate | None
    enterprise_registered: PartialDate | None
    irc_code: str
    irc_issued: PartialDate | None
    irc_issuer: str
    land_handed_over: PartialDate | None
    construction_started: PartialDate | None
    operating_since: PartialDate | None
    ended_on: PartialDate | None
    end_reason: str
    end_decision: str
    lost_to: str
    taken_over: bool
    owner: User | int | None
    note: str


@transaction.atomic
def create_project(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[ProjectFields],
) -> Project:
    """Enter a project. It may begin in any stage whose needs it meets.

    Raises ValidationError({field: sentence}), PermissionDenied.
    """
    _may_enter([fields], actor)
    _check_codes([str(fields.get("irc_code") or "")])
    _check_shares((children or {}).get("origins", ()))
    return write.create(
        "project", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


@transaction.atomic
def create_projects(drafts: Sequence[Draft], *, actor: User | None, reason: str, batch: Batch | None) -> None:
    """Enter checked drafts of an import, all or none, as `create_project` does one."""
    _may_enter([d.fields for d in drafts], actor)
    _check_codes(str(d.fields.get("irc_code") or "") for d in drafts)
    for draft in drafts:
        _check_shares(draft.children.get("origins", ()))
    write.create_many(screen_of("project"), drafts, actor=actor, reason=reason, batch=batch, checked=True)


@transaction.atomic
def update_project(
    project: Project,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[ProjectFields],
) -> Project:
    """Change a project. What an amendment of the certificate changes is entered by `amend`, which remembers it.

    Raises Stale, ValidationError, PermissionDenied.
    """
    if "irc_code" in fields:
        _check_codes([fields["irc_code"]], but=project.pk)
    before = Project.objects.values("stage", "taken_over").get(pk=project.pk)
    if fields.get("taken_over") and not before["taken_over"]:
        _only_leads(actor)
    _may_step(before["stage"], fields.get("stage", before["stage"]), actor)
    saved: Project = write.update(
        project,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )
    if children and "origins" in children:
        _check_shares(saved.origins.values("share"))  # type: ignore[attr-defined]
    return saved


@transaction.atomic
def move(
    *,
    actor: User | None,
    project: Project,
    to: str,
    on: datetime.date | None = None,
    reason: str = "",
    source: Document | None = None,
    quote: str = "",
    version: int | None = None,
    **fields: Any,
) -> Project:
    """Take a project to another stage on a day, with what that stage needs beside (`fields`).

    Raises Stale where somebody moved it meanwhile, ValidationError({field: sentence}), PermissionDenied.
    """
    if to not in dict(stages.STAGES):
        raise ValidationError({"to": _("Choose a stage of the list.")})
    today = timezone.localdate()
    # The record is held, as the engine of writing holds it, so that the stage read here is the one that is left.
    Record.objects.select_for_update(of=("self",)).filter(pk=project.pk).values_list("pk").first()
    before = Project.objects.values_list("stage", flat=True).get(pk=project.pk)
    if version is None and before == to:
        raise ValidationError({"to": _("The project is in this stage already.")})
    last = StageMove.objects.filter(project=project.pk).order_by("-id").values_list("on", flat=True).first()
    if on is not None and on > today:
        raise ValidationError({"on": _("This day is still to come. Give the day on which it happened.")})
    if on is not None and last is not None and on < last:
        raise ValidationError(
            {
                "on": _("The project came into its present stage on %(day)s. Give that day or a later one.")
                % {"day": last.strftime("%d/%m/%Y")}
            }
        )
    values: dict[str, Any] = {**fields, "stage": to}
    if to in (stages.PAUSED, *stages.OVER):
        values.setdefault("end_reason", reason)
        values.setdefault("ended_on", PartialDate.day(on or today))
    elif before in (stages.PAUSED, *stages.OVER):
        values |= {"end_reason": "", "ended_on": None, "end_decision": "", "lost_to": ""}
    if stages.is_back(before, to) and not reason.strip():
        raise ValidationError({"reason": _("Say why the project goes back.")})
    saved = update_project(project, actor=actor, expected_version=version, reason=reason, **values)
    if saved.stage != to or before == to:
        raise ValidationError({"to": _("The project is in this stage already.")})
    if on is not None:
        newest = StageMove.objects.filter(project=saved.pk).order_by("-id").values_list("pk", flat=True)[:1]
        StageMove.objects.filter(pk__in=list(newest)).update(on=on)
        Project.objects.filter(pk=saved.pk).update(stage_since=on)
        saved.stage_since = on
    proof = None
    if source is not None:
        proof = add_evidence(
            record=saved.record, actor=actor, source=source.record, field="stage", quote=quote, reason=reason
        )
    if to == stages.CERTIFICATE and not stages.is_back(before, to):
        _tell_capital(saved, actor=actor, as_of=saved.irc_issued, proof=proof)
    return saved


@transaction.atomic
def amend(
    *,
    actor: User | None,
    project: Project,
    on: PartialDate,
    number: int | None = None,
    remark: str = "",
    source: Document | None = None,
    reason: str = "",
    version: int | None = None,
    **fields: Unpack[ProjectFields],
) -> Project:
    """Enter an amendment of the certificate: what it changes is written down, then changed.

    One line of history for each subject; `source` is the amended certificate, which proves the capital it registers.
    Raises Stale, ValidationError, PermissionDenied.
    """
    current = Project.objects.select_related("record").get(pk=project.pk)
    changed: dict[str, list[tuple[str, str, str]]] = {}
    with override("vi"):
        for name, value in fields.items():
            if name not in SUBJECTS:
                raise ValidationError(_("An amendment cannot change %(field)s.") % {"field": name})
            old = current.record.title if name == "title" else getattr(current, name)
            if old != value:
                changed.setdefault(SUBJECTS[name], []).append((name, _shown(old), _shown(value)))
    if not changed:
        raise ValidationError(_("Nothing would change: the project already says so. Enter what the amendment changes."))
    rows = []
    for subject, many in changed.items():
        row: dict[str, Any] = {
            "number": number,
            "on": on,
            "subject": subject,
            "before": " · ".join(old for _n, old, _new in many)[:500],
            "after": " · ".join(new for _n, _old, new in many)[:500],
            "document": source,
            "note": remark,
        }
        if subject == Amendment.Subject.CAPITAL:
            row |= {
                "capital": fields.get("capital", current.capital),
                "currency": fields.get("currency", current.currency),
            }
        rows.append(row)
    saved: Project = write.update(
        current,
        actor=actor,
        fields=dict(fields),
        children={"amendments": ChildEdits(create=rows)},
        expected_version=version,
        reason=reason or _("Amendment of the certificate"),
    )
    if Amendment.Subject.CAPITAL in changed:
        proof = None
        if source is not None:
            proof = add_evidence(record=saved.record, actor=actor, source=source.record, field=CAPITAL, reason=remark)
        _tell_capital(saved, actor=actor, as_of=on, proof=proof)
    return saved


# What an amendment may change → its subject.
SUBJECTS: dict[str, str] = {
    "title": Amendment.Subject.NAME,
    "investor": Amendment.Subject.INVESTOR,
    "capital": Amendment.Subject.CAPITAL,
    "own_capital": Amendment.Subject.CAPITAL,
    "currency": Amendment.Subject.CAPITAL,
    "objectives": Amendment.Subject.OBJECTIVES,
    "where": Amendment.Subject.LOCATION,
    "area_ha": Amendment.Subject.LOCATION,
    "contribute_by": Amendment.Subject.SCHEDULE,
    "construction_by": Amendment.Subject.SCHEDULE,
    "operation_by": Amendment.Subject.SCHEDULE,
    "term_years": Amendment.Subject.TERM,
    "term_until": Amendment.Subject.TERM,
}


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, Decimal):
        return format_number(value, "vi")
    return value.display("vi") if isinstance(value, PartialDate) else str(value)


# --- shared ---------------------------------------------------------------------------------------


def _only_leads(actor: User | None) -> None:
    access.require(actor is None or actor.is_at_least(Role.LEAD), _taken_over_sentence())


def _taken_over_sentence() -> str:
    return _("Only a lead officer may take a project over from older papers. Ask one, or complete what is missing.")


def _may_step(before: str, after: str, actor: User | None) -> None:
    if before == after or after not in stages.GATES or actor is None:
        return
    access.require(
        actor.is_at_least(stages.role_for(before, after)),
        _("Only a lead officer may take a project from “%(before)s” to “%(after)s”.")
        % {"before": gates.stage_label(before), "after": gates.stage_label(after)},
    )


def _may_enter(many: Sequence[Mapping[str, Any]], actor: User | None) -> None:
    """Who may make records that begin late, or with gaps."""
    for fields in many:
        access.require(not (refused := refused_entry(fields, actor)), " ".join(refused.values()))


def refused_entry(fields: Mapping[str, Any], actor: User | None) -> dict[str, str]:
    """{field: sentence} of what of a new record is for a lead officer."""
    if actor is None or actor.is_at_least(Role.LEAD):
        return {}
    found = {"taken_over": _taken_over_sentence()} if fields.get("taken_over") else {}
    gate = stages.GATES.get(str(fields.get("stage") or stages.PROSPECT))
    if gate is not None and not actor.is_at_least(gate.role):
        found["stage"] = _("Only a lead officer may enter a project that is revoked or closed.")
    return found


def _check_codes(codes: Iterable[str], but: int | None = None) -> None:
    """A project code belongs to one project in use."""
    if taken := codes_taken([certificates.tidy_code(code) for code in codes], but):
        raise ValidationError({"irc_code": taken_sentence(sorted(taken)[:10])})


def codes_taken(codes: Sequence[str], but: int | None = None) -> set[str]:
    """Those of these tidy codes that stand twice among them, or belong to a project in use other than `but`."""
    asked = [c for c in codes if c]
    found = _twice(asked)
    for start in range(0, len(asked), 500):
        taken = Project.objects.live().filter(irc_code__in=asked[start : start + 500])
        found |= set(taken.exclude(pk=but).values_list("irc_code", flat=True))
    return found


def taken_sentence(codes: Iterable[str]) -> str:
    """What is said of codes that another project has."""
    return _("Another project has this code: %(codes)s. Look for it in the register.") % {"codes": ", ".join(codes)}


def _twice(codes: Sequence[str]) -> set[str]:
    seen: set[str] = set()
    return {c for c in codes if c in seen or seen.add(c)}  # type: ignore[func-returns-value]


def _check_shares(rows: Iterable[Mapping[str, Any]]) -> None:
    if (total := shares.too_much(row.get("share") for row in rows)) is not None:
        raise ValidationError(
            {
                "origins": _("The shares of the origins add up to %(total)s %%. Together they are at most 100 %%.")
                % {"total": format_number(total)}
            }
        )


def _tell_capital(
    project: Project, *, actor: User | None, as_of: PartialDate | None, proof: Evidence | None = None
) -> None:
    """What a certificate or its amendment registers stands from that day among the project's figures, with its paper
    where that was given."""
    if project.capital is None:
        return
    with override("vi"):
        unit = str(Currency(project.currency).label)
    add_figure(
        record=project.record,
        actor=actor,
        measure=CAPITAL,
        value=project.capital,
        unit=unit,
        as_of=as_of,
        stage=Stage.REGISTERED,
        evidence=proof,
    )
