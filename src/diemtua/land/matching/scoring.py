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
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .requirements import Bound, Requirements, Wish
from .table import Column, Floats, Ints, PlotTable

ANYWHERE = np.array([-np.inf]), np.array([np.inf])
# Rows worked on at once: what a core's cache holds of them, so that a column is read from memory once.
BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Scores:
    """Of each plot (n of them) the distance from the ideal, 0 to 1. The part each wish has in it is worked out
    for the rows that are asked for: kept for all, they would take longer to store than to compute.
    """

    table: PlotTable
    requirements: Requirements
    total: Floats  # n
    low: Floats  # n, the total if all that is not sure turned out well
    high: Floats  # n, and if it turned out badly

    def part(self, wish: int, rows: Ints) -> Floats:
        """The part of one wish, weight x distance, in the score of some rows."""
        w, weight = self.requirements.wishes[wish], self.requirements.weights[wish]
        column = self.table.column(w.column)
        values = column.values[rows]
        found = _part_of(w, weight, values, values)
        if len(column.missing) and len(unknown := np.flatnonzero(np.isnan(found))):
            least, most = parts_between(w, weight, *column.limits_at(rows[unknown]))
            found[unknown] = (least + most) / 2
        return found

    def limits_of(self, rows: Ints) -> tuple[Floats, Floats]:
        """The least and the most of each part of some rows: two arrays m x len(rows)."""
        low = np.array([self.part(j, rows) for j in range(len(self.requirements.wishes))]).reshape(-1, len(rows))
        high = low.copy()
        for j, (wish, weight) in enumerate(zip(self.requirements.wishes, self.requirements.weights, strict=True)):
            column = self.table.column(wish.column)
            if column.limits is not None or len(column.missing):
                low[j], high[j] = parts_between(wish, weight, *column.limits_at(rows))
        return low, high


def _part_of(wish: Wish, weight: float, values: Floats, out: Floats) -> Floats:
    """Weight x distance from the ideal of some values, written into `out`; NaN stays."""
    np.clip(values, wish.low, wish.high, out=out)
    if wish.ideal == wish.high:
        np.subtract(wish.ideal, out, out=out)
    else:
        np.subtract(out, wish.ideal, out=out)
        if wish.ideal != wish.low:
            np.abs(out, out=out)
    return np.multiply(out, weight / (wish.high - wish.low), out=out)


