"""The forms of single steps with a care case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diemtua.register.desk.forms import DAY_FORMATS, DayInput, form_field

from ..models import CareCase
from ..rules import care
from .projects import StepForm


class CaseForm(StepForm):
    """A step with a case; `case` is what it says now."""

    def __init__(self, *args: Any, case: CareCase, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)

    def case_field(self, name: str, required: bool = False) -> None:
        """A field of the case's own form, with what it says now."""
        field = form_field(CareCase._meta.get_field(name), self.user)  # type: ignore[arg-type]
        field.required, field.initial = required, getattr(self.case, name)
        if isinstance(field, forms.BooleanField):
            field.widget.attrs["class"] = "form-check-input"
        self.fields[name] = field

    def reason(self, required: bool = True) -> None:
        self.fields["reason"] = forms.CharField(
            max_length=500, required=required, label=_("Why"), help_text=_("For the history; the investor may ask.")
        )


def _day(label: Any, initial: Any = None) -> forms.DateField:
    return forms.DateField(label=label, input_formats=DAY_FORMATS, widget=DayInput(), initial=initial)


class PromiseForm(CaseForm):
    def add(self) -> None:
        self.fields["due"] = _day(_("promised by"), self.case.due)
        self.reason(required=self.case.due is not None)


class CloseForm(CaseForm):
    def add(self) -> None:
        labels = dict(care.STATUSES)
        self.fields["status"] = forms.ChoiceField(
            choices=[(s, labels[s]) for s in care.OVER], label=_("how it is closed"), initial=care.SOLVED
        )
        self.fields["on"] = _day(_("closed on"), timezone.localdate)
        self.case_field("done", required=True)
        self.case_field("outcome")
        for name in ("capital_kept", "jobs_kept"):
            if getattr(self.case, name.removesuffix("_kept")) is not None:
                self.case_field(name)
                self.fields[name].help_text = _("Needed where it was partly kept.")
        self.case_field("word")
        self.case_field("word_agreed")


class ReopenForm(CaseForm):
    def add(self) -> None:
        self.reason()


class LineForm(CaseForm):
    def add(self) -> None:
        line = getattr(self.case, "public_line", None)
        help_text = _("What was difficult and what was done. Without names, numbers, addresses.")
        for name, label, required in (
            ("text_vi", _("line in Vietnamese"), True),
            ("text_en", _("line in English"), False),
        ):
            self.fields[name] = forms.CharField(
                label=label,
                max_length=500,
                required=required,
                initial=getattr(line, name, ""),
                help_text=help_text if required else "",
                widget=forms.Textarea(attrs={"rows": 3}),
            )
