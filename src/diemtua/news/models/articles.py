"""An article: what a reader sees, whom it names in the register, what was corrected."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageManager
from wagtail.search import index

from diemtua.kit.text import fold
from diemtua.kit.text import slug as plain_slug
from diemtua.register.models import Record

from ..blocks import PictureBlock, QuoteBlock, TableBlock
from ..choosing import RecordPanel, RecordsPanel
from ..queries import ArticleQuerySet
from ..rules import FEATURES, LATEST_AHEAD, check_day


def searchable(parts: Iterable[str]) -> str:
    """Folded words with a blank on each side of each, so that a whole word can be looked for."""
    return f" {' '.join(fold(part) for part in parts if part)} "


class ArticleTag(TaggedItemBase):
    content_object = ParentalKey("news.ArticlePage", on_delete=models.CASCADE, related_name="tagged_items")


class ArticlePage(Page):
    """One article. `published_at` is the day and hour readers see; `go_live_at` of Wagtail is when it appears.

    `section_page`, `language` and `published_day` repeat what the tree, the locale and `published_at` say:
    an index can only begin with columns of its own table, and lists of 100,000 articles need one.
    """

    lead = models.TextField(_("opening lines"), max_length=1000, blank=True)
    picture = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("leading picture"),
    )
    picture_caption = models.CharField(_("caption"), max_length=300, blank=True)
    picture_credit = models.CharField(_("credit"), max_length=120, blank=True)
    body = StreamField(
        [
            ("text", blocks.RichTextBlock(label=_("Text"), features=FEATURES, template="news/blocks/text.html")),
            ("picture", PictureBlock()),
            ("quote", QuoteBlock()),
            ("table", TableBlock()),
        ],
        verbose_name=_("body"),
        blank=True,
        max_num=200,
    )
    author = models.CharField(_("author"), max_length=150, blank=True)
    place = models.CharField(_("place"), max_length=150, blank=True)
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    source_name = models.CharField(_("first published by"), max_length=200, blank=True)
    source_url = models.URLField(_("address there"), max_length=500, blank=True)
    tags = ClusterTaggableManager(through=ArticleTag, blank=True, verbose_name=_("tags"))

    section_page = models.ForeignKey("wagtailcore.Page", models.SET_NULL, null=True, editable=False, related_name="+")
    language = models.CharField(max_length=12, editable=False)
    published_day = models.DateField(editable=False)
    search_text = models.TextField(editable=False, blank=True)

    objects: ClassVar[Any] = PageManager.from_queryset(ArticleQuerySet)()

    content_panels = [
        *Page.content_panels,
        FieldPanel("lead"),
        MultiFieldPanel(
            [FieldPanel("picture"), FieldPanel("picture_caption"), FieldPanel("picture_credit")],
            heading=_("Leading picture"),
        ),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("author"), FieldPanel("place"), FieldPanel("published_at"), FieldPanel("tags")],
            heading=_("Who, where, when"),
        ),
        MultiFieldPanel([FieldPanel("source_name"), FieldPanel("source_url")], heading=_("If taken over")),
        RecordsPanel(
            "related_records",
            heading=_("Records it speaks of"),
            label=_("Record"),
            help_text=_("Only public records are shown to readers."),
        ),
        InlinePanel("corrections", heading=_("Corrections"), label=_("Correction")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("search_text"),
        index.FilterField("language"),
        index.FilterField("published_at"),
    ]
    parent_page_types = ["news.SectionPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "news/article_page.html"

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes = [
            models.Index(fields=["section_page", "-published_at", "-page_ptr"], name="article_of_section"),
            models.Index(fields=["language", "-published_at", "-page_ptr"], name="article_of_language"),
            models.Index(fields=["language", "published_day"], name="article_of_day"),
            models.Index(fields=["section_page", "published_day"], name="article_of_section_day"),
        ]

    def clean(self) -> None:
        super().clean()
        try:
            check_day(self.published_at, now=timezone.now(), goes_live=self.go_live_at)
        except ValidationError as error:
            raise ValidationError({"published_at": error.messages}) from None

    def derive(self) -> None:
        """Set what repeats other fields. A page not yet in the tree has no section."""
        if self.locale_id is None:
            self.locale = self.get_default_locale()
        parent = self.get_parent() if self.path else None
        self.section_page_id = parent.pk if parent else None
        self.language = self.locale.language_code
        if self.language == "vi" and not self.first_published_at:
            # Letters with marks would stand in addresses as %C3%A0; those of other scripts stay.
            self.slug: str = plain_slug(self.slug or self.title)[:200] or self.slug
        self.published_day = timezone.localtime(self.published_at or timezone.now()).date()
        words = [self.title, self.lead, self.plain_text(), self.author, self.place, self.picture_caption]
        self.search_text = searchable(words)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.derive()  # these say nothing of their own, and must not be asked for
        super().full_clean(*args, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()  # a draft is saved without being proved
        super().save(*args, **kwargs)

    def plain_text(self) -> str:
        """The body as paragraphs of plain text: for search, the reader of the desk, feeds."""
        found: list[str] = []
        for block in self.body:
            if block.block_type == "text":
                html = str(block.value.source)
                for end in ("</p>", "</h2>", "</h3>", "</li>", "<br/>", "<br>"):
                    html = html.replace(end, end + "\n")
                found += [line.strip() for line in strip_tags(html).splitlines() if line.strip()]
            elif block.block_type == "quote":
                found.append(block.value["text"])
        return "\n".join(found)

    @property
    def first_lines(self) -> str:
        return self.lead or self.plain_text()[:300]

    @property
    def changed_at(self) -> datetime.datetime:
        return self.last_published_at or self.published_at

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from ..pages import article_context

        return {**super().get_context(request, *args, **kwargs), **article_context(self, request)}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().serve(request, *args, **kwargs)
        response.headers["X-Keep"] = str(self.pk)  # for who counts, in front of Django
        return response

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        return [{"location": self.get_full_url(request), "lastmod": self.changed_at}]


class RelatedRecord(Orderable):
    """A record of the register that the article speaks of."""

    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="related_records")
    record = models.ForeignKey(Record, models.CASCADE, related_name="+", verbose_name=_("record"))

    panels = [RecordPanel("record")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "record"], name="article_names_record_once")]


class Correction(Orderable):
    """What was wrong and is right now, with the day; shown under the article for good."""

    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="corrections")
    day = models.DateField(_("day"), default=timezone.localdate)
    text = models.TextField(_("what was corrected"), max_length=1000)

    panels = [FieldPanel("day"), FieldPanel("text")]

    class Meta(Orderable.Meta):
        verbose_name = _("correction")

    def clean(self) -> None:
        if self.day and self.day > timezone.localdate() + LATEST_AHEAD:
            raise ValidationError({"day": _("This day has not come yet.")})
