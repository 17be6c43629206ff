"""The only code that saves records: one transaction, validated, versioned, searchable, linked, audited.

Domain `actions.py` call `create`, `create_many`, `update`, `archive`, `restore` and `undo` with plain
values. A single record and fifty thousand take the same path, so an import cannot know less than a form.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.kit.text import words

from . import access
from .many import blank, insert_many
from .models import Batch, Change, Link, Name, Record, Recorded, Tag, User
from .screens import RECORD_FIELDS, ChildSet, Screen, is_key_to_record, screen_of
from .validating import Rules, rules_of
from .vocabulary import learn

CHUNK = 500


@dataclass
class Draft:
    """A record to be made: its own and Record's fields by name, its child rows, its tags."""

    fields: dict[str, Any]
    children: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tags: Sequence[str] = ()
    # What `validator` made of it, to be saved once; None where it was not asked to keep it.
    built: Any = field(default=None, repr=False, compare=False)


@dataclass
class ChildEdits:
    """What happens to the rows of one child set; rows not named here stay as they are."""

    create: list[dict[str, Any]] = field(default_factory=list)
    update: dict[int, dict[str, Any]] = field(default_factory=dict)
    delete: list[int] = field(default_factory=list)


class Stale(Exception):
    """Somebody else saved the record after the form was opened. Nothing was saved."""

    def __init__(self, current: Recorded) -> None:
        super().__init__(_("Somebody else has changed this record since you opened it."))
        self.current = current


class CannotUndo(Exception):
    """A later change touched the same fields; the sentence says which."""


# --- stored form ----------------------------------------------------------------------------------


_PLAIN = frozenset([str, int, bool])


def to_stored(value: Any) -> Any:
    """A field's value as JSON: keys as numbers, days as ISO text, decimals as text."""
    if value is None or type(value) in _PLAIN or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, PartialDate):
        return value.iso
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list | tuple):
        return [to_stored(v) for v in value]
    return str(value)


def stored_fields(instance: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """{field: stored value} of an instance; keys to other rows by their number."""
    attnames = _attnames(type(instance))
    return {n: to_stored(getattr(instance, attnames[n])) for n in names}


@cache
def _attnames(model: type[models.Model]) -> dict[str, str]:
    return {f.name: f.attname for f in model._meta.concrete_fields}


@cache
def _key_names(model: type[models.Model]) -> frozenset[str]:
    return frozenset(f.name for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey))


def set_stored(instance: models.Model, values: Mapping[str, Any]) -> None:
    """The reverse of `stored_fields`."""
    for name, value in values.items():
        f = instance._meta.get_field(name)
        setattr(instance, f.attname, None if value is None else f.to_python(value))  # type: ignore[union-attr]


def _assign(instance: models.Model, values: Mapping[str, Any]) -> None:
    model = type(instance)
    for name, value in values.items():
        if name in _key_names(model) and not isinstance(value, models.Model):
            name = _attnames(model)[name]
        setattr(instance, name, value)


# --- what follows from the fields -----------------------------------------------------------------


def search_text(screen: Screen, instance: Recorded, children: Mapping[str, Iterable[models.Model]]) -> str:
    """The folded words by which a record is found: its title, names and the text fields declared."""
    parts: list[str] = [instance.record.title]
    parts += [str(getattr(instance, n) or "") for n in screen.search_fields]
    parts.append(screen.more_search_text(instance))
    for rows in children.values():
        for row in rows:
            for name in _text_names(type(row)):
                value = getattr(row, name)
                if isinstance(value, str):
                    parts.append(value)
    seen: dict[str, None] = {}
    for part in parts:
        for word in words(part):
            seen[word[:60]] = None
    return " ".join(seen)


def refresh_search_text(instance: Recorded) -> None:
    """Make the search text anew when something it is made of, outside the record's own rows, has changed."""
    screen = screen_of(instance.record.kind)
    text = search_text(screen, instance, load_children(screen, instance.pk))
    Record.objects.filter(pk=instance.pk).update(search_text=text)
    instance.record.search_text = text


@cache
def _text_names(model: type[models.Model]) -> tuple[str, ...]:
    """The fields of a child row whose words find its record."""
    return tuple(
        f.name for f in model._meta.concrete_fields
        if isinstance(f, models.CharField | models.TextField) and not f.choices and f.name != "key"
    )


