"""Dated rules: what one is, how the TOML files that hold them are read, and what makes one wrong.

A rule is a value that holds from a day to a day because a text says so. Deadlines, texts in force and code
lists are all rules; they differ in their unit. Nothing here touches the database.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from diemtua.kit.calendar import add_working_days
from diemtua.kit.dates import DateError, PartialDate, parse_date
from diemtua.kit.numbers import format_number

from . import procedures

FOLDER = Path(__file__).with_name("rules")

FOUND, RECALLED, OVERRIDE = "found", "recalled", "override"
CONFIDENCES = {
    FOUND: gettext_lazy("found in a source"),
    RECALLED: gettext_lazy("recalled, to be verified"),
    OVERRIDE: gettext_lazy("set by an administrator"),
}

# unit → (type of the value, name for one or many)
UNITS: dict[str, tuple[type | tuple[type, ...], Any]] = {
    "days": (int, ngettext_lazy("%(n)s day", "%(n)s days", "n")),
    "working_days": (int, ngettext_lazy("%(n)s working day", "%(n)s working days", "n")),
    "months": (int, ngettext_lazy("%(n)s month", "%(n)s months", "n")),
    "hours": (int, ngettext_lazy("%(n)s hour", "%(n)s hours", "n")),
    "metres": ((int, float), "%(n)s m"),
    "count": (int, "%(n)s"),
    "text": (str, None),
    "boolean": (bool, None),
    "codes": (list, None),
    "figures": (list, None),  # named numbers: bounds, weights, shares
    "report": (dict, None),
    "procedure": (list, None),
}
# The first part of a code → the heading it stands under, in the order of the page.
GROUPS = {
    "conference": gettext_lazy("Conferences"),
    "delegation": gettext_lazy("Delegations"),
    "agreement": gettext_lazy("International agreements"),
    "succession": gettext_lazy("Agreements of former units"),
    "investment": gettext_lazy("Investment"),
    "procedure": gettext_lazy("Procedures"),
    "api": gettext_lazy("Other programs"),
    "enquiry": gettext_lazy("Enquiries and leads"),
    "lead": gettext_lazy("Enquiries and leads"),
    "aid": gettext_lazy("Foreign aid"),
    "care": gettext_lazy("Care of investors"),
    "report": gettext_lazy("Periodic reports"),
    "trade": gettext_lazy("Trade"),
    "land": gettext_lazy("Industrial land"),
    "sea": gettext_lazy("Fishing vessels"),
    "personal_data": gettext_lazy("Personal data"),
    "incident": gettext_lazy("Incidents"),
    "secrecy": gettext_lazy("Secrecy"),
    "portal": gettext_lazy("Portal"),
    "text": gettext_lazy("Texts in force"),
    "instrument": gettext_lazy("Code lists"),
    "cooperation": gettext_lazy("Code lists"),
    "document": gettext_lazy("Code lists"),
}
_CODE = re.compile(r"[a-z0-9][a-z0-9_]*(\.[A-Za-z0-9_-]+)+")
_ITEM_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
_RULE_KEYS = {"code", "vi", "en", "value", "unknown", "unit", "valid_from", "valid_to", "basis", "article",
              "confidence", "note_vi", "note_en"}  # fmt: skip
_REQUIRED_KEYS = ("code", "vi", "en", "unit", "basis", "confidence")
_FIGURE_KEYS = {"code", "vi", "en", "numbers"}
_ITEM_KEYS = {"code", "vi", "en", "group", "valid_from", "valid_to", "confidence", "note_vi", "note_en"}
_REPORT_KEYS = {"form", "by", "to", "period", "before_day", "before_month", "extra_working_days_province"}


class RulebookError(Exception):
    """A rule file that cannot be used. The message names the file, the line and the rule."""


class NoRule(LookupError):
    """No rule of this code holds on the day. `str(error)` is a sentence for the user."""

    def __str__(self) -> str:  # KeyError and LookupError would show the repr of the message
        return str(self.args[0]) if self.args else ""


def _language(lang: str | None) -> str:
    return "vi" if (lang or get_language() or "vi").startswith("vi") else "en"


def _holds(valid_from: PartialDate | None, valid_to: PartialDate | None, day: date) -> bool:
    return (valid_from is None or valid_from.first <= day) and (valid_to is None or day <= valid_to.last)


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list, with the days on which it may be chosen; of figures, with its numbers."""

    code: str
    labels: Mapping[str, str]
    group: str = ""
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    confidence: str = FOUND
    notes: Mapping[str, str] = field(default_factory=dict)
    numbers: tuple[float, ...] = ()

    def label(self, lang: str | None = None) -> str:
        """The label in Vietnamese or English; by default in the language of the page."""
        return self.labels[_language(lang)]

    def holds(self, day: date) -> bool:
        """True when the entry may be chosen on this day."""
        return _holds(self.valid_from, self.valid_to, day)

    def __str__(self) -> str:
        return self.label()


