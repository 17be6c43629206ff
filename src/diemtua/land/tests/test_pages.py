"""The pages of zones and plots, and the steps of the ledger through them."""

from __future__ import annotations

import datetime
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from diemtua.kit.dates import PartialDate
from diemtua.land import actions
from diemtua.land.models import Plot, Reservation
from diemtua.register import merging, write
from diemtua.register.actions import add_figure
from diemtua.testing.pages import Staff, body, form_with, in_vietnamese, says, shows, url

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TOO_LONG = "The lease ends on %(day)s. A reservation for it cannot run longer."


def in_days(n: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=n)


@pytest.fixture
def power(samples: SimpleNamespace) -> None:
    """The sample park has 40 MW, 10 of them allocated."""
    row = {"utility": "power", "installed": D(40), "allocated": D(10), "as_of": PartialDate.year(2024)}
    edit = write.ChildEdits(create=[{**row, "source": samples.document}])
    actions.update_zone(samples.zone, actor=None, children={"capacities": edit})


def facts(staff: Staff, record: Any, who: str = "viewer", **query: str) -> Any:
    return staff.client(who).get(reverse("land:facts", args=[record.pk]), query, headers=HTMX)


def typed(samples: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    values = {
        "utility": "power",
        "amount": "12,5",
        "for_record": samples.partner.pk,
        "starts": timezone.localdate().strftime("%d/%m/%Y"),
        "ends": in_days(60).strftime("%d/%m/%Y"),
        "reason": "công văn số 5",
    }
    return {**values, **changes}


def reserve(staff: Staff, samples: SimpleNamespace, who: str = "officer", **changes: Any) -> Any:
    return staff.client(who).post(reverse("land:reserve", args=[samples.zone.pk]), typed(samples, **changes))


def test_what_is_there_and_what_is_left_stands_on_the_page(staff: Staff, samples: SimpleNamespace, power: None) -> None:
    assert reserve(staff, samples).status_code == 302
    page = facts(staff, samples.zone)
    for text in ("40", "12,5", "17,5", samples.partner.record.title, "công văn số 5", samples.document.record.title):
        assert shows(page, text), text
    assert says(page, "check again"), "figures of 2024 are old"
    plot = facts(staff, samples.plot)
    assert shows(plot, "17,5"), "the plot draws on its park"
    assert says(plot, "Of the zone:")


def test_the_form_of_a_reservation(staff: Staff, samples: SimpleNamespace, power: None) -> None:
    client = staff.client("officer")
    page = client.get(reverse("land:reserve", args=[samples.zone.pk]))
    form = form_with(page, "utility", "amount", "ends")
    assert form.send(client, **typed(samples)).status_code == 302
    assert Reservation.objects.get().amount == D("12.5")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "31"}, "Only %(left)s %(unit)s are left on %(day)s. Reserve less, or another time."),
        ({"amount": "2.000"}, "If it was meant in %(smaller)s, write %(meant)s."),
        ({"amount": "nhiều"}, "“%(text)s” is not a number that can be read. Write for example 1.234,5 or 1,234.5."),
        ({"amount": "0"}, "Write an amount above 0."),
        ({"ends": "hôm nào đó"}, "Write the day as dd/mm/yyyy, for example 04/11/2021."),
        ({"ends": "01/01/2020"}, "It must end on %(day)s or later."),
        ({"starts": "01/01/2020"}, "A reservation begins today or later."),
        ({"for_record": "999999"}, "This record is not there any more, or you may not see it. Choose another one."),
    ],
)
def test_what_is_refused_says_why(
    staff: Staff, samples: SimpleNamespace, power: None, changes: dict, sentence: str
) -> None:
    answer = reserve(staff, samples, **changes)
    assert answer.status_code == 422
    assert says(answer, sentence), body(answer)
    for value in changes.values():
        assert value == "999999" or shows(answer, value), "what was typed stays"
    assert not Reservation.objects.exists()


