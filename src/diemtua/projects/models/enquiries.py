"""What investors ask: the enquiry, who took it over, when its clocks stood, what was written, what came with it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField
from diemtua.land.rules.industries import DIVISIONS
from diemtua.parties.models import Party
from diemtua.register.fields import CodesField
from diemtua.register.models import Recorded

from ..queries.enquiries import EnquiryQuerySet
from ..rules import receipts
from .projects import NOT_NEGATIVE, Currency

# A signature of the key is part of the address, so that the table alone opens nothing.
SIGNER = signing.Signer(salt="diemtua.projects.enquiry", sep=".")


class Enquiry(Recorded):
    """A question of somebody who may invest: what was asked, what is needed, how it is being answered.

    The record's title is the subject. What follows from the steps of answering (state, clocks, score) is changed by
    `actions.enquiries` only.
    """

    class Channel(models.TextChoices):
        WEB = "web", _("Web form")
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Telephone")
        MEETING = "meeting", _("Meeting")
        LETTER = "letter", _("Letter")
        OTHER = "other", _("Another way")

    class Language(models.TextChoices):
        VI = "vi", _("Vietnamese")
        EN = "en", _("English")
        KO = "ko", _("Korean")
        ZH = "zh", _("Chinese")
        JA = "ja", _("Japanese")
        OTHER = "other", _("Another language")

    class Technology(models.TextChoices):
        HIGH = "high", _("High technology")
        MEDIUM = "medium", _("Advanced technology")
        STANDARD = "standard", _("Common technology")
        UNKNOWN = "", _("Not known")

    class Environment(models.TextChoices):
        UNKNOWN = "", _("Not looked at yet")
        LOOKED_AT = "looked_at", _("Looked at")

    class State(models.TextChoices):
        TO_CHECK = "to_check", _("To be checked")
        OPEN = "open", _("To be answered")
        WAITING = "waiting", _("Waiting for the sender")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")
        NO_ENQUIRY = "no_enquiry", _("No enquiry")

    channel = models.CharField(_("came by"), max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    received_on = models.DateField(_("received on"), default=timezone.localdate)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices, default=Language.VI)
    sender_name = models.CharField(_("sender"), max_length=200, blank=True)
    organisation = models.CharField(_("organisation"), max_length=250, blank=True)
    sender_email = models.EmailField(_("e-mail"), blank=True)
    sender_phone = models.CharField(_("telephone"), max_length=60, blank=True)
    country = models.ForeignKey(
        "places.Country", models.PROTECT, null=True, blank=True, related_name="enquiries", verbose_name=_("country")
    )
    party = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        verbose_name=_("partner or investor"),
        help_text=_("Where the sender stands in the register already."),
    )
    text = models.TextField(_("what is asked"), blank=True, max_length=20_000)
    # What the project needs.
    industry = models.CharField(_("industry"), max_length=2, choices=list(DIVISIONS.items()), blank=True)
    capital = NumberField(
        _("capital"), max_digits=20, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    currency = models.CharField(_("counted in"), max_length=3, choices=Currency.choices, blank=True)
    jobs = models.PositiveIntegerField(_("jobs"), null=True, blank=True)
    technology = models.CharField(
        _("technology"), max_length=8, choices=Technology.choices, default=Technology.UNKNOWN, blank=True
    )
    area_ha = NumberField(
        _("land needed (ha)"), max_digits=14, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    power_mw = NumberField(
        _("power needed (MW)"), max_digits=14, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    ready_by = models.DateField(_("land needed by"), null=True, blank=True)
    environment = models.CharField(
        _("environment"), max_length=10, choices=Environment.choices, default=Environment.UNKNOWN, blank=True
    )
    environment_flags = CodesField(_("signs of harm to the environment"), code_list="enquiry.environment_flags")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="enquiries",
        editable=False,
        verbose_name=_("answered by"),
    )
    # How it stands.
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    first_due_at = models.DateTimeField(_("first reply due"), null=True, editable=False)
    answer_due_at = models.DateTimeField(_("answer due"), null=True, editable=False)
    climbs_at = models.DateTimeField(null=True, editable=False)  # when it goes to the lead; NULL while it need not
    first_reply_at = models.DateTimeField(_("first reply"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    escalated_at = models.DateTimeField(_("with the lead officer since"), null=True, editable=False)
    closed_note = models.CharField(_("how it ended"), max_length=500, blank=True, editable=False)
    score = models.PositiveSmallIntegerField(_("score"), default=0, editable=False)
    score_best = models.PositiveSmallIntegerField(default=100, editable=False)
    score_reasons = models.JSONField(default=list, editable=False)
    # Planted by a lead officer to see how enquiries are answered: in no figure, and told to lead officers only.
    is_test = models.BooleanField(default=False, editable=False)
    planted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    key = models.CharField(max_length=40, unique=True, default=receipts.new_key, editable=False)
    # From where a web form was sent, as a keyed sum of the address and the day: enough to count, not to know who.
    origin_mark = models.CharField(max_length=32, blank=True, editable=False)
    check_why = models.CharField(max_length=20, blank=True, editable=False)
    repeats = models.PositiveIntegerField(default=0, editable=False)
    message_id = models.CharField(max_length=250, blank=True, editable=False)
    warnings = models.JSONField(default=list, editable=False)

    objects: ClassVar[Any] = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        indexes = [
            models.Index(fields=["-received_on", "-record"], name="enquiry_newest"),
            models.Index(fields=["state", "answer_due_at"], name="enquiry_due"),
            models.Index(fields=["climbs_at"], name="enquiry_climbs"),
            models.Index(fields=["-score", "-record"], name="enquiry_score"),
            models.Index(fields=["channel", "-received_at"], name="enquiry_flood"),
            models.Index(fields=["message_id"], name="enquiry_message"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capital__isnull=True) | ~models.Q(currency=""), name="enquiry_capital_is_counted"
            ),
        ]

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        if self.capital is not None and not self.currency:
            errors["currency"] = _("Say in which currency the capital is counted.")
        if self.received_on and self.received_on > timezone.localdate():
            errors["received_on"] = _("An enquiry cannot have been received in the future.")
        if self.received_on and self.received_on.year < 1990:
            errors["received_on"] = _("Check the year.")
        if self.environment_flags and not self.environment:
            self.environment = self.Environment.LOOKED_AT
        if errors:
            raise ValidationError(errors)

    @property
    def receipt(self) -> str:
        """The number the sender is given, with a check letter."""
        return receipts.number(self.pk, self.received_on)

    @property
    def token(self) -> str:
        return SIGNER.sign(self.key)

    @property
    def state_path(self) -> str:
        """The private address under which the sender sees how it stands."""
        return reverse("enquiry_state", args=[self.token])

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.OPEN, self.State.WAITING, self.State.TO_CHECK)

    @classmethod
    def of_token(cls, token: str) -> Enquiry | None:
        """The enquiry that a private address names; None where the address was never given out."""
        try:
            key = SIGNER.unsign(token[:200])
        except signing.BadSignature:
            return None
        return cls.objects.select_related("record").filter(key=key).first()


class HandOver(models.Model):
    """That the answering of an enquiry went from one officer to another; rows are only added."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="hand_overs")
    before = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    after = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(_("why"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.enquiry_id} {self.at:%Y-%m-%d}"


class Pause(models.Model):
    """A time in which the clocks stood, because the sender was waited for."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="pauses")
    start = models.DateTimeField(default=timezone.now)
    end = models.DateTimeField(null=True)
    reason = models.CharField(_("what is waited for"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enquiry"], condition=models.Q(end__isnull=True), name="enquiry_paused_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Message(models.Model):
    """What was written to the sender, or by the sender, about an enquiry. The sender sees all of it."""

    class Kind(models.TextChoices):
        FIRST = "first", _("First reply")
        QUESTION = "question", _("Question to the sender")
        ANSWER = "answer", _("Full answer")
        FOLLOW_UP = "follow_up", _("Follow-up")
        FROM_SENDER = "sender", _("From the sender")

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="messages")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.TextField(_("text"), max_length=20_000)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:80]


class EnquiryFile(models.Model):
    """A file that came with an enquiry, kept as a download; or the trace of one that was refused, with the reason."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, blank=True)
    file = models.FileField(upload_to="enquiries/%Y/%m", blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def kept(self) -> bool:
        return bool(self.file)


_SHARE = [
    MinValueValidator(0, _("A score is a number from 0 to 100.")),
    MaxValueValidator(100, _("A score is a number from 0 to 100.")),
]


class ShoppingScore(models.Model):
    """How the answer to a planted enquiry was judged; judging again adds a row, the newest counts."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="shopping_scores")
    availability = models.PositiveSmallIntegerField(_("availability"), validators=_SHARE)
    speed = models.PositiveSmallIntegerField(_("speed"), validators=_SHARE)
    relevance = models.PositiveSmallIntegerField(_("relevance"), validators=_SHARE)
    completeness = models.PositiveSmallIntegerField(_("completeness"), validators=_SHARE)
    follow_up = models.PositiveSmallIntegerField(_("follow-up"), validators=_SHARE)
    total = models.PositiveSmallIntegerField()
    note = models.TextField(_("remarks"), blank=True, max_length=5000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("score of an answer")
        verbose_name_plural = _("scores of answers")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.enquiry_id}: {self.total}"
