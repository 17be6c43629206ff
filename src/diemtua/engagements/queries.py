"""Reads of engagements."""

from __future__ import annotations

import datetime

from diemtua.register.queries import RecordedQuerySet


class EngagementQuerySet(RecordedQuerySet):
    def for_list(self) -> EngagementQuerySet:
        return (  # type: ignore[return-value]
            super().for_list().select_related("country").prefetch_related("participants__party__record")
        )

    def planned(self, first: datetime.date, last: datetime.date) -> EngagementQuerySet:
        """Planned engagements that begin between the two days."""
        return self.live().filter(  # type: ignore[return-value]
            status="planned", held__gte=first, held__lte=f"{last.isoformat()}~"
        ).order_by("held", "pk")
