"""Reads of leads."""

from __future__ import annotations

from typing import Any

from diemtua.register.queries import RecordedQuerySet


class LeadQuerySet(RecordedQuerySet):
    def for_list(self) -> Any:
        return super().for_list().select_related("investor__record", "country", "owner").defer("what", "lost_note")

    def counted(self) -> Any:
        """What figures count: no examples."""
        return self.filter(illustrative=False)

    def alive(self) -> Any:
        """Leads that can still become a project."""
        return self.live().exclude(state__in=("won", "lost"))
