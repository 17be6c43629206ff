"""Every write of parties and people."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from django.db.models import Q

from diemtua.kit.dates import PartialDate
from diemtua.places.models import AdminUnit, Country
from diemtua.register import write
from diemtua.register.models import Batch, OrgUnit, User

from .models import Party, Person

if TYPE_CHECKING:
    from diemtua.register.write import ChildEdits

CHUNK = 500


class RecordFields(TypedDict, total=False):
    """What stands on the form of every kind."""

    title: str
    access: str
    unit: OrgUnit | int | None
    confidence: str


class PartyFields(RecordFields, total=False):
    kind: str
    is_own: bool
    is_partner: bool
    country: Country | str | None
    place: AdminUnit | int | None
    parent: Party | int | None
    successor: Party | int | None
    ended: PartialDate | None
    ended_basis: str
    relation_since: PartialDate | None
    sector: str
    tax_code: str
    address: str
    website: str
    email: str
    phone: str
    desk_officer: User | int | None
    description: str


class PersonFields(RecordFields, total=False):
    party: Party | int | None
    email: str
    phone: str
    languages: str
    note: str


def create_party(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[PartyFields],
) -> Party:
    """Enter a party. Raises ValidationError, PermissionDenied."""
    return write.create(
        "party", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


def update_party(
    party: Party,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[PartyFields],
) -> Party:
    """Change a party. Raises Stale, ValidationError, PermissionDenied."""
    return write.update(
        party,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )


def create_person(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[PersonFields],
) -> Person:
    """Enter a person; `children["posts"]` are the posts held. Raises ValidationError, PermissionDenied."""
    return write.create(
        "person", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


def update_person(
    person: Person,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[PersonFields],
) -> Person:
    """Change a person. Raises Stale, ValidationError, PermissionDenied."""
    return write.update(
        person,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )


# --- derived: when we last met --------------------------------------------------------------------
# No audit row and no version: nobody decides this value, it follows from the engagements.


def met_on(days: Mapping[int, datetime.date]) -> None:
    """Move the last contact of parties {number: day} forward; an earlier day changes nothing.

    Our own province has no last contact: it takes part in everything.
    """
    by_day: dict[datetime.date, list[int]] = {}
    for pk, day in days.items():
        by_day.setdefault(day, []).append(pk)
    if len(by_day) <= 3:
        for day, pks in by_day.items():
            Party.objects.filter(pk__in=pks, is_own=False).filter(
                Q(last_contact=None) | Q(last_contact__lt=day)
            ).update(last_contact=day)
        return
    pks = sorted(days)
    for start in range(0, len(pks), CHUNK):  # an import: two queries for five hundred parties
        later = []
        for party in Party.objects.filter(pk__in=pks[start : start + CHUNK], is_own=False).only("last_contact"):
            if party.last_contact is None or party.last_contact < days[party.pk]:
                party.last_contact = days[party.pk]
                later.append(party)
        Party.objects.bulk_update(later, ["last_contact"])


def set_last_contact(days: Mapping[int, datetime.date | None]) -> None:
    """Put the last contact of parties {number: day or None}, back too: after a correction or a merge."""
    for pk, day in days.items():
        Party.objects.filter(pk=pk, is_own=False).exclude(last_contact=day).update(last_contact=day)
