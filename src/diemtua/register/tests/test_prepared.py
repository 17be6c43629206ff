"""Queries that are put together once: never another one's answer, never an old one."""

from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from diemtua.insight.queries import my_day
from diemtua.kit.dates import parse_date
from diemtua.parties.models import Party
from diemtua.register import actions, bulk, merging, prepared, write
from diemtua.register.database import among
from diemtua.register.models import OfUnit, OrgUnit, Record, User
from diemtua.register.prepared import ask, together
from diemtua.register.queries import sight
from diemtua.register.screens import all_screens, screen_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> SimpleNamespace:
    one, two = OrgUnit.objects.create(name="Phòng Thử Một"), OrgUnit.objects.create(name="Phòng Thử Hai")
    make = User.objects.create_user
    return SimpleNamespace(
        one=one,
        two=two,
        officer=make(username="mot", name="Cán bộ Một Thử", role="officer", unit=one),
        other=make(username="hai", name="Cán bộ Hai Thử", role="officer", unit=two),
        lead=make(username="dau", name="Lãnh đạo Thử", role="lead", unit=one),
        administrator=make(username="quan-tri", name="Quản trị Thử", role="administrator"),
        viewer=make(username="xem", name="Người xem Thử", role="viewer"),
    )


def party(title: str, **fields):
    return write.create("party", actor=None, fields={"title": title, "kind": "company", **fields})


def names(pk: int) -> list:
    return ask("test names", lambda pk: Record.objects.filter(pk=pk).values_list("title"), pk)


def test_the_same_question_gives_each_its_own_answer():
    first, second = party("Công ty Thử Một"), party("Công ty Thử Hai")
    for _again in range(4):  # PostgreSQL keeps the plan from the third time on
        assert names(first.pk) == [("Công ty Thử Một",)]
        assert names(second.pk) == [("Công ty Thử Hai",)]
        assert names(second.pk + 999) == []


def test_it_is_put_together_once_and_asked_each_time():
    made = party("Công ty Thử")
    built = []

    def build(pk):
        built.append(pk)
        return Party.objects.select_related("record").filter(pk=pk)

    for title in ("Công ty Thử", "Công ty Thử đổi tên", "Công ty Thử đổi tên lần nữa"):
        write.update(made, actor=None, fields={"title": title})
        with CaptureQueriesContext(connection) as asked:
            found = ask("test parties", build, made.pk)
            assert [p.record.title for p in found] == [title]
        assert len(asked) == 1, "with what select_related asks for"
    assert len(built) == 1


def test_values_are_numbers_texts_and_lists():
    made = [party(f"Công ty Thử {n}").pk for n in range(3)]
    by_title = lambda key: Record.objects.filter(title_key=key).values_list("pk")  # noqa: E731
    assert ask("test titles", by_title, "cong ty thu 1") == [(made[1],)]
    assert ask("test titles", by_title, "'; drop table x; -- %s $1") == []
    listed = lambda ids: among(Record.objects.order_by("pk"), ids).values_list("pk")  # noqa: E731
    for wanted in (made, made[:1], [], [0, made[2], 2**62]):
        assert ask("test lists", listed, wanted) == [(pk,) for pk in made if pk in wanted]


def test_a_number_no_database_can_hold_finds_nothing(people: SimpleNamespace, client: Client):
    assert names(2**63) == []
    client.force_login(people.officer)
    assert client.get(f"/desk/r/{10**30}/").status_code == 404


def test_a_percent_sign_in_a_query_stays_one():
    made = party("Tăng 100% thử")
    percent = lambda pk: Record.objects.filter(pk=pk).extra(where=["title LIKE '%%100%%%%'"]).values_list("pk")  # noqa: E731
    for _again in range(4):
        assert ask("test percent", percent, made.pk) == [(made.pk,)]


def test_after_a_transaction_is_taken_back_it_still_answers():
    made = party("Công ty Thử")
    for _again in range(4):
        with transaction.atomic():
            assert names(made.pk)
            Record.objects.filter(pk=made.pk).update(title="Khác")
            assert names(made.pk) == [("Khác",)]
            transaction.set_rollback(True)
        assert names(made.pk) == [("Công ty Thử",)]


