"""What is asked of a plot: requirements that must hold, and wishes that are weighed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


class RequirementError(ValueError):
    """A requirement that asks for nothing or contradicts itself."""


@dataclass(frozen=True)
class Bound:
    """A hard requirement on one column: its value lies at or above `at_least` and at or below `at_most`.

    `scale` says what amount of change of the column weighs as much as a full change of any other, to compare
    changes in hectares with changes in megawatts; without it, the amount asked for. A `firm` bound is never
    offered for change (what an industry is does not bend).
    """

    column: str
    at_least: float | None = None
    at_most: float | None = None
    firm: bool = False
    scale: float | None = None

    def __post_init__(self) -> None:
        low, high = self.at_least, self.at_most
        if low is None and high is None:
            raise RequirementError(f"{self.column}: neither a least nor a most is asked")
        if any(v is not None and not math.isfinite(v) for v in (low, high)):
            raise RequirementError(f"{self.column}: what is asked is not a number")
        if low is not None and high is not None and low > high:
            raise RequirementError(f"{self.column}: the least, {low}, is more than the most, {high}")
        if self.scale is not None and not (math.isfinite(self.scale) and self.scale > 0):
            raise RequirementError(f"{self.column}: the scale must be above zero")

    @property
    def measure(self) -> float:
        """The amount by which a change of this bound is divided to be compared with others."""
        if self.scale is not None:
            return self.scale
        return max(abs(self.at_least or 0.0), abs(self.at_most or 0.0)) or 1.0


@dataclass(frozen=True)
class Wish:
    """A criterion that is weighed: the nearer the column's value is to `ideal`, the better.

    `low` and `high` are fixed bounds that do not depend on which plots there are; values beyond them count as
    lying on them.
    """

    column: str
    weight: float
    low: float
    high: float
    ideal: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) for v in (self.weight, self.low, self.high, self.ideal)):
            raise RequirementError(f"{self.column}: weight and bounds must be numbers")
        if self.weight < 0:
            raise RequirementError(f"{self.column}: the weight is below zero")
        if not self.low < self.high:
            raise RequirementError(f"{self.column}: the bounds hold no range")
        if not self.low <= self.ideal <= self.high:
            raise RequirementError(f"{self.column}: the ideal lies outside the bounds")


@dataclass(frozen=True)
class Requirements:
    """Everything that is asked. Weights are relative: only their proportions matter.

    `spread`: how far each weight may move, up and down, when the certainty of a ranking is told, as a share of itself.
    """

    hard: tuple[Bound, ...] = ()
    wishes: tuple[Wish, ...] = ()
    spread: float = 0.25

    def __post_init__(self) -> None:
        if not 0 <= self.spread < 1:
            raise RequirementError("the weights' range must be at least 0 and below 1")
        for kind, names in (("hard", [b.column for b in self.hard]), ("wish", [w.column for w in self.wishes])):
            if twice := {n for n in names if names.count(n) > 1}:
                raise RequirementError(f"{kind}: {', '.join(sorted(twice))} is asked twice")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that are read, each once."""
        return tuple(dict.fromkeys([*(b.column for b in self.hard), *(w.column for w in self.wishes)]))

    @property
    def weights(self) -> tuple[float, ...]:
        """The weights of the wishes, summing to 1; all 0 where every wish weighs nothing."""
        total = math.fsum(w.weight for w in self.wishes)
        return tuple(w.weight / total if total else 0.0 for w in self.wishes)

    def with_bounds(self, changed: Iterable[Bound]) -> Requirements:
        """The same requirements with some bounds replaced (by column)."""
        new = {b.column: b for b in changed}
        return Requirements(tuple(new.get(b.column, b) for b in self.hard), self.wishes, self.spread)
