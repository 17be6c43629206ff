"""Changing, archiving and bringing back one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import access
from ..models import Batch, Change, Link, Record, Recorded, User
from ..screens import RECORD_FIELDS, ChildSet, Screen, screen_of
from ..vocabulary import learn
from .checking import child_rows, clean, clean_child
from .creating import tags_named
from .derived import edges, say_unit, search_text
from .parts import ChildEdits, Stale
from .state import load_children, lock, snapshot
from .stored import assign


@transaction.atomic
def update(
    instance: Recorded,
    *,
    actor: User | None,
    fields: Mapping[str, Any] | None = None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    verb: str = Change.Verb.EDIT,
    undoes: Change | None = None,
) -> Any:
    """Change a record; returns it as saved. An update that changes nothing writes nothing.

    Raises Stale when `expected_version` is no longer the record's version, ValidationError,
    PermissionDenied.
    """
    screen = screen_of(instance.record.kind)
    record = lock(instance.pk)
    current = screen.model._default_manager.select_related(None).get(pk=record.pk)
    current.record = record
    access.require(access.may_edit(actor, record), _("You may not change this record. Ask its unit or a lead."))
    if record.merged_into_id is not None:
        raise ValidationError(_("This record was merged into another one. Change that one."))
    if expected_version is not None and record.version != expected_version:
        raise Stale(current)
    rows = load_children(screen, record.pk)
    before = snapshot(screen, current, rows)

    for name, value in (fields or {}).items():
        if name == "title":
            record.set_title(str(value or "").strip())
        elif name in RECORD_FIELDS:
            assign(record, {name: value})
        else:
            assign(current, {name: value})
    clean(screen, current, fields or {})
    if actor is not None and not access.may_see(actor, record):
        raise ValidationError({"unit": _("You cannot restrict a record to a unit that is not yours.")})
    for child in screen.all_children:
        if edit := (children or {}).get(child.name):
            rows[child.name] = edit_children(child, record.pk, rows[child.name], edit)
    if tags is not None:
        record.tags.set(tags_named(tags))
    after = snapshot(screen, current, rows)
    diff = {n: [before[n], after[n]] for n in after if before[n] != after[n]}
    if not diff:
        return current
    targets = save_changed(screen, current, rows, {*screen.own_fields, *(fields or {})})
    audit(record, actor=actor, verb=verb, reason=reason, diff=diff, batch=batch, undoes=undoes)
    screen.follow([current], targets, diff)
    return current


def save_changed(
    screen: Screen, instance: Recorded, rows: Mapping[str, Iterable[models.Model]], fields: Iterable[str]
) -> set[int]:
    """Write the record and these fields of its own; returns every record it is linked to, or was before."""
    record = instance.record
    record.search_text = search_text(screen, instance, rows)
    record.version += 1
    record.save()
    # Only these columns: what is derived (a party's last contact) may have been written meanwhile.
    instance.save(update_fields=[*(n for n in fields if n not in RECORD_FIELDS), *say_unit(instance)])
    wanted = edges(screen, instance, rows)
    have = {(link.target_id, link.relation): link.pk for link in Link.objects.filter(source=record)}
    if gone := [pk for key, pk in have.items() if key not in wanted]:
        Link.objects.filter(pk__in=gone).delete()
    Link.objects.bulk_create(
        [Link(source=record, target_id=t, relation=r) for t, r in wanted if (t, r) not in have],
        ignore_conflicts=True,
    )
    learn([record.search_text])
    return {t for t, _r in wanted} | {t for t, _r in have}


def audit(
    record: Record,
    *,
    actor: User | None,
    verb: str,
    reason: str,
    diff: dict[str, Any],
    batch: Batch | None = None,
    undoes: Change | None = None,
) -> Change:
    return Change.objects.create(
        record=record,
        actor=actor,
        verb=verb,
        reason=reason,
        diff=diff,
        version=record.version,
        batch=batch,
        undoes=undoes,
    )


def edit_children(child: ChildSet, parent_pk: int, rows: list[models.Model], edit: ChildEdits) -> list[models.Model]:
    """Apply edits to the rows of one set. Ids that are not the parent's are refused."""
    own = {row.pk: row for row in rows}
    if unknown := (set(edit.update) | set(edit.delete)) - set(own):
        raise ValidationError(
            {child.name: _("Row %(row)s has been removed meanwhile. Open the record again.") % {"row": min(unknown)}}
        )
    for pk, values in edit.update.items():
        assign(own[pk], values)
        clean_child(child, own[pk])
        own[pk].save()
    for pk in edit.delete:
        own.pop(pk).delete()
    made = child_rows(child, parent_pk, edit.create)
    for row in made:
        row.save()
    return [*own.values(), *made]


@transaction.atomic
def archive(
    instance: Recorded | Record,
    *,
    actor: User | None,
    reason: str,
    batch: Batch | None = None,
    undoes: Change | None = None,
) -> Record:
    """Take a record out of the registers. Nothing is deleted; `restore` brings it back."""
    record = lock(instance.pk)
    access.require(access.may_edit(actor, record))
    if record.archived_at is None:
        record.archived_at = timezone.now()
        record.version += 1
        record.save(update_fields=["archived_at", "version", "updated_at"])
        audit(
            record,
            actor=actor,
            verb=Change.Verb.ARCHIVE,
            reason=reason,
            diff={"archived": [False, True]},
            batch=batch,
            undoes=undoes,
        )
        _follow_alone(record, {"archived": [False, True]})
    return record


@transaction.atomic
def restore(
    instance: Recorded | Record,
    *,
    actor: User | None,
    reason: str = "",
    batch: Batch | None = None,
    undoes: Change | None = None,
) -> Record:
    """Bring an archived record back. A merged record comes back by undoing the merge, not here."""
    record = lock(instance.pk)
    access.require(access.may_edit(actor, record))
    if record.merged_into_id is not None:
        raise ValidationError(_("This record was merged into another one. Undo the merge instead."))
    if record.archived_at is not None:
        record.archived_at = None
        record.version += 1
        record.save(update_fields=["archived_at", "version", "updated_at"])
        audit(
            record,
            actor=actor,
            verb=Change.Verb.RESTORE,
            reason=reason,
            diff={"archived": [True, False]},
            batch=batch,
            undoes=undoes,
        )
        _follow_alone(record, {"archived": [True, False]})
    return record


def _follow_alone(record: Record, diff: dict[str, Any]) -> None:
    """Let other rows follow a record of which only the standing changed."""
    screen = screen_of(record.kind)
    instance = screen.model._default_manager.get(pk=record.pk)
    instance.record = record
    screen.follow([instance], set(record.links_out.values_list("target_id", flat=True)), diff)
