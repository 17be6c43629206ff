"""Reads of investment projects."""

from __future__ import annotations

from typing import Any

from diemtua.register.queries import RecordedQuerySet


class ProjectQuerySet(RecordedQuerySet):
    def for_list(self) -> ProjectQuerySet:
        found: Any = super().for_list().select_related("investor__record", "zone__record", "country", "owner")
        return found.defer("objectives", "note", "investor__record__search_text", "zone__record__search_text")
