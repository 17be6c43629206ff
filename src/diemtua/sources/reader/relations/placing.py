"""Where things are: locality_of (a foreign locality and its country) and located_in (parks, projects, organisations).

Vietnamese names a place from the smallest unit to the largest ("tại KCN A, xã B, tỉnh C") and puts the country behind
it in a bracket, after a comma or after "của"; or in front ("các tỉnh của Lào: D, E").
"""

from __future__ import annotations

import itertools
import re

from diemtua.sources.reader import facts
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.patterns import any_of, grammar

_HEAD = r"(?:(?:các |hai |ba |bốn |năm |và )*(?:tỉnh|thành phố|bang|địa phương|vùng|huyện|quận|chính quyền|thủ phủ|đặc khu|tp\.?|hạt)(?:,? (?:thành phố|tỉnh|bang|và))* )?"
_LIST_OF_F = rf"(?:F|O)(?:(?:,| và|, và|;| hoặc| cùng| -|,? cùng với|,? cũng như) {_HEAD}[FO])*+"
# "F, F và F (C)", "F (F, C)", "F của C", "F, C".
_IN_BRACKET = grammar(
    rf"(?P<places>{_LIST_OF_F}) ?\((?P<inside>(?:[^()CVP]{{0,60}}[ -])?(?:thuộc |nước )?C)(?P<rest>[^()]{{0,40}})\)"
)
_BRACKETED_F = grammar(rf"(?P<places>{_LIST_OF_F}) ?\((?P<inside>[^()A-Z]{{0,20}}F(?:, F)*+)\)")
_OF = grammar(rf"(?P<places>{_LIST_OF_F})(?:,| thuộc| của| ở| -| nước|,? thuộc|,? của)? (?:nước )?C(?!\w)")
_AHEAD = grammar(
    r"C(?:,| có| gồm| như| là|:| \(| với|,? trong đó có|,? bao gồm| và| về)*? ?(?:[^A-Z.;]{0,60}?)(?:gồm|như|là|:|\(|có|với|các|hai|ba|bốn) ?"
    rf"{_HEAD}(?P<places>{_LIST_OF_F})"
)
_TOPIC = grammar(
    r"^(?:[-+*•]|\d{1,2}[.)]|[a-zđ][.)])? ?(?:với|về phía|phía|tại|đối với|thị trường|riêng)? ?(?:nước |phía )?(?P<country>C)(?P<more>(?:, C| và C)*)? ?(?:\([^()]{0,30}\))? ?:"
)
_ITEM = grammar(r"^(?:[-+*•]|\d{1,2}[.)]|[a-zđ][.)]) ?")

_LEVELS = (
    (1, any_of("làng|thôn|bản|cụm bản|xóm|ấp|buôn|khu phố|khóm")),
    (2, any_of("xã|phường|thị trấn|đặc khu")),
    (3, any_of("huyện|quận|thị xã|châu|khu")),
    (4, any_of(r"thành phố|tp\.?|thủ đô")),
    (5, any_of("tỉnh|bang|vùng|khu tự trị|lãnh thổ|tiểu vương quốc|phủ|do")),
)
_LEVEL = [(level, re.compile("^" + pattern)) for level, pattern in _LEVELS]


def level(scene: Scene, index: int) -> int:
    """How large a place is: 0 unknown, 1 village, 2 commune, 3 district, 4 city, 5 province or state, 6 country."""
    kind = scene.kind(index)
    if kind == facts.COUNTRY:
        return 6
    if kind == facts.VN_LOCALITY and scene.found[index].norm:
        return 5
    words = scene.text(index)
    return next((found for found, pattern in reversed(_LEVEL) if pattern.search(words)), 0)


def localities(scene: Scene) -> None:
    """Find every locality_of."""
    topic: int | None = None
    for line in scene.lines:
        code = line.code
        fresh = _TOPIC.match(code)
        if fresh:
            topic = line.at(fresh.start("country"))
        elif not _ITEM.match(code):
            topic = None
        if "F" not in code and "O" not in code:
            continue
        if "C" in code:
            _countries(scene, line)
        if topic is not None:
            for place in line.all(0, len(code), "F"):
                if not scene.has_country(place):
                    _belongs(scene, [place], topic, line)
        _inherit(scene, line)


