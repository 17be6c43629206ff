"""Who cooperates with whom, and by which agreement: cooperates_with and party_to.

Each clause is reduced to its parties, its agreements and the words between them; the words decide what is stated, the
prepositions ("với", "giữa ... và") and the order decide between whom. Parties a clause leaves out are those of the
clause before it, of the agreement it speaks of, or the province whose paper this is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from diemtua.sources.reader import facts
from diemtua.sources.reader.relations import cues
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.papers import is_agreement
from diemtua.sources.reader.relations.parties import BETWEEN, COUPLES, Parties, reduced
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.relations.talk import Sides, Talk
from diemtua.sources.reader.patterns import grammar

_MOST_PAIRS = 60  # one clause never speaks of more; a table may

_BREAK = grammar(
    r";|(?:^|,| |: )(?:nhưng|tuy nhiên|tuy vậy|trong khi đó|trong khi|ngược lại|đồng thời|hiện nay|hiện tại|đến nay|tới nay|do đó|vì vậy|vì thế|sau đó|ngoài ra|bên cạnh đó|"
    r"cùng với đó|trước mắt|thời gian tới|trong thời gian tới)(?=[ ,])|(?:^|,|:|;) (?:song|còn|riêng|hiện|nay)(?=[ ,])|"
    r",(?= (?:B|H|V|F|O|Y)(?: |,)[^,;]{0,30}(?:đã|đang|sẽ|chưa|vừa|cũng|không|ký|muốn|mong|đề nghị|đề xuất|tiếp tục)(?!\w))|"
    r",(?= (?:đang|sẽ|chưa|dự kiến|dự định|phấn đấu|đề xuất|đề nghị|mong muốn|tiến tới|hướng tới|nghiên cứu|xúc tiến|đã ký|đã|không|ký|duy trì|triển khai|thực hiện|nhất trí|thống nhất|bàn|đàm phán|trao đổi|gia hạn|"
    r"hết hạn|hết hiệu lực|giao|cho phép|giao lưu|kết nghĩa|có hiệu lực|ba năm|sau)(?!\w))|"
    r"(?:,| và)(?= D[^,;]{0,60} (?:với|giữa)(?!\w))|,(?= thay(?: thế| cho)? D(?!\w))|"
    r" và(?= (?:đang|sẽ|đã|chưa|dự kiến|đề xuất|đề nghị|mong muốn|không|bày tỏ|phấn đấu|thống nhất|nhất trí|hiện|H|B|tiếp tục|ký)(?!\w))"
)
_TOPIC = grammar(
    r"^[-+*•\d.;) ]*(?:(?:riêng|còn|nhưng|song|trong khi đó|hiện|với riêng|tương tự),? )*(?:(?P<with>(?:(?:về|trong) )?(?:(?:quan hệ|hợp tác|kết nối|việc|công tác)(?: hợp tác| hữu nghị| kết nghĩa| đối ngoại)* )?(?:với|cùng)|đối với|về phía|về)|riêng|còn) |^[-+*•] (?=[^:;]{1,120}:)"
)
_TAKES_OVER = grammar(r"(?<!\w)(?:kế thừa|tiếp tục thực hiện|tiếp nhận thực hiện|tiếp quản)(?!\w)")


_FROM_OTHER = grammar(r"(?<!\w)(?:do V|của V|kế thừa|nay)(?!\w)")
_REPLACES = grammar(r"(?<!\w)thay (?:thế|cho)(?!\w)")
_RESPECTIVELY = grammar(r"(?<!\w)(?:lần lượt|theo thứ tự|tương ứng)(?!\w)")
_ABROAD = frozenset({facts.FOREIGN_LOCALITY, facts.COUNTRY})
_HEADING = grammar(r"^(?:\d{1,2}(?:\.\d{1,2})*[.)]|[ivx]{1,4}\.|[a-zđ]\)) [^A-Z,;.]{4,70}:?$")
_POINT = grammar(r"^[-+*•]")
_FIRST_DAY = grammar(r"^(?:[-+*•]|\d{1,2}[.)])? ?[^A-Z,:]{0,12}(?P<day>X)[,:]")
_SUBJECT_LINE = grammar(r"^(?:v/v|về việc|trích yếu)(?!\w)")


@dataclass
class Statement:
    """What one clause says of the partnership between two sides, by which papers."""

    us: list[int]
    them: list[int]
    status: str
    papers: list[int]
    line: Line


@dataclass
class Partnerships:
    """One pass over the lines of a text, with what was said before in mind."""

    scene: Scene
    talk: Talk
    statements: list[Statement] = field(default_factory=list)
    by_paper: dict[str, Statement] = field(default_factory=dict)
    own: int | None = None  # the agreement that is the text itself
    heading: str | None = None  # what the heading above says of the points under it
    later: int = -1  # the paragraph that is about a day after that of the text

    def read(self) -> None:
        self.own = own_agreement(self.scene)
        for full, line in zip(self.scene.full, self.scene.lines, strict=True):
            short = self.talk.pointed(reduced(self.scene, line))
            if "F" in full.code and "F" not in short.code:
                self.talk.hear(full)
            self._begin(full)
            parties = Parties(self.scene, self.talk)
            last: Statement | None = None
            for clause in _clauses(short):
                last = self._clause(clause, parties, last) or last
                self.talk.hear(clause)
            self.talk.note(short, (last.us, last.them) if last else None, "F" in full.code)
        self._tell()

    def _clause(self, line: Line, parties: Parties, before: Statement | None) -> Statement | None:
        """The statement of one clause, if it makes one; with no status when it only says whom it is about."""
        couples = self._couples(line)
        if couples:
            return couples
        papers = _papers(self.scene, line)
        whole, topic = line, _TOPIC.match(line.code)
        if topic:
            line = parties.topic(line, topic.end(), bool(topic["with"]))
        governor = _governor(line.code, papers, bool(before or papers or parties.about))
        if governor is None and line is not whole and not line.code.startswith(":"):
            line, governor = whole, _governor(whole.code, papers, True)
        code = line.code
        if governor is None and self.heading and parties.fresh:
            self.statements.append(Statement(self.talk.home(line), parties.about, self.heading, [], line))
            return self.statements[-1]
        if governor is None:
            return self._inherited(before, code) if before and before.papers and _TAKES_OVER.search(code) else None
        known = next((s for p in papers if (s := self.by_paper.get(self.scene.refs[p]))), None)
        sides = parties.sides(line, governor, _sides(known), _sides(before))
        if sides is None:
            return None
        if not papers and before and sides == _sides(before):
            papers = before.papers
        status = self._by_heading(_status(code, bool(papers) and "D" in code))
        if status == "signed" and self._is_to_come(line):
            status = "planned"
        stated = Statement(*sides, status or "", papers, line)
        if stated.status == "ongoing" and self.own is not None:
            stated.status = "planned"  # what the articles of an agreement say is to come
        if stated.status == "ongoing" and _SUBJECT_LINE.match(code):
            stated.status = ""
        for paper in papers:
            self.by_paper.setdefault(self.scene.refs[paper], stated)
            if paper == self.own and self.talk.own is None:
                self.talk.own = sides
        self.statements += self._each_its_own(stated, code)
        return self._inherited(stated, code)

    def _by_heading(self, status: str | None) -> str | None:
        """The points under a heading such as "Nhóm dừng thực hiện" share what it says."""
        if self.heading and (status is None or (status == "signed" and self.heading == "ended")):
            return self.heading
        return status

    def _is_to_come(self, line: Line) -> bool:
        """Whether the paragraph began with a day after that of the text: a programme, not a report."""
        return self.later == line.paragraph

    def _begin(self, line: Line) -> None:
        """Notice a heading that says how things under it stand, and a paragraph about a day to come."""
        code = line.code
        if _HEADING.match(code):
            self.heading = _heading_status(code)
        elif not _POINT.match(code):
            self.heading = None
        first = _FIRST_DAY.match(code)
        if first and self.scene.is_later(line.at(first.end("day") - 1)):
            self.later = line.paragraph

    def _couples(self, line: Line) -> Statement | None:
        """ "Các cặp A - B, C - D": each with its own."""
        found = COUPLES.search(line.code)
        if found is None:
            return None
        parties = line.all(*found.span(), "VF")
        status = _status(line.code, False) or "ongoing"
        for one, other in zip(parties[::2], parties[1::2], strict=False):
            self.statements.append(Statement([one], [other], status, [], line))
        return self.statements[-1]

    def _each_its_own(self, stated: Statement, code: str) -> list[Statement]:
        """"Các huyện A, B lần lượt kết nghĩa với C, D": A with C, B with D."""
        if len(stated.us) != len(stated.them) or len(stated.us) == 1 or not _RESPECTIVELY.search(code):
            return [stated]
        both = zip(stated.us, stated.them, strict=True)
        return [Statement([one], [other], stated.status, stated.papers, stated.line) for one, other in both]

    def _inherited(self, stated: Statement, code: str) -> Statement:
        """What a merged province takes over is its own agreement too: "tỉnh kế thừa thỏa thuận do A (cũ) ký với B"."""
        home = self.talk.home(stated.line)
        if not _TAKES_OVER.search(code) or not _FROM_OTHER.search(code) or not home or stated.status != "signed":
            return stated
        if self.scene.refs[home[0]] in {self.scene.refs[u] for u in stated.us}:
            return stated
        self.statements.append(Statement(home, stated.them, "signed", stated.papers, stated.line))
        return self.statements[-1]

    def _tell(self) -> None:
        """Make the statements known: an agreement that ended is no longer in force, one in force is more than
        cooperation."""
        scene = self.scene
        over = {scene.refs[p] for s in self.statements if s.status == "ended" for p in s.papers}
        signed: set[frozenset[str]] = set()
        for s in self.statements:
            if s.status == "signed" and s.papers and all(scene.refs[p] in over for p in s.papers):
                s.status = "ended"
            if s.status == "signed":
                signed.update(frozenset((scene.refs[a], scene.refs[b])) for a, b in _pairs(s))
        for s in filter(lambda s: s.status, self.statements):
            for one, other in _pairs(s):
                if s.status == "ongoing" and frozenset((scene.refs[one], scene.refs[other])) in signed:
                    continue
                if scene.kind(one) in _ABROAD and scene.kind(other) in _ABROAD and "VN" not in (scene.found[one].norm, scene.found[other].norm):
                    continue
                if s.status == "ongoing" and scene.knows(facts.COORDINATES, one, other):
                    continue
                if (
                    all("phối hợp" in scene.text(p) for p in s.papers)
                    and s.papers
                    and {scene.kind(one), scene.kind(other)} == {facts.ORG}
                ):
                    scene.add(facts.COORDINATES, one, other, s.line)
                else:
                    scene.add(facts.COOPERATES, one, other, s.line, s.status)
            if s.status != "negated":
                for paper in s.papers:
                    for party in (*s.us, *s.them):
                        scene.add(facts.PARTY_TO, party, paper, s.line)


def read(scene: Scene, agency: int | None = None) -> None:
    """Find every cooperates_with and party_to. `agency`: whose paper it is, by its letterhead."""
    Partnerships(scene, Talk(scene, agency)).read()


def own_agreement(scene: Scene) -> int | None:
    """The agreement that is the text itself: named in its title."""
    title = next((line for line in scene.full[:6] if line.code.startswith("D")), None)
    return title.at(0) if title and is_agreement(scene, title.at(0)) else None


def _sides(stated: Statement | None) -> Sides | None:
    return (stated.us, stated.them) if stated else None


def _pairs(stated: Statement) -> list[tuple[int, int]]:
    pairs = [(one, other) for one in stated.us for other in stated.them]
    return pairs[:_MOST_PAIRS]


def _papers(scene: Scene, line: Line) -> list[int]:
    """The agreements of the clause: the first, or the one "giữa" parties, and those coordinated with it ("D và D")."""
    spots = [s for s in line.spots if line.code[s] == "D" and is_agreement(scene, line.at(s))]
    between = BETWEEN.search(line.code)
    if len(spots) > 1 and _REPLACES.search(line.code, spots[0], spots[-1]):
        if between:
            spots = [s for s in spots if s < between.start()][-1:]
        elif cues.OVER.search(line.code, spots[-1]):
            spots = spots[-1:]
    kept = spots[:1]
    for spot in spots[1:]:
        if re.fullmatch(r"(?: X)?(?:,| và|, và|;) ", line.code[kept[-1] + 1 : spot]):
            kept.append(spot)
    return [line.at(s) for s in kept]


def _governor(code: str, papers: list[int], about: bool) -> int | None:
    """Where the word stands that states something: signing, a paper, working together; denial, end or renewal of one.

    `about`: whether it is clear what a denial, end or renewal would be of.
    """
    for pattern in (cues.SIGN, cues.TOGETHER, cues.DENIED):
        found = pattern.search(code)
        if found:
            return min(found.start(), code.index("D")) if papers and pattern is cues.TOGETHER else found.start()
        if papers and pattern is cues.SIGN:
            return code.index("D")
    if not about and "B" not in code:
        barely = cues.BARELY.search(code)
        return barely.start() if barely and "F" in code else None
    later = [m.start() for pattern in (cues.OVER, cues.RENEW, cues.BARELY, cues.NOBODY) if (m := pattern.search(code))]
    return min(later, default=None)


def _heading_status(code: str) -> str | None:
    if cues.OVER.search(code):
        return "ended"
    if cues.PLAN.search(code) or "thương lượng" in code or "thương thảo" in code:
        return "planned"
    return "signed" if "hiệu lực" in code or cues.SIGNED_ALREADY.search(code) else None


def _clauses(line: Line) -> list[Line]:
    """The line in clauses, each with a word that can state a partnership (save perhaps the last)."""
    pieces: list[Line] = []
    start = depth = at = 0
    for found in _BREAK.finditer(line.code):
        depth += line.code.count("(", at, found.start()) - line.code.count(")", at, found.start())
        at = found.start()
        if at <= start or depth > 0:
            continue
        head = line.code[start:at]
        if (
            any(pattern.search(head) for pattern in (cues.SIGN, cues.TOGETHER, cues.DENIED, cues.OVER, cues.BARELY))
            or "D" in head
            or found[0] == ";"
        ):
            pieces.append(line.part(start, at))
            start = at
    pieces.append(line.part(start, len(line.code)))
    return pieces


def _status(code: str, papers: bool) -> str | None:
    """What the clause says of the partnership."""
    sign = cues.SIGN.search(code)
    already = cues.SIGNED_ALREADY.search(code)
    nobody = cues.NOBODY.search(code)
    if nobody and not cues.OVER.search(code):
        return None if nobody["what"].endswith(("lại", "tiếp", "mới", "hạn")) else "negated"
    if cues.DENIED.search(code):
        return "negated"
    barely = cues.BARELY.search(code)
    if barely:
        return "planned" if cues.ONLY_PLANNED.search(code, 0, barely.start()) else None
    over = cues.OVER.search(code)
    if over and not cues.NOT_OVER.search(code, max(0, over.start() - 45), over.start()):
        return "ended"
    if cues.LATE.search(code):
        return "planned"
    if already:
        return "signed"
    plan = cues.PLAN.search(code)
    if sign:
        return "planned" if plan and plan.start() <= sign.start() else "signed"
    together = cues.TOGETHER.search(code)
    paper = code.find("D") if papers else -1
    if paper >= 0:
        if plan and plan.start() < paper and not cues.AT_WORK.search(code, 0, paper):
            return "planned"
        return "signed"
    if cues.RENEW.search(code) and plan:
        return "planned"
    if together:
        return "planned" if plan and plan.start() < together.start() else "ongoing"
    return None
