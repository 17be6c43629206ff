"""Bringing the database to where the code is, and saying plainly why not."""

from __future__ import annotations

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from diemtua.register import database

from .main import Problem, say


def connect() -> None:
    """Raise Problem unless the database answers and is not newer than the code."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OSError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise Problem(f"The database does not answer: {first}. Check DATABASE_URL.") from error
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pragma_compile_options WHERE compile_options = 'ENABLE_FTS5'")
            if not cursor.fetchone()[0]:
                raise Problem("This Python's SQLite has no full-text search (FTS5). Use another Python, or "
                              "PostgreSQL through DATABASE_URL.")
    elif connection.vendor == "postgresql" and connection.pg_version < 150000:  # type: ignore[attr-defined]
        raise Problem("PostgreSQL 15 or newer is needed.")
    if unknown := newer_migrations():
        raise Problem(f"The database is newer than this program (it knows {unknown[0]}). "
                      "Install the newer version, or restore an older backup.")


def newer_migrations() -> list[str]:
    """Applied migrations of our apps that this code does not have."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    ours = {app for app, _name in known}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if (app, name) not in known and app in ours
                  and (app, name) not in _squashed(executor))


def _squashed(executor: MigrationExecutor) -> set[tuple[str, str]]:
    return {key for m in executor.loader.disk_migrations.values() for key in m.replaces}


def pending() -> int:
    """How many migrations the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Apply what is missing, with a line of progress; make triggers that are missing."""
    if count := pending():
        say(f"Preparing the database ({count} steps) …")
        call_command("migrate", verbosity=0, interactive=False)
    database.install(connection)
