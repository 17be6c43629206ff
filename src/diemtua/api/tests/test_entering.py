"""Entering by programs: the rooms' own actions, the token in the history, everything or nothing."""

from __future__ import annotations

import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from diemtua.api.models import Answer
from diemtua.engagements.models import Engagement
from diemtua.projects.models import Enquiry
from diemtua.register.models import Figure, Record
from diemtua.testing.pages import Staff, row_counts

from .callers import caller

pytestmark = pytest.mark.django_db


def test_an_enquiry_is_entered_as_on_the_desk(staff: Staff, samples: SimpleNamespace) -> None:
    """Fields, clocks, owner and unit as the desk's form would set them; the history names the token."""
    program = caller(staff.officer, name="Cổng thông tin thử")
    body = {
        "title": "Tìm đất dựng xưởng sợi",
        "channel": "email",
        "received_on": "2026-03-04",
        "sender_name": "Kim Thử",
        "sender_email": "kim@example.org",
        "country": "KR",
        "party": samples.partner.pk,
        "text": "Cần 5,5 ha <script>alert(1)</script>\x00 gần cảng.",
        "area_ha": "5.5",
        "capital": 1200000.25,
        "currency": "USD",
        "jobs": 120,
        "tags": ["sợi"],
        "reason": "từ biểu mẫu",
    }
    answer = program.post("enquiries", body)
    assert answer.status_code == 201, answer.content
    made = Enquiry.objects.get(pk=answer.json()["number"])
    assert answer.headers["Location"] == f"/api/v1/records/{made.pk}"
    assert (made.owner, made.record.unit, made.record.created_by) == (staff.officer, staff.unit, staff.officer)
    assert (made.area_ha, made.capital, made.jobs) == (Decimal("5.5"), Decimal("1200000.25"), 120)
    assert made.first_due_at is not None
    assert made.text == "Cần 5,5 ha <script>alert(1)</script> gần cảng."
    change = made.record.changes.get()
    assert change.actor == staff.officer
    assert "Cổng thông tin thử" in change.reason
    assert change.reason.endswith("từ biểu mẫu")
    one = program.read(f"records/{made.pk}")
    assert one["fields"]["party"]["number"] == samples.partner.pk
    assert one["tags"] == ["sợi"]
    page = staff.client("viewer").get(made.get_absolute_url()).content.decode()
    assert "<script>alert" not in page


def test_an_engagement_with_its_rows(staff: Staff, samples: SimpleNamespace) -> None:
    body = {
        "title": "Thăm nhà máy Trăng Non",
        "form": "meeting",
        "status": "held",
        "held": "11/2025",
        "host": samples.own.pk,
        "participants": [{"side": "own", "party": samples.own.pk}, {"side": "partner", "party": samples.partner.pk}],
        "next_steps": [{"text": "Gửi bản đồ", "due": "2026-01-15"}],
    }
    answer = caller(staff.officer).post("engagements", body)
    assert answer.status_code == 201, answer.content
    made = Engagement.objects.get(pk=answer.json()["number"])
    assert made.participants.count() == 2
    assert made.held is not None
    assert made.held.iso == "2025-11-01/2025-11-30"
    samples.partner.refresh_from_db()
    assert samples.partner.last_contact is not None  # what follows from an engagement follows


