"""Taking back a change, or a whole batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import access
from ..many import insert_many
from ..models import Batch, Change, Link, Record, User
from ..screens import RECORD_FIELDS, ChildSet, screen_of
from .changing import archive, restore, update
from .parts import CHUNK, CannotUndo, ChildEdits
from .state import load_children, lock, snapshot
from .stored import from_stored

PROOF = (Change.Verb.FIGURE, Change.Verb.EVIDENCE)


@transaction.atomic
def undo(change: Change, *, actor: User | None, reason: str = "", batch: Batch | None = None) -> Any:
    """Take one change back where nothing later touched the same fields.

    Undoing a creation archives the record. Raises CannotUndo with the fields that stand in the way.
    """
    done = _take_back(change, actor, reason, batch)
    if change.batch is not None:
        for follow in _followers_of_one.get(change.batch.kind, ()):
            follow(change, actor)
    return done


def _take_back(change: Change, actor: User | None, reason: str, batch: Batch | None) -> Any:
    assert change.record_id is not None
    record = lock(change.record_id)
    screen = screen_of(record.kind)
    instance = screen.model._default_manager.get(pk=record.pk)
    instance.record = record
    access.require(access.may_edit(actor, record))
    reason = reason or _("Undo of the change of %(day)s") % {
        "day": timezone.localtime(change.at).strftime("%d/%m/%Y %H:%M")
    }
    if change.verb == Change.Verb.CREATE:
        later = record.changes.filter(pk__gt=change.pk).exclude(verb__in=[Change.Verb.NOTE])
        if change.batch_id is not None:
            later = later.exclude(batch=change.batch_id)  # the passages it was made with
        if later.exists():
            raise CannotUndo(_("The record has been changed since it was made. Archive it instead."))
        return archive(record, actor=actor, reason=reason, batch=batch, undoes=change)
    if change.verb == Change.Verb.ARCHIVE:
        return restore(record, actor=actor, reason=reason, batch=batch, undoes=change)
    if change.verb == Change.Verb.RESTORE:
        return archive(record, actor=actor, reason=reason, batch=batch, undoes=change)
    if (part := next(iter(change.diff), "").partition(":")[0]) in _parts:
        return _parts[part](change, actor, reason)
    if change.verb not in (Change.Verb.EDIT, Change.Verb.UNDO):
        raise CannotUndo(_("This kind of change cannot be taken back here."))

    rows = load_children(screen, record.pk)
    state = snapshot(screen, instance, rows)
    touched = [n for n, pair in change.diff.items() if state.get(n) != pair[1]]
    if touched:
        names = ", ".join(str(screen.label(n)) for n in touched)
        raise CannotUndo(_("Changed again since: %(fields)s. Undo the later change first.") % {"fields": names})
    fields: dict[str, Any] = {}
    edits: dict[str, ChildEdits] = {}
    tags: Sequence[str] | None = None
    child_names = {c.name: c for c in screen.all_children}
    for name, (old, new) in change.diff.items():
        if name in child_names:
            edits[name] = reverse_children(child_names[name], old or [], new or [])
        elif name == "tags":
            tags = old or []
        elif name in RECORD_FIELDS:
            fields[name] = from_stored(Record, name, old)
        else:
            fields[name] = from_stored(screen.model, name, old)
    return update(
        instance,
        actor=actor,
        fields=fields,
        children=edits,
        tags=tags,
        reason=reason,
        batch=batch,
        verb=Change.Verb.UNDO,
        undoes=change,
    )


def reverse_children(child: ChildSet, old: list[dict], new: list[dict]) -> ChildEdits:
    before = {row["id"]: row for row in old}
    after = {row["id"]: row for row in new}

    def values(row: dict[str, Any]) -> dict[str, Any]:
        return {n: from_stored(child.model, n, row.get(n)) for n in child.fields}

    return ChildEdits(
        # A row brought back keeps its number, so that a second undo still knows it.
        create=[{"id": pk, **values(row)} for pk, row in before.items() if pk not in after],
        update={pk: values(row) for pk, row in before.items() if pk in after and row != after[pk]},
        delete=[pk for pk in after if pk not in before],
    )


# What a higher room keeps beside its records (the outline of a plot), by the word before the colon of a diff's
# key, and how a change of it is taken back.
_parts: dict[str, Callable[[Change, User | None, str], Any]] = {}


def undo_part_with(part: str, take_back: Callable[[Change, User | None, str], Any]) -> None:
    """Let a room take back changes of what it keeps beside records: `take_back(change, actor, reason)`."""
    _parts[part] = take_back


# What a higher room does when a batch of a kind, or one change of it, has been taken back; in the same transaction.
_followers: dict[str, list[Callable[[Batch, User | None], None]]] = {}
_followers_of_one: dict[str, list[Callable[[Change, User | None], None]]] = {}


def after_undo(
    kind: str,
    follow: Callable[[Batch, User | None], None],
    of_one: Callable[[Change, User | None], None] | None = None,
) -> None:
    """Let a room follow the undoing of batches of a kind (`Batch.Kind`), and (`of_one`) of single changes of them."""
    _followers.setdefault(kind, []).append(follow)
    if of_one is not None:
        _followers_of_one.setdefault(kind, []).append(of_one)


@transaction.atomic
def undo_batch(batch: Batch, *, actor: User | None) -> int:
    """Take back every change of a batch, newest first, or none. Returns how many."""
    access.require(access.may_lead(actor) or (actor is not None and batch.actor_id == actor.pk))
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.undone_at is not None:
        raise CannotUndo(_("This was already undone."))
    if batch.kind == Batch.Kind.MERGE:
        from ..merging import unmerge  # it stands above this module

        return unmerge(actor=actor, batch=batch)
    reason = _("Undo of %(what)s") % {"what": batch.title or batch.kind}
    # What was taken back alone already, and has not been brought back, is done with.
    alone = Change.objects.filter(undoes__batch=batch, undone_by=None).values("undoes_id")
    done = batch.changes.filter(undoes=None).exclude(pk__in=alone)
    proofs = list(done.filter(verb__in=PROOF).order_by("-id"))
    if proofs:
        from ..proving import withdraw_many  # it stands above this module

        withdraw_many(proofs, actor=actor, reason=reason)
    count = len(proofs)
    for change in done.exclude(verb__in=[Change.Verb.CREATE, *PROOF]).select_related("record").order_by("-id"):
        try:
            _take_back(change, actor, reason, None)
        except CannotUndo as error:
            raise CannotUndo(f"{change.record}: {error}") from error
        count += 1
    made = list(done.filter(verb=Change.Verb.CREATE).order_by("-id").values_list("pk", "record_id"))
    for start in range(0, len(made), CHUNK):
        _archive_made(batch, {record: pk for pk, record in made[start : start + CHUNK]}, actor, reason)
    count += len(made)
    batch.undone_at = timezone.now()
    batch.undone_by = actor
    batch.save(update_fields=["undone_at", "undone_by"])
    for follow in _followers.get(batch.kind, ()):
        follow(batch, actor)
    return count


def _archive_made(batch: Batch, made: Mapping[int, int], actor: User | None, reason: str) -> None:
    """Undo creations {record: its change} of a batch as `undo` does, in a fixed number of queries."""
    records = list(Record.objects.select_for_update(of=("self",)).filter(pk__in=list(made)).order_by("-pk"))
    for record in records:
        access.require(access.may_edit(actor, record))
    # What the batch itself did to a record, and its undoing, is no reason to keep it.
    later = (
        Change.objects.filter(record__in=records)
        .exclude(verb__in=[Change.Verb.NOTE])
        .exclude(batch=batch)
        .exclude(undoes__batch=batch)
        .select_related("record")
        .first()
    )
    if later is not None:
        sentence = _("The record has been changed since it was made. Archive it instead.")
        raise CannotUndo(f"{later.record}: {sentence}")
    now = timezone.now()
    Record.objects.filter(pk__in=list(made)).update(archived_at=now, updated_at=now, version=models.F("version") + 1)
    diff = {"archived": [False, True]}
    changes = []
    for record in records:
        record.archived_at, record.updated_at, record.version = now, now, record.version + 1
        changes.append(
            Change(
                record=record,
                actor=actor,
                verb=Change.Verb.ARCHIVE,
                reason=reason,
                diff=diff,
                version=record.version,
                undoes_id=made[record.pk],
            )
        )
    insert_many(changes)
    by_kind: dict[str, list[int]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record.pk)
    for kind, pks in by_kind.items():
        screen = screen_of(kind)
        rows = list(screen.model._default_manager.filter(pk__in=pks).select_related("record"))
        targets = set(Link.objects.filter(source_id__in=pks).values_list("target_id", flat=True))
        screen.follow(rows, targets, diff)
