"""Reads of investment projects."""

from __future__ import annotations

import datetime
from typing import Any

from diemtua.register.queries import RecordedQuerySet

from ..rules import stages


class ProjectQuerySet(RecordedQuerySet):
    def for_list(self) -> ProjectQuerySet:
        found: Any = super().for_list().select_related("investor__record", "zone__record", "country", "owner")
        return found.defer("objectives", "note", "investor__record__search_text", "zone__record__search_text")

    def late(self, on: datetime.date) -> ProjectQuerySet:
        """Projects with a certificate whose promised day of operation is over on the day and that do not operate."""
        return self.filter(  # type: ignore[return-value]
            stage__in=(stages.CERTIFICATE, stages.LAND), operation_due__lt=on.isoformat()
        )
