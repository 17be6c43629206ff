"""Names that the text has used with a head word and uses again without one: "Zala", "Vũ Thư"."""

from __future__ import annotations

from collections.abc import Iterator

import ahocorasick_rs

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
        if bare.stands_alone(scene, start, flat=flat) and not bare.is_feature_before(scene, start):
            scene.cover(start, end)
            yield Sighting(start, end, start, "", source.meanings, group=-1)


def _is_distinct(name: str) -> bool:
    """Whether a name is one even without a head: a single Vietnamese syllable is not."""
    return " " in name or "-" in name or not names.is_vietnamese(name)


def _is_whole(low: str, start: int, end: int) -> bool:
    return not (start and (low[start - 1].isalnum() or low[start - 1] == "-")) and not low[end : end + 1].isalnum()
