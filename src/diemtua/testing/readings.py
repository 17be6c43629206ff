"""Readings made by hand: out of a marked text, a text with a list of names, or a line of labelled data.

Tests of what follows from a reading need no reader.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from diemtua.sources.reader.facts import Mention, Reading, Relation
from diemtua.sources.rules import sentence_around

Stated = Sequence[Any]
"""(type, ref or id of the source, of the target, state, words of the sentence): the last two may be left out."""

_OPENING = re.compile(r"\{([A-Z_]+)(?:#([\w-]+))?(?:=([^|{}]*))?\|")


def marked(
    text: str,
    relations: Iterable[Stated] = (),
    *,
    home: str | None = None,
    published: str = "",
    norms: Mapping[str, Any] | None = None,
) -> Reading:
    """A reading of "{VN_LOCALITY#tb=Thái Bình|tỉnh Thái Bình} hợp tác với …": type, ref, norm and words.

    Marks may stand in one another. `norms` {ref: norm} for those that are no text.
    """
    plain: list[str] = []
    length = 0
    open_marks: list[tuple[str, str, Any, int]] = []
    mentions: list[Mention] = []
    at = 0
    while at < len(text):
        if found := _OPENING.match(text, at):
            kind, ref, norm = found.groups()
            open_marks.append((kind, ref or "", (norms or {}).get(ref or "", norm), length))
            at = found.end()
            continue
        if text[at] == "}" and open_marks:
            kind, ref, norm, start = open_marks.pop()
            quote = "".join(plain)[start:length]
            mentions.append(Mention(f"e{len(mentions) + 1}", kind, start, length, quote, norm, ref))
        else:
            plain.append(text[at])
            length += 1
        at += 1
    return _reading("".join(plain), mentions, relations, home, published)


def named(
    text: str,
    things: Mapping[str, tuple[str, Sequence[str], Any]],
    relations: Iterable[Stated] = (),
    *,
    home: str | None = None,
    published: str = "",
) -> Reading:
    """A reading of a text in which `things` {ref: (type, wordings, norm)} are marked wherever they stand."""
    wordings = sorted(
        ((w, ref, kind, norm) for ref, (kind, words, norm) in things.items() for w in words),
        key=lambda one: -len(one[0]),
    )
    taken: list[tuple[int, int]] = []
    mentions = []
    for wording, ref, kind, norm in wordings:
        for found in re.finditer(rf"(?<!\w){re.escape(wording)}(?!\w)", text):
            if not any(s < found.end() and found.start() < e for s, e in taken):
                taken.append(found.span())
                mentions.append(Mention(f"e{len(mentions) + 1}", kind, *found.span(), wording, norm, ref))
    return _reading(text, mentions, relations, home, published)


def labelled(line: Mapping[str, Any]) -> Reading:
    """The reading that a line of labelled data describes."""
    mentions = [
        Mention(e["id"], e["type"], e["start"], e["end"], e["quote"], e.get("norm"), e.get("ref", ""))
        for e in line["entities"]
    ]
    relations = [
        Relation(r["type"], r["from"], r["to"], r.get("status"), *(r.get("evidence") or (0, 0)))
        for r in line["relations"]
    ]
    published = datetime.date.fromisoformat(line["published"]) if line.get("published") else None
    return Reading(line["text"], line.get("home_province"), published, tuple(mentions), tuple(relations))


def _reading(
    text: str, mentions: Sequence[Mention], relations: Iterable[Stated], home: str | None, published: str
) -> Reading:
    ordered = sorted(mentions, key=lambda m: (m.start, -m.end))
    day = datetime.date.fromisoformat(published) if published else None
    return Reading(text, home, day, tuple(ordered), tuple(_relation(text, ordered, *r) for r in relations))


def _relation(
    text: str,
    mentions: Sequence[Mention],
    kind: str,
    source: str,
    target: str,
    status: str | None = None,
    words: str = "",
) -> Relation:
    """The relation between the nearest mentions of two refs, in the sentence with these words where given."""
    first, last = 0, len(text)
    if words:
        at = text.index(words)
        first, last = sentence_around(text, at, at + len(words))
    pairs = [
        (abs(a.start - b.start) + (0 if first <= a.start < last and first <= b.start < last else len(text)), a, b)
        for a in mentions
        for b in mentions
        if source in (a.ref, a.id) and target in (b.ref, b.id)
    ]
    assert pairs, f"no mention of {source} or {target}"
    _distance, a, b = min(pairs, key=lambda pair: pair[0])
    if not words:
        first, last = sentence_around(text, min(a.start, b.start), min(a.end, b.end))
    return Relation(kind, a.id, b.id, status, first, last)
