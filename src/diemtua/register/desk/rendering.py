"""Boxes and selects of forms, written in Python.

A register has a dozen selects, one of them with 250 countries: Django's templates take 4 ms for them, this a
tenth of it. Every other widget is drawn by its template.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_INPUTS = frozenset(
    f"django/forms/widgets/{name}.html"
    for name in ("input", "text", "number", "email", "url", "date", "hidden", "password", "checkbox", "file")
)


class Renderer(TemplatesSetting):
    """The project's FORM_RENDERER."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name == "django/forms/widgets/select.html":
            return select(context["widget"])
        if template_name in _INPUTS:
            return box(context["widget"])
        return super().render(template_name, context, request)


def attributes(attrs: Mapping[str, Any]) -> str:
    """HTML attributes: False is left out, True stands without a value."""
    return "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    )


def box(widget: Mapping[str, Any]) -> SafeString:
    """An <input> of any type."""
    value = "" if widget["value"] is None else f' value="{escape(str(widget["value"]))}"'
    name = escape(widget["name"])
    return mark_safe(f'<input type="{widget["type"]}" name="{name}"{value}{attributes(widget["attrs"])}>')


def select(widget: Mapping[str, Any]) -> SafeString:
    """A <select> with its options and groups of options."""
    parts = [f'<select name="{escape(widget["name"])}"{attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'<optgroup label="{escape(group)}">')
        for option in options:
            attrs = attributes(option["attrs"])
            parts.append(f'<option value="{escape(str(option["value"]))}"{attrs}>{escape(option["label"])}</option>')
        if group:
            parts.append("</optgroup>")
    parts.append("</select>")
    return mark_safe("".join(parts))
