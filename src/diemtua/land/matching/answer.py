"""The answer to a question: which plots fit, in what order, why not the others, and how sure all that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .certainty import Certainty, certainty
from .changes import Change, smallest_changes
from .requirements import Bound, Requirements
from .scoring import Fit, Scores, check, score
from .table import Floats, Ints, PlotTable

LEADING = 1000


@dataclass(frozen=True)
class Failure:
    """A requirement that a plot does not meet, and by how much; `value` and `amount` None where it is not known."""

    bound: Bound
    value: float | None
    amount: float | None


@dataclass(frozen=True, eq=False)
class Answer:
    """What `match` found. Rows are those of `table`."""

    table: PlotTable
    requirements: Requirements
    fit: Fit
    scores: Scores

    @cached_property
    def fitting(self) -> Ints:
        """Rows that meet every requirement, ascending."""
        return np.flatnonzero(self.fit.fits)

    @cached_property
    def order(self) -> Ints:
        """Rows that fit, best first; of plots with the same score the lower id."""
        return self._best(self.fitting)

    @cached_property
    def possible(self) -> Ints:
        """Rows that fail nothing but of which something required is not known, best first."""
        return self._best(np.flatnonzero(self.fit.possible))

    def leading(self, count: int = LEADING) -> Ints:
        """The first of `order` without sorting all of it."""
        rows = self.fitting
        if len(rows) <= 2 * count:
            return self.order[:count]
        total = self.scores.total[rows]
        limit = np.partition(total, count - 1)[count - 1]
        return self._best(rows[total <= limit])[:count]

    def nearest(self, count: int) -> Ints:
        """Rows that do not fit, those first whose requirements would have to change least; not for firm ones."""
        rows, cost = self.fit.changeable
        if len(rows) > count:
            near = cost <= np.partition(cost, count - 1)[count - 1]
            rows, cost = rows[near], cost[near]
        return rows[np.lexsort((self.table.ids[rows], self.scores.total[rows], cost))][:count]

    @cached_property
    def certainty(self) -> Certainty:
        return certainty(self.table, self.requirements, self.scores, self.fitting, self.leading())

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        return smallest_changes(self.fit)

    def parts(self, row: int) -> Floats:
        """The part of each wish in the distance of one plot from the ideal; they add up to its score."""
        rows = np.array([row])
        return np.array([self.scores.part(j, rows)[0] for j in range(len(self.requirements.wishes))])

    def failures(self, row: int) -> tuple[Failure, ...]:
        """Every requirement that one plot does not meet, or of which it is not known whether it does."""
        found = []
        for bound in self.requirements.hard:
            value = float(self.table.column(bound.column).values[row])
            if np.isnan(value):
                found.append(Failure(bound, None, None))
            elif bound.at_least is not None and value < bound.at_least:
                found.append(Failure(bound, value, bound.at_least - value))
            elif bound.at_most is not None and value > bound.at_most:
                found.append(Failure(bound, value, value - bound.at_most))
        return tuple(found)

    @cached_property
    def only(self) -> tuple[int, ...]:
        """For each requirement, the plots that nothing but it rules out."""
        alone = self.fit.only[self.fit.known]
        return tuple(np.bincount(alone[alone >= 0], minlength=len(self.requirements.hard)).tolist())

    def _best(self, rows: Ints) -> Ints:
        return rows[np.lexsort((self.table.ids[rows], self.scores.total[rows]))]


def match(table: PlotTable, requirements: Requirements) -> Answer:
    """Hold every plot against what is asked, and score it. Pure; the same question has the same answer.

    What costs more and is not always wanted (order, certainty, changes) is worked out when it is read.
    """
    return Answer(table, requirements, check(table, requirements.hard), score(table, requirements))
