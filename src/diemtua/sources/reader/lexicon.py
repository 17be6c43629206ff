"""Names that are known before reading: countries, regions, units of Vietnam of every day, places abroad.

Built from the data of the room `places` and the lists in `data/`, without a database; `Lexicon.with_names` adds what
an office keeps. All names are looked for at once (Aho-Corasick), so the time does not depend on their number.
"""

from __future__ import annotations

import csv
import datetime
import functools
import gzip
import io
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Any

import ahocorasick_rs

from diemtua.kit.text import fold, nfc
from diemtua.sources.reader import facts
from diemtua.sources.reader.view import View, lowered
from diemtua.sources.reader.wordlists import lines, sections

PROVINCE, DISTRICT, COMMUNE = "province", "district", "commune"
TRAP = ""  # the type of a name that hides the place names inside it
# Territories that the data of `places` lists as countries, but that are spoken of as parts of one or not at all.
_NO_COUNTRIES = frozenset(["AQ", "BV", "GS", "HK", "HM", "IO", "MO", "TF", "TW", "UM"])
# Names in those data that would be read wrongly: other words, or no name that papers use.
_UNFIT_NAMES = frozenset({"US", "Man", "Jersey", "Sát", "Nam Cực", "Congo", "Korea"})
_ALWAYS = datetime.date.min


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a name may stand for.

    `type`: a kind of `facts`, or TRAP. `key`, `norm`: as in `spans.Found`. `country`: ISO code of a place abroad.
    `kinds`: of a unit of Vietnam, the head words it goes with ("huyện", "thị xã"). `since`: the first day of a province
    of that name ("Huế"), `city_since`: the first day on which it is a city. `is_bare`: the name counts without a head word.
    """

    type: str
    text: str
    key: str = ""
    norm: str | None = None
    country: str = ""
    level: str = ""
    kinds: frozenset[str] = frozenset()
    since: datetime.date = datetime.date.min
    city_since: datetime.date | None = None
    is_bare: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """A known name at `view.text[start:end]`."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]

    def of(self, kind: str, level: str = "") -> Meaning | None:
        """The meaning of a kind (and level), if it has one."""
        return next((m for m in self.meanings if m.type == kind and level in ("", m.level)), None)


class _Table:
    """Names and their meanings, with the automaton that finds them."""

    def __init__(self, names: Mapping[str, Iterable[tuple[str, Meaning]]]) -> None:
        self.meanings: list[tuple[Meaning, ...]] = []
        self.capitals: list[tuple[int, ...]] = []
        patterns: list[str] = []
        for low, spelled in names.items():
            patterns.append(low)
            self.meanings.append(tuple(dict.fromkeys(meaning for _spelling, meaning in spelled)))
            self.capitals.append(tuple(sorted(set.intersection(*(_capitals(s, m) for s, m in spelled)))))
        self.automaton = ahocorasick_rs.AhoCorasick(patterns) if patterns else None


def _capitals(spelling: str, meaning: Meaning) -> set[int]:
    """Where a name must have capitals; countries were long written "Hàn quốc"."""
    if meaning.type == facts.COUNTRY and not spelling.isupper():
        return {0}
    return {at for at, char in enumerate(spelling) if char.isupper()}


@dataclass(frozen=True)
class Lexicon:
    """A set of names; it never changes, so one may be shared by all readings of a process."""

    tables: tuple[_Table, ...] = field(repr=False)

    @staticmethod
    def load() -> Lexicon:
        """The names that come with the program. Built once in a process, in some 0.2 s."""
        return _packaged()

    def with_names(self, names: Iterable[tuple[str, Meaning]]) -> Lexicon:
        """This lexicon and more names, each with its meaning; a name known already keeps its other meanings too."""
        added: dict[str, list[tuple[str, Meaning]]] = defaultdict(list)
        for name, meaning in names:
            spelling = " ".join(nfc(name).split())
            if len(spelling) > 1:
                added[lowered(spelling)].append((spelling, meaning))
        return replace(self, tables=(*self.tables, _Table(added))) if added else self

    def province(self, name: str) -> str | None:
        """The province of Vietnam, of any day, that a name stands for; marks, capitals and a head word may be missing."""
        wanted = fold(name)
        for table in self.tables:
            for meanings in table.meanings:
                for meaning in meanings:
                    if meaning.level == PROVINCE and wanted in _called(meaning.text):
                        return meaning.text
        return None

    def search(self, view: View) -> dict[int, list[Hit]]:
        """Every known name in the text by where it starts, the longest first. Names may overlap.

        A name has its capital letters, unless the whole text goes without them.
        """
        text, places = _even_blanks(view)
        size = len(text)
        found: dict[tuple[int, int], Hit] = {}
        for table in self.tables:
            if table.automaton is None:
                continue
            for index, start, end in table.automaton.find_matches_as_indexes(text, overlapping=True):
                if (start and _joins(text, start - 1, start)) or (end < size and _joins(text, end, end - 1)):
                    continue
                at = (start, end) if places is None else (places[start], places[end - 1] + 1)
                if not view.lower_case:
                    where = range(start, end) if places is None else places[start:end]
                    if not all(view.flow[where[offset]].isupper() for offset in table.capitals[index]):
                        continue
                before = found.get(at)
                meanings = table.meanings[index]
                found[at] = Hit(*at, meanings if before is None else (*before.meanings, *meanings))
        by_start: dict[int, list[Hit]] = {}
        for hit in sorted(found.values(), key=lambda h: (h.start, -h.end)):
            by_start.setdefault(hit.start, []).append(hit)
        return by_start


