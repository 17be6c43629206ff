"""XLSX as text: every sheet a page, a line a row, with what stands in drawings and page headers."""

import html
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from diemtua.register.tabular import files, sheets
from diemtua.register.tabular.files import Sentence
from diemtua.register.tabular.writing import plain_number
from diemtua.register.tabular.wrong import NO_VALUE, Problem

from .content import MAX_TEXT, Content
from .refusals import refuse_macros

MAX_ROWS = 200_000  # of all sheets together
_EDGE = re.compile(
    rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)>([^<]{1,2000})</(?:\w+:)?(?:odd|even|first)(?:Header|Footer)>"
)
_EDGE_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d{1,3}|[A-Z&+-])')
_DRAWN = re.compile(rb"<a:t>([^<]{1,5000})</a:t>|</a:p>")


def content(data: bytes) -> Content:
    """Values (results of formulas, not formulas) of all sheets, hidden ones too."""
    warnings: list[Sentence] = []
    pages: list[str] = []
    with sheets.workbook(data) as (found, archive):
        refuse_macros(archive)
        said = found[0].source.parent.properties if found else None
        metadata = {key: str(getattr(said, key, None) or "") for key in ("title", "subject", "keywords", "category")}
        left, length = MAX_ROWS, 0
        for sheet in found:
            lines = [sheet.title, *_edges(archive, sheet.path)]
            for _number, values in sheets.cells(sheet):
                if left == 0 or length > MAX_TEXT:
                    warnings.append(_("The workbook is very long; only its first 200,000 rows were read."))
                    break
                line = "\t".join(_shown(value) for value in values).rstrip("\t")
                left -= 1
                length += len(line) + 1
                lines.append(line)
            pages.append(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())
            if warnings:
                break
        drawn = "\n".join(_drawings(archive)).strip()
    if drawn:
        pages.append(drawn)
    return Content(pages, True, warnings, metadata)


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, Problem) and value == NO_VALUE):
        return ""
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, date):
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return re.sub(r"[\t\n\r]+", " ", str(value))


def _edges(archive: zipfile.ZipFile, path: str) -> Iterator[str]:
    """Texts of the page headers and footers, which stand at the end of a sheet's XML."""
    tail = b""
    try:
        with archive.open(path.lstrip("/")) as stream:
            while piece := stream.read(1024 * 1024):
                tail = (tail + piece)[-64 * 1024 :] if len(piece) < 64 * 1024 else piece[-64 * 1024 :]
    except (KeyError, zipfile.BadZipFile, OSError, ValueError):
        return
    for text in _EDGE.findall(tail):
        raw = html.unescape(text.decode("utf-8", "replace"))
        for part in re.split(r"&[LCR]", raw):
            if line := _EDGE_CODE.sub("", part).strip():
                yield line


def _drawings(archive: zipfile.ZipFile) -> Iterator[str]:
    """Lines of text boxes and shapes."""
    for name in archive.namelist()[:2000]:
        if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name):
            words: list[str] = []
            for match in _DRAWN.finditer(files.member(archive, name)):
                if match[1] is not None:
                    words.append(html.unescape(match[1].decode("utf-8", "replace")))
                elif words:
                    yield "".join(words)
                    words = []
