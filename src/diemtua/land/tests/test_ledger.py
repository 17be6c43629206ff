"""Reservations: what is there, for whom, until when, and what else may not happen meanwhile."""

from __future__ import annotations

import datetime
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from diemtua.kit.dates import PartialDate
from diemtua.land import actions
from diemtua.land.models import Plot, Reservation, Zone
from diemtua.land.queries.ledger import availability
from diemtua.register import write
from diemtua.register.models import Change, Record
from diemtua.register.write import ChildEdits

pytestmark = pytest.mark.django_db


def in_days(n: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=n)


@pytest.fixture
def park(samples: SimpleNamespace) -> SimpleNamespace:
    """An economic zone (100 MW), in it a park (60 MW, 10 of them allocated), in it two plots of 10 ha; one has a
    line of its own of 30 MW."""
    power = {"utility": "power", "as_of": PartialDate.day(in_days(0))}
    zone = actions.create_zone(
        actor=None,
        title="Khu kinh tế Thử",
        type="economic_zone",
        children={"capacities": [{**power, "installed": D(100), "allocated": D(0)}]},
    )
    inner = actions.create_zone(
        actor=None,
        title="Khu công nghiệp Thử",
        type="industrial_park",
        parent=zone,
        children={"capacities": [{**power, "installed": D(60), "allocated": D(10)}]},
    )
    own_line = {"capacities": [{**power, "installed": D(30), "allocated": D(0)}]}
    plots = [
        actions.create_plot(actor=None, title=f"Lô T{n}", zone=inner, code=f"T{n}", area_ha=D(10), children=children)
        for n, children in enumerate((own_line, {}))
    ]
    return SimpleNamespace(zone=zone, park=inner, own=plots[0], bare=plots[1], partner=samples.partner)


def reserve(at: Any, who: Any, amount: int | str, utility: str = "power", days: int = 90, **more: Any) -> Reservation:
    return actions.reserve(
        actor=more.pop("actor", None),
        record=at.record,
        utility=utility,
        amount=D(amount),
        for_record=who.record,
        ends=in_days(days),
        reason="thư số 5",
        **more,
    )


def left(at: Any, utility: str = "power", on: datetime.date | None = None) -> D | None:
    return availability([at.pk], on)[at.pk][utility].available


def refused(field: str, call: Any, *args: Any, **kwargs: Any) -> str:
    """The sentence with which an action refuses; nothing has been written."""
    before = Reservation.objects.count(), Change.objects.count()
    with pytest.raises(ValidationError) as error:
        call(*args, **kwargs)
    assert field in error.value.error_dict, error.value
    assert (Reservation.objects.count(), Change.objects.count()) == before
    return " ".join(error.value.messages)


# --- what is there --------------------------------------------------------------------------------


def test_what_is_reserved_is_gone_for_all_around_it(park: SimpleNamespace) -> None:
    """A plot takes from its park, the park from its zone; a plot without a line of its own draws on the park."""
    assert [left(x) for x in (park.zone, park.park, park.own, park.bare)] == [100, 50, 30, 50]
    reserve(park.own, park.partner, 30)
    assert [left(x) for x in (park.zone, park.park, park.own, park.bare)] == [70, 20, 0, 20]
    reserve(park.bare, park.partner, 20)
    assert [left(x) for x in (park.zone, park.park, park.own, park.bare)] == [50, 0, 0, 0]


def test_two_plots_are_promised_no_more_than_their_park_has(park: SimpleNamespace) -> None:
    reserve(park.bare, park.partner, 25)
    assert "25" in refused("amount", reserve, park.own, park.partner, 26)
    reserve(park.own, park.partner, 25)
    assert left(park.own) == 0, "its own line has 5 left, its park nothing"
    found = availability([park.own.pk])[park.own.pk]["power"]
    assert (found.installed, found.reserved, found.limited_by) == (30, 25, park.park.pk)


def test_a_reservation_lapses_by_itself(park: SimpleNamespace) -> None:
    made = reserve(park.park, park.partner, 50, days=10)
    assert left(park.park, on=made.ends) == 0
    assert left(park.park, on=in_days(11)) == 50
    reserve(park.park, park.partner, 50, starts=in_days(11), days=20)
    refused("amount", reserve, park.park, park.partner, 1, starts=in_days(10), days=10)


