"""What a sum of money is the capital or cost of, and what a surface is the surface of: amount_of, area_of."""

from __future__ import annotations

import re

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.papers import is_agreement
from diemtua.sources.reader.relations.scene import Scene

_MOST = 60  # sums or surfaces read in one clause; a table may have more
_BACK, _AHEAD = 220, 120  # how far the thing may stand before and after its sum

# Trade, budgets and totals: sums that are no one project's.
_STATISTIC = grammar(
    any_of(
        "kim ngạch|xuất khẩu|nhập khẩu|thương mại|doanh thu|doanh số|thu ngân sách|nộp ngân sách|thu nhập|mức lương|"
        "bình quân|lũy kế|tổng giá trị|giá trị sản xuất|giá trị giao dịch|sản lượng|grdp|gdp|kiều hối|du lịch|"
        "giải ngân|đầu tư công|"
        r"học bổng|quà|tặng|\d+ (?:dự án|doanh nghiệp|chương trình|khoản|nhà đầu tư|lượt)|các dự án|nhiều dự án|"
        r"dự án fdi|vốn fdi|thu hút"
    )
)
_COST = grammar(
    any_of(
        "vốn|tổng vốn|trị giá|giá trị|kinh phí|chi phí|tổng mức|mức đầu tư|đầu tư|tài trợ|hỗ trợ|viện trợ|ngân sách|"
        "gói|khoản|rót|góp|bỏ ra|dự tính|tiêu tốn|tăng|bổ sung|bố trí|phân bổ|cấp"
    )
)
_BY = grammar(r"(?:bằng|với|hết|tốn) $")
_CAPITAL = grammar("vốn|đầu tư")
_GRANT = grammar("kinh phí|trị giá")
_RESPECTIVELY = grammar(r"lần lượt|theo thứ tự|tương ứng")
_LIST = grammar(r"M(?:(?:,| và|, và|;) M)+")
_BRACKET = grammar(r"(?:J của O|[JKO]) \((?:[^()A-Z]{0,40} )?$")
_GOES_TO = grammar(r"(?:/\w+)? (?:cho|vào|để|xây|dựng|làm)(?: [^A-Z,;.]{1,12}){0,3} [JK]")
_FOR = grammar(r"(?:cho|để|vào|của|xây dựng|xây|dựng|mở|mở rộng|làm|lập|phát triển|thực hiện|đầu tư|tài trợ) ")
_SAME = grammar(
    r"M(?: ?\(| ?,? ?)(?:tương đương(?: khoảng| với)?|tương ứng|tức(?: là)?|khoảng|~|≈| )*M|M (?:lên|thành|xuống|"
    r"còn) (?:thành |mức |tới )?M"
)
_PROJECT_MEANT = grammar(
    r"^(?:[^A-Z]{0,60}\b)?(?:mặt bằng|dự án|nhà máy|công trình|tổ hợp|khu du lịch)(?: này| trên| nói trên)?(?! (?:fdi|"
    r"\d|nào))"
)
_PARK_MEANT = grammar(
    r"^(?:[^A-Z]{0,60}\b)?(?:khu công nghiệp|kcn|khu kinh tế|kkt|cụm công nghiệp|ccn|khu)(?: này| trên| nói trên| có|"
    r" rộng)"
)
# A point of a licence, or a clause that goes on about the same thing: "b) Vốn đầu tư: ...", "...; diện tích ...".
_ITEM = grammar(
    r"^(?:(?:[a-zđ]\)|[-+*•]|\d+(?:\.\d+)*[.)]?|điều \d+\.) ?| )"
    r"(?:tổng |quy mô |mức )?(?:vốn|diện tích|mức đầu tư|quy mô|kinh phí)"
)
_OF_THE_PARK = grammar(r" của (?:cả |toàn )?(?:khu|cụm|kcn|ccn|khu công nghiệp|khu kinh tế)(?!\w)")
_WITH_SIZE = grammar(r"(?:diện tích|quy mô)[^A-Z,]{0,20}$")  # "Với diện tích A, K ..."
_SITE_OF = grammar(r" (?:[^A-Z;.]{0,30} )?(?:tại|ở|trong) [KV](?:, V)*,? (?:cho|để [^A-Z]{0,30}|làm|xây) ?J")
_LEASED = grammar(r"(?: đất)?(?: \w+){0,3} (?:tại|ở|trong|trên) (?:[^A-Z]{0,20} )?K")
_TO = grammar(r"(?:của|cho|để|làm|xây|xây dựng|mở rộng|tức|tức là) ")
_AT = grammar(r"(?:tại|ở|trong|thuộc|vào|của) (?:[^A-Z,]{0,12} )?$")
_BESIDE = grammar(r"(?: rộng (?:hơn |gần |khoảng )?$| ?\()")
_MEASURED = grammar(r"(?: rộng (?:hơn |gần |khoảng )?$| ?\(|,? (?:có )?(?:tổng )?(?:diện tích|quy mô))")


def read(scene: Scene) -> None:
    """Find every amount_of and area_of."""
    lately: list[int] = []
    for line in scene.pointed:
        for piece in line.split(";"):
            if "M" in piece.code:
                _amounts(scene, piece, lately)
            if "A" in piece.code:
                _areas(scene, piece, lately)
            things = piece.all(0, len(piece.code), "JK")
            # Of what was named last, a project is meant rather than the park it stands in.
            lately = sorted(things, key=lambda t: scene.kind(t) == facts.PROJECT)[-3:] or lately


