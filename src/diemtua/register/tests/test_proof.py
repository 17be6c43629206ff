"""Notes, watches, figures and evidence: what is kept, who may, and what a page says when it is wrong."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from diemtua.kit.dates import parse_date
from diemtua.register import actions, write
from diemtua.register.models import Change, Evidence, Figure, Note, OrgUnit, Record, User, Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    return OrgUnit.objects.create(name="Phòng Thử Một"), OrgUnit.objects.create(name="Phòng Thử Hai")


@pytest.fixture
def officer(units):
    return User.objects.create_user(username="can-bo", name="Cán bộ Thử", role="officer", unit=units[0])


@pytest.fixture
def viewer(units):
    return User.objects.create_user(username="nguoi-xem", name="Người xem Thử", role="viewer", unit=units[0])


@pytest.fixture
def record():
    return write.create("party", actor=None, fields={"title": "tỉnh Thử Nghiệm", "kind": "locality"}).record


@pytest.fixture
def document():
    return write.create("document", actor=None, fields={"title": "Bản tin thử", "origin": "text"}).record


@pytest.fixture
def hidden(units):
    fields = {"title": "Tài liệu kín thử", "origin": "text", "access": "unit", "unit": units[1]}
    return write.create("document", actor=None, fields=fields).record


@pytest.fixture
def secret(units):
    fields = {"title": "Đối tác kín thử", "kind": "company", "access": "unit", "unit": units[1]}
    return write.create("party", actor=None, fields=fields).record


# --- actions --------------------------------------------------------------------------------------


def test_a_note_is_kept_with_its_audit_row(record, officer, viewer):
    note = actions.add_note(record=record, actor=officer, text="  Hỏi lại về gia hạn \n")
    assert note.text == "Hỏi lại về gia hạn"
    assert record.changes.first().verb == "note"
    for empty in ("", "   "):
        with pytest.raises(ValidationError):
            actions.add_note(record=record, actor=officer, text=empty)
    with pytest.raises(ValidationError):
        actions.add_note(record=record, actor=officer, text="x" * 5001)
    with pytest.raises(PermissionDenied):
        actions.add_note(record=record, actor=viewer, text="x")
    assert Note.objects.count() == 1


def test_what_one_may_not_see_does_not_exist(secret, officer, document):
    for act in (
        lambda: actions.add_note(record=secret, actor=officer, text="x"),
        lambda: actions.set_watch(record=secret, actor=officer, on=True),
        lambda: actions.add_figure(record=secret, actor=officer, measure="jobs", value=Decimal(1), unit="người"),
        lambda: actions.add_evidence(record=secret, actor=officer, source=document),
    ):
        with pytest.raises(Record.DoesNotExist):
            act()


def test_watching_is_remembered_once_and_says_what_was_seen(record, viewer):
    assert actions.set_watch(record=record, actor=viewer, on=True)
    assert actions.set_watch(record=record, actor=viewer, on=True)
    watch = Watch.objects.get()
    assert watch.seen_change == record.changes.first().pk
    write.update(record.party, actor=None, fields={"sector": "gạo"})
    assert actions.mark_seen(record=record, actor=viewer)
    watch.refresh_from_db()
    assert watch.seen_change == record.changes.first().pk
    assert not actions.set_watch(record=record, actor=viewer, on=False)
    assert not Watch.objects.exists()
    assert [c.subject for c in Change.objects.filter(record=None)] == [f"watch:{record.pk}"] * 2


def test_figures_stand_beside_one_another_and_are_withdrawn_not_deleted(record, officer):
    def add(value, as_of=None, stage="announced"):
        return actions.add_figure(
            record=record,
            actor=officer,
            measure="capital",
            value=Decimal(value),
            unit="USD",
            as_of=as_of and parse_date(as_of),
            stage=stage,
        )

    undated, old, new = add(1), add(2, "2021"), add(3, "04/11/2023")
    registered = add(4, "2024", "registered")
    assert actions.newest_figure(record, "capital", "announced") == new
    assert actions.newest_figure(record, "capital", "registered") == registered
    assert actions.newest_figure(record, "capital", "implemented") is None
    with pytest.raises(ValidationError):
        actions.withdraw_figure(figure=new, actor=officer, reason=" ")
    actions.withdraw_figure(figure=new, actor=officer, reason="nhầm đơn vị")
    actions.withdraw_figure(figure=new, actor=officer, reason="nhầm đơn vị")
    assert actions.newest_figure(record, "capital", "announced") == old
    actions.withdraw_figure(figure=old, actor=officer, reason="cũ")
    assert actions.newest_figure(record, "capital", "announced") == undated
    assert Figure.objects.count() == 4
    withdrawals = record.changes.filter(verb="withdraw")
    assert [c.reason for c in withdrawals] == ["cũ", "nhầm đơn vị"]
    assert withdrawals[1].diff[f"figure:{new.pk}"][0]["value"] == "3"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": None}, "value"),
        ({"measure": ""}, "measure"),
        ({"measure": "Vốn đầu tư"}, "measure"),
        ({"unit": " "}, "unit"),
        ({"stage": "dreamt"}, "stage"),
        ({"value": Decimal("1e30")}, "value"),
    ],
)
def test_a_wrong_figure_says_which_field(record, officer, wrong, field):
    right = {"measure": "jobs", "value": Decimal(5), "unit": "người"}
    with pytest.raises(ValidationError) as error:
        actions.add_figure(record=record, actor=officer, **{**right, **wrong})
    assert field in error.value.error_dict
    assert not Figure.objects.exists()


def test_a_figure_is_proved_only_by_a_passage_of_its_own_record_that_one_sees(record, document, hidden, officer):
    other = write.create("party", actor=None, fields={"title": "Khác thử", "kind": "company"}).record
    foreign = actions.add_evidence(record=other, actor=officer, source=document)
    unseen = actions.add_evidence(record=record, actor=None, source=hidden)
    for evidence in (foreign, unseen):
        with pytest.raises(ValidationError) as error:
            actions.add_figure(
                record=record,
                actor=officer,
                measure="jobs",
                value=Decimal(1),
                unit="người",
                evidence=evidence,
            )
        assert "evidence" in error.value.error_dict


def test_evidence_finds_its_place_in_the_text(record, document, officer):
    text = "Hai bên gặp nhau. Vốn 40 triệu đô la."
    found = actions.add_evidence(
        record=record,
        actor=officer,
        source=document,
        field="title",
        quote="Vốn 40 triệu",
        text=text,
        confidence="medium",
    )
    assert text[found.start : found.end] == "Vốn 40 triệu"
    nfd = actions.add_evidence(
        record=record, actor=officer, source=document, quote="V\u006f\u0302\u0301n 40", text=text
    )
    assert (nfd.quote, nfd.start) == ("Vốn 40", 18)
    absent = actions.add_evidence(record=record, actor=officer, source=document, quote="vốn khác", text=text)
    assert (absent.start, absent.end) == (None, None)
    placed = actions.add_evidence(record=record, actor=officer, source=document, quote="x", start=3, end=9)
    assert (placed.start, placed.end) == (3, 9)
    assert record.changes.filter(verb="evidence").count() == 4


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"field": "no_such"}, "field"),
        ({"start": 9, "end": 3}, "quote"),
        ({"start": 3}, "quote"),
        ({"quote": "x" * 4001}, "quote"),
        ({"confidence": "sure"}, "confidence"),
    ],
)
def test_wrong_evidence_says_which_field(record, document, officer, wrong, field):
    with pytest.raises(ValidationError) as error:
        actions.add_evidence(record=record, actor=officer, source=document, **wrong)
    assert field in error.value.error_dict
    assert not Evidence.objects.exists()


def test_only_a_document_one_sees_proves_anything(record, hidden, officer):
    for source in (hidden, record):
        with pytest.raises(ValidationError) as error:
            actions.add_evidence(record=record, actor=officer, source=source)
        assert "source" in error.value.error_dict


# --- pages ----------------------------------------------------------------------------------------


def test_a_figure_with_its_passage_is_entered_on_one_page(client, record, document, officer):
    client.force_login(officer)
    answer = client.post(
        f"/desk/r/{record.pk}/figure/",
        {
            "measure": "area",
            "stage": "registered",
            "value": "30.583,5",
            "unit": "ha",
            "wording": "",
            "as_of": "quý III/2023",
            "source": document.pk,
            "quote": "30.583 ha",
            "locator": "trang 2",
            "confidence": "medium",
        },
    )
    assert answer.status_code == 302
    figure = Figure.objects.get()
    assert (figure.value, figure.as_of.iso) == (Decimal("30583.5"), "2023-07-01/2023-09-30")
    assert (figure.evidence.source, figure.evidence.quote, figure.created_by) == (
        document,
        "30.583 ha",
        officer,
    )


def test_a_wrong_figure_keeps_what_was_typed_and_saves_nothing(client, record, document, officer):
    client.force_login(officer)
    answer = client.post(
        f"/desk/r/{record.pk}/figure/",
        {
            "measure": "area",
            "stage": "registered",
            "value": "nhiều lắm",
            "unit": "",
            "wording": "",
            "as_of": "31/02/2023",
            "source": document.pk,
            "quote": "<script>x</script>",
            "confidence": "",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("nhiều lắm", "31/02/2023", "Bản tin thử", "&lt;script&gt;x&lt;/script&gt;"):
        assert kept in page
    assert not Figure.objects.exists()
    assert not Evidence.objects.exists()


def test_words_without_a_document_are_asked_about(client, record, officer):
    client.force_login(officer)
    answer = client.post(
        f"/desk/r/{record.pk}/figure/",
        {"measure": "jobs", "stage": "announced", "value": "5", "unit": "người", "quote": "năm người"},
    )
    assert answer.status_code == 422
    assert not Figure.objects.exists()


def test_withdrawing_asks_for_a_reason(client, record, officer):
    figure = actions.add_figure(record=record, actor=officer, measure="jobs", value=Decimal(5), unit="người")
    client.force_login(officer)
    url = f"/desk/r/{record.pk}/figure/{figure.pk}/withdraw/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "sai"}).status_code == 302
    assert client.get(url).status_code == 404, "withdrawn already"
    assert f"/figure/{figure.pk}/withdraw/" not in client.get(f"/desk/r/{record.pk}/").content.decode()


def test_evidence_is_entered_for_the_field_it_was_asked_for(client, record, document, hidden, officer):
    client.force_login(officer)
    url = f"/desk/r/{record.pk}/evidence/"
    assert '<option value="sector" selected>' in client.get(f"{url}?field=sector").content.decode()
    refused = client.post(url, {"field": "sector", "source": hidden.pk, "quote": "giữ lại tôi"})
    assert refused.status_code == 422
    assert "giữ lại tôi" in refused.content.decode()
    assert "Tài liệu kín" not in refused.content.decode()
    assert client.post(url, {"field": "sector", "source": document.pk, "quote": "gạo"}).status_code == 302
    assert Evidence.objects.get().field == "sector"


def test_the_watch_button_toggles_and_counts_what_was_seen(client, record, viewer):
    client.force_login(viewer)
    url = f"/desk/r/{record.pk}/watch/"
    assert 'aria-pressed="false"' in client.get(url).content.decode()
    assert 'aria-pressed="true"' in client.post(url, {"on": "1"}, HTTP_HX_REQUEST="true").content.decode()
    write.update(record.party, actor=None, fields={"sector": "gạo"})
    before = Watch.objects.get().seen_change
    assert 'aria-pressed="true"' in client.get(url).content.decode()
    assert Watch.objects.get().seen_change > before
    assert client.post(url, {"on": "0"}).status_code == 302
    assert not Watch.objects.exists()


@pytest.mark.parametrize("path", ["history/", "on/?day=01/01/2024", "watch/", "figure/", "evidence/", "chain/"])
def test_pages_of_a_hidden_record_are_not_there(client, secret, officer, path):
    client.force_login(officer)
    assert client.get(f"/desk/r/{secret.pk}/{path}").status_code == 404
    assert client.get(f"/desk/r/999999/{path}").status_code == 404


def test_a_viewer_reads_and_does_not_write(client, record, viewer):
    client.force_login(viewer)
    assert client.get(f"/desk/r/{record.pk}/history/").status_code == 200
    assert 'name="text"' not in client.get(f"/desk/r/{record.pk}/history/").content.decode()
    for path in ("figure/", "evidence/"):
        assert client.get(f"/desk/r/{record.pk}/{path}").status_code == 403
    for path in ("note/", f"undo/{record.changes.get().pk}/"):
        assert client.post(f"/desk/r/{record.pk}/{path}", {"text": "x"}).status_code == 403
    assert not Note.objects.exists()
