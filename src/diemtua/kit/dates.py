"""Dates as people know them: a day, a month, a quarter, a year, or an interval.

A `PartialDate` is the first and the last day of what is known. It is stored as text whose plain order is
time order: the first ten characters are the first day and the last ten the last, on every engine.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diemtua.kit.text import plain

__all__ = ["DateError", "PartialDate", "parse_date"]

FIRST_YEAR, LAST_YEAR = 1900, 2200
_ROMAN = ("I", "II", "III", "IV")


class DateError(ValueError):
    """A date that cannot be read. `str(error)` is a sentence for the user saying what to write."""


@dataclass(frozen=True, order=True, slots=True)
class PartialDate:
    """What is known of a date: every day from `first` to `last`, both included.

    Order is by first day, then by last; a single day comes before longer spans that begin on it.
    Raises DateError when `last` is before `first` or a year is outside 1900-2200.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        # A datetime is a date too, but never equal to one: keep the day only.
        for name in ("first", "last"):
            value = getattr(self, name)
            if isinstance(value, datetime):
                object.__setattr__(self, name, value.date())
        _check_year(self.first.year)
        _check_year(self.last.year)
        if self.last < self.first:
            raise DateError(_("The date ends before it begins. Write the earlier date first."))

    # --- making -----------------------------------------------------------------------------------
    @classmethod
    def day(cls, value: date) -> PartialDate:
        """One day."""
        return cls(value, value)

    @classmethod
    def month(cls, year: int, month: int) -> PartialDate:
        """One calendar month, 1-12."""
        _check_year(year)
        if not 1 <= month <= 12:
            raise DateError(_("There is no month %(month)s. Write the date as day/month/year.") % {"month": month})
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    @classmethod
    def quarter(cls, year: int, quarter: int) -> PartialDate:
        """One quarter, 1-4."""
        if not 1 <= quarter <= 4:
            raise DateError(
                _("There is no quarter %(quarter)s. Quarters are numbered from 1 to 4.") % {"quarter": quarter}
            )
        return cls(cls.month(year, 3 * quarter - 2).first, cls.month(year, 3 * quarter).last)

    @classmethod
    def year(cls, year: int) -> PartialDate:
        """One calendar year."""
        _check_year(year)
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def interval(cls, first: date | PartialDate, last: date | PartialDate) -> PartialDate:
        """From the beginning of `first` to the end of `last`; each a day or a partial date."""
        return cls(
            first.first if isinstance(first, PartialDate) else first,
            last.last if isinstance(last, PartialDate) else last,
        )

    @classmethod
    def from_iso(cls, text: str) -> PartialDate:
        """Read what `iso` wrote, and nothing else. Raises DateError."""
        try:
            first, slash, last = text.partition("/")
            if len(text) not in (10, 21) or (slash and len(first) != 10):
                raise ValueError(text)
            return cls(date.fromisoformat(first), date.fromisoformat(last or first))
        except DateError:
            raise
        except ValueError as error:
            raise DateError(_not_a_date(text)) from error

    # --- asking -----------------------------------------------------------------------------------
    @property
    def iso(self) -> str:
        """The stored form: `2021-11-04` for one day, `2021-01-01/2021-12-31` for anything longer."""
        first, last = self.first.isoformat(), self.last.isoformat()
        return first if first == last else f"{first}/{last}"

    @property
    def precision(self) -> str:
        """day, month, quarter, year or interval: how closely the date is known."""
        if self.first == self.last:
            return "day"
        if self._whole_months and self.first.year == self.last.year:
            begin, end = self.first.month, self.last.month
            if begin == end:
                return "month"
            if end == begin + 2 and begin % 3 == 1:
                return "quarter"
            if (begin, end) == (1, 12):
                return "year"
        return "interval"

    @property
    def _whole_months(self) -> bool:
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1

    def contains(self, day: date) -> bool:
        """True when the date may be this day."""
        return self.first <= day <= self.last

    def before(self, day: date) -> bool:
        """True when the date is over before this day, whatever day it was: `due.before(today)` is overdue."""
        return self.last < day

    def display(self, lang: str | None = None) -> str:
        """For people: 04/11/2021, 11/2021, quý IV/2021 (Q4 2021), 2021, 25/03/2024 – 27/03/2024.

        Intervals of whole years or months are shortened: 2021 – 2025, 01/2023 – 06/2023. `lang` is a
        language code, by default that of the page. `parse_date` reads every form back.
        """
        first, last = self.first, self.last
        match self.precision:
            case "day":
                return f"{first:%d/%m}/{first.year:04d}"
            case "month":
                return f"{first:%m}/{first.year:04d}"
            case "quarter":
                number = (first.month + 2) // 3
                vietnamese = (lang or get_language() or "vi").startswith("vi")
                return f"quý {_ROMAN[number - 1]}/{first.year}" if vietnamese else f"Q{number} {first.year}"
            case "year":
                return str(first.year)
        if self._whole_months:
            if first.month == 1 and last.month == 12:
                return f"{first.year} – {last.year}"
            return f"{first:%m}/{first.year} – {last:%m}/{last.year}"
        return f"{first:%d/%m}/{first.year} – {last:%d/%m}/{last.year}"

    def __str__(self) -> str:
        return self.display()


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateError(
            _("The year %(year)s is out of range. Write a year between %(first)s and %(last)s.")
            % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR}
        )


