"""Shares of origins: several things may have brought a lead, none more than the whole."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

# The kinds of record a lead may come from.
ORIGINS = ("engagement", "instrument", "party", "enquiry")
WHOLE = Decimal(100)


def too_much(shares: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of the shares where it is more than the whole, else None. A share that is not known counts nothing."""
    total = sum((s for s in shares if s is not None), Decimal(0))
    return total if total > WHOLE else None


def split(shares: Iterable[Decimal | None]) -> list[Decimal]:
    """The shares with those not known filled evenly from what is left; [] for no origins."""
    given = list(shares)
    unknown = sum(s is None for s in given)
    left = max(Decimal(0), WHOLE - sum((s for s in given if s is not None), Decimal(0)))
    return [left / unknown if s is None else s for s in given]
