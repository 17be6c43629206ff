"""Between whom a clause states something: subject, object, topic, and what is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.localities import size
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.relations.talk import Sides, Talk

_ASIDE = re.compile(r" ?\([^()]*\)")
_TELLING_ASIDE = grammar(any_of("ký|ký kết|hết hạn|hết hiệu lực"))
# "F, F" where the second contains the first; "F của C", "F, C".
_CONTAINER = grammar(
    r"(?<=[FO])(?:, [FC](?! và)| (?:của|thuộc|ở|-) (?:nước )?C|, C(?=[ ,;.:)]|$))|(?<=V)(?:,| thuộc) V(?!,? (?:và|ký|"
    r"đã|cùng))"
)
# Apposition: "F, nơi giáp V, chưa có ..."; "V, tỉnh biên giới phía Bắc, và ...".
_APPOSED = grammar(
    r"(?<=[VFOC]), (?:nơi|vốn|quê hương|cửa ngõ|một trong|(?:tỉnh|thành phố|địa phương|vùng|doanh nghiệp|đơn vị) "
    r"(?:biên giới|giáp|miền|nằm|ven|cực|có chung|láng giềng|công nghiệp|lớn|phía|của|đến từ|C|"
    r"chuyên)) [^,;:]{0,70}(?=,)"
)
# Places that only describe people and goods: "doanh nghiệp C", "nhân dân F và nhân dân V".
_DESCRIBING = grammar(
    r"(?<!\w)(?:nhân dân|người dân|bà con|bạn bè|người|công dân|kiều bào|cộng đồng|phụ nữ|thanh niên|sinh viên|"
    r"học sinh|lao động|chuyên gia|kỹ sư|giáo viên|bác sĩ|tình nguyện viên|khách|du khách|thương lái|doanh nghiệp|"
    r"công ty|tập đoàn|nhà đầu tư|nhà tài trợ|đối tác|tổ chức|địa phương|thị trường|hàng|vốn|dự án|báo chí|trung ương|"
    r"đại sứ|cơ quan đại diện) "
    r"(?:của |nước |từ |tỉnh )?[VFCR](?:(?:,| và) [VFCR](?= ))*|"
    r"(?<!\w)(?:tỉnh|thành phố|bang|huyện|quận) (?:của|ở|thuộc) (?:nước )?C(?:(?:,| và) C)*"
)
# ... but here the country stands for its partners: "hợp tác với các đối tác C".
_COOPERATING_WITH = grammar(r"(?<!\w)hợp tác[^,;:A-Z]{0,30} (?:với|giữa) (?:các |những |một số )?$")
# "Việt Nam nói chung, tỉnh A nói riêng": it is said of the province.
_IN_GENERAL = grammar(r"(?<!\w)C nói chung(?:,| và) (?=[VO] nói riêng)")
# "các địa phương đã ký kết (V, V)": what stands in the brackets are the parties themselves.
_LISTED = grammar(
    r"(?<!\w)(?:các|những|hai|ba|bốn|năm|sáu|bảy|nhiều|một số|\d+) (?:tỉnh|thành phố|tỉnh, thành phố|địa phương|nước|"
    r"quốc gia|đối tác|đơn vị|lực lượng|cơ quan)(?: [^,;.:()A-Z]{1,40})? (?P<open>\((?:gồm:? |là |như )?)"
    r"[VFCO](?:(?:,|;| và|, và) [VFCO])+(?P<close>\))"
)
# "chưa ký với địa phương nào của C" is said of the country itself.
_DENIED_WITH = grammar(r"(?<!\w)(?:chưa|không)(?! chỉ)[^,;A-Z]{0,60} với (?:các |một |bất kỳ )?$")

_HEADS = (
    r"(?:(?:các|hai|ba|bốn|năm|sáu|bảy|nhiều|một số|\d+|những|cặp|phía|chính quyền|lãnh đạo|đại diện|đoàn|tỉnh|"
    r"thành phố|bang|vùng|nước|địa phương|đối tác|đơn vị|cơ quan|tổ chức|ngành|trường|công ty|các sở|bạn|nước bạn|"
    r"chủ nhà|kết nghĩa|anh em|láng giềng|lân cận|đã ký kết|đã ký|khác|là|gồm|như|giữa|(?:địa phương|tỉnh|thành phố|đối tác|bang)(?: nào)? của|"
    r"(?:địa phương|tỉnh) nào(?: ở)?)[,:]? )*"
)
_ONE = rf"(?:{_HEADS}[FCY](?:, {_HEADS}[FCY])*+|{_HEADS}[VH](?:, {_HEADS}[VH])*+|{_HEADS}[OU](?:[,;] {_HEADS}[OU])*+)"
_LIST = rf"{_ONE}(?:(?:,? và|,? cùng(?: với)?|,? cũng như|,? hoặc) {_ONE})*+"
_PARTIES = grammar(_LIST)
BETWEEN = grammar(rf"(?<!\w)giữa (?:(?P<both>B)|(?P<list>{_ONE}(?:(?:,? và|,? với|,? cùng(?: với)?| -) {_ONE})*+))")
_WITH = grammar(rf"(?<!\w)(?P<how>với|cùng với|cùng|và phía)(?: (?:phía|bên))? (?P<list>{_LIST})")
COUPLES = grammar(r"V (?:-|với|và) F(?:(?:,| và|;|, còn) V (?:-|với|và) F)+")
_AFTER_TOPIC = grammar(r"(?: thì (?:lại )?khác)?(?:,|:| thì| cùng nước,| (?:hiện|đến nay|vẫn|lại|mới|chưa|cũng)(?!\w))")
_NOT_WITH = grammar(
    r"(?:so|đối|đồng thời|cùng|phù hợp|gắn|gắn liền|tương ứng|song song|giáp|tiếp giáp|giáp ranh|liền kề|biên giới|"
    r"cùng chung|làm việc|hội đàm|hội kiến|gặp|gặp gỡ|tiếp|tiếp xúc|xã giao|tọa đàm|trao đổi|chia sẻ|nói|thông tin|"
    r"phát biểu|chúc mừng|cảm ơn|quen|thân thiết|thương mại|giao thương|buôn bán|phối hợp) $"
)
_ADVERBIAL = grammar(
    r"(?<!\w)(?:tại|ở|sang|đến|từ|thăm|trên địa bàn|thuộc|qua|về|của|trong|cho|ra|vào|tới|giao|theo|với|giữa|cùng|gồm|"
    r"phối hợp|cử|tiếp|đón|gặp|nơi giáp)(?: (?:làm việc|công tác|học tập|thực hiện|ký))? $"
)
_AGENT = grammar(r"(?:do|mà|được|của|:|,) $")
# Who prepares a paper for others is no party to it: "Sở Ngoại vụ được giao soạn dự thảo ...".
_CLERK = grammar(
    r" (?:(?:đang|được|sẽ|đã|tiếp tục|khẩn trương) )*(?:giao|được giao|chủ trì|làm đầu mối|tham mưu|soạn|dự thảo|"
    r"xây dựng dự thảo|chuẩn bị|nghiên cứu|rà soát|trình|báo cáo|thông báo|chuyển|hướng dẫn|phúc đáp|có ý kiến|"
    r"cho biết|đề nghị|kiến nghị|nhất trí|thống nhất với|cần|khẩn trương)"
)


def reduced(scene: Scene, line: Line) -> Line:
    """The line without asides, and without places that only say where a party is or whose people are meant."""
    listed = [m.span(part) for m in _LISTED.finditer(line.code) for part in ("open", "close")]
    line = line.without([*listed, *(m.span() for m in _IN_GENERAL.finditer(line.code))])
    line = line.without(m.span() for m in _ASIDE.finditer(line.code) if not _TELLING_ASIDE.search(m[0]))
    cuts = [m.span() for m in _APPOSED.finditer(line.code)]
    for found in _CONTAINER.finditer(line.code):
        if _contains(scene, line.at(found.end() - 1), line.at(found.start() - 1)):
            cuts.append(found.span())
    line = line.without(cuts)
    code = line.code
    return line.without(m.span() for m in _DESCRIBING.finditer(code) if not _is_party(code, m))


def _is_party(code: str, described: re.Match[str]) -> bool:
    """Whether the place is a party after all, though a word for its people stands before it."""
    partners = described[0].startswith("đối tác") and _COOPERATING_WITH.search(code, 0, described.start())
    return bool(partners or _DENIED_WITH.search(code, 0, described.start()))


def _contains(scene: Scene, outer: int, inner: int) -> bool:
    """Whether the place (or the place in the name of the organisation) `inner` lies in `outer`."""
    places = scene.places_in(inner) if scene.kind(inner) == facts.ORG else []
    place = places[-1] if places else inner
    country = scene.countries.get(scene.refs[place])
    if country is not None and scene.refs[country] == scene.refs[outer]:
        return True
    other = scene.countries.get(scene.refs[outer])
    if country is not None and other is not None and scene.refs[country] != scene.refs[other]:
        return False
    return 0 < size(scene, place) < size(scene, outer)


@dataclass
class Parties:
    """Finds the two sides of each clause of one line."""

    scene: Scene
    talk: Talk
    about: list[int] = field(default_factory=list)  # the topic of the line: "Với tỉnh A: ..."
    fresh: bool = False  # whether the topic was named in this very clause

    def topic(self, line: Line, at: int, plain: bool) -> Line:
        """Take the topic in front of a clause ("với A, ...", "riêng A, ..."); the clause without it.

        `at`: where the list would stand; `plain`: a word like "với" stands before it, so that a home place will do.
        """
        found = _PARTIES.match(line.code, at)
        if not found or not _AFTER_TOPIC.match(line.code, found.end()):
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
        fresh, self.fresh = self.fresh, False
        between = self._between(line, fresh)
        if between:
            return between
        them, used = self._objects(line, governor)
        us = self._subject(line, governor, used)
        if not them and len(us) > 1:
            apart = self._apart(us)
            if self._is_abroad(apart[1]) and not self._is_abroad(apart[0]):
                return apart
        if not them and (fresh or not before):
            them = self.about
        if not us and (them or "D" in line.code):
            us = self._agent(line, governor, used)
        if "B" in line.code:
            us, them = self._with_both(line, us, them, before)
        return self._completed(line, governor, us, them, by_paper, before)

    def _completed(
        self, line: Line, governor: int, us: list[int], them: list[int], by_paper: Sides | None, before: Sides | None
    ) -> Sides | None:
        """The sides with what the clause leaves out."""
        code = line.code
        if not them and len(us) > 1:
            return self._apart(us)
        if not them and by_paper and self._among(us, by_paper):
            return by_paper
        if us and not them:
            them = [i for i in self._foreign(line, "FY") if i not in us]
        if us and "H" in code[:governor] and all(self.scene.kind(i) == facts.FOREIGN_LOCALITY for i in us):
            return self.talk.home(line), us
        if not them and before:
            if self._has_clerk(line):
                return self._we(line, before[1]), before[1]
            if self._among(us, before):
                return before
            them = before[1]
        if not them:
            them = [i for i in self._foreign(line, "F") if i not in us]
        if us and not them and self._is_abroad(us):
            us, them = self._we(line, us), us
        if them and not us:
            again = before and not self._has_clerk(line) and not set(before[0]) & set(them)
            us = before[0] if before and again else self._we(line, them)
        return self._disjoint(line, us, them)

    def _between(self, line: Line, fresh: bool) -> Sides | None:
        """ "giữa A và B", "giữa hai bên"."""
        found = BETWEEN.search(line.code)
        if not found:
            return None
        if not found["both"]:
            ours, theirs = self._apart(self._meant(line, *found.span("list")))
        elif fresh:
            ours, theirs = self.talk.home(line), self.about
        else:
            ours, theirs = self.talk.sides(line, line.at(found.start("both")))
        return (ours, theirs) if ours and theirs else None

    def _objects(self, line: Line, governor: int) -> tuple[list[int], list[tuple[int, int]]]:
        """Those with whom, after "với" and "cùng", and where they are named."""
        code = line.code
        them: list[int] = []
        used: list[tuple[int, int]] = []
        for found in _WITH.finditer(code):
            if found["how"] == "với" and _NOT_WITH.search(code, 0, found.start()):
                continue
            if found["how"] == "cùng" and found.start() < governor and code[governor] != "D":
                continue  # "A cùng B ký": subjects
            them += self._meant(line, *found.span("list"))
            used.append(found.span("list"))
        return them, used

    def _subject(self, line: Line, governor: int, used: list[tuple[int, int]]) -> list[int]:
        """Whom the clause is about: the list nearest before the stating word, in no adverbial."""
        code = line.code
        lists = [m for m in _PARTIES.finditer(code, 0, governor) if not any(a <= m.start() < b for a, b in used)]
        for found in reversed(lists):
            meant = [] if _ADVERBIAL.search(code, 0, found.start()) else self._meant(line, *found.span())
            if meant and not (self.scene.kind(meant[-1]) == facts.ORG and _CLERK.match(code, found.end())):
                return meant
        return []

    def _agent(self, line: Line, governor: int, used: list[tuple[int, int]]) -> list[int]:
        """Who did it, named behind the paper: "thỏa thuận do V ký với F", "thỏa thuận mà V có với F"."""
        until = min((a for a, _ in used if a > governor), default=governor)
        for found in _PARTIES.finditer(line.code, governor, until):
            if _AGENT.search(line.code, 0, found.start()):
                return self._meant(line, *found.span())
        return []

    def _with_both(self, line: Line, us: list[int], them: list[int], before: Sides | None) -> Sides:
        """Subject and object where "hai bên" stands: the places named here, else the speaker's, else the talk's."""
        here = self._foreign(line, "F")
        sides = before or (here and (self.talk.home(line), here)) or self._of_speaker(line)
        ours, theirs = sides or self.talk.sides(line, line.at(line.code.index("B")))
        if not us or (not them and self._among(us, (ours, theirs))):
            us = ours
        return us, them or theirs

    def _of_speaker(self, line: Line) -> Sides | None:
        """A guest who speaks means his own place."""
        people = line.all(0, len(line.code), "P")
        places = [p for i in people if (p := self.scene.comes_from.get(self.scene.refs[i])) is not None]
        return (self.talk.home(line), places[:1]) if places else None

    def _meant(self, line: Line, start: int, end: int) -> list[int]:
        spots = (s for s in line.spots if start <= s < end and line.code[s] in "VFOCHYU")
        return [i for s in spots for i in self.talk.meant(line, s)]

    def _foreign(self, line: Line, letters: str) -> list[int]:
        return [i for s in line.spots if line.code[s] in letters for i in self.talk.meant(line, s)]

    def _apart(self, parties: list[int]) -> Sides:
        """Two sides of a list: ours and theirs where it names both, else the first and the rest."""
        scene = self.scene
        ours = [p for p in parties if scene.kind(p) == facts.VN_LOCALITY or scene.found[p].norm == "VN"]
        theirs = [p for p in parties if p not in ours]
        if ours and self._is_abroad([t for t in theirs if scene.kind(t) != facts.ORG]):
            return ours, theirs
        return parties[:1], parties[1:]

    def _is_abroad(self, parties: list[int]) -> bool:
        """Whether all of them, and there are some, are foreign places."""
        kinds = (facts.FOREIGN_LOCALITY, facts.COUNTRY)
        return bool(parties) and all(self.scene.kind(p) in kinds and self.scene.found[p].norm != "VN" for p in parties)

    def _among(self, us: list[int], sides: Sides) -> bool:
        """Whether all of them (or none) are parties of these sides."""
        refs = {self.scene.refs[i] for side in sides for i in side}
        return all(self.scene.refs[i] in refs for i in us)

    def _we(self, line: Line, them: list[int]) -> list[int]:
        """Who speaks when no subject is given: the agency of the paper for a body, else the province."""
        agency = self.talk.agency
        if agency is not None and all(self.scene.kind(t) == facts.ORG for t in them):
            return [self.talk.party(agency)]
        return self.talk.home(line)

    def _has_clerk(self, line: Line) -> bool:
        """Whether the clause is about who prepares the paper."""
        return any(_CLERK.match(line.code, s + 1) for s in line.spots if line.code[s] == "O")

    def _disjoint(self, line: Line, us: list[int], them: list[int]) -> Sides | None:
        """The two sides without those who stand on both: "A cùng B rà lại quy chế" names B as subject and as object."""
        refs = self.scene.refs
        theirs = {refs[t] for t in them}
        ours = [u for u in us if refs[u] not in theirs]
        if not ours and self._is_abroad(us):
            ours = self._we(line, them)
        elif not ours:
            ours, them = us, [t for t in them if refs[t] not in {refs[u] for u in us}]
        return (ours, them) if ours and them else None
