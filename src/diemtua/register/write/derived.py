"""What follows from the fields: the words a record is found by, the edges of the chain it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from django.db import models

from diemtua.kit.text import words

from ..models import OfUnit, Record, Recorded
from ..screens import ChildSet, Screen, is_key_to_record, screen_of
from .state import load_children


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
    for part in filter(None, parts):
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
        f.name
        for f in model._meta.concrete_fields
        if isinstance(f, models.CharField | models.TextField) and not f.choices and f.name != "key"
    )


@cache
def _child_keys(child: ChildSet) -> tuple[str, ...]:
    return tuple(f.attname for f in child.model._meta.concrete_fields if is_key_to_record(f) and f.name != child.parent)


def say_unit(instance: Recorded) -> list[str]:
    """Let the kind's own row say the record's unit, where it does; returns the columns this set."""
    if not isinstance(instance, OfUnit):
        return []
    instance.of_unit = instance.record.unit_id
    return ["of_unit"]


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