def test_a_figure_beside_the_others(staff: Staff, samples: SimpleNamespace) -> None:
    program = caller(staff.officer)
    for value in (10, "12.5"):
        body = {"measure": "capital", "unit": "USD", "value": value, "stage": "registered", "as_of": "2025"}
        answer = program.post(f"records/{samples.project.pk}/figures", body)
        assert answer.status_code == 201, answer.content
    assert {f.value for f in Figure.objects.all()} == {Decimal(10), Decimal("12.5")}
    figures = program.read(f"records/{samples.project.pk}")["figures"]
    assert [f["newest"] for f in figures] == [True, False]
    # What another unit owns is theirs to change; its figures are read all the same.
    other = caller(staff.other)
    assert other.get(f"records/{samples.project.pk}").status_code == 200
    refused = other.post(f"records/{samples.project.pk}/figures", {"measure": "jobs", "unit": "người", "value": 1})
    assert refused.status_code == 403
    assert Figure.objects.count() == 2


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "title"),
    ({"title": ""}, "title"),
    ({"title": None}, "title"),
    ({"title": 7}, "title"),
    ({"title": ["a"]}, "title"),
    ({"title": "x" * 501}, "title"),
    ({"title": "A", "colour": "red"}, "colour"),
    ({"title": "A", "state": "answered"}, "state"),
    ({"title": "A", "is_test": True}, "is_test"),
    ({"title": "A", "channel": "pigeon"}, "channel"),
    ({"title": "A", "received_on": "31/02/2026"}, "received_on"),
    ({"title": "A", "received_on": 20260101}, "received_on"),
    ({"title": "A", "capital": "nhiều"}, "capital"),
    ({"title": "A", "capital": True}, "capital"),
    ({"title": "A", "capital": "1e9999999"}, "capital"),
    ({"title": "A", "capital": "-5", "currency": "USD"}, "capital"),
    ({"title": "A", "jobs": 1.5}, "jobs"),
    ({"title": "A", "jobs": -1}, "jobs"),
    ({"title": "A", "jobs": 10**12}, "jobs"),
    ({"title": "A", "country": "XX"}, "country"),
    ({"title": "A", "country": "K\x00"}, "country"),
    ({"title": "A", "party": 999999999}, "party"),
    ({"title": "A", "party": 10**40}, "party"),
    ({"title": "A", "party": "abc"}, "party"),
    ({"title": "A", "sender_email": "không"}, "sender_email"),
    ({"title": "A", "environment_flags": "dust"}, "environment_flags"),
    ({"title": "A", "environment_flags": ["không-có"]}, "environment_flags"),
    ({"title": "A", "access": "everyone"}, "access"),
    ({"title": "A", "unit": 999999}, "unit"),
    ({"title": "A", "names": "x"}, "names"),
    ({"title": "A", "names": [{"text": "B", "colour": 1}]}, "names"),
    ({"title": "A", "names": [{"text": 5}]}, "names"),
    ({"title": "A", "tags": "x"}, "tags"),
    ({"title": "A", "tags": [1]}, "tags"),
    ({"title": "A", "reason": 5}, "reason"),
    ({"title": "A", "text": "x" * 20_001}, "text"),
]


@pytest.mark.parametrize(("sent", "field"), WRONG, ids=[f"{f}-{n}" for n, (_s, f) in enumerate(WRONG)])
def test_what_does_not_fit_is_named(staff: Staff, sent: dict[str, Any], field: str) -> None:
    """The wrong field has its sentence, in both languages; nothing is kept."""
    before = row_counts()
    for language in ("en", "vi"):
        program = caller(staff.officer, language=language)
        answer = program.post("enquiries", sent)
        assert answer.status_code == 422, answer.content
        error = answer.json()["error"]
        assert error["fields"][field][0]
        assert program.token is not None
        program.token.delete()
    after = row_counts()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"register.Change"}  # of the two tokens


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b" ", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (b'"a"', 400),
        (b'{"title": NaN}', 400),
        (b'{"title": ' + b"9" * 5000 + b"}", 400),
        (b"[" * 100_000, 400),
        (b'{"title": ' + b"[" * 9000 + b"]" * 9000 + b"}", 400),
        (b'{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}', 400),
        (b'{"title": "' + b"x" * 1_100_000 + b'"}', 413),
        (b'{"title": "\\ud800"}', 422),
        (b'{"title": "A", "\\ud800": 1}', 422),
    ],
    ids=[
        "none",
        "cut",
        "bytes",
        "list",
        "text",
        "nan",
        "digits",
        "deep",
        "deeper",
        "nested",
        "huge",
        "half",
        "half-name",
    ],
)
def test_bodies_that_are_no_request(staff: Staff, sent: bytes, status: int) -> None:
    answer = caller(staff.officer).post("enquiries", sent)
    assert answer.status_code == status, answer.content[:300]
    assert answer.json()["error"]["message"]
    assert not Enquiry.objects.exists()


