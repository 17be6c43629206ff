"""Bringing the database to where the code is, and saying plainly why not."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.commands.migrate import Command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from diemtua.register import database

from .words import Problem, first_line, say

SAID_EVERY = 5.0  # seconds between two lines of progress


def connect() -> None:
    """Raise Problem unless the database answers, can do what is needed and is not newer than the code."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OSError, ValueError) as error:
        raise Problem(f"The database does not answer: {first_line(error)} Check DATABASE_URL.") from error
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pragma_compile_options WHERE compile_options = 'ENABLE_FTS5'")
            if not cursor.fetchone()[0]:
                raise Problem(
                    "This Python's SQLite has no full-text search (FTS5). Use another Python, or "
                    "PostgreSQL through DATABASE_URL."
                )
    elif connection.vendor == "postgresql":
        if connection.pg_version < 150000:  # type: ignore[attr-defined]
            raise Problem("PostgreSQL 15 or newer is needed.")
    else:
        raise Problem("DATABASE_URL must name SQLite or PostgreSQL.", 2)
    if unknown := newer_migrations():
        raise Problem(
            f"The database is newer than this program (it knows {unknown[0]}). "
            "Install the newer version, or restore an older backup."
        )


def require_tables() -> None:
    """Raise Problem when the database was never prepared, or has been left behind by the code."""
    if pending():
        raise Problem("The database is not where the program is. Run `diemtua up` or `diemtua load` first.")


def newer_migrations() -> list[str]:
    """Applied migrations that this code does not have."""
    applied = MigrationRecorder(connection).applied_migrations()
    known = known_migrations() if applied else set()
    return sorted(f"{app}.{name}" for app, name in applied if (app, name) not in known)


def known_migrations() -> set[tuple[str, str]]:
    """Every migration this code has, with those that others have replaced."""
    loader = MigrationExecutor(connection).loader
    return set(loader.disk_migrations) | {key for m in loader.disk_migrations.values() for key in m.replaces}


def pending() -> int:
    """How many migrations the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class _Migrate(Command):
    """Django's command, with a line every few seconds: a first start takes most of a minute."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count, self.done, self.said_at = count, 0, time.monotonic()

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        self.done += action == "apply_success"
        if time.monotonic() - self.said_at >= SAID_EVERY and self.done < self.count:
            self.said_at = time.monotonic()
            say(f"  {self.done} of {self.count} …")


def migrate() -> None:
    """Apply what is missing, with a line of progress; make triggers that are missing."""
    count = pending()
    if count:
        say(f"Preparing the database ({count} steps) …")
        command = _Migrate(count)
        with _seldom_swept():
            if not MigrationRecorder(connection).applied_migrations():
                _others_first(command)
            call_command(command, verbosity=0, interactive=False)
    if count or database.missing(connection):
        database.install(connection)


def _others_first(command: _Migrate) -> None:
    """Apply what comes with libraries to an empty database before what is ours.

    Each step makes anew all models that hang together with what it changes. Wagtail takes 150 steps, and by Django's
    order of names it would take them last, when all of ours hang together with it: half as much work again.
    """
    executor = MigrationExecutor(connection, command.migration_progress_callback)  # type: ignore[arg-type]
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("diemtua.")}
    executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] not in ours])


@contextlib.contextmanager
def _seldom_swept() -> Iterator[None]:
    """Migrations make and drop thousands of classes; looking for waste after every few was a sixth of the work."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
        gc.collect()