def test_a_later_reservation_is_seen_by_an_earlier_longer_one(park: SimpleNamespace) -> None:
    """What is free today may be promised for the day after tomorrow."""
    reserve(park.park, park.partner, 40, starts=in_days(5), days=6)
    assert left(park.park) == 50
    refused("amount", reserve, park.park, park.partner, 11, days=30)
    reserve(park.park, park.partner, 11, days=4)
    reserve(park.park, park.partner, 10, days=30)


def test_capacity_that_comes_or_goes_on_a_day(park: SimpleNamespace) -> None:
    """A second transformer from next month; rows that hold on one day add up."""
    row = {"utility": "power", "installed": D(20), "allocated": D(0), "since": in_days(30)}
    actions.update_zone(park.park, actor=None, children={"capacities": ChildEdits(create=[row])})
    assert (left(park.park), left(park.park, on=in_days(30))) == (50, 70)
    refused("amount", reserve, park.park, park.partner, 51, days=60)
    reserve(park.park, park.partner, 70, starts=in_days(30), days=60)


def test_what_is_not_known_is_not_promised(park: SimpleNamespace) -> None:
    refused("utility", reserve, park.park, park.partner, 1, utility="gas")
    row = {"utility": "gas", "installed": None, "allocated": None}
    actions.update_zone(park.park, actor=None, children={"capacities": ChildEdits(create=[row])})
    found = availability([park.park.pk])[park.park.pk]["gas"]
    assert (found.installed, found.available) == (None, None)
    refused("utility", reserve, park.park, park.partner, 1, utility="gas")
    bare = actions.create_plot(actor=None, title="Lô chưa đo", zone=park.park, code="K1")
    refused("utility", reserve, bare, park.partner, 1, utility="land")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("amount", {"amount": D(0)}),
        ("amount", {"amount": D(-5)}),
        ("amount", {"amount": D("50.0001")}),
        ("ends", {"ends": in_days(-1)}),
        ("starts", {"starts": in_days(-1)}),
        ("utility", {"utility": "land"}),
        ("utility", {"utility": "steam"}),
        ("reason", {"reason": "  "}),
    ],
)
def test_what_cannot_be_reserved(park: SimpleNamespace, field: str, change: dict[str, Any]) -> None:
    values = {"utility": "power", "amount": D(1), "ends": in_days(9), "reason": "thư", **change}
    refused(field, actions.reserve, actor=None, record=park.park.record, for_record=park.partner.record, **values)


def test_kilowatts_for_megawatts_are_noticed(park: SimpleNamespace) -> None:
    assert "kW" in refused("amount", reserve, park.park, park.partner, 2000)
    assert "m²" in refused("amount", reserve, park.bare, park.partner, 50_000, utility="land")


# --- extending, giving back -----------------------------------------------------------------------


def test_extending_asks_the_ledger_again(park: SimpleNamespace) -> None:
    first = reserve(park.park, park.partner, 30, days=10)
    reserve(park.park, park.partner, 30, starts=in_days(11), days=20)
    refused("ends", actions.extend, actor=None, reservation=first, ends=in_days(-1), reason="x")
    refused("amount", actions.extend, actor=None, reservation=first, ends=in_days(11), reason="thêm thời gian")
    longer = actions.extend(actor=None, reservation=first, ends=in_days(8), reason="sớm hơn")
    assert longer.ends == in_days(8)
    change = Change.objects.get(subject=f"reservation:{first.pk}", verb="edit")
    assert change.diff == {"ends": [in_days(10).isoformat(), in_days(8).isoformat()]}


def test_giving_back_frees_at_once_and_once(park: SimpleNamespace) -> None:
    made = reserve(park.own, park.partner, 30)
    refused("reason", actions.release, actor=None, reservation=made, reason=" ")
    actions.release(actor=None, reservation=made, reason="nhà đầu tư rút")
    assert [left(x) for x in (park.zone, park.park, park.own)] == [100, 50, 30]
    for again in (actions.release, lambda **k: actions.extend(ends=in_days(5), **k)):
        with pytest.raises(ValidationError):
            again(actor=None, reservation=made, reason="lần nữa")


def test_what_has_lapsed_is_not_brought_back(park: SimpleNamespace) -> None:
    made = reserve(park.park, park.partner, 5)
    Reservation.objects.filter(pk=made.pk).update(starts=in_days(-9), ends=in_days(-1))
    with pytest.raises(ValidationError):
        actions.extend(actor=None, reservation=made, ends=in_days(30), reason="kéo dài")


# --- land and leases ------------------------------------------------------------------------------


