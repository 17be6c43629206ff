"""The register of quarterly reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from diemtua.register import access, menu
from diemtua.register.desk import display, services
from diemtua.register.desk.display import badge
from diemtua.register.models import Role, User
from diemtua.register.screens import ChildSet, Screen, Section, register
from diemtua.rulebook.queries import codes

from ..actions import reports as actions
from ..models import Project, ProjectReport, ReportLine
from ..queries import progress

ROWS = "report.A_III_1_rows"

for _state, _tone in (("waiting", "yellow"), ("received", "green"), ("returned", "red")):
    display.TONES.setdefault(_state, _tone)


menu.offer(
    "projects",
    menu.Entry(
        _("Quarterly reports"), "projects:reporters", "clipboard-check", also=("kind:projectreport", "projects:upload")
    ),
)


@register
class ReportScreen(Screen):
    kind = "projectreport"
    model = ProjectReport
    slug = "project-reports"
    icon = "clipboard-check"
    stage = "project"
    in_pictures = False
    proves = True  # what an enterprise reports is the source of the figures it gives
    menu_group = "none"  # the page of quarterly reports leads here
    sections = (
        Section(_("About"), ("title", "project", "quarter", "state", "sent_on", "rate")),
        Section(_("Remarks"), ("difficulties", "correction", "document", "note")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    labels = {"title": _("name of the report")}
    columns = ("title", "project", "quarter", "state", "sent_on")
    filters = ("state", "project", "quarter", "sent_on", "access", "unit", "tags")
    orderings = {"newest": ("-quarter", "-record"), "title": ("record__sort_key", "pk"), "entered": ("-pk",)}
    drawn = ("lines",)
    children = (ChildSet("lines", ReportLine, ("item", "in_quarter", "in_year", "in_all"), _("rows")),)
    import_names = {
        "title": ("tên", "tên báo cáo"),
        "project": ("dự án", "tên dự án"),
        "quarter": ("quý", "kỳ báo cáo"),
        "state": ("trạng thái",),
        "sent_on": ("ngày gửi", "ngày nộp"),
        "difficulties": ("khó khăn, vướng mắc", "vướng mắc", "khó khăn"),
    }
    identity = ("project", "quarter")
    search_fields = ("difficulties", "note")

    def subtitle(self, instance: ProjectReport) -> str:
        return instance.get_state_display()

    def initial(self, user: Any, query: Mapping[str, str]) -> dict[str, Any]:
        """The name of a report follows from its project."""
        given = super().initial(user, query)
        if str(given.get("project", "")).isdecimal() and "title" not in given:
            project = Project.objects.visible_to(user).filter(pk=given["project"]).select_related("record").first()
            if project is not None:
                given["title"] = _now("Report A.III.1 of %(project)s") % {"project": project.record.title}
        return given

    def clean(self, instance: ProjectReport, fields: Mapping[str, Any]) -> None:  # type: ignore[override]
        """A quarter is reported on when it is over."""
        if instance.quarter is not None and instance.quarter.last >= timezone.localdate():
            raise ValidationError(
                {
                    "quarter": _now("This quarter ends on %(day)s. It can be reported on from the day after.")
                    % {"day": instance.quarter.last.strftime("%d/%m/%Y")}
                }
            )

    def cell_state(self, instance: ProjectReport, user: User) -> Any:
        return badge(instance.state, instance.get_state_display())


def report_panel(report: Any, user: User) -> Mapping[str, Any] | None:
    """A report beside the last one, with what looks odd, and the steps that may follow."""
    last = progress.last_received(report)
    if last is not None and not access.may_see(user, last.record):
        last = None
    lines, old = progress.lines_of(report), progress.lines_of(last) if last is not None else {}
    labels = {c.code: str(c) for c in codes(ROWS)}
    odd: dict[str, list[str]] = {}
    general: list[str] = []
    for o in progress.oddities(report, last):
        if o.item in lines:
            odd.setdefault(o.item, []).append(o.sentence)
        else:
            general.append(o.sentence)
    editable = report.record.archived_at is None and access.may_edit(user, report.record)
    lead = user.is_at_least(Role.LEAD)
    state = report.state
    due, basis = progress.deadline(report.quarter)
    return {
        "first": True,
        "rows": [
            {"label": labels.get(code, code), "row": row, "old": old.get(code), "odd": odd.get(code, [])}
            for code, row in lines.items()
        ],
        "last": last,
        "odd": general,
        "clean": not general and not odd,
        "send": editable and state in ("draft", "returned"),
        "receive": editable and lead and state == "waiting",
        "send_back": editable and lead and state in ("waiting", "received"),
        "due": due,
        "basis": basis,
        "late": due is not None and (report.sent_on or timezone.localdate()) >= due,
    }


services.add_panel("projectreport", "projects/report.html", report_panel)
services.use_actions(
    "projectreport",
    create=services.spread(actions.create_report),
    update=services.spread(actions.update_report),
)
