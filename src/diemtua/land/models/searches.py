"""What investors asked for: kept, so that it can be asked again, shared, and counted where nothing was found."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField
from diemtua.register.models import Record
from diemtua.register.queries import visible

from ..rules.questions import Question

# A signature of the key is part of the address, so that the table alone opens nothing.
SIGNER = signing.Signer(salt="diemtua.land.share", sep=".")


class SiteSearchQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> SiteSearchQuerySet:
        """Everybody at the desk; one that was made for a record only those who may see that record."""
        return self.filter(models.Q(for_record=None) | visible(user, "for_record__"))

    def standing(self) -> SiteSearchQuerySet:
        return self.filter(withdrawn_at=None)


class SiteSearch(models.Model):
    """A question that was asked on a day, and what the answer was then. Never changed: a new question is a new row."""

    title = models.CharField(_("name"), max_length=200)
    question = models.JSONField()
    for_record = models.ForeignKey(
        Record,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="site_searches",
        verbose_name=_("asked by or for"),
        help_text=_("The partner, enquiry or project it was made for. Whoever may not see that does not see this."),
    )
    note = models.TextField(_("remarks"), blank=True, max_length=5000)
    asked_on = models.DateField(_("asked on"))
    # What the answer was: plots looked at, that fit, of which too little is known; groups of adjacent plots that fit.
    plots = models.PositiveIntegerField()
    fits = models.PositiveIntegerField(_("plots that fit"))
    possible = models.PositiveIntegerField()
    combined = models.PositiveIntegerField(default=0)
    illustrative = models.BooleanField(default=False)
    # [{key, fails, alone}] of each requirement, and the smallest change: [{key, side, asked, enough}].
    reasons = models.JSONField(default=list)
    change = models.JSONField(default=list)
    # Of the question, for counting demand.
    area_ha = NumberField(max_digits=14, decimal_places=4, null=True)
    power_mw = NumberField(max_digits=14, decimal_places=4, null=True)
    ready_by = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = SiteSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("search for land")
        verbose_name_plural = _("searches for land")
        ordering = ["-asked_on", "-id"]
        indexes = [models.Index(fields=["-asked_on", "-id"], name="site_search_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("land:search", args=[self.pk])

    @property
    def asked(self) -> Question:
        return Question.from_json(self.question)

    @property
    def unmet(self) -> bool:
        """Whether neither a plot nor adjacent plots together fitted on the day."""
        return not self.fits and not self.combined


class SearchShare(models.Model):
    """A private address under which a kept search is read without signing in, until a day or until it is revoked."""

    search = models.ForeignKey(SiteSearch, models.PROTECT, related_name="shares")
    key = models.CharField(max_length=40, unique=True)
    ends_on = models.DateField(_("until"))
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("private link")
        verbose_name_plural = _("private links")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.search} · {self.ends_on:%d/%m/%Y}"

    @property
    def token(self) -> str:
        return SIGNER.sign(self.key)

    def open_on(self, day: datetime.date) -> bool:
        return self.revoked_at is None and day <= self.ends_on and self.search.withdrawn_at is None

    @property
    def is_open(self) -> bool:
        return self.open_on(timezone.localdate())

    @classmethod
    def of_token(cls, token: str) -> SearchShare | None:
        """The share that an address names, open or not; None where the address was never given out."""
        try:
            key = SIGNER.unsign(token)
        except signing.BadSignature:
            return None
        found = cls.objects.select_related("search").filter(key=key).first()
        return found if found is not None and constant_time_compare(found.key, key) else None
