"""What was let on a day, how plots stand, and which facts are due for a check."""

from __future__ import annotations

import datetime
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from diemtua.kit.dates import PartialDate, parse_date
from diemtua.land import actions
from diemtua.land.models import Zone
from diemtua.land.queries import pages, standing
from diemtua.land.queries.standing import facts_due, occupancy
from diemtua.register import write
from diemtua.register.actions import add_figure
from diemtua.rulebook.actions import override_rule

pytestmark = pytest.mark.django_db


def let(
    samples: SimpleNamespace, zone: Zone, title: str, area: str | None, starts: str = "", ends: str = "", **more: Any
) -> Any:
    return actions.create_lease(
        actor=None,
        title=title,
        tenant=samples.partner,
        zone=zone,
        area_ha=D(area) if area else None,
        starts=parse_date(starts) if starts else None,
        ends=parse_date(ends) if ends else None,
        **more,
    )


@pytest.fixture
def park(samples: SimpleNamespace) -> Zone:
    return actions.create_zone(
        actor=None, title="Khu thử", type="industrial_park", area_ha=D(300), industrial_ha=D(200)
    )


def test_occupancy_of_any_day(samples: SimpleNamespace, park: Zone) -> None:
    """Leases that had begun and not ended; those whose days are not known well enough stand apart."""
    inner = actions.create_zone(actor=None, title="Phân khu B", type="subdivision", parent=park)
    let(samples, park, "Một", "30", "01/03/2020", "28/02/2070")
    let(samples, inner, "Hai", "20", "2022", "2072")
    let(samples, park, "Ba", "50", "01/01/2015", "31/12/2064", state="revoked", closed_on=datetime.date(2021, 7, 1))
    let(samples, park, "Bốn", None, "01/01/2019")
    write.archive(let(samples, park, "Nhập nhầm", "100", "01/01/2010"), actor=None, reason="nhầm")
    expected = {
        "2014-12-31": (0, 0, 0),
        "2019-06-01": (50, 0, 1),
        "2020-03-01": (80, 0, 1),
        "2021-06-30": (80, 0, 1),
        "2021-07-01": (30, 0, 1),
        "2022-06-01": (30, 20, 1),
        "2023-01-01": (50, 0, 1),
        "2071-01-01": (20, 0, 1),
    }
    for day, wanted in expected.items():
        found = occupancy(park, datetime.date.fromisoformat(day))
        assert (found.let_ha, found.perhaps_ha, len(found.unmeasured)) == wanted, day
    assert occupancy(park, datetime.date(2023, 1, 1)).share == D(25)
    days = [datetime.date.fromisoformat(day) for day in expected]
    together = standing.occupancies(park, days)
    assert [(o.day, o.let_ha, o.perhaps_ha) for o in together] == [
        (d, occupancy(park, d).let_ha, occupancy(park, d).perhaps_ha) for d in days
    ]
    assert occupancy(inner, datetime.date(2023, 1, 1)).let_ha == 20
    assert occupancy(inner).share is None


def test_what_is_only_drawn_is_not_counted(samples: SimpleNamespace, park: Zone) -> None:
    drawn = actions.create_plot(actor=None, title="Lô vẽ", zone=park, code="V1", area_ha=D(10), illustrative=True)
    actions.create_lease(actor=None, title="Thuê lô vẽ", tenant=samples.partner, plot=drawn, area_ha=D(10))
    assert occupancy(park).let_ha == 0
    play = actions.create_zone(actor=None, title="Khu vẽ", type="industrial_park", illustrative=True)
    other = actions.create_plot(actor=None, title="Lô vẽ 2", zone=play, code="V2", area_ha=D(5), illustrative=True)
    actions.create_lease(actor=None, title="Thuê lô vẽ 2", tenant=samples.partner, plot=other, area_ha=D(5))
    assert occupancy(play).let_ha == 5


