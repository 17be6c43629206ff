"""Every write of export markets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from diemtua.kit.dates import PartialDate
from diemtua.parties.actions import RecordFields
from diemtua.parties.models import Party
from diemtua.places.models import Bloc, Country
from diemtua.register import write
from diemtua.register.models import Batch, User
from diemtua.register.write import ChildEdits

from .models import Market
from .queries import destination_of


class MarketFields(RecordFields, total=False):
    standing: str
    country: Country | str | None
    bloc: Bloc | str | None
    exporter: Party | int
    since: PartialDate | None
    products: str
    note: str


def create_market(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[MarketFields],
) -> Market:
    """Enter a market. Without a country or bloc, the one that the title names is taken, if it names one.

    Raises ValidationError, PermissionDenied.
    """
    values: dict[str, Any] = dict(fields)
    if names_no_place(values):
        values |= destination_of(str(values.get("title") or ""))
    return write.create("market", actor=actor, fields=values, children=children, tags=tags, reason=reason, batch=batch)


def names_no_place(fields: Mapping[str, Any]) -> bool:
    """Whether the fields of a new market leave its place to the title."""
    return not fields.get("country") and not fields.get("bloc")


def update_market(
    market: Market,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[MarketFields],
) -> Market:
    """Change a market. Raises Stale, ValidationError, PermissionDenied."""
    return write.update(
        market,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )
