"""What pages work out of the register, remembered as long as nothing was written there.

Every write of the register leaves a row of the audit; places and rules keep histories of their own. The newest numbers
of the three tell whether anything has changed since, in whichever process. A page is never older than the register,
and asks one question instead of twenty. The day is part of it: what holds today is worked out anew at midnight here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from diemtua.places.models import PlaceChange
from diemtua.register.models import Change
from diemtua.rulebook.models import RuleOverride

from .languages import current

T = TypeVar("T")
SECONDS = 3600
# A number may be given before another and be seen after it, when its transaction takes longer (PostgreSQL). So many of
# the newest rows are counted, too: then it is noticed.
LATECOMERS = 1000
_NONE = object()


def stamp() -> str:
    """Changes with every write to the register, the places and the rulebook. One query."""
    quote = connection.ops.quote_name
    change, place, rule = (quote(model._meta.db_table) for model in (Change, PlaceChange, RuleOverride))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT newest.id, (SELECT count(*) FROM {change} WHERE id > newest.id - {LATECOMERS}), "
            f"(SELECT max(id) FROM {place}), (SELECT max(id) FROM {rule}), "
            # An override is withdrawn once and never comes back: the count of those withdrawn only grows.
            f"(SELECT count(withdrawn_at) FROM {rule}) FROM (SELECT max(id) AS id FROM {change}) newest"
        )
        return ".".join(map(str, cursor.fetchone()))


def remembered(name: str, *parts: Any, make: Callable[[], T]) -> T:
    """`make()`, or what it gave in this language on this day since the last write. One query."""
    key = "-".join(map(str, ("portal", name, *parts, current().code, stamp(), timezone.localdate())))
    if (found := cache.get(key, _NONE)) is _NONE:
        found = make()
        cache.set(key, found, SECONDS)
    return found  # type: ignore[no-any-return]
