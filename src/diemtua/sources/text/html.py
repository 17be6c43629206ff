"""HTML as text, by libxml2: the standard library's parser takes minutes on some hostile pages."""

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from diemtua.register.tabular import files

from .reading import Content

_HIDDEN = frozenset(
    [
        *("script", "style", "noscript", "template", "head", "svg", "math"),
        *("object", "iframe", "audio", "video", "canvas"),
    ]
)
_BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
        *("hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody"),
        *("tfoot", "thead", "tr", "ul"),
    ]
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_\-]{2,30})""", re.IGNORECASE)


class _Visible:
    """Gathers what a reader of the page would see."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.title: list[str] = []
        self.meta: dict[str, str] = {}
        self.hidden = 0
        self.in_title = False
        self.in_pre = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "title":
            self.in_title = not self.title
        elif tag == "meta":
            name = attributes.get("name", "").lower()
            if name in ("keywords", "subject", "category", "description"):
                self.meta.setdefault(name, attributes.get("content", ""))
        elif tag in _HIDDEN:
            self.hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append("\t")
        self.in_pre += tag == "pre"

    def end(self, tag: str) -> None:
        if tag == "title":
            self.in_title = False
        elif tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _BLOCKS and tag != "br":
            self.parts.append("\n")
        self.in_pre = max(0, self.in_pre - (tag == "pre"))

    def data(self, data: str) -> None:
        if self.in_title:
            self.title.append(data)
        elif not self.hidden:
            self.parts.append(data if self.in_pre else re.sub(r"\s+", " ", data))

    def comment(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


def content(data: bytes) -> Content:
    """Visible text with a line per block and tabs between cells. Encoding: mark, <meta>, UTF-8, guess."""
    text, guessed = _decoded(data)
    seen = _Visible()
    parser: Any = etree.HTMLParser(target=seen, encoding="utf-8", recover=True)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError as error:
        raise files.broken() from error
    lines = (
        "\t".join(cell.strip(" \n") for cell in line.split("\t")).strip() for line in "".join(seen.parts).split("\n")
    )
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    warnings = [files.guessed_warning()] if guessed else []
    return Content([body], False, warnings, {"title": " ".join("".join(seen.title).split()), **seen.meta})


def _decoded(data: bytes) -> tuple[str, bool]:
    said = _CHARSET.search(data[:4096])
    if said and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(said[1].decode("ascii")), False
        except (LookupError, UnicodeError, ValueError):
            pass  # the page says wrong
    decoded = files.decode(data)
    return decoded.text, decoded.guessed
