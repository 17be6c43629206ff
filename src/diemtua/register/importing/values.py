"""What the cells of a column mean. Every distinct cell is read once, and looked up in bulk."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from diemtua.kit.dates import DateError, parse_date
from diemtua.kit.fields import PartialDateField
from diemtua.kit.numbers import DecimalSign, NumberError, parse_number
from diemtua.kit.text import exact, fold, nfc, strip_control
from diemtua.places.models import AdminUnit, Bloc, Country
from diemtua.places.queries import find_all, find_blocs

from ..fields import CodesField
from ..models import Name, OrgUnit, Record, Role, User
from ..queries import visible
from ..screens import Screen, all_screens, is_key_to_record
from ..tabular import Cell, CellError
from ..tabular.writing import plain_number
from .columns import LANGUAGES, TAGS, Column, choices_of, split, unescape

IN_QUERY = 5000  # values one query may ask for
YES = frozenset(["co", "x", "yes", "y", "true", "1", "dung", "v"])
NO = frozenset(["khong", "no", "n", "false", "0", "sai", "k", ""])


class Wrong(str):
    """A cell that cannot be read: the sentence for the officer."""


class Unknown(Wrong):
    """The name of a record that is not in the register."""


Values = dict[Cell, Any]


class Reader:
    """Reads columns for one person; `in_file` gives the row of each title (folded) in the same file."""

    def __init__(self, screen: Screen, actor: User | None, in_file: dict[str, int] | None = None) -> None:
        self.screen, self.actor = screen, actor
        self.in_file = in_file or {}
        self.warnings: list[str] = []

    def column(self, column: Column, cells: Iterable[Cell]) -> Values:
        """{cell: value or Wrong} of a column's distinct cells; empty cells are not asked for."""
        asked = {c for c in cells if c is not None}
        found: Values = {c: Wrong(c.sentence) for c in asked if isinstance(c, CellError)}
        cells = [c for c in asked if not isinstance(c, CellError)]
        if column.code == TAGS:
            found.update((c, [t[:60] for t in _items(text_of(c), ";,\n")]) for c in cells)
        elif column.child is not None:
            found.update(self._children(column, cells))
        else:
            assert column.field is not None
            found.update(self.field(column.field, cells, column.heading))
        return found

    def field(self, f: models.Field, cells: list[Cell], heading: str = "") -> Values:
        """{cell: value or Wrong} by the kind of field."""
        if isinstance(f, models.ForeignKey):
            return self._keys(f, cells)
        if isinstance(f, CodesField):
            known = _labels(f)
            return {c: _codes(text_of(c), known, f) for c in cells}
        if choices_of(f) is not None:
            known = _labels(f)
            return {c: known.get(fold(t := text_of(c)), known.get(t.lower(), _not_listed(t, f))) for c in cells}
        if isinstance(f, models.BooleanField):
            return {c: _boolean(text_of(c)) for c in cells}
        if isinstance(f, PartialDateField):
            return {c: _tried(_date, c) for c in cells}
        if isinstance(f, models.DateField):
            return {c: _tried(_day, c) for c in cells}
        if isinstance(f, models.DecimalField | models.IntegerField):
            sign = self._sign(cells, heading)
            whole = isinstance(f, models.IntegerField)
            return {c: _tried(lambda c: _number(c, sign, whole), c) for c in cells}
        return {c: _text(c, f) for c in cells}

    def _sign(self, cells: list[Cell], heading: str) -> DecimalSign | None:
        """The decimal sign of a column of texts: that of the cells which can be read in one way only."""
        comma = point = doubt = False
        for c in cells:
            if isinstance(c, str) and ("," in c or "." in c):
                body = c.strip(" +-()")
                if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", body):
                    doubt = True
                elif re.search(r",\d+$", body) and not re.search(r",\d{3},|,.*,", body):
                    comma = True
                elif re.search(r"\.\d+$", body) and not re.search(r"\..*\.", body):
                    point = True
        if doubt and comma and point:
            self.warnings.append(
                _(
                    "The column “%(column)s” mixes 1.234,5 and 1,234.5: check numbers such as 1.234, read as "
                    "one thousand two hundred thirty-four."
                )
                % {"column": heading}
            )
        return None if comma == point else "," if comma else "."

    # --- child sets -------------------------------------------------------------------------------

    def _children(self, column: Column, cells: list[Cell]) -> Values:
        """Cells such as `A | role; B` as [{field: value}], each part read like a column of its own."""
        child = column.child
        assert child is not None
        names, leads = column.parts, column.leads
        rows = {c: [[unescape(p) for p in split(item, "|")] for item in split(text_of(c)) if item] for c in cells}
        asked: dict[str, set[str]] = defaultdict(set)
        for items in rows.values():
            for parts in items:
                for name, part in zip(names, parts, strict=False):
                    if part:
                        asked[name].add(part)
                if len(leads) > 1 and parts[0]:  # an organisation or a person: asked for as both
                    for name in leads[1:]:
                        asked[name].add(parts[0])
        values = {n: self.field(child.model_fields[n], list(texts)) for n, texts in asked.items()}
        return {c: self._rows(names, leads, items, values) for c, items in rows.items()}

    def _rows(
        self, names: list[str], leads: list[str], items: list[list[str]], values: dict[str, Values]
    ) -> list[dict[str, Any]] | Wrong:
        made = []
        for parts in items:
            if len(parts) > len(names):
                return Wrong(
                    _("“%(text)s” has too many parts. Separate several with semicolons.")
                    % {"text": _short(" | ".join(parts))}
                )
            row: dict[str, Any] = {}
            for name, part in zip(names, parts, strict=False):
                if not part:
                    continue
                value = values[name][part]
                if isinstance(value, Wrong) and leads[:1] == [name] and not any(parts[1 : len(leads)]):
                    for other in leads[1:]:
                        if not isinstance(values[other][part], Wrong):
                            name, value = other, values[other][part]
                            break
                if isinstance(value, Wrong):
                    return value
                row[name] = value
            made.append(row)
        return made

    # --- keys -------------------------------------------------------------------------------------

    def _keys(self, f: models.ForeignKey, cells: list[Cell]) -> Values:
        related: Any = f.related_model
        texts = {c: text_of(c) for c in cells}
        find: Callable[[set[str]], dict[str, Any]]
        if is_key_to_record(f):
            kind = None if related is Record else _kind_of(related)
            find = lambda wanted: self.records(kind, wanted)  # noqa: E731
        elif related is Country:
            find = _countries
        elif related is Bloc:
            find = _blocs
        elif related is AdminUnit:
            find = _places
        elif related is User:
            find = _users
        elif related is OrgUnit:
            find = self._units
        elif hasattr(related, "by_name"):  # a small table of a room above
            find = lambda wanted: _by_name(related, wanted)  # noqa: E731
        else:
            raise TypeError(f"no column can hold {related}")
        found = find(set(texts.values()))
        return {c: found[t] for c, t in texts.items()}

    def records(self, kind: str | None, texts: set[str]) -> dict[str, Any]:
        """{text: number of the record called so, or Wrong}: by title, then by other name, or as #12."""
        keys = {t: fold(t)[:500] for t in texts}
        titles: dict[str, list[tuple[int, str]]] = defaultdict(list)
        names: dict[str, list[tuple[int, str]]] = defaultdict(list)
        seen = Record.objects.visible_to(self.actor) if self.actor else Record.objects.all()
        if kind:
            seen = seen.filter(kind=kind)
        wanted = [k for k in set(keys.values()) if k]
        for part in _parts(wanted):
            for pk, key, title in seen.live().filter(title_key__in=part).values_list("pk", "title_key", "title"):
                titles[key].append((pk, title))
        missing = [k[:300] for k in wanted if k not in titles]
        for part in _parts(missing):
            rows = Name.objects.filter(key__in=part, record__archived_at=None)
            if self.actor:
                rows = rows.filter(visible(self.actor, "record__"))
            if kind:
                rows = rows.filter(record__kind=kind)
            for pk, key, text in rows.values_list("record_id", "key", "text"):
                names[key].append((pk, text))
        numbers = {t: int(m[1]) for t in texts if (m := re.search(r"#(\d{1,15})$", t))}
        there: set[int] = set()
        for part in _parts(list(set(numbers.values()))):
            there.update(seen.filter(pk__in=part).values_list("pk", flat=True))
        result: dict[str, Any] = {}
        for text, key in keys.items():
            found = titles.get(key) or names.get(key[:300]) or []
            if len({pk for pk, _title in found}) > 1:
                found = [(pk, title) for pk, title in found if exact(title) == exact(text)] or found
            pks = sorted({pk for pk, _title in found})
            if len(pks) == 1:
                result[text] = pks[0]
            elif numbers.get(text) in there:
                result[text] = numbers[text]
            elif pks:
                result[text] = Wrong(
                    _(
                        "Several records are called “%(name)s”. Write the number of the one you mean after "
                        "the name: %(numbers)s."
                    )
                    % {"name": _short(text), "numbers": ", ".join(f"#{pk}" for pk in pks[:6])}
                )
            elif kind == self.screen.kind and key in self.in_file:
                result[text] = Wrong(
                    _(
                        "“%(name)s” is not in the register yet; it stands in row %(row)s of this file. "
                        "Import that row first, then send this one again."
                    )
                    % {"name": _short(text), "row": self.in_file[key]}
                )
            else:
                result[text] = Unknown(
                    _("Nothing called “%(name)s” is in the register. Check how it is written, or enter it first.")
                    % {"name": _short(text)}
                )
        return result

    def _units(self, texts: set[str]) -> dict[str, Any]:
        units = OrgUnit.objects.all()
        if self.actor is not None and not self.actor.is_at_least(Role.LEAD):
            units = units.filter(pk__in=[self.actor.unit_id] if self.actor.unit_id else [])
        known = {fold(u.name): u.pk for u in units}
        sentence = _("“%(name)s” is not a unit in which you may enter records. Check its name.")
        return {t: known.get(fold(t)) or Wrong(sentence % {"name": _short(t)}) for t in texts}


