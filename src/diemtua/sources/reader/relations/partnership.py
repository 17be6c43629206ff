"""Who cooperates with whom, and by which agreement: cooperates_with and party_to.

Each clause is reduced to its parties, its agreements and the words between them; the words decide what is stated
(`stating`), the prepositions and the order decide between whom (`parties`). What a clause leaves out is that of the
clause before it, of the agreement it speaks of, or of the paper.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import grammar
from diemtua.sources.reader.relations import cues, stating
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.papers import is_agreement
from diemtua.sources.reader.relations.parties import BETWEEN, COUPLES, Parties, reduced
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.relations.signatures import title
from diemtua.sources.reader.relations.talk import Sides, Talk

_MOST_PAIRS = 60  # one clause never speaks of more; a table may

_ABROAD = frozenset({facts.FOREIGN_LOCALITY, facts.COUNTRY})
_TOPIC = grammar(
    r"^[-+*•\d.;) ]*(?:(?:riêng|còn|nhưng|song|trong khi đó|hiện|với riêng|tương tự),? )*"
    r"(?:(?P<with>(?:(?:về|trong) )?(?:(?:quan hệ|hợp tác|kết nối|việc|công tác)(?: hợp tác| hữu nghị| kết nghĩa|"
    r" đối ngoại)* )?"
    r"(?:với|cùng)|đối với|về phía|về)|riêng|còn) |^[-+*•] (?=[^:;]{1,120}:)"
)
_HEADING = grammar(r"^(?:\d{1,2}(?:\.\d{1,2})*[.)]|[ivx]{1,4}\.|[a-zđ]\)) [^A-Z,;.]{4,70}:?$")
_POINT = grammar(r"^[-+*•]")
_FIRST_DAY = grammar(r"^(?:[-+*•]|\d{1,2}[.)])? ?[^A-Z,:]{0,12}X[,:]")
_SUBJECT_LINE = grammar(r"^(?:v/v|về việc|trích yếu)(?!\w)")
_COORDINATED = grammar(r"(?: X)?(?:,| và|, và|;) ")


@dataclass(frozen=True)
class Statement:
    """What one clause says of the partnership between two sides, by which papers.

    `status`: "" when the clause only says whom it is about.
    """

    us: list[int]
    them: list[int]
    status: str
    papers: list[int]
    line: Line

    @property
    def sides(self) -> Sides:
        return self.us, self.them

    def pairs(self) -> list[tuple[int, int]]:
        return list(itertools.islice(itertools.product(self.us, self.them), _MOST_PAIRS))


def read(scene: Scene, agency: int | None = None) -> None:
    """Find every cooperates_with and party_to. `agency`: whose paper it is, by its letterhead."""
    _Partnerships(scene, Talk(scene, agency), title(scene)).read()


@dataclass
class _Partnerships:
    """One pass over the lines of a text, with what was said before in mind."""

    scene: Scene
    talk: Talk
    own: int | None  # the agreement that is the text itself
    statements: list[Statement] = field(default_factory=list)
    by_paper: dict[str, Statement] = field(default_factory=dict)
    heading: str | None = None  # what the heading above says of the points under it
    later: int = -1  # the paragraph that is about a day after that of the text

    def read(self) -> None:
        for full, line in zip(self.scene.full, self.scene.lines, strict=True):
            short = self.talk.pointed(reduced(self.scene, line))
            if "F" in full.code and "F" not in short.code:
                self.talk.hear(full)
            self._begin(full)
            parties = Parties(self.scene, self.talk)
            last: Statement | None = None
            for clause in stating.clauses(short):
                last = self._clause(clause, parties, last) or last
                self.talk.hear(clause)
            self.talk.note(short, last.sides if last else None, "F" in full.code)
        self._tell()

    def _begin(self, line: Line) -> None:
        """Notice a heading that says how things under it stand, and a paragraph about a day to come."""
        if _HEADING.match(line.code):
            self.heading = stating.heading(line.code)
        elif not _POINT.match(line.code):
            self.heading = None
        first = _FIRST_DAY.match(line.code)
        if first and self.scene.is_later(line.all(0, first.end(), "X")[0]):
            self.later = line.paragraph

    def _clause(self, whole: Line, parties: Parties, before: Statement | None) -> Statement | None:
        """Take the statement of one clause, if it makes one."""
        if COUPLES.search(whole.code):
            return self._couples(whole)
        papers = _papers(self.scene, whole) or self._this_paper(whole)
        topic = _TOPIC.match(whole.code)
        line = parties.topic(whole, topic.end(), bool(topic["with"])) if topic else whole
        governor = stating.governor(
            line.code, "D" in line.code and bool(papers), bool(before or papers or parties.about)
        )
        if governor is None and line is not whole and not line.code.startswith(":"):
            line, governor = whole, stating.governor(whole.code, "D" in whole.code and bool(papers), True)
        if governor is not None:
            known = next((s for p in papers if (s := self.by_paper.get(self.scene.refs[p]))), None)
            sides = parties.sides(line, governor, known.sides if known else None, before.sides if before else None)
            return self._state(line, sides, papers, before) if sides else None
        if self.heading and parties.fresh:
            return self._add(Statement(self.talk.home(line), parties.about, self.heading, [], line))
        if before and before.papers and cues.TAKES_OVER.search(line.code):
            return self._inherited(before, line.code)
        return None

    def _this_paper(self, line: Line) -> list[int]:
        """The agreement spoken of last, where the clause points at one without naming it."""
        last = next(reversed(self.by_paper.values()), None)
        if last is None or "D" in line.code or not cues.THIS_PAPER.search(line.code):
            return []
        return last.papers[:1]

    def _state(self, line: Line, sides: Sides, papers: list[int], before: Statement | None) -> Statement:
        if not papers and before and sides == before.sides:
            papers = before.papers
        stated = Statement(*sides, self._status(line, bool(papers) and "D" in line.code) or "", papers, line)
        for paper in papers:
            self.by_paper.setdefault(self.scene.refs[paper], stated)
            if paper == self.own and self.talk.own is None:
                self.talk.own = sides
        us, them = sides
        if len(us) == len(them) > 1 and cues.RESPECTIVELY.search(line.code):  # "A, B lần lượt kết nghĩa với C, D"
            for one, other in zip(us, them, strict=True):
                self._add(Statement([one], [other], stated.status, papers, line))
            return stated
        self._add(stated)
        return self._inherited(stated, line.code)

    def _status(self, line: Line, paper: bool) -> str | None:
        """The status by the words of the clause, the heading over it, the day it is about and the kind of text."""
        status = stating.status(line.code, paper)
        if self.heading and (status is None or (status == "signed" and self.heading == "ended")):
            return self.heading
        if status == "signed" and self.later == line.paragraph:
            return "planned"
        if status == "ongoing" and self.own is not None:
            return "planned"  # what the articles of an agreement say is to come
        if status == "ongoing" and _SUBJECT_LINE.match(line.code):
            return None
        return status

    def _add(self, stated: Statement) -> Statement:
        self.statements.append(stated)
        return stated

    def _couples(self, line: Line) -> Statement | None:
        """ "Các cặp A - B, C - D": each with its own."""
        found = COUPLES.search(line.code)
        parties = line.all(*found.span(), "VF") if found else []
        status = stating.status(line.code, False) or "ongoing"
        pairs = zip(parties[::2], parties[1::2], strict=False)
        return [self._add(Statement([one], [other], status, [], line)) for one, other in pairs][-1]

    def _inherited(self, stated: Statement, code: str) -> Statement:
        """What a merged province takes over is its own agreement too: "tỉnh kế thừa thỏa thuận do A (cũ) ký với B"."""
        home = self.talk.home(stated.line)
        takes_over = cues.TAKES_OVER.search(code) and cues.FROM_OTHER.search(code)
        ours = {self.scene.refs[u] for u in stated.us}
        if not takes_over or stated.status != "signed" or not home or self.scene.refs[home[0]] in ours:
            return stated
        return self._add(Statement(home, stated.them, "signed", stated.papers, stated.line))

    def _tell(self) -> None:
        """Make the statements known, all of them in mind: an agreement that ended is no longer in force, and an
        agreement in force says more than cooperation."""
        refs = self.scene.refs
        over = {refs[p] for s in self.statements if s.status == "ended" for p in s.papers}
        told = [(s, self._in_the_end(s, over)) for s in self.statements if s.status]
        signed = {frozenset((refs[a], refs[b])) for s, status in told if status == "signed" for a, b in s.pairs()}
        for stated, status in told:
            for one, other in stated.pairs():
                if status != "ongoing" or frozenset((refs[one], refs[other])) not in signed:
                    self._tell_pair(stated, one, other, status)
            for paper in stated.papers if status != "negated" else ():
                for party in (*stated.us, *stated.them):
                    self.scene.add(facts.PARTY_TO, party, paper, stated.line)

    def _in_the_end(self, stated: Statement, over: set[str]) -> str:
        ended = stated.papers and all(self.scene.refs[p] in over for p in stated.papers)
        return "ended" if stated.status == "signed" and ended else stated.status

    def _tell_pair(self, stated: Statement, one: int, other: int, status: str) -> None:
        scene = self.scene
        if all(scene.kind(i) in _ABROAD and scene.found[i].norm != "VN" for i in (one, other)):
            return  # two foreign places: no business of the province
        bodies = scene.kind(one) == scene.kind(other) == facts.ORG
        if bodies and stated.papers and all("phối hợp" in scene.text(p) for p in stated.papers):
            scene.add(facts.COORDINATES, one, other, stated.line)
        elif status != "ongoing" or not scene.knows(facts.COORDINATES, one, other):
            scene.add(facts.COOPERATES, one, other, stated.line, status)


def _papers(scene: Scene, line: Line) -> list[int]:
    """The agreements of the clause: the first, or the one "giữa" parties, and those coordinated with it ("D và D")."""
    spots = [s for s in line.spots if line.code[s] == "D" and is_agreement(scene, line.at(s))]
    if len(spots) > 1 and cues.REPLACES.search(line.code, spots[0], spots[-1]):
        between = BETWEEN.search(line.code)
        if between:
            spots = [s for s in spots if s < between.start()][-1:]
        elif cues.OVER.search(line.code, spots[-1]):
            spots = spots[-1:]
    kept = spots[:1]
    for spot in spots[1:]:
        if re.fullmatch(_COORDINATED, line.code[kept[-1] + 1 : spot]):
            kept.append(spot)
    return [line.at(s) for s in kept]
