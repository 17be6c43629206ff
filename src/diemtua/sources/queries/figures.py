"""Figures of a record that do not agree, side by side with their sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from diemtua.kit.text import fold
from diemtua.register.desk.services import measure_label, shown_of
from diemtua.register.models import Evidence, Figure, Record, User


@dataclass(frozen=True)
class FigureConflict:
    """Figures of one measure, stage and unit that say different amounts; newest first, each with its passage
    (None where nothing proves it, or the reader may not see the source)."""

    measure: str
    label: Any
    stage: str
    unit: str
    rows: list[tuple[Figure, Evidence | None]]


def figure_conflicts(record: Record, user: User) -> list[FigureConflict]:
    """Where sources differ about an amount. No query on a page that has read them; else two, however many there are.

    An amount that changed with time is no contradiction: of two figures with different days both may be right,
    and they are shown only where their days overlap or one has none.
    """
    shown = shown_of(record, user)
    proofs = {p.pk: p for p in shown.proofs}
    groups: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in shown.figures:
        groups.setdefault((figure.measure, figure.stage, fold(figure.unit)), []).append(figure)
    found = []
    for (measure, stage, _unit), many in groups.items():
        rows = [f for f in many if any(_contradict(f, other) for other in many)]
        if rows:
            pairs = [(f, proofs.get(f.evidence_id or 0)) for f in rows]
            found.append(FigureConflict(measure, measure_label(measure), stage, rows[0].unit, pairs))
    return found


def _contradict(one: Figure, other: Figure) -> bool:
    if one.value == other.value and (one.value is not None or fold(one.wording) == fold(other.wording)):
        return False
    if one.as_of is None or other.as_of is None:
        return True
    return one.as_of.first <= other.as_of.last and other.as_of.first <= one.as_of.last
