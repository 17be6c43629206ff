"""The history of a record as people read it, and the day it is compared with."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import parse_date
from diemtua.register import actions, history, write
from diemtua.register.models import OrgUnit, User
from diemtua.register.proving import Measured, Proof, prove_many
from diemtua.register.screens import screen_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    return OrgUnit.objects.create(name="Phòng Thử Một"), OrgUnit.objects.create(name="Phòng Thử Hai")


@pytest.fixture
def officer(units):
    return User.objects.create_user(username="can-bo", name="Cán bộ Thử", role="officer", unit=units[0])


def party(title, **fields):
    return write.create("party", actor=None, fields={"title": title, "kind": "locality", **fields})


def instrument(parties=(), **fields):
    return write.create(
        "instrument",
        actor=None,
        fields={"title": "Bản ghi nhớ thử", "nature": "international", **fields},
        children={"parties": [{"party": p} for p in parties]},
    )


def lines(record, user, which=0):
    timeline = history.timeline(record, screen_of(record.kind), user)
    return timeline.entries[which].lines


def as_text(client, record, **query):
    return client.get(f"/desk/r/{record.pk}/history/", query, HTTP_HX_REQUEST="true").content.decode()


def test_values_are_shown_in_words(officer):
    a, b = party("Bên A thử"), party("Bên B thử")
    made = instrument([a])
    row = made.parties.get()
    write.update(
        made,
        actor=officer,
        fields={"status": "in_force", "signed": parse_date("quý III/2023"), "lead_agency": b},
        children={"parties": write.ChildEdits(create=[{"party": b}], update={row.pk: {"signer": "Hồ Giả Sử"}})},
        tags=["nhãn"],
    )
    said = {str(line.label): line for line in lines(made.record, officer)}
    label = screen_of("instrument").label
    status = said[str(label("status"))]
    statuses = dict(type(made)._meta.get_field("status").choices)
    assert (status.before, status.after) == (str(statuses["unknown"]), str(statuses["in_force"]))
    assert said[str(label("signed"))].after == parse_date("quý III/2023").display()
    assert said[str(label("lead_agency"))].after == "Bên B thử"
    rows = {r.what: r for r in said[str(label("parties"))].rows}
    assert rows["added"].text.startswith("Bên B thử")
    assert rows["changed"].lines[0].after == "Hồ Giả Sử"


def test_names_of_hidden_records_are_shown_nowhere(client, officer, units):
    secret, seen = party("Bên kín thử", access="unit", unit=units[1]), party("Bên mở thử")
    document = write.create(
        "document",
        actor=None,
        fields={"title": "Tài liệu kín thử", "origin": "text", "access": "unit", "unit": units[1]},
    ).record
    made = instrument([secret, seen], lead_agency=secret)
    write.update(
        made,
        actor=None,
        fields={"lead_agency": seen},
        children={"parties": write.ChildEdits(delete=[made.parties.get(party=secret).pk])},
    )
    actions.add_evidence(record=made.record, actor=None, source=document, quote="lời kín thử")
    client.force_login(officer)
    for page in (
        as_text(client, made.record),
        client.get(f"/desk/r/{made.pk}/on/", {"day": timezone.localdate().strftime("%d/%m/%Y")}).content.decode(),
    ):
        assert "kín thử" not in page
        assert "Bên mở thử" in page
    assert [str(line.label) for line in lines(made.record, officer)] == [
        str(screen_of("instrument").label("lead_agency"))
    ]


def test_passages_of_one_change_are_told_by_their_fields(client, officer):
    """Also those that prove figures; one passage of several fields is told once, within other marks than its reason."""
    one = party("tỉnh Thử Nghiệm")
    source = write.create("document", actor=None, fields={"title": "Bản tin “thử”"}).record
    proofs = [Proof(one.pk, name, "đã ký") for name in ("figures", "kind")] + [Proof(one.pk, "title", "tên ấy")]
    figure = Measured(one.pk, "jobs", "người", value=Decimal(40), proof=proofs[0])
    prove_many(proofs, [figure], source=source, actor=officer, reason="Từ “Bản tin “thử””")
    client.force_login(officer)
    page = as_text(client, one.record)
    assert "“Từ ‘Bản tin “thử”’”" in page
    screen = screen_of("party")
    (told,) = [e for e in history.timeline(one.record, screen, officer).entries if e.change.verb == "evidence"]
    assert [(str(line.label), line.after.count("đã ký")) for line in told.lines] == [
        (f"{_('figures')}, {screen.label('kind')}", 1),
        (str(screen.label("title")), 0),
    ]
    assert one.record.figures.get().evidence == proofs[0].made


def test_long_text_is_shortened_to_what_differs():
    old = "đầu " * 100 + "cũ" + " sau" * 100
    a, b = history.pair_of(old, old.replace("cũ", "mới"))
    assert "cũ" in a
    assert "mới" in b
    assert max(len(a), len(b)) < 200
    a, b = history.pair_of("x" * 400 + "1", "x" * 400 + "2")
    assert a != b


def test_notes_and_changes_stand_in_one_line_of_time_in_pages(client, officer):
    one = party("tỉnh Thử Nghiệm")
    for n in range(40):
        write.update(one, actor=officer, fields={"sector": f"ngành {n:02}"})
        actions.add_note(record=one.record, actor=officer, text=f"ghi chú {n:02}")
    screen = screen_of("party")
    seen, cursor = [], ""
    for _page in range(5):
        page = history.timeline(one.record, screen, officer, cursor=cursor)
        seen += [e.note.text if e.note else e.change.verb for e in page.entries]
        cursor = page.older
        if not cursor:
            break
    assert len(seen) == 81
    assert seen[:2] == ["ghi chú 39", "edit"]
    assert seen[-1] == "create"
    assert seen[0:80:2] == [f"ghi chú {n:02}" for n in reversed(range(40))]
    client.force_login(officer)
    first = as_text(client, one.record)
    assert "?before=" in first
    assert "ghi chú 20" not in first
    assert "ghi chú 20" in as_text(client, one.record, before=history.timeline(one.record, screen, officer).older)
    assert client.get(f"/desk/r/{one.pk}/history/", {"before": "1-x"}).status_code == 200
    assert "<html" in client.get(f"/desk/r/{one.pk}/history/").content.decode()


def test_the_number_of_queries_does_not_grow(client, officer, django_assert_max_num_queries):
    parties = [party(f"Bên thử {n}") for n in range(12)]
    made = instrument(parties)
    for n, p in enumerate(parties):
        write.update(made, actor=officer, fields={"lead_agency": p, "summary": str(n)})
        actions.add_note(record=made.record, actor=officer, text=str(n))
    client.force_login(officer)
    with django_assert_max_num_queries(10):
        as_text(client, made.record)
    with django_assert_max_num_queries(16):
        client.get(f"/desk/r/{made.pk}/on/", {"day": timezone.localdate().strftime("%d/%m/%Y")})


def test_a_note_is_written_from_the_page_and_a_wrong_one_keeps_its_words(client, officer):
    one = party("tỉnh Thử Nghiệm").record
    client.force_login(officer)
    url = f"/desk/r/{one.pk}/note/"
    assert "&lt;b&gt;hỏi lại" in client.post(url, {"text": "<b>hỏi lại"}, HTTP_HX_REQUEST="true").content.decode()
    assert client.post(url, {"text": "hai"}).status_code == 302
    long = "dài " * 1300
    assert "dài dài" in client.post(url, {"text": long}, HTTP_HX_REQUEST="true").content.decode()
    assert client.post(url, {"text": long}).status_code == 422
    assert one.notes.count() == 2


def test_undo_from_the_page_and_the_sentence_when_it_cannot_be(client, officer):
    one = party("tỉnh Thử Nghiệm")
    write.update(one, actor=officer, fields={"sector": "gạo"})
    change = one.record.changes.first()
    client.force_login(officer)
    assert f"/undo/{change.pk}/" in as_text(client, one.record)
    write.update(one, actor=officer, fields={"sector": "tôm"})
    assert f"/undo/{change.pk}/" not in as_text(client, one.record), "a later change stands in the way"
    answer = client.post(f"/desk/r/{one.pk}/undo/{change.pk}/", follow=True)
    assert str(screen_of("party").label("sector")) in str(next(iter(answer.context["messages"])))
    later = one.record.changes.first()
    client.post(f"/desk/r/{one.pk}/undo/{later.pk}/")
    one.refresh_from_db()
    assert one.sector == "gạo"
    page = as_text(client, one.record)
    assert f"/undo/{later.pk}/" not in page, "already taken back"
    assert f"/undo/{change.pk}/" in page, "and with it out of the way, the earlier one can be"
    other = party("Khác thử")
    assert client.post(f"/desk/r/{other.pk}/undo/{change.pk}/").status_code == 404
    assert client.get(f"/desk/r/{one.pk}/undo/{change.pk}/").status_code == 405


def test_nobody_takes_back_what_they_may_not_change(client, officer, units):
    one = party("Của phòng hai", unit=units[1])
    client.force_login(officer)
    assert client.post(f"/desk/r/{one.pk}/undo/{one.record.changes.get().pk}/").status_code == 403
    assert "/undo/" not in as_text(client, one.record)


@pytest.mark.parametrize("day", ["31/02/2023", "hôm qua", "<script>", "01/01/2999", "2023-13-01", "0" * 300])
def test_a_bad_day_is_answered_with_a_sentence(client, officer, day):
    one = party("tỉnh Thử Nghiệm")
    client.force_login(officer)
    answer = client.get(f"/desk/r/{one.pk}/on/", {"day": day})
    assert answer.status_code == 422
    assert "<script>x" not in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


def test_a_day_is_shown_beside_today(client, officer, monkeypatch):
    then = timezone.make_aware(datetime.datetime(2024, 5, 1, 9))
    real = timezone.now
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: then)
        made = instrument([party("Bên A thử")])
    assert real() > then
    write.update(made, actor=officer, fields={"title": "Tên mới thử", "summary": "thêm"})
    client.force_login(officer)
    page = client.get(f"/desk/r/{made.pk}/on/", {"day": "01/05/2024"}).content.decode()
    assert "<del>Bản ghi nhớ thử</del>" in page
    assert "<ins>Tên mới thử</ins>" in page
    before = client.get(f"/desk/r/{made.pk}/on/", {"day": "30/04/2024"})
    assert before.status_code == 200
    assert before.context["rows"] is None
    assert client.get(f"/desk/r/{made.pk}/on/").status_code == 200


def test_a_change_of_a_field_that_is_gone_still_reads(officer):
    one = party("tỉnh Thử Nghiệm")
    from diemtua.register.models import Change

    Change.objects.create(
        record=one.record,
        verb="edit",
        diff={"fax_number": [None, "036 123"], "relation_since": ["never", "2020-99-99"], "odd": "no pair"},
    )
    said = lines(one.record, officer)
    assert [(line.before, line.after) for line in said] == [("", "036 123"), ("never", "2020-99-99")]