def test_a_reservation_is_no_longer_than_its_lease_on_the_page_either(
    staff: Staff, samples: SimpleNamespace, power: None
) -> None:
    ends = in_days(30)
    lease = actions.create_lease(
        actor=None,
        title="Thuê thử",
        zone=samples.zone,
        tenant=samples.partner,
        state="active",
        area_ha=D(1),
        ends=PartialDate.day(ends),
    )
    answer = reserve(staff, samples, for_record=lease.pk, ends=in_days(31).strftime("%d/%m/%Y"))
    assert answer.status_code == 422
    assert says(answer, TOO_LONG), body(answer)
    assert not Reservation.objects.exists()
    assert reserve(staff, samples, for_record=lease.pk, ends=ends.strftime("%d/%m/%Y")).status_code == 302
    made = Reservation.objects.get()
    late = {"ends": in_days(40).strftime("%d/%m/%Y"), "reason": "chờ giấy phép"}
    answer = staff.client("officer").post(reverse("land:extend", args=[made.pk]), late)
    assert answer.status_code == 422
    assert says(answer, TOO_LONG), body(answer)
    made.refresh_from_db()
    assert made.ends == ends


def test_extending_and_giving_back_through_the_pages(staff: Staff, samples: SimpleNamespace, power: None) -> None:
    reserve(staff, samples)
    made = Reservation.objects.get()
    client = staff.client("officer")
    extend, release = (reverse(f"land:{n}", args=[made.pk]) for n in ("extend", "release"))
    assert client.post(extend, {"ends": in_days(90).strftime("%d/%m/%Y"), "reason": "chờ giấy phép"}).status_code == 302
    made.refresh_from_db()
    assert made.ends == in_days(90)
    assert client.post(release, {"reason": ""}).status_code == 422
    assert client.post(release, {"reason": "không cần nữa"}).status_code == 302
    page = facts(staff, samples.zone)
    assert says(page, "given back on %(day)s")
    assert shows(page, "không cần nữa")
    assert client.post(release, {"reason": "lần nữa"}).status_code == 422


def test_for_whom_it_is_reserved_is_told_to_those_who_may_know(
    staff: Staff, samples: SimpleNamespace, power: None
) -> None:
    """Another unit sees that megawatts are gone, not to whom, nor why."""
    hidden = write.create(
        "party",
        actor=None,
        fields={"title": "Nhà đầu tư bí mật", "kind": "company", "access": "unit", "unit": staff.unit},
    )
    assert reserve(staff, samples, for_record=hidden.pk, reason="lý do bí mật").status_code == 302
    actions.release(actor=None, reservation=Reservation.objects.get(), reason="trả lại bí mật")
    assert reserve(staff, samples, for_record=hidden.pk, reason="lý do bí mật").status_code == 302
    for record in (samples.zone, samples.plot):
        page = facts(staff, record, "other_lead")
        assert shows(page, "17,5")
        assert "bí mật" not in body(page)
    assert says(facts(staff, samples.zone, "other_lead"), "For a record of another unit")
    assert shows(facts(staff, samples.zone, "viewer"), "Nhà đầu tư bí mật")
    newest = Reservation.objects.order_by("-pk")[0]
    assert "bí mật" not in body(staff.client("other_lead").get(reverse("land:extend", args=[newest.pk])))


def test_a_hidden_zone_around_a_plot_is_not_named(staff: Staff, samples: SimpleNamespace) -> None:
    row = {"utility": "power", "installed": D(7), "allocated": D(0)}
    around = actions.create_zone(
        actor=None,
        title="Khu bao quanh kín",
        type="economic_zone",
        access="unit",
        unit=staff.unit,
        children={"capacities": [row]},
    )
    inside = {"utility": "power", "installed": D(40), "allocated": D(0)}
    actions.update_zone(
        samples.zone, actor=None, parent=around, children={"capacities": write.ChildEdits(create=[inside])}
    )
    page = facts(staff, samples.zone, "other")
    assert says(page, "Limited by what is left in the zone around it")
    assert "Khu bao quanh kín" not in body(page)
    assert shows(facts(staff, samples.zone, "viewer"), "Khu bao quanh kín")


