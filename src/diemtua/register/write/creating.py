"""New records, one or fifty thousand, all or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from .. import access
from ..many import blank, insert_many
from ..models import Batch, Change, Link, Record, Recorded, Tag, User
from ..screens import RECORD_FIELDS, Screen, screen_of
from ..vocabulary import learn
from .checking import build, unchecked, words_key
from .derived import edges, say_unit
from .parts import CHUNK, Draft
from .stored import stored_child, stored_fields


def tags_named(names: Iterable[str]) -> list[Tag]:
    """The tags of these names, made where they are new; equal folded names are one tag. Two queries and
    one more for each new tag."""
    wanted = {words_key(n)[:60]: n.strip()[:60] for n in reversed(list(names)) if n.strip()}
    have = {t.key: t for t in Tag.objects.filter(key__in=list(wanted))}
    for key, name in wanted.items():
        if key not in have:
            have[key], _new = Tag.objects.get_or_create(key=key, defaults={"name": name})
    return [have[key] for key in reversed(wanted)]


def tag_many(wanted: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Tag new records, [(number, names)], in a few queries."""
    if not wanted:
        return
    tags = {t.key: t.pk for t in tags_named(name for _pk, names in wanted for name in names)}
    through = Record.tags.through
    pairs = dict.fromkeys((pk, tags[words_key(n)[:60]]) for pk, names in wanted for n in names if n.strip())
    through._default_manager.bulk_create([through(record_id=pk, tag_id=tag) for pk, tag in pairs], batch_size=CHUNK)


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
    make = unchecked if checked else build
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
        say_unit(instance)
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
    tag_many([(instance.pk, draft.tags) for instance, draft in zip(instances, drafts, strict=True) if draft.tags])
    for (instance, children), draft in zip(built, drafts, strict=True):
        after = _created_diff(screen, instance, children, draft)
        change = blank(Change)
        change.__dict__.update(
            record_id=instance.pk,
            actor_id=actor.pk if actor else None,
            verb="create",
            reason=reason,
            diff=after,
            version=1,
            batch_id=batch.pk if batch else None,
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
            diff[child.name] = [[], [stored_child(child, row) for row in rows]]
    if draft.tags:
        diff["tags"] = [[], sorted(draft.tags)]
    return diff


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
