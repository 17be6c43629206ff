"""What was signed and what was promised."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Right
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diemtua.kit.fields import NumberField, PartialDateField
from diemtua.parties.models import Party
from diemtua.register.fields import CodeField, CodesField
from diemtua.register.models import OfUnit, Recorded
from diemtua.sources.models import Document

from .queries import CommitmentQuerySet, InstrumentQuerySet
from .rules import OPEN, Standing, standing


class Instrument(Recorded, OfUnit):
    """An agreement of any legal kind, a cooperation programme, coordination rules, a directive."""

    class Nature(models.TextChoices):
        INTERNATIONAL = "international", _("International agreement")
        DOMESTIC = "domestic", _("Domestic cooperation")
        COORDINATION = "coordination", _("Coordination between forces or agencies")
        DIRECTIVE = "directive", _("Directive to carry out")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        CONSULTING = "consulting", _("Opinions being asked")
        SIGNED = "signed", _("Signed, not yet in effect")
        IN_FORCE = "in_force", _("In effect")
        SUSPENDED = "suspended", _("Suspended")
        EXPIRED = "expired", _("Expired")
        TERMINATED = "terminated", _("Terminated")
        REPLACED = "replaced", _("Replaced")
        UNKNOWN = "unknown", _("Not known")

    class Renewal(models.TextChoices):
        NONE = "none", pgettext_lazy("renewal", "None")
        AUTOMATIC = "automatic", _("Automatic")
        AGREED = "agreed", _("By agreement")
        UNKNOWN = "", _("Not known")

    nature = models.CharField(_("legal kind"), max_length=14, choices=Nature.choices)
    form = CodeField(_("form"), code_list="instrument.forms")
    number = models.CharField(_("number and symbol"), max_length=80, blank=True)
    title_foreign = models.CharField(_("title in the other language"), max_length=500, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.UNKNOWN)
    signed = PartialDateField(_("signed"), null=True, blank=True)
    signed_at = models.CharField(_("signed at"), max_length=150, blank=True, help_text=_("Place, or “online”."))
    signing_level = models.CharField(_("signing level"), max_length=120, blank=True)
    effect = PartialDateField(_("in effect from"), null=True, blank=True)
    expiry = PartialDateField(_("expires"), null=True, blank=True)
    renewal = models.CharField(
        _("renewal"), max_length=10, choices=Renewal.choices, default=Renewal.UNKNOWN, blank=True
    )
    renewal_note = models.CharField(_("renewal rule"), max_length=250, blank=True)
    cooperation_fields = CodesField(_("fields of cooperation"), code_list="cooperation.fields")
    lead_agency = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="leads_instruments", verbose_name=_("lead agency")
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    summary = models.TextField(_("summary"), blank=True, max_length=10_000)
    # Last day of the expiry, for lists of what ends soon.
    expiry_by = models.GeneratedField(
        expression=Right("expiry", 10), output_field=models.CharField(max_length=10), db_persist=True
    )

    objects: ClassVar[Any] = InstrumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        indexes = [
            models.Index(fields=["-signed", "-record"], name="instrument_signed"),
            models.Index(fields=["expiry_by"], name="instrument_expiry"),
            models.Index(fields=["nature"], name="instrument_nature"),
            models.Index(
                fields=["of_unit", "expiry_by"],
                condition=models.Q(of_unit__isnull=False),
                name="instrument_unit_expiry",
            ),
        ]

    def clean(self) -> None:
        if self.expiry and self.effect and self.expiry.last < self.effect.first:
            raise ValidationError({"expiry": _("It cannot expire before it takes effect.")})
        if self.expiry and self.signed and self.expiry.last < self.signed.first:
            raise ValidationError({"expiry": _("It cannot expire before it is signed.")})
        if self.replaces_id is not None and self.replaces_id == self.pk:
            raise ValidationError({"replaces": _("An instrument cannot replace itself.")})


class InstrumentParty(models.Model):
    """A party to an instrument, with who signed for it."""

    class Role(models.TextChoices):
        PARTY = "party", _("Party")
        ISSUER = "issuer", _("Issuer")
        EXECUTOR = "executor", _("Carries it out")
        WITNESS = "witness", _("Witness")

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="parties", editable=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="instruments", verbose_name=_("party"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.PARTY)
    signer = models.CharField(_("signed by"), max_length=150, blank=True)
    signer_post = models.CharField(_("post of the signer"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")

    def __str__(self) -> str:
        return str(self.party)


class Opinion(models.Model):
    """An opinion asked of an agency on a draft, and what it answered."""

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="opinions", editable=False)
    body = models.ForeignKey(Party, models.PROTECT, related_name="opinions", verbose_name=_("agency asked"))
    asked_on = models.DateField(_("asked on"))
    due_on = models.DateField(
        _("answer due"), null=True, blank=True, help_text=_("Left empty, it is counted by the rulebook.")
    )
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, max_length=5000)

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        indexes = [models.Index(fields=["answered_on", "due_on"], name="opinion_open")]

    def __str__(self) -> str:
        return str(self.body)

    def clean(self) -> None:
        if self.answered_on and self.asked_on and self.answered_on < self.asked_on:
            raise ValidationError({"answered_on": _("An answer cannot come before the question.")})


class InstrumentFile(models.Model):
    """A paper of the instrument's file: its text in a language, an opinion, the decision."""

    class Role(models.TextChoices):
        TEXT_VI = "text_vi", _("Vietnamese text")
        TEXT_FOREIGN = "text_foreign", _("Text in the other language")
        DOSSIER = "dossier", _("Part of the dossier")
        REPORT = "report", _("Report on carrying it out")
        OTHER = "other", _("Other")

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="files", editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="instruments", verbose_name=_("document"))
    role = models.CharField(_("what it is"), max_length=14, choices=Role.choices, default=Role.TEXT_VI)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return str(self.document)


