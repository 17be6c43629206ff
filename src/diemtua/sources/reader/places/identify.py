"""What a sighted place is: in Vietnam or abroad, of which level, with its normal form."""

from __future__ import annotations

import datetime
import re

from diemtua.kit.text import fold
from diemtua.sources.reader import facts
from diemtua.sources.reader.lexicon import COMMUNE, DISTRICT, PROVINCE, Meaning
from diemtua.sources.reader.places import heads, names
from diemtua.sources.reader.places.scene import Scene, Sighting
from diemtua.sources.reader.spans import Found

_INSIDE = re.compile(r"\s*\(\s*(?:thuộc |nước |của )?$|\s*\(\s*$")
_OF = re.compile(r"\s*,?\s*(?:(?:thuộc|của|ở|tại|nằm ở)(?: nước| địa bàn)?)\s*$")
_COMMA = re.compile(r"\s*,\s*$")
_LEVELS = {heads.DISTRICT: DISTRICT, heads.COMMUNE: COMMUNE}
VIETNAM, ABROAD = "VN", "abroad"


def identify(scene: Scene, sightings: list[Sighting], on: datetime.date | None, home: str | None) -> list[Found]:
    """The places that the sightings are; `sightings` in reading order."""
    day = on or datetime.date.max
    found: dict[int, Found] = {}
    told: dict[tuple[str, str], tuple[int, str]] = {}  # by head and name: where the text itself says that a place lies
    headed: dict[str, Found] = {}
    untold: list[Sighting] = []
    lists: dict[int, str] = {}  # where the last member of a list lies; its country is that of the others
    after: Sighting | None = None
    place: Found | None = None
    for one in reversed(sightings):
        where = _where(scene, one, after, place)
        if where not in ("", VIETNAM):
            told[one.head, _name(scene, one)] = one.start, where
        if one.group:
            last = lists.setdefault(one.group, where)
            where = where or _of_list(one, last)
        place = _place(scene, one, where, day, home)
        found[one.start] = place
        if one.head and not one.is_listed:
            headed[_name(scene, one)] = place
        if not where:
            untold.append(one)
        after = one
    for one in untold:
        name = _name(scene, one)
        since, where = told.get((one.head, name), (one.start, ""))
        if since < one.start and _may_lie(one, where) and name != fold(home or ""):
            found[one.start] = _place(scene, one, where, day, home)
        elif one.is_repeat and name in headed:  # what it is with a head, it is without
            like = headed[name]
            found[one.start] = Found(like.type, one.start, one.end, like.norm, like.key)
    return sorted(found.values(), key=lambda f: f.start)


def _of_list(one: Sighting, where: str) -> str:
    """Where a member of a list lies whose last member lies `where`: there too, unless it is known not to."""
    return where if where == VIETNAM or _may_lie(one, where) else ""


def _may_lie(one: Sighting, where: str) -> bool:
    """Whether a place may lie in a country: an unknown one, or one that has a name of there."""
    known = [m for m in one.meanings if m.type in (facts.VN_LOCALITY, facts.FOREIGN_LOCALITY)]
    return not known or any(m.country == where for m in known)


def _name(scene: Scene, one: Sighting) -> str:
    return fold(scene.view.low[one.name_start : one.end])


def _where(scene: Scene, one: Sighting, after: Sighting | None, place: Found | None) -> str:
    """ "VN", the code of another country, "abroad", or "" when what follows does not tell where a place lies."""
    if after is None or place is None or after.start - one.end > 24:
        return ""
    between = scene.view.low[one.end : after.start]
    if not (_INSIDE.match(between) or _OF.match(between)):
        # Behind a comma stands the larger unit, or another item of a list.
        if not _COMMA.match(between) or _rank(after, place) <= _rank(one, None):
            return ""
        if one.of(facts.VN_LOCALITY, PROVINCE) and not one.head:
            return ""
    if place.type == facts.COUNTRY:
        return place.key
    if place.type == facts.VN_LOCALITY:
        return VIETNAM
    return place.key.partition(":")[0] if place.type == facts.FOREIGN_LOCALITY else ""


