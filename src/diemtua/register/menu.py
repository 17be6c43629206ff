"""The menu at the side of the desk: each room offers its own entries in its `desk.py`, as it declares its screens."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import Role, User

# Headings from top to bottom. Entries stand under them in the order in which rooms offer them.
GROUPS: dict[str, Any] = {
    "": "",
    "chain": _("The chain"),
    "projects": _("Projects"),
    "care": _("Care and aid"),
    "land": _("Land"),
    "reference": _("Reference"),
    "work": _("Work"),
}


@dataclass(frozen=True)
class Entry:
    """A page of the desk in the menu; `also` are names of pages, or `kind:` and a kind of record, where it is
    marked as the present one."""

    title: Any
    view: str
    icon: str
    role: str = Role.VIEWER
    also: tuple[str, ...] = ()


_offered: dict[str, list[Entry]] = defaultdict(list)


def offer(group: str, *entries: Entry) -> None:
    """Put entries under a heading of GROUPS, after the registers that stand there."""
    if group not in GROUPS:
        raise ValueError(f"The menu has no heading {group!r}")
    _offered[group].extend(entries)


def entries(group: str) -> tuple[Entry, ...]:
    """What was offered under a heading."""
    return tuple(_offered[group])


def pages(user: User) -> list[Entry]:
    """Every page of the menu that this person may open, registers aside."""
    return [e for group in GROUPS for e in _offered[group] if user.is_at_least(e.role)]


offer(
    "reference",
    Entry(_("Places"), "places:list", "map-pin", also=("places:unit", "places:foreign-add", "places:alias-add")),
    Entry(_("Rulebook"), "rulebook:list", "scale", also=("rulebook:override",)),
)
offer(
    "work",
    Entry(_("Imports"), "desk:imports", "file-spreadsheet", Role.OFFICER, ("desk:batch",)),
    Entry(_("Users and units"), "desk:people", "users", Role.ADMINISTRATOR),
    Entry(_("Audit"), "desk:audit", "history", Role.ADMINISTRATOR),
)
