"""Where parks, projects and organisations stand: located_in.

"Tại KCN A, xã B, tỉnh C" puts a thing in the park, and the park in the commune and the province; without a park the
thing is in every unit named. Authorities have a jurisdiction and no site here.
"""

from __future__ import annotations

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene

_FAR = 160  # characters between a thing and the words that say where it is

_CHAIN = (
    r"(?P<chain>[KVF](?: \(cũ\)| cũ| mới)?(?:(?:,| thuộc|,? thuộc địa bàn| -)? (?:(?:và|các) )?[VF](?: \(cũ\)| cũ)?"
    r"| ?\([VF](?:, [VF])*+\))*+)"
)
_SITED = (  # said of what stands there
    r"(?:đặt|nằm|đóng|xây dựng|tọa lạc|đứng chân) (?:tại|ở|trong|trên địa bàn)|trên địa bàn|trải (?:dài|rộng) (?:qua|"
    r"trên)|trên (?:khu đất|lô đất|diện tích|phần đất|quỹ đất)(?: A)? (?:của|tại|trong|ở|thuộc)|"
    r"(?:có )?trụ sở(?: chính)?(?: đặt)? (?:tại|ở)|địa chỉ(?: trụ sở)?(?: tại)?:?|địa điểm(?: thực hiện)?(?: dự án)?:?"
)
_AT = r"(?P<at>tại|ở|thuộc|trong|vào|khỏi|cùng(?= K))"  # said of anything that happens there, too
_ON = (
    r"(?:(?:địa bàn|khu vực|(?:các|hai|ba|bốn)(?: (?:xã|phường|huyện|quận|thị xã|tỉnh|thành phố))?|vùng|"
    r"phía (?:bắc|nam|đông|tây)|lô [^A-Z]{1,20},?|khu [^A-Z]{1,12},?) )*+"
)
_PHRASE = grammar(rf"(?<!\w)(?:{_SITED}|{_AT}) {_ON}{_CHAIN}")
_BESIDE = grammar(
    r"(?P<thing>[JKO])(?P<how>(?: của O)?, ?| (?:rộng |có diện tích )?A \(| ?\((?:[^()VFKJ]{0,40} )?|"
    r" của O ?\([^()VFKJ]{1,40} )" + _CHAIN
)
_PARK_HAS = grammar(
    r"(?P<place>K)[^;KJ]{0,80} (?:đón|đón thêm|có thêm|thu hút|tiếp nhận|có) [^;KO]{0,40}(?:O[^;KO]{0,40})?(?P<thing>J)"
)
_PLACE_HAS = grammar(
    r"(?P<place>[VF])(?:,| hiện| đang| hiện nay| nay)* có (?:[^A-Z;.]{0,40} )?(?P<things>K(?:[^KJ;.]{0,60}?(?:,|"
    r" và) K)*)"
)
_FROM = grammar(r"(?P<thing>O) (?:đến )?từ (?P<place>[VF])")
_PROJECT_THERE = grammar(r" (?:cho|để (?:làm|xây|dựng|mở|thực hiện|triển khai)[^A-Z]{0,20}) J")
# A point of a licence: "d) Địa điểm: KCN A, xã B".
_ITEM = grammar(
    rf"^(?:[a-zđ]\)|[-+*•]|\d+(?:\.\d+)*[.)]?)? ?(?:địa điểm|vị trí|địa chỉ)[^:A-Z]{{0,40}}: ?[^A-Z]{{0,40}}{_CHAIN}"
)
_OF_SEVERAL = grammar(r"dự án của [^;]{0,60}$")
_HAPPENS = grammar(
    any_of(
        "tổ chức|diễn ra|họp|hội nghị|hội thảo|buổi|lễ ký|khai mạc|công bố|dự|tham dự|thăm|tiếp|gặp|gặp gỡ|làm việc|"
        "hội đàm|bàn|phát biểu|cho biết|đề nghị|yêu cầu|giao|phối hợp|ký|ký kết|trao|sang|sinh sống|học tập|xuất khẩu|"
        "tuyển|trồng"
    )
)


def read(scene: Scene) -> None:
    """Find every located_in."""
    lately: int | None = None
    for line in scene.pointed:
        item = _ITEM.match(line.code)
        if item and lately is not None:
            _put(scene, lately, line.all(*item.span("chain"), "KVF"), line)
            continue
        if any(letter in line.code for letter in "KJO"):
            for piece in line.split(";"):
                _clause(scene, piece)
        things = line.all(0, len(line.code), "J") or line.all(0, len(line.code), "K")
        lately = things[-1] if things else lately


def _clause(scene: Scene, line: Line) -> None:
    code = line.code
    for found in _PHRASE.finditer(code):
        chain = line.all(*found.span("chain"), "KVF")
        thing = _thing(scene, line, found.start(), bool(found["at"]))
        there = _PROJECT_THERE.match(code, found.end())
        if there and (thing is None or scene.kind(thing) != facts.PROJECT):
            thing = line.at(there.end() - 1)
        _put(scene, None if thing in chain else thing, chain, line)
    for found in _BESIDE.finditer(code):
        thing = line.at(found.start("thing"))
        chain = line.all(*found.span("chain"), "KVF")
        bracket = "(" in found["how"]
        if scene.kind(thing) == facts.ORG:
            fits = bracket and not scene.is_authority(thing)
        else:
            fits = bracket or scene.kind(chain[0]) != facts.PARK
        if fits:
            _put(scene, thing, chain, line)
    for found in _PARK_HAS.finditer(code):
        _put(scene, line.at(found.start("thing")), [line.at(found.start("place"))], line)
    for found in _FROM.finditer(code):
        if not scene.is_authority(line.at(found.start("thing"))):
            _put(scene, line.at(found.start("thing")), [line.at(found.start("place"))], line)
    for found in _PLACE_HAS.finditer(code):
        for park in line.all(*found.span("things"), "K"):
            _put(scene, park, [line.at(found.start("place"))], line)


def _put(scene: Scene, thing: int | None, chain: list[int], line: Line) -> None:
    """The thing is in the park and the park in the units after it; without a park the thing is in all of them."""
    if scene.kind(chain[0]) == facts.PARK:
        for place in chain[1:]:
            scene.add(facts.LOCATED_IN, chain[0], place, line)
        chain = chain[:1]
    for place in chain:
        scene.add(facts.LOCATED_IN, thing, place, line)


def _thing(scene: Scene, line: Line, before: int, loose: bool) -> int | None:
    """What is said to stand there: the project or park named last before the words, else the organisation; else, after
    a place in front of the clause, the project or park named next. `loose`: the words may be said of an event."""
    code = line.code
    for letters in ("JK", "O"):
        for spot in reversed([s for s in line.spots if before - _FAR <= s < before and code[s] in letters][-3:]):
            between = code[spot + 1 : before]
            thing = line.at(spot)
            if loose and _HAPPENS.search(between):
                continue
            if letters == "O":
                if scene.is_authority(thing) or (loose and between.strip(" ,")) or _OF_SEVERAL.search(code, 0, spot):
                    continue
            return thing
    if before <= 2:
        after = next((s for s in line.spots if code[s] in "JK" and s > before + 8), None)
        if after is not None and not _HAPPENS.search(code, before, after):
            return line.at(after)
    return None
