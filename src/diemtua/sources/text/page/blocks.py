"""An HTML page as a list of blocks of text in reading order, each with what its place in the page tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from . import anchors

HIDDEN = frozenset(
    [
        *("script", "style", "noscript", "template", "head", "svg", "math"),
        *("object", "iframe", "audio", "video", "canvas"),
    ]
)
_CONTROLS = frozenset(("select", "button", "textarea"))
BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl"),
        *("dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
        *("hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "tr", "ul"),
    ]
)
_PICTURES = frozenset(("img", "picture", "amp-img"))

# What the names of classes and ids tell, in the English and Vietnamese of the makers of such pages.
_MARKS = {
    "caption": r"caption|chu ?thich|(?:pic|img|image|photo|picture) ?(?:desc|note|title|alt)|expnoedit",
    "lead": r"sapo|lead\b|chapeau|tom ?tat|(?:article|detail|news|post) ?(?:summary|intro|excerpt|desc)",
    "author": r"author|by ?line|tac ?gia|nguoi ?viet|signature|writer|pen ?name",
    "clock": r"clock|to ?day|(?:now|current|top|header|hien ?tai|he ?thong) ?(?:date|time)"
    r"|(?:date|time) ?(?:now|top|header)",
    "date": r"date|time|publish|ngay ?(?:dang|gio)?|pdate",
    "crumbs": r"bread|crumb|duong ?dan|path ?way",
    "related": r"relat|(?:tin|bai)? ?lien ?quan|cung ?(?:chuyen|muc|chu)|same ?cate|other ?(?:news|post|article)"
    r"|tin ?(?:khac|moi|cu|doc)|more ?news|doc ?them|xem ?them|suggest|recommend|most\b|latest|popular",
    "comments": r"comment|binh ?luan|phan ?hoi|disqus",
    "noise": r"menu|nav\b|navbar|side ?bar|foot\b|footer|social|share|banner|ads(?:by|ense)?\b|adsbygoogle|advert"
    r"|quang ?cao|popup|modal|cookie|log ?in|subscribe|newsletter|toolbar|keyword|tags?\b|copyright|rating|vote|print\b"
    r"|paginat|poll\b|widget|hotline|search|(?:right|left) ?col|col ?(?:right|left)|skip|lang\b",
}
_NAMES = {mark: re.compile(rf"\b(?:{names})") for mark, names in _MARKS.items()}
_TAGS = {
    "nav": "noise",
    "aside": "noise",
    "footer": "noise",
    "form": "noise",
    "header": "noise",
    "figcaption": "caption",
    "time": "date",
}
OUTSIDE = frozenset(("related", "comments", "noise", "crumbs", "clock"))
_SPLIT_NAME = re.compile(r"(?<=[a-z])(?=[A-Z])|[-_\s]+")


@dataclass
class Block:
    """One block: `text` as it reads, `pieces` its inline parts one by one, `links` the texts of its links."""

    tag: str = ""
    text: str = ""
    pieces: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()
    after_picture: bool = False  # nothing stands between it and a picture
    set_apart: bool = False  # centred, right-aligned or all in italics, as captions and authors are
    when: str = ""  # the moment a <time> in it gives for machines
    number: int = 0

    @property
    def outside(self) -> bool:
        """Whether its place says that it is no part of the article."""
        return not OUTSIDE.isdisjoint(self.marks)

    @property
    def is_link(self) -> bool:
        """Whether the block is nothing but links."""
        return sum(map(len, self.links)) >= 0.8 * len(self.text)


@dataclass
class _Open:
    """An element that is being read, with what its descendants inherit."""

    marks: frozenset[str]
    hidden: bool
    in_row: bool
    set_apart: bool


@dataclass
class _Gathering:
    """The block that is being put together."""

    tag: str = "body"
    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    weights: Counter[str] = field(default_factory=Counter)  # letters under each mark
    apart: int = 0
    letters: int = 0
    when: str = ""


class _Reader:
    def __init__(self, root: Any) -> None:
        self.root = root
        self.elements = list(root.iter())  # kept: an element lxml hands out twice has one id only while it is held
        self.size = _sizes(self.elements)
        self.heading = {id(one) for h1 in root.iter("h1") for one in h1.iterancestors()}
        self.rows = {id(row) for table in root.iter("table") if _has_data(table) for row in table.iter("tr")}
        self.now = _Gathering()
        self.link: list[str] | None = None
        self.picture = False
        self.boundary = False  # an inline element with a class of its own has just begun or ended

    def blocks(self) -> Iterator[Block]:
        stack = [_Open(frozenset(), False, False, False)]
        for event, element in etree.iterwalk(self.root, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else "!"
            if event == "start":
                opened = self._opened(element, tag, stack[-1])
                breaks = tag in BLOCKS and not stack[-1].in_row
                if breaks and (block := self._finished(tag)):
                    yield block
                stack.append(opened)
                if opened.in_row and tag in ("td", "th") and self.now.words:
                    self.now.words.append("\t")
                elif opened.in_row and tag in BLOCKS:
                    self.now.words.append(" ")
                if tag in _PICTURES:
                    self.picture = True
                if tag == "a" and not opened.hidden:
                    self.link = []
                if tag == "time" and not opened.hidden:
                    self.now.when = self.now.when or (element.get("datetime") or "")[:60]
                self.boundary = self.boundary or element.get("class") is not None
                if tag != "!":
                    self._text(element.text, opened)
            else:
                opened = stack.pop()
                self.boundary = self.boundary or element.get("class") is not None
                if tag == "a" and self.link is not None:
                    self.now.links.append(anchors.tidy("".join(self.link)))
                    self.link = None
                if tag in BLOCKS and not stack[-1].in_row and (block := self._finished(tag)):
                    yield block
                if element is not self.root:
                    self._text(element.tail, stack[-1])
        if block := self._finished("body"):
            yield block

    def _opened(self, element: Any, tag: str, outer: _Open) -> _Open:
        if outer.hidden or tag == "!" or tag in HIDDEN or tag in _CONTROLS:
            return _Open(outer.marks, True, outer.in_row, outer.set_apart)
        style = (element.get("style") or "").replace(" ", "").lower()[:500]
        if element.get("hidden") is not None or "display:none" in style:
            return _Open(outer.marks, True, outer.in_row, outer.set_apart)
        aligned = f"{style};text-align:{(element.get('align') or '').lower()}"
        return _Open(
            outer.marks | self._marks(element, tag),
            False,
            outer.in_row or id(element) in self.rows,
            outer.set_apart or tag in ("em", "i", "center") or "text-align:center" in aligned
            or "text-align:right" in aligned or "font-style:italic" in style,
        )  # fmt: skip

    def _marks(self, element: Any, tag: str) -> frozenset[str]:
        names = " ".join(element.get(key) or "" for key in ("class", "id", "itemprop", "role"))[:300]
        found = {_TAGS[tag]} if tag in _TAGS else set()
        if names.strip():
            spaced = _SPLIT_NAME.sub(" ", names).lower()
            found |= {mark for mark, pattern in _NAMES.items() if pattern.search(spaced)}
        # A name like "has-sidebar" on what holds the article says nothing about the article.
        if found & OUTSIDE and (id(element) in self.heading or self.size[id(element)] > 0.5 * self.size[id(self.root)]):
            found -= OUTSIDE
        return frozenset(found)

    def _text(self, text: str | None, opened: _Open) -> None:
        if not text or opened.hidden:
            return
        letters = len(text.strip())
        before = self.now.words[-1][-1:] if self.now.words else ""
        if self.boundary and before.isalnum() and text[0].isupper():
            self.now.words.append(" ")  # the style of the page parts them: <span class="place">Mẫu</span>Sáng nay
        self.boundary = False
        if letters:
            self.now.letters += letters
            self.now.apart += letters * opened.set_apart
            for mark in opened.marks:
                self.now.weights[mark] += letters
        self.now.words.append(re.sub(r"\s+", " ", text))
        if self.link is not None:
            self.link.append(text)

    def _finished(self, tag: str) -> Block | None:
        """The block so far, and a new one begun under `tag`."""
        now, self.now = self.now, _Gathering(tag)
        text = "\t".join(anchors.tidy(cell) for cell in "".join(now.words).split("\t")).strip("\t")
        if not text.strip():
            return None
        after, self.picture = self.picture, False
        return Block(
            tag=now.tag,
            text=text,
            pieces=tuple(piece for word in now.words if (piece := anchors.tidy(word))),
            links=tuple(link for link in now.links if link),
            marks=frozenset(mark for mark, weight in now.weights.items() if 2 * weight >= now.letters),
            after_picture=after,
            set_apart=2 * now.apart >= now.letters,
            when=now.when,
        )


def blocks_of(root: Any) -> list[Block]:
    """The blocks of text below an lxml element, in document order. Time grows linearly with its size."""
    found = list(_Reader(root).blocks())
    for number, block in enumerate(found):
        block.number = number
    return found


def _sizes(elements: list[Any]) -> dict[int, int]:
    """Letters within each of the elements, which stand in document order, by the element's id."""
    sizes: dict[int, int] = {}
    for element in reversed(elements):
        text = element.text or "" if isinstance(element.tag, str) and element.tag not in HIDDEN else ""
        sizes[id(element)] = len(text) + sum(sizes[id(child)] + len(child.tail or "") for child in element)
    return sizes


def _has_data(table: Any) -> bool:
    """Whether a table holds data, row by row, and not the layout of the page or a picture with its caption."""
    if any(element is not table for element in table.iter("table")) or next(table.iter("img", "h1"), None) is not None:
        return False
    wide = 0
    for row in table.iter("tr"):
        cells = [len("".join(cell.itertext()).strip()) for cell in row.iter("td", "th")]
        if cells and max(cells) > 400:
            return False
        wide += len(cells) > 1
    return wide >= 2
