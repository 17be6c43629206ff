"""What the API shows is what the desk shows its person: no more, no less, in a form for programs."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diemtua.api.guarding import InTurn
from diemtua.projects.actions.intake import plant_test
from diemtua.register import write
from diemtua.register.actions import add_evidence, add_figure, add_note
from diemtua.register.models import Record
from diemtua.register.screens import all_screens, screen_of
from diemtua.testing.pages import Staff

from .callers import caller

pytestmark = pytest.mark.django_db


def several(kind: str, count: int, **fields: Any) -> list[Any]:
    return [
        write.create(kind, actor=None, fields={"title": f"Bản sao {n:03}", "kind": "company", **fields})
        for n in range(count)
    ]


def test_the_short_way_answers_as_the_long_one(staff: Staff, samples: SimpleNamespace) -> None:
    """Past sessions and forms, an answer still says its length, language and policy; what is not there is 404."""
    reader = caller(staff.viewer)
    answer = reader.get(f"records/{samples.partner.pk}")
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert answer.headers["Content-Language"] == reader.language
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert reader.get("nothing-here").status_code == 404
    assert reader.client.get("/api/v1/kinds").status_code == 401


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("database is locked", 503),
        ("database or disk is full", 507),
        ("terminating connection due to administrator command", 503),
    ],
)
def test_a_busy_or_full_database_is_said_on_the_short_way_too(
    staff: Staff, monkeypatch: pytest.MonkeyPatch, text: str, status: int
) -> None:
    def fails(*_given: Any) -> None:
        raise OperationalError(text)

    monkeypatch.setattr("diemtua.api.reading.kinds", fails)
    assert caller(staff.viewer).get("kinds").status_code == status


def test_readers_come_in_their_turn() -> None:
    """One place: whoever waits gets it in the order of coming, also after one that failed."""
    turn, order, started = InTurn(1), [], threading.Barrier(2)

    def reader(number: int) -> None:
        with turn:
            order.append(number)

    def failing() -> None:
        with suppress(ValueError), turn:
            started.wait()
            started.wait()
            raise ValueError

    first = threading.Thread(target=failing)
    first.start()
    started.wait()
    threads = [threading.Thread(target=reader, args=[n]) for n in range(5)]
    for n, thread in enumerate(threads):
        thread.start()
        while len(turn._waiting) < n + 1:
            time.sleep(0.001)
    assert not order
    started.wait()
    for thread in [first, *threads]:
        thread.join()
    assert order == [0, 1, 2, 3, 4]
    with turn:
        order.append(5)
    assert order[-1] == 5


def test_every_kind_is_listed_and_read(staff: Staff, samples: SimpleNamespace) -> None:
    """Each declared kind: its description, its list with the sample, the sample with every field of its form."""
    reader = caller(staff.viewer)
    told = {k["kind"] for k in reader.read("kinds")["kinds"]}
    assert told == {s.kind for s in all_screens()}
    for screen in all_screens():
        kind = reader.read(f"kinds/{screen.kind}")
        names = [f["name"] for f in kind["fields"]]
        assert set(screen.own_fields) <= set(names)
        assert [r["name"] for r in kind["rows"]] == [c.name for c in screen.all_children]
        page = reader.read(f"kinds/{screen.slug}/records")
        sample = getattr(samples, screen.kind)
        row = next(r for r in page["records"] if r["number"] == sample.pk)
        assert row["title"] == sample.record.title
        one = reader.read(f"records/{sample.pk}")
        assert one["fields"] == row["fields"]
        assert set(one["fields"]) == set(names)


def test_a_record_with_all_that_hangs_on_it(staff: Staff, samples: SimpleNamespace) -> None:
    proof = add_evidence(record=samples.project.record, actor=None, source=samples.document.record, quote="hai bên")
    add_figure(
        record=samples.project.record,
        actor=None,
        measure="capital",
        unit="USD",
        value=Decimal("12.5"),
        stage="registered",
        evidence=proof,
    )
    reader = caller(staff.viewer)
    one = reader.read(f"records/{samples.project.pk}")
    assert one["fields"]["investor"] == {
        "number": samples.partner.pk,
        "kind": "party",
        "title": samples.partner.record.title,
    }
    assert one["fields"]["capital"] == "20"
    (figure,) = one["figures"]
    assert (figure["value"], figure["unit"], figure["stage"], figure["newest"]) == ("12.5", "USD", "registered", True)
    assert figure["source"]["number"] == samples.document.pk
    assert one["evidence"][0]["quote"] == "hai bên"
    assert reader.read(f"records/{samples.project.pk}/figures")["figures"] == one["figures"]
    meeting = reader.read(f"records/{samples.engagement.pk}")
    assert [row["party"]["number"] for row in meeting["rows"]["participants"]] == [samples.own.pk, samples.partner.pk]
    links = reader.read(f"records/{samples.partner.pk}/links")["links"]
    assert {(link["record"]["number"], link["direction"]) for link in links} >= {(samples.project.pk, "in")}


def test_history_for_those_who_see_the_record(staff: Staff, samples: SimpleNamespace) -> None:
    write.update(samples.project, actor=staff.lead, fields={"industry": "dệt may"}, reason="thử lý do")
    add_note(record=samples.project.record, actor=staff.officer, text="Một ghi chú thử")
    entries = caller(staff.viewer).read(f"records/{samples.project.pk}/history")["entries"]
    assert {e["verb"] for e in entries} == {"create", "edit", "note"}
    edit = next(e for e in entries if e["verb"] == "edit")
    assert (edit["reason"], edit["who"]) == ("thử lý do", str(staff.lead))
    assert edit["lines"][0]["after"] == "dệt may"


SECRET = "Mật hiệu Sao Băng"


def test_what_one_may_not_see_is_nowhere(staff: Staff, samples: SimpleNamespace) -> None:
    """A record of another unit: 404 on every door, in no list, link, row, name, source or history of others."""
    hidden = write.create(
        "party",
        actor=None,
        fields={"title": SECRET, "kind": "company", "access": "unit", "unit": staff.other_unit},
    )
    document = write.create(
        "document", actor=None, fields={"title": f"Văn bản {SECRET}", "access": "unit", "unit": staff.other_unit}
    )
    write.update(samples.project, actor=None, fields={"investor": hidden})
    write.update(
        samples.engagement,
        actor=None,
        children={"participants": write.ChildEdits(create=[{"side": "partner", "party": hidden}])},
    )
    proof = add_evidence(record=samples.project.record, actor=None, source=document.record, quote=f"theo {SECRET}")
    add_figure(
        record=samples.project.record, actor=None, measure="jobs", unit="người", value=Decimal(7), evidence=proof
    )
    for person, sees in ((staff.officer, False), (staff.viewer, False), (staff.lead, False), (staff.other, True)):
        reader = caller(person)
        texts = []
        for door in ("", "/figures", "/links", "/history"):
            assert (reader.get(f"records/{hidden.pk}{door}").status_code == 200) == sees, door
            assert reader.get(f"records/{hidden.pk}{door}").status_code in (200, 404)
            for near in (samples.project, samples.engagement, samples.partner):
                texts.append(json.dumps(reader.read(f"records/{near.pk}{door}"), ensure_ascii=False))
        for kind in ("party", "document", "project", "engagement"):
            for query in ({}, {"order": "title"}, {"q": "Sao Băng"}, {"order": "oldest"}, {"archived": "all"}):
                texts.append(json.dumps(reader.read(f"kinds/{kind}/records", **query), ensure_ascii=False))
        assert (SECRET in "".join(texts)) == sees, person
    one = caller(staff.officer).read(f"records/{samples.project.pk}")
    assert one["fields"]["investor"] is None
    assert one["figures"][0]["source"] is None
    answer = caller(staff.officer).post(
        f"records/{hidden.pk}/figures", {"measure": "jobs", "unit": "người", "value": 1}
    )
    assert answer.status_code == 404


def test_a_planted_enquiry_is_told_by_nothing(staff: Staff, samples: SimpleNamespace) -> None:
    """What a lead officer planted looks to programs as to officers: like any other, with no mark of the test."""
    planted = plant_test(
        actor=staff.lead, fields={"title": "Hỏi thuê xưởng", "text": "Còn đất không?", "sender_name": "Kim Thử"}
    )
    other = write.create(
        "enquiry",
        actor=None,
        fields={
            "title": "Hỏi thuê kho",
            "text": "Còn kho không?",
            "sender_name": "Park Thử",
            "channel": "web",
            "received_on": timezone.localdate(),
        },
    )
    for person in (staff.officer, staff.lead, staff.administrator):
        reader = caller(person)
        one, two = reader.read(f"records/{planted.pk}"), reader.read(f"records/{other.pk}")
        assert one.keys() == two.keys()
        assert one["fields"].keys() == two["fields"].keys()
        different = {n for n in one["fields"] if one["fields"][n] != two["fields"][n]}
        assert different <= {"text", "sender_name"}
        said = reader.get(f"records/{planted.pk}/history").content.decode() + json.dumps(one)
        assert "is_test" not in said
        assert str(staff.lead) not in said


def test_pages_hold_together_while_records_come(staff: Staff) -> None:
    """Page by page every record comes once, in each order, however many come or go meanwhile."""
    made = several("party", 23)
    reader = caller(staff.viewer)
    for order in ("newest", "oldest", "title"):
        seen: list[int] = []
        cursor = ""
        while True:
            page = reader.read("kinds/party/records", limit=5, order=order, **({"cursor": cursor} if cursor else {}))
            seen += [r["number"] for r in page["records"]]
            if not page["next"]:
                break
            cursor = page["next"]
            several("party", 1)  # the same title as the first: before or after the place that was reached
        assert len(seen) == len(set(seen)), order
        assert {m.pk for m in made} <= set(seen), order
        titles = dict(Record.objects.values_list("pk", "sort_key"))
        keys = [(titles[n], n) if order == "title" else n for n in seen]
        assert keys == sorted(keys, reverse=order == "newest"), order


def test_filters_are_those_of_the_register(staff: Staff, samples: SimpleNamespace) -> None:
    reader = caller(staff.viewer)
    found = reader.read("kinds/party/records", country="KR")
    assert [r["number"] for r in found["records"]] == [samples.partner.pk]
    found = reader.read("kinds/project/records", q="linh kien", limit=1, order="title")
    assert [r["number"] for r in found["records"]] == [samples.project.pk]
    write.archive(samples.project.record, actor=None, reason="thử")
    assert reader.read("kinds/project/records")["records"] == []
    assert len(reader.read("kinds/project/records", archived="only")["records"]) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"cursor": "không phải"}, "cursor"),
        ({"cursor": "WyJwYXJ0eS5uZXdlc3QiLCJhIl0"}, "cursor"),
        ({"limit": "0"}, "limit"),
        ({"limit": "999"}, "limit"),
        ({"limit": "mười"}, "limit"),
        ({"order": "rác"}, "order"),
        ({"colour": "red"}, "colour"),
        ({"country": "không có"}, "country"),
        ({"q": "a\x00b"}, "q"),
    ],
)
def test_a_question_that_is_not_understood(staff: Staff, query: dict[str, str], field: str) -> None:
    """The field is named with a sentence in the language that is asked for."""
    for language in ("en", "vi"):
        answer = caller(staff.viewer, language=language).get("kinds/party/records", **query)
        assert answer.status_code == 422, answer.content
        error = answer.json()["error"]
        assert error["code"] == "invalid"
        assert error["fields"][field][0]


def test_a_cursor_of_another_list_is_refused(staff: Staff) -> None:
    several("party", 3)
    reader = caller(staff.viewer)
    cursor = reader.read("kinds/party/records", limit=1)["next"]
    for path, query in (
        ("kinds/party/records", {"order": "title"}),
        ("kinds/party/records", {"order": "oldest"}),
        ("kinds/project/records", {}),
    ):
        assert reader.get(path, cursor=cursor, **query).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "kinds/gì-đó",
        "kinds/none/records",
        "records/0",
        "records/999999999",
        f"records/{'9' * 30}",
        "nowhere",
        "records/x",
    ],
)
def test_nothing_is_answered_in_json(staff: Staff, path: str) -> None:
    answer = caller(staff.viewer).get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_queries_stay_few(staff: Staff, samples: SimpleNamespace) -> None:
    """A list asks as much for forty rows as for one; a record, at most a query for each of its sets and ten more."""
    reader = caller(staff.viewer)
    reader.read("kinds/party/records")
    with CaptureQueriesContext(connection) as few:
        reader.read("kinds/party/records", limit=1)
    several("party", 40, country="JP")
    reader.read("kinds/party/records")
    with CaptureQueriesContext(connection) as many:
        reader.read("kinds/party/records")
    assert len(many) <= max(len(few), 4)
    reader.read(f"records/{samples.engagement.pk}")
    with CaptureQueriesContext(connection) as one:
        reader.read(f"records/{samples.engagement.pk}")
    assert len(one) <= len(screen_of("engagement").all_children) + 10
