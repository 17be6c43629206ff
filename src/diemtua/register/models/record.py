"""The spine: one row for every record of any kind, its names, its links and its tags."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diemtua.kit.text import fold, sort_key

from ..queries import RecordedQuerySet, RecordQuerySet

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from .audit import Change
    from .proof import Evidence, Figure


@cache
def _address(prefix: str) -> str:
    return reverse("desk:record", args=[0])


def record_url(pk: int) -> str:
    """The address of a record's page; looked up once, for a list names hundreds."""
    return _address(get_script_prefix()).replace("/0/", f"/{pk}/")


class Access(models.TextChoices):
    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal")
    UNIT = "unit", _("Restricted to the unit")


class Confidence(models.TextChoices):
    """How well a record is proved: two sources or an official one, one source, weak or inferred."""

    HIGH = "high", _("Confirmed")
    MEDIUM = "medium", _("One source")
    LOW = "low", _("Weak or inferred")
    UNKNOWN = "", _("Not assessed")


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    key = models.CharField(max_length=60, unique=True, editable=False)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.key = fold(self.name)[:60]
        super().save(*args, **kwargs)


class Record(models.Model):
    """One row for every record of any kind. Search, access, audit and evidence point here."""

    kind = models.CharField(max_length=24, editable=False)
    title = models.CharField(pgettext_lazy("a record", "title"), max_length=500)
    title_key = models.CharField(max_length=500, editable=False)
    sort_key = models.CharField(max_length=200, editable=False)
    search_text = models.TextField(editable=False)
    access = models.CharField(_("access"), max_length=10, choices=Access.choices, default=Access.INTERNAL)
    unit = models.ForeignKey("register.OrgUnit", models.PROTECT, null=True, blank=True, verbose_name=_("owning unit"))
    confidence = models.CharField(
        _("confidence"), max_length=8, choices=Confidence.choices, default=Confidence.UNKNOWN, blank=True
    )
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="merged")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False)
    tags = models.ManyToManyField(Tag, blank=True, verbose_name=_("tags"))

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    if TYPE_CHECKING:
        changes: RelatedManager[Change]
        evidence: RelatedManager[Evidence]
        links_out: RelatedManager[Link]
        figures: RelatedManager[Figure]
        names: RelatedManager[Name]

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        indexes = [
            models.Index(fields=["kind", "sort_key", "id"], name="record_kind_sort"),
            models.Index(fields=["kind", "-id"], name="record_kind_newest"),
            # The second is for beginnings of titles on PostgreSQL databases that order by a language's rules.
            models.Index(
                fields=["kind", "title_key"], name="record_kind_title", opclasses=["text_ops", "varchar_pattern_ops"]
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="record_has_title"),
            models.CheckConstraint(
                condition=~models.Q(access="unit") | models.Q(unit__isnull=False),
                name="record_restricted_has_unit",
                violation_error_message=_("Choose the unit to which the record is restricted."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return record_url(self.pk)

    def set_title(self, title: str) -> None:
        """Set the title with the two keys that follow from it."""
        self.title = title
        self.title_key = fold(title)[:500]
        self.sort_key = sort_key(title)[:200]


class Recorded(models.Model):
    """Base of every domain model: its primary key is its Record."""

    record = models.OneToOneField(Record, models.CASCADE, primary_key=True, editable=False, related_name="%(class)s")

    objects: ClassVar[Any] = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.record.title

    def get_absolute_url(self) -> str:
        return record_url(self.pk)


class OfUnit(models.Model):
    """Beside `Recorded`, for kinds whose rows are looked for by unit and day: the record's unit said again.

    An index can only begin with what stands in its own table; without it the rows of all units are walked
    until enough of one are found. `register.write` sets it whenever it saves a record.
    """

    of_unit = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True


class NameKind(models.TextChoices):
    OFFICIAL = "official", _("Official name")
    FORMER = "former", _("Former name")
    SHORT = "short", _("Short name")
    FOREIGN = "foreign", _("Name in another language")
    OTHER = "other", _("Other spelling")


class Name(models.Model):
    """Another name of a record, with the days between which it held."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="names", editable=False)
    text = models.CharField(_("name"), max_length=300)
    key = models.CharField(max_length=300, editable=False, db_index=True)
    kind = models.CharField(_("kind of name"), max_length=10, choices=NameKind.choices, default=NameKind.OTHER)
    language = models.CharField(_("language"), max_length=8, blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="name_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.text


class Link(models.Model):
    """An edge of the chain, derived from a relation field each time a record is saved.

    `relation` is `kind.field` of the record that holds the relation (`source`). The field stays the
    authority; these rows let one query follow the chain across kinds.
    """

    source = models.ForeignKey(Record, models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Record, models.CASCADE, related_name="links_in")
    relation = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "relation", "target"], name="link_once"),
        ]
        indexes = [models.Index(fields=["target", "-source"], name="link_target")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.relation} {self.target_id}"


class Word(models.Model):
    """A folded word that occurs in some record; see `register.vocabulary`."""

    text = models.CharField(max_length=30, primary_key=True)

    def __str__(self) -> str:
        return self.text