def _not_a_date(text: str) -> str:
    shown = text if len(text) <= 40 else text[:39] + "…"
    return _(
        "“%(text)s” is not a date that can be read. Write for example 04/11/2021, 11/2021, Q4/2021, 2021 "
        "or 25/03/2024 – 27/03/2024."
    ) % {"text": shown}


# --- reading --------------------------------------------------------------------------------------
# Patterns are matched against `plain(text)`: lower case, no marks, single blanks.
_Y = r"([0-9]{2}|[0-9]{4})"  # two digits are read too, to tell the user what is wrong with them
_D = r"([0-9]{1,2})"
_QUARTER = r"([1-9]|i{1,3}|iv)"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"


def _year(text: str) -> int:
    if len(text) != 4:
        raise DateError(_("Write the year with four digits, for example 2021."))
    year = int(text)
    _check_year(year)
    return year


def _ymd(year: str, month: str, day: str) -> PartialDate:
    whole = PartialDate.month(_year(year), int(month))
    if not 1 <= int(day) <= whole.last.day:
        raise DateError(
            _("There is no day %(day)s in month %(month)s of %(year)s.")
            % {"day": int(day), "month": int(month), "year": whole.first.year}
        )
    return PartialDate.day(whole.first.replace(day=int(day)))


def _month(year: str, month: str) -> PartialDate:
    return PartialDate.month(_year(year), int(month))


def _quarter(quarter: str, year: str) -> PartialDate:
    number = int(quarter) if quarter.isdigit() else _ROMAN.index(quarter.upper()) + 1
    return PartialDate.quarter(_year(year), number)


def _months_of_year(count: str, end: str, year: str) -> PartialDate:
    """“6 tháng đầu năm 2023”: the first (or last) so many months of a year."""
    n = int(count)
    if not 1 <= n <= 12:
        raise DateError(_("A year has 12 months: write a number from 1 to 12."))
    first, last = (1, n) if end == "dau" else (13 - n, 12)
    return PartialDate.interval(_month(year, str(first)), _month(year, str(last)))


def _name(text: str) -> str:
    return str(_MONTHS.index(text) + 1)


_Reader = Callable[..., PartialDate]
_SINGLE: list[tuple[re.Pattern[str], _Reader]] = [
    (re.compile(pattern), reader)
    for pattern, reader in (
        (rf"(?:ngay )?{_D} ?([/.-]) ?{_D} ?\2 ?{_Y}", lambda d, sep, m, y: _ymd(y, m, d)),
        (rf"([0-9]{{4}})([/.-]){_D}\2{_D}(?:[t ][0-9:.+z-]+)?", lambda y, sep, m, d: _ymd(y, m, d)),
        (rf"(?:ngay )?{_D} thang {_D},? (?:nam )?{_Y}", lambda d, m, y: _ymd(y, m, d)),
        (rf"(?:ngay )?{_D} thang {_D} ?[/-] ?{_Y}", lambda d, m, y: _ymd(y, m, d)),
        (rf"(?:thang )?{_D} ?[/.-] ?([0-9]{{4}})", lambda m, y: _month(y, m)),
        (rf"thang {_D}(?: ?[/-] ?|,? nam |,? ){_Y}", lambda m, y: _month(y, m)),
        (rf"([0-9]{{4}})-{_D}", lambda y, m: _month(y, m)),
        (rf"(?:quy|q) ?{_QUARTER}(?: ?[/-] ?|,? nam |,? ){_Y}", lambda q, y: _quarter(q, y)),
        (rf"([0-9]{{4}}) ?[-/]? ?(?:quy|q) ?{_QUARTER}", lambda y, q: _quarter(q, y)),
        (r"(?:nam )?([0-9]{4})", lambda y: PartialDate.year(_year(y))),
        (rf"{_D} thang (dau|cuoi) (?:cua )?nam {_Y}", _months_of_year),
        (rf"{_D} {_NAME},? ([0-9]{{4}})", lambda d, m, y: _ymd(y, _name(m), d)),
        (rf"{_NAME} {_D},? ([0-9]{{4}})", lambda m, d, y: _ymd(y, _name(m), d)),
        (rf"{_NAME},? ([0-9]{{4}})", lambda m, y: _month(y, _name(m))),
    )
]
_BETWEEN = re.compile(r" ?(?:\.\.+|…|->|→|[-\u2010-\u2015\u2212~]| den(?: het)?(?= )| to(?= )) ?")
_BEGINS = re.compile(r"^(?:tu|from) ")
# What may stand before the sign when its year, or month and year, stand only after it: 25-27/3/2024.
_SHORT_DAY = re.compile(rf"(?:ngay )?{_D}(?:(?: ?[/.-] ?| thang ){_D})?")
_SHORT_MONTH = re.compile(rf"thang {_D}")
_SHORT_QUARTER = re.compile(rf"(?:quy|q) ?{_QUARTER}")


