"""Pages of the portal that are edited."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page


class HomePage(Page):
    """The first page, one for each language, under which all edited pages stand.

    What readers see is `views.pages.home`, whose facts come from the register; edited are its heading and opening lines.
    """

    heading = models.CharField(_("heading"), max_length=120, blank=True)
    lead = models.TextField(_("opening lines"), max_length=600, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("heading"), FieldPanel("lead")]
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
