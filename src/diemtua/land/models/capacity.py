"""What utilities can give, and what of it is reserved for whom."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField, PartialDateField
from diemtua.register.models import Record
from diemtua.register.queries import VisibleRecordQuerySet
from diemtua.sources.models import Document

from ..rules.units import UNITS, odd_capacity
from .zones import NOT_NEGATIVE


class Utility(models.TextChoices):
    POWER = "power", _("Power (MW)")
    WATER = "water", _("Clean water (m³/day)")
    WASTE_WATER = "waste_water", _("Waste water (m³/day)")
    GAS = "gas", _("Gas (m³/h)")
    TELECOM = "telecom", _("Telecommunications (Gbps)")


class Capacity(models.Model):
    """What is installed of a utility in a zone or at a plot, and what of it is allocated by contract.

    In the unit of the utility (`rules.units.UNITS`). `since` and `until` are the first and the last day on which it holds;
    several rows that hold on one day add up. None is "not known", not nothing.
    """

    class WaterClass(models.TextChoices):
        A = "A", _("Column A")
        B = "B", _("Column B")
        UNKNOWN = "", _("Not known")

    record = models.ForeignKey(Record, models.CASCADE, related_name="capacities", editable=False)
    utility = models.CharField(_("utility"), max_length=12, choices=Utility.choices)
    installed = NumberField(
        _("installed"), max_digits=16, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    allocated = NumberField(
        _("allocated"),
        max_digits=16,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
        help_text=_("What contracts have taken already; 0 where none has."),
    )
    water_class = models.CharField(
        _("class of waste water"),
        max_length=1,
        choices=WaterClass.choices,
        default=WaterClass.UNKNOWN,
        blank=True,
        help_text=_("The column of the standard that the plant keeps."),
    )
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    as_of = PartialDateField(_("as of"), null=True, blank=True, help_text=_("The day on which this was known."))
    source = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="capacities", verbose_name=_("source")
    )
    confirmed = models.BooleanField(
        _("unusual figures are right"),
        default=False,
        help_text=_("Tick this only when you are asked whether a figure was meant in another unit and it was not."),
    )

    objects = VisibleRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("utility")
        verbose_name_plural = _("utilities")
        ordering = ["utility", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True)
                | models.Q(since__isnull=True)
                | models.Q(until__gte=models.F("since")),
                name="capacity_runs_forward",
            ),
            models.CheckConstraint(
                condition=models.Q(installed__isnull=True)
                | models.Q(allocated__isnull=True)
                | models.Q(installed__gte=models.F("allocated")),
                name="capacity_not_over_allocated",
            ),
        ]

    def __str__(self) -> str:
        return self.get_utility_display()

    @property
    def unit(self) -> str:
        return str(UNITS[self.utility])

    def clean(self) -> None:
        if self.since and self.until and self.until < self.since:
            raise ValidationError({"until": _("It cannot end before it begins.")})
        if self.installed is not None and self.allocated is not None and self.allocated > self.installed:
            raise ValidationError({"allocated": _("More cannot be allocated than is installed.")})
        if self.water_class and self.utility != Utility.WASTE_WATER:
            raise ValidationError({"water_class": _("Only waste water has a class. Leave it empty.")})
        if not self.confirmed:
            for name in ("installed", "allocated"):
                if question := odd_capacity(self.utility, getattr(self, name)):
                    raise ValidationError({name: question})


class ReservationQuerySet(VisibleRecordQuerySet):
    def holding_on(self, day: object) -> "ReservationQuerySet":
        """Reservations that count on a day: begun, not lapsed, not released by its beginning."""
        return self.filter(
            models.Q(released_on__isnull=True) | models.Q(released_on__gt=day), starts__lte=day, ends__gte=day
        )


class Reservation(models.Model):
    """So much of a utility or of land is kept for a record (an enquiry, a lead, a lease) until a day.

    It counts from `starts` to `ends`, both included, and lapses by itself; released, it counts no longer from
    `released_on`. Written by `actions.reserve`, `extend` and `release` only, which hold the ledger.
    """

    class What(models.TextChoices):
        LAND = "land", _("Land (ha)")
        POWER = "power", _("Power (MW)")
        WATER = "water", _("Clean water (m³/day)")
        WASTE_WATER = "waste_water", _("Waste water (m³/day)")
        GAS = "gas", _("Gas (m³/h)")
        TELECOM = "telecom", _("Telecommunications (Gbps)")

    # The zone or plot whose utility or land it is.
    record = models.ForeignKey(Record, models.PROTECT, related_name="held_reservations", verbose_name=_("zone or plot"))
    utility = models.CharField(_("what is reserved"), max_length=12, choices=What.choices)
    amount = NumberField(_("amount"), max_digits=16, decimal_places=4)
    for_record = models.ForeignKey(Record, models.PROTECT, related_name="reservations", verbose_name=_("reserved for"))
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    reason = models.CharField(_("why"), max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    released_on = models.DateField(_("released on"), null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    release_reason = models.CharField(_("why released"), max_length=500, blank=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ["-ends", "-id"]
        indexes = [models.Index(fields=["record", "utility", "ends"], name="reservation_ledger")]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="reservation_of_something"),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("starts")), name="reservation_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit} {self.utility}"

    @property
    def unit(self) -> str:
        return str(UNITS[self.utility])
