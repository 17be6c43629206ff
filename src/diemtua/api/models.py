"""Tokens of programs, what was answered to a repeated request, webhooks and their deliveries."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from diemtua.register.models import Change


class Scope(models.TextChoices):
    """What a token may do; never more than its person."""

    READ = "read", _("read what its person may see")
    ENQUIRIES = "enquiries:create", _("enter enquiries")
    ENGAGEMENTS = "engagements:create", _("enter engagements")
    FIGURES = "figures:create", _("enter figures")


class Token(models.Model):
    """A key with which a program acts for a person. The key itself is not kept: only its SHA-256."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(_("allowed to"), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    ends_on = models.DateField(_("good until"))
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> str:
        """`good`, `ended` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "ended" if self.ends_on < timezone.localdate() else "good"

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(s).label) for s in self.scopes if s in Scope.values]


class Answer(models.Model):
    """What was answered to a request that named an idempotency key, so that a retry gets the same."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=80)
    request = models.CharField(max_length=64)  # SHA-256 of what was asked
    body = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.token_id} {self.key}"


class Event(models.TextChoices):
    CREATED = "created", _("was entered")
    CHANGED = "changed", _("was changed")
    MOVED = "moved", _("was moved to another stage or state")


class Webhook(models.Model):
    """An address that is told of changes. What is told is only which record changed: it is read by a token."""

    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    sees = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="webhooks",
        verbose_name=_("told what this person may see"),
    )
    kinds = models.JSONField(_("kinds"), default=list)  # none named: every kind
    events = models.JSONField(_("events"), default=list)
    # The secret follows from this and the server's own key, so that the table alone signs nothing.
    nonce = models.CharField(max_length=43)
    active = models.BooleanField(_("in use"), default=True)
    seen_change = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        return "whsec_" + salted_hmac("diemtua.api.webhook", self.nonce, algorithm="sha256").hexdigest()


class Delivery(models.Model):
    """One change told to one webhook: tried until it is taken, or given up."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        GIVEN_UP = "given_up", _("given up")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    change = models.ForeignKey(Change, models.CASCADE, related_name="+")
    event = models.CharField(max_length=8, choices=Event.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "next_at"], name="delivery_due")]
        constraints = [models.UniqueConstraint(fields=["webhook", "change"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.change_id} {self.state}"

    @property
    def took(self) -> datetime.timedelta | None:
        return self.ended_at - self.made_at if self.ended_at else None
