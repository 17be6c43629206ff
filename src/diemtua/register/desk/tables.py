"""The table of a register, built from the columns a Screen declares."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db import models
from django.utils.text import capfirst
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from ..access import may_see
from ..fields import CodeField
from ..models import Record, Recorded, User
from ..screens import ChildSet, Screen, has_field
from .display import NOT_KNOWN, badge, rich

STATE_FIELDS = {"access", "confidence", "status", "state"}


def cell(screen: Screen, instance: Recorded, name: str, user: User) -> Any:
    """One cell as HTML. A screen may say how with a method `cell_<column>`."""
    if own := getattr(screen, f"cell_{name}", None):
        return own(instance, user)
    if name == "title":
        record = instance.record
        archived = badge("archived", _("archived")) if record.archived_at else ""
        return format_html('<a class="dt-title" href="{}">{}</a> {}', record.get_absolute_url(), record.title, archived)
    if name in ("access", "confidence"):
        return badge(getattr(instance.record, name), getattr(instance.record, f"get_{name}_display")())
    if name == "unit":
        return str(instance.record.unit or "") or NOT_KNOWN
    if name == "updated_at":
        return rich(None, instance.record.updated_at, user)
    for child in screen.children:
        if child.name == name:
            return child_cell(child, instance, user)
    if not has_field(screen.model, name):
        return getattr(instance, name)
    f: Any = screen.model._meta.get_field(name)
    value = getattr(instance, name)
    if name in STATE_FIELDS and f.choices and not isinstance(f, CodeField):
        return badge(value, getattr(instance, f"get_{name}_display")())
    if isinstance(value, bool):
        return format_html('<span class="text-green" aria-label="{}">✓</span>', _("Yes")) if value else NOT_KNOWN
    return rich(f, value, user) or NOT_KNOWN


def child_cell(child: ChildSet, instance: Recorded, user: User) -> Any:
    """The records named by a child set, at most three of them, then how many more."""
    found: dict[int, tuple[str, str]] = {}
    for row in getattr(instance, child.name).all():
        for name in ("party", "person", "instrument", "document"):
            if name == child.parent or not has_field(child.model, name):
                continue
            target = getattr(row, name)
            if target is not None and may_see(user, target.record):
                found[target.pk] = (target.record.get_absolute_url(), target.record.title)
    if not found:
        return NOT_KNOWN
    shown = list(found.values())[:3]
    text = format_html_join(", ", '<a class="dt-quiet" href="{}">{}</a>', shown)
    more = len(found) - len(shown)
    return format_html("{} <span class=\"text-secondary\">+{}</span>", text, more) if more else text


class _Cell(tables.Column):
    def __init__(self, screen: Screen, name: str, user: User, **kwargs: Any) -> None:
        super().__init__(empty_values=(), orderable=False, **kwargs)
        self.screen, self.name_of_cell, self.user = screen, name, user

    def render(self, record: Recorded) -> Any:
        return cell(self.screen, record, self.name_of_cell, self.user)


def build_table(screen: Screen, user: User, rows: Any) -> tables.Table:
    """A table over `rows` (already one page of them)."""
    selectable = user.is_at_least("officer")
    extra: list[tuple[str, tables.Column]] = []
    if selectable:
        extra.append(("pick", tables.TemplateColumn(
            template_name="register/parts/pick.html", orderable=False, verbose_name="",
            attrs={"th": {"class": "w-1"}, "td": {"class": "w-1"}})))
    for name in screen.columns:
        extra.append((name, _Cell(screen, name, user, verbose_name=screen.label(name),
                                  attrs={"td": {"class": f"dt-c-{name}", "data-label": capfirst(str(screen.label(name)))}})))
    return tables.Table(rows, extra_columns=extra, template_name="register/table.html",
                        attrs={"class": "table table-vcenter card-table dt-table"})


def plain_columns(screen: Screen) -> list[tuple[str, Any]]:
    """(name, label) of what an export holds: every declared field, then the child sets."""
    names = ["title", *[n for n in screen.own_fields], "access", "unit", "confidence"]
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
