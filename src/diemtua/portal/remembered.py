"""What pages work out of the register, remembered as long as the register's audit has no new row.

Every write of the register leaves a row of the audit, so its newest number tells whether anything has changed since,
in whichever process. A page is never older than the register, and asks one question instead of twenty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone

from diemtua.register.models import Change

from .languages import current

T = TypeVar("T")
SECONDS = 3600
_NONE = object()


def remembered(name: str, *parts: Any, make: Callable[[], T]) -> T:
    """`make()`, or what it gave in this language on this day since the last change of the register. One query."""
    newest = Change.objects.aggregate(last=Max("pk"))["last"]
    key = "-".join(map(str, ("portal", name, *parts, current().code, newest, timezone.localdate())))
    if (found := cache.get(key, _NONE)) is _NONE:
        found = make()
        cache.set(key, found, SECONDS)
    return found  # type: ignore[no-any-return]
