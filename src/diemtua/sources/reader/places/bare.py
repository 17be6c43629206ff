"""Known places that stand without a head word: countries, regions, provinces, cities and provinces abroad.

Most of these names are also parts of other names or common words, so what stands around decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from diemtua.sources.reader import facts
from diemtua.sources.reader.lexicon import DISTRICT, PROVINCE, TRAP, Hit, Meaning
from diemtua.sources.reader.places import names
from diemtua.sources.reader.places.scene import Scene, Sighting
from diemtua.sources.reader.wordlists import words as listed

# Rivers, gates, streets and the like are no localities, though they bear the names of some.
_FEATURE = re.compile(
    r"(?<!\w)(?:sông|suối|núi|đèo|(?:quần )?đảo|vịnh|cảng(?: biển| hàng không| cạn| quốc tế)?|cầu cảng|bến(?: cảng| xe| phà)?|nhà ga"
    r"|sân bay(?: quốc tế)?|cửa khẩu(?: quốc tế| chính| phụ| quốc gia)?|lối mở|(?<!nhu )(?<!yêu )(?<!toàn )(?<!đòi )(?<!điểm )cầu|phà"
    r"|(?<!con )đường|(?<!thành )phố|ngõ|(?<!\w)chợ|đại lộ|quốc lộ|cao tốc|chùa|nhà thờ|khách sạn|mũi|kênh|đập|thủy điện"
    r"|nhiệt điện|điện gió|sân vận động|quảng trường|công viên|hang|thác|vườn(?: quốc gia)?|khu du lịch|khu công nghiệp|kcn"
    r"|kkt|ccn|cụm công nghiệp|khu kinh tế(?: ven biển| cửa khẩu)?|khu công nghệ cao|bia|rượu|chung cư|khu đô thị"
    r"|bán đảo|bãi biển|ngã (?:ba|tư)|nút giao|hầm|kho|mỏ|trạm|tàu|xe|giống|quân khu|đường sắt|nhà hát|nhà máy|tượng đài)"
    r" {1,3}$"
)
_HONORIFIC = re.compile(
    r"(?<!\w)(?:ông|bà|anh|chị|em|cô|chú|bác|cụ|cháu|bé|thầy|ngài|đồng chí|dân tộc|tộc|họ|tên) {1,3}$"
)
_PAIR = re.compile(r"(?P<other>[^\W\d_]+)(?: - |-)$")
_PAIR_AFTER = re.compile(r"(?: - |-)(?P<other>[^\W\d_]+)(?!\w)(?! [A-ZĐÀ-Ỹ])")
_CLIPPED = listed("clipped")
# Capitals at the start of a sentence are no part of the name that follows.
_OPENERS = listed("openers")
_DIRECTIONS = frozenset({"bắc", "nam", "đông", "tây", "trung", "đông bắc", "tây bắc", "đông nam", "tây nam"})
_POINTS = frozenset({"region:tay bac", "region:dong bac"})
_POINTING = re.compile(r"(?<!\w)(?:phía|hướng|gió(?: mùa)?|cửa ngõ|góc|đầu|mạn|sườn|cực) {1,3}$")

# Countries of one syllable that are common words: where capitals tell nothing they need a word that calls for a country.
_CALLS = re.compile(
    r"(?:(?<!\w)(?:nước|tại|sang|phía|doanh nghiệp|thị trường|đại sứ(?: quán)?|du khách|nhà đầu tư|chuyên gia|chính phủ|liên bang"
    r"|tổng thống|thủ tướng|quốc hội|tập đoàn|đối tác|hãng|vương quốc|ngoại giao|nhập khẩu từ|xuất khẩu (?:sang|vào|đi)|ở|đến|thăm"
    r"|cộng hòa|người|từ|với|vào|gồm|như|là|giữa|của|bên|quân đội|công ty|vốn|khách|chủ tịch nước|nhân dân|biên giới) {1,3}|\()$"
)
_WEAK_CALLS = re.compile(r"(?<!\w)(?:từ|với|của|là|đến|ở|người|gồm|như|giữa|thăm|bên|khách|vào|nhân dân) {1,3}$")
_PLAIN_WORDS = frozenset(
    {"anh", "ý", "áo", "nga", "mỹ", "đức", "bỉ", "hàn", "nhật", "pháp", "séc", "lào", "úc", "mĩ", "síp"}
)
_COMPOUNDS = {
    "pháp": "luật lý chế nhân lệnh y sư đình danh điển trị quy",
    "đức": "hòa thọ cơ trọng linh phổ huệ hạnh tính tin độ giáo dục tài",
    "mỹ": "thuật phẩm tho đình đức lộc hào xuyên quan nhân lệ viện nữ nghệ tục thành ký kim",
    "ý": "kiến nghĩa chí tưởng thức định đồ tứ nguyện yên thích muốn vị tới đến",
    "nga": "mi sơn my",
    "áo": "dài quần giáp mưa ấm khoác phao vải",
    "hàn": "lâm gắn huyên điện xì vi the",
    "nhật": "ký báo trình thực tân lệ",
    "lào": "cai xào",
    "anh": "hùng em chị dũng minh trai tài thơ đào sơn ta ấy cho nói",
}


def find(scene: Scene) -> Iterator[Sighting]:
    """Sightings without a head word, in reading order; their characters are covered in the scene."""
    for start in sorted(scene.hits):
        for hit in scene.hits[start]:
            if not scene.is_free(hit.start, hit.end):
                continue
            feature = _is_of_friends(scene, start) or (hit.of(facts.COUNTRY) is None and is_feature(scene, start))
            if feature:
                scene.features.add(hit.end)
                continue
            meanings = _accepted(scene, hit)
            if meanings is None:
                continue
            begin = hit.start
            if meanings and meanings[0].type == facts.COUNTRY:
                begin = _full_name(scene, hit.start)
                if begin == hit.start and (begin := _direction(scene, hit)) < hit.start:
                    text = scene.view.flow[begin : hit.end]
                    meanings = (Meaning(facts.REGION, text, f"region:{text.lower()}"),)
            scene.cover(begin, hit.end)
            if meanings:
                yield Sighting(begin, hit.end, begin, "", meanings)
            break


def is_feature(scene: Scene, start: int) -> bool:
    """Whether the name at `start` is that of a road, river, gate or park, or goes on with one by a dash."""
    before = scene.view.low[max(0, start - 24) : start]
    if before[-2:].strip() == "-":
        return _rstripped(scene.view.low, start) in scene.features
    return bool(_FEATURE.search(before)) and not before.endswith(("vùng biển ", "bờ biển ", "ven biển "))


_FRIENDS = re.compile(r"(?<!\w)hội (?:\w+ )?hữu nghị(?:(?: và|,)? hợp tác)?(?: đoàn kết)? {1,3}$")


def _is_of_friends(scene: Scene, start: int) -> bool:
    """Whether a name stands in that of a friendship association, which has those of two countries."""
    before = scene.view.low[max(0, start - 40) : start]
    return bool(_FRIENDS.search(before)) or (
        before[-2:] == "- " and _rstripped(scene.view.low, start) in scene.features
    )


def _rstripped(low: str, at: int) -> int:
    """Before the blanks and hyphens that stand before `at`."""
    while at and low[at - 1] in "- ":
        at -= 1
    return at


def _accepted(scene: Scene, hit: Hit) -> tuple[Meaning, ...] | None:
    """The meanings that the name may have here; () for a trap, None when it is to be passed over."""
    if hit.of(TRAP):
        province = hit.of(facts.VN_LOCALITY, PROVINCE)
        return (province,) if province and _is_in_list(scene, hit) else ()
    flat = scene.is_flat(hit.start, hit.end)
    if hit.of(facts.REGION):
        return hit.meanings[:1] if _is_region(scene, hit, flat) else None
    if country := hit.of(facts.COUNTRY):
        return (country,) if _is_country(scene, hit, flat) else None
    if not stands_alone(scene, hit.start, flat=flat):
        return None
    province = hit.of(facts.VN_LOCALITY, PROVINCE)
    if province:
        if flat and province.text == "Hòa Bình" and not _is_listed_or_located(scene, hit):
            return None
        return hit.meanings
    foreign = hit.of(facts.FOREIGN_LOCALITY)
    if (
        foreign
        and (foreign.is_bare or _is_of_its_country(scene, hit, foreign))
        and (not flat or hit.end - hit.start > 4)
    ):
        return _is_no_company(scene, hit, hit.meanings)
    town = hit.of(facts.VN_LOCALITY, DISTRICT)
    if town and (town.is_bare or (not flat and _is_located(scene, hit))):
        return hit.meanings
    return None


_AT = re.compile(r"(?<!\w)(?:tại|ở) {1,3}$")


def _is_located(scene: Scene, hit: Hit) -> bool:
    """Whether something is said to be at a district: "tại Bình Lục, ..."."""
    gap, word = names.word_after(scene.view, hit.end)
    longer = gap == " " and word[:1].isupper()
    two = " " in scene.view.flow[hit.start : hit.end]
    return two and not longer and bool(_AT.search(scene.view.low[max(0, hit.start - 8) : hit.start]))


def _is_no_company(scene: Scene, hit: Hit, meanings: tuple[Meaning, ...]) -> tuple[Meaning, ...] | None:
    """Pass over "Osaka Gas" and "Tân Cương Nam", but not "Thị trưởng Hwaseong Maeng Doo-shik"."""
    gap, word = names.word_after(scene.view, hit.end)
    if gap != " " or not word[:1].isupper() or scene.is_flat(hit.start, hit.end) or scene.hits.get(hit.end + 1):
        return meanings
    return meanings if names.has_post_before(scene.view, hit.start) else None


_SIDE = re.compile(r"(?<!\w)(?:miền|phía|vùng|khu vực|tuyến) \w+(?: bắc| nam)? {1,3}$")


def stands_alone(scene: Scene, start: int, *, flat: bool) -> bool:
    """Whether the name at `start` is no part of a longer one: "Nguyễn Thái Bình", "ông Bình Định"."""
    view = scene.view
    if _HONORIFIC.search(view.low[max(0, start - 14) : start]):
        return False
    word, signs = names.word_before(view, start)
    if not word or signs.strip(" \n") or ("\n" in signs and not view.is_wrapped):
        return True
    if word.lower() in _DIRECTIONS and _SIDE.search(view.low[max(0, start - 20) : start]):
        return True
    if flat:
        return word.lower() not in names.SURE_NAMES
    return _is_apart(scene, start - len(signs) - len(word), word)


def _is_apart(scene: Scene, start: int, word: str) -> bool:
    """Whether the word before a name, at `start`, is no part of the name though it may have a capital."""
    if not word[0].isupper() or scene.covered[start] or (word.isupper() and len(word) > 1):
        return True
    return names.begins_sentence(scene.view, start) and word.lower() in _OPENERS


def _is_region(scene: Scene, hit: Hit, flat: bool) -> bool:
    view = scene.view
    text = view.low[hit.start : hit.end]
    if hit.meanings[0].key in _POINTS or text.startswith("miền "):
        gap, word = names.word_after(view, hit.end)
        vietnam = any(h.of(facts.COUNTRY) and h.meanings[0].key == "VN" for h in scene.hits.get(hit.end + 1, ()))
        if gap == " " and word[:1].isupper() and not flat and not vietnam:
            return False  # "miền Tây Nghệ An", "Đông Bắc Thái Lan"
        if hit.meanings[0].key in _POINTS and _POINTING.search(view.low[max(0, hit.start - 14) : hit.start]):
            return False
    return True


def _is_country(scene: Scene, hit: Hit, flat: bool) -> bool:
    view, low = scene.view, scene.view.low
    text = low[hit.start : hit.end]
    before = low[max(0, hit.start - 24) : hit.start]
    single = " " not in text and text in _PLAIN_WORDS
    if not single:
        return not _HONORIFIC.search(before) or " " in text
    if (
        (pair := _PAIR.search(before))
        and pair["other"] in _CLIPPED
        and not _full_country_ends(scene, hit.start, before)
    ):
        return False
    if (pair := _PAIR_AFTER.match(view.flow, hit.end)) and pair["other"].lower() in _CLIPPED:
        return False
    if _HONORIFIC.search(before):
        return False
    gap, after = names.word_after(view, hit.end)
    if flat or (view.flow[hit.start : hit.end].isupper() and names.word_before(view, hit.start)[0].isupper()):
        return _is_called_for(scene, hit, text, before, after if gap.strip(" ") == "" else "")
    first = names.begins_sentence(view, hit.start)
    if (
        text == "anh"
        and first
        and not (gap.startswith((",", " -", ")", ";")) and _has_neighbour(scene, hit, facts.COUNTRY))
    ):
        return False
    if gap == " " and after[:1].isupper() and names.is_vietnamese(after) and not scene.hits.get(hit.end + 1):
        # "Mỹ Linh", but "Đại sứ Việt Nam tại Lào Nguyễn Minh"
        return before.endswith("tại ") and after.lower() in names.SURNAMES and names.has_post_before(view, hit.start)
    if first and gap == " " and after.lower() in _COMPOUNDS.get(text, "").split():
        return False
    word, signs = names.word_before(view, hit.start)
    if not word or signs.strip(" "):
        return True
    return _is_apart(scene, hit.start - len(signs) - len(word), word) or _direction(scene, hit) < hit.start


def _full_country_ends(scene: Scene, start: int, before: str) -> bool:
    """Whether a pair's other half is a full name: "Việt Nam - Lào"."""
    end = _rstripped(scene.view.low, start)
    return any(h.of(facts.COUNTRY) and " " in scene.view.low[h.start : h.end] for h in scene.ends.get(end, ()))


