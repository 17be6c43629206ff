"""A text made even for reading, with the way back to the text as it was given.

Grammars work on `View.flow` and `View.low`; every span they find is led back by `View.original`, so that a fact
is always `text[start:end]` of the original: decomposed letters, Ð for Đ, hard spaces, invisible marks and line
breaks inside names cost nothing.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise, repeat

# Signs with the same meaning become one sign. Ð and Ɖ look like Đ and stand in old files for it. A lone carriage
# return ends a line; a next-line sign or a form feed is only a blank.
_EVEN = str.maketrans(
    {
        **dict.fromkeys("\u00d0\u0189", "Đ"),
        **dict.fromkeys("\u00f0\u0256", "đ"),
        **dict.fromkeys("\t\v\f\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u200b\u202f\u205f\u3000", " "),
        **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
        **dict.fromkeys("\r\u2028\u2029", "\n"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\uff0d", "-"),
        **dict.fromkeys("\u00ab\u00bb\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032`\u00b4", "'"),
    }
)
# Not seen by a reader: soft hyphen, direction marks, joiners, byte order mark, control characters; and the
# carriage return before a line feed.
_UNSEEN = "\u00ad\u200c-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
# A letter with loose marks. More than a few marks are no writing; composing them would cost their square.
_MARKS = "\u0300-\u036f"
_UNEVEN = re.compile(f"[^\\W\\d_][{_MARKS}]{{1,8}}|(?:[{_UNSEEN}]|\\r(?=\\n))+")

# At the end of a syllable the tone mark of oa, oe, uy stands on the first vowel in one usage and on the second in the
# other. Here the first one stands: hòa, thúy (but hoàn, quý, which have one spelling).
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_PAIRS = {
    first + unicodedata.normalize("NFC", second + tone): unicodedata.normalize("NFC", first + tone) + second
    for first, second in ("oa", "oe", "uy")
    for tone in _TONES
}
_TONED = re.compile(f"(?<!q)(?:{'|'.join(_PAIRS)})(?!\\w)")

# A paragraph that ends with one of these has not ended.
_OPEN_WORD = re.compile(
    r"(?:^|\s)(?:và|của|với|cho|tại|ở|về|do|theo|các|những|trong|từ|đến|giữa|là|được|có|để|bởi|bằng|cùng|như|hoặc|tới|tỉnh"
    r"|huyện|xã|phường|quận|bang|số|ngày|tháng|năm|quý)$"
)
_LIST_SIGN = re.compile(r"[-+*•·–]|(?:\d{1,3}|[a-zđ]|[ivxIVX]{1,5})[.)/]\s|[(]?(?:\d{1,3}|[a-zđ])\)")


class View:
    """`text`: NFC, plain spaces, one sign for each kind of dash and quotation mark; same lines as the original.

    `flow`: the same length, line breaks inside a paragraph become spaces. `low`: `flow` in lower case with
    tone marks in the old place (hòa, ủy), the same length again. `starts[i]`, `ends[i]`: where character i of
    `text` stands in the original.
    """

    def __init__(self, given: str) -> None:
        self.given = given
        self.starts: Sequence[int] = range(len(given))
        self.ends: Sequence[int] = range(1, len(given) + 1)
        text = given
        if not given.isascii() or _UNEVEN.search(given):
            text = self._compose(given)
        self.text = text.translate(_EVEN)

    def _compose(self, given: str) -> str:
        """The text with loose marks put on their letters and unseen characters left out."""
        pieces: list[str] = []
        starts, ends = array("Q"), array("Q")
        done = 0
        known: dict[str, str] = {}
        for found in _UNEVEN.finditer(given):
            start, end = found.span()
            loose = found[0]
            composed = known.get(loose)
            if composed is None:
                known[loose] = composed = unicodedata.normalize("NFC", loose) if loose[0].isalpha() else ""
            if composed == loose:
                continue
            pieces += given[done:start], composed
            starts.extend(range(done, start))
            ends.extend(range(done + 1, start + 1))
            starts.extend(repeat(start, len(composed)))
            ends.extend(repeat(end, len(composed)))
            done = end
        if not done:
            return given
        pieces.append(given[done:])
        starts.extend(range(done, len(given)))
        ends.extend(range(done + 1, len(given) + 1))
        self.starts, self.ends = starts, ends
        return "".join(pieces)

    def __len__(self) -> int:
        return len(self.text)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Bounds in the text as given of `text[start:end]`, which must not be empty."""
        return self.starts[start], self.ends[end - 1]

    @cached_property
    def flow(self) -> str:
        """The text with soft line breaks as spaces."""
        lines = self.text.split("\n")
        if len(lines) == 1:
            return self.text
        pieces: list[str] = []
        wrapped = self.is_wrapped
        for block in _blocks(lines):
            width = max(len(line.strip()) for line in block)
            for line, after in zip(block, [*block[1:], ""], strict=True):
                pieces += line, " " if _runs_on(line, after, width if wrapped else 0) else "\n"
        pieces.pop()
        return "".join(pieces)

    @cached_property
    def is_wrapped(self) -> bool:
        """Whether the lines are those of a page: sentences go on in the next line, twice or more."""
        times = 0
        lines = self.text.split("\n")
        for line, after in pairwise(lines):
            if 20 <= len(line) <= 120 and after.strip()[:1].islower() and line.rstrip()[-1:] not in (*".:;!?…", ""):
                times += 1
                if times == 2:
                    return True
        return False

    @cached_property
    def low(self) -> str:
        """`flow` in lower case, tone marks in the old place."""
        return lowered(self.flow)

    @cached_property
    def lower_case(self) -> bool:
        """Whether the writer did without capital letters, so that they tell nothing about names."""
        capitals = sum(map(str.isupper, self.text))
        return capitals * 250 < len(self.text)

    def is_soft_break(self, at: int) -> bool:
        """Whether the space at `flow[at]` is a line break in the original."""
        return self.text[at] == "\n"


def lowered(text: str) -> str:
    """Composed text in lower case with tone marks in the old place; the same length."""
    low = text.lower()
    if len(low) != len(text):  # a few letters, such as the Turkish İ, have two characters in lower case
        low = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    return _TONED.sub(lambda found: _PAIRS[found[0]], low)


def _blocks(lines: list[str]) -> list[list[str]]:
    """The lines in groups that end with an empty line."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        blocks[-1].append(line)
        if not line.strip():
            blocks.append([])
    return [block for block in blocks if block]


def _runs_on(line: str, after: str, width: int) -> bool:
    """Whether the paragraph goes on in the next line. `width`: its longest line if lines are broken by width, or 0."""
    line, after = line.strip(), after.strip()
    if not line or not after or _LIST_SIGN.match(after):
        return False
    last, before = line[-1], line[-2:-1]
    if last in ".,-/" and before.isdigit() and after[0].isdigit() and width and (last == "/" or after[:3].isdigit()):
        return True  # a number or a date broken after its sign
    if last in ".:;!?…" or line.isupper() != after.isupper():
        return False
    if after[0].islower() or last in ",(" or (last == "-" and before.isalpha()):
        return True
    if _OPEN_WORD.search(lowered(line[-12:])):
        return True
    return 30 <= width <= 120 and len(line) >= 0.7 * width