def _amounts(scene: Scene, line: Line, lately: list[int]) -> None:
    code = line.code
    spots = [s for s in line.spots if code[s] == "M"][:_MOST]
    if _RESPECTIVELY.search(code):
        spots = _one_by_one(scene, line, spots)
    thing: int | None = None
    last = -_BACK
    for spot in spots:
        between = code[last + 1 : spot]
        same = (
            thing is not None
            and len(between) < 45
            and not re.search("[JKO]", between)
            and _SAME.search(code, last, spot + 1)
        )
        if not same:
            thing = _costs(scene, line, spot, lately)
        if thing is not None:
            scene.add(facts.AMOUNT_OF, line.at(spot), thing, line)
        last = spot


def _one_by_one(scene: Scene, line: Line, spots: list[int]) -> list[int]:
    """ "A, B và C có vốn lần lượt là 35, 48 và 120 triệu USD": each its own. The sums left over."""
    code = line.code
    for found in _LIST.finditer(code):
        sums = line.all(*found.span(), "M")
        for letter in "JKO":
            things = line.all(0, found.start(), letter)[-len(sums) :]
            if len(things) == len(sums):
                for one, thing in zip(sums, things, strict=True):
                    scene.add(facts.AMOUNT_OF, one, thing, line)
                break
        spots = [s for s in spots if not found.start() <= s < found.end()]
    return spots


def _costs(scene: Scene, line: Line, spot: int, lately: list[int]) -> int | None:
    """What the sum at `spot` is the cost, capital or budget of: project before park before agreement before firm."""
    code = line.code
    bracket = _BRACKET.search(code, 0, spot)
    if bracket and not scene.is_authority(line.at(bracket.start())):
        return line.at(bracket.start())
    goes_to = _GOES_TO.match(code, spot + 1)
    if goes_to and not _STATISTIC.search(code, max(0, spot - 40), spot):
        return line.at(goes_to.end() - 1)
    for letter in "JKDO":
        before = [s for s in line.spots if spot - _BACK <= s < spot and code[s] == letter]
        if before:
            between = code[before[-1] + 1 : spot]
            if not _STATISTIC.search(between) and _fits(scene, line.at(before[-1]), between):
                return line.at(before[-1])
            continue
        after = next((s for s in line.spots if spot < s <= spot + _AHEAD and code[s] == letter), None)
        if after is not None and letter in "JK":
            between = code[spot + 1 : after]
            if "M" not in between and _FOR.search(between) and not _STATISTIC.search(code, max(0, spot - 60), spot):
                return line.at(after)
    near = code[max(0, spot - 60) : spot]
    if _COST.search(near) and not _STATISTIC.search(near):
        return _meant(scene, code, lately)
    return None


def _fits(scene: Scene, thing: int, between: str) -> bool:
    """Whether the words between a thing and a sum make it its cost."""
    if len(between) > 12 and not _COST.search(between) and not _BY.search(between):
        return False
    match scene.kind(thing):
        case facts.ORG:
            return not scene.is_authority(thing) and len(between) < 120 and bool(_CAPITAL.search(between))
        case facts.DOCUMENT:
            return is_agreement(scene, thing) or bool(_GRANT.search(between))
    return True


def _meant(scene: Scene, code: str, lately: list[int]) -> int | None:
    """The project or park named shortly before, where the clause is about one."""
    projects = [t for t in lately if scene.kind(t) == facts.PROJECT]
    parks = [t for t in lately if scene.kind(t) == facts.PARK]
    if projects and _PROJECT_MEANT.search(code):
        return projects[-1]
    if parks and _PARK_MEANT.search(code):
        return parks[-1]
    return (projects or parks)[-1] if lately and _ITEM.search(code) else None


def _areas(scene: Scene, line: Line, lately: list[int]) -> None:
    for spot in [s for s in line.spots if line.code[s] == "A"][:_MOST]:
        thing = _spans(scene, line, spot, lately)
        if thing is not None:
            scene.add(facts.AREA_OF, line.at(spot), thing, line)


def _spans(scene: Scene, line: Line, spot: int, lately: list[int]) -> int | None:
    """The project or park whose surface stands at `spot`. Land that a firm rents in a park is not the park's."""
    code = line.code
    before = [s for s in line.spots if spot - _BACK <= s < spot and code[s] in "JK"]
    projects = [s for s in before if code[s] == "J"]
    if _OF_THE_PARK.match(code, spot + 1):
        parks = [line.at(s) for s in before if code[s] == "K"] or [t for t in lately if scene.kind(t) == facts.PARK]
        return parks[-1] if parks else None
    if before:
        at = before[-1]
        if code[at] == "J":
            return line.at(at)
        words = code[at + 1 : spot]
        sited = bool(_AT.search(code, 0, at))
        if _MEASURED.match(words) and (not projects or _BESIDE.match(words)):
            return line.at(at)
        if projects and (sited or "O" in words):
            return line.at(projects[-1])
        return None if sited or "O" in words else line.at(at)
    if _WITH_SIZE.search(code, 0, spot) and code[spot + 1 : spot + 4] in (", J", ", K"):
        return line.at(spot + 3)
    site_of = _SITE_OF.match(code, spot + 1)
    if site_of:
        return line.at(site_of.end() - 1)
    after = next((s for s in line.spots if spot < s <= spot + 60 and code[s] in "JK"), None)
    if after is not None and not _LEASED.match(code, spot + 1) and _TO.search(code, spot + 1, after):
        return line.at(after)
    return _meant(scene, code, lately)
