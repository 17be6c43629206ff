"""Everything in one file: rows as JSON lines by table, uploaded files, a manifest of checksums.

The form is the same on both engines, so a backup of one can be restored into the other. Rows are read
in one transaction, which on both engines is a snapshot: writers go on meanwhile and are not in it.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

import diemtua

from .words import Problem

Say = Callable[[str], None]
FORMAT = 2  # 1 had no pages of the public site: what they point at was left out
MANIFEST = "manifest.json"
CHUNK = 2000
# Of no use elsewhere, or made anew: the index of search differs between the engines.
LEFT_OUT = {
    "sessions.session",
    "wagtailadmin.editingsession",
    "wagtailsearch.indexentry",
    "wagtailsearch.sqliteftsindexentry",
}


def tables() -> list[type[models.Model]]:
    """Every table of the product, many-to-many tables included."""
    return [
        m
        for m in apps.get_models(include_auto_created=True)
        if m._meta.label_lower not in LEFT_OUT and m._meta.managed and not m._meta.proxy
    ]


def columns(model: type[models.Model]) -> list[models.Field]:
    """Stored fields; generated columns are the database's own business."""
    return [f for f in model._meta.local_concrete_fields if not isinstance(f, models.GeneratedField)]


class Encoder(DjangoJSONEncoder):
    """Moments to the microsecond, which Django's own encoder cuts; bytes (outlines) in base64, which a field reads."""

    def default(self, o: Any) -> Any:
        if isinstance(o, bytes | memoryview):
            return base64.b64encode(o).decode("ascii")
        return o.isoformat() if isinstance(o, datetime.datetime | datetime.time) else super().default(o)


class _Hashing:
    """A writer that counts and hashes what passes through."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.sha, self.size = stream, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self.stream.write(data)
        self.sha.update(data)
        self.size += len(data)


def backup(path: Path, say: Say) -> tuple[int, int]:
    """Write a backup to `path`; returns (rows, bytes). A killed backup leaves no file of that name."""
    if not path.parent.is_dir():
        raise Problem(f"The folder {path.parent} is not there.", 2)
    if path.is_dir():
        raise Problem(f"{path} is a folder. Name a file in it.", 2)
    remove_leftovers(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Only its owner reads it: all records are in it, restricted ones too.
        handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                rows = _write(archive, say)
            file.flush()
            os.fsync(file.fileno())
        size = unfinished.stat().st_size
        os.replace(unfinished, path)
    except OSError as error:
        raise Problem(f"The backup could not be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return rows, size


def remove_leftovers(path: Path) -> None:
    """Take away what backups of this name left that were killed."""
    for left in path.parent.glob(f".{path.name}.*.part"):
        pid = left.name.removesuffix(".part").rpartition(".")[2]
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            left.unlink(missing_ok=True)
        except (ValueError, OSError):  # not ours, or at work
            continue


def _write(archive: zipfile.ZipFile, say: Say) -> int:
    entries: dict[str, dict[str, Any]] = {}
    rows = 0
    with snapshot():
        applied = sorted(f"{a}.{n}" for a, n in MigrationRecorder(connection).applied_migrations())
        numbers = last_numbers()
        for model in tables():
            count = _dump(archive, model, entries)
            rows += count
            if count >= 10_000:
                say(f"  {model._meta.label}: {count} rows")
    for file in _media():
        _add_file(archive, file, entries)
    manifest = {
        "format": FORMAT,
        "product": diemtua.__version__,
        "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "engine": connection.vendor,
        "migrations": applied,
        "rows": rows,
        "numbers": numbers,
        "entries": entries,
    }
    archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return rows


def last_numbers() -> dict[str, int]:
    """{table: the last number given}, so that a number once given to a row is given to no other.

    The audit names rows by their number, also rows that are gone; never names of models and rights, which migrations
    count in their own way on each engine.
    """
    ours = {m._meta.db_table for m in tables() if m._meta.app_label not in ("auth", "contenttypes")}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
        else:
            cursor.execute(
                """SELECT t.relname, s.last_value FROM pg_sequences s
                JOIN pg_class c ON c.relname = s.sequencename AND c.relnamespace = s.schemaname::regnamespace
                JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass
                JOIN pg_class t ON t.oid = d.refobjid
                WHERE s.schemaname = current_schema() AND s.last_value IS NOT NULL"""
            )
        return {table: int(number) for table, number in cursor.fetchall() if table in ours and number}


@contextlib.contextmanager
def snapshot() -> Iterator[None]:
    """A read transaction that sees one moment and blocks nobody."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # Our SQLite connections begin as writers; a reader's snapshot must begin deferred.
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        cursor.execute("SELECT count(*) FROM django_migrations")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _dump(archive: zipfile.ZipFile, model: type[models.Model], entries: dict[str, dict[str, Any]]) -> int:
    fields = columns(model)
    name = f"rows/{model._meta.label_lower}.jsonl"
    count = 0
    with archive.open(name, "w", force_zip64=True) as stream:
        out = _Hashing(stream)
        out.write(_line([f.attname for f in fields]))
        queryset = model._base_manager.order_by("pk").values_list(*[f.attname for f in fields])
        for row in queryset.iterator(chunk_size=CHUNK):
            out.write(_line([f.get_prep_value(v) for f, v in zip(fields, row, strict=True)]))
            count += 1
    entries[name] = {"sha256": out.sha.hexdigest(), "rows": count}
    return count


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, cls=Encoder, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _media() -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    found = (p for p in root.rglob("*") if p.is_file() and not p.name.endswith(".part"))
    return sorted(found) if root.exists() else []


def _add_file(archive: zipfile.ZipFile, file: Path, entries: dict[str, dict[str, Any]]) -> None:
    name = f"files/{file.relative_to(settings.MEDIA_ROOT).as_posix()}"
    try:
        source = file.open("rb")
    except FileNotFoundError:  # taken away since it was listed: the snapshot does not know it
        return
    with source, archive.open(name, "w", force_zip64=True) as stream:
        out = _Hashing(stream)
        while block := source.read(1 << 20):
            out.write(block)
    entries[name] = {"sha256": out.sha.hexdigest(), "size": out.size}
