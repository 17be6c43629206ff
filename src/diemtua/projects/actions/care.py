"""Every write of care: cases, their promised days, closing and reopening, and the public line."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from diemtua.kit.text import nfc, strip_control
from diemtua.parties.actions import RecordFields
from diemtua.parties.models import Party, Person
from diemtua.register import access, write
from diemtua.register.models import Batch, Change, Name, User
from diemtua.register.write import ChildEdits

from ..models import CareCase, Project, PublicLine
from ..rules import care as rules


class CaseFields(RecordFields, total=False):
    investor: Party | int
    project: Project | int | None
    reported: datetime.date
    difficulty: str
    cause: str
    agency: Party | int | None
    capital: Decimal | None
    currency: str
    jobs: int | None
    owner: User | int | None
    due: datetime.date | None
    status: str
    done: str
    closed_on: datetime.date | None
    outcome: str
    capital_kept: Decimal | None
    jobs_kept: int | None
    word: str
    word_agreed: bool
    illustrative: bool


def create_case(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[CaseFields],
) -> CareCase:
    """Enter a difficulty of an investor. Raises ValidationError, PermissionDenied."""
    return write.create(
        "carecase", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


@transaction.atomic
def update_case(
    case: CareCase,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[CaseFields],
) -> CareCase:
    """Change a case. A day that was promised moves only with a reason.

    A public line of a case that is open again, or of another investor, goes back to be approved.
    Raises Stale, ValidationError, PermissionDenied.
    """
    # Held until the end, so that two who move the day at once are both asked why.
    stored = CareCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if "due" in fields and stored.due is not None and fields["due"] != stored.due and not reason.strip():
        raise ValidationError({"due": _("This day was promised to the investor. Say why it moves, in the box “Why”.")})
    saved: CareCase = write.update(
        case,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )
    line = PublicLine.objects.filter(case=saved).first()
    if line is not None and line.state != PublicLine.State.DRAFT:
        other = stored.investor_id != saved.investor_id or stored.project_id != saved.project_id
        if other or not saved.is_over:
            _set_line(line, PublicLine.State.DRAFT, actor, reason)
    return saved


def move_due(
    case: CareCase, *, actor: User | None, due: datetime.date, reason: str, version: int | None = None
) -> CareCase:
    """Promise a day, or another day than the one promised before; that needs a reason."""
    return update_case(case, actor=actor, due=due, reason=reason, expected_version=version)


def close_case(
    case: CareCase,
    *,
    actor: User | None,
    status: str,
    on: datetime.date,
    done: str,
    outcome: str = "",
    capital_kept: Decimal | None = None,
    jobs_kept: int | None = None,
    word: str = "",
    word_agreed: bool = False,
    reason: str = "",
    version: int | None = None,
) -> CareCase:
    """Close a case: how, when, and what was done; the investor's word only where they agree."""
    if status not in rules.OVER:
        raise ValidationError({"status": _("Choose how the case is closed.")})
    return update_case(
        case,
        actor=actor,
        reason=reason,
        expected_version=version,
        status=status,
        closed_on=on,
        done=done,
        outcome=outcome,
        capital_kept=capital_kept,
        jobs_kept=jobs_kept,
        word=word,
        word_agreed=word_agreed,
    )


