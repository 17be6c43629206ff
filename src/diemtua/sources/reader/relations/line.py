"""A sentence as a short code in which every mention is one capital letter.

"Chiều 12/9, Thái Bình ký thỏa thuận với tỉnh Sơn Tây (Trung Quốc)" becomes "chiều X, V ký D với F (C)". The rest of the
code is the sentence in lower case, with single blanks and without quotation marks, so a capital letter is always a
mention and plain regular expressions over codes are the grammar of relations. Reading goes in stages, each on a code
from which what the stage before understood has been cut out: a cascade of finite-state reductions, after J. R. Hobbs
et al., "FASTUS: a cascaded finite-state transducer for extracting information from natural-language text" (1997).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from diemtua.sources.reader import facts
from diemtua.sources.reader.clauses import Sentence
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View

LETTER = {
    facts.PERSON: "P",
    facts.POST: "T",
    facts.ORG: "O",
    facts.VN_LOCALITY: "V",
    facts.FOREIGN_LOCALITY: "F",
    facts.COUNTRY: "C",
    facts.REGION: "R",
    facts.PARK: "K",
    facts.DOCUMENT: "D",
    facts.PROJECT: "J",
    facts.MONEY: "M",
    facts.AREA: "A",
    facts.DATE: "X",
}
_LETTERS = re.compile(r"[A-Z]")
_TIDY = re.compile(r'["“”]++| (?=[ ,.;:)])|(?<=\() ')
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """`code` with the mention `who[k]` (an index into the list of mentions) at place `spots[k]`; -n: words that only
    point at something ("hai bên", "ba tỉnh bạn"), n of them where that is said, else 1. `start`, `end`: bounds of the
    sentence in the view."""

    code: str
    spots: tuple[int, ...]
    who: tuple[int, ...]
    start: int
    end: int
    paragraph: int = 0

    def at(self, spot: int) -> int:
        """The mention whose letter stands at this place of the code."""
        return self.who[bisect_left(self.spots, spot)]

    def all(self, start: int, end: int, letters: str) -> list[int]:
        """Mentions of these kinds within `code[start:end]`, in order; pointing words are left out."""
        first, last = bisect_left(self.spots, start), bisect_left(self.spots, end)
        return [
            w
            for s, w in zip(self.spots[first:last], self.who[first:last], strict=True)
            if w >= 0 and self.code[s] in letters
        ]

    def without(self, cuts: Iterable[tuple[int, int]]) -> Line:
        """The line with these parts of its code cut out (they may overlap)."""
        return self.with_changes([(start, end, "", 0) for start, end in cuts])

    def with_changes(self, changes: Sequence[tuple[int, int, str, int]]) -> Line:
        """Parts of the code replaced: by nothing, or by one letter of words that only point at something, with what
        `who` holds for it."""
        if not changes:
            return self
        pieces: list[str] = []
        spots: list[int] = []
        who: list[int] = []
        at = length = 0

        def keep(until: int) -> None:
            nonlocal length
            first, last = bisect_left(self.spots, at), bisect_left(self.spots, until)
            spots.extend(s - at + length for s in self.spots[first:last])
            who.extend(self.who[first:last])
            pieces.append(self.code[at:until])
            length += until - at

        for start, end, letter, whom in sorted(changes):
            if start < at:
                at = max(at, end)
                continue
            keep(start)
            if letter:
                spots.append(length)
                who.append(whom)
                pieces.append(letter)
                length += 1
            at = end
        keep(len(self.code))
        return Line("".join(pieces), tuple(spots), tuple(who), self.start, self.end, self.paragraph)

    def split(self, mark: str) -> list[Line]:
        """The pieces between marks (one character) that stand in no bracket."""
        if mark not in self.code:
            return [self]
        pieces: list[Line] = []
        start = depth = 0
        for at, char in enumerate(self.code):
            depth += (char == "(") - (char == ")" and depth > 0)
            if char == mark and not depth:
                pieces.append(self.part(start, at))
                start = at + 1
        pieces.append(self.part(start, len(self.code)))
        return pieces

    def part(self, start: int, end: int) -> Line:
        """The piece `code[start:end]` as a line of its own, with the bounds of the whole sentence."""
        first, last = bisect_left(self.spots, start), bisect_left(self.spots, end)
        spots = tuple(s - start for s in self.spots[first:last])
        return Line(self.code[start:end], spots, self.who[first:last], self.start, self.end, self.paragraph)


def line_of(view: View, sentence: Sentence, found: Sequence[Found], inside: Sequence[int]) -> Line:
    """The line of one sentence; `inside` are the mentions (none within another) that it holds whole."""
    low = view.low
    pieces: list[str] = []
    spots: list[int] = []
    who: list[int] = []
    at, length = sentence.start, 0
    for index in inside:
        one = found[index]
        words = _BLANKS.sub(" ", low[at : one.start])
        pieces += [words, LETTER[one.type]]
        length += len(words)
        spots.append(length)
        who.append(index)
        length += 1
        at = one.end
    pieces.append(_BLANKS.sub(" ", low[at : sentence.end]))
    # Ready-made capitals (there are letters whose lower case is no single letter) must not pass for mentions.
    marks = set(spots)
    code = _LETTERS.sub(lambda m: m[0] if m.start() in marks else m[0].lower(), "".join(pieces))
    line = Line(code, tuple(spots), tuple(who), sentence.start, sentence.end, sentence.paragraph)
    return line.without(m.span() for m in _TIDY.finditer(code))