@cache
def _child_keys(child: ChildSet) -> tuple[str, ...]:
    return tuple(
        f.attname for f in child.model._meta.concrete_fields if is_key_to_record(f) and f.name != child.parent
    )


def edges(screen: Screen, instance: Recorded, children: Mapping[str, Iterable[models.Model]]) -> set[tuple[int, str]]:
    """(target, relation) of every key to another record that the instance or its child rows hold."""
    found: set[tuple[int, str]] = set()
    for f in screen.recorded_fields:
        if (target := getattr(instance, f.attname)) is not None:
            found.add((target, f"{screen.kind}.{f.name}"))
    for child in screen.children:
        for row in children.get(child.name, ()):
            for key in _child_keys(child):
                if (target := getattr(row, key)) is not None:
                    found.add((target, f"{screen.kind}.{child.name}"))
    return {(t, r) for t, r in found if t != instance.pk}


_DERIVED = {"kind", "search_text", "title_key", "sort_key", "created_by", "merged_into", "unit"}


def _clean(
    screen: Screen, instance: Recorded, fields: Mapping[str, Any], rules: _AllRules | None = None
) -> None:
    """Field rules, then rules across fields. Raises ValidationError({field: [sentences]})."""
    rules = rules or _rules_of(screen)
    errors: dict[str, list[Any]] = {}
    record = instance.record
    for target, cleaning, exclude in (
        (record, rules.record, rules.not_of_record), (instance, rules.own, rules.not_of_own)
    ):
        try:
            cleaning.clean_fields(target, exclude)
        except ValidationError as error:
            errors.update(error.error_dict)
    if record.access == "unit" and record.unit_id is None:
        errors.setdefault("unit", []).append(
            ValidationError(_("Choose the unit to which the record is restricted."))
        )
    for step in (instance.clean, lambda: screen.clean(instance, fields)):
        try:
            step()
        except ValidationError as error:
            found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
            for name, sentences in found.items():
                errors.setdefault(name, []).extend(sentences)
    if errors:
        raise ValidationError(errors)


class _AllRules:
    """How the rows of one kind are validated; `in_bulk` as in `validating.Rules`."""

    def __init__(self, screen: Screen, in_bulk: bool = False) -> None:
        self.record, self.own = Rules(Record, in_bulk), Rules(screen.model, in_bulk)
        self.children = {c.name: Rules(c.model, in_bulk) for c in screen.all_children}
        # A key that may be empty is not asked for here: forms have looked it up, the database holds it.
        self.not_of_record = _DERIVED | _free_keys(Record)
        self.not_of_own = {"record"} | _free_keys(screen.model)


def _free_keys(model: type[models.Model]) -> set[str]:
    return {f.name for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey) and f.null}


@cache
def _rules_of(screen: Screen) -> _AllRules:
    return _AllRules(screen)


def _child_rows(
    child: ChildSet, parent_pk: int | None, rows: Iterable[Mapping[str, Any]], rules: Rules | None = None
) -> list[models.Model]:
    made = []
    parent = child.model._meta.get_field(child.parent).attname  # type: ignore[union-attr]
    for values in rows:
        row = blank(child.model)
        _assign(row, values)
        setattr(row, parent, parent_pk)
        _clean_child(child, row, rules)
        made.append(row)
    return made


def _clean_child(child: ChildSet, row: models.Model, rules: Rules | None = None) -> None:
    if isinstance(row, Name):
        row.key = words_key(row.text)
    try:
        (rules or rules_of(child.model)).clean_fields(row, {child.parent, "key"})
        row.clean()
    except ValidationError as error:
        sentences = [f"{child.label}: {s}" for s in error.messages]
        raise ValidationError({child.name: sentences}) from error


def words_key(text: str) -> str:
    from diemtua.kit.text import fold

    return fold(text)[:300]


def _tags(names: Iterable[str]) -> list[Tag]:
    """The tags of these names, made where they are new; equal folded names are one tag. Two queries and
    one more for each new tag."""
    wanted = {words_key(n)[:60]: n.strip()[:60] for n in reversed(list(names)) if n.strip()}
    have = {t.key: t for t in Tag.objects.filter(key__in=list(wanted))}
    for key, name in wanted.items():
        if key not in have:
            have[key], _made = Tag.objects.get_or_create(key=key, defaults={"name": name})
    return [have[key] for key in reversed(wanted)]


