"""The register of enquiries, and what its record page adds: clocks, steps, what was written, files, score, packs."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import django_filters
from django.db import models
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.land.models import SiteSearch
from diemtua.register import access, menu, merging, upkeep
from diemtua.register.desk import display, services
from diemtua.register.desk.display import NOT_KNOWN, badge
from diemtua.register.models import Role, User
from diemtua.register.screens import Screen, Section, register
from diemtua.rulebook.queries import NoRule

from ..actions import enquiries as actions
from ..models import Enquiry, Lead, Pause
from ..queries import enquiries as queries
from ..rules import clocks
from .examples import MarksExamples

for _state, _tone in (
    ("to_check", "yellow"),
    ("waiting", "azure"),
    ("answered", "green"),
    ("no_enquiry", "secondary"),
):
    display.TONES.setdefault(_state, _tone)

CLOCK_TONES = {"late": "red", "near": "yellow", "met": "green", "met_late": "yellow", "paused": "azure"}
CLOCK_WORDS = {
    "running": gettext_lazy("runs"),
    "near": gettext_lazy("soon due"),
    "late": gettext_lazy("overdue"),
    "paused": gettext_lazy("paused"),
    "met": gettext_lazy("in time"),
    "met_late": gettext_lazy("too late"),
}
CRITERIA = {
    "sector": gettext_lazy("Sector"),
    "capital": gettext_lazy("Capital"),
    "jobs": gettext_lazy("Jobs"),
    "technology": gettext_lazy("Technology"),
    "land": gettext_lazy("Capital for each hectare"),
    "environment": gettext_lazy("Environment"),
}
WHY = {
    "unknown": gettext_lazy("not known yet"),
    "currency": gettext_lazy("no measure for this currency"),
    "high": gettext_lazy("high"),
    "medium": gettext_lazy("medium"),
    "standard": gettext_lazy("common"),
    "no_priority": gettext_lazy("not among the sectors of priority"),
    "counted": gettext_lazy("measured by the rulebook"),
    "no_land": gettext_lazy("needs no land"),
    "serious": gettext_lazy("serious signs"),
    "signs": gettext_lazy("signs to look into"),
    "none": gettext_lazy("no signs"),
}


upkeep.offer(
    upkeep.Job(
        "enquiries climb",
        actions.escalate_due,
        lambda: Enquiry.objects.to_climb(timezone.now() - datetime.timedelta(minutes=10)).count(),
        "%(n)s unanswered enquiries have not gone up to the lead officer.",
    )
)
menu.offer(
    "projects",
    menu.Entry(gettext_lazy("Enquiries to answer"), "projects:enquiries-waiting", "inbox", Role.OFFICER),
    menu.Entry(gettext_lazy("Mystery shopping"), "projects:shop", "eye-off", Role.LEAD),
)


@register
class EnquiryScreen(MarksExamples, Screen):
    kind = "enquiry"
    model = Enquiry
    slug = "enquiries"
    menu_group = "projects"
    icon = "inbox"
    stage = "enquiry"
    sections = (
        Section(gettext_lazy("What"), ("title", "channel", "received_on", "language", "text")),
        Section(
            gettext_lazy("Who"),
            ("sender_name", "organisation", "sender_email", "sender_phone", "country", "party"),
        ),
        Section(
            gettext_lazy("What is needed"),
            (
                "industry",
                "capital",
                "currency",
                "jobs",
                "technology",
                "area_ha",
                "power_mw",
                "ready_by",
                "environment",
                "environment_flags",
            ),
        ),
        Section(gettext_lazy("Keeping"), ("access", "unit", "confidence", "illustrative")),
    )
    columns = ("title", "sender", "received_on", "due", "owner", "score", "state")
    labels = {
        "todo": gettext_lazy("to do"),
        "sender": gettext_lazy("from"),
        "due": gettext_lazy("answer due"),
        **actions.STEPS,
    }
    filters = (
        "state", "todo", "owner", "channel", "industry", "country", "party", "received_on", "access", "unit", "tags",
    )  # fmt: skip
    orderings = {
        "newest": ("-received_on", "-record"),
        "score": ("-score", "-record"),
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    identity = ("received_on", "sender_email", "organisation")
    import_names = {
        "title": ("chủ đề", "nội dung yêu cầu", "tiêu đề"),
        "sender_name": ("người gửi", "họ tên"),
        "organisation": ("công ty", "nhà đầu tư", "đơn vị"),
        "received_on": ("ngày nhận", "ngày tiếp nhận"),
        "capital": ("vốn", "vốn dự kiến"),
        "area_ha": ("diện tích", "nhu cầu đất (ha)"),
    }
    search_fields = ("text", "sender_name", "organisation", "sender_email", "sender_phone")

    def subtitle(self, instance: Enquiry) -> str:
        return " · ".join(filter(None, [instance.receipt, instance.organisation or instance.sender_name]))

    def more_search_text(self, instance: Enquiry) -> str:
        return instance.receipt

    def leaves(self, rows: Any) -> Any:
        return rows.filter(is_test=False)

    def clean(self, instance: Any, fields: Mapping[str, Any]) -> None:
        actions.derive(instance)

    def follow(self, instances: Sequence[Any], targets: Collection[int], diff: Mapping[str, Any] | None) -> None:
        actions.follow(instances, targets, diff)

    def cell_sender(self, instance: Enquiry, user: User) -> Any:
        return instance.organisation or instance.sender_name or NOT_KNOWN

    def cell_due(self, instance: Enquiry, user: User) -> Any:
        clock = next_clock(instance)
        if clock is None:
            return NOT_KNOWN
        return format_html(
            '<span class="badge bg-{}-lt" title="{}">{} · {}</span>',
            CLOCK_TONES.get(clock["standing"], "secondary"),
            clock["label"],
            clock["word"],
            display.show_day(clock["due"]),
        )

    def cell_owner(self, instance: Enquiry, user: User) -> Any:
        if instance.owner is None:
            return format_html('<span class="text-secondary">{}</span>', _("nobody yet"))
        return str(instance.owner)

    def cell_state(self, instance: Enquiry, user: User) -> Any:
        made = badge(instance.state, instance.get_state_display())
        if instance.escalated_at is None or not instance.is_open:
            return made
        return format_html('{} <span class="badge bg-red-lt">{}</span>', made, _("with the lead officer"))

    def filter_state(self, label: Any) -> django_filters.Filter:
        return django_filters.ChoiceFilter(field_name="state", label=label, choices=Enquiry.State.choices)

    def filter_owner(self, label: Any) -> django_filters.Filter:
        def people() -> list[tuple[Any, str]]:
            rows = User.objects.filter(is_active=True).exclude(role="viewer").order_by("name")
            return [("nobody", _("nobody yet")), *((str(u.pk), str(u)) for u in rows)]

        def owned(queryset: Any, _name: str, value: str) -> Any:
            return queryset.filter(owner=None) if value == "nobody" else queryset.filter(owner_id=int(value))

        return django_filters.ChoiceFilter(method=owned, label=label, choices=people)

    def filter_todo(self, label: Any) -> django_filters.Filter:
        def todo(queryset: Any, _name: str, value: str) -> Any:
            if value == "unanswered":
                return queryset.to_answer()
            if value == "late":
                return queryset.late(timezone.now())
            if value == "climbed":
                return queryset.climbed(timezone.now())
            if value == "check":
                return queryset.filter(state="to_check")
            return queryset.unanswered().filter(owner=None)

        return django_filters.ChoiceFilter(
            method=todo,
            label=label,
            choices=[
                ("unanswered", gettext_lazy("To be answered")),
                ("late", gettext_lazy("Overdue")),
                ("climbed", gettext_lazy("With the lead officer")),
                ("nobody", gettext_lazy("Nobody answers it yet")),
                ("check", gettext_lazy("To be checked")),
            ],
        )


# --- how it stands --------------------------------------------------------------------------------


def clock_rows(enquiry: Enquiry, now: datetime.datetime | None = None) -> list[dict[str, Any]]:
    """The two clocks: {label, due, done, standing, word, tone, percent used}; those without a limit left out."""
    now = timezone.localtime(now or timezone.now())
    try:
        hours = queries.office_hours(enquiry.received_on)
    except (ValueError, NoRule):
        return []
    first, whole = queries.limits(enquiry.received_on)
    paused = enquiry.state == Enquiry.State.WAITING
    received = timezone.localtime(enquiry.received_at)
    stood = [
        clocks.Pause(timezone.localtime(p.start), timezone.localtime(p.end) if p.end else None)
        for p in Pause.objects.filter(enquiry=enquiry.pk)
    ]
    found = []
    for label, limit, due_at, done in (
        (_("First reply"), first, enquiry.first_due_at, enquiry.first_reply_at),
        (_("Full answer"), whole, enquiry.answer_due_at, enquiry.answered_at),
    ):
        if due_at is None or not limit:
            continue
        until = timezone.localtime(done) if done else now
        standing = clocks.standing(
            timezone.localtime(due_at), timezone.localtime(done) if done else None, paused, now, limit * 60, hours
        )
        used = clocks.used_minutes(received, until, stood, hours)
        found.append(
            {
                "label": label,
                "limit": limit,
                "used": round(used / 60, 1),
                "percent": min(100, round(100 * used / (limit * 60))),
                "due": due_at,
                "done": done,
                "standing": standing,
                "word": CLOCK_WORDS[standing],
                "tone": CLOCK_TONES.get(standing, "secondary"),
            }
        )
    return found


def next_clock(enquiry: Enquiry) -> dict[str, Any] | None:
    """The clock of a list's row, without a query: the one that runs out next."""
    if not enquiry.is_open or enquiry.answered_at is not None:
        return None
    first = enquiry.first_reply_at is None
    due_at = enquiry.first_due_at if first else enquiry.answer_due_at
    if due_at is None:
        return None
    if enquiry.state == Enquiry.State.WAITING:
        standing = "paused"
    else:
        left = due_at - timezone.now()
        standing = "late" if left.total_seconds() < 0 else "near" if left < datetime.timedelta(hours=4) else "running"
    label = _("First reply") if first else _("Full answer")
    return {"due": due_at, "standing": standing, "word": CLOCK_WORDS[standing], "label": label}


