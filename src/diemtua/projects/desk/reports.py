"""The register of quarterly reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from diemtua.register.desk import display, services
from diemtua.register.desk.display import badge
from diemtua.register.models import User
from diemtua.register.screens import ChildSet, Screen, Section, register

from ..actions import reports as actions
from ..models import Project, ProjectReport, ReportLine

for _state, _tone in (("waiting", "yellow"), ("received", "green"), ("returned", "red")):
    display.TONES.setdefault(_state, _tone)


@register
class ReportScreen(Screen):
    kind = "projectreport"
    model = ProjectReport
    slug = "project-reports"
    icon = "report"
    stage = "project"
    in_pictures = False
    sections = (
        Section(_("About"), ("title", "project", "quarter", "state", "sent_on", "rate")),
        Section(_("Remarks"), ("difficulties", "correction", "document", "note")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    labels = {"title": _("name of the report")}
    columns = ("title", "project", "quarter", "state", "sent_on")
    filters = ("state", "project", "quarter", "sent_on", "access", "unit", "tags")
    orderings = {"newest": ("-quarter", "-record"), "title": ("record__sort_key", "pk"), "entered": ("-pk",)}
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


services.use_actions(
    "projectreport",
    create=services.spread(actions.create_report),
    update=services.spread(actions.update_report),
)