def test_the_past_through_the_page(staff: Staff, samples: SimpleNamespace) -> None:
    actions.update_zone(samples.zone, actor=None, industrial_ha=D(200))
    actions.update_lease(samples.lease, actor=None, starts=PartialDate.day(datetime.date(2022, 5, 1)))
    assert shows(facts(staff, samples.zone, day="30/04/2022"), in_vietnamese("No lease is recorded."))
    assert shows(facts(staff, samples.zone, day="01/05/2022"), "2,0 %")
    wrong = facts(staff, samples.zone, day="hôm qua")
    assert says(wrong, "“%(day)s” is no day. Write it as dd/mm/yyyy, for example 04/11/2021.")
    assert staff.client("viewer").get(reverse("land:facts", args=[samples.zone.pk]), {"day": "x"}).status_code == 422


def test_published_and_counted_shares_stand_side_by_side(staff: Staff, samples: SimpleNamespace) -> None:
    add_figure(record=samples.zone.record, actor=None, measure="let_share", unit="%", value=D(52), wording="khoảng 52%")
    assert shows(facts(staff, samples.zone), "khoảng 52%")
    assert shows(staff.client("viewer").get(url("list", "zones")), "khoảng 52%")


def test_prices_that_nobody_published_say_so(staff: Staff, samples: SimpleNamespace) -> None:
    assert body(facts(staff, samples.zone)).count(in_vietnamese("not published")) >= 4
    rent = {"what": "land_rent", "amount": D(120), "currency": "USD", "per": "m2_term"}
    old = {**rent, "amount": D(90), "as_of": PartialDate.year(2020)}
    new = {**rent, "as_of": PartialDate.year(2025)}
    actions.update_zone(samples.zone, actor=None, children={"prices": write.ChildEdits(create=[new, old])})
    page = facts(staff, samples.plot)
    assert shows(page, "120 USD")
    assert "90 USD" not in body(page)
    assert says(page, "price of the zone")


def test_how_plots_stand_in_the_register(staff: Staff, samples: SimpleNamespace) -> None:
    """The sample plot of 10 ha is let in part; filters find what is free, let, or fit for an industry."""
    other = actions.create_plot(
        actor=None,
        title="Lô trống",
        zone=samples.zone,
        code="T9",
        area_ha=D(3),
        children={"industries": [{"rule": "allowed", "code": "C"}, {"rule": "prohibited", "code": "20"}]},
    )
    client = staff.client("viewer")
    listed = client.get(url("list", "plots"))
    assert says(listed, "Partly free")
    assert says(listed, "Free")

    def found(**query: str) -> set[str]:
        page = client.get(url("list", "plots"), query)
        return {t for t in (other.record.title, samples.plot.record.title) if shows(page, t)}

    assert found(standing="free") == {"Lô trống"}
    assert found(standing="let") == {"Lô A1 Sao Mai"}
    assert found(standing="reserved") == set()
    assert found(industry="2610") == {"Lô trống"}
    assert found(industry="2011") == set()
    assert found(industry="không phải mã") == set()


def test_what_is_drawn_is_marked(staff: Staff, samples: SimpleNamespace) -> None:
    drawn = actions.create_plot(
        actor=None, title="Lô vẽ", zone=samples.zone, code="V1", area_ha=D(1), illustrative=True
    )
    client = staff.client("viewer")
    for page in (client.get(drawn.get_absolute_url()), client.get(url("list", "plots")), facts(staff, samples.zone)):
        assert says(page, "illustrative")
    assert says(client.get(drawn.get_absolute_url()), "Illustrative: drawn to show how the software works. This is no "
                "real land, and it is counted in no figure.")  # fmt: skip