@dataclass(frozen=True, slots=True)
class Rule:
    """One value and the days it holds; an open end is None.

    `value` has the type that `unit` asks for (see UNITS), or is None: the rule exists, its value is not
    known, and the note says so. A partial `valid_from` (2020) means that the exact day is not known; the
    rule is applied from its first day.
    """

    code: str
    titles: Mapping[str, str]
    value: Any
    unit: str
    valid_from: PartialDate | None
    valid_to: PartialDate | None
    basis: str
    article: str = ""
    confidence: str = FOUND
    notes: Mapping[str, str] = field(default_factory=dict)
    place: str = ""  # file and line, for developers
    # Of an override only:
    override_id: int | None = None
    author: str = ""
    reason: str = ""
    made_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_reason: str = ""

    @property
    def title(self) -> str:
        return self.titles[_language(None)]

    @property
    def note(self) -> str:
        return self.notes.get(_language(None), "")

    @property
    def confidence_label(self) -> str | Promise:
        return CONFIDENCES[self.confidence]

    def holds(self, day: date) -> bool:
        """True when the rule holds on this day and was not withdrawn."""
        return self.withdrawn_at is None and _holds(self.valid_from, self.valid_to, day)

    @property
    def items(self) -> tuple[Code, ...]:
        """The entries of a code list or of figures; empty for any other unit."""
        return tuple(_item(entry) for entry in self.value) if self.unit in ("codes", "figures") and self.value else ()

    @property
    def shown(self) -> str:
        """The value for people: “30 days”, “Yes”, the labels of a code list."""
        if self.value is None:
            return _("not known")
        match self.unit:
            case "boolean":
                return _("Yes") if self.value else _("No")
            case "codes":
                return "; ".join(item.label() for item in self.items)
            case "figures":
                return "; ".join(f"{i.label()}: {' – '.join(format_number(n) for n in i.numbers)}" for i in self.items)
            case "report":
                return _shown_report(self.value)
            case "procedure":
                return "; ".join(f"{p.label}: {' · '.join(p.texts)}" for p in procedures.parts(self.value) if p.texts)
            case "text":
                return str(self.value)
        return str(UNITS[self.unit][1] % {"n": _Shown(self.value)})

    @property
    def period(self) -> str:
        """The days it holds, for people."""
        if self.valid_from and self.valid_to:
            return f"{self.valid_from} – {self.valid_to}"
        if self.valid_from:
            return _("from %(date)s") % {"date": self.valid_from}
        if self.valid_to:
            return _("until %(date)s") % {"date": self.valid_to}
        return _("dates not known")


class _Shown(int):
    """A number that plural forms can count and that prints in the reader's convention."""

    number: Any

    def __new__(cls, number: Any) -> _Shown:
        self = super().__new__(cls, number)
        self.number = number
        return self

    def __str__(self) -> str:
        return format_number(self.number)


# --- reports --------------------------------------------------------------------------------------
_PERIODS = {
    "quarter": gettext_lazy("every quarter"),
    "half_year": gettext_lazy("every half-year"),
    "year": gettext_lazy("every year"),
    "quarter/year": gettext_lazy("every quarter and every year"),
    "once": gettext_lazy("once"),
}