def _called(province: str) -> tuple[str, ...]:
    name = fold(province)
    return name, f"tinh {name}", f"thanh pho {name}"


def _joins(text: str, outside: int, inside: int) -> bool:
    """Whether the character outside a match belongs to the same word as the one inside: a part of a longer name."""
    char = text[outside]
    if char.isalnum() or char == "_":
        return text[inside].isalnum()
    return False


_RUNS = re.compile(r" {2,}|(?<=\w)- (?=\w)")


def _even_blanks(view: View) -> tuple[str, list[int] | None]:
    """The text to search, with single blanks, and where its characters stand if that is not the same place."""
    text = view.low
    if view.is_wrapped:  # a name may go on in the next line
        text = re.sub(r"(?<=[^\n])\n(?=[^\n])", " ", text)
    if not _RUNS.search(text):
        return text, None
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for run in _RUNS.finditer(text):
        start, end = run.span()
        if run[0][0] == "-" and not view.is_soft_break(start + 1):
            continue
        pieces += text[done:start], run[0][0]
        places.extend(range(done, start + 1))
        done = end
    pieces.append(text[done:])
    places.extend(range(done, len(text)))
    return "".join(pieces), places


# --- what comes with the program ------------------------------------------------------------------
_Add = Callable[[Iterable[str], Meaning], None]


@functools.cache
def _packaged() -> Lexicon:
    names: dict[str, list[tuple[str, Meaning]]] = defaultdict(list)

    def add(spellings: Iterable[str], meaning: Meaning) -> None:
        for spelling in spellings:
            for variant in variants(spelling):
                names[lowered(variant)].append((variant, meaning))

    _add_countries(add)
    for line in lines("regions.txt"):
        add(line, Meaning(facts.REGION, line[0], f"region:{fold(line[0])}"))
    for line in lines("traps.txt"):
        add(line, Meaning(TRAP, line[0]))
    _add_vietnam(add)
    _add_abroad(add)
    return Lexicon((_Table(names),))


_HYPHENS = re.compile(r"(?<=\w)-(?=\w)")
_WITH_SPACES = re.compile(r" - ")


def variants(name: str) -> list[str]:
    """A name and its other spellings: without hyphens, with blanks for them, without foreign accents."""
    spellings = [nfc(name)]
    if " - " in name:
        spellings += [_WITH_SPACES.sub("-", name), _WITH_SPACES.sub(" ", name)]
    elif len(_HYPHENS.findall(name)) >= 2:
        spellings += [_HYPHENS.sub("", name), _HYPHENS.sub(" ", name)]
    elif _HYPHENS.search(name) and " " in name:
        spellings.append(name[0] + name[1:].replace(" ", "-").lower())
    elif _HYPHENS.search(name):
        spellings.append(_HYPHENS.sub(" ", name) if name[name.index("-") + 1].isupper() else _HYPHENS.sub("", name))
    plain = "".join(_PLAIN.get(char, char) for char in name)
    if plain != name:
        spellings.append(plain)
    return spellings


# Letters that Vietnamese has not, and those it has that stand in foreign names beside them.
_PLAIN = dict(
    zip(
        "ÅÄÖÜØŚŠŽŻŁŐŰÇÑåäöüøśšžżźłńñçčćřěůőűëïîûėęąșțğıōū",
        "AAOUOSSZZLOUCNaaouosszzzlnncccreuoueiiueeastgiou",
        strict=True,
    )
)


def _places_rows(name: str) -> Iterator[dict[str, str]]:
    data = (resources.files("diemtua.places") / "data" / name).read_bytes()
    return csv.DictReader(io.StringIO(gzip.decompress(data).decode()))


def _curated() -> dict[str, Any]:
    return tomllib.loads((resources.files("diemtua.places") / "data" / "curated.toml").read_text("utf-8"))


