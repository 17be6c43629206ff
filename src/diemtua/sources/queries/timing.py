"""How long reading a text will take, going by the last texts that were read."""

from __future__ import annotations

import math

from django.core.cache import cache

from ..models import Reading

SHORT = 20_000  # letters of a text that is read at once, on the slowest machine: of it nothing need be said
LAST = 20  # readings from which the speed is taken
# Letters a second until this machine has read something itself: the reader's own speed, measured on 6,000 letters
# in 50 ms, halved for what is proposed from them.
UNKNOWN = 60_000
KEPT_SECONDS = 600


def seconds_to_read(letters: int) -> int:
    """About how many seconds a text of so many letters will take; 0 for less than one. At most one query."""
    return 0 if letters < SHORT else math.floor(letters / letters_a_second())


def letters_a_second() -> float:
    """How fast the last texts were read, long ones counting more; remembered for some minutes."""
    known: float | None = cache.get("sources-letters-a-second")
    if known is None:
        rows = Reading.objects.filter(seconds__gt=0, letters__gt=0).order_by("-pk").values_list("letters", "seconds")
        last = list(rows[:LAST])
        letters = sum(n for n, _seconds in last)
        # A few short texts tell nothing: of them most of the time goes into beginning.
        known = letters / sum(taken or 0 for _n, taken in last) if letters >= SHORT else UNKNOWN
        cache.set("sources-letters-a-second", known, KEPT_SECONDS)
    return known
