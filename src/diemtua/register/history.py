"""Changes as people read them: what was changed from what to what, with names instead of numbers.

A `Reader` is told of all values first (`gather`), then resolves their keys in one query a table; records
the reader may not see have no name and count as nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from .actions import EVIDENCE_FIELDS, FIGURE_FIELDS
from .bundle import Part, fetch
from .desk.display import plain
from .desk.services import measure_label
from .models import Change, Evidence, Figure, Note, Record, Recorded, User
from .screens import RECORD_FIELDS, ChildSet, Screen

PAGE = 30
LONGEST = 160  # letters of a value that are shown
MOST_PROOFS = 3  # passages of one change that are shown before they are folded
MOST_ROWS = 12  # rows of a child set that are shown one by one
UNDOABLE = {Change.Verb.CREATE, Change.Verb.EDIT, Change.Verb.UNDO, Change.Verb.ARCHIVE, Change.Verb.RESTORE}
# Things that are part of no form, by the word before the colon of a diff's key.
PARTS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "figure": (Figure, FIGURE_FIELDS),
    "evidence": (Evidence, EVIDENCE_FIELDS),
}


def show_part(part: str, model: type[models.Model], fields: tuple[str, ...]) -> None:
    """Let the history show what a higher room keeps beside its records: these fields of a stored row."""
    PARTS[part] = (model, fields)


@dataclass
class Line:
    """One field of a change: `before` and `after` as text ("" is nothing)."""

    label: Any
    before: str = ""
    after: str = ""
    rows: list[RowLine] = field(default_factory=list)
    more: int = 0


@dataclass
class RowLine:
    """One row of a child set: added, removed or changed, in words."""

    what: str
    text: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Entry:
    """One point of the timeline: a change with its lines, or a note."""

    at: Any
    who: str
    verb: str
    tone: str
    change: Change | None = None
    note: Note | None = None
    lines: list[Line] = field(default_factory=list)
    undone: Change | None = None
    may_undo: bool = False

    @property
    def folded(self) -> bool:
        """Whether the lines are many and all new, so that they are better asked for."""
        if self.change is None:
            return False
        proof = self.change.verb == Change.Verb.EVIDENCE and len(self.lines) > MOST_PROOFS
        return proof or self.change.verb == Change.Verb.CREATE


class Names:
    """What keys point at, for one person: all that is wanted is read together, in one query for all tables."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._wanted: dict[type[models.Model], set[Any]] = {}
        self._rows: dict[type[models.Model], dict[Any, models.Model]] = {}

    def want(self, f: Any, stored: Any) -> None:
        """Note a key of a field; the next one asked for resolves them all."""
        table = _table(f)
        if stored not in self._rows.get(table, ()):
            self._wanted.setdefault(table, set()).add(stored)

    def know(self, record: Record) -> None:
        """A record that is in hand already and may be named."""
        self._rows.setdefault(Record, {})[record.pk] = record

    def row(self, f: Any, stored: Any) -> models.Model | None:
        """The row a key points at: of a record of any kind its title; None when it is gone or hidden."""
        if wanted := {model: keys for model, keys in self._wanted.items() if keys}:
            found = fetch(self._part(model, keys) for model, keys in wanted.items())
            for model, rows in zip(wanted, found, strict=True):
                self._rows.setdefault(model, {}).update({row.pk: row for row in rows})
        self._wanted.clear()
        return self._rows.get(_table(f), {}).get(stored)

    def _part(self, model: type[models.Model], keys: set[Any]) -> Part:
        if model is Record:
            return Part(Record.objects.visible_to(self.user).filter(pk__in=keys), ("id", "title"))
        return Part(model._default_manager.filter(pk__in=keys))


