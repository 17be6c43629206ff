"""Bringing a backup back: everything is verified before anything is touched, then one transaction.

A restore that is killed leaves the database as it was. Files come first: one too many harms nothing. One that would
take the place of another (pictures go by their name) is put beside it, and takes its place when all rows are back.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, models, transaction
from wagtail.search.models import IndexEntry

from diemtua.register import database as register_database
from diemtua.register.vocabulary import forget_cache

from . import database, pages
from .backup import CHUNK, FORMAT, MANIFEST, Say, columns, tables
from .words import Problem, first_line

# What reading a zip with wrong bytes in it may raise.
DAMAGE = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


def restore(path: Path, *, force: bool, say: Say) -> int:
    """Bring a backup back; returns the number of rows. A database that holds records needs `force`."""
    if not path.is_file():
        raise Problem(f"There is no file {path}.", 2)
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise Problem(f"{path} is no backup of Điểm Tựa, or it is damaged. Nothing was changed.", 1) from error
    with archive:
        manifest = verify(archive, path)
        say("Every checksum is right.")
        database.connect()
        refuse_newer(manifest)
        if not force and holds_records():
            raise Problem("The database holds records. Make a backup of them first, then use --force to replace them.")
        database.migrate()
        replaced = put_files(archive, manifest)
        try:
            with transaction.atomic():
                groundwork = {} if holds_pages(manifest) else pages.groundwork()
                empty()
                rows = sum(fill(archive, manifest, model) for model in tables())
                pages.lay(groundwork)
                set_numbers(manifest.get("numbers", {}))
                pages.finish()
        except (DatabaseError, ValueError, ValidationError) as error:
            for unfinished in replaced:
                unfinished.unlink(missing_ok=True)
            raise Problem(f"The backup does not fit: {first_line(error)} The database is as it was.", 1) from error
        for unfinished, target in replaced.items():
            os.replace(unfinished, target)
    register_database.refresh_statistics(everything=True)
    forget_cache()
    connections.close_all()
    return rows


# --- before anything is touched -------------------------------------------------------------------


def verify(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    """The manifest, after every entry has been read and its checksum compared."""
    damaged = Problem(f"{path} is damaged, or is no backup of Điểm Tựa: use another copy. Nothing was changed.", 1)
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if int(manifest["format"]) > FORMAT:
            raise Problem(
                "The backup was made by a newer version of Điểm Tựa. Install that version first. Nothing was changed.",
                1,
            )
        for name, entry in manifest["entries"].items():
            if not is_safe(name):
                raise damaged
            sha = hashlib.sha256()
            with archive.open(name) as stream:
                while block := stream.read(1 << 20):
                    sha.update(block)
            if sha.hexdigest() != entry["sha256"]:
                raise damaged
        [str(m) for m in manifest["migrations"]]
        {str(table): int(number) for table, number in manifest.get("numbers", {}).items()}
    except DAMAGE as error:
        raise damaged from error
    return manifest


def is_safe(name: str) -> bool:
    """Whether an entry's name stays within its own folder, on every system."""
    folder, slash, rest = name.partition("/")
    parts = rest.split("/")
    plain = all(p not in ("", ".", "..") and not set(p) & set("\\:\0") for p in parts)
    return bool(slash) and plain and folder in ("rows", "files")


def refuse_newer(manifest: dict[str, Any]) -> None:
    known = {f"{app}.{name}" for app, name in database.known_migrations()}
    if newer := [m for m in manifest["migrations"] if m not in known]:
        raise Problem(
            f"The backup was made by a newer version of Điểm Tựa (it has {newer[0]}). "
            "Install that version first. Nothing was changed.",
            1,
        )


def holds_records() -> bool:
    names = set(connection.introspection.table_names())
    for label in ("register.Record", "register.User"):
        model = apps.get_model(label)
        if model._meta.db_table in names and model._base_manager.exists():
            return True
    return False


