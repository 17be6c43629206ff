"""Asking the rulebook: which value held on a day, by which text.

Rules come from the files of this package, read once, and from overrides in the database, kept in memory.
Whether another process changed them is asked (one small query) at most once in RULEBOOK_CHECK_SECONDS,
1 second unless the settings say otherwise. A change of this process is seen at once, and until it is
committed only by its own connection.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.kit.text import fold
from diemtua.rulebook.models import RuleOverride
from diemtua.rulebook.rules import GROUPS, OVERRIDE, Code, NoRule, Rule, load

__all__ = [
    "NoRule",
    "RuleRow",
    "code_label",
    "codes",
    "forget",
    "history",
    "list_rules",
    "rule",
    "text_in_force",
]


@dataclass(slots=True)
class _Snapshot:
    """All overrides at one moment, newest first, and the code lists worked out from them."""

    stamp: tuple[int, int]
    overrides: dict[str, list[Rule]]
    codes: dict[tuple[str, date], tuple[Code, ...]] = field(default_factory=dict)


_known: _Snapshot | None = None
_checked = 0.0


@cache
def _files() -> dict[str, tuple[Rule, ...]]:
    return load()


def forget() -> None:
    """Drop what is kept in memory of the overrides; the next question reads them again."""
    global _known
    _known = None


def _stamp() -> tuple[int, int]:
    # Rows are only added and withdrawn, so the two counts tell any change.
    counts = RuleOverride.objects.aggregate(rows=Count("id"), withdrawn=Count("withdrawn_at"))
    return counts["rows"], counts["withdrawn"]


def _as_rule(row: RuleOverride) -> Rule | None:
    versions = _files().get(row.code)
    if not versions:  # the rule is no longer in the files: nothing asks for it
        return None
    return replace(
        versions[-1],
        value=row.value,
        unit=row.unit,
        valid_from=PartialDate.day(row.valid_from),
        valid_to=PartialDate.day(row.valid_to) if row.valid_to else None,
        basis=row.basis,
        article="",
        confidence=OVERRIDE,
        notes={},
        place="",
        override_id=row.pk,
        author=str(row.created_by or ""),
        reason=row.reason,
        made_at=row.created_at,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=str(row.withdrawn_by or ""),
        withdrawn_reason=row.withdrawn_reason,
    )


def _read(stamp: tuple[int, int]) -> _Snapshot:
    overrides: dict[str, list[Rule]] = {}
    for row in RuleOverride.objects.select_related("created_by", "withdrawn_by").order_by("-id"):
        if one := _as_rule(row):
            overrides.setdefault(one.code, []).append(one)
    return _Snapshot(stamp, overrides)


def _snapshot() -> _Snapshot:
    global _known, _checked
    if any(callback[1] is forget for callback in connection.run_on_commit):
        # This transaction changed rules: it sees its own change, not kept since it may be rolled back.
        return _read((-1, -1))
    known, now = _known, time.monotonic()
    if known is not None and now - _checked < getattr(settings, "RULEBOOK_CHECK_SECONDS", 1.0):
        return known
    stamp = _stamp()
    if known is None or known.stamp != stamp:
        known = _read(stamp)
    _known, _checked = known, now
    return known


def _find(snapshot: _Snapshot, code: str, day: date) -> Rule | None:
    """The newest override that holds on the day, else the rule of the files."""
    candidates = [*snapshot.overrides.get(code, ()), *_files().get(code, ())]
    return next((one for one in candidates if one.holds(day)), None)


def rule(code: str, on: date | None = None) -> Rule:
    """The rule as it holds on a day, today by default. Raises NoRule, a sentence for the user.

    `.value` may be None: the rule is known to exist and its value is not.
    """
    day = on or timezone.localdate()
    if found := _find(_snapshot(), code, day):
        return found
    if code not in _files():
        raise NoRule(_("The rulebook has no rule “%(code)s”.") % {"code": code})
    first = _files()[code][0]
    raise NoRule(
        _("The rulebook has no value of “%(title)s” for %(day)s (%(code)s).")
        % {"title": first.title, "day": PartialDate.day(day), "code": code}
    )


def history(code: str) -> list[Rule]:
    """Every version of a rule, overrides and withdrawn ones included, latest beginning first.

    Raises NoRule when the code is unknown.
    """
    if code not in _files():
        raise NoRule(_("The rulebook has no rule “%(code)s”.") % {"code": code})
    return _history(_snapshot(), code)


def _history(snapshot: _Snapshot, code: str) -> list[Rule]:
    versions = [*snapshot.overrides.get(code, ()), *_files()[code]]
    return sorted(versions, key=lambda r: r.valid_from.first if r.valid_from else date.min, reverse=True)


def codes(code_list: str, on: date | None = None) -> Sequence[Code]:
    """The entries of a code list that may be chosen on a day, today by default, in the list's order.

    Raises NoRule when there is no such list.
    """
    day = on or timezone.localdate()
    snapshot = _snapshot()
    key = (code_list, day)
    if key not in snapshot.codes:
        if len(snapshot.codes) > 1000:  # an import asks for many days
            snapshot.codes.clear()
        found = _find(snapshot, code_list, day) or rule(code_list, day)
        snapshot.codes[key] = tuple(item for item in found.items if item.holds(day))
    return snapshot.codes[key]


def code_label(code_list: str, code: str, lang: str | None = None) -> str:
    """The label of a code whatever the day, so that old records show theirs; the code itself when unknown."""
    for version in history(code_list):
        for item in version.items:
            if item.code == code:
                return item.label(lang)
    return code


def text_in_force(subject: str, on: date | None = None) -> Rule:
    """The law or decree in force on a subject: `text_in_force("investment law", on=day).value` is its number.

    The subjects are the rules `text.…` (“investment law” is `text.investment_law`). Raises NoRule.
    """
    return rule("text." + subject.strip().replace(" ", "_"), on)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One line of the page: the rule as it holds on the day (None when it does not), and all its versions."""

    code: str
    title: str
    current: Rule | None
    history: list[Rule]

    @property
    def group(self) -> str | Promise:
        """The heading it stands under."""
        part = self.code.partition(".")[0]
        return GROUPS.get(part, part)

    @property
    def has_history(self) -> bool:
        """True when there is more to show than the current value."""
        return any(version is not self.current for version in self.history)


def list_rules(on: date | None = None, text: str = "") -> list[RuleRow]:
    """Every rule whose code, titles, bases or values hold all words of `text` (folded), by heading."""
    day = on or timezone.localdate()
    snapshot = _snapshot()
    wanted = fold(text).split()
    rows = []
    for code, versions in _files().items():
        current = _find(snapshot, code, day)
        all_versions = _history(snapshot, code)
        if wanted:
            haystack = fold(" ".join([code, *versions[-1].titles.values(), *map(_searchable, all_versions)]))
            if not all(word in haystack for word in wanted):
                continue
        rows.append(RuleRow(code, (current or versions[-1]).title, current, all_versions))
    order = {part: n for n, part in enumerate(GROUPS)}
    return sorted(rows, key=lambda row: order.get(row.code.partition(".")[0], len(order)))


def _searchable(one: Rule) -> str:
    value: Any = " ".join(f"{i.code} {i.label('vi')} {i.label('en')}" for i in one.items) or one.shown
    return f"{one.basis} {one.article} {value}"
