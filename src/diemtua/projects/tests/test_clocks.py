"""Working hours, shares, scores and receipts: pure rules."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemtua.projects.rules import clocks, receipts, screening, shares, shopping

HOURS = clocks.parse_office_hours("07:30-11:30, 13:30-17:00")
DAY = HOURS.minutes_a_day


def at(text):
    return datetime.datetime.strptime(text, "%d/%m/%Y %H:%M")


def test_office_hours_are_read_and_wrong_ones_say_how_to_write_them():
    assert HOURS.minutes_a_day == 450
    assert clocks.parse_office_hours("8h00 - 12h00").minutes_a_day == 240
    for wrong in ("", "07:30", "11:30-07:30", "07:30-11:30, 11:00-17:00", "25:00-26:00", "07:30-07:30"):
        with pytest.raises(ValueError, match="07:30-11:30"):
            clocks.parse_office_hours(wrong)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("05/05/2025 08:00", 60, "05/05/2025 09:00"),
        ("05/05/2025 11:00", 60, "05/05/2025 14:00"),  # over the midday rest
        ("05/05/2025 16:30", 60, "06/05/2025 08:00"),  # over the night
        ("09/05/2025 16:30", 60, "12/05/2025 08:00"),  # over the week end
        ("29/04/2025 16:30", 60, "05/05/2025 08:00"),  # over 30/4 and 1/5, the bridging day and the week end
        ("04/05/2025 10:00", 0, "05/05/2025 07:30"),  # a letter of Sunday begins on Monday
        ("05/05/2025 12:00", 0, "05/05/2025 13:30"),
        ("05/05/2025 07:30", DAY, "05/05/2025 17:00"),
        ("05/05/2025 22:00", DAY, "06/05/2025 17:00"),
    ],
)
def test_working_minutes_are_added(start, minutes, end):
    assert clocks.add_working_minutes(at(start), minutes, HOURS) == at(end)


moments = st.datetimes(datetime.datetime(2024, 1, 1), datetime.datetime(2026, 12, 1)).map(
    lambda d: d.replace(second=0, microsecond=0)
)


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(0, 6000))
def test_what_is_added_is_what_has_passed(start, minutes):
    end = clocks.add_working_minutes(start, minutes, HOURS)
    assert end >= start
    assert clocks.working_minutes(start, end, HOURS) == minutes


@settings(max_examples=60, deadline=None)
@given(st.lists(moments, min_size=3, max_size=3).map(sorted))
def test_times_beside_one_another_add_up(three):
    a, b, c = three
    c = min(c, b + datetime.timedelta(days=40))
    a = max(a, b - datetime.timedelta(days=40))
    total = clocks.working_minutes(a, c, HOURS)
    assert total == clocks.working_minutes(a, b, HOURS) + clocks.working_minutes(b, c, HOURS)
    assert clocks.working_minutes(c, a, HOURS) == (total if a == c else 0)


def test_a_pause_moves_the_end_by_the_working_time_it_took():
    received = at("05/05/2025 08:00")
    without = clocks.due(received, 8, [], HOURS)
    assert without == at("06/05/2025 08:30")
    night = clocks.Pause(at("05/05/2025 17:00"), at("06/05/2025 07:30"))
    assert clocks.due(received, 8, [night], HOURS) == without
    morning = clocks.Pause(at("05/05/2025 09:00"), at("05/05/2025 11:00"))
    assert clocks.due(received, 8, [morning], HOURS) == at("06/05/2025 10:30")
    assert clocks.used_minutes(received, at("05/05/2025 11:30"), [morning], HOURS) == 90
    open_end = clocks.Pause(at("05/05/2025 09:00"))
    assert clocks.used_minutes(received, at("09/05/2025 11:30"), [open_end], HOURS) == 60


@pytest.mark.parametrize(
    ("done", "paused", "now", "expected"),
    [
        (None, False, "05/05/2025 08:00", "running"),
        (None, False, "05/05/2025 16:00", "near"),
        (None, False, "06/05/2025 08:00", "late"),
        (None, True, "06/05/2025 08:00", "paused"),
        ("05/05/2025 17:00", False, "06/05/2025 08:00", "met"),
        ("06/05/2025 07:31", True, "06/05/2025 08:00", "met_late"),
    ],
)
def test_how_a_clock_stands(done, paused, now, expected):
    due = at("05/05/2025 17:00")
    assert clocks.standing(due, at(done) if done else None, paused, at(now), 450, HOURS) == expected


# --- shares ---------------------------------------------------------------------------------------


def test_shares_of_origins():
    assert shares.too_much([Decimal(60), Decimal(40), None]) is None
    assert shares.too_much([Decimal(60), Decimal("40.01")]) == Decimal("100.01")
    assert shares.split([Decimal(60), None, None]) == [60, 20, 20]
    assert shares.split([]) == []


# --- the score ------------------------------------------------------------------------------------

BY = screening.Weights(
    weights={"sector": 25, "capital": 25, "jobs": 15, "technology": 15, "land": 10, "environment": 10},
    full_capital={"USD": Decimal(50), "VND": Decimal(1300)},
    full_jobs=500,
    full_per_ha=Decimal(5),
    sectors={"26": "high", "10": "medium"},
    flags={"used": "serious", "water": "check"},
)


def test_a_full_score_an_empty_one_and_its_reasons():
    all_ = screening.Asked("26", Decimal(60), "USD", 800, "high", Decimal(4), [])
    assert screening.score(all_, BY).value == 100
    nothing = screening.score(screening.Asked(), BY)
    assert (nothing.value, nothing.best) == (0, 100)
    assert {r.why for r in nothing.reasons} == {"unknown"}
    half = screening.score(screening.Asked("10", Decimal(650), "VND", 250, "medium", Decimal(10), ["water"]), BY)
    assert {r.criterion: r.share for r in half.reasons} == pytest.approx(
        {"sector": 0.5, "capital": 0.5, "jobs": 0.5, "technology": 0.5, "land": 0.5, "environment": 2 / 3}
    )
    serious = screening.score(screening.Asked(flags=["used", "water"]), BY)
    assert serious.reasons[-1].share == 0
    yen = screening.score(screening.Asked(capital=Decimal(5), currency="JPY"), BY)
    assert yen.reasons[1].why == "currency"
    assert screening.score(all_, screening.Weights({}, {}, 0, Decimal(0))).value == 0


# --- planted tests --------------------------------------------------------------------------------


def test_what_can_be_counted_of_an_answer():
    best = shopping.Handling(True, 60, 480, 400, 2280, {"plots"}, {"plots", "prices"}, 5)
    assert shopping.suggested(best) == {
        "availability": 100, "speed": 100, "relevance": None, "completeness": 100, "follow_up": 100,
    }  # fmt: skip
    worst = shopping.suggested(shopping.Handling(False, None, 480, None, 2280, {"plots"}))
    assert worst == dict.fromkeys(shopping.COUNTS, 0)
    slow = shopping.suggested(shopping.Handling(True, 960, 480, 2280 * 3, 2280, follow_up_days=30))
    assert (slow["speed"], slow["follow_up"]) == (25, 50)
    assert shopping.total(dict.fromkeys(shopping.COUNTS, 50) | {"speed": 100}) == 60
    with pytest.raises(ValueError, match="speed"):
        shopping.total(dict.fromkeys(shopping.COUNTS, 50) | {"speed": 101})


# --- receipts -------------------------------------------------------------------------------------


@given(st.integers(1, 10**9), st.dates(datetime.date(2020, 1, 1), datetime.date(2060, 1, 1)), st.data())
def test_a_receipt_is_read_back_and_a_wrong_figure_is_noticed(pk, day, data):
    number = receipts.number(pk, day)
    assert receipts.read_number(number.lower().replace("-", " ")) == pk
    digits = [n for n, c in enumerate(number) if c.isdigit()]
    where = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[where]]))
    assert receipts.read_number(number[:where] + other + number[where + 1 :]) is None
    assert receipts.read_number("abc") is None
