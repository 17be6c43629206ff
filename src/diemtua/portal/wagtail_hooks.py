"""What Wagtail's own pages show of ours, and what they leave out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
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
