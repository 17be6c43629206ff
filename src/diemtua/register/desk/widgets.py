"""Choosing one of many: a select that asks the server while one types, and works with a keyboard."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class LookupSelect(forms.Select):
    """A select holding only the chosen option; the rest comes from the look-up address."""

    def __init__(self, kind: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.kind = kind

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        return super().build_attrs(
            base_attrs,
            {
                **(extra_attrs or {}),
                "data-lookup": reverse("desk:lookup", args=[self.kind]),
                "data-kind": self.kind,
            },
        )


class LookupField(forms.ModelChoiceField):
    """A ModelChoiceField whose widget lists only the chosen row, so that a million others cost nothing."""

    default_error_messages = {
        "invalid_choice": _("This record is not there any more, or you may not see it. Choose another one.")
    }

    def __init__(self, queryset: models.QuerySet, kind: str, **kwargs: Any) -> None:
        super().__init__(queryset, widget=LookupSelect(kind), **kwargs)
        self.widget.choices = []

    def _get_choices(self):
        return []

    def _set_choices(self, value):
        pass

    choices = property(_get_choices, _set_choices)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        bound = super().get_bound_field(form, field_name)
        assert self.queryset is not None
        chosen = bound.value()
        options: list[tuple[Any, str]] = [("", "")]
        if chosen not in (None, ""):
            row = chosen if isinstance(chosen, models.Model) else None
            if row is None:
                cache = getattr(form, "lookup_cache", {})
                row = cache.get((self.queryset.model, str(chosen)))
            if row is None:
                try:
                    row = self.queryset.filter(pk=chosen).first()
                except (ValueError, TypeError, ValidationError, OverflowError):
                    row = None
            if row is not None:
                options.append((row.pk, self.label_from_instance(row)))
        field_widget = bound.field.widget
        field_widget.choices = options  # type: ignore[attr-defined]
        return bound

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None
