"""The parts of a page of news whose text was copied or saved without its layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import anchors
from .anchors import DateLine
from .model import Page

HEAD = 14  # filled lines in which title, date and view count are looked for
TAIL = 6  # last lines in which the author is looked for
PROSE = 100  # letters a line of prose has at least; text without any is a list, a table or a form
LOOKED_AT = 2_000_000  # letters; a longer text is no page of news

_LETTERHEAD = re.compile(r"cộng h(?:òa|oà) xã hội|độc lập\s*[-–]\s*tự do|^số\s*:\s*\S*/", re.IGNORECASE)


def page_of_text(text: str) -> Page:
    """The parts of a page of news, from its plain text; `text` is not changed and nothing of it is judged.

    A date above the title is the clock of the page, unless it says that it is the day of publication.
    An official paper, which has a letterhead, gives an empty Page: it is read by other rules.
    """
    lines = [line for line in map(anchors.tidy, text[:LOOKED_AT].split("\n")) if line]
    if not any(len(line) >= PROSE for line in lines) or any(map(_LETTERHEAD.search, lines[:20])):
        return Page()
    lines, related = _without_tail(lines)
    head = _head(lines)
    paragraphs = lines[head.end :]
    byline, place = _author(paragraphs)
    lead, captions, body = _parts(paragraphs)
    return Page(
        title=head.title,
        published_on=head.published.day if head.published else None,
        published_at=head.published.at if head.published else None,
        seen_on=head.clock.day if head.clock else None,
        lead=lead,
        captions=tuple(captions),
        body="\n\n".join(body),
        byline=byline or head.byline,
        place=place or head.place,
        views=head.views,
        section=head.section,
        related=tuple(related),
    )


def _without_tail(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines without what follows the article, and the titles in its box of links."""
    last_prose = max((number for number, line in enumerate(lines) if len(line) > 250), default=2)
    end = next(
        (
            number
            for number in range(max(3, last_prose + 1), len(lines))
            if anchors.is_related_heading(lines[number]) or anchors.is_furniture(lines[number])
        ),
        len(lines),
    )
    related: list[str] = []
    within = False
    for line in lines[end:]:
        if anchors.is_related_heading(line):
            within = True
        elif anchors.is_furniture(line):
            within = False
        elif within:
            related.append(line.lstrip("-•*+ "))
    return lines[:end], related[:50]


@dataclass
class _Head:
    """What stands above the article."""

    end: int = 0  # number of the first line below it
    title: str = ""
    published: DateLine | None = None
    clock: DateLine | None = None
    views: int | None = None
    byline: str = ""
    place: str = ""
    section: str = ""
    above: list[str] = field(default_factory=list)


def _head(lines: Sequence[str]) -> _Head:
    head = _Head()
    dated = [number for number, line in enumerate(lines[:HEAD]) if anchors.date_line(line)]
    title_at = _title_at(lines, dated)
    head.title = lines[title_at][:300]
    for number, line in enumerate(lines[:title_at]):
        _note(head, line, above=True)
        if number == title_at - 1 and not head.section and _is_section(line):
            head.section = line
    head.end = title_at + 1
    while head.end < min(len(lines), title_at + 6) and _note(head, lines[head.end], above=False):
        head.end += 1
    return head


def _title_at(lines: Sequence[str], dated: Sequence[int]) -> int:
    """The line above the date, or the first that is long enough for a title."""

    def fits(number: int) -> bool:
        line = lines[number]
        return (
            number not in dated
            and len(line.split()) >= 3
            and not anchors.breadcrumb(line)
            and not anchors.is_views_line(line)
            and not anchors.is_furniture(line)
        )

    first_prose = next((n for n, line in enumerate(lines[:HEAD]) if len(line) > 300), min(HEAD, len(lines)))
    for number in dated:
        if 0 < number <= first_prose:
            above = [n for n in range(max(0, number - 3), number) if fits(n)]
            if above:
                return max(above, key=lambda n: (len(lines[n].split()) >= 5, -abs(number - n)))
    return next((n for n in range(min(HEAD, len(lines))) if fits(n)), 0)


def _note(head: _Head, line: str, *, above: bool) -> bool:
    """Take what a line of the head says. False: it is no such line, the article begins."""
    if dated := anchors.date_line(line):
        if above and not dated.labelled:
            head.clock = head.clock or dated
        else:
            head.published = head.published or dated
        if dated.views is not None:
            head.views = dated.views
        if dated.rest and not head.byline:
            head.byline, head.place = anchors.byline(dated.rest)
        return True
    if anchors.is_views_line(line):
        head.views = anchors.views(line)
        return True
    if steps := anchors.breadcrumb(line):
        head.section = steps[-1]
        return True
    if above or anchors.is_furniture(line):
        return True
    named, place = anchors.byline(line)
    if named:
        head.byline, head.place = named, place
    return bool(named)


def _is_section(line: str) -> bool:
    return len(line.split()) <= 4 and line[0].isupper() and anchors.date_line(line) is None and line[-1] not in ".:!?"


def _author(paragraphs: list[str]) -> tuple[str, str]:
    """The author and the place below the article; their lines are taken out of `paragraphs`."""
    place = ""
    for number in range(len(paragraphs) - 1, max(0, len(paragraphs) - TAIL), -1):
        line = paragraphs[number]
        if found := anchors.place_line(line):
            place = place or found
            continue
        named, where = anchors.byline(line)
        if named:
            del paragraphs[number:]
            return named, where or place
        if len(line) > 120:
            break
    return "", ""


def _parts(paragraphs: Sequence[str]) -> tuple[str, list[str], list[str]]:
    """Lead, captions and body. A short sentence between lead and body is the caption of the first picture."""
    lead = ""
    start = 0
    if len(paragraphs) >= 3 and 60 <= len(paragraphs[0]) <= 900:
        lead, start = paragraphs[0], 1
    captions: list[str] = []
    body: list[str] = []
    for number in range(start, len(paragraphs)):
        line = paragraphs[number]
        after = paragraphs[number + 1] if number + 1 < len(paragraphs) else ""
        if anchors.has_picture_credit(line) or (number == start == 1 and _is_bare_caption(line, lead, after)):
            captions.append(line)
        else:
            body.append(line)
    return lead, captions, body


def _is_bare_caption(line: str, lead: str, after: str) -> bool:
    one_sentence = len(re.findall(r"[.!?…](?:\s|$)", line)) <= 1
    return (
        one_sentence
        and 20 <= len(line) <= 200
        and 2 * len(line) <= min(len(lead), len(after))
        and line[-1] not in ":;?!,"
        and not re.match(r"(?:\d+|[IVX]+)[.)]\s|[-–•*]", line)
    )
