"""Rows of several tables in one query: the same as the tables give one by one, of every type of column."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from diemtua.kit.dates import PartialDate
from diemtua.parties.models import Party, Person
from diemtua.register import actions, write
from diemtua.register.bundle import Part, fetch
from diemtua.register.models import Change, Evidence, Figure, Name, Record, User
from diemtua.register.screens import all_screens

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled() -> list[int]:
    """A register in which every type of column is filled somewhere."""
    user = User.objects.create_user(username="can-bo", name="Cán bộ “Thử” \\ 'một'\n", role="officer")
    party = write.create(
        "party",
        actor=user,
        fields={"title": "Tỉnh Đồng Mẫu", "kind": "locality", "relation_since": PartialDate.year(2019)},
        children={
            "names": [{"text": "Dong Mau", "valid_from": datetime.date(1999, 12, 31)}],
            "contacts": [{"label": "Văn phòng"}],
        },
        tags=["thử"],
    )
    person = write.create(
        "person", actor=user, fields={"title": "Người Thử", "party": party}, children={"posts": [{"title": "Giám đốc"}]}
    )
    instrument = write.create(
        "instrument",
        actor=user,
        fields={"title": "Văn kiện", "nature": "international", "cooperation_fields": ["trade", "education"]},
        children={"parties": [{"party": party}]},
    )
    write.create(
        "commitment",
        actor=user,
        fields={"title": "Cam kết", "instrument": instrument, "target": Decimal("12.5"), "target_unit": "ha"},
    )
    source = write.create("document", actor=user, fields={"title": "Nguồn"}).record
    proof = actions.add_evidence(record=party.record, actor=user, source=source, quote="lời", start=1, end=4)
    for value in ("0.0001", "123456789012.25", "-7"):
        actions.add_figure(
            record=party.record, actor=user, measure="area", unit="ha", value=Decimal(value), evidence=proof
        )
    actions.add_figure(record=party.record, actor=user, measure="jobs", unit="người", wording="trên 40")
    return [party.pk, person.pk]


def tables() -> list[type[models.Model]]:
    """Every kind of record with its rows, and what hangs on records."""
    kinds = [screen.model for screen in all_screens()]
    rows = [child.model for screen in all_screens() for child in screen.all_children]
    return list(dict.fromkeys([Record, Change, Evidence, Figure, Name, User, *kinds, *rows]))


def test_every_row_is_as_its_own_table_gives_it(filled: list[int]) -> None:
    wanted = tables()
    with CaptureQueriesContext(connection) as seen:
        found = fetch(Part(model._default_manager.all()) for model in wanted)
    assert len(seen) == 1
    assert sum(map(bool, found)) >= 14
    for model, rows in zip(wanted, found, strict=True):
        names = [f.attname for f in model._meta.concrete_fields]
        got = {row.pk: [(n, type(getattr(row, n)), getattr(row, n)) for n in names] for row in rows}
        assert got == {
            row.pk: [(n, type(getattr(row, n)), getattr(row, n)) for n in names] for row in model._default_manager.all()
        }, model


def test_columns_and_joined_values(filled: list[int]) -> None:
    people = Part(Person.objects.filter(pk__in=filled), ("record_id",), {"at": "party__record__title"})
    nobody = Part(Party.objects.filter(pk__in=[]))
    (one,), none, more = fetch([people, nobody, Part(Party.objects.filter(pk__in=filled))])
    assert (one.at, one.get_deferred_fields()) == (
        "Tỉnh Đồng Mẫu",
        {f.attname for f in Person._meta.concrete_fields} - {"record_id"},
    )
    assert (none, [p.pk for p in more]) == ([], filled[:1])
    with CaptureQueriesContext(connection) as seen:
        assert fetch([]) == []
        assert fetch([nobody, nobody]) == [[], []]
    assert not seen


def test_a_row_is_saved_as_any_other(filled: list[int]) -> None:
    ((party,),) = fetch([Part(Party.objects.filter(pk__in=filled))])
    party.sector = "thủy sản"
    party.save()
    assert Party.objects.get(pk=filled[0]).sector == "thủy sản"
    assert Party.objects.get(pk=filled[0]).relation_since == PartialDate.year(2019)
