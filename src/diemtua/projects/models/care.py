"""Care: difficulties that investors report, what was promised them, and what may be told to the public."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diemtua.kit.fields import NumberField
from diemtua.parties.models import Party
from diemtua.register.fields import CodeField
from diemtua.register.models import Recorded

from ..queries.care import CareCaseQuerySet
from ..rules import care
from .projects import NOT_NEGATIVE, Currency, Project


class CareCase(Recorded):
    """A difficulty of an investor that the province has taken up. The title says it in a line.

    How it stands (on track, at risk, late) is counted from its days and never stored.
    """

    class Outcome(models.TextChoices):
        KEPT = "kept", _("Kept: the investment goes on")
        PARTLY = "partly", _("Partly kept")
        LOST = "lost", _("Lost")
        UNKNOWN = "", _("Not known")

    investor = models.ForeignKey(
        Party, models.PROTECT, related_name="care_cases", verbose_name=_("investor"), help_text=_("Who reported it.")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="care_cases", verbose_name=_("project")
    )
    reported = models.DateField(_("reported on"), default=timezone.localdate)
    difficulty = models.TextField(_("what the difficulty is"), blank=True, max_length=10_000)
    cause = CodeField(_("cause"), code_list="care.causes", blank=False)
    agency = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="must_act", verbose_name=_("agency that must act")
    )
    capital = NumberField(
        _("capital at risk"), max_digits=20, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    currency = models.CharField(_("counted in"), max_length=3, choices=Currency.choices, blank=True)
    jobs = models.PositiveIntegerField(_("jobs at risk"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="care_cases",
        verbose_name=pgettext_lazy("a case", "owner"),
    )
    due = models.DateField(
        _("promised by"),
        null=True,
        blank=True,
        help_text=_("The day the investor has been promised. Moving it needs a reason."),
    )
    status = models.CharField(_("state"), max_length=10, choices=care.STATUSES, default=care.OPEN)
    done = models.TextField(_("what was done"), blank=True, max_length=10_000)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=6, choices=Outcome.choices, blank=True)
    capital_kept = NumberField(
        _("capital kept"), max_digits=20, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    jobs_kept = models.PositiveIntegerField(_("jobs kept"), null=True, blank=True)
    word = models.TextField(_("the investor's word on it"), blank=True, max_length=2000)
    word_agreed = models.BooleanField(
        _("the investor agrees that the word is kept"),
        default=False,
        help_text=_("Without this nothing the investor said is kept here."),
    )
    illustrative = models.BooleanField(
        _("illustrative example"),
        default=False,
        help_text=_("Not real: shown to explain the software, and in no figure, table or public file."),
    )

    objects: ClassVar[Any] = CareCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("care case")
        verbose_name_plural = _("care cases")
        indexes = [
            models.Index(fields=["status", "due"], name="care_due"),
            models.Index(fields=["due", "record"], name="care_by_due"),
            models.Index(fields=["closed_on"], name="care_closed"),
            models.Index(fields=["-reported", "-record"], name="care_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=care.GOING) | models.Q(closed_on__isnull=False) & ~models.Q(done=""),
                name="care_closed_says_what_was_done",
            ),
            models.CheckConstraint(
                condition=models.Q(word="") | models.Q(word_agreed=True), name="care_word_is_agreed"
            ),
        ]

    @property
    def is_over(self) -> bool:
        return self.status in care.OVER

    def clean(self) -> None:
        """What holds whoever enters it: amounts are counted, what is closed says what was done."""
        errors: dict[str, Any] = {}
        today = timezone.localdate()
        if self.capital is not None and not self.currency:
            errors["currency"] = _("Say in which currency the capital is counted.")
        if self.reported and self.reported > today:
            errors["reported"] = _("This day has not come yet.")
        if self.due and self.reported and self.due < self.reported:
            errors["due"] = _("The promised day cannot be before the difficulty was reported.")
        if self.is_over:
            if not self.done.strip():
                errors["done"] = _("Say what was done before the case is closed.")
            if self.closed_on is None:
                errors["closed_on"] = _("Say on which day it was closed.")
            elif self.reported and self.closed_on < self.reported:
                errors["closed_on"] = _("It cannot be closed before it was reported.")
            elif self.closed_on > today:
                errors["closed_on"] = _("This day has not come yet.")
        elif self.closed_on is not None or self.outcome:
            errors["status"] = _("It has a day of closing or an outcome: choose how it was closed, or empty these.")
        if self.word and not self.word_agreed:
            errors["word_agreed"] = _("Keep the investor's word only if they agree. Ask them, or leave it empty.")
        if self.outcome == self.Outcome.PARTLY:
            for kept, at_risk in (("capital_kept", "capital"), ("jobs_kept", "jobs")):
                if getattr(self, at_risk) is not None and getattr(self, kept) is None:
                    errors[kept] = _("Say how much of it was kept.")
        for kept, at_risk in (("capital_kept", "capital"), ("jobs_kept", "jobs")):
            value, most = getattr(self, kept), getattr(self, at_risk)
            if value is not None and (most is None or value > most):
                errors[kept] = _("No more can be kept than was at risk.")
        if errors:
            raise ValidationError(errors)


class CareStep(models.Model):
    """What is done next about a difficulty, by whom and until when."""

    case = models.ForeignKey(CareCase, models.CASCADE, related_name="steps", editable=False)
    text = models.CharField(_("what"), max_length=500)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="care_steps", verbose_name=_("by (organisation)")
    )
    due = models.DateField(_("due"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("next step")
        verbose_name_plural = _("next steps")
        ordering = ["id"]
        indexes = [models.Index(fields=["done_on", "due"], name="care_step_due")]

    def __str__(self) -> str:
        return self.text


class PublicLine(models.Model):
    """What the public may read of a case: a line that names nobody, written, approved and published by turns.

    The public page shows the line, the cause and the year, never the case.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Written, not approved yet")
        APPROVED = "approved", _("Approved, not published yet")
        PUBLISHED = "published", _("Published")

    case = models.OneToOneField(CareCase, models.CASCADE, related_name="public_line", editable=False)
    text_vi = models.CharField(_("line in Vietnamese"), max_length=500)
    text_en = models.CharField(_("line in English"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("public line")
        verbose_name_plural = _("public lines")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False),
                name="public_line_published_when",
            )
        ]

    def __str__(self) -> str:
        return self.text_vi
