"""The boxes of one fact, for an officer who knows better or adds what was missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from diemtua.kit.dates import PartialDate
from diemtua.register.desk.forms import clean_text, form_field
from diemtua.register.desk.services import MEASURES, measure_label
from diemtua.register.models import Figure, Stage, User
from diemtua.register.screens import Screen
from diemtua.register.write import from_stored

from . import rules
from .models import Subject

FIGURE_BOXES = ("measure", "stage", "value", "unit", "wording", "as_of")


class FactForm(forms.Form):
    """The fields of one fact: one field of a record, one row of a set, one figure, or (`field` "") its beginning.

    `value`: what is proposed, in stored form; `subjects` {key: subject}: others that it speaks of. Such a subject
    stays what it is unless another record is chosen.
    """

    def __init__(
        self,
        screen: Screen,
        field: str,
        user: User,
        *args: Any,
        value: Any = None,
        subjects: Mapping[str, Subject] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.screen, self.field, self.user = screen, field, user
        self.lookup_cache: dict[Any, Any] = {}
        self.kept: dict[str, Subject] = {}
        self.child = next((c for c in screen.all_children if c.name == field), None)
        self._build(value)
        self._fill(value, subjects or {})
        for f in self.fields.values():
            widget = f.widget
            css = "form-select" if isinstance(widget, forms.Select) else "form-control"
            widget.attrs.setdefault("class", "form-check-input" if isinstance(widget, forms.CheckboxInput) else css)

    # --- boxes ------------------------------------------------------------------------------------
    def _build(self, value: Any) -> None:
        if self.field == rules.FIGURES:
            self._build_figure()
        elif self.child is not None:
            for name, f in self.child.model_fields.items():
                self.fields[name] = form_field(f, self.user)
        elif self.field == "":
            self._build_whole(value or {})
        else:
            self._build_field(self.field)

    def _build_field(self, name: str) -> None:
        label = self.screen.label(name)
        if name == "title":
            self.fields[name] = forms.CharField(max_length=500, label=label)
        else:
            self.fields[name] = form_field(self.screen.own_fields[name], self.user, label)

    def _build_whole(self, value: Mapping[str, Any]) -> None:
        """The title, and what the record cannot be without."""
        self._build_field("title")
        for name, f in self.screen.own_fields.items():
            if name in value or (not f.blank and form_field(f, self.user).required):
                self._build_field(name)

    def _build_figure(self) -> None:
        for name in FIGURE_BOXES:
            self.fields[name] = form_field(Figure._meta.get_field(name), self.user)  # type: ignore[arg-type]
        codes = dict.fromkeys([*self.screen.measures, *MEASURES])
        choices = [("", ""), *((code, measure_label(code)) for code in codes)]
        self.fields["measure"] = forms.ChoiceField(choices=choices, label=self.fields["measure"].label)
        self.fields["value"].help_text = _("1.234,5 and 1,234.5 are both read.")
        self.fields["wording"].help_text = _("Where the source gives no plain number, such as “over 40”.")

    # --- what stands in them ----------------------------------------------------------------------
    def _fill(self, value: Any, subjects: Mapping[str, Subject]) -> None:
        whole = isinstance(value, Mapping) and set(value) != {"subject"}
        parts = value if whole else {self.field: value}
        for name, stored in parts.items():
            if name not in self.fields or stored is None:
                continue
            if isinstance(stored, Mapping):
                self._keep(name, subjects.get(stored.get("subject", "")))
            else:
                self.initial[name] = self._python(name, stored)
        if self.field == rules.FIGURES and isinstance(value, Mapping):
            self.initial.setdefault("stage", Stage.ANNOUNCED)
            codes = {code for code, _label in self.fields["measure"].choices}  # type: ignore[attr-defined]
            if (code := str(value.get("measure", ""))) not in codes:
                self.fields["measure"].choices.append((code, measure_label(code)))  # type: ignore[attr-defined]

    def _keep(self, name: str, subject: Subject | None) -> None:
        if subject is None:
            return
        self.kept[name] = subject
        if subject.record_id is not None:
            self.initial[name] = subject.record_id
        else:
            self.fields[name].required = False
            self.fields[name].help_text = gettext_now(
                "Left empty it is “%(title)s”, whose record is made along with it."
            ) % {"title": subject.title}

    def _python(self, name: str, stored: Any) -> Any:
        if self.field == rules.FIGURES:
            return PartialDate.from_iso(stored) if name == "as_of" and stored else stored
        model = self.child.model if self.child is not None else self.screen.model
        return stored if name == "title" else from_stored(model, name, stored)

    # --- what was typed ---------------------------------------------------------------------------
    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, typed in self.cleaned_data.items():
            self.cleaned_data[name] = clean_text(typed)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        says_nothing = self.field == rules.FIGURES and data.get("value") is None and not data.get("wording")
        if says_nothing and "value" not in self.errors:
            self.add_error("value", _("Give the number, or the words of the source beside it."))
        return data

    def value(self) -> Any:
        """What `actions.mend` and `actions.add_fact` take."""
        said = {name: self._said(name) for name in self.fields}
        if self.field == rules.FIGURES or self.child is not None or self.field == "":
            return said
        return said[self.field]

    def _said(self, name: str) -> Any:
        typed = self.cleaned_data.get(name)
        kept = self.kept.get(name)
        if kept is not None and (typed is None or typed.pk == kept.record_id):
            return kept
        return typed

    def add_errors(self, error: ValidationError) -> None:
        """Sentences of an action beside their boxes; the others on top."""
        found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
        for name, sentences in found.items():
            self.add_error(name if name in self.fields else None, sentences)
