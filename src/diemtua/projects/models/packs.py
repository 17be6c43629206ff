"""Reply packs: what an officer has put together for an enquirer, as it was on the day, under a private address."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..rules.receipts import new_key
from .enquiries import Enquiry

SIGNER = signing.Signer(salt="diemtua.projects.pack", sep=".")


class ReplyPack(models.Model):
    """A pack that was made. Never changed: another choice is another pack.

    `contents` is what the documents say (see `packs.contents`): only what was public on the day, or what an officer
    released by a tick of its own (`released`).
    """

    class Language(models.TextChoices):
        VI = "vi", _("Vietnamese")
        EN = "en", _("English")

    enquiry = models.ForeignKey(Enquiry, models.PROTECT, related_name="packs")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.VI)
    contents = models.JSONField()
    released = models.JSONField(default=list)  # keys of what was not public and was ticked
    key = models.CharField(max_length=40, unique=True, default=new_key)
    ends_on = models.DateField(_("until"))
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("reply pack")
        verbose_name_plural = _("reply packs")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.enquiry} · {self.created_at:%d/%m/%Y}"

    @property
    def token(self) -> str:
        return SIGNER.sign(self.key)

    @property
    def path(self) -> str:
        return reverse("reply_pack", args=[self.token])

    def open_on(self, day: datetime.date) -> bool:
        return self.revoked_at is None and day <= self.ends_on

    @property
    def is_open(self) -> bool:
        return self.open_on(timezone.localdate())

    @classmethod
    def of_token(cls, token: str) -> ReplyPack | None:
        """The pack that an address names, open or not; None where the address was never given out."""
        try:
            key = SIGNER.unsign(token[:200])
        except signing.BadSignature:
            return None
        return cls.objects.select_related("enquiry__record").filter(key=key).first()


class PackVisit(models.Model):
    """That the private page of a pack was opened; by whom is not kept."""

    pack = models.ForeignKey(ReplyPack, models.CASCADE, related_name="visits")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [models.Index(fields=["pack", "at"], name="pack_visit")]

    def __str__(self) -> str:
        return f"{self.pack_id} {self.at:%Y-%m-%d %H:%M}"
