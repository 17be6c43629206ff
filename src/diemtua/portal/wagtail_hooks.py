"""What Wagtail's own pages show of ours, and what they leave out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem


@hooks.register("register_admin_menu_item")
def to_the_desk() -> MenuItem:
    return MenuItem(_("Back to the desk"), "/desk/", icon_name="home", order=1)


@hooks.register("construct_settings_menu")
def people_are_elsewhere(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in ("users", "groups")]


@hooks.register("construct_main_menu")
def papers_are_elsewhere(request: HttpRequest, items: list[Any]) -> None:
    """Papers belong to the facts desk, which reads and guards them."""
    items[:] = [item for item in items if item.name != "documents"]


@hooks.register("construct_homepage_summary_items")
def no_papers_are_counted(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if type(item).__name__ != "DocumentsSummaryItem"]


@hooks.register("insert_global_admin_css")
def in_our_colours() -> SafeString:
    sheets = (static("vendor/font.css"), static("portal/cms.css"))
    return format_html('<link rel="stylesheet" href="{}"><link rel="stylesheet" href="{}">', *sheets)