def _rank(one: Sighting, place: Found | None) -> float:
    if place is not None and place.type == facts.COUNTRY:
        return 5
    if one.head:
        return heads.RANKS[heads.category(one.head)]
    return 2.7 if one.of(facts.VN_LOCALITY, PROVINCE) or one.of(facts.FOREIGN_LOCALITY) else 2


def _place(scene: Scene, one: Sighting, where: str, on: datetime.date, home: str | None) -> Found:
    """The place a sighting is, when it lies `where`."""
    for kind in (facts.REGION, facts.COUNTRY):
        if (meaning := one.of(kind)) and not one.head:
            return Found(kind, one.start, one.end, meaning.norm, meaning.key)
    abroad = [m for m in one.meanings if m.type == facts.FOREIGN_LOCALITY]
    if where not in ("", VIETNAM):
        meaning = next((m for m in abroad if m.country == where), None)
        return _abroad(scene, one, meaning, where)
    meaning = _in_vietnam(one, on)
    if where == VIETNAM or _is_vietnamese(scene, one, meaning, abroad, home):
        return _vietnamese(scene, one, meaning)
    return _abroad(scene, one, abroad[0] if abroad else None, "")


def _is_vietnamese(
    scene: Scene, one: Sighting, meaning: Meaning | None, abroad: list[Meaning], home: str | None
) -> bool:
    """Whether a place lies in Vietnam when nothing that follows says where: the closed world of its units."""
    kind = heads.category(one.head)
    full = one.head
    if kind == heads.ABROAD:
        return False
    if meaning is None:
        if abroad:
            return False
        if kind == heads.VILLAGE or (kind == heads.COMMUNE and one.head != "thị trấn"):
            return True
        if one.name_start < one.end and scene.view.low[one.name_start].isdigit():
            return True
        return one.head in ("thị trấn", "thị xã") and names.is_vietnamese(
            scene.view.flow[one.name_start : one.end].replace(" ", "-")
        )
    if meaning.level == PROVINCE or not abroad or meaning.text == home:
        return True
    # A name of both: the kind tells ("thị xã Sơn Tây", "thành phố Đông Hưng" in China).
    return full in meaning.kinds if full else not any(m.is_bare for m in abroad)


def _in_vietnam(one: Sighting, on: datetime.date) -> Meaning | None:
    """The unit of Vietnam that a name with this head means on that day."""
    units = [m for m in one.meanings if m.type == facts.VN_LOCALITY]
    province = next((m for m in units if m.level == PROVINCE), None)
    kind = heads.category(one.head)
    if province is not None:
        is_city = province.city_since is not None and province.city_since <= on
        if kind == heads.PROVINCE or (kind == heads.CITY and is_city):
            return province
        if not one.head and province.since <= on:
            return province
    fitting = [m for m in units if one.head in m.kinds]
    if fitting:
        return fitting[0]
    level = _LEVELS.get(kind, DISTRICT)
    lower = [m for m in units if m.level != PROVINCE]
    return next((m for m in lower if m.level == level), lower[0] if lower else None)


def _vietnamese(scene: Scene, one: Sighting, meaning: Meaning | None) -> Found:
    kind = heads.category(one.head)
    if meaning is not None and meaning.level == PROVINCE and (not one.head or kind in (heads.PROVINCE, heads.CITY)):
        return Found(facts.VN_LOCALITY, one.start, one.end, meaning.norm, meaning.key)
    name = meaning.text if meaning else " ".join(scene.view.flow[one.name_start : one.end].split())
    level = _LEVELS.get(kind) or (meaning.level if meaning and kind != heads.VILLAGE else kind)
    if kind == heads.CITY:
        level = DISTRICT
    norm = name if kind == heads.PROVINCE and meaning else None
    return Found(facts.VN_LOCALITY, one.start, one.end, norm, f"VN:{level}:{name}")


def _abroad(scene: Scene, one: Sighting, meaning: Meaning | None, country: str) -> Found:
    name = meaning.key if meaning else f"{country or ABROAD}:{_name(scene, one)}"
    return Found(facts.FOREIGN_LOCALITY, one.start, one.end, None, name)
