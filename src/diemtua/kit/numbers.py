"""Numbers as Vietnamese and English readers write them: 1.234,5 and 1,234.5."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

__all__ = ["DecimalSign", "NumberError", "decimal_sign", "format_number", "parse_number"]

DecimalSign = Literal[",", "."]
_MOST_DIGITS = 40


class NumberError(ValueError):
    """A number that cannot be read. `str(error)` is a sentence for the user saying what to write."""


def decimal_sign(lang: str | None = None) -> DecimalSign:
    """The decimal sign of a language, by default that of the page: "," in Vietnamese, "." otherwise."""
    return "," if (lang or get_language() or "vi").startswith("vi") else "."


def _error(text: str) -> NumberError:
    shown = text if len(text) <= 40 else text[:39] + "…"
    return NumberError(
        _("“%(text)s” is not a number that can be read. Write for example 1.234,5 or 1,234.5.") % {"text": shown}
    )


def _grouped(text: str, sign: str) -> bool:
    """True for 1.234.567: one to three digits, then groups of exactly three."""
    return re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+", text) is not None


def parse_number(text: str | int | float | Decimal, decimal: DecimalSign | None = None) -> Decimal:
    """Read a number in either convention: 1.234,5 · 1,234.5 · 1 234,5 · 30583 · 588,84 · (12) is -12.

    Where one sign stands once before exactly three digits ("1.234", "1,234") the text alone cannot tell
    thousands from decimals: `decimal` says which sign is the decimal one. With None it is read as
    thousands, 1234. Texts that can be read in one way only are read so whatever `decimal` says.
    Numbers of Excel cells (int, float, Decimal) pass through.
    Raises NumberError, a sentence for the user.
    """
    if isinstance(text, bool):
        raise _error(str(text))
    if isinstance(text, int | float | Decimal):
        number = Decimal(repr(text)) if isinstance(text, float) else Decimal(text)
        if not number.is_finite():
            raise _error(str(text))
        return number
    body = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    if not body:
        raise NumberError(_("Write a number, for example 1.234,5 or 1,234.5."))
    negative = False
    if body.startswith("(") and body.endswith(")"):
        negative, body = True, body[1:-1].strip()
    elif body[0] in "+-":
        negative, body = body[0] == "-", body[1:].lstrip()
    if len(body) > 2 * _MOST_DIGITS or sum(c.isdigit() for c in body) > _MOST_DIGITS:
        raise _error(text)

    whole, sign, fraction = _parts(body, decimal, text)
    for blank in (" ", "'", "’"):
        if blank in whole:
            if not _grouped(whole, blank):
                raise _error(text)
            whole = whole.replace(blank, "")
    if not re.fullmatch("[0-9]+", whole) or (sign and not re.fullmatch("[0-9]+", fraction)):
        raise _error(text)
    number = Decimal(f"{whole}.{fraction}" if sign else whole)
    return -number if negative and number else number


def _parts(body: str, decimal: DecimalSign | None, typed: str) -> tuple[str, str, str]:
    """(whole part, decimal sign or "", fraction), with the dots and commas of thousands taken out."""
    dots, commas = body.count("."), body.count(",")
    if not dots and not commas:
        return body, "", ""
    if dots and commas:
        # The later sign is the decimal one; the other must group every three digits before it.
        sign = max(".,", key=body.rfind)
        other = "," if sign == "." else "."
        whole, _sign, fraction = body.partition(sign)
        if body.count(sign) > 1 or not _grouped(whole, other):
            raise _error(typed)
        return whole.replace(other, ""), sign, fraction
    sign = "." if dots else ","
    whole, _sign, fraction = body.partition(sign)
    if dots + commas > 1:
        thousands = True
    else:
        # 0,123 cannot be grouped (no number begins with 0), nor can 1234,567.
        ambiguous = _grouped(body, sign) and not whole.startswith("0")
        thousands = ambiguous and decimal != sign
    if not thousands:
        return whole, sign, fraction
    if not _grouped(body, sign):
        raise _error(typed)
    return body.replace(sign, ""), "", ""


def format_number(value: Decimal | int | float | None, lang: str | None = None, places: int | None = None) -> str:
    """For people: 1.234,5 in Vietnamese, 1,234.5 otherwise; None gives "".

    `places` rounds half up to so many decimals and keeps their zeros; without it every decimal is shown
    and trailing zeros are not. `lang` is by default the language of the page.
    """
    if value is None:
        return ""
    number = parse_number(value)
    if places is None:
        out = f"{number:,f}"
        if "." in out:
            out = out.rstrip("0").rstrip(".")
    else:
        with localcontext() as context:
            context.prec = 2 * _MOST_DIGITS + max(places, 0)
            out = f"{number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,f}"
    if not out.strip("-0.,"):
        out = out.lstrip("-")  # no “-0”
    return out.translate(str.maketrans(",.", ".,")) if decimal_sign(lang) == "," else out
