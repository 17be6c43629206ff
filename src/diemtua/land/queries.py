"""Reads of land."""

from __future__ import annotations

from typing import Any

from diemtua.register.queries import RecordedQuerySet


class ZoneQuerySet(RecordedQuerySet):
    def for_list(self) -> ZoneQuerySet:
        found: Any = super().for_list()
        return found.select_related("parent__record", "developer__record").defer("description")

    def real(self) -> ZoneQuerySet:
        """Without what was only drawn to show how the software works."""
        return self.filter(illustrative=False)  # type: ignore[return-value]


class PlotQuerySet(RecordedQuerySet):
    def for_list(self) -> PlotQuerySet:
        found: Any = super().for_list()
        return found.select_related("zone__record").defer("note")

    def real(self) -> PlotQuerySet:
        """Without what was only drawn to show how the software works."""
        return self.filter(illustrative=False)  # type: ignore[return-value]


class LeaseQuerySet(RecordedQuerySet):
    def for_list(self) -> LeaseQuerySet:
        found: Any = super().for_list()
        return found.select_related("zone__record", "plot__record", "tenant__record").defer("note")
