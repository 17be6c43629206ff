"""Tables as files: CSV and XLSX that hold what was put in and run nothing when opened."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

from django.utils.translation import gettext

# What a spreadsheet program takes for a formula, also in its wide forms and after apostrophes or blanks.
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
_GUARDED = re.compile(r"'+(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767  # letters an Excel cell holds
_SAMPLE = 200  # rows looked at for column widths


def guard(text: str) -> str:
    """`text` with an apostrophe before it when a spreadsheet program would take it for a formula."""
    return "'" + text if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """The text `guard` was given."""
    return text[1:] if _GUARDED.match(text) else text


def write_csv(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    delimiter: str = ",",
    numbers: Callable[[Any], str] | None = None,
) -> Iterator[bytes]:
    """CSV in pieces: UTF-8 with byte order mark, CRLF, dates dd/mm/yyyy, numbers with a decimal point, or
    as `numbers` writes them.

    Text that looks like a formula gets a leading apostrophe (`read_table` takes it off again); real
    numbers do not. Three decimals get a zero more (1.234 → 1.2340), so that nobody reads a thousand.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    for row in chain([headers], rows):
        writer.writerow([_csv_cell(value, numbers) for value in row])
        if buffer.tell() > 64 * 1024:
            yield _drain(buffer)
    yield _drain(buffer)


def write_xlsx(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    sheet_name: str,
    notes: Sequence[str] = (),
    out: IO[bytes] | None = None,
) -> bytes:
    """A workbook with one table (headings bold, frozen, filtered) and `notes` as lines of a second sheet.

    Text stays text: never a formula, never a link. Dates are dates shown dd/mm/yyyy (those before 1900,
    which Excel does not know, are text), numbers are numbers (those of more than 15 digits are text, so
    that no digit is lost), True and False are themselves. A text over 32,767 letters is cut, ending in "…".
    With `out` it is written there and nothing is returned. Raises ValueError above 1,048,575 rows.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer if out is None else out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    heading = book.add_format(
        {"bold": True, "bg_color": "#E7EEF7", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    )
    formats = {
        "date": book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
        "time": book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left"}),
    }
    title = _sheet_name(sheet_name)
    sheet = book.add_worksheet(title)
    remaining = iter(rows)
    sample = list(islice(remaining, _SAMPLE))
    for column, width in enumerate(_widths(headers, sample)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(headers):
        sheet.write_string(0, column, _text(name), heading)
    last = 0
    for last, row in enumerate(chain(sample, remaining), start=1):
        if last > 1_048_575:
            raise ValueError("a sheet holds 1,048,575 rows below its headings")
        for column, value in enumerate(row):
            _xlsx_cell(sheet, last, column, value, formats)
    if headers:
        sheet.autofilter(0, 0, last, len(headers) - 1)
    if notes:
        name = gettext("Notes")
        second = book.add_worksheet(name if name.lower() != title.lower() else name + " 2")
        second.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
        for number, line in enumerate(notes):
            second.write_string(number, 0, _text(line))
    book.close()
    return buffer.getvalue()


def plain_number(value: int | float | Decimal) -> str:
    """Digits with a decimal point, never an exponent: 1E+3 → 1000."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    return format(number, "f") if number.is_finite() else ""


def _drain(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data


def csv_line(values: Sequence[Any], delimiter: str = ",") -> bytes:
    """One line, for a title above the headings."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerow([_csv_cell(v) for v in values])
    return _drain(buffer)


def _csv_cell(value: Any, numbers: Callable[[Any], str] | None = None) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        if numbers is not None:
            return numbers(value)
        digits = plain_number(value)
        return digits + "0" if re.fullmatch(r"-?\d+\.\d{3}", digits) else digits
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M") if value.year >= 1000 else value.isoformat()
    if isinstance(value, date):
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return guard(_ILLEGAL.sub("", str(value)))


def _xlsx_cell(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float, Decimal)):
        digits = plain_number(value)
        if len(digits.replace(".", "").lstrip("-0")) <= 15 and digits:
            sheet.write_number(row, column, value)
        else:
            sheet.write_string(row, column, digits)
    elif isinstance(value, datetime) and value.year >= 1900:
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["time"])
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, date):
        sheet.write_string(row, column, f"{value.day:02}/{value.month:02}/{value.year:04}")
    elif text := _text(value):
        sheet.write_string(row, column, "'" + text if _GUARDED.match(text) else text)


def _text(value: Any) -> str:
    text = _ILLEGAL.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _sheet_name(name: str) -> str:
    """At most 31 letters, without the signs Excel forbids."""
    clean = re.sub(r"[\[\]:*?/\\]", " ", _text(name)).replace("\n", " ").strip(" '")[:31].strip(" '")
    return clean if clean and clean.lower() != "history" else "Sheet1"


def _widths(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[float]:
    """Widths in letters, 8 to 60: of the longest line among the headings and the first rows."""
    widths = []
    for column, name in enumerate(headers):
        longest = min(len(str(name)), 24) + 3
        for row in rows:
            value = row[column] if column < len(row) else None
            if isinstance(value, datetime):
                longest = max(longest, 16)
            elif isinstance(value, date):
                longest = max(longest, 11)
            elif value is not None:
                longest = max(longest, *(len(line) + 1 for line in str(value)[:500].split("\n")))
        widths.append(float(min(max(longest, 8), 60)))
    return widths
