"""Reads that every kind shares: who may see what, and what lists show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from .models import User


def visible(user: User | Any, prefix: str = "") -> Q:
    """The condition under which `user` may see a record; `prefix` leads to the Record (`record__`).

    Nobody: public records. Anyone signed in: also internal ones, and those restricted to the own
    unit. Administrators see all, for somebody must be able to mend what a unit has left behind.
    """
    if user is None or not getattr(user, "is_authenticated", False):
        return Q(**{f"{prefix}access": "public"})
    if user.role == "administrator":
        return Q(pk__isnull=False)  # always true; an empty Q would vanish beside an OR and fail in a When
    seen = Q(**{f"{prefix}access__in": ["public", "internal"]})
    if user.unit_id:
        seen |= Q(**{f"{prefix}access": "unit", f"{prefix}unit_id": user.unit_id})
    return seen


def sight(user: User | Any) -> tuple[Any, ...]:
    """All that `visible` depends on: two people with the same sight see the same."""
    if user is None or not getattr(user, "is_authenticated", False):
        return ()
    return (user.role == "administrator", user.unit_id)


class RecordQuerySet(QuerySet):
    """Records themselves."""

    def visible_to(self, user: User | Any) -> RecordQuerySet:
        return self.filter(visible(user))

    def public(self) -> RecordQuerySet:
        return self.filter(access="public", archived_at=None)

    def live(self) -> RecordQuerySet:
        return self.filter(archived_at=None)


class VisibleRecordQuerySet(QuerySet):
    """Rows that hang on a record through a field `record`."""

    def visible_to(self, user: User | Any) -> VisibleRecordQuerySet:
        return self.filter(visible(user, "record__"))


class RecordedQuerySet(QuerySet):
    """Domain models: their primary key is their Record."""

    def visible_to(self, user: User | Any) -> RecordedQuerySet:
        return self.filter(visible(user, "record__"))

    def public(self) -> RecordedQuerySet:
        return self.filter(record__access="public", record__archived_at=None)

    def live(self) -> RecordedQuerySet:
        return self.filter(record__archived_at=None)

    def for_list(self) -> RecordedQuerySet:
        """With what a list row shows, in a fixed number of queries. Domain apps widen it."""
        return self.select_related("record", "record__unit").defer("record__search_text")
