"""Adjacent plots taken together, where one alone is not enough."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .answer import Answer, match
from .requirements import Bound, Requirements
from .table import Column, Floats, Merge, PlotTable

# How many sets of plots are looked at before it is said that not all were.
BUDGET = 20_000


@dataclass(frozen=True, eq=False)
class Combinations:
    """`members[i]` are the rows of the plots that row i of the answer's table joins.

    Those in which something required is not known are among the answer's `possible`, not its `fitting`.
    """

    members: tuple[tuple[int, ...], ...]
    answer: Answer
    complete: bool


def combine(
    table: PlotTable,
    requirements: Requirements,
    pairs: Iterable[tuple[int, int]],
    *,
    area: str = "area",
    largest: int = 4,
    budget: int = BUDGET,
) -> Combinations:
    """The sensible combinations of adjacent plots (`pairs` of ids) that fit, or may.

    Sensible: connected, of at most `largest` plots, and none of them could be left out: no plot of it, and no
    smaller connected part of it, fits or may fit. What adds up must be known of all of them. The values of a
    combination follow from its plots' by each column's `merge`.
    """
    hard = requirements.hard
    columns = [table.column(b.column) for b in hard]
    # One plot that fails these is a reason against every combination it is in.
    hopeless = np.zeros(len(table), dtype=bool)
    for bound, column in zip(hard, columns, strict=True):
        hopeless |= _rules_out(bound, column)
    neighbours = _neighbours(table, pairs, ~hopeless)
    kept: list[tuple[int, ...]] = []
    seen, complete = 0, True
    areas = table.column(area).values
    rules = [_Rule(b.at_least, b.at_most, c.merge, c.values.tolist()) for b, c in zip(hard, columns, strict=True)]
    area_list = areas.tolist()
    fits: dict[tuple[int, ...], bool] = {}
    for size in range(2, largest + 1):
        for members in _connected(neighbours, size):
            seen += 1
            if seen > budget:
                complete = False
                break
            if _part_may_fit(members, fits, rules, area_list):
                continue
            if _together_may_fit(members, rules, area_list):
                fits[members] = True
                kept.append(members)
        if not complete:
            break
    joined = _joined(table, kept, areas)
    return Combinations(tuple(kept), match(joined, requirements), complete)


def _neighbours(table: PlotTable, pairs: Iterable[tuple[int, int]], usable: NDArray[np.bool_]) -> dict[int, list[int]]:
    """Usable rows next to each usable row, by id; pairs with a plot that is not in the table are left out."""
    given = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    by_id = np.argsort(table.ids)
    sorted_ids = table.ids[by_id]
    places = np.minimum(np.searchsorted(sorted_ids, given), max(len(table) - 1, 0))
    there = (sorted_ids[places] == given).all(axis=1) if len(table) else np.zeros(len(given), dtype=bool)
    rows = by_id[places[there]]
    rows = rows[usable[rows].all(axis=1) & (rows[:, 0] != rows[:, 1])]
    found: dict[int, set[int]] = {}
    for a, b in rows.tolist():
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return {r: sorted(found[r], key=lambda x: table.ids[x]) for r in sorted(found, key=lambda x: table.ids[x])}


def _rules_out(bound: Bound, column: Column) -> np.ndarray:
    """Plots that no company can help: of a value that the worst decides, or a sum that only grows or is not known."""
    failing = np.isnan(column.values) if column.merge == "sum" else np.zeros(len(column), dtype=bool)
    with np.errstate(invalid="ignore"):
        if bound.at_least is not None and column.merge == "min":
            failing |= column.values < bound.at_least
        if bound.at_most is not None and (column.merge == "max" or column.merge == "sum"):
            failing |= column.values > bound.at_most
    return failing


def _connected(neighbours: dict[int, list[int]], size: int) -> Iterator[tuple[int, ...]]:
    """Every connected set of `size` rows, each once.

    After S. Wernicke, "Efficient detection of network motifs", IEEE/ACM TCBB 3(4), 2006: a set grows from its first
    row, by rows that come later and are next to it for the first time.
    """
    rank = {r: i for i, r in enumerate(neighbours)}

    def grow(members: tuple[int, ...], extension: list[int], near: set[int], first: int) -> Iterator[tuple[int, ...]]:
        if len(members) == size:
            yield tuple(sorted(members, key=rank.__getitem__))
            return
        rest = list(extension)
        while rest:
            row = rest.pop(0)
            new = [r for r in neighbours[row] if rank[r] > first and r not in near]
            yield from grow((*members, row), rest + new, near | set(new), first)

    for start in neighbours:
        first = rank[start]
        beside = [r for r in neighbours[start] if rank[r] > first]
        yield from grow((start,), beside, {start, *beside}, first)


@dataclass(frozen=True)
class _Rule:
    """A bound with the values it is held against: plain lists, which are quicker than arrays for a few rows."""

    at_least: float | None
    at_most: float | None
    merge: Merge
    values: list[float]

    def together(self, members: tuple[int, ...], areas: list[float]) -> float:
        """The value of some rows together; NaN where it is not known of one of them."""
        values = [self.values[m] for m in members]
        if any(v != v for v in values):
            return math.nan
        if self.merge == "sum":
            return sum(values)
        if self.merge == "mean":
            shares = [areas[m] for m in members]
            whole = sum(shares)
            if not whole > 0:  # NaN too
                return sum(values) / len(values)
            return sum(v * a for v, a in zip(values, shares, strict=True)) / whole
        return max(values) if self.merge == "max" else min(values)


def _together_may_fit(members: tuple[int, ...], rules: list[_Rule], areas: list[float]) -> bool:
    for rule in rules:
        value = rule.together(members, areas)
        # What is not known fails nothing, but for what is added up.
        if value != value and rule.merge == "sum":
            return False
        if (rule.at_least is not None and value < rule.at_least) or (rule.at_most is not None and value > rule.at_most):
            return False
    return True


def _part_may_fit(
    members: tuple[int, ...], fits: dict[tuple[int, ...], bool], rules: list[_Rule], areas: list[float]
) -> bool:
    """Whether one plot of the set, or a smaller connected part of it, fits by itself."""
    for row in members:
        alone = (row,)
        if alone not in fits:
            fits[alone] = _together_may_fit(alone, rules, areas)
        if fits[alone]:
            return True
    return any(fits.get(part, False) for size in range(2, len(members)) for part in combinations(members, size))


def _joined(table: PlotTable, kept: list[tuple[int, ...]], areas: Floats) -> PlotTable:
    """The combinations as a table of their own, numbered from 1 in the order they were found."""
    widest = max(map(len, kept), default=1)
    # Short ones are filled up with their first plot, which `there` leaves out of sums.
    rows = np.array([m + (m[0],) * (widest - len(m)) for m in kept], dtype=np.int64).reshape(len(kept), widest)
    there = np.arange(widest) < np.array([len(m) for m in kept], dtype=np.int64)[:, None]
    columns = {}
    for name, column in table.columns.items():
        values, low, high = (
            None if v is None else _merged(v[rows], there, column.merge, areas[rows])
            for v in (column.values, *(column.limits or (None, None)))
        )
        assert values is not None
        columns[name] = Column(values, low, high, column.merge)
    return PlotTable(np.arange(1, len(kept) + 1), columns)


def _merged(values: Floats, there: NDArray[np.bool_], merge: Merge, areas: Floats) -> Floats:
    """As `_Rule.together`, of many combinations at once. Limits may be infinite; what comes of them may be no number."""
    if merge == "max":
        return values.max(axis=1)
    if merge == "min":
        return values.min(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        if merge == "sum":
            return np.where(there, values, 0.0).sum(axis=1)
        shares = np.where(there, areas, 0.0)
        whole = shares.sum(axis=1)
        plain = np.where(there, values, 0.0).sum(axis=1) / there.sum(axis=1)
        return np.where(whole > 0, np.where(there, values * shares, 0.0).sum(axis=1) / whole, plain)
