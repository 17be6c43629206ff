"""Unknown names without a head word: those that the text has used with one, and those before their country's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import ahocorasick_rs

from diemtua.sources.reader import facts
from diemtua.sources.reader.places import bare, names
from diemtua.sources.reader.places.heads import VILLAGE, category
from diemtua.sources.reader.places.scene import Scene, Sighting


def find(scene: Scene, headed: list[Sighting]) -> Iterator[Sighting]:
    """Further places by the names of those in `headed`, where no other place stands."""
    view = scene.view
    known: dict[str, Sighting] = {}
    for one in headed:
        name = view.low[one.name_start : one.end]
        if len(name) > 2 and not name[0].isdigit() and category(one.head) != VILLAGE and _is_distinct(name):
            known.setdefault(name, one)
    if not known:
        return
    automaton = ahocorasick_rs.AhoCorasick(list(known), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    sources = list(known.values())
    for index, start, end in automaton.find_matches_as_indexes(view.low):
        if not scene.is_free(start, end) or not _is_whole(view.low, start, end):
            continue
        source = sources[index]
        flat = scene.is_flat(start, end)
        if not flat and not view.flow[start].isupper():
            continue
        if bare.stands_alone(scene, start, flat=flat) and not bare.is_feature(scene, start):
            scene.cover(start, end)
            yield Sighting(start, end, start, "", source.meanings, is_repeat=True)


_LINK = re.compile(r"(?<!\w)(?:với|kết nghĩa|tại|ở|sang|thăm|đến|tới|từ|còn|và|giữa|như|gồm|là|,) {1,3}$")
_PLACES_MEANT = re.compile(r"(?<!\w)(?:tỉnh|thành phố|địa phương|bang|kết nghĩa|vùng)(?!\w)")
_OTHERS_MEANT = re.compile(
    r"(?<!\w)(?:công ty|tập đoàn|doanh nghiệp|tổ chức|trường|viện|nhà đầu tư|quỹ|hãng|ông|bà|ngân hàng|liên danh|nhà thầu)(?!\w)"
)


def find_before_country(scene: Scene) -> Iterator[Sighting]:
    """Foreign names that stand before a country in brackets, in a sentence about localities: "Livorno (I-ta-li-a)"."""
    view = scene.view
    for start, hits in scene.hits.items():
        country = next((h.of(facts.COUNTRY) for h in hits if view.flow[h.end : h.end + 1] == ")"), None)
        if view.flow[start - 1 : start] != "(" or country is None or country.key == "VN":
            continue
        end = start - 2
        begin = view.flow.rfind(" ", max(0, end - 60), end) + 1
        if begin >= end or view.flow[end] != " ":
            continue
        name, before = view.flow[begin:end], view.low[max(0, begin - 120) : begin]
        if (
            name[0].isupper()
            and not (name.isupper() or names.is_vietnamese(name))
            and scene.is_free(begin, end)
            and _LINK.search(before)
            and _PLACES_MEANT.search(before)
            and not _OTHERS_MEANT.search(before[-40:])
        ):
            scene.cover(begin, end)
            yield Sighting(begin, end, begin, "")


def _is_distinct(name: str) -> bool:
    """Whether a name is one even without a head: a single Vietnamese syllable is not."""
    return " " in name or "-" in name or not names.is_vietnamese(name)


def _is_whole(low: str, start: int, end: int) -> bool:
    return not (start and (low[start - 1].isalnum() or low[start - 1] == "-")) and not low[end : end + 1].isalnum()
