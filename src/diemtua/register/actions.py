"""What people leave on a record beside its fields: notes, watches, figures, evidence.

Nothing here is ever deleted. A figure that was wrong is withdrawn with a reason and stays in the history.
Every action refuses a record its actor may not see as if it did not exist (`Record.DoesNotExist`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.kit.text import nfc

from . import access
from .models import Batch, Change, Evidence, Figure, Note, Record, Role, Stage, User, Watch
from .screens import screen_of
from .write import lock, stored_fields

MEASURE = re.compile(r"[a-z][a-z0-9_]{0,39}")
# What the audit remembers of each. Keys of a diff hold a colon, so that none is taken for a field.
FIGURE_FIELDS = ("measure", "value", "wording", "unit", "as_of", "stage", "evidence")
EVIDENCE_FIELDS = ("field", "source", "quote", "locator", "confidence", "start", "end")


def _seen(record: Record, actor: User | None) -> Record:
    """The record as it stands now, held until the transaction ends; DoesNotExist when hidden."""
    current = lock(record.pk)
    if actor is not None and not access.may_see(actor, current):
        raise Record.DoesNotExist
    return current


def _editable(record: Record, actor: User | None) -> Record:
    current = _seen(record, actor)
    access.require(access.may_edit(actor, current), _("You may not change this record. Ask its unit or a lead."))
    return current


def _audit(
    record: Record,
    *,
    actor: User | None,
    verb: str,
    diff: dict[str, Any],
    reason: str = "",
    batch: Batch | None = None,
    undoes: Change | None = None,
) -> Change:
    return Change.objects.create(
        record=record,
        actor=actor,
        verb=verb,
        diff=diff,
        reason=reason,
        version=record.version,
        batch=batch,
        undoes=undoes,
    )


def _check(row: models.Model) -> None:
    """Field rules of a row; keys need no query, for they are objects already checked."""
    keys = {f.name for f in row._meta.concrete_fields if isinstance(f, models.ForeignKey)}
    row.clean_fields(exclude=keys)
    for f in row._meta.concrete_fields:  # Django asks for the length of a TextField in forms only
        if isinstance(f, models.TextField) and f.max_length and len(getattr(row, f.name)) > f.max_length:
            raise ValidationError({f.name: _("At most %(limit)s letters. Shorten it.") % {"limit": f.max_length}})


# --- notes and watches ----------------------------------------------------------------------------


@transaction.atomic
def add_note(*, record: Record, actor: User, text: str) -> Note:
    """Leave a note on a record one sees. Raises ValidationError({"text": …}) when empty or too long."""
    record = _seen(record, actor)
    access.require(actor.is_at_least(Role.OFFICER))
    note = Note(record=record, text=nfc(text).strip(), created_by=actor)
    _check(note)
    note.save()
    _audit(record, actor=actor, verb=Change.Verb.NOTE, diff={f"note:{note.pk}": [None, note.text[:200]]})
    return note


@transaction.atomic
def set_watch(*, record: Record, actor: User, on: bool) -> bool:
    """Begin or end watching a record; returns whether it is watched now.

    Whom a record interests is no part of its history: the audit row names the watch, not the record.
    """
    record = _seen(record, actor)
    watch = Watch.objects.filter(record=record, user=actor).first()
    if (watch is not None) == on:
        return on
    if watch is None:
        Watch.objects.create(record=record, user=actor, seen_change=newest_change(record))
    else:
        watch.delete()
    Change.objects.create(
        subject=f"watch:{record.pk}", actor=actor, verb=Change.Verb.EDIT, diff={"watched": [not on, on]}
    )
    return on


def newest_change(record: Record) -> int:
    """Number of the last change of a record, 0 where there is none."""
    return record.changes.order_by("-id").values_list("pk", flat=True).first() or 0


def mark_seen(*, record: Record, actor: User) -> bool:
    """Whether `actor` watches the record; if so, all its changes so far count as seen.

    What somebody has read is no change of the register, so this leaves no audit row.
    """
    watch = Watch.objects.filter(record=record, user=actor).first()
    if watch is None:
        return False
    newest = newest_change(record)
    if newest > watch.seen_change:
        Watch.objects.filter(pk=watch.pk).update(seen_change=newest)
    return True


# --- figures --------------------------------------------------------------------------------------


@transaction.atomic
def add_figure(
    *,
    record: Record,
    actor: User | None,
    measure: str,
    unit: str,
    value: Decimal | None = None,
    wording: str = "",
    as_of: PartialDate | None = None,
    stage: str = Stage.ANNOUNCED,
    evidence: Evidence | None = None,
    reason: str = "",
    batch: Batch | None = None,
) -> Figure:
    """Put a figure beside the ones already there; none is overwritten.

    `value` is the plain number where the source gives one, `wording` what it says where it does not; at
    least one is needed. Raises ValidationError({field: …}), PermissionDenied, Record.DoesNotExist.
    """
    record = _editable(record, actor)
    figure = new_figure(
        record,
        actor,
        measure=measure,
        unit=unit,
        value=value,
        wording=wording,
        as_of=as_of,
        stage=stage,
        evidence=evidence,
    )
    figure.save()
    _audit(
        record,
        actor=actor,
        verb=Change.Verb.FIGURE,
        reason=reason,
        batch=batch,
        diff={f"figure:{figure.pk}": [None, stored_fields(figure, FIGURE_FIELDS)]},
    )
    return figure


def new_figure(
    record: Record,
    actor: User | None,
    *,
    measure: str,
    unit: str,
    value: Decimal | None = None,
    wording: str = "",
    as_of: PartialDate | None = None,
    stage: str = Stage.ANNOUNCED,
    evidence: Evidence | None = None,
) -> Figure:
    """A figure as `add_figure` saves it, checked and not saved."""
    figure = Figure(
        record=record,
        measure=measure,
        unit=nfc(unit).strip(),
        value=value,
        wording=nfc(wording).strip(),
        as_of=as_of,
        stage=stage,
        evidence=evidence,
        created_by=actor,
    )
    errors: dict[str, Any] = {}
    try:
        _check(figure)
    except ValidationError as error:
        errors = error.error_dict
    if not MEASURE.fullmatch(measure):
        errors["measure"] = [_("Choose what is measured.")]
    if value is None and not figure.wording:
        errors.setdefault("value", []).append(_("Give the number, or the words of the source beside it."))
    if evidence is not None and (evidence.record_id != record.pk or not _may_see_source(actor, evidence.source)):
        errors["evidence"] = [_("This passage is not there any more, or you may not see it. Choose another one.")]
    if errors:
        raise ValidationError(errors)
    return figure


@transaction.atomic
def withdraw_figure(*, figure: Figure, actor: User | None, reason: str, undoes: Change | None = None) -> Figure:
    """Take a wrong figure out of sight; it stays in the history. A reason is needed."""
    record = _editable(figure.record, actor)
    reason = nfc(reason).strip()[:500]
    if not reason:
        raise ValidationError({"reason": _("Say in a few words why the figure is withdrawn.")})
    current = Figure.objects.select_for_update(of=("self",)).get(pk=figure.pk)
    if current.withdrawn_at is None:
        current.withdrawn_at = timezone.now()
        current.save(update_fields=["withdrawn_at"])
        _audit(
            record,
            actor=actor,
            verb=Change.Verb.WITHDRAW,
            reason=reason,
            diff={f"figure:{current.pk}": [stored_fields(current, FIGURE_FIELDS), None]},
            undoes=undoes,
        )
    return current


def newest_figure(record: Record, measure: str, stage: str) -> Figure | None:
    """The newest figure of a measure and stage that still stands; an undated one only where none is dated."""
    return (
        Figure.objects.filter(record=record, measure=measure, stage=stage, withdrawn_at=None)
        .order_by(models.F("as_of").desc(nulls_last=True), "-id")
        .first()
    )


# --- evidence -------------------------------------------------------------------------------------


def _may_see_source(actor: User | None, source: Record) -> bool:
    return actor is None or access.may_see(actor, source)


def provable_fields(kind: str) -> list[tuple[str, Any]]:
    """(name, label) of what a passage may prove of a kind: its title, own fields and rows."""
    screen = screen_of(kind)
    names = ["title", *screen.own_fields, *(c.name for c in screen.all_children)]
    return [*((n, screen.label(n)) for n in names), ("figures", _("figures"))]


@cache
def _provable_names(kind: str) -> frozenset[str]:
    return frozenset(name for name, _label in provable_fields(kind))


@transaction.atomic
def add_evidence(
    *,
    record: Record,
    actor: User | None,
    source: Record,
    field: str = "",
    quote: str = "",
    start: int | None = None,
    end: int | None = None,
    text: str | None = None,
    locator: str = "",
    confidence: str = "",
    reason: str = "",
    batch: Batch | None = None,
) -> Evidence:
    """Say which words of which document prove a field of a record, or the whole record (field "").

    `text` is the stored text of the source, where the caller has it: a quote that stands in it word for
    word gets its place (`start`, `end`: code points). Without it the caller may give the place itself.
    Raises ValidationError({field: …}), PermissionDenied, Record.DoesNotExist.
    """
    record = _editable(record, actor)
    evidence = new_evidence(
        record,
        actor,
        source=source,
        field=field,
        quote=quote,
        start=start,
        end=end,
        text=text,
        locator=locator,
        confidence=confidence,
    )
    evidence.save()
    _audit(
        record,
        actor=actor,
        verb=Change.Verb.EVIDENCE,
        reason=reason,
        batch=batch,
        diff={f"evidence:{evidence.pk}": [None, stored_fields(evidence, EVIDENCE_FIELDS)]},
    )
    return evidence


def new_evidence(
    record: Record,
    actor: User | None,
    *,
    source: Record,
    field: str = "",
    quote: str = "",
    start: int | None = None,
    end: int | None = None,
    text: str | None = None,
    locator: str = "",
    confidence: str = "",
) -> Evidence:
    """A passage as `add_evidence` saves it, checked and not saved."""
    errors: dict[str, Any] = {}
    if not screen_of(source.kind).proves or not _may_see_source(actor, source):
        errors["source"] = [_("This record is not there any more, or you may not see it. Choose another one.")]
    elif source.pk == record.pk:
        errors["source"] = [_("A document cannot prove itself. Choose another one.")]
    if field and field not in _provable_names(record.kind):
        errors["field"] = [_("This field is not there. Choose one of the list.")]
    quote = nfc(quote).strip()
    if text is not None and quote and (start is None or text[start:end] != quote):
        start, end = find_quote(text, quote)
    if (start is None) != (end is None) or (start is not None and end is not None and start >= end):
        errors["quote"] = [_("The passage must begin before it ends.")]
    evidence = Evidence(
        record=record,
        field=field,
        source=source,
        quote=quote,
        start=start,
        end=end,
        locator=nfc(locator).strip(),
        confidence=confidence,
        created_by=actor,
    )
    try:
        _check(evidence)
    except ValidationError as error:
        for name, sentences in error.error_dict.items():
            errors.setdefault(name, sentences)
    if errors:
        raise ValidationError(errors)
    return evidence


@transaction.atomic
def withdraw_evidence(*, evidence: Evidence, actor: User | None, reason: str, undoes: Change | None = None) -> Evidence:
    """Take a passage that proves nothing out of sight; it stays in the history. A reason is needed."""
    record = _editable(evidence.record, actor)
    reason = nfc(reason).strip()[:500]
    if not reason:
        raise ValidationError({"reason": _("Say in a few words why the passage is withdrawn.")})
    current = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    if current.withdrawn_at is None:
        current.withdrawn_at = timezone.now()
        current.save(update_fields=["withdrawn_at"])
        _audit(
            record,
            actor=actor,
            verb=Change.Verb.WITHDRAW,
            reason=reason,
            diff={f"evidence:{current.pk}": [stored_fields(current, EVIDENCE_FIELDS), None]},
            undoes=undoes,
        )
    return current


def find_quote(text: str, quote: str) -> tuple[int | None, int | None]:
    """Where a quote stands in a text word for word, as (start, end) code points; (None, None) elsewhere."""
    at = text.find(quote) if quote else -1
    return (at, at + len(quote)) if at >= 0 else (None, None)
