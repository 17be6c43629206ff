"""Reads: finding a place on a day, what followed it, what it is called.

`find("Thái Bình", on=date(2023, 7, 18)).unit` is the province of that day, `.successors()` what it is now.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diemtua.kit.text import exact, fold
from diemtua.places.models import AdminUnit, Alias, Bloc, Country, Level, Succession
from diemtua.places.rules import LEVEL_ORDER, Asked, bloc_key, bloc_keys, clean, read

MOST_MATCHES = 500
LONGEST_CHAIN = 20


def today() -> datetime.date:
    """Today in the server's time zone."""
    from django.utils.timezone import localdate

    return localdate()


@dataclass(frozen=True)
class Match:
    """One unit that answers to the text."""

    unit: AdminUnit
    exact: bool
    """The name agrees with its tones and marks, wherever the tone mark is put."""
    of_kind: bool
    """The kind agrees with the one asked for, or none was asked for."""
    alias: str = ""
    """The other name under which it was found; empty when it is its own name."""

    @property
    def rank(self) -> tuple[bool, bool, bool, int, bool, bool, str, int]:
        """Best first: right kind, exact marks, own name, larger units, Vietnam, those still in being."""
        unit = self.unit
        ended = unit.valid_to is not None
        return (
            not self.of_kind,
            not self.exact,
            bool(self.alias),
            LEVEL_ORDER[unit.level],
            unit.country_id != "VN",
            ended,
            unit.sort_key,
            unit.pk,
        )


@dataclass(frozen=True)
class Found:
    """The answer to `find`: all matches, best first."""

    text: str
    on: datetime.date | None
    matches: list[Match] = field(default_factory=list)
    elsewhen: list[Match] = field(default_factory=list)
    """Units of this name that existed on another day than the one asked for."""

    @property
    def units(self) -> list[AdminUnit]:
        """Every unit found, best first."""
        return [match.unit for match in self.matches]

    @property
    def unit(self) -> AdminUnit | None:
        """The one unit that is meant; None when nothing was found or the text is ambiguous."""
        meant = self._meant()
        return meant[0] if len(meant) == 1 else None

    @property
    def ambiguous(self) -> bool:
        """Several units are meant with equal right: the officer must choose."""
        return len(self._meant()) > 1

    def _meant(self) -> list[AdminUnit]:
        """The units between which nothing in the text decides.

        A larger unit is meant before a smaller one of the same country (Thái Bình is the province, not the
        town), but no country goes before another: Sơn Tây is a town of Hà Nội as well as Shanxi.
        """
        if not self.matches:
            return []
        best = self.matches[0]
        equal = [m for m in self.matches if (m.of_kind, m.exact) == (best.of_kind, best.exact)]
        chosen: dict[str, list[AdminUnit]] = defaultdict(list)
        for match in equal:
            units = chosen[match.unit.country_id]
            if units and units[0].level != match.unit.level and not match.alias:
                if LEVEL_ORDER[units[0].level] < LEVEL_ORDER[match.unit.level]:
                    continue
                units.clear()
            elif units and units[0].level != match.unit.level:
                continue
            units.append(match.unit)
        meant: list[AdminUnit] = []
        for units in chosen.values():
            if len({(u.level, u.code) for u in units}) == 1 and units[0].code:  # one unit through time: its last row
                units = [max(units, key=lambda u: u.valid_from or datetime.date.min)]
            meant += units
        return meant

    def successors(self, on: datetime.date | None = None) -> list[AdminUnit]:
        """What stands on this day (today) in the place of the unit found."""
        return current_of(self.unit, on) if self.unit else []


