"""How proposed facts stand to what the register holds: new, known already, or in conflict with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.db import models

from diemtua.kit.text import fold
from diemtua.register.bundle import Part, fetch
from diemtua.register.models import Evidence, Figure, Record, Recorded, User
from diemtua.register.queries import visible
from diemtua.register.screens import RECORD_FIELDS, ChildSet, Screen, screen_of
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
    """What the register holds of some records, in stored form; `proofs` by record and field, newest first."""

    fields: dict[int, dict[str, Any]] = field(default_factory=dict)
    rows: dict[tuple[int, str], list[dict[str, Any]]] = field(default_factory=dict)
    figures: dict[int, list[Figure]] = field(default_factory=dict)
    proofs: dict[tuple[int, str], list[Evidence]] = field(default_factory=dict)


def standings(
    proposals: Sequence[Proposal], records: Mapping[str, int], held: InRegister | None = None
) -> dict[int, Standing]:
    """{number of the proposal: how it stands}; `records` {key of a subject: its record} of the same document.

    Two queries where `held` is not given.
    """
    if held is None:
        pks = {records[p.subject.key] for p in proposals if p.subject.key in records}
        kinds = {p.subject.kind for p in proposals}
        held = held_by(with_own_rows(Record.objects.filter(pk__in=pks), kinds) if pks else (), proposals)
    found = {}
    for p in proposals:
        pk = records.get(p.subject.key)
        found[p.pk] = Standing() if pk is None else _stands(p, pk, held, records)
    return found


def with_own_rows(records: models.QuerySet, kinds: Iterable[str]) -> models.QuerySet:
    """The records with the rows of their own kinds, in one query: `own_row` has those of these kinds."""
    return records.select_related("unit", *sorted(set(kinds)))


def own_row(record: Record) -> Recorded:
    """The row of a record's own kind."""
    found: Recorded = getattr(record, record.kind)
    return found


def held_by(records: Iterable[Record], proposals: Iterable[Proposal], reader: User | None = None) -> InRegister:
    """What the register holds of these records (see `with_own_rows`) in the fields that are proposed.

    `reader`: for whom its passages are wanted as well. One query for all kinds, rows, figures and passages.
    """
    held = InRegister()
    by_kind: dict[str, list[int]] = {}
    for record in records:
        screen = screen_of(record.kind)
        by_kind.setdefault(record.kind, []).append(record.pk)
        held.fields[record.pk] = {
            **stored_fields(record, RECORD_FIELDS),
            **stored_fields(own_row(record), screen.own_fields),
        }
    wanted = {(p.subject.kind, p.field) for p in proposals}
    parts: list[tuple[str, ChildSet | None, Part]] = []
    for kind, pks in by_kind.items():
        for child in screen_of(kind).all_children:
            if (kind, child.name) in wanted:
                rows = child.model._default_manager.filter(**{f"{child.parent}__in": pks})
                parts.append((child.name, child, Part(rows, _columns(child))))
    with_figures = [pk for kind, pks in by_kind.items() if (kind, rules.FIGURES) in wanted for pk in pks]
    if with_figures:
        figures = Figure.objects.filter(record__in=with_figures, withdrawn_at=None)
        parts.append((rules.FIGURES, None, Part(figures)))
    if reader is not None and held.fields:
        fields = {name for _kind, name in wanted}
        proofs = Evidence.objects.standing().filter(visible(reader, "source__"), record__in=list(held.fields))
        more = {"source_title": "source__title", "source_day": "source__document__published"}
        columns = ("id", "record_id", "field", "source_id", "quote")
        parts.append(("", None, Part(proofs.filter(field__in=fields), columns, more)))
    for (name, of_set, _part), found in zip(parts, fetch(part for _name, _set, part in parts), strict=True):
        _take(held, name, of_set, sorted(found, key=lambda row: row.pk))
    return held


def _columns(child: ChildSet) -> tuple[str, ...]:
    by_name: Any = {f.name: f for f in child.model._meta.concrete_fields}
    return tuple(dict.fromkeys(by_name[n].attname for n in ("id", child.parent, *child.fields)))


def _take(held: InRegister, name: str, child: ChildSet | None, rows: Sequence[Any]) -> None:
    if child is not None:
        parent: Any = child.model._meta.get_field(child.parent)
        for row in rows:
            held.rows.setdefault((getattr(row, parent.attname), name), []).append(stored_child(child, row))
    elif name == rules.FIGURES:
        for figure in rows:
            held.figures.setdefault(figure.record_id, []).append(figure)
    else:
        for proof in reversed(rows):
            held.proofs.setdefault((proof.record_id, proof.field), []).append(proof)


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
