"""Passages and figures of many records at once: entered, and taken back. One audit row a record, not one a passage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate

from . import access
from .actions import EVIDENCE_FIELDS, FIGURE_FIELDS, new_evidence, new_figure
from .many import insert_many
from .models import Batch, Change, Evidence, Figure, Record, Stage, User
from .write import CHUNK, stored_fields

PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "figure": (Figure, FIGURE_FIELDS),
    "evidence": (Evidence, EVIDENCE_FIELDS),
}


@dataclass
class Proof:
    """Words `text[start:end]` of a source that prove a field of a record; `made` once it is entered."""

    record: int
    field: str
    quote: str
    start: int | None = None
    end: int | None = None
    made: Evidence | None = None


@dataclass
class Measured:
    """A figure of a record, proved by a passage that is entered with it."""

    record: int
    measure: str
    unit: str
    value: Decimal | None = None
    wording: str = ""
    as_of: PartialDate | None = None
    stage: str = Stage.ANNOUNCED
    proof: Proof | None = None


@transaction.atomic
def prove_many(
    proofs: Sequence[Proof],
    figures: Sequence[Measured] = (),
    *,
    source: Record,
    actor: User | None,
    confidence: str = "",
    reason: str = "",
    batch: Batch | None = None,
) -> None:
    """Enter passages of one source and figures, of any records, as `add_evidence` and `add_figure` would, in a fixed
    number of queries for each few hundred. Raises ValidationError, PermissionDenied, Record.DoesNotExist."""
    records = hold_editable({p.record for p in proofs} | {f.record for f in figures}, actor)
    for proof in proofs:
        proof.made = new_evidence(
            records[proof.record],
            actor,
            source=source,
            field=proof.field,
            quote=proof.quote,
            start=proof.start,
            end=proof.end,
            confidence=confidence,
        )
    passages = [p.made for p in proofs if p.made is not None]
    insert_many(passages)
    rows = [
        new_figure(
            records[f.record],
            actor,
            measure=f.measure,
            unit=f.unit,
            value=f.value,
            wording=f.wording,
            as_of=f.as_of,
            stage=f.stage,
            evidence=f.proof.made if f.proof is not None else None,
        )
        for f in figures
    ]
    insert_many(rows)
    changes: list[Change] = []
    for verb, part, made in ((Change.Verb.EVIDENCE, "evidence", passages), (Change.Verb.FIGURE, "figure", rows)):
        told: dict[int, dict[str, Any]] = {}
        for row in made:
            told.setdefault(row.record_id, {})[f"{part}:{row.pk}"] = [None, stored_fields(row, PARTS[part][1])]
        changes += [
            Change(
                record=records[pk],
                actor=actor,
                verb=verb,
                reason=reason,
                diff=diff,
                version=records[pk].version,
                batch=batch,
            )
            for pk, diff in told.items()
        ]
    insert_many(changes)


@transaction.atomic
def withdraw_many(changes: Iterable[Change], *, actor: User | None, reason: str, only: Iterable[str] = ()) -> int:
    """Withdraw the passages and figures that these changes had added, each change with its own audit row.

    `only`: the passages of these fields and no others. Returns how many were withdrawn.
    """
    found = [c for c in changes if c.record_id is not None]
    records = hold_editable({c.record_id for c in found if c.record_id is not None}, actor)
    fields = set(only)
    standing: dict[str, Any] = {}
    for part, (model, _names) in PARTS.items():
        pks = [int(key.partition(":")[2]) for c in found for key in c.diff if key.startswith(f"{part}:")]
        for start in range(0, len(pks), CHUNK):
            rows = model._default_manager.select_for_update(of=("self",)).filter(withdrawn_at=None)
            standing |= {f"{part}:{row.pk}": row for row in rows.filter(pk__in=pks[start : start + CHUNK])}
    if fields:
        standing = {key: row for key, row in standing.items() if getattr(row, "field", "figures") in fields}
    now = timezone.now()
    for part, (model, _names) in PARTS.items():
        pks = [row.pk for key, row in standing.items() if key.startswith(f"{part}:")]
        for start in range(0, len(pks), CHUNK):
            model._default_manager.filter(pk__in=pks[start : start + CHUNK]).update(withdrawn_at=now)
    rows = []
    for change in found:
        diff = {
            key: [stored_fields(standing[key], PARTS[key.partition(":")[0]][1]), None]
            for key in change.diff
            if key in standing
        }
        if diff and change.record_id is not None:
            record = records[change.record_id]
            rows.append(
                Change(
                    record=record,
                    actor=actor,
                    verb=Change.Verb.WITHDRAW,
                    reason=reason[:500],
                    diff=diff,
                    version=record.version,
                    undoes=change,
                )
            )
    insert_many(rows)
    return len(standing)


def hold_editable(pks: Iterable[int], actor: User | None) -> dict[int, Record]:
    """The records as they stand now, held until the transaction ends. Raises Record.DoesNotExist where one is hidden,
    PermissionDenied where one may not be changed."""
    wanted = sorted(set(pks))
    found: dict[int, Record] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = Record.objects.select_for_update(of=("self",)).filter(pk__in=wanted[start : start + CHUNK])
        found |= {r.pk: r for r in rows.defer("search_text").order_by("pk")}
    if len(found) != len(wanted) or any(actor is not None and not access.may_see(actor, r) for r in found.values()):
        raise Record.DoesNotExist
    for record in found.values():
        access.require(access.may_edit(actor, record), _("You may not change this record. Ask its unit or a lead."))
    return found
