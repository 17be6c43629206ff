"""Every write of foreign aid, one by one and from IATI files."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from diemtua.parties.actions import RecordFields, create_party
from diemtua.parties.models import Party
from diemtua.register import access, write
from diemtua.register.models import Batch, User
from diemtua.register.write import ChildEdits

from ..models import Aid
from ..queries import exchange
from ..queries.aid import basis_on


class AidFields(RecordFields, total=False):
    donor: Party | int
    donor_ref: str
    manager: Party | int | None
    receiver: Party | int | None
    form: str
    state: str
    purpose: str
    sector: str
    where: str
    disaster_on: datetime.date | None
    registration: str
    registered_from: datetime.date | None
    registered_until: datetime.date | None
    planned_start: datetime.date | None
    planned_end: datetime.date | None
    actual_start: datetime.date | None
    actual_end: datetime.date | None
    identifier: str
    note: str
    illustrative: bool


def create_aid(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[AidFields],
) -> Aid:
    """Enter an aid; a step without a legal basis gets the decree of its day. Raises ValidationError, PermissionDenied."""
    children = dict(children or {})
    if steps := children.get("steps"):
        children["steps"] = [_with_basis(row) for row in steps]
    return write.create(
        "aid", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


def update_aid(
    aid: Aid,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[AidFields],
) -> Aid:
    """Change an aid. Raises Stale, ValidationError, PermissionDenied."""
    edits = dict(children or {})
    if steps := edits.get("steps"):
        edits["steps"] = ChildEdits(
            create=[_with_basis(row) for row in steps.create], update=steps.update, delete=steps.delete
        )
    return write.update(
        aid,
        actor=actor,
        fields=dict(fields),
        children=edits,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )


def _with_basis(row: dict[str, Any]) -> dict[str, Any]:
    """A step's row with the decree that held on its day, where nobody wrote another one."""
    return {**row, "basis": basis_on(row["on"])} if row.get("on") and not row.get("basis") else row


@transaction.atomic
def bring_in(plan: exchange.Plan, *, actor: User | None, name: str, sha256: str) -> Batch:
    """Save what an IATI file brings: all of it, or nothing. Organisations nobody knows are entered with it.

    What the plan found unchanged is not touched. Raises ValidationError, PermissionDenied, Stale.
    """
    access.require(access.may_create(actor))
    reason = (_("IATI file %(name)s") % {"name": name})[:500]
    batch = Batch.objects.create(
        kind=Batch.Kind.IMPORT, record_kind="aid", actor=actor, title=name[:255], sha256=sha256
    )
    made: dict[tuple[str, str], Party] = {}
    for org in plan.new_parties:
        fields: dict[str, Any] = {"title": org.name[:500], "kind": org.kind}
        if actor is not None:
            fields["unit"] = actor.unit
        made[org.key] = create_party(actor=actor, reason=reason, batch=batch, **fields)
    for entry in plan.entries:
        if entry.state not in ("new", "changed"):
            continue
        fields = {**entry.fields, **{role: made[key] for role, key in entry.waiting.items()}}
        if entry.aid is None:
            if actor is not None:
                fields["unit"] = actor.unit
            steps = [_made(row, made) for row in entry.children.pop("steps", [])]
            create_aid(actor=actor, children={**entry.children, "steps": steps}, reason=reason, batch=batch, **fields)
            batch.created += 1
        else:
            edits = {**entry.edits}
            if "steps" in edits:
                rows = [_made(row, made) for row in edits["steps"].create]
                edits["steps"] = ChildEdits(create=rows, delete=edits["steps"].delete)
            update_aid(
                entry.aid,
                actor=actor,
                children=edits,
                expected_version=entry.version,
                reason=reason,
                batch=batch,
                **fields,
            )
            batch.changed += 1
    batch.save(update_fields=["created", "changed"])
    return batch


def _made(row: dict[str, Any], made: Mapping[tuple[str, str], Party]) -> dict[str, Any]:
    """A step's row with the organisation that has only now been entered."""
    return {**row, "body": made[row["body"]]} if isinstance(row.get("body"), tuple) else row
