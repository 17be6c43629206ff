"""Where goods and people go: ports, airports, border gates, junctions of roads, and how far they are."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField
from diemtua.kit.text import fold
from diemtua.places.models import Origin
from diemtua.register.models import Record
from diemtua.register.queries import VisibleRecordQuerySet


class Destination(models.Model):
    """A place that investors ask the distance to. Its point may lie some kilometres off: `accuracy_km`."""

    class Kind(models.TextChoices):
        PORT = "port", _("Seaport")
        AIRPORT = "airport", _("Airport")
        BORDER_GATE = "border_gate", _("Border gate")
        JUNCTION = "junction", _("Road junction")

    code = models.CharField(_("Code"), max_length=40, primary_key=True)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind)
    name_vi = models.CharField(_("Vietnamese name"), max_length=150)
    name_en = models.CharField(_("English name"), max_length=150)
    lon = models.FloatField(_("Longitude"))
    lat = models.FloatField(_("Latitude"))
    accuracy_km = models.FloatField(_("right to (km)"), default=1)
    source = models.CharField(_("Source"), max_length=200, blank=True)
    origin = models.CharField(_("Origin"), max_length=9, choices=Origin, default=Origin.REFERENCE)

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        ordering = ["kind", "code"]

    def __str__(self) -> str:
        return self.name_vi if (get_language() or "vi") == "vi" else self.name_en

    @classmethod
    def by_name(cls) -> dict[str, str]:
        """{folded name in either language, or code: key}, for tables that are brought in."""
        rows = cls.objects.values_list("code", "name_vi", "name_en")
        return {fold(name): code for code, vi, en in rows for name in (code, en, vi)}


class RoadDistance(models.Model):
    """A distance by road that somebody measured; it goes before the straight line."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="roads", editable=False)
    destination = models.ForeignKey(Destination, models.PROTECT, related_name="roads", verbose_name=_("to"))
    km = NumberField(_("km by road"), max_digits=7, decimal_places=1, validators=[MinValueValidator(0)])
    measured_on = models.DateField(_("measured on"), null=True, blank=True)
    measured_by = models.CharField(_("measured by"), max_length=150, blank=True)

    objects: ClassVar[Any] = VisibleRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("distance by road")
        verbose_name_plural = _("distances by road")

    def __str__(self) -> str:
        return f"{self.destination}: {self.km} km"

    def clean(self) -> None:
        if self.km is not None and self.km > 5000:
            raise ValidationError({"km": _("No road of the country is that long. Write kilometres, not metres.")})
