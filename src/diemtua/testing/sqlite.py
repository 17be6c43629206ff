"""A migrated SQLite database to make test databases from: migrating an empty one takes a third of a minute."""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[1]
MIGRATE = "import django; django.setup(); from diemtua.cli import database; database.migrate()"


def template() -> Path:
    """The file of a database with every migration applied; made when it is not there or something changed.

    It stands in the project's `.cache`, under a name that says what it was made from.
    """
    folder = ROOT / ".cache"
    path = folder / f"migrated-{_state()}.sqlite3"
    if path.exists():
        return path
    folder.mkdir(exist_ok=True)
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for old in folder.glob("migrated-*.sqlite3"):
                old.unlink()
            _make(path)
    return path


def _state() -> str:
    """A digest of all that decides what an empty database looks like: migrations, ours and others', and triggers."""
    found = hashlib.sha256()
    files = [*PACKAGE.glob("*/migrations/*.py"), PACKAGE / "register" / "database.py", *ROOT.glob("requirements/*.txt")]
    for file in sorted(files):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _make(path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / "made.sqlite3"
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{made}",
            "DIEMTUA_VAR": folder,
            "DIEMTUA_SECRET": "for the template only",
            "DJANGO_SETTINGS_MODULE": "diemtua.config.settings",
        }
        subprocess.run([sys.executable, "-c", MIGRATE], env=environment, check=True, stdout=subprocess.DEVNULL)
        whole = Path(folder) / "whole.sqlite3"
        with sqlite3.connect(made) as connection:
            connection.execute("VACUUM INTO ?", [str(whole)])
        connection.close()
        whole.rename(path)


def copies(create: Callable[..., str], source: Path) -> Callable[..., str]:
    """Django's making of a test database, which then is filled with what `source` holds: nothing is left to migrate."""
    held: list[Any] = []  # a database in memory lasts as long as one connection to it

    def create_filled(*arguments: Any, **options: Any) -> str:
        name = create(*arguments, **options)
        there = sqlite3.connect(name, uri=name.startswith("file:"), check_same_thread=False)
        with sqlite3.connect(source) as here:
            here.backup(there)
        here.close()
        held.append(there)
        return name

    return create_filled
