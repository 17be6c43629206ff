"""The two databases of the benchmark, each seeded once and kept under <var>/bench between runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from diemtua.testing import postgres as pg

# A server that is used: durable, but for the flush at every commit that a laptop's disk would be measured by.
SETTINGS = {
    **pg.SETTINGS,
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "512MB",
    "full_page_writes": "on",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _manage(url: str, folder: Path, *arguments: str) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DIEMTUA_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "diemtua.config.settings",
    }
    subprocess.run(
        [sys.executable, "-m", *arguments],
        check=True,
        env=environment,
        stdout=sys.stderr,
        cwd=Path(__file__).resolve().parent.parent,
    )


def _stamp(rows: int) -> str:
    """Changes whenever the seeded file would be another one: rows, migrations, the seeding itself."""
    import hashlib

    here = Path(__file__).resolve().parent
    package = Path(sys.modules["diemtua"].__file__ or "").parent
    files = [
        here / "seed.py",
        here / "phrases.py",
        package / "register/database.py",
        package / "kit/text.py",
        *sorted(package.glob("*/migrations/*.py")),
    ]
    return f"{rows}-{hashlib.sha256(b''.join(f.read_bytes() for f in files)).hexdigest()[:12]}"


def sqlite_file(folder: Path, rows: int) -> Path:
    """A seeded SQLite file; made when it is not there yet."""
    path = folder / f"{_stamp(rows)}.sqlite3"
    if not path.exists():
        for old in folder.glob(f"{rows}-*.sqlite3*"):
            old.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        url = f"sqlite:///{part}"
        say(f"Seeding {rows:,} records into SQLite (once) …")
        start = time.monotonic()
        _manage(url, folder, "django", "migrate", "--verbosity", "0")
        _manage(url, folder, "bench.seed", str(part), str(rows))
        with sqlite3.connect(part) as db:
            db.execute("PRAGMA journal_mode=WAL")
        part.rename(path)
        say(f"… {time.monotonic() - start:.0f} s, {path.stat().st_size / 1e6:,.0f} MB")
    return path


@contextmanager
def sqlite(folder: Path, rows: int) -> Iterator[str]:
    """The address of a copy of the seeded file, so that what the benchmark writes is gone the next time."""
    seeded = sqlite_file(folder, rows)
    work = folder / "work.sqlite3"
    for left in folder.glob("work.sqlite3*"):
        left.unlink()
    shutil.copyfile(seeded, work)
    try:
        yield f"sqlite:///{work}"
    finally:
        for left in folder.glob("work.sqlite3*"):
            left.unlink()


@contextmanager
def postgresql(folder: Path, rows: int) -> Iterator[str]:
    """The address of a PostgreSQL database holding the same rows as the SQLite file."""
    seeded = sqlite_file(folder, rows)
    given = os.environ.get("DATABASE_URL", "")
    with _given(given) if pg.is_postgres(given) else _server(folder / "postgresql") as server:
        name = "bench_" + seeded.stem.replace("-", "_")
        url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        _prepare(server, url, name, seeded, folder)
        work = f"{name}_work"
        _sql(
            server,
            f'DROP DATABASE IF EXISTS "{work}" WITH (FORCE)',
            f'CREATE DATABASE "{work}" TEMPLATE "{name}" STRATEGY FILE_COPY',
        )
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{work}"))
        finally:
            _sql(server, f'DROP DATABASE IF EXISTS "{work}" WITH (FORCE)')


@contextmanager
def bare_server(engine: str, folder: Path) -> Iterator[str]:
    """Where a part of the benchmark makes databases of its own: the address of a PostgreSQL, "" for SQLite."""
    given = os.environ.get("DATABASE_URL", "")
    if engine != "postgresql":
        yield ""
    else:
        with _given(given) if pg.is_postgres(given) else _server(folder / "postgresql") as server:
            yield server


@contextmanager
def _given(url: str) -> Iterator[str]:
    yield url


@contextmanager
def _server(home: Path) -> Iterator[str]:
    """Our own PostgreSQL, as the tests have it, but with a folder that stays."""
    user = pg._server_user()
    home.mkdir(parents=True, exist_ok=True)
    # The socket's path may have 107 bytes at most, and a data folder can lie anywhere.
    import tempfile

    socket = Path(tempfile.mkdtemp(prefix="diemtua-bench-"))
    identity: dict[str, Any] = {}
    if user:
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        shutil.chown(home, user.pw_uid, user.pw_gid)
        shutil.chown(socket, user.pw_uid, user.pw_gid)
    programs = home / "programs"
    if programs.is_symlink() or not programs.exists():
        programs.unlink(missing_ok=True)
        programs.symlink_to(pg._programs(home, user))
    data, log = home / "data", home / "log"
    environment = {**os.environ, "LC_ALL": "C", "HOME": str(home)}
    if not (data / "PG_VERSION").exists():
        words = "-U postgres --auth=trust --encoding=UTF8 --no-sync --locale-provider=builtin --builtin-locale=C.UTF-8"
        subprocess.run(
            [programs / "initdb", "-D", data, *words.split()],
            **identity,
            cwd=socket,
            env=environment,
            check=True,
            capture_output=True,
        )
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", socket, *options],
            **identity,
            cwd=socket,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        url = f"postgres://postgres@{quote(str(socket), safe='')}/postgres"
        pg._wait(url, server, log)
        yield url
    finally:
        server.send_signal(2)
        server.wait(60)
        shutil.rmtree(socket, ignore_errors=True)


def _sql(server: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as db:
        for statement in statements:
            db.execute(statement)


def _prepare(server: str, url: str, name: str, seeded: Path, folder: Path) -> None:
    """Make and fill the template database, unless it stands already."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as db:
        if db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        for (old,) in db.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%%'").fetchall():
            db.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
        part = f"{name}_part"
        db.execute(f'CREATE DATABASE "{part}"')
    say("Copying the records to PostgreSQL (once) …")
    start = time.monotonic()
    part_url = urlunsplit(urlsplit(url)._replace(path=f"/{part}"))
    _manage(part_url, folder, "django", "migrate", "--verbosity", "0")
    _copy(seeded, part_url)
    _sql(server, f'ALTER DATABASE "{part}" RENAME TO "{name}"')
    say(f"… {time.monotonic() - start:.0f} s")


