"""What enquirers fill in on the public pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.kit.fields import DecimalInputField
from diemtua.land.rules.industries import DIVISIONS
from diemtua.projects.forms.enquiries import NO_DAY, FilesField, Plain
from diemtua.projects.models import Currency
from diemtua.register.desk.forms import DAY_FORMATS, DayInput


class WebForm(Plain):
    """What an investor is asked on the public page. Only the question and a way to answer are needed."""

    title = forms.CharField(max_length=300, label=gettext_lazy("What is it about?"))
    text = forms.CharField(
        label=gettext_lazy("Your question"), widget=forms.Textarea(attrs={"rows": 7}), max_length=20_000
    )
    sender_name = forms.CharField(max_length=200, label=gettext_lazy("Your name"))
    organisation = forms.CharField(max_length=250, required=False, label=gettext_lazy("Company or organisation"))
    sender_email = forms.EmailField(required=False, label=gettext_lazy("E-mail"))
    sender_phone = forms.CharField(max_length=60, required=False, label=gettext_lazy("Telephone"))
    # People do not see this box; programs that fill in everything do.
    website = forms.CharField(required=False, max_length=500)

    def add(self) -> None:
        self.fields["industry"] = forms.ChoiceField(
            required=False, label=_("Industry"), choices=[("", ""), *DIVISIONS.items()]
        )
        self.fields["capital"] = DecimalInputField(required=False, label=_("Capital"), max_digits=20, decimal_places=4)
        self.fields["currency"] = forms.ChoiceField(
            required=False, label=_("Counted in"), choices=[("", ""), *Currency.choices]
        )
        self.fields["jobs"] = forms.IntegerField(required=False, min_value=0, max_value=2_000_000, label=_("Jobs"))
        self.fields["area_ha"] = DecimalInputField(
            required=False, label=_("Land needed (ha)"), max_digits=14, decimal_places=4
        )
        self.fields["power_mw"] = DecimalInputField(
            required=False, label=_("Power needed (MW)"), max_digits=14, decimal_places=4
        )
        self.fields["ready_by"] = forms.DateField(
            required=False,
            label=_("Land needed by"),
            input_formats=DAY_FORMATS,
            widget=DayInput(),
            error_messages=NO_DAY,
        )
        self.fields["files"] = FilesField(
            label=_("Attachments"),
            help_text=_("Up to 3 files: PDF, Word, Excel, pictures. Never a paper marked as secret."),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("sender_email") and not data.get("sender_phone") and "sender_email" not in self.errors:
            self.add_error("sender_email", _("Give an e-mail address or a telephone number, so that we can answer."))
        if data.get("capital") is not None and not data.get("currency"):
            self.add_error("currency", _("Say in which currency the capital is counted."))
        for name in ("capital", "area_ha", "power_mw"):
            if (value := data.get(name)) is not None and value < 0:
                self.add_error(name, _("This cannot be less than 0. Check the sign."))
        day = data.get("ready_by")
        if day is not None and not 2000 <= day.year <= 2100:
            self.add_error("ready_by", _("Check the year."))
        return data

    def values(self) -> dict[str, Any]:
        """What goes to the action."""
        names = [n for n in self.fields if n not in ("files", "website")]
        return {n: self.cleaned_data[n] for n in names}


class SenderForm(Plain):
    """What the sender writes on the private page."""

    text = forms.CharField(label=gettext_lazy("Write to us"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000)
