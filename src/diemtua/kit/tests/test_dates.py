"""Partial dates: every way officers write them, what is refused and why, and the round trips."""

from datetime import date, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from diemtua.kit.dates import DateError, PartialDate, parse_date

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
YEARS = st.integers(1900, 2200)
PARTIAL = st.one_of(
    DAYS.map(PartialDate.day),
    st.builds(PartialDate.month, YEARS, st.integers(1, 12)),
    st.builds(PartialDate.quarter, YEARS, st.integers(1, 4)),
    YEARS.map(PartialDate.year),
    st.builds(lambda a, b: PartialDate(min(a, b), max(a, b)), DAYS, DAYS),
    st.lists(YEARS.map(PartialDate.year), min_size=2, max_size=2).map(
        lambda two: PartialDate.interval(min(two), max(two))
    ),
)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("4/11/2021", "2021-11-04"),
        ("04-11-2021", "2021-11-04"),
        ("4.11.2021", "2021-11-04"),
        (" 04 / 11 / 2021 ", "2021-11-04"),
        ("2021-11-04", "2021-11-04"),
        ("2021-11-04 00:00:00", "2021-11-04"),
        ("2021-11-04T08:30:00+07:00", "2021-11-04"),
        ("ngày 4 tháng 11 năm 2021", "2021-11-04"),
        ("NGAY 04 THANG 11 NAM 2021", "2021-11-04"),
        ("Nga\u0300y 4 tha\u0301ng 11 na\u0306m 2021", "2021-11-04"),
        ("4 November 2021", "2021-11-04"),
        ("Nov 4, 2021", "2021-11-04"),
        ("29/2/2024", "2024-02-29"),
        ("tháng 11/2021", "2021-11-01/2021-11-30"),
        ("tháng 11 năm 2021", "2021-11-01/2021-11-30"),
        ("11/2021", "2021-11-01/2021-11-30"),
        ("2021-11", "2021-11-01/2021-11-30"),
        ("quý IV/2021", "2021-10-01/2021-12-31"),
        ("quý 4 năm 2021", "2021-10-01/2021-12-31"),
        ("Q4/2021", "2021-10-01/2021-12-31"),
        ("Q4 2021", "2021-10-01/2021-12-31"),
        ("2021-Q3", "2021-07-01/2021-09-30"),
        ("2021", "2021-01-01/2021-12-31"),
        ("năm 2021", "2021-01-01/2021-12-31"),
        ("6 tháng đầu năm 2023", "2023-01-01/2023-06-30"),
        ("6 tháng cuối năm 2023", "2023-07-01/2023-12-31"),
        ("25/03/2024 – 27/03/2024", "2024-03-25/2024-03-27"),
        ("25/03/2024-27/03/2024", "2024-03-25/2024-03-27"),
        ("25-03-2024-27-03-2024", "2024-03-25/2024-03-27"),
        ("25-27/3/2024", "2024-03-25/2024-03-27"),
        ("từ ngày 25/3 đến ngày 27/3/2024", "2024-03-25/2024-03-27"),
        ("2024-03-25/2024-03-27", "2024-03-25/2024-03-27"),
        ("2024-03-25..2024-03-27", "2024-03-25/2024-03-27"),
        ("2021-2025", "2021-01-01/2025-12-31"),
        ("2021/2025", "2021-01-01/2025-12-31"),
        ("tháng 3 – tháng 5/2023", "2023-03-01/2023-05-31"),
        ("quý I – quý II/2023", "2023-01-01/2023-06-30"),
        ("11/2021 đến 2023", "2021-11-01/2023-12-31"),
    ],
)
def test_reads(text: str, iso: str) -> None:
    assert parse_date(text).iso == iso


def test_reads_cells() -> None:
    day = PartialDate.day(date(2021, 11, 4))
    assert parse_date(datetime(2021, 11, 4, 17, 30)) == parse_date(date(2021, 11, 4)) == day


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("31/02/2023", "There is no day 31 in month 2 of 2023."),
        ("29/2/2023", "There is no day 29 in month 2 of 2023."),
        ("0/1/2023", "There is no day 0"),
        ("12/31/2023", "There is no month 31."),
        ("13/2021", "There is no month 13."),
        ("Q5/2021", "There is no quarter 5."),
        ("4/11/21", "four digits"),
        ("tháng 11/21", "four digits"),
        ("1/1/1899", "between 1900 and 2200"),
        ("2201", "between 1900 and 2200"),
        ("27/3/2024 – 25/3/2024", "ends before it begins"),
        ("31/2/2024 – 3/3/2024", "There is no day 31"),
        ("", "Write a date"),
        ("   ", "Write a date"),
        ("hôm qua", "Write for example 04/11/2021"),
        ("4/11-2021/3", "Write for example"),
        ("=TODAY()", "Write for example"),
        ("1" * 5000, "Write for example"),
        ("x–" * 40, "Write for example"),
    ],
)
def test_refuses_with_a_sentence(text: str, says: str) -> None:
    with translation.override("en"), pytest.raises(DateError, match=says):
        parse_date(text)


@given(PARTIAL, st.sampled_from(["vi", "en"]))
def test_what_is_shown_is_read_back(value: PartialDate, lang: str) -> None:
    assert parse_date(value.display(lang)) == value
    assert parse_date(value.iso) == PartialDate.from_iso(value.iso) == value
    assert len(value.iso) in (10, 21)
    assert (value.iso[:10], value.iso[-10:]) == (value.first.isoformat(), value.last.isoformat())


@given(PARTIAL, PARTIAL)
def test_text_order_is_time_order(one: PartialDate, other: PartialDate) -> None:
    assert (one < other) == (one.iso < other.iso)


@given(PARTIAL, DAYS)
def test_contains_and_before(value: PartialDate, day: date) -> None:
    assert value.contains(day) == (value.first <= day <= value.last)
    assert value.before(day) == (value.last < day)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = parse_date(text)
    except DateError as error:
        sentence = str(error)
    else:
        sentence = "" if parse_date(value.iso) != value else value.iso
    assert sentence


@pytest.mark.parametrize(
    ("value", "precision", "vi", "en"),
    [
        (PartialDate.day(date(2021, 11, 4)), "day", "04/11/2021", "04/11/2021"),
        (PartialDate.month(2021, 11), "month", "11/2021", "11/2021"),
        (PartialDate.quarter(2021, 4), "quarter", "quý IV/2021", "Q4 2021"),
        (PartialDate.year(2021), "year", "2021", "2021"),
        (
            PartialDate(date(2024, 3, 25), date(2024, 3, 27)),
            "interval",
            "25/03/2024 – 27/03/2024",
            "25/03/2024 – 27/03/2024",
        ),
        (parse_date("2021-2025"), "interval", "2021 – 2025", "2021 – 2025"),
        (parse_date("6 tháng đầu năm 2023"), "interval", "01/2023 – 06/2023", "01/2023 – 06/2023"),
        (parse_date("tháng 2 – tháng 4/2023"), "interval", "02/2023 – 04/2023", "02/2023 – 04/2023"),
    ],
)
def test_shows(value: PartialDate, precision: str, vi: str, en: str) -> None:
    assert (value.precision, value.display("vi"), value.display("en")) == (precision, vi, en)


@pytest.mark.parametrize("text", ["", "2021", "2021-11-04/", "2021-1-4", "2021-11-04/2021-11-03", "20211104", "x" * 21])
def test_from_iso_is_strict(text: str) -> None:
    with pytest.raises(DateError):
        PartialDate.from_iso(text)
