"""Sentences with their mentions marked: "{V tỉnh Lào Cai} ký {D thỏa thuận} với {F châu Hồng Hà} ({C=CN Trung Quốc})".

A mark is the letter of the kind (`relations.line.LETTER`), "=" and the normal form where there is one ("_" for a
blank), and the words.
"""

from __future__ import annotations

import datetime
import re

from diemtua.sources.reader import coreference, facts, relations
from diemtua.sources.reader.relations.line import LETTER
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View

_KINDS = {letter: kind for kind, letter in LETTER.items()}
_MARK = re.compile(r"\{([A-Z])(?:=(\S+))? |\}")


def parse(marked: str) -> tuple[str, list[Found]]:
    """The text without marks, and its mentions (a mark within a mark is a nested mention)."""
    pieces: list[str] = []
    found: list[Found] = []
    still_open: list[tuple[str, str | None, int]] = []
    at = length = 0
    for mark in _MARK.finditer(marked):
        pieces.append(marked[at : mark.start()])
        length += mark.start() - at
        at = mark.end()
        if mark[1]:
            norm = mark[2].replace("_", " ") if mark[2] else None
            still_open.append((_KINDS[mark[1]], norm, length))
        else:
            kind, norm, start = still_open.pop()
            key = f"VN:{norm}" if kind == facts.VN_LOCALITY and norm else norm or ""
            found.append(Found(kind, start, length, norm, key, bool(still_open)))
    pieces.append(marked[at:])
    found.sort(key=lambda f: (f.start, -f.end))
    return "".join(pieces), found


def facts_of(
    marked: str, home: str | None = "Lào Cai", published: datetime.date | None = datetime.date(2024, 6, 1)
) -> set[tuple[str, ...]]:
    """What `relations.find` says of a marked text, in words: ("cooperates_with", "tỉnh Lào Cai", "Hồng Hà", "signed")."""
    text, found = parse(marked)
    view = View(text)
    names = coreference.refs(view, found, home)
    links = relations.find(view, found, names, home, published)

    def words(index: int) -> str:
        return " ".join(text[found[index].start : found[index].end].split())

    return {(one.type, words(one.source), words(one.target), *([one.status] if one.status else [])) for one in links}
