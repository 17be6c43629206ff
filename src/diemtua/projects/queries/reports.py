"""Reads of enterprises' reports."""

from __future__ import annotations

from typing import Any

from diemtua.register.queries import RecordedQuerySet


class ReportQuerySet(RecordedQuerySet):
    def for_list(self) -> ReportQuerySet:
        found: Any = super().for_list().select_related("project__record")
        return found.defer("difficulties", "note", "project__record__search_text")