def standing_panel(enquiry: Any, user: User) -> Mapping[str, Any]:
    """Clocks, who answers, the steps that can be taken, the score with its reasons."""
    record = enquiry.record
    may = record.archived_at is None and access.may_edit(user, record)
    reasons = [
        {
            "label": CRITERIA[r["criterion"]],
            "why": WHY.get(r["why"], r["why"]),
            "weight": r["weight"],
            "points": None if r["share"] is None else round(r["weight"] * r["share"], 1),
            "percent": 0 if r["share"] is None else round(100 * r["share"]),
        }
        for r in enquiry.score_reasons
        if r["criterion"] in CRITERIA
    ]
    return {
        "first": True,
        "e": enquiry,
        "clocks": clock_rows(enquiry),
        "state": badge(enquiry.state, enquiry.get_state_display()),
        "pause": enquiry.pauses.filter(end=None).first() if enquiry.state == Enquiry.State.WAITING else None,
        "may": may,
        "mine": enquiry.owner_id == user.pk,
        "reasons": reasons,
        "lead_eyes": access.may_lead(user),
        "why_checked": {
            "trap": _("A field that people do not see was filled in."),
            "many_from_one": _("Many came from one address within an hour."),
            "many": _("Very many came within an hour."),
        }.get(enquiry.check_why, ""),
    }


