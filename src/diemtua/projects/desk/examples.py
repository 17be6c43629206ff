"""Illustrative examples on the desk: marked in lists and on their page, so that nobody takes one for real."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from diemtua.register.desk import services
from diemtua.register.desk.display import badge
from diemtua.register.models import User
from diemtua.register.models.record import record_url


class MarksExamples:
    """Beside `Screen`, for kinds of which some records are illustrative."""

    def cell_title(self, instance: Any, user: User) -> Any:
        """The name as a link, with what has to be known before it is opened."""
        record = instance.record
        marks = [badge("archived", _("archived"))] if record.archived_at else []
        if instance.illustrative:
            marks.append(badge("low", _("illustrative")))
        link = format_html('<a class="dt-title" href="{}">{}</a>', record_url(record.pk), record.title)
        return format_html("{} {}", link, format_html("{} " * len(marks), *marks)) if marks else link

    def fact_illustrative(self, instance: Any, user: User) -> Any:
        """Said above the facts, not among them."""
        return None


def _notice(instance: Any, user: User) -> Mapping[str, Any] | None:
    return {"first": True} if instance.illustrative else None


for _kind in ("enquiry", "lead", "carecase", "aid"):
    services.add_panel(_kind, "projects/parts/illustrative.html", _notice)
