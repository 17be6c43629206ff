"""A spreadsheet upload as one table: XLSX or CSV, title lines above it, every cell accounted for."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diemtua.kit.text import fold

from . import files
from .files import Sentence, Source, Unreadable
from .writing import unguard
from .wrong import ERRORS, NO_VALUE, Problem

MAX_BYTES = 50 * files.MB
MAX_ROWS = 50_000
MAX_COLUMNS = 300
MAX_GAP = 10_000  # empty rows after which the rest of a sheet is not read
_SEARCHED = 40  # filled rows among which the headings are looked for
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell with no usable value. `code`: formula_without_value, or formula_error (shown in `raw`)."""

    code: str
    raw: str
    sentence: Sentence

    def __str__(self) -> str:
        return self.raw


Cell = str | Decimal | date | CellError | None
"""Text is NFC and trimmed, never empty; `date` is never a `datetime` (see `sheets.cells`)."""


@dataclass(frozen=True)
class Table:
    """One table. Every row is as long as `headers`; wholly empty rows are left out."""

    headers: list[str]  # "" where a column has values but no heading; two storeys: "Thời gian / Bắt đầu"
    rows: list[list[Cell]]
    numbers: list[int]  # of each row, its number in the sheet (from 1) as Excel shows it
    header_row: int  # number of the (last) row of headings
    sheet: str  # "" for CSV
    kind: str  # xlsx or csv
    sha256: str
    warnings: list[Sentence] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)  # titles of all visible sheets

    def errors(self) -> Iterator[tuple[int, int, CellError]]:
        """(row number in the sheet, column index from 0, error) of every cell in error."""
        for number, row in zip(self.numbers, self.rows, strict=True):
            for column, cell in enumerate(row):
                if isinstance(cell, CellError):
                    yield number, column, cell


def read_table(
    source: Source,
    name: str,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    known: Iterable[str] = (),
) -> Table:
    """The table in an uploaded XLSX or CSV file (bytes or path); the content decides which it is.

    `sheet`: the title to read, else the first visible sheet that is not empty. `header_row`: its number
    when the officer says it, else found: the row that matches most `known` headings, or the first one
    that looks like headings, below title lines. A row of column numbers under it is left out.
    Raises `Unreadable`: all of `files.sniff`, wrong_kind, too_big (50 MB), too_many_rows (50,000),
    too_many_columns (300), no_table.
    """
    data = files.load(source, MAX_BYTES)
    kind = files.sniff(data, name)
    if kind not in ("xlsx", "txt"):
        raise Unreadable(
            "wrong_kind",
            format_lazy(
                _("The content of this file is {kind}, not a spreadsheet. Please open it in Excel, "
                  "save it as .xlsx, and send that."),
                kind=kind.upper(),
            ),
        )  # fmt: skip
    warnings: list[Sentence] = []
    if lie := files.lying_name_warning(name, kind):
        warnings.append(lie)
    titles: list[str] = []
    title = ""
    if kind == "xlsx":
        numbered, title, titles = _xlsx(data, sheet, warnings)
    else:
        numbered = _csv(data, warnings)
    return _table(
        numbered,
        header_row,
        known,
        warnings,
        sheet=title,
        sheets=titles,
        kind="xlsx" if kind == "xlsx" else "csv",
        sha256=files.sha256(data),
    )


Numbered = list[tuple[int, list[Any]]]


def _xlsx(data: bytes, wanted: str | None, warnings: list[Sentence]) -> tuple[Numbered, str, list[str]]:
    from . import sheets  # brings openpyxl and numpy, which most processes never need

    with sheets.workbook(data) as (all_sheets, archive):
        if files.has_macros(archive):
            warnings.append(_("The file contains macros. They were not run, and only its values were read."))
        visible = [sheet for sheet in all_sheets if sheet.visible] or all_sheets
        titles = [sheet.title for sheet in visible]
        if wanted is not None:
            visible = [sheet for sheet in all_sheets if sheet.title == wanted]
        for sheet in visible:
            numbered = _filled(sheets.cells(sheet), warnings)
            if numbered:
                others = [t for t in titles if t not in (sheet.title, gettext("Notes"))]
                if others and wanted is None:
                    warnings.append(
                        format_lazy(
                            _("The workbook has {count} sheets; only “{title}” was read."),
                            count=len(others) + 1,
                            title=sheet.title,
                        )
                    )
                return numbered, sheet.title, titles
    raise _no_table()


