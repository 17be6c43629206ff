"""Amounts in the units in which the register counts, wherever a table says the unit: heading, cell, or a column.

The register counts an amount in units of one size for each currency (`Screen.counted_in`, `Screen.unit_sizes`: million
USD, billion VND). “Vốn (USD)” with 30.500.000, and “88 tỷ đồng” in a cell, are turned into these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from diemtua.kit.money import Money, MoneyError, format_money, parse_money, parse_unit

from ..screens import Screen
from ..tabular import Cell, counted
from .values import Values, Wrong, text_of, trimmed


@dataclass(frozen=True)
class Amount:
    """A cell that names its own unit: `number` in units of the register, the `currency`, the text as it stood."""

    number: Decimal
    currency: str
    text: str


class Amounts:
    """The columns of amounts of one table. `at`: {code: column index}; `fixed`: {code: text} for all rows."""

    def __init__(self, screen: Screen, headers: Sequence[str], at: Mapping[str, int], fixed: Mapping[str, str]) -> None:
        self.screen, self.at, self.fixed = screen, at, fixed
        self.of = {code: field for code, field in screen.counted_in.items() if code in at}
        self.headings = {code: headers[at[code]] for code in self.of}
        self.units = self._units()
        # {field: currency} where the headings agree and neither a column nor a value for all rows says it.
        self.agreed: dict[str, str] = {}
        for field in set(self.of.values()) - {*at, *fixed}:
            said = {unit.currency for code, unit in self.units.items() if self.of[code] == field}
            if len(said) == 1:
                self.agreed[field] = said.pop()

    def _units(self) -> dict[str, Money]:
        """{code: the unit its heading names}, of those the register counts in."""
        named = {code: counted(heading)[1] for code, heading in self.headings.items()}
        return {code: unit for code, unit in named.items() if unit and unit.currency in self.screen.unit_sizes}

    def _times(self, code: str) -> Decimal:
        unit = self.units[code]
        return unit.amount / self.screen.unit_sizes[unit.currency]

    def warnings(self) -> Iterator[str]:
        """One sentence for each column whose amounts are turned into other units."""
        for code, unit in self.units.items():
            if self._times(code) != 1 and self.of[code] in {*self.agreed, *self.at, *self.fixed}:
                size = format_money(Money(Decimal(self.screen.unit_sizes[unit.currency]), unit.currency))
                yield (
                    _("“%(column)s” is turned into units of %(size)s, in which the register counts.")
                    % {"column": self.headings[code], "size": size}
                )

    def read(self, code: str, values: Values) -> Values:
        """The cells of one column of amounts: numbers as they stand, texts with their unit as `Amount`."""
        field = self.of[code]
        known = self.agreed.get(field) or self.fixed.get(field)
        if known not in self.screen.unit_sizes:
            known = None
        found: Values = {}
        for cell, value in values.items():
            found[cell] = self._read(cell, known) if isinstance(value, Wrong) and isinstance(cell, str) else value
        if field in self.agreed:
            by = self._times(code) if code in self.units else Decimal(1)
            return {c: v if isinstance(v, Wrong | Amount) else trimmed(v * by) for c, v in found.items()}
        return found

    def _read(self, text: str, currency: str | None) -> Amount | Wrong:
        try:
            money = parse_money(text, currency)
        except MoneyError as error:
            return Wrong(error)
        size = self.screen.unit_sizes.get(money.currency)
        if size is None:
            names = ", ".join(self.screen.unit_sizes)
            return Wrong(
                _("Amounts in %(currency)s are not counted here. Write them in one of: %(names)s.")
                % {"currency": money.currency, "names": names}
            )
        return Amount(trimmed(money.amount / size), money.currency, text)

    def settle(
        self, cells: Sequence[Cell], fields: dict[str, Any], named: Mapping[str, Amount]
    ) -> Iterator[tuple[str, str]]:
        """Give a row its unit, and turn amounts whose heading names one; (code, sentence) of what contradicts itself.

        `fields`: what the row says so far, changed in place; `named`: {code: Amount} of its cells with a unit.
        """
        for field in set(self.of.values()):
            codes = [c for c, f in self.of.items() if f == field and cells[self.at[c]] is not None]
            text = text_of(cell) if field in self.at and (cell := cells[self.at[field]]) is not None else ""
            text = text or self.fixed.get(field, "")
            if text and isinstance(stated := fields.get(field), str):
                yield from self._beside(stated, text, codes, fields, named)
                continue
            if not codes:
                if field in self.agreed:
                    fields.pop(field, None)
                continue
            said = {named[c].currency for c in codes if c in named}
            plain = [c for c in codes if c not in named]
            if len(said) > 1 or (said and plain and said != {fields.get(field)}):
                first = next(c for c in codes if c in named)
                yield first, _("The amounts of this row are in different units. Write them in one.")
            elif said:
                fields[field] = said.pop()

    def _beside(
        self, stated: str, text: str, codes: Sequence[str], fields: dict[str, Any], named: Mapping[str, Amount]
    ) -> Iterator[tuple[str, str]]:
        """Amounts of a row whose unit stands in a column of its own."""
        sentence = _("“%(text)s” is not in the unit of its row, which is “%(unit)s”. Mend one of them.")
        bare = (parse_unit(text) or Money(Decimal(0), stated)).amount == 1  # “USD”, not “triệu USD”
        for code in codes:
            if code in named:
                if named[code].currency != stated:
                    yield code, sentence % {"text": named[code].text, "unit": text}
            elif (unit := self.units.get(code)) is not None and isinstance(fields.get(code), Decimal):
                if unit.currency != stated or (self._times(code) != 1 and not bare):
                    yield code, sentence % {"text": self.headings[code], "unit": text}
                else:
                    fields[code] = trimmed(fields[code] * self._times(code))
