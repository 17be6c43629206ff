"""Every write of zones, plots and leases."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Unpack

from diemtua.kit.dates import PartialDate
from diemtua.parties.actions import RecordFields
from diemtua.parties.models import Party
from diemtua.places.models import AdminUnit
from diemtua.register import write
from diemtua.register.models import Batch, User
from diemtua.register.write import ChildEdits

from ..models import Lease, Plot, Zone


class ZoneFields(RecordFields, total=False):
    type: str
    parent: Zone | int | None
    developer: Party | int | None
    party: Party | int | None
    state: str
    established: PartialDate | None
    decision: str
    area_ha: Decimal | None
    industrial_ha: Decimal | None
    term_years: int | None
    term_until: PartialDate | None
    province: AdminUnit | int | None
    where: str
    description: str
    illustrative: bool
    sizes_confirmed: bool


class PlotFields(RecordFields, total=False):
    zone: Zone | int
    code: str
    area_ha: Decimal | None
    plot_ratio: Decimal | None
    max_floors: int | None
    tenure_until: datetime.date | None
    cleared_on: PartialDate | None
    legally_clean_on: PartialDate | None
    handed_over_on: PartialDate | None
    ready_from: datetime.date | None
    note: str
    illustrative: bool
    sizes_confirmed: bool


class LeaseFields(RecordFields, total=False):
    zone: Zone | int | None
    plot: Plot | int | None
    tenant: Party | int
    number: str
    state: str
    signed: PartialDate | None
    starts: PartialDate | None
    ends: PartialDate | None
    closed_on: datetime.date | None
    area_ha: Decimal | None
    note: str
    sizes_confirmed: bool


def create_zone(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[ZoneFields],
) -> Zone:
    """Enter a zone or park. Raises ValidationError, PermissionDenied."""
    return write.create(
        "zone", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


def update_zone(
    zone: Zone,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[ZoneFields],
) -> Zone:
    """Change a zone. Raises Stale, ValidationError, PermissionDenied."""
    return write.update(
        zone,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )


def create_plot(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[PlotFields],
) -> Plot:
    """Enter a plot. Raises ValidationError, PermissionDenied."""
    return write.create(
        "plot", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


def update_plot(
    plot: Plot,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[PlotFields],
) -> Plot:
    """Change a plot. Raises Stale, ValidationError, PermissionDenied."""
    return write.update(
        plot,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )


def create_lease(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[LeaseFields],
) -> Lease:
    """Enter a lease. Raises ValidationError, PermissionDenied."""
    return write.create(
        "lease", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


def update_lease(
    lease: Lease,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[LeaseFields],
) -> Lease:
    """Change a lease. Raises Stale, ValidationError, PermissionDenied."""
    return write.update(
        lease,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )
