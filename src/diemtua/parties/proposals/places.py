"""The places of a document as units of its day, looked up once, and which of them are our own province."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from django.conf import settings

from diemtua.places.models import AdminUnit, Country, Level
from diemtua.places.queries import Found, currents_of, find_all, today
from diemtua.sources.proposing import Sheet, Stated
from diemtua.sources.reader import facts

from ..models import Party
from ..rules import seat_of

VIETNAM = "VN"


class Places:
    """Units by name as they stood on the document's day; `own` are the numbers of our province's units."""

    def __init__(self, sheet: Sheet) -> None:
        self.day = sheet.day
        names = {str(m.norm) if m.norm else m.quote for m in sheet.mentions(facts.VN_LOCALITY)}
        names |= {m.quote for m in sheet.mentions(facts.FOREIGN_LOCALITY)}
        names |= {seat for m in sheet.mentions(facts.ORG) if (seat := seat_of(m.quote))}
        names |= {n for n in (sheet.home, settings.HOME_PROVINCE) if n}
        self.found = find_all(names)
        self.own = {unit.pk for unit in own_units(self._provinces(settings.HOME_PROVINCE), self.day)}
        self.countries = dict(Country.objects.values_list("code", "name_vi"))
        # What the text itself says of foreign places: {group: (country, the relation that says so)}.
        self.said: dict[str, tuple[str, Stated]] = {}
        for stated in sheet.stated(facts.LOCALITY_OF):
            if isinstance(stated.target.norm, str) and stated.target.norm in self.countries:
                self.said.setdefault(sheet.group(stated.source), (stated.target.norm, stated))

    def unit(self, name: str, *, country: str = "", level: str = "", foreign: bool = False) -> AdminUnit | None:
        """The one unit of this name that stood on the day; None where there is none, or several."""
        found = self.found.get(name)
        if found is None:
            return None
        matches = [
            m
            for m in found.matches
            if (not country or m.unit.country_id == country)
            and (not level or m.unit.level == level)
            and (not foreign or m.unit.country_id != VIETNAM)
            and m.unit.holds_on(self.day or today())
        ]
        return Found(name, self.day, matches).unit

    def province(self, name: str | None) -> AdminUnit | None:
        """The Vietnamese province of this name on the day, or else the last one that was called so before."""
        if not name:
            return None
        found = self.unit(name, country=VIETNAM, level=Level.PROVINCE)
        if found is not None:
            return found
        day = self.day or today()
        ended = [u for u in self._provinces(name) if u.valid_to is not None and u.valid_to <= day]
        return max(ended, key=lambda u: u.valid_to or day, default=None)

    def _provinces(self, name: str) -> list[AdminUnit]:
        """Every province that was ever called exactly so."""
        matches = self.found[name].matches if name in self.found else []
        return [m.unit for m in matches if m.exact and m.unit.country_id == VIETNAM and m.unit.level == Level.PROVINCE]


def places_of(sheet: Sheet) -> Places:
    """The places of a sheet, looked up the first time they are asked for."""
    if "parties.places" not in sheet.memo:
        sheet.memo["parties.places"] = Places(sheet)
    return sheet.memo["parties.places"]


def own_units(home: Iterable[AdminUnit], day: datetime.date | None) -> list[AdminUnit]:
    """What our province was on the day: itself, or what it had become by then.

    `home`: the units of its name, for a register that has no locality of its own yet. What was merged into our
    province was not ours before; on an unknown day all of its units are.
    """
    parties = Party.objects.live().filter(is_own=True, kind=Party.Kind.LOCALITY, place__level=Level.PROVINCE)
    roots = [p.place for p in parties.select_related("place")[:20] if p.place is not None]
    roots = roots or list(home)
    if day is None:
        return roots
    units = {u.pk: u for u in roots if u.holds_on(day)}
    for heirs in currents_of((u for u in roots if u.valid_to is not None and u.valid_to <= day), day).values():
        units.update((u.pk, u) for u in heirs)
    return list(units.values())


def seats_in(sheet: Sheet) -> Mapping[int, str]:
    """{unit: key of the thing} of the provinces that are proposed as parties."""
    return {
        thing.clues["unit"]: key
        for (kind, key), thing in sheet.things.items()
        if kind == "party" and thing.clues.get("unit") and thing.needed.get("kind") == Party.Kind.LOCALITY
    }
