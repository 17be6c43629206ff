"""The register of leads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from diemtua.register import merging
from diemtua.register.desk import display, services
from diemtua.register.desk.display import NOT_KNOWN, plain
from diemtua.register.models import User
from diemtua.register.screens import ChildSet, Screen, Section, register

from ..actions import leads as actions
from ..models import Lead, LeadOrigin
from .examples import MarksExamples

for _state, _tone in (
    ("new", "secondary"),
    ("talking", "azure"),
    ("visiting", "azure"),
    ("won", "green"),
    ("lost", "red"),
    ("dormant", "secondary"),
):
    display.TONES.setdefault(_state, _tone)


@register
class LeadScreen(MarksExamples, Screen):
    kind = "lead"
    model = Lead
    slug = "leads"
    menu_group = "projects"
    icon = "flag"
    stage = "enquiry"
    sections = (
        Section(_("What"), ("title", "state", "investor", "country", "industry", "what", "owner")),
        Section(_("Size"), ("capital", "currency", "jobs", "area_ha", "since", "decides")),
        Section(_("If it was lost"), ("lost_why", "lost_to", "lost_note")),
        Section(_("Keeping"), ("access", "unit", "confidence", "illustrative")),
    )
    columns = ("title", "investor", "industry", "capital", "jobs", "since", "owner", "state")
    filters = (
        "state", "investor", "industry", "country", "since", "owner", "lost_why", "access", "unit", "tags",
    )  # fmt: skip
    orderings = {
        "newest": ("-since", "-record"),
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    children = (ChildSet("origins", LeadOrigin, ("origin", "share", "note"), _("origins")),)
    identity = ("investor", "since", "country")
    import_names = {
        "title": ("tên", "tên dự án", "nhu cầu đầu tư"),
        "investor": ("nhà đầu tư", "công ty"),
        "capital": ("vốn", "vốn dự kiến"),
        "since": ("ngày", "thời gian tiếp xúc"),
        "lost_to": ("mất cho", "chuyển đến"),
    }
    search_fields = ("what", "lost_to", "lost_note")

    def subtitle(self, instance: Lead) -> str:
        parts = [str(instance.get_state_display())]
        if instance.industry:
            parts.append(str(instance.get_industry_display()))
        return " · ".join(parts)

    def cell_capital(self, instance: Lead, user: User) -> Any:
        if instance.capital is None:
            return NOT_KNOWN
        return format_html("{} {}", plain(None, instance.capital, user), instance.get_currency_display())

    def follow(self, instances: Sequence[Any], targets: Collection[int], diff: Mapping[str, Any] | None) -> None:
        if diff is None or "origins" in diff:
            actions.check_shares(instances)


services.use_actions(
    "lead",
    create=services.spread(actions.create_lead),
    update=services.spread(actions.update_lead),
    create_many=services.in_bulk("lead"),
)

merging.declare(
    "projects.Lead.investor",
    "projects.LeadOrigin.lead",
    "projects.LeadOrigin.origin",
)
