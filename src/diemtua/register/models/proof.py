"""Proof: which words of which source say a thing, and figures that never overwrite one another."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField, PartialDateField

from ..queries import VisibleRecordQuerySet
from .record import Confidence, Record


class EvidenceQuerySet(VisibleRecordQuerySet):
    def standing(self) -> "EvidenceQuerySet":
        """Passages that nobody has withdrawn."""
        return self.filter(withdrawn_at=None)


class Evidence(models.Model):
    """The words of a source that prove a field of a record (or the record as a whole: field empty)."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="evidence")
    field = models.CharField(_("field"), max_length=60, blank=True)
    source = models.ForeignKey(Record, models.PROTECT, related_name="proves", verbose_name=_("source"))
    quote = models.TextField(_("passage"), blank=True, max_length=4000)
    # Code points in the source's text; empty when only the source as a whole is known.
    start = models.PositiveIntegerField(null=True, blank=True, editable=False)
    end = models.PositiveIntegerField(null=True, blank=True, editable=False)
    locator = models.CharField(_("page or place"), max_length=120, blank=True)
    confidence = models.CharField(
        _("confidence"), max_length=8, choices=Confidence.choices, default=Confidence.UNKNOWN, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["field", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(start__isnull=True, end__isnull=True) | models.Q(start__lt=models.F("end")),
                name="evidence_span_runs_forward",
            )
        ]

    def __str__(self) -> str:
        return self.quote or str(self.source)


class Stage(models.TextChoices):
    ANNOUNCED = "announced", _("Announced")
    REGISTERED = "registered", _("Registered")
    CONTRIBUTED = "contributed", _("Contributed")
    IMPLEMENTED = "implemented", _("Implemented")


class Figure(models.Model):
    """A measured value of a record on a day. Amounts drift; none overwrites another."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="figures")
    measure = models.CharField(_("measure"), max_length=40)
    value = NumberField(_("value"), max_digits=30, decimal_places=9, null=True, blank=True)
    # What the source says where it gives no plain number ("over 40", "about 52 %").
    wording = models.CharField(_("as worded"), max_length=120, blank=True)
    unit = models.CharField(_("unit of measure"), max_length=24)
    as_of = PartialDateField(_("as of"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices, default=Stage.ANNOUNCED)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="figures", verbose_name=_("evidence")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = VisibleRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["measure", "stage", "-as_of", "-id"]
        indexes = [models.Index(fields=["record", "measure", "stage", "-as_of"], name="figure_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(value__isnull=False) | ~models.Q(wording=""), name="figure_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value if self.value is not None else self.wording} {self.shown_unit}"

    @property
    def shown_unit(self) -> str:
        """The unit to stand after the figure; "" where it is shown as worded and the words end with it (“about 52 %”)."""
        worded = self.value is None and self.wording.rstrip().endswith(self.unit)
        return "" if worded else self.unit
