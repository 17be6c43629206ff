"""How sure a ranking is: in which share of what may be true each plot comes first.

Two things are not sure: how much the wishes weigh (each weight may move by a share of itself), and values that
are missing or old (anywhere between their limits). The share is counted over fixed points spread evenly through
that space, so the same question always has the same answer. Before that, every plot is put aside that another one
beats at every point; this is exact, and leaves few of many thousands.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def certainty(table: PlotTable, requirements: Requirements, scores: Scores, order: Ints) -> Certainty:
    """The certainty of a ranking (`order`: rows that fit, best first)."""
    if not len(order):
        return Certainty((), True, 0, ())
    rows = contenders(requirements, scores, order)
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
        tuple(tipping_points(requirements, scores, order)),
    )


def contenders(requirements: Requirements, scores: Scores, order: Ints) -> Ints:
    """The rows, ascending, that no single plot beats at every weight and every possible value.

    Each is held against the plot whose worst case is best. With weights between (1-r)w and (1+r)w, a plot is
    behind it everywhere when its least lead, the sum of all differences less r times their sizes, is above zero.
    """
    r = requirements.spread
    fitting = np.sort(order)
    rival = fitting[np.argmin(scores.high[fitting])]
    # The same with all parts summed first: cheaper, and puts most aside.
    kept = fitting[(1 - r) * scores.low[fitting] <= (1 + r) * scores.high[rival]]
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
    factors = 1.0 + requirements.spread * (2.0 * points - 1.0)
    sums = factors @ scores.parts[:, ordered]
    for j, (where, least, most) in enumerate(scores.unsure):
        at = np.searchsorted(where, ordered)
        at[at == len(where)] = 0
        here = np.flatnonzero(where[at] == ordered) if len(where) else np.empty(0, dtype=int)
        if not len(here):
            continue
        least, most = least[at[here]], most[at[here]]
        position = _positions(table.ids[ordered[here]], j)
        instead = least + position * (most - least)
        sums[:, here] += factors[:, j : j + 1] * (instead - scores.parts[j, ordered[here]])
    # Sums that differ by rounding only are level.
    first = np.argmin(np.round(sums, 12), axis=1)
    share = np.empty(len(rows))
    share[by_id] = np.bincount(first, minlength=len(rows)) / POINTS
    return share


def spread_points(count: int, dimensions: int, offset: float = 0.5) -> Floats:
    """Points spread evenly through the unit cube, always the same: count x dimensions.

    Multiples of the square roots of the primes, less their whole part: R. D. Richtmyer, "The evaluation of definite
    integrals, and a quasi-Monte-Carlo method based on the properties of algebraic numbers", Los Alamos report
    LA-1342, 1951.
    """
    steps = np.sqrt(np.array(_primes(dimensions), dtype=float))
    return (offset + np.outer(np.arange(1, count + 1), steps)) % 1.0


def _positions(ids: Ints, wish: int) -> Floats:
    """Where, between least and most, the unsure parts of plots lie at each point: POINTS x len(ids), 0 to 1.

    The start follows from the plot's own number and the wish, so that it is the same whichever plots stand beside it.
    """
    mixed = (ids.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed = (mixed + np.uint64(wish + 1)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    start = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    step = 0.25 + start * 0.5  # its own pace too, or two plots would always move together
    turns = np.arange(1, POINTS + 1)[:, None] * np.sqrt(2.0 + step) + start
    # A point that goes up evenly, whatever the start.
    return turns % 1.0


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % p for p in found):
            found.append(number)
        number += 1
    return found


def tipping_points(requirements: Requirements, scores: Scores, order: Ints) -> list[Tipping]:
    """For each wish, the nearest change of its weight alone at which another plot is first; the nearest wish first.

    With weight x times its own, the lead of the first over another is lead + (x-1) * difference in that part: it is
    gone at x = 1 - lead / difference. Between 0 (the wish does not count) and HEAVIEST; nothing where no plot passes.
    """
    found: list[Tipping] = []
    if len(order) < 2:
        return found
    best, others = order[0], order[1:]
    lead = scores.total[others] - scores.total[best]
    for j in range(len(requirements.wishes)):
        gain = scores.parts[j, others] - scores.parts[j, best]
        for heavier in (True, False):
            helps = np.flatnonzero(gain < 0 if heavier else gain > 0)
            if not len(helps):
                continue
            x = 1.0 - lead[helps] / gain[helps]
            nearest = int(np.argmin(x) if heavier else np.argmax(x))
            if 0.0 <= x[nearest] <= HEAVIEST and x[nearest] != 1.0:
                found.append(Tipping(j, float(x[nearest]), int(others[helps[nearest]])))
    return sorted(found, key=lambda t: (max(t.factor, 1 / t.factor) if t.factor else np.inf, t.wish))