def find(text: str, on: datetime.date | None = None, level: str | None = None, country: str | None = None) -> Found:
    """The units called so, on this day (None: on any day), of this level, in this country (ISO code).

    Words of kind are understood (tỉnh, TP., P.3, … Province), and larger units after commas.
    """
    asked = read(text)
    if not asked.key:
        return Found(clean(text), on)
    keys = {asked.key, asked.whole_key}
    wanted = AdminUnit.objects.filter(Q(key__in=keys))
    other = AdminUnit.objects.filter(aliases__key__in=keys)
    if level:
        wanted, other = wanted.filter(level=level), other.filter(level=level)
    if country:
        wanted, other = wanted.of_country(country.upper()), other.of_country(country.upper())
    matches = {unit.pk: _match(unit, asked, "") for unit in wanted.for_list()[:MOST_MATCHES]}
    for unit in other.for_list().prefetch_related("aliases").distinct()[:MOST_MATCHES]:
        found = [_match(unit, asked, alias.text) for alias in unit.aliases.all() if alias.key in keys]
        best = min(found, key=lambda m: m.rank)
        if unit.pk not in matches or best.rank < matches[unit.pk].rank:
            matches[unit.pk] = best
    ranked = sorted(matches.values(), key=lambda m: m.rank)
    if asked.within:
        ranked = [m for m in ranked if _lies_in(m.unit, asked.within)] or ranked
    if on is None:
        return Found(clean(text), on, ranked)
    return Found(
        clean(text),
        on,
        [m for m in ranked if m.unit.holds_on(on)],
        [m for m in ranked if not m.unit.holds_on(on)],
    )


def find_all(texts: Iterable[str]) -> dict[str, Found]:
    """`find` on any day for many texts at once: {text: answer}, two queries for each 5,000 names."""
    asked = {text: read(text) for text in texts}
    keys = sorted({key for a in asked.values() if a.key for key in (a.key, a.whole_key)})
    own: dict[str, list[AdminUnit]] = defaultdict(list)
    other: dict[str, list[tuple[AdminUnit, str]]] = defaultdict(list)
    for start in range(0, len(keys), 5000):
        part = keys[start : start + 5000]
        for unit in AdminUnit.objects.filter(key__in=part).for_list():
            own[unit.key].append(unit)
        for alias in Alias.objects.filter(key__in=part).select_related(
            "unit", "unit__country", "unit__parent", "unit__parent__parent"
        ):
            other[alias.key].append((alias.unit, alias.text))
    result = {}
    for text, a in asked.items():
        matches: dict[int, Match] = {}
        for key in {a.key, a.whole_key} if a.key else ():
            found = [_match(unit, a, "") for unit in own[key]]
            found += [_match(unit, a, name) for unit, name in other[key]]
            for match in found:
                known = matches.get(match.unit.pk)
                if known is None or match.rank < known.rank:
                    matches[match.unit.pk] = match
        ranked = sorted(matches.values(), key=lambda m: m.rank)
        if a.within:
            ranked = [m for m in ranked if _lies_in(m.unit, a.within)] or ranked
        result[text] = Found(clean(text), None, ranked)
    return result


def _match(unit: AdminUnit, asked: Asked, alias: str) -> Match:
    """How well the unit agrees with the text."""
    name = exact(alias or unit.name)
    as_named = bool(alias) and fold(alias) == asked.whole_key != asked.key
    of_kind = not asked.kinds or unit.kind in asked.kinds or as_named
    return Match(unit, name in (exact(asked.name), exact(clean(asked.name))) or as_named, of_kind, alias)


def _lies_in(unit: AdminUnit, within: tuple[str, ...]) -> bool:
    """Whether every larger unit named is above this one."""
    above = {fold(unit.country.name_vi), fold(unit.country.name_en)}
    parent = unit.parent
    for _step in range(3):
        if parent is None:
            break
        above.add(parent.key)
        parent = parent.parent
    return set(within) <= above


def find_country(text: str) -> list[Country]:
    """The countries called so, in Vietnamese or English, by another name, or by an ISO code; best first."""
    text = clean(text)
    key = fold(text)
    if not key:
        return []
    code = text.upper()
    rows = list(
        Country.objects.filter(Q(code=code) | Q(iso3=code) | Q(key=key) | Q(other_keys__contains=f"|{key}|"))[:20]
    )
    return sorted(rows, key=lambda c: (exact(c.name_vi) != exact(text), c.key != key, c.sort_key))


def find_bloc(text: str) -> list[Bloc]:
    """The regions and blocs called so: EU, "Liên minh châu Âu", "Nam Mỹ", "Mỹ Latinh", or by code; in any spelling."""
    return find_blocs([text])[text]


def find_blocs(texts: Iterable[str]) -> dict[str, list[Bloc]]:
    """`find_bloc` for many texts at once: {text: blocs}, one query."""
    known: dict[str, list[Bloc]] = defaultdict(list)
    for bloc in Bloc.objects.all():
        for key in bloc_keys(bloc.code, bloc.name_vi, bloc.name_en):
            known[key].append(bloc)
    return {text: list(known.get(bloc_key(text), ())) for text in texts}


