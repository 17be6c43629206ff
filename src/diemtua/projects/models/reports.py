"""Reports of enterprises on their projects (form A.III.1), quarter by quarter."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField, PartialDateField
from diemtua.register.fields import CodeField
from diemtua.register.models import Recorded
from diemtua.sources.models import Document

from ..queries.reports import ReportQuerySet
from .projects import NOT_NEGATIVE, Project


class ProjectReport(Recorded):
    """What an enterprise reports of a quarter. Only a report that was received counts."""

    class State(models.TextChoices):
        """As in the ministry's system; the rulebook has the list with its text (`report.states`)."""

        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Awaiting approval")
        RECEIVED = "received", _("Received")
        RETURNED = "returned", _("Changes requested")

    project = models.ForeignKey(Project, models.PROTECT, related_name="reports", verbose_name=_("project"))
    quarter = PartialDateField(_("quarter"), help_text=_("For example Q2 2026."))
    state = models.CharField(_("state of the report"), max_length=8, choices=State.choices, default=State.DRAFT)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    rate = NumberField(
        _("VND for one USD"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
        help_text=_("The state bank's rate, kept as it was when the report was made."),
    )
    difficulties = models.TextField(_("difficulties"), blank=True, max_length=10_000)
    correction = models.TextField(_("what is to be corrected"), blank=True, max_length=5000)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="project_reports", verbose_name=_("the paper")
    )
    note = models.TextField(_("remarks"), blank=True, max_length=5000)

    objects: ClassVar[Any] = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("quarterly report")
        verbose_name_plural = _("quarterly reports")
        indexes = [
            models.Index(fields=["project", "quarter"], name="report_of_quarter"),
            models.Index(fields=["quarter", "state"], name="report_state"),
            models.Index(fields=["state", "sent_on"], name="report_waiting"),
        ]

    def clean(self) -> None:
        if self.quarter is not None and self.quarter.precision != "quarter":
            raise ValidationError({"quarter": _("Give one quarter, for example Q2 2026.")})
        if self.state == self.State.RETURNED and not self.correction:
            raise ValidationError({"correction": _("Say what the enterprise is to correct.")})


class ReportLine(models.Model):
    """A row of a report: the quarter, the year to its end, and all since the certificate."""

    report = models.ForeignKey(ProjectReport, models.CASCADE, related_name="lines", editable=False)
    item = CodeField(_("row"), code_list="report.A_III_1_rows", blank=False)
    in_quarter = NumberField(_("in the quarter"), max_digits=20, decimal_places=4, null=True, blank=True)
    in_year = NumberField(_("since the beginning of the year"), max_digits=20, decimal_places=4, null=True, blank=True)
    in_all = NumberField(_("since the certificate"), max_digits=20, decimal_places=4, null=True, blank=True)

    class Meta:
        verbose_name = _("row")
        verbose_name_plural = _("rows")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.item