def lease(park: SimpleNamespace, plot: Plot, area: int | None, title: str = "Hợp đồng thử", **fields: Any) -> Any:
    return actions.create_lease(
        actor=None,
        title=title,
        tenant=park.partner,
        plot=plot,
        area_ha=None if area is None else D(area),
        **fields,
    )


def test_land_that_is_let_is_not_reserved_and_the_other_way_round(park: SimpleNamespace) -> None:
    lease(park, park.bare, 6)
    assert left(park.bare, "land") == 4
    refused("amount", reserve, park.bare, park.partner, 5, utility="land")
    reserve(park.bare, park.partner, 4, utility="land")
    with pytest.raises(ValidationError) as error:
        lease(park, park.bare, 1, "Hợp đồng thứ hai")
    assert "area_ha" in error.value.error_dict
    assert not Record.objects.filter(title="Hợp đồng thứ hai").exists()


def test_a_lease_without_an_area_takes_the_whole_plot(park: SimpleNamespace) -> None:
    made = lease(park, park.bare, None)
    assert left(park.bare, "land") == 0
    actions.update_lease(made, actor=None, state="revoked", closed_on=in_days(0))
    assert left(park.bare, "land") == 10


def test_a_lease_is_no_longer_than_the_land_may_be_used(park: SimpleNamespace) -> None:
    actions.update_plot(park.bare, actor=None, tenure_until=datetime.date(2071, 12, 31))
    for ends, wrong in (("2072-01-01", True), ("2071-12-31", False)):
        day = PartialDate.day(datetime.date.fromisoformat(ends))
        if wrong:
            with pytest.raises(ValidationError) as error:
                lease(park, park.bare, 1, ends=day)
            assert "ends" in error.value.error_dict
        else:
            lease(park, park.bare, 1, ends=day)
    with pytest.raises(ValidationError) as error:
        actions.update_plot(park.bare, actor=None, tenure_until=datetime.date(2060, 1, 1))
    assert "tenure_until" in error.value.error_dict


def test_a_reservation_is_no_longer_than_its_lease_or_the_land(park: SimpleNamespace) -> None:
    let = lease(park, park.bare, 5, ends=PartialDate.day(in_days(100)))
    refused("ends", reserve, park.park, let, 5, days=101)
    reserve(park.park, let, 5, days=100)
    actions.update_plot(park.own, actor=None, tenure_until=in_days(50))
    refused("ends", reserve, park.own, park.partner, 1, days=51)
    made = reserve(park.own, park.partner, 1, days=50)
    refused("ends", actions.extend, actor=None, reservation=made, ends=in_days(51), reason="kéo dài")


def test_a_lease_lies_where_its_plot_lies(park: SimpleNamespace) -> None:
    made = lease(park, park.bare, 1)
    assert made.zone_id == park.park.pk
    with pytest.raises(ValidationError):
        lease(park, park.bare, 1, "Sai khu", zone=park.zone)
    with pytest.raises(ValidationError):
        actions.create_lease(actor=None, title="Không nơi nào", tenant=park.partner)
    other = actions.create_zone(actor=None, title="Khu khác", type="industrial_park")
    with pytest.raises(ValidationError):
        actions.update_plot(park.bare, actor=None, zone=other)


# --- what else may not happen ---------------------------------------------------------------------


def only_row(at: Any) -> int:
    return at.record.capacities.get().pk


def test_capacity_is_not_taken_away_from_those_to_whom_it_is_promised(park: SimpleNamespace) -> None:
    reserve(park.own, park.partner, 20)
    edits = {
        "less": ChildEdits(update={only_row(park.park): {"installed": D(29)}}),
        "more allocated": ChildEdits(update={only_row(park.park): {"allocated": D(41)}}),
        "not known": ChildEdits(update={only_row(park.own): {"installed": None}}),
        "ends early": ChildEdits(update={only_row(park.park): {"until": in_days(30)}}),
    }
    for what, edit in edits.items():
        at = park.own if what == "not known" else park.park
        change = actions.update_plot if at is park.own else actions.update_zone
        before = Change.objects.count()
        with pytest.raises(ValidationError) as error:
            change(at, actor=None, children={"capacities": edit})
        assert "capacities" in error.value.error_dict, what
        assert Change.objects.count() == before
    actions.update_zone(
        park.park, actor=None, children={"capacities": ChildEdits(update={only_row(park.park): {"installed": D(30)}})}
    )
    assert left(park.park) == 0


