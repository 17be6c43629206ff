"""What each figure is measured against: the same rows by one SQL query written by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from diemtua.kit.text import fold, sort_key
from diemtua.register.models import User
from diemtua.register.screens import screen_of

SEEN = "(r.access IN ('public', 'internal') OR (r.access = 'unit' AND r.unit_id = %s)) AND r.archived_at IS NULL"


def _run(sql: str, values: list[Any]) -> Callable[[], Any]:
    def call() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    return call


def listing(kind: str, user: User) -> Callable[[], Any]:
    """The first 50 rows of a register as its default order has them."""
    screen = screen_of(kind)
    parts = []
    for name in next(iter(screen.orderings.values())):
        down, field = name.startswith("-"), name.lstrip("-")
        column = {"pk": "m.record_id", "record": "m.record_id", "record__sort_key": "r.sort_key"}.get(
            field, f"m.{field}"
        )
        parts.append(f"{column} {'DESC' if down else 'ASC'}")
    sql = (
        f"SELECT m.*, r.title, r.access, r.confidence, u.name FROM {screen.model._meta.db_table} m "
        f"JOIN register_record r ON r.id = m.record_id LEFT JOIN register_orgunit u ON u.id = r.unit_id "
        f"WHERE {SEEN}{' AND r.kind = %s' if 'r.sort_key' in parts[0] else ''} ORDER BY {', '.join(parts)} LIMIT 50"
    )
    return _run(sql, [user.unit_id, *([kind] if "r.sort_key" in parts[0] else [])])


def record(kind: str, pk: int) -> Callable[[], Any]:
    table = screen_of(kind).model._meta.db_table
    return _run(
        f"SELECT m.*, r.*, f.* FROM {table} m JOIN register_record r ON r.id = m.record_id "
        f"LEFT JOIN register_figure f ON f.record_id = r.id WHERE m.record_id = %s",
        [pk],
    )


def search(text: str) -> Callable[[], Any]:
    """The newest 50 records that have the words, unranked."""
    words = fold(text).split()
    if connection.vendor == "sqlite":
        match = "{search_text} : (" + " AND ".join(f'"{w}"' for w in words) + ")"
        return _run(
            "SELECT r.id, r.title FROM register_search s JOIN register_record r ON r.id = s.rowid "
            "WHERE register_search MATCH %s ORDER BY s.rowid DESC LIMIT 50",
            [match],
        )
    return _run(
        "SELECT id, title FROM register_record WHERE search_vector @@ %s::tsquery ORDER BY id DESC LIMIT 50",
        [" & ".join(f"'_{w}'" for w in words)],
    )


def complete(text: str) -> Callable[[], Any]:
    key = fold(text)
    return _run(
        "SELECT id, title FROM register_record WHERE kind = 'party' AND title_key >= %s AND title_key < %s "
        "ORDER BY title_key LIMIT 20",
        [key, key + "\U0010ffff"],
    )


def create(number: int) -> Callable[[], Any]:
    """The bare rows of a record: Record, engagement, audit, two figures, in one transaction."""

    def call() -> None:
        title = f"Bản ghi sàn số {number}"
        now = "2026-11-20 08:00:00+00:00"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO register_record (kind, title, title_key, sort_key, search_text, access, confidence, version, "
                "created_at, updated_at) VALUES ('engagement', %s, %s, %s, %s, 'internal', '', 1, %s, %s) RETURNING id",
                [title, fold(title), sort_key(title), fold(title), now, now],
            )
            pk = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO engagements_engagement (record_id, form, status, held, purpose, place, outcome, "
                "is_international_conference, prime_minister_decides, permission_number, currency, funding) "
                "VALUES (%s, 'meeting', 'held', '2026-11-04', '', '', '', %s, %s, '', '', '')",
                [pk, False, False],
            )
            cursor.execute(
                "INSERT INTO register_change (record_id, subject, at, verb, reason, diff, version) "
                "VALUES (%s, '', %s, 'create', '', %s, 1)",
                [pk, now, json.dumps({"title": [None, title]})],
            )
            for measure in ("capital", "jobs"):
                cursor.execute(
                    "INSERT INTO register_figure (record_id, measure, value, wording, unit, stage, created_at) "
                    "VALUES (%s, %s, 12, '', 'tỷ đồng', 'announced', %s)",
                    [pk, measure, now],
                )

    return call
