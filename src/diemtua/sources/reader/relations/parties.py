"""Between whom a clause states something: subject, object, topic, and what is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from diemtua.sources.reader import facts
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.placing import level
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.relations.talk import Sides, Talk
from diemtua.sources.reader.patterns import any_of, grammar

_ASIDE = re.compile(r" ?\([^()]*\)")
_IN_ASIDE = grammar(any_of("ký|ký kết|hết hạn|hết hiệu lực"))
_AFTER_F = grammar(
    r"(?<=[FO])(?:, (?P<outer>[FC])(?! và)| (?:của|thuộc|ở|-) (?:nước )?(?P<of>C)|, (?P<nation>C)(?=[ ,;.:)]|$))"
)
_V_CHAIN = grammar(r"(?<=V)(?:,| thuộc) V(?!,? (?:và|ký|đã|cùng))")
# Apposition: "F, nơi giáp V, chưa có ..."; "V, tỉnh biên giới phía Bắc, và ...".
_APPOSED = grammar(
    r"(?<=[VFOC]), (?:nơi|vốn|quê hương|cửa ngõ|một trong|(?:tỉnh|thành phố|địa phương|vùng|doanh nghiệp|đơn vị) (?:biên giới|giáp|miền|nằm|ven|cực|có chung|láng giềng|công nghiệp|lớn|phía|của|đến từ|C|chuyên)) [^,;:]{0,70}(?=,)"
)
# Places that only describe people and goods: "doanh nghiệp C", "nhân dân F và nhân dân V".
_DESCRIBING = grammar(
    r"(?<!\w)(?:nhân dân|người dân|doanh nghiệp|nhà đầu tư|sinh viên|học sinh|lao động|chuyên gia|người|khách|du khách|thị trường|công dân|kiều bào|phụ nữ|thanh niên|công ty|tập đoàn|đối tác|hàng|cộng đồng|"
    r"tình nguyện viên|bà con|bạn bè|các địa phương|địa phương|kỹ sư|giáo viên|bác sĩ|nhà tài trợ|tổ chức|báo chí|trung ương|đại sứ|cơ quan đại diện|thương lái|vốn|dự án) (?:của |nước |từ |tỉnh )?[VFCR](?:(?:,| và) [VFCR](?= ))*"
)
_DENIED_WITH = grammar(r"(?<!\w)(?:chưa|không)(?! chỉ)[^,;A-Z]{0,60} với (?:các |một |bất kỳ )?$")
_HEADS = (
    r"(?:(?:các|hai|ba|bốn|năm|sáu|bảy|nhiều|một số|\d+|những|phía|chính quyền|lãnh đạo|đại diện|đoàn|tỉnh|thành phố|bang|địa phương|đối tác|nước|vùng|đơn vị|cơ quan|tổ chức|trường|ngành|"
    r"công ty|các sở|bạn|nước bạn|chủ nhà|kết nghĩa|anh em|láng giềng|là|gồm|như|khác|cặp|giữa|(?:địa phương|tỉnh|thành phố|đối tác|bang)(?: nào)? của|(?:địa phương|tỉnh) nào(?: của| ở)?)[,:]? )*"
)
_FOREIGN = rf"{_HEADS}[FCY](?:, {_HEADS}[FCY])*+"
_OURS = rf"{_HEADS}[VH](?:, {_HEADS}[VH])*+"
_BODIES = rf"{_HEADS}[OU](?:[,;] {_HEADS}[OU])*+"
_ONE = rf"(?:{_FOREIGN}|{_OURS}|{_BODIES})"
_LIST = rf"{_ONE}(?:(?:,? và|,? cùng(?: với)?|,? cũng như|,? hoặc) {_ONE})*+"
_MIXED = rf"{_ONE}(?:(?:,? và|,? với|,? cùng(?: với)?| -) {_ONE})*+"
BETWEEN = grammar(rf"(?<!\w)giữa (?:(?P<both>B)|(?P<list>{_MIXED}))")
WITH = grammar(rf"(?<!\w)(?P<how>với|cùng với|cùng|và phía)(?: (?:phía|bên))? (?P<list>{_LIST})")
COUPLES = grammar(r"V (?:-|với|và) F(?:(?:,| và|;|, còn) V (?:-|với|và) F)+")
_NOT_WITH = grammar(
    r"(?:so|đối|làm việc|hội đàm|gặp|gặp gỡ|tiếp xúc|giáp|tiếp giáp|phù hợp|gắn|gắn liền|tương ứng|song song|chia sẻ|nói|hội kiến|xã giao|biên giới|thương mại|phối hợp|tọa đàm|tiếp|giáp ranh|liền kề|quen|"
    r"thông tin|phát biểu|chúc mừng|cảm ơn|đồng thời|thân thiết|giao thương|buôn bán|cùng chung|cùng) $"
)
_LIST_BEFORE = grammar(rf"(?P<list>{_LIST})")
_ADVERBIAL = grammar(
    r"(?<!\w)(?:tại|ở|sang|đến|từ|thăm|trên địa bàn|thuộc|qua|về|của|trong|cho|ra|vào|tới|giao|theo|với|giữa|cùng|gồm|phối hợp|cử|tiếp|đón|gặp|nơi giáp)(?: (?:làm việc|công tác|học tập|thực hiện|ký))? $"
)
# Who prepares a paper for others is no party to it: "Sở Ngoại vụ được giao soạn dự thảo ...".
_CLERK = grammar(
    r"^ (?:(?:đang|được|sẽ|đã|tiếp tục|khẩn trương) )*(?:giao|dự thảo|xây dựng dự thảo|được giao|tham mưu|chủ trì|soạn|làm đầu mối|chuẩn bị|trình|cho biết|đề nghị|kiến nghị|báo cáo|chuyển|thông báo|hướng dẫn|khẩn trương|rà soát|nghiên cứu|phúc đáp|có ý kiến|nhất trí|cần|thống nhất với)"
)


def reduced(scene: Scene, line: Line) -> Line:
    """The line without asides, and without places that only say where a party is or whose people are meant."""
    line = line.without(m.span() for m in _ASIDE.finditer(line.code) if not _IN_ASIDE.search(m[0]))
    cuts = [m.span() for m in _APPOSED.finditer(line.code)]
    for pattern in (_AFTER_F, _V_CHAIN):
        for found in pattern.finditer(line.code):
            inner, outer = _place(scene, line.at(found.start() - 1)), line.at(found.end() - 1)
            known = scene.countries.get(scene.refs[inner])
            if (known is not None and scene.refs[known] == scene.refs[outer]) or 0 < level(scene, inner) < level(
                scene, outer
            ):
                cuts.append(found.span())
    line = line.without(cuts)
    # "chưa ký với địa phương nào của C" is said of the country itself.
    return line.without(m.span() for m in _DESCRIBING.finditer(line.code) if not _DENIED_WITH.search(line.code, 0, m.start()))


def _place(scene: Scene, index: int) -> int:
    """A place, or the place in the name of an organisation."""
    places = scene.places_in(index) if scene.kind(index) == facts.ORG else []
    return places[-1] if places else index


@dataclass
class Parties:
    """Finds the two sides of each clause of one line."""

    scene: Scene
    talk: Talk
    about: list[int] = field(default_factory=list)  # the topic of the line: "Với tỉnh A: ..."
    fresh: bool = False  # whether the topic was named in this very clause

    def topic(self, line: Line, at: int, plain: bool) -> Line:
        """Take the topic in front of a clause ("với A, ...", "riêng A, ..."); the clause without it."""
        found = re.compile(_LIST_BEFORE.pattern).match(line.code, at)
        if not found or not re.match(
            r"(?: thì (?:khác|lại khác))?(?:,|:| thì| cùng nước,| (?:hiện|đến nay|vẫn|lại|mới|chưa|cũng)(?!\w))", line.code[found.end() : found.end() + 16]
        ):
            return line
        about = self._meant(line, *found.span())
        foreign = [i for i in about if self.scene.kind(i) != facts.VN_LOCALITY]
        if (foreign and len(foreign) < len(about)) or not (plain or foreign):
            return line
        self.about, self.fresh = foreign or about, True
        self.talk.groups.append([i for i in foreign if self.scene.kind(i) == facts.FOREIGN_LOCALITY])
        return line.part(found.end(), len(line.code))

    def sides(self, line: Line, governor: int, by_paper: Sides | None, before: Sides | None) -> Sides | None:
        """The two sides of the clause whose stating word stands at `governor`; None when they cannot be told.

        `by_paper`: the parties of the agreement it speaks of; `before`: the sides of the clause before it.
        """
        code = line.code
        fresh, self.fresh = self.fresh, False
        between = BETWEEN.search(code)
        if between:
            if between["both"]:
                found = (self.talk.home(line), self.about) if fresh else self.talk.sides(line, line.at(between.start("both")))
            else:
                found = self._apart(self._meant(line, *between.span("list")))
            if found[0] and found[1]:
                return found
        them, used = self._objects(line, governor)
        us = self._subject(line, governor, used)
        if not them and len(us) > 1:
            apart = self._apart(us)
            if apart[0] and apart[1] and self._nations(apart):
                return apart
        if not them and (fresh or not before):
            them = self.about
        if not us and them:
            us = self._agent(line, governor, used)
        both = code.find("B")
        if both >= 0:
            here = [i for s in line.spots if code[s] == "F" for i in self.talk.meant(line, s)]
            ours, theirs = before or (here and (self.talk.home(line), here)) or self._both(line, line.at(both))
            if not us or (not them and self._same(us, (ours, theirs))):
                us = ours
            them = them or theirs
        if us and not them:
            apart = self._apart(us) if len(us) > 1 else ([], [])
            if apart[0] and apart[1]:
                return apart
            if by_paper and self._same(us, by_paper):
                return by_paper
            foreign = [i for s in line.spots if code[s] in "FY" for i in self.talk.meant(line, s) if i not in us]
            them = foreign
        if not us and not them and "D" in code:
            us = self._agent(line, governor, used)
        if not them and not us and by_paper:
            return by_paper
        if us and "H" in code[:governor] and all(self.scene.kind(i) == facts.FOREIGN_LOCALITY for i in us):
            return self.talk.home(line), us
        if not them and before:
            if self._clerk(line):
                return self._we(line, before[1]), before[1]
            if not us or self._same(us, before):
                return before
            them = before[1] if us != before[1] else before[0]
        if not them:
            foreign = [i for s in line.spots if code[s] == "F" for i in self.talk.meant(line, s) if i not in us]
            them = foreign
        if us and not them and all(self.scene.kind(i) == facts.FOREIGN_LOCALITY for i in us):
            us, them = self._we(line, us), us
        if them and not us:
            us = before[0] if before and not self._clerk(line) and not set(before[0]) & set(them) else self._we(line, them)
        return self._disjoint(line, us, them)

    def _disjoint(self, line: Line, us: list[int], them: list[int]) -> Sides | None:
        """The two sides without those who stand on both: "A cùng B rà lại quy chế" names B as subject and as object."""
        theirs = {self.scene.refs[t] for t in them}
        only_us = [u for u in us if self.scene.refs[u] not in theirs]
        if not only_us and all(self.scene.kind(u) in (facts.FOREIGN_LOCALITY, facts.COUNTRY) for u in us):
            only_us = self._we(line, them)
        if not only_us:
            ours = {self.scene.refs[u] for u in us}
            only_us, them = us, [t for t in them if self.scene.refs[t] not in ours]
        return (only_us, them) if only_us and them else None

    def _nations(self, sides: Sides) -> bool:
        return self.scene.kind(sides[0][0]) == facts.VN_LOCALITY and self.scene.kind(sides[1][0]) != facts.VN_LOCALITY

    def _same(self, us: list[int], sides: Sides) -> bool:
        refs = {self.scene.refs[i] for side in sides for i in side}
        return all(self.scene.refs[i] in refs for i in us)

    def _we(self, line: Line, them: list[int]) -> list[int]:
        """Who speaks when no subject is given: the agency of the paper for a body, else the province."""
        agency = self.talk.agency
        if agency is not None and all(self.scene.kind(t) == facts.ORG for t in them):
            return [self.talk.party(agency)]
        return self.talk.home(line)

    def _both(self, line: Line, which: int) -> Sides:
        """Whom "hai bên" means: a guest who speaks means his own place."""
        ours, theirs = self.talk.sides(line, which)
        for index in line.who:
            if index >= 0 and self.scene.kind(index) == facts.PERSON:
                place = self.scene.comes_from.get(self.scene.refs[index])
                if place is not None:
                    return self.talk.home(line), [place]
        return ours, theirs

    def _objects(self, line: Line, governor: int) -> tuple[list[int], list[tuple[int, int]]]:
        """Those with whom: the lists after "với" and "cùng"."""
        code = line.code
        them: list[int] = []
        used: list[tuple[int, int]] = []
        for found in WITH.finditer(code):
            if found["how"] == "với" and _NOT_WITH.search(code, 0, found.start()):
                continue
            if found["how"] == "cùng" and found.start() < governor and code[governor] != "D":
                continue
            them += self._meant(line, *found.span("list"))
            used.append(found.span("list"))
        return them, used

    def _apart(self, parties: list[int]) -> Sides:
        """Two sides of a list: ours and theirs where it names both, else the first and the rest."""
        scene = self.scene
        ours = [p for p in parties if scene.kind(p) == facts.VN_LOCALITY or scene.found[p].norm == "VN"]
        theirs = [p for p in parties if scene.kind(p) in (facts.FOREIGN_LOCALITY, facts.COUNTRY) and p not in ours]
        rest = [p for p in parties if p not in ours and p not in theirs]
        if ours and theirs:
            return ours, theirs + rest
        return parties[:1], parties[1:]

    def _meant(self, line: Line, start: int, end: int) -> list[int]:
        return [
            i for s in line.spots if start <= s < end and line.code[s] in "VFOCHYU" for i in self.talk.meant(line, s)
        ]

    def _clerk(self, line: Line) -> bool:
        """Whether the clause is about who prepares the paper."""
        return any(_CLERK.match(line.code[s + 1 :]) for s in line.spots if line.code[s] == "O")

    def _subject(self, line: Line, governor: int, used: list[tuple[int, int]]) -> list[int]:
        """Whom the clause is about: the list nearest before the stating word, in no adverbial."""
        code = line.code
        lists = [m for m in _LIST_BEFORE.finditer(code, 0, governor) if not any(a <= m.start() < b for a, b in used)]
        for found in reversed(lists):
            if _ADVERBIAL.search(code, 0, found.start()):
                continue
            meant = self._meant(line, *found.span())
            if self.scene.kind(meant[-1]) == facts.ORG if meant else False:
                if _CLERK.match(code[found.end() :]):
                    continue
            if meant:
                return meant
        return []

    def _agent(self, line: Line, governor: int, used: list[tuple[int, int]]) -> list[int]:
        """Who did it, named behind the paper: "thỏa thuận do V ký với F", "thỏa thuận mà V có với F"."""
        until = min((a for a, _ in used if a > governor), default=governor)
        for found in _LIST_BEFORE.finditer(line.code, governor, until):
            if re.search(r"(?:do|mà|được|:|,|của) $", line.code[: found.start()]):
                return self._meant(line, *found.span())
        return []
