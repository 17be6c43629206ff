"""Reading what is public, a thousand rows at a time; what names a record that is not public is left out."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import models

from diemtua.kit.dates import PartialDate
from diemtua.register.models import Record, Recorded
from diemtua.register.tabular.writing import plain_number

from .datasets import Attached, Column, Dataset, Listed

CHUNK = 1_000


def in_chunks(dataset: Dataset) -> Iterator[list[list[Any]]]:
    """Rows of values in the order of the columns; a fixed number of queries for each chunk."""
    columns = dataset.columns
    paths = sorted({c.path for c in columns if c.path} | {"pk", *_guards(columns)})
    last = 0
    while True:
        found = list(dataset.rows().filter(pk__gt=last).values(*paths)[:CHUNK])
        if not found:
            return
        last = found[-1]["pk"]
        lists = {one.name: _listed(dataset, one, [row["pk"] for row in found]) for one in dataset.listed}
        yield [
            [lists[c.name].get(row["pk"], "") if c.name in lists else _value(c, row) for c in columns] for row in found
        ]
        if len(found) < CHUNK:
            return


def _guards(columns: tuple[Column, ...]) -> Iterator[str]:
    for guard in {c.guard for c in columns if c.guard}:
        yield f"{guard}__access"
        yield f"{guard}__archived_at"


def _value(column: Column, row: dict[str, Any]) -> Any:
    # Even the number of a record that is not public says that there is one.
    if column.guard and (row[f"{column.guard}__access"] != "public" or row[f"{column.guard}__archived_at"] is not None):
        return None
    return row[column.path]


def _listed(dataset: Dataset, one: Listed, pks: list[int]) -> dict[int, str]:
    child = dataset.child(one)
    head, _sep, _rest = one.field.partition("__")
    found = child.model._default_manager.filter(**{f"{child.parent}__in": pks}, **dict(one.where)).order_by("pk")
    f: Any = child.model._meta.get_field(head)
    path = one.field
    if isinstance(f, models.ForeignKey) and (f.related_model is Record or issubclass(f.related_model, Recorded)):
        at = head if f.related_model is Record else f"{head}__record"
        found = found.filter(**{f"{at}__access": "public", f"{at}__archived_at": None})
        path = f"{at}__title"
    told: dict[int, list[str]] = defaultdict(list)
    parent = child.model._meta.get_field(child.parent).attname  # type: ignore[union-attr]
    for pk, text in found.values_list(parent, path):
        if text and text not in told[pk]:
            told[pk].append(text)
    return {pk: "; ".join(texts) for pk, texts in told.items()}


def plain(value: Any) -> Any:
    """A value for JSON: days and periods as ISO text, decimals as numbers."""
    if isinstance(value, PartialDate):
        return value.iso
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if value != "" else None


def text(value: Any) -> str:
    """A value for CSV: as in JSON, lists with "; " between, true and false in words of programs."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain_number(value.normalize())
    return str(plain(value) if plain(value) is not None else "")


def size(dataset: Dataset) -> tuple[int, datetime.datetime | None]:
    """How many rows, and when something of it last changed (None where it is empty). One query."""
    path = "created_at" if isinstance(dataset, Attached) else "record__updated_at"
    if isinstance(dataset, Attached) and not any(f.name == path for f in dataset.table._meta.get_fields()):
        path = "record__updated_at"
    found = dataset.rows().aggregate(rows=models.Count("pk"), last=models.Max(path))
    return found["rows"], found["last"]


def count(dataset: Dataset) -> int:
    return size(dataset)[0]


def changed(dataset: Dataset) -> datetime.datetime | None:
    return size(dataset)[1]
