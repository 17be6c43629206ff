"""Pure rules: the ledger against counting day by day, days of leases, figures in another unit."""

from __future__ import annotations

import datetime
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemtua.kit.dates import PartialDate, parse_date
from diemtua.land.rules.books import Claim, Standing, Supply, plot_state, shortage, standing_on
from diemtua.land.rules.days import FIRST, LAST, LeaseDays, Span, add_months
from diemtua.land.rules.units import LARGEST_PLOT_HA, odd_area, odd_capacity, other_unit_meant, wider_codes

START = datetime.date(2026, 1, 1)
HORIZON = 40


def day(n: int) -> datetime.date:
    return START + datetime.timedelta(days=n)


spans = st.tuples(st.integers(0, HORIZON), st.integers(0, HORIZON)).map(lambda p: Span(day(min(p)), day(max(p))))
amounts = st.integers(0, 20).map(D)
supplies = st.builds(Supply, spans, amounts | st.none(), amounts | st.none())
claims = st.builds(Claim, spans, amounts)


@given(st.lists(supplies, max_size=3), st.lists(claims, max_size=6), spans)
def test_the_first_day_of_a_shortage_is_found_without_looking_at_every_day(
    there: list[Supply], taken: list[Claim], asked: Span
) -> None:
    """The same answer as counting each day of the span."""

    def bad(on: datetime.date) -> bool:
        left = standing_on(there, taken, on).available
        return left is None or left < 0

    counted = [d for d in (day(n) for n in range(HORIZON + 1)) if asked.holds(d) and bad(d)]
    found = shortage(there, taken, asked)
    assert (found.day if found else None) == (counted[0] if counted else None)


@given(st.lists(supplies, min_size=1, max_size=4), st.lists(claims, max_size=4), st.integers(0, HORIZON))
def test_available_is_installed_less_allocated_less_reserved(there: list[Supply], taken: list[Claim], n: int) -> None:
    on = day(n)
    found = standing_on(there, taken, on)
    holding = [s for s in there if s.days.first <= on <= s.days.last]
    if any(s.installed is None or s.allocated is None for s in holding):
        assert found.available is None
    else:
        left = sum(s.installed - s.allocated for s in holding)  # type: ignore[operator,misc]
        assert found.available == left - sum(c.amount for c in taken if c.days.first <= on <= c.days.last)


@pytest.mark.parametrize(
    ("active", "starts", "ends", "closed", "on", "let"),
    [
        (True, "01/01/2020", "31/12/2069", None, "2020-01-01", "yes"),
        (True, "01/01/2020", "31/12/2069", None, "2019-12-31", "no"),
        (True, "01/01/2020", "31/12/2069", None, "2069-12-31", "yes"),
        (True, "01/01/2020", "31/12/2069", None, "2070-01-01", "no"),
        (True, "2023", None, None, "2023-06-01", "perhaps"),
        (True, "2023", None, None, "2023-12-31", "yes"),
        (True, "2023", "2030", None, "2030-06-01", "perhaps"),
        (True, None, None, None, "2026-06-01", "yes"),
        (True, None, None, None, "2024-01-01", "perhaps"),
        (False, "01/01/2020", "31/12/2069", "2025-03-01", "2025-02-28", "yes"),
        (False, "01/01/2020", "31/12/2069", "2025-03-01", "2025-03-01", "no"),
        (False, "01/01/2020", None, None, "2024-01-01", "perhaps"),
        (False, "01/01/2020", None, None, "2026-06-01", "no"),
    ],
)
def test_whether_land_was_let_on_a_day(active, starts, ends, closed, on, let) -> None:
    """What is not known well enough is “perhaps”, never “yes”."""
    days = LeaseDays(
        active,
        parse_date(starts) if starts else None,
        parse_date(ends) if ends else None,
        datetime.date.fromisoformat(closed) if closed else None,
        known_since=datetime.date(2025, 5, 5),
    )
    assert days.on(datetime.date.fromisoformat(on), datetime.date(2026, 6, 1)) == let


def test_land_of_a_lease_without_days_is_nobody_elses() -> None:
    today = datetime.date(2026, 6, 1)
    unknown = LeaseDays(True, None, None, None, today)
    assert unknown.taken(today) == Span(FIRST, LAST)
    over = LeaseDays(False, PartialDate.year(2020), None, None, today)
    assert over.taken(today) is None
    early = LeaseDays(False, PartialDate.year(2020), PartialDate.year(2070), None, today)
    assert early.taken(today) == Span(datetime.date(2020, 1, 1), datetime.date(2026, 5, 31))


@pytest.mark.parametrize(
    ("area", "let", "reserved", "state"),
    [
        (10, 0, 0, "free"),
        (10, 4, 0, "part"),
        (10, 4, 6, "reserved"),
        (10, 6, 4, "let"),
        (10, 10, 0, "let"),
        (None, 0, 0, "unknown"),
        (None, 5, 0, "let"),
    ],
)
def test_the_state_of_a_plot(area: int | None, let: int, reserved: int, state: str) -> None:
    assert plot_state(Standing(None if area is None else D(area), D(let), D(reserved))) == state


@pytest.mark.parametrize(
    ("code", "wider"),
    [
        ("2610", "C 26 261 2610"),
        ("01", "A 01"),
        ("35", "D 35"),
        ("C", "C"),
        ("04", "04"),
        ("99000", "U 99 990 9900 99000"),
    ],
)
def test_the_classes_to_which_a_code_belongs(code: str, wider: str) -> None:
    assert wider_codes(code) == wider.split()


@pytest.mark.parametrize(
    ("first", "months", "then"),
    [("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-08-30", 6, "2027-02-28"),
     ("2026-03-15", 12, "2027-03-15"), ("2026-12-01", 1, "2027-01-01")],
)  # fmt: skip
def test_months_later(first: str, months: int, then: str) -> None:
    assert add_months(datetime.date.fromisoformat(first), months).isoformat() == then


def test_figures_that_look_like_another_unit_come_back_with_what_was_meant() -> None:
    assert odd_area(D(500), LARGEST_PLOT_HA) == ""
    assert "6,25" in odd_area(D(62_500), LARGEST_PLOT_HA)
    assert odd_capacity("power", D(63)) == ""
    assert "kW" in odd_capacity("power", D(63_000))
    assert "63" in odd_capacity("power", D(63_000))
    assert other_unit_meant("power", D(2_000), D(10)).endswith("2.")
    assert other_unit_meant("power", D(20), D(10)).endswith("0,02.")
    assert other_unit_meant("power", D(90_000), D(10)) == ""
    assert "m²" in other_unit_meant("land", D(20_000), D(10))