def _single(text: str) -> PartialDate | None:
    """A day, month, quarter, year or part of a year; None when the shape is another.

    A shape that fits but says something impossible (31/02) raises, unless a later shape reads it.
    """
    for pattern, reader in _SINGLE:
        if match := pattern.fullmatch(text):
            return reader(*match.groups())
    return None


def _shortened(text: str, end: PartialDate) -> PartialDate | None:
    """The beginning of an interval that leaves its month or year to be taken from the end."""
    year = str(end.last.year)
    if end.precision == "day" and (match := _SHORT_DAY.fullmatch(text)):
        day, month = match.groups()
        return _ymd(year, month or str(end.last.month), day)
    if end.precision == "month" and (match := _SHORT_MONTH.fullmatch(text)):
        return _month(year, match.group(1))
    if end.precision == "quarter" and (match := _SHORT_QUARTER.fullmatch(text)):
        return _quarter(match.group(1), year)
    return None


def _end(text: str, before: str) -> PartialDate | None:
    """The end of an interval; `tháng 3 – 5/2023` and `quý I – III/2023` leave the word to the beginning."""
    found = _single(text)
    if found is None and (match := re.match(r"(quy|q)\b", before)):
        found = _single(f"{match.group()} {text}")
    return found


def parse_date(value: str | date | datetime) -> PartialDate:
    """Read a date as officers write it; day before month, always.

    Days: 4/11/2021, 04-11-2021, 4.11.2021, 2021-11-04, ngày 4 tháng 11 năm 2021, 4 November 2021.
    Longer: 11/2021, tháng 11 năm 2021, 2021-11, quý IV/2021, Q4/2021, 2021-Q3, năm 2021,
    6 tháng đầu năm 2023.
    Intervals of these with -, –, đến, .. (and / between ISO dates): 25-27/3/2024, 2021-2025. Marks may be
    left off. Dates of Excel cells (date, datetime) are one day.
    Raises DateError, a sentence for the user.
    """
    if isinstance(value, datetime):
        return PartialDate.day(value.date())
    if isinstance(value, date):
        return PartialDate.day(value)
    typed = " ".join(value.split())
    if not typed:
        raise DateError(_("Write a date, for example 04/11/2021."))
    if len(typed) > 100:
        raise DateError(_not_a_date(typed))
    text = plain(typed).strip(" .,;")
    # A shape that fits but is impossible is told only when no interval reads the text either:
    # 2021-2025 is no month 2025 of 2021.
    problem: DateError | None = None
    try:
        if found := _single(text):
            return found
    except DateError as error:
        problem = error
    if re.fullmatch(r"[0-9-]{10}/[0-9-]{10}", text):
        return PartialDate.interval(parse_date(text[:10]), parse_date(text[11:]))
    if match := re.fullmatch(r"([0-9]{4}(?:-[0-9]{2})?)/([0-9]{4}(?:-[0-9]{2})?)", text):
        return PartialDate.interval(parse_date(match.group(1)), parse_date(match.group(2)))
    begun = _BEGINS.sub("", text)
    for sign in _BETWEEN.finditer(begun):
        left, right = begun[: sign.start()], begun[sign.end() :]
        try:
            end = _end(right, left)
            start = (_single(left) or _shortened(left, end)) if end else None
            if start and end:
                return PartialDate.interval(start, end)
        except DateError as error:
            problem = problem or error
    raise problem or DateError(_not_a_date(typed))
