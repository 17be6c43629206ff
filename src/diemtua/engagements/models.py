"""What happened between the province and its partners."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from diemtua.instruments.models import Instrument
from diemtua.kit.fields import NumberField, PartialDateField
from diemtua.parties.models import Party, Person
from diemtua.register.models import OfUnit, Recorded
from diemtua.sources.models import Document

from .queries import EngagementQuerySet


class Engagement(Recorded, OfUnit):
    """A delegation in or out, a meeting, a call, a visit, a conference."""

    class Form(models.TextChoices):
        OUTGOING = "outgoing", _("Outgoing delegation")
        INCOMING = "incoming", _("Incoming delegation")
        MEETING = "meeting", _("Meeting")
        VISIT = "visit", _("Visit")
        CALL = "call", _("Call or letter")
        CONFERENCE = "conference", _("Conference or workshop")
        SIGNING = "signing", _("Signing")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    form = models.CharField(_("form"), max_length=12, choices=Form.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PLANNED)
    held = PartialDateField(_("days"), null=True, blank=True)
    purpose = models.TextField(_("purpose"), blank=True, max_length=5000)
    place = models.CharField(_("place"), max_length=200, blank=True)
    country = models.ForeignKey("places.Country", models.PROTECT, null=True, blank=True, verbose_name=_("country"))
    host = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="hosted", verbose_name=_("hosted or invited by")
    )
    is_international_conference = models.BooleanField(_("international conference"), default=False)
    prime_minister_decides = models.BooleanField(_("the Prime Minister decides"), default=False)
    permission_number = models.CharField(_("decision permitting it"), max_length=80, blank=True)
    permission_on = models.DateField(_("permitted on"), null=True, blank=True)
    applied_on = models.DateField(_("applied for on"), null=True, blank=True)
    cost = NumberField(_("cost"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    funding = models.CharField(_("source of funding"), max_length=200, blank=True)
    outcome = models.TextField(_("outcome"), blank=True, max_length=10_000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("officer in charge")
    )

    objects: ClassVar[Any] = EngagementQuerySet.as_manager()

    class Meta:
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        indexes = [
            models.Index(fields=["-held", "-record"], name="engagement_newest"),
            models.Index(fields=["status", "held"], name="engagement_planned"),
            models.Index(fields=["form", "-held"], name="engagement_form"),
            models.Index(
                fields=["of_unit", "held"], condition=models.Q(of_unit__isnull=False), name="engagement_unit_held"
            ),
        ]

    def clean(self) -> None:
        if self.cost is not None and not self.currency:
            raise ValidationError({"currency": _("Say in which currency the cost is, such as VND or USD.")})
        if self.currency and (len(self.currency) != 3 or not self.currency.isalpha()):
            raise ValidationError({"currency": _("Write the three letters of the currency, such as VND or USD.")})
        if self.prime_minister_decides and not self.is_international_conference:
            raise ValidationError({"prime_minister_decides": _("This applies to international conferences only.")})


class Participant(models.Model):
    """A party or a person that took part, on which side, in which post."""

    class Side(models.TextChoices):
        OWN = "own", _("Our side")
        PARTNER = "partner", _("Partner's side")

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="participants", editable=False)
    side = models.CharField(_("side"), max_length=8, choices=Side.choices, default=Side.PARTNER)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="took_part", verbose_name=_("organisation")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="took_part", verbose_name=_("person")
    )
    post = models.CharField(_("post then"), max_length=200, blank=True)
    is_head = models.BooleanField(_("head of delegation"), default=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(party__isnull=False) | models.Q(person__isnull=False),
                name="participant_is_somebody",
            )
        ]

    def __str__(self) -> str:
        return str(self.person or self.party)

    def clean(self) -> None:
        if self.party_id is None and self.person_id is None:
            raise ValidationError(_("Name an organisation or a person."))


class NextStep(models.Model):
    """What was agreed to do next, by whom and until when."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="next_steps", editable=False)
    text = models.CharField(_("what"), max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("by (officer)")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="next_steps", verbose_name=_("by (organisation)")
    )
    due = PartialDateField(_("due"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    due_by = models.GeneratedField(
        expression=Right("due", 10), output_field=models.CharField(max_length=10), db_persist=True
    )

    class Meta:
        verbose_name = _("next step")
        verbose_name_plural = _("next steps")
        indexes = [models.Index(fields=["done_on", "due_by"], name="next_step_due")]

    def __str__(self) -> str:
        return self.text


class EngagementInstrument(models.Model):
    """An instrument that was discussed or signed."""

    class What(models.TextChoices):
        DISCUSSED = "discussed", _("Discussed")
        SIGNED = "signed", _("Signed")

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="instruments", editable=False)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="engagements", verbose_name=_("instrument"))
    what = models.CharField(_("discussed or signed"), max_length=10, choices=What.choices, default=What.DISCUSSED)

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")

    def __str__(self) -> str:
        return str(self.instrument)


class EngagementFile(models.Model):
    """A paper of the engagement: invitation, decision, programme, minutes, report."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="files", editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="engagements", verbose_name=_("document"))
    what = models.CharField(_("what it is"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return str(self.document)
