"""Every write of instruments and commitments."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.parties.actions import RecordFields
from diemtua.parties.models import Party
from diemtua.register import access, write
from diemtua.register.actions import add_evidence
from diemtua.register.models import Access, Batch, User
from diemtua.register.write import ChildEdits
from diemtua.rulebook.queries import NoRule, rule
from diemtua.sources.models import Document

from . import rules
from .models import Commitment, Instrument

REPLACING = (Instrument.Status.SIGNED, Instrument.Status.IN_FORCE)


class InstrumentFields(RecordFields, total=False):
    nature: str
    form: str
    number: str
    title_foreign: str
    status: str
    signed: PartialDate | None
    signed_at: str
    signing_level: str
    effect: PartialDate | None
    expiry: PartialDate | None
    renewal: str
    renewal_note: str
    cooperation_fields: list[str]
    lead_agency: Party | int | None
    replaces: Instrument | int | None
    summary: str


class CommitmentFields(RecordFields, total=False):
    instrument: Instrument | int | None
    debtor: Party | int | None
    creditor: Party | int | None
    state: str
    due: PartialDate | None
    target: Decimal | None
    target_unit: str
    done: Decimal | None
    closed_on: datetime.date | None
    owner: User | int | None
    note: str


# --- instruments ----------------------------------------------------------------------------------


@transaction.atomic
def create_instrument(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[InstrumentFields],
) -> Instrument:
    """Enter an instrument. Opinions without a day get theirs from the rulebook; what it replaces is marked.

    Raises ValidationError, PermissionDenied.
    """
    children = dict(children or {})
    if opinions := children.get("opinions"):
        children["opinions"] = [_with_due(row, fields.get("nature")) for row in opinions]
    made: Instrument = write.create(
        "instrument", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )
    _mark_replaced(made, actor=actor, batch=batch)
    return made


@transaction.atomic
def update_instrument(
    instrument: Instrument,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[InstrumentFields],
) -> Instrument:
    """Change an instrument. Raises Stale, ValidationError, PermissionDenied."""
    edits = dict(children or {})
    if opinions := edits.get("opinions"):
        nature = fields.get("nature", instrument.nature)
        edits["opinions"] = ChildEdits(
            create=[_with_due(row, nature) for row in opinions.create],
            update={pk: _with_due(row, nature) for pk, row in opinions.update.items()},
            delete=opinions.delete,
        )
    saved: Instrument = write.update(
        instrument,
        actor=actor,
        fields=dict(fields),
        children=edits,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )
    _mark_replaced(saved, actor=actor, batch=batch)
    return saved


def _with_due(row: dict[str, Any], nature: str | None) -> dict[str, Any]:
    """An opinion's row with the day its answer is due, as the law had it on the day it was asked.

    The law sets a term for international agreements only; other papers keep the day empty.
    """
    asked = row.get("asked_on")
    if row.get("due_on") or not asked or nature != Instrument.Nature.INTERNATIONAL:
        return row
    try:
        days = rule(rules.OPINION_RULE, on=asked).value
    except NoRule:
        return row
    return row if days is None else {**row, "due_on": rules.answer_due(asked, days)}


def _mark_replaced(instrument: Instrument, *, actor: User | None, batch: Batch | None) -> None:
    """What an instrument in effect replaces is no longer in effect."""
    if instrument.replaces_id is None or instrument.status not in REPLACING:
        return
    old = Instrument.objects.select_related("record").get(pk=instrument.replaces_id)
    if old.status == Instrument.Status.REPLACED or old.record.archived_at is not None:
        return
    if not access.may_edit(actor, old.record):
        raise ValidationError({"replaces": _("You may not change the instrument it replaces. Ask its unit or a lead.")})
    # Its history is read by all who see the old one, who may not know of the new one.
    restricted = instrument.record.access == Access.UNIT
    reason = (
        _("Replaced by another instrument")
        if restricted
        else _("Replaced by “%(title)s”") % {"title": instrument.record.title[:300]}
    )
    write.update(old, actor=actor, fields={"status": Instrument.Status.REPLACED}, batch=batch, reason=reason)


def extend(
    *, actor: User | None, instrument: Instrument, until: PartialDate, reason: str, version: int | None = None
) -> Instrument:
    """Let an instrument run longer. One that had expired is in effect again."""
    if instrument.expiry is not None and until.last <= instrument.expiry.last:
        raise ValidationError(
            {"until": _("Choose a day after the present expiry, %(day)s.") % {"day": instrument.expiry.display()}}
        )
    fields: dict[str, Any] = {"expiry": until}
    if instrument.status == Instrument.Status.EXPIRED:
        fields["status"] = Instrument.Status.IN_FORCE
    return write.update(instrument, actor=actor, fields=fields, reason=reason, expected_version=version)


def renew(*, actor: User | None, instrument: Instrument, reason: str, version: int | None = None) -> Instrument:
    """Begin a further term as long as the last one. Raises ValidationError where its length is not known."""
    term = rules.next_term(instrument.effect, instrument.expiry)
    if term is None:
        raise ValidationError(_("The length of the term is not known. Enter the new expiry instead."))
    return extend(actor=actor, instrument=instrument, until=term.expiry, reason=reason, version=version)


def terminate(
    *, actor: User | None, instrument: Instrument, on: datetime.date, reason: str, version: int | None = None
) -> Instrument:
    """End an instrument before its time, or where it had no term."""
    return write.update(
        instrument,
        actor=actor,
        reason=reason,
        expected_version=version,
        fields={"status": Instrument.Status.TERMINATED, "expiry": PartialDate.day(on)},
    )


def suspend(*, actor: User | None, instrument: Instrument, reason: str, version: int | None = None) -> Instrument:
    return write.update(
        instrument, actor=actor, reason=reason, expected_version=version, fields={"status": Instrument.Status.SUSPENDED}
    )


def resume(*, actor: User | None, instrument: Instrument, reason: str, version: int | None = None) -> Instrument:
    """Put a suspended instrument into effect again, or a signed one for the first time."""
    return write.update(
        instrument, actor=actor, reason=reason, expected_version=version, fields={"status": Instrument.Status.IN_FORCE}
    )


def replace(
    *, actor: User | None, instrument: Instrument, by: Instrument, reason: str, version: int | None = None
) -> Instrument:
    """Say that another instrument has taken the place of this one; both know it. Returns the old one."""
    if by.pk == instrument.pk:
        raise ValidationError({"by": _("An instrument cannot replace itself.")})
    if by.replaces_id not in (None, instrument.pk):
        raise ValidationError({"by": _("That instrument already replaces another one.")})
    with transaction.atomic():
        old: Instrument = write.update(
            instrument,
            actor=actor,
            reason=reason,
            expected_version=version,
            fields={"status": Instrument.Status.REPLACED},
        )
        write.update(by, actor=actor, fields={"replaces": old}, reason=reason)
    return old


# --- commitments ----------------------------------------------------------------------------------


def create_commitment(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[CommitmentFields],
) -> Commitment:
    """Enter a commitment. Raises ValidationError, PermissionDenied."""
    return write.create(
        "commitment", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


def update_commitment(
    commitment: Commitment,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[CommitmentFields],
) -> Commitment:
    """Change a commitment. Raises Stale, ValidationError, PermissionDenied."""
    return write.update(
        commitment,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )


@transaction.atomic
def set_state(
    *,
    actor: User | None,
    commitment: Commitment,
    state: str,
    on: datetime.date | None = None,
    done: Decimal | None = None,
    source: Document | None = None,
    quote: str = "",
    reason: str = "",
    version: int | None = None,
) -> Commitment:
    """Say how a promise stands. What settles it needs the day; a source, where given, becomes its evidence.

    Raises Stale, ValidationError, PermissionDenied.
    """
    settled = state not in rules.OPEN
    if settled and on is None:
        raise ValidationError({"on": _("Say on which day it was settled.")})
    fields: dict[str, Any] = {"state": state, "closed_on": on if settled else None}
    if done is not None:
        fields["done"] = done
    saved: Commitment = write.update(commitment, actor=actor, fields=fields, reason=reason, expected_version=version)
    if source is not None:
        add_evidence(record=saved.record, actor=actor, source=source.record, field="state", quote=quote, reason=reason)
    return saved
