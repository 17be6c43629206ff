"""Reads of parties."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from diemtua.places.models import AdminUnit
from diemtua.places.queries import LONGEST_CHAIN, current_of, today
from diemtua.register.access import may_see
from diemtua.register.queries import RecordedQuerySet

if TYPE_CHECKING:
    from .models import Party


class PartyQuerySet(RecordedQuerySet):
    def for_list(self) -> PartyQuerySet:
        found: Any = super().for_list()
        return found.select_related("country", "place", "successor__record").prefetch_related("place__successors")

    def silent_since(self, day: datetime.date) -> PartyQuerySet:
        """Partners with whom nothing has happened since `day`, longest silence first."""
        return (
            self.live()
            .filter(  # type: ignore[return-value]
                Q(last_contact__lt=day) | Q(last_contact=None), is_partner=True
            )
            .order_by("last_contact", "pk")
        )


class PersonQuerySet(RecordedQuerySet):
    def for_list(self) -> PersonQuerySet:
        return super().for_list().prefetch_related("posts")  # type: ignore[return-value]


@dataclass(frozen=True)
class Heir:
    """What stands in the place of a unit today: the units, since when, and by which text."""

    units: list[AdminUnit]
    since: datetime.date | None
    basis: str


def heir_of(place: AdminUnit | None) -> Heir | None:
    """What a locality that has ended has become; None where it still stands. At most a few queries."""
    if place is None or place.valid_to is None or place.valid_to > today():
        return None
    after = list(place.successions_out.select_related("successor").order_by("on", "pk"))
    next_units = [s.successor for s in after]
    if after and all(u.holds_on(today()) for u in next_units):  # one step: no need to walk
        units = sorted(next_units, key=lambda u: (u.sort_key, u.pk))
    else:
        units = current_of(place)
    if not after and not units:
        return None
    return Heir(units, after[0].on if after else place.valid_to, after[0].basis if after else place.basis)


def heirs_in_row(place: AdminUnit | None) -> list[AdminUnit]:
    """The next units after a place that has ended, from what `for_list` has fetched (no query)."""
    if place is None or place.valid_to is None or place.valid_to > today():
        return []
    return sorted(place.successors.all(), key=lambda u: u.sort_key)


def successors_of(party: Party, user: Any) -> list[Party]:
    """The chain of parties that followed one another, nearest first, as far as `user` may see it."""
    from .models import Party

    chain: list[Party] = []
    seen, at = {party.pk}, party.successor_id
    while at is not None and at not in seen and len(chain) < LONGEST_CHAIN:
        seen.add(at)
        found: Party | None
        if not chain and Party.successor.is_cached(party):  # the page has fetched the first
            first = party.successor
            found = first if first is not None and may_see(user, first.record) else None
        else:
            found = Party.objects.visible_to(user).select_related("record").filter(pk=at).first()
        if found is None:
            break
        chain.append(found)
        at = found.successor_id
    return chain