def reopen_case(case: CareCase, *, actor: User | None, reason: str, version: int | None = None) -> CareCase:
    """Take up a closed case again. What was done stays written; a published line is taken back."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the case is taken up again.")})
    return update_case(
        case,
        actor=actor,
        reason=reason,
        expected_version=version,
        status=rules.OPEN,
        closed_on=None,
        outcome="",
        capital_kept=None,
        jobs_kept=None,
    )


# --- the public line ------------------------------------------------------------------------------


def names_of(case: CareCase) -> list[str]:
    """All names by which a reader could tell the investor: of the companies, the project, their people."""
    project = case.project
    keys = {case.investor_id}
    if project is not None:
        keys |= {k for k in (project.pk, project.investor_id, project.enterprise_id) if k is not None}
    found = [str(r.record) for r in Party.objects.filter(pk__in=keys).select_related("record")]
    found += [str(project.record)] if project is not None else []
    found += Name.objects.filter(record__in=keys).values_list("text", flat=True)
    found += Person.objects.filter(party__in=keys).values_list("record__title", flat=True)
    return list(dict.fromkeys(n for n in found if n))


@transaction.atomic
def write_line(case: CareCase, *, actor: User | None, text_vi: str, text_en: str = "") -> PublicLine:
    """Write, or write anew, the line that the public may read; it names nobody and waits to be approved.

    Raises ValidationError({field: sentence}), PermissionDenied.
    """
    case = _changeable(case, actor)
    if not case.is_over:
        raise ValidationError(_("Close the case first: only what is done is told to the public."))
    names = names_of(case)
    texts = {"text_vi": text_vi, "text_en": text_en}
    errors = {}
    for field, text in texts.items():
        texts[field] = " ".join(strip_control(nfc(text)).split())
        if len(texts[field]) > 500:
            errors[field] = _("The line may have up to 500 characters.")
        elif told := rules.gives_away(texts[field], names):
            errors[field] = _("This gives away who the investor is: %(words)s. Write it without.") % {
                "words": ", ".join(told[:5])
            }
    if not texts["text_vi"]:
        errors["text_vi"] = _("Write the line in Vietnamese.")
    if errors:
        raise ValidationError(errors)
    line = PublicLine.objects.filter(case=case).first() or PublicLine(case=case)
    before = line.text_vi
    line.text_vi, line.text_en = texts["text_vi"], texts["text_en"]
    line.state, line.written_by, line.approved_by, line.published_at = PublicLine.State.DRAFT, actor, None, None
    line.save()
    _remember(line, actor, {"public_line": [before or None, line.text_vi]})
    return line


@transaction.atomic
def approve_line(case: CareCase, *, actor: User | None) -> PublicLine:
    """Approve a written line: a lead officer, and not who wrote it. Raises ValidationError, PermissionDenied."""
    case = _changeable(case, actor)
    access.require(access.may_lead(actor), _("A lead officer approves what is told to the public."))
    line = _line(case)
    if line.state != PublicLine.State.DRAFT:
        raise ValidationError(_("This line is approved already."))
    if actor is not None and line.written_by_id == actor.pk:
        raise ValidationError(_("Somebody else than who wrote the line approves it. Ask another lead officer."))
    # Names may have been added since it was written.
    if told := rules.gives_away(f"{line.text_vi} {line.text_en}", names_of(case)):
        raise ValidationError(
            _("This gives away who the investor is: %(words)s. Write it without.") % {"words": ", ".join(told[:5])}
        )
    line.approved_by = actor
    return _set_line(line, PublicLine.State.APPROVED, actor, "")


@transaction.atomic
def publish_line(case: CareCase, *, actor: User | None) -> PublicLine:
    """Put an approved line on the public page. Raises ValidationError, PermissionDenied."""
    case = _changeable(case, actor)
    line = _line(case)
    if line.state != PublicLine.State.APPROVED:
        raise ValidationError(_("The line must be approved before it is published."))
    return _set_line(line, PublicLine.State.PUBLISHED, actor, "")


@transaction.atomic
def withdraw_line(case: CareCase, *, actor: User | None, reason: str = "") -> PublicLine:
    """Take a line off the public page; it waits to be approved again. Raises ValidationError, PermissionDenied."""
    line = _line(_changeable(case, actor))
    return line if line.state == PublicLine.State.DRAFT else _set_line(line, PublicLine.State.DRAFT, actor, reason)


def _changeable(case: CareCase, actor: User | None) -> CareCase:
    """The case as it stands, its line held with it, if the actor may change it."""
    current = CareCase.objects.select_for_update(of=("self",)).select_related("record", "project").get(pk=case.pk)
    access.require(
        access.may_edit(actor, current.record) and access.may_create(actor),
        _("You may not change this record. Ask its unit or a lead."),
    )
    if current.record.archived_at is not None:
        raise ValidationError(_("This case is archived. Bring it back first."))
    return current


def _line(case: CareCase) -> PublicLine:
    line = PublicLine.objects.filter(case=case).first()
    if line is None:
        raise ValidationError(_("Write the line first."))
    return line


def _set_line(line: PublicLine, state: str, actor: User | None, reason: str) -> PublicLine:
    before, line.state = line.state, state
    if state == PublicLine.State.DRAFT:
        line.approved_by = None
    line.published_at = timezone.now() if state == PublicLine.State.PUBLISHED else None
    line.save(update_fields=["state", "approved_by", "published_at"])
    # In the words of the registers, which are Vietnamese: the history has no field to look the codes up in.
    with override("vi"):
        pair = [str(PublicLine.State(s).label) for s in (before, state)]
    _remember(line, actor, {"line_state": pair}, reason)
    return line


def _remember(line: PublicLine, actor: User | None, diff: dict[str, Any], reason: str = "") -> None:
    record = line.case.record
    Change.objects.create(
        record=record, actor=actor, verb=Change.Verb.EDIT, diff=diff, reason=reason, version=record.version
    )
