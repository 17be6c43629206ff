"""Small programs that tests run as processes of their own, on the database of a scratch server."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from diemtua.testing.server import ScratchServer

START = "import django; django.setup()\n"

# Makes and changes records through the one door until it is killed or told how many times.
WRITER = """
import sys, itertools
from diemtua.register import write
from diemtua.register.models import Record
from diemtua.parties.models import Party
name, times = sys.argv[1], int(sys.argv[2]) or 10**9
for n in range(times):
    made = write.create("party", actor=None, fields={"title": f"Đối tác thử {name} {n}", "kind": "company"},
                        children={"names": [{"text": f"Tên khác {name} {n}"}]}, tags=[f"thẻ {name}"])
    write.update(made, actor=None, fields={"description": f"Lần {n} của {name}"}, reason="thử")
    print(n, flush=True)
"""

# Whether the database holds together: prints a JSON object of counts and of what is wrong (empty lists).
LOOK = """
import json
from collections import Counter
from django.db import connection
from django.db.models import F, Count, Max, OuterRef, Subquery
from diemtua.cli.backup import tables
from diemtua.register.models import Change, Link, Record
from diemtua.register.screens import all_screens
found = {"rows": {m._meta.label_lower: m._base_manager.count() for m in tables()}}
have = set()
for screen in all_screens():
    ids = set(screen.model._base_manager.values_list("pk", flat=True))
    kinds = set(Record.objects.filter(kind=screen.kind).values_list("pk", flat=True))
    found.setdefault("torn", []).extend(sorted(ids ^ kinds))
newest = dict(Change.objects.exclude(record=None).values_list("record").annotate(Max("version")))
versions = dict(Record.objects.values_list("pk", "version"))
found["versions"] = sorted(pk for pk, v in versions.items() if newest.get(pk) != v)
seen = {}
changes = Change.objects.exclude(record=None).order_by("pk")
for pk, version, verb, diff in changes.values_list("record", "version", "verb", "diff"):
    # What lies beside a record (its outline) changes without it: a form that is open meanwhile stays good.
    beside = diff and all(key.startswith("outline:") for key in diff)
    if verb in ("create", "edit", "archive", "restore", "undo") and not beside:
        seen.setdefault(pk, []).append(version)
found["gaps"] = sorted(pk for pk, vs in seen.items() if vs != list(range(1, len(vs) + 1)))
connection.check_constraints()
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        found["integrity"] = [r[0] for r in cursor.fetchall() if r[0] != "ok"]
        cursor.execute("INSERT INTO register_search(register_search) VALUES ('integrity-check')")
print(json.dumps(found))
"""


def start(server: ScratchServer, script: str, *arguments: str) -> "subprocess.Popen[str]":
    """Run a script with Django set up, on the server's database; its output can be read line by line."""
    return subprocess.Popen(
        [sys.executable, "-c", START + script, *arguments],
        env={**server.env, "DJANGO_SETTINGS_MODULE": "diemtua.config.settings"},
        cwd=server.var,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: "subprocess.Popen[str]", seconds: float = 300) -> str:
    """Wait for a script; its output. RuntimeError with what it said when it failed."""
    out, err = process.communicate(timeout=seconds)
    if process.returncode:
        raise RuntimeError(f"a script ended with {process.returncode}:\n{out}\n{err}")
    return out


@contextmanager
def writing(server: ScratchServer, name: str = "a") -> Iterator["subprocess.Popen[str]"]:
    """A writer at work; killed at the end. It has written something before the block begins."""
    process = start(server, WRITER, name, "0")
    assert process.stdout is not None
    try:
        for _line in range(3):
            if not process.stdout.readline():
                raise RuntimeError(process.stderr.read() if process.stderr else "")
        yield process
    finally:
        kill(process)


def kill(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