def _filled(rows: Iterable[tuple[int, list[Any]]], warnings: list[Sentence]) -> Numbered:
    """The rows that hold something, cleaned and counted."""
    kept: Numbered = []
    last = None
    for number, values in rows:
        cleaned = [_clean(value) for value in values]
        while cleaned and cleaned[-1] is None:
            cleaned.pop()
        if not cleaned:
            if last is not None and number - last > MAX_GAP:
                warnings.append(
                    format_lazy(
                        _("Only rows up to {row} were read: the {gap} rows below it are empty."),
                        row=last,
                        gap=MAX_GAP,
                    )
                )
                break
            last = number if last is None else last
            continue
        if len(cleaned) > MAX_COLUMNS:
            raise Unreadable(
                "too_many_columns",
                format_lazy(
                    _("The table has more than {limit} columns. Please keep only the columns to import."),
                    limit=MAX_COLUMNS,
                ),
            )
        if len(kept) >= MAX_ROWS + _SEARCHED:
            raise _too_many_rows()
        kept.append((number, cleaned))
        last = number
    return kept


def _clean(value: Any) -> Cell:
    if type(value) is str:
        text = unicodedata.normalize("NFC", value).strip()
        if text in ERRORS:
            return _error(text)
        return unguard(text).strip() or None
    if isinstance(value, Problem):
        return _error(value)
    if isinstance(value, str):
        return _clean(str(value))
    return value


def _error(raw: str) -> CellError:
    if raw == NO_VALUE:
        return CellError(
            "formula_without_value",
            "",
            _("The formula in this cell has no saved result. Please open the file in Excel, save it, "
              "and send it again, or type the value."),
        )  # fmt: skip
    return CellError(
        "formula_error",
        str(raw),
        format_lazy(_("The cell shows the error {error}. Please correct the formula or type the value."), error=raw),
    )


def _csv(data: bytes, warnings: list[Sentence]) -> Numbered:
    decoded = files.decode(data)
    warnings.extend(decoded.warnings)
    text = decoded.text
    start = 0
    if hint := re.match(r'"?sep=([,;\t|])"?\r?\n', text):  # what Excel itself writes and obeys
        delimiter, start = hint[1], hint.end()
    else:
        delimiter = _delimiter(text[: 64 * 1024])

    def records() -> Iterator[tuple[int, list[Any]]]:
        stream = io.StringIO(text, newline="")
        stream.seek(start)
        reader = csv.reader(stream, delimiter=delimiter)
        number = shift = 1 if start else 0
        while True:
            number = reader.line_num + shift + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Unreadable(
                    "broken",
                    format_lazy(
                        _("Row {row} cannot be read: a quotation mark may not be closed. "
                          "Please correct it and send the file again."),
                        row=number,
                    ),
                ) from error  # fmt: skip
            yield number, list(row)

    numbered = _filled(records(), warnings)
    if not numbered:
        raise _no_table()
    return numbered


def _delimiter(sample: str) -> str:
    """The sign that cuts most rows into the same number (more than one) of cells."""

    def score(delimiter: str) -> tuple[float, int]:
        try:
            rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), 60))
        except csv.Error:
            return 0.0, 0
        widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
        cut = {width: count for width, count in widths.items() if width > 1}
        if not cut:
            return 0.0, 0
        width, count = max(cut.items(), key=lambda item: (item[1], item[0]))
        return round(count / sum(widths.values()), 1), width

    return max(_DELIMITERS, key=score)


_NOT_HEADINGS = re.compile(
    r"cong hoa xa hoi chu nghia|doc lap.{1,5}tu do|^(uy ban nhan dan|ubnd)\b"
    r"|^(phu luc|bieu so|mau so|don vi tinh|dvt)\b"
    r"|ngay .{1,12} thang .{1,8} nam|^\(?kem theo"
)
_ORDINAL = frozenset(["stt", "tt", "so tt", "so thu tu", "no", "no."])


