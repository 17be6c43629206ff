"""Whom the words that name nobody mean: "tỉnh", "hai bên", "phía bạn", "đơn vị"."""

from __future__ import annotations

from dataclasses import dataclass, field

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.people import last_body
from diemtua.sources.reader.relations.scene import Scene

Sides = tuple[list[int], list[int]]

_GROUPS = 12  # lists of foreign localities kept in mind

# Letters put for pointing words: B both sides, H the home province, Y the other side, U the organisation named last.
_LOCAL = r"(?:tỉnh, thành phố|tỉnh - thành phố|tỉnh thành|địa phương|tỉnh|thành phố|huyện|xã|phường|châu)"
_BODY = (
    r"(?:đơn vị|cơ quan|ngành|lực lượng|tổ chức|tổ chức đoàn|hội|hiệp hội|sở|viện|trường|nhà trường|bệnh viện|công ty|"
    r"doanh nghiệp|đồn|đại đội)"
)
_BOTH = (
    rf"(?:(?:cả )?(?:hai|đôi|các) (?:bên|phía|đoàn)|(?:cả )?hai (?P<local>{_LOCAL})|(?:cả )?hai (?P<bodies>{_BODY})|"
    r"hai (?:bản|làng|thôn))(?! (?:[VFCO]|bạn|này|kia|trên|nói trên))"
)
_PLACE = r"(?:đối tác|tỉnh|địa phương|bang|thành phố|vùng|tiểu vương quốc|khu|châu|huyện|quận|quốc gia|lãnh thổ|nơi)"
_OTHER = (
    r"(?:(?:hai |ba |bốn |các )?(?:tỉnh|địa phương)|phía|nước|đơn vị|đồn|lực lượng)(?: của)? bạn(?! bè| hàng| đọc)|"
    r"phía đối tác|bạn(?= (?:đề nghị|đề xuất|muốn|mong|ngỏ|cử|cũng|đồng ý)(?!\w))|"
    rf"(?:hai |ba |bốn |các |những )?{_PLACE} (?:này|kia|ấy|trên|nói trên|nêu trên)"
)
_HOME = (
    r"(?:lãnh đạo |đại diện |chính quyền |phía |toàn )?(?:(?<=nơi )tỉnh|tỉnh ta|tỉnh nhà|(?:tỉnh |"
    r"thành phố )?chúng tôi|"
    r"(?:tỉnh|thành phố|địa phương)(?! (?:[VFKO]|bạn|này|kia|trên|nói|nêu|nào|nước|ngoài|khác|lân|có chung|thành|phố|"
    r"biên giới|của|láng giềng|anh em|kết nghĩa)))"
)
_UNIT_HEADS = ("công ty", "bệnh viện", "tập đoàn", "hiệp hội", "hội", "sở", "trường", "viện")
_UNIT = (
    rf"(?:đơn vị anh|đơn vị chúng tôi|nhà trường|(?P<head>đơn vị|ban|{'|'.join(_UNIT_HEADS)})"
    r"(?= (?:đã|đang|cũng|sẽ|vừa|này|phối hợp|hợp tác|kết nghĩa|ký|có)(?!\w)))"
)
_WORDS = grammar(rf"(?<!\w)(?:(?P<B>{_BOTH})|(?P<Y>{_OTHER})|(?P<H>{_HOME})|(?P<U>{_UNIT}))(?!\w)")
_NOT_HOME = grammar(r"(?:các|hai|ba|bốn|nhiều|mỗi|từng|một|số|\d+|những|cấp|liên|ngoài|nội|bao) $")
_COUNT = {"hai": 2, "ba": 3, "bốn": 4}
# What `Line.who` holds for B and for U.
_ANY_PAIR, _LOCAL_PAIR, _BODY_PAIR = -1, -2, -3
_FIRST_HEAD = -10

_GOVERNMENT = grammar(
    r"^(?:ubnd|ủy ban nhân dân|hđnd|hội đồng nhân dân|hội đồng (?:tỉnh|thành phố|bang|vùng)|chính quyền|chính phủ|"
    r"tòa thị chính)"
)
_OF_HOME = grammar(r"(?:nhân dân|ubnd|hđnd)(?: tỉnh| thành phố)?$")
_MEETS = grammar(any_of("tiếp|đón|thăm|gặp|cùng|hội kiến|(?:làm việc|hội đàm|trao đổi) với"))
_FOREIGN_LIST = grammar(r"F(?:(?:,|;| và|, và| hoặc| cùng) (?:(?:các |hai )?(?:tỉnh|thành phố|bang) )?F)*+")


