"""Small things that templates of every room need."""

from __future__ import annotations

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from diemtua.kit import text

from ..desk import display

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; without a label it is decoration for screen readers."""
    href = static("vendor/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#ti-{}"/></svg>', label, href, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#ti-{}"/></svg>', href, name)


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