def _by_name(model: Any, texts: set[str]) -> dict[str, Any]:
    """Rows of a small table whose model says how they are called: `by_name()` {folded name: key}."""
    known = model.by_name()
    sentence = _("Nothing called “%(name)s” is in the register. Check how it is written, or enter it first.")
    return {t: known.get(fold(t)) or Wrong(sentence % {"name": _short(t)}) for t in texts}


# --- plain values ---------------------------------------------------------------------------------


def text_of(cell: Cell) -> str:
    """A cell as text: numbers without exponent, days as dd/mm/yyyy."""
    if type(cell) is str:
        return cell
    if isinstance(cell, Decimal):
        return plain_number(cell.normalize() if cell == cell.to_integral_value() else cell)
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return str(cell)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _items(text: str, signs: str) -> list[str]:
    return [unescape(i) for i in split(text, signs) if i]


def _text(cell: Cell, f: models.Field) -> str | Wrong:
    text = strip_control(nfc(text_of(cell)), newlines=isinstance(f, models.TextField)).strip()
    if f.max_length and len(text) > f.max_length:
        return Wrong(
            _("The text has %(length)s letters; at most %(limit)s can be kept. Please shorten it.")
            % {"length": len(text), "limit": f.max_length}
        )
    if isinstance(f, models.URLField) and text and "://" not in text:
        text = f"https://{text}"
    return text


