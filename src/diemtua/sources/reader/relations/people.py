"""Who holds which post, and where: holds_post and post_at.

In a line a post is T, its organisation or place the O, V, F or C after it, a person P. Vietnamese puts a post before
the name ("T O P", "T P" for ranks) or behind it ("P, T O, T O"); a signature block puts it above the name.
"""

from __future__ import annotations

from bisect import bisect_left

from diemtua.sources.reader import facts
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.patterns import any_of, grammar

_HONORIFIC = (
    r"(?:(?:các )?(?:đồng chí|đ/c|ông|bà|ngài|quý ông|quý bà|anh|chị|thầy|cô|cụ|em|bác sĩ|kỹ sư|luật sư|nhà báo|nghệ sĩ|"
    r"(?:giáo sư|phó giáo sư|tiến sĩ|thạc sĩ|gs|pgs|ts|ths|bs|ks|ls)\.?(?:[ ,.-]*(?:giáo sư|tiến sĩ|thạc sĩ|ts|ths|bs)\.?)*)[:,]? )*"
)
_PLACE = r"(?:(?:,? (?:của|tại|phụ trách|thuộc))? [OVFCK](?: (?:\(cũ\)|cũ|mới|\(C\)))?(?: (?:tại|ở) [CVF](?:(?:, | và | kiêm nhiệm )[CVF])*+)?)"
# Words that stand for an organisation named elsewhere: "Giám đốc Công ty".
_BARE = r"(?: (?:công ty|tập đoàn|tổng công ty|sở|ban|đơn vị|bệnh viện|trường|viện|trung tâm|hiệp hội|hội|chi nhánh|nhà máy|hợp tác xã|tỉnh|thành phố|huyện|xã|phường)(?! \w))"
_FORMER = r"(?:(?:nguyên|quyền|tân|phó|đương kim|hiện là|là|kiêm|nhiệm kỳ X) )*+"
_POST = rf"{_FORMER}T(?:{_PLACE}|{_BARE})?+"
_AND = r"(?:, | và |, và |,? kiêm (?:nhiệm )?|; | - | đồng thời là | cùng là )"
_BY_NAME_AFTER = rf"(?! ?(?:[:-] ?)?{_HONORIFIC}P)"
_BEHIND = grammar(
    rf"P(?: \([^()]{{0,40}}\))?"
    rf"(?:, | - |, - | \(|: | là |, là | làm | giữ chức(?: vụ)? | được (?:bầu|bổ nhiệm|điều động)(?: và bổ nhiệm)? (?:giữ chức(?: vụ)? |làm )?|, hiện là | hiện là )"
    rf"(?P<posts>{_POST}{_BY_NAME_AFTER}(?:{_AND}{_POST}{_BY_NAME_AFTER})*+)\)?"
)
_BEFORE = grammar(
    rf"(?P<posts>{_POST}(?:{_AND}{_POST})*+)(?:,? (?:là|:|-) ?|: ?|,? | )?{_HONORIFIC}(?P<names>P(?:(?:, | và ){_HONORIFIC}P(?![,(] ?T))*+)"
)
# "đoàn công tác tỉnh F do ông P ... làm trưởng đoàn"
_LED_BY = grammar(rf"(?<!\w)F(?: \([^()]*\)|, [FC])*[^A-Z.;]{{0,40}} (?:do|gồm|có) {_HONORIFIC}P")
_AFTER_NAME = grammar(rf"T {_HONORIFIC}P,? (?:thuộc|của|tại) O")
_SHARED = grammar(r"(?:các|hai|ba|bốn|những|nhiều) (?:đồng chí )?$")
_ONE_POST = grammar(_POST)
RANK = grammar(
    r"^(?:đại|thượng|trung|thiếu) (?:tướng|tá|úy)(?: quân đội| công an)?$|^(?:phó |chuẩn )?đô đốc$|^(?:đại|thượng|trung|hạ) sĩ$|^thiếu sinh quân$"
)
# Heads of a locality, whose place may stand earlier in the talk ("Tại F, đoàn gặp P, Tỉnh trưởng").
_GOVERNS = grammar(
    any_of("tỉnh trưởng|thị trưởng|thống đốc|huyện trưởng|quận trưởng|châu trưởng|đô trưởng|chủ tịch khu|thủ hiến")
)
_GOVERNS_MAYBE = grammar(any_of("bí thư|phó bí thư|chủ tịch|phó chủ tịch|đô trưởng"))
_HEADS = (
    ("châu trưởng", "châu"),
    ("huyện trưởng", "huyện"),
    ("tỉnh trưởng", "tỉnh"),
    ("thị trưởng", "thành phố"),
    ("quận trưởng", "quận"),
    ("thống đốc", "bang"),
)
_COMPANY_POST = grammar(
    r"^(?:phó )?(?:tổng )?giám đốc(?: điều hành)?$|^chủ tịch hội đồng (?:quản trị|thành viên)$|^chủ tịch hđqt$|^trưởng đại diện$|^chủ nhiệm$|^hiệu trưởng$|^phó hiệu trưởng$"
)
_PORTFOLIO = grammar(r"^(?:thứ trưởng|bộ trưởng|phó (?:giám đốc|chủ nhiệm)|giám đốc) (?P<name>\w.*)$")


def read(scene: Scene) -> None:
    """Find every holds_post and post_at stated in running text."""
    for number, line in enumerate(scene.lines):
        scene.lines[number] = _read_line(scene, line, number)


