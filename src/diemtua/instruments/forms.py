"""The small forms of one step with an instrument or a commitment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import DecimalInputField, PartialDateFormField
from diemtua.register.desk.forms import DAY_FORMATS, DayInput, clean_text
from diemtua.register.desk.widgets import LookupField
from diemtua.register.models import User
from diemtua.sources.models import Document

from .models import Commitment, Instrument

QUICK_STATES = ("under_way", "kept", "partly", "broken", "cancelled")


class StepForm(forms.Form):
    """A reason, the version the person looked at, and what the step itself needs."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.user = user
        self.lookup_cache: dict[Any, Any] = {}
        self.add()
        self.fields["reason"] = forms.CharField(
            max_length=500,
            label=_("Why"),
            help_text=_("For the history, for example the number of the letter or decision."),
        )
        for f in self.fields.values():
            f.widget.attrs.setdefault("class", "form-select" if isinstance(f.widget, forms.Select) else "form-control")

    def add(self) -> None:
        """The step's own fields."""

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[n] for n in self.fields if n != "version"]

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():
            self.cleaned_data[name] = clean_text(value)


class ExtendForm(StepForm):
    def add(self) -> None:
        self.fields["until"] = PartialDateFormField(label=_("expires"), help_text=_("A day, a month or a year."))


class TerminateForm(StepForm):
    def add(self) -> None:
        self.fields["on"] = forms.DateField(
            label=_("last day of effect"), input_formats=DAY_FORMATS, widget=DayInput(), initial=timezone.localdate
        )


class ReplaceForm(StepForm):
    def add(self) -> None:
        self.fields["by"] = LookupField(
            Instrument.objects.visible_to(self.user).live().select_related("record"),
            "instrument",
            label=_("instrument that takes its place"),
        )


class StateForm(StepForm):
    """How a commitment stands; the source is asked for, and the page says so when none is given."""

    def add(self) -> None:
        labels = dict(Commitment.State.choices)
        self.fields["state"] = forms.ChoiceField(choices=[(s, labels[s]) for s in QUICK_STATES], label=_("state"))
        self.fields["on"] = forms.DateField(
            label=_("settled on"),
            input_formats=DAY_FORMATS,
            widget=DayInput(),
            required=False,
            initial=timezone.localdate,
            help_text=_("Not needed while it is under way or partly kept."),
        )
        self.fields["done"] = DecimalInputField(label=_("amount done"), max_digits=20, decimal_places=2, required=False)
        self.fields["source"] = LookupField(
            Document.objects.visible_to(self.user).live().select_related("record"),
            "document",
            required=False,
            label=_("proved by"),
            help_text=_("The report, letter or article that shows it."),
        )
        self.fields["quote"] = forms.CharField(
            label=_("passage"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
        )