def _is_called_for(scene: Scene, hit: Hit, text: str, before: str, after: str) -> bool:
    """Whether a common word is a country, by the words around it alone."""
    if after.lower() in _COMPOUNDS.get(text, "").split() or any(h.end > hit.end for h in scene.hits[hit.start]):
        return False
    if _has_neighbour(scene, hit, facts.COUNTRY) or (
        text not in ("anh", "ý", "áo") and _is_isolated(scene, hit, before)
    ):
        return True
    weak = _WEAK_CALLS.search(before) and text in ("anh", "ý", "áo")
    return bool(_CALLS.search(before)) and not weak


_FUNCTION = (
    r"(?:và|với|của|do|tại|ở|từ|đến|về|trong|ngoài|là|đã|đang|sẽ|được|không|chưa|cho|để|khi|nếu|thì|mà|như|theo|bằng|cùng|cũng"
    r"|vẫn|còn|sang|giữa|sự|phim|đoàn|hàng|khách)"
)
_ISOLATED_BEFORE = re.compile(rf"(?:^|[.,;:(\n\"]\s*|(?<!\w){_FUNCTION} {{1,3}})$")
_ISOLATED_AFTER = re.compile(rf"\s*(?:$|[.,;:)\n\"]|(?:{_FUNCTION}|có)(?!\w))")


