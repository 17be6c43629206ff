"""Investment: invests, amount_of and area_of."""

from __future__ import annotations

import re

from diemtua.sources.reader import facts
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.papers import is_agreement
from diemtua.sources.reader.relations.placing import is_state_body
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.patterns import any_of, grammar

_INVESTOR = (
    r"(?:(?:liên danh|liên doanh|nhà đầu tư|các nhà đầu tư|chủ đầu tư|doanh nghiệp|công ty mẹ|công ty con|công ty|tập đoàn|các|hai|ba|bốn|thành viên|gồm|giữa|"
    r"các công ty|là|phía|đại diện|của|một|đối tác|[CF] là) )*"
)
_FIRM = r"(?:O|(?<=nhà đầu tư )[CF]|(?<=doanh nghiệp )[CF]|(?<=công ty )[CF]|(?<=tập đoàn )[CF]|(?<=phía )[CF])"
_GROUP = rf"{_INVESTOR}{_FIRM}(?:(?:(?:,|;|, và| và| cùng| với| -) {_INVESTOR}O)| và {_INVESTOR}{_FIRM})*+"
_THINGS = r"[JK](?:(?:,| và|, và|;) (?:các |dự án )?[JK])*+"
_VERBS = any_of(
    "đầu tư|xây dựng|khởi công|khởi động|triển khai|thực hiện|vận hành|khánh thành|chạy thử|mở rộng|thuê đất|thuê|đăng ký|cam kết|đề xuất|phát triển|rót|nghiên cứu|"
    "khảo sát|xin|góp vốn|hoạt động|sản xuất|được cấp|được giao|nhận|góp|dành|hứa|hồ sơ|sở hữu|quan tâm|rút|chấm dứt|dừng|hoàn thành|tăng vốn|điều chỉnh|góp mặt|muốn|dự kiến|để|đưa|làm chủ đầu tư|là chủ đầu tư|"
    "chủ đầu tư|lập|làm|kinh doanh|trúng|tiếp nhận|hoàn tất|khai trương|tổ chức lễ|xây|mở|dựng|bỏ|giới thiệu|phương án|nhận đất|thuê lại|vận hành|nhận|đặt nhà máy|chuyển|xin|trả lại|trả|chọn|bắt tay"
)
_DONE_BY = r"(?:làm chủ đầu tư|là chủ đầu tư|đầu tư|thực hiện|triển khai|xây dựng|phát triển|vận hành|sở hữu|rót vốn|điều hành|khai thác|làm chủ|đề xuất|đăng ký|nghiên cứu|khảo sát|lập)"
_INVESTS = [
    grammar(rf"(?P<things>J(?:(?:,| và) J)*+)[^;OCJ]{{0,140}}?(?:,| )do (?P<who>{_GROUP})[^;A-Z]{{0,60}}?{_DONE_BY}"),
    grammar(rf"(?P<things>K(?:(?:,| và) K)*+)[^;OCJK]{{0,140}}?(?:,| )do (?P<who>{_GROUP})[^;A-Z]{{0,60}}?{_DONE_BY}"),
    grammar(
        rf"do (?P<who>{_GROUP})[^;JK]{{0,40}}? (?:làm chủ đầu tư|là chủ đầu tư|đầu tư)(?:, ?)[^;JKO]{{0,80}}?(?P<things>{_THINGS})"
    ),
    grammar(rf"(?P<things>{_THINGS})[^;OCA-Z]{{0,40}} của (?P<who>{_GROUP})"),
    grammar(rf"(?P<things>{_THINGS}) của (?P<who>{_GROUP})"),
    grammar(
        rf"(?P<things>{_THINGS})[^;OC]{{0,160}}?(?:chủ đầu tư|nhà đầu tư|chủ dự án|doanh nghiệp thực hiện)(?: hạ tầng| dự án)?(?: \(?là| này là|:)? ?(?P<who>{_GROUP})"
    ),
    grammar(
        rf"(?:chủ đầu tư|nhà đầu tư)(?: hạ tầng)?(?: của| dự án)? ?(?P<things>{_THINGS}) (?:là|:) ?(?P<who>{_GROUP})"
    ),
    grammar(rf"(?P<things>[JK]) \((?P<who>{_GROUP})[^()]{{0,40}}\)"),
    grammar(
        rf"(?:tại|ở|trong|vào) (?P<things>K)(?:, V)*(?: \([^()]*\))?, (?P<who>{_GROUP})[^;JK]{{0,60}}?{any_of('nhận đất|thuê đất|thuê|nhận|được cấp|đầu tư|xây dựng|xây|khởi công|sản xuất|hoạt động|chạy thử|vận hành|mở|đăng ký|đặt')}"
    ),
    grammar(
        rf"(?P<things>K)[^;JKO]{{0,60}}?{any_of('đón|tiếp nhận|thu hút|chào đón|có thêm|đón thêm')}[^;JKO]{{0,40}}? (?P<who>{_GROUP})"
    ),
    grammar(
        rf"(?P<things>[JK])[^;OJK]{{0,60}}?(?:bị thu hồi|thu hồi|bị chấm dứt|dừng)[^;JKO]{{0,60}}?(?:vì|do|của) (?P<who>{_GROUP})"
    ),
    grammar(rf"(?P<things>[JK]) (?:mà|được) (?P<who>{_GROUP})[^;JKO]{{0,60}}?{_VERBS}"),
    grammar(rf"(?P<things>J): (?P<who>{_GROUP})"),
    grammar(rf"(?:cho|trao|cấp)[^;A-Z]{{0,60}} (?P<who>{_GROUP})[^;JK]{{0,120}}?(?P<things>{_THINGS})"),
    grammar(rf"(?P<who>{_GROUP})[^;JKO]{{0,140}}?{_VERBS}[^;JO]{{0,140}}?(?P<things>J(?:(?:,| và) J)*+)"),
    grammar(rf"(?P<who>{_GROUP})[^;JKO]{{0,140}}?{_VERBS}[^;JKO]{{0,140}}?(?P<things>{_THINGS})"),
    grammar(rf"(?P<who>{_GROUP}) với (?P<things>J)"),
]
_ENDED = grammar(
    any_of(
        "chấm dứt|thu hồi|rút khỏi|rút lui|rút vốn|rút|hủy bỏ|hủy|dừng hẳn|không triển khai|từ bỏ|không tiếp tục|xin dừng|dừng thực hiện|đóng cửa|bị dừng|trả lại|tự nguyện trả|trả dự án|xin trả"
    )
)
_LICENSED = grammar(
    any_of(
        "được cấp|cấp giấy|cấp mới|cấp giấy chứng nhận|cấp phép|được chấp thuận|chấp thuận|đã đầu tư|khởi công|khánh thành|đi vào|vận hành|chạy thử|hoàn thành|đang xây dựng|"
        "đang đầu tư|đang triển khai|đã triển khai|đang hoạt động|làm chủ đầu tư|là chủ đầu tư|trao|quyết định chủ trương"
    )
)
_PLANNED = grammar(
    any_of(
        r"sẽ (?:\w+ )?(?:đầu tư|rót|bỏ|xây|xây dựng|triển khai|mở|khởi công|thuê|dựng|rót thêm)|phương án|công bố đầu tư|hứa|tuyên bố dành|công bố dành|từng ôm|công bố kế hoạch|tuyên bố đầu tư|ngỏ ý|chưa quyết|đăng ký|cam kết|đề xuất|dự kiến|khảo sát|tìm hiểu|quan tâm|mong muốn|muốn|xin chủ trương|xin|chưa|sẽ đầu tư|sẽ xây dựng|sẽ triển khai|có kế hoạch|hoàn thiện hồ sơ|"
        "hoàn thiện thủ tục|thẩm định|ý định|đang nghiên cứu|nghiên cứu đầu tư|nghiên cứu khả thi|ghi nhớ|đang chờ|chờ"
    )
)
_HARD_PLAN = grammar(
    any_of("chưa được (?:cấp|chấp thuận|phê duyệt)|chưa khởi công|đang chờ|chờ (?:cấp|chấp thuận|phê duyệt)|trình")
)
_GIVES = grammar(any_of("tài trợ|viện trợ|hỗ trợ|tặng|trao tặng|không hoàn lại|oda|quyên góp|ủng hộ|cho vay|vốn vay"))
_THE_FIRM = grammar(
    r"(?<!\w)(?:(?:tập đoàn|công ty|doanh nghiệp|hãng|nhà đầu tư|đơn vị|chủ đầu tư) (?:này|trên|nói trên|đó)|(?:công ty|hãng|tập đoàn)(?= (?:đã|đang|sẽ|vừa|bỏ ra|dự kiến|cam kết|đầu tư|xây|rót|xin)(?!\w)))"
)
_ASIDE = re.compile(r" ?\([^()]*\)")
_COMMON_NAMES = frozenset("việt nam vietnam group holdings energy international industrial việt".split())
# What a line may call a project or park named before it.
_POINTS_AT_PROJECT = grammar(
    r"^(?:[^A-Z]{0,60}\b)?(?:mặt bằng|dự án|nhà máy|công trình|tổ hợp|khu du lịch)(?: này| trên| nói trên)?(?! (?:fdi|\d|nào))"
)
# A point of a licence: "b) Vốn đầu tư: ...", "- Diện tích đất: ...".
_ITEM = grammar(
    r"^(?:[a-zđ]\)|[-+*•]|\d+(?:\.\d+)*[.)]?|điều \d+\.) ?(?:tổng |quy mô |mức )?(?:vốn|diện tích|mức đầu tư|quy mô|kinh phí)"
)
_ITEM_INVESTOR = grammar(
    rf"^(?:[a-zđ]\)|[-+*•]|\d+(?:\.\d+)*[.)]?)? ?(?:tên )?(?:nhà đầu tư|chủ đầu tư|tổ chức kinh tế thực hiện dự án)(?: dự án| hạ tầng)? ?: ?(?P<who>{_GROUP})"
)
_POINTS_AT_PARK = grammar(
    r"^(?:[^A-Z]{0,60}\b)?(?:khu công nghiệp|kcn|khu kinh tế|kkt|cụm công nghiệp|ccn|khu)(?: này| trên| nói trên| có| rộng)"
)


