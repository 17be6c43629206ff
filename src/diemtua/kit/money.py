"""Amounts with their currency, as officers write and read them: 3.885 tỷ đồng, US$120 million."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from diemtua.kit.numbers import DecimalSign, NumberError, decimal_sign, format_number, parse_number
from diemtua.kit.text import plain

__all__ = ["Money", "MoneyError", "format_money", "parse_money"]


class MoneyError(ValueError):
    """An amount that cannot be read. `str(error)` is a sentence for the user saying what to write."""


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in whole units of `currency`, an ISO 4217 code: 120 million dollars is (120000000, "USD")."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not re.fullmatch("[A-Z]{3}", self.currency):
            raise MoneyError(_("A currency is written with three letters, for example VND or USD."))

    def __str__(self) -> str:
        return format_money(self)


_SCALES = ((Decimal(10**9), "tỷ", "billion"), (Decimal(10**6), "triệu", "million"))
# Longest first; matched against `plain` text, so without marks.
_SCALE_WORDS: tuple[tuple[str, int, DecimalSign], ...] = (
    ("nghin ty", 10**12, ","), ("ngan ty", 10**12, ","), ("trieu ty", 10**15, ","), ("nghin", 10**3, ","),
    ("ngan", 10**3, ","), ("trieu", 10**6, ","), ("ty", 10**9, ","), ("ti", 10**9, ","),
    ("thousand", 10**3, "."), ("million", 10**6, "."), ("billion", 10**9, "."), ("trillion", 10**12, "."),
    ("mn", 10**6, "."), ("bn", 10**9, "."),
)  # fmt: skip
_CURRENCY_WORDS = (
    ("dong viet nam", "VND"), ("dong", "VND"), ("vnd", "VND"), ("d", "VND"), ("₫", "VND"),
    ("do la my", "USD"), ("dollars", "USD"), ("us dollars", "USD"), ("us$", "USD"), ("$", "USD"),
    ("euros", "EUR"), ("euro", "EUR"), ("€", "EUR"), ("yen nhat", "JPY"), ("yen", "JPY"),
    ("won", "KRW"), ("₩", "KRW"), ("nhan dan te", "CNY"), ("bang anh", "GBP"), ("£", "GBP"), ("bat", "THB"),
)  # fmt: skip
# The currencies of partners; others are read from their own column of an import.
_CODES = (
    "VND", "USD", "EUR", "JPY", "KRW", "CNY", "TWD", "HKD", "SGD", "THB", "MYR", "IDR", "PHP", "LAK", "KHR",
    "MMK", "INR", "AUD", "NZD", "GBP", "CHF", "SEK", "NOK", "DKK", "CAD", "RUB",
)  # fmt: skip
_CURRENCIES = {**{code.lower(): code for code in _CODES}, **dict(_CURRENCY_WORDS)}
_AMOUNT = re.compile(r"(?P<before>[^0-9(+-]*)(?P<number>[(+-]?[0-9][0-9., '’]*\)?)(?P<after>.*)")


def format_money(money: Money | None, lang: str | None = None, places: int | None = None) -> str:
    """For people: 3.885 tỷ đồng, 120 triệu USD; VND 3,885 billion, US$120 million. None gives "".

    The largest of billion and million is used that shows the amount exactly with at most two decimals, so
    nothing is rounded unless `places` asks for it.
    """
    if money is None:
        return ""
    number, scale = money.amount, 0
    for index, (unit, _vi, _en) in enumerate(_SCALES, 1):
        scaled = money.amount / unit
        if abs(scaled) >= 1 and (places is not None or scaled == round(scaled, 2)):
            number, scale = scaled, index
            break
    shown = format_number(number, lang, places)
    if decimal_sign(lang) == ",":
        name = "đồng" if money.currency == "VND" else money.currency
        return " ".join(filter(None, (shown, _SCALES[scale - 1][1] if scale else "", name)))
    shown = f"US${shown}" if money.currency == "USD" else f"{money.currency} {shown}"
    return f"{shown} {_SCALES[scale - 1][2]}" if scale else shown


def parse_money(text: str, currency: str | None = None, decimal: DecimalSign | None = None) -> Money:
    """Read an amount with its scale and currency before or after it: 3.885 tỷ đồng, US$120 million.

    `currency` is taken when the text names none. Vietnamese scale words make "," the decimal sign,
    English ones "."; otherwise `decimal` decides (see `parse_number`).
    Raises MoneyError, a sentence for the user.
    """
    typed = " ".join(text.split())
    match = _AMOUNT.fullmatch(plain(typed))
    if not typed or not match or len(typed) > 100:
        raise _error(typed)
    rest = match["after"].strip()
    scale = 1
    for word, factor, sign in _SCALE_WORDS:
        if re.match(rf"{word}\b", rest):
            scale, decimal, rest = factor, sign, rest[len(word) :].strip()
            break
    named = [name for name in (match["before"].strip(), rest) if name]
    codes = {_CURRENCIES.get(name, "") for name in named}
    if "" in codes or len(codes) > 1:
        raise _error(typed)
    code = codes.pop() if codes else currency
    if not code:
        raise MoneyError(_("Say in which currency “%(text)s” is, for example VND or USD.") % {"text": typed})
    try:
        amount = parse_number(match["number"].strip(), decimal)
    except NumberError as error:
        raise MoneyError(str(error)) from error
    return Money(amount * scale, code)


def parse_unit(text: str) -> Money | None:
    """What one of a unit is, as headings of tables name it: “triệu USD” is 1,000,000 USD. None for anything else."""
    try:
        return parse_money(f"1 {text}") if text.strip() and not any(c.isdigit() for c in text) else None
    except MoneyError:
        return None


def _error(text: str) -> MoneyError:
    shown = text if len(text) <= 40 else text[:39] + "…"
    return MoneyError(
        _("“%(text)s” is not an amount that can be read. Write for example 3.885 tỷ đồng or 120 triệu USD.")
        % {"text": shown}
    )