def test_occupancy_counts_what_its_reader_may_see(samples: SimpleNamespace, staff: Any, park: Zone) -> None:
    let(samples, park, "Kín", "30", "01/01/2020", access="unit", unit=staff.unit)
    assert occupancy(park, user=staff.viewer).let_ha == 30
    assert occupancy(park, user=staff.other).let_ha == 0


def test_the_states_of_plots(samples: SimpleNamespace, park: Zone) -> None:
    plots = [
        actions.create_plot(actor=None, title=f"Lô {n}", zone=park, code=f"S{n}", area_ha=None if n == 4 else D(10))
        for n in range(5)
    ]
    today = timezone.localdate()
    for plot, area in ((plots[1], D(10)), (plots[2], D(4))):
        actions.create_lease(actor=None, title=f"Thuê {plot}", tenant=samples.partner, plot=plot, area_ha=area)
    for plot, area in ((plots[2], D(6)), (plots[3], D(3))):
        actions.reserve(
            actor=None,
            record=plot.record,
            utility="land",
            amount=area,
            for_record=samples.partner.record,
            ends=today + datetime.timedelta(days=9),
            reason="thư",
        )
    found = standing.plot_states([p.pk for p in plots])
    assert [found[p.pk] for p in plots] == ["free", "let", "reserved", "part", "unknown"]
    later = standing.plot_states([p.pk for p in plots], today + datetime.timedelta(days=10))
    assert [later[p.pk] for p in plots] == ["free", "let", "part", "free", "unknown"]


# --- facts due ------------------------------------------------------------------------------------


def due(user: Any, on: str) -> list[tuple[str, str, str]]:
    return [(d.record.title, d.said, d.due.isoformat()) for d in facts_due(user, datetime.date.fromisoformat(on))]


def test_facts_are_due_when_their_time_is_over(staff: Any) -> None:
    """Six months after the last day of what is known, or at once where no day is given; newest price only."""
    row = {"installed": D(10), "allocated": D(0)}
    zone = actions.create_zone(
        actor=None,
        title="Khu cũ",
        type="industrial_park",
        children={
            "capacities": [
                {**row, "utility": "power", "as_of": PartialDate.day(datetime.date(2026, 1, 31))},
                {**row, "utility": "water"},
                {**row, "utility": "gas", "until": datetime.date(2026, 5, 1)},
            ],
            "prices": [
                {"what": "land_rent", "amount": D(1), "as_of": PartialDate.year(2020)},
                {"what": "land_rent", "amount": D(2), "as_of": PartialDate.day(datetime.date(2026, 7, 1))},
            ],
        },
    )
    assert due(staff.viewer, "2026-07-30") == [("Khu cũ", "", "2026-07-30")]
    assert set(due(staff.viewer, "2026-07-31")) == {
        ("Khu cũ", "31/01/2026", "2026-07-31"),
        ("Khu cũ", "", "2026-07-31"),
    }
    assert len(due(staff.viewer, "2027-01-01")) == 3
    add_figure(record=zone.record, actor=None, measure="let_share", unit="%", value=D(52), as_of=PartialDate.year(2025))
    assert ("Khu cũ", "2025", "2026-06-30") in due(staff.viewer, "2026-07-01")


def test_whoever_may_not_see_a_record_is_not_told(staff: Any) -> None:
    values: dict[str, Any] = {"type": "industrial_park", "access": "unit", "unit": staff.unit}
    row = {"utility": "power", "installed": D(1), "allocated": D(0)}
    zone = actions.create_zone(actor=None, title="Khu kín", children={"capacities": [row]}, **values)
    drawn = {"utility": "power", "installed": D(1), "allocated": D(0)}
    actions.create_zone(
        actor=None, title="Khu vẽ", type="industrial_park", illustrative=True, children={"capacities": [drawn]}
    )
    day = timezone.localdate().isoformat()
    assert [d[0] for d in due(staff.officer, day)] == ["Khu kín"]
    assert due(staff.other, day) == []
    write.archive(zone, actor=None, reason="gộp khu")
    assert due(staff.officer, day) == []


