"""What the pages of sign-in need to give allauth's forms our look."""

from __future__ import annotations

from typing import Any

from django import forms, template

register = template.Library()


@register.filter
def tidy(form: forms.BaseForm) -> list[Any]:
    """The visible fields in the desk's look: labels above boxes, and nothing repeated inside them."""
    form.label_suffix = ""
    for field in form.fields.values():
        attrs = field.widget.attrs
        attrs.pop("placeholder", None)
        attrs["class"] = "form-check-input" if isinstance(field.widget, forms.CheckboxInput) else "form-control"
    return form.visible_fields()
