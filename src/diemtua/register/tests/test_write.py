"""The engine that saves records: what it keeps, what it refuses, what it takes back."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diemtua.kit.dates import parse_date
from diemtua.register import write
from diemtua.register.models import Batch, Change, Link, OrgUnit, Record, User
from diemtua.register.screens import screen_of
from diemtua.register.write import CannotUndo, ChildEdits, Draft, Stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    return OrgUnit.objects.create(name="Phòng Thử Một"), OrgUnit.objects.create(name="Phòng Thử Hai")


@pytest.fixture
def people(units):
    def make(name, role, unit):
        return User.objects.create_user(username=name, name=f"Người {name}", role=role, unit=unit)

    return {
        "officer": make("officer", "officer", units[0]),
        "stranger": make("stranger", "officer", units[1]),
        "lead": make("lead", "lead", units[0]),
        "admin": make("admin", "administrator", None),
        "viewer": make("viewer", "viewer", units[0]),
    }


def party(title="tỉnh Thử Nghiệm", actor=None, **more):
    fields = {"title": title, "kind": "locality", **more.pop("fields", {})}
    return write.create("party", actor=actor, fields=fields, **more)


def instrument(title="Bản ghi nhớ thử", parties=(), actor=None, **fields):
    return write.create(
        "instrument",
        actor=actor,
        fields={"title": title, "nature": "international", **fields},
        children={"parties": [{"party": p} for p in parties]},
    )


def again(instance):
    return type(instance).objects.select_related("record").get(pk=instance.pk)


def state(instance):
    screen = screen_of(instance.record.kind)
    return write.snapshot(screen, again(instance), write.load_children(screen, instance.pk))


# --- create ---------------------------------------------------------------------------------------


def test_creating_saves_the_record_its_rows_links_tags_words_and_one_audit_row(people):
    a = party("tỉnh Xa Thử")
    made = write.create(
        "instrument",
        actor=people["officer"],
        fields={"title": "  Thỏa thuận thử  ", "nature": "international", "signed": parse_date("04/11/2021")},
        children={"parties": [{"party": a, "signer": "Đặng Giả Định"}]},
        tags=["Lào", "Lào", " "],
        reason="theo tờ trình",
    )
    made = again(made)
    assert made.record.title == "Thỏa thuận thử"
    assert made.record.version == 1
    assert made.record.created_by == people["officer"]
    assert [t.name for t in made.record.tags.all()] == ["Lào"]
    assert "dang gia dinh" in made.record.search_text
    assert list(Link.objects.values_list("source_id", "target_id", "relation")) == [
        (made.pk, a.pk, "instrument.parties")
    ]
    change = made.record.changes.get()
    assert (change.verb, change.actor, change.reason) == ("create", people["officer"], "theo tờ trình")
    assert change.diff["signed"] == [None, "2021-11-04"]
    assert change.diff["parties"][1][0]["signer"] == "Đặng Giả Định"


def test_everything_wrong_is_said_at_once_and_nothing_is_saved():
    with pytest.raises(ValidationError) as wrong:
        write.create("instrument", actor=None, fields={"title": " ", "nature": "no such", "access": "unit"})
    assert {"title", "nature", "unit"} <= set(wrong.value.error_dict)
    assert not Record.objects.exists()


def test_many_are_saved_or_none():
    screen = screen_of("party")
    drafts = [Draft({"title": "Một", "kind": "company"}), Draft({"title": "", "kind": "company"})]
    with pytest.raises(ValidationError):
        write.create_many(screen, drafts, actor=None)
    assert not Record.objects.exists()


# --- update ---------------------------------------------------------------------------------------


def test_an_update_writes_only_what_changed_and_bumps_the_version(people):
    one = party(actor=people["officer"])
    write.update(one, actor=people["officer"], fields={"title": "tỉnh Thử Nghiệm", "sector": "gạo"}, reason="bổ sung")
    one = again(one)
    assert (one.sector, one.record.version) == ("gạo", 2)
    change = one.record.changes.first()
    assert change.diff == {"sector": ["", "gạo"]}
    assert (change.verb, change.version, change.reason) == ("edit", 2, "bổ sung")
    write.update(one, actor=people["officer"], fields={"sector": "gạo"})
    assert again(one).record.version == 2, "an update that changes nothing writes nothing"
    assert one.record.changes.count() == 2


def test_a_stale_update_saves_nothing_and_carries_the_other_version(people):
    one = party()
    write.update(one, actor=people["lead"], fields={"sector": "gạo"}, expected_version=1)
    with pytest.raises(Stale) as stale:
        write.update(one, actor=people["officer"], fields={"sector": "tôm"}, expected_version=1)
    assert stale.value.current.sector == "gạo"
    assert again(one).sector == "gạo"


def test_links_follow_the_fields(people):
    a, b = party("Bên A thử"), party("Bên B thử")
    made = instrument(parties=[a])
    row = made.parties.get()
    write.update(made, actor=None, fields={"lead_agency": b}, children={"parties": ChildEdits(delete=[row.pk])})
    assert set(Link.objects.filter(source=made.record).values_list("target_id", "relation")) == {
        (b.pk, "instrument.lead_agency")
    }


# --- rows -----------------------------------------------------------------------------------------


def test_rows_are_added_changed_removed_and_the_unnamed_ones_stay(people):
    a, b, c = party("Bên A thử"), party("Bên B thử"), party("Bên C thử")
    made = instrument(parties=[a, b])
    first, second = made.parties.order_by("pk")
    write.update(
        made,
        actor=None,
        children={"parties": ChildEdits(create=[{"party": c}], update={first.pk: {"signer": "Hồ Giả Sử"}})},
    )
    assert [(r.party_id, r.signer) for r in made.parties.order_by("pk")] == [
        (a.pk, "Hồ Giả Sử"),
        (b.pk, ""),
        (c.pk, ""),
    ]
    assert second in made.parties.all()


def test_a_row_of_another_record_is_refused():
    a, b = party("Bên A thử"), party("Bên B thử")
    one, other = instrument(parties=[a]), instrument("Bản khác", parties=[b])
    foreign = other.parties.get()
    with pytest.raises(ValidationError) as wrong:
        write.update(one, actor=None, children={"parties": ChildEdits(update={foreign.pk: {"signer": "x"}})})
    assert "parties" in wrong.value.error_dict
    assert other.parties.get().signer == ""


def test_a_row_hidden_from_the_editor_survives_the_edit_page(client, people, units):
    secret = party("Bên kín thử", fields={"access": "unit", "unit": units[1]})
    seen = party("Bên mở thử")
    made = instrument(parties=[secret, seen])
    shown = made.parties.get(party=seen)
    client.force_login(people["officer"])
    page = client.get(f"/desk/r/{made.pk}/edit/").content.decode()
    assert "Bên kín thử" not in page
    data = {
        "title": "Đổi tên thử",
        "nature": "international",
        "status": "unknown",
        "access": "internal",
        "version": "1",
    }
    for name in ("parties", "opinions", "files", "names"):
        data |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    data |= {
        "parties-TOTAL_FORMS": "1",
        "parties-INITIAL_FORMS": "1",
        "parties-0-id": shown.pk,
        "parties-0-party": seen.pk,
        "parties-0-role": "witness",
    }
    assert client.post(f"/desk/r/{made.pk}/edit/", data).status_code == 302
    assert set(made.parties.values_list("party_id", "role")) == {(secret.pk, "party"), (seen.pk, "witness")}


# --- who ------------------------------------------------------------------------------------------


def test_who_may_change_what(people, units):
    free = party("Chung thử")
    owned = party("Của phòng hai", fields={"unit": units[1]})
    write.update(free, actor=people["officer"], fields={"sector": "1"})
    write.update(owned, actor=people["lead"], fields={"sector": "1"})
    with pytest.raises(PermissionDenied):
        write.update(owned, actor=people["officer"], fields={"sector": "2"})
    with pytest.raises(PermissionDenied):
        write.update(free, actor=people["viewer"], fields={"sector": "2"})
    with pytest.raises(PermissionDenied):
        party(actor=people["viewer"])


def test_a_restricted_record_is_its_units_alone(people, units):
    secret = party("Kín thử", actor=people["officer"], fields={"access": "unit", "unit": units[0]})
    seen = {name: secret.record in Record.objects.visible_to(user) for name, user in people.items()}
    assert seen == {"officer": True, "lead": True, "viewer": True, "admin": True, "stranger": False}
    with pytest.raises(PermissionDenied):
        write.update(secret, actor=people["stranger"], fields={"sector": "x"})
    with pytest.raises(PermissionDenied):
        party(actor=people["officer"], fields={"access": "unit", "unit": units[1]})
    one = party(actor=people["officer"])
    with pytest.raises(ValidationError):
        write.update(one, actor=people["officer"], fields={"access": "unit", "unit": units[1]})
    assert again(one).record.access == "internal"


# --- archive, undo --------------------------------------------------------------------------------


def test_archive_and_restore_leave_two_audit_rows_and_do_nothing_twice(people):
    one = party()
    write.archive(one, actor=people["officer"], reason="nhập hai lần")
    write.archive(one, actor=people["officer"], reason="nhập hai lần")
    assert again(one).record.archived_at is not None
    write.restore(one, actor=people["officer"])
    assert again(one).record.archived_at is None
    assert [c.verb for c in one.record.changes.order_by("id")] == ["create", "archive", "restore"]


def test_undo_brings_fields_rows_and_tags_back_and_can_be_undone(people):
    a, b = party("Bên A thử"), party("Bên B thử")
    made = instrument(parties=[a], signed=parse_date("2021"))
    first = state(made)
    row = made.parties.get()
    write.update(
        made,
        actor=people["officer"],
        fields={"title": "Tên mới thử", "signed": None, "lead_agency": b},
        children={"parties": ChildEdits(create=[{"party": b}], delete=[row.pk])},
        tags=["mới"],
    )
    second = state(made)
    change = made.record.changes.first()
    write.undo(change, actor=people["officer"])
    assert state(made) == first
    undoing = made.record.changes.first()
    assert (undoing.verb, undoing.undoes) == ("undo", change)
    write.undo(undoing, actor=people["officer"])
    assert state(made) == second


def test_undo_refuses_when_a_later_change_touched_the_same_field(people):
    one = party()
    write.update(one, actor=None, fields={"sector": "gạo"})
    first = one.record.changes.first()
    write.update(one, actor=None, fields={"sector": "tôm"})
    with pytest.raises(CannotUndo) as why:
        write.undo(first, actor=people["officer"])
    assert str(screen_of("party").label("sector")) in str(why.value)
    write.update(one, actor=None, fields={"address": "phố Thử"})
    write.undo(one.record.changes.order_by("-id")[1], actor=people["officer"])
    assert again(one).sector == "gạo", "another field changed later does not stand in the way"


def test_undo_of_a_creation_archives_unless_changed_since(people):
    one, two = party("Một thử"), party("Hai thử")
    write.undo(one.record.changes.get(), actor=people["officer"])
    assert again(one).record.archived_at is not None
    write.update(two, actor=None, fields={"sector": "x"})
    with pytest.raises(CannotUndo):
        write.undo(two.record.changes.get(verb="create"), actor=people["officer"])


def test_a_batch_is_undone_whole_once_or_not_at_all(people):
    batch = Batch.objects.create(kind="import", record_kind="party", actor=people["officer"], title="danh sach.xlsx")
    screen = screen_of("party")
    made = write.create_many(
        screen,
        [Draft({"title": f"Công ty Thử {n}", "kind": "company"}) for n in range(3)],
        actor=people["officer"],
        batch=batch,
    )
    write.update(made[0], actor=None, fields={"sector": "x"})
    with pytest.raises(CannotUndo), transaction.atomic():
        write.undo_batch(batch, actor=people["officer"])
    assert not Record.objects.exclude(archived_at=None).exists(), "all or nothing"
    write.undo(made[0].record.changes.first(), actor=None)
    with pytest.raises(PermissionDenied):
        write.undo_batch(batch, actor=people["stranger"])


def test_a_batch_of_untouched_records_is_taken_back(people):
    batch = Batch.objects.create(kind="import", record_kind="party", actor=people["officer"], title="danh sach.xlsx")
    write.create_many(
        screen_of("party"),
        [Draft({"title": f"Công ty Thử {n}", "kind": "company"}) for n in range(3)],
        actor=people["officer"],
        batch=batch,
    )
    assert write.undo_batch(batch, actor=people["officer"]) == 3
    assert not Record.objects.live().exists()
    with pytest.raises(CannotUndo):
        write.undo_batch(Batch.objects.get(), actor=people["officer"])


# --- memory ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_change SET reason = 'x'",
        "DELETE FROM register_change",
        "UPDATE register_change SET diff = '{}' WHERE id > 0",
    ],
)
def test_the_database_itself_refuses_to_change_the_audit(statement):
    party()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Change.objects.filter(reason="").count() == 1


def test_the_state_of_a_day_is_walked_back_to(monkeypatch):
    day = timezone.make_aware(datetime.datetime(2024, 5, 1, 9))

    def on(number):
        monkeypatch.setattr(timezone, "now", lambda: day + datetime.timedelta(days=number))

    on(0)
    a, b = party("Bên A thử"), party("Bên B thử")
    made = instrument(parties=[a])
    on(1)
    write.update(
        made,
        actor=None,
        fields={"title": "Tên thứ hai"},
        children={"parties": ChildEdits(create=[{"party": b}])},
    )
    on(2)
    write.update(made, actor=None, fields={"title": "Tên thứ ba"}, tags=["nhãn"])
    record = again(made).record
    at = [write.state_on(record, day + datetime.timedelta(days=n, hours=1)) for n in (-1, 0, 1, 2)]
    assert at[0] is None
    assert [s["title"] for s in at[1:]] == ["Bản ghi nhớ thử", "Tên thứ hai", "Tên thứ ba"]
    assert [len(s["parties"]) for s in at[1:]] == [1, 2, 2]
    assert [s["tags"] for s in at[1:]] == [[], [], ["nhãn"]]


WORDS = st.text(alphabet="aăâđêôơư 1", max_size=6)
EDITS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "title": WORDS.filter(str.strip),
            "sector": WORDS,
            "is_partner": st.booleans(),
            "relation_since": st.sampled_from(["2020", "3/2021", "04/11/2021", None]),
            "tags": st.lists(st.sampled_from(["một", "hai"]), max_size=2, unique=True),
            "add": WORDS.filter(str.strip),
            "rename": WORDS.filter(str.strip),
            "remove": st.just(True),
        },
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_undoing_all_edits_in_reverse_gives_the_first_state(edits):
    with transaction.atomic():
        one = party(children={"names": [{"text": "tên đầu"}]})
        first = state(one)
        for edit in edits:
            tags = edit.pop("tags", None)
            rows = list(one.record.names.order_by("pk"))
            names = ChildEdits(create=[{"text": edit.pop("add")}] if "add" in edit else [])
            if rename := edit.pop("rename", None):
                names.update = {r.pk: {"text": rename} for r in rows[:1]}
            if edit.pop("remove", None) and rows:
                names.delete = [rows[-1].pk]
                names.update.pop(rows[-1].pk, None)
            if edit.get("relation_since"):
                edit["relation_since"] = parse_date(edit["relation_since"])
            write.update(one, actor=None, fields=edit, children={"names": names}, tags=tags)
        for change in list(one.record.changes.filter(verb="edit").order_by("-id")):
            write.undo(change, actor=None)
        assert state(one) == first
        transaction.set_rollback(True)
