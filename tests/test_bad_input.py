"""Circles, a database that cannot, forms that no page of ours sends: a clear answer, nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection
from django.test import Client

from diemtua.register import merging, write
from diemtua.register.actions import add_figure
from diemtua.register.screens import all_screens, screen_of
from diemtua.testing.pages import (
    NEEDED,
    Staff,
    body,
    enter,
    form_with,
    in_vietnamese,
    row_counts,
    says,
    shows,
    typed,
    url,
)

pytestmark = pytest.mark.django_db
KINDS = sorted(NEEDED)
MB = 1024 * 1024


def test_every_kind_is_tested() -> None:
    assert {s.kind for s in all_screens()} == set(KINDS)


# --- circles --------------------------------------------------------------------------------------


def test_nobody_is_their_own_grandparent(staff: Staff, samples: Any) -> None:
    """By the form, by a merge, and for what followed what."""

    def party(title: str, **fields: Any) -> Any:
        return write.create("party", actor=None, fields={"title": title, "kind": "company", **fields})

    client = staff.client("lead")
    for field, sentence in (
        ("parent", "A party cannot be a part of itself, not even through others."),
        ("successor", "A party cannot succeed itself, not even through others."),
    ):
        one = party("Tổng công ty Một")
        two = party("Công ty Hai", **{field: one})
        three = party("Chi nhánh Ba", **{field: two})
        before = row_counts()
        for target in (one, three):
            form = form_with(client.get(url("edit", one.pk)), "title", "version")
            answer = form.send(client, **{field: target.pk})
            assert answer.status_code == 422
            assert says(answer, sentence)
        # Three is a part of Two, Two of One: were Three and One the same, there would be a circle.
        with pytest.raises(merging.CannotMerge):
            merging.merge(actor=staff.lead, keep=one, drop=three, reason="thử", choices={field: "drop"})
        with pytest.raises(merging.CannotMerge):
            merging.merge(actor=staff.lead, keep=three, drop=one, reason="thử")
        assert row_counts() == before
        for p in (one, two, three):
            p.refresh_from_db()
        assert getattr(one, f"{field}_id") is None
        assert getattr(two, f"{field}_id") == one.pk


def test_instruments_that_replace_each_other(staff: Staff, samples: Any) -> None:
    """Refused, or at least every page of them still answers."""
    first = write.create("instrument", actor=None, fields={"title": "Văn bản Một", "nature": "domestic"})
    second = write.create(
        "instrument", actor=None, fields={"title": "Văn bản Hai", "nature": "domestic", "replaces": first}
    )
    client = staff.client("lead")
    form = form_with(client.get(url("edit", first.pk)), "title", "version")
    own = form.send(client, replaces=first.pk)
    assert own.status_code == 422
    assert says(own, "An instrument cannot replace itself.")
    assert form.send(client, replaces=second.pk).status_code in (302, 422)
    for door in ("record", "chain", "history", "edit"):
        for one in (first, second):
            assert client.get(url(door, one.pk)).status_code == 200


# --- the database ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "title", "sentence"),
    [
        (
            OperationalError("database is locked"),
            503,
            "The register is busy",
            "Somebody is saving much at once. Nothing of yours was saved; go back and save again.",
        ),
        (OperationalError("canceling statement due to lock timeout"), 503, "The register is busy", ""),
        (OperationalError("deadlock detected"), 503, "The register is busy", ""),
        (
            OperationalError("database or disk is full"),
            507,
            "The disk is full or cannot be written",
            "Nothing was saved. Tell your administrator; go back and your text is still there.",
        ),
        (
            OperationalError("could not extend file: No space left on device"),
            507,
            "The disk is full or cannot be written",
            "",
        ),
        (
            OperationalError("attempt to write a readonly database"),
            507,
            "The disk is full or cannot be written",
            "",
        ),
        (
            DataError("something else"),
            500,
            "Something went wrong on our side",
            "Nothing was saved. Try again; if it happens again, tell your administrator when and where.",
        ),
    ],
    ids=lambda v: str(v)[:30] if isinstance(v, Exception) else "",
)
def test_a_database_that_cannot(
    error: Exception, status: int, title: str, sentence: str, staff: Staff, samples: Any, monkeypatch: Any
) -> None:
    """A page with a sentence for every form; what had begun is rolled back."""

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise error

    # After the record, its rows, links and audit row were written.
    monkeypatch.setattr("diemtua.register.write.creating.learn", fail)
    before = row_counts()
    answer = enter(staff, samples, "party", {"contacts": {"label": "Văn phòng"}})
    assert answer.status_code == status
    assert says(answer, title)
    assert says(answer, sentence)
    assert row_counts() == before


SCRATCH = """
import json, sqlite3, sys
import django
from django.conf import settings
path = sys.argv[1]
settings.DATABASES["default"]["OPTIONS"]["timeout"] = 0.2
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
settings.ALLOWED_HOSTS = ["testserver"]
django.setup()
from django.db import connection
from django.test import Client
from diemtua.register.models import Change, Record, User
client = Client(raise_request_exception=False)
client.force_login(User.objects.get(username="can-bo"), backend="django.contrib.auth.backends.ModelBackend")
form = json.loads(sys.argv[2])
def count():
    with sqlite3.connect(path) as own:
        tables = ("record", "change", "name")
        return [own.execute(f"SELECT count(*) FROM register_{t}").fetchone()[0] for t in tables]
