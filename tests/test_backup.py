"""Backups: consistent while the server writes, the same on both engines, never half there, never half back."""

import json
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from diemtua.testing.postgres import is_postgres
from diemtua.testing.scripts import LOOK, finish, kill, start, writing
from diemtua.testing.server import ScratchServer

pytestmark = pytest.mark.process

# Prints what readers and editors of the public site find: pages by address, who may write, pictures, search.
SITE = """
import json
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.images import get_image_model
from diemtua.news.models import ArticlePage, NewsIndexPage
from diemtua.news.queries import search
from diemtua.register.models import User
settings.ALLOWED_HOSTS = ["testserver"]
articles = {a.get_url(): a for a in ArticlePage.objects.live().order_by("path")}
client = Client()
assert all(client.get(url).status_code == 200 for url in articles)
pictures = {i.title: len(i.file.read()) for i in get_image_model().objects.order_by("pk")}
print(json.dumps({
    "articles": {url: [a.title, a.owner_id, a.revisions.count(), sorted(t.name for t in a.tags.all())] for url, a in articles.items()},
    "drafts": [a.latest_revision and a.get_latest_revision_as_object().title for a in articles.values()],
    "rights": {g.name: sorted(g.permissions.values_list("codename", "content_type__model")) for g in Group.objects.all()},
    "seats": {u.username: sorted(u.groups.values_list("name", flat=True)) for u in User.objects.all()},
    "pictures": pictures,
    "search": [len(search(ArticlePage.objects.filter(language="vi"), w).articles) for w in ("dau tu", "thai binh")],
    "index": [len(ArticlePage.objects.search(w)) for w in ("dau", "hannoverimpuls")],
}))
"""
SEATED = """
from diemtua.portal.actions import take_seat
from diemtua.news.models import ArticlePage
from diemtua.register.models import User
officer = User.objects.get(username="officer")
take_seat(user=officer)
page = ArticlePage.objects.order_by("path").first()
page.title = "Bản nháp thử"
page.save_revision(user=officer)
"""
PICTURE = """
import io, sys
from PIL import Image as Drawing
from django.core.files.images import ImageFile
from wagtail.images import get_image_model
data = io.BytesIO()
Drawing.new("RGB", (900, 600), sys.argv[1]).save(data, "JPEG")
made = get_image_model().objects.create(title="Ảnh thử", file=ImageFile(data, name="anh thu.jpg"))
made.get_rendition("width-300")
"""

# Told to stop at a moment, a process prints `here` and waits to be killed.
HOLD = """
import sys, time, pathlib
def hold():
    print("here", flush=True)
    time.sleep(600)
"""
BACKUP_TO_BE_KILLED = (
    HOLD
    + """
from diemtua.cli import backup
real = backup._dump
def slow(archive, model, entries):
    if model._meta.label_lower == "register.change":
        hold()
    return real(archive, model, entries)
backup._dump = slow
backup.backup(pathlib.Path(sys.argv[1]), lambda text: None)
"""
)
RESTORE_TO_BE_KILLED = (
    HOLD
    + """
from diemtua.cli import restore
real = restore.fill
def slow(archive, manifest, model):
    if model._meta.label_lower == "register.change":
        hold()
    return real(archive, manifest, model)
restore.fill = slow
restore.restore(pathlib.Path(sys.argv[1]), force=True, say=lambda text: None)
"""
)
FIND = """
import sys, json
from diemtua.register import search, write
from diemtua.register.models import Record, User
user = User.objects.get(username="officer")
made = write.create("party", actor=None, fields={"title": "Hồ sơ sau khi khôi phục", "kind": "company"})
newest = Record.objects.exclude(pk=made.pk).order_by("-pk").first().pk
hits = search.search(user, "xay nha bu ly")
print(json.dumps({"found": str(hits), "new": made.pk, "newest": newest}))
"""


@pytest.fixture(scope="module")
def source() -> Iterator[ScratchServer]:
    """A demonstration with a stored file, its server stopped: only the commands work on it."""
    with ScratchServer() as server:
        server.stop()
        folder = server.var / "files" / "documents" / "ab"
        folder.mkdir(parents=True)
        (folder / "abcd.txt").write_bytes(os.urandom(300_000))
        finish(start(server, SEATED))
        finish(start(server, PICTURE, "red"))
        yield server


