"""Leads: an investor who may come, from where the lead came, and how it ended."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField, PartialDateField
from diemtua.land.rules.industries import DIVISIONS
from diemtua.parties.models import Party
from diemtua.register.fields import CodeField
from diemtua.register.models import Record, Recorded

from ..queries.leads import LeadQuerySet
from ..rules.shares import ORIGINS
from .projects import NOT_NEGATIVE, Currency


class Lead(Recorded):
    """An investor who may come to the province, before there is a project."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        TALKING = "talking", _("In talks")
        VISITING = "visiting", _("Visits and surveys")
        WON = "won", _("Became a project")
        LOST = "lost", _("Lost")
        DORMANT = "dormant", _("Dormant")

    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.NEW)
    investor = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("investor")
    )
    country = models.ForeignKey(
        "places.Country",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("country of the investor"),
    )
    industry = models.CharField(_("industry"), max_length=2, choices=list(DIVISIONS.items()), blank=True)
    what = models.TextField(_("what is planned"), blank=True, max_length=5000)
    capital = NumberField(
        _("capital"), max_digits=20, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    currency = models.CharField(_("counted in"), max_length=3, choices=Currency.choices, blank=True)
    jobs = models.PositiveIntegerField(_("jobs"), null=True, blank=True)
    area_ha = NumberField(
        _("land needed (ha)"), max_digits=14, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    since = PartialDateField(_("known since"), null=True, blank=True)
    decides = PartialDateField(_("decision expected"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("followed by"),
    )
    lost_why = CodeField(_("why it was lost"), code_list="lead.lost_reasons")
    lost_to = models.CharField(
        _("lost to"), max_length=200, blank=True, help_text=_("The province or country it went to, or “nobody”.")
    )
    lost_note = models.TextField(_("what can be learnt"), blank=True, max_length=5000)

    objects: ClassVar[Any] = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes = [
            models.Index(fields=["state", "-record"], name="lead_state"),
            models.Index(fields=["-since", "-record"], name="lead_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capital__isnull=True) | ~models.Q(currency=""), name="lead_capital_is_counted"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="lost") | ~models.Q(lost_why=""), name="lead_lost_says_why"
            ),
        ]

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        if self.capital is not None and not self.currency:
            errors["currency"] = _("Say in which currency the capital is counted.")
        if self.state == self.State.LOST:
            if not self.lost_why:
                errors["lost_why"] = _("Say why it was lost: only so can the province learn from it.")
            if not self.lost_to.strip():
                errors["lost_to"] = _("Say to whom it was lost: a province, a country, or “nobody”.")
        elif self.lost_why or self.lost_to:
            errors["state"] = _("Why and to whom it was lost is said of lost leads only. Set the state to “Lost”.")
        if errors:
            raise ValidationError(errors)


class LeadOrigin(models.Model):
    """What a lead came from, with its share of the merit in percent; shares of a lead come to 100 at most."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="origins", editable=False)
    origin = models.ForeignKey(
        Record,
        models.PROTECT,
        related_name="lead_origins",
        verbose_name=_("came from"),
        help_text=_("An engagement, an instrument, a partner or an enquiry."),
    )
    share = NumberField(
        _("share (%)"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[
            MinValueValidator(0, _("A share is a number from 0 to 100.")),
            MaxValueValidator(100, _("A share is a number from 0 to 100.")),
        ],
    )
    note = models.CharField(_("remarks"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("origin")
        verbose_name_plural = _("origins")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.origin)

    def clean(self) -> None:
        if self.origin_id is None:
            return
        kind = Record.objects.filter(pk=self.origin_id).values_list("kind", flat=True).first()
        if kind not in ORIGINS:
            raise ValidationError(
                {"origin": _("A lead comes from an engagement, an instrument, a partner or an enquiry. Choose one.")}
            )
