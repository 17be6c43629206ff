"""Values in stored (JSON) form, as the audit keeps them, and back."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.db import models

from diemtua.kit.dates import PartialDate

from ..screens import ChildSet

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
    names_in_row = attnames(type(instance))
    return {n: to_stored(getattr(instance, names_in_row[n])) for n in names}


@cache
def attnames(model: type[models.Model]) -> dict[str, str]:
    return {f.name: f.attname for f in model._meta.concrete_fields}


@cache
def key_names(model: type[models.Model]) -> frozenset[str]:
    return frozenset(f.name for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey))


def set_stored(instance: models.Model, values: Mapping[str, Any]) -> None:
    """The reverse of `stored_fields`."""
    for name, value in values.items():
        f = instance._meta.get_field(name)
        setattr(instance, f.attname, None if value is None else f.to_python(value))  # type: ignore[union-attr]


def assign(instance: models.Model, values: Mapping[str, Any]) -> None:
    model = type(instance)
    for name, value in values.items():
        if name in key_names(model) and not isinstance(value, models.Model):
            name = attnames(model)[name]
        setattr(instance, name, value)


def from_stored(model: type[models.Model], name: str, stored: Any) -> Any:
    f = model._meta.get_field(name)
    if stored is None:
        return "" if isinstance(f, models.CharField | models.TextField) and not f.null else None
    return stored if isinstance(f, models.ForeignKey) else f.to_python(stored)  # type: ignore[union-attr]


def stored_child(child: ChildSet, row: models.Model) -> dict[str, Any]:
    return {"id": row.pk, **stored_fields(row, child.fields)}