@dataclass
class Talk:
    """Who was spoken of last, while the lines are read in order."""

    scene: Scene
    agency: int | None = None  # whose paper it is
    groups: list[list[int]] = field(default_factory=list)
    us: int | None = None
    unit: int | None = None
    pair: Sides | None = None
    own: Sides | None = None  # the parties of the agreement that is the text itself

    def pointed(self, line: Line) -> Line:
        """The line with one letter for each group of pointing words."""
        changes = []
        for found in _WORDS.finditer(line.code):
            letter = next(name for name in "BYHU" if found[name])
            whom = -1
            if letter == "H" and _NOT_HOME.search(line.code, max(0, found.start() - 6), found.start()):
                continue
            if letter == "B":
                whom = _LOCAL_PAIR if found["local"] else _BODY_PAIR if found["bodies"] else _ANY_PAIR
            elif letter == "U" and found["head"] in _UNIT_HEADS:
                whom = _FIRST_HEAD - _UNIT_HEADS.index(found["head"])
            elif letter == "Y":
                whom = -_COUNT.get(found[0].split()[0], 1)
            changes.append((*found.span(), letter, whom))
        return line.with_changes(changes)

    def hear(self, clause: Line) -> None:
        """Remember the foreign localities of a clause, list by list."""
        self.groups.extend(clause.all(*found.span(), "F") for found in _FOREIGN_LIST.finditer(clause.code))
        del self.groups[:-_GROUPS]

    def note(self, line: Line, stated: Sides | None, abroad: bool) -> None:
        """Remember who was named in this line, between whom it stated something, and whether it went abroad."""
        code, scene = line.code, self.scene
        ours = line.all(0, len(code), "V")
        if ours and (not scene.homes or scene.is_home(ours[0])):
            self.us = ours[0]
        bodies = line.all(0, len(code), "O")
        speakers = scene.bodies_of(line.all(0, len(code), "P"))
        if bodies or speakers:
            self.unit = (speakers or bodies)[0]
        if stated:
            self.pair = stated
        elif abroad:
            self.pair = None
        elif bodies and _MEETS.search(code):
            guests = [b for b in bodies if not _GOVERNMENT.search(scene.text(b))]
            if guests:
                self.pair = (self.home(line), guests[:1])

    def home(self, line: Line) -> list[int]:
        """The province this paper speaks for: its home, else the locality it spoke of last."""
        home = self.scene.home_near(line.start)
        if home is None:
            home = self.us
        return [] if home is None else [home]

    def sides(self, line: Line, which: int) -> Sides:
        """Whom "hai bên" (any), "hai địa phương" (localities) or "hai đơn vị" (bodies) means."""
        if self.own:
            return self.own
        if self.pair:
            bodies = any(self.scene.kind(i) == facts.ORG for side in self.pair for i in side)
            if which == _ANY_PAIR or bodies == (which == _BODY_PAIR):
                return self.pair
        return self.home(line), self._others(1)

    def meant(self, line: Line, spot: int) -> list[int]:
        """The mentions that the letter at this place of the code stands for."""
        letter, who = line.code[spot], line.at(spot)
        if who >= 0:
            return [self.party(who)]
        if letter == "H":
            return self.home(line)
        if letter == "Y":
            here = line.all(0, spot, "F")
            return here[-1:] if here and who == -1 else self._others(-who)
        if letter == "U":
            unit = (
                self._unit(line)
                if who > _FIRST_HEAD
                else last_body(self.scene, line.start, _UNIT_HEADS[_FIRST_HEAD - who])
            )
            return [] if unit is None else [unit]
        return []

    def party(self, index: int) -> int:
        """The party to an understanding: a government signs for its territory."""
        scene = self.scene
        words = scene.text(index)
        if scene.kind(index) != facts.ORG or not _GOVERNMENT.search(words):
            return index
        places = [i for i in scene.places_in(index) if scene.kind(i) != facts.COUNTRY]
        home = scene.home_near(scene.found[index].start)
        if not places and home is not None and _OF_HOME.search(words):
            return home
        return places[0] if places else index

    def _others(self, count: int) -> list[int]:
        """The foreign localities spoken of last; `count` of them where the words say how many."""
        for group in reversed(self.groups):
            if count == 1 or len(group) == count:
                return group
        return [i for group in self.groups[-count:] for i in group][-count:] if count > 1 else []

    def _unit(self, line: Line) -> int | None:
        """The organisation that "đơn vị" means: the one its speaker belongs to, else the one named last."""
        speakers = [
            b for b in self.scene.bodies_of(line.all(0, len(line.code), "P")) if self.scene.kind(b) == facts.ORG
        ]
        if speakers:
            return speakers[0]
        bodies = line.all(0, len(line.code), "O")
        return bodies[0] if bodies and line.code.find("U") > line.code.find("O") else self.unit
