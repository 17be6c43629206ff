"""A record with its rows as one state: now, and as it stood on a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from ..bundle import Part, fetch
from ..models import Record, Recorded
from ..screens import RECORD_FIELDS, Screen, screen_of
from .stored import stored_child, stored_fields


def lock(pk: int) -> Record:
    """The record, held until the transaction ends (on SQLite the transaction itself holds all)."""
    return Record.objects.select_for_update(of=("self",)).get(pk=pk)


def load_children(screen: Screen, pk: int) -> dict[str, list[models.Model]]:
    """The child rows of a record by child set, in one query."""
    sets = screen.all_children
    found = fetch(Part(child.model._default_manager.filter(**{child.parent: pk})) for child in sets)
    return {child.name: sorted(rows, key=lambda row: row.pk) for child, rows in zip(sets, found, strict=True)}


def snapshot(screen: Screen, instance: Recorded, children: Mapping[str, Iterable[models.Model]]) -> dict[str, Any]:
    """The whole state of a record in stored form."""
    state = {**stored_fields(instance.record, RECORD_FIELDS), **stored_fields(instance, screen.own_fields)}
    for child in screen.all_children:
        state[child.name] = [stored_child(child, row) for row in children.get(child.name, ())]
    state["tags"] = sorted(t.name for t in instance.record.tags.all())
    state["archived"] = instance.record.archived_at is not None
    return state


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
