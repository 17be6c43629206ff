"""The mark beside what rests on a rule that was recalled and not yet held against its text."""

from __future__ import annotations

import datetime

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate

from ..queries import NoRule, rule
from ..rules import RECALLED, Rule

register = template.Library()


@register.simple_tag
def recalled(*codes: str, on: datetime.date | datetime.datetime | PartialDate | None = None) -> SafeString | str:
    """A badge where one of these rules, as it held on the day (today by default), is only recalled; else nothing.

    It says which, by which text, and leads to the rule. Rules that the book does not have are passed over.
    """
    doubtful = [
        found for code in codes if (found := _rule(code, _day(on))) is not None and found.confidence == RECALLED
    ]
    if not doubtful:
        return ""
    said = "; ".join(f"{one.title}: {one.basis}" if one.basis else str(one.title) for one in doubtful)
    return format_html(
        '<a class="badge bg-yellow-lt dt-recalled" href="{}?q={}" title="{}">{}</a>',
        reverse("rulebook:list"),
        doubtful[0].code,
        said,
        _("recalled, to be verified"),
    )


def _rule(code: str, day: datetime.date | None) -> Rule | None:
    try:
        return rule(code, on=day)
    except NoRule:
        return None


def _day(on: datetime.date | datetime.datetime | PartialDate | None) -> datetime.date | None:
    if isinstance(on, datetime.datetime):
        return timezone.localtime(on).date()
    return on.last if isinstance(on, PartialDate) else on
