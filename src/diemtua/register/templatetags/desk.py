"""Small things that templates of every room need."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.functional import empty
from django.utils.html import format_html
from django.utils.safestring import SafeString

from diemtua.kit import text

from ..desk import display
from ..menu import GROUPS, entries
from ..models import ROLE_RANK, Role
from ..screens import all_screens

register = template.Library()

# --- what is the same on every page ---------------------------------------------------------------
# Written once for each language, role and place: half of a page's own work went into its frame.


def _storage() -> Any:
    """The static files as they are configured now: with other ones every address is another."""
    storage: Any = staticfiles_storage
    if storage._wrapped is empty:
        storage._setup()
    return storage._wrapped


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; without a label it is decoration for screen readers."""
    return _icon(_storage(), name, str(label))


@lru_cache(maxsize=500)
def _icon(storage: Any, name: str, label: str) -> SafeString:
    href = storage.url("vendor/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#ti-{}"/></svg>', label, href, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#ti-{}"/></svg>', href, name)


@register.simple_tag(takes_context=True)
def menu(context: Any) -> SafeString:
    """The list of registers and pages at the side, with the present one marked."""
    here, user, screen = (
        getattr(context.get("request"), "resolver_match", None),
        context.get("user"),
        context.get("screen"),
    )
    return _menu(
        _storage(),
        get_script_prefix(),
        display.language(),
        getattr(user, "role", ""),
        getattr(screen, "kind", ""),
        getattr(here, "view_name", ""),
    )


@lru_cache(maxsize=1000)
def _menu(_storage: Any, _prefix: str, _language: str, role: str, kind: str, here: str) -> SafeString:
    groups: list[dict[str, Any]] = []
    for group, heading in GROUPS.items():
        links = [
            {"title": s.plural, "icon": s.icon, "href": reverse("desk:list", args=(s.slug,)), "here": kind == s.kind}
            for s in all_screens()
            if group and s.menu_group == group  # a register without a group is in no menu
        ] + [
            {
                "title": e.title,
                "icon": e.icon,
                "href": reverse(e.view),
                "here": here == e.view or here in e.also or f"kind:{kind}" in e.also,
            }
            for e in entries(group)
            if role and ROLE_RANK[Role(role)] >= ROLE_RANK[Role(e.role)]
        ]
        if links:
            present = any(link["here"] for link in links)
            groups.append({"name": group, "heading": heading, "links": links, "here": present})
    # Where the page is in none of them, the first stands open: a closed menu says little to who is new.
    first = next((g for g in groups if g["name"]), None)
    if first is not None and not any(g["here"] and g["name"] for g in groups):
        first["first"] = True
    return render_to_string("register/parts/menu.html", {"groups": groups})


@register.simple_tag
def palette() -> SafeString:
    """The box of Ctrl+K, empty."""
    return _palette(_storage(), get_script_prefix(), display.language())


@lru_cache(maxsize=20)
def _palette(_storage: Any, _prefix: str, _language: str) -> SafeString:
    return render_to_string("register/parts/palette.html")


@register.simple_tag(takes_context=True)
def usermenu(context: Any) -> SafeString:
    """Language, light or dark, and the person's own pages: stands twice on a page and is written once."""
    request = context.get("request")
    written = getattr(request, "written_usermenu", None)
    if written is None:
        written = context.template.engine.get_template("register/parts/usermenu.html").render(context)
        if request is not None:
            request.written_usermenu = written
    return written


@register.filter
def day(value: Any) -> str:
    """dd/MM/yyyy of a day or moment."""
    return display.show_day(value)


@register.filter
def partial(value: Any) -> str:
    """A partial date in the reader's language."""
    return value.display(display.language()) if value else ""


@register.filter
def quoted(value: Any) -> str:
    """A text in quotation marks, those inside it told from the outer ones."""
    return text.quoted(str(value))


@register.filter
def number(value: Any) -> str:
    return display.plain(None, value, None)


@register.simple_tag
def state_badge(value: str, label: Any) -> SafeString:
    return display.badge(value, label)


@register.simple_tag(takes_context=True)
def with_query(context: Any, **changes: Any) -> str:
    """The present address's query with some values changed (None takes one away)."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = value
    return f"?{query.urlencode()}"


@register.filter
def is_checkbox(field: Any) -> bool:
    return getattr(field.field.widget, "input_type", "") == "checkbox"
