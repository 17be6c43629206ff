"""The newsroom and its sections; both have pages by date, a search and feeds beneath them."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page


class _Listing(RoutablePageMixin, Page):
    """What a newsroom and a section share: addresses under their own."""

    intro = models.TextField(_("introduction"), max_length=600, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        abstract = True

    @path("")
    def newest(self, request: HttpRequest) -> HttpResponse:
        from ..pages import newest

        return newest(self, request)

    @path("<int:year>/")
    @path("<int:year>/<int:month>/")
    @path("<int:year>/<int:month>/<int:day>/")
    def by_date(self, request: HttpRequest, year: int, month: int = 0, day: int = 0) -> HttpResponse:
        from ..pages import by_date

        return by_date(self, request, year, month, day)

    @path("rss.xml")
    @path("rss/")
    def rss(self, request: HttpRequest) -> HttpResponse:
        from ..feeds import RssFeed

        return RssFeed()(request, page=self)

    @path("atom.xml")
    @path("atom/")
    def atom(self, request: HttpRequest) -> HttpResponse:
        from ..feeds import AtomFeed

        return AtomFeed()(request, page=self)


class NewsIndexPage(_Listing):
    """The newsroom of one language."""

    parent_page_types = ["portal.HomePage"]
    subpage_types = ["news.SectionPage"]
    template = "news/listing.html"

    class Meta:
        verbose_name = _("newsroom")
        verbose_name_plural = _("newsrooms")

    @path("search/")
    def search(self, request: HttpRequest) -> HttpResponse:
        from ..pages import search

        return search(self, request)

    @path("tag/<str:slug>/")
    def tagged(self, request: HttpRequest, slug: str) -> HttpResponse:
        from ..pages import tagged

        return tagged(self, request, slug)


class SectionPage(_Listing):
    """A section with its articles."""

    parent_page_types = ["news.NewsIndexPage"]
    subpage_types = ["news.ArticlePage"]
    template = "news/listing.html"

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
