"""The register of engagements, and what its record page adds."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diemtua.register import access, merging
from diemtua.register.desk import services
from diemtua.register.models import User
from diemtua.register.prepared import ask
from diemtua.register.screens import ChildSet, Screen, Section, register

from . import actions
from .models import Engagement, EngagementFile, EngagementInstrument, NextStep, Participant
from .queries import permission_of

AHEAD_DAYS = 120


@register
class EngagementScreen(Screen):
    kind = "engagement"
    model = Engagement
    slug = "engagements"
    icon = "calendar-event"
    stage = "engagement"
    sections = (
        Section(
            _("What"), ("title", "form", "status", "held", "place", "country", "host", "purpose", "outcome", "owner")
        ),
        Section(
            _("Permission"),
            (
                "is_international_conference",
                "prime_minister_decides",
                "applied_on",
                "permission_number",
                "permission_on",
            ),
        ),
        Section(_("Cost"), ("cost", "currency", "funding")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    columns = ("title", "form", "held", "participants", "country", "status")
    filters = ("form", "status", "todo", "held", "party", "country", "owner", "access", "unit", "tags")
    labels = {"todo": _("to do")}
    orderings = {
        "newest": ("-held", "-record"),
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    children = (
        ChildSet("participants", Participant, ("side", "party", "person", "post", "is_head"), _("participants")),
        ChildSet("instruments", EngagementInstrument, ("instrument", "what"), _("instruments")),
        ChildSet("next_steps", NextStep, ("text", "owner", "party", "due", "done_on"), _("next steps")),
        ChildSet("files", EngagementFile, ("document", "what"), _("files")),
    )
    drawn = ("next_steps",)
    import_names = {
        "title": ("tên", "tên hoạt động", "tên đoàn", "nội dung"),
        "held": ("ngày", "thời gian", "thời gian tổ chức"),
        "place": ("địa điểm", "nơi tổ chức"),
        "country": ("nước", "nước đến"),
        "cost": ("kinh phí",),
        "funding": ("nguồn kinh phí",),
        "participants": ("thành phần", "thành phần tham dự", "đối tác"),
        "outcome": ("kết quả",),
    }
    search_fields = ("purpose", "place", "outcome", "permission_number", "funding")

    def subtitle(self, instance: Engagement) -> str:
        parts = [instance.get_form_display()]
        if instance.held:
            parts.append(instance.held.display())
        return " · ".join(parts)

    def follow(self, instances: Sequence[Any], targets: Collection[int], diff: Mapping[str, Any] | None) -> None:
        actions.follow_contacts(instances, targets, diff)

    def filter_todo(self, label: Any) -> django_filters.Filter:
        def todo(queryset: Any, _name: str, value: str) -> Any:
            today = timezone.localdate()
            if value == "permission":
                return queryset.to_permit(today, today + datetime.timedelta(days=AHEAD_DAYS))
            if value == "steps":
                return queryset.live().filter(pk__in=NextStep.objects.filter(done_on=None).values("engagement_id"))
            return queryset.without_outcome(today)

        return django_filters.ChoiceFilter(
            method=todo,
            label=label,
            choices=[
                ("outcome", _("Over, no outcome written")),
                ("permission", _("Permission to be applied for")),
                ("steps", _("Next steps not done")),
            ],
        )


# --- parts of record pages ------------------------------------------------------------------------


def permission_panel(engagement: Any, user: User) -> Mapping[str, Any] | None:
    """Until when permission must be applied for, and by which text. Only for what is still planned."""
    if engagement.status != Engagement.Status.PLANNED:
        return None
    found = permission_of(engagement, timezone.localdate())
    return None if found is None else {"first": True, "permission": found, "applied_on": engagement.applied_on}


def _steps_of(engagement: int) -> QuerySet:
    steps = NextStep.objects.filter(engagement_id=engagement).select_related("owner", "party__record")
    return steps.defer("party__record__search_text").order_by("due_by", "pk")


def next_steps_panel(engagement: Any, user: User) -> Mapping[str, Any] | None:
    """What was agreed to do next; what is open first, with a button to tick it off."""
    today = timezone.localdate()
    rows: list[dict[str, Any]] = [
        {"step": s, "late": s.done_on is None and s.due is not None and s.due.last < today}
        for s in ask("next steps", _steps_of, engagement.pk)
        if s.party is None or access.may_see(user, s.party.record)
    ]
    if not rows:
        return None
    rows.sort(key=lambda r: r["step"].done_on is not None)
    return {
        "rows": rows,
        "may_tick": engagement.record.archived_at is None and access.may_edit(user, engagement.record),
    }


services.add_panel("engagement", "engagements/permission.html", permission_panel)
services.add_panel("engagement", "engagements/next_steps.html", next_steps_panel)
services.use_actions(
    "engagement",
    create=services.spread(actions.create_engagement),
    update=services.spread(actions.update_engagement),
    create_many=services.in_bulk("engagement"),
)

merging.declare(
    "engagements.Engagement.host",
    "engagements.Participant.engagement",
    "engagements.Participant.party",
    "engagements.Participant.person",
    "engagements.NextStep.engagement",
    "engagements.NextStep.party",
    "engagements.EngagementInstrument.engagement",
    "engagements.EngagementInstrument.instrument",
    "engagements.EngagementFile.engagement",
    "engagements.EngagementFile.document",
)
