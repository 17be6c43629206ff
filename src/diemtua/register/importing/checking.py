"""Everything that is wrong with a table, and what of it is already known, before anything is saved."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from diemtua.kit.text import fold

from .. import access, write
from ..models import Record, User
from ..screens import Screen
from ..tabular import Cell, CellError, Table
from .amounts import Amount, Amounts
from .columns import TAGS, Column, columns, is_ordinal, missing_columns
from .values import Reader, Unknown, Values, Wrong, text_of

Progress = Callable[[int, int], None]
IN_QUERY = 5000
KEPT = 10_000  # rows up to which what was made for checking is kept for saving


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles of garbage: among so many new rows it costs a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass(frozen=True)
class Problem:
    """One thing wrong: the row's number in the sheet, the column's heading, what was given, what to do."""

    row: int
    column: str
    given: str
    sentence: str


@dataclass(frozen=True)
class Existing:
    """A record that the row seems to be: same title, and no field of `screen.identity` against it."""

    pk: int
    editable: bool


@dataclass
class Row:
    """One row: its number in the sheet, its cells as they came, and either a draft or problems."""

    number: int
    cells: list[Cell]
    draft: write.Draft
    problems: list[Problem] = field(default_factory=list)
    existing: Existing | None = None
    # The number of an earlier row of the same file that says the same.
    twin: int | None = None


@dataclass(frozen=True)
class NewName:
    """A name that no record has, of a kind that an import may enter first (`Screen.import_enters`).

    `fields`: what the record would be entered with; `rows`: how many rows name it, `first` the number of the first.
    """

    name: str
    kind: str
    fields: Mapping[str, Any]
    rows: int
    first: int


@dataclass
class Checked:
    """What an import would do. `rows` are all rows of the table, wrong ones too."""

    screen: Screen
    table: Table
    mapping: dict[int, str]
    rows: list[Row]
    warnings: list[str]
    missing: list[Column]
    unknown: list[NewName] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return [p for row in self.rows for p in row.problems]

    @property
    def drafts(self) -> list[write.Draft]:
        """Drafts of the rows that are right."""
        return [row.draft for row in self.valid]

    @property
    def valid(self) -> list[Row]:
        return [] if self.missing else [row for row in self.rows if not row.problems]

    @property
    def failed(self) -> list[Row]:
        return self.rows if self.missing else [row for row in self.rows if row.problems]

    @property
    def new(self) -> list[Row]:
        return [row for row in self.valid if row.existing is None and row.twin is None]

    @property
    def existing(self) -> list[Row]:
        """Right rows that equal a record of the register or an earlier row of the file."""
        return [row for row in self.valid if row.existing is not None or row.twin is not None]

    @property
    def frequent(self) -> list[tuple[str, str, int, int]]:
        """(column, sentence, how many, first row) of what is wrong, the most frequent first."""
        counts = Counter((p.column, p.sentence) for p in self.errors)
        first: dict[tuple[str, str], int] = {}
        for p in self.errors:
            first.setdefault((p.column, p.sentence), p.row)
        return [(*key, n, first[key]) for key, n in counts.most_common()]

    @property
    def left_out(self) -> list[str]:
        """Headings of columns that no field takes, though something stands in them."""
        return [h for i, h in enumerate(self.table.headers) if h and i not in self.mapping and not is_ordinal(h)]


@uncollected()
def check(
    screen: Screen,
    table: Table,
    mapping: Mapping[int, str],
    actor: User | None,
    *,
    fixed: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Read and validate every row; saves nothing. `mapping`: {column index: code}; `fixed`: {code: text}
    for columns that the file does not have, the same for all rows.

    Only records that `actor` may see are named, found equal, or taken for a link.
    """
    access.require(access.may_create(actor))
    known = columns(screen)
    fixed = {code: text for code, text in (fixed or {}).items() if text and code in known}
    used = {i: code for i, code in mapping.items() if code in known and i < len(table.headers)}
    at = {code: i for i, code in used.items()}
    missing = missing_columns(screen, used, fixed)
    reader = Reader(screen, actor, _rows_of_titles(table, at))
    values = {c: reader.column(known[c], (cells[i] for cells in table.rows)) for c, i in at.items()}
    fixed_values = {c: reader.column(known[c], [t])[t] for c, t in fixed.items() if c not in at}
    amounts = Amounts(screen, table.headers, at, fixed)
    for code in amounts.of:
        values[code] = amounts.read(code, values[code])
    fixed_values |= amounts.agreed
    fixed = fixed | amounts.agreed
    start = {"unit": actor.unit_id} if actor is not None and actor.unit_id else {}
    rows: list[Row] = []
    validate = write.validator(screen, keep=len(table.rows) <= KEPT)
    for number, cells in zip(table.numbers, table.rows, strict=True):
        row = Row(number, cells, write.Draft(dict(start)))
        for code, value in fixed_values.items():
            _put(row, known[code], value, fixed[code])
        named: dict[str, Amount] = {}
        for code, i in at.items():
            cell = cells[i]
            if cell is None:
                if code == "unit":
                    row.draft.fields["unit"] = None
                elif known[code].required and code not in fixed:
                    row.problems.append(Problem(number, known[code].heading, "", _("This must be filled in.")))
                continue
            value = values[code][cell]
            if isinstance(value, Amount):
                named[code] = value
                value = value.number
            _put(row, known[code], value, cell)
        for code, sentence in amounts.settle(cells, row.draft.fields, named):
            row.problems.append(Problem(number, known[code].heading, given(cells[at[code]]), sentence))
        if not row.problems and not missing:
            try:
                validate(row.draft, actor)
            except ValidationError as error:
                row.problems += _problems(row, error, known, at)
        rows.append(row)
        if progress and len(rows) % 500 == 0:
            progress(len(rows), len(table.rows))
    checked = Checked(
        screen, table, dict(mapping), rows, [*map(str, table.warnings), *reader.warnings, *amounts.warnings()], missing
    )
    checked.unknown = _unknown(screen, at, table, values)
    _find_existing(checked, actor)
    _together(checked, known, at, actor)
    if progress:
        progress(len(rows), len(rows))
    return checked


