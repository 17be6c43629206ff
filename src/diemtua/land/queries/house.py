"""The house rules of the room, as the rulebook holds them on a day: bounds, weights, and when a figure looks odd.

No text of law sets them; a province may set its own, from a day on.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from diemtua.rulebook.queries import rule

from ..rules.criteria import Bounds, Doubt


def figures(code: str, on: datetime.date | None = None) -> dict[str, tuple[float, ...]]:
    """The named numbers of a rule on a day (today); none where they are not known. Raises NoRule."""
    return {item.code: item.numbers for item in rule(code, on=on).items}


def wish_bounds(on: datetime.date | None = None) -> dict[str, Bounds]:
    """Criterion → the fixed bounds of its wish, and the change that is as hard as any other. Raises NoRule."""
    return {
        key: Bounds(numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else None)
        for key, numbers in figures("land.wish_bounds", on).items()
        if len(numbers) > 1 and numbers[0] < numbers[1] and 0 not in numbers[2:]
    }


def starting_weights(on: datetime.date | None = None) -> dict[str, int]:
    """Criterion → the weight, 0 to 3, that a new question starts with. Raises NoRule."""
    return {key: min(int(numbers[0]), 3) for key, numbers in figures("land.starting_weights", on).items()}


def doubt(on: datetime.date | None = None) -> Doubt:
    """How far what is not known well may lie from what is written. Raises NoRule."""
    found = {key: numbers[0] for key, numbers in figures("land.doubt", on).items()}
    return Doubt(
        drift={"utilities": found.get("utilities", 0.0), "prices": found.get("prices", 0.0)},
        detour=max(found.get("detour", 1.0), 1.0),
        weights=min(found.get("weights", 0.0), 0.99),
    )


def largest(what: str, on: datetime.date | None = None) -> Decimal | None:
    """Above what a figure is asked about: hectares of a `plot` or of a type of zone, or a utility in its unit.

    None where there is no such bound. Raises NoRule.
    """
    numbers = figures("land.ask_above", on).get(what)
    return Decimal(str(numbers[0])) if numbers else None
