"""What documents propose of export markets: those of our own province, and of bodies its papers name as exporters.

What is told of another province's exports, or of the whole country's, is no market of ours.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q

from diemtua.kit.text import fold
from diemtua.parties import proposals as parties
from diemtua.parties.models import Party
from diemtua.places.models import Country
from diemtua.places.queries import find_blocs
from diemtua.sources import proposing, recognising
from diemtua.sources.proposing import Asked, Candidate, Known, Sheet, Stated, Thing
from diemtua.sources.reader import facts
from diemtua.sources.reader.facts import Mention

from . import rules
from .models import Market

VIETNAM = "VN"


@dataclass(frozen=True)
class Place:
    """Where a market is: a country or a bloc of the tables, or a name alone."""

    name: str
    country: str = ""
    bloc: str = ""

    @property
    def key(self) -> str:
        return self.country or self.bloc or fold(self.name)


def propose(sheet: Sheet) -> None:
    """One market for each exporter and place, of the strongest standing that is stated."""
    told = sheet.stated(facts.MARKET)
    if not told:
        return
    places = _Places(sheet, told)
    stated: dict[tuple[str, Place], list[Stated]] = {}
    exporters: dict[str, Thing] = {}
    for one in told:
        place, exporter = places.of(one.source), _exporter(sheet, one.target)
        if place is not None and exporter is not None:
            exporters[exporter.key] = exporter
            stated.setdefault((exporter.key, place), []).append(one)
    for (key, place), many in stated.items():
        _market(sheet, exporters[key], place, many)


def _market(sheet: Sheet, exporter: Thing, place: Place, stated: Sequence[Stated]) -> None:
    standing = rules.strongest([s.status for s in stated])
    said = [s for s in stated if rules.strongest([s.status]) == standing]
    thing = sheet.thing(
        "market",
        f"market:{exporter.key}:{place.key}",
        f"Thị trường {place.name}",
        needed={"standing": standing, "exporter": exporter},
        clues={"country": place.country, "bloc": place.bloc, "exporter": exporter.key, "own": parties.is_own(exporter)},
        quotes=[s.quote for s in said],
    )
    for one in said:
        # Only here is the country meant as a market, not wherever it is named.
        thing.spans.setdefault((one.source.start, one.source.end), one.source.type)
        sheet.say(thing, "standing", standing, stated=one)
        if place.country:
            sheet.say(thing, "country", place.country, stated=one)
        elif place.bloc:
            sheet.say(thing, "bloc", place.bloc, stated=one)


def _exporter(sheet: Sheet, mention: Mention) -> Thing | None:
    """Who exports, where it is our business: our province, or a body that a paper of our province names."""
    ours = parties.own(sheet)
    if ours is None:
        return None
    if mention.type == facts.VN_LOCALITY:
        return ours if mention.norm in (None, sheet.home) else None  # a district's market is its province's
    return parties.party(sheet, mention) if mention.type == facts.ORG else None


class _Places:
    """The places of a document's markets, looked up in two queries."""

    def __init__(self, sheet: Sheet, stated: Sequence[Stated]) -> None:
        self.sheet = sheet
        self.countries: dict[str, str] = {}
        self.own_code: dict[str, str] = {}
        for code, name, key, others in Country.objects.values_list("code", "name_vi", "key", "other_keys"):
            self.countries[code] = name
            if code in rules.WITH_OWN_CODE:
                self.own_code |= dict.fromkeys((key, *others.strip("|").split("|")), code)
        regions = {sheet.name(s.source) for s in stated if s.source.type == facts.REGION}
        self.blocs = find_blocs(regions) if regions else {}
        self.above = {
            sheet.group(s.source): self.countries.get(str(s.target.norm), "") for s in sheet.stated(facts.LOCALITY_OF)
        }

    def of(self, mention: Mention) -> Place | None:
        """The place a mention means; None for what is no market abroad."""
        name = self.sheet.name(mention)
        if mention.type == facts.COUNTRY:
            code = str(mention.norm or "")
            return Place(self.countries[code], country=code) if code in self.countries and code != VIETNAM else None
        if mention.type == facts.REGION:
            blocs = self.blocs.get(name, [])
            return Place(rules.short_name(blocs[0].name_vi), bloc=blocs[0].code) if len(blocs) == 1 else Place(name)
        if mention.type == facts.FOREIGN_LOCALITY:
            if code := self.own_code.get(fold(name), ""):
                return Place(name, country=code)
            # With its country, so that the Georgia of the United States is not taken for the state of that name.
            above = self.above.get(self.sheet.group(mention), "")
            return Place(f"{name} ({above})" if above else name)
        return None


# --- recognising ------------------------------------------------------------------------------------

NOWHERE = ("", "")


@dataclass(frozen=True)
class _Standing:
    """A market of the register, as far as it matters for recognising it."""

    pk: int
    place: tuple[str, str]  # codes of country and bloc
    exporter: int
    own: bool


def recognise(asked: Sequence[Asked], known: Known) -> dict[str, list[Candidate]]:
    """Markets of the same exporter at the same place; by name where one of the two has no place.

    A market of our own province under another of its records (what it has become) is asked about.
    """
    named = recognising.by_name("market", asked, known)
    places = {a.key: (a.clues.get("country", ""), a.clues.get("bloc", "")) for a in asked}
    rows = _standing(places.values(), {c.record for many in named.values() for c in many}, known)
    at: dict[tuple[str, str], list[_Standing]] = {}
    for row in rows.values():
        at.setdefault(row.place, []).append(row)
    found: dict[str, list[Candidate]] = {}
    for one in asked:
        place = places[one.key]
        many = [] if place == NOWHERE else [Candidate(row.pk, "place", True) for row in at.get(place, ())]
        many += [c for c in named.get(one.key, ()) if NOWHERE in (place, rows[c.record].place)]
        exporter = known.matches.get(one.clues.get("exporter", ""))
        for c in many:
            same = rows[c.record].exporter == exporter
            if same or (one.clues.get("own") and rows[c.record].own):
                found.setdefault(one.key, []).append(Candidate(c.record, c.reason, c.sure and same, c.note))
    return found


def _standing(places: Collection[tuple[str, str]], named: set[int], known: Known) -> dict[int, _Standing]:
    """{number: market} of the markets at these places, or with these numbers; three queries."""
    countries, blocs = ({codes[i] for codes in places} - {""} for i in (0, 1))
    here = Market.objects.filter(Q(country__in=countries) | Q(bloc__in=blocs), record__in=known.records)
    queries = [here, *(Market.objects.filter(pk__in=part) for part in recognising.chunks(sorted(named)))]
    rows = (
        row
        for query in queries
        for row in query.values_list("pk", "country", "bloc", "exporter", "exporter__is_own", "exporter__kind")
    )
    return {
        pk: _Standing(pk, (country or "", bloc or ""), exporter, is_own and kind == Party.Kind.LOCALITY)
        for pk, country, bloc, exporter, is_own, kind in rows
    }


proposing.register(propose, recognise={"market": recognise})
