"""The workbook of form A.III.1: what it looks like empty, and what a filled one says. No model, no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from diemtua.kit.dates import DateError, PartialDate, parse_date
from diemtua.kit.numbers import NumberError, parse_number
from diemtua.kit.text import fold
from diemtua.register.tabular import Cell, CellError, Table, write_xlsx

COLUMNS = ("in_quarter", "in_year", "in_all")
# Rows above the numbers: what the report is of. Their value stands in the first column of numbers.
HEADS = ("project_code", "quarter", "rate", "difficulties")


def head_labels() -> dict[str, str]:
    return {
        "project_code": _("Project code"),
        "quarter": _("Quarter"),
        "rate": _("VND for one USD"),
        "difficulties": _("Difficulties"),
    }


def headings() -> list[str]:
    return [
        _("Code"),
        _("What is reported"),
        _("In the quarter"),
        _("Since the beginning of the year"),
        _("Since the certificate"),
    ]


def empty(items: Sequence[tuple[str, str]], code: str = "", quarter: str = "", notes: Sequence[str] = ()) -> bytes:
    """An empty workbook; `items` are the (code, label) of its rows."""
    labels = head_labels()
    known = {"project_code": code, "quarter": quarter}
    rows: list[list[Any]] = [[h, labels[h], known.get(h, ""), "", ""] for h in HEADS]
    rows += [[item, label, None, None, None] for item, label in items]
    return write_xlsx(headings(), rows, "A.III.1", notes)


@dataclass
class Filled:
    """What a filled workbook says, with all that is wrong in it at once."""

    code: str = ""
    quarter: PartialDate | None = None
    rate: Decimal | None = None
    difficulties: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read(table: Table, items: Iterable[tuple[str, Iterable[str]]]) -> Filled:
    """What a table says; `items` are (code, labels) of the rows. Rows are found by their code, else by their label."""
    known: dict[str, str] = {}
    for item, labels in items:
        known[fold(item)] = item
        known |= {fold(label): item for label in labels}
    for head, label in head_labels().items():
        known |= {fold(head): head, fold(label): head}
    found = Filled()
    seen: set[str] = set()
    for number, row in zip(table.numbers, table.rows, strict=True):
        texts = [str(c) if c is not None else "" for c in row[:2]]
        name = next((known[k] for t in texts if (k := fold(t)) in known), None)
        cells: list[Cell] = list(row[2:5]) + [None] * (3 - len(row[2:5]))
        if name is None:
            if any(c is not None for c in cells):
                found.errors.append(
                    _("Row %(row)s: “%(text)s” is no row of the form.") % {"row": number, "text": " ".join(texts)[:60]}
                )
            continue
        if name in seen:
            found.errors.append(_("Row %(row)s: this row stands twice in the workbook.") % {"row": number})
            continue
        seen.add(name)
        if name in HEADS:
            _head(found, name, cells[0], number)
        else:
            values = {c: _number(found, cell, number) for c, cell in zip(COLUMNS, cells, strict=True)}
            if any(v is not None for v in values.values()):
                found.lines.append({"item": name, **values})
    if not found.code:
        found.errors.append(_("The project code is missing in the workbook."))
    if found.quarter is None and not any("quarter" in e for e in found.errors):
        found.errors.append(_("The quarter is missing in the workbook, for example Q2 2026."))
    if not found.lines:
        found.errors.append(_("The workbook has no numbers."))
    return found


def _head(found: Filled, name: str, cell: Cell, number: int) -> None:
    if cell is None:
        return
    if name == "project_code":
        found.code = str(cell).strip()
    elif name == "difficulties":
        found.difficulties = str(cell).strip()[:10_000]
    elif name == "rate":
        found.rate = _number(found, cell, number)
    else:
        try:
            day = parse_date(cell if isinstance(cell, date) else str(cell))
        except DateError as error:
            found.errors.append(_("Row %(row)s: %(error)s") % {"row": number, "error": error})
            return
        if day.precision != "quarter":
            found.errors.append(_("Row %(row)s: give one quarter, for example Q2 2026.") % {"row": number})
        found.quarter = day


def _number(found: Filled, cell: Cell, number: int) -> Decimal | None:
    if cell is None:
        return None
    if isinstance(cell, CellError):
        found.errors.append(_("Row %(row)s: %(error)s") % {"row": number, "error": cell.sentence})
        return None
    if isinstance(cell, Decimal):
        return cell
    try:
        return parse_number(str(cell))
    except NumberError as error:
        found.errors.append(_("Row %(row)s: %(error)s") % {"row": number, "error": error})
        return None


def by_item(lines: Iterable[Any]) -> Mapping[str, Any]:
    """{row: line} of a report."""
    return {line.item: line for line in lines}
