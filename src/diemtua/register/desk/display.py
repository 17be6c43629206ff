"""How a stored value is shown to a person, in their language and only if they may see it."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number

from ..access import may_see
from ..fields import CodeField, CodesField
from ..models import Record, Recorded, User


def language() -> str:
    return "vi" if (get_language() or "vi").startswith("vi") else "en"


def show_day(value: datetime.date | datetime.datetime | None) -> str:
    """dd/MM/yyyy, with the hour where there is one."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")
    return value.strftime("%d/%m/%Y")


def plain(field: models.Field | None, value: Any, user: User | None) -> Any:
    """The value as text, number or day for a table or an export; "" where unknown or hidden."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, Record | Recorded):
        record = value if isinstance(value, Record) else value.record
        return record.title if may_see(user, record) else ""
    if isinstance(field, CodesField | CodeField):
        shown = field.display(value)
        return ", ".join(shown) if isinstance(shown, list) else shown
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, PartialDate):
        return value.display(language())
    if isinstance(value, datetime.date | datetime.datetime):
        return show_day(value)
    if isinstance(value, decimal.Decimal | int | float):
        return format_number(value, language())
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))  # type: ignore[attr-defined]
    return str(value)


def rich(field: models.Field | None, value: Any, user: User | None) -> str | SafeString:
    """The value as HTML: records are links, long text keeps its paragraphs, addresses can be clicked."""
    if isinstance(value, Record | Recorded):
        record = value if isinstance(value, Record) else value.record
        if not may_see(user, record):
            return ""
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.title)
    if isinstance(field, CodesField) and value:
        return format_html_join(
            " ", '<span class="badge bg-secondary-lt">{}</span>', ((v,) for v in field.display(value))
        )
    if isinstance(field, models.URLField) and value:
        return format_html('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>', value, value)
    if isinstance(field, models.EmailField) and value:
        return format_html('<a href="mailto:{}">{}</a>', value, value)
    if isinstance(field, models.TextField) and value:
        return format_html('<div class="dt-prose">{}</div>', value)
    return plain(field, value, user)


TONES = {
    "high": "green",
    "medium": "azure",
    "low": "yellow",
    "": "secondary",
    "public": "green",
    "internal": "azure",
    "unit": "red",
    "in_force": "green",
    "signed": "azure",
    "held": "green",
    "kept": "green",
    "planned": "azure",
    "under_way": "azure",
    "consulting": "azure",
    "partly": "yellow",
    "suspended": "yellow",
    "open": "secondary",
    "expired": "secondary",
    "terminated": "red",
    "replaced": "secondary",
    "broken": "red",
    "cancelled": "secondary",
    "announced": "yellow",
    "registered": "azure",
    "implemented": "green",
    "unknown": "secondary",
    "draft": "secondary",
    "operating": "green",
    "building": "azure",
    "approved": "azure",
    "closed": "red",
    "active": "green",
    "ended": "secondary",
    "revoked": "red",
}


def badge(value: str, label: Any) -> SafeString:
    """A coloured word for a state. The word carries the meaning, the colour only helps."""
    return format_html('<span class="badge bg-{}-lt">{}</span>', TONES.get(value, "secondary"), label)


NOT_KNOWN = mark_safe('<span class="text-secondary">—</span>')