@pytest.mark.parametrize("on", ["2026-02-28", "2026-07-30", "2026-07-31", "2027-01-01", "2030-12-31"])
def test_what_my_day_counts_is_what_the_page_lists(staff: Any, park: Zone, on: str) -> None:
    """Each source, its newest rows only, a fact without a day, the ends of months."""
    row = {"installed": D(100), "allocated": D(60)}
    days = [PartialDate.day(datetime.date(2026, 1, 31)), PartialDate.month(2025, 8), None]
    rows = [{**row, "utility": u, "as_of": at} for u, at in zip(("power", "water", "gas"), days, strict=True)]
    prices = [
        {"what": "land_rent", "amount": D(n + 1), "as_of": at}
        for n, at in enumerate((PartialDate.year(2020), PartialDate.day(datetime.date(2026, 7, 1))))
    ]
    actions.update_zone(
        park,
        actor=None,
        children={n: write.ChildEdits(create=r) for n, r in (("capacities", rows), ("prices", prices))},
    )
    for year in (2024, 2025):
        share = {"measure": "let_share", "unit": "%", "value": D(52), "as_of": PartialDate.year(year)}
        add_figure(record=park.record, actor=None, **share)
    actions.create_plot(actor=None, title="Lô chậm", zone=park, code="CH1", ready_from=datetime.date(2026, 3, 1))
    day = datetime.date.fromisoformat(on)
    parts = standing.due_parts(staff.viewer, day, standing.check_limits(day))
    counted = sorted((r.record.pk, standing.fact_name(r.fact)) for rows in parts.values() for r in rows)
    assert counted == sorted((f.record.pk, f.what) for f in standing.facts_due(staff.viewer, day))
    assert counted


def test_a_province_sets_its_own_times(staff: Any) -> None:
    row = {
        "utility": "power",
        "installed": D(1),
        "allocated": D(0),
        "as_of": PartialDate.day(datetime.date(2026, 6, 1)),
    }
    actions.create_zone(actor=None, title="Khu mới", type="industrial_park", children={"capacities": [row]})
    assert due(staff.officer, "2026-09-01") == []
    override_rule(
        actor=staff.administrator,
        code="land.check_utilities",
        value=2,
        valid_from=datetime.date(2026, 1, 1),
        basis="Quy định nội bộ thử nghiệm",
        reason="thử",
    )
    assert due(staff.officer, "2026-09-01") == [("Khu mới", "01/06/2026", "2026-08-01")]


def test_a_plot_that_was_to_be_ready(staff: Any, park: Zone) -> None:
    plot = actions.create_plot(actor=None, title="Lô chậm", zone=park, code="CH1", ready_from=datetime.date(2026, 3, 1))
    assert due(staff.officer, "2026-02-28") == []
    assert due(staff.officer, "2026-03-02") == [("Lô chậm", "01/03/2026", "2026-03-01")]
    actions.update_plot(plot, actor=None, handed_over_on=PartialDate.day(datetime.date(2026, 3, 5)))
    assert due(staff.officer, "2026-03-10") == []


def test_the_course_of_occupancy_has_a_column_a_year() -> None:
    """The whole of the industrial land is the full height; without it, the most that was ever let."""
    day = datetime.date
    ends = [standing.Occupancy(day(2024, 12, 31), D(200), let_ha=D(50)), standing.Occupancy(day(2025, 12, 31), D(200))]
    assert [(s.height, s.share) for s in pages.course(ends)] == [(25.0, D(25)), (0.0, D(0))]
    unknown = [
        standing.Occupancy(day(2024, 12, 31), None, let_ha=D(30)),
        standing.Occupancy(day(2025, 12, 31), None, let_ha=D(60), perhaps_ha=D(60)),
    ]
    assert [(s.height, s.perhaps_height) for s in pages.course(unknown)] == [(25.0, 0.0), (50.0, 50.0)]
    assert pages.course([standing.Occupancy(day(2025, 12, 31), D(200))]) == []
