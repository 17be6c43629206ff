"""Append-only memory: who changed what from what to what, when and why.

The database itself refuses to change or delete these rows (migration 0002 sets triggers), so a
forgotten code path cannot either.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..queries import VisibleRecordQuerySet
from .record import Record


class Batch(models.Model):
    """Several changes made, and undone, as one: an import, a bulk edit, a merge."""

    class Kind(models.TextChoices):
        IMPORT = "import", pgettext_lazy("rows", "Import")
        BULK = "bulk", _("Bulk edit")
        MERGE = "merge", _("Merge")
        LOAD = "load", _("Loading of the demonstration")
        READING = "reading", _("Accepted from a document")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    record_kind = models.CharField(max_length=24, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    at = models.DateTimeField(auto_now_add=True)
    title = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"


class Change(models.Model):
    """One change of one record: `diff` is {field: [before, after]} in stored (JSON) form.

    `subject` names what changed where it is no record: `user:5`, `unit:2`, `tag:7`.
    """

    class Verb(models.TextChoices):
        CREATE = "create", _("created")
        EDIT = "edit", _("changed")
        ARCHIVE = "archive", _("archived")
        RESTORE = "restore", _("brought back")
        MERGE = "merge", _("merged")
        UNMERGE = "unmerge", _("separated again")
        UNDO = "undo", _("undid a change")
        FIGURE = "figure", _("added a figure")
        EVIDENCE = "evidence", _("added evidence")
        NOTE = "note", _("wrote a note")
        WITHDRAW = "withdraw", _("withdrew")
        ADMIN = "admin", _("administered")

    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="changes")
    subject = models.CharField(max_length=60, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="changes")
    at = models.DateTimeField(auto_now_add=True)
    verb = models.CharField(max_length=10, choices=Verb.choices)
    reason = models.CharField(max_length=500, blank=True)
    diff = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="changes")
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")

    objects = VisibleRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["record", "-id"], name="change_of_record")]

    def __str__(self) -> str:
        return f"{self.verb} {self.record_id or self.subject}"
