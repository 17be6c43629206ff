"""The small forms of the ledger: reserve, extend, give back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import DecimalInputField
from diemtua.register.desk.forms import DAY_FORMATS, DayInput, clean_text
from diemtua.register.desk.widgets import LookupField
from diemtua.register.models import Record, User

from ..models import Reservation

NO_DAY = {"invalid": _("Write the day as dd/mm/yyyy, for example 04/11/2021.")}


class LedgerForm(forms.Form):
    """What a step needs and, where it is `reasoned`, why it is taken."""

    reasoned = True

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.user = user
        self.lookup_cache: dict[Any, Any] = {}
        self.add()
        if self.reasoned:
            self.fields["reason"] = forms.CharField(
                max_length=500, label=_("why"), help_text=_("For the history, for example the letter that asks for it.")
            )
        for f in self.fields.values():
            f.widget.attrs.setdefault("class", "form-select" if isinstance(f.widget, forms.Select) else "form-control")

    def add(self) -> None:
        """The step's own fields."""

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[n] for n in self.fields]

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():
            self.cleaned_data[name] = clean_text(value)

    def add_errors(self, error: ValidationError) -> None:
        """Sentences of the action beside their fields; what has no field on top."""
        found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
        for name, sentences in found.items():
            self.add_error(name if name in self.fields else None, sentences)


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, input_formats=DAY_FORMATS, widget=DayInput(), error_messages=NO_DAY, **kwargs)


class ReserveForm(LedgerForm):
    """What, how much, for whom, until when."""

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        self.offered = offered
        super().__init__(*args, **kwargs)

    def add(self) -> None:
        self.fields["utility"] = forms.ChoiceField(choices=self.offered, label=_("what is reserved"))
        self.fields["amount"] = DecimalInputField(
            label=_("amount"),
            max_digits=16,
            decimal_places=4,
            help_text=_("In the unit that stands beside what is reserved."),
        )
        self.fields["for_record"] = LookupField(
            Record.objects.visible_to(self.user).live(),
            "record",
            label=_("reserved for"),
            help_text=_("The enquiry, lead, company or lease that needs it."),
        )
        self.fields["starts"] = day_field(_("from"), initial=timezone.localdate)
        self.fields["ends"] = day_field(
            _("until"), help_text=_("The last day. The reservation lapses by itself after it.")
        )


class ExtendForm(LedgerForm):
    def add(self) -> None:
        self.fields["ends"] = day_field(_("until"), help_text=_("The new last day."))


class ReleaseForm(LedgerForm):
    """Only a reason."""


def offered(kind: str, utilities: list[str]) -> list[tuple[str, str]]:
    """What can be reserved at a record: the utilities that have books there and, of a plot, its land."""
    names = [*(["land"] if kind == "plot" else []), *utilities]
    return [(n, str(Reservation.What(n).label)) for n in names]
