"""Pages of the portal that are edited; facts on them are read from the register by `blocks`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField

from diemtua.kit.text import slug as plain_slug
from diemtua.news.choosing import RecordPanel, shown_to_readers
from diemtua.register.models import Record

from . import blocks

# Pages of the register (names in `urls.PAGES`) → the words of their addresses.
OF_THE_REGISTER = {
    "why": "why", "sectors": "sectors", "stories": "stories", "parks": "parks", "find": "find", "calling": "calling",
    "guide": "guide", "incentives": "incentives", "contact": "contact", "enquire": "enquire", "solved": "care",
    "partners": "partners", "markets": "markets", "datasets": "data",
}  # fmt: skip


class HomePage(Page):
    """The first page, one for each language, under which all edited pages stand.

    What readers see is `views.pages.home`, whose facts come from the register; edited are its heading and opening
    lines, and the parts below the facts.
    """

    heading = models.CharField(_("heading"), max_length=120, blank=True)
    lead = models.TextField(_("opening lines"), max_length=600, blank=True)
    body = StreamField(
        [*blocks.words(), *blocks.live()], verbose_name=_("parts below the facts"), blank=True, max_num=40
    )

    content_panels = [*Page.content_panels, FieldPanel("heading"), FieldPanel("lead"), FieldPanel("body")]
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from .views.pages import home

        return home(request)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from .views.pages import home_page

        return home_page(request, self)


class ContentPage(Page):
    """A page of words, pictures and live parts: of its own, or the words that stand above a page of the register.

    `above` names the page of the register; this page has that page's address then, and is shown on it.
    """

    class Above(models.TextChoices):
        NONE = "", _("a page of its own")
        WHY = "why", _("Facts and figures")
        SECTORS = "sectors", _("Sectors")
        STORIES = "stories", _("Projects that run")
        PARKS = "parks", _("Zones and parks")
        FIND = "find", _("Find a plot")
        CALLING = "calling", _("Projects seeking investors")
        GUIDE = "guide", _("Investor guide")
        INCENTIVES = "incentives", _("Incentives")
        CONTACT = "contact", _("Contact")
        ENQUIRE = "enquire", _("Ask the province")
        SOLVED = "solved", _("Solved for investors")
        PARTNERS = "partners", _("Partners in the world")
        MARKETS = "markets", _("Export markets")
        DATASETS = "datasets", _("Open data")

    class Heading(models.TextChoices):
        NONE = "", _("not in the menu")
        WHY = "why", _("Why invest here")
        WHERE = "where", _("Where to invest")
        HOW = "how", _("How to invest")
        ABROAD = "abroad", _("Abroad")

    above = models.CharField(
        _("stands above"),
        max_length=12,
        choices=Above.choices,
        blank=True,
        help_text=_("These words are then shown at the top of that page, whose facts come from the register."),
    )
    heading = models.CharField(_("in the menu under"), max_length=8, choices=Heading.choices, blank=True)
    lead = models.TextField(_("opening lines"), max_length=1000, blank=True)
    picture = models.ForeignKey(
        "wagtailimages.Image", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    picture_caption = models.CharField(_("caption"), max_length=300, blank=True)
    picture_credit = models.CharField(_("credit"), max_length=120, blank=True)
    body = StreamField([*blocks.words(), *blocks.live()], verbose_name=_("body"), blank=True, max_num=200)

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("above"), FieldPanel("heading")], heading=_("Where it stands")),
        FieldPanel("lead"),
        MultiFieldPanel(
            [FieldPanel("picture"), FieldPanel("picture_caption"), FieldPanel("picture_credit")], heading=_("Picture")
        ),
        FieldPanel("body"),
    ]
    override_translatable_fields = [
        SynchronizedField("above", overridable=False),
        SynchronizedField("heading", overridable=False),
    ]
    parent_page_types = ["portal.HomePage", "portal.ContentPage"]
    subpage_types: ClassVar[list[str]] = ["portal.ContentPage", "portal.StoryPage"]
    template = "portal/content_page.html"

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.slug = address_of(self)
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if not self.above:
            if self.slug in OF_THE_REGISTER.values() and self.depth in (None, 3):
                raise ValidationError(
                    {"slug": _("A page of the register has this address. Choose it under “stands above”, or another.")}
                )
            return
        others = ContentPage.objects.filter(above=self.above, locale=self.locale_id).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError({"above": _("Another page stands there already. Change that one.")})

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.above:  # asked for under another parent: the words stand on the page of the register
            from .languages import address

            return HttpResponseRedirect(address(self.above))
        return super().serve(request, *args, **kwargs)


class StoryPage(Page):
    """How somebody came and what came of it, told by an editor; its facts are those of the record it is about."""

    lead = models.TextField(_("opening lines"), max_length=1000, blank=True)
    picture = models.ForeignKey(
        "wagtailimages.Image", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    picture_caption = models.CharField(_("caption"), max_length=300, blank=True)
    picture_credit = models.CharField(_("credit"), max_length=120, blank=True)
    record = models.ForeignKey(
        Record,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("project or company"),
        help_text=_("Its public figures are shown beside the story."),
    )
    body = StreamField([*blocks.words(), *blocks.live()], verbose_name=_("body"), blank=True, max_num=100)
    quote = models.TextField(_("the investor's word"), max_length=1000, blank=True)
    quote_by = models.CharField(_("who said it"), max_length=200, blank=True)
    quote_agreed = models.BooleanField(_("whoever said it has agreed that it is published"), default=False)

    content_panels = [
        *Page.content_panels,
        FieldPanel("lead"),
        MultiFieldPanel(
            [FieldPanel("picture"), FieldPanel("picture_caption"), FieldPanel("picture_credit")], heading=_("Picture")
        ),
        RecordPanel("record"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("quote"), FieldPanel("quote_by"), FieldPanel("quote_agreed")],
            heading=_("The investor's word"),
        ),
    ]
    parent_page_types = ["portal.ContentPage", "portal.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "portal/story_page.html"

    class Meta:
        verbose_name = _("success story")
        verbose_name_plural = _("success stories")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.slug = address_of(self)
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.quote and not self.quote_agreed:
            raise ValidationError({"quote_agreed": _("Ask whoever said it, and tick this; or leave the words out.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from . import facts

        shown = self.record is not None and shown_to_readers(self.record)
        return {
            **super().get_context(request, *args, **kwargs),
            "about": self.record if shown else None,
            "figures": facts.figures(record=self.record_id) if shown else [],
        }


def address_of(page: Any) -> str:
    """The last word of a page's address: that of the page it stands above; without marks in Vietnamese."""
    if getattr(page, "above", ""):
        return OF_THE_REGISTER[page.above]
    if page.locale_id is not None and page.locale.language_code == "vi" and not page.first_published_at:
        return plain_slug(page.slug or page.title)[:200] or page.slug
    return str(page.slug)
