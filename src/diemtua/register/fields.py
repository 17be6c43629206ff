"""Model fields that read their choices from the rulebook's dated code lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diemtua.rulebook.queries import codes


def code_choices(code_list: str) -> list[tuple[str, str]]:
    """(code, label in the reader's language) of a code list as it holds today."""
    language = "vi" if (get_language() or "vi").startswith("vi") else "en"
    return [(c.code, c.label(language)) for c in codes(code_list)]


class CodesField(models.CharField):
    """Several codes of one list, as a Python list; stored as `|a|b|` so that one code can be filtered
    with `contains` on every engine."""

    def __init__(self, *args: Any, code_list: str = "", **kwargs: Any) -> None:
        self.code_list = code_list
        kwargs.setdefault("max_length", 400)
        kwargs.setdefault("default", list)
        kwargs["blank"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs["code_list"] = self.code_list
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> list[str]:
        return self.to_python(value)

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, list | tuple):
            return list(value)
        return [c for c in (value or "").split("|") if c]

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        return f"|{'|'.join(value)}|" if value else ""

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))

    def clean(self, value: Any, model_instance: models.Model | None) -> list[str]:
        chosen = self.to_python(value)
        known = dict(code_choices(self.code_list))
        if wrong := [c for c in chosen if c not in known]:
            raise ValidationError(_("Not in the list: %(codes)s.") % {"codes": ", ".join(wrong)})
        return chosen

    def display(self, value: list[str]) -> list[str]:
        known = dict(code_choices(self.code_list))
        return [known.get(c, c) for c in value]

    def formfield(self, **kwargs: Any) -> forms.Field:  # type: ignore[override]
        return forms.MultipleChoiceField(
            choices=lambda: code_choices(self.code_list),
            required=False,
            label=self.verbose_name,
            help_text=self.help_text,
            widget=forms.SelectMultiple(attrs={"data-choices": "many"}),
        )


class CodeField(models.CharField):
    """One code of a rulebook list. Choices are read when asked, so an amended list needs no restart."""

    def __init__(self, *args: Any, code_list: str = "", **kwargs: Any) -> None:
        self.code_list = code_list
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs["code_list"] = self.code_list
        return name, path, args, kwargs

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        value = super().clean(value, model_instance)
        if value and value not in dict(code_choices(self.code_list)):
            raise ValidationError(_("Not in the list: %(codes)s.") % {"codes": value})
        return value

    def display(self, value: str) -> str:
        return dict(code_choices(self.code_list)).get(value, value)

    def formfield(self, **kwargs: Any) -> forms.Field:  # type: ignore[override]
        return forms.ChoiceField(
            choices=lambda: [("", "---------"), *code_choices(self.code_list)],
            required=not self.blank,
            label=self.verbose_name,
            help_text=self.help_text,
        )
