"""`read`: any paper an officer sends, as text."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from diemtua.register.tabular import files
from diemtua.register.tabular.files import Sentence, Source, Unreadable

MAX_BYTES = 100 * files.MB
MAX_TEXT = 20_000_000  # letters kept of one file
MAX_PLAIN = 20 * files.MB  # bytes of an HTML or TXT file

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "txt": "text/plain",
}


class Content(NamedTuple):
    """What a reader of one kind hands back."""

    pages: list[str]  # the text, in pages or sheets where the file has them, else one piece
    paged: bool  # whether `pages` are the file's own
    warnings: list[Sentence]
    metadata: dict[str, str]  # title, subject, keywords, category: what the file says of itself


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


def read(source: Source, name: str) -> Read:
    """The text of a PDF, DOCX, XLSX, HTML or TXT file (bytes or path).

    The content decides the kind; when `name` says otherwise there is a warning. The text is that of the
    file, changed only in this: Unicode NFC, LF line ends, no control signs. A scan gives empty text and a
    warning. Nothing in the file is run, and no address in it is opened.
    Raises `Unreadable` (see there for the codes): empty, over 100 MB, damaged, locked with a password,
    old formats, macros, archives, pictures, programs.
    """
    from . import docx, html, pdf, xlsx

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
    readers = {
        "pdf": pdf.content,
        "docx": docx.content,
        "xlsx": xlsx.content,
        "html": html.content,
        "txt": _plain,
    }
    content = readers[kind](data)
    warnings = list(content.warnings)
    if lie := files.lying_name_warning(name, kind):
        warnings.insert(0, lie)
    text, starts, cut = _joined(content.pages)
    if cut:
        warnings.append(_("The text is very long; only its first 20 million letters are kept."))
    metadata = {key: clean(value).strip()[:1000] for key, value in content.metadata.items() if value.strip()}
    return Read(
        text=text,
        kind=kind,
        media_type=MEDIA_TYPES[kind],
        pages=tuple(starts) if content.paged else (),
        title=_title(text, metadata.get("title", "")),
        sha256=files.sha256(data),
        warnings=tuple(warnings),
        metadata=MappingProxyType(metadata),
    )


def clean(text: str) -> str:
    """NFC with LF line ends, and without control signs and lone surrogates, which no database takes."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]", "", text.replace("\x0c", "\n"))


def _joined(pages: Iterable[str]) -> tuple[str, list[int], bool]:
    """Pages as one text with an empty line between them, their offsets, and whether it was cut."""
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    for page in pages:
        if parts:
            parts.append("\n\n")
            length += 2
        part = clean(page).strip("\n")
        starts.append(length)
        parts.append(part[: MAX_TEXT - length])
        length += len(parts[-1])
        if length >= MAX_TEXT:
            return "".join(parts), starts, True
    text = "".join(parts)
    return (text if text.strip() else ""), starts if text.strip() else [], False


def _plain(data: bytes) -> Content:
    decoded = files.decode(data)
    return Content([decoded.text], False, [files.guessed_warning()] if decoded.guessed else [], {})


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