def _rows_of_titles(table: Table, at: Mapping[str, int]) -> dict[str, int]:
    """{folded title: number of the first row that has it}."""
    found: dict[str, int] = {}
    if (i := at.get("title")) is not None:
        for number, cells in zip(table.numbers, table.rows, strict=True):
            if isinstance(cells[i], str):
                found.setdefault(fold(cells[i])[:500], number)  # type: ignore[arg-type]
    return found


def _unknown(screen: Screen, at: Mapping[str, int], table: Table, values: Mapping[str, Values]) -> list[NewName]:
    """The names that rows give to records which are not there yet, in the order of the file.

    What the rows say of such a record is taken over where all rows that name it agree.
    """
    found: dict[tuple[str, str], NewName] = {}
    for code, how in screen.import_enters.items():
        if code not in at or not any(isinstance(v, Unknown) for v in values[code].values()):
            continue
        related: Any = screen.own_fields[code].related_model
        kind = str(related._meta.model_name)
        told: dict[tuple[str, str], list[tuple[int, str, list[Cell]]]] = defaultdict(list)
        for number, cells in zip(table.numbers, table.rows, strict=True):
            if (cell := cells[at[code]]) is not None and isinstance(values[code][cell], Unknown):
                told[kind, fold(text_of(cell))].append((number, text_of(cell), cells))
        for key, rows in told.items():
            fields = dict(how.fields)
            for name in how.taken:
                said = {values[name][c] for _n, _t, cells in rows if name in at and (c := cells[at[name]]) is not None}
                if len(said) == 1 and not isinstance(one := said.pop(), Wrong):
                    fields[name] = one
            number, text, _cells = rows[0]
            before = found.get(key)
            found[key] = NewName(
                before.name if before else " ".join(text.split()),
                kind,
                {**(before.fields if before else {}), **fields},
                len(rows) + (before.rows if before else 0),
                min(number, before.first) if before else number,
            )
    return list(found.values())


def _put(row: Row, column: Column, value: Any, cell: Cell) -> None:
    if isinstance(value, Wrong):
        row.problems.append(Problem(row.number, column.heading, given(cell), str(value)))
    elif column.code == TAGS:
        row.draft.tags = value
    elif column.child is not None:
        row.draft.children[column.code] = [dict(v) for v in value]
    else:
        row.draft.fields[column.code] = value


def _together(checked: Checked, known: Mapping[str, Column], at: Mapping[str, int], actor: User | None) -> None:
    """Add what is wrong with the new rows beside each other and beside the register."""
    new = checked.new
    for place, found in checked.screen.wrong_together([row.draft for row in new], actor).items():
        new[place].problems += _problems(new[place], ValidationError(dict(found)), known, at)


def given(cell: Cell) -> str:
    """What stood in the cell, at most 120 letters of it."""
    text = "" if cell is None else cell.raw if isinstance(cell, CellError) else text_of(cell)
    return text if len(text) <= 120 else text[:119] + "…"


def _problems(
    row: Row, error: ValidationError, known: Mapping[str, Column], at: Mapping[str, int]
) -> Iterator[Problem]:
    """Sentences of `write`, beside the columns they are about."""
    found = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    for name, sentences in found.items():
        column = known.get(name)
        cell = row.cells[at[name]] if name in at else None
        for sentence in sentences:
            yield Problem(row.number, column.heading if column else "", given(cell), str(sentence))


# --- what is known already ------------------------------------------------------------------------


def identity_fields(screen: Screen) -> list[str]:
    return [n for n in screen.identity if n in screen.own_fields]


def _find_existing(checked: Checked, actor: User | None) -> None:
    """Mark the rows that equal a record, or an earlier row of the same file."""
    screen = checked.screen
    names = identity_fields(screen)
    keys: dict[int, str] = {}
    for row in checked.valid:
        keys[row.number] = fold(str(row.draft.fields.get("title", "")))[:500]
    stand: dict[str, list[tuple[tuple[Any, ...], Existing]]] = defaultdict(list)
    wanted = sorted(set(keys.values()))
    attnames = [screen.own_fields[n].attname for n in names]
    seen = screen.model._default_manager.filter(record__archived_at=None)
    if actor is not None:
        seen = seen.visible_to(actor)
    for start in range(0, len(wanted), IN_QUERY):
        found = seen.filter(record__title_key__in=wanted[start : start + IN_QUERY]).order_by("pk")
        for pk, key, level, unit, *identity in found.values_list(
            "pk", "record__title_key", "record__access", "record__unit_id", *attnames
        ):
            editable = access.may_edit(actor, Record(pk=pk, access=level, unit_id=unit))
            stand[key].append((tuple(map(write.to_stored, identity)), Existing(pk, editable)))
    earlier: dict[str, list[tuple[tuple[Any, ...], int]]] = defaultdict(list)
    for row in checked.valid:
        key = keys[row.number]
        own = tuple(write.to_stored(row.draft.fields.get(n)) for n in names)
        row.existing = next((e for identity, e in stand.get(key, ()) if _same(identity, own)), None)
        row.twin = next((n for identity, n in earlier.get(key, ()) if _same(identity, own)), None)
        earlier[key].append((own, row.number))


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(a == b or a in (None, "") or b in (None, "") for a, b in zip(one, other, strict=True))
