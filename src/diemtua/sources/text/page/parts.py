"""The blocks of an article, and those around it, sorted into the parts of a Page."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence

from diemtua.kit.text import fold

from . import anchors
from .anchors import DateLine
from .blocks import Block
from .model import Page
from .said import Said, last_step

NEAR = 15  # blocks before and after the article in which date, author and view count are looked for
MAX_RELATED = 50


def page_from(said: Said, blocks: Sequence[Block], title: Block, inside: Sequence[Block]) -> Page:
    """`blocks`: the whole page; `title` is one of them or stands in none (number -1); `inside`: the article."""
    first, last = inside[0].number, inside[-1].number
    head = [b for b in blocks if title.number < b.number < first][:40] if title.number >= 0 else []
    foot = [b for b in blocks if last < b.number <= last + NEAR]
    above = [b for b in blocks if b.number < title.number] if title.number >= 0 else []

    notes = _Notes()
    notes.take(head)
    edges = {*map(id, inside[:3]), *map(id, inside[-4:])}
    article = [block for block in inside if id(block) not in edges or not notes.is_note(block, strictly=True)]
    notes.take(foot)
    notes.take_above(above)
    byline, place = _author(said, [*head, *foot], article, notes)
    lead = _lead(said, head, article)
    captions = [block for block in head if _is_caption(block) and not block.outside]
    body: list[Block] = []
    for block in article:
        if block is lead or block.text == title.text:
            continue
        (captions if _is_caption(block) else body).append(block)
    on, at = _published(said, notes)
    in_order = sorted([*([lead] if lead else []), *captions, *body], key=lambda block: block.number)
    return Page(
        title=title.text[:300],
        published_on=on,
        published_at=at,
        seen_on=notes.clock.day if notes.clock else None,
        lead=lead.text if lead else "",
        captions=tuple(block.text for block in captions),
        body="\n\n".join(block.text for block in body),
        byline=byline[:250],
        place=place,
        views=said.views if notes.views is None else notes.views,
        section=_section(said, above, head, title.text),
        related=tuple(_related(blocks, title.text)),
        site=said.site[:250],
        address=said.address,
        text="\n\n".join([title.text, *(block.text for block in in_order)]).strip(),
    )


class _Notes:
    """Day, view count and author as lines of the page say them."""

    def __init__(self) -> None:
        self.dated: DateLine | None = None
        self.clock: DateLine | None = None
        self.views: int | None = None
        self.author = ""

    def is_note(self, block: Block, *, strictly: bool = False) -> bool:
        """Take what a block says if it says nothing else; then it is no paragraph of the article.

        `strictly`: beside the date nothing may stand but an author, for "8:00 ngày 12/9/2023: Khai mạc" is text.
        """
        line = " | ".join(block.pieces) if len(block.text) <= anchors.MAX_LINE else ""
        if not line:
            return False
        if dated := anchors.date_line(line) or anchors.date_line(block.text) or _machine_date(block):
            if strictly and dated.rest and not anchors.byline(dated.rest)[0]:
                return False
            self.dated = self.dated or dated
            if self.views is None:
                self.views = dated.views
            self.author = self.author or dated.rest
            return True
        if anchors.is_views_line(block.text) or anchors.is_views_line(line):
            if self.views is None:
                self.views = anchors.views(line)
            return True
        return anchors.is_furniture(block.text) or bool(anchors.breadcrumb(block.text))

    def take(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            if block.marks.isdisjoint(("related", "comments", "clock")):
                self.is_note(block)

    def take_above(self, blocks: Sequence[Block]) -> None:
        """Above the title stand the clock of the page and sometimes, when nothing else says it, the real day."""
        for block in blocks:
            dated = anchors.date_line(block.text) or anchors.date_line(" | ".join(block.pieces))
            if dated is None:
                continue
            trusted = dated.labelled or ("date" in block.marks and not block.outside and block in blocks[-4:])
            if trusted and self.dated is None:
                self.dated = dated
            elif self.clock is None:
                self.clock = dated


def _machine_date(block: Block) -> DateLine | None:
    found = anchors.moment(block.when) if block.when else None
    return DateLine(found[0], found[1], labelled=True, rest="", views=None) if found else None


def _published(said: Said, notes: _Notes) -> tuple[datetime.date | None, datetime.datetime | None]:
    shown = (notes.dated.day, notes.dated.at) if notes.dated else (None, None)
    if said.published is None or (said.published[0] == shown[0] and said.published[1] is None):
        return shown
    return said.published


# --- lead and captions ----------------------------------------------------------------------------
def _lead(said: Said, head: Sequence[Block], article: Sequence[Block]) -> Block | None:
    """The paragraph the page calls so, by a class or as its description; else the first of several."""
    start = fold(said.lead.rstrip(" .…"))[:120]
    early = [b for b in [*head, *article[:4]] if 40 <= len(b.text) <= 1500 and not b.is_link and not _is_caption(b)]
    for block in early:
        if len(start) >= 40 and fold(block.text).startswith(start):
            return block
    for block in early:
        if "lead" in block.marks and not block.outside:
            return block
    paragraphs = [b for b in article if not _is_caption(b)]
    if len(paragraphs) >= 3 and 60 <= len(paragraphs[0].text) <= 900 and paragraphs[0].tag not in ("tr", "li"):
        return paragraphs[0]
    return None


def _is_caption(block: Block) -> bool:
    if len(block.text) > 500 or block.tag in ("h1", "h2", "h3"):
        return False
    return (
        "caption" in block.marks
        or anchors.has_picture_credit(block.text)
        or (block.after_picture and block.set_apart and len(block.text) <= 300)
    )


# --- author ---------------------------------------------------------------------------------------
def _author(said: Said, around: Sequence[Block], article: list[Block], notes: _Notes) -> tuple[str, str]:
    """Author and place; their lines at the end of the article are taken out of it."""
    byline = place = ""
    for number in range(len(article) - 1, max(-1, len(article) - 5), -1):
        text = article[number].text
        if found := anchors.place_line(text):
            place = place or found
            continue
        named, where = anchors.byline(text, labelled="author" in article[number].marks)
        if named:
            del article[number:]
            byline, place = named, where or place
            break
        if len(text) > 120:
            break
    for block in around:
        if byline:
            break
        if "author" in block.marks and block.marks.isdisjoint(("related", "comments")):
            byline, where = anchors.byline(block.text, labelled=True)
            place = place or where
    if not byline and notes.author:
        byline, where = anchors.byline(notes.author)
        place = place or where
    if said.author and _is_person(said.author, said.site):
        byline = said.author if len(byline) < len(said.author) else byline
    return byline, place


def _is_person(author: str, site: str) -> bool:
    folded = fold(author)
    return folded != fold(site) and not re.search(
        r"@|://|\badmin\b|^(?:bao|dai|cong|tap chi|trang) |ban bien tap", folded + author
    )


# --- section and other articles -------------------------------------------------------------------
def _section(said: Said, above: Sequence[Block], head: Sequence[Block], title: str) -> str:
    if said.section:
        return said.section
    steps: list[str] = []
    for block in [*above, *head]:
        if "crumbs" in block.marks and len(block.text) <= anchors.MAX_LINE:
            steps += block.links or block.pieces
        elif found := anchors.breadcrumb(block.text):
            steps += found
    return last_step([step.strip(" >»›/|") for step in steps if step.strip(" >»›/|")], title)


def _related(blocks: Sequence[Block], title: str) -> list[str]:
    """Titles in the boxes of other articles, in the order of the page, each once."""
    found: dict[str, None] = {}
    within = False
    for block in blocks:
        if anchors.is_related_heading(block.text):
            within = True
        elif not block.links or anchors.is_furniture(block.text):
            within = within and bool(block.links)
        elif within or "related" in block.marks:
            found.update(dict.fromkeys(link for link in block.links if len(link.split()) >= 4 and link != title))
    return list(found)[:MAX_RELATED]