def _shown_report(value: Mapping[str, Any]) -> str:
    parts = [str(_PERIODS[value["period"]])] if value.get("period") else []
    if value.get("before_day"):
        parts.append(
            _("before day %(day)s of month %(month)s after the period")
            % {"day": value["before_day"], "month": value["before_month"]}
        )
    if value.get("extra_working_days_province"):
        parts.append(_("the province: %(n)s working days more") % {"n": value["extra_working_days_province"]})
    parts += [value[key] for key in ("by", "to") if value.get(key)]
    return "; ".join(parts) or _("not known")


def report_deadline(report: Rule, period: PartialDate, province: bool = False) -> date | None:
    """The day before which the report on a period must be there; None when no deadline is known.

    With `province`, the working days that the province's committee has on top are added.
    """
    value = report.value or {}
    if not value.get("before_day"):
        return None
    end = period.last
    months = end.year * 12 + end.month - 1 + value["before_month"]
    day = date(months // 12, months % 12 + 1, 1) + timedelta(days=value["before_day"] - 1)
    extra = value.get("extra_working_days_province", 0)
    return add_working_days(day, extra) if province and extra else day


# --- reading --------------------------------------------------------------------------------------
def _partial(value: Any, key: str) -> PartialDate | None:
    if value is None:
        return None
    try:
        return parse_date(value if isinstance(value, date) else str(value))
    except DateError as error:
        raise ValueError(f"{key}: {error}") from error


def _notes(entry: Mapping[str, Any]) -> dict[str, str]:
    return {lang: entry[f"note_{lang}"] for lang in ("vi", "en") if entry.get(f"note_{lang}")}


def _item(entry: Mapping[str, Any]) -> Code:
    return Code(
        code=entry["code"],
        labels={"vi": entry["vi"], "en": entry["en"]},
        group=entry.get("group", ""),
        valid_from=_partial(entry.get("valid_from"), "valid_from"),
        valid_to=_partial(entry.get("valid_to"), "valid_to"),
        confidence=entry.get("confidence", FOUND),
        notes=_notes(entry),
        numbers=tuple(entry.get("numbers", ())),
    )


def _unusable(key: str) -> ValueError:
    return ValueError(_("What stands at “%(key)s” cannot be used.") % {"key": key})


def _check_items(value: list[Any], keys: set[str] = _ITEM_KEYS) -> None:
    seen: set[str] = set()
    for entry in value:
        if not isinstance(entry, Mapping) or not all(
            isinstance(entry.get(k), str) and entry[k] for k in ("code", "vi", "en")
        ):
            raise ValueError(_("Every entry of a code list needs a code, a Vietnamese and an English label."))
        if unknown := set(entry) - keys:
            raise ValueError(_("Unknown key: %(keys)s.") % {"keys": ", ".join(sorted(unknown))})
        code = entry["code"]
        if not _ITEM_CODE.fullmatch(code):
            raise ValueError(
                _("“%(code)s” is no code: use up to 40 small letters, digits, “_”, “.” and “-”.") % {"code": code}
            )
        if code in seen:
            raise ValueError(_("The code “%(code)s” stands twice in the list.") % {"code": code})
        seen.add(code)
        item = _item(entry)
        if item.confidence not in (FOUND, RECALLED):
            raise _unusable("confidence")
        _check_span(item.valid_from, item.valid_to)


def _check_span(valid_from: PartialDate | None, valid_to: PartialDate | None) -> None:
    if valid_from and valid_to and valid_to.last < valid_from.first:
        raise ValueError(_("The rule ends before it begins."))


def _is_amount(number: Any) -> bool:
    return type(number) in (int, float) and 0 <= number < float("inf")


def check_value(unit: str, value: Any) -> None:
    """Raise ValueError, a sentence, when the value is not one its unit allows; None (not known) always is."""
    kind, _name = UNITS[unit]
    if value is None:
        return
    # True is an int to Python, but no number of days.
    fits = isinstance(value, kind) and (unit == "boolean" or not isinstance(value, bool))
    if not fits:
        raise ValueError(_("The value does not fit the unit of the rule."))
    if isinstance(value, int | float) and value < 0:
        raise ValueError(_("The value must not be negative."))
    if unit == "text" and not value.strip():
        raise ValueError(_("The value must not be empty."))
    if unit == "codes":
        _check_items(value)
    if unit == "figures":
        _check_items(value, _FIGURE_KEYS)
        for entry in value:
            numbers = entry.get("numbers")
            if not isinstance(numbers, list) or not 1 <= len(numbers) <= 4 or not all(map(_is_amount, numbers)):
                raise ValueError(
                    _("“%(code)s” needs one to four numbers that are not below zero.") % {"code": entry["code"]}
                )
    if unit == "procedure":
        procedures.check(value)
    if unit == "report":
        if unknown := set(value) - _REPORT_KEYS:
            raise ValueError(_("Unknown key: %(keys)s.") % {"keys": ", ".join(sorted(unknown))})
        if value.get("period") and value["period"] not in _PERIODS:
            raise _unusable("period")
        whole = {"before_day": 31, "before_month": 12, "extra_working_days_province": 60}
        for key, most in whole.items():
            if key in value and not (type(value[key]) is int and 1 <= value[key] <= most):
                raise _unusable(key)
        if ("before_day" in value) != ("before_month" in value):
            raise _unusable("before_day, before_month")


def _rule(entry: Mapping[str, Any], place: str) -> Rule:
    if unknown := set(entry) - _RULE_KEYS:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}")
    for key in _REQUIRED_KEYS:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise ValueError(f"{key} is missing")
    if not _CODE.fullmatch(entry["code"]) or len(entry["code"]) > 80:
        raise ValueError("code must look like group.name")
    if entry["unit"] not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}")
    if entry["confidence"] not in (FOUND, RECALLED):
        raise ValueError("confidence must be found or recalled")
    # TOML has no null: `unknown = true` says it, and the note must say what is missing.
    if entry.get("unknown", False) == ("value" in entry):
        raise ValueError("give either a value or unknown = true")
    if entry.get("unknown") and not (entry.get("note_vi") and entry.get("note_en")):
        raise ValueError("an unknown value needs note_vi and note_en")
    value = entry.get("value")
    check_value(entry["unit"], value)
    valid_from, valid_to = (_partial(entry.get(key), key) for key in ("valid_from", "valid_to"))
    _check_span(valid_from, valid_to)
    return Rule(
        code=entry["code"],
        titles={"vi": entry["vi"], "en": entry["en"]},
        value=value,
        unit=entry["unit"],
        valid_from=valid_from,
        valid_to=valid_to,
        basis=entry["basis"],
        article=entry.get("article", ""),
        confidence=entry["confidence"],
        notes=_notes(entry),
        place=place,
    )


