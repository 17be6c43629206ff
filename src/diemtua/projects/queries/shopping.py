"""What the register knows of how a planted enquiry was handled."""

from __future__ import annotations

from django.utils import timezone

from diemtua.kit.calendar import is_working_day
from diemtua.rulebook.queries import NoRule

from ..models import Enquiry, Message
from ..rules import clocks
from ..rules.shopping import Handling
from . import enquiries as queries

# What an enquiry may ask → the group of a reply pack that answers it.
ANSWERED_BY = {"area_ha": "plots", "power_mw": "plots", "ready_by": "plots", "industry": "incentives"}


def handling_of(enquiry: Enquiry) -> Handling:
    """The facts of the handling: working minutes of both clocks, what the packs answered, the first follow-up."""
    first, whole = queries.limits(enquiry.received_on)
    try:
        hours = queries.office_hours(enquiry.received_on)
    except (ValueError, NoRule):
        hours = clocks.OfficeHours(())
    received = timezone.localtime(enquiry.received_at)
    stood = [
        clocks.Pause(timezone.localtime(p.start), timezone.localtime(p.end) if p.end else None)
        for p in enquiry.pauses.all()
    ]

    def minutes(moment):  # type: ignore[no-untyped-def]
        return clocks.used_minutes(received, timezone.localtime(moment), stood, hours) if moment else None

    asked = {group for name, group in ANSWERED_BY.items() if getattr(enquiry, name) not in (None, "")}
    told = {i["group"] for pack in enquiry.packs.all() for i in pack.contents["items"]}
    after = enquiry.messages.filter(kind=Message.Kind.FOLLOW_UP).order_by("at").first()
    days = None
    if after is not None and enquiry.answered_at is not None:
        start, end = timezone.localtime(enquiry.answered_at).date(), timezone.localtime(after.at).date()
        span = range(start.toordinal() + 1, end.toordinal() + 1)
        days = sum(is_working_day(start.fromordinal(n)) for n in span)
    return Handling(
        has_owner=enquiry.owner_id is not None,
        first_minutes=minutes(enquiry.first_reply_at),
        first_limit=first * 60,
        answer_minutes=minutes(enquiry.answered_at),
        answer_limit=whole * 60,
        asked=asked,
        answered=told,
        follow_up_days=days,
        follow_up_limit=queries.number_of("enquiry.follow_up_days", enquiry.received_on),
    )
