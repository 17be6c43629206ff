"""Making and inserting many rows at once, past the parts of Django that cost most of an import's time.

The rows are the same as `model()` and `bulk_create` give. SQL of both engines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connections, models, router
from django.db.models.base import ModelState
from django.utils import timezone

AT_ONCE = 400  # rows in one statement; SQLite takes 32,766 values
FEW = 20  # so many rows are not worth a COPY
_AS_IS = (str, int, bool, type(None))
_PLAIN_FIELDS = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.IntegerField,
    models.ForeignKey,
)


M = TypeVar("M", bound=models.Model)


@cache
def _template(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The attributes of a new instance, and those whose default is made anew for each."""
    attributes = {k: v for k, v in model().__dict__.items() if k != "_state"}
    attributes |= {k: v.value for k, v in attributes.items() if isinstance(v, models.Choices)}
    fresh = [
        (f.attname, f.get_default)
        for f in model._meta.concrete_fields
        if f.attname in attributes and f.has_default() and callable(f.default)
    ]
    return attributes, fresh


def blank(model: type[M]) -> M:
    """`model()` at a fifth of its cost, for making many."""
    attributes, fresh = _template(model)
    row = model.__new__(model)
    row.__dict__.update(attributes)
    row._state = ModelState()
    for name, default in fresh:
        row.__dict__[name] = default()
    return row


@cache
def _insert_plan(model: type[models.Model], with_pk: bool) -> list[tuple[Any, str, bool]]:
    """(field, attribute, whether plain values of it go to the database as they are) of each column."""
    plan = []
    for f in model._meta.local_concrete_fields:
        if f.generated or (f.primary_key and not with_pk):
            continue
        own_way = type(f).pre_save is not models.Field.pre_save or f.get_internal_type() in (
            "JSONField",
            "FileField",
        )
        plan.append((f, f.attname, isinstance(f, _PLAIN_FIELDS) and not own_way))
    return plan


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert unsaved instances of one model, filling their numbers: `bulk_create` at a quarter of its cost.

    All have their primary key already, or none has. No conflicts are ignored.
    """
    if not rows:
        return
    model = type(rows[0])
    using = router.db_for_write(model)
    there = connections[using]
    pk: Any = model._meta.pk
    copy = there.vendor == "postgresql" and len(rows) > FEW
    with there.cursor() as cursor:
        if copy and rows[0].pk is None:
            _reserve(cursor, model, rows)
        with_pk = rows[0].pk is not None
        plan = _insert_plan(model, with_pk)
        moments = _moments(rows, plan, there)
        quote = there.ops.quote_name
        into = f"{quote(model._meta.db_table)} ({', '.join(quote(f.column) for f, _attname, _plain in plan)})"
        if copy:
            with there.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as stream:
                for row in rows:
                    stream.write_row(_values(row, plan, there, moments))
        else:
            one = f"({', '.join(['%s'] * len(plan))})"
            for start in range(0, len(rows), AT_ONCE):
                part = rows[start : start + AT_ONCE]
                values = [v for row in part for v in _values(row, plan, there, moments)]
                sql = f"INSERT INTO {into} VALUES {', '.join([one] * len(part))}"
                cursor.execute(sql if with_pk else f"{sql} RETURNING {quote(pk.column)}", values)
                if not with_pk:
                    # In order of the rows on both engines, as bulk_create trusts too.
                    for row, (number,) in zip(part, cursor.fetchall(), strict=True):
                        setattr(row, pk.attname, number)
    for row in rows:
        row._state.adding, row._state.db = False, using


def _values(row: models.Model, plan: list[tuple[Any, str, bool]], there: Any, moments: dict[str, Any]) -> list[Any]:
    """The row's columns as the engine takes them. `moments` are those that are the same for all rows."""
    state = row.__dict__
    return [
        value
        if plain and type(value := state[attname]) in _AS_IS
        else moments[attname]
        if attname in moments
        else f.get_db_prep_save(f.pre_save(row, True), there)
        for f, attname, plain in plan
    ]


def _moments(rows: Sequence[models.Model], plan: list[tuple[Any, str, bool]], there: Any) -> dict[str, Any]:
    """Set the time of entry, one for all rows, and give it as the engine takes it."""
    now = timezone.now()
    moments = {}
    for f, attname, _plain in plan:
        if isinstance(f, models.DateTimeField) and (f.auto_now or f.auto_now_add):
            moments[attname] = f.get_db_prep_save(now, there)
            for row in rows:
                row.__dict__[attname] = now
    return moments


def _reserve(cursor: Any, model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Give the rows numbers of the table's own sequence (PostgreSQL), for COPY tells none."""
    pk: Any = model._meta.pk
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
        [model._meta.db_table, pk.column, len(rows)],
    )
    for row, (number,) in zip(rows, sorted(cursor.fetchall()), strict=True):
        setattr(row, pk.attname, number)