def read(scene: Scene) -> None:
    """Find every invests, amount_of and area_of."""
    lately: list[int] = []
    firm: int | None = None
    for line in scene.lines:
        things = line.all(0, len(line.code), "JK")
        if things or "M" in line.code or "A" in line.code or "O" in line.code:
            pieces = line.split(";")
            item = _ITEM_INVESTOR.match(line.code)
            if item and lately:
                for one in line.all(*item.span("who"), "O"):
                    scene.add(facts.INVESTS, one, lately[-1], line)
            for piece in pieces:
                piece, firm = _with_firm(scene, piece, firm)
                _invests(scene, piece, lately)
                _amounts(scene, piece, lately)
                _areas(scene, piece, lately)
                lately = piece.all(0, len(piece.code), "JK")[-3:] or lately
        if things:
            projects = [t for t in things if scene.kind(t) == facts.PROJECT]
            lately = [*(t for t in things if t not in projects), *projects][-3:]
    _by_name(scene)


def _with_firm(scene: Scene, line: Line, firm: int | None) -> tuple[Line, int | None]:
    """The line with the firm named last for "công ty này", and the firm named last in it."""
    changes = []
    for found in _THE_FIRM.finditer(line.code):
        before = [i for i in line.all(0, found.start(), "O") if not is_state_body(scene, i)]
        meant = before[-1] if before else firm
        if meant is not None:
            changes.append((*found.span(), "O", meant))
    firms = [i for i in line.all(0, len(line.code), "O") if not is_state_body(scene, i)]
    return line.with_changes(changes), firms[-1] if firms else firm