def _is_isolated(scene: Scene, hit: Hit, before: str) -> bool:
    """Whether only signs and function words stand around a word, so that it is no part of a compound."""
    return bool(_ISOLATED_BEFORE.search(before)) and bool(_ISOLATED_AFTER.match(scene.view.low, hit.end))


_COMMA_BEFORE = re.compile(r"(?:,|;| và| hay| hoặc| -)\s*$")
_COMMA_AFTER = re.compile(r"\s*(?:,|;|và(?!\w)|hoặc(?!\w)|-)\s*(?:và )?")


def _has_neighbour(scene: Scene, hit: Hit, kind: str) -> bool:
    """Whether a name of a kind stands before or after in the same list."""
    low = scene.view.low
    before = low[max(0, hit.start - 8) : hit.start]
    if link := _COMMA_BEFORE.search(before):
        end = hit.start - len(before) + link.start()
        if any(_is_surely(h, kind) for h in scene.ends.get(end, ())):
            return True
    link = _COMMA_AFTER.match(low, hit.end)
    return link is not None and any(_is_surely(h, kind) for h in scene.hits.get(link.end(), ()))


def _is_surely(hit: Hit, kind: str) -> bool:
    meaning = hit.of(kind)
    if meaning is None:
        return False
    return meaning.level == PROVINCE if kind == facts.VN_LOCALITY else hit.end - hit.start > 4 or meaning.key == "LA"


