"""Working days in Vietnam."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemtua.kit.calendar import add_working_days, is_working_day, working_days_before

DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def test_over_the_national_day() -> None:
    # 2/9/2024 is a Monday; the day beside it, 3/9, is a holiday too.
    assert add_working_days(date(2024, 8, 30), 1) == date(2024, 9, 4)
    assert working_days_before(date(2024, 9, 4), 1) == date(2024, 8, 30)
    assert not is_working_day(date(2024, 9, 2))


def test_seven_working_days() -> None:
    assert add_working_days(date(2023, 7, 18), 7) == date(2023, 7, 27)


def test_none_is_the_day_itself_and_less_is_refused() -> None:
    assert add_working_days(date(2023, 7, 22), 0) == date(2023, 7, 22)
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2023, 7, 22), -1)


@given(DAYS, st.integers(1, 60))
def test_there_and_back(day: date, n: int) -> None:
    there = add_working_days(day, n)
    assert is_working_day(there)
    assert there > day
    back = working_days_before(there, n)
    assert back <= day if is_working_day(day) else back < day
    assert add_working_days(back, n) == there