def _status(words: str) -> str | None:
    if _ENDED.search(words):
        return "ended"
    if _HARD_PLAN.search(words):
        return "planned"
    if _PLANNED.search(words) and not _LICENSED.search(words):
        return "planned"
    return None


def _invests(scene: Scene, line: Line, lately: list[int]) -> None:
    bare = line.without(m.span() for m in _ASIDE.finditer(line.code) if not re.search("[JKO]", m[0]))
    code = _without_authorities(scene, bare)
    done: set[int] = set()
    if not re.search("[OC]", code):
        return
    for pattern in _INVESTS:
        for found in pattern.finditer(code):
            span = found.span("who")
            spots = [s for s in bare.spots if span[0] <= s < span[1] and not (code[s] == "C" and code.startswith((" là ", ", O"), s + 1))]
            who = [w for w in map(bare.at, spots) if _may_invest(scene, w)]
            things = [t for t in bare.all(*found.span("things"), "JK") if t not in done]
            if any(scene.kind(t) == facts.PROJECT for t in bare.all(0, len(code), "J")):
                things = [t for t in things if scene.kind(t) == facts.PROJECT or "chủ đầu tư hạ tầng" in found[0]]
            if not who or not things or _gives(code, found):
                continue
            status = _status(bare.code)
            for thing in things:
                done.add(thing)
                for one in who:
                    scene.add(facts.INVESTS, one, thing, line, status)


