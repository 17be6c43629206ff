"""Which parties and people of the register the things of a document are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from diemtua.kit.text import fold
from diemtua.places.models import AdminUnit
from diemtua.places.queries import currents_of, shown_name
from diemtua.sources import recognising
from diemtua.sources.proposing import Asked, Candidate, Known

from .. import rules
from ..models import Party, Post
from .places import VIETNAM


def recognise_parties(asked: Sequence[Asked], known: Known) -> dict[str, list[Candidate]]:
    """Parties by their unit, by name, and by what their place has become or come from."""
    by_key = {a.key: a for a in asked}
    found = recognising.by_name("party", asked, known, {a.key: spellings(a) for a in asked})
    named = {c.record for many in found.values() for c in many}
    units = {a.clues["unit"]: a for a in asked if a.clues.get("unit")}
    related = related_units(units)
    standing: dict[int, list[tuple[int, str]]] = {}
    wanted = [*units, *related]
    for part in recognising.chunks(wanted):
        rows = Party.objects.filter(place_id__in=part, kind=Party.Kind.LOCALITY, record__in=known.records)
        for pk, place, title in rows.values_list("pk", "place_id", "record__title"):
            standing.setdefault(place, []).append((pk, title))
    for unit, one in units.items():
        for pk, _title in standing.get(unit, ()):
            found.setdefault(one.key, []).append(Candidate(pk, "place", True))
    for unit, ties in related.items():
        for origin, reason, note in ties:
            for pk, _title in standing.get(unit, ()):
                found.setdefault(units[origin].key, []).append(Candidate(pk, reason, False, note))
    return _agreeing(found, by_key, named)


@dataclass(frozen=True)
class _Row:
    """A party of the register, as far as a name must agree with it."""

    kind: str
    country: str | None
    place: int | None


def _agreeing(
    found: Mapping[str, Sequence[Candidate]], asked: Mapping[str, Asked], named: set[int]
) -> dict[str, list[Candidate]]:
    """Candidates whose kind, country and place do not speak against them."""
    rows: dict[int, _Row] = {}
    for part in recognising.chunks(named):
        values = Party.objects.filter(pk__in=part).values_list("pk", "kind", "country_id", "place_id")
        rows |= {pk: _Row(kind, country, place) for pk, kind, country, place in values}
    result: dict[str, list[Candidate]] = {}
    for key, many in found.items():
        by_place = {c.record for c in many if c.reason in BY_PLACE}
        placed = {c.record for c in many if c.reason == "place"}
        for c in many:
            sure: bool | None = c.sure
            if c.reason not in BY_PLACE:
                sure = _named_so(asked[key], c, rows[c.record], by_place)
                sure = sure and not (placed and c.record not in placed)
            if sure is not None:
                result.setdefault(key, []).append(Candidate(c.record, c.reason, sure, c.note))
    return result


BY_PLACE = ("place", "successor", "predecessor")


def _named_so(asked: Asked, candidate: Candidate, row: _Row, by_place: set[int]) -> bool | None:
    """Whether a party of that name is surely the one meant; None where it is another."""
    country, unit = asked.clues.get("country") or None, asked.clues.get("unit")
    if not kinds_agree(asked, row.kind) or (country and row.country and country != row.country):
        return None
    if unit is not None and row.place is not None and row.place != unit:
        # Of that name, and of another place: only what came before or after it is worth asking about.
        return False if candidate.record in by_place else None
    if row.kind == Party.Kind.LOCALITY and country != VIETNAM and country != row.country:
        return False  # Sơn Tây is in China as well as near Hà Nội
    return candidate.sure


def kinds_agree(asked: Asked, kind: str) -> bool:
    if asked.clues.get("body"):
        return kind != Party.Kind.LOCALITY
    if asked.clues.get("whole_country"):
        return kind != Party.Kind.LOCALITY
    return kind == Party.Kind.LOCALITY


def spellings(asked: Asked) -> list[str]:
    """The names under which the register may have a party."""
    names = [asked.title, *asked.names]
    if asked.clues.get("body"):
        names += [rules.written_out(n) for n in names]
        names += [n for name in list(names) for n in rules.seat_spellings(name, str(asked.clues.get("home", "")))]
        names += [rules.shortened(n) for n in names]
    elif not asked.clues.get("whole_country"):
        bare = rules.without_head(asked.title)
        names.append(bare)
        if asked.clues.get("country") == VIETNAM:
            names += [f"Tỉnh {bare}", f"Thành phố {bare}", f"TP {bare}"]
        elif country := asked.clues.get("country_name"):
            names += [f"{n} ({country})" for n in list(dict.fromkeys(names))]
    return list(dict.fromkeys(n for n in names if n))


def related_units(units: Iterable[int]) -> dict[int, list[tuple[int, str, str]]]:
    """{unit: [(unit asked for, reason, its name)]}: what the places asked for have become, or come from."""
    rows = list(AdminUnit.objects.filter(pk__in=list(units)))
    related: dict[int, list[tuple[int, str, str]]] = {}
    ended = [u for u in rows if u.valid_to is not None]
    names = {u.pk: shown_name(u) for u in rows}
    for pk, heirs in currents_of(ended).items():
        for heir in heirs:
            if heir.pk != pk:
                related.setdefault(heir.pk, []).append((pk, "successor", names[pk]))
    begun: dict[datetime.date, list[AdminUnit]] = {}
    for u in rows:
        if u.valid_from is not None:
            begun.setdefault(u.valid_from - datetime.timedelta(days=1), []).append(u)
    for before, many in sorted(begun.items())[:10]:
        for pk, elders in currents_of(many, before).items():
            for elder in elders:
                if elder.pk != pk:
                    related.setdefault(elder.pk, []).append((pk, "predecessor", names[pk]))
    return related


def recognise_people(asked: Sequence[Asked], known: Known) -> dict[str, list[Candidate]]:
    """People by name; sure only where a post or an organisation agrees too, for many share a name."""
    found = recognising.by_name("person", asked, known)
    posts: dict[int, tuple[set[str], set[int]]] = {}
    for part in recognising.chunks({c.record for many in found.values() for c in many}):
        rows = Post.objects.filter(person_id__in=part).values_list("person_id", "title", "party_id", "person__party_id")
        for person, title, seat, now in rows:
            titles, seats = posts.setdefault(person, (set(), set()))
            titles.add(fold(title))
            seats |= {pk for pk in (seat, now) if pk is not None}
    result: dict[str, list[Candidate]] = {}
    for one in asked:
        wanted = {known.matches[k] for k in one.clues.get("parties", ()) if k in known.matches}
        for c in found.get(one.key, ()):
            titles, seats = posts.get(c.record, (set(), set()))
            agrees = bool(wanted & seats or titles & set(one.clues.get("posts", ())))
            result.setdefault(one.key, []).append(Candidate(c.record, c.reason, c.sure and agrees, c.note))
    return result