def test_not_more_is_remembered_than_is_meant(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(prepared, "MOST_KNOWN", 5)
    monkeypatch.setattr(prepared._known, "questions", prepared.OrderedDict(), raising=False)
    for n in range(20):
        ask(("test many", n), lambda pk: Record.objects.filter(pk=pk), 1)
    assert len(prepared._known.questions) == 5


def test_several_lists_come_in_one_query():
    made = [party(f"Công ty Thử {n}").pk for n in range(3)]
    lists = [Record.objects.filter(pk=pk).order_by("pk").values_list("pk", "title")[:1] for pk in made]
    with CaptureQueriesContext(connection) as asked:
        found = together([*lists, Record.objects.none().values_list("pk", "title")])
    assert sorted(found) == [(pk, f"Công ty Thử {n}") for n, pk in enumerate(made)]
    assert len(asked) == 1
    assert together([]) == []


def test_what_one_may_see_is_asked_for_each(people: SimpleNamespace):
    """A restricted record, looked at in turn by its unit, another unit and an administrator."""
    hidden = party("Công ty kín thử", access="unit", unit=people.one)
    paper = write.create("document", actor=None, fields={"title": "Giấy kín thử", "access": "unit", "unit": people.one})
    shown = party("Công ty thấy được")
    actions.add_evidence(record=shown.record, actor=None, source=paper.record, quote="câu kín thử", field="title")
    clients = {name: Client() for name in ("officer", "other", "administrator", "lead")}
    for name, client in clients.items():
        client.force_login(getattr(people, name))
    for _again in range(4):
        for name, client in clients.items():
            sees = name != "other"
            assert client.get(f"/desk/r/{hidden.pk}/").status_code == (200 if sees else 404), name
            assert ("câu kín thử" in client.get(f"/desk/r/{shown.pk}/").content.decode()) is sees, name
    assert sight(people.officer) != sight(people.other) != sight(people.administrator)
    assert sight(people.officer) == sight(people.lead)
    # Who is moved to the other unit sees at once as the other unit does.
    User.objects.filter(pk=people.officer.pk).update(unit=people.two)
    assert clients["officer"].get(f"/desk/r/{hidden.pk}/").status_code == 404
    User.objects.filter(pk=people.other.pk).update(unit=people.one)
    assert clients["other"].get(f"/desk/r/{hidden.pk}/").status_code == 200


def test_the_menu_is_of_the_reader(people: SimpleNamespace):
    """It is written once for each role and language, and never in those of another."""

    def menu(user: User, language: str, address: str) -> str:
        client = Client()
        client.force_login(user)
        client.cookies["diemtua_language"] = language
        User.objects.filter(pk=user.pk).update(language=language)
        page = client.get(address).content.decode()
        return page[page.index("<aside") : page.index("</aside>")]

    for _again in range(2):
        for language in ("vi", "en"):
            assert "/desk/audit/" in menu(people.administrator, language, "/desk/")
            assert "/desk/audit/" not in menu(people.lead, language, "/desk/")
            assert "/desk/imports/" in menu(people.officer, language, "/desk/")
            assert "/desk/imports/" not in menu(people.viewer, language, "/desk/")
        assert "Imports" in menu(people.officer, "en", "/desk/")
        assert "Imports" not in menu(people.officer, "vi", "/desk/")
        assert people.officer.name in menu(people.officer, "vi", "/desk/")
        assert people.officer.name not in menu(people.other, "vi", "/desk/")
        here = menu(people.officer, "vi", "/desk/parties/")
        assert here.count('aria-current="page"') == 1
        assert 'aria-current="page" href="/desk/parties/"' in here


# --- the unit, said twice ---------------------------------------------------------------------------


def says_its_unit() -> bool:
    """Whether every row that says its record's unit says the right one."""
    models = [s.model for s in all_screens() if issubclass(s.model, OfUnit)]
    assert len(models) == 5
    return all(row.of_unit == row.record.unit_id for m in models for row in m.objects.select_related("record"))


def test_every_way_of_saving_says_the_unit(people: SimpleNamespace):
    made = party("Công ty Thử", unit=people.one, is_partner=True)
    twin = party("Công ty Thử khác", unit=people.two, access="unit")
    assert made.of_unit == people.one.pk
    assert says_its_unit()
    write.update(made, actor=None, fields={"unit": people.two})
    assert says_its_unit()
    change = made.record.changes.order_by("-pk").first()
    write.undo(change, actor=None)
    assert says_its_unit()
    assert Party.objects.get(pk=made.pk).of_unit == people.one.pk
    merged = merging.merge(actor=people.administrator, keep=made, drop=twin, choices={"access": "drop"}, reason="thử")
    assert Party.objects.get(pk=made.pk).of_unit == people.two.pk
    assert says_its_unit()
    merging.unmerge(actor=people.administrator, batch=merged)
    assert Party.objects.get(pk=made.pk).of_unit == people.one.pk
    assert says_its_unit()
    bulk.change_many(
        screen_of("party"), [made.pk, twin.pk], actor=people.administrator, fields={"unit": None, "access": "internal"}
    )
    assert says_its_unit()
    assert Party.objects.filter(of_unit=None).count() == 2


def test_my_day_of_a_unit_follows_its_records(people: SimpleNamespace):
    from django.utils import timezone

    today = timezone.localdate()
    promise = write.create(
        "commitment",
        actor=None,
        fields={"title": "Việc thử", "state": "open", "due": parse_date("01/02/2020"), "unit": people.one},
    )

    def late(user: User) -> list[str]:
        return [row.title for row in my_day(user, "unit", today).lists["overdue"]]

    for _again in range(4):
        assert (late(people.officer), late(people.other)) == (["Việc thử"], [])
    write.update(promise, actor=None, fields={"unit": people.two})
    assert (late(people.officer), late(people.other)) == ([], ["Việc thử"])
    write.archive(promise, actor=None, reason="thử")
    assert (late(people.officer), late(people.other)) == ([], [])