def _without_authorities(scene: Scene, line: Line) -> str:
    """The code with S for each authority, which invests in nothing."""
    code = list(line.code)
    for spot, index in zip(line.spots, line.who, strict=True):
        if code[spot] == "O" and index >= 0 and is_state_body(scene, index):
            code[spot] = "S"
    return "".join(code)


def _gives(code: str, found: re.Match[str]) -> bool:
    return bool(_GIVES.search(code, found.start(), found.end()))


def _may_invest(scene: Scene, index: int) -> bool:
    if scene.kind(index) == facts.ORG:
        return not is_state_body(scene, index)
    return scene.kind(index) == facts.COUNTRY and scene.found[index].norm != "VN"


def _by_name(scene: Scene) -> None:
    """A project that bears the name of a company named shortly before it is that company's: "Công ty Zwolle Dairy",
    "Nhà máy sữa Zwolle"."""
    owned = {key[2] for key in scene.links if key[0] == facts.INVESTS}
    firms: list[tuple[int, frozenset[str], Line]] = []
    for line in scene.full:
        for project in line.all(0, len(line.code), "J"):
            words = _own_words(scene, project)
            if scene.refs[project] in owned or not words:
                continue
            for firm, name, where in reversed(firms):
                if line.paragraph - where.paragraph <= 2 and words & name:
                    scene.add(facts.INVESTS, firm, project, line, _status(where.code) or _status(line.code))
                    owned.add(scene.refs[project])
                    break
        bodies = [o for o in line.all(0, len(line.code), "O") if not is_state_body(scene, o)]
        firms.extend((o, _own_words(scene, o), line) for o in bodies)
        del firms[:-6]


def _own_words(scene: Scene, index: int) -> frozenset[str]:
    """What is peculiar in a name: foreign words, and pairs of words with capitals ("Ba Lai")."""
    one = scene.found[index]
    named = [w for w in scene.view.flow[one.start : one.end].split() if w[:1].isupper() and len(w) > 1]
    named = [w.lower() for w in named[1:] if not w.isupper()]
    foreign = {w for w in named if len(w) > 4 and w.isascii() and w not in _COMMON_NAMES}
    return frozenset(foreign | {f"{a} {b}" for a, b in zip(named, named[1:], strict=False) if a not in _COMMON_NAMES})


# --- amounts and areas -----------------------------------------------------------------------------------------------

