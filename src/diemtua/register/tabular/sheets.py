"""The cells of an XLSX file, row by row, with bounded time and memory."""

import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.worksheet._reader import CELL_TAG, DATA_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser

from .files import MB, Unreadable, broken, locked, member, old_format, open_zip

MAX_EVENTS = 200_000  # XML elements one row may have
NO_VALUE = "#NO_VALUE"  # a formula whose result was never saved
ERRORS = frozenset(
    [
        *("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"),
        *("#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!"),
    ]
)


class Problem(str):
    """What a cell shows instead of a value: an Excel error (#REF!) or NO_VALUE."""


class Sheet(NamedTuple):
    title: str
    visible: bool
    path: str  # of its XML inside the zip
    source: Any  # openpyxl's read-only worksheet


class _Parser(WorkSheetParser):
    """openpyxl's parser, stopping after the cells and telling formulas without a result."""

    def parse(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        events = 0
        for _event, element in ET.iterparse(self.source):
            events += 1
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()
                events = 0
            elif element.tag == DATA_TAG:
                return
            elif events > MAX_EVENTS:
                raise broken()

    def parse_cell(self, element: ET.Element) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None:
            formula = element.tag == CELL_TAG and element.find(FORMULA_TAG) is not None
            if formula and (element.get("t") != "str" or element.find(VALUE_TAG) is None):
                cell["value"] = Problem(NO_VALUE)
        elif cell["data_type"] == "e":
            cell["value"] = Problem(cell["value"])
        return cell


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


def cells(sheet: Sheet) -> Iterator[tuple[int, list[Any]]]:
    """(row number from 1, values from column A) of every row written in the file, empty ones too.

    Values: str, Decimal, date, `Problem` or None; times and days with a time are text ("04/11/2021 14:30"),
    True and False are TRUE and FALSE as Excel shows them. Raises `Unreadable` broken.
    """
    source = sheet.source
    with _mending(), source._get_source() as stream:
        parser = _Parser(
            stream,
            source._shared_strings,
            data_only=True,
            epoch=source.parent.epoch,
            date_formats=source.parent._date_formats,
            timedelta_formats=source.parent._timedelta_formats,
        )
        for number, row in parser.parse():
            values: list[Any] = []
            for cell in row:
                value = cell["value"]
                if value is None:
                    continue
                column = cell["column"]
                if column > len(values):
                    values.extend([None] * (column - len(values)))
                values[column - 1] = value if type(value) is str else _value(value)
            yield number, values


def _value(value: Any) -> str | Decimal | date | None:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(format(value, ".15g"))  # Excel keeps 15 digits; the rest is noise
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date()
        return f"{value.day:02}/{value.month:02}/{value.year:04} {value:%H:%M}"
    if isinstance(value, date):
        return value
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return value if isinstance(value, str) else str(value)


@contextmanager
def _mending() -> Iterator[None]:
    """Whatever the libraries raise on a damaged file becomes one `Unreadable`."""
    try:
        yield
    except (Unreadable, MemoryError, GeneratorExit):
        raise
    except Exception as error:
        raise broken() from error
