"""Queries put together once and asked again with other values.

Django spends more time on writing the SQL of a record page than the database on answering it, and PostgreSQL
more on planning it. Here a queryset becomes SQL once (in each thread, for its shape: the same text whatever the
number of the record), and PostgreSQL keeps its plan. Nothing of the answers is kept.

Only for queries whose best plan is the same for every value, such as rows of one record: PostgreSQL plans them
without looking at the values.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators

MOST_KNOWN = 400
Value = int | str | list[int]
ALIAS = "default"


@dataclass(frozen=True)
class _Question:
    """A queryset as SQL, and how its rows become instances (`model` None: they stay tuples)."""

    sql: str
    params: tuple[Any, ...]
    slots: tuple[tuple[int, int], ...]
    compiler: Any
    converters: dict[int, Any]
    model: Any = None
    span: tuple[int, int] = (0, 0)
    attnames: tuple[str, ...] = ()
    populators: tuple[Any, ...] = ()
    annotations: tuple[tuple[str, int], ...] = ()

    def filled(self, values: Sequence[Value]) -> tuple[Any, ...]:
        params = list(self.params)
        for at, slot in self.slots:
            here, value = params[at], values[slot]
            if isinstance(value, list):
                params[at] = value if isinstance(here, list) else json.dumps(value)
            else:
                params[at] = type(here)(value)  # the type says to PostgreSQL how wide a number it is
        return tuple(params)

    def read(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        found = self.compiler.apply_converters(rows, self.converters) if self.converters else rows
        if self.model is None:
            return [tuple(row) for row in found]
        instances = []
        first, last = self.span
        for row in found:
            instance = self.model.from_db(ALIAS, self.attnames, row[first:last])
            for populator in self.populators:
                populator.populate(row, instance)
            for name, at in self.annotations:
                setattr(instance, name, row[at])
            instances.append(instance)
        return instances


# By thread, as Django's connections are: what is known belongs to the thread's connection.
_known = threading.local()


def _slot(value: Value, number: int) -> Value:
    """What stands where a value will stand while the SQL is written: nothing that any row bears."""
    unique = 2**62 + 7 + number
    return [unique] if isinstance(value, list) else f"\ue000{number}\ue000" if isinstance(value, str) else unique


def _number_of(param: Any, slots: Sequence[Value]) -> int | None:
    for number, slot in enumerate(slots):
        if param == slot or (isinstance(slot, list) and param == json.dumps(slot)):
            return number
    return None


def ask(key: Hashable, build: Callable[..., QuerySet], *values: Value, planned: bool = True) -> list[Any]:
    """The rows of `build(*values)`: instances with what select_related fetched, or tuples of a values_list.

    `key` must say everything on which `build` depends beside the values (the kind, the person's role and unit).
    The values are numbers, texts and lists of numbers (for `database.among`) that stand in the query as they are,
    of one type for each key. No prefetches.
    `planned=False` where the best plan does depend on them.
    """
    cache: OrderedDict[Hashable, _Question | None] = _known.__dict__.setdefault("questions", OrderedDict())
    if any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in values):
        return []
    key = (connections[ALIAS].vendor, key)
    if key in cache:
        cache.move_to_end(key)
    else:
        slots = [_slot(value, number) for number, value in enumerate(values)]
        cache[key] = _compiled(build(*slots), slots)
        while len(cache) > MOST_KNOWN:
            cache.popitem(last=False)
    question = cache[key]
    return [] if question is None else question.read(execute(question.sql, question.filled(values), planned=planned))


def _compiled(queryset: QuerySet, values: Sequence[Value]) -> _Question | None:
    compiler = queryset.query.get_compiler(ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = ((at, _number_of(param, values)) for at, param in enumerate(params))
    slots = tuple((at, number) for at, number in places if number is not None)
    converters = compiler.get_converters([column for column, *_rest in compiler.select[: compiler.col_count]])
    question = _Question(sql, tuple(params), slots, compiler, converters)
    if not issubclass(queryset._iterable_class, ModelIterable):
        return question
    info: Any = compiler.klass_info
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    return _Question(
        sql,
        tuple(params),
        slots,
        compiler,
        converters,
        info["model"],
        (first, last),
        tuple(column.target.attname for column, *_rest in compiler.select[first:last]),
        tuple(get_related_populators(info, compiler.select, ALIAS)),  # type: ignore[call-arg]
        tuple((compiler.annotation_col_map or {}).items()),
    )


def compiled(querysets: Iterable[Any]) -> tuple[str, tuple[Any, ...]]:
    """Several bounded lists of the same columns as one UNION ALL: its SQL ("" for none) and its values."""
    parts: list[str] = []
    params: list[Any] = []
    for n, queryset in enumerate(querysets):
        try:
            sql, own = queryset.query.sql_with_params()
        except EmptyResultSet:  # a list that can hold nothing
            continue
        # A subquery of its own, because SQLite allows no ORDER BY within a UNION.
        parts.append(f"SELECT * FROM ({sql}) AS part{n}")
        params += own
    return " UNION ALL ".join(parts), tuple(params)


def together(querysets: Iterable[Any]) -> list[tuple[Any, ...]]:
    """The rows of several bounded lists of plain columns, in one query."""
    sql, params = compiled(querysets)
    return execute(sql, params, planned=False) if sql else []


def execute(sql: str, params: Sequence[Any], *, planned: bool = True) -> list[tuple[Any, ...]]:
    """All rows of a statement that is asked again and again; PostgreSQL plans it once for each connection."""
    connection: Any = connections[ALIAS]
    if planned and _keeps_plans(connection):
        # Django writes values into the text, so that every statement is a new one. This cursor sends them beside.
        from psycopg import RawCursor

        cursor, sql = connection._prepare_cursor(RawCursor(connection.connection)), _numbered(sql)
    else:
        cursor = connection.cursor()
    with cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _keeps_plans(connection: Any) -> bool:
    """Whether statements may be kept on this connection; opens it where it is not open."""
    if connection.vendor != "postgresql":
        return False
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection.connection.prepare_threshold is not None


@lru_cache(maxsize=MOST_KNOWN)
def _numbered(sql: str) -> str:
    """`%s` as `$1`, `$2`: psycopg would look for them in the whole text each time."""
    numbers = count(1)
    return re.sub(r"%([s%])", lambda found: f"${next(numbers)}" if found[1] == "s" else "%", sql)
