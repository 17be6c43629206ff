"""PDF as text."""

import io
import time
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader

from diemtua.register.tabular import files
from diemtua.register.tabular.files import Sentence, Unreadable

from .content import MAX_TEXT, Content

MAX_PAGES = 3_000
MAX_SECONDS = 60  # looked at between pages
MAX_DRAWING = 10 * files.MB  # drawing commands of one page; above it is a drawing, not text


def content(data: bytes) -> Content:
    """The text layer, page by page, with typed notes and stamps. A file that opens without a password
    is read, whatever it forbids; one that asks for it raises `Unreadable` locked."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise files.locked()
        count = len(reader.pages)
        metadata = _metadata(reader)
    except Unreadable:
        raise
    except Exception as error:  # pypdf raises nearly anything on damaged files
        raise files.broken() from error
    if not count:
        raise files.broken()
    return _pages(reader, count, metadata)


def _pages(reader: PdfReader, count: int, metadata: dict[str, str]) -> Content:
    began = time.monotonic()
    pages: list[str] = []
    failed: list[int] = []
    scanned: list[int] = []
    length = 0
    for index in range(count):
        if index >= MAX_PAGES or time.monotonic() - began > MAX_SECONDS or length > MAX_TEXT:
            break
        try:
            page = reader.pages[index]
            drawing = page.get_contents()
            if drawing is not None and len(drawing.get_data()) > MAX_DRAWING:
                failed.append(index + 1)
                text = ""
            else:
                text = page.extract_text()
            text = "\n".join([text, *_notes(page)])
            if not text.strip() and _has_picture(page):
                scanned.append(index + 1)
        except Exception:  # one bad page does not cost the others
            failed.append(index + 1)
            text = ""
        pages.append(text)
        length += len(text)
    warnings: list[Sentence] = []
    if len(pages) < count:
        warnings.append(
            format_lazy(
                _("Only the first {read} of {count} pages were read: the file is too long."),
                read=len(pages),
                count=count,
            )
        )
    if len(failed) == count:
        raise files.broken()
    if failed:
        warnings.append(
            format_lazy(_("These pages could not be read: {pages}."), pages=", ".join(map(str, failed[:20])))
        )
    if not any(page.strip() for page in pages):
        warnings.append(
            _("The file is a scan without text: it needs OCR, which turns pictures of letters into text. Please "
              "send a copy with text, or paste the passages you need.")
        )  # fmt: skip
    elif scanned:
        warnings.append(
            format_lazy(
                _("These pages are scans without text and need OCR: {pages}."), pages=", ".join(map(str, scanned[:20]))
            )
        )
    return Content(pages, True, warnings, metadata)


def _has_picture(page: Any) -> bool:
    drawn = page.get("/Resources", {}).get("/XObject", {})
    return any(drawn[name].get("/Subtype") == "/Image" for name in list(drawn)[:50])


def _notes(page: Any) -> list[str]:
    """Texts of typed notes and stamps that lie on the page."""
    found: list[str] = []
    for reference in list(page.get("/Annots") or [])[:200]:
        note = reference.get_object()
        if note.get("/Subtype") in ("/FreeText", "/Stamp"):
            found.extend(str(note[key]) for key in ("/Contents",) if note.get(key))
    return found


def _metadata(reader: PdfReader) -> dict[str, str]:
    said: Any = reader.metadata or {}
    keys = {"title": "/Title", "subject": "/Subject", "keywords": "/Keywords", "category": "/Category"}
    return {name: str(said[key]) for name, key in keys.items() if said.get(key)}