_LIST_OPENS = re.compile(r"(?:[:(\n]|thành phố|tỉnh|giữa|tại|từ|với)\s*$")


def _is_in_list(scene: Scene, hit: Hit) -> bool:
    """Whether "Hồ Chí Minh", which is a man else, is a province among others."""
    low = scene.view.low
    before = low[max(0, hit.start - 10) : hit.start]
    opens = bool(_LIST_OPENS.search(before)) or not before.strip()
    return (opens or bool(_COMMA_BEFORE.search(before))) and _has_neighbour(scene, hit, facts.VN_LOCALITY)


_LOCATING = re.compile(r"(?<!\w)(?:tại|ở|đến|về|từ|với|của|đoàn|ubnd|hđnd|sang|giữa) {1,3}$")


def _is_listed_or_located(scene: Scene, hit: Hit) -> bool:
    before = scene.view.low[max(0, hit.start - 10) : hit.start]
    return bool(_LOCATING.search(before)) or _has_neighbour(scene, hit, facts.VN_LOCALITY)


_OPENING = re.compile(r" ?[(,] ?")


def _is_of_its_country(scene: Scene, hit: Hit, place: Meaning) -> bool:
    """Whether the country of a place follows it: "Hải Nam (Trung Quốc)"."""
    link = _OPENING.match(scene.view.low, hit.end)
    return link is not None and any(m.key == place.country for h in scene.hits.get(link.end(), ()) for m in h.meanings)


