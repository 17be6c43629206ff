"""The register of care cases and what their pages and those of investors add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from diemtua.register import access, menu, merging
from diemtua.register.desk import services
from diemtua.register.desk.display import NOT_KNOWN, rich
from diemtua.register.models import User
from diemtua.register.screens import ChildSet, Screen, Section, register

from ..actions import care as actions
from ..models import CareCase, CareStep, PublicLine
from ..queries import care as reads
from ..rules import care as rules
from .examples import MarksExamples

TONES = {"on_track": "green", "at_risk": "yellow", "late": "red", "over": "secondary"}
SHOWN_CASES = 20


def standing_badge(case: CareCase) -> Any:
    """How a case stands, in a word."""
    today = timezone.localdate()
    standing, _reasons = rules.standing(reads.facts_of(case), reads.limits_on(today), today)
    return format_html('<span class="badge bg-{}-lt">{}</span>', TONES[standing], rules.STANDINGS[standing])


menu.offer(
    "care",
    menu.Entry(_("Kept and lost"), "projects:care-report", "first-aid-kit"),
    menu.Entry(_("Visits to investors"), "projects:care-visits", "building-factory"),
)


@register
class CareCaseScreen(MarksExamples, Screen):
    kind = "carecase"
    model = CareCase
    slug = "cases"
    menu_group = "care"
    icon = "first-aid-kit"
    stage = "care"
    sections = (
        Section(
            _("Difficulty"),
            (
                "title",
                "investor",
                "project",
                "reported",
                "difficulty",
                "cause",
                "agency",
                "capital",
                "currency",
                "jobs",
            ),
        ),
        Section(_("Promise to the investor"), ("owner", "due")),
        Section(
            _("How it ended"),
            ("status", "closed_on", "done", "outcome", "capital_kept", "jobs_kept", "word", "word_agreed"),
        ),
        Section(_("Keeping"), ("access", "unit", "confidence", "illustrative")),
    )
    labels = {
        "title": _("the difficulty in a line"),
        "standing": _("how it stands"),
        "escalated": _("gone up"),
        "public_line": _("public line"),
        "line_state": _("state of the public line"),
    }
    columns = ("title", "investor", "cause", "agency", "due", "standing")
    filters = (
        "standing",
        "escalated",
        "status",
        "cause",
        "agency",
        "investor",
        "project",
        "owner",
        "outcome",
        "reported",
        "access",
        "unit",
        "tags",
    )
    orderings = {
        "newest": ("-reported", "-record"),
        "due": ("due", "record"),
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    children = (ChildSet("steps", CareStep, ("text", "party", "due", "done_on"), _("next steps")),)
    import_names = {
        "title": ("vướng mắc", "khó khăn", "nội dung", "kiến nghị"),
        "investor": ("nhà đầu tư", "doanh nghiệp", "công ty"),
        "project": ("dự án",),
        "reported": ("ngày phản ánh", "ngày tiếp nhận"),
        "cause": ("nguyên nhân",),
        "agency": ("cơ quan giải quyết", "cơ quan chủ trì", "đơn vị xử lý"),
        "due": ("hạn", "ngày hẹn", "thời hạn"),
        "status": ("tình trạng",),
        "done": ("kết quả giải quyết", "đã giải quyết"),
    }
    identity = ("investor", "project", "reported")
    search_fields = ("difficulty", "done")

    def initial(self, user: Any, query: Mapping[str, str]) -> dict[str, Any]:
        return {**super().initial(user, query), "owner": query.get("owner") or getattr(user, "pk", None)}

    def subtitle(self, instance: CareCase) -> str:
        return instance.get_status_display()

    def cell_due(self, instance: CareCase, user: User) -> Any:
        return NOT_KNOWN if instance.due is None else rich(None, instance.due, user)

    def cell_standing(self, instance: CareCase, user: User) -> Any:
        return standing_badge(instance)

    def fact_word_agreed(self, instance: CareCase, user: User) -> Any:
        """A tick for the form; without a word it says nothing."""
        return None

    def filter_standing(self, label: Any) -> django_filters.Filter:
        def standing(queryset: Any, _name: str, value: str) -> Any:
            today = timezone.localdate()
            return queryset.to_see_to(today) if value == "to_see_to" else queryset.standing(value, today)

        choices = [*rules.STANDINGS.items(), ("to_see_to", _("Late or at risk"))]
        return django_filters.ChoiceFilter(method=standing, label=label, choices=choices)

    def filter_escalated(self, label: Any) -> django_filters.Filter:
        def escalated(queryset: Any, _name: str, value: str) -> Any:
            return queryset.escalated(timezone.localdate(), value)

        return django_filters.ChoiceFilter(
            method=escalated,
            label=label,
            choices=[("lead", _("To the lead officer")), ("leaders", _("To the leaders"))],
        )


def case_panel(case: Any, user: User) -> Mapping[str, Any]:
    """How a case stands and why, what was promised when, and what may be done next."""
    today = timezone.localdate()
    limits, facts = reads.limits_on(today), reads.facts_of(case)
    standing, reasons = rules.standing(facts, limits, today)
    editable = case.record.archived_at is None and access.may_edit(user, case.record)
    line = PublicLine.objects.filter(case=case).select_related("written_by", "approved_by").first()
    promises = reads.promises_of(case)
    return {
        "first": True,
        "case": case,
        "standing": standing,
        "standing_label": rules.STANDINGS[standing],
        "tone": TONES[standing],
        "reasons": [rules.REASONS[r] for r in reasons],
        "up": (up := rules.escalation(facts, limits, today)),
        "up_label": rules.LEVELS.get(up.level, ""),
        "promises": promises if len(promises) > 1 else [],
        "editable": editable,
        "line": line,
        "may_approve": editable and access.may_lead(user) and line is not None and line.written_by_id != user.pk,
    }


def cases_panel(instance: Any, user: User) -> Mapping[str, Any] | None:
    """The care cases of an investor or project, the newest first; nothing where there is none."""
    by = {"project": "project", "party": "investor"}[instance.record.kind]
    found = list(
        CareCase.objects.all()
        .with_step_due()
        .visible_to(user)
        .live()
        .filter(**{by: instance.pk})
        .select_related("record")
        .order_by("-reported", "-pk")[: SHOWN_CASES + 1]
    )
    if not found:
        return None
    return {
        "rows": [(c, standing_badge(c)) for c in found[:SHOWN_CASES]],
        "more": len(found) > SHOWN_CASES,
        "by": by,
        "may_add": access.may_create(user),
    }


services.add_panel("carecase", "projects/care/panel.html", case_panel)
services.add_panel("project", "projects/care/cases.html", cases_panel)
services.add_panel("party", "projects/care/cases.html", cases_panel)
services.use_actions(
    "carecase",
    create=services.spread(actions.create_case),
    update=services.spread(actions.update_case),
    create_many=services.in_bulk("carecase"),
)
merging.declare(
    "projects.CareCase.investor",
    "projects.CareCase.project",
    "projects.CareCase.agency",
    "projects.CareStep.case",
    "projects.CareStep.party",
    "projects.PublicLine.case",
)
