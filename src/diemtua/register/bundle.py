"""Rows of several tables in one query: what a page needs beside its records, however many kinds it speaks of.

Every row travels as a JSON object under the number of its part, so that tables of different columns fit into one
UNION. What comes back are instances as `Model.objects` gives them; both engines.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connections, models
from django.db.models import F, Value
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone


@dataclass(frozen=True)
class Part:
    """The rows of one table: `columns` are the attributes that are read (all of them where none is named),
    `more` {name: path} puts values of joined tables beside them as they are (texts and numbers only)."""

    rows: models.QuerySet
    columns: Sequence[str] = ()
    more: Mapping[str, str] = field(default_factory=dict)


def fetch(parts: Iterable[Part]) -> list[list[Any]]:
    """The rows of each part, in the order of the parts; rows of one part come in no order. One query."""
    wanted = list(parts)
    found: list[list[Any]] = [[] for _part in wanted]
    queries = [
        part.rows.order_by().values_list(Value(n, models.IntegerField()), JSONObject(**_expressions(part)))
        for n, part in enumerate(wanted)
    ]
    if not queries:
        return found
    for n, row in queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]:
        found[n].append(_instance(wanted[n], row if isinstance(row, dict) else json.loads(row)))
    return found


def _columns(part: Part) -> tuple[str, ...]:
    """In the order of the model, in which `from_db` takes them."""
    names = [f.attname for f in part.rows.model._meta.concrete_fields]
    return tuple(n for n in names if not part.columns or n in part.columns)


def _expressions(part: Part) -> dict[str, Any]:
    model = part.rows.model
    by_name = {f.attname: f for f in model._meta.concrete_fields}
    found: dict[str, Any] = {}
    for name in _columns(part):
        # A number of JSON would lose what a decimal has beyond fifteen digits.
        decimal = isinstance(by_name[name], models.DecimalField)
        found[name] = Cast(name, models.TextField()) if decimal else F(name)
    return {**found, **{f"+{name}": F(path) for name, path in part.more.items()}}


def _instance(part: Part, row: Mapping[str, Any]) -> Any:
    model: Any = part.rows.model
    columns = _columns(part)
    readers = _readers(model, columns, part.rows.db)
    made = model.from_db(part.rows.db, list(columns), [read(row[name]) for name, read in readers])
    for name in part.more:
        setattr(made, name, row[f"+{name}"])
    return made


@cache
def _readers(model: type[models.Model], columns: tuple[str, ...], using: str) -> list[tuple[str, Callable]]:
    """(attribute, how its JSON becomes its value) of each column, in the order in which `from_db` wants them."""
    by_name = {f.attname: f for f in model._meta.concrete_fields}
    return [(name, _reader(by_name[name], using)) for name in columns]


def _reader(f: Any, using: str) -> Callable[[Any], Any]:
    target = f
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    connection = connections[using]
    if isinstance(target, models.JSONField):
        return lambda v: json.loads(v) if isinstance(v, str) else v  # SQLite keeps it as text
    if isinstance(target, models.DateTimeField):
        return _moment
    if hasattr(target, "from_db_value"):
        return lambda v: target.from_db_value(v, None, connection)
    return lambda v: None if v is None else target.to_python(v)


def _moment(text: str | None) -> datetime.datetime | None:
    found = datetime.datetime.fromisoformat(text) if text else None
    return timezone.make_aware(found, datetime.UTC) if found is not None and timezone.is_naive(found) else found
