"""From a reading to decided facts: proposed once, accepted with their passages, rejected for good, undone whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from diemtua.parties.models import Party
from diemtua.register import access, merging, write
from diemtua.register.actions import add_evidence, add_figure
from diemtua.register.models import Access, Batch, Change, Evidence, Figure, Record
from diemtua.sources import actions, queries, rules
from diemtua.sources.models import Document, Passage, Proposal, Reading, Subject
from diemtua.sources.reader import facts
from diemtua.sources.text import Read
from diemtua.testing.pages import Staff, row_counts
from diemtua.testing.readings import marked

State = Proposal.State
HOME = "Thái Bình"
NEWS = (
    "{VN_LOCALITY#tb=Thái Bình|Thái Bình} đã ký {DOCUMENT#mou|Bản ghi nhớ hợp tác} với "
    "{FOREIGN_LOCALITY#ram|thành phố Trăng Rằm} ({COUNTRY#kr=KR|Hàn Quốc}) ngày {DATE#day=2023-03-12|12/3/2023}.\n"
    "{POST#chu|Thị trưởng} {FOREIGN_LOCALITY#ram|thành phố Trăng Rằm}, ông {PERSON#kim|Kim Thử Nghiệm}, cảm ơn tỉnh. "
    "{ORG#cty|Công ty TNHH Sao Khuê Thử} đầu tư {MONEY#tien|120 triệu USD} vào {PARK#kcn|Khu công nghiệp Đồng Mơ}."
)
SAID = [
    ("cooperates_with", "tb", "ram", "signed"),
    ("locality_of", "ram", "kr"),
    ("party_to", "tb", "mou"),
    ("party_to", "ram", "mou"),
    ("signed_on", "mou", "day"),
    ("holds_post", "kim", "chu"),
    ("post_at", "chu", "ram"),
    ("invests", "cty", "kcn"),
    ("amount_of", "tien", "kcn"),
]
NORMS = {"tien": {"amount": 120_000_000, "currency": "USD"}}


def reading_of(text: str = NEWS, said: Iterable[Any] = SAID, published: str = "2023-07-18") -> facts.Reading:
    return marked(text, said, home=HOME, published=published, norms=NORMS)


def document_of(staff: Staff, text: str, title: str = "Bản tin thử", **fields: Any) -> Document:
    read = Read(text, "txt", "text/plain", (), "", hashlib.sha256(text.encode()).hexdigest())
    return actions.create_document(
        actor=None, fields={"title": title, "unit": staff.unit, **fields}, content=actions.Content(read)
    )


@pytest.fixture
def news(places: None, staff: Staff) -> Document:
    return document_of(staff, reading_of().text)


@pytest.fixture
def proposed(news: Document, staff: Staff) -> Document:
    actions.propose(document=news, reading=reading_of(), actor=staff.officer, edition="thử")
    return news


def proposals(document: Document, **wanted: Any) -> list[Proposal]:
    rows = Proposal.objects.filter(subject__content_id=document.pk, **wanted)
    return list(rows.select_related("subject").prefetch_related("passages").order_by("pk"))


def fact(document: Document, title: str, field: str = "") -> Proposal:
    return next(p for p in proposals(document, subject__title=title) if p.field == field)


def group(document: Document, user: Any, title: str, **kwargs: Any) -> queries.Group:
    found = queries.review(document, user, show="all", per_page=100, **kwargs)
    return next(g for g in found.groups if g.subject.title == title)


def line(document: Document, user: Any, title: str, field: str) -> queries.Line:
    return next(one for one in group(document, user, title).lines if one.proposal.field == field)


def made(title: str) -> Any:
    record = Record.objects.live().get(title=title)
    return getattr(record, record.kind)


# --- proposing --------------------------------------------------------------------------------------


def test_a_reading_waits_to_be_decided(proposed: Document, staff: Staff) -> None:
    found = queries.review(proposed, staff.officer, per_page=100)
    assert {(g.subject.kind, g.subject.title) for g in found.groups} == {
        ("party", "Tỉnh Thái Bình"),
        ("party", "Thành phố Trăng Rằm"),
        ("party", "Công ty TNHH Sao Khuê Thử"),
        ("zone", "Khu công nghiệp Đồng Mơ"),
        ("person", "Kim Thử Nghiệm"),
        ("instrument", "Bản ghi nhớ hợp tác Thái Bình - Trăng Rằm"),
    }
    assert all(g.is_new and g.may_edit and not g.is_doubtful for g in found.groups)
    assert found.counts["open"] == len(proposals(proposed))
    text = proposed.content.text
    for p in Passage.objects.filter(proposal__subject__content=proposed.content):
        assert text[p.start : p.end] == p.quote
    (waiting,) = queries.waiting(staff.officer)
    assert (waiting.document, waiting.open) == (proposed, found.counts["open"])
    assert not Record.objects.exclude(kind="document").exists()


def test_another_text_is_refused(news: Document, staff: Staff) -> None:
    with pytest.raises(ValidationError):
        actions.propose(document=news, reading=reading_of(NEWS + " Hết."), actor=staff.officer)
    assert not Reading.objects.exists()


def test_reading_again_changes_nothing(proposed: Document, staff: Staff) -> None:
    before = [(p.pk, p.state, p.value, len(p.passages.all())) for p in proposals(proposed)]
    actions.accept(proposals=[fact(proposed, "Thành phố Trăng Rằm")], actor=staff.officer)
    actions.propose(document=proposed, reading=reading_of(), actor=staff.officer)
    after = proposals(proposed)
    assert [(p.pk, p.value, len(p.passages.all())) for p in after] == [(pk, v, n) for pk, _s, v, n in before]
    assert [p.subject.title for p in after if p.state == State.ACCEPTED] == ["Thành phố Trăng Rằm"]
    assert Reading.objects.count() == 2


def test_a_better_reading_adds_and_a_worse_one_sets_aside(proposed: Document, staff: Staff) -> None:
    fewer = [s for s in SAID if s[0] not in ("amount_of", "holds_post")]
    actions.propose(document=proposed, reading=reading_of(said=fewer), actor=staff.officer)
    aside = {(p.subject.title, p.field) for p in proposals(proposed, state=State.SUPERSEDED)}
    assert aside == {("Khu công nghiệp Đồng Mơ", "figures"), ("Kim Thử Nghiệm", ""), ("Kim Thử Nghiệm", "posts")}
    actions.propose(document=proposed, reading=reading_of(), actor=staff.officer)
    assert not proposals(proposed, state=State.SUPERSEDED)
    more = [*SAID, ("located_in", "cty", "kcn"), ("cooperates_with", "tb", "cty", "ongoing")]
    count = len(proposals(proposed))
    actions.propose(document=proposed, reading=reading_of(said=more), actor=staff.officer)
    assert len(proposals(proposed)) == count + 1  # is_partner; where it is was known from its investment
    assert fact(proposed, "Công ty TNHH Sao Khuê Thử", "is_partner").is_open


# --- rejecting --------------------------------------------------------------------------------------


def test_a_rejected_fact_is_not_proposed_again(proposed: Document, staff: Staff) -> None:
    figure = fact(proposed, "Khu công nghiệp Đồng Mơ", "figures")
    assert actions.reject(proposals=[figure], actor=staff.officer, reason="Là vốn của cả khu.") == 1
    actions.propose(document=proposed, reading=reading_of(), actor=staff.officer)
    assert [p.state for p in proposals(proposed, field="figures")] == [State.REJECTED]
    # Nor in another document that says it in the same words, whatever stands around them.
    other = "Tin vắn.\n" + NEWS
    second = document_of(staff, reading_of(other).text, "Bản tin in lại")
    actions.propose(document=second, reading=reading_of(other), actor=staff.officer)
    assert not proposals(second, field="figures")
    # Other words are another matter.
    third = NEWS.replace("đầu tư {MONEY", "dự kiến rót {MONEY")
    third_document = document_of(staff, reading_of(third).text, "Bản tin khác")
    actions.propose(document=third_document, reading=reading_of(third), actor=staff.officer)
    assert [p.state for p in proposals(third_document, field="figures")] == [State.OPEN]


def test_a_rejection_within_a_unit_holds_within_it(places: None, staff: Staff) -> None:
    secret = document_of(staff, reading_of().text, "Tài liệu của phòng", access=Access.UNIT)
    actions.propose(document=secret, reading=reading_of(), actor=staff.officer)
    actions.reject(proposals=proposals(secret, field="figures"), actor=staff.officer)
    open_text = NEWS + " "
    news = document_of(staff, reading_of(open_text).text)
    actions.propose(document=news, reading=reading_of(open_text), actor=staff.other)
    assert proposals(news, field="figures")


def test_with_a_record_goes_what_hangs_on_it(proposed: Document, staff: Staff) -> None:
    actions.reject(proposals=[fact(proposed, "Thành phố Trăng Rằm")], actor=staff.officer)
    rejected = {(p.subject.title, p.field) for p in proposals(proposed, state=State.REJECTED)}
    assert rejected == {
        ("Thành phố Trăng Rằm", ""),
        ("Thành phố Trăng Rằm", "country"),
        ("Thành phố Trăng Rằm", "is_partner"),
        ("Kim Thử Nghiệm", "posts"),
        ("Bản ghi nhớ hợp tác Thái Bình - Trăng Rằm", "parties"),
    }
    first = fact(proposed, "Thành phố Trăng Rằm")
    assert actions.reopen(proposals=[first], actor=staff.officer) == 1
    assert fact(proposed, "Thành phố Trăng Rằm").is_open


# --- accepting --------------------------------------------------------------------------------------


def test_accepting_makes_the_record_with_its_proof(proposed: Document, staff: Staff) -> None:
    done = actions.accept_all(subject=fact(proposed, "Thành phố Trăng Rằm").subject, actor=staff.officer)
    party = made("Thành phố Trăng Rằm")
    assert (party.kind, party.country_id, party.is_partner) == ("locality", "KR", True)
    assert (party.record.unit, party.record.access, party.record.confidence) == (staff.unit, "internal", "medium")
    assert [r.title for r in done.records] == ["Thành phố Trăng Rằm"]
    proofs = Evidence.objects.filter(record=party.record)
    assert {p.field for p in proofs} == {"title", "kind", "country", "is_partner"}
    text = proposed.content.text
    for p in proofs:
        assert p.source == proposed.record
        assert text[p.start : p.end] == p.quote
        assert "Trăng Rằm" in p.quote
    change = Change.objects.get(record=party.record, verb="create")
    assert "Bản tin thử" in change.reason
    assert {p.state for p in proposals(proposed, subject__title="Thành phố Trăng Rằm")} == {State.ACCEPTED}
    assert Subject.objects.get(title="Thành phố Trăng Rằm").record == party.record
    assert fact(proposed, "Tỉnh Thái Bình").is_open


def test_what_a_fact_needs_is_made_first(proposed: Document, staff: Staff) -> None:
    wanted = line(proposed, staff.officer, "Kim Thử Nghiệm", "posts")
    assert [s.title for s in wanted.needs] == ["Thành phố Trăng Rằm"]
    done = actions.accept(proposals=[wanted.proposal], actor=staff.officer)
    assert {r.title for r in done.records} == {"Kim Thử Nghiệm", "Thành phố Trăng Rằm"}
    (post,) = made("Kim Thử Nghiệm").posts.all()
    assert (post.title, post.party) == ("Thị trưởng", made("Thành phố Trăng Rằm"))
    # Only what it is was needed of the city; that it is a partner waits.
    assert not made("Thành phố Trăng Rằm").is_partner
    assert {p.field for p in proposals(proposed, subject__title="Thành phố Trăng Rằm", state=State.OPEN)} == {
        "country",
        "is_partner",
    }


def test_the_whole_document_is_taken_back_as_one(proposed: Document, staff: Staff) -> None:
    before = row_counts()
    everything = proposals(proposed)
    done = actions.accept_document(document=proposed, actor=staff.officer)
    assert not done.left
    assert not proposals(proposed, state=State.OPEN)
    instrument = made("Bản ghi nhớ hợp tác Thái Bình - Trăng Rằm")
    assert (instrument.nature, instrument.form, instrument.status) == ("international", "mou", "in_force")
    assert instrument.signed.iso == "2023-03-12"
    assert {str(p.party) for p in instrument.parties.all()} == {"Tỉnh Thái Bình", "Thành phố Trăng Rằm"}
    zone = made("Khu công nghiệp Đồng Mơ")
    (figure,) = Figure.objects.filter(record=zone.record)
    assert (figure.measure, str(figure.value.normalize()), figure.unit) == ("capital", "1.2E+2", "triệu USD")
    assert "120 triệu USD" in figure.evidence.quote
    assert made("Công ty TNHH Sao Khuê Thử").site == zone.record
    assert done.batch is not None
    assert done.batch.kind == Batch.Kind.READING

    write.undo_batch(done.batch, actor=staff.officer)
    assert not Record.objects.live().exclude(kind="document").exists()
    assert not Figure.objects.filter(withdrawn_at=None).exists()
    assert not Evidence.objects.standing().exists()
    assert [p.state for p in proposals(proposed)] == [State.OPEN] * len(everything)
    assert not Subject.objects.exclude(record=None).exists()
    with pytest.raises(write.CannotUndo):
        write.undo_batch(done.batch, actor=staff.officer)
    again = actions.accept_document(document=proposed, actor=staff.officer)
    assert len(again.records) == len(done.records)
    assert row_counts()["sources.Proposal"] == before["sources.Proposal"]


def test_nothing_is_saved_where_one_thing_is_wrong(proposed: Document, staff: Staff) -> None:
    before = row_counts()
    wrong = fact(proposed, "Công ty TNHH Sao Khuê Thử")
    with pytest.raises(ValidationError, match="Công ty TNHH Sao Khuê Thử"):
        actions.accept(
            proposals=proposals(proposed), actor=staff.officer, values={wrong.pk: {"title": "X", "kind": "không có"}}
        )
    assert row_counts() == before
    assert {p.state for p in proposals(proposed)} == {State.OPEN}


def test_what_is_decided_stays_decided(proposed: Document, staff: Staff) -> None:
    one = fact(proposed, "Thành phố Trăng Rằm")
    actions.accept(proposals=[one], actor=staff.officer)
    before = row_counts()
    for decide in (actions.accept, actions.reject):
        with pytest.raises(actions.AlreadyDecided, match="Lê Văn Cán Thử"):
            decide(proposals=[one], actor=staff.lead)
    with pytest.raises(actions.AlreadyDecided):
        actions.accept(proposals=proposals(proposed), actor=staff.lead)
    assert row_counts() == before


def test_mending_keeps_what_was_proposed(proposed: Document, staff: Staff) -> None:
    day = fact(proposed, "Bản ghi nhớ hợp tác Thái Bình - Trăng Rằm", "signed")
    actions.mend(proposal=day, value="2023-03-13", actor=staff.officer)
    day.refresh_from_db()
    assert (day.state, day.value, day.mended) == (State.MENDED, "2023-03-12", "2023-03-13")
    instrument = made("Bản ghi nhớ hợp tác Thái Bình - Trăng Rằm")
    assert instrument.signed.iso == "2023-03-13"
    whole = fact(proposed, "Công ty TNHH Sao Khuê Thử")
    actions.mend(proposal=whole, value={"title": "Sao Khuê Thử", "kind": "company"}, actor=staff.officer)
    assert made("Sao Khuê Thử").kind == "company"
    other = write.create("party", actor=None, fields={"title": "Phường Sao Mai Thử", "kind": "locality"})
    post = fact(proposed, "Kim Thử Nghiệm", "posts")
    actions.mend(proposal=post, value={"title": "Phó Thị trưởng", "party": other}, actor=staff.officer)
    assert [(p.title, p.party) for p in made("Kim Thử Nghiệm").posts.all()] == [("Phó Thị trưởng", other)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("signed", {"not": "a date"}),
        ("signed", "mười hai"),
        ("parties", "no row"),
        ("parties", {"colour": 3}),
        ("parties", {"party": 10**30}),
        ("parties", {"party": "không có"}),
        ("parties", {"party": 0, "role": "party"}),
        ("parties", {"subject": "party:none"}),
        ("", {"title": "X", "colour": 3}),
        ("", "X"),
    ],
)
def test_a_value_of_the_wrong_shape_is_refused(proposed: Document, staff: Staff, field: str, value: Any) -> None:
    one = fact(proposed, "Bản ghi nhớ hợp tác Thái Bình - Trăng Rằm", field)
    before = row_counts()
    with pytest.raises(ValidationError):
        actions.mend(proposal=one, value=value, actor=staff.officer)
    assert row_counts() == before


@pytest.mark.parametrize(
    "value",
    [
        {"measure": "capital", "value": 3, "unit": "ha", "stage": "gone"},
        {"measure": "capital", "value": 3, "unit": "ha", "as_of": "hôm qua"},
        {"measure": "Vốn!", "value": 3, "unit": "ha"},
        {"measure": "capital", "unit": "ha"},
        {"measure": "capital", "value": "nhiều", "unit": "ha"},
        {"value": 3},
        3,
    ],
)
def test_a_figure_of_the_wrong_shape_is_refused(proposed: Document, staff: Staff, value: Any) -> None:
    one = fact(proposed, "Khu công nghiệp Đồng Mơ", "figures")
    before = row_counts()
    with pytest.raises(ValidationError):
        actions.mend(proposal=one, value=value, actor=staff.officer)
    assert row_counts() == before


# --- what the register has ----------------------------------------------------------------------------


def test_what_is_known_gets_a_further_proof(proposed: Document, staff: Staff) -> None:
    city = write.create(
        "party",
        actor=None,
        fields={"title": "Thành phố Trăng Rằm", "kind": "locality", "country": "KR", "is_partner": True},
    )
    found = group(proposed, staff.officer, "Thành phố Trăng Rằm")
    assert found.record == city.record  # it has come into the register since
    assert {one.standing for one in found.lines} == {"known"}
    done = actions.accept_all(subject=found.subject, actor=staff.officer)
    assert [r.pk for r in done.records] == [city.pk]
    assert [s.title for s in done.joined] == ["Thành phố Trăng Rằm"]
    city.record.refresh_from_db()
    assert city.record.version == 1
    assert {p.field for p in Evidence.objects.filter(record=city.record)} == {"", "country", "is_partner"}
    assert Party.objects.filter(record__title="Thành phố Trăng Rằm").count() == 1


def test_a_contradiction_is_shown_and_left_to_the_officer(proposed: Document, staff: Staff) -> None:
    old = write.create(
        "instrument",
        actor=None,
        fields={"title": "Bản ghi nhớ hợp tác Thái Bình - Trăng Rằm", "nature": "international", "signed": None},
    )
    write.update(old, actor=None, fields={"status": "expired"})
    source = document_of(staff, "Văn kiện đã hết hiệu lực.", "Báo cáo cũ", published="2022")
    add_evidence(actor=None, record=old.record, source=source.record, field="status", quote="đã hết hiệu lực")
    status = line(proposed, staff.officer, old.record.title, "status")
    assert status.standing == "conflict"
    assert [(h.source, h.quote) for h in status.held] == [(source.record, "đã hết hiệu lực")]
    assert line(proposed, staff.officer, old.record.title, "signed").standing == "new"

    done = actions.accept_document(document=proposed, actor=staff.officer)
    assert [(p.field, bool(why)) for p, why in done.left] == [("status", True)]
    old.refresh_from_db()
    assert (old.status, old.signed.iso) == ("expired", "2023-03-12")
    actions.accept(proposals=[status.proposal], actor=staff.officer)
    old.refresh_from_db()
    assert old.status == "in_force"


def test_figures_stand_side_by_side(proposed: Document, staff: Staff) -> None:
    zone = write.create("zone", actor=None, fields={"title": "Khu công nghiệp Đồng Mơ", "type": "industrial_park"})
    common = {"record": zone.record, "actor": None, "measure": "capital", "unit": "triệu USD", "stage": "announced"}
    add_figure(value=100, **common)  # type: ignore[arg-type]
    figure = line(proposed, staff.officer, "Khu công nghiệp Đồng Mơ", "figures")
    assert figure.standing == "conflict"
    assert ["100" in h.text for h in figure.held] == [True]
    actions.accept_document(document=proposed, actor=staff.officer)
    assert Figure.objects.filter(record=zone.record).count() == 2
    (conflict,) = queries.figure_conflicts(zone.record, staff.officer)
    assert (conflict.measure, conflict.unit) == ("capital", "triệu USD")
    assert [(int(f.value or 0), e and e.source) for f, e in conflict.rows] == [(120, proposed.record), (100, None)]
    # The same amount again is no new figure, only its proof.
    again = NEWS + " Hết tin."
    second = document_of(staff, reading_of(again).text, "Bản tin sau")
    actions.propose(document=second, reading=reading_of(again), actor=staff.officer)
    assert line(second, staff.officer, "Khu công nghiệp Đồng Mơ", "figures").standing == "known"
    actions.accept_document(document=second, actor=staff.officer)
    assert Figure.objects.filter(record=zone.record).count() == 2


def test_a_record_entered_meanwhile_is_not_entered_twice(places: None, staff: Staff) -> None:
    texts = [NEWS, NEWS + " Tin cập nhật."]
    documents = [document_of(staff, reading_of(t).text, f"Bản tin {n}") for n, t in enumerate(texts)]
    for document, text in zip(documents, texts, strict=True):
        actions.propose(document=document, reading=reading_of(text), actor=staff.officer)
    first = actions.accept_document(document=documents[0], actor=staff.officer)
    second = actions.accept_document(document=documents[1], actor=staff.officer)
    assert {r.pk for r in second.records} == {r.pk for r in first.records}
    assert not second.left
    titles = list(Record.objects.live().exclude(kind="document").values_list("title", flat=True))
    assert len(titles) == len(set(titles))


def test_an_officer_says_which_record_it_is(proposed: Document, staff: Staff) -> None:
    other = write.create("party", actor=None, fields={"title": "Thành phố Mặt Trăng", "kind": "locality"})
    subject = fact(proposed, "Thành phố Trăng Rằm").subject
    actions.choose_record(subject=subject, record=other.record, actor=staff.officer)
    assert group(proposed, staff.officer, subject.title).record == other.record
    actions.propose(document=proposed, reading=reading_of(), actor=staff.officer)  # the choice stays
    actions.accept(proposals=[fact(proposed, subject.title, "is_partner")], actor=staff.officer)
    other.refresh_from_db()
    assert other.is_partner
    with pytest.raises(ValidationError):
        actions.choose_record(subject=subject, record=None, actor=staff.officer)
    with pytest.raises(ValidationError):
        actions.choose_record(
            subject=fact(proposed, "Kim Thử Nghiệm").subject, record=other.record, actor=staff.officer
        )


def test_a_new_one_in_spite_of_its_name(places: None, staff: Staff) -> None:
    twin = write.create("party", actor=None, fields={"title": "Công ty TNHH Sao Khuê Thử", "kind": "company"})
    news = document_of(staff, reading_of().text)
    actions.propose(document=news, reading=reading_of(), actor=staff.officer)
    subject = fact(news, "Công ty TNHH Sao Khuê Thử").subject
    assert subject.record == twin.record
    actions.choose_record(subject=subject, record=None, actor=staff.officer)
    done = actions.accept(proposals=[fact(news, subject.title)], actor=staff.officer)
    assert [r.pk != twin.pk for r in done.records] == [True]


def test_a_doubtful_subject_is_left_open(places: None, staff: Staff) -> None:
    write.create("person", actor=None, fields={"title": "Kim Thử Nghiệm"})  # one of that name, who knows which
    news = document_of(staff, reading_of().text)
    actions.propose(document=news, reading=reading_of(), actor=staff.officer)
    found = group(news, staff.officer, "Kim Thử Nghiệm")
    assert found.is_doubtful
    assert [bool(sentence) for _record, sentence in found.candidates] == [True]
    done = actions.accept_document(document=news, actor=staff.officer)
    assert {p.subject.title for p, _why in done.left} == {"Kim Thử Nghiệm"}


def test_what_was_merged_is_spoken_of_as_the_one_that_stays(proposed: Document, staff: Staff) -> None:
    done = actions.accept(proposals=[fact(proposed, "Thành phố Trăng Rằm")], actor=staff.officer)
    keep = write.create("party", actor=None, fields={"title": "Thành phố Trăng Tròn", "kind": "locality"})
    drop = done.records[0].party
    batch = merging.merge(actor=staff.lead, keep=keep, drop=drop, reason="Một thành phố")
    assert Subject.objects.get(title="Thành phố Trăng Rằm").record == keep.record
    actions.accept(proposals=[fact(proposed, "Thành phố Trăng Rằm", "is_partner")], actor=staff.officer)
    keep.refresh_from_db()
    assert keep.is_partner
    assert batch.kind == Batch.Kind.MERGE


# --- what the reader missed ---------------------------------------------------------------------------


def test_a_missed_fact_is_added_by_selecting_words(proposed: Document, staff: Staff) -> None:
    text = proposed.content.text
    start = text.index("Khu công nghiệp")
    zone = fact(proposed, "Khu công nghiệp Đồng Mơ").subject
    one = actions.add_fact(
        document=proposed,
        start=start,
        end=start + 23,
        actor=staff.officer,
        subject=zone,
        field="where",
        value="Xã Đồng Mơ",
    )
    assert one.origin == Proposal.Origin.OFFICER
    assert [p.quote for p in one.passages.all()] == [text[start : start + 23]]
    start = text.index("Thái Bình")
    new = actions.add_fact(
        document=proposed,
        start=start,
        end=start + 9,
        actor=staff.officer,
        kind="party",
        title="Sở Thử nghiệm",
        value={"kind": "agency", "site": zone},
        mention_type=facts.ORG,
    )
    same = actions.add_fact(
        document=proposed,
        start=start,
        end=start + 9,
        actor=staff.officer,
        subject=new.subject,
        value={"kind": "agency"},
    )
    assert same.pk == new.pk
    done = actions.accept(proposals=[one, new], actor=staff.officer)
    assert {r.title for r in done.records} == {"Khu công nghiệp Đồng Mơ", "Sở Thử nghiệm"}
    assert made("Khu công nghiệp Đồng Mơ").where == "Xã Đồng Mơ"
    assert made("Sở Thử nghiệm").site == made("Khu công nghiệp Đồng Mơ").record
    actions.propose(document=proposed, reading=reading_of(), actor=staff.officer)
    assert one.pk in {p.pk for p in proposals(proposed, state=State.ACCEPTED)}


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 3), (-1, 4), (0, 10**9)])
def test_words_outside_the_text_are_refused(proposed: Document, staff: Staff, start: int, end: int) -> None:
    with pytest.raises(ValidationError):
        actions.add_fact(document=proposed, start=start, end=end, actor=staff.officer, kind="party", title="X")


@pytest.mark.parametrize("kwargs", [{"kind": "document"}, {"kind": "party", "field": "không có"}, {"kind": ""}])
def test_facts_of_nothing_are_refused(proposed: Document, staff: Staff, kwargs: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        actions.add_fact(document=proposed, start=0, end=9, actor=staff.officer, title="X", value={}, **kwargs)


def test_two_records_that_need_each_other_are_told(proposed: Document, staff: Staff) -> None:
    a = actions.add_fact(
        document=proposed, start=0, end=9, actor=staff.officer, kind="party", title="A Thử", value={"kind": "agency"}
    )
    b = actions.add_fact(
        document=proposed, start=0, end=9, actor=staff.officer, kind="party", title="B Thử", value={"kind": "agency"}
    )
    circle = [
        actions.add_fact(document=proposed, start=0, end=9, actor=staff.officer, subject=x, field=name, value=y)
        for x, name, y in ((a.subject, "parent", b.subject), (b.subject, "successor", a.subject))
    ]
    done = actions.accept(proposals=circle, actor=staff.officer)
    assert len(done.records) == 2
    assert made("A Thử").parent == made("B Thử")
    assert made("B Thử").successor == made("A Thử")


# --- who may ------------------------------------------------------------------------------------------


def test_a_hidden_document_does_not_exist(places: None, staff: Staff) -> None:
    secret = document_of(staff, reading_of().text, "Tài liệu của phòng", access=Access.UNIT)
    with pytest.raises(Record.DoesNotExist):
        actions.propose(document=secret, reading=reading_of(), actor=staff.other)
    actions.propose(document=secret, reading=reading_of(), actor=staff.officer)
    some = proposals(secret)
    assert not queries.waiting(staff.other)
    for read in (queries.review, queries.marked):
        with pytest.raises(Record.DoesNotExist):
            read(secret, staff.other)
    for act in (
        lambda: actions.accept(proposals=some, actor=staff.other),
        lambda: actions.reject(proposals=some, actor=staff.other),
        lambda: actions.reopen(proposals=some, actor=staff.other),
        lambda: actions.accept_document(document=secret, actor=staff.other),
        lambda: actions.choose_record(subject=some[0].subject, record=None, actor=staff.other),
        lambda: actions.add_fact(document=secret, start=0, end=5, actor=staff.other, kind="party"),
    ):
        with pytest.raises(Record.DoesNotExist):
            act()
    # What comes out of it is as restricted as it is, and its history does not name it to others.
    done = actions.accept_document(document=secret, actor=staff.officer)
    assert {(r.access, r.unit_id) for r in done.records} == {(Access.UNIT, staff.unit.pk)}
    assert done.batch is not None
    assert "Tài liệu" not in done.batch.title
    assert not Change.objects.filter(reason__contains="Tài liệu của phòng").exists()


def test_a_viewer_decides_nothing(proposed: Document, staff: Staff) -> None:
    before = row_counts()
    for act in (
        lambda: actions.propose(document=proposed, reading=reading_of(), actor=staff.viewer),
        lambda: actions.accept(proposals=proposals(proposed), actor=staff.viewer),
        lambda: actions.reject(proposals=proposals(proposed), actor=staff.viewer),
        lambda: actions.add_fact(document=proposed, start=0, end=5, actor=staff.viewer, kind="party"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert row_counts() == before


def test_a_hidden_record_is_neither_matched_nor_named(places: None, staff: Staff) -> None:
    hidden = write.create(
        "party",
        actor=None,
        fields={
            "title": "Thành phố Trăng Rằm",
            "kind": "locality",
            "country": "KR",
            "access": "unit",
            "unit": staff.other_unit,
        },
    )
    news = document_of(staff, reading_of().text)
    for who in (staff.other, staff.officer, staff.administrator):
        actions.propose(document=news, reading=reading_of(), actor=who)
        found = group(news, who, "Thành phố Trăng Rằm")
        assert found.is_new
        assert not found.candidates
    assert access.may_see(staff.other, hidden.record)
    with pytest.raises(ValidationError):  # they see it, others who read the document do not
        actions.choose_record(subject=found.subject, record=hidden.record, actor=staff.other)
    with pytest.raises(Record.DoesNotExist):
        actions.choose_record(subject=found.subject, record=hidden.record, actor=staff.officer)
    # One that is restricted only after it was matched is gone for those who may not see it.
    known = write.create("zone", actor=None, fields={"title": "Khu công nghiệp Đồng Mơ", "type": "industrial_park"})
    actions.propose(document=news, reading=reading_of(), actor=staff.officer)
    assert group(news, staff.officer, "Khu công nghiệp Đồng Mơ").record == known.record
    write.update(known, actor=None, fields={"access": "unit", "unit": staff.other_unit})
    assert group(news, staff.officer, "Khu công nghiệp Đồng Mơ").record is None
    with pytest.raises(ValidationError):
        actions.accept(proposals=[fact(news, "Khu công nghiệp Đồng Mơ")], actor=staff.officer)


def test_a_record_of_another_unit_is_not_changed(proposed: Document, staff: Staff) -> None:
    write.create(
        "party",
        actor=None,
        fields={"title": "Thành phố Trăng Rằm", "kind": "locality", "country": "KR", "unit": staff.other_unit},
    )
    found = group(proposed, staff.officer, "Thành phố Trăng Rằm")
    assert not found.may_edit
    before = row_counts()
    with pytest.raises(PermissionDenied):
        actions.accept(proposals=[one.proposal for one in found.lines], actor=staff.officer)
    assert row_counts() == before
    actions.accept(proposals=[one.proposal for one in found.lines], actor=staff.lead)


def test_what_belongs_to_another_unit_stays_open_and_the_rest_is_accepted(proposed: Document, staff: Staff) -> None:
    """Known when the document was read, or entered since."""
    city = {"title": "Thành phố Trăng Rằm", "kind": "locality", "country": "KR", "unit": staff.other_unit}
    write.create("party", actor=None, fields=city)
    actions.propose(document=proposed, reading=reading_of(), actor=staff.officer)
    park = {"title": "Khu công nghiệp Đồng Mơ", "type": "industrial_park", "unit": staff.other_unit}
    write.create("zone", actor=None, fields=park)
    done = actions.accept_document(document=proposed, actor=staff.officer)
    kept = {p.pk for p in proposals(proposed, state=State.OPEN)}
    assert {p.subject.title for p, _why in done.left} == {city["title"], park["title"]}
    assert {p.pk for p, _why in done.left} == kept
    assert all(str(staff.other_unit) in sentence for _p, sentence in done.left)
    assert {p.subject.title for p in done.proposals} == {p.subject.title for p in proposals(proposed)} - {
        city["title"],
        park["title"],
    }
    assert made("Kim Thử Nghiệm").posts.get().party == made(city["title"]), "it is spoken of all the same"
    assert not Evidence.objects.filter(record__unit=staff.other_unit).exists()
    actions.accept_document(document=proposed, actor=staff.lead)
    assert not proposals(proposed, state=State.OPEN)


def test_what_cannot_be_entered_stays_open_and_the_rest_is_accepted(proposed: Document, staff: Staff) -> None:
    wrong = fact(proposed, "Công ty TNHH Sao Khuê Thử")
    wrong.value["kind"] = "không có"
    wrong.save()
    done = actions.accept_document(document=proposed, actor=staff.officer)
    assert {p.subject.title for p, _why in done.left} == {"Công ty TNHH Sao Khuê Thử"}
    assert all("Sao Khuê" in sentence for _p, sentence in done.left)
    assert {p.pk for p in proposals(proposed, state=State.OPEN)} == {p.pk for p, _why in done.left}
    assert made("Kim Thử Nghiệm")


def test_many_facts_take_as_many_queries_as_few(places: None, staff: Staff) -> None:
    """And one row of history a record for its passages, which are taken back together."""

    def reading(n: int, word: str) -> facts.Reading:
        parts, said = [], []
        for i in range(n):
            city = f"{{FOREIGN_LOCALITY#f{i}|tỉnh {word} Số {i}}}"
            parts.append(f"{{VN_LOCALITY#tb=Thái Bình|Thái Bình}} hợp tác với {city} ({{COUNTRY#kr=KR|Hàn Quốc}}).\n")
            parts.append(f"{{POST#p{i}|Tỉnh trưởng}} {city} là ông {{PERSON#k{i}|Khăm {word} Số {i}}}.\n")
            said += [
                ("cooperates_with", "tb", f"f{i}", "ongoing", f"với tỉnh {word} Số {i} "),
                ("locality_of", f"f{i}", "kr"),
                ("holds_post", f"k{i}", f"p{i}"),
                ("post_at", f"p{i}", f"f{i}"),
            ]
        return marked("".join(parts), said, home=HOME, published="2023-07-18")

    counts = []
    for n, word in ((25, "Mẫu"), (60, "Thử")):
        read = reading(n, word)
        document = document_of(staff, read.text, f"Bản tin {word}")
        actions.propose(document=document, reading=read, actor=staff.officer)
        with CaptureQueriesContext(connection) as accepting:
            done = actions.accept_document(document=document, actor=staff.officer)
        assert len(done.proposals) >= 5 * n
        assert done.batch is not None
        rows = list(done.batch.changes.values_list("record_id", "verb"))
        assert len(rows) == len(set(rows)), "one row of a kind for each record"
        proofs = Evidence.objects.standing().filter(source=document.record)
        assert proofs.count() >= 6 * n
        with CaptureQueriesContext(connection) as undoing:
            write.undo_batch(done.batch, actor=staff.officer)
        assert not proofs.exists()
        counts.append((len(accepting), len(undoing)))
    assert counts[1][0] <= counts[0][0] + 2
    assert counts[1][1] <= counts[0][1] + 2


def test_undoing_one_change_opens_what_it_had_entered(proposed: Document, staff: Staff) -> None:
    city = write.create("party", actor=None, fields={"title": "Thành phố Trăng Rằm", "kind": "locality"})
    subject = fact(proposed, "Thành phố Trăng Rằm").subject
    actions.choose_record(subject=subject, record=city.record, actor=staff.officer)
    done = actions.accept_document(document=proposed, actor=staff.officer)
    country, name = fact(proposed, "Thành phố Trăng Rằm", "country"), fact(proposed, "Thành phố Trăng Rằm")
    assert (country.state, name.state) == (State.ACCEPTED, State.ACCEPTED)
    change = city.record.changes.get(verb="edit")
    write.undo(change, actor=staff.officer)
    assert made("Thành phố Trăng Rằm").country is None
    country, name = fact(proposed, "Thành phố Trăng Rằm", "country"), fact(proposed, "Thành phố Trăng Rằm")
    assert (country.state, country.batch, name.state) == (State.OPEN, None, State.ACCEPTED)
    standing = Evidence.objects.standing().filter(record=city.record)
    assert "country" not in set(standing.values_list("field", flat=True))
    assert standing.filter(field="").exists()
    # Accepted again, it is proved again; and what is left of the batch can still be taken back.
    actions.accept(proposals=[country], actor=staff.officer)
    assert made("Thành phố Trăng Rằm").country_id == "KR"
    assert standing.filter(field="country").exists()
    assert done.batch is not None
    write.undo_batch(done.batch, actor=staff.officer)
    assert fact(proposed, "Thành phố Trăng Rằm").is_open


def test_undoing_the_making_of_a_record_opens_what_it_was_made_of(proposed: Document, staff: Staff) -> None:
    actions.accept_document(document=proposed, actor=staff.officer)
    person = made("Kim Thử Nghiệm")
    page = staff.client("officer").get(reverse("desk:history", args=[person.pk]))
    change = person.record.changes.get(verb="create")
    assert f"/undo/{change.pk}/" in page.content.decode(), "its passages are no later change"
    write.undo(change, actor=staff.officer)
    assert all(p.is_open for p in proposals(proposed, subject__title="Kim Thử Nghiệm"))
    assert group(proposed, staff.officer, "Kim Thử Nghiệm").is_new
    actions.accept_document(document=proposed, actor=staff.officer)
    assert made("Kim Thử Nghiệm").pk != person.pk


# --- reading and learning -----------------------------------------------------------------------------


def test_a_page_needs_the_same_queries_however_much_is_proposed(places: None, staff: Staff) -> None:
    def many(n: int) -> facts.Reading:
        parts, said = ["{VN_LOCALITY#tb=Thái Bình|Thái Bình} hợp tác rộng rãi.\n"], []
        for i in range(n):
            parts.append(
                f"{{VN_LOCALITY#tb=Thái Bình|Thái Bình}} hợp tác với {{FOREIGN_LOCALITY#f{i}|tỉnh Mẫu Số {i}}} "
                f"({{COUNTRY#kr=KR|Hàn Quốc}}).\n"
            )
            said += [("cooperates_with", "tb", f"f{i}", "ongoing", f"tỉnh Mẫu Số {i}"), ("locality_of", f"f{i}", "kr")]
        return marked("".join(parts), said, home=HOME, published="2023-07-18")

    counts = []
    for n in (30, 90):
        reading = many(n)
        document = document_of(staff, reading.text, f"Bản tin {n}")
        with CaptureQueriesContext(connection) as proposing:
            actions.propose(document=document, reading=reading, actor=staff.officer)
        with CaptureQueriesContext(connection) as looking:
            found = queries.review(document, staff.officer)
            assert len(found.groups) == 25
        with CaptureQueriesContext(connection) as listing:
            queries.waiting(staff.officer)
        counts.append((len(proposing), len(looking), len(listing)))
    assert counts[0] == counts[1]
    assert counts[0][1] <= 8
    assert found.pages == 4


def test_the_page_of_many_kinds_needs_ten_queries(places: None, staff: Staff) -> None:
    """Known and doubtful records of every kind, their rows, figures and passages, and decided facts among them."""
    text = NEWS + " {VN_LOCALITY#tb=Thái Bình|Thái Bình} xuất khẩu sang {COUNTRY#jp=JP|Nhật Bản}."
    reading = reading_of(text, [*SAID, ("market", "jp", "tb", "new")])
    first, second = (document_of(staff, reading.text + end, f"Bản tin {end}") for end in ("", " Hết."))
    actions.propose(document=first, reading=reading, actor=staff.officer)
    actions.accept_document(document=first, actor=staff.officer)
    kinds = {r.kind for r in Record.objects.live()} - {"document"}
    assert kinds == {"party", "person", "instrument", "market", "zone"}
    doubtful = "Khu công nghiệp Đồng Mơ", "Kim Thử Nghiệm"
    write.archive(made(doubtful[1]), actor=None, reason="thử")  # two others of his name remain
    for title, fields in ((doubtful[0], {"type": "industrial_park"}), (doubtful[1], {}), (doubtful[1], {})):
        kind = "zone" if fields else "person"
        write.create(kind, actor=None, fields={"title": title, **fields})
    again = reading_of(text + " Hết.", [*SAID, ("market", "jp", "tb", "new")])
    actions.propose(document=second, reading=again, actor=staff.officer)
    write.update(made("Thành phố Trăng Rằm"), actor=None, fields={"country": "LA"})
    found = queries.review(second, staff.officer)
    assert {g.subject.title for g in found.groups if g.is_doubtful} == set(doubtful)
    assert {line.standing for g in found.groups for line in g.lines} == {"new", "known", "conflict"}
    client = staff.client("officer")
    for query in ("", "?show=all", f"?at={fact(second, doubtful[1]).pk}"):
        client.get(reverse("sources:review", args=[second.pk]) + query)
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse("sources:review", args=[second.pk]) + query)
        assert page.status_code == 200
        assert len(seen) <= 10, [q["sql"][:90] for q in seen]


def test_a_name_without_a_fact_is_a_label(proposed: Document, staff: Staff) -> None:
    text = proposed.content.text

    def named(words: str, kind: str, **more: Any) -> Any:
        start = text.index(words)
        return actions.add_name(
            document=proposed,
            start=start - more.get("wide", 0),
            end=start + len(words) + more.get("wide", 0),
            mention_type=kind,
            actor=more.get("actor", staff.officer),
        )

    one = named("Sao Khuê", facts.VN_LOCALITY, wide=1)
    assert text[one.start : one.end] == "Sao Khuê", "blanks around it are no part of it"
    other = named("Kim Thử Nghiệm", facts.ORG)
    assert (other.pk, other.type) == (named("Kim Thử Nghiệm", facts.POST).pk, facts.ORG)
    (told,) = queries.labels()
    labels = {(e["quote"], e["type"]): e.get("label") for e in told["entities"]}
    assert labels["Sao Khuê", facts.VN_LOCALITY] == "added"
    assert labels["Kim Thử Nghiệm", facts.POST] == "added"
    assert labels["Kim Thử Nghiệm", facts.PERSON] == "rejected", "what the reader took it for is wrong"
    assert labels["thành phố Trăng Rằm", facts.FOREIGN_LOCALITY] is None
    # It stays when the document is read again, and can be taken back.
    actions.propose(document=proposed, reading=reading_of(), actor=staff.officer)
    assert len(proposed.content.namings.all()) == 2
    actions.remove_name(naming=one, actor=staff.officer)
    actions.remove_name(naming=one, actor=staff.officer)
    assert [n.type for n in proposed.content.namings.all()] == [facts.POST]
    said = Change.objects.filter(subject=f"proposals:{proposed.pk}", diff__has_key=f"name:{one.start}-{one.end}")
    assert [c.diff[f"name:{one.start}-{one.end}"] for c in said.order_by("pk")] == [
        [None, facts.VN_LOCALITY],
        [facts.VN_LOCALITY, None],
    ]
    before = row_counts()
    for wrong in ({"kind": "?"}, {"kind": facts.ORG, "words": text}):
        with pytest.raises(ValidationError):
            named(wrong.get("words", "Đồng Mơ"), wrong["kind"])
    for start, end in ((5, 5), (-1, 4), (0, len(text) + 1), (text.index(" "), text.index(" ") + 1)):
        with pytest.raises(ValidationError):
            actions.add_name(document=proposed, start=start, end=end, mention_type=facts.ORG, actor=staff.officer)
    with pytest.raises(PermissionDenied):
        named("Đồng Mơ", facts.ORG, actor=staff.viewer)
    assert row_counts() == before


def test_decisions_are_labels(proposed: Document, staff: Staff) -> None:
    actions.accept_all(subject=fact(proposed, "Thành phố Trăng Rằm").subject, actor=staff.officer)
    actions.reject(proposals=[fact(proposed, "Kim Thử Nghiệm")], actor=staff.officer)
    (told,) = [json.loads(json.dumps(one)) for one in queries.labels()]
    assert (told["home_province"], told["published"]) == (HOME, "2023-07-18")
    labels = {(e["quote"], e.get("label")) for e in told["entities"]}
    assert ("thành phố Trăng Rằm", "confirmed") in labels
    assert ("Kim Thử Nghiệm", "rejected") in labels
    assert ("12/3/2023", None) in labels
    for e in told["entities"]:
        assert told["text"][e["start"] : e["end"]] == e["quote"]
    quotes = {e["id"]: e["quote"] for e in told["entities"]}
    relations = {(r["type"], quotes[r["from"]], quotes[r["to"]], r["label"]) for r in told["relations"]}
    assert ("locality_of", "thành phố Trăng Rằm", "Hàn Quốc", "confirmed") in relations
    assert ("holds_post", "Kim Thử Nghiệm", "Thị trưởng", "rejected") in relations


def test_the_text_is_marked_where_something_is_proposed(proposed: Document, staff: Staff) -> None:
    found = queries.marked(proposed, staff.officer)
    assert "".join(p.text for p in found) == proposed.content.text
    assert any("120 triệu USD" in p.text and p.proofs for p in found)


# --- pure rules ---------------------------------------------------------------------------------------


@given(st.text(alphabet="abc. \nĐÐ,TP", max_size=3000), st.integers(0, 3000), st.integers(1, 80))
@settings(max_examples=200)
def test_a_sentence_holds_the_words_and_is_bounded(text: str, start: int, length: int) -> None:
    start, end = min(start, len(text)), min(start + length, len(text))
    first, last = rules.sentence_around(text, start, end)
    assert first <= start <= end <= last or start == end
    assert last - first <= max(rules.LONGEST_QUOTE, end - start) + 1


def test_abbreviations_end_no_sentence() -> None:
    text = "Hôm qua. TP. Hải Phòng và TS. Mẫu Thử ký kết. Hết."
    start = text.index("Mẫu")
    assert text[slice(*rules.sentence_around(text, start, start + 3))] == "TP. Hải Phòng và TS. Mẫu Thử ký kết."


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_plain_values_are_settled(value: Any) -> None:
    assert rules.plain_value(rules.plain_value(value)) == rules.plain_value(value)


@pytest.mark.parametrize(
    ("norm", "iso"),
    [
        ("2024-03-25", "2024-03-25"),
        ("2024-03", "2024-03-01/2024-03-31"),
        ("2024-Q2", "2024-04-01/2024-06-30"),
        ("2024", "2024-01-01/2024-12-31"),
        ("2021/2026", "2021-01-01/2026-12-31"),
        ("2024-13", None),
        ("2026/2021", None),
        ("", None),
        ("mùa xuân", None),
        (None, None),
        ({"amount": 3}, None),
    ],
)
def test_dates_of_readings(norm: Any, iso: str | None) -> None:
    found = rules.partial_date(norm)
    assert (found.iso if found else None) == iso


def test_fingerprints_know_the_same_words_again() -> None:
    titles = {"party:x": "Thành phố Trăng Rằm"}
    one = rules.fact_key("party", "Sở Mẫu", "parent", {"subject": "party:x"}, titles)
    two = rules.fact_key("party", "SỞ MẪU", "parent", {"subject": "party:y"}, {"party:y": "thành phố trăng rằm"})
    assert one == two
    assert rules.fingerprint(one, "Đã  ký,\nkết") == rules.fingerprint(two, "đã ký kết")
    assert rules.fingerprint(one, "đã ký") != rules.fingerprint(one, "chưa ký")