def test_merging_two_plots_keeps_their_leases_and_stops_at_what_does_not_fit(
    staff: Staff, samples: SimpleNamespace
) -> None:
    twin = actions.create_plot(actor=None, title="Lô A1 bis", zone=samples.zone, code="A1b", area_ha=D(10))
    full = actions.create_lease(actor=None, title="Thuê lô kia", tenant=samples.partner, plot=twin, area_ha=D(7))
    with pytest.raises(merging.CannotMerge):
        merging.merge(actor=None, keep=samples.plot, drop=twin, reason="một lô nhập hai lần")
    actions.update_lease(full, actor=None, area_ha=D(6))
    keep, drop = (Plot.objects.select_related("record").get(pk=p.pk) for p in (samples.plot, twin))
    merging.merge(actor=None, keep=keep, drop=drop, reason="một lô nhập hai lần")
    assert keep.leases.count() == 2


def test_merging_two_plots_moves_what_is_reserved_and_stops_at_too_much(samples: SimpleNamespace) -> None:
    twin = actions.create_plot(actor=None, title="Lô A1 bis", zone=samples.zone, code="A1b", area_ha=D(10))
    values = {"utility": "land", "ends": in_days(9), "for_record": samples.partner.record, "reason": "thư"}
    made = actions.reserve(actor=None, record=twin.record, amount=D(7), **values)
    with pytest.raises(merging.CannotMerge):
        merging.merge(actor=None, keep=samples.plot, drop=twin, reason="một lô nhập hai lần")
    actions.release(actor=None, reservation=made, reason="ít hơn")
    made = actions.reserve(actor=None, record=twin.record, amount=D(6), **values)
    batch = merging.merge(actor=None, keep=samples.plot, drop=twin, reason="một lô nhập hai lần")
    made.refresh_from_db()
    assert made.record_id == samples.plot.pk
    merging.unmerge(actor=None, batch=batch)
    made.refresh_from_db()
    assert made.record_id == twin.pk


def test_merging_documents_keeps_the_sources_of_plots_and_zones(samples: SimpleNamespace) -> None:
    """Rows of one table that belong to records of two kinds both follow."""
    source, other = (write.create("document", actor=None, fields={"title": t}) for t in ("Bản tin này", "Bản tin kia"))
    row = {"utility": "water", "installed": D(5), "allocated": D(0), "source": source}
    for at, change in ((samples.zone, actions.update_zone), (samples.plot, actions.update_plot)):
        change(at, actor=None, children={"capacities": write.ChildEdits(create=[row])})
    batch = merging.merge(actor=None, keep=other, drop=source, reason="một bản tin nhập hai lần")
    for record in (samples.zone, samples.plot):
        assert record.record.capacities.get().source_id == other.pk
    merging.unmerge(actor=None, batch=batch)
    assert samples.plot.record.capacities.get().source_id == source.pk


def test_facts_to_check(staff: Staff, samples: SimpleNamespace, power: None) -> None:
    page = staff.client("viewer").get(reverse("land:due"))
    assert shows(page, samples.zone.record.title)
    actions.update_zone(
        samples.zone,
        actor=None,
        children={"capacities": write.ChildEdits(delete=[samples.zone.record.capacities.get().pk])},
    )
    assert says(staff.client("viewer").get(reverse("land:due")), "Nothing is due for a check.")


def test_how_long_the_land_may_be_used_stands_in_years(staff: Staff, samples: SimpleNamespace) -> None:
    today = timezone.localdate()
    actions.update_plot(samples.plot, actor=None, tenure_until=today + datetime.timedelta(days=3653))
    viewer = staff.client("viewer")
    for page in (viewer.get(samples.plot.get_absolute_url()), viewer.get("/desk/plots/")):
        assert says(page, "years left: %(n)s"), body(page)
    actions.update_plot(samples.plot, actor=None, tenure_until=None)
    assert not says(viewer.get("/desk/plots/"), "years left: %(n)s")
