"""Adjacent plots taken together, where one alone is not enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .answer import Answer, match
from .requirements import Bound, Requirements
from .table import Column, Floats, PlotTable

# How many sets of plots are looked at before it is said that not all were.
BUDGET = 20_000


@dataclass(frozen=True, eq=False)
class Combinations:
    """`members[i]` are the rows of the plots that row i of the answer's table joins."""

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
    """The sensible combinations of adjacent plots (`pairs` of ids) that fit.

    Sensible: connected, of at most `largest` plots, and none of them could be left out: no plot of it, and no
    smaller connected part of it, fits. The values of a combination follow from its plots' by each column's `merge`.
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
    values = [c.values for c in columns]
    areas = table.column(area).values
    fits: dict[tuple[int, ...], bool] = {}
    for size in range(2, largest + 1):
        for members in _connected(neighbours, size):
            seen += 1
            if seen > budget:
                complete = False
                break
            if _part_fits(members, fits, hard, columns, values, areas):
                continue
            if _together_fit(members, hard, columns, values, areas):
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
    """Plots that no company can help: of a value that the worst decides, or a sum that only grows."""
    failing = np.isnan(column.values)
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


def _merged(values: Floats, merge: str, areas: Floats) -> float:
    if merge == "sum":
        return float(values.sum())
    if merge == "mean":
        return float(
            values.mean() if np.isnan(areas).any() or not areas.sum() else (values * areas).sum() / areas.sum()
        )
    # NaN stays NaN: what is not known of one plot is not known of them together.
    return float(values.max() if merge == "max" else values.min())


def _together_fit(
    members: tuple[int, ...], hard: tuple[Bound, ...], columns: list[Column], values: list[Floats], areas: Floats
) -> bool:
    rows = list(members)
    for bound, column, all_values in zip(hard, columns, values, strict=True):
        value = _merged(all_values[rows], column.merge, areas[rows])
        if not (bound.at_least is None or value >= bound.at_least) or not (
            bound.at_most is None or value <= bound.at_most
        ):
            return False
    return True


def _part_fits(
    members: tuple[int, ...],
    fits: dict[tuple[int, ...], bool],
    hard: tuple[Bound, ...],
    columns: list[Column],
    values: list[Floats],
    areas: Floats,
) -> bool:
    """Whether one plot of the set, or a smaller connected part of it, fits by itself."""
    for row in members:
        alone = (row,)
        if alone not in fits:
            fits[alone] = _together_fit(alone, hard, columns, values, areas)
        if fits[alone]:
            return True
    return any(fits.get(part, False) for size in range(2, len(members)) for part in combinations(members, size))


def _joined(table: PlotTable, kept: list[tuple[int, ...]], areas: Floats) -> PlotTable:
    """The combinations as a table of their own, numbered from 1 in the order they were found."""
    columns = {}
    for name, column in table.columns.items():
        sides: list[Floats | None] = [column.values, *(column.limits or (None, None))]
        with np.errstate(invalid="ignore"):
            values, low, high = (
                None if v is None else np.array([_merged(v[list(m)], column.merge, areas[list(m)]) for m in kept])
                for v in sides
            )
        assert values is not None
        columns[name] = Column(values, low, high, column.merge)
    return PlotTable(np.arange(1, len(kept) + 1), columns)