def _countries(scene: Scene, line: Line) -> None:
    code = line.code
    for found in _IN_BRACKET.finditer(code):
        country = line.at(found.end("inside") - 1)
        inner = line.all(*found.span("inside"), "F")
        _belongs(scene, [*line.all(*found.span("places"), "FO"), *inner], country, line)
    for found in _OF.finditer(code):
        places = line.all(*found.span("places"), "FO")
        country = line.at(found.end() - 1)
        comma = code[found.end() - 3 : found.end() - 1] == ", "
        if comma and re.match(r"(?:, | và )C", code[found.end() : found.end() + 5]):
            continue  # a list of partners, not a place and its country
        _belongs(
            scene, places[-1:] if comma and len(places) > 1 and not _is_chain(scene, places) else places, country, line
        )
    for found in _AHEAD.finditer(code):
        places = [p for p in line.all(*found.span("places"), "F") if not scene.has_country(p)]
        _belongs(scene, places, line.at(found.start()), line)


def _belongs(scene: Scene, places: list[int], country: int, line: Line) -> None:
    for place in places:
        if scene.kind(place) == facts.ORG:
            for inner in scene.places_in(place):
                if scene.kind(inner) == facts.FOREIGN_LOCALITY:
                    _belongs(scene, [inner], country, line)
        elif scene.kind(place) == facts.FOREIGN_LOCALITY and not scene.has_country(place):
            scene.add(facts.LOCALITY_OF, place, country, line)
            scene.countries[scene.refs[place]] = country


def _is_chain(scene: Scene, places: list[int]) -> bool:
    """Whether each place contains the one before it ("huyện A, tỉnh B")."""
    sizes = [level(scene, p) for p in places]
    return all(a < b for a, b in itertools.pairwise(sizes)) and sizes[0] > 0


_WITHIN = grammar(r"F(?:, F(?! và))+|F \([^()A-Z]{0,20}F(?:, F)*")


def _inherit(scene: Scene, line: Line) -> None:
    """A place has the country of the place that contains it: "Sùng Tả (Quảng Tây)", "huyện A, tỉnh B"."""
    for found in _WITHIN.finditer(line.code):
        places = line.all(*found.span(), "F")
        if "(" in found[0] or _is_chain(scene, places):
            country = next((scene.countries[scene.refs[p]] for p in reversed(places) if scene.has_country(p)), None)
            if country is not None:
                _belongs(scene, places, country, line)


# --- located_in ------------------------------------------------------------------------------------------------------