class Commitment(Recorded, OfUnit):
    """Who owes what to whom, by when, and how one sees that it is done. The title says what."""

    class State(models.TextChoices):
        OPEN = "open", _("Not begun")
        UNDER_WAY = "under_way", _("Under way")
        KEPT = "kept", _("Kept")
        PARTLY = "partly", _("Partly kept")
        BROKEN = "broken", _("Not kept")
        CANCELLED = "cancelled", _("Cancelled")
        UNKNOWN = "unknown", _("Not known")

    instrument = models.ForeignKey(
        Instrument, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("instrument")
    )
    debtor = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="owes", verbose_name=_("owed by")
    )
    creditor = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="is_owed", verbose_name=_("owed to")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    due = PartialDateField(_("due"), null=True, blank=True)
    target = NumberField(_("amount promised"), max_digits=20, decimal_places=2, null=True, blank=True)
    target_unit = models.CharField(_("measured in"), max_length=60, blank=True)
    done = NumberField(_("amount done"), max_digits=20, decimal_places=2, null=True, blank=True)
    closed_on = models.DateField(_("settled on"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("followed by")
    )
    note = models.TextField(_("remarks"), blank=True, max_length=5000)
    due_by = models.GeneratedField(
        expression=Right("due", 10), output_field=models.CharField(max_length=10), db_persist=True
    )

    objects: ClassVar[Any] = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        indexes = [
            models.Index(fields=["state", "due_by"], name="commitment_due"),
            models.Index(fields=["due", "record"], name="commitment_order"),
            models.Index(
                fields=["of_unit", "state", "due_by"],
                condition=models.Q(of_unit__isnull=False),
                name="commitment_unit_due",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def standing(self) -> Standing:
        """late, soon, later, undated or settled, as of today."""
        return standing(self.state, self.due, timezone.localdate())

    def clean(self) -> None:
        if self.target is not None and not self.target_unit:
            raise ValidationError({"target_unit": _("Say what the amount is counted in.")})
        if self.debtor_id is not None and self.debtor_id == self.creditor_id:
            raise ValidationError({"creditor": _("Nobody owes to themselves. Choose another party.")})
