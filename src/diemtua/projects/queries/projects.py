"""Reads of investment projects."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value

from diemtua.register.queries import RecordedQuerySet
from diemtua.rulebook.queries import NoRule, rule

from ..rules import promises, stages

HELD = (stages.CERTIFICATE, stages.LAND)  # stages in which a promised day can run out


def land_months(on: datetime.date) -> int | None:
    """After how many months land that was handed over counts as unused, by the rule of the day."""
    try:
        months: int | None = rule(promises.LAND_UNUSED, on=on).value
    except NoRule:
        return None
    return months


class ProjectQuerySet(RecordedQuerySet):
    def for_list(self) -> ProjectQuerySet:
        found: Any = super().for_list().select_related("investor__record", "zone__record", "country", "owner")
        return found.defer("objectives", "note", "investor__record__search_text", "zone__record__search_text")

    def late(self, on: datetime.date) -> ProjectQuerySet:
        """Projects with a certificate whose promised day of operation is over on the day and that do not operate."""
        return self.filter(  # type: ignore[return-value]
            stage__in=HELD, operation_due__lt=on.isoformat()
        )

    def run_out(self, on: datetime.date) -> ProjectQuerySet:
        """Projects for which a promised day is over, or whose land lies unused; what `run_out_parts` lists."""
        return self.filter(Q(*_ran_out(on).values(), _connector=Q.OR), stage__in=HELD)  # type: ignore[return-value]

    def run_out_parts(self, on: datetime.date) -> dict[str, QuerySet]:
        """{what and stage: its projects, the longest over first, with `over` (the last day)}; no project stands twice.

        One part a stage and matter, because each then follows an index in the order of the day. The months of
        unused land are those of today; the project's own page asks the rule of the day on which they ended.
        """
        parts: dict[str, QuerySet] = {}
        told: list[Q] = []  # what earlier parts do not hold
        for what, wanted in _ran_out(on).items():
            for stage in HELD:
                found: QuerySet = self.filter(wanted, *told, stage=stage)
                found = found.annotate(over=F(DUE[what]), what=Value(what, output_field=CharField()))
                parts[f"{what} {stage}"] = found.order_by(DUE[what], "pk")
            told.append(_not_yet(what, wanted))
        return parts


# What runs out → its last day; the field of that day, and what makes it good.
OF = {
    "land_unused": ("land_handed_over", "construction_started"),
    "not_begun": ("construction_by", "construction_started"),
    "not_operating": ("operation_by", "operating_since"),
}
DUE = {"land_unused": "land_due", "not_begun": "construction_due", "not_operating": "operation_due"}


def _ran_out(on: datetime.date) -> dict[str, Q]:
    """{what has run out: which projects}, in the order in which it is told."""
    found = {}
    if months := land_months(on):
        last = promises.months_on(on, -months).isoformat()
        found["land_unused"] = Q(land_due__lt=last, construction_started__isnull=True)
    found["not_begun"] = Q(construction_due__lt=on.isoformat(), construction_started__isnull=True)
    found["not_operating"] = Q(operation_due__lt=on.isoformat(), operating_since__isnull=True)
    return found


def _not_yet(what: str, wanted: Q) -> Q:
    """That something has not run out. Said with the empty days, for the database calls NOT of nothing nothing."""
    named: list[Any] = list(wanted.children)
    last = dict(named)[f"{DUE[what]}__lt"]
    day, came = OF[what]
    return Q(**{f"{came}__isnull": False}) | Q(**{f"{day}__isnull": True}) | Q(**{f"{DUE[what]}__gte": last})
