"""Rows of the audit as a person reads them: who, what, from what to what, in few queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diemtua.kit.text import strip_control

from ..history import PARTS
from ..models import Change, OrgUnit, Record, Tag, User
from ..screens import RECORD_FIELDS, Screen, is_key_to_record, screen_of
from .display import plain
from .services import measure_label

LONGEST = 140  # characters of one value on a row
MOST = 6  # fields on a row
NOTHING: tuple[Any, ...] = (None, "", [], {}, False)  # a new record's empty boxes are no news

# What the diffs of administration and of the small actions name, beside the fields of models.
WORDS: dict[str, Any] = {
    "login_link": gettext_lazy("one-time sign-in link"),
    "password": gettext_lazy("password"),
    "second_factor": gettext_lazy("second factor"),
    "username": gettext_lazy("user name"),
    "email": gettext_lazy("e-mail"),
    "is_active": gettext_lazy("may sign in"),
    "name": gettext_lazy("name"),
    "role": gettext_lazy("role"),
    "unit": gettext_lazy("unit"),
    "language": gettext_lazy("language"),
    "tags": gettext_lazy("tags"),
    "archived": gettext_lazy("archived"),
}


@dataclass
class Row:
    """One change, ready to show; `url` leads to what was changed ("" where nothing is)."""

    change: Change
    what: str
    url: str
    kind: str
    parts: list[tuple[str, str, str]] = field(default_factory=list)
    more: int = 0


@dataclass
class Names:
    """Titles of everything that the diffs of one page point at."""

    users: Mapping[int, User]
    units: Mapping[int, OrgUnit]
    tags: Mapping[int, str]
    titles: Mapping[int, str]


def describe(changes: Iterable[Change], reader: User, users: Mapping[int, User]) -> list[Row]:
    """Rows for changes that came with `record` and `actor`; `users` holds every account by number.

    At most three queries more: units, tags, and titles of records that this reader may see.
    """
    changes = list(changes)
    names = Names(users, {}, {}, {})
    subjects = [s for c in changes if (s := subject_of(c))]
    if any(name == "unit" for name, _key in subjects) or any("unit" in c.diff for c in changes):
        names.units = {u.pk: u for u in OrgUnit.objects.all()}
    if tags := [key for name, key in subjects if name == "tag" and key.isdigit()]:
        names.tags = dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name"))
    if targets := {pk for c in changes for pk in record_keys(c)}:
        names.titles = dict(Record.objects.visible_to(reader).filter(pk__in=targets).values_list("pk", "title"))
    return [describe_one(c, reader, names) for c in changes]


def subject_of(change: Change) -> tuple[str, str] | None:
    found = re.fullmatch(r"(\w+):(.+)", change.subject or "")
    return (found[1], found[2]) if found else None


def screen_for(change: Change) -> Screen | None:
    if change.record is None:
        return None
    try:
        return screen_of(change.record.kind)
    except KeyError:
        return None


def record_keys(change: Change) -> set[int]:
    """Numbers of the records that a diff mentions in fields that point at records."""
    screen = screen_for(change)
    if screen is None:
        return set()
    names = {f.name for f in screen.recorded_fields}
    return {v for n, pair in pairs(change) if n in names for v in pair if isinstance(v, int)}


def pairs(change: Change) -> list[tuple[str, list[Any]]]:
    """The diff's fields in their order; what is not a [before, after] pair is left out."""
    diff = change.diff if isinstance(change.diff, dict) else {}
    return [(n, p) for n, p in diff.items() if isinstance(p, list) and len(p) == 2]


def describe_one(change: Change, reader: User, names: Names) -> Row:
    screen = screen_for(change)
    what, url, kind = target(change, screen, names)
    row = Row(change, what, url, kind)
    found = [(n, b, a) for n, (b, a) in pairs(change) if b != a and not (b in NOTHING and a in NOTHING)]
    for name, before, after in found[:MOST]:
        part, numbered, _number = name.partition(":")
        if numbered and part in PARTS:  # a figure, a passage, a note: rows of their own beside the record
            label = PARTS[part][0]._meta.verbose_name
            row.parts.append((str(label), of_part(before), of_part(after)))
            continue
        label = screen.label(name) if screen else WORDS.get(name, name.replace("_", " "))
        row.parts.append(
            (
                str(label),
                shown(screen, name, before, reader, names),
                shown(screen, name, after, reader, names),
            )
        )
    row.more = len(found) - len(row.parts)
    return row


def target(change: Change, screen: Screen | None, names: Names) -> tuple[str, str, str]:
    """(name, address, kind) of what was changed."""
    if change.record is not None:
        return change.record.title, change.record.get_absolute_url(), str(screen.name) if screen else ""
    name, key = subject_of(change) or ("", "")
    number = int(key) if key.isdigit() else 0
    if name == "user" and number in names.users:
        return str(names.users[number]), reverse("desk:user_edit", args=[number]), _("account")
    if name == "unit" and number in names.units:
        return str(names.units[number]), reverse("desk:unit_edit", args=[number]), _("unit")
    if name == "tag":
        return names.tags.get(number, key), "", _("tag")
    if name == "rule":
        return key, f"{reverse('rulebook:list')}?q={key}", _("rule")
    return change.subject or "–", "", ""


def shown(screen: Screen | None, name: str, value: Any, reader: User, names: Names) -> str:
    """A stored value as text; "" where there is none or where this reader may not see what it points at."""
    if value in (None, "", [], {}):
        return ""
    if name == "unit":
        return shorten(named(names.units, value))
    if screen is None:
        return shorten(of_account(name, value))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return ngettext("%(n)s row", "%(n)s rows", len(value)) % {"n": len(value)}
    f = model_field(screen, name)
    if f is None:
        text = ", ".join(map(str, value)) if isinstance(value, list) else plain(None, value, reader)
        return shorten(text)
    if isinstance(f, models.ForeignKey):
        if is_key_to_record(f):
            return names.titles.get(value, "") if isinstance(value, int) else ""
        return shorten(named(names.users, value) if f.related_model is User else value)
    try:
        return shorten(plain(f, f.to_python(value), reader))
    except Exception:  # a value of an older shape is still worth reading as it was stored
        return shorten(value)


def of_part(value: Any) -> str:
    """A stored figure, passage or note in one line; the source of a passage is left to the record's page."""
    if not isinstance(value, dict):
        return shorten(value or "")
    if "measure" in value:
        said = value.get("wording") or value.get("value")
        return shorten(f"{measure_label(value['measure'])}: {said} {value.get('unit', '')}")
    return shorten(value.get("quote") or value.get("locator") or value.get("source") or "…")


def named(rows: Mapping[int, Any], key: Any) -> Any:
    return rows.get(key, key) if isinstance(key, int) else key


def of_account(name: str, value: Any) -> Any:
    """The value of a field of an account."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    f = {x.name: x for x in User._meta.concrete_fields}.get(name)
    return plain(f, value, None) if f is not None and f.choices else value


def model_field(screen: Screen, name: str) -> models.Field | None:
    if name in RECORD_FIELDS:
        return Record._meta.get_field(name)  # type: ignore[return-value]
    return screen.own_fields.get(name)


def shorten(value: Any) -> str:
    text = strip_control(str(value), newlines=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