def _copy(seeded: Path, url: str) -> None:
    """Every table of the SQLite file into the same table of PostgreSQL, indexes made afterwards."""
    import psycopg

    source = sqlite3.connect(seeded)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(
            "SET timezone = 'UTC'; SET session_replication_role = replica; SET synchronous_commit = off;"
            "SET maintenance_work_mem = '512MB'"
        )
        tables = [
            t
            for (t,) in db.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            ).fetchall()
            if t != "django_migrations"
        ]
        later = db.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN "
            "(SELECT conname FROM pg_constraint)"
        ).fetchall()
        for index, _definition in later:
            db.execute(f'DROP INDEX IF EXISTS "{index}"')
        quoted = ", ".join(f'"{t}"' for t in tables)
        db.execute(f"TRUNCATE {quoted} CASCADE")
        for table in tables:
            columns = db.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND "
                "is_generated = 'NEVER' ORDER BY ordinal_position",
                [table],
            ).fetchall()
            names = ", ".join(f'"{c}"' for c, _type in columns)
            flags = [i for i, (_c, kind) in enumerate(columns) if kind == "boolean"]
            rows = source.execute(f'SELECT {names} FROM "{table}"')
            with db.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    if flags:
                        row = list(row)
                        for at in flags:
                            row[at] = None if row[at] is None else bool(row[at])
                    copy.write_row(row)
        for _index, definition in later:
            db.execute(definition)
        for sequence, table, column in db.execute(
            "SELECT pg_get_serial_sequence(quote_ident(table_name), column_name), table_name, column_name "
            "FROM information_schema.columns WHERE table_schema = 'public' AND identity_generation IS NOT NULL"
        ).fetchall():
            db.execute(f'SELECT setval(\'{sequence}\', coalesce((SELECT max("{column}") FROM "{table}"), 1))')
        db.execute("VACUUM ANALYZE")