def _read_line(scene: Scene, line: Line, number: int) -> Line:
    """Take the facts of one line; the line without the posts that were understood."""
    if "T" not in line.code:
        return line
    cuts: list[tuple[int, int]] = []
    seen: set[int] = set()
    for found in _BEHIND.finditer(line.code):
        start, end = found.span("posts")
        posts = _posts(scene, line, start, end, number)
        for post in posts:
            _holds(scene, line.at(found.start()), post, line)
        seen.update(posts)
        cuts.append((found.start() + 1, found.end()))
    for found in _LED_BY.finditer(line.code):
        scene.comes_from.setdefault(scene.refs[line.at(found.end() - 1)], line.at(found.start()))
    for found in _AFTER_NAME.finditer(line.code):
        _held(scene, line.at(found.start()), line.at(found.end() - 1), line)
    rest = line.without(cuts)
    cuts = []
    for found in _BEFORE.finditer(rest.code):
        start, end = found.span("posts")
        posts = [p for p in _posts(scene, rest, start, end, number) if p not in seen]
        names = rest.all(*found.span("names"), "P")
        if len(names) > 1 and not _SHARED.search(rest.code, 0, start):
            names = names[:1]
        for name in names:
            for post in posts:
                _holds(scene, name, post, rest)
        seen.update(posts)
        cuts.append((start, found.start("names")))
    return rest.without(cuts)


def _holds(scene: Scene, person: int, post: int, line: Line) -> None:
    """The person has the post, and with it speaks for its organisation or place."""
    scene.add(facts.HOLDS_POST, person, post, line)
    who = scene.refs[person]
    place = scene.held_at.get(scene.refs[post])
    if place is None:
        return
    scene.belongs.setdefault(who, place)
    for one in (place, *scene.places_in(place)):
        if scene.kind(one) == facts.FOREIGN_LOCALITY:
            scene.comes_from.setdefault(who, one)


def _held(scene: Scene, post: int, place: int, line: Line) -> None:
    scene.add(facts.POST_AT, post, place, line)
    scene.held_at.setdefault(scene.refs[post], place)


def _posts(scene: Scene, line: Line, start: int, end: int, number: int) -> list[int]:
    """The posts within `code[start:end]`; says at which organisation or place each is held."""
    code = line.code
    posts: list[int] = []
    waiting: list[int] = []
    for found in _ONE_POST.finditer(code, start, end):
        spot = code.index("T", found.start())
        post = line.at(spot)
        posts.append(post)
        if RANK.search(scene.text(post)):
            continue
        places = line.all(spot, found.end(), "OVFCK")
        if places:
            at = places[0]
            _held(scene, post, at, line)
            if scene.kind(at) in (facts.FOREIGN_LOCALITY, facts.VN_LOCALITY):
                for other in waiting:
                    _held(scene, other, at, line)
            waiting = []
        elif (elsewhere := _elsewhere(scene, line, post, code[spot + 1 : found.end()].strip(), number)) is not None:
            _held(scene, post, elsewhere, line)
        else:
            waiting.append(post)
    return posts


def _elsewhere(scene: Scene, line: Line, post: int, bare: str, number: int) -> int | None:
    """Where a post is held that names no place itself."""
    place = scene.found[post].start
    words = scene.text(post)
    if bare:
        if bare in ("tỉnh", "thành phố"):
            return scene.home_near(place)
        return last_org(scene, place, bare)
    portfolio = _PORTFOLIO.search(words)
    if portfolio:
        return _ministry(scene, portfolio["name"])
    near = [*scene.lines[number - 1 : number], line] if number else [line]
    if _GOVERNS.search(words) or _GOVERNS_MAYBE.search(words):
        for one in reversed(near if _GOVERNS.search(words) else near[-1:]):
            places = [
                i
                for i in one.who
                if i >= 0 and scene.kind(i) == facts.FOREIGN_LOCALITY and scene.found[i].start < place
            ]
            if places:
                head = next((h for t, h in _HEADS if t in words), "")
                return next(
                    (p for p in reversed(places) if head and scene.text(p).startswith(head)), _smallest(scene, places)
                )
    if _COMPANY_POST.search(words):
        for one in reversed([*scene.lines[max(0, number - 2) : number], line]):
            bodies = [i for i in one.who if i >= 0 and scene.kind(i) == facts.ORG and scene.found[i].start < place]
            if bodies:
                return bodies[-1]
    return None


def _smallest(scene: Scene, places: list[int]) -> int:
    """Of "huyện A, tỉnh B" at the end of the list, A; else the last."""
    at = len(places) - 1
    while at and scene.found[places[at]].start - scene.found[places[at - 1]].end <= 2:
        at -= 1
    return places[at]


def last_org(scene: Scene, place: int, head: str) -> int | None:
    """The organisation last named before this place (else first after it) whose name begins with these words."""
    at = bisect_left(scene.org_starts, place)
    for index in (*reversed(scene.orgs[max(0, at - 60) : at]), *scene.orgs[at : at + 60]):
        if scene.text(index).startswith(head):
            return index
    return None


def _ministry(scene: Scene, name: str) -> int | None:
    """ "Thứ trưởng Ngoại giao" is held at "Bộ Ngoại giao", if the text names it."""
    for index in scene.orgs[:400]:
        if scene.text(index) in (f"bộ {name}", f"sở {name}"):
            return index
    return None