def read_file(path: Path) -> list[Rule]:
    """The rules of one TOML file, in its order. Raises RulebookError naming file, line and rule."""
    text = path.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:  # its message names line and column
        raise RulebookError(f"{path.name}: {error}") from error
    if extra := set(data) - {"rule"}:
        raise RulebookError(f"{path.name}: only [[rule]] tables are read, not {', '.join(sorted(extra))}")
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[rule]]"]
    found = []
    for line, entry in zip(lines, data.get("rule", []), strict=True):
        place = f"{path.name}:{line}"
        try:
            found.append(_rule(entry, place))
        except ValueError as error:
            raise RulebookError(f"{place} ({entry.get('code', '?')}): {error}") from error
    return found


def by_code(rules: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    """The versions of each rule in time order. Raises RulebookError where two hold on one day or disagree."""
    grouped: dict[str, list[Rule]] = {}
    for one in rules:
        grouped.setdefault(one.code, []).append(one)
    for code, versions in grouped.items():
        versions.sort(key=lambda r: r.valid_from.first if r.valid_from else date.min)
        for earlier, later in pairwise(versions):
            begin = later.valid_from
            if begin is None or earlier.valid_to is None or earlier.valid_to.last >= begin.first:
                raise RulebookError(
                    f"{later.place} ({code}): holds on days on which {earlier.place} holds too; "
                    "give the earlier one a valid_to before the later one's valid_from"
                )
            if earlier.unit != later.unit:
                raise RulebookError(f"{later.place} ({code}): its unit differs from that of {earlier.place}")
    return {code: tuple(versions) for code, versions in sorted(grouped.items())}


def load(folder: Path = FOLDER) -> dict[str, tuple[Rule, ...]]:
    """Every rule of every file of the folder, by code. Raises RulebookError."""
    return by_code(one for path in sorted(folder.glob("*.toml")) for one in read_file(path))
