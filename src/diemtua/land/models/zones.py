"""Zones and the plots in them."""

import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField, PartialDateField
from diemtua.parties.models import Party
from diemtua.register.models import Recorded

from ..queries import house
from ..queries.querysets import PlotQuerySet, ZoneQuerySet
from ..rules.units import VSIC, larger_than_zone, odd_area

# A negative area is a slip of the keyboard; the sentence says so.
NOT_NEGATIVE = MinValueValidator(0, _("This cannot be less than 0. Check the sign."))
PERCENT = (
    MinValueValidator(0, _("A share is a number from 0 to 100.")),
    MaxValueValidator(100, _("A share is a number from 0 to 100.")),
)


class Zone(Recorded):
    """An economic zone, an industrial park or cluster, or a subdivision of one.

    Areas are hectares; None where nothing is published. Figures with a day (share let, capital, investors) stand
    in the record's figures.
    """

    class Type(models.TextChoices):
        ECONOMIC_ZONE = "economic_zone", _("Economic zone")
        INDUSTRIAL_PARK = "industrial_park", _("Industrial park")
        INDUSTRIAL_CLUSTER = "industrial_cluster", _("Industrial cluster")
        SUBDIVISION = "subdivision", _("Subdivision")

    class State(models.TextChoices):
        PLANNED = "planned", _("In the plan")
        APPROVED = "approved", _("Approved")
        BUILDING = "building", _("Under construction")
        OPERATING = "operating", _("In operation")
        CLOSED = "closed", _("Closed or withdrawn")
        UNKNOWN = "unknown", _("Not known")

    type = models.CharField(_("type of zone"), max_length=18, choices=Type.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("lies in the zone")
    )
    developer = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="develops",
        verbose_name=_("infrastructure developer"),
    )
    board = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="zones",
        verbose_name=_("managed by"),
        help_text=_(
            "The agency that is met, that signs or that owes for the zone: its management board, or a department."
        ),
    )
    state = models.CharField(_("state of the zone"), max_length=10, choices=State.choices, default=State.UNKNOWN)
    established = PartialDateField(_("established"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=250, blank=True)
    area_ha = NumberField(
        _("area (ha)"), max_digits=14, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    industrial_ha = NumberField(
        _("industrial land (ha)"),
        max_digits=14,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
        help_text=_("The land that can be let to factories. The share let is counted from it."),
    )
    term_years = models.PositiveSmallIntegerField(
        _("term in years"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(99, _("No zone has a term of more than 99 years. Check the number."))],
    )
    term_until = PartialDateField(_("term ends"), null=True, blank=True)
    province = models.ForeignKey(
        "places.AdminUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("province"),
    )
    where = models.CharField(_("where it lies"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    illustrative = models.BooleanField(
        _("illustrative, not real"),
        default=False,
        help_text=_("Drawn to show how the software works. It is marked everywhere and counted nowhere."),
    )
    sizes_confirmed = models.BooleanField(
        _("unusual figures are right"),
        default=False,
        help_text=_("Tick this only when you are asked whether a figure was meant in another unit and it was not."),
    )

    objects: ClassVar[Any] = ZoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("zone or park")
        verbose_name_plural = _("zones and parks")
        indexes = [models.Index(fields=["type"], name="zone_type")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(area_ha__isnull=True) | models.Q(area_ha__gte=0), name="zone_area_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(industrial_ha__isnull=True) | models.Q(industrial_ha__gte=0),
                name="zone_industrial_not_negative",
            ),
        ]

    def clean(self) -> None:
        """Zones may not lie in a circle; a part is no larger than the whole; odd figures are asked about."""
        seen, at = {self.pk}, self.parent_id
        while at is not None:
            if at in seen:
                raise ValidationError({"parent": _("A zone cannot lie in itself, not even through others.")})
            seen.add(at)
            at = Zone.objects.filter(pk=at).values_list("parent_id", flat=True).first()
        errors: dict[str, Any] = {}
        if self.area_ha is not None and self.industrial_ha is not None and self.industrial_ha > self.area_ha:
            errors["industrial_ha"] = _("The industrial land cannot be larger than the whole zone.")
        if self.established and self.term_until and self.term_until.last < self.established.first:
            errors["term_until"] = _("The term cannot end before the zone is established.")
        largest = house.largest(self.type)
        odd = {n: q for n in ("area_ha", "industrial_ha") if (q := odd_area(getattr(self, n), largest))}
        if not self.sizes_confirmed:
            errors = odd | errors
        # The tick is for the odd figures it was given with, not for others to come.
        self.sizes_confirmed = self.sizes_confirmed and bool(odd)
        if errors:
            raise ValidationError(errors)


class ZoneCommune(models.Model):
    """A commune in which a zone lies, as it stood on the day it was written down."""

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="communes", editable=False)
    unit = models.ForeignKey("places.AdminUnit", models.PROTECT, related_name="+", verbose_name=_("commune"))

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")

    def __str__(self) -> str:
        return str(self.unit)


class Plot(Recorded):
    """A piece of land of a zone that can be let. Its code is unique among the plots of its zone in use."""

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="plots", verbose_name=_("zone or park"))
    code = models.CharField(_("plot number"), max_length=40)
    area_ha = NumberField(
        _("area (ha)"), max_digits=14, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    plot_ratio = NumberField(
        _("building density (%)"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=PERCENT,
        help_text=_("The share of the plot that may be built over."),
    )
    max_floors = models.PositiveSmallIntegerField(
        _("storeys at most"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(200, _("No building has so many storeys. Check the number."))],
    )
    tenure_until = models.DateField(_("land may be used until"), null=True, blank=True)
    cleared_on = PartialDateField(_("cleared"), null=True, blank=True, help_text=_("The day the site was cleared."))
    legally_clean_on = PartialDateField(
        _("legally clean"), null=True, blank=True, help_text=_("The day the legal papers of the land were complete.")
    )
    handed_over_on = PartialDateField(_("handed over"), null=True, blank=True)
    ready_from = models.DateField(
        _("ready from"), null=True, blank=True, help_text=_("The day expected, where the plot is not ready yet.")
    )
    note = models.TextField(_("remarks"), blank=True, max_length=5000)
    illustrative = models.BooleanField(
        _("illustrative, not real"),
        default=False,
        help_text=_("Drawn to show how the software works. It is marked everywhere and counted nowhere."),
    )
    sizes_confirmed = models.BooleanField(
        _("unusual figures are right"),
        default=False,
        help_text=_("Tick this only when you are asked whether a figure was meant in another unit and it was not."),
    )

    objects: ClassVar[Any] = PlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("plot")
        verbose_name_plural = _("plots")
        indexes = [
            models.Index(fields=["zone", "code"], name="plot_code"),
            models.Index(fields=["area_ha"], name="plot_area"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(area_ha__isnull=True) | models.Q(area_ha__gte=0), name="plot_area_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(plot_ratio__isnull=True) | models.Q(plot_ratio__gte=0, plot_ratio__lte=100),
                name="plot_ratio_is_share",
            ),
        ]

    def years_left(self, day: datetime.date) -> Decimal | None:
        """For how many years from a day the land may still be used, to one decimal; None where that is not known."""
        if self.tenure_until is None:
            return None
        return max(round(Decimal((self.tenure_until - day).days) / Decimal("365.25"), 1), Decimal(0))

    def clean(self) -> None:
        """Odd areas are asked about: a plot that is larger than its zone is most likely in m²."""
        question = odd_area(self.area_ha, house.largest("plot"))
        self.sizes_confirmed, confirmed = self.sizes_confirmed and bool(question), self.sizes_confirmed
        if self.area_ha is None:
            return
        whole = Zone.objects.filter(pk=self.zone_id).values_list("area_ha", flat=True).first()
        if whole is not None and self.area_ha > whole:
            raise ValidationError({"area_ha": larger_than_zone(self.area_ha, whole)})
        if question and not confirmed:
            raise ValidationError({"area_ha": question})


class PlotIndustry(models.Model):
    """An industry that is allowed or prohibited on a plot: a section, or the first digits of a VSIC class."""

    class Rule(models.TextChoices):
        ALLOWED = "allowed", _("Allowed")
        PROHIBITED = "prohibited", _("Prohibited")

    plot = models.ForeignKey(Plot, models.CASCADE, related_name="industries", editable=False)
    rule = models.CharField(_("allowed or prohibited"), max_length=10, choices=Rule.choices, default=Rule.ALLOWED)
    code = models.CharField(
        _("VSIC code"),
        max_length=5,
        help_text=_("A letter (C), or the first 2 to 5 digits of the class (26 for electronics)."),
    )
    note = models.CharField(_("remarks"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        self.code = self.code.strip().upper()
        if not VSIC.fullmatch(self.code):
            raise ValidationError(
                {"code": _("Write a letter from A to U, or 2 to 5 digits of a VSIC class, for example C or 2610.")}
            )