@pytest.fixture
def target() -> Iterator[Callable[..., ScratchServer]]:
    """Empty scratch databases: `target()` on the engine of the tests, `target("sqlite")` on SQLite."""
    with ExitStack() as stack:
        yield lambda database=None: stack.enter_context(Prepared(database))


class Prepared(ScratchServer):
    """A scratch database without a record, that no server has touched."""

    def __init__(self, database: str | None = None) -> None:
        super().__init__(empty=True, database=database)

    def start(self) -> "Prepared":  # type: ignore[override]
        return self


@pytest.fixture(scope="module")
def backup(source: ScratchServer) -> Path:
    path = source.var / "good.zip"
    source.run("backup", str(path))
    return path


def look(server: ScratchServer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(finish(start(server, LOOK)))
    return found


def whole(found: dict[str, Any]) -> bool:
    return not any(found.get(name) for name in ("torn", "versions", "gaps", "integrity"))


def as_stored(path: Path) -> dict[str, Any]:
    """What a backup holds, but for the day it was made and the engine."""
    with zipfile.ZipFile(path) as archive:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return {n: manifest[n] for n in ("rows", "entries", "numbers")}


# --- making ---------------------------------------------------------------------------------------


def test_a_backup_while_others_write_is_of_one_moment(source: ScratchServer, target: Any) -> None:
    path = source.var / "busy.zip"
    with writing(source, "w1"), writing(source, "w2") as writer:
        for _n in range(3):
            source.run("backup", str(path))
        assert writer.poll() is None, "the backup stopped a writer"
    copy = target()
    copy.run("restore", str(path))
    found = look(copy)
    assert whole(found), found
    assert found["rows"]["register.record"] > 90


def test_only_its_owner_reads_a_backup(backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0


def test_where_it_cannot_be_written(source: ScratchServer, tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "b.zip", tmp_path):
        done = source.run("backup", str(path), check=False)
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_killed_backup_leaves_no_file_of_that_name(source: ScratchServer, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    process = start(source, BACKUP_TO_BE_KILLED, str(path))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "here"
    kill(process)
    assert not path.exists()
    source.run("backup", str(path))
    assert [p.name for p in tmp_path.iterdir()] == ["b.zip"], "what was left over is not taken away"
    assert whole(look(source))


# --- bringing back --------------------------------------------------------------------------------


def test_restore_gives_back_everything(source: ScratchServer, backup: Path, target: Any) -> None:
    copy = target()
    copy.run("restore", str(backup))
    copy.run("backup", str(copy.var / "again.zip"))
    assert as_stored(copy.var / "again.zip") == as_stored(backup)
    assert (copy.var / "files/documents/ab/abcd.txt").read_bytes() == (
        source.var / "files/documents/ab/abcd.txt"
    ).read_bytes()
    done = copy.run("doctor", check=False)
    assert done.returncode == 0, done.stdout


def test_the_public_site_comes_back(source: ScratchServer, backup: Path, target: Any) -> None:
    """Pages, their drafts and pictures, who may write them, and the search, which each engine keeps in its own way."""
    before = site_of(source)
    assert len(before["articles"]) >= 10
    assert "Bản nháp thử" in before["drafts"]
    assert before["seats"]["officer"] == ["Editors"]
    assert before["pictures"]["Ảnh thử"] > 1000
    assert all(before["search"] + before["index"])
    for database in dict.fromkeys((None, "sqlite")):
        copy = target(database)
        shutil.copytree(source.var / "static", copy.var / "static")
        finish(start(copy, PICTURE, "blue"))  # of the same name, which the backup's must replace
        copy.run("restore", "--force", str(backup))
        assert site_of(copy) == before
        finish(start(copy, "from diemtua.portal.actions import found_site; found_site(name='nochmal')"))
        assert site_of(copy) == before
        assert {p.name: p.read_bytes() for p in (copy.var / "files" / "pictures").rglob("*.jpg")} == {
            p.name: p.read_bytes() for p in (source.var / "files" / "pictures").rglob("*.jpg")
        }
        assert not list((copy.var / "files").rglob("*.part"))


def test_a_backup_from_before_there_were_pages(backup: Path, target: Any, tmp_path: Path) -> None:
    """It has none of Wagtail's tables; a site can be founded after it as after a first start."""

    def older(entries: dict[str, bytes]) -> None:
        gone = {n for n in entries if n.split("/")[1:] and n.split("/")[1].startswith(OF_THE_SITE)}
        for name in gone:
            del entries[name]
        with_manifest(lambda m: m.update(format=1, entries={n: e for n, e in m["entries"].items() if n not in gone}))(
            entries
        )

    path = rewritten(backup, tmp_path / "older.zip", older)
    copy = target()
    for _time in range(2):
        copy.run("restore", "--force", str(path))
    works(copy)
    finish(start(copy, "from diemtua.portal.actions import found_site; found_site(name='Trang thử')"))
    found = site_of(copy)
    assert (found["articles"], set(found["rights"])) == ({}, {"Editors", "Moderators"})


OF_THE_SITE = ("wagtail", "news.", "portal.", "taggit.", "contenttypes.", "auth.", "register.user_groups")


def site_of(server: ScratchServer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(finish(start(server, SITE)))
    return found


def test_restore_on_the_other_engine_and_back(source: ScratchServer, backup: Path, target: Any) -> None:
    server = os.environ.get("DATABASE_URL", "")
    if not is_postgres(server):
        pytest.skip("only on PostgreSQL: the way to SQLite and back needs both")
    other = target("sqlite")
    other.run("restore", str(backup))
    other.run("backup", str(other.var / "sqlite.zip"))
    assert as_stored(other.var / "sqlite.zip") == as_stored(backup)
    assert whole(look(other))
    back = target()
    back.run("restore", str(other.var / "sqlite.zip"))
    back.run("backup", str(back.var / "back.zip"))
    assert as_stored(back.var / "back.zip") == as_stored(backup)
    for copy in (other, back):
        works(copy)


def test_search_and_numbers_after_a_restore(backup: Path, target: Any) -> None:
    copy = target()
    copy.run("restore", str(backup))
    works(copy)


def works(server: ScratchServer) -> None:
    told = json.loads(finish(start(server, FIND)))
    assert "Xay Nhạ Bu Ly" in told["found"]
    assert told["new"] > told["newest"]


def test_numbers_of_rows_that_are_gone_are_not_given_again(source: ScratchServer, target: Any) -> None:
    """The audit names a row of a set by its number; another row must never get it."""
    script = """
import sys
from diemtua.register import write
from diemtua.register.models import Name
if sys.argv[1] == "make":
    made = write.create("party", actor=None, fields={"title": "Thử số", "kind": "company"},
                        children={"names": [{"text": "Sẽ mất"}]})
    pk = made.record.names.get().pk
    write.update(made, actor=None, children={"names": write.ChildEdits(delete=[pk])})
    print(pk)
else:
    made = write.create("party", actor=None, fields={"title": "Thử số sau", "kind": "company"},
                        children={"names": [{"text": "Mới"}]})
    print(made.record.names.get().pk)
"""
    gone = int(finish(start(source, script, "make")))
    path = source.var / "numbers.zip"
    source.run("backup", str(path))
    copy = target()
    copy.run("restore", str(path))
    assert int(finish(start(copy, script, "again"))) > gone


def test_a_register_in_use_is_not_replaced_without_force(source: ScratchServer, backup: Path) -> None:
    before = look(source)
    done = source.run("restore", str(backup), check=False)
    assert done.returncode == 3
    assert "--force" in done.stderr
    assert look(source) == before


def test_force_replaces(backup: Path, target: Any) -> None:
    copy = target()
    copy.run("restore", str(backup))
    first = look(copy)
    with writing(copy, "x"):
        pass
    assert look(copy) != first
    copy.run("restore", "--force", str(backup))
    assert look(copy) == first


def test_a_killed_restore_changes_nothing(backup: Path, target: Any) -> None:
    copy = target()
    copy.run("restore", str(backup))
    with writing(copy, "kept"):
        pass
    before = look(copy)
    process = start(copy, RESTORE_TO_BE_KILLED, str(backup))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "here"
    kill(process)
    after = None
    for _try in range(50):  # PostgreSQL takes a moment to see that its client is gone
        after = look(copy)
        if after == before:
            break
        time.sleep(0.1)
    assert after == before
    copy.run("restore", "--force", str(backup))
    assert whole(look(copy))


# --- what is no good backup -----------------------------------------------------------------------


def rewritten(backup: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of a backup whose entries `change` has altered; its checksums are right as zips go."""
    with zipfile.ZipFile(backup) as archive:
        entries = {n: archive.read(n) for n in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target


def with_manifest(alter: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, bytes]], None]:
    def change(entries: dict[str, bytes]) -> None:
        manifest = json.loads(entries["manifest.json"])
        alter(manifest)
        entries["manifest.json"] = json.dumps(manifest).encode()

    return change


def _rows_altered(entries: dict[str, bytes]) -> None:
    name = "rows/register.record.jsonl"
    entries[name] = entries[name].replace(b"Xay", b"Xoy", 1)


def _hostile(name: str) -> Callable[[dict[str, bytes]], None]:
    import hashlib

    def change(entries: dict[str, bytes]) -> None:
        entries[name] = b"owned"
        sha = hashlib.sha256(b"owned").hexdigest()
        with_manifest(lambda m: m["entries"].update({name: {"sha256": sha, "size": 5}}))(entries)

    return change


BAD: dict[str, Callable[[dict[str, bytes]], None]] = {
    "a row altered": _rows_altered,
    "no manifest": lambda e: e.pop("manifest.json") and None,
    "a table missing": lambda e: e.pop("rows/register.record.jsonl") and None,
    "manifest is no object": lambda e: e.update({"manifest.json": b"[1, 2]"}),
    "manifest is no JSON": lambda e: e.update({"manifest.json": b"{"}),
    "newer format": with_manifest(lambda m: m.update(format=99)),
    "newer migrations": with_manifest(lambda m: m["migrations"].append("register.9999_later")),
    "a path above": _hostile("files/../../owned.txt"),
    "an absolute path": _hostile("files//tmp/diemtua-owned.txt"),
    "a Windows path": _hostile("files/C:\\owned.txt"),
    "a name outside": _hostile("owned.txt"),
}


@pytest.fixture(scope="module")
def steady(backup: Path) -> Iterator[tuple[ScratchServer, dict[str, Any]]]:
    """A restored register that bad backups must leave as it is."""
    with Prepared() as server:
        server.run("restore", str(backup))
        yield server, look(server)


@pytest.mark.parametrize("name", list(BAD))
def test_bad_backups_change_nothing(
    name: str, steady: tuple[ScratchServer, dict[str, Any]], backup: Path, tmp_path: Path
) -> None:
    server, before = steady
    path = rewritten(backup, tmp_path / "bad.zip", BAD[name])
    done = server.run("restore", "--force", str(path), check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Nothing was changed." in done.stderr
    assert look(server) == before
    assert not list(server.var.parent.glob("*owned*"))
    assert not Path("/tmp/diemtua-owned.txt").exists()


def test_damaged_files_change_nothing(
    steady: tuple[ScratchServer, dict[str, Any]], backup: Path, tmp_path: Path
) -> None:
    server, before = steady
    good = backup.read_bytes()
    flipped = []
    for at in (10, 40, len(good) // 3, len(good) // 2, len(good) - 400, len(good) - 30):
        data = bytearray(good)
        data[at] ^= 0xFF
        flipped.append(bytes(data))
    for data in (*flipped, good[: len(good) // 2], good[:-1], b"", b"not a zip at all", good[100:]):
        path = tmp_path / "damaged.zip"
        path.write_bytes(data)
        done = server.run("restore", "--force", str(path), check=False)
        if done.returncode == 0:  # a byte that says nothing (a time, a system): the same content came back
            assert look(server) == before
            continue
        assert done.returncode == 1, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert look(server) == before


def test_a_backup_that_is_not_there(target: Any) -> None:
    done = target().run("restore", "nowhere.zip", check=False)
    assert done.returncode == 2
    assert "nowhere.zip" in done.stderr
