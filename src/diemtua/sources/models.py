"""Documents: what the register's facts are proved by; and what was read in them, waiting to be decided."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diemtua.kit.fields import PartialDateField
from diemtua.register.fields import CodeField
from diemtua.register.models import Batch, Record, Recorded


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


# --- what was read in a document, and what an officer made of it ------------------------------------


class Reading(models.Model):
    """One reading of a document's text: what the reader found, kept to mark the text and to learn from."""

    content = models.ForeignKey(DocumentText, models.CASCADE, related_name="readings")
    edition = models.CharField(max_length=40, blank=True)  # of the reader
    home = models.CharField(max_length=60, blank=True)  # the province whose paper it is, as it was called then
    published = models.DateField(null=True)
    mentions = models.JSONField(default=list)  # as `facts.Mention.as_json`
    relations = models.JSONField(default=list)  # as `facts.Relation.as_json`
    warnings = models.JSONField(default=list)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(auto_now_add=True)
    # How long the whole of it took, from which it is said how long the next text will take.
    letters = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(null=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        indexes = [models.Index(fields=["content", "-id"], name="reading_newest")]

    def __str__(self) -> str:
        return f"{self.content_id} {self.read_at:%Y-%m-%d}"


class Subject(models.Model):
    """A record a document speaks of: one that stands in the register (`record`), or one that would be new.

    `key` names it within its document, the same each time the document is read. `candidates` are records it
    may be: [{"record", "reason", "sure", "note"}], best first.
    """

    content = models.ForeignKey(DocumentText, models.CASCADE, related_name="subjects")
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=500)
    record = models.ForeignKey(
        Record, models.PROTECT, null=True, related_name="spoken_of", verbose_name=_("record it is")
    )
    candidates = models.JSONField(default=list)
    chosen = models.BooleanField(default=False)  # an officer has said which record it is, or that it is new
    names = models.JSONField(default=list)  # further names it is looked for by
    clues = models.JSONField(default=dict)  # what the recogniser of its kind goes by
    spans = models.JSONField(default=list)  # [start, end, type] of its mentions
    first = models.PositiveIntegerField(default=0)  # where the document first speaks of it

    class Meta:
        verbose_name = _("subject of a document")
        verbose_name_plural = _("subjects of documents")
        ordering = ["first", "id"]
        indexes = [models.Index(fields=["content", "first", "id"], name="subject_order")]
        constraints = [models.UniqueConstraint(fields=["content", "key"], name="subject_once")]

    def __str__(self) -> str:
        return self.title


class Naming(models.Model):
    """Words of a document that name something, as an officer says: no fact, but the reader learns from it."""

    content = models.ForeignKey(DocumentText, models.CASCADE, related_name="namings")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    type = models.CharField(_("what the words name"), max_length=20)  # one of `reader.facts.KINDS`
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    named_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("name in a document")
        verbose_name_plural = _("names in documents")
        ordering = ["start", "id"]
        constraints = [
            models.UniqueConstraint(fields=["content", "start", "end"], name="naming_once"),
            models.CheckConstraint(condition=models.Q(start__lt=models.F("end")), name="naming_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.content_id} {self.start}-{self.end} {self.type}"


class Proposal(models.Model):
    """One fact a document states about a subject, and what was decided on it.

    `field` is "" for the record itself, the name of a field, of a set of rows (one row), or "figures" (one figure).
    `value` is in stored form; another subject in it is {"subject": key}. What the shapes are stands in README.md.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To be decided")
        ACCEPTED = "accepted", _("Accepted")
        MENDED = "mended", _("Accepted with another value")
        REJECTED = "rejected", pgettext_lazy("a reading", "Rejected")
        SUPERSEDED = "superseded", _("Not found again")

    class Origin(models.TextChoices):
        READER = "reader", _("Found by the reader")
        OFFICER = "officer", _("Added by an officer")

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="proposals")
    reading = models.ForeignKey(Reading, models.SET_NULL, null=True, related_name="+")
    field = models.CharField(_("field"), max_length=60, blank=True)
    value = models.JSONField(_("value"))
    fact = models.CharField(max_length=64)  # kind, title, field and value in one key: see `rules.fact_key`
    relation = models.JSONField(null=True)  # what the reader read it from: type, spans from and to, status
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.READER)
    mended = models.JSONField(null=True)  # the value that was accepted in place of the one proposed
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="proposals")

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "subject"], name="proposal_by_state")]
        constraints = [
            # A rejected fact may be proposed once more, for other words.
            models.UniqueConstraint(
                fields=["subject", "fact"], condition=~models.Q(state="rejected"), name="proposal_fact_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "superseded"], decided_at__isnull=True)
                | models.Q(state__in=["accepted", "mended", "rejected"], decided_at__isnull=False),
                name="proposal_decided_has_day",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["accepted", "mended"]) | models.Q(batch__isnull=True),
                name="proposal_batch_of_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.field or '•'} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Passage(models.Model):
    """Words of the document that state a proposed fact: `text[start:end]`, code points."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="passages")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    fingerprint = models.CharField(max_length=64, db_index=True)  # fact and folded words: see `rules.fingerprint`

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["start", "id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "start", "end"], name="passage_once"),
            models.CheckConstraint(condition=models.Q(start__lt=models.F("end")), name="passage_runs_forward"),
        ]

    def __str__(self) -> str:
        return self.quote[:80]
