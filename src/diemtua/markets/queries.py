"""Reads of export markets."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Prefetch, Q

from diemtua.parties.models import Party
from diemtua.places.models import Bloc, Country
from diemtua.places.queries import find_bloc, find_country
from diemtua.register.models import Figure
from diemtua.register.queries import RecordedQuerySet

from .rules import place_named

if TYPE_CHECKING:
    from diemtua.register.models import User

EXPORTS = "exports"


class MarketQuerySet(RecordedQuerySet):
    def for_list(self) -> MarketQuerySet:
        """With the figures of exports, newest first, in `record.exports`."""
        newest = Figure.objects.filter(measure=EXPORTS, withdrawn_at=None).order_by(
            F("as_of").desc(nulls_last=True), "-pk"
        )
        found: Any = super().for_list().select_related("country", "bloc", "exporter__record").defer("note")
        return found.prefetch_related(Prefetch("record__figures", newest, to_attr=EXPORTS))

    def within(self, bloc: Bloc | str, on: datetime.date) -> MarketQuerySet:
        """The markets that are the bloc itself or a country that belongs to it on the day."""
        code = bloc if isinstance(bloc, str) else bloc.pk
        return self.filter(Q(bloc=code) | Q(country__in=Country.objects.in_bloc(code, on)))  # type: ignore[return-value]

    def at(self, country: Country | str | None, bloc: Bloc | str | None) -> MarketQuerySet:
        """The markets that are exactly this country or this bloc; none where neither is given."""
        if country:
            return self.filter(country=country)  # type: ignore[return-value]
        return self.filter(bloc=bloc) if bloc else self.none()  # type: ignore[return-value]


def destination_of(title: str) -> dict[str, Country | Bloc]:
    """The country or else the bloc that the name of a market speaks of, as fields; empty where none or several."""
    name = place_named(title)
    if len(countries := find_country(name)) == 1:
        return {"country": countries[0]}
    if not countries and len(blocs := find_bloc(name)) == 1:
        return {"bloc": blocs[0]}
    return {}


def home_exporter(user: User | Any) -> Party | None:
    """Our own province as it is today; None where it is not in the register, or stands there twice."""
    own = Party.objects.visible_to(user).live().filter(is_own=True, kind=Party.Kind.LOCALITY, successor=None)
    found = list(own[:2])
    return found[0] if len(found) == 1 else None


def newest_exports(figures: list[Figure]) -> Figure | None:
    """Of figures, newest first: the newest that was carried out, else the newest of any stage."""
    return next((f for f in figures if f.stage == "implemented"), figures[0] if figures else None)
