"""Reads of instruments and commitments."""

from __future__ import annotations

import datetime

from diemtua.register.queries import RecordedQuerySet

from .rules import OPEN
from .rules import STANDING as LIVE


class InstrumentQuerySet(RecordedQuerySet):
    def for_list(self) -> InstrumentQuerySet:
        return super().for_list().defer("summary")  # type: ignore[return-value]

    def expiring(self, first: datetime.date, last: datetime.date) -> InstrumentQuerySet:
        """Instruments still standing whose last day lies between the two days."""
        return (
            self.live()
            .filter(  # type: ignore[return-value]
                expiry_by__gte=first.isoformat(), expiry_by__lte=last.isoformat(), status__in=LIVE
            )
            .order_by("expiry_by", "pk")
        )

    def awaiting_opinions(self) -> InstrumentQuerySet:
        """Instruments on which an agency asked has not answered yet."""
        from .models import Opinion

        return self.live().filter(  # type: ignore[return-value]
            pk__in=Opinion.objects.filter(answered_on=None).values("instrument_id")
        )


class CommitmentQuerySet(RecordedQuerySet):
    def for_list(self) -> CommitmentQuerySet:
        return super().for_list().defer("note")  # type: ignore[return-value]

    def due_between(self, first: datetime.date | None, last: datetime.date) -> CommitmentQuerySet:
        """Open commitments whose last day lies in the span; without `first`, all up to `last`."""
        found = self.live().filter(state__in=OPEN, due_by__lte=last.isoformat())
        if first is not None:
            found = found.filter(due_by__gte=first.isoformat())
        return found.order_by("due_by", "pk")  # type: ignore[return-value]

    def overdue(self, on: datetime.date) -> CommitmentQuerySet:
        return self.due_between(None, on - datetime.timedelta(days=1))