# --- one transaction ------------------------------------------------------------------------------


def holds_pages(manifest: dict[str, Any]) -> bool:
    return "rows/wagtailcore.page.jsonl" in manifest["entries"]


def empty() -> None:
    """Empty every table of ours. The audit refuses deletion; a restore is the one act above that."""
    quoted = [connection.ops.quote_name(m._meta.db_table) for m in [*tables(), IndexEntry]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(quoted)} CASCADE")
            return
        for name in register_database.missing_or_all():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for table in reversed(quoted):
            cursor.execute(f"DELETE FROM {table}")
        register_database.empty_index(cursor)
        register_database.install(connection)


def fill(archive: zipfile.ZipFile, manifest: dict[str, Any], model: type[models.Model]) -> int:
    """Insert the rows of one table as they were stored; returns how many."""
    name = f"rows/{model._meta.label_lower}.jsonl"
    if name not in manifest["entries"]:  # an older version had no such table
        return 0
    by_name = {f.attname: f for f in columns(model)}
    count = 0
    batch: list[models.Model] = []
    with archive.open(name) as raw:
        lines = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
        fields = [by_name.get(column) for column in json.loads(next(lines))]
        known = [f for f in fields if f is not None]
        names = [f.attname for f in known]
        for line in lines:
            values = [_python(f, v) for f, v in zip(fields, json.loads(line), strict=True) if f is not None]
            # Made as a row that was read: a new one would ask for defaults, some of them in the database.
            batch.append(model.from_db(connection.alias, names, values))
            count += 1
            if len(batch) == CHUNK:
                _insert(model, known, batch)
                batch = []
    if batch:
        _insert(model, known, batch)
    return count


def _python(f: models.Field, value: Any) -> Any:
    as_it_is = value is None or isinstance(f, models.JSONField | models.ForeignKey)
    return value if as_it_is else f.to_python(value)


def _insert(model: type[models.Model], fields: list[models.Field], rows: list[models.Model]) -> None:
    """Insert as stored: `raw` keeps days of change as they were."""
    most = connection.features.max_query_params
    step = max(1, most // len(fields)) if most else CHUNK
    for start in range(0, len(rows), step):
        query = models.sql.InsertQuery(model)
        query.insert_values(fields, rows[start : start + step], raw=True)
        query.get_compiler(connection=connection).execute_sql()


def set_numbers(numbers: dict[str, int]) -> None:
    """Let new rows be numbered after the last number that was ever given."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)
        for model in tables():
            table, key = model._meta.db_table, model._meta.auto_field
            number = numbers.get(table, 0)
            if key is None or number < 1:
                continue
            if connection.vendor == "sqlite":
                cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [number, table])
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) SELECT %s, %s WHERE NOT EXISTS "
                    "(SELECT 1 FROM sqlite_sequence WHERE name = %s)",
                    [table, number, table],
                )
            else:
                quoted = connection.ops.quote_name(table)
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence(%s, %s), "
                    f"greatest(%s, (SELECT coalesce(max({connection.ops.quote_name(str(key.column))}), 1) FROM {quoted})))",
                    [quoted, key.column, number],
                )


# --- files ----------------------------------------------------------------------------------------


def put_files(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> dict[Path, Path]:
    """Put files where they belong; {where it stands now: what it is to replace} of those with another's name."""
    root = Path(settings.MEDIA_ROOT)
    replaced: dict[Path, Path] = {}
    for name, entry in manifest["entries"].items():
        if not name.startswith("files/"):
            continue
        target = root / name.removeprefix("files/")
        if target.exists() and _sha256(target) == entry["sha256"]:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.part")
        with archive.open(name) as source, unfinished.open("wb") as out:
            while block := source.read(1 << 20):
                out.write(block)
        if target.exists():
            replaced[unfinished] = target
        else:
            os.replace(unfinished, target)
    return replaced


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