def send():
    answer = client.post("/desk/parties/new/", form)
    return [answer.status_code, answer.content.decode()]
found = {"before": count()}
other = sqlite3.connect(path, isolation_level=None)
other.execute("BEGIN IMMEDIATE")
found["locked"] = send()
found["read"] = client.get("/desk/parties/").status_code
other.execute("ROLLBACK")
with connection.cursor() as cursor:
    cursor.execute("PRAGMA page_count")
    cursor.execute(f"PRAGMA max_page_count={cursor.fetchone()[0]}")
form["description"] = "dai " * 2000
found["full"] = send()
found["after"] = count()
with connection.cursor() as cursor:
    cursor.execute("PRAGMA max_page_count=1000000")
found["good"] = send()[0]
found["last"] = count()
print(json.dumps(found))
"""


@pytest.mark.skipif(
    "DATABASE_URL" in os.environ and "sqlite" not in os.environ["DATABASE_URL"],
    reason="only on SQLite: about its own file",
)
def test_a_file_that_is_really_locked_and_really_full(staff: Staff, samples: Any, tmp_path: Path) -> None:
    """Another program holds the file, then the disk is full: sentences, no half record; then all goes on."""
    path = tmp_path / "that.sqlite3"
    connection.ensure_connection()
    path.write_bytes(connection.connection.serialize())  # what this test sees, as a file
    form = typed(
        screen_of("party"),
        {"title": "Công ty Khoá", "kind": "company"},
        {"names": {"text": "Locked", "kind": "other"}},
        samples,
        staff.unit,
    )
    done = subprocess.run(
        [sys.executable, "-c", SCRATCH, str(path), json.dumps({k: str(v) for k, v in form.items()})],
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{path}",
            "DIEMTUA_VAR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "diemtua.config.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["locked"][0] == 503
    assert in_vietnamese("The register is busy") in found["locked"][1]
    assert found["read"] == 200, "readers never wait"
    assert found["full"][0] == 507
    assert in_vietnamese("The disk is full or cannot be written") in found["full"][1]
    assert found["after"] == found["before"]
    assert found["good"] == 302
    assert found["last"] == [n + 1 for n in found["before"]]


# --- forms that no page of ours sends -------------------------------------------------------------


NULLS = "a\x00b"


def test_null_bytes_through_every_door(staff: Staff, samples: Any) -> None:
    """In questions, reasons and notes too: never an error page."""
    pk = samples.instrument.pk
    admin = staff.client("administrator")
    for path in (
        url("search"),
        url("palette"),
        url("lookup", "party"),
        url("lookup", "adminunit"),
        url("lookup", "record"),
        url("similar", "party"),
        url("audit"),
        url("as_of", pk),
        "/desk/places/",
        "/desk/rules/",
        *(url("list", s.slug) for s in all_screens()),
    ):
        for names in (
            ("q",),
            (
                "level",
                "country",
                "on",
                "title",
                "day",
                "sort",
                "page",
                "kind",
                "before",
                "record",
                "person",
                "party",
                "unit",
                "tags",
                "archived",
            ),
        ):
            assert admin.get(path, dict.fromkeys(names, NULLS)).status_code in (200, 404, 422), (path, names)
    change = samples.instrument.record.changes.first()
    for path in (
        url("archive", pk),
        url("restore", pk),
        url("note_new", pk),
        url("undo", pk, change.pk),
        url("figure_new", pk),
        url("evidence_new", pk),
        url("watch", pk),
        url("edit", pk),
        url("merge", pk),
        f"/desk/r/{pk}/step/suspend/",
        url("bulk", "parties"),
        url("view_save", "parties"),
        url("new", "parties"),
        url("unit_new"),
        url("user_new"),
        "/desk/rules/agreement.opinion_working_days/override/",
        "/desk/places/foreign/add/",
        "/account/login/",
        "/i18n/setlang/",
        f"/desk/next-step/{samples.engagement.next_steps.get().pk}/",
    ):
        names = (
            "reason",
            "text",
            "name",
            "title",
            "query",
            "action",
            "username",
            "password",
            "login",
            "unit",
            "version",
            "pk",
            "other",
            "next",
            "language",
            "add_tags",
            "measure",
            "quote",
            "source",
            "value",
            "shared",
        )
        answer = admin.post(path, dict.fromkeys(names, NULLS))
        assert answer.status_code in (200, 302, 400, 403, 404, 422), path
    for path in ("/desk/r/1%00/", "/desk/par%00ties/", "/desk/%ff%fe/", "/desk/parties/export/%00/"):
        assert admin.get(path).status_code == 404, path
    answer = admin.post(
        url("bulk", "parties"),
        {"action": "apply", "pk": [samples.party.pk], "archive": "on", "reason": NULLS, "add_tags": NULLS},
    )
    assert answer.status_code in (302, 422)


def test_forms_taken_apart(staff: Staff, samples: Any) -> None:
    """Missing and huge counts, wrong numbers: the form comes back, nothing is saved, no row moves."""
    client = staff.client("officer")
    good = typed(screen_of("party"), {"title": "Hồ sơ lạ", "kind": "company"}, {}, samples, staff.unit)
    write.update(
        samples.partner,
        actor=None,
        children={"contacts": write.ChildEdits(create=[{"label": "Của người khác"}])},
    )
    foreign = samples.partner.contacts.get()
    row = {"contacts-TOTAL_FORMS": "1", "contacts-0-label": "Cướp"}
    before = row_counts()
    for changes in (
        {"contacts-TOTAL_FORMS": None, "contacts-INITIAL_FORMS": None},
        {"contacts-TOTAL_FORMS": "999999999"},
        {"contacts-TOTAL_FORMS": "abc"},
        {"access": "secret"},
        {"access": None},
        {"unit": "9" * 30},
        {"unit": "-1"},
        {"unit": str(staff.other_unit.pk)},
        {"parent": "abc"},
        {"parent": "9" * 30},
        {"parent": "-5"},
        {"parent": str(samples.person.pk)},
        {"kind": "evil"},
        {"country": "ZZZZ"},
        {"confidence": "sure"},
        {"title": "x" * 501},
        {"title": " \t\n "},
        {"tags": "x" * 501},
        {"desk_officer": "9" * 30},
        {"names-TOTAL_FORMS": "1", "names-0-text": "x" * 301, "names-0-kind": "other"},
    ):
        data = {k: v for k, v in {**good, **changes}.items() if v is not None}
        answer = client.post(url("new", "parties"), data)
        assert answer.status_code == 422, changes
        if "title" not in changes:
            assert shows(answer, "Hồ sơ lạ"), changes
    # A row of somebody else's record, one that never was, and numbers that no column holds.
    form = form_with(client.get(url("edit", samples.own.pk)), "title", "version")
    for number in (str(foreign.pk), "999999999", "9" * 30, "-1", "abc"):
        for more in ({}, {"contacts-0-DELETE": "on"}):
            answer = form.send(client, **{**row, "contacts-0-id": number, **more})
            # What is no number at all and to be removed is nothing to be removed.
            assert answer.status_code == 422 or (number == "abc" and more), (number, more)
    for version in ("", "abc", "9" * 30, "-1", None):
        answer = form.send(client, title="Đổi lén", version=version)
        assert answer.status_code in (409, 422), version
    assert row_counts() == before
    foreign.refresh_from_db()
    assert (foreign.label, foreign.party_id) == ("Của người khác", samples.partner.pk)
    samples.own.record.refresh_from_db()
    assert samples.own.record.title == "Tỉnh Mẫu Sơn"


def test_parts_of_other_records(staff: Staff, samples: Any) -> None:
    """A change or a figure of one record cannot be undone or withdrawn at the address of another."""
    client = staff.client("officer")
    figure = add_figure(record=samples.party.record, actor=None, measure="jobs", unit="người", value=Decimal(5))
    change = samples.party.record.changes.first()
    before = row_counts()
    assert client.post(url("figure_withdraw", samples.instrument.pk, figure.pk), {"reason": "x"}).status_code == 404
    assert client.post(url("undo", samples.instrument.pk, change.pk)).status_code == 404
    for value in ("9" * 30, "1e999", "mười", "", "-" * 10):
        answer = client.post(
            url("figure_new", samples.party.pk),
            {"measure": "jobs", "stage": "announced", "value": value, "unit": "người"},
        )
        assert answer.status_code == 422, value
    answer = client.post(
        url("figure_new", samples.party.pk),
        {"measure": "evil", "stage": "evil", "value": "1", "unit": "x" * 99},
    )
    assert answer.status_code == 422
    assert row_counts() == before


def test_bodies_that_are_no_forms(staff: Staff, samples: Any) -> None:
    client = staff.client("officer")
    before = row_counts()
    for data, kind in (
        (b'{"title": "A"}', "application/json"),
        (b"\xff\xfe\x00bad", "application/x-www-form-urlencoded"),
        (b"title=%ff%fe&kind=company", "application/x-www-form-urlencoded"),
        (b"nothing", "multipart/form-data"),
        (b"nothing", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"title=A", "application/x-www-form-urlencoded; charset=evil"),
        (b"", "text/plain"),
    ):
        answer = client.generic("POST", url("new", "parties"), data, content_type=kind)
        assert answer.status_code in (400, 422), kind
        assert "<h1" in body(answer)
    assert row_counts() == before


def test_questions_that_make_no_sense(staff: Staff, samples: Any) -> None:
    """Addresses typed by hand: a page every time."""
    client = staff.client("administrator")
    asked = [
        {"page": "abc"},
        {"page": "9" * 40},
        {"page": "-3"},
        {"sort": "evil"},
        {"sort": "record__created_by__password"},
        {"q": "x" * 5000},
        {"q": "\"' OR 1=1 --"},
        {"q": "*" * 50},
        {"q": "NEAR(a b)"},
        {"q": "a:b AND ("},
        {"q": "\\"},
        {"q": "%"},
        {"q": "' & | ! ( ) :*"},
        {"q": "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")},
        {"archived": "evil"},
        {"unit": "abc"},
        {"tags": "9" * 30},
        {"party": "9" * 30},
        {"due_from": "31/02/2023"},
    ]
    for query in asked:
        paths = [url("list", "engagements"), url("search")]
        if "q" in query:
            paths += [
                url("list", "documents"),
                url("palette"),
                url("lookup", "party"),
                url("similar", "party"),
            ]
        else:
            paths += [url("list", "commitments"), url("audit"), url("imports")]
        for path in paths:
            assert client.get(path, query).status_code in (200, 422), (path, query)
    for kind in ("evil", "user", "orgunit", "change"):
        assert client.get(url("lookup", kind)).status_code == 404, kind
    assert client.get(url("list", "evil")).status_code == 404
    assert client.get("/desk/documents/import/").status_code == 404
    for token in ("abc", "a" * 32, "..%2f..%2fetc", "_" * 64):
        assert client.get(f"/desk/parties/import/{token}/").status_code == 404, token


def test_sign_in_sends_nobody_away(staff: Staff) -> None:
    """The way on after signing in, choosing a language or ticking off stays in this house."""
    staff.officer.set_password("mat-khau-thu-nghiem")
    staff.officer.save()
    for away in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        sent = {"login": "can-bo", "password": "mat-khau-thu-nghiem", "next": away}
        answers = [
            Client(REMOTE_ADDR="10.0.0.9").post("/account/login/", sent),
            staff.client("lead").post("/i18n/setlang/", {"language": "vi", "next": away}),
        ]
        for answer in answers:
            assert answer.status_code == 302, away
            assert "evil" not in answer.headers["Location"]
            assert not answer.headers["Location"].startswith("javascript")