# --- through time ---------------------------------------------------------------------------------
def current_of(unit: AdminUnit, on: datetime.date | None = None) -> list[AdminUnit]:
    """What stands on this day (today) in the place of the unit: itself, its successors, or its predecessors.

    Several when it was divided; empty when nothing took its place (districts).
    """
    return currents_of([unit], on)[unit.pk]


def currents_of(units: Iterable[AdminUnit], on: datetime.date | None = None) -> dict[int, list[AdminUnit]]:
    """`current_of` for many units in a bounded number of queries (one for each step of the longest chain)."""
    day = on or today()
    result: dict[int, dict[int, AdminUnit]] = {}
    forward: dict[int, set[int]] = defaultdict(set)  # a unit still to be followed → those it is followed for
    backward: dict[int, set[int]] = defaultdict(set)
    for unit in units:
        result[unit.pk] = {}
        if unit.holds_on(day):
            result[unit.pk][unit.pk] = unit
        elif unit.valid_to is not None and unit.valid_to <= day:
            forward[unit.pk].add(unit.pk)
        else:
            backward[unit.pk].add(unit.pk)
    _follow(forward, result, day, "predecessor_id", "successor")
    _follow(backward, result, day, "successor_id", "predecessor")
    return {pk: sorted(found.values(), key=lambda u: (u.sort_key, u.pk)) for pk, found in result.items()}


def _follow(
    frontier: dict[int, set[int]],
    result: dict[int, dict[int, AdminUnit]],
    day: datetime.date,
    near: str,
    far: str,
) -> None:
    """Walk successions in one direction until units of the day are reached."""
    seen: dict[int, set[int]] = defaultdict(set)
    for _step in range(LONGEST_CHAIN):
        if not frontier:
            return
        further: dict[int, set[int]] = defaultdict(set)
        for row in Succession.objects.filter(**{f"{near}__in": list(frontier)}).select_related(far):
            unit: AdminUnit = getattr(row, far)
            for origin in frontier[getattr(row, near)]:
                if unit.holds_on(day):
                    result[origin][unit.pk] = unit
                elif origin not in seen[unit.pk]:
                    seen[unit.pk].add(origin)
                    further[unit.pk].add(origin)
        frontier = further


def shown_name(unit: AdminUnit) -> str:
    """'Thái Bình' for a province, 'Xã Thái Thụy' for smaller units, in the reader's language."""
    if get_language() == "en" and unit.name_en and unit.country_id != "VN":
        return unit.name_en
    return unit.name if unit.level == Level.PROVINCE else unit.full_name


def _inside(unit: AdminUnit) -> str:
    """The name within a sentence: 'xã Thái Thụy'."""
    name = shown_name(unit)
    return unit.kind + name[len(unit.kind) :] if name.lower().startswith(unit.kind + " ") else name


def label(unit: AdminUnit, on: datetime.date | None = None) -> str:
    """The name with what it is on this day (today): 'Thái Bình (nay là Hưng Yên)'."""
    return labels([unit], on)[unit.pk]


def labels(units: Iterable[AdminUnit], on: datetime.date | None = None) -> dict[int, str]:
    """`label` for many units in a bounded number of queries."""
    day = on or today()
    rows = list(units)
    now = currents_of(rows, day)
    orphans = [u for u in rows if not now[u.pk] and u.valid_to is not None and u.valid_to <= day and u.parent_id]
    parents = {p.pk: p for p in AdminUnit.objects.filter(pk__in={u.parent_id for u in orphans})}
    above = currents_of(parents.values(), day)
    result = {}
    for unit in rows:
        name = shown_name(unit)
        heirs = [_inside(u) for u in now[unit.pk]]
        over = [_inside(u) for u in above.get(unit.parent_id or 0, [])]
        if unit.valid_from is not None and unit.valid_from > day:
            heirs, over = [], []
        if heirs and heirs != [_inside(unit)]:
            name = _("%(old)s (now %(new)s)") % {"old": name, "new": _listed(heirs)}
        elif not heirs and over:
            name = _("%(old)s (now in %(new)s)") % {"old": name, "new": _listed(over)}
        result[unit.pk] = name
    return result


def _listed(names: list[str]) -> str:
    """Up to three names in a row."""
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