def _add_countries(add: _Add) -> None:
    known: dict[str, list[str]] = defaultdict(list)
    for row in _places_rows("countries.csv.gz"):
        if row["code"] not in _NO_COUNTRIES:
            known[row["code"]] += [row["name_vi"], *row["others"].split("|"), row["name_en"]]
    for code, others in _curated()["countries"].items():
        if code not in _NO_COUNTRIES:
            known[code] += others
    for line in lines("countries.txt"):
        code, first = line[0].split(": ", 1)
        known[code] += [first, *line[1:]]
    for code, spellings in known.items():
        fit = [s for s in spellings if len(s) > 0 and s not in _UNFIT_NAMES and "(" not in s and "," not in s]
        if fit:
            add(dict.fromkeys(fit), Meaning(facts.COUNTRY, fit[0], code, code))


def _add_vietnam(add: _Add) -> None:
    """Provinces of every day, with what they are called; districts and communes by the kinds that bear a name."""
    provinces: dict[str, datetime.date | None] = {}
    firsts: dict[str, datetime.date] = {}
    lower: dict[tuple[str, str], set[str]] = defaultdict(set)
    codes: dict[str, tuple[str, str]] = {}
    for row in _places_rows("units.csv.gz"):
        if row["country"] != "VN" or row["name"].isdigit():  # "phường 5" needs no list
            continue
        name, level, kind = row["name"], row["level"], row["kind"]
        codes[f"VN:{level}:{row['code']}"] = (level, name)
        if level != PROVINCE:
            lower[level, name].add(kind)
        elif kind == "thành phố":
            since = datetime.date.fromisoformat(row["from"]) if row["from"] else _ALWAYS
            provinces[name] = min(since, provinces.get(name) or datetime.date.max)
        else:
            provinces.setdefault(name, None)
    bare: set[str] = set()
    spellings: dict[str, list[str]] = defaultdict(list)
    for heading, line in sections("vietnam.txt"):
        if heading == "province":
            provinces.setdefault(line[0], None)
            spellings[line[0]] += line
        elif heading == "since":
            day, name = line[0].split(": ")
            firsts[name] = datetime.date.fromisoformat(day)
        elif heading == "district":
            kind, first = line[0].split(": ")
            for name in (first, *line[1:]):
                lower[DISTRICT, name].add(kind)
        else:
            bare.update(line)
    for name, city_since in provinces.items():
        since = firsts.get(name, _ALWAYS)
        meaning = Meaning(
            *(facts.VN_LOCALITY, name, f"VN:{name}", name, "VN", PROVINCE),
            since=since,
            city_since=city_since and max(since, city_since),
        )
        add([name, *spellings[name]], meaning)
    for row in _places_rows("spellings.csv.gz"):
        if row["unit"].partition("@")[0] in codes:
            level, name = codes[row["unit"].partition("@")[0]]
            if level != PROVINCE:
                spellings[name].append(row["text"])
    for (level, name), kinds in lower.items():
        alone = name in bare or (" " in name and bool(kinds & {"thành phố", "thị xã"}))
        meaning = Meaning(
            *(facts.VN_LOCALITY, name, f"VN:{level}:{name}", None, "VN", level),
            kinds=frozenset(kinds),
            is_bare=alone,
        )
        add((name, *spellings[name]), meaning)


def _add_abroad(add: _Add) -> None:
    """Places abroad, from the lists here and the data of `places`."""
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    heads: set[tuple[str, str]] = set()
    for country, line in sections("abroad.txt"):
        spellings = [s.lstrip("~") for s in line]
        names[country][spellings[0]] += spellings
        heads.update((country, s[1:]) for s in line if s[0] == "~")
    for row in _places_rows("units.csv.gz"):
        if row["country"] != "VN":
            _merge(names[row["country"]], [n for n in (row["name"], row["name_en"]) if n and "(" not in n])
    for place in _curated()["locality"]:
        aliases = [alias.partition("|")[0] for alias in place["aliases"]]
        _merge(names[place["country"]], [place["name"], place["name_en"], *(a for a in aliases if a.isascii())])
    for country, places in names.items():
        for name, spellings in places.items():
            meaning = Meaning(facts.FOREIGN_LOCALITY, name, f"{country}:{name}", country=country)
            plain = dict.fromkeys(spellings)
            add([s for s in plain if (country, s) not in heads], meaning)
            add([s for s in plain if (country, s) in heads], replace(meaning, is_bare=False))


def _merge(places: dict[str, list[str]], spellings: list[str]) -> None:
    """Add spellings to the place that has one of them already, else as a new place."""
    same = next((name for name, known in places.items() if set(spellings) & set(known)), spellings[0])
    places[same] += spellings
