"""Where the province's goods go, or should go."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import PartialDateField
from diemtua.parties.models import Party
from diemtua.register.models import Recorded

from .queries import MarketQuerySet


class Market(Recorded):
    """A country or bloc to which an exporter sells, has long sold, or wants to sell.

    Where neither is in the tables of places ("Trung Đông"), both are empty and the title alone says it.
    """

    class Standing(models.TextChoices):
        TRADITIONAL = "traditional", _("Traditional")
        ONGOING = "ongoing", _("Current exports")
        NEW = "new", _("New or potential")

    standing = models.CharField(_("standing of the market"), max_length=12, choices=Standing.choices)
    country = models.ForeignKey(
        "places.Country",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="markets",
        verbose_name=_("country"),
        help_text=_("Left empty on a new record, the country or bloc is taken from the name."),
    )
    bloc = models.ForeignKey(
        "places.Bloc",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="markets",
        verbose_name=_("region or bloc"),
        help_text=_("Only where the market is no single country."),
    )
    exporter = models.ForeignKey(
        Party,
        models.PROTECT,
        related_name="markets",
        verbose_name=_("exporter"),
        help_text=_("Our own province, or one of its companies."),
    )
    since = PartialDateField(_("exports since"), null=True, blank=True)
    products = models.CharField(_("goods exported"), max_length=500, blank=True)
    note = models.TextField(_("remarks"), blank=True, max_length=5000)

    objects: ClassVar[Any] = MarketQuerySet.as_manager()

    class Meta:
        verbose_name = _("export market")
        verbose_name_plural = _("export markets")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(country__isnull=True) | models.Q(bloc__isnull=True), name="market_is_one_place"
            )
        ]

    def clean(self) -> None:
        if self.country_id is not None and self.bloc_id is not None:
            raise ValidationError(
                {"bloc": _("Choose either a country or a bloc. Enter two markets where both are meant.")}
            )
