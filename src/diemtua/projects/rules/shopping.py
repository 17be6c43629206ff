"""Scoring the answer to a planted enquiry on five counts, each 0 to 100, all of one weight.

The counts are those by which the World Bank's mystery shoppers judged investment agencies (Global Investment Promotion
Benchmarking 2009): is somebody there, how quickly, to the point, whole, and do they come back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

COUNTS = ("availability", "speed", "relevance", "completeness", "follow_up")


@dataclass(frozen=True)
class Handling:
    """What the register itself knows of how an enquiry was handled. Minutes are working minutes, pauses left out."""

    has_owner: bool
    first_minutes: int | None
    first_limit: int
    answer_minutes: int | None
    answer_limit: int
    asked: Collection[str] = ()
    answered: Collection[str] = ()
    follow_up_days: int | None = None
    follow_up_limit: int = 10


def _speed(minutes: int | None, limit: int) -> float:
    """The whole within the limit, nothing at three times of it, evenly between."""
    if minutes is None:
        return 0.0
    return max(0.0, min(1.0, 1.5 - minutes / (2 * limit))) if limit else 0.0


def suggested(handling: Handling) -> dict[str, int | None]:
    """What can be counted of the five; None where a person must judge."""
    availability = 50 * handling.has_owner + 50 * (handling.first_minutes is not None)
    speed = 50 * _speed(handling.first_minutes, handling.first_limit)
    speed += 50 * _speed(handling.answer_minutes, handling.answer_limit)
    asked = set(handling.asked)
    complete = round(100 * len(asked & set(handling.answered)) / len(asked)) if asked else None
    follow_up = 0
    if handling.follow_up_days is not None:
        follow_up = 100 if handling.follow_up_days <= handling.follow_up_limit else 50
    return {
        "availability": availability,
        "speed": round(speed),
        "relevance": None if handling.answer_minutes is not None else 0,
        "completeness": complete if handling.answer_minutes is not None else 0,
        "follow_up": follow_up,
    }


def total(scores: dict[str, int]) -> int:
    """The mean of the five counts. Raises ValueError where one is missing or not from 0 to 100."""
    for count in COUNTS:
        if not 0 <= scores.get(count, -1) <= 100:
            raise ValueError(count)
    return round(sum(scores[count] for count in COUNTS) / len(COUNTS))
