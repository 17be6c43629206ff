"""Who invests in a project or park, and whether that is only planned, or over: invests.

Authorities invest in nothing here: their letter in the code becomes S before the patterns are tried, so that the firm
nearest to the project is found. Donors give and do not invest.
"""

from __future__ import annotations

import itertools
import re

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene

_CALLED = (
    r"(?:(?:liên danh|liên doanh|(?:các )?nhà đầu tư|chủ đầu tư|doanh nghiệp|(?:các )?công ty(?: mẹ| con)?|tập đoàn|"
    r"thành viên|đối tác|phía|đại diện|các|hai|ba|bốn|một|gồm|giữa|là|của|[CF] là) )*"
)
# A country invests where its firms are meant: "nhà đầu tư C".
_FIRM = r"(?:O|(?<=nhà đầu tư )[CF]|(?<=doanh nghiệp )[CF]|(?<=công ty )[CF]|(?<=tập đoàn )[CF]|(?<=phía )[CF])"
_WHO = rf"(?P<who>{_CALLED}{_FIRM}(?:(?:,|;|, và| và| cùng| với| -) {_CALLED}O| và {_CALLED}{_FIRM})*+)"
_PROJECTS = r"(?P<things>J(?:(?:,| và) J)*+)"
_PARKS = r"(?P<things>K(?:(?:,| và) K)*+)"
_THINGS = r"(?P<things>[JK](?:(?:,| và|, và|;) (?:các |dự án )?[JK])*+)"
_DOES = any_of(
    "đầu tư|xây dựng|xây|dựng|lập|làm|mở|mở rộng|phát triển|sản xuất|kinh doanh|hoạt động|khởi công|khởi động|"
    "triển khai|thực hiện|vận hành|khánh thành|khai trương|chạy thử|hoàn thành|hoàn tất|tổ chức lễ|đưa|để|"
    "thuê|thuê đất|thuê lại|nhận|nhận đất|tiếp nhận|được cấp|được giao|trúng|sở hữu|đặt nhà máy|"
    "rót|góp|góp vốn|góp mặt|dành|bỏ|tăng vốn|điều chỉnh|chuyển|chọn|bắt tay|(?:làm |là )?chủ đầu tư|"
    "đăng ký|cam kết|hứa|đề xuất|giới thiệu|phương án|hồ sơ|nghiên cứu|khảo sát|xin|quan tâm|muốn|dự kiến|"
    "rút|chấm dứt|dừng|trả lại|trả"
)
_DONE_BY = (
    r"(?:làm chủ đầu tư|là chủ đầu tư|làm chủ|đầu tư|thực hiện|triển khai|xây dựng|phát triển|vận hành|khai thác|"
    r"điều hành|sở hữu|rót vốn|đề xuất|đăng ký|nghiên cứu|khảo sát|lập)"
)
_SETTLES = any_of(
    "nhận đất|thuê đất|thuê|nhận|được cấp|đầu tư|xây dựng|xây|khởi công|sản xuất|hoạt động|chạy thử|vận hành|mở|"
    "đăng ký|đặt"
)
_GAINS = any_of("đón|đón thêm|chào đón|tiếp nhận|thu hút|có thêm")
_INVESTS = [
    grammar(pattern)
    for pattern in (
        rf"{_PROJECTS}[^;OCJ]{{0,140}}?(?:,| )do {_WHO}[^;A-Z]{{0,60}}?{_DONE_BY}",
        rf"{_PARKS}[^;OCJK]{{0,140}}?(?:,| )do {_WHO}[^;A-Z]{{0,60}}?{_DONE_BY}",
        rf"do {_WHO}[^;JK]{{0,40}}? (?:(?:làm|là) chủ đầu tư|đầu tư), ?[^;JKO]{{0,80}}?{_THINGS}",
        rf"{_THINGS}(?:[^;A-Z]{{0,40}})? của {_WHO}",
        rf"{_THINGS}[^;OC]{{0,160}}?(?:chủ đầu tư|nhà đầu tư|chủ dự án|doanh nghiệp thực hiện)(?: hạ tầng| dự án)?"
        rf"(?: \(?là| này là|:)? ?{_WHO}",
        rf"(?:chủ đầu tư|nhà đầu tư)(?: hạ tầng)?(?: của| dự án)? ?{_THINGS} (?:là|:) ?{_WHO}",
        rf"(?P<things>[JK]) \({_WHO}[^()]{{0,40}}\)",
        rf"(?:tại|ở|trong|vào) (?P<things>K)(?:, V)*(?: \([^()]*\))?, {_WHO}[^;JK]{{0,60}}?{_SETTLES}",
        rf"(?P<things>K)[^;JKO]{{0,60}}?{_GAINS}[^;JKO]{{0,40}}? {_WHO}",
        rf"(?P<things>[JK])[^;OJK]{{0,60}}?(?:thu hồi|bị chấm dứt|dừng)[^;JKO]{{0,60}}?(?:vì|do|của) {_WHO}",
        rf"(?P<things>[JK]) (?:mà|được) {_WHO}[^;JKO]{{0,60}}?{_DOES}",
        rf"(?P<things>J): {_WHO}",
        rf"(?:trao|cấp|giao|chấp thuận)[^;OJ]{{0,80}}{_PROJECTS}[^;OCJ]{{0,60}} cho {_WHO}",
        rf"(?:cho|trao|cấp)[^;A-Z]{{0,60}} {_WHO}[^;JK]{{0,120}}?{_THINGS}",
        rf"{_WHO}[^;JKO]{{0,140}}?{_DOES}[^;JO]{{0,140}}?{_PROJECTS}",
        rf"{_WHO}[^;JKO]{{0,140}}?{_DOES}[^;JKO]{{0,140}}?{_THINGS}",
        rf"{_WHO} với (?P<things>J)",
    )
]
# A point of a licence: "a) Nhà đầu tư: O".
_ITEM = grammar(
    r"^(?:[a-zđ]\)|[-+*•]|\d+(?:\.\d+)*[.)]?)? ?(?:tên )?(?:nhà đầu tư|chủ đầu tư|tổ chức kinh tế thực hiện dự án)"
    rf"(?: dự án| hạ tầng)? ?: ?{_WHO}"
)
_ENDED = grammar(
    any_of(
        "chấm dứt|thu hồi|rút|rút khỏi|rút lui|rút vốn|hủy|hủy bỏ|từ bỏ|trả lại|tự nguyện trả|trả dự án|xin trả|"
        "đóng cửa|dừng hẳn|dừng thực hiện|xin dừng|bị dừng|không triển khai|không tiếp tục"
    )
)
_NOT_YET = grammar(
    any_of("chưa được (?:cấp|chấp thuận|phê duyệt)|chưa khởi công|đang chờ|chờ (?:cấp|chấp thuận|phê duyệt)|trình")
)
_PLANNED = grammar(
    any_of(
        r"sẽ (?:\w+ )?(?:đầu tư|rót|rót thêm|bỏ|xây|dựng|xây dựng|triển khai|mở|khởi công|thuê)|dự kiến|có kế hoạch|"
        r"ý định|"
        "công bố (?:đầu tư|kế hoạch|dành)|tuyên bố (?:đầu tư|dành)|(?<!vốn )(?<!nhận )đăng ký|cam kết|hứa|ngỏ ý|"
        "ghi nhớ|đề xuất|phương án|"
        "nghiên cứu (?:đầu tư|khả thi)|đang nghiên cứu|khảo sát|tìm hiểu|quan tâm|mong muốn|muốn|xin|xin chủ trương|"
        "từng ôm|hoàn thiện (?:hồ sơ|thủ tục)|thẩm định|chờ|chưa|chưa quyết"
    )
)
_LICENSED = grammar(
    any_of(
        "được cấp|cấp giấy|cấp giấy chứng nhận|cấp mới|cấp phép|trao|được chấp thuận|chấp thuận|quyết định chủ trương|"
        "đã đầu tư|đang đầu tư|(?<!sẽ )(?<!kiến )khởi công|đang xây dựng|đã triển khai|đang triển khai|hoàn thành|"
        "khánh thành|chạy thử|đi vào|vận hành|đang hoạt động|(?:làm|là) chủ đầu tư"
    )
)
_GIVES = grammar(any_of("tài trợ|viện trợ|hỗ trợ|tặng|trao tặng|không hoàn lại|oda|quyên góp|ủng hộ|cho vay|vốn vay"))
_ASIDE = re.compile(r" ?\((?![^()]*[JKO])[^()]*\)")
_PARK_TOO = grammar("chủ đầu tư hạ tầng")
_COMMON_NAMES = frozenset(["việt", "nam", "vietnam", "group", "holdings", "energy", "international", "industrial"])
_NEAR = 2  # paragraphs between a company and the project that bears its name


