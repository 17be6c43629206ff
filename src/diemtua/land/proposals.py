"""What documents propose of zones and parks, and which companies they put in one.

A park is proposed wherever it is named: it is a place in which things happen. What a document does not say stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import QuerySet

from diemtua.kit.text import fold
from diemtua.parties import proposals as parties
from diemtua.parties import rules as names_of_bodies
from diemtua.parties.proposals.places import places_of
from diemtua.parties.proposals.stating import figure_of, words_of
from diemtua.register.models import Name
from diemtua.sources import proposing, recognising
from diemtua.sources.proposing import Asked, Candidate, Known, Sheet, Stated, Thing
from diemtua.sources.reader import facts
from diemtua.sources.reader.facts import Mention
from diemtua.sources.reader.lexicon import Meaning

from .models import Zone

LONGEST_CHAIN = 50
MOST = 20_000  # names that the reader learns, the newest
_TYPES = (("khu kinh te", Zone.Type.ECONOMIC_ZONE), ("cum cong nghiep", Zone.Type.INDUSTRIAL_CLUSTER))


def propose(sheet: Sheet) -> None:
    """Every park that is named, its size, where it lies, and the parties that are in it."""
    for mention in sheet.mentions(facts.PARK):
        zone(sheet, mention)
    for stated in sheet.stated(facts.INVESTS):
        if stated.target.type == facts.PARK and stated.status != "ended":
            _sited(sheet, stated)
    _figures(sheet)
    _locations(sheet)


def zone(sheet: Sheet, mention: Mention) -> Thing:
    """The zone that a mention means, proposed if it is not yet."""
    name = names_of_bodies.written_out(sheet.name(mention))
    kind = next((t for words, t in _TYPES if fold(name).startswith(words)), Zone.Type.INDUSTRIAL_PARK)
    return sheet.thing(
        "zone",
        f"zone:{names_of_bodies.same_name(name)}",
        name,
        needed={"type": kind.value},
        mention=mention,
        names=list(dict.fromkeys(m.quote for m in sheet.same(mention) if m.quote != name)),
        clues={"home": sheet.home or ""},
    )


def _sited(sheet: Sheet, stated: Stated) -> None:
    """A party that is proposed, or known by what is said of it, is in the park."""
    party = parties.proposed(sheet, stated.source) if stated.source.type == facts.ORG else None
    if party is not None:
        sheet.say(party, "site", zone(sheet, stated.target), stated=stated)


def _figures(sheet: Sheet) -> None:
    """Area and capital of parks: what is planned, unless the register knows better."""
    for stated in sheet.stated(facts.AREA_OF, facts.AMOUNT_OF):
        if stated.target.type != facts.PARK:
            continue
        area = stated.type == facts.AREA_OF
        read = names_of_bodies.figure_of_area if area else names_of_bodies.figure_of_money
        if (number := read(stated.source.norm, stated.source.quote)) is not None:
            figure = figure_of(sheet, "area" if area else "capital", number, "planned")
            sheet.say(zone(sheet, stated.target), "figures", figure, stated=stated)


def _locations(sheet: Sheet) -> None:
    """Parties in a park, a park in a zone and in our province, else where it lies in words."""
    lies: dict[str, list[Stated]] = {}
    for stated in sheet.stated(facts.LOCATED_IN):
        if stated.target.type == facts.PARK and stated.source.type == facts.ORG:
            _sited(sheet, stated)
        if stated.source.type != facts.PARK:
            continue
        thing = zone(sheet, stated.source)
        if stated.target.type == facts.PARK:
            _within(sheet, thing, zone(sheet, stated.target), stated)
        elif stated.target.type == facts.VN_LOCALITY:
            province = places_of(sheet).province(str(stated.target.norm or ""))
            if province is not None and parties.is_ours(sheet, stated.target):
                sheet.say(thing, "province", province.pk, stated=stated)
            else:
                lies.setdefault(thing.key, []).append(stated)
    for key, many in lies.items():
        sheet.say(sheet.things["zone", key], "where", words_of(many), stated=many[0])


def _within(sheet: Sheet, thing: Thing, around: Thing, stated: Stated) -> None:
    """Say that a zone lies in another one, unless that one lies in it."""
    seen, at = {thing.key}, [around]
    while at:
        one = at.pop()
        if one.key in seen or len(seen) > LONGEST_CHAIN:
            return
        seen.add(one.key)
        at += [f.value for f in one.facts.values() if f.field == "parent" and isinstance(f.value, Thing)]
    sheet.say(thing, "parent", around, stated=stated)


# --- which record it is -------------------------------------------------------------------------------


def recognise(asked: Sequence[Asked], known: Known) -> dict[str, list[Candidate]]:
    """Zones by their names: written out, shortened, with and without the seat."""
    return recognising.by_name("zone", asked, known, {a.key: _spellings(a) for a in asked})


def _spellings(asked: Asked) -> list[str]:
    found = [asked.title, *asked.names]
    found += [names_of_bodies.written_out(n) for n in found]
    found += [n for name in list(found) for n in names_of_bodies.seat_spellings(name, str(asked.clues.get("home", "")))]
    found += [names_of_bodies.shortened(n) for n in found]
    return [n for n in dict.fromkeys(found) if n]


def names(records: QuerySet) -> Iterator[tuple[str, Meaning]]:
    """Names of zones through time, for the reader."""
    rows = Zone.objects.filter(record__in=records).order_by("-pk").values_list("pk", "record__title")[:MOST]
    meanings: Mapping[int, Meaning] = {pk: Meaning(facts.PARK, title, f"zone:{pk}") for pk, title in rows}
    for meaning in meanings.values():
        yield meaning.text, meaning
    further = Name.objects.filter(record__in=records, record__kind="zone").order_by("-pk")
    for pk, text in further.values_list("record_id", "text")[:MOST]:
        if pk in meanings:
            yield text, meanings[pk]


proposing.register(propose, recognise={"zone": recognise}, names=names)
