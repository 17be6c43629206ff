"""The parts of a page of news in HTML: what the page says of itself, and what stands where.

`trafilatura` tells which blocks are the article; what it drops (lead, captions, author, view count, date, box
of links) is taken from the blocks around by the names of their classes and by their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import lxml.html  # type: ignore[import-untyped]
from lxml import etree

from . import anchors, parts
from .blocks import Block, blocks_of
from .model import Page
from .said import Said, said_by

MAX_ELEMENTS = 40_000  # above it `trafilatura` is not asked: its time would grow to many seconds
ENOUGH = 200  # letters below which there is no article
_KEY = 60  # first letters of a paragraph by which it is known again


def page_of_html(html: str) -> Page:
    """The parts of a page of news; an empty Page when it holds no article.

    Nothing in the page is run and no address in it is opened. The date the page was called up, which stands at
    its head, is not taken for its day of publication. Time grows linearly with size.
    """
    root = _parsed(html)
    body = root.find(".//body") if root is not None else None
    if body is None:
        return Page()
    said = said_by(root)
    blocks = blocks_of(body)
    title = _title(root, blocks, said)
    inside = _article(root, blocks, title)
    if not inside and len(said.body) >= ENOUGH:  # pages that scripts fill in carry their text as data
        inside = [Block("p", line) for line in map(anchors.tidy, said.body.split("\n")) if line]
    if sum(len(block.text) for block in inside) < ENOUGH:
        return Page()
    page = parts.page_from(said, blocks, title, inside)
    if said.is_article or (page.is_news and sum(1 for _ in body.iter("a")) >= 5):
        return page
    return Page()  # a paper saved as HTML is wanted as a whole


def asks_for_login(html: str) -> bool:
    """Whether the page has a place for a password and hardly any text: it was saved without signing in."""
    if not re.search(r"type\s*=\s*[\"']?password", html, re.IGNORECASE):
        return False
    root = _parsed(html)
    body = root.find(".//body") if root is not None else None
    if body is None or not any((field.get("type") or "").lower() == "password" for field in body.iter("input")):
        return False
    prose = [b for b in blocks_of(body) if not b.is_link and len(b.text) >= 80 and "noise" not in b.marks]
    return sum(len(block.text) for block in prose) < 3 * ENOUGH


def _parsed(html: str) -> Any:
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        return lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


# --- title ----------------------------------------------------------------------------------------
def _title(root: Any, blocks: Sequence[Block], said: Said) -> Block:
    """The block that is the title; one with number -1 when no block is."""
    names = [name for name in (said.title, _text_of(root.find(".//title"))) if name]
    headings = [block for block in blocks if block.tag in ("h1", "h2", "h3") and not block.outside]
    ones = [block for block in headings if block.tag == "h1"]
    for block in (*ones, *headings, *blocks):
        if len(block.text) >= 10 and any(_same(block.text, name) for name in names):
            return block
    if ones and len(ones[0].text.split()) >= 3:
        return ones[0]
    if not said.title and (line := _above_the_date(blocks)):
        return line
    return Block("h1", said.title or _without_site(names[0], said.site) if names else "", number=-1)


def _above_the_date(blocks: Sequence[Block]) -> Block | None:
    """The line above the day of publication, where a page without headings has its title."""
    candidate: Block | None = None
    for block in blocks:
        if len(block.text) > 300:
            break
        if anchors.date_line(" | ".join(block.pieces)):
            if candidate:
                return candidate
        elif _could_be_title(block):
            candidate = block
    return None


def _could_be_title(block: Block) -> bool:
    if block.outside or block.is_link or anchors.is_furniture(block.text):
        return False
    return len(block.text.split()) >= 4 and len(block.text) <= 250


def _same(text: str, name: str) -> bool:
    """Whether `name` is the text, or the text and the name of the newspaper."""
    return text == name or (
        name.startswith(text) and len(name) <= len(text) + 60 and bool(_SITE.match(name[len(text) :]))
    )


_SITE = re.compile(r"\s*(?:[|\-–—:»•]|\.\.\.|$)")


def _without_site(title: str, site: str) -> str:
    parts = re.split(r"\s[|\-–—]\s", title)
    if len(parts) > 1 and (
        parts[-1] == site or re.match(r"(?:báo|đài|tạp chí|cổng|trang)\s", parts[-1], re.IGNORECASE)
    ):
        return title[: title.rindex(parts[-1])].rstrip(" |-–—")
    return title


def _text_of(element: Any) -> str:
    return anchors.tidy("".join(element.itertext())) if element is not None else ""


# --- which blocks are the article -----------------------------------------------------------------
def _article(root: Any, blocks: Sequence[Block], title: Block) -> list[Block]:
    """The blocks from the first to the last of the article, without what stands between but does not belong."""
    usable = [block for block in blocks if block.number > title.number and not block.outside]
    if title.number < 0:
        usable = [block for block in blocks if not block.outside]
    keys = _main_text_keys(root)
    chosen = [block for block in usable if _key(block.text) in keys and not block.is_link]
    if sum(len(block.text) for block in chosen) < ENOUGH:
        chosen = _densest(usable)
    if not chosen:
        return []
    first, last = chosen[0].number, chosen[-1].number
    ending = _ending(chosen)
    inside = []
    for block in usable:
        if block.number > last:
            break
        if anchors.is_related_heading(block.text) and block.number > first:
            if block.number >= ending:
                break
            continue
        if not (block.is_link and len(block.text) > 15):
            inside.append(block)
    return inside


def _ending(chosen: Sequence[Block]) -> int:
    """The number of the block after which too little follows to be more of the article."""
    letters = 0
    for block in reversed(chosen):
        letters += len(block.text)
        if letters >= ENOUGH:
            return block.number
    return 0


def _main_text_keys(root: Any) -> set[str]:
    """The beginnings of the paragraphs `trafilatura` finds; none for pages too large to ask it."""
    import trafilatura  # slow to load, and not needed by those who read no HTML

    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        return set()
    try:
        found = trafilatura.bare_extraction(
            root, fast=True, include_comments=False, include_tables=True, favor_recall=True, with_metadata=False
        )
    except (RecursionError, ValueError, TypeError, AttributeError, etree.LxmlError):
        return set()  # odd markup: the densest blocks are taken instead
    if found is None or isinstance(found, dict) or found.body is None:
        return set()
    for line_break in found.body.iter("lb"):
        line_break.tail = "\n" + (line_break.tail or "")
    paragraphs = (
        "".join(element.itertext()) for element in found.body.iter("p", "head", "item", "row", "cell", "quote")
    )
    return {key for text in paragraphs for line in text.split("\n") if (key := _key(line))}


def _key(text: str) -> str:
    return re.sub(r"\s+", "", text)[:_KEY]


def _densest(usable: Sequence[Block]) -> list[Block]:
    """Blocks of prose where they stand closest: the run with the most letters whose gaps are short."""
    runs: list[list[Block]] = []
    for block in usable:
        if len(block.text) >= 60 and not block.is_link:
            if not runs or block.number - runs[-1][-1].number > 8:
                runs.append([])
            runs[-1].append(block)
    return max(runs, key=_letters, default=[])


def _letters(blocks: Iterable[Block]) -> int:
    return sum(len(block.text) for block in blocks)
