"""Pure: the days promised and the days that came, as places on a line of years (percent of its width)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .promises import Milestone

MOST_YEARS = 7  # years named under the line; of a longer one every second, fifth or tenth is named


@dataclass(frozen=True)
class Track:
    """A promise on the line: where it was due, where it came (or stands today), and the stretch between."""

    milestone: Milestone
    promised: str
    reached: str
    start: str
    width: str


@dataclass(frozen=True)
class Timeline:
    """Years with their places, today, and the tracks. Places are CSS numbers, “12.5”; "" where there is none."""

    years: list[tuple[int, str]]
    today: str
    tracks: list[Track]


def draw(milestones: Sequence[Milestone], since: datetime.date | None, today: datetime.date) -> Timeline | None:
    """The line from the certificate (`since`) or the first day to the last of the days; None without any day."""
    days = [d.first for m in milestones for d in (m.promised, m.reached) if d is not None]
    days += [d.last for m in milestones for d in (m.promised, m.reached) if d is not None]
    if not days:
        return None
    days += [today] if since is None else [today, since]
    first, last = min(days).year, max(days).year + 1
    begin, end = datetime.date(first, 1, 1), datetime.date(last, 1, 1)
    whole = (end - begin).days

    def place(day: Any) -> str:
        return "" if day is None else f"{(day - begin).days * 100 / whole:.1f}"

    tracks = []
    for m in milestones:
        due = m.promised.last if m.promised else None
        came = m.reached.first if m.reached else None
        until = came or (today if m.standing == "late" else None)
        start, width = "", ""
        if due is not None and until is not None:
            start = place(min(due, until))
            width = f"{abs((until - due).days) * 100 / whole:.1f}"
        tracks.append(Track(m, place(due), place(came), start, width))
    step = next(s for s in (1, 2, 5, 10, 100) if (last - first) <= MOST_YEARS * s or s == 100)
    years = [(y, place(datetime.date(y, 1, 1))) for y in range(first, last, step)]
    return Timeline(years, place(today), tracks)