def _tried(read: Callable[[Cell], Any], cell: Cell) -> Any:
    try:
        return read(cell)
    except (DateError, NumberError) as error:
        return Wrong(error)


def _date(cell: Cell) -> Any:
    return parse_date(cell if isinstance(cell, date) else text_of(cell))


def _day(cell: Cell) -> Any:
    found = _date(cell)
    if found.first != found.last:
        return Wrong(_("Write one whole day, for example 04/11/2021."))
    return found.first


def _number(cell: Cell, sign: DecimalSign | None, whole: bool) -> Any:
    number = parse_number(cell if isinstance(cell, Decimal) else text_of(cell), sign)
    if not whole:
        return number
    if number != number.to_integral_value():
        return Wrong(_("Write a whole number, without decimals."))
    return int(number)


def trimmed(number: Decimal) -> Decimal:
    """The same number without zeros at its end, which fields would count as decimals."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _boolean(text: str) -> bool | Wrong:
    key = fold(text)
    if key in YES or text.strip() in ("✓", "✔", "☑"):
        return True
    return False if key in NO else Wrong(_("Write yes or no (“x” and “1” also mean yes)."))


def _labels(f: models.Field) -> dict[str, str]:
    """{folded label or code, in both languages: value}."""
    known: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            for value, label in choices_of(f) or []:
                known.setdefault(fold(label), value)
                known.setdefault(value.lower(), value)
                known.setdefault(fold(value), value)
    return known


def _not_listed(text: str, f: models.Field) -> Wrong:
    labels = [label for value, label in choices_of(f) or [] if value]
    shown = "; ".join(labels[:12]) + ("; …" if len(labels) > 12 else "")
    return Wrong(
        _("“%(text)s” is not in the list. Write one of: %(choices)s.") % {"text": _short(text), "choices": shown}
    )


def _codes(text: str, known: dict[str, str], f: models.Field) -> list[str] | Wrong:
    found: list[str] = []
    for item in _items(text, ";\n"):
        # A comma parts items too, but a label may hold one.
        for part in [item] if fold(item) in known else _items(item, ",;\n"):
            if (code := known.get(fold(part))) is None:
                return _not_listed(part, f)
            if code not in found:
                found.append(code)
    return found


# --- places, people -------------------------------------------------------------------------------


def _kind_of(model: type[models.Model]) -> str:
    return next(s.kind for s in all_screens() if s.model is model)


def _parts(values: list[Any]) -> Iterable[list[Any]]:
    return (values[i : i + IN_QUERY] for i in range(0, len(values), IN_QUERY))


def _countries(texts: set[str]) -> dict[str, Any]:
    """By name in either language, another name, or ISO code: the table of countries is small."""
    by_code: dict[str, str] = {}
    by_name: dict[str, set[str]] = defaultdict(set)
    for c in Country.objects.all():
        by_code[c.code.lower()] = by_code[c.iso3.lower()] = c.code
        for name in (c.name_vi, c.name_en, *c.other_names):
            by_name[fold(str(name))].add(c.code)
        for key in c.other_keys.split("|"):
            by_name[key].add(c.code)
    sentence = _("“%(name)s” is not a country that is known here. Write its Vietnamese or English name.")
    result: dict[str, Any] = {}
    for text in texts:
        codes = by_name.get(fold(text), set())
        if len(codes) == 1:
            result[text] = next(iter(codes))
        else:
            result[text] = by_code.get(text.strip().lower()) or Wrong(sentence % {"name": _short(text)})
    return result


def _blocs(texts: set[str]) -> dict[str, Any]:
    """By code, name in either language, or the short name."""
    sentence = _("“%(name)s” is not a region or bloc that is known here. Write its name or its usual short form.")
    return {
        text: found[0].pk if len(found) == 1 else Wrong(sentence % {"name": _short(text)})
        for text, found in find_blocs(texts).items()
    }


def _places(texts: set[str]) -> dict[str, Any]:
    """By name, kind and larger units; `#ref` after a name says which where nothing else can."""
    refs = {t: m[1] for t in texts if (m := re.search(r"#(\S+)$", t))}
    by_ref = {
        ref: pk
        for part in _parts(list(set(refs.values())))
        for ref, pk in AdminUnit.objects.filter(ref__in=part).values_list("ref", "pk")
    }
    result: dict[str, Any] = {t: by_ref[ref] for t, ref in refs.items() if ref in by_ref}
    found = find_all([t for t in texts if t not in result])
    for text, answer in found.items():
        if answer.unit is not None:
            result[text] = answer.unit.pk
        elif answer.ambiguous:
            result[text] = Wrong(
                _("Several places are called “%(name)s”. Write the larger units after commas, or one of: %(numbers)s.")
                % {"name": _short(text), "numbers": ", ".join(f"#{u.ref}" for u in answer.units[:6])}
            )
        else:
            result[text] = Wrong(
                _("No place called “%(name)s” is known. Check how it is written, or add it under Places.")
                % {"name": _short(text)}
            )
    return result


def _users(texts: set[str]) -> dict[str, Any]:
    names: dict[str, list[str | int]] = defaultdict(list)
    logins: dict[str, int] = {}
    for user in User.objects.filter(is_active=True):
        logins[user.username.lower()] = user.pk
        names[fold(user.name)].append(user.pk)
    result: dict[str, Any] = {}
    for text in texts:
        found = names.get(fold(text), [])
        if (pk := logins.get(text.strip().lower())) is not None:
            result[text] = pk
        elif len(found) == 1:
            result[text] = found[0]
        elif found:
            result[text] = Wrong(
                _("Several officers are called “%(name)s”. Write the user name instead.") % {"name": _short(text)}
            )
        else:
            result[text] = Wrong(
                _("No officer called “%(name)s” is known. Write the full name or the user name.")
                % {"name": _short(text)}
            )
    return result
