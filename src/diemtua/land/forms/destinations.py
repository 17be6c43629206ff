"""A destination, and a road that somebody measured to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import DecimalInputField
from diemtua.register.desk.widgets import LookupField
from diemtua.register.models import Record

from ..models import Destination
from .ledger import LedgerForm, day_field

EARTH: dict[str, Any] = {"max_digits": 18, "decimal_places": 8}


class DestinationForm(LedgerForm):
    """What a destination is called and where it lies."""

    reasoned = False

    def add(self) -> None:
        self.fields["kind"] = forms.ChoiceField(choices=Destination.Kind.choices, label=_("kind"))
        self.fields["name_vi"] = forms.CharField(max_length=150, label=_("Vietnamese name"))
        self.fields["name_en"] = forms.CharField(max_length=150, label=_("English name"))
        self.fields["lat"] = DecimalInputField(
            label=_("latitude"), help_text=_("Degrees of WGS 84, for example 20,9167."), **EARTH
        )
        self.fields["lon"] = DecimalInputField(
            label=_("longitude"), help_text=_("Degrees of WGS 84, for example 106,6833."), **EARTH
        )
        self.fields["accuracy_km"] = DecimalInputField(
            label=_("right to (km)"),
            max_digits=6,
            decimal_places=2,
            min_value=0,
            max_value=100,
            initial=1,
            help_text=_("How far the point may lie from the gate or quay. Rankings count with it."),
        )
        self.fields["source"] = forms.CharField(
            max_length=200, label=_("source"), help_text=_("The map, list or decision it is taken from.")
        )

    def values(self) -> dict[str, Any]:
        """For the action: numbers as such."""
        data = self.cleaned_data
        return data | {n: float(data[n]) for n in ("lon", "lat", "accuracy_km")}


class RoadForm(LedgerForm):
    """From which zone or plot, how far, measured when and by whom."""

    reasoned = False

    def add(self) -> None:
        seen = Record.objects.visible_to(self.user).live().filter(kind__in=("zone", "plot"))
        self.fields["record"] = LookupField(seen, "record", label=_("zone or plot"))
        self.fields["km"] = DecimalInputField(label=_("km by road"), max_digits=7, decimal_places=1)
        self.fields["measured_on"] = day_field(_("measured on"), required=False)
        self.fields["measured_by"] = forms.CharField(max_length=150, required=False, label=_("measured by"))