def parts_between(wish: Wish, weight: float, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The least and the most part a wish can have where the value lies between two limits."""
    factor = weight / (wish.high - wish.low)
    low, high = np.clip(low, wish.low, wish.high), np.clip(high, wish.low, wish.high)
    low -= wish.ideal
    high -= wish.ideal
    low *= factor
    high *= factor
    # Both now say how far above the ideal the value lies.
    if wish.ideal == wish.high:
        return np.negative(high, out=high), np.negative(low, out=low)
    if wish.ideal == wish.low:
        return low, high
    below = -high
    least = np.maximum(low, below)
    return np.maximum(least, 0.0, out=least), np.maximum(high, np.negative(low, out=low), out=high)


def score(table: PlotTable, requirements: Requirements) -> Scores:
    """Score every plot, whether it fits or not. Linear in plots and wishes."""
    n = len(table)
    total, room = np.zeros(n), np.empty(BLOCK)
    below, above = np.zeros(n), np.zeros(n)  # how far the total may lie below and above
    columns = [table.column(w.column) for w in requirements.wishes]
    anywhere = [
        tuple(float(part[0]) for part in parts_between(wish, weight, *ANYWHERE))
        for wish, weight in zip(requirements.wishes, requirements.weights, strict=True)
    ]
    for start in range(0, n, BLOCK):
        here = slice(start, start + BLOCK)
        sums = total[here]
        for j, (wish, weight, column) in enumerate(
            zip(requirements.wishes, requirements.weights, columns, strict=True)
        ):
            part = _part_of(wish, weight, column.values[here], room[: len(sums)])
            if column.limits is not None:
                least, most = parts_between(wish, weight, column.limits[0][here], column.limits[1][here])
                if len(column.missing):
                    rows = _missing_in(column, start, len(part))
                    part[rows] = (least[rows] + most[rows]) / 2
                below[here] += np.subtract(least, part, out=least)
                above[here] += np.subtract(most, part, out=most)
            elif len(column.missing):
                best, worst = anywhere[j]
                rows = _missing_in(column, start, len(part))
                part[rows] = (best + worst) / 2
                below[here][rows] += (best - worst) / 2
                above[here][rows] += (worst - best) / 2
            np.add(sums, part, out=sums)
    return Scores(table, requirements, total, np.add(below, total, out=below), np.add(above, total, out=above))


def _missing_in(column: Column, start: int, size: int) -> Ints:
    """The rows of one block whose value is not known, counted from its start."""
    first, last = np.searchsorted(column.missing, (start, start + size))
    return column.missing[first:last] - start


@dataclass(frozen=True, eq=False)
class Fit:
    """Which hard requirements (h of them) each plot (n) meets."""

    table: PlotTable
    hard: tuple[Bound, ...]
    fits: NDArray[np.bool_]  # n: every requirement is known to be met
    possible: NDArray[np.bool_]  # n: none is known to fail, at least one is not known
    known: NDArray[np.bool_]  # n: of every requirement it is known whether it is met
    failed: NDArray[np.int8]  # n: how many fail
    only: NDArray[np.int8]  # n: the requirement that alone fails; -1 where none or several do
    fails: tuple[int, ...]  # h: plots that fail each
    unknown: tuple[int, ...]  # h: plots of which it is not known

    @cached_property
    def changeable(self) -> tuple[Ints, Floats]:
        """Rows that fail something, but nothing firm, and by how much in all: the changes in their own measures.

        With such a change a row fits if all that is required of it is `known`, else it may fit.
        """
        open_ = self.failed > 0
        for bound in self.hard:
            if bound.firm:
                open_ &= shortfall(bound, self.table.column(bound.column).values) == 0.0
        rows = np.flatnonzero(open_)
        cost = np.zeros(len(rows))
        for bound in self.hard:
            if not bound.firm:
                cost += shortfall(bound, self.table.column(bound.column).values[rows]) / bound.measure
        return rows, cost


def check(table: PlotTable, hard: tuple[Bound, ...]) -> Fit:
    """Hold every plot against every hard requirement. A value that is not known neither meets nor fails it."""
    if len(hard) > 100:
        raise ValueError("more than a hundred requirements")
    n = len(table)
    failed, only, known = np.zeros(n, dtype=np.int8), np.full(n, -1, dtype=np.int8), np.ones(n, dtype=bool)
    fails = []
    for k, bound in enumerate(hard):
        column = table.column(bound.column)
        known[column.missing] = False
        # A comparison with what is not known (NaN) is false: it fails nothing.
        miss = np.zeros(n, dtype=bool) if bound.at_least is None else column.values < bound.at_least
        if bound.at_most is not None:
            miss |= column.values > bound.at_most
        fails.append(int(np.count_nonzero(miss)))
        failed += miss
        only += miss.view(np.int8) * np.int8(k + 1)
    none = failed == 0
    only[failed != 1] = -1
    unknown = tuple(len(table.column(b.column).missing) for b in hard)
    return Fit(table, hard, none & known, none & ~known, known, failed, only, tuple(fails), unknown)


def shortfall(bound: Bound, values: Floats) -> Floats:
    """By how much values miss a bound; 0 where they meet it or are not known."""
    missed = np.zeros(len(values))
    # fmax takes the number where the other is not one.
    if bound.at_least is not None:
        missed = np.fmax(bound.at_least - values, 0.0)
    if bound.at_most is not None:
        missed = np.fmax(values - bound.at_most, missed)
    return missed
