"""How sure a ranking is: in which share of what may be true each plot comes first.

Two things are not sure: how much the wishes weigh (each weight may move by a share of itself), and values that
are missing or old (anywhere between their limits). The share is counted over fixed points spread evenly through
that space, so the same question always has the same answer. Before that, every plot is put aside that another one
beats at every point; this is exact, and leaves few of many thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .requirements import Requirements
from .scoring import BLOCK, Scores
from .table import Floats, Ints, PlotTable

POINTS = 1024
# More plots than this are not compared point by point: those that may score best are.
MOST = 1000
# A wish's weight is followed up to this many times itself.
HEAVIEST = 5.0


@dataclass(frozen=True)
class Tipping:
    """A weight that, changed alone, puts another plot first: from `factor` times itself on (below 1: down to)."""

    wish: int
    factor: float
    row: int


@dataclass(frozen=True)
class Certainty:
    """`first`: rows of the table and the share of points in which each is first, the largest first."""

    first: tuple[tuple[int, float], ...]
    complete: bool  # False: more plots than MOST may come first, those least likely were left out
    contenders: int  # plots that no other beats everywhere
    tipping: tuple[Tipping, ...]  # the nearest change of each weight, alone, that changes the first plot

    def share(self, row: int) -> float:
        return dict(self.first).get(row, 0.0)


def certainty(table: PlotTable, requirements: Requirements, scores: Scores, fitting: Ints, leading: Ints) -> Certainty:
    """The certainty of a ranking of the `fitting` rows (ascending), of which `leading` are the first, best first."""
    if not len(fitting):
        return Certainty((), True, 0, ())
    rows = contenders(requirements, scores, fitting)
    count, complete = len(rows), len(rows) <= MOST
    if not complete:
        likely = np.lexsort((table.ids[rows], scores.low[rows]))[:MOST]
        rows = np.sort(rows[likely])
    share = shares(table, requirements, scores, rows)
    ranked = sorted(zip(rows.tolist(), share.tolist(), strict=True), key=lambda f: (-f[1], scores.total[f[0]], f[0]))
    return Certainty(
        tuple((row, part) for row, part in ranked if part > 0),
        complete,
        count,
        tuple(tipping_points(requirements, scores, leading, fitting)),
    )


def contenders(requirements: Requirements, scores: Scores, fitting: Ints) -> Ints:
    """The rows, ascending, that no single plot beats at every weight and every possible value.

    Each is held against the plot whose worst case is best. With weights between (1-r)w and (1+r)w, a plot is
    behind it everywhere when its least lead, the sum of all differences less r times their sizes, is above zero.
    """
    r = requirements.spread
    rival = fitting[np.argmin(scores.high[fitting])]
    # The same with all parts summed first: cheaper, and puts most aside.
    kept = fitting[(1 - r) * scores.low[fitting] <= (1 + r) * scores.high[rival] + 1e-12]
    _, worst = scores.limits_of(np.array([rival]))
    found = []
    for start in range(0, len(kept), BLOCK):
        rows = kept[start : start + BLOCK]
        least, _ = scores.limits_of(rows)
        least -= worst
        lead = least.sum(axis=0)
        np.abs(least, out=least)
        lead -= r * least.sum(axis=0)
        # Equal plots differ by rounding only: neither is put aside.
        found.append(rows[(lead <= 1e-12) | (rows == rival)])
    return np.concatenate(found)


def shares(table: PlotTable, requirements: Requirements, scores: Scores, rows: Ints) -> Floats:
    """The share of points in which each of `rows` is first; the lower id where two are level."""
    if len(rows) == 1:
        return np.ones(1)
    by_id = np.argsort(table.ids[rows], kind="stable")
    ordered = rows[by_id]
    m = len(requirements.wishes)
    points = spread_points(POINTS, m)
    factors = np.ascontiguousarray(1.0 + requirements.spread * (2.0 * points.T - 1.0))
    low, high = scores.limits_of(ordered)
    # A row a plot, so that each wish works on what lies side by side in memory.
    sums = low.T @ factors
    for j in range(m):
        here = np.flatnonzero(low[j] < high[j])
        if len(here):
            moved = _positions(table.ids[ordered[here]], j)
            moved *= (high[j] - low[j])[here, None]
            moved *= factors[j]
            sums[here] += moved
    # Sums that differ by rounding only are level.
    first = np.argmax(sums <= sums.min(axis=0) + 1e-12, axis=0)
    share = np.empty(len(rows))
    share[by_id] = np.bincount(first, minlength=len(rows)) / POINTS
    return share


@lru_cache(maxsize=32)
def spread_points(count: int, dimensions: int) -> Floats:
    """Points spread evenly through the unit cube, always the same: count x dimensions.

    Multiples of the square roots of the primes, less their whole part: R. D. Richtmyer, "The evaluation of definite
    integrals, and a quasi-Monte-Carlo method based on the properties of algebraic numbers", Los Alamos report
    LA-1342, 1951.
    """
    steps = np.sqrt(np.array(_primes(dimensions), dtype=float))
    points = (0.5 + np.outer(np.arange(1, count + 1), steps)) % 1.0
    points.flags.writeable = False
    return points


def _positions(ids: Ints, wish: int) -> Floats:
    """Where, between least and most, the unsure parts of plots lie at each point: len(ids) x POINTS, 0 to 1.

    The start follows from the plot's own number and the wish, so that it is the same whichever plots stand beside it.
    """
    mixed = (ids.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed = (mixed + np.uint64(wish + 1)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    start = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    step = 0.25 + start * 0.5  # its own pace too, or two plots would always move together
    turns = np.outer(np.sqrt(2.0 + step), np.arange(1, POINTS + 1)) + start[:, None]
    turns -= np.floor(turns)
    return turns


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % p for p in found):
            found.append(number)
        number += 1
    return found


def tipping_points(requirements: Requirements, scores: Scores, leading: Ints, fitting: Ints) -> list[Tipping]:
    """For each wish, the nearest change of its weight alone at which another plot is first; the nearest wish first.

    With weight x times its own, the lead of the first over another is lead + (x-1) * difference in that part: it is
    gone at x = 1 - lead / difference. Between 0 (the wish does not count) and HEAVIEST; nothing where no plot passes.
    `leading`: the first of the ranking, best first; the other `fitting` are looked at only where they could be nearer.
    """
    found: list[Tipping] = []
    if len(leading) < 2:
        return found
    least = float(scores.total[leading[0]])
    behind = scores.total[leading[-1]] - least if len(leading) < len(fitting) else np.inf
    for j, weight in enumerate(requirements.weights):
        parts = scores.part(j, leading)
        part = float(parts[0])
        # How near the change can be for a plot that is further behind than all the leading ones.
        limits = {
            1: 1.0 + behind / part if part else np.inf,
            -1: 1.0 - behind / (weight - part) if weight > part else -1.0,
        }
        for side, limit in limits.items():
            row, factor = _nearest(scores, parts, (part, least), leading, side)
            if side * factor > side * limit and 0.0 <= limit <= HEAVIEST:
                row, factor = _nearest(scores, scores.part(j, fitting), (part, least), fitting, side)
            if 0.0 <= factor <= HEAVIEST:
                found.append(Tipping(j, factor, row))
    return sorted(found, key=lambda t: (max(t.factor, 1 / t.factor) if t.factor else np.inf, t.wish))


def _nearest(scores: Scores, parts: Floats, best: tuple[float, float], rows: Ints, side: int) -> tuple[int, float]:
    """The row that passes the best first as a weight grows (side 1) or shrinks (-1), and at how many times itself.

    `parts`: of the wish in the scores of `rows`; `best`: its part in the score of the first plot, and that score.
    """
    part, least = best
    gain = parts - part
    helps = np.flatnonzero(gain < 0 if side > 0 else gain > 0)
    if not len(helps):
        return -1, np.inf * side
    rows = rows[helps]
    x = 1.0 - (scores.total[rows] - least) / gain[helps]
    at = int(np.argmin(side * x))
    return int(rows[at]), float(x[at])
