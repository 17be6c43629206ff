"""A look over the machine, the database and the files: one line each, ✓ or ✗ with what to do."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable

from django.conf import settings
from django.db import connection

from diemtua.register import database as register_database
from diemtua.register import upkeep

from . import database
from .words import Problem, say

Check = Callable[[bool], str]  # returns what is in order; raises Problem with what is not


def run(*, mend: bool) -> int:
    """Run every check; returns 0 when all is well, 3 otherwise."""
    wrong = 0
    for check in CHECKS:
        try:
            say(f"✓ {check(mend)}")
        except Problem as problem:
            wrong += 1
            say(f"✗ {problem}")
            if check is answers:
                break
    say("All is well." if not wrong else f"{wrong} to mend. `diemtua doctor --mend` rebuilds what can be rebuilt.")
    return 0 if not wrong else 3


def python(mend: bool) -> str:
    return f"Python {sys.version.split()[0]}"


def disk(mend: bool) -> str:
    free = shutil.disk_usage(settings.VAR).free / 1e9
    if free < 1:
        raise Problem(f"Only {free:.1f} GB are free where the data lie ({settings.VAR}). Make room.")
    return f"{free:.0f} GB free where the data lie"


def answers(mend: bool) -> str:
    database.connect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        version = cursor.fetchone()[0]
    return f"{connection.vendor} {version} answers"


def migrations(mend: bool) -> str:
    if count := database.pending():
        if not mend:
            raise Problem(f"The database lacks {count} steps. Start with `diemtua up`.")
        database.migrate()
    return "The database is where the code is"


def kept_by_database(mend: bool) -> str:
    if missing := register_database.missing(connection):
        if not mend:
            raise Problem(f"Triggers are missing: {', '.join(missing)}.")
        register_database.install(connection)
        register_database.rebuild_index(connection)
    behind = register_database.index_is_behind(connection)
    if behind and mend:
        register_database.rebuild_index(connection)
        behind = False
    if behind:
        raise Problem("The search index is not in step with the records.")
    return "The search index is in step and the audit cannot be changed"


def keys(mend: bool) -> str:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(5)")
            found = [row[0] for row in cursor.fetchall()]
            if found != ["ok"]:
                raise Problem(f"The database file is damaged ({found[0]}). Restore the last backup.")
    connection.check_constraints()
    return "The database is whole"


def reference(mend: bool) -> str:
    from diemtua.places.models import AdminUnit, Country

    if not Country.objects.exists():
        if not mend:
            raise Problem("Reference data are not loaded. Run `diemtua load --no-demo`.")
        from .serving import load_reference

        load_reference()
    return f"{Country.objects.count()} countries, {AdminUnit.objects.count()} administrative units"


def files(mend: bool) -> str:
    from diemtua.sources.models import Document

    count = 0
    for document in Document.objects.exclude(file="").only("file", "sha256").iterator(chunk_size=500):
        count += 1
        try:
            with document.file.open("rb") as stream:
                sha = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise Problem(f"The file {document.file.name} is missing. Bring it back from a backup.") from error
        if document.sha256 and sha != document.sha256:
            raise Problem(f"The file {document.file.name} is not what was stored. Bring it back from a backup.")
    return f"{count} files as they were stored"


def translations(mend: bool) -> str:
    if not (settings.LOCALE_PATHS[0] / "vi" / "LC_MESSAGES" / "django.mo").exists():
        raise Problem("Vietnamese is not compiled. Run `make up`.")
    return "Vietnamese and English are there"


def assets(mend: bool) -> str:
    if not (settings.PACKAGE / "static" / "vendor" / "tabler.min.css").exists():
        raise Problem("The front-end libraries are not in place. Run `make up`.")
    return "The front-end libraries are in place"


def kept_up(mend: bool) -> str:
    """What falls due with time and the server does by itself."""
    if mend:
        upkeep.run_all()
    if late := [job.said % {"n": n} for job in upkeep.jobs() if (n := job.overdue())]:
        raise Problem(f"{' '.join(late)} A running server does this by itself, and so does `diemtua doctor --mend`.")
    return "Nothing that falls due with time is left undone"


CHECKS: tuple[Check, ...] = (
    python, disk, answers, migrations, kept_by_database, keys, reference, files, kept_up, translations, assets,
)  # fmt: skip
