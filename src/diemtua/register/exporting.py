"""Taking a register away as Excel, CSV or JSON: what the list shows, all fields, nothing one may not see.

Rows are read and written in chunks, so memory does not grow with the register. CSV and Excel can be
imported again: a name that would not lead back to its record carries its number (`Name #12`).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number
from diemtua.kit.text import slug
from diemtua.places.models import AdminUnit

from . import tabular, write
from .access import may_see
from .fields import CodesField
from .importing.columns import Column, choices_of, columns, escape, joined
from .importing.values import Reader
from .models import Record, Recorded, User
from .screens import ChildSet, Screen, is_key_to_record, screen_of
from .tabular.writing import plain_number

CHUNK = 1000
FORMATS: tuple[tuple[str, Any], ...] = (("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON"))
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
Rows = models.QuerySet


# --- rows -----------------------------------------------------------------------------------------


@dataclass
class Line:
    """A record with its child rows, by set, and the names of its tags."""

    instance: Any
    rows: dict[str, list[Any]]
    tags: list[str]


def in_chunks(screen: Screen, rows: Rows) -> Iterator[list[Line]]:
    """The rows with everything an export names, CHUNK at a time, in a fixed number of queries each."""
    follow = ["record", "record__unit", *_followed(screen.model, "record")]
    chunk: list[Any] = []
    for instance in rows.select_related(*follow).prefetch_related(None).iterator(chunk_size=CHUNK):
        chunk.append(instance)
        if len(chunk) == CHUNK:
            yield _lines(screen, chunk)
            chunk = []
    if chunk:
        yield _lines(screen, chunk)


def _lines(screen: Screen, chunk: list[Any]) -> list[Line]:
    """One query for each child set and one for the tags; prefetch_related would take three times as long."""
    lines = {i.pk: Line(i, {c.name: [] for c in screen.all_children}, []) for i in chunk}
    pks = list(lines)
    for child in screen.all_children:
        parent = child.model._meta.get_field(child.parent).attname  # type: ignore[union-attr]
        found = child.model._default_manager.filter(**{f"{child.parent}__in": pks}).order_by("pk")
        if keys := _followed(child.model, child.parent):
            found = found.select_related(*keys)
        for row in found:
            lines[getattr(row, parent)].rows[child.name].append(row)
    tagged = Record.tags.through._default_manager.filter(record__in=pks).order_by("tag__key")
    for pk, name in tagged.values_list("record_id", "tag__name"):
        lines[pk].tags.append(name)
    return list(lines.values())


def _followed(model: type[models.Model], parent: str) -> list[str]:
    keys = []
    for f in model._meta.concrete_fields:
        if isinstance(f, models.ForeignKey) and f.name != parent:
            related: Any = f.related_model
            if related is AdminUnit:
                keys += [f"{f.name}__parent__parent", f"{f.name}__country"]
            else:
                keys.append(f"{f.name}__record" if issubclass(related, Recorded) else f.name)
    return keys


# --- values ---------------------------------------------------------------------------------------


class Namer:
    """How a record, place or officer is named so that an import finds the same one again."""

    def __init__(self, screen: Screen, user: User | None) -> None:
        self.user, self.reader = user, Reader(screen, user)
        self.known: dict[tuple[Any, Any], str] = {}
        self._labels: dict[models.Field, dict[str, str]] = {}

    def labels(self, f: models.Field) -> dict[str, str] | None:
        """{value: label} of a field with few values, in the language of the export; None for the others."""
        if f not in self._labels:
            self._labels[f] = dict(choices_of(f) or [])
        return self._labels[f] or None

    def learn(self, screen: Screen, chunk: list[Line]) -> None:
        """Names for all that a chunk points at, asked for in a few queries."""
        asked: dict[tuple[type, str], dict[Any, str]] = {}
        fields: dict[tuple[type, str], models.ForeignKey] = {}

        def ask(f: models.ForeignKey, row: models.Model) -> None:
            if (pk := getattr(row, f.attname)) is None or (f.related_model, pk) in self.known:
                return
            target = getattr(row, f.name)
            if self.sees(target):
                key = (f.related_model, "")
                fields[key] = f
                asked.setdefault(key, {})[target.pk] = plain_name(target)

        own_keys = _keys_of(screen.own_fields.values())
        child_keys = {c.name: keys for c in screen.all_children if (keys := _keys_of(c.model_fields.values()))}
        for line in chunk:
            for f in own_keys:
                ask(f, line.instance)
            for name, keys in child_keys.items():
                for row in line.rows[name]:
                    for f in keys:
                        ask(f, row)
        for key, names in asked.items():
            found = self.reader.field(fields[key], list(set(names.values())))
            for pk, name in names.items():
                if found.get(name) != pk:
                    name = f"{name} #{_number(key[0], pk)}"
                self.known[key[0], pk] = name
        if len(self.known) > 50_000:
            self.known.clear()
            self.learn(screen, chunk)

    def sees(self, target: Any) -> bool:
        if isinstance(target, Record | Recorded):
            return self.user is None or may_see(self.user, target if isinstance(target, Record) else target.record)
        return True

    def name(self, target: Any) -> str:
        if not self.sees(target):
            return ""
        model = Record if isinstance(target, Record) else type(target)
        return self.known.get((model, target.pk)) or plain_name(target)


def _keys_of(fields: Iterable[models.Field]) -> list[models.ForeignKey]:
    return [f for f in fields if isinstance(f, models.ForeignKey)]


def _number(model: Any, pk: Any) -> Any:
    if model is AdminUnit:
        return AdminUnit.objects.values_list("ref", flat=True).get(pk=pk)
    return pk


def plain_name(target: Any) -> str:
    if isinstance(target, Recorded):
        return target.record.title
    if isinstance(target, AdminUnit):
        above = [target.parent, target.parent.parent if target.parent else None]
        names = [target.full_name, *[u.full_name for u in above if u]]
        if target.country_id != "VN":
            names.append(str(target.country))
        return ", ".join(names)
    if isinstance(target, User):
        return target.name or target.username
    return str(target)


def value_of(f: models.Field, row: models.Model, namer: Namer) -> Any:
    """A field of a row as text, number, day or None."""
    value = getattr(row, f.name)
    if value is None or value == "" or value == []:
        return None
    if isinstance(f, models.ForeignKey):
        return namer.name(value) or None
    if (labels := namer.labels(f)) is not None:
        if isinstance(f, CodesField):
            return joined(escape(labels.get(v, v)) for v in value)
        return labels.get(value, value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, PartialDate):
        return value.first if value.first == value.last else value.display()
    return value


def child_text(child: ChildSet, column: Column, rows: list[Any], namer: Namer) -> str | None:
    """The rows of a child set in one cell: `A; B | role`. Rows that name a hidden record are left out."""
    items = []
    if not rows:
        return None
    names = column.parts
    for row in rows:
        parts: list[str] = []
        hidden = False
        for name in names:
            f = child.model_fields[name]
            if is_key_to_record(f) and getattr(row, f.attname) is not None and not namer.sees(getattr(row, name)):
                hidden = True
                break
            # What a new row has by itself need not be said.
            default = f.has_default() and getattr(row, name) == f.get_default()
            parts.append("" if default else escape(as_text(value_of(f, row, namer))))
        if hidden:
            continue
        while parts and not parts[-1]:
            parts.pop()
        items.append(" | ".join(parts))
    return joined(items) or None


def as_text(value: Any, number: Callable[[Any], str] | None = None) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        return (number or number_text)(value)
    if isinstance(value, datetime.date):
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return str(value)


def number_text(value: Any, language: str | None = None) -> str:
    """1.234,5 or 1,234.5; three decimals get a zero more, so that nobody reads a thousand."""
    text = format_number(value, language)
    sign = "," if format_number(Decimal("0.5"), language)[1] == "," else "."
    _whole, found, decimals = text.partition(sign)
    return text + "0" if found and len(decimals) == 3 else text


def row_values(screen: Screen, line: Line, wanted: list[Column], namer: Namer) -> list[Any]:
    instance = line.instance
    values: list[Any] = []
    for column in wanted:
        if column.child is not None:
            values.append(child_text(column.child, column, line.rows[column.code], namer))
        elif column.code == "tags":
            values.append(joined(map(escape, line.tags)) or None)
        elif column.code in screen.own_fields:
            values.append(value_of(screen.own_fields[column.code], instance, namer))
        else:
            values.append(value_of(Record._meta.get_field(column.code), instance.record, namer))  # type: ignore[arg-type]
    return values


def all_values(screen: Screen, rows: Rows, user: User | None) -> Iterator[list[Any]]:
    wanted = list(columns(screen).values())
    namer = Namer(screen, user)
    for chunk in in_chunks(screen, rows):
        namer.learn(screen, chunk)
        for line in chunk:
            yield row_values(screen, line, wanted, namer)


def headings(screen: Screen) -> list[str]:
    return [c.heading for c in columns(screen).values()]


# --- files ----------------------------------------------------------------------------------------


def file_name(screen: Screen, form: str, day: datetime.date | None = None) -> str:
    """ASCII, with the register's name in the reader's language and the day."""
    day = day or timezone.localdate()
    return f"{slug(str(screen.plural)) or screen.slug}-{day.isoformat()}.{form}"


def about(screen: Screen, user: User | None, filters: Iterable[str] = ()) -> list[str]:
    """What was taken, by whom, when, through which filters: lines of text."""
    moment = timezone.localtime().strftime("%d/%m/%Y %H:%M")
    lines = [_("%(register)s, exported on %(moment)s") % {"register": capfirst(str(screen.plural)), "moment": moment}]
    if user is not None:
        lines[0] += " " + _("by %(who)s") % {"who": user}
    chosen = list(filters)
    lines.append(_("Filters: %(filters)s") % {"filters": "; ".join(chosen)} if chosen else _("Filters: none"))
    return lines


def as_csv(
    screen: Screen, rows: Rows, user: User | None, notes: Iterable[str] = (), numbers: str | None = None
) -> Iterator[bytes]:
    """CSV in pieces. `notes` stand in the first line; `numbers` is vi (1.234,5), en or None for that of
    the language."""
    pieces = tabular.write_csv(
        headings(screen), all_values(screen, rows, user), numbers=partial(number_text, language=numbers)
    )
    first = next(pieces)
    line = " · ".join(notes)
    yield first + (tabular.csv_line([line]) if line else b"")
    yield from pieces


def as_xlsx(screen: Screen, rows: Rows, user: User | None, out: IO[bytes], notes: Iterable[str] = ()) -> None:
    """Write a workbook to `out`: the table, and a second sheet with the notes."""
    tabular.write_xlsx(
        headings(screen), all_values(screen, rows, user), capfirst(str(screen.plural)), list(notes), out=out
    )


def as_json(screen: Screen, rows: Rows, user: User | None, notes: Iterable[str] = ()) -> Iterator[bytes]:
    """One JSON object in pieces: {register, about, columns: {code: label}, records: [{id, title, …}]}.

    Values are as stored (days as ISO text, decimals as text, choices as codes); a key is {id, title}.
    """
    encode = DjangoJSONEncoder(ensure_ascii=False).encode
    head = {
        "register": screen.slug,
        "kind": screen.kind,
        "about": list(notes),
        "columns": {c.code: c.heading for c in columns(screen).values()},
    }
    yield (encode(head)[:-1] + ', "records": [').encode()
    first = True
    namer = Namer(screen, user)
    for chunk in in_chunks(screen, rows):
        lines = [encode(record_json(screen, line, namer)) for line in chunk]
        yield (("\n" if first else ",\n") + ",\n".join(lines)).encode()
        first = False
    yield b"\n]}\n"


def record_json(screen: Screen, line: Line, namer: Namer) -> dict[str, Any]:
    instance, record = line.instance, line.instance.record
    found: dict[str, Any] = {"id": record.pk, "title": record.title}
    for name, f in screen.own_fields.items():
        found[name] = _json_value(f, instance, namer)
    for child in screen.all_children:
        shown = []
        for row in line.rows[child.name]:
            keys = [getattr(row, n) for n, f in child.model_fields.items() if is_key_to_record(f)]
            if all(k is None or namer.sees(k) for k in keys):
                shown.append({n: _json_value(f, row, namer) for n, f in child.model_fields.items()})
        found[child.name] = shown
    found["tags"] = line.tags
    found |= {
        "access": record.access,
        "unit": str(record.unit) if record.unit else None,
        "confidence": record.confidence,
        "archived": record.archived_at is not None,
    }
    return found


def _json_value(f: models.Field, row: models.Model, namer: Namer) -> Any:
    value = getattr(row, f.name)
    if isinstance(f, models.ForeignKey):
        if value is None or not namer.sees(value):
            return None
        return {"id": value.pk, "title": plain_name(value)}
    return plain_number(value) if isinstance(value, Decimal) else write.to_stored(value)


def export_file(
    kind: str, form: str, out: str | Path | IO[bytes], user: User | None = None, *, archived: bool = False
) -> int:
    """Write a whole register to a path or stream for the command line; returns the number of records.

    `user` None sees everything. Raises KeyError (no such kind), ValueError (no such form), OSError.
    """
    screen = screen_of(kind)
    if form not in MEDIA:
        raise ValueError(_("Choose one of these formats: %(names)s.") % {"names": ", ".join(MEDIA)})
    rows: Any = screen.model._default_manager.order_by(*next(iter(screen.orderings.values())))
    if user is not None:
        rows = rows.visible_to(user)
    if not archived:
        rows = rows.filter(record__archived_at=None)
    rows = screen.leaves(rows)
    notes = about(screen, user)
    count = rows.count()
    if isinstance(out, str | Path):
        with Path(out).open("wb") as stream:
            _write(screen, rows, user, form, stream, notes)
    else:
        _write(screen, rows, user, form, out, notes)
    return count


def _write(screen: Screen, rows: Rows, user: User | None, form: str, out: IO[bytes], notes: list[str]) -> None:
    if form == "xlsx":
        as_xlsx(screen, rows, user, out, notes)
        return
    # Programs read these: the first line of the CSV is its headings.
    for piece in as_csv(screen, rows, user) if form == "csv" else as_json(screen, rows, user, notes):
        out.write(piece)
