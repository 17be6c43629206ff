"""The table of a register, built from the columns a Screen declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..database import among
from ..fields import CodeField, code_choices
from ..models import Record, Recorded, User
from ..models.record import record_url
from ..prepared import ask
from ..queries import sight
from ..screens import ChildSet, Screen, has_field, is_key_to_record
from .display import NOT_KNOWN, badge, rich

STATE_FIELDS = {"access", "confidence", "status", "state"}


Cell = Callable[[Any], Any]


def cell(screen: Screen, name: str, user: User) -> Cell:
    """How the cells of a column are made, as HTML: made once for a table, called for each of its rows.

    A screen may say how with a method `cell_<column>`.
    """
    if own := getattr(screen, f"cell_{name}", None):
        return lambda instance: own(instance, user)
    if name == "title":
        archived = badge("archived", _("archived"))
        return lambda instance: _title(instance.record, archived)
    if name in ("access", "confidence"):
        badges = _badges(Record._meta.get_field(name))
        return lambda instance: badges[getattr(instance.record, name)]
    if name == "unit":
        return lambda instance: str(instance.record.unit or "") or NOT_KNOWN
    if name == "updated_at":
        return lambda instance: rich(None, instance.record.updated_at, user)
    if not has_field(screen.model, name):
        return lambda instance: getattr(instance, name)
    f: Any = screen.model._meta.get_field(name)
    if not isinstance(f, models.Field):  # a child set, where no row of the page has one
        return lambda _instance: NOT_KNOWN
    if isinstance(f, CodeField):
        labels = dict(code_choices(f.code_list))
        return lambda instance: ((code := getattr(instance, name)) and labels.get(code, code)) or NOT_KNOWN
    if f.choices:
        shown = _badges(f) if name in STATE_FIELDS else {v: str(label) or NOT_KNOWN for v, label in f.flatchoices}
        return lambda instance: shown.get(value := getattr(instance, name), value or NOT_KNOWN)
    if isinstance(f, models.BooleanField):
        yes = format_html('<span class="text-green" aria-label="{}">✓</span>', _("Yes"))
        return lambda instance: yes if getattr(instance, name) else NOT_KNOWN
    return lambda instance: rich(f, getattr(instance, name), user) or NOT_KNOWN


def _link_cell(links: Mapping[int, SafeString]) -> Cell:
    """Cells of a column that `record_cells` has made: {row's id: its links}."""
    return lambda instance: links.get(instance.pk, NOT_KNOWN)


def _title(record: Record, archived: SafeString) -> SafeString:
    mark = archived if record.archived_at else ""
    return mark_safe(f'<a class="dt-title" href="{record_url(record.pk)}">{escape(record.title)}</a> {mark}')


def _badges(f: Any) -> dict[Any, SafeString]:
    """{value: its badge} of a field with fixed choices."""
    return {value: badge(value, label) for value, label in f.flatchoices}


def _named(screen: Screen, rows: Sequence[Recorded]) -> dict[str, dict[int, dict[int, None]]]:
    """{column: {row's id: ids of the records that stand there}}: keys to records, and the keys of child rows.

    One query for each child set; a prefetch of its three models would cost more than the page itself.
    """
    found: dict[str, dict[int, dict[int, None]]] = {}
    columns = [n for n in screen.columns if not hasattr(screen, f"cell_{n}")]
    for f in screen.recorded_fields:
        if f.name in columns:
            ids = ((row.pk, getattr(row, f.attname)) for row in rows)
            found[f.name] = {pk: {target: None} for pk, target in ids if target is not None}
    for child in screen.children:
        if child.name in columns and rows:
            keys = [f for f in child.model._meta.concrete_fields if is_key_to_record(f) and f.name != child.parent]
            of = found.setdefault(child.name, {})
            lines = ask(
                ("lines", child.model, child.parent),
                lambda ids, child=child, keys=keys: _lines(child, ids, [f.attname for f in keys]),
                [row.pk for row in rows],
            )
            for parent, *targets in lines:
                of.setdefault(parent, {}).update((t, None) for t in targets if t is not None)
    return found


def _lines(child: ChildSet, parents: Any, names: Sequence[str]) -> models.QuerySet:
    """(parent, *values) of the child rows of many records."""
    parent: Any = child.model._meta.get_field(child.parent)
    return among(child.model._default_manager.order_by("pk"), parents, parent.column).values_list(
        parent.attname, *names
    )


def record_cells(screen: Screen, rows: Sequence[Recorded], user: User) -> dict[str, dict[int, SafeString]]:
    """{column: {row's id: links to the records it names}}, at most three and then how many more; one query for
    all titles. What the person may not see is not there."""
    named = _named(screen, rows)
    wanted = {t for of in named.values() for targets in of.values() for t in targets}
    titles = (
        dict(
            ask(
                ("titles", sight(user)),
                lambda ids: among(Record.objects.visible_to(user), ids).values_list("pk", "title"),
                list(wanted),
            )
        )
        if wanted
        else {}
    )
    cells: dict[str, dict[int, SafeString]] = {}
    for column, of in named.items():
        cells[column] = {}
        for pk, targets in of.items():
            seen = [(record_url(t), titles[t]) for t in targets if t in titles]
            if seen:
                text = format_html_join(", ", '<a class="dt-quiet" href="{}">{}</a>', seen[:3])
                more = len(seen) - 3
                cells[column][pk] = (
                    format_html('{} <span class="text-secondary">+{}</span>', text, more) if more > 0 else text
                )
    return cells


@dataclass(frozen=True)
class Column:
    name: str
    label: str


@dataclass(frozen=True)
class Line:
    """One row: its record's id and title, and its cells in order of the columns, as HTML."""

    pk: int
    title: str
    cells: list[Any]


@dataclass(frozen=True)
class RegisterTable:
    """One page of a register, ready to be written out."""

    columns: list[Column]
    lines: list[Line]
    selectable: bool

    @property
    def body(self) -> SafeString:
        """The rows as HTML. Written here: a template would take three times as long for its 400 cells."""
        openings = [
            format_html('<td class="dt-c-{}" data-label="{}"><div class="dt-cell">', c.name, c.label)
            for c in self.columns
        ]
        choose = gettext("Choose %(title)s")
        parts: list[str] = []
        for line in self.lines:
            parts.append("<tr>")
            if self.selectable:
                label = choose % {"title": line.title}
                parts.append(
                    '<td class="w-1"><div class="dt-cell"><input type="checkbox" class="form-check-input" name="pk" '
                    f'value="{line.pk}" form="dt-bulk" data-pick aria-label="{escape(label)}"></div></td>'
                )
            for opening, shown in zip(openings, line.cells, strict=True):
                parts += (opening, conditional_escape(shown), "</div></td>")
            parts.append("</tr>")
        return mark_safe("".join(parts))


def build_table(screen: Screen, user: User, rows: Sequence[Recorded]) -> RegisterTable:
    """A table over `rows` (already one page of them)."""
    columns = [Column(name, capfirst(str(screen.label(name)))) for name in screen.columns]
    named = record_cells(screen, rows, user)
    makers = [_link_cell(named[c.name]) if c.name in named else cell(screen, c.name, user) for c in columns]
    lines = [Line(row.pk, row.record.title, [make(row) for make in makers]) for row in rows]
    return RegisterTable(columns, lines, user.is_at_least("officer"))


def plain_columns(screen: Screen) -> list[tuple[str, Any]]:
    """(name, label) of what an export holds: every declared field, then the child sets."""
    names = ["title", *screen.own_fields, "access", "unit", "confidence"]
    return [(n, screen.label(n)) for n in dict.fromkeys(names)]


def plain_row(screen: Screen, instance: Recorded, names: list[str], user: User) -> list[Any]:
    """The values of an export row: text, numbers and days, never what the person may not see."""
    from .display import plain

    values: list[Any] = []
    for name in names:
        if name == "title":
            values.append(instance.record.title)
        elif name in ("access", "confidence"):
            values.append(str(getattr(instance.record, f"get_{name}_display")()))
        elif name == "unit":
            values.append(str(instance.record.unit or ""))
        else:
            f: models.Field = screen.own_fields[name]
            value = getattr(instance, name)
            if isinstance(value, bool | Record | Recorded) or value is None:
                values.append(plain(f, value, user))
            elif isinstance(f, models.DecimalField | models.DateField):
                values.append(value)
            else:
                values.append(plain(f, value, user))
    return values
