"""Land let to investors."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Left, Right
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField, PartialDateField
from diemtua.parties.models import Party
from diemtua.register.models import Recorded

from ..queries import house
from ..queries.querysets import LeaseQuerySet
from ..rules.units import longer_than_tenure, odd_area
from .zones import NOT_NEGATIVE, Plot, Zone


class Lease(Recorded):
    """A lease contract of an investor, on a plot where it is known which.

    `starts` and `ends` are the days between which the land is let, both included; `closed_on` the day on which a
    lease that was revoked or ended early stopped. Days that nobody has published are empty.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Let")
        ENDED = "ended", _("Term over")
        REVOKED = "revoked", _("Revoked")

    zone = models.ForeignKey(
        Zone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leases",
        verbose_name=_("zone or park"),
        help_text=_("Not needed where the plot is named."),
    )
    plot = models.ForeignKey(Plot, models.PROTECT, null=True, blank=True, related_name="leases", verbose_name=_("plot"))
    tenant = models.ForeignKey(Party, models.PROTECT, related_name="leases", verbose_name=_("tenant"))
    number = models.CharField(_("contract number"), max_length=80, blank=True)
    state = models.CharField(_("state of the lease"), max_length=8, choices=State.choices, default=State.ACTIVE)
    signed = PartialDateField(_("signed"), null=True, blank=True)
    starts = PartialDateField(_("let from"), null=True, blank=True)
    ends = PartialDateField(_("let until"), null=True, blank=True, help_text=_("The last day of the lease."))
    closed_on = models.DateField(
        _("stopped on"), null=True, blank=True, help_text=_("The day on which it was revoked, or ended early.")
    )
    area_ha = NumberField(
        _("area let (ha)"), max_digits=14, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    note = models.TextField(_("remarks"), blank=True, max_length=5000)
    sizes_confirmed = models.BooleanField(
        _("unusual figures are right"),
        default=False,
        help_text=_("Tick this only when you are asked whether a figure was meant in another unit and it was not."),
    )

    # First day of the beginning and last day of the end, for questions about a day.
    starts_from = models.GeneratedField(
        expression=Left("starts", 10), output_field=models.CharField(max_length=10), db_persist=True
    )
    ends_by = models.GeneratedField(
        expression=Right("ends", 10), output_field=models.CharField(max_length=10), db_persist=True
    )

    objects: ClassVar[Any] = LeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")
        indexes = [
            models.Index(fields=["state", "ends_by"], name="lease_state"),
            models.Index(fields=["ends", "record"], name="lease_ends"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(area_ha__isnull=True) | models.Q(area_ha__gte=0), name="lease_area_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(zone__isnull=False) | models.Q(plot__isnull=False), name="lease_is_somewhere"
            ),
        ]

    def clean(self) -> None:
        """A lease lies somewhere, runs forward, and ends no later than the land may be used."""
        errors: dict[str, Any] = {}
        plot = Plot.objects.filter(pk=self.plot_id).first() if self.plot_id is not None else None
        if plot is not None:
            if self.zone_id is not None and self.zone_id != plot.zone_id:
                errors["zone"] = _("This plot lies in another zone. Leave the zone empty, or choose another plot.")
            else:
                self.zone_id = plot.zone_id
        elif self.zone_id is None:
            errors["plot"] = _("Choose the plot, or at least the zone, in which the land lies.")
        if self.starts and self.ends and self.ends.last < self.starts.first:
            errors["ends"] = _("A lease cannot end before it starts.")
        elif plot is not None and self.ends and plot.tenure_until and self.ends.last > plot.tenure_until:
            errors["ends"] = longer_than_tenure(plot.tenure_until)
        if self.closed_on is not None and self.starts and self.closed_on < self.starts.first:
            errors["closed_on"] = _("A lease cannot stop before it starts.")
        if self.state == self.State.REVOKED and self.closed_on is None:
            errors["closed_on"] = _("Say on which day the lease was revoked.")
        question = odd_area(self.area_ha, house.largest("plot"))
        if question and not self.sizes_confirmed:
            errors["area_ha"] = question
        self.sizes_confirmed = self.sizes_confirmed and bool(question)
        if errors:
            raise ValidationError(errors)
