"""The number an enquirer is given, and the key of the private address."""

from __future__ import annotations

import datetime
import re
import secrets

# Without letters that are mistaken for figures or for one another.
_LETTERS = "ACDEFHJKLMNPRTUVWXY"
_SHAPE = re.compile(r"\s*YC[\s.-]*(\d{2})[\s.-]*(\d{1,12})[\s.-]*([A-Z])\s*", re.IGNORECASE)


def new_key() -> str:
    """A key nobody guesses: 120 random bits."""
    return secrets.token_urlsafe(15)


def check_letter(year: int, pk: int) -> str:
    """A letter that tells a mistyped number: every single wrong digit and every swap of neighbours changes it."""
    digits = f"{year:02}{pk:012}"
    return _LETTERS[sum((n + 2) * int(d) for n, d in enumerate(digits)) % 19]


def number(pk: int | None, day: datetime.date) -> str:
    """“YC26-001234-K”; "" before the record has a number."""
    if pk is None:
        return ""
    year = day.year % 100
    return f"YC{year:02}-{pk:06}-{check_letter(year, pk)}"


def read_number(text: str) -> int | None:
    """The record's number out of a receipt as somebody says it; None where it is none or mistyped."""
    if (found := _SHAPE.fullmatch(text)) is None:
        return None
    year, pk, letter = int(found[1]), int(found[2]), found[3].upper()
    return pk if check_letter(year, pk) == letter else None
