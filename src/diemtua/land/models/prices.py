"""What land and utilities cost, with the day and the source."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField, PartialDateField
from diemtua.register.models import Record
from diemtua.register.queries import VisibleRecordQuerySet
from diemtua.sources.models import Document

from .zones import NOT_NEGATIVE


class Price(models.Model):
    """A price of a zone or a plot on a day; without an amount it was asked for and is not published."""

    class What(models.TextChoices):
        LAND_RENT = "land_rent", _("Land rent")
        INFRASTRUCTURE_FEE = "infrastructure_fee", _("Infrastructure fee")
        FACTORY_RENT = "factory_rent", _("Rent of ready-built factories")
        POWER = "power", _("Price of power")
        WATER = "water", _("Price of clean water")
        WASTE_WATER = "waste_water", _("Price of waste-water treatment")
        GAS = "gas", _("Price of gas")
        OTHER = "other", _("Other price")

    class Currency(models.TextChoices):
        VND = "VND", "VND"
        USD = "USD", "USD"

    class Per(models.TextChoices):
        M2_TERM = "m2_term", _("per m² for the whole term")
        M2_YEAR = "m2_year", _("per m² and year")
        M2_MONTH = "m2_month", _("per m² and month")
        KWH = "kwh", _("per kWh")
        M3 = "m3", _("per m³")
        MONTH = "month", _("per month")

    record = models.ForeignKey(Record, models.CASCADE, related_name="prices", editable=False)
    what = models.CharField(_("price of"), max_length=18, choices=What.choices)
    amount = NumberField(
        _("price"),
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
        help_text=_("Leave it empty where no price is published."),
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices, default=Currency.VND)
    per = models.CharField(_("counted"), max_length=8, choices=Per.choices, default=Per.M2_YEAR)
    as_of = PartialDateField(_("as of"), null=True, blank=True)
    source = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="prices", verbose_name=_("source")
    )
    note = models.CharField(_("remarks"), max_length=250, blank=True)

    objects = VisibleRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["what", "-as_of", "-id"]

    def __str__(self) -> str:
        return self.get_what_display()
