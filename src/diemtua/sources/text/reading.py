"""`read`: any paper an officer sends, as text."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from diemtua.kit import encodings
from diemtua.kit.dates import PartialDate
from diemtua.register.tabular import files
from diemtua.register.tabular.files import Sentence, Source, Unreadable

from .cleaning import clean, without_invisible
from .content import MAX_BYTES, MAX_PLAIN, MAX_TEXT, Content
from .page import Page, page_of_text

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "txt": "text/plain",
}


@dataclass(frozen=True)
class Read:
    """The text of one file. `text` is NFC, lines end in LF, cells of a table row are parted by tabs."""

    text: str
    kind: str  # pdf, docx, xlsx, html or txt: by content
    media_type: str
    pages: tuple[int, ...]  # offsets in `text` where pages (PDF) or sheets (XLSX) begin; empty: not known
    title: str  # a guess, at most 300 letters; "" when there is none
    sha256: str  # of the bytes as they came
    warnings: tuple[Sentence, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    page: Page | None = None  # the parts of a page of news (HTML or plain text); None for other papers

    @property
    def suggested(self) -> dict[str, Any]:
        """Values for fields of a Document that the paper itself tells; what it does not tell is left out."""
        page = self.page or Page()
        found = {
            "author": page.byline[:150],
            "issuer": page.site[:250],
            "published": PartialDate.day(page.published_on) if page.published_on else None,
            "url": page.address if _is_address(page.address) else "",
            "seen_on": page.seen_on,
        }
        return {name: value for name, value in found.items() if value}


def _is_address(address: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        return False
    return len(address) <= 1000


def read(source: Source, name: str) -> Read:
    """The text of a PDF, DOCX, XLSX, HTML or TXT file (bytes or path).

    The content decides the kind; when `name` says otherwise there is a warning. The text is that of the
    file, changed only in this: Unicode NFC, letters of old Vietnamese fonts turned into Unicode (with a
    warning), LF line ends, no control signs and no invisible ones. Of a page of news in HTML it is the
    article. A scan gives empty text and a warning. Nothing in the file is run, and no address in it is opened.
    Raises `Unreadable` (see there for the codes): empty, over 100 MB, damaged, locked with a password,
    old formats, macros, archives, pictures, programs, pages that ask for signing in.
    """
    data = files.load(source, MAX_BYTES)
    kind = files.sniff(data, name)
    if kind in ("html", "txt") and len(data) > MAX_PLAIN:
        raise Unreadable(
            "too_big",
            format_lazy(
                _("The file is too large: {size} MB, and at most {limit} MB can be read. Please split it."),
                size=-(-len(data) // files.MB),
                limit=MAX_PLAIN // files.MB,
            ),
        )
    content = _reader(kind)(data)
    warnings = list(content.warnings)
    if lie := files.lying_name_warning(name, kind):
        warnings.insert(0, lie)
    pages, metadata = _put_right(content, warnings)
    text, starts, cut = _joined(pages)
    if cut:
        warnings.append(_("The text is very long; only its first 20 million letters are kept."))
    page = content.page
    if kind == "txt":
        page = page_of_text(text)
        page = page if page.is_news else None
    return Read(
        text=text,
        kind=kind,
        media_type=MEDIA_TYPES[kind],
        pages=tuple(starts) if content.paged else (),
        title=page.title if page else _title(text, metadata.get("title", "")),
        sha256=files.sha256(data),
        warnings=tuple(warnings),
        metadata=MappingProxyType(metadata),
        page=page,
    )


def _reader(kind: str) -> Callable[[bytes], Content]:
    """The function that reads this kind. Its libraries are large: they come with the first file of the kind."""
    if kind == "pdf":
        from .pdf import content
    elif kind == "docx":
        from .docx import content
    elif kind == "xlsx":
        from .xlsx import content
    elif kind == "html":
        from .html import content
    else:
        return _plain
    return content


def _put_right(content: Content, warnings: list[Sentence]) -> tuple[list[str], dict[str, str]]:
    """Pages and metadata, clean, in Unicode, without invisible signs; adds to `warnings` what was changed.

    They are looked at together: an old font in the text tells how the title is coded.
    """
    said = {name: clean(value).strip()[:1000] for name, value in content.metadata.items() if value.strip()}
    coded = "\f".join([*said.values(), *map(clean, content.pages)])
    found = encodings.repaired(coded)
    warnings.extend(files.about_old_letters(found.schemes, found.doubtful))
    parts = without_invisible(found.text).split("\f")
    return parts[len(said) :], dict(zip(said, parts, strict=False))


def _joined(pages: Iterable[str]) -> tuple[str, list[int], bool]:
    """Pages as one text with an empty line between them, their offsets, and whether it was cut."""
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    for page in pages:
        if parts:
            parts.append("\n\n")
            length += 2
        part = page.strip("\n")
        starts.append(length)
        parts.append(part[: MAX_TEXT - length])
        length += len(parts[-1])
        if length >= MAX_TEXT:
            return "".join(parts), starts, True
    text = "".join(parts)
    return (text if text.strip() else ""), starts if text.strip() else [], False


def _plain(data: bytes) -> Content:
    decoded = files.decode(data)
    return Content([decoded.text], False, list(decoded.warnings), {})


_LETTERHEAD = re.compile(
    r"cộng h(?:òa|oà) xã hội|độc lập\s*[-–]|^số\s*:|^(?:v/v|trích yếu)\b|ngày\s.{1,12}tháng"
    r"|^ubnd\b|^uỷ ban|^ủy ban|^[-_–—*.\s\d]+$",
    re.IGNORECASE,
)
_USELESS = re.compile(
    r"^(?:microsoft (?:word|excel|powerpoint)\b.*|untitled.*|document\d*|book\d*"
    r"|.*\.(?:docx?|xlsx?|pdf|tmp))$",
    re.IGNORECASE,
)


def _title(text: str, said: str) -> str:
    """What the file says, unless a program wrote it there; else the first line that is not letterhead."""
    said = " ".join(said.split())
    if said and not _USELESS.match(said):
        return said[:300]
    lines = [" ".join(line.split()) for line in text[:6000].split("\n")]
    for line in lines[:60]:
        if len(line) >= 8 and any(c.isalpha() for c in line) and not _LETTERHEAD.search(line):
            return line[:300]
    return next((line[:300] for line in lines if line), "")
