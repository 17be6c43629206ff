"""Dates, sums of money and areas in a text, with their normal forms.

Everything is found with patterns whose repetitions are bounded, from a digit or a head word onwards, so the time
grows with the length of the text whatever stands in it.
"""

from __future__ import annotations

import datetime

from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.values import amounts, dates
from diemtua.sources.reader.view import View

__all__ = ["find"]


def find(view: View, published: datetime.date | None = None) -> list[Found]:
    """DATE, MONEY and AREA in reading order, none overlapping another.

    `published` supplies the year that a date leaves out; without it such a date has no normal form.
    """
    quantities = amounts.find(view)
    taken = [(q.start, q.end) for q in quantities]
    days = [d for d in dates.find(view, published) if not _overlaps(taken, d)]
    return sorted([*quantities, *days], key=lambda found: found.start)


def _overlaps(taken: list[tuple[int, int]], found: Found) -> bool:
    """Whether a span shares a character with one of those taken, which are in order."""
    low, high = 0, len(taken)
    while low < high:
        middle = (low + high) // 2
        if taken[middle][1] <= found.start:
            low = middle + 1
        else:
            high = middle
    return low < len(taken) and taken[low][0] < found.end
