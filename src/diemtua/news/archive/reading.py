"""Articles in files: a folder or ZIP of saved HTML pages, or one CSV. Nothing is saved here.

CSV has a row of headings: `title`, `published` (dd/MM/yyyy HH:mm or ISO), and as far as known `lead`, `body`
(paragraphs parted by empty lines, or HTML, of which only what the editor offers is kept), `author`, `place`, `views`,
`section`, `address` (of the old site), `tags` (parted by commas); Vietnamese headings do as well.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import nh3
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.text import fold, nfc, strip_control
from diemtua.register.tabular import Unreadable
from diemtua.register.tabular.files import decode
from diemtua.sources import text as papers

from ..rules import CLOCKS_DIFFER, EARLIEST

LARGEST_PAGE = 5 * 1024 * 1024
LARGEST_TABLE = 500 * 1024 * 1024
MOST = 200_000
HEADINGS = {
    "title": ("title", "tieu de", "ten bai"),
    "published": ("published", "ngay dang", "xuat ban", "ngay gio"),
    "lead": ("lead", "sapo", "tom tat", "loi dan"),
    "body": ("body", "noi dung", "than bai"),
    "author": ("author", "tac gia"),
    "place": ("place", "noi viet", "dia diem"),
    "views": ("views", "luot xem"),
    "section": ("section", "chuyen muc"),
    "address": ("address", "url", "dia chi", "duong dan"),
    "tags": ("tags", "the", "tu khoa"),
}
_TAGS = {"p", "h2", "h3", "b", "i", "strong", "em", "ul", "ol", "li", "a", "br", "sup", "sub", "hr"}
_MARKUP = re.compile(r"<(?:p|br|div|h[1-6]|ul|ol|li|b|i|strong|em|a)\b", re.IGNORECASE)
_FORMS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y")


@dataclass
class Item:
    """One article as found. `origin` names its row or file to who must mend it."""

    origin: str
    title: str = ""
    published: datetime.datetime | None = None
    lead: str = ""
    html: str = ""
    author: str = ""
    place: str = ""
    views: int = 0
    section: str = ""
    address: str = ""
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Trouble:
    """What is wrong with one article, and where."""

    origin: str
    sentence: str


def read_archive(path: Path, progress: Callable[[int], None] = lambda read: None) -> tuple[list[Item], list[Trouble]]:
    """All articles of a folder, ZIP, CSV or single page; `progress` is told how many were read, each time one is.

    Raises Unreadable when it is none of these.
    """
    items: list[Item] = []
    troubles: list[Trouble] = []
    for found in _found(path):
        if isinstance(found, Trouble):
            troubles.append(found)
            continue
        sentence = _wrong(found)
        if sentence:
            troubles.append(Trouble(found.origin, sentence))
        else:
            items.append(found)
        progress(len(items) + len(troubles))
        if len(items) > MOST:
            raise Unreadable("too_many", _("The archive holds too many articles; bring it in by parts."))
    seen: dict[str, str] = {}
    for item in items:
        if item.address and item.address in seen:
            sentence = _("The address is also that of %(other)s.") % {"other": seen[item.address]}
            troubles.append(Trouble(item.origin, sentence))
        seen.setdefault(item.address, item.origin)
    return items, troubles


def _wrong(item: Item) -> str:
    if not item.title:
        return _("No title was found.")
    if item.published is None:
        return _("No day of publication was found; write it as 18/07/2023 08:43.")
    if item.published > timezone.now() + CLOCKS_DIFFER:
        return _("It is dated in the future.")
    if item.published < EARLIEST:
        return _("This day is too long ago. Write the day and hour of publication.")
    if not (item.lead or item.html):
        return _("No text was found.")
    return ""


def _found(path: Path) -> Iterator[Item | Trouble]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and file.suffix.lower() in (".html", ".htm"):
                too_large = file.stat().st_size > LARGEST_PAGE
                yield from _page(str(file.relative_to(path)), b"" if too_large else file.read_bytes(), too_large)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for entry in packed.infolist():
                if entry.filename.lower().endswith((".html", ".htm")):
                    too_large = entry.file_size > LARGEST_PAGE
                    yield from _page(entry.filename, b"" if too_large else packed.read(entry), too_large)
    elif path.suffix.lower() in (".html", ".htm"):
        yield from _page(path.name, path.read_bytes(), path.stat().st_size > LARGEST_PAGE)
    elif path.stat().st_size > LARGEST_TABLE:
        raise Unreadable("too_big", _("The table is too large; bring it in by parts."))
    else:
        yield from _table(path)


def _page(origin: str, data: bytes, too_large: bool) -> Iterator[Item | Trouble]:
    if too_large:
        yield Trouble(origin, _("The page is too large to be an article."))
        return
    try:
        read = papers.read(data, origin)
    except Unreadable as error:
        yield Trouble(origin, str(error))
        return
    page = read.page or papers.Page()
    at = page.published_at
    if at is None and page.published_on:
        at = _at(datetime.datetime.combine(page.published_on, datetime.time()))
    yield Item(
        origin=origin,
        title=_line(page.title or read.title, 255),
        published=at,
        lead=_line(page.lead, 1000),
        html=_paragraphs(page.body or ("" if page.lead else read.text)),
        author=_line(page.byline, 150),
        place=_line(page.place, 150),
        views=page.views or 0,
        section=_line(page.section, 255),
        address=old_path(page.address),
    )


def _table(path: Path) -> Iterator[Item | Trouble]:
    rows = csv.reader(io.StringIO(decode(path.read_bytes()).text, newline=""))
    try:
        head = [fold(cell) for cell in next(rows, [])]
        column = {name: next((i for i, h in enumerate(head) if h in known), None) for name, known in HEADINGS.items()}
        if column["title"] is None or column["published"] is None:
            raise Unreadable("no_headings", _("The table needs the headings “title” and “published” in its first row."))
        for number, row in enumerate(rows, 2):
            if any(cell.strip() for cell in row):
                cells = {n: row[i] if i is not None and i < len(row) else "" for n, i in column.items()}
                yield _row(_("row %(number)d") % {"number": number}, cells)
    except csv.Error as error:
        raise Unreadable("broken", _("The table cannot be read: %(why)s") % {"why": error}) from error


def _row(origin: str, cells: dict[str, str]) -> Item | Trouble:
    views = re.sub(r"[\s.,]", "", cells["views"])
    if views and not (views.isascii() and views.isdigit() and len(views) < 12):
        return Trouble(origin, _("“%(given)s” is no count of views.") % {"given": cells["views"]})
    if cells["published"].strip() and _moment(cells["published"]) is None:
        return Trouble(
            origin, _("“%(given)s” is no day; write it as 18/07/2023 08:43.") % {"given": cells["published"]}
        )
    body = strip_control(nfc(cells["body"]))
    return Item(
        origin=origin,
        title=_line(cells["title"], 255),
        published=_moment(cells["published"]),
        lead=_line(cells["lead"], 1000),
        html=clean(body) if _MARKUP.search(body) else _paragraphs(body),
        author=_line(cells["author"], 150),
        place=_line(cells["place"], 150),
        views=int(views or 0),
        section=_line(cells["section"], 255),
        address=old_path(cells["address"]),
        tags=[tag for tag in (_line(part, 100) for part in cells["tags"].split(",")) if tag][:20],
    )


def clean(html: str) -> str:
    """What the editor offers of a piece of HTML, and nothing else; scripts go with their content."""
    html = re.sub(r"<(/?)div\b[^>]*>", r"<\1p>", html, flags=re.IGNORECASE)
    kept = nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel=None
    )
    return kept.replace("<strong>", "<b>").replace("</strong>", "</b>").replace("<em>", "<i>").replace("</em>", "</i>")


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part.strip())}</p>" for part in re.split(r"\n+", text) if part.strip())


def _line(text: str, longest: int) -> str:
    return " ".join(strip_control(nfc(text)).split())[:longest].strip()


def _at(moment: datetime.datetime) -> datetime.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_current_timezone())


def _moment(text: str) -> datetime.datetime | None:
    text = " ".join(text.replace("|", " ").split())
    for form in _FORMS:
        try:
            return _at(datetime.datetime.strptime(text, form))
        except ValueError:
            continue
    try:
        return _at(datetime.datetime.fromisoformat(text))
    except ValueError:
        return None


def old_path(address: str) -> str:
    """The path and query of an address of the old site, as redirects are looked for; "" when there is none."""
    parts = urlsplit(_line(address, 500)) if "[" not in address else None
    if parts is None or not parts.path.strip("/"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
