"""Sentences of Vietnamese office prose: where one ends, with care for abbreviations, brackets, lists and headings.

Works on a `View` and answers in its coordinates. A sentence never ends inside a span the caller protects (a name),
inside a bracket, after an abbreviation ("TP. Huế", "KT. CHỦ TỊCH"), after the number of a heading ("1. Hợp tác"), or
at a line break that cuts a phrase ("GIỮA / TỈNH A / VÀ / TỈNH B").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from diemtua.sources.reader.view import View

# A sentence longer than this (a table, a text without punctuation) is cut at a comma or blank before it.
LONGEST = 1_200

_ENDS = re.compile(r"[.!?…]++[\"')\]]*+(?=\s|$)|\n")
_BRACKET = re.compile(r"\([^()\n]{1,400}\)")
_LAST_WORD = re.compile(r"[\w.]{1,12}$")
_ENUMERATOR = re.compile(r"[\W_]*+(?:[ivx]{1,5}|\d{1,2}(?:\.\d{1,2}){0,3}|[a-zđ])\)?$")
_SHORT = (
    "tp t.p tp.hcm tx tt p q h x gs pgs ts tskh ths th.s bs bsck ks cn kts ls nsnd nsưt mr mrs ms dr prof st "
    "co ltd inc corp jsc kt tm tl tuq vs vd tr đ đc ubnd hđnd"
)
_ABBREVIATIONS = frozenset(_SHORT.split())
# A line that ends or begins with one of these goes on, however short it is.
_OPEN_END = re.compile(r"(?:^|[\s(])(?:giữa|và|với|cùng|về|của|do|tại|cho|gồm|là|số|theo)$|[,(&]$")
_OPEN_START = re.compile(r"(?:giữa|và|với|cùng|về việc|của|do|tại)(?:\s|$)|[)&]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`view.text[start:end]` without blanks around it; `paragraph` counts the lines (paragraphs) of the text."""

    start: int
    end: int
    paragraph: int


def sentences(view: View, protected: Iterable[tuple[int, int]] = ()) -> list[Sentence]:
    """The sentences in reading order. `protected`: bounds, in view coordinates, that no sentence end may fall into."""
    flow, low = view.flow, view.low
    names = list(protected)
    name_ends = {end for _, end in names}
    closed = _inside([*names, *(found.span() for found in _BRACKET.finditer(flow))], len(flow))
    cased = not view.lower_case
    result: list[Sentence] = []
    start = paragraph = 0
    for found in _ENDS.finditer(flow):
        at, end = found.span()
        if closed[at]:
            continue
        if flow[at] == "\n":
            if not _line_goes_on(flow, low, start, at):
                _add(result, flow, start, at, paragraph)
                start, paragraph = end, paragraph + 1
        elif (at in name_ends or not _is_short(flow, low, start, at, end)) and _may_end(flow, end, cased):
            _add(result, flow, start, end, paragraph)
            start = end
    _add(result, flow, start, len(flow), paragraph)
    return result


def _inside(spans: list[tuple[int, int]], length: int) -> bytearray:
    """For every place whether it stands inside one of the spans (its last character excepted)."""
    closed = bytearray(length)
    for start, end in spans:
        if end - start > 1:
            closed[start : end - 1] = b"\1" * (end - 1 - start)
    return closed


def _line_goes_on(flow: str, low: str, start: int, at: int) -> bool:
    """Whether the line break at `at` cuts a phrase, by the last word before it or the first after it."""
    before, after = flow[max(start, at - 12) : at].rstrip(), flow[at + 1 : at + 20].lstrip(" ")
    if not before:
        return False
    if _OPEN_END.search(low[max(start, at - 12) : at].rstrip()):
        return True
    title = before.isupper() and after.split("\n")[0].isupper()
    return bool(_OPEN_START.match(after.lower())) and (title or not after[0].isupper())


def _is_short(flow: str, low: str, start: int, at: int, end: int) -> bool:
    """Whether the full stop at `at` belongs to an abbreviation, or to the number of a heading begun at `start`."""
    if flow[at:end] != ".":
        return False
    word = _LAST_WORD.search(low, max(start, at - 12), at)
    if word and (word[0] in _ABBREVIATIONS or word[0].rpartition(".")[2] in _ABBREVIATIONS):
        return True
    if word and _is_initial(flow, word.start(), at):
        return True
    return at - start <= 12 and bool(_ENUMERATOR.match(low[start:at]))


def _may_end(flow: str, end: int, cased: bool) -> bool:
    """A sentence goes on in a small letter, if the writer uses capitals at all."""
    return not (cased and flow[end : end + 8].lstrip()[:1].islower())


def _is_initial(flow: str, start: int, at: int) -> bool:
    """ "A." in "Nguyễn Văn A. Bình", "V.I. Lê-nin": one capital letter before the full stop."""
    return flow[at - 1].isupper() and (flow[at - 2] == "." or (at - start == 1 and flow[at - 2 : at - 1] in " (\n"))


def _add(result: list[Sentence], flow: str, start: int, end: int, paragraph: int) -> None:
    while start < end and flow[start].isspace():
        start += 1
    while start < end and flow[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        cut = max(flow.rfind(", ", start, start + LONGEST), start) or start
        if cut <= start:
            cut = flow.rfind(" ", start, start + LONGEST)
        cut = cut + 1 if cut > start else start + LONGEST
        result.append(Sentence(start, cut, paragraph))
        start = cut
        while start < end and flow[start].isspace():
            start += 1
    if start < end:
        result.append(Sentence(start, end, paragraph))
