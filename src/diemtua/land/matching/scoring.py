"""Which plots fit, and how near each is to what is wished.

The score is SPOTIS (Stable Preference Ordering Towards Ideal Solution): the weighted sum over the criteria of
the distance to an ideal, each divided by the range of fixed bounds. Since neither bounds nor ideal come from the
plots themselves, a plot that is added or taken away cannot reorder the others.

J. Dezert, A. Tchamova, D. Han, J.-M. Tacnet, "The SPOTIS Rank Reversal Free Method for Multi-Criteria
Decision-Making Support", 23rd International Conference on Information Fusion (FUSION), 2020.

Ours beyond the article: a value beyond a bound counts as lying on it; a value that is not sure gives the score
between two limits, and one that is not known at all counts as the middle between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .requirements import Bound, Requirements, Wish
from .table import Floats, Ints, PlotTable

# Rows worked on at once: what a core's cache holds of them, so that a column is read from memory once.
BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Scores:
    """Of each plot (n of them): the distance from the ideal, 0 to 1, and the part each wish (m) has in it."""

    parts: Floats  # m x n; a part is weight x distance
    total: Floats  # n
    # What is not sure of a wish: its rows, and the least and the most the part may be there.
    unsure: tuple[tuple[Ints, Floats, Floats], ...]
    low: Floats  # n, the total if all that is not sure turned out well
    high: Floats  # n, and if it turned out badly

    def limits_of(self, rows: Ints) -> tuple[Floats, Floats]:
        """The least and the most of each part of some rows: two arrays m x len(rows)."""
        low = self.parts[:, rows]
        high = low.copy()
        for j, (where, least, most) in enumerate(self.unsure):
            if len(where):
                at = np.minimum(np.searchsorted(where, rows), len(where) - 1)
                here = np.flatnonzero(where[at] == rows)
                low[j, here], high[j, here] = least[at[here]], most[at[here]]
        return low, high


def distances_between(wish: Wish, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The least and the most distance from the ideal, as a share of the bounds, of values between two limits."""
    low, high = np.clip(low, wish.low, wish.high), np.clip(high, wish.low, wish.high)
    width = wish.high - wish.low
    least = np.maximum(np.maximum(low - wish.ideal, wish.ideal - high), 0.0) / width
    most = np.maximum(np.abs(low - wish.ideal), np.abs(high - wish.ideal)) / width
    return least, most


def score(table: PlotTable, requirements: Requirements) -> Scores:
    """Score every plot, whether it fits or not. Linear in plots and wishes."""
    wishes, n = requirements.wishes, len(table)
    parts, total = np.empty((len(wishes), n)), np.zeros(n)
    values, factors, gaps = [], [], []
    for wish, weight in zip(wishes, requirements.weights, strict=True):
        column = table.column(wish.column)
        factor = weight / (wish.high - wish.low)
        missing = column.missing
        least, most = distances_between(
            wish, *(limit[_places(column.unsure[0], missing)] for limit in column.unsure[1:])
        )
        values.append(column.values)
        factors.append(factor)
        gaps.append((missing, weight * (least + most) / 2))
    for start in range(0, n, BLOCK):
        here = slice(start, start + BLOCK)
        sums = total[here]
        for j, wish in enumerate(wishes):
            part = parts[j, here]
            np.clip(values[j][here], wish.low, wish.high, out=part)
            np.subtract(part, wish.ideal, out=part)
            np.abs(part, out=part)
            np.multiply(part, factors[j], out=part)
            missing, instead = gaps[j]
            if len(missing):
                first, last = np.searchsorted(missing, (start, start + BLOCK))
                part[missing[first:last] - start] = instead[first:last]
            np.add(sums, part, out=sums)
    low, high = total.copy(), total.copy()
    unsure = []
    for j, (wish, weight) in enumerate(zip(wishes, requirements.weights, strict=True)):
        rows, from_, to = table.column(wish.column).unsure
        least, most = distances_between(wish, from_, to)
        least, most = least * weight, most * weight
        point = parts[j, rows]
        low[rows] += least - point
        high[rows] += most - point
        unsure.append((rows, least, most))
    return Scores(parts, total, tuple(unsure), low, high)


def _places(rows: Ints, wanted: Ints) -> Ints:
    """Where the wanted rows stand among rows that hold them all, both ascending."""
    return np.searchsorted(rows, wanted)


@dataclass(frozen=True, eq=False)
class Fit:
    """Which hard requirements (h of them) each plot (n) meets."""

    fits: NDArray[np.bool_]  # n: every requirement is known to be met
    possible: NDArray[np.bool_]  # n: none is known to fail, at least one is not known
    failed: NDArray[np.int16]  # n: how many fail
    only: NDArray[np.int16]  # n: the requirement that alone fails; -1 where none or several do
    cost: Floats  # n: how much the requirements would have to change, in their own measures; infinite: cannot
    fails: tuple[int, ...]  # h: plots that fail each
    unknown: tuple[int, ...]  # h: plots of which it is not known


def check(table: PlotTable, hard: tuple[Bound, ...]) -> Fit:
    """Hold every plot against every hard requirement. A value that is not known neither meets nor fails it."""
    n = len(table)
    failed, last = np.zeros(n, dtype=np.int16), np.full(n, -1, dtype=np.int16)
    unknown, cost = np.zeros(n, dtype=bool), np.zeros(n)
    fails, gaps = [0] * len(hard), []
    values = [table.column(b.column).values for b in hard]
    for bound in hard:
        missing = table.column(bound.column).missing
        unknown[missing] = True
        gaps.append(len(missing))
    lacks, more = np.empty(BLOCK), np.empty(BLOCK)
    misses = np.empty(BLOCK, dtype=bool)
    for start in range(0, n, BLOCK):
        here = slice(start, min(start + BLOCK, n))
        size = here.stop - start
        lack, other, miss = lacks[:size], more[:size], misses[:size]
        for k, bound in enumerate(hard):
            shortfall(bound, values[k][here], lack, other)
            np.greater(lack, 0.0, out=miss)
            count = int(np.count_nonzero(miss))
            if not count:
                continue
            fails[k] += count
            failed[here] += miss
            last[here][miss] = k
            if bound.firm:
                cost[here][miss] = np.inf
            else:
                np.multiply(lack, 1.0 / bound.measure, out=lack)
                np.add(cost[here], lack, out=cost[here])
    cost[unknown] = np.inf
    none = failed == 0
    return Fit(
        none & ~unknown,
        none & unknown,
        failed,
        np.where(failed == 1, last, np.int16(-1)),
        cost,
        tuple(fails),
        tuple(gaps),
    )


def shortfall(bound: Bound, values: Floats, out: Floats, other: Floats | None = None) -> Floats:
    """By how much values miss a bound, 0 where they meet it or are not known; written into `out`."""
    # fmax takes the number where the other is NaN: what is not known misses nothing.
    if bound.at_least is not None:
        np.subtract(bound.at_least, values, out=out)
        np.fmax(out, 0.0, out=out)
        if bound.at_most is not None:
            over = np.subtract(values, bound.at_most, out=other)
            np.fmax(out, over, out=out)
        return out
    np.subtract(values, bound.at_most, out=out)
    return np.fmax(out, 0.0, out=out)