def read(scene: Scene) -> None:
    """Find every invests."""
    lately: int | None = None
    for line in scene.pointed:
        item = _ITEM.match(line.code)
        if item and lately is not None:
            for one in line.all(*item.span("who"), "O"):
                scene.add(facts.INVESTS, one, lately, line)
        for piece in line.split(";"):
            _clause(scene, piece)
        things = line.all(0, len(line.code), "J") or line.all(0, len(line.code), "K")
        lately = things[-1] if things else lately
    _by_name(scene)


def _clause(scene: Scene, line: Line) -> None:
    bare = line.without(m.span() for m in _ASIDE.finditer(line.code))
    code = _without_authorities(scene, bare)
    if not re.search("[OC]", code) or not re.search("[JK]", code):
        return
    status = _status(code)
    done: set[int] = set()
    for pattern in _INVESTS:
        for found in pattern.finditer(code):
            if _GIVES.search(found[0]):
                continue
            things = bare.all(*found.span("things"), "JK")
            if "J" in code and not _PARK_TOO.search(found[0]):  # the park is only where the project stands
                things = [t for t in things if scene.kind(t) == facts.PROJECT]
            things = [t for t in things if t not in done]
            who = _investors(scene, bare, code, *found.span("who"))
            for thing in things if who else ():
                done.add(thing)
                for one in who:
                    scene.add(facts.INVESTS, one, thing, line, status)


