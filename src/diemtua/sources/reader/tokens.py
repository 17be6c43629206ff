"""A text as a row of tokens: words, numbers, official document numbers and single marks.

The grammars of `bodies` walk over tokens instead of matching long expressions: every step looks at a bounded
number of neighbours, so that reading stays linear whatever the text contains.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right

from diemtua.sources.reader.view import View

# Shapes of tokens.
LOWER, CAPITAL, UPPER, INITIAL, NUMBER, CODE, MARK = "l", "C", "U", "I", "n", "d", "p"
# Any case: a word of a text or line written all in one case, which may be part of a name.
OPEN = "x"
NAMELIKE = frozenset({CAPITAL, UPPER, INITIAL, OPEN})
WORDS = NAMELIKE | {LOWER}

_HEADING = frozenset({UPPER, INITIAL})

# What stands between a token and the one before it.
JOINED, SPACE, COLUMN, LINE, PARAGRAPH = 0, 1, 2, 3, 4

_TOKEN = re.compile(
    r"""
    (?P<code>
        \d{1,6}[A-Za-zĐđ]?(?:[ ]?[/-][ ]?(?:19|20)\d\d)?(?:[ ]?[/-]\s?[A-ZĐa-zđ][\wĐđ&]{0,14}){1,4}(?![\w/])
    )
    |(?P<number>\d+(?:[.,/:]\d+)*)
    |(?P<word>[^\W_](?:[^\W_]|['&-](?=[^\W\d_])|-(?=\w))*+)
    |(?P<mark>\S)
    """,
    re.VERBOSE,
)
# Signs of acts and agencies that show a code for what it is ("24/7-eleven", "5/km" are none).
_SIGN = re.compile(
    "nq|qđ|ct|kh|tb|bc|nđ|tt|tttr|ttr|gp|hd|cv|kl|qc|đa|ctr|tbkl|gm|bb|qh|ubnd|hđnd|tu|tw|cp|ttg|vp|vpcp|sngv|snv|"
    "bqlkkt|bqlkcnct|bqlkcn|kkt|ttlt|l|pl|qyđ|hđ|cđ|bng|bkhđt|skhđt|btc|bct|bca|bqp|gcn|gcnđkđt|qcph|qh[0-9]{1,2}"
)
_YEARED = re.compile(r"[/-](?:19|20)\d\d[/-]")


def _is_code(text: str) -> bool:
    """Whether `text`, which has the shape of a document number, is one."""
    parts = re.split(r"\s?[/&-]\s?", text.lower())[1:]
    if parts and re.fullmatch(r"(?:19|20)\d\d", parts[0]):
        parts = parts[1:]
    if not parts:
        return False
    first = parts[0]
    if _SIGN.fullmatch(first):
        return True
    if _YEARED.search(text):
        return True
    capitals = sum(c.isupper() for c in text)
    return len(parts) > 1 and capitals >= 2 and capitals * 2 >= sum(c.isalpha() for c in text)


class Tokens:
    """The tokens of a view, as parallel rows: `low` (as in `view.low`), `shape`, `gap`, `start`, `end`.

    Offsets are those of the view. `shape` tells case and kind; in a text or line written in one case only, words
    have the shape OPEN.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        flow, low_text, lines = view.flow, view.low, view.text
        self.start = array("L")
        self.end = array("L")
        self.low: list[str] = []
        shapes: list[str] = []
        gaps = bytearray()
        known: dict[str, str] = {}
        at, before = 0, 0
        while found := _TOKEN.search(flow, at):
            kind = found.lastgroup
            start, end = found.span()
            if kind == "code" and not _is_code(found[0]):
                number = re.compile(r"\d+(?:[.,/:]\d+)*").match(flow, start)
                assert number
                end = number.end()
                kind = "number"
                if end < len(flow) and flow[end].isalpha():  # 2A, 5G
                    while end < found.end() and flow[end].isalnum():
                        end += 1
            elif kind == "number" and end < len(flow) and flow[end].isalpha():
                while end < len(flow) and end - start < 20 and flow[end].isalnum():
                    end += 1
            at = end
            word = low_text[start:end]
            self.low.append(known.setdefault(word, word))
            self.start.append(start)
            self.end.append(end)
            shapes.append(_shape(kind, flow[start:end]))
            gap = _gap(flow, lines, before, start)
            if (
                gap == SPACE
                and before
                and shapes[-1] in _HEADING
                and shapes[-2] in _HEADING
                and "\n" in lines[before:start]
            ):
                gap = LINE  # lines in capitals are headings, each for itself until a grammar knows better
            gaps.append(gap)
            before = end
        self.shape = shapes
        self.gap = gaps
        self.caseless = bytearray(len(shapes))
        self._open_caseless()

    def __len__(self) -> int:
        return len(self.low)

    def text(self, first: int, last: int) -> str:
        """The words of tokens `first` to `last` (exclusive), as they stand in the view."""
        return self.view.flow[self.start[first] : self.end[last - 1]]

    def at(self, offset: int) -> int:
        """The first token that starts at or after `offset`."""
        return bisect_left(self.start, offset)

    def until(self, offset: int) -> int:
        """The first token that ends after `offset`."""
        return bisect_right(self.end, offset)

    def _open_caseless(self) -> None:
        """Mark the words of texts and lines that are written in one case."""
        shape = self.shape
        words = sum(1 for s in shape if s in WORDS)
        capitals = sum(1 for s in shape if s in NAMELIKE)
        if words >= 12 and capitals * 50 < words:
            self._open(0, len(shape), {LOWER})
            return
        first, heading = 0, False
        for i in range(1, len(shape) + 1):
            if i == len(shape) or self.gap[i] >= COLUMN:
                upper = sum(1 for s in shape[first:i] if s in _HEADING)
                others = sum(1 for s in shape[first:i] if s in (LOWER, CAPITAL))
                # A single word may end a heading that runs over the line.
                heading = not others and (upper >= 2 or (upper == 1 and heading and self.gap[first] == LINE))
                if heading:
                    self._open(first, i, {UPPER})
                first = i

    def _open(self, first: int, last: int, shapes: set[str]) -> None:
        for i in range(first, last):
            self.caseless[i] = 1
            if self.shape[i] in shapes:
                self.shape[i] = OPEN


def _shape(kind: str | None, text: str) -> str:
    if kind == "mark":
        return MARK
    if kind == "code":
        return CODE
    if kind == "number":
        return NUMBER
    if not text[0].isupper():
        return LOWER
    if len(text) == 1:
        return INITIAL
    return UPPER if text.isupper() else CAPITAL


def _gap(flow: str, lines: str, before: int, start: int) -> int:
    if before == start:
        return JOINED
    between = flow[before:start]
    breaks = between.count("\n")
    if breaks:
        return LINE if breaks == 1 else PARAGRAPH
    # Blanks at a soft line break are indentation, elsewhere a long run of them parts two columns.
    if start - before >= 4 and "\n" not in lines[before:start]:
        return COLUMN
    return SPACE
