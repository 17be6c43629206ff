"""Documents: what the register's facts are proved by."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import PartialDateField
from diemtua.register.fields import CodeField
from diemtua.register.models import Recorded


class Document(Recorded):
    """A source: a file, a pasted text or an address as it was seen on a day."""

    class Origin(models.TextChoices):
        FILE = "file", _("File")
        TEXT = "text", _("Pasted text")
        ADDRESS = "address", _("Web address")
        CITED = "cited", _("Cited only")

    form = CodeField(_("kind of document"), code_list="document.forms")
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices, default=Origin.TEXT)
    number = models.CharField(_("number and symbol"), max_length=80, blank=True)
    issuer = models.CharField(_("issued or published by"), max_length=250, blank=True)
    author = models.CharField(_("author"), max_length=150, blank=True)
    published = PartialDateField(_("day of the document"), null=True, blank=True)
    url = models.URLField(_("address"), max_length=1000, blank=True)
    seen_on = models.DateField(_("seen on"), null=True, blank=True)
    summary = models.TextField(_("abstract"), blank=True, max_length=5000)
    file = models.FileField(_("file"), upload_to="documents/%Y/%m", blank=True, editable=False)
    file_name = models.CharField(_("file name"), max_length=255, blank=True, editable=False)
    media_type = models.CharField(max_length=120, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size"), null=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False, db_index=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [models.Index(fields=["-published", "-record"], name="document_newest")]


class DocumentText(models.Model):
    """The text of a document, apart from its row so that lists do not carry it."""

    document = models.OneToOneField(Document, models.CASCADE, primary_key=True, related_name="content")
    text = models.TextField(blank=True)
    pages = models.JSONField(default=list)  # offsets at which pages begin
    warnings = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.text[:80]
