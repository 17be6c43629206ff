"""Every write of engagements, and what follows from them: when a party was last met."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Unpack

from django.db.models import Q
from django.utils import timezone

from diemtua.kit.dates import PartialDate
from diemtua.parties.actions import RecordFields, met_on, set_last_contact
from diemtua.parties.models import Party
from diemtua.places.models import Country
from diemtua.register import write
from diemtua.register.models import Batch, User
from diemtua.register.write import ChildEdits

from .models import Engagement, NextStep
from .queries import last_meeting, met_parties

CHUNK = 500


class EngagementFields(RecordFields, total=False):
    form: str
    status: str
    held: PartialDate | None
    purpose: str
    place: str
    country: Country | str | None
    host: Party | int | None
    is_international_conference: bool
    prime_minister_decides: bool
    permission_number: str
    permission_on: datetime.date | None
    applied_on: datetime.date | None
    cost: Decimal | None
    currency: str
    funding: str
    outcome: str
    owner: User | int | None


def create_engagement(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[EngagementFields],
) -> Engagement:
    """Enter an engagement. Raises ValidationError, PermissionDenied."""
    return write.create(
        "engagement", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


def update_engagement(
    engagement: Engagement,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[EngagementFields],
) -> Engagement:
    """Change an engagement. Raises Stale, ValidationError, PermissionDenied."""
    return write.update(
        engagement,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )


def finish_step(*, actor: User | None, step: NextStep, on: datetime.date | None = None, reason: str = "") -> Engagement:
    """Tick off a next step; done already, nothing changes. Raises PermissionDenied."""
    if step.done_on is not None:
        return step.engagement
    done = {step.pk: {"done_on": on or timezone.localdate()}}
    return write.update(step.engagement, actor=actor, children={"next_steps": ChildEdits(update=done)}, reason=reason)


def reopen_step(*, actor: User | None, step: NextStep, reason: str = "") -> Engagement:
    """Take a tick back. Raises PermissionDenied."""
    return write.update(
        step.engagement,
        actor=actor,
        reason=reason,
        children={"next_steps": ChildEdits(update={step.pk: {"done_on": None}})},
    )


# --- when a party was last met --------------------------------------------------------------------

TOUCHES = {"held", "status", "host", "participants", "archived"}


def follow_contacts(
    engagements: Sequence[Engagement], targets: Collection[int], diff: Mapping[str, Any] | None
) -> None:
    """Keep `Party.last_contact` after engagements were saved (the register calls this on every write).

    New engagements only move it forward. After a change, the parties that may owe their day to this
    engagement are counted again.
    """
    if diff is not None and not TOUCHES & set(diff):
        return
    days = {
        e.pk: e.held.last
        for e in engagements
        if e.status == Engagement.Status.HELD and e.held is not None and e.record.archived_at is None
    }
    if diff is None:
        _forward(days)
        return
    known = [*days.values()]
    if (before := diff.get("held", [None])[0]) is not None:
        known.append(datetime.date.fromisoformat(before[-10:]))
    known += [e.held.last for e in engagements if e.held is not None]
    if not known:
        return
    stale = Party.objects.filter(pk__in=targets, is_own=False).filter(
        Q(last_contact=None) | Q(last_contact__lte=max(known))
    )
    set_last_contact({pk: last_meeting(pk) for pk in stale.values_list("pk", flat=True)})


def _forward(days: Mapping[int, datetime.date]) -> None:
    met: dict[int, datetime.date] = {}
    pks = list(days)
    for start in range(0, len(pks), CHUNK):
        for engagement, party in met_parties(pks[start : start + CHUNK]):
            met[party] = max(met.get(party, datetime.date.min), days[engagement])
    met_on(met)