_STATISTIC = grammar(
    any_of(
        "kim ngạch|xuất khẩu|nhập khẩu|thương mại|doanh thu|doanh số|thu ngân sách|nộp ngân sách|thu nhập|lũy kế|tổng giá trị|grdp|gdp|bình quân|học bổng|quà|tặng|mức lương|giá trị sản xuất|giá trị giao dịch|"
        r"\d+ (?:dự án|doanh nghiệp|chương trình|khoản|nhà đầu tư|lượt)|các dự án|nhiều dự án|dự án fdi|vốn fdi|thu hút|du lịch|kiều hối|giải ngân|đầu tư công|sản lượng"
    )
)
_RESPECTIVELY = grammar(r"lần lượt|theo thứ tự|tương ứng")
_MONEY_LIST = grammar(r"M(?:(?:,| và|, và|;) M)+")
_MONEY_WORD = grammar(
    any_of(
        "vốn|trị giá|kinh phí|tổng mức|mức đầu tư|đầu tư|tài trợ|hỗ trợ|viện trợ|chi phí|giá trị|ngân sách|rót|góp|tổng vốn|gói|khoản|tăng|bỏ ra|dự tính|tiêu tốn|bổ sung|bố trí|phân bổ|cấp"
    )
)
_GOES_TO = grammar(r"(?:/\w+)? (?:cho|vào|để|xây|dựng|làm)(?: [^A-Z,;.]{1,12}){0,3} [JK]")
_EQUAL = grammar(
    r"M(?: ?\(| ?,? ?)(?:tương đương|tức|tức là|khoảng|tương ứng|tương đương khoảng|tương đương với|~|≈| )*M|M (?:lên|thành|xuống|còn) (?:thành |mức |tới )?M"
)


def _amounts(scene: Scene, line: Line, lately: list[int]) -> None:
    code = line.code
    if "M" not in code:
        return
    spots = [s for s in line.spots if code[s] == "M"]
    together = _RESPECTIVELY.search(code)
    for found in _MONEY_LIST.finditer(code) if together else ():
        sums = line.all(*found.span(), "M")
        for letters in ("J", "K", "O"):
            things = line.all(0, found.start(), letters)[-len(sums) :]
            if len(things) == len(sums):
                for one, its in zip(sums, things, strict=True):
                    scene.add(facts.AMOUNT_OF, one, its, line)
                break
        spots = [s for s in spots if not found.start() <= s < found.end()]
    last_spot = -99
    last_thing: int | None = None
    for spot in spots[:60]:
        between = code[last_spot + 1 : spot]
        if (
            last_thing is not None
            and len(between) < 45
            and not re.search("[JKO]", between)
            and _EQUAL.search(code, last_spot, spot + 1)
        ):
            thing: int | None = last_thing
        else:
            thing = _costs(scene, line, spot, lately)
        if thing is not None:
            scene.add(facts.AMOUNT_OF, line.at(spot), thing, line)
        last_spot, last_thing = spot, thing


def _costs(scene: Scene, line: Line, spot: int, lately: list[int]) -> int | None:
    """What the sum at `spot` is the cost, capital or budget of."""
    code = line.code
    start = max(0, spot - 220)
    goes_to = _GOES_TO.match(code, spot + 1)
    if goes_to and not _STATISTIC.search(code, max(0, spot - 40), spot):
        return line.at(goes_to.end() - 1)
    for letters in ("J", "K", "D", "O"):
        before = [s for s in line.spots if start <= s < spot and code[s] in letters]
        if before:
            at = before[-1]
            between = code[at + 1 : spot]
            thing = line.at(at)
            if _STATISTIC.search(between) or not _fits(scene, letters, thing, between):
                continue
            return thing
        after = [s for s in line.spots if spot < s <= spot + 120 and code[s] in letters]
        if after and letters in "JK":
            between = code[spot + 1 : after[0]]
            if (
                "M" not in between
                and re.search(
                    r"(?:cho|để|vào|xây dựng|thực hiện|đầu tư|tài trợ|của|dựng|xây|mở|làm|phát triển|lập|mở rộng) ",
                    between,
                )
                and not _STATISTIC.search(code, max(0, spot - 60), spot)
            ):
                return line.at(after[0])
    near = code[max(0, spot - 60) : spot]
    if lately and not _STATISTIC.search(near) and _MONEY_WORD.search(near):
        return _pointed_at(scene, code, lately)
    return None