_STATE = grammar(
    r"^(?:ubnd|ủy ban|hđnd|hội đồng|sở |ban (?:quản lý|thường vụ|chấp hành|chỉ đạo|chỉ huy|tổ chức|dân vận|nội chính|bí thư|ngoại vụ|đối ngoại|dân tộc)|bộ |cục |tổng cục|vụ |văn phòng (?:ubnd|chính phủ|quốc hội|tỉnh ủy|hđnd)|"
    r"tỉnh ủy|thành ủy|huyện ủy|đảng ủy|đại sứ quán|tổng lãnh sự|lãnh sự|chính phủ|quốc hội|công an|bộ đội|bộ chỉ huy|đồn|hải quan|chi cục|kho bạc|tòa án|viện kiểm sát|mặt trận|liên đoàn lao động|tỉnh đoàn|"
    r"thủ tướng|thường trực|cảng vụ|quân khu|lữ đoàn|trung đoàn|hải đội|hải đoàn|vùng (?:cảnh sát biển|hải quân|\d)|bộ tư lệnh|đảng|chính quyền|tổ công tác|hội hữu nghị|liên hiệp)"
)
_CHAIN = r"[KVF](?: \(cũ\)| cũ| mới)?(?:(?:,| thuộc|,? thuộc địa bàn| -)? (?:(?:và|các) )?[VF](?: \(cũ\)| cũ)?| ?\([VF](?:, [VF])*+\))*+"
_AT = r"(?:trên (?:khu đất|lô đất|diện tích|phần đất|quỹ đất)(?: A)? (?:của|tại|trong|ở|thuộc)|đặt trong|đặt tại|đặt ở|nằm tại|nằm ở|nằm trên địa bàn|nằm trong|trên địa bàn|có trụ sở(?: chính)?(?: đặt)? (?:tại|ở)|trụ sở(?: chính)?(?: đặt)? (?:tại|ở)?|đóng (?:tại|ở|trên địa bàn)|xây dựng tại|tọa lạc tại|đứng chân (?:tại|trong|trên địa bàn)|địa chỉ(?: trụ sở)?(?: tại)?:?|tại|ở|thuộc|trong|vào|khỏi|cùng(?= K)|địa điểm(?: thực hiện)?(?: dự án)?:?)"
_PLACE_PHRASE = grammar(
    rf"(?<!\w)(?P<at>{_AT}) (?:(?:địa bàn|khu vực|các|hai|ba|vùng|phía (?:bắc|nam|đông|tây)|lô [^A-Z]{{1,20}},?|khu [^A-Z]{{1,12}},?) )*+(?P<chain>{_CHAIN})"
)
_NEXT_TO = grammar(rf"(?P<thing>[JKO])(?:(?: của O)?, ?| (?:rộng |có diện tích )?A \(| ?\((?:[^()VFKJ]{{0,40}} )?| của O ?\([^()VFKJ]{{1,40}} )(?P<chain>{_CHAIN})")
_SAME_PARK = grammar(
    r"(?:cùng|tại|trong|ở|vào) (?P<words>(?:khu|khu công nghiệp|khu kinh tế|kcn|cụm công nghiệp|ccn) (?:này|trên|nói trên))"
)
_PARK_HAS = grammar(r"(?P<park>K)[^;KJ]{0,80} (?:đón|đón thêm|có thêm|thu hút|tiếp nhận|có) [^;KO]{0,40}(?:O[^;KO]{0,40})?(?P<thing>J)")
_FOR_PROJECT = grammar(r"^ (?:cho|để (?:làm|xây|dựng|mở|thực hiện|triển khai)[^A-Z]{0,20}) J")
_ITEM_PLACE = grammar(rf"^(?:[a-zđ]\)|[-+*•]|\d+(?:\.\d+)*[.)]?)? ?(?:địa điểm|vị trí|địa chỉ)[^:A-Z]{{0,40}}: ?[^A-Z]{{0,40}}(?P<chain>{_CHAIN})")
_FROM = grammar(r"(?P<thing>O) (?:đến )?từ (?P<place>[VF])")
_HAS = grammar(r"(?P<place>[VF])(?:,| hiện| đang| hiện nay| nay)* có (?:[^A-Z;.]{0,40} )?(?P<thing>K(?:(?:, | và )K)*)")
_EVENT = grammar(
    any_of(
        "tổ chức|diễn ra|họp|làm việc|tiếp|gặp|gặp gỡ|hội đàm|phát biểu|tham dự|dự|thăm|ký|ký kết|trao|khai mạc|công bố|hội nghị|hội thảo|lễ ký|buổi|"
        "phối hợp|sinh sống|học tập|đề nghị|cho biết|giao|bàn|yêu cầu|sang|xuất khẩu|tuyển|trồng"
    )
)


def locations(scene: Scene) -> None:
    """Find every located_in."""
    park: int | None = None
    thing: int | None = None
    for line in scene.lines:
        item = _ITEM_PLACE.match(line.code)
        if item and thing is not None:
            chain = line.all(*item.span("chain"), "KVF")
            _put(scene, thing, chain, line)
            _chain(scene, chain, line)
            continue
        things = line.all(0, len(line.code), "J") or line.all(0, len(line.code), "K")
        thing = things[-1] if things else thing
        if any(letter in line.code for letter in "KJO"):
            for piece in line.split(";"):
                _located(scene, _with_park(piece, park))
        parks = line.all(0, len(line.code), "K")
        park = parks[-1] if parks else park


