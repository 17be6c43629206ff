"""Foreign non-government aid: who gives what to whom, how it was approved, what was received and what came of it."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField
from diemtua.parties.models import Party
from diemtua.register.fields import CodeField
from diemtua.register.models import Recorded
from diemtua.sources.models import Document

from ..queries.aid import AidQuerySet
from .projects import NOT_NEGATIVE

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Write the three letters of the currency, such as VND or USD."))


class AidKind(models.TextChoices):
    """In what an aid is given."""

    MONEY = "money", _("Money")
    GOODS = "goods", _("Goods")
    EXPERTS = "experts", _("Experts")


class Aid(Recorded):
    """An aid that is not to be repaid, of a foreign non-governmental donor."""

    class Form(models.TextChoices):
        PROGRAMME = "programme", _("Programme")
        PROJECT = "project", _("Project")
        NON_PROJECT = "non_project", _("Aid outside projects")
        EMERGENCY = "emergency", _("Emergency relief")
        UNKNOWN = "", _("Not known")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed, not approved yet")
        APPROVED = "approved", _("Approved, not begun")
        RUNNING = "running", _("Being carried out")
        FINISHED = "finished", _("Finished, being settled")
        CLOSED = "closed", _("Closed")
        SUSPENDED = "suspended", _("Suspended")
        CANCELLED = "cancelled", _("Cancelled or refused")

    donor = models.ForeignKey(Party, models.PROTECT, related_name="gives_aid", verbose_name=_("donor"))
    donor_ref = models.CharField(
        _("donor's identifier in IATI"), max_length=100, blank=True, help_text=_("For example GB-CHC-202918, if known.")
    )
    manager = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="manages_aid", verbose_name=_("managing agency")
    )
    receiver = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="receives_aid", verbose_name=_("aid owner")
    )
    form = models.CharField(_("form"), max_length=12, choices=Form.choices, default=Form.UNKNOWN, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    purpose = models.TextField(_("purpose"), blank=True, max_length=10_000)
    sector = CodeField(_("sector"), code_list="aid.sectors")
    where = models.CharField(_("where"), max_length=300, blank=True)
    disaster_on = models.DateField(
        _("day of the disaster"), null=True, blank=True, help_text=_("For emergency relief only.")
    )
    registration = models.CharField(
        _("donor's registration"),
        max_length=80,
        blank=True,
        help_text=_("Number of the certificate by which the foreign organisation is registered in Viet Nam."),
    )
    registered_from = models.DateField(_("registered from"), null=True, blank=True)
    registered_until = models.DateField(_("registered until"), null=True, blank=True)
    planned_start = models.DateField(_("to begin"), null=True, blank=True)
    planned_end = models.DateField(_("to end"), null=True, blank=True)
    actual_start = models.DateField(_("actual begin"), null=True, blank=True)
    actual_end = models.DateField(_("actual end"), null=True, blank=True)
    identifier = models.CharField(
        _("identifier in IATI"),
        max_length=150,
        blank=True,
        validators=[
            RegexValidator(
                r"^[^/&|?\s][^/&|?]*\Z", _("An identifier has none of the signs / & | ? and no blank in front.")
            )
        ],
        help_text=_("Left empty, it is made of the province's identifier and the number of the record."),
    )
    note = models.TextField(_("remarks"), blank=True, max_length=5000)
    illustrative = models.BooleanField(
        _("illustrative example"),
        default=False,
        help_text=_("Not real: shown to explain the software, and in no figure, table or public file."),
    )

    objects: ClassVar[Any] = AidQuerySet.as_manager()

    class Meta:
        verbose_name = _("foreign aid")
        verbose_name_plural = _("foreign aid")
        indexes = [
            models.Index(fields=["state"], name="aid_state"),
            models.Index(fields=["-planned_start", "-record"], name="aid_newest"),
            models.Index(fields=["identifier"], name="aid_identifier"),
        ]

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        today = timezone.localdate()
        for earlier, later, sentence in (
            ("planned_start", "planned_end", _("It cannot end before it begins.")),
            ("actual_start", "actual_end", _("It cannot end before it begins.")),
            ("registered_from", "registered_until", _("A registration cannot end before it begins.")),
        ):
            first, second = getattr(self, earlier), getattr(self, later)
            if first and second and second < first:
                errors[later] = sentence
        for name in ("actual_start", "actual_end", "disaster_on"):
            if (value := getattr(self, name)) is not None and value > today:
                errors[name] = _("This day has not come yet.")
        if self.disaster_on is not None and self.form != self.Form.EMERGENCY:
            errors["disaster_on"] = _("Only emergency relief has a day of the disaster. Choose that form, or empty it.")
        if errors:
            raise ValidationError(errors)


class AidValue(models.Model):
    """What was pledged for a year, in one kind and currency."""

    aid = models.ForeignKey(Aid, models.CASCADE, related_name="values", editable=False)
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(1975, _("Write the year with four digits, for example 2026.")),
                               MaxValueValidator(2100, _("Write the year with four digits, for example 2026."))]
    )  # fmt: skip
    kind = models.CharField(_("in"), max_length=8, choices=AidKind.choices, default=AidKind.MONEY)
    amount = NumberField(_("value"), max_digits=20, decimal_places=2, validators=[NOT_NEGATIVE])
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])

    class Meta:
        verbose_name = _("pledged value")
        verbose_name_plural = _("pledged values")
        ordering = ["year", "id"]

    def __str__(self) -> str:
        return f"{self.year} {self.amount} {self.currency}"


class AidStep(models.Model):
    """A step of approval, with its day, number and the text it rests on."""

    aid = models.ForeignKey(Aid, models.CASCADE, related_name="steps", editable=False)
    what = CodeField(_("step"), code_list="aid.steps", blank=False)
    on = models.DateField(_("on"))
    number = models.CharField(_("number and symbol"), max_length=80, blank=True)
    body = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="aid_steps", verbose_name=_("taken by")
    )
    basis = models.CharField(
        _("legal basis"),
        max_length=120,
        blank=True,
        help_text=_("Left empty, it is the decree on foreign aid that held that day."),
    )
    note = models.CharField(_("remarks"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["what", "on"], name="aid_step_on")]

    def __str__(self) -> str:
        return self.what

    def clean(self) -> None:
        if self.on and self.on > timezone.localdate():
            raise ValidationError({"on": _("This day has not come yet.")})


class AidMovement(models.Model):
    """What was received from the donor, or spent of it, on a day."""

    class What(models.TextChoices):
        RECEIVED = "received", _("Received")
        SPENT = "spent", _("Spent")

    aid = models.ForeignKey(Aid, models.CASCADE, related_name="movements", editable=False)
    what = models.CharField(_("what"), max_length=8, choices=What.choices, default=What.RECEIVED)
    on = models.DateField(_("on"))
    kind = models.CharField(_("in"), max_length=8, choices=AidKind.choices, default=AidKind.MONEY)
    amount = NumberField(_("value"), max_digits=20, decimal_places=2, validators=[NOT_NEGATIVE])
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    source = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="aid_movements", verbose_name=_("source")
    )
    note = models.CharField(_("remarks"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("receipt or expense")
        verbose_name_plural = _("receipts and expenses")
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["what", "on"], name="aid_movement_on")]

    def __str__(self) -> str:
        return f"{self.on} {self.amount} {self.currency}"

    def clean(self) -> None:
        if self.on and self.on > timezone.localdate():
            raise ValidationError({"on": _("This day has not come yet.")})


class AidOutcome(models.Model):
    """A result: what was to be reached and what was, in numbers or in words."""

    aid = models.ForeignKey(Aid, models.CASCADE, related_name="outcomes", editable=False)
    title = models.CharField(_("result"), max_length=300)
    unit = models.CharField(_("measured in"), max_length=60, blank=True)
    first = models.DateField(_("from"), null=True, blank=True)
    last = models.DateField(_("until"), null=True, blank=True)
    baseline = NumberField(_("before"), max_digits=20, decimal_places=2, null=True, blank=True)
    target = NumberField(_("to be reached"), max_digits=20, decimal_places=2, null=True, blank=True)
    actual = NumberField(_("reached"), max_digits=20, decimal_places=2, null=True, blank=True)
    words = models.CharField(_("in words"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if any(v is not None for v in (self.baseline, self.target, self.actual)) and not (self.first and self.last):
            raise ValidationError({"first": _("Numbers need the days between which they were reached.")})
        if (self.first is None) != (self.last is None):
            raise ValidationError({"last": _("Give both days, or neither.")})
        if self.first and self.last and self.last < self.first:
            raise ValidationError({"last": _("It cannot end before it begins.")})