def _status(words: str) -> str | None:
    if _ENDED.search(words):
        return "ended"
    if _NOT_YET.search(words) or (_PLANNED.search(words) and not _LICENSED.search(words)):
        return "planned"
    return None


def _without_authorities(scene: Scene, line: Line) -> str:
    code = list(line.code)
    for spot, index in zip(line.spots, line.who, strict=True):
        if code[spot] == "O" and scene.is_authority(index):
            code[spot] = "S"
    return "".join(code)


def _investors(scene: Scene, line: Line, code: str, start: int, end: int) -> list[int]:
    """The firms, and the countries whose firms are meant without naming one ("nhà đầu tư C là O" names one)."""
    result = []
    for spot in line.spots:
        if start <= spot < end and code[spot] in "OC":
            named = code[spot] == "C" and code.startswith((" là ", ", O"), spot + 1)
            if not named and scene.found[line.at(spot)].norm != "VN":
                result.append(line.at(spot))
    return result


def _by_name(scene: Scene) -> None:
    """A project that bears the name of a company named shortly before it is that company's: "Công ty Zwolle Dairy",
    "Nhà máy sữa Zwolle"."""
    owned = {key[2] for key in scene.links if key[0] == facts.INVESTS}
    firms: list[tuple[int, frozenset[str], Line]] = []
    for line in scene.full:
        for project in line.all(0, len(line.code), "J"):
            words = _own_words(scene, project)
            for firm, name, where in reversed(firms):
                near = line.paragraph - where.paragraph <= _NEAR
                if scene.refs[project] not in owned and near and words & name:
                    scene.add(facts.INVESTS, firm, project, line, _status(where.code) or _status(line.code))
                    owned.add(scene.refs[project])
        bodies = [o for o in line.all(0, len(line.code), "O") if not scene.is_authority(o)]
        firms.extend((o, _own_words(scene, o), line) for o in bodies)
        del firms[:-6]


def _own_words(scene: Scene, index: int) -> frozenset[str]:
    """What is peculiar in a name: foreign words, and pairs of words with capitals ("Ba Lai")."""
    one = scene.found[index]
    named = [w for w in scene.view.flow[one.start : one.end].split() if w[:1].isupper() and len(w) > 1]
    named = [w.lower() for w in named[1:] if not w.isupper()]
    foreign = {w for w in named if len(w) > 4 and w.isascii() and w not in _COMMON_NAMES}
    return frozenset(foreign | {f"{a} {b}" for a, b in itertools.pairwise(named) if a not in _COMMON_NAMES})