def _with_park(line: Line, park: int | None) -> Line:
    """The line with the park named last for "khu này"."""
    found = _SAME_PARK.search(line.code)
    if found is None or park is None:
        return line
    return line.with_changes([(*found.span("words"), "K", park)])


def is_state_body(scene: Scene, organisation: int) -> bool:
    """An authority, party body, armed unit or embassy: it has a jurisdiction, not a site, and invests in nothing."""
    return bool(_STATE.search(scene.text(organisation)))


def _located(scene: Scene, line: Line) -> None:
    code = line.code
    taken: set[int] = set()
    for found in _PLACE_PHRASE.finditer(code):
        chain = line.all(*found.span("chain"), "KVF")
        taken.update(chain)
        _chain(scene, chain, line)
        thing = _owner(scene, line, found.start(), found["at"])
        then = _FOR_PROJECT.match(code[found.end() :])
        if then and (thing is None or scene.kind(thing) != facts.PROJECT):
            thing = line.at(found.end() + then.end() - 1)
        if thing is not None and thing not in chain:
            _put(scene, thing, chain, line)
    for found in _NEXT_TO.finditer(code):
        thing = line.at(found.start("thing"))
        chain = list(line.all(*found.span("chain"), "KVF"))
        if scene.kind(thing) == facts.ORG:
            if "(" not in code[found.start() : found.start("chain")] or is_state_body(scene, thing):
                continue
        elif "(" not in code[found.start() : found.start("chain")] and scene.kind(chain[0]) == facts.PARK:
            continue
        _put(scene, thing, chain, line)
        _chain(scene, chain, line)
    for found in _PARK_HAS.finditer(code):
        scene.add(facts.LOCATED_IN, line.at(found.start("thing")), line.at(found.start("park")), line)
    for found in _FROM.finditer(code):
        if not is_state_body(scene, line.at(found.start())):
            scene.add(facts.LOCATED_IN, line.at(found.start()), line.at(found.start("place")), line)
    for found in _HAS.finditer(code):
        for park in line.all(*found.span("thing"), "K"):
            scene.add(facts.LOCATED_IN, park, line.at(found.start("place")), line)


def _put(scene: Scene, thing: int, chain: list[int], line: Line) -> None:
    """The thing is in the park, or in every unit of the chain if there is no park."""
    targets = chain[:1] if scene.kind(chain[0]) == facts.PARK else chain
    for target in targets:
        scene.add(facts.LOCATED_IN, thing, target, line)


def _chain(scene: Scene, chain: list[int], line: Line) -> None:
    if scene.kind(chain[0]) == facts.PARK:
        for place in chain[1:]:
            scene.add(facts.LOCATED_IN, chain[0], place, line)


def _owner(scene: Scene, line: Line, before: int, how: str) -> int | None:
    """What is said to stand there: the project or park named last before the words, else the organisation."""
    code = line.code
    bare = how in ("tại", "ở", "thuộc", "trong", "vào", "khỏi")
    for letters in ("JK", "O"):
        spots = [s for s in line.spots if s < before and code[s] in letters]
        for spot in reversed(spots[-3:]):
            between = code[spot + 1 : before]
            if len(between) > 160:
                break
            thing = line.at(spot)
            if letters == "O" and (is_state_body(scene, thing) or (bare and between.strip(" ,"))):
                continue
            if bare and _EVENT.search(between):
                continue
            if letters == "O" and re.search(r"dự án của [^;]{0,60}$", code[:spot]):
                continue
            return thing
    if before <= 2:
        after = [s for s in line.spots if code[s] in "JK" and s > before + 8]
        if after and not _EVENT.search(code, before, after[0]):
            return line.at(after[0])
    return None
