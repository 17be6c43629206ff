"""What of each kind the API shows, and how values look in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.cache import cache as kept
from django.db import models
from django.utils.translation import get_language

from diemtua.kit.dates import PartialDate
from diemtua.kit.fields import PartialDateField
from diemtua.register.database import among
from diemtua.register.fields import CodeField, CodesField, code_choices
from diemtua.register.models import Record, User
from diemtua.register.prepared import ask
from diemtua.register.queries import sight
from diemtua.register.screens import ChildSet, Screen, is_key_to_record
from diemtua.register.write import to_stored

# Columns of the record's own row, in the order in which they are read.
RECORD = ("title", "access", "unit_id", "confidence", "version", "created_at", "updated_at", "archived_at")
NAMES_KEPT = 60  # seconds for names of countries, places, people and units


@dataclass(frozen=True)
class Column:
    """A field: its name, where it is read, what it points at ("" for a plain value, "record" for any record)."""

    name: str
    attname: str
    field: Any
    points: str

    @property
    def type(self) -> str:
        """`text`, `integer`, `decimal`, `boolean`, `day`, `partial_date`, `moment`, `codes`, `record`, `key`, `json`."""
        return type_of(self.field)


def type_of(f: Any) -> str:
    if isinstance(f, models.ForeignKey):
        return "record" if is_key_to_record(f) else "key"
    for wanted, name in (
        (PartialDateField, "partial_date"),
        (CodesField, "codes"),
        (models.DecimalField, "decimal"),
        (models.BooleanField, "boolean"),
        (models.DateTimeField, "moment"),
        (models.DateField, "day"),
        (models.IntegerField, "integer"),
        (models.JSONField, "json"),
    ):
        if isinstance(f, wanted):
            return name
    return "text"


def column(f: Any) -> Column:
    points = ""
    if isinstance(f, models.ForeignKey):
        points = "record" if is_key_to_record(f) else f.related_model._meta.label  # type: ignore[union-attr]
    return Column(f.name, f.attname, f, points)


@cache
def columns_of(screen: Screen) -> tuple[Column, ...]:
    """The fields of a kind: those of its form, then the states that its register shows and its steps set."""
    own = dict(screen.own_fields)
    concrete = {f.name: f for f in screen.model._meta.concrete_fields}
    for name in screen.columns:
        if name in concrete and name not in own and name != "record":
            own[name] = concrete[name]
    return tuple(column(f) for f in own.values())


@cache
def columns_of_rows(child: ChildSet) -> tuple[Column, ...]:
    return tuple(column(f) for f in child.model_fields.values())


def choices(f: Any) -> list[tuple[str, Any]]:
    """(code, label) of a field with few values; none for the others."""
    if isinstance(f, CodeField | CodesField):
        return [(str(code), label) for code, label in code_choices(f.code_list)]
    return [(str(value), label) for value, label in getattr(f, "flatchoices", None) or ()]


def plain(value: Any) -> Any:
    """A value as JSON: days as ISO text, decimals as text, partial dates as a day or `first/last`."""
    return value.iso if isinstance(value, PartialDate) else to_stored(value)


class Named:
    """What keys point at, for one person: all that a page names is asked for together."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.records: dict[int, dict[str, Any]] = {}
        self._wanted: set[int] = set()
        self._keys: dict[Any, set[Any]] = {}
        self._names: dict[tuple[Any, Any], str] = {}

    def want(self, columns: Iterable[Column], rows: Iterable[Mapping[str, Any]]) -> None:
        """Note what these rows point at."""
        rows = list(rows)
        for c in columns:
            if c.points:
                wanted = self._wanted if c.points == "record" else self._keys.setdefault(c.field.related_model, set())
                wanted.update(row[c.name] for row in rows)
                wanted.discard(None)

    def find(self) -> None:
        """Ask for all that was noted: one query for records of every kind, one a further table unless kept."""
        if missing := sorted(self._wanted - set(self.records)):
            for pk, kind, title in ask(
                ("api names", sight(self.user)),
                lambda ids: among(Record.objects.visible_to(self.user), ids).values_list("pk", "kind", "title"),
                missing,
            ):
                self.records[pk] = {"number": pk, "kind": kind, "title": title}
        language = get_language()
        for model, wanted in self._keys.items():
            if not wanted:
                continue
            names = {pk: f"api:{language}:{model._meta.label_lower}:{pk}" for pk in wanted}
            known = kept.get_many(names.values())
            if absent := [pk for pk, key in names.items() if key not in known]:
                fresh = {row.pk: str(row) for row in model._default_manager.filter(pk__in=absent)}
                kept.set_many({names[pk]: text for pk, text in fresh.items()}, NAMES_KEPT)
                known.update({names[pk]: text for pk, text in fresh.items()})
            for pk, key in names.items():
                if key in known:
                    self._names[model, pk] = known[key]

    def put(self, columns: Iterable[Column], values: dict[str, Any]) -> dict[str, Any]:
        """The fields with what they point at in place of its number, in the same dict.

        A record that may not be seen is null, as if nothing stood there. Other values become JSON when they are
        written (`plain`).
        """
        for c in columns:
            if c.points and (stored := values[c.name]) is not None:
                if c.points == "record":
                    values[c.name] = self.records.get(stored)
                else:
                    values[c.name] = {"id": stored, "name": self._names.get((c.field.related_model, stored), "")}
        return values

    def hides(self, columns: Iterable[Column], row: Mapping[str, Any]) -> bool:
        """Whether a row names a record that may not be seen: then the row is not there."""
        return any(
            c.points == "record" and row[c.name] is not None and row[c.name] not in self.records for c in columns
        )