def _table(
    numbered: Numbered,
    header_row: int | None,
    known: Iterable[str],
    warnings: list[Sentence],
    **facts: Any,
) -> Table:
    at = _header_index(numbered, header_row, known)
    names = _headings(numbered[at][1])
    body = at + 1
    found = numbered[at][0]
    two = _two_storeys(numbered[at][1], numbered[body][1]) if body < len(numbered) else None
    if header_row is None and two:
        warnings.append(
            format_lazy(
                _("The headings were read from rows {first} and {second} together."),
                first=found,
                second=numbered[body][0],
            )
        )
        names, found, body = two, numbered[body][0], body + 1
    if body < len(numbered) and _counts_columns(numbered[body][1]):
        warnings.append(
            format_lazy(
                _("Row {row} only numbers the columns and was left out."), row=numbered[body][0]
            )
        )  # fmt: skip
        body += 1
    rest = numbered[body:]
    if len(rest) > MAX_ROWS:
        raise _too_many_rows()
    from openpyxl.utils import get_column_letter

    width = max([len(names), *(len(row) for _number, row in rest)])
    names += [""] * (width - len(names))
    for column, heading in enumerate(names):
        if not heading and any(column < len(row) and row[column] is not None for _number, row in rest):
            warnings.append(
                format_lazy(
                    _("Column {column} has values but no heading."), column=get_column_letter(column + 1)
                )
            )  # fmt: skip
    return Table(
        headers=names,
        rows=[row + [None] * (width - len(row)) for _number, row in rest],
        numbers=[number for number, _row in rest],
        header_row=found,
        warnings=warnings,
        **facts,
    )


def _header_index(numbered: Numbered, wanted: int | None, known: Iterable[str]) -> int:
    """Index of the row of headings in `numbered`. Raises `Unreadable` no_table."""
    if wanted is not None:
        for index, (number, _row) in enumerate(numbered):
            if number == wanted:
                return index
        raise _no_table()
    searched = [[fold(c) if isinstance(c, str) else c for c in row] for _number, row in numbered[:_SEARCHED]]
    accepted = {fold(name) for name in known}
    if accepted:
        hits = [len(accepted.intersection(c for c in row if isinstance(c, str))) for row in searched]
        if max(hits) >= min(2, len(accepted)):
            return hits.index(max(hits))
    widest = max(sum(cell is not None for cell in row) for row in searched)
    for index, row in enumerate(searched):
        texts = [cell for cell in row if cell is not None]
        if not all(isinstance(cell, str) and len(cell) <= 150 for cell in texts):
            continue
        # A title line has few cells; among many, "Đơn vị tính" is a column.
        if len(texts) <= 3 and any(_NOT_HEADINGS.search(cell) for cell in texts):
            continue
        if texts[0] in _ORDINAL and len(texts) > 1:
            return index
        if len(texts) >= 0.6 * widest and (len(texts) > 1 or widest == 1):
            return index
    raise _no_table()


def _headings(row: Sequence[Cell]) -> list[str]:
    return [" ".join(str(cell).split()) if cell is not None else "" for cell in row]


def _two_storeys(top: Sequence[Cell], below: Sequence[Cell]) -> list[str] | None:
    """Headings of two rows where a merged heading ("Thời gian") stands over several ("Bắt đầu", "Kết thúc").

    Only when the lower row is text, fills every gap of the upper one and leaves its first column empty.
    """
    width = max(len(top), len(below))
    upper = [*top, *[None] * (width - len(top))]
    lower = [*below, *[None] * (width - len(below))]
    gaps = [column for column in range(width) if upper[column] is None]
    filled = [column for column in range(width) if lower[column] is not None]
    if not gaps or lower[0] is not None or upper[0] is None:
        return None
    if not all(isinstance(lower[column], str) for column in filled) or not set(gaps) <= set(filled):
        return None
    if any(column not in gaps and column + 1 not in gaps for column in filled):
        return None  # a value under a heading of its own: this is data
    names, group = [], ""
    for above, under in zip(_headings(upper), _headings(lower), strict=True):
        group = above or group
        names.append(f"{group} / {under}" if under else above)
    return names


def _counts_columns(row: Sequence[Cell]) -> bool:
    """Whether a row is only (1) (2) (3), 1 2 3 or A B 1 2 3 = 1 + 2 under the headings."""
    signs = [str(cell).strip("()[] ").upper() for cell in row if cell is not None]
    if len(signs) < 3 or len(signs) < len(row):
        return False
    letters = 0
    while letters < len(signs) and signs[letters] == "ABCDEFGH"[letters : letters + 1]:
        letters += 1
    counted = signs[letters:]
    return bool(counted) and all(
        re.fullmatch(rf"{number}(\s*=[\d\s+\-*/x:()]+)?", sign) for number, sign in enumerate(counted, start=1)
    )


def _too_many_rows() -> Unreadable:
    return Unreadable(
        "too_many_rows",
        format_lazy(_("The table has more than {limit} rows. Please split it into several files."), limit=MAX_ROWS),
    )


def _no_table() -> Unreadable:
    return Unreadable(
        "no_table",
        _("No table was found. Please put the headings in one row, with the data right below it."),
    )
