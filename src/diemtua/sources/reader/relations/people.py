"""Who holds which post, and where: holds_post and post_at.

In a line a post is T, its organisation or place the O, V, F or C after it, a person P. Vietnamese puts a post before
the name ("T O P", "T P" for ranks) or behind it ("P, T O, T O"); a signature block puts it above the name.
"""

from __future__ import annotations

from bisect import bisect_left

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene

_DEGREE = r"(?:giáo sư|phó giáo sư|tiến sĩ|thạc sĩ|gs|pgs|ts|ths|bs|ks|ls)\.?"
_HONORIFIC = (
    r"(?:(?:các )?(?:đồng chí|đ/c|quý ông|quý bà|ông|bà|ngài|anh|chị|thầy|cô|cụ|em|bác sĩ|kỹ sư|luật sư|nhà báo|"
    r"nghệ sĩ|"
    rf"{_DEGREE}(?:[ ,.-]*{_DEGREE})*)[:,]? )*"
)
_PLACE = (
    r"(?:(?:,? (?:của|tại|thuộc|phụ trách))? [OVFCK](?: (?:\(cũ\)|cũ|mới|\(C\)))?"
    r"(?: (?:tại|ở) [CVF](?:(?:, | và | kiêm nhiệm )[CVF])*+)?)"
)
# Words that stand for an organisation named elsewhere: "Giám đốc Công ty".
_BARE = (
    r"(?: (?:công ty|tập đoàn|tổng công ty|hợp tác xã|chi nhánh|nhà máy|sở|ban|đơn vị|bệnh viện|trường|viện|trung tâm|"
    r"hiệp hội|hội|tỉnh|thành phố|huyện|xã|phường)(?! \w))"
)
_POST = rf"(?:(?:nguyên|quyền|tân|phó|đương kim|hiện là|là|kiêm|nhiệm kỳ X) )*+T(?:{_PLACE}|{_BARE})?+"
_AND = r"(?:, | và |, và |,? kiêm (?:nhiệm )?|; | - | đồng thời là | cùng là )"
_NOT_OF_NEXT = rf"(?! ?(?:[:-] ?)?{_HONORIFIC}P)"  # a post right before another name is that person's
_BEHIND = grammar(
    r"P(?: \([^()]{0,40}\))?(?:, | - |, - | \(|: |,? (?:hiện )?là | làm | giữ chức(?: vụ)? |"
    r" được (?:bầu|bổ nhiệm|điều động)(?: và bổ nhiệm)? (?:giữ chức(?: vụ)? |làm )?)"
    rf"(?P<posts>{_POST}{_NOT_OF_NEXT}(?:{_AND}{_POST}{_NOT_OF_NEXT})*+)\)?"
)
_BEFORE = grammar(
    rf"(?P<posts>{_POST}(?:{_AND}{_POST})*+)(?:,? (?:là|:|-) ?|: ?|,? )?{_HONORIFIC}"
    rf"(?P<names>P(?:(?:, | và ){_HONORIFIC}P(?![,(] ?T))*+)"
)
_SEVERAL = grammar(r"(?:các|hai|ba|bốn|những|nhiều) (?:đồng chí )?$")
# "đoàn công tác tỉnh F do ông P ... làm trưởng đoàn"; "Tham tán P thuộc O"
_LED_BY = grammar(rf"(?<!\w)F(?: \([^()]*\)|, [FC])*[^A-Z.;]{{0,40}} (?:do|gồm|có) {_HONORIFIC}P")
_NAME_OF = grammar(rf"T {_HONORIFIC}P,? (?:thuộc|của|tại) O")
_ONE_POST = grammar(_POST)
_RANK = grammar(
    r"^(?:(?:đại|thượng|trung|thiếu) (?:tướng|tá|úy)|(?:phó |chuẩn )?đô đốc|(?:đại|thượng|trung|hạ) sĩ)(?: quân đội|"
    r" công an)?$"
)
# Heads of a locality, which may stand earlier in the talk ("Tại F, đoàn gặp P, Tỉnh trưởng"), with its head noun.
_GOVERNS = {
    "tỉnh trưởng": "tỉnh",
    "thị trưởng": "thành phố",
    "huyện trưởng": "huyện",
    "quận trưởng": "quận",
    "châu trưởng": "châu",
    "thống đốc": "bang",
    "đô trưởng": "",
    "thủ hiến": "",
}
_MAY_GOVERN = grammar(any_of("bí thư|chủ tịch"))
_OF_FIRM = grammar(
    r"^(?:(?:phó )?(?:tổng )?giám đốc(?: điều hành)?|chủ tịch (?:hội đồng (?:quản trị|thành viên)|hđqt)|"
    r"trưởng đại diện|chủ nhiệm|(?:phó )?hiệu trưởng)$"
)
_PORTFOLIO = grammar(r"^(?:thứ trưởng|bộ trưởng|(?:phó )?giám đốc|phó chủ nhiệm) (?P<name>\w.*)$")
_NEAR_BODIES = 60  # organisations looked through for one that a bare word points at


