"""Places that a head word announces: "tỉnh X", "các tỉnh X, Y và Z", "phường 5"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diemtua.sources.reader import facts
from diemtua.sources.reader.lexicon import TRAP, Hit
from diemtua.sources.reader.places import bare, names
from diemtua.sources.reader.places.scene import Scene, Sighting
from diemtua.sources.reader.wordlists import words as listed

# Head words and what they are called here.
PROVINCE, CITY, DISTRICT, COMMUNE, VILLAGE, ABROAD = "province", "city", "district", "commune", "village", "abroad"
_HEADS = {
    **dict.fromkeys(("tỉnh",), PROVINCE),
    **dict.fromkeys(("thành phố", "tp.", "tp"), CITY),
    **dict.fromkeys(("huyện", "quận", "thị xã", "tx."), DISTRICT),
    **dict.fromkeys(("xã", "phường", "thị trấn", "tt.", "đặc khu"), COMMUNE),
    **dict.fromkeys(("thôn", "xóm", "bản", "cụm bản", "làng", "ấp", "buôn", "bon", "khóm", "plei"), VILLAGE),
    **dict.fromkeys(("bang", "tiểu bang", "tỉnh bang", "hạt", "vùng", "tiểu vương quốc", "châu", "phủ"), ABROAD),
    **dict.fromkeys(("khu tự trị", "châu tự trị", "cộng hòa", "địa khu", "khu"), ABROAD),
}
_FULL = {"tp.": "thành phố", "tp": "thành phố", "tx.": "thị xã", "tt.": "thị trấn"}
RANKS = {VILLAGE: 0, COMMUNE: 1, DISTRICT: 2, CITY: 2.5, PROVINCE: 3, ABROAD: 3}

_S = r"(?> {0,60}\n? {0,60})"
_HEAD = re.compile(
    rf"(?<!\w)(?P<head>{'|'.join(re.escape(h).replace(chr(92) + ' ', _S) for h in sorted(_HEADS, key=len, reverse=True))})"
    rf"(?:(?<=\.)|(?!\w))(?P<more>{_S}(?:biên giới|miền núi|vùng cao|ven biển|đảo|vùng biên|nông thôn mới)(?!\w))?"
    rf"{_S}(?P<colon>:{_S})?(?=\w)"
)
# The head is part of another word: "hợp tác xã", "liên bang", "chính phủ", "nông thôn", "văn bản".
_OTHER_WORD = re.compile(
    r"(?<!\w)(?:hợp tác|thông tấn|liên|chính|nông|nhật|cơ|văn|kịch|phiên|biên|xuất|nguyên|căn|tư|dự|ấn|bảo|sao|luận|âm"
    r"|thế|khu|đường|ngành|công|phong|lá|mua|bán|lục|di|ngũ|tài|già) {1,3}$"
)
_PLURAL = re.compile(
    r"(?<!\w)(?P<many>các|những|hai|ba|bốn|sáu|bảy|tám|chín|mười|nhiều|một số|vài|mấy|năm|\d{1,2})"
    r"(?: (?:tỉnh|thành phố|tp|huyện|thị xã|quận|xã|phường|thị trấn|bang|thôn|bản|vùng|đặc khu)(?:,? và|,|/)?){0,3} ?$"
)
_NEXT = re.compile(rf"{_S}(?:,{_S}(?:và(?!\w))?|;|và(?!\w)|cùng(?: với)?(?!\w)|với(?!\w)|-){_S}(?=\w)")
_NUMBERED = re.compile(r"\d{1,2}(?!\w|[/.,]\d|%|-\d)")
_COUNTED = re.compile(r" (?:triệu|tỷ|nghìn|ngàn|người|hộ|ha|km|lần|dự án|nước|đồng)(?!\w)")
# A list goes on with a bare unknown name only where that name clearly ends.
_MEMBER_ENDS = re.compile(r"\s*(?:[,;.():\n\"]|$|(?:và|cùng|với|của|ở|tại|thuộc|đã|sẽ|được|do|là|để|trong|từ|-)(?!\w))")
# Words with a capital after "bản", "làng", "tỉnh" and so on that name something else.
_NO_NAMES = listed("no names")
_STRICT = frozenset(
    {"khu", "bản", "vùng", "châu", "phủ", "hạt", "cộng hòa", "khu tự trị", "châu tự trị", "làng", "buôn", "bon"}
)
_LONGEST_LIST = 70
_PEOPLES = re.compile(r"(?:[^\W\d_]+[ ,-]{1,3}){0,10}+[^\W\d_]*")
_PLACES = (facts.VN_LOCALITY, facts.FOREIGN_LOCALITY)


def category(head: str) -> str:
    """The category of a head word; "" without one."""
    return _HEADS.get(head, "")


def find(scene: Scene) -> Iterator[Sighting]:
    """Sightings with a head word, in reading order; their characters are covered in the scene."""
    low = scene.view.low
    at, group = 0, 0
    while match := _HEAD.search(low, at):
        at = match.end("head")
        head = " ".join(match["head"].split())
        start, name_start = match.start(), match.end()
        if (
            not scene.is_free(start, name_start)
            or scene.inside[start]
            or _OTHER_WORD.search(low[max(0, start - 10) : start])
        ):
            continue
        if any(hit.end > match.end("head") and not _is_lower(hit) for hit in scene.hits.get(start, ())):
            continue  # a known name begins with the head: "TP.HCM", "châu Âu"
        plural = _PLURAL.search(low[max(0, start - 40) : start])
        first = _named(scene, start, name_start, head, plural=bool(plural), colon=bool(match["colon"]))
        if first is None or (match["more"] and not first.meanings):
            continue
        members = [first]
        if plural:
            group += 1
            members = _members(scene, first, head, group, certain=not _may_be_time(plural["many"]))
        for one in members:
            scene.cover(one.start, one.end)
            yield one
        at = members[-1].end


def _is_lower(hit: Hit) -> bool:
    """Whether a name is one of communes and districts only, which need a head word themselves."""
    return all(m.type == facts.VN_LOCALITY and m.level != "province" for m in hit.meanings)


def _may_be_time(word: str) -> bool:
    """Whether a plural word may be something else: "trong năm tỉnh Thái Bình", "quý 3 tỉnh Thái Bình"."""
    return word == "năm" or word.isdigit()


def _named(scene: Scene, start: int, name_start: int, head: str, *, plural: bool, colon: bool) -> Sighting | None:
    """The place whose head word stands at `start` and whose name begins at `name_start`."""
    view = scene.view
    if colon and not plural:
        return None
    number = _NUMBERED.match(view.low, name_start)
    if number:
        counts = plural or _COUNTED.match(view.low, number.end()) or category(head) in (PROVINCE, CITY, ABROAD)
        return None if counts else Sighting(start, number.end(), name_start, _FULL.get(head, head))
    if head in ("khu tự trị", "châu tự trị"):
        return _autonomous(scene, start, name_start, head)
    hit = _known(scene, name_start, head)
    if hit is not None and not scene.is_free(hit.start, hit.end):
        return None
    if category(head) == VILLAGE and bare.is_feature(scene, start):
        return None  # "thác Bản Giốc"
    flat = scene.is_flat(name_start, names.word_end(view, name_start))
    guarded = names.has_post_before(view, start)
    if guarded and hit is not None and " " not in view.flow[name_start : hit.end] and names.is_person(view, name_start):
        return None  # "Bí thư Đảng ủy xã Hồ Phin"
    lower = hit is None or all(m.level not in ("", "province") for m in hit.meanings)
    if guarded and head == "tỉnh" and lower and names.is_person(view, name_start):
        return None  # "Cục trưởng Cục Hải quan tỉnh Vũ Quý Hưng"; Vũ Quý is a commune
    if hit is None or not _fits(hit, head):
        end = _unknown(scene, name_start, head, flat=flat, guarded=guarded)
        if hit is not None and (end is None or end <= hit.end):
            end = hit.end
        elif end is not None:
            hit = None
        if end is None or (hit is None and _is_other_name(scene, name_start, end, head, plural=plural)):
            return None
    else:
        end = hit.end
    return Sighting(start, end, name_start, _FULL.get(head, head), hit.meanings if hit else ())


def _known(scene: Scene, at: int, head: str) -> Hit | None:
    """The known place name at `at` that goes best with the head: the longest of the right kind, else the longest."""
    hits = [h for h in scene.hits.get(at, ()) if any(m.type in _PLACES for m in h.meanings)]
    flat = bool(hits) and scene.is_flat(at, hits[-1].end)
    if head in _STRICT or (flat and category(head) in (PROVINCE, CITY, ABROAD)):
        hits = [h for h in hits if _fits(h, head)]
    if flat:  # a name of one syllable must be one of the kind
        texts = {h: scene.view.low[h.start : h.end] for h in hits}
        hits = [h for h in hits if _fits(h, head) or " " in texts[h] or not names.is_vietnamese(texts[h])]
    return next((h for h in hits if _fits(h, head)), hits[0] if hits else None)


def _fits(hit: Hit, head: str) -> bool:
    """Whether a known name is one of those that go with the head."""
    full, kind = _FULL.get(head, head), category(head)
    if kind == VILLAGE:
        return False
    if kind == ABROAD:
        abroad = hit.of(facts.FOREIGN_LOCALITY)
        countries = {"phủ": ("JP",), "khu": ("CN",), "châu": ("CN", "VN"), "cộng hòa": ("RU",)}.get(head)
        return abroad is not None and (countries is None or abroad.country in countries)
    return any(
        (m.type == facts.FOREIGN_LOCALITY and kind != COMMUNE)
        or (m.type == facts.VN_LOCALITY and (full in m.kinds or (m.level == "province" and kind in (PROVINCE, CITY))))
        for m in hit.meanings
    )


def _unknown(scene: Scene, at: int, head: str, *, flat: bool, guarded: bool) -> int | None:
    """The end of a name that the lexicon does not know."""
    view = scene.view
    if "\n" in view.flow[max(0, at - 3) : at]:  # between the head and the name
        return None
    if flat:
        return names.plain_name_end(view, at) if category(head) in (PROVINCE, CITY, DISTRICT, ABROAD) else None
    if not view.flow[at].isupper() or (guarded and names.is_person(view, at)):
        return None
    end = names.name_end(view, at, guarded=guarded)
    return _joined(scene, end) if end and category(head) == ABROAD else end


def _joined(scene: Scene, end: int) -> int:
    """The end of a foreign name that goes on behind a dash: "vùng Tanger - Tétouan - Al Hoceïma"."""
    view = scene.view
    for _ in range(4):
        start = end + 3
        first = view.flow[start : names.word_end(view, start)]
        if view.flow[end:start] != " - " or not first[:1].isupper() or names.is_vietnamese(first):
            break
        more = None if scene.hits.get(start) else names.name_end(view, start, guarded=False)
        if more is None:
            break
        end = more
    return end


def _is_other_name(scene: Scene, start: int, end: int, head: str, *, plural: bool) -> bool:
    """Whether what follows the head is no name of a place, though it has a capital."""
    view = scene.view
    first = view.low[start : names.word_end(view, start)]
    if first in _NO_NAMES:
        return True
    for hit in scene.hits.get(start, ()):
        if hit.of(facts.REGION) or (hit.of(TRAP) and hit.end >= end):
            return True
        if country := hit.of(facts.COUNTRY):  # "thành phố Mexico" is one, "các tỉnh Lào" are several
            return plural or country.key == "VN" or (" " not in country.text.strip() and len(country.text) < 5)
    # "các tỉnh Nam Lào"
    second = names.word_end(view, start) + 1
    if first in ("bắc", "nam", "đông", "tây", "trung") and any(h.of(facts.COUNTRY) for h in scene.hits.get(second, ())):
        return True
    if head in _STRICT:
        foreign = not names.is_vietnamese(view.flow[start : names.word_end(view, start)])
        if head in ("bản", "làng", "buôn", "bon"):
            return view.flow[start - 2].isupper() or bool(view.low[start:end].isdigit())
        return head == "khu" or not (foreign or view.flow[end : end + 2].strip().startswith("("))
    return False


def _autonomous(scene: Scene, start: int, at: int, head: str) -> Sighting | None:
    """ "Khu tự trị dân tộc Choang Quảng Tây": the peoples it is named after stand before its name."""
    peoples = _PEOPLES.match(scene.view.low, at)
    stop = peoples.end() if peoples else at
    for place in range(at, stop):
        for hit in scene.hits.get(place, ()):
            abroad = tuple(m for m in hit.meanings if m.type == facts.FOREIGN_LOCALITY)
            if abroad:
                return Sighting(start, hit.end, hit.start, head, abroad)
    return None


def _members(scene: Scene, first: Sighting, head: str, group: int, *, certain: bool) -> list[Sighting]:
    """The members of a list under a plural head, whose head word stands outside of all of them."""
    view = scene.view
    members = [first]
    while len(members) < _LONGEST_LIST and (link := _NEXT.match(view.low, members[-1].end)):
        member = _member(scene, link.end(), first.head)
        if member is None:
            break
        members.append(member)
    if len(members) == 1 and not certain:
        return members
    for one in members:
        one.start, one.group, one.is_listed = one.name_start, group, True
    return members


def _member(scene: Scene, at: int, head: str) -> Sighting | None:
    """A further member of a list: a known place, or an unknown name that clearly ends."""
    view = scene.view
    head_here = _HEAD.match(view.low, at)
    hit = _known(scene, at, head)
    if hit is None and head_here is not None:
        return None
    if hit is not None and any(h.end > hit.end and h.of(facts.REGION) for h in scene.hits.get(at, ())):
        return None
    if hit is not None and (_fits(hit, head) or _MEMBER_ENDS.match(view.low, hit.end)):
        return (
            Sighting(hit.start, hit.end, hit.start, head, hit.meanings) if scene.is_free(hit.start, hit.end) else None
        )
    if scene.is_flat(at, names.word_end(view, at)) or not view.flow[at].isupper():
        return None
    end = names.name_end(view, at, guarded=False)
    if end is None or not _MEMBER_ENDS.match(view.low, end) or not scene.is_free(at, end):
        return None
    word = view.low[at : names.word_end(view, at)]
    single = " " not in view.flow[at:end] and "-" not in view.flow[at:end] and names.is_vietnamese(word)
    if single or names.is_other_beginning(word) or _is_other_name(scene, at, end, head, plural=True):
        return None
    return Sighting(at, end, at, head)
