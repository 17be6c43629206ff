"""A power cut in the middle of an import: nothing of it is there, and the register works on."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from diemtua.testing import sqlite
from diemtua.testing.postgres import is_postgres, scratch_database
from diemtua.testing.server import NOT_INHERITED

pytestmark = pytest.mark.process
ROWS = 6000

IMPORT = """
import sys, django
django.setup()
from diemtua.register import importing
def tell(done, total):
    print(done, total, flush=True)
    if done >= int(sys.argv[2]):
        sys.stdin.read()  # hold still, in the middle, until the test has killed us
report = importing.import_file("party", sys.argv[1], None, progress=tell)
print("made", report.batch.created)
"""
LOOK = """
import json, django
django.setup()
from django.db import connection
from diemtua.register import search
from diemtua.register.models import Batch, Change, Link, Name, Record, Tag
from diemtua.parties.models import Party
counts = {m.__name__: m.objects.count() for m in (Record, Party, Name, Change, Link, Batch, Tag)}
with connection.cursor() as cursor:
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA integrity_check")
        counts["whole"] = cursor.fetchone()[0] == "ok"
        cursor.execute("INSERT INTO register_search(register_search) VALUES ('integrity-check')")
        cursor.execute("PRAGMA foreign_key_check")
        counts["whole"] = counts["whole"] and cursor.fetchall() == []
    else:
        counts["whole"] = True
print(json.dumps(counts))
"""


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A scratch database of the engine that the tests run on, with its tables."""
    with ExitStack() as stack:
        server = os.environ.get("DATABASE_URL", "")
        url = f"sqlite:///{tmp_path / 'register.sqlite3'}"
        if is_postgres(server):
            url = stack.enter_context(scratch_database(server))
        else:
            shutil.copy(sqlite.template(), tmp_path / "register.sqlite3")
        made = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        made |= {
            "DIEMTUA_VAR": str(tmp_path),
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "diemtua.config.settings",
        }
        yield made


def run(env: dict[str, str], script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=env,
        check=True,
        timeout=300,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout


def test_a_killed_import_leaves_nothing(env: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "danh-sach.csv"
    lines = [f"Công ty thử số {n};company;CT{n}" for n in range(ROWS)]
    path.write_text("\n".join(["title;kind;other names", *lines]), "utf-8")

    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(path), "3000"],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if int(line.split()[0]) >= 3000:
            break
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL

    found = json.loads(run(env, LOOK))
    assert found.pop("whole")
    assert set(found.values()) == {0}

    assert f"made {ROWS}" in run(env, IMPORT, str(path), str(ROWS + 1))
    found = json.loads(run(env, LOOK))
    assert found.pop("whole")
    assert (found["Record"], found["Name"], found["Change"], found["Batch"]) == (ROWS, ROWS, ROWS, 1)
