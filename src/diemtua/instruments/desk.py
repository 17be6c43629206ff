"""The registers of instruments and of commitments, and what their record pages add."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import django_filters
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from diemtua.register import access, merging
from diemtua.register.desk import services
from diemtua.register.desk.display import NOT_KNOWN, badge, rich
from diemtua.register.models import User
from diemtua.register.prepared import ask
from diemtua.register.queries import sight
from diemtua.register.screens import ChildSet, Screen, Section, register

from . import actions
from .models import Commitment, Instrument, InstrumentFile, InstrumentParty, Opinion
from .rules import EXPIRING_DAYS, SOON_DAYS, STANDING, next_term

SHOWN_COMMITMENTS = 100


@register
class InstrumentScreen(Screen):
    kind = "instrument"
    model = Instrument
    slug = "instruments"
    icon = "writing-sign"
    stage = "instrument"
    sections = (
        Section(
            _("What"),
            (
                "title",
                "title_foreign",
                "nature",
                "form",
                "number",
                "status",
                "cooperation_fields",
                "lead_agency",
                "summary",
            ),
        ),
        Section(
            _("When"),
            ("signed", "signed_at", "signing_level", "effect", "expiry", "renewal", "renewal_note", "replaces"),
        ),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    columns = ("title", "nature", "parties", "signed", "expiry", "status", "confidence")
    filters = (
        "nature",
        "form",
        "status",
        "todo",
        "party",
        "signed",
        "expiry",
        "cooperation_fields",
        "lead_agency",
        "access",
        "unit",
        "tags",
    )
    labels = {"todo": _("to do")}
    orderings = {
        "newest": ("-signed", "-record"),
        "title": ("record__sort_key", "pk"),
        "expiry": ("expiry_by", "pk"),
        "entered": ("-pk",),
    }
    children = (
        ChildSet("parties", InstrumentParty, ("party", "role", "signer", "signer_post"), _("the parties")),
        ChildSet("opinions", Opinion, ("body", "asked_on", "due_on", "answered_on", "answer"), _("opinions")),
        ChildSet("files", InstrumentFile, ("document", "role"), _("files")),
    )
    import_names = {
        "title": ("tên", "tên văn kiện", "tên thỏa thuận", "trích yếu", "trích yếu nội dung"),
        "number": ("số hiệu", "số, ký hiệu", "số văn bản"),
        "signed": ("ngày ký", "thời gian ký", "năm ký"),
        "effect": ("ngày hiệu lực", "hiệu lực từ"),
        "expiry": ("ngày hết hạn", "thời hạn"),
        "parties": ("các bên", "các bên ký kết", "bên ký kết", "đối tác"),
        "lead_agency": ("cơ quan chủ trì", "đơn vị chủ trì"),
        "cooperation_fields": ("lĩnh vực", "lĩnh vực hợp tác"),
        "summary": ("nội dung", "nội dung chính"),
    }
    search_fields = ("number", "title_foreign", "summary", "signed_at")

    def subtitle(self, instance: Instrument) -> str:
        return " · ".join(filter(None, [instance.get_nature_display(), instance.number]))

    def filter_todo(self, label: Any) -> django_filters.Filter:
        def todo(queryset: Any, _name: str, value: str) -> Any:
            if value == "opinions":
                return queryset.awaiting_opinions()
            today = timezone.localdate()
            return queryset.expiring(today, today + datetime.timedelta(days=EXPIRING_DAYS))

        return django_filters.ChoiceFilter(
            method=todo,
            label=label,
            choices=[("opinions", _("Opinions not answered")), ("expiring", _("Expiring in 90 days"))],
        )


@register
class CommitmentScreen(Screen):
    kind = "commitment"
    model = Commitment
    slug = "commitments"
    icon = "checklist"
    stage = "commitment"
    sections = (
        Section(_("Promise"), ("title", "instrument", "debtor", "creditor", "due", "target", "target_unit")),
        Section(_("How it stands"), ("state", "done", "closed_on", "owner", "note")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    labels = {"title": _("what is promised"), "overdue": _("due day")}
    columns = ("title", "debtor", "creditor", "due", "state", "instrument")
    filters = ("state", "overdue", "debtor", "creditor", "instrument", "due", "owner", "access", "unit", "tags")
    orderings = {
        "due": ("due", "record"),
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    import_names = {
        "title": ("nội dung", "nội dung cam kết", "nhiệm vụ", "cam kết"),
        "debtor": ("đơn vị thực hiện", "cơ quan thực hiện", "bên cam kết"),
        "due": ("hạn", "thời hạn", "hạn hoàn thành"),
        "state": ("tình trạng", "tiến độ"),
        "note": ("ghi chú",),
    }
    search_fields = ("note", "target_unit")

    def subtitle(self, instance: Commitment) -> str:
        return instance.get_state_display()

    def cell_due(self, instance: Commitment, user: User) -> Any:
        if instance.due is None:
            return NOT_KNOWN
        return format_html('<span class="dt-due-{}">{}</span>', instance.standing, rich(None, instance.due, user))

    def fact_due(self, instance: Commitment, user: User) -> Any:
        if instance.due is None:
            return ""
        return format_html("{} {}", rich(None, instance.due, user), standing_badge(instance))

    def filter_overdue(self, label: Any) -> django_filters.Filter:
        def due(queryset: Any, _name: str, value: str) -> Any:
            today = timezone.localdate()
            if value == "yes":
                return queryset.overdue(today)
            return queryset.due_between(today, today + datetime.timedelta(days=SOON_DAYS))

        return django_filters.ChoiceFilter(
            method=due, label=label, choices=[("yes", _("Overdue only")), ("soon", _("Due in 30 days"))]
        )


def standing_badge(commitment: Commitment) -> Any:
    """A word beside the due day where it matters."""
    standing = commitment.standing
    if standing == "late":
        return format_html('<span class="badge bg-red-lt">{}</span>', _("overdue"))
    if standing == "soon":
        return format_html('<span class="badge bg-yellow-lt">{}</span>', _("due soon"))
    return ""


# --- parts of record pages ------------------------------------------------------------------------


def commitments_panel(instrument: Any, user: User) -> Mapping[str, Any] | None:
    """What was promised by it; the tasks of a directive are the commitments of the agencies."""
    found = ask(
        ("commitments of an instrument", sight(user)),
        lambda pk: (
            Commitment.objects.visible_to(user)
            .live()
            .filter(instrument_id=pk)
            .select_related("record", "debtor__record")
            .defer("record__search_text", "debtor__record__search_text")
            .order_by("due", "pk")[: SHOWN_COMMITMENTS + 1]
        ),
        instrument.pk,
    )
    rows = []
    for c in found[:SHOWN_COMMITMENTS]:
        debtor = c.debtor if c.debtor is not None and access.may_see(user, c.debtor.record) else None
        rows.append(
            {
                "commitment": c,
                "debtor": debtor,
                "late": standing_badge(c),
                "state": badge(c.state, c.get_state_display()),
            }
        )
    return {
        "rows": rows,
        "more": len(found) > SHOWN_COMMITMENTS,
        "may_add": access.may_create(user),
        "directive": instrument.nature == Instrument.Nature.DIRECTIVE,
        "settled": sum(not c.is_open for c in found),
        "all": len(rows),
    }


def steps_panel(instrument: Any, user: User) -> Mapping[str, Any] | None:
    """What an officer does next with an instrument: one click and a reason."""
    record = instrument.record
    if record.archived_at is not None or not access.may_edit(user, record):
        return None
    standing = instrument.status in STANDING or instrument.status == Instrument.Status.EXPIRED
    offered = []
    if standing:
        if instrument.expiry is not None:
            offered.append(("extend", _("Extend…"), "calendar-due"))
        if next_term(instrument.effect, instrument.expiry) is not None:
            offered.append(("renew", _("Renew…"), "repeat"))
    if instrument.status == Instrument.Status.SIGNED:
        offered.append(("resume", _("Put into effect…"), "check"))
    if instrument.status == Instrument.Status.SUSPENDED:
        offered.append(("resume", _("Take up again…"), "check"))
    if instrument.status == Instrument.Status.IN_FORCE:
        offered.append(("suspend", _("Suspend…"), "hourglass"))
    if standing:
        offered.append(("replace", _("Replaced by another…"), "arrows-exchange"))
        offered.append(("terminate", _("Terminate…"), "circle-x"))
    return {"first": True, "offered": offered} if offered else None


def state_panel(commitment: Any, user: User) -> Mapping[str, Any] | None:
    """Say with one click how a promise stands."""
    record = commitment.record
    if record.archived_at is not None or not access.may_edit(user, record):
        return None
    offered = [
        (value, str(label))
        for value, label in Commitment.State.choices
        if value in ("under_way", "kept", "partly", "broken") and value != commitment.state
    ]
    return {"first": True, "offered": offered}


services.add_panel("instrument", "instruments/steps.html", steps_panel)
services.add_panel("instrument", "instruments/commitments.html", commitments_panel)
services.add_panel("commitment", "instruments/state.html", state_panel)
services.use_actions(
    "instrument",
    create=services.spread(actions.create_instrument),
    update=services.spread(actions.update_instrument),
    # Opinions get their due day, and what is replaced its mark, in the action.
    create_many=services.in_bulk("instrument", alone=lambda d: d.fields.get("replaces") or d.children.get("opinions")),
)
services.use_actions(
    "commitment",
    create=services.spread(actions.create_commitment),
    update=services.spread(actions.update_commitment),
    create_many=services.in_bulk("commitment"),
)

merging.declare(
    "instruments.InstrumentParty.instrument",
    "instruments.InstrumentParty.party",
    "instruments.Opinion.instrument",
    "instruments.Opinion.body",
    "instruments.InstrumentFile.instrument",
    "instruments.InstrumentFile.document",
    "instruments.Instrument.lead_agency",
    "instruments.Instrument.replaces",
    "instruments.Commitment.instrument",
    "instruments.Commitment.debtor",
    "instruments.Commitment.creditor",
)