def read(scene: Scene) -> None:
    """Find every holds_post and post_at stated in running text."""
    for number, line in enumerate(scene.lines):
        scene.lines[number] = _read_line(scene, line, number)


def _read_line(scene: Scene, line: Line, number: int) -> Line:
    """Take the facts of one line; the line without the posts that were understood."""
    for found in _LED_BY.finditer(line.code):
        scene.comes_from.setdefault(scene.refs[line.at(found.end() - 1)], line.at(found.start()))
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
    for found in _NAME_OF.finditer(line.code):
        _held(scene, line.at(found.start()), line.at(found.end() - 1), line)
    rest = line.without(cuts)
    cuts = []
    for found in _BEFORE.finditer(rest.code):
        start, end = found.span("posts")
        posts = [p for p in _posts(scene, rest, start, end, number) if p not in seen]
        names = rest.all(*found.span("names"), "P")
        if len(names) > 1 and not _SEVERAL.search(rest.code, 0, start):
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
        if is_rank(scene, post):
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
    """Where a post is held that names no place itself. `bare`: the word behind it that points at one."""
    words = scene.text(post)
    if bare in ("tỉnh", "thành phố"):
        return scene.home_near(scene.found[post].start)
    if bare:
        return last_body(scene, scene.found[post].start, bare)
    portfolio = _PORTFOLIO.search(words)
    if portfolio:
        return _ministry(scene, portfolio["name"])
    title = next((title for title in _GOVERNS if title in words), None)
    if title or _MAY_GOVERN.search(words):
        for one in (line, *scene.lines[max(0, number - 1) : number]) if title else (line,):
            places = _named_before(scene, one, post, facts.FOREIGN_LOCALITY)
            if places:
                head = _GOVERNS.get(title or "", "")
                fitting = [p for p in places if head and scene.text(p).startswith(head)]
                return fitting[-1] if fitting else _smallest(scene, places)
    if _OF_FIRM.search(words):
        for one in (line, *reversed(scene.lines[max(0, number - 2) : number])):
            bodies = _named_before(scene, one, post, facts.ORG)
            if bodies:
                return bodies[-1]
    return None


def _named_before(scene: Scene, line: Line, post: int, kind: str) -> list[int]:
    place = scene.found[post].start
    return [i for i in line.who if i >= 0 and scene.kind(i) == kind and scene.found[i].start < place]


def _smallest(scene: Scene, places: list[int]) -> int:
    """Of "huyện A, tỉnh B" at the end of the list, A; else the last."""
    at = len(places) - 1
    while at and scene.found[places[at]].start - scene.found[places[at - 1]].end <= 2:
        at -= 1
    return places[at]


def is_rank(scene: Scene, post: int) -> bool:
    """A military or police rank, which is held nowhere."""
    return bool(_RANK.search(scene.text(post)))


def last_body(scene: Scene, place: int, head: str) -> int | None:
    """The organisation last named before this place (else first after it) whose name begins with these words."""
    at = bisect_left(scene.org_starts, place)
    for index in (*reversed(scene.orgs[max(0, at - _NEAR_BODIES) : at]), *scene.orgs[at : at + _NEAR_BODIES]):
        if scene.text(index).startswith(head):
            return index
    return None


def _ministry(scene: Scene, name: str) -> int | None:
    """ "Thứ trưởng Ngoại giao" is held at "Bộ Ngoại giao", if the text names it."""
    ministry = scene.first_body(f"bộ {name}")
    return scene.first_body(f"sở {name}") if ministry is None else ministry
