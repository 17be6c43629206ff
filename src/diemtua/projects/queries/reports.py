"""Reads of enterprises' reports."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from diemtua.register.queries import RecordedQuerySet


class ReportQuerySet(RecordedQuerySet):
    def for_list(self) -> ReportQuerySet:
        found: Any = super().for_list().select_related("project__record")
        return found.defer("difficulties", "note", "project__record__search_text")

    def waiting(self) -> ReportQuerySet:
        """Reports that wait to be taken in, those sent first before the others."""
        return self.live().filter(state="waiting").order_by(F("sent_on").asc(nulls_last=True), "pk")  # type: ignore[return-value]
