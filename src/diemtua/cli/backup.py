"""Everything in one file, and back: rows as JSON lines by table, uploaded files, a manifest of checksums.

The form is the same on both engines, so a backup of one can be restored into the other. Rows are read
in one transaction, which on both engines is a snapshot: writers go on meanwhile and are not in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

import diemtua
from diemtua.register import database as register_database
from diemtua.register.vocabulary import forget_cache

from . import database
from .main import Problem

Say = Callable[[str], None]
MANIFEST = "manifest.json"
CHUNK = 2000
# Made anew by migration, or of no use elsewhere.
LEFT_OUT = {"contenttypes.contenttype", "auth.permission", "auth.group", "sessions.session"}


def tables() -> list[type[models.Model]]:
    """Every table of the product in an order in which rows can be inserted without looking ahead much."""
    return [
        m for m in apps.get_models(include_auto_created=True)
        if m._meta.label_lower not in LEFT_OUT and m._meta.managed and not m._meta.proxy
        and not any(isinstance(f, models.ForeignKey) and f.related_model in _left_out() for f in m._meta.local_fields)
    ]


def _left_out() -> set[Any]:
    return {apps.get_model(label) for label in LEFT_OUT}


def columns(model: type[models.Model]) -> list[models.Field]:
    """Stored fields; generated columns are the database's own business."""
    return [f for f in model._meta.local_concrete_fields if not isinstance(f, models.GeneratedField)]


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
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    entries: dict[str, dict[str, Any]] = {}
    rows = 0
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            with snapshot():
                applied = sorted(f"{a}.{n}" for a, n in MigrationRecorder(connection).applied_migrations())
                for model in tables():
                    count = _dump(archive, model, entries)
                    rows += count
                    if count >= 10_000:
                        say(f"  {model._meta.verbose_name_plural}: {count}")
            for file in _media():
                _add_file(archive, file, entries)
            manifest = {
                "format": 1, "product": diemtua.__version__, "made": datetime.now(UTC).isoformat(timespec="seconds"),
                "engine": connection.vendor, "migrations": applied, "rows": rows, "entries": entries,
            }
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        with unfinished.open("rb") as file_handle:
            os.fsync(file_handle.fileno())
        os.replace(unfinished, path)
    except OSError as error:
        raise Problem(f"The backup could not be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return rows, path.stat().st_size


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
    return json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _media() -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(p for p in root.rglob("*") if p.is_file()) if root.exists() else []


def _add_file(archive: zipfile.ZipFile, file: Path, entries: dict[str, dict[str, Any]]) -> None:
    name = f"files/{file.relative_to(settings.MEDIA_ROOT).as_posix()}"
    with archive.open(name, "w", force_zip64=True) as stream, file.open("rb") as source:
        out = _Hashing(stream)
        while block := source.read(1 << 20):
            out.write(block)
    entries[name] = {"sha256": out.sha.hexdigest(), "size": out.size}


# --- restore --------------------------------------------------------------------------------------


def restore(path: Path, *, force: bool, say: Say) -> int:
    """Bring a backup back after verifying every checksum; returns the number of rows.

    Nothing is touched before all is verified. A database that holds records needs `force`.
    """
    if not path.is_file():
        raise Problem(f"There is no file {path}.", 2)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise Problem(f"{path} is no backup of Điểm Tựa, or it is damaged. Use another copy.", 1) from error
    with archive:
        manifest = verify(archive, path)
        say("Every checksum is right.")
        database.connect()
        _refuse_newer(manifest)
        if not force and _holds_records():
            raise Problem("The database holds records. Use --force to replace them with the backup; "
                          "make a backup of them first.")
        database.migrate()
        _put_files(archive, manifest)
        with transaction.atomic():
            _empty()
            for model in tables():
                name = f"rows/{model._meta.label_lower}.jsonl"
                if name in manifest["entries"]:
                    _fill(archive, name, model)
            _reset_sequences()
        forget_cache()
        register_database.install(connection)
    connections.close_all()
    return int(manifest["rows"])


def verify(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    """The manifest, after every entry has been read and its checksum compared."""
    damaged = Problem(f"{path} is damaged: use another copy of the backup. Nothing was changed.", 1)
    try:
        manifest = json.loads(archive.read(MANIFEST))
        entries = manifest["entries"]
        for name, entry in entries.items():
            if name.startswith("files/") and (".." in Path(name).parts or Path(name).is_absolute()):
                raise damaged
            sha = hashlib.sha256()
            with archive.open(name) as stream:
                while block := stream.read(1 << 20):
                    sha.update(block)
            if sha.hexdigest() != entry["sha256"]:
                raise damaged
    except (KeyError, ValueError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise damaged from error
    return manifest


def _refuse_newer(manifest: dict[str, Any]) -> None:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    known = {f"{a}.{n}" for a, n in loader.disk_migrations} | {
        f"{a}.{n}" for m in loader.disk_migrations.values() for a, n in m.replaces
    }
    if newer := [m for m in manifest["migrations"] if m not in known]:
        raise Problem(f"The backup was made by a newer version (it has {newer[0]}). Install that version first.")


def _holds_records() -> bool:
    names = set(connection.introspection.table_names())
    for label in ("register.Record", "register.User"):
        model = apps.get_model(label)
        if model._meta.db_table in names and model._base_manager.exists():
            return True
    return False


def _empty() -> None:
    """Empty every table of ours, and those that migration fills again."""
    quoted = [connection.ops.quote_name(m._meta.db_table) for m in tables()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(quoted)} CASCADE")
            return
        # The audit's triggers refuse deletion; a restore is the one act above them.
        for name in register_database.missing_or_all():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for table in reversed(quoted):
            cursor.execute(f"DELETE FROM {table}")
        register_database.empty_index(cursor)
        register_database.install(connection)


def _fill(archive: zipfile.ZipFile, name: str, model: type[models.Model]) -> None:
    with archive.open(name) as raw:
        lines = io.TextIOWrapper(raw, encoding="utf-8")
        header = json.loads(next(lines))
        by_name = {f.attname: f for f in columns(model)}
        fields = [by_name.get(n) for n in header]
        known = [f for f in fields if f is not None]
        batch: list[models.Model] = []
        for line in lines:
            row = model()
            for f, value in zip(fields, json.loads(line), strict=True):
                if f is not None:
                    setattr(row, f.attname, value if value is None or isinstance(f, models.JSONField)
                            or isinstance(f, models.ForeignKey) else f.to_python(value))
            batch.append(row)
            if len(batch) >= CHUNK:
                _insert(model, known, batch)
                batch = []
        if batch:
            _insert(model, known, batch)


def _insert(model: type[models.Model], fields: list[models.Field], rows: list[models.Model]) -> None:
    """Insert as stored: `raw` keeps days of change as they were."""
    step = max(1, connection.features.max_query_params // len(fields) if connection.features.max_query_params else CHUNK)
    for start in range(0, len(rows), step):
        query = models.sql.InsertQuery(model)
        query.insert_values(fields, rows[start : start + step], raw=True)
        query.get_compiler(connection=connection).execute_sql()


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _put_files(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    root = Path(settings.MEDIA_ROOT)
    for name in manifest["entries"]:
        if name.startswith("files/"):
            target = root / name.removeprefix("files/")
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f".{target.name}.part")
            with archive.open(name) as source, unfinished.open("wb") as out:
                while block := source.read(1 << 20):
                    out.write(block)
            os.replace(unfinished, target)
