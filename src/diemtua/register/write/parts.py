"""What writing takes and what it raises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..models import Recorded

CHUNK = 500


@dataclass
class Draft:
    """A record to be made: its own and Record's fields by name, its child rows, its tags."""

    fields: dict[str, Any]
    children: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tags: Sequence[str] = ()
    # What `validator` made of it, to be saved once; None where it was not asked to keep it.
    built: Any = field(default=None, repr=False, compare=False)


@dataclass
class ChildEdits:
    """What happens to the rows of one child set; rows not named here stay as they are."""

    create: list[dict[str, Any]] = field(default_factory=list)
    update: dict[int, dict[str, Any]] = field(default_factory=dict)
    delete: list[int] = field(default_factory=list)


class Stale(Exception):
    """Somebody else saved the record after the form was opened. Nothing was saved."""

    def __init__(self, current: Recorded) -> None:
        super().__init__(_("Somebody else has changed this record since you opened it."))
        self.current = current


class CannotUndo(Exception):
    """A later change touched the same fields; the sentence says which."""
