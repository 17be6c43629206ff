"""Model and form fields for partial dates and for numbers in both conventions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from diemtua.kit.dates import DateError, PartialDate, parse_date
from diemtua.kit.numbers import NumberError, decimal_sign, format_number, parse_number

__all__ = ["DecimalInputField", "NumberField", "PartialDateField", "PartialDateFormField"]

if TYPE_CHECKING:
    _DateColumn = models.CharField[PartialDate | date | str | None, PartialDate | None]
    _NumberColumn = models.DecimalField[Decimal | int | str | None, Decimal | None]
else:
    _DateColumn = models.CharField
    _NumberColumn = models.DecimalField


def _read_date(value: Any) -> PartialDate | None:
    """PartialDate or None from anything a form, a fixture or a lookup may hold. Raises ValidationError."""
    if value is None or isinstance(value, PartialDate):
        return value
    if isinstance(value, str) and not value.strip():
        return None
    try:
        return parse_date(value if isinstance(value, date) else str(value))
    except DateError as error:
        raise ValidationError(str(error), code="invalid") from error


class PartialDateFormField(forms.Field):
    """A text box that reads every form `parse_date` reads; what was typed stays when it is wrong."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # Number pads of phones have no “/” and no letters, so the full keyboard is asked for.
        return {
            "placeholder": "dd/MM/yyyy",
            "inputmode": "text",
            "autocomplete": "off",
            "spellcheck": "false",
        }

    def to_python(self, value: Any) -> PartialDate | None:
        return _read_date(value)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, date):
            value = PartialDate.day(value)
        return value.display() if isinstance(value, PartialDate) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return not self.disabled and _read_date(initial) != _read_date(data)
        except ValidationError:
            return True


class PartialDateField(_DateColumn):
    """A `PartialDate` or None, kept as its `iso` text (at most 21 characters); null and blank by default.

    The first ten characters are the first day and the last ten the last, on every engine:
    `Left("due", 10)` and `Right("due", 10)` are days as text, for ordering and generated columns.
    Lookups (exact, in, gt, gte, lt, lte, range) take PartialDate, date or text and compare by first day,
    then last. So `due__lt=today` means *begins before today*; whether it is over asks for the last day.
    """

    empty_strings_allowed = False
    description = "A day, month, quarter, year or interval"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 21
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", kwargs["null"])
        super().__init__(*args, **kwargs)
        # It would measure the PartialDate, which has no length.
        self.validators = [v for v in self.validators if not isinstance(v, MaxLengthValidator)]

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_length", "null", "blank"):
            kwargs.pop(key, None)
        if not self.null:
            kwargs["null"] = False
        if self.blank != self.null:
            kwargs["blank"] = self.blank
        return name, path, list(args), kwargs

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> PartialDate | None:
        return PartialDate.from_iso(value) if value else None

    def to_python(self, value: Any) -> PartialDate | None:
        return _read_date(value)

    def get_prep_value(self, value: Any) -> str | None:
        known = _read_date(super(models.CharField, self).get_prep_value(value))
        return known.iso if known else None

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        # Past CharField.formfield, which would limit what may be typed to 21 characters.
        return super(models.CharField, self).formfield(**{"form_class": PartialDateFormField, **kwargs})


class DecimalInputField(forms.DecimalField):
    """A text box for a number, shown and read in the convention of the page's language, and read in the other
    one wherever that cannot be misunderstood; what was typed stays when it is wrong."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        try:
            return parse_number(value if isinstance(value, int | float | Decimal) else str(value), decimal_sign())
        except NumberError as error:
            raise ValidationError(str(error), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return format_number(value) if isinstance(value, int | float | Decimal) else value


class NumberField(_NumberColumn):
    """A decimal column whose form field is `DecimalInputField`; 20 digits, 4 of them decimals, by default.

    SQLite keeps decimals as floating point: 15 digits come back exactly.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if len(args) < 3:  # verbose_name, name, max_digits may come by place, as in DecimalField
            kwargs.setdefault("max_digits", 20)
        if len(args) < 4:
            kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": DecimalInputField, **kwargs})
