"""Reads of leads."""

from __future__ import annotations

from diemtua.register.queries import RecordedQuerySet


class LeadQuerySet(RecordedQuerySet):
    def for_list(self) -> LeadQuerySet:
        return super().for_list().select_related("investor__record", "country", "owner").defer("what", "lost_note")

    def alive(self) -> LeadQuerySet:
        """Leads that can still become a project."""
        return self.live().exclude(state__in=("won", "lost"))
