"""How proposed facts stand to what the register holds: new, known already, or in conflict with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.db import models

from diemtua.kit.text import fold
from diemtua.register.models import Figure
from diemtua.register.screens import RECORD_FIELDS, Screen, screen_of
from diemtua.register.write import stored_child, stored_fields, to_stored

from .. import rules
from ..models import Proposal, Subject
from ..recognising import chunks

How = Literal["new", "known", "conflict"]


@dataclass
class Standing:
    """`held`: the stored value the register has; for figures the figures of the same measure."""

    how: How = "new"
    held: Any = None
    figures: list[Figure] = field(default_factory=list)


@dataclass
class InRegister:
    """What the register holds of some records, in stored form."""

    fields: dict[int, dict[str, Any]] = field(default_factory=dict)
    rows: dict[tuple[int, str], list[dict[str, Any]]] = field(default_factory=dict)
    figures: dict[int, list[Figure]] = field(default_factory=dict)


def standings(proposals: Sequence[Proposal], records: Mapping[str, int]) -> dict[int, Standing]:
    """{number of the proposal: how it stands}; `records` {key of a subject: its record} of the same document.

    Queries: one for the records of each kind, one for each of their sets of rows, one for figures.
    """
    at: dict[str, set[int]] = {}
    for p in proposals:
        if (pk := records.get(p.subject.key)) is not None:
            at.setdefault(p.subject.kind, set()).add(pk)
    named = {(p.subject.kind, p.field) for p in proposals}
    held = held_by(at, {(kind, name) for kind, name in named if name})
    found = {}
    for p in proposals:
        pk = records.get(p.subject.key)
        found[p.pk] = Standing() if pk is None else _stands(p, pk, held, records)
    return found


def held_by(records: Mapping[str, Iterable[int]], wanted: set[tuple[str, str]]) -> InRegister:
    """What the register holds of these records {kind: numbers}, of the rows and figures that are `wanted`."""
    held = InRegister()
    for kind, pks in records.items():
        screen = screen_of(kind)
        for part in chunks(sorted(pks)):
            for instance in screen.model._default_manager.filter(pk__in=part).select_related("record"):
                held.fields[instance.pk] = {
                    **stored_fields(instance.record, RECORD_FIELDS),
                    **stored_fields(instance, screen.own_fields),
                }
            for child in screen.all_children:
                if (kind, child.name) not in wanted:
                    continue
                parent: Any = child.model._meta.get_field(child.parent)
                for row in child.model._default_manager.filter(**{f"{child.parent}__in": part}).order_by("pk"):
                    held.rows.setdefault((getattr(row, parent.attname), child.name), []).append(
                        stored_child(child, row)
                    )
            if (kind, rules.FIGURES) in wanted:
                figures = Figure.objects.filter(record__in=part, withdrawn_at=None)
                for figure in figures.select_related("evidence__source"):
                    held.figures.setdefault(figure.record_id, []).append(figure)
    return held


def _stands(proposal: Proposal, pk: int, held: InRegister, records: Mapping[str, int]) -> Standing:
    name = proposal.field
    if name == "":
        return Standing("known")
    value = resolved(proposal.value, records)
    if name == rules.FIGURES:
        return _figure_stands(value, held.figures.get(pk, []))
    screen = screen_of(proposal.subject.kind)
    if any(c.name == name for c in screen.all_children):
        rows = held.rows.get((pk, name), [])
        return Standing("known" if has_row(rows, value) else "new")
    current = held.fields.get(pk, {}).get(name)
    if rules.plain_value(current) == rules.plain_value(value):
        return Standing("known", current)
    if is_unsaid(screen, name, current):
        return Standing("new")
    return Standing("conflict", current)


def resolved(value: Any, records: Mapping[str, int]) -> Any:
    """A stored value with the records of its subjects; a subject without one stays as it is."""
    if isinstance(value, dict):
        if set(value) == {"subject"}:
            return records.get(value["subject"], value)
        return {n: resolved(v, records) for n, v in value.items()}
    return value


def has_row(rows: Iterable[Mapping[str, Any]], wanted: Mapping[str, Any]) -> bool:
    """Whether one of the stored rows says all that is wanted."""
    said = {n: rules.plain_value(v) for n, v in wanted.items()}
    return any(all(rules.plain_value(row.get(n)) == v for n, v in said.items()) for row in rows)


def is_unsaid(screen: Screen, name: str, current: Any) -> bool:
    """Whether a field holds nothing yet: it is empty or as it is when nobody fills it in."""
    if current in (None, "", []):
        return True
    f = screen.own_fields.get(name)
    return f is not None and f.has_default() and to_stored(f.get_default()) == current


# --- figures ----------------------------------------------------------------------------------------


def _figure_stands(value: Mapping[str, Any], figures: Sequence[Figure]) -> Standing:
    same = [f for f in figures if f.measure == value.get("measure")]
    if find_figure(value, same) is not None:
        return Standing("known", figures=same)
    rivals = [
        f
        for f in same
        if rules.plain_value(f.unit) == rules.plain_value(value.get("unit", ""))
        and f.stage == value.get("stage", "announced")
    ]
    return Standing("conflict" if rivals else "new", figures=same)


def find_figure(value: Mapping[str, Any], figures: Iterable[Figure]) -> Figure | None:
    """The figure that says the same amount of the same measure."""
    amount = number(value.get("value"))
    for f in figures:
        if f.measure != value.get("measure") or rules.plain_value(f.unit) != rules.plain_value(value.get("unit", "")):
            continue
        if f.value == amount if amount is not None else fold(f.wording) == fold(value.get("wording", "")):
            return f
    return None


def number(value: Any) -> Decimal | None:
    """A stored number; None where there is none."""
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


def records_of(content_id: int, keys: Iterable[str] | None = None) -> dict[str, int]:
    """{key of a subject: its record} of a document, of all or of these keys; subjects without one left out."""
    rows: models.QuerySet[Any] = Subject.objects.filter(content_id=content_id, record__isnull=False)
    if keys is None:
        return dict(rows.values_list("key", "record_id"))
    found: dict[str, int] = {}
    for part in chunks(sorted(set(keys))):
        found.update(rows.filter(key__in=part).values_list("key", "record_id"))
    return found
