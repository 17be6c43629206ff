"""Whom the words that name nobody mean: "tỉnh", "hai bên", "phía bạn", "đơn vị"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from diemtua.sources.reader import facts
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.people import last_org
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.patterns import any_of, grammar

Sides = tuple[list[int], list[int]]

# Letters put for pointing words: B both sides, H the home province, Y the other side, U the organisation named last.
_LOCAL_PAIR = r"(?:tỉnh, thành phố|tỉnh - thành phố|tỉnh thành|địa phương|tỉnh|thành phố|huyện|xã|phường|châu)"
_BODY_PAIR = r"(?:đơn vị|cơ quan|nhà trường|trường|bệnh viện|công ty|doanh nghiệp|lực lượng|tổ chức|hội|sở|viện|đồn|đại đội|hiệp hội|ngành|tổ chức đoàn)"
_BOTH = rf"(?:(?:cả )?(?:hai|đôi|các) (?:bên|phía|đoàn)|(?:cả )?hai (?P<local>{_LOCAL_PAIR})|(?:cả )?hai (?P<bodies>{_BODY_PAIR})|hai (?:bản|làng|thôn))(?! (?:[VFCO]|bạn|này|kia|trên|nói trên))"
_PLACE = r"(?:đối tác|tỉnh|địa phương|bang|thành phố|vùng|tiểu vương quốc|khu|châu|huyện|quận|quốc gia|lãnh thổ|nơi)"
_OTHER = (
    r"(?:tỉnh|phía|địa phương|đơn vị|nước|ba tỉnh|hai tỉnh|các tỉnh|bốn tỉnh|các địa phương|đồn|lực lượng)(?: của)? bạn(?! bè| hàng| đọc)|phía đối tác|bạn(?= (?:đề nghị|muốn|mong|ngỏ|cử|cũng|đồng ý|đề xuất)(?!\w))|"
    rf"(?:hai |ba |bốn |các |những )?{_PLACE} (?:này|kia|trên|nói trên|nêu trên|ấy)"
)
_HOME = (
    r"(?:lãnh đạo |đại diện |chính quyền |phía |toàn )?(?:(?<=nơi )tỉnh|tỉnh ta|tỉnh nhà|tỉnh chúng tôi|chúng tôi|thành phố chúng tôi|"
    r"(?:tỉnh|thành phố|địa phương)(?! (?:[VFKO]|bạn|này|kia|trên|nói|nêu|nào|nước|ngoài|khác|lân|có chung|thành|phố|biên giới|của|láng giềng|anh em|kết nghĩa)))"
)
_UNIT_HEADS = ("công ty", "bệnh viện", "tập đoàn", "hiệp hội", "hội", "sở", "trường", "viện")
_UNIT = r"(?:đơn vị anh|đơn vị chúng tôi|nhà trường|(?P<head>đơn vị|công ty|bệnh viện|tập đoàn|hiệp hội|hội|ban|sở|trường|viện)(?= (?:đã|đang|cũng|sẽ|vừa|này|phối hợp|hợp tác|kết nghĩa|ký|có)(?!\w)))"
_WORDS = grammar(rf"(?<!\w)(?:(?P<B>{_BOTH})|(?P<Y>{_OTHER})|(?P<H>{_HOME})|(?P<U>{_UNIT}))(?!\w)")
_NOT_HOME = re.compile(r"(?:các|hai|ba|bốn|nhiều|mỗi|từng|một|số|\d+|những|cấp|liên|ngoài|nội|bao) $")
_COUNT = {"hai": 2, "ba": 3, "bốn": 4, "năm": 5}
ANY_PAIR, LOCAL_PAIR, BODY_PAIR = -1, -2, -3
_GOVERNMENT = grammar(
    r"^(?:ubnd|ủy ban nhân dân|hđnd|hội đồng nhân dân|chính quyền|chính phủ nhân dân|chính phủ|hội đồng (?:tỉnh|thành phố|bang|vùng)|tòa thị chính)"
)
_MEETS = grammar(any_of("tiếp|làm việc với|hội đàm với|hội kiến|gặp|đón|thăm|trao đổi với|cùng"))
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
            if letter == "H" and _NOT_HOME.search(line.code[max(0, found.start() - 6) : found.start()]):
                continue
            whom = -1
            if letter == "B":
                whom = LOCAL_PAIR if found["local"] else BODY_PAIR if found["bodies"] else ANY_PAIR
            elif letter == "U" and found["head"] in _UNIT_HEADS:
                whom = -10 - _UNIT_HEADS.index(found["head"])
            elif letter == "Y":
                whom = -_COUNT.get(found[0].split()[0], 1)
            changes.append((*found.span(), letter, whom))
        return line.with_changes(changes)

    def hear(self, clause: Line) -> None:
        """Remember the foreign localities of a clause, list by list."""
        self.groups.extend(clause.all(*found.span(), "F") for found in _FOREIGN_LIST.finditer(clause.code))
        del self.groups[:-12]

    def note(self, line: Line, stated: Sides | None, abroad: bool) -> None:
        """Remember who was named in this line, between whom it stated something, and whether it went abroad."""
        code, scene = line.code, self.scene
        ours = [i for i in line.who if i >= 0 and scene.kind(i) == facts.VN_LOCALITY]
        if ours and (not scene.homes or scene.is_home(ours[0])):
            self.us = ours[0]
        bodies = line.all(0, len(code), "O")
        speakers = [scene.belongs[scene.refs[p]] for p in line.all(0, len(code), "P") if scene.refs[p] in scene.belongs]
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

    def others(self, count: int = 1) -> list[int]:
        """The foreign localities spoken of last; `count` of them where the words say how many."""
        for group in reversed(self.groups):
            if count == 1 or len(group) == count:
                return group
        return [i for group in self.groups[-count:] for i in group][-count:] if count > 1 else []

    def sides(self, line: Line, which: int) -> Sides:
        """Whom "hai bên" (any), "hai địa phương" (localities) or "hai đơn vị" (bodies) means."""
        if self.own:
            return self.own
        if self.pair:
            bodies = any(self.scene.kind(i) == facts.ORG for side in self.pair for i in side)
            if which == ANY_PAIR or bodies == (which == BODY_PAIR):
                return self.pair
        return self.home(line), self.others()

    def meant(self, line: Line, spot: int) -> list[int]:
        """The mentions that the letter at this place of the code stands for."""
        letter, who = line.code[spot], line.at(spot)
        if who >= 0:
            return [self.party(who)]
        if letter == "H":
            return self.home(line)
        if letter == "Y":
            here = line.all(0, spot, "F")
            return here[-1:] if here and who == -1 else self.others(-who)
        if letter == "U":
            unit = last_org(self.scene, line.start, _UNIT_HEADS[-10 - who]) if who <= -10 else self._unit(line)
            return [] if unit is None else [unit]
        return []

    def _unit(self, line: Line) -> int | None:
        """The organisation that "đơn vị" means: the one its speaker belongs to, else the one named last."""
        for index in line.who:
            if index >= 0 and self.scene.kind(index) == facts.PERSON:
                body = self.scene.belongs.get(self.scene.refs[index])
                if body is not None and self.scene.kind(body) == facts.ORG:
                    return body
        bodies = line.all(0, len(line.code), "O")
        return bodies[0] if bodies and line.code.find("U") > line.code.find("O") else self.unit

    def party(self, index: int) -> int:
        """The party to an understanding: a government signs for its territory."""
        scene = self.scene
        if scene.kind(index) != facts.ORG or not is_government(scene, index):
            return index
        places = [i for i in scene.places_in(index) if scene.kind(i) != facts.COUNTRY]
        if places:
            return places[0]
        home = scene.home_near(scene.found[index].start)
        if home is not None and re.search(r"(?:nhân dân|ubnd|hđnd)(?: tỉnh| thành phố)?$", scene.text(index)):
            return home
        return index


def is_government(scene: Scene, index: int) -> bool:
    """A people's committee, a council or a government."""
    return bool(_GOVERNMENT.search(scene.text(index)))
