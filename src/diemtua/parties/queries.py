"""Reads of parties."""

from __future__ import annotations

import datetime

from django.db.models import Q

from diemtua.register.queries import RecordedQuerySet


class PartyQuerySet(RecordedQuerySet):
    def for_list(self) -> PartyQuerySet:
        return super().for_list().select_related("country", "place")  # type: ignore[return-value]

    def silent_since(self, day: datetime.date) -> PartyQuerySet:
        """Partners with whom nothing has happened since `day`, longest silence first."""
        return self.live().filter(  # type: ignore[return-value]
            Q(last_contact__lt=day) | Q(last_contact=None), is_partner=True
        ).order_by("last_contact", "pk")
