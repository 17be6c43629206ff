"""What officers leave on records for themselves and each other."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..queries import VisibleRecordQuerySet
from .record import Record


class Note(models.Model):
    record = models.ForeignKey(Record, models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=5000)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notes")

    objects = VisibleRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text[:80]


class Watch(models.Model):
    """A person who wants to see on My day what happens to a record."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="watches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    seen_change = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "user"], name="watch_once")]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.record_id}"


class SavedView(models.Model):
    """A named set of filters and sorting of one register, for its owner or shared with all."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    kind = models.CharField(max_length=24)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000)
    shared = models.BooleanField(_("shared with everybody"), default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "kind", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
