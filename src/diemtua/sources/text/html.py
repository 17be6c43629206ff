"""HTML as text, by libxml2: the standard library's parser takes minutes on some hostile pages."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from lxml import etree  # type: ignore[import-untyped]

from diemtua.kit.secrecy import secrecy_mark
from diemtua.register.tabular import files
from diemtua.register.tabular.files import Unreadable

from .content import Content
from .page import Page, asks_for_login, page_of_html
from .page.blocks import BLOCKS, HIDDEN

# Pages beyond these are read as plain lines: libxml2 builds no deeper tree, and the time for its parts grows.
MAX_DEPTH = 250
MAX_ELEMENTS = 200_000

# Only what pages are really written in: Python knows codings that take minutes over hostile bytes.
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*(utf-?16(?:le|be)?|windows-?\d+|cp\d+|iso-?8859-?\d+|koi8-?[ru]"""
    rb"""|gb\w+|big5|euc-?\w+|shift_?jis|tis-?620)\b""",
    re.IGNORECASE,
)


class _Visible:
    """Gathers what a reader of the page would see."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.title: list[str] = []
        self.meta: dict[str, str] = {}
        self.hidden = 0
        self.in_title = False
        self.in_pre = 0
        self.depth = 0
        self.deepest = 0
        self.elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)
        if tag == "title":
            self.in_title = not self.title
        elif tag == "meta":
            name = attributes.get("name", "").lower()
            if name in ("keywords", "subject", "category", "description"):
                self.meta.setdefault(name, attributes.get("content", ""))
        elif tag in HIDDEN:
            self.hidden += 1
        elif tag in ("td", "th"):
            self.parts.append("\t")
        elif tag in BLOCKS and tag != "body":
            self.parts.append("\n")
        self.in_pre += tag == "pre"

    def end(self, tag: str) -> None:
        self.depth -= 1
        if tag == "title":
            self.in_title = False
        elif tag in HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in BLOCKS and tag not in ("br", "td", "th", "body"):
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

    def text(self) -> str:
        lines = (
            "\t".join(cell.strip(" \n") for cell in line.split("\t")).strip()
            for line in "".join(self.parts).split("\n")
        )
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def content(data: bytes) -> Content:
    """The article of a page of news, in paragraphs; of any other page all that a reader would see, with a line
    per block and tabs between cells. Encoding: mark, <meta>, UTF-8, guess.

    Raises `Unreadable` broken, and login for a page that asks to sign in and shows nothing else.
    """
    decoded = _decoded(data)
    seen = _Visible()
    parser: Any = etree.HTMLParser(target=seen, encoding="utf-8", recover=True)
    try:
        parser.feed(decoded.text.encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError as error:
        raise files.broken() from error
    metadata = {"title": " ".join("".join(seen.title).split()), **seen.meta}
    page = Page()
    if seen.deepest <= MAX_DEPTH and seen.elements <= MAX_ELEMENTS:
        if asks_for_login(decoded.text):
            raise Unreadable(
                "login",
                _("This page asks for signing in and shows nothing else. Please sign in, save the page then, "
                  "or paste its text."),
            )  # fmt: skip
        page = page_of_html(decoded.text)
    text = seen.text()
    # A mark of secrecy that stands beside the article counts, too: then all of the page is shown to the check.
    if page.text and (secrecy_mark(page.text) or not secrecy_mark(text)):
        text, metadata["title"] = page.text, page.title
    return Content([text], False, list(decoded.warnings), metadata, page if page.text else None)


def _decoded(data: bytes) -> files.Decoded:
    """What the page says of its encoding counts only where it is no UTF-8; many pages say an old one wrongly."""
    said = _CHARSET.search(data[:4096])
    if said and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            data.decode()
        except UnicodeDecodeError:
            try:
                text = data.decode(said[1].decode("ascii"))
            except (LookupError, UnicodeError):
                pass  # the page says wrong
            else:
                return files.decode(text.encode(), markup=True)
    return files.decode(data, markup=True)
