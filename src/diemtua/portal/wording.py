"""How amounts and days are written on the public pages, for readers of each of the five languages.

The register keeps figures with the unit officers write (“triệu USD”, “tàu”) and, where a source gives no plain number,
in the source's own words (“trên 345”). A reader abroad gets the same in the forms of his language; what cannot be put
into it surely stays in Vietnamese and is marked as such.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import format_compact_decimal, format_decimal, get_currency_name
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diemtua.kit.dates import PartialDate
from diemtua.kit.money import Money, format_money, parse_unit
from diemtua.kit.numbers import NumberError, format_number, parse_number
from diemtua.projects.models.projects import UNIT_SIZES

from .languages import current

MYRIAD = 4  # in Korea, China and Japan numbers have a name at every four noughts
MOST_DECIMALS = 4
# Written the same in every language.
SIGNS = {"ha", "km", "m", "m²", "m2", "m³", "m3", "kg", "MW", "MVA", "kV", "kWh", "GRT", "CV", "km²"}
COUNTED: dict[str, Callable[[int], str]] = {
    "tàu": lambda n: ngettext("%(number)s vessel", "%(number)s vessels", n),
    "người": lambda n: ngettext("%(number)s person", "%(number)s people", n),
    "lao động": lambda n: ngettext("%(number)s worker", "%(number)s workers", n),
    "việc làm": lambda n: ngettext("%(number)s job", "%(number)s jobs", n),
    "suất": lambda n: ngettext("%(number)s grant", "%(number)s grants", n),
    "năm": lambda n: ngettext("%(number)s year", "%(number)s years", n),
    "tháng": lambda n: ngettext("%(number)s month", "%(number)s months", n),
    "ngày": lambda n: ngettext("%(number)s day", "%(number)s days", n),
    "nhà đầu tư": lambda n: ngettext("%(number)s investor", "%(number)s investors", n),
    "dự án": lambda n: ngettext("%(number)s project", "%(number)s projects", n),
    "doanh nghiệp": lambda n: ngettext("%(number)s enterprise", "%(number)s enterprises", n),
    "tấn": lambda n: ngettext("%(number)s tonne", "%(number)s tonnes", n),
}
ABOUT: dict[str, Callable[[], str]] = {
    "trên": lambda: _("over %(amount)s"),
    "hơn": lambda: _("over %(amount)s"),
    "khoảng": lambda: _("about %(amount)s"),
    "gần": lambda: _("nearly %(amount)s"),
    "dưới": lambda: _("under %(amount)s"),
    "ít nhất": lambda: _("at least %(amount)s"),
    "tối đa": lambda: _("at most %(amount)s"),
}
_WORDED = re.compile(rf"({'|'.join(ABOUT)})\s+([\d.,]+)\s*(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Wording:
    """`lang` is "vi" where the words are the source's own on a page in another language, otherwise ""."""

    text: str
    lang: str = ""

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> str:
        return format_html('<span lang="{}">{}</span>', self.lang, self.text) if self.lang else escape(self.text)


def locale() -> Locale:
    """What CLDR knows of the page's language; English as it is written in most of the world (17 January 2024)."""
    return _locale(current().code)


@lru_cache
def _locale(code: str) -> Locale:
    return Locale.parse({"en": "en_GB", "zh-hans": "zh_Hans"}.get(code, code))


def number(value: Decimal | int | None) -> str:
    """A number in the convention of the reader's language, "" for None."""
    if value is None:
        return ""
    if current().code == "vi":
        return format_number(value, "vi")
    return str(format_decimal(value, locale=locale(), decimal_quantization=False))


def amount(value: Decimal | None, unit: str, wording: str = "") -> Wording:
    """What a figure says, with its unit; the words of the source go before the number."""
    if current().code == "vi":
        text = wording or number(value)
        return Wording(text if not unit or text.rstrip().endswith(unit) else f"{text} {unit}")
    if wording:
        return _worded(wording, unit)
    if value is None:
        return Wording("")
    return _measured(value, unit)


def _worded(wording: str, unit: str) -> Wording:
    """“trên 345” of ha is over 345 ha; other words stay as they are."""
    said = Wording(wording if not unit or wording.rstrip().endswith(unit) else f"{wording} {unit}", "vi")
    found = _WORDED.fullmatch(wording.strip())
    if found is None or found[3] not in ("", unit):
        return said
    try:
        inner = _measured(parse_number(found[2], ","), unit)
    except NumberError:
        return said
    return said if inner.lang else Wording(ABOUT[found[1].lower()]() % {"amount": inner.text})


def _measured(value: Decimal, unit: str) -> Wording:
    shown = number(value)
    if not unit:
        return Wording(shown)
    if unit == "%":
        return Wording(f"{shown}%")
    if unit in SIGNS:
        return Wording(f"{shown} {unit}")
    if unit in COUNTED:
        return Wording(COUNTED[unit](1 if value == 1 else 2) % {"number": shown})
    if (one := parse_unit(unit)) is not None:
        return Wording(money(Money(one.amount * value, one.currency)))
    return Wording(f"{shown} {unit}", "vi")


def money(of: Money | None) -> str:
    """US$120 million; 1.2억 미국 달러; 1.2亿美元; 1.2億米ドル. As exact as it is known."""
    code = current().code
    if of is None or code in ("vi", "en"):
        return format_money(of, code)
    size = Decimal(abs(of.amount)).normalize()
    step = max(size.adjusted(), 0) // MYRIAD * MYRIAD
    decimals = max(-int(size.scaleb(-step).normalize().as_tuple().exponent), 0)
    if step and decimals <= MOST_DECIMALS:
        shown = format_compact_decimal(of.amount, locale=locale(), fraction_digits=decimals)
    else:
        shown = number(of.amount)
    return f"{shown}{' ' if code == 'ko' else ''}{get_currency_name(of.currency, locale=locale())}"


def capital(value: Decimal | None, currency: str) -> str:
    """The capital of a project, which is counted in millions or billions (`UNIT_SIZES`)."""
    if value is None or currency not in UNIT_SIZES:
        return number(value)
    return money(Money(value * UNIT_SIZES[currency], currency))


def date(of: datetime.date | None) -> str:
    """18/07/2023; 18 July 2023; 2023년 7월 18일. "" for None."""
    if of is None:
        return ""
    return f"{of:%d/%m/%Y}" if current().code == "vi" else str(format_date(of, "long", locale=locale()))


def day(of: PartialDate | None) -> str:
    """A day, month, quarter, year or span as exact as it is known: 17 January 2024, 2024년 1월, Q1 2024. "" for None."""
    if of is None:
        return ""
    if current().code == "vi":
        return of.display("vi")
    first, last, at = of.first, of.last, locale()
    match of.precision:
        case "day":
            return date(first)
        case "month":
            return str(format_skeleton("yMMMM", first, locale=at))
        case "quarter":
            return str(format_skeleton("yQQQ", first, locale=at))
        case "year":
            return str(format_skeleton("y", first, locale=at))
    shape = "yMMMd"
    if first.day == 1 and (last + datetime.timedelta(days=1)).day == 1:
        shape = "y" if first.month == 1 and last.month == 12 else "yMMMM"
    return str(format_interval(first, last, shape, locale=at))
