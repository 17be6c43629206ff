"""Which parties and people a document proposes, and what it says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from diemtua.kit.text import fold
from diemtua.sources.proposing import Sheet, Stated
from diemtua.sources.reader import facts
from diemtua.sources.reader.facts import Mention

from .. import rules
from .places import seats_in
from .things import is_ours, is_own, party, proposed

STATE_BODIES = ("agency", "force")


def propose(sheet: Sheet) -> None:
    """Parties that cooperate, coordinate or invest, and people with their posts."""
    for stated in sheet.stated(facts.COOPERATES):
        _cooperation(sheet, stated)
    for stated in sheet.stated(facts.COORDINATES):
        party(sheet, stated.source)
        party(sheet, stated.target)
    _investments(sheet)
    _figures(sheet)
    _people(sheet)
    _locations(sheet)
    _seats(sheet)


def _cooperation(sheet: Sheet, stated: Stated) -> None:
    """Both sides; the other side of our own is the province's partner while they cooperate."""
    if stated.status == "negated":
        return
    ends = (stated.source, stated.target)
    partnering = stated.status in rules.PARTNERING
    # A whole country is a party only as the partner that our own side has there.
    if any(m.type == facts.COUNTRY for m in ends) and not (partnering and any(is_ours(sheet, m) for m in ends)):
        return
    sides = [party(sheet, m) for m in ends]
    for thing, other in (sides, reversed(sides)):
        if not partnering or thing is None or other is None or is_own(thing) or not is_own(other):
            continue
        # With ministries one works; they are nobody's partners.
        if thing.needed["kind"] not in STATE_BODIES or thing.clues.get("country") not in ("VN", ""):
            sheet.say(thing, "is_partner", True, stated=stated)


# --- investors, where they are -----------------------------------------------------------------


def _investments(sheet: Sheet) -> None:
    """Companies that invest, and their projects in words, as long as those are no records."""
    projects: dict[str, dict[str, Stated]] = {}
    for stated in sheet.stated(facts.INVESTS):
        investor = party(sheet, stated.source) if stated.source.type == facts.ORG else None
        if investor is None:
            continue
        if investor.needed["kind"] == "other":
            investor.needed["kind"] = "company"
        if stated.target.type == facts.PROJECT:
            name = " ".join(sheet.name(stated.target).split())
            projects.setdefault(investor.key, {}).setdefault(name, stated)
    for key, named in projects.items():
        words = "; ".join(name[:1].upper() + name[1:] for name in named)
        sheet.say(sheet.things["party", key], "description", words[:2000], stated=next(iter(named.values())))


def _figures(sheet: Sheet) -> None:
    """Capital and area of who invests: their own and, as long as projects are no records, those of their project."""
    investors: dict[str, dict[str, tuple[Mention, str | None]]] = {}
    investing: set[str] = set()
    for stated in sheet.stated(facts.INVESTS):
        if stated.source.type == facts.ORG:
            group = sheet.group(stated.source)
            investors.setdefault(sheet.group(stated.target), {}).setdefault(group, (stated.source, stated.status))
            investing.add(group)
    for stated in sheet.stated(facts.AREA_OF, facts.AMOUNT_OF):
        area, target = stated.type == facts.AREA_OF, stated.target
        number = (rules.figure_of_area if area else rules.figure_of_money)(stated.source.norm, stated.source.quote)
        holder: tuple[Mention, str | None] | None = None
        if target.type == facts.PROJECT:
            found = investors.get(sheet.group(target), {})
            holder = next(iter(found.values())) if len(found) == 1 else None
        elif target.type == facts.ORG and sheet.group(target) in investing:
            holder = target, None
        thing = party(sheet, holder[0]) if number is not None and holder is not None else None
        if thing is not None and holder is not None and number is not None:
            measure = "area" if area else "capital"
            sheet.say(thing, "figures", figure_of(sheet, measure, number, holder[1]), stated=stated)


def figure_of(sheet: Sheet, measure: str, number: Mapping[str, str], status: str | None) -> dict[str, str]:
    """A figure as proposed: of the document's day, at the stage that the status of the sentence tells."""
    figure = {"measure": measure, **number, "stage": rules.stage_of(status)}
    if sheet.day is not None:
        figure["as_of"] = sheet.day.isoformat()
    return figure


def _locations(sheet: Sheet) -> None:
    """Where parties are, as an address; the park they are in is told by the room of land."""
    addresses: dict[str, list[Stated]] = {}
    for stated in sheet.stated(facts.LOCATED_IN):
        thing = proposed(sheet, stated.source)
        if thing is not None and stated.source.type == facts.ORG and stated.target.type == facts.VN_LOCALITY:
            addresses.setdefault(thing.key, []).append(stated)
    for key, many in addresses.items():
        sheet.say(sheet.things["party", key], "address", words_of(many), stated=many[0])


def words_of(many: Iterable[Stated]) -> str:
    """The places that sentences put something in, in the order of the text."""
    words = ", ".join(dict.fromkeys(s.target.quote for s in sorted(many, key=lambda s: s.target.start)))
    return " ".join(words.split())[:300]


def _seats(sheet: Sheet) -> None:
    """Offices and forces of a province that is a party too are parts of it."""
    seats = seats_in(sheet)
    for thing in list(sheet.things.values()):
        key = seats.get(thing.clues.get("seat") or 0) if thing.kind == "party" else None
        if key is not None:
            sheet.say(thing, "parent", sheet.things["party", key], *thing.quotes[:1])


# --- people -------------------------------------------------------------------------------------------


def _people(sheet: Sheet) -> None:
    """People whose post or rank is named; a name alone (a byline) makes no record."""
    seats: dict[str, Stated] = {}
    for stated in sheet.stated(facts.POST_AT):
        seats.setdefault(sheet.group(stated.source), stated)
    held: dict[str, dict[str, Stated]] = {}
    for stated in sheet.stated(facts.HOLDS_POST):
        held.setdefault(sheet.group(stated.source), {}).setdefault(sheet.group(stated.target), stated)
    for posts in held.values():
        _person(sheet, list(posts.values()), seats)


def _person(sheet: Sheet, posts: Sequence[Stated], seats: Mapping[str, Stated]) -> None:
    name = sheet.name(posts[0].source)
    if " " not in fold(name):
        return  # "ông Khiêm" alone: nobody knows who that is
    person = sheet.thing("person", f"person:{fold(name)}", name, mention=posts[0].source)
    ranks = [s for s in posts if rules.is_rank(s.target.quote)]
    rank = rules.as_title(ranks[0].target.quote)[:80] if ranks else ""
    for stated in [s for s in posts if s not in ranks] or ranks[:1]:
        row: dict[str, Any] = {"title": rules.as_title(sheet.name(stated.target))[:200]}
        if rank:
            row["rank"] = rank
        seat = seats.get(sheet.group(stated.target))
        seated = party(sheet, seat.target) if seat is not None else None
        if seated is not None:
            row["party"] = seated
            person.clues.setdefault("parties", []).append(seated.key)
        person.clues.setdefault("posts", []).append(fold(row["title"]))
        quotes: Iterable[Any] = [seat.quote] if seat is not None and seat.quote != stated.quote else []
        sheet.say(person, "posts", row, *quotes, stated=stated)