# What a state calls itself before its name: "Vương quốc", "Cộng hòa Dân chủ Nhân dân", "Cộng hòa Hồi giáo".
_STATE = re.compile(
    r"(?<!\w)(?:(?:cộng hòa|vương quốc|liên bang|đại công quốc|công quốc|chxhcn|chdcnd|chnd|chlb|vq|ch|lb)"
    r"(?:\s{1,60}(?:liên bang|dân chủ|nhân dân|xã hội chủ nghĩa|xhcn|hồi giáo|thống nhất|dcnd|hợp nhất|đa dân tộc|ả rập|bolivar)){0,3})"
    r"\s{1,60}$"
)


def _full_name(scene: Scene, start: int) -> int:
    """Where the full name of the country begins whose name stands at `start`."""
    view = scene.view
    window = max(0, start - 60)
    match = _STATE.search(view.low[window:start])
    begin = window + match.start() if match else start
    capital = view.lower_case or view.flow[begin].isupper() or view.low.startswith("vương quốc", begin)
    return begin if capital and scene.is_free(begin, start) else start


def _direction(scene: Scene, hit: Hit) -> int:
    """Where "Nam Lào" or "Đông Bắc Thái Lan" begins; the start of the country's name without such a word."""
    view, start = scene.view, hit.start
    if hit.meanings[0].key == "VN" or view.lower_case:
        return start
    begin, words = start, ""
    for _ in range(2):
        word, signs = names.word_before(view, begin)
        if signs != " " or not word[:1].isupper() or word.isupper():
            break
        at = begin - 1 - len(word)
        if scene.covered[at] or f"{word.lower()} {words}".strip() not in _DIRECTIONS:
            break
        begin, words = at, f"{word.lower()} {words}".strip()
    return begin