def _fits(scene: Scene, letters: str, thing: int, between: str) -> bool:
    if not _MONEY_WORD.search(between) and len(between) > 12 and not re.search(r"(?:bằng|với|hết|tốn) $", between):
        return False
    if letters == "O":
        return not is_state_body(scene, thing) and bool(re.search(r"vốn|đầu tư", between)) and len(between) < 120
    if letters == "D":
        return is_agreement(scene, thing) or "kinh phí" in between or "trị giá" in between
    return True


def _pointed_at(scene: Scene, code: str, lately: list[int]) -> int | None:
    projects = [t for t in lately if scene.kind(t) == facts.PROJECT]
    parks = [t for t in lately if scene.kind(t) == facts.PARK]
    if projects and _POINTS_AT_PROJECT.search(code):
        return projects[-1]
    if parks and _POINTS_AT_PARK.search(code):
        return parks[-1]
    if _ITEM.search(code):
        return (projects or parks)[-1]
    return None


_LEASED = grammar(r"^(?: đất)?(?: \w+){0,3} (?:tại|ở|trong|trên) (?:[^A-Z]{0,20} )?K")
_OF_PARK = grammar(r"^ của (?:cả |toàn )?(?:khu|cụm|kcn|ccn|khu công nghiệp|khu kinh tế)(?!\w)")
_OF_PROJECT = grammar(r"^ (?:[^A-Z;.]{0,30} )?(?:tại|ở|trong) (?:K|V)(?:, V)*,? (?:cho|để [^A-Z]{0,30}|làm|xây) ?J")
_TIGHT = grammar(r"^(?: rộng (?:hơn |gần |khoảng )?$| ?\(|,? (?:có )?(?:tổng )?(?:diện tích|quy mô))")
_TO_THING = grammar(r"(?:của|cho|xây dựng|làm|mở rộng|tức|tức là|xây|để) ")
_FIELD = grammar(
    any_of(
        "trồng|canh tác|lúa|rừng|vùng nguyên liệu|cho thuê|đã cho thuê|giải phóng|bàn giao|còn|lấp đầy|thu hồi đất|đất sạch"
    )
)


def _areas(scene: Scene, line: Line, lately: list[int]) -> None:
    code = line.code
    for spot in [s for s in line.spots if code[s] == "A"][:60]:
        thing = _spans(scene, line, spot, lately)
        if thing is not None:
            scene.add(facts.AREA_OF, line.at(spot), thing, line)


def _spans(scene: Scene, line: Line, spot: int, lately: list[int]) -> int | None:
    """The project or park whose surface stands at `spot`: the project named last before it, else the park it is said of."""
    code = line.code
    before = [s for s in line.spots if spot - 200 <= s < spot and code[s] in "JK"]
    projects = [s for s in before if code[s] == "J"]
    if _OF_PARK.match(code[spot + 1 :]):
        parks = [line.at(s) for s in before if code[s] == "K"]
        return (parks or [t for t in lately if scene.kind(t) == facts.PARK] or [None])[-1]
    if before:
        at = before[-1]
        sited = bool(re.search(r"(?:tại|ở|trong|thuộc|vào|của) (?:[^A-Z,]{0,12} )?$", code[:at]))
        if code[at] == "K" and _TIGHT.match(code[at + 1 : spot]) and (not projects or code[at + 1 : spot].startswith((" rộng", " ("))):
            return line.at(at)
        if code[at] == "J" or (projects and (sited or "O" in code[at:spot])):
            return line.at(projects[-1])
        if _TIGHT.match(code[at + 1 : spot]) if sited else "O" not in code[at:spot]:
            return line.at(at)
        return None
    project = _OF_PROJECT.match(code[spot + 1 :])
    if project:
        return line.at(spot + project.end())
    after = [s for s in line.spots if spot < s <= spot + 60 and code[s] in "JK"]
    if after and not _LEASED.match(code[spot + 1 :]) and _TO_THING.search(code[spot + 1 : after[0]]):
        return line.at(after[0])
    return _pointed_at(scene, code, lately) if lately else None
