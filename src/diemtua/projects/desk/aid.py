"""The register of foreign aid and what its pages add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diemtua.kit.money import Money, format_money
from diemtua.register import menu, merging
from diemtua.register.desk import services
from diemtua.register.desk.display import NOT_KNOWN
from diemtua.register.models import User
from diemtua.register.screens import ChildSet, Screen, Section, register

from ..actions import aid as actions
from ..models import Aid, AidMovement, AidOutcome, AidStep, AidValue
from ..queries import aid as reads
from ..queries import exchange
from ..rules import aid as rules
from .examples import MarksExamples

menu.offer(
    "care",
    menu.Entry(_("Tables of foreign aid"), "projects:aid-tables", "heart-handshake"),
    menu.Entry(_("IATI file"), "projects:iati", "world", also=("projects:iati-bring-in",)),
)


@register
class AidScreen(MarksExamples, Screen):
    kind = "aid"
    model = Aid
    slug = "aid"
    menu_group = "care"
    icon = "heart-handshake"
    stage = "outcome"
    sections = (
        Section(
            _("Aid"),
            (
                "title",
                "donor",
                "donor_ref",
                "manager",
                "receiver",
                "form",
                "disaster_on",
                "state",
                "purpose",
                "sector",
                "where",
            ),
        ),
        Section(_("Registration of the donor"), ("registration", "registered_from", "registered_until")),
        Section(_("When"), ("planned_start", "planned_end", "actual_start", "actual_end")),
        Section(_("Keeping"), ("identifier", "note", "access", "unit", "confidence", "illustrative")),
    )
    labels = {"title": _("name of the aid"), "pledged": _("pledged")}
    columns = ("title", "donor", "receiver", "pledged", "planned_start", "state", "confidence")
    filters = (
        "state",
        "form",
        "sector",
        "donor",
        "receiver",
        "manager",
        "planned_start",
        "confidence",
        "access",
        "unit",
        "tags",
    )
    orderings = {
        "newest": ("-planned_start", "-record"),
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    children = (
        ChildSet("values", AidValue, ("year", "kind", "amount", "currency"), _("pledged values")),
        ChildSet("steps", AidStep, ("what", "on", "number", "body", "basis", "note"), _("steps of approval")),
        ChildSet(
            "movements",
            AidMovement,
            ("what", "on", "kind", "amount", "currency", "source", "note"),
            _("receipts and expenses"),
        ),
        ChildSet(
            "outcomes",
            AidOutcome,
            ("title", "unit", "first", "last", "baseline", "target", "actual", "words"),
            _("results"),
        ),
    )
    # The panel shows it by year and kind, beside what was received.
    drawn = ("values",)
    import_names = {
        "title": ("tên", "tên dự án", "tên chương trình", "tên khoản viện trợ"),
        "donor": ("bên cung cấp viện trợ", "nhà tài trợ", "tổ chức tài trợ"),
        "manager": ("cơ quan chủ quản",),
        "receiver": ("chủ khoản viện trợ", "đơn vị tiếp nhận", "bên tiếp nhận viện trợ"),
        "purpose": ("mục đích", "mục tiêu", "nội dung"),
        "registration": ("số giấy đăng ký", "giấy phép"),
        "planned_start": ("bắt đầu", "ngày bắt đầu"),
        "planned_end": ("kết thúc", "ngày kết thúc"),
        "where": ("địa bàn", "địa điểm"),
    }
    identity = ("donor", "receiver", "identifier")
    search_fields = ("purpose", "where", "registration", "identifier")

    def subtitle(self, instance: Aid) -> str:
        return instance.get_state_display()

    def cell_pledged(self, instance: Aid, user: User) -> Any:
        """The pledged values added up, each currency for itself."""
        sums = reads.pledged_of(instance)
        return " + ".join(format_money(Money(amount, c)) for c, amount in sums.items()) or NOT_KNOWN


def money_panel(aid: Any, user: User) -> Mapping[str, Any]:
    """Value by year and kind, what looks wrong, and how it stands to IATI."""
    found = Aid.objects.with_all().get(pk=aid.pk)
    rows, totals = reads.money_of(found)
    reporting = exchange.reporter()
    lacks = exchange.lacking(exchange.activity_of(found, user, reporting)) if reporting is not None else []
    return {
        "first": True,
        "rows": rows,
        "totals": totals,
        "flags": [(f, rules.FLAG_NAMES[f.code]) for f in reads.flags_of(found, timezone.localdate())],
        "reporting": reporting,
        "identifier": exchange.identifier_of(found, reporting) if reporting is not None else "",
        "lacks": [exchange.LACKS[name] for name in lacks],
    }


services.add_panel("aid", "projects/aid/panel.html", money_panel)
services.use_actions(
    "aid",
    create=services.spread(actions.create_aid),
    update=services.spread(actions.update_aid),
    # Steps get their legal basis in the action.
    create_many=services.in_bulk("aid", alone=lambda d: d.children.get("steps")),
)
merging.declare(
    "projects.Aid.donor",
    "projects.Aid.manager",
    "projects.Aid.receiver",
    "projects.AidValue.aid",
    "projects.AidStep.aid",
    "projects.AidStep.body",
    "projects.AidMovement.aid",
    "projects.AidMovement.source",
    "projects.AidOutcome.aid",
)
