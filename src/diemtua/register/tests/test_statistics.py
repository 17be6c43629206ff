"""What the planner knows is taken anew after much was entered, on both engines."""

from __future__ import annotations

import pytest
from django.db import connection

from diemtua.register import database, upkeep
from diemtua.register.models import Record

pytestmark = pytest.mark.django_db


def counted() -> int:
    """How many records the planner believes in; -1 where nothing was counted yet."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'register_record'")
        else:
            cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
            if not cursor.fetchone():
                return -1
            cursor.execute("SELECT max(CAST(stat AS integer)) FROM sqlite_stat1 WHERE tbl = 'register_record'")
        row = cursor.fetchone()
    return -1 if row is None or row[0] is None else int(row[0])


def test_everything_is_counted_at_once(samples: object) -> None:
    assert database.refresh_statistics(everything=True) == 1
    assert counted() == Record.objects.count()
    assert not database.statistics_are_old()


def test_upkeep_counts_where_much_has_changed(samples: object) -> None:
    assert upkeep.run_all()["statistics"] >= 0
