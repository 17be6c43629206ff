"""The register of investment projects."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from diemtua.register import access, menu, merging
from diemtua.register.desk import display, services
from diemtua.register.desk.display import NOT_KNOWN, badge, plain
from diemtua.register.many import insert_many
from diemtua.register.models import User
from diemtua.register.screens import ChildSet, Entering, Screen, Section, register

from ..actions import projects as actions
from ..models import UNIT_SIZES, Amendment, Project, ProjectOrigin, StageMove
from ..models.projects import field_label
from ..rules import certificates, gates, stages

for _stage, _tone in (
    (stages.PROSPECT, "secondary"),
    (stages.PROPOSAL, "azure"),
    (stages.POLICY, "azure"),
    (stages.CERTIFICATE, "azure"),
    (stages.LAND, "azure"),
    (stages.PAUSED, "yellow"),
    (stages.LOST, "red"),
):
    display.TONES.setdefault(_stage, _tone)
display.TONES.setdefault("contributed", "azure")


menu.offer(
    "projects",
    menu.Entry(_("Board of projects"), "projects:board", "columns", also=("projects:map", "projects:gates")),
    menu.Entry(_("Funnel of projects"), "projects:funnel", "filter"),
)


@register
class ProjectScreen(Screen):
    kind = "project"
    model = Project
    slug = "projects"
    menu_group = "projects"
    icon = "building-factory"
    stage = "project"
    sections = (
        Section(
            _("What"),
            (
                "title",
                "stage",
                "investor",
                "enterprise",
                "country",
                "capital_kind",
                "industry",
                "vsic",
                "objectives",
            ),
        ),
        Section(_("Where"), ("zone", "plot", "where", "area_ha")),
        Section(
            _("What is promised"),
            (
                "capital",
                "own_capital",
                "currency",
                "jobs",
                "contribute_by",
                "construction_by",
                "operation_by",
                "term_years",
                "term_until",
            ),
        ),
        Section(
            _("Papers"),
            (
                "policy_route",
                "policy_decision",
                "policy_on",
                "enterprise_registered",
                "irc_code",
                "irc_issued",
                "irc_issuer",
            ),
        ),
        Section(
            _("What has been reached"),
            (
                "land_handed_over",
                "construction_started",
                "operating_since",
                "ended_on",
                "end_reason",
                "end_decision",
                "lost_to",
            ),
        ),
        Section(_("Keeping"), ("owner", "note", "access", "unit", "confidence", "taken_over")),
    )
    labels = {"title": _("name of the project"), "schedule": _("schedule")}
    columns = ("title", "stage", "investor", "zone", "capital", "operation_by")
    filters = (
        "stage",
        "schedule",
        "investor",
        "zone",
        "country",
        "capital_kind",
        "irc_issued",
        "operation_by",
        "owner",
        "access",
        "unit",
        "tags",
    )
    orderings = {
        "entered": ("-pk",),
        "title": ("record__sort_key", "pk"),
        "capital": ("-capital", "-record"),
    }
    children = (
        ChildSet(
            "amendments",
            Amendment,
            ("number", "on", "subject", "before", "after", "capital", "currency", "document", "note"),
            _("amendments of the certificate"),
        ),
        ChildSet("origins", ProjectOrigin, ("origin", "share", "note"), _("what it came from")),
    )
    import_names = {
        "title": ("tên", "tên dự án", "dự án", "project"),
        "investor": ("nhà đầu tư", "chủ đầu tư", "tên nhà đầu tư"),
        "enterprise": ("tổ chức kinh tế", "doanh nghiệp", "doanh nghiệp thực hiện dự án", "doanh nghiệp dự án"),
        "country": (
            "quốc tịch",
            "quốc gia",
            "nước đầu tư",
            "quốc gia/vùng lãnh thổ",
            "quốc tịch nhà đầu tư",
            "đối tác",
        ),
        "stage": ("giai đoạn", "tình trạng", "trạng thái"),
        "industry": ("lĩnh vực", "ngành nghề", "ngành", "sản phẩm", "ngành, nghề"),
        "vsic": ("mã ngành", "mã ngành vsic", "mã vsic"),
        "objectives": ("mục tiêu", "mục tiêu dự án", "mục tiêu và quy mô", "quy mô"),
        "zone": ("khu", "khu công nghiệp", "kcn", "khu, cụm công nghiệp"),
        "plot": ("lô", "lô đất", "ký hiệu lô"),
        "where": ("địa điểm", "địa điểm thực hiện", "địa chỉ thực hiện dự án"),
        "area_ha": ("diện tích", "diện tích (ha)", "diện tích đất (ha)", "diện tích sử dụng đất"),
        "capital": (
            "tổng vốn đầu tư",
            "vốn đăng ký",
            "vốn đầu tư",
            "tổng vốn đăng ký",
            "tổng vốn",
            "vốn đầu tư đăng ký",
            "tổng vốn đầu tư đăng ký",
        ),
        "own_capital": ("vốn góp", "vốn góp của nhà đầu tư", "vốn tự có"),
        "currency": ("đơn vị tính", "đơn vị", "đơn vị tiền", "loại tiền", "đvt"),
        "jobs": ("lao động", "số lao động", "lao động dự kiến"),
        "irc_code": ("mã số dự án", "mã dự án", "số gcnđkđt", "số giấy chứng nhận đăng ký đầu tư", "mã số gcnđkđt"),
        "irc_issued": ("ngày cấp", "ngày cấp gcnđkđt", "ngày cấp lần đầu", "ngày cấp gcn"),
        "irc_issuer": ("cơ quan cấp", "nơi cấp"),
        "operation_by": ("tiến độ hoàn thành", "dự kiến hoạt động", "thời gian đi vào hoạt động"),
        "construction_by": ("dự kiến khởi công",),
        "operating_since": ("ngày hoạt động", "hoạt động từ", "đi vào hoạt động"),
        "term_years": ("thời hạn", "thời hạn (năm)", "thời hạn hoạt động"),
        "note": ("ghi chú",),
    }
    counted_in = {"capital": "currency", "own_capital": "currency"}
    unit_sizes = UNIT_SIZES
    identity = ("irc_code", "investor", "zone")
    search_fields = ("industry", "irc_code", "where", "objectives", "lost_to", "note")
    measures = ("capital", "jobs", "area", "revenue", "exports")
    import_asks = ("stage", "currency", "taken_over")
    import_enters = {
        "investor": Entering({"kind": "company"}, taken=("country",)),
        "enterprise": Entering({"kind": "company"}),
    }

    def subtitle(self, instance: Project) -> str:
        return " · ".join(filter(None, [instance.get_stage_display(), instance.irc_code]))

    def clean(self, instance: Project, fields: Mapping[str, Any]) -> None:  # type: ignore[override]
        """The gates: what the stage needs, and where one may go from the stage that was."""
        before = None
        if instance.pk is not None:
            names = {n for need in stages.NEEDS for n in need.fields}
            before = Project.objects.filter(pk=instance.pk).values("stage", *names).first()
        elif instance.stage:
            instance.stage_since = stages.arrival(instance, instance.stage, timezone.localdate())
        if found := gates.errors(instance, before):
            raise ValidationError({n: [s] for n, s in found.items()})

    def follow(self, instances: Sequence[Any], targets: Collection[int], diff: Mapping[str, Any] | None) -> None:
        """Write down each change of stage with its day."""
        if diff is None:
            insert_many(
                [
                    StageMove(project_id=p.pk, before="", after=p.stage, on=p.stage_since, at=timezone.now())
                    for p in instances
                ]
            )
        elif "stage" in diff:
            old, new = diff["stage"]
            for project in instances:
                day = stages.arrival(project, new, timezone.localdate())
                if day is not None and project.stage_since is not None:
                    day = max(day, project.stage_since)
                StageMove.objects.create(project=project, before=old or "", after=new, on=day)
                Project.objects.filter(pk=project.pk).update(stage_since=day)
                project.stage_since = day

    def wrong_together(self, drafts: Sequence[Any], actor: User | None) -> Mapping[int, Mapping[str, str]]:
        """Project codes that stand twice in the file or in the register already, and what only a lead may enter."""
        codes = [certificates.tidy_code(str(d.fields.get("irc_code") or "")) for d in drafts]
        taken = actions.codes_taken(codes)
        found: dict[int, dict[str, str]] = {}
        for place, (draft, code) in enumerate(zip(drafts, codes, strict=True)):
            wrong = actions.refused_entry(draft.fields, actor)
            if code in taken:
                wrong["irc_code"] = actions.taken_sentence([code])
            if wrong:
                found[place] = wrong
        return found

    def cell_stage(self, instance: Project, user: User) -> Any:
        return badge(instance.stage, stages.LABELS[instance.stage])

    def cell_capital(self, instance: Project, user: User) -> Any:
        if instance.capital is None:
            return NOT_KNOWN
        return format_html(
            '<span class="text-nowrap">{} {}</span>', plain(None, instance.capital, user), instance.capital_display
        )

    def filter_schedule(self, label: Any) -> django_filters.Filter:
        """What has run out: the promised day of operation alone, or any promised day and land that lies unused."""

        def late(queryset: Any, _name: str, value: str) -> Any:
            today = timezone.localdate()
            return queryset.late(today) if value == "late" else queryset.run_out(today)

        choices = [("late", _("Behind schedule only")), ("run_out", _("A term has passed, or the land lies unused"))]
        return django_filters.ChoiceFilter(method=late, label=label, choices=choices)


def way_panel(project: Any, user: User) -> Mapping[str, Any] | None:
    """How far the project is, what may come next, and what older papers lack. No query."""
    place = stages.place_on_way(project.stage)
    labels = dict(stages.STAGES)
    editable = project.record.archived_at is None and access.may_edit(user, project.record)
    offered = [
        (to, labels[to], stages.place_on_way(to) > place >= 0)
        for to in stages.STEPS[project.stage]
        if user.is_at_least(stages.role_for(project.stage, to))
    ]
    lacks = [" / ".join(str(field_label(n)) for n in need.fields) for need in stages.missing(project, project.stage)]
    return {
        "first": True,
        "way": [
            {"label": labels[s], "here": s == project.stage, "past": stages.place_on_way(s) < place} for s in stages.WAY
        ],
        "beside": labels[project.stage] if place < 0 else "",
        "reason": project.end_reason,
        "lacks": lacks,
        "offered": offered if editable else [],
        "amend": bool(project.irc_code),
    }


services.add_panel("project", "projects/way.html", way_panel)
services.use_actions(
    "project",
    create=services.spread(actions.create_project),
    update=services.spread(actions.update_project),
    create_many=actions.create_projects,
)
services.ORDERINGS.setdefault("capital", _("Largest capital first"))

merging.declare(
    "projects.Project.investor",
    "projects.Project.enterprise",
    "projects.Project.zone",
    "projects.Project.plot",
    "projects.StageMove.project",
    "projects.Amendment.project",
    "projects.Amendment.document",
    "projects.ProjectOrigin.project",
    "projects.ProjectOrigin.origin",
    "projects.ProjectReport.project",
    "projects.ProjectReport.document",
    "projects.ReportLine.report",
)
