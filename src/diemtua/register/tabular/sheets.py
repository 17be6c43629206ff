"""The cells of an XLSX file, row by row, with bounded time and memory."""

import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.worksheet._reader import CELL_TAG, DATA_TAG, FORMULA_TAG, INLINE_STRING, ROW_TAG, VALUE_TAG
from openpyxl.xml.constants import SHEET_MAIN_NS

from .files import MB, Unreadable, broken, locked, member, old_format, open_zip
from .wrong import NO_VALUE, Problem

MAX_EVENTS = 200_000  # XML elements one row may have

Value = str | Decimal | date | None  # of str also `Problem`; a date is never a datetime
_T, _R = f"{{{SHEET_MAIN_NS}}}t", f"{{{SHEET_MAIN_NS}}}r"


class Sheet(NamedTuple):
    title: str
    visible: bool
    path: str  # of its XML inside the zip
    source: Any  # openpyxl's read-only worksheet


@contextmanager
def workbook(data: bytes) -> Iterator[tuple[list[Sheet], zipfile.ZipFile]]:
    """The sheets of an XLSX file in their order. Raises `Unreadable` broken, bomb, locked, unsupported."""
    with open_zip(data) as archive:
        names = set(archive.namelist())
        if "EncryptedPackage" in names:
            raise locked()
        for info in archive.infolist():
            heavy = info.filename.startswith("xl/worksheets/") or info.filename.endswith("sharedStrings.xml")
            if info.filename.endswith((".xml", ".rels")) and not heavy and info.file_size > 16 * MB:
                raise broken()
        if b"purl.oclc.org/ooxml" in member(archive, "xl/workbook.xml"):
            raise old_format(".xlsx")
        with _mending():
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            yield (
                [
                    Sheet(sheet.title, sheet.sheet_state == "visible", sheet._worksheet_path, sheet)
                    for sheet in book.worksheets
                ],
                archive,
            )
        finally:
            book.close()


def cells(sheet: Sheet) -> Iterator[tuple[int, list[Value]]]:
    """(row number from 1, values from column A) of every row written in the file, empty ones too.

    Times and days with a time are text ("04/11/2021 14:30"), True and False are TRUE and FALSE as Excel
    shows them. Reading stops after the cells, which is twice as fast as openpyxl's own rows and
    knows a formula without a result from an empty cell. Raises `Unreadable` broken.
    """
    book = sheet.source.parent
    with _mending(), sheet.source._get_source() as stream:
        reader = _CellReader(sheet.source._shared_strings, book)
        number = events = 0
        for _event, element in ET.iterparse(stream):
            events += 1
            if element.tag == ROW_TAG:
                number = int(float(element.get("r") or number + 1))
                yield number, reader.row(element)
                element.clear()
                events = 0
            elif element.tag == DATA_TAG:
                return
            elif events > MAX_EVENTS:
                raise broken()


class _CellReader:
    def __init__(self, strings: list[str], book: Any) -> None:
        self.strings = strings
        self.epoch = book.epoch
        self.dates = {str(style) for style in book._date_formats}
        self.spans = {str(style) for style in book._timedelta_formats}
        self.columns: dict[str, int] = {}

    def row(self, row: ET.Element) -> list[Value]:
        values: list[Value] = []
        column = 0
        for cell in row:
            if cell.tag != CELL_TAG:
                continue
            place = cell.get("r")
            if place:
                letters = place.rstrip("0123456789")
                column = self.columns.get(letters) or self.columns.setdefault(
                    letters, column_index_from_string(letters)
                )
            else:
                column += 1
            value = self.value(cell)
            if value is not None:
                if column > len(values):
                    values.extend([None] * (column - len(values)))
                values[column - 1] = value
        return values

    def value(self, cell: ET.Element) -> Value:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(INLINE_STRING)
            return None if inline is None else _inline(inline)
        raw = None
        formula = False
        for child in cell:
            if child.tag == VALUE_TAG:
                raw = child.text or ""
            elif child.tag == FORMULA_TAG:
                formula = True
        if not raw:
            return Problem(NO_VALUE) if formula and (kind != "str" or raw is None) else None
        if kind == "s":
            return self.strings[int(raw)]
        if kind == "n":
            return self.number(raw, cell.get("s", ""))
        if kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if kind == "e":
            return Problem(raw)
        return _shown(from_ISO8601(raw)) if kind == "d" else raw

    def number(self, raw: str, style: str) -> Value:
        if style in self.dates:
            try:
                return _shown(from_excel(float(raw), self.epoch, timedelta=style in self.spans))
            except (OverflowError, ValueError):
                return Problem("#VALUE!")
        if raw.isdecimal() and len(raw) <= 15:
            return Decimal(raw)
        number = float(raw)
        return Decimal(format(number, ".15g")) if isfinite(number) else Problem("#NUM!")  # Excel keeps 15 digits


def _inline(inline: ET.Element) -> str:
    """The text of an inline string in one run or several, without reading aids."""
    first = inline[0] if len(inline) == 1 else None
    if first is not None and first.tag == _T:
        return first.text or ""
    return "".join(
        text.text or ""
        for part in inline
        if part.tag in (_T, _R)
        for text in ([part] if part.tag == _T else part.findall(_T))
    )


def _shown(value: Any) -> Value:
    """A moment as a day, or as text when there is an hour in it."""
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date()
        return f"{value.day:02}/{value.month:02}/{value.year:04} {value:%H:%M}"
    if isinstance(value, date):
        return value
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


@contextmanager
def _mending() -> Iterator[None]:
    """Whatever the libraries raise on a damaged file becomes one `Unreadable`."""
    try:
        yield
    except (Unreadable, MemoryError, GeneratorExit):
        raise
    except Exception as error:
        raise broken() from error