def test_a_plot_does_not_leave_its_promises_behind(park: SimpleNamespace) -> None:
    """A plot that moves takes its reservations along: the other park must have room for them."""
    reserve(park.bare, park.partner, 40)
    small = actions.create_zone(
        actor=None,
        title="Khu nhỏ",
        type="industrial_park",
        children={"capacities": [{"utility": "power", "installed": D(30), "allocated": D(0)}]},
    )
    for zone in (small, actions.create_zone(actor=None, title="Khu chưa có điện", type="industrial_park")):
        with pytest.raises(ValidationError) as error:
            actions.update_plot(park.bare, actor=None, zone=zone)
        assert "capacities" in error.value.error_dict
    assert Plot.objects.get(pk=park.bare.pk).zone_id == park.park.pk


def test_a_plot_is_not_made_smaller_than_what_is_let_of_it(park: SimpleNamespace) -> None:
    lease(park, park.bare, 6)
    with pytest.raises(ValidationError):
        actions.update_plot(park.bare, actor=None, area_ha=D(5))
    actions.update_plot(park.bare, actor=None, area_ha=D(6))


def test_taking_a_change_back_asks_too(park: SimpleNamespace) -> None:
    """Undo of a larger capacity, and bringing back an archived lease, meet the same rule."""
    pk = only_row(park.park)
    actions.update_zone(park.park, actor=None, children={"capacities": ChildEdits(update={pk: {"installed": D(90)}})})
    reserve(park.park, park.partner, 80)
    with pytest.raises(ValidationError):
        write.undo(park.park.record.changes.first(), actor=None)
    first = lease(park, park.bare, 8)
    write.archive(first, actor=None, reason="nhập nhầm")
    lease(park, park.bare, 8, "Hợp đồng thay thế")
    with pytest.raises(ValidationError):
        write.restore(first, actor=None)


def test_one_code_one_plot(park: SimpleNamespace) -> None:
    values: dict[str, Any] = {"actor": None, "title": "Lô trùng", "code": "T1"}
    with pytest.raises(ValidationError) as error:
        actions.create_plot(zone=park.park, **values)
    assert "code" in error.value.error_dict
    actions.create_plot(zone=park.zone, **values)
    write.archive(park.bare, actor=None, reason="gộp lô")
    twin = actions.create_plot(zone=park.park, **values)
    with pytest.raises(ValidationError):
        write.restore(park.bare, actor=None)
    assert twin.code == "T1"


def test_zones_do_not_lie_in_a_circle(park: SimpleNamespace) -> None:
    with pytest.raises(ValidationError):
        actions.update_zone(park.zone, actor=None, parent=park.park)


# --- who may --------------------------------------------------------------------------------------


def test_who_may_reserve(park: SimpleNamespace, staff: Any) -> None:
    """Who may change the park; of a record of another unit not even that is told."""
    write.update(park.park, actor=None, fields={"unit": staff.unit})
    zone = Zone.objects.select_related("record").get(pk=park.park.pk)
    reserve(zone, park.partner, 1, actor=staff.officer)
    for who in (staff.viewer, staff.other):
        with pytest.raises(PermissionDenied):
            reserve(zone, park.partner, 1, actor=who)
    write.update(park.park, actor=None, fields={"access": "unit"})
    with pytest.raises(Record.DoesNotExist):
        reserve(zone, park.partner, 1, actor=staff.other_lead)
    hidden = write.create(
        "party",
        actor=None,
        fields={"title": "Nhà đầu tư kín", "kind": "company", "access": "unit", "unit": staff.other_unit},
    )
    with pytest.raises(Record.DoesNotExist):
        reserve(zone, hidden, 1, actor=staff.officer)


def test_nothing_is_reserved_of_what_is_archived(park: SimpleNamespace) -> None:
    write.archive(park.bare, actor=None, reason="gộp lô")
    with pytest.raises(ValidationError):
        reserve(park.bare, park.partner, 1)


def test_availability_of_many_needs_no_more_queries(park: SimpleNamespace, django_assert_max_num_queries: Any) -> None:
    more = [
        actions.create_plot(actor=None, title=f"Lô M{n}", zone=park.park, code=f"M{n}", area_ha=D(1)).pk
        for n in range(30)
    ]
    reserve(park.bare, park.partner, 5)
    with django_assert_max_num_queries(6):
        found = availability([park.own.pk, park.bare.pk, *more])
    assert {found[pk]["power"].available for pk in more} == {D(45)}
