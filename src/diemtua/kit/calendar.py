"""Working days, counted with the public holidays of a country."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

__all__ = ["add_working_days", "is_working_day", "working_days_before"]


@lru_cache(maxsize=16)
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def is_working_day(day: date, country: str = "VN") -> bool:
    """Monday to Friday and no public holiday; days moved by a year's decision as far as the data knows."""
    return day.weekday() < 5 and day not in _holidays(country)


def _step(day: date, n: int, step: int, country: str) -> date:
    if n < 0:
        raise ValueError("n must not be negative")
    while n:
        day += timedelta(days=step)
        n -= is_working_day(day, country)
    return day


def add_working_days(day: date, n: int, country: str = "VN") -> date:
    """The n-th working day after `day` (the day itself is not counted; n = 0 gives it back)."""
    return _step(day, n, 1, country)


def working_days_before(day: date, n: int, country: str = "VN") -> date:
    """The n-th working day before `day`: the last day to send what must be there n working days ahead."""
    return _step(day, n, -1, country)
