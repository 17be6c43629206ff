"""Two records that are one: merge them, keep both histories, and be able to take it back exactly.

Every key that points at a record must be declared (`declare`, from the `desk.py` of the room that holds
it). Where a key nobody declared holds data, merging is refused: nothing is left behind unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, write
from .models import Access, Batch, Change, Evidence, Figure, Name, Note, Record, Recorded, User, Watch
from .screens import RECORD_FIELDS, ChildSet, Screen, all_screens, screen_of
from .write import CannotUndo, load_children, lock, snapshot

# What hangs on a record of any kind and simply moves: label of the key → the model.
MOVES: dict[str, type[models.Model]] = {
    "register.Evidence.record": Evidence,
    "register.Evidence.source": Evidence,
    "register.Figure.record": Figure,
    "register.Note.record": Note,
    "register.Watch.record": Watch,
}
# What stays: the history belongs to the record it was made on, links are derived from the fields.
STAYS = {
    "register.Change.record",
    "register.Link.source",
    "register.Link.target",
    "register.Record.merged_into",
    "register.Record_tags.record",
    "register.Name.record",
}
_declared: set[str] = set()

Choice = Literal["keep", "drop"]


class CannotMerge(Exception):
    """Something stands in the way; the sentence says what."""


def declare(*labels: str) -> None:
    """Say of keys ("app.Model.field") that merging may move them: fields of a kind, or of its child rows."""
    _declared.update(labels)


def label_of(f: Any) -> str:
    return f"{f.model._meta.app_label}.{f.model.__name__}.{f.name}"


def moves(*labels: str) -> None:
    """Say of keys ("app.Model.field") of rows that stand alone, beside the kinds: merging moves them as they are."""
    from django.apps import apps

    for label in labels:
        app, model, _name = label.split(".")
        MOVES[label] = apps.get_model(app, model)


def relations(screen: Screen) -> list[Any]:
    """Every key of the database that points at a record of this kind: at its own table or at Record."""
    found = {}
    for target in (screen.model, Record):
        for relation in target._meta.get_fields(include_hidden=True):
            f = getattr(relation, "field", None)
            if not relation.auto_created or relation.concrete or not isinstance(f, models.ForeignKey):
                continue
            if f.name == "record" and f.primary_key and issubclass(f.model, Recorded):
                continue  # the record's own row of its kind
            found[label_of(f)] = f
    return [found[k] for k in sorted(found)]


# --- the plan -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FieldChoice:
    """One field of the two records. `value` is what is taken unless somebody chooses otherwise."""

    name: str
    label: Any
    keep: Any
    drop: Any
    value: Choice


@dataclass(frozen=True)
class Moving:
    """How many rows of one relation go over to the record that stays."""

    label: Any
    count: int


@dataclass
class Plan:
    """What a merge will do, for people to read before they do it."""

    keep: Recorded
    drop: Recorded
    fields: list[FieldChoice] = field(default_factory=list)
    moving: list[Moving] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


def _pair(keep: Recorded, drop: Recorded) -> Screen:
    """Raises CannotMerge where two records can never be merged."""
    if keep.pk == drop.pk:
        raise CannotMerge(_("Choose another record: one cannot be merged with itself."))
    if keep.record.kind != drop.record.kind:
        raise CannotMerge(_("Only records of the same kind can be merged."))
    for one in (keep, drop):
        if one.record.archived_at is not None or one.record.merged_into_id is not None:
            raise CannotMerge(_("“%(title)s” is archived. Bring it back first.") % {"title": one.record.title})
    return screen_of(keep.record.kind)


def plan(keep: Recorded, drop: Recorded, *, user: User | None = None) -> Plan:
    """What merging would do. Counts leave out what `user` may not see (None sees all). Raises CannotMerge."""
    screen = _pair(keep, drop)
    made = Plan(keep, drop)
    # Access and unit belong together, and the stricter of the two is proposed.
    strict: Choice = "drop" if _strictness(drop.record) > _strictness(keep.record) else "keep"
    for name in ("title", *(n for n in RECORD_FIELDS if n not in ("title", "unit")), *screen.own_fields):
        source = (keep.record, drop.record) if name in RECORD_FIELDS else (keep, drop)
        a, b = (getattr(one, name) for one in source)
        if name == "access":
            if (a, keep.record.unit_id) != (b, drop.record.unit_id):
                made.fields.append(FieldChoice(name, screen.label(name), a, b, strict))
        elif write.to_stored(a) != write.to_stored(b):
            empty = a is None or a == "" or a == [] or a is False
            made.fields.append(FieldChoice(name, screen.label(name), a, b, "drop" if empty else "keep"))
    for f in relations(screen):
        label = label_of(f)
        if label in STAYS:
            continue
        rows = f.model._base_manager.filter(**{f.name: drop.pk})
        if label not in MOVES and label not in _declared:
            if rows.exists():
                made.refusals.append(
                    _("Nobody has said how “%(what)s” is merged, and it holds data.")
                    % {"what": f"{f.model._meta.verbose_name_plural} ({label})"}
                )
            continue
        if count := _seen(f, rows, user).count():
            made.moving.append(Moving(_relation_label(screen, f), count))
    if count := Name.objects.filter(record=drop.pk).count():
        made.moving.append(Moving(Name._meta.verbose_name_plural, count))
    return made


def _strictness(record: Record) -> int:
    return ("public", "internal", "unit").index(record.access)


def _relation_label(screen: Screen, f: Any) -> str:
    name = str(f.model._meta.verbose_name_plural)
    holder = _holder(f)
    if holder is None or (holder[1] is not None and f.name == holder[1].parent):
        return name
    if holder[1] is not None:
        return f"{holder[0].plural}: {name}"
    return f"{name}: {f.verbose_name}"


def _holder(f: Any) -> tuple[Screen, ChildSet | None] | None:
    """The kind that holds a key: in its own fields (None) or in a child set; None where rows stand alone."""
    for screen in all_screens():
        if f.model is screen.model:
            return screen, None
        for child in screen.children:
            if f.model is child.model:
                return screen, child
    return None


def _seen(f: Any, rows: models.QuerySet, user: User | None) -> models.QuerySet:
    """The rows whose record `user` may see."""
    if user is None:
        return rows
    holder = _holder(f)
    if holder is None:
        return rows
    path = "pk" if holder[1] is None else f"{holder[1].parent}_id"
    return rows.filter(**{f"{path}__in": Record.objects.visible_to(user).values("pk")})


# --- merging --------------------------------------------------------------------------------------


@transaction.atomic
def merge(
    *,
    actor: User | None,
    keep: Recorded,
    drop: Recorded,
    choices: Mapping[str, Choice] | None = None,
    reason: str,
) -> Batch:
    """Make one record of two. All or nothing; `unmerge` takes it back.

    What names the record that goes is made to name the one that stays, also in records the actor may not
    see: a key must never point at a record that is gone. Raises CannotMerge, PermissionDenied.
    """
    access.require(access.may_lead(actor))
    _pair(keep, drop)
    screen = screen_of(keep.record.kind)
    for pk in sorted((keep.pk, drop.pk)):
        lock(pk)
    keep, drop = (_fresh(screen, one.pk) for one in (keep, drop))
    access.require(access.may_edit(actor, keep.record) and access.may_edit(actor, drop.record))
    proposal = plan(keep, drop)
    if proposal.refusals:
        raise CannotMerge(" ".join(proposal.refusals))
    if not reason.strip():
        raise CannotMerge(_("Say in a few words why the two are one."))

    batch = Batch.objects.create(
        kind=Batch.Kind.MERGE,
        record_kind=screen.kind,
        actor=actor,
        title=f"{_called(drop.record)} → {_called(keep.record)}",
    )
    before = {one.pk: snapshot(screen, one, load_children(screen, one.pk)) for one in (keep, drop)}
    details: dict[str, Any] = {"keep": keep.pk, "drop": drop.pk, "moved": {}}
    _holders(screen, keep, drop, actor=actor, batch=batch, reason=reason)
    _own_children(screen, keep, drop, details["moved"])
    _standing_rows(keep, drop, details["moved"])
    keep, drop = (_fresh(screen, one.pk) for one in (keep, drop))
    _take(keep, drop, proposal, choices or {}, details["moved"])
    _finish(screen, keep, drop, before, actor=actor, batch=batch, reason=reason)
    batch.changed = batch.changes.count()
    batch.details = details
    batch.save(update_fields=["changed", "details"])
    return batch


def _called(record: Record) -> str:
    """The title, or the number alone where not everybody may know it: batches and their undoing name it to all."""
    return f"#{record.pk}" if record.access == Access.UNIT else record.title[:120]


def _fresh(screen: Screen, pk: int) -> Recorded:
    return screen.model._default_manager.select_related("record").get(pk=pk)


def _holders(screen: Screen, keep: Recorded, drop: Recorded, *, actor: User | None, batch: Batch, reason: str) -> None:
    """Point the fields and child rows of other records at the one that stays, each with its history."""
    work: dict[int, tuple[Screen, list[tuple[Any, ChildSet | None]]]] = {}
    for f in relations(screen):
        holder = _holder(f) if label_of(f) in _declared else None
        if holder is None or (holder[1] is not None and f.name == holder[1].parent):
            continue
        path = "pk" if holder[1] is None else f"{holder[1].parent}_id"
        for pk in f.model._base_manager.filter(**{f.name: drop.pk}).values_list(path, flat=True).distinct():
            work.setdefault(pk, (holder[0], []))[1].append((f, holder[1]))
    for pk in sorted(work):
        if pk == drop.pk:
            continue  # its own fields are chosen one by one, and its child rows move
        _holding, keys = work[pk]
        if pk == keep.pk:
            _loosen(keep, drop, keys)
            continue
        record = lock(pk)
        # Rows of one table may belong to several kinds (the prices of zones and of plots).
        holding = screen_of(record.kind)
        instance = holding.model._default_manager.get(pk=pk)
        instance.record = record
        rows = load_children(holding, pk)
        old = snapshot(holding, instance, rows)
        for f, child in keys:
            if child is None:
                setattr(instance, f.attname, keep.pk)
            else:
                _repoint(rows[child.name], f, keep, drop, child)
        try:
            instance.clean()
        except ValidationError as error:
            raise CannotMerge(f"{_title(record, actor)}: {' '.join(error.messages)}") from error
        new = snapshot(holding, instance, rows)
        diff = {n: [old[n], new[n]] for n in new if old[n] != new[n]}
        targets = write.save_changed(holding, instance, rows, holding.own_fields)
        write.audit(record, actor=actor, verb=Change.Verb.MERGE, reason=reason, diff=diff, batch=batch)
        _follow(holding, instance, targets, diff, actor)


def _follow(screen: Screen, instance: Recorded, targets: set[int], diff: Mapping[str, Any], actor: User | None) -> None:
    """Let what is derived follow; what a room does not allow stands in the way of merging."""
    try:
        screen.follow([instance], targets, diff)
    except ValidationError as error:
        raise CannotMerge(f"{_title(instance.record, actor)}: {' '.join(error.messages)}") from error


def _title(record: Record, actor: User | None) -> str:
    """The title for a sentence, unless the person may not see the record."""
    if actor is None or access.may_see(actor, record):
        return record.title
    return _("A record of another unit")


def _loosen(keep: Recorded, drop: Recorded, keys: Iterable[tuple[Any, ChildSet | None]]) -> None:
    """The record that stays names the one that goes: that key is emptied, for nothing is part of itself."""
    for f, child in keys:
        if child is None and f.null:
            type(keep)._default_manager.filter(pk=keep.pk).update(**{f.name: None})
        elif child is not None:
            f.model._base_manager.filter(**{child.parent: keep.pk, f.name: drop.pk}).update(**{f.name: keep.pk})
        else:
            raise CannotMerge(
                _("The one record names the other in a field that cannot be empty: %(field)s.")
                % {"field": f.verbose_name}
            )


def _repoint(rows: list[models.Model], f: Any, keep: Recorded, drop: Recorded, child: ChildSet) -> None:
    """Point child rows at the record that stays; a row that then says nothing new goes."""

    def same(a: models.Model, b: models.Model) -> bool:
        return write.stored_fields(a, child.fields) == write.stored_fields(b, child.fields)

    for row in list(rows):
        if getattr(row, f.attname) != drop.pk:
            continue
        setattr(row, f.attname, keep.pk)
        if any(other is not row and same(row, other) for other in rows):
            rows.remove(row)
            type(row)._base_manager.filter(pk=row.pk).delete()
        else:
            type(row)._base_manager.filter(pk=row.pk).update(**{f.attname: keep.pk})


def _own_children(screen: Screen, keep: Recorded, drop: Recorded, moved: dict[str, list[int]]) -> None:
    for child in screen.all_children:
        rows = child.model._base_manager.filter(**{child.parent: drop.pk})
        if pks := sorted(rows.values_list("pk", flat=True)):
            rows.filter(pk__in=pks).update(**{child.parent: keep.pk})
            moved[label_of(child.model._meta.get_field(child.parent))] = pks


def _once(model: type[models.Model], name: str) -> list[list[str]]:
    """The other fields of each rule of a table by which no two rows may name the same record."""
    rules = (c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint) and name in c.fields)
    return [[f for f in rule.fields if f != name] for rule in rules]


def _standing_rows(keep: Recorded, drop: Recorded, moved: dict[str, list[int]]) -> None:
    for label, model in MOVES.items():
        name = label.rsplit(".", 1)[1]
        rows = model._base_manager.filter(**{name: drop.pk})
        for others in _once(model, name):  # who watches both keeps one, an article that names both names one
            there = model._base_manager.filter(**{name: keep.pk}, **{o: models.OuterRef(o) for o in others})
            rows = rows.exclude(models.Exists(there))
        if pks := sorted(rows.values_list("pk", flat=True)):
            model._base_manager.filter(pk__in=pks).update(**{name: keep.pk})
            moved[label] = pks


def _take(
    keep: Recorded, drop: Recorded, proposal: Plan, choices: Mapping[str, Choice], moved: dict[str, list[int]]
) -> None:
    """The chosen values, the tags of both, and the title that goes as another name."""
    taken = keep.record.title
    for one in proposal.fields:
        if choices.get(one.name, one.value) != "drop":
            continue
        if one.name == "title":
            keep.record.set_title(drop.record.title)
        elif one.name == "access":
            keep.record.access, keep.record.unit_id = drop.record.access, drop.record.unit_id
        elif one.name in RECORD_FIELDS:
            setattr(keep.record, one.name, one.drop)
        else:
            f: Any = keep._meta.get_field(one.name)
            value = getattr(drop, f.attname)
            setattr(keep, f.attname, None if value == keep.pk and f.is_relation and f.null else value)
    keep.record.tags.add(*drop.record.tags.all())
    other = drop.record.title if keep.record.title == taken else taken
    key = write.words_key(other)
    if key != keep.record.title_key and not Name.objects.filter(record=keep.pk, key=key).exists():
        made = Name.objects.create(record=keep.record, text=other[:300], key=key)
        moved["made names"] = [made.pk]


def _finish(
    screen: Screen,
    keep: Recorded,
    drop: Recorded,
    before: Mapping[int, dict[str, Any]],
    *,
    actor: User | None,
    batch: Batch,
    reason: str,
) -> None:
    """Save both with their history, and let what is derived follow."""
    try:
        keep.clean()
        screen.clean(keep, {})
    except ValidationError as error:
        raise CannotMerge(" ".join(error.messages)) from error
    drop.record.archived_at = timezone.now()
    drop.record.merged_into_id = keep.pk
    for one in (keep, drop):
        rows = load_children(screen, one.pk)
        after = snapshot(screen, one, rows)
        diff = {n: [before[one.pk][n], after[n]] for n in after if before[one.pk][n] != after[n]}
        targets = write.save_changed(screen, one, rows, screen.own_fields)
        write.audit(one.record, actor=actor, verb=Change.Verb.MERGE, reason=reason, diff=diff, batch=batch)
        _follow(screen, one, targets, diff, actor)


# --- taking it back -------------------------------------------------------------------------------


@transaction.atomic
def unmerge(*, actor: User | None, batch: Batch) -> int:
    """Restore two merged records and all that named them, exactly. Returns how many records changed.

    Raises CannotUndo with the record and fields that were changed since, PermissionDenied.
    """
    access.require(access.may_lead(actor) or (actor is not None and batch.actor_id == actor.pk))
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.undone_at is not None:
        raise CannotUndo(_("This was already undone."))
    if batch.kind != Batch.Kind.MERGE:
        raise CannotUndo(_("This was no merge."))
    pair = {batch.details["keep"], batch.details["drop"]}
    changes = list(batch.changes.filter(verb=Change.Verb.MERGE).order_by("-id"))
    for change in changes:
        _unchanged(change, actor)
    back = write.CHUNK
    moved: dict[str, list[int]] = batch.details["moved"]
    keep, drop = batch.details["keep"], batch.details["drop"]
    Name.objects.filter(pk__in=moved.get("made names", [])).delete()
    for label, pks in moved.items():
        if label == "made names":
            continue
        f = _key(label)
        for start in range(0, len(pks), back):
            part = pks[start : start + back]
            rows = f.model._base_manager.filter(pk__in=part, **{f.attname: keep})
            if rows.update(**{f.attname: drop}) != len(part):
                raise CannotUndo(
                    _("Some of what was moved is not there any more (%(what)s).")
                    % {"what": f.model._meta.verbose_name_plural}
                )
    reason = _("Undo of %(what)s") % {"what": batch.title or batch.kind}
    for change in changes:
        _restore(
            change,
            child_rows=change.record_id not in pair,
            dropped=change.record_id == drop,
            actor=actor,
            batch=batch,
            reason=reason,
        )
    batch.undone_at = timezone.now()
    batch.undone_by = actor
    batch.save(update_fields=["undone_at", "undone_by"])
    return len(changes)


def _key(label: str) -> Any:
    from django.apps import apps

    app, model, name = label.split(".")
    return apps.get_model(app, model)._meta.get_field(name)


def _unchanged(change: Change, actor: User | None) -> None:
    """Raises CannotUndo where what the merge wrote was changed later."""
    assert change.record_id is not None
    record = lock(change.record_id)
    screen = screen_of(record.kind)
    instance = screen.model._default_manager.get(pk=record.pk)
    instance.record = record
    state = snapshot(screen, instance, load_children(screen, record.pk))
    if touched := [n for n, pair in change.diff.items() if state.get(n) != pair[1]]:
        names = ", ".join(str(_("archived") if n == "archived" else screen.label(n)) for n in touched)
        raise CannotUndo(
            _("“%(title)s” has been changed since the merge: %(fields)s. Undo that change first.")
            % {"title": _title(record, actor), "fields": names}
        )


def _restore(change: Change, *, child_rows: bool, dropped: bool, actor: User | None, batch: Batch, reason: str) -> None:
    assert change.record_id is not None
    record = Record.objects.get(pk=change.record_id)
    screen = screen_of(record.kind)
    instance = screen.model._default_manager.get(pk=record.pk)
    instance.record = record
    sets = {c.name: c for c in screen.all_children}
    rows = load_children(screen, record.pk)
    for name, (old, new) in change.diff.items():
        if name in sets:
            if child_rows:  # the rows of the pair went back by their numbers
                edits = write.reverse_children(sets[name], old or [], new or [])
                rows[name] = write.edit_children(sets[name], record.pk, rows[name], edits)
        elif name == "tags":
            record.tags.set(write.tags_named(old or []))
        elif name == "archived":
            record.archived_at = None
        elif name == "title":
            record.set_title(old)
        elif name in RECORD_FIELDS:
            write.assign(record, {name: write.from_stored(Record, name, old)})
        else:
            write.assign(instance, {name: write.from_stored(screen.model, name, old)})
    if dropped:
        record.archived_at = None
        record.merged_into = None
    rows = load_children(screen, record.pk)
    targets = write.save_changed(screen, instance, rows, screen.own_fields)
    diff = {n: [pair[1], pair[0]] for n, pair in change.diff.items()}
    write.audit(record, actor=actor, verb=Change.Verb.UNMERGE, reason=reason, diff=diff, batch=batch, undoes=change)
    screen.follow([instance], targets, diff)