def thread_panel(enquiry: Any, user: User) -> Mapping[str, Any]:
    """What was written, what came with it, packs, searches for land, hand-overs, leads made of it."""
    record = enquiry.record
    leads = Lead.objects.visible_to(user).live().filter(origins__origin=record.pk).select_related("record").distinct()
    return {
        "e": enquiry,
        "messages": list(enquiry.messages.select_related("by")),
        "files": list(enquiry.files.all()),
        "packs": list(
            enquiry.packs.select_related("created_by").annotate(
                opened=models.Count("visits"), last=models.Max("visits__at")
            )
        ),
        "searches": list(SiteSearch.objects.standing().filter(for_record=record.pk)[:10]),
        "hand_overs": list(enquiry.hand_overs.select_related("before", "after", "by")),
        "leads": list(leads[:10]),
        "may": record.archived_at is None and access.may_edit(user, record),
        "query": land_query(enquiry),
        "scores": list(enquiry.shopping_scores.select_related("by")[:3])
        if enquiry.is_test and access.may_lead(user)
        else [],
    }


def land_query(enquiry: Enquiry) -> str:
    """The address's query with which the matcher of land opens for an enquiry; "" where nothing is asked of land."""
    from ..packs.asking import question_of

    question = question_of(enquiry)
    return "" if question.empty else question.query(display.language())


services.add_panel("enquiry", "projects/enquiries/standing.html", standing_panel)
services.add_panel("enquiry", "projects/enquiries/thread.html", thread_panel)
services.use_actions(
    "enquiry",
    create=services.spread(actions.create_enquiry),
    update=actions.update_enquiry,
    create_many=services.in_bulk("enquiry"),
)
services.ORDERINGS.setdefault("score", gettext_lazy("Highest score first"))

merging.declare(
    "projects.Enquiry.party",
    "projects.HandOver.enquiry",
    "projects.Pause.enquiry",
    "projects.Message.enquiry",
    "projects.EnquiryFile.enquiry",
    "projects.ShoppingScore.enquiry",
    "projects.ReplyPack.enquiry",
)
