"""Where nothing fits: the smallest change of what is asked that would make some plot fit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .requirements import Bound
from .scoring import Fit, shortfall
from .table import Ints


@dataclass(frozen=True)
class Change:
    """Requirements as they would have to be: `bounds` holds (asked, enough) for each that changes.

    `cost` adds up the changes, each divided by its bound's measure; `row` is a plot that then fits, `plots` how
    many do that do not fit now. Not `certain`: they may fit, for something else that is required of them is not known.
    """

    bounds: tuple[tuple[Bound, Bound], ...]
    cost: float
    row: int
    plots: int
    certain: bool = True


def smallest_changes(fit: Fit) -> tuple[Change, ...]:
    """For each requirement the smallest change of it alone after which one more plot fits, and the smallest of all.

    The cheapest first. Only where no change makes a plot fit for certain, those are told after which one may.
    A plot that fails a firm requirement fits after no change.
    """
    rows, cost = fit.changeable
    if not len(rows):
        return ()
    sure = fit.known[rows]
    certain = bool(sure.any())
    if certain:
        rows, cost = rows[sure], cost[sure]
    ids, found = fit.table.ids, []
    alone = fit.only[rows]
    for k in np.flatnonzero(np.bincount(alone[alone >= 0], minlength=0)):
        here = np.flatnonzero(alone == k)
        least = cost[here].min()
        level = rows[here[cost[here] == least]]
        row = int(level[np.argmin(ids[level])])
        found.append(Change(_bounds(fit, row), float(least), row, len(level), certain))
    level = rows[cost == cost.min()]
    row = int(level[np.argmin(ids[level])])
    if fit.only[row] < 0:
        bounds = _bounds(fit, row)
        found.append(Change(bounds, float(cost.min()), row, _more(fit, bounds, rows), certain))
    return tuple(sorted(found, key=lambda c: (c.cost, len(c.bounds), ids[c.row])))


def _bounds(fit: Fit, row: int) -> tuple[tuple[Bound, Bound], ...]:
    """What one plot fails, and what it would meet."""
    changed = []
    for bound in fit.hard:
        value = float(fit.table.column(bound.column).values[row])
        if bound.at_least is not None and value < bound.at_least:
            changed.append((bound, replace(bound, at_least=value, scale=bound.measure)))
        elif bound.at_most is not None and value > bound.at_most:
            changed.append((bound, replace(bound, at_most=value, scale=bound.measure)))
    return tuple(changed)


def _more(fit: Fit, changed: tuple[tuple[Bound, Bound], ...], rows: Ints) -> int:
    """How many of the plots that do not fit now would, were the bounds changed."""
    enough = {b.column: b for _, b in changed}
    rows = rows[fit.failed[rows] <= len(changed)]
    for bound in fit.hard:
        held = enough.get(bound.column, bound)
        rows = rows[shortfall(held, fit.table.column(bound.column).values[rows]) == 0.0]
    return len(rows)
