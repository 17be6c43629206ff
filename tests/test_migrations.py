"""What a register of an earlier edition held is there after its migrations, on real databases of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from diemtua.testing.postgres import is_postgres, scratch_database
from diemtua.testing.server import NOT_INHERITED

pytestmark = pytest.mark.process

# Parks stood among the parties and among the zones: one in both, with a company in it, and one among the parties alone.
PARKS_STOOD_TWICE = """
import django, json; django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
def migrate(*wanted):  # no more than these rooms: forward on an empty database, backward on one that has all
    executor = MigrationExecutor(connection)
    newest = [n for n in executor.loader.graph.leaf_nodes() if n[0] in ("land", "parties", "register", "rulebook")]
    return executor.migrate(wanted or newest).apps
migrate(("register", "0005_contributed_stage"))
old = migrate(("land", "0003_searches"), ("parties", "0005_units_say"))
assert "site" not in [f.name for f in old.get_model("parties", "Party")._meta.fields]
Record, Name = old.get_model("register", "Record"), old.get_model("register", "Name")
Party, Zone, Link = old.get_model("parties", "Party"), old.get_model("land", "Zone"), old.get_model("register", "Link")
def record(kind, title):
    return Record.objects.create(kind=kind, title=title).pk
park = record("party", "Khu công nghiệp Thử Cũ")
Party.objects.create(record_id=park, kind="zone")
Name.objects.create(record_id=park, text="KCN Thử Cũ", key="kcn thu cu")
alone = record("party", "Khu công nghiệp Chỉ Là Đối Tác")
Party.objects.create(record_id=alone, kind="zone")
company = record("party", "Công ty Thử Trong Khu")
Party.objects.create(record_id=company, kind="company", parent_id=park)
Link.objects.create(source_id=company, target_id=park, relation="party.parent")
zone = record("zone", "Khu công nghiệp Thử Cũ")
Zone.objects.create(record_id=zone, type="industrial_park", party_id=park, area_ha=466)
migrate()
from diemtua.land.models import Zone
from diemtua.parties.models import Party
from diemtua.register.models import Change, Link, Name, Record
member, kept = Party.objects.get(pk=company), Zone.objects.get(pk=zone)
print(json.dumps({
    "the company is in": member.site_id == zone and member.parent_id is None,
    "its links": list(Link.objects.filter(source=company).values_list("relation", "target__kind")),
    "the zone": [kept.record.title, float(kept.area_ha), kept.board_id],
    "its names": list(Name.objects.filter(record=zone).values_list("text", flat=True)),
    "the party is archived": Record.objects.get(pk=park).archived_at is not None,
    "the other is not": Record.objects.get(pk=alone).archived_at is None,
    "kinds": sorted(Party.objects.exclude(pk=company).values_list("kind", flat=True)),
    "history": sorted(Change.objects.values_list("record__title", "verb")),
}))
"""


def migrated(tmp_path: Path, script: str) -> dict[str, object]:
    """What a script says that runs on a database of its own, of the engine of the tests."""

    def run(url: str) -> dict[str, object]:
        env = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        env |= {"DIEMTUA_VAR": str(tmp_path), "DATABASE_URL": url}
        env |= {"DJANGO_SETTINGS_MODULE": "diemtua.config.settings"}
        done = subprocess.run(
            [sys.executable, "-c", script], env=env, timeout=300, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, object] = json.loads(done.stdout)
        return found

    server = os.environ.get("DATABASE_URL", "")
    if not is_postgres(server):
        return run(f"sqlite:///{tmp_path / 'register.sqlite3'}")
    with scratch_database(server) as url:
        return run(url)


def test_a_park_that_stood_twice_stands_once(tmp_path: Path) -> None:
    found = migrated(tmp_path, PARKS_STOOD_TWICE)
    assert found == {
        "the company is in": True,
        "its links": [["party.site", "zone"]],
        "the zone": ["Khu công nghiệp Thử Cũ", 466.0, None],
        "its names": ["KCN Thử Cũ"],
        "the party is archived": True,
        "the other is not": True,
        "kinds": ["other", "other"],
        "history": [["Công ty Thử Trong Khu", "edit"], ["Khu công nghiệp Thử Cũ", "archive"]],
    }