class Reader:
    """Reads stored values of one kind for one person; readers of several kinds may share their `names`."""

    def __init__(self, screen: Screen, user: User, names: Names | None = None) -> None:
        self.screen, self.user = screen, user
        self.children = {c.name: c for c in screen.all_children}
        self.names = names if names is not None else Names(user)

    # --- keys -------------------------------------------------------------------------------------
    def field_of(self, name: str) -> models.Field | None:
        """The field a diff speaks of; None for rows, tags and what is no field any more."""
        for model in (Record, self.screen.model) if name in RECORD_FIELDS else (self.screen.model, Record):
            try:
                found = model._meta.get_field(name)
            except FieldDoesNotExist:
                continue
            if isinstance(found, models.Field) and found.concrete and not found.many_to_many:
                return found
        return None

    def gather(self, diffs: Iterable[Mapping[str, Any]]) -> None:
        """Note every key in these diffs; the next name asked for resolves them all."""
        for diff in diffs:
            for name, pair in diff.items():
                for stored in pair if isinstance(pair, list) and len(pair) == 2 else ():
                    self._gather(name, stored)

    def _gather(self, name: str, stored: Any) -> None:
        if (child := self.children.get(name)) is not None:
            for row in stored or ():
                for n, f in child.model_fields.items():
                    self._want(f, row.get(n))
        elif (part := PARTS.get(name.partition(":")[0])) is not None and ":" in name:
            for n in part[1]:
                self._want(part[0]._meta.get_field(n), (stored or {}).get(n))
        else:
            self._want(self.field_of(name), stored)

    def _want(self, f: Any, stored: Any) -> None:
        # A figure's passage is shown by its own line of the history.
        if isinstance(f, models.ForeignKey) and stored is not None and f.related_model is not Evidence:
            self.names.want(f, stored)

    def name_of(self, f: models.ForeignKey, stored: Any) -> str:
        """What a key points at, in words; "" when it is gone or hidden."""
        row = self.names.row(f, stored)
        return "" if row is None else str(row)

    # --- values -----------------------------------------------------------------------------------
    def value(self, f: models.Field | None, stored: Any) -> str:
        """A stored value as one text, whole."""
        if stored is None or stored == "" or stored == []:
            return ""
        if isinstance(f, models.ForeignKey):
            return self.name_of(f, stored)
        if f is not None:
            try:
                return str(plain(f, f.to_python(stored), self.user))
            except (ValidationError, ValueError, TypeError):
                pass  # written by an older version: shown as it is
        if isinstance(stored, list):
            return ", ".join(str(v) for v in stored)
        return str(plain(None, stored, self.user))

    def row_hidden(self, child: ChildSet, row: Mapping[str, Any]) -> bool:
        """Whether a child row names a record that this person may not see."""
        return any(
            isinstance(f, models.ForeignKey)
            and _table(f) is Record
            and row.get(n) is not None
            and not self.name_of(f, row[n])
            for n, f in child.model_fields.items()
        )

    def row_text(self, child: ChildSet, row: Mapping[str, Any]) -> str:
        """A child row as one text: what it says, without its empty parts."""
        said = [self.value(f, row.get(n)) for n, f in child.model_fields.items() if row.get(n) is not False]
        return short(" · ".join(v for v in said if v))

    def label(self, name: str) -> Any:
        others = {"tags": _("tags"), "archived": _("archived"), "figures": _("figures")}
        return others.get(name) or self.screen.label(name)

    # --- lines ------------------------------------------------------------------------------------
    def lines(self, diff: Mapping[str, Any]) -> list[Line]:
        """The lines of a diff; what changed only between things this person may not see is left out."""
        found = []
        for name, pair in diff.items():
            if not isinstance(pair, list) or len(pair) != 2:
                continue
            old, new = pair
            kind, _colon, number = name.partition(":")
            if (child := self.children.get(name)) is not None:
                line = self._rows(child, old or [], new or [])
                if line.rows:
                    found.append(line)
            elif number and kind in PARTS:
                line = Line(*self._part(kind, old, new))
                same = next((one for one in found if (one.before, one.after) == (line.before, line.after)), None)
                if same is not None and kind == "evidence":
                    same.label = f"{same.label}, {line.label}"  # one passage that proves several fields
                elif line.before or line.after:
                    found.append(line)
            elif not number:
                f = self.field_of(name)
                before, after = pair_of(self.value(f, old), self.value(f, new))
                if before != after:
                    found.append(Line(self.label(name), before, after))
        return found

    def _part(self, kind: str, old: Any, new: Any) -> tuple[Any, str, str]:
        row = new or old or {}
        model = PARTS[kind][0]
        say = {n: self.value(model._meta.get_field(n), row.get(n)) for n in PARTS[kind][1]}  # type: ignore[arg-type]
        if kind == "figure":
            words = f"“{say['wording']}”" if say["wording"] else ""
            amount = " ".join(filter(None, [say["value"] or words, say["unit"]]))
            text = " · ".join(filter(None, [amount, words if say["value"] else "", say["stage"], say["as_of"]]))
            label = measure_label(str(row.get("measure", "")))
        elif kind != "evidence":
            text = " · ".join(filter(None, say.values()))
            label = model._meta.verbose_name
        else:
            # A passage whose document is hidden does not exist.
            quote = f"“{short(say['quote'])}”" if say["quote"] else ""
            text = " · ".join(filter(None, [say["source"], say["locator"], quote])) if say["source"] else ""
            label = self.label(row["field"]) if row.get("field") else _("the whole record")
        return label, ("" if new else text), (text if new else "")

    def _rows(self, child: ChildSet, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Line:
        before, after = {r["id"]: r for r in old}, {r["id"]: r for r in new}
        rows = []
        for pk in dict.fromkeys([*before, *after]):
            was, now = before.get(pk), after.get(pk)
            if was == now or any(r is not None and self.row_hidden(child, r) for r in (was, now)):
                continue
            if was is None or now is None:
                rows.append(RowLine("added" if was is None else "removed", self.row_text(child, now or was or {})))
                continue
            lines = []
            for n, f in child.model_fields.items():
                a, b = pair_of(self.value(f, was.get(n)), self.value(f, now.get(n)))
                if a != b:
                    lines.append(Line(f.verbose_name, a, b))
            rows.append(RowLine("changed", self.row_text(child, now), lines))
        return Line(child.label, rows=rows[:MOST_ROWS], more=max(len(rows) - MOST_ROWS, 0))


def _table(f: models.ForeignKey) -> type[models.Model]:
    """Which table names what a key points at: one for records of all kinds."""
    related: Any = f.related_model
    return Record if issubclass(related, Recorded) else related


def short(text: str, most: int = LONGEST) -> str:
    """A text cut at `most` letters, between words where there are any."""
    if len(text) <= most:
        return text
    cut = text[:most].rsplit(" ", 1)[0] if " " in text[most // 2 : most] else text[:most]
    return cut.rstrip(" ,.;") + "…"


def pair_of(old: str, new: str) -> tuple[str, str]:
    """Two values to be shown side by side: of long ones only the neighbourhood of what differs."""
    if max(len(old), len(new)) <= LONGEST or old == new or not (old and new):
        return short(old), short(new)
    same = 0
    for a, b in zip(old, new, strict=False):
        if a != b:
            break
        same += 1
    start = max(same - 20, 0)
    if (blank := old.rfind(" ", max(start - 40, 0), start)) >= 0:
        start = blank + 1
    lead = "…" if start else ""
    return lead + short(old[start:]), lead + short(new[start:])


# --- the timeline ---------------------------------------------------------------------------------


@dataclass
class Timeline:
    """A page of a record's history, newest first; `older` is the cursor of the next page, "" at the end."""

    entries: list[Entry]
    older: str


def timeline(record: Record, screen: Screen, user: User, *, cursor: str = "", may_edit: bool = False) -> Timeline:
    """One page of changes and notes. Queries: changes, notes, undone ones, records, and one a small table."""
    top_change, top_note = _cursor(cursor)
    changes = list(
        record.changes.filter(pk__lt=top_change)
        .exclude(verb=Change.Verb.NOTE)
        .select_related("actor", "batch")
        .order_by("-id")[: PAGE + 1]
    )
    notes = list(
        Note.objects.filter(record=record, pk__lt=top_note).select_related("created_by").order_by("-id")[: PAGE + 1]
    )
    both: list[tuple[Any, Change | Note]] = [
        *((c.at, c) for c in changes),
        *((n.created_at, n) for n in notes),
    ]
    both.sort(key=lambda pair: (pair[0], pair[1].pk), reverse=True)
    shown = [row for _at, row in both[:PAGE]]
    older = ""
    if len(both) > PAGE:
        last_change = min((r.pk for r in shown if isinstance(r, Change)), default=top_change)
        last_note = min((r.pk for r in shown if isinstance(r, Note)), default=top_note)
        older = f"{last_change}-{last_note}"

    reader = Reader(screen, user)
    reader.gather(row.diff for row in shown if isinstance(row, Change))
    undone = _undone(record) if any(isinstance(r, Change) for r in shown) else {}
    touched: set[str] = set()
    later: set[int] = set()  # batches of which passages or figures came after; 0 for anything else
    entries = []
    for row in shown:
        if isinstance(row, Note):
            entries.append(Entry(row.created_at, str(row.created_by), str(Change.Verb.NOTE.label), "note", note=row))
            continue
        lines = reader.lines(row.diff)
        if row.verb == Change.Verb.EVIDENCE and not lines:
            continue
        taken_back = undone.get(row.pk)
        entries.append(
            Entry(
                row.at,
                str(row.actor) if row.actor else _("The system"),
                row.get_verb_display(),
                row.verb,
                change=row,
                lines=lines,
                undone=taken_back,
                # What a later change on this page touched again cannot be taken back before that one.
                may_undo=may_edit
                and taken_back is None
                and row.verb in UNDOABLE
                and not touched & set(row.diff)
                and (row.verb != Change.Verb.CREATE or not (later - {row.batch_id or -1} or cursor)),
            )
        )
        later.add((row.batch_id or 0) if row.verb in (Change.Verb.EVIDENCE, Change.Verb.FIGURE) else 0)
        # A change and its undoing have left the fields as they were before both.
        cancels = row.undoes_id is not None and undone.get(row.undoes_id) == row
        if taken_back is None and not cancels:
            touched |= set(row.diff)
    return Timeline(entries, older)


def _undone(record: Record) -> dict[int, Change]:
    """{change: what took it back}, without those whose taking back was itself taken back."""
    by_pk = {
        c.undoes_id: c for c in record.changes.filter(undoes__isnull=False).select_related("actor").order_by("id")[:500]
    }
    return {pk: c for pk, c in by_pk.items() if pk is not None and c.pk not in by_pk}


_TOP = 2**62


def _cursor(text: str) -> tuple[int, int]:
    try:
        change, note = (int(part) for part in text.split("-"))
    except ValueError:
        return _TOP, _TOP
    return min(max(change, 0), _TOP), min(max(note, 0), _TOP)


# --- a day compared with today --------------------------------------------------------------------


@dataclass
class Compared:
    """One field of a record on two days; `then` and `now` are lists of (text, differs)."""

    label: Any
    then: list[tuple[str, bool]]
    now: list[tuple[str, bool]]

    @property
    def changed(self) -> bool:
        return any(differs for _text, differs in (*self.then, *self.now))


def compare(screen: Screen, user: User, then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Compared]:
    """Every field of two states beside each other, in the order of the form; empty ones left out."""
    reader = Reader(screen, user)
    reader.gather([{n: [then.get(n), now.get(n)]} for n in now])
    found = []
    order = dict.fromkeys([*(n for s in screen.sections for n in s.fields), *now])
    for name in order:
        old, new = then.get(name), now.get(name)
        if name == "archived" and not (old or new):
            continue
        if (child := reader.children.get(name)) is not None:
            sides = [[r for r in rows or [] if not reader.row_hidden(child, r)] for rows in (old, new)]
            row = Compared(
                child.label,
                *([(reader.row_text(child, r), r not in other) for r in rows] for rows, other in (sides, sides[::-1])),
            )
        else:
            f = reader.field_of(name)
            a, b = reader.value(f, old), reader.value(f, new)
            row = Compared(reader.label(name), *([(v, a != b)] if v or a != b else [] for v in (a, b)))
        if row.then or row.now:
            found.append(row)
    return found
