"""Plots as columns of numbers: what is known of each, and between what limits the rest may lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# How the value of several plots taken together follows from theirs: hectares add up, the shortest tenure and
# the least power hold for all, the last to be ready decides, a price is averaged by area.
Merge = Literal["sum", "min", "max", "mean"]


@dataclass(frozen=True, eq=False)
class Column:
    """One value a plot. NaN: not known. `low` and `high`: between what a value may lie today, where it is not sure.

    Without limits a known value is sure, and an unknown one may be anything.
    """

    values: Floats
    low: Floats | None = None
    high: Floats | None = None
    merge: Merge = "min"

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", np.ascontiguousarray(self.values, dtype=np.float64))
        for name in ("low", "high"):
            limit = getattr(self, name)
            if limit is not None:
                if len(limit) != len(self.values):
                    raise ValueError(f"{name} has {len(limit)} rows and not {len(self.values)}")
                object.__setattr__(self, name, np.ascontiguousarray(limit, dtype=np.float64))

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def missing(self) -> Ints:
        """Rows whose value is not known, ascending."""
        return np.flatnonzero(np.isnan(self.values))

    @cached_property
    def limits(self) -> tuple[Floats, Floats] | None:
        """The least and the most each value may be today; None where all that is known is sure.

        What is not known lies between its given limits, or anywhere (infinite). A limit never excludes the value
        that was recorded.
        """
        if self.low is None and self.high is None:
            return None
        return self._limit(self.low, -np.inf, np.fmin), self._limit(self.high, np.inf, np.fmax)

    def _limit(self, limit: Floats | None, none: float, outer: np.ufunc) -> Floats:
        given = np.full(len(self.values), np.nan) if limit is None else limit
        unknown = np.isnan(self.values)
        return np.where(unknown, np.where(np.isnan(given), none, given), outer(given, self.values))

    def limits_at(self, rows: Ints) -> tuple[Floats, Floats]:
        """The least and the most of some rows; both the value itself where it is sure."""
        if self.limits is not None:
            return self.limits[0][rows], self.limits[1][rows]
        values = self.values[rows]
        unknown = np.isnan(values)
        return np.where(unknown, -np.inf, values), np.where(unknown, np.inf, values)

    def take(self, rows: Any) -> Column:
        return Column(
            self.values[rows],
            None if self.low is None else self.low[rows],
            None if self.high is None else self.high[rows],
            self.merge,
        )


def widened(
    values: Floats, ages: Floats, *, fresh_days: float, per_year: float, relative: bool = True
) -> tuple[Floats, Floats]:
    """Between what limits values recorded `ages` days ago may lie today.

    Up to `fresh_days` a value is taken as it was recorded. From then on it may have moved by `per_year` a year,
    up or down: a share of itself, or (not `relative`) an amount in its own unit. An unknown age counts as one
    year over. Limits of values that cannot be negative stop at zero.
    """
    over = np.maximum(np.where(np.isnan(ages), fresh_days + 365.0, ages) - fresh_days, 0.0) / 365.0
    reach = over * per_year * (np.abs(values) if relative else 1.0)
    low = values - reach
    return np.where(values >= 0, np.maximum(low, 0.0), low), values + reach


@dataclass(frozen=True, eq=False)
class PlotTable:
    """Plots in rows (`ids`, each once), what is known of them in named columns."""

    ids: Ints
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", np.asarray(self.ids, dtype=np.int64))
        if len(np.unique(self.ids)) != len(self.ids):
            raise ValueError("a plot stands twice in the table")
        for name, column in self.columns.items():
            if len(column) != len(self.ids):
                raise ValueError(f"{name} has {len(column)} rows and not {len(self.ids)}")

    def __len__(self) -> int:
        return len(self.ids)

    def column(self, name: str) -> Column:
        """The column of this name; one in which nothing is known where the table has none."""
        if found := self.columns.get(name):
            return found
        return Column(np.full(len(self), np.nan))

    def take(self, rows: Any) -> PlotTable:
        return PlotTable(self.ids[rows], {name: column.take(rows) for name, column in self.columns.items()})


def table_of(ids: Sequence[int], **columns: Sequence[float | None] | Column) -> PlotTable:
    """A table from plain lists; None is not known."""
    made = {
        name: c if isinstance(c, Column) else Column(np.array([np.nan if v is None else v for v in c], dtype=float))
        for name, c in columns.items()
    }
    return PlotTable(np.array(ids, dtype=np.int64), made)