def _tag_many(wanted: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Tag new records, [(number, names)], in a few queries."""
    if not wanted:
        return
    tags = {t.key: t.pk for t in _tags(name for _pk, names in wanted for name in names)}
    through = Record.tags.through
    pairs = dict.fromkeys((pk, tags[words_key(n)[:60]]) for pk, names in wanted for n in names if n.strip())
    through._default_manager.bulk_create([through(record_id=pk, tag_id=tag) for pk, tag in pairs], batch_size=CHUNK)


# --- create ---------------------------------------------------------------------------------------


Built = tuple[Recorded, dict[str, list[models.Model]]]


def build(screen: Screen, draft: Draft, actor: User | None) -> Built:
    """An unsaved, validated record with its child rows. Raises ValidationError with all that is wrong."""
    instance, children = _validated(screen, draft, actor, _rules_of(screen))
    instance.record.search_text = search_text(screen, instance, children)
    return instance, children


def validator(screen: Screen, keep: bool = False) -> Callable[[Draft, User | None], None]:
    """A function that validates drafts as `build` does, for many whose keys have been looked up already.

    `keep`: what was made for it stays in the draft (some 3 kB) and saves `create_many` from making it again.
    """
    rules = _AllRules(screen, in_bulk=True)

    def validate(draft: Draft, actor: User | None) -> None:
        built = _validated(screen, draft, actor, rules)
        draft.built = built if keep else None

    return validate


def _made(screen: Screen, draft: Draft, actor: User | None) -> Recorded:
    """The record of a draft with its fields set, not validated, without its child rows."""
    record = blank(Record)
    record.kind = screen.kind
    if actor is not None:
        record.created_by = actor
    instance = blank(screen.model)
    instance.record = record
    for name, value in draft.fields.items():
        if name == "title":
            record.set_title(str(value or "").strip())
        else:
            _assign(record if name in RECORD_FIELDS else instance, {name: value})
    return instance


def _validated(screen: Screen, draft: Draft, actor: User | None, rules: _AllRules) -> Built:
    instance = _made(screen, draft, actor)
    errors: dict[str, Any] = {}
    try:
        _clean(screen, instance, draft.fields, rules)
    except ValidationError as error:
        errors.update(error.error_dict)
    children: dict[str, list[models.Model]] = {}
    for child in screen.all_children:
        try:
            given = draft.children.get(child.name, ())
            children[child.name] = _child_rows(child, None, given, rules.children[child.name]) if given else []
        except ValidationError as error:
            errors.update(error.error_dict)
    if errors:
        raise ValidationError(errors)
    return instance, children


def _unchecked(screen: Screen, draft: Draft, actor: User | None) -> Built:
    """As `build`, of a draft that `validator` has let through; rules across fields may still complete it."""
    if draft.built is not None:
        instance, children = draft.built
        draft.built = None
    else:
        instance = _made(screen, draft, actor)
        instance.clean()
        screen.clean(instance, draft.fields)
        children = {}
        for child in screen.all_children:
            rows = children[child.name] = []
            for values in draft.children.get(child.name, ()):
                row = blank(child.model)
                _assign(row, values)
                if isinstance(row, Name):
                    row.key = words_key(row.text)
                row.clean()
                rows.append(row)
    instance.record.search_text = search_text(screen, instance, children)
    return instance, children


def create_many(
    screen: Screen,
    drafts: Iterable[Draft],
    *,
    actor: User | None,
    reason: str = "",
    batch: Batch | None = None,
    checked: bool = False,
) -> list[Recorded]:
    """Save drafts as records, all or none; returns them in order, each with `.record` filled.

    Raises ValidationError for the first draft that is wrong. `checked`: every draft has passed `validator`.
    """
    access.require(access.may_create(actor))
    drafts = list(drafts)
    make = _unchecked if checked else build
    built = [make(screen, d, actor) for d in drafts]
    return save_built(screen, built, drafts, actor=actor, reason=reason, batch=batch)


@transaction.atomic
def save_built(
    screen: Screen,
    built: Sequence[tuple[Recorded, dict[str, list[models.Model]]]],
    drafts: Sequence[Draft],
    *,
    actor: User | None,
    reason: str = "",
    batch: Batch | None = None,
) -> list[Recorded]:
    """The saving half of `create_many`, for callers that have built and checked already."""
    access.require(access.may_create(actor))
    records = [instance.record for instance, _rows in built]
    for record in records:
        # A person cannot put a record where they would not see it themselves.
        access.require(
            actor is None or access.may_see(actor, record),
            _("You cannot restrict a record to a unit that is not yours."),
        )
    insert_many(records)
    instances = []
    links: list[Link] = []
    changes: list[Change] = []
    child_rows: dict[str, list[models.Model]] = {c.name: [] for c in screen.all_children}
    parents = [(c, c.model._meta.get_field(c.parent).attname) for c in screen.all_children]  # type: ignore[union-attr]
    for (instance, children), record in zip(built, records, strict=True):
        # Past the descriptor, which would forget the record in hand and read it again.
        instance.__dict__["record_id"] = record.pk
        instances.append(instance)
        for child, parent in parents:
            for row in children.get(child.name, ()):
                setattr(row, parent, instance.pk)
                child_rows[child.name].append(row)
        links += [Link(source_id=record.pk, target_id=t, relation=r) for t, r in edges(screen, instance, children)]
    insert_many(instances)
    for child in screen.all_children:
        insert_many(child_rows[child.name])
    insert_many(links)
    _tag_many([(instance.pk, draft.tags) for instance, draft in zip(instances, drafts, strict=True) if draft.tags])
    for (instance, children), draft in zip(built, drafts, strict=True):
        after = _created_diff(screen, instance, children, draft)
        change = blank(Change)
        change.__dict__.update(
            record_id=instance.pk, actor_id=actor.pk if actor else None, verb="create", reason=reason, diff=after,
            version=1, batch_id=batch.pk if batch else None,
        )
        changes.append(change)
    insert_many(changes)
    learn(r.search_text for r in records)
    screen.follow(instances, {link.target_id for link in links}, None)
    return instances


def _created_diff(
    screen: Screen, instance: Recorded, children: Mapping[str, list[models.Model]], draft: Draft
) -> dict[str, list[Any]]:
    values = {**stored_fields(instance.record, RECORD_FIELDS), **stored_fields(instance, screen.own_fields)}
    diff = {n: [None, v] for n, v in values.items() if v not in (None, "", [])}
    for child in screen.all_children:
        if rows := children.get(child.name):
            diff[child.name] = [[], [_stored_child(child, row) for row in rows]]
    if draft.tags:
        diff["tags"] = [[], sorted(draft.tags)]
    return diff


def _stored_child(child: ChildSet, row: models.Model) -> dict[str, Any]:
    return {"id": row.pk, **stored_fields(row, child.fields)}


def create(
    kind: str,
    *,
    actor: User | None,
    fields: dict[str, Any],
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
) -> Any:
    """Make one record of a kind. Raises ValidationError, PermissionDenied."""
    draft = Draft(fields, children or {}, tags)
    return create_many(screen_of(kind), [draft], actor=actor, reason=reason, batch=batch)[0]


# --- change ---------------------------------------------------------------------------------------


def lock(pk: int) -> Record:
    """The record, held until the transaction ends (on SQLite the transaction itself holds all)."""
    return Record.objects.select_for_update(of=("self",)).get(pk=pk)


def load_children(screen: Screen, pk: int) -> dict[str, list[models.Model]]:
    """The child rows of a record by child set, one query a set."""
    return {
        child.name: list(child.model._default_manager.filter(**{child.parent: pk}).order_by("pk"))
        for child in screen.all_children
    }


def snapshot(screen: Screen, instance: Recorded, children: Mapping[str, Iterable[models.Model]]) -> dict[str, Any]:
    """The whole state of a record in stored form."""
    state = {**stored_fields(instance.record, RECORD_FIELDS), **stored_fields(instance, screen.own_fields)}
    for child in screen.all_children:
        state[child.name] = [_stored_child(child, row) for row in children.get(child.name, ())]
    state["tags"] = sorted(t.name for t in instance.record.tags.all())
    state["archived"] = instance.record.archived_at is not None
    return state


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
            _assign(record, {name: value})
        else:
            _assign(current, {name: value})
    _clean(screen, current, fields or {})
    if actor is not None and not access.may_see(actor, record):
        raise ValidationError({"unit": _("You cannot restrict a record to a unit that is not yours.")})
    for child in screen.all_children:
        if edit := (children or {}).get(child.name):
            rows[child.name] = _edit_children(child, record.pk, rows[child.name], edit)
    if tags is not None:
        record.tags.set(_tags(tags))
    after = snapshot(screen, current, rows)
    diff = {n: [before[n], after[n]] for n in after if before[n] != after[n]}
    if not diff:
        return current
    targets = _save(screen, current, rows, {*screen.own_fields, *(fields or {})})
    _audit(record, actor=actor, verb=verb, reason=reason, diff=diff, batch=batch, undoes=undoes)
    screen.follow([current], targets, diff)
    return current


def _save(
    screen: Screen, instance: Recorded, rows: Mapping[str, Iterable[models.Model]], fields: Iterable[str]
) -> set[int]:
    """Write the record and these fields of its own; returns every record it is linked to, or was before."""
    record = instance.record
    record.search_text = search_text(screen, instance, rows)
    record.version += 1
    record.save()
    # Only these columns: what is derived (a party's last contact) may have been written meanwhile.
    instance.save(update_fields=[n for n in fields if n not in RECORD_FIELDS])
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


def _audit(
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
        record=record, actor=actor, verb=verb, reason=reason, diff=diff, version=record.version,
        batch=batch, undoes=undoes,
    )


def _edit_children(
    child: ChildSet, parent_pk: int, rows: list[models.Model], edit: ChildEdits
) -> list[models.Model]:
    """Apply edits to the rows of one set. Ids that are not the parent's are refused."""
    own = {row.pk: row for row in rows}
    if unknown := (set(edit.update) | set(edit.delete)) - set(own):
        raise ValidationError(
            {child.name: _("Row %(row)s has been removed meanwhile. Open the record again.") % {"row": min(unknown)}}
        )
    for pk, values in edit.update.items():
        _assign(own[pk], values)
        _clean_child(child, own[pk])
        own[pk].save()
    for pk in edit.delete:
        own.pop(pk).delete()
    made = _child_rows(child, parent_pk, edit.create)
    for row in made:
        row.save()
    return [*own.values(), *made]


# --- archive, restore, undo -----------------------------------------------------------------------


@transaction.atomic
def archive(
    instance: Recorded | Record, *, actor: User | None, reason: str, batch: Batch | None = None,
    undoes: Change | None = None,
) -> Record:
    """Take a record out of the registers. Nothing is deleted; `restore` brings it back."""
    record = lock(instance.pk)
    access.require(access.may_edit(actor, record))
    if record.archived_at is None:
        record.archived_at = timezone.now()
        record.version += 1
        record.save(update_fields=["archived_at", "version", "updated_at"])
        _audit(record, actor=actor, verb=Change.Verb.ARCHIVE, reason=reason, diff={"archived": [False, True]},
               batch=batch, undoes=undoes)
        _follow_alone(record, {"archived": [False, True]})
    return record


@transaction.atomic
def restore(
    instance: Recorded | Record, *, actor: User | None, reason: str = "", batch: Batch | None = None,
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
        _audit(record, actor=actor, verb=Change.Verb.RESTORE, reason=reason, diff={"archived": [True, False]},
               batch=batch, undoes=undoes)
        _follow_alone(record, {"archived": [True, False]})
    return record


def _follow_alone(record: Record, diff: dict[str, Any]) -> None:
    """Let other rows follow a record of which only the standing changed."""
    screen = screen_of(record.kind)
    instance = screen.model._default_manager.get(pk=record.pk)
    instance.record = record
    screen.follow([instance], set(record.links_out.values_list("target_id", flat=True)), diff)


def state_on(record: Record, moment: datetime.datetime) -> dict[str, Any] | None:
    """The record's state in stored form as it stood at `moment`; None if it did not exist yet.

    Walks back from today over the changes made since, so old rows need no copies.
    """
    screen = screen_of(record.kind)
    if record.created_at > moment:
        return None
    instance = screen.model._default_manager.select_related("record").get(pk=record.pk)
    state = snapshot(screen, instance, load_children(screen, record.pk))
    for change in record.changes.filter(at__gt=moment).order_by("-id"):
        for name, pair in change.diff.items():
            if name in state:
                state[name] = pair[0]
    return state


@transaction.atomic
def undo(change: Change, *, actor: User | None, reason: str = "", batch: Batch | None = None) -> Any:
    """Take one change back where nothing later touched the same fields.

    Undoing a creation archives the record. Raises CannotUndo with the fields that stand in the way.
    """
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
        if later.exists():
            raise CannotUndo(_("The record has been changed since it was made. Archive it instead."))
        return archive(record, actor=actor, reason=reason, batch=batch, undoes=change)
    if change.verb == Change.Verb.ARCHIVE:
        return restore(record, actor=actor, reason=reason, batch=batch, undoes=change)
    if change.verb == Change.Verb.RESTORE:
        return archive(record, actor=actor, reason=reason, batch=batch, undoes=change)
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
            edits[name] = _reverse_children(child_names[name], old or [], new or [])
        elif name == "tags":
            tags = old or []
        elif name in RECORD_FIELDS:
            fields[name] = _python(Record, name, old)
        else:
            fields[name] = _python(screen.model, name, old)
    return update(
        instance, actor=actor, fields=fields, children=edits, tags=tags, reason=reason, batch=batch,
        verb=Change.Verb.UNDO, undoes=change,
    )


def _python(model: type[models.Model], name: str, stored: Any) -> Any:
    f = model._meta.get_field(name)
    if stored is None:
        return "" if isinstance(f, models.CharField | models.TextField) and not f.null else None
    return stored if isinstance(f, models.ForeignKey) else f.to_python(stored)  # type: ignore[union-attr]


def _reverse_children(child: ChildSet, old: list[dict], new: list[dict]) -> ChildEdits:
    before = {row["id"]: row for row in old}
    after = {row["id"]: row for row in new}

    def values(row: dict[str, Any]) -> dict[str, Any]:
        return {n: _python(child.model, n, row.get(n)) for n in child.fields}

    return ChildEdits(
        # A row brought back keeps its number, so that a second undo still knows it.
        create=[{"id": pk, **values(row)} for pk, row in before.items() if pk not in after],
        update={pk: values(row) for pk, row in before.items() if pk in after and row != after[pk]},
        delete=[pk for pk in after if pk not in before],
    )


@transaction.atomic
def undo_batch(batch: Batch, *, actor: User | None) -> int:
    """Take back every change of a batch, newest first, or none. Returns how many."""
    access.require(access.may_lead(actor) or (actor is not None and batch.actor_id == actor.pk))
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.undone_at is not None:
        raise CannotUndo(_("This was already undone."))
    if batch.kind == Batch.Kind.MERGE:
        from .merging import unmerge  # it stands above this module

        return unmerge(actor=actor, batch=batch)
    reason = _("Undo of %(what)s") % {"what": batch.title or batch.kind}
    done = batch.changes.filter(undoes=None)
    count = 0
    for change in done.exclude(verb=Change.Verb.CREATE).select_related("record").order_by("-id"):
        try:
            undo(change, actor=actor, reason=reason)
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
    return count


def _archive_made(batch: Batch, made: Mapping[int, int], actor: User | None, reason: str) -> None:
    """Undo creations {record: its change} of a batch as `undo` does, in a fixed number of queries."""
    records = list(Record.objects.select_for_update(of=("self",)).filter(pk__in=list(made)).order_by("-pk"))
    for record in records:
        access.require(access.may_edit(actor, record))
    # What the batch itself did to a record, and its undoing, is no reason to keep it.
    later = (
        Change.objects.filter(record__in=records).exclude(verb__in=[Change.Verb.NOTE])
        .exclude(batch=batch).exclude(undoes__batch=batch).select_related("record").first()
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
        changes.append(Change(record=record, actor=actor, verb=Change.Verb.ARCHIVE, reason=reason, diff=diff,
                              version=record.version, undoes_id=made[record.pk]))
    insert_many(changes)
    by_kind: dict[str, list[int]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record.pk)
    for kind, pks in by_kind.items():
        screen = screen_of(kind)
        rows = list(screen.model._default_manager.filter(pk__in=pks).select_related("record"))
        targets = set(Link.objects.filter(source_id__in=pks).values_list("target_id", flat=True))
        screen.follow(rows, targets, diff)