def test_only_json_is_read(staff: Staff) -> None:
    program = caller(staff.officer)
    answer = program.client.post("/api/v1/enquiries", {"title": "A"}, headers=program.headers())
    assert answer.status_code == 415


def test_a_retry_makes_nothing_twice(staff: Staff) -> None:
    """The same key and body give the first answer; the same key with another body is refused; keys are each token's own."""
    program = caller(staff.officer)
    body = {"title": "Hỏi một lần"}
    first = program.post("enquiries", body, Idempotency_Key="abc-1")
    again = program.post("enquiries", body, Idempotency_Key="abc-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert Enquiry.objects.count() == 1
    assert program.post("enquiries", {"title": "Khác"}, Idempotency_Key="abc-1").status_code == 409
    assert program.post("engagements", body, Idempotency_Key="abc-1").status_code == 409
    assert caller(staff.lead).post("enquiries", body, Idempotency_Key="abc-1").status_code == 201
    wrong = program.post("enquiries", {"title": ""}, Idempotency_Key="abc-2")
    assert wrong.status_code == 422
    assert program.post("enquiries", body, Idempotency_Key="abc-2").status_code == 201, "what failed may be mended"
    assert program.post("enquiries", body, Idempotency_Key="x" * 81).status_code == 422
    assert Answer.objects.count() == 3


def test_a_secret_paper_is_not_kept(staff: Staff) -> None:
    answer = caller(staff.officer).post("enquiries", {"title": "Công văn", "text": "TỐI MẬT\nNội dung thử."})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "secret"
    assert not Record.objects.filter(title="Công văn").exists()


def test_officers_give_records_to_their_own_unit_only(staff: Staff, samples: SimpleNamespace) -> None:
    foreign = {"title": "A", "unit": staff.other_unit.pk}
    assert caller(staff.officer).post("enquiries", foreign).status_code == 422
    assert caller(staff.lead).post("enquiries", foreign).status_code == 201
    hidden = {"title": "B", "unit": staff.other_unit.pk, "access": "unit"}
    assert caller(staff.lead).post("enquiries", hidden).status_code in (403, 422)
    assert json.dumps(list(Record.objects.values_list("title", flat=True))).count('"B"') == 0


def test_the_day_of_a_figure_cannot_be_nonsense(staff: Staff, samples: SimpleNamespace) -> None:
    program = caller(staff.officer)
    for body, field in (
        ({"measure": "jobs", "unit": "người"}, "value"),
        ({"measure": "Jobs!", "unit": "người", "value": 1}, "measure"),
        ({"measure": "jobs", "value": 1}, "unit"),
        ({"measure": "jobs", "unit": "người", "value": 1, "as_of": "hôm nào"}, "as_of"),
        ({"measure": "jobs", "unit": "người", "value": 1, "stage": "dreamt"}, "stage"),
        ({"measure": "jobs", "unit": "người", "value": 1, "evidence": 5}, "evidence"),
        ({"measure": "jobs", "unit": "người", "value": 1, "evidence": "1e999999999"}, "evidence"),
        ({"measure": "jobs", "unit": "người", "value": "1e25"}, "value"),
        ({"measure": "jobs", "unit": "người", "value": 1, "x": 1}, "x"),
    ):
        answer = program.post(f"records/{samples.project.pk}/figures", body)
        assert answer.status_code == 422, (body, answer.content)
        assert field in answer.json()["error"]["fields"], answer.content
    assert not Figure.objects.exists()
