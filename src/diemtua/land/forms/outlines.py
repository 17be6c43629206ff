"""Bringing in outlines: which file, and how it is read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.register.desk.widgets import LookupField
from diemtua.register.models import User

from ..models import Zone
from ..queries import outline_plan, whereabouts


def _dress(form: forms.Form) -> None:
    """The classes by which boxes get their look."""
    for f in form.fields.values():
        look = "form-select" if isinstance(f.widget, forms.Select) else "form-control"
        f.widget.attrs.setdefault("class", "form-check-input" if isinstance(f.widget, forms.CheckboxInput) else look)


class StartForm(forms.Form):
    """The file, and whose outlines it holds."""

    what = forms.ChoiceField(
        label=gettext_lazy("what the file holds"),
        choices=[
            ("plots", gettext_lazy("Plots of the zone (its own outline may be among them)")),
            ("zone", gettext_lazy("The outline of the zone itself")),
        ],
        initial="plots",
    )
    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy(
            "GeoJSON (also made of a CAD drawing), KML, KMZ, or a shapefile in one zip; up to 25 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.kml,.kmz,.zip"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = Zone.objects.visible_to(user).live().select_related("record")
        self.fields = {"zone": LookupField(zones, kind="zone", label=_("zone or park")), **self.fields}
        _dress(self)


class OptionsForm(forms.Form):
    """How the file is read. What is left empty is guessed."""

    reading = forms.ChoiceField(label=gettext_lazy("coordinate system"), required=False)
    swapped = forms.BooleanField(label=gettext_lazy("latitude or northing comes first"), required=False)
    code_key = forms.ChoiceField(label=gettext_lazy("field with the plot number"), required=False)
    area_key = forms.ChoiceField(label=gettext_lazy("field with the area"), required=False)
    area_unit = forms.ChoiceField(
        label=gettext_lazy("unit of the area"),
        required=False,
        choices=[("", gettext_lazy("as it fits")), ("ha", "ha"), ("m2", "m²")],
    )
    create = forms.BooleanField(label=gettext_lazy("make the plots that are missing"), required=False)
    source = forms.CharField(
        label=gettext_lazy("source of the outlines"),
        max_length=250,
        required=False,
        help_text=gettext_lazy(
            "The map or decision they are taken from. Left empty, the name of the file stands there."
        ),
    )

    def __init__(self, drawing: Any, zone: Zone, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guess = ("", _("as it fits"))
        fields: Any = self.fields
        fields["reading"].choices = [guess, *whereabouts.systems(zone)]
        keys = [(k, k) for k in drawing.keys]
        fields["code_key"].choices = [guess, *keys]
        fields["area_key"].choices = [guess, ("-", _("none")), *keys]
        _dress(self)

    def options(self, zone: Zone, what: str) -> outline_plan.Options:
        """The choices; those that are no choice count as empty."""
        self.is_valid()
        data = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return outline_plan.Options(
            zone=zone,
            what=what,
            system=data["reading"],
            swapped=bool(data["swapped"]),
            code_key=data["code_key"],
            area_key=data["area_key"],
            area_unit=data["area_unit"],
            create=bool(data["create"]),
            source=data["source"],
        )
