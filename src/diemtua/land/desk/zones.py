"""The registers of zones, plots and leases, and what their record pages add."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import django_filters
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from diemtua.kit.numbers import format_number
from diemtua.register import menu, merging
from diemtua.register.desk import services
from diemtua.register.desk.display import NOT_KNOWN, badge, plain
from diemtua.register.models import User
from diemtua.register.models.record import record_url
from diemtua.register.screens import ChildSet, Screen, Section, register

from .. import actions
from ..actions import keeping
from ..models import Capacity, Lease, Plot, PlotIndustry, Price, Zone, ZoneCommune
from ..rules.books import Standing, plot_state
from ..rules.units import VSIC, as_decimal
from . import outlines

UTILITIES = ChildSet(
    "capacities",
    Capacity,
    ("utility", "installed", "allocated", "water_class", "since", "until", "as_of", "source", "confirmed"),
    _("utilities"),
)
PRICES = ChildSet("prices", Price, ("what", "amount", "currency", "per", "as_of", "source", "note"), _("prices"))
KEEPING = ("access", "unit", "confidence", "illustrative", "sizes_confirmed")


def illustrative_badge() -> Any:
    return badge("low", _("illustrative"))


def title_cell(instance: Any, user: User) -> Any:
    """The name as a link; what is only drawn is marked."""
    record = instance.record
    marks = [badge("archived", _("archived"))] if record.archived_at else []
    if instance.illustrative:
        marks.append(illustrative_badge())
    link = format_html('<a class="dt-title" href="{}">{}</a>', record_url(record.pk), record.title)
    return format_html("{} {}", link, format_html("{} " * len(marks), *marks)) if marks else link


def tenure(plot: Plot, user: User) -> Any:
    """Until when the land may be used and how many years that is; "" where it is not known."""
    years = plot.years_left(timezone.localdate())
    if years is None:
        return ""
    left = _("years left: %(n)s") % {"n": format_number(years)}
    day = plain(Plot._meta.get_field("tenure_until"), plot.tenure_until, user)
    return format_html('{} <span class="text-secondary">({})</span>', day, left)


menu.offer(
    "land",
    menu.Entry(_("Map"), "land:map", "map-pin"),
    menu.Entry(_("Find land"), "land:match", "target", also=("land:compare", "land:keep")),
    menu.Entry(_("Kept searches"), "land:searches", "bookmark", also=("land:search",)),
    menu.Entry(_("Unmet demand"), "land:unmet", "chart-bar"),
    menu.Entry(_("Destinations"), "land:destinations", "anchor", also=("land:destination", "land:destination-new")),
    menu.Entry(_("Facts to check"), "land:due", "clock-exclamation"),
)


class LandScreen(Screen):
    """What the three kinds have in common."""

    stage = "project"
    menu_group = "land"

    def fact_sizes_confirmed(self, instance: Any, user: User) -> Any:
        """A tick for the form; on the page it says nothing."""
        return None

    def fact_illustrative(self, instance: Any, user: User) -> Any:
        """Said beside the title and above the facts."""
        return None


@register
class ZoneScreen(LandScreen):
    kind = "zone"
    model = Zone
    in_chain = False
    slug = "zones"
    icon = "building-factory"
    sections = (
        Section(
            _("About"),
            ("title", "type", "parent", "developer", "board", "state", "established", "decision", "description"),
        ),
        Section(
            _("Land"),
            ("area_ha", "industrial_ha", "term_years", "term_until", "province", "where"),
        ),
        Section(_("Keeping"), KEEPING),
    )
    labels = {"title": _("name of the zone"), "let_share": _("share let")}
    columns = ("title", "type", "parent", "area_ha", "let_share", "state", "confidence")
    filters = (
        "type",
        "state",
        "parent",
        "developer",
        "province",
        "illustrative",
        "confidence",
        "access",
        "unit",
        "tags",
    )
    orderings = {"title": ("record__sort_key", "pk"), "entered": ("-pk",)}
    children = (ChildSet("communes", ZoneCommune, ("unit",), _("communes")), UTILITIES, PRICES, outlines.ROADS)
    drawn = ("capacities", "prices", "roads")
    import_names = {
        "title": ("tên", "tên khu", "khu công nghiệp", "cụm công nghiệp", "tên khu công nghiệp"),
        "type": ("loại hình", "loại khu"),
        "parent": ("thuộc khu", "khu kinh tế"),
        "board": ("ban quản lý", "cơ quan quản lý"),
        "developer": ("chủ đầu tư", "chủ đầu tư hạ tầng", "chủ đầu tư kết cấu hạ tầng"),
        "area_ha": ("diện tích", "diện tích (ha)", "tổng diện tích", "quy mô"),
        "industrial_ha": ("đất công nghiệp", "diện tích đất công nghiệp", "đất công nghiệp cho thuê"),
        "established": ("ngày thành lập", "năm thành lập"),
        "decision": ("quyết định thành lập", "số quyết định"),
        "term_years": ("thời hạn (năm)", "thời hạn hoạt động"),
        "where": ("địa điểm", "vị trí"),
    }
    identity = ("parent",)
    search_fields = ("decision", "where", "description")
    measures = ("let_share", "investors", "capital", "area", "industrial_area")
    cell_title = staticmethod(title_cell)

    def subtitle(self, instance: Zone) -> str:
        return instance.get_type_display()

    def cell_let_share(self, instance: Zone, user: User) -> Any:
        """The newest published share with its day; what the leases add up to stands on the zone's page."""
        figure = next(iter(getattr(instance.record, "let_shares", [])), None)
        if figure is None:
            return NOT_KNOWN
        value = figure.wording or f"{plain(None, figure.value, user)} {figure.unit}"
        return format_html(
            '<div>{}<div class="small text-secondary">{}</div></div>', value, plain(None, figure.as_of, user)
        )

    def filter_province(self, label: Any) -> django_filters.Filter:
        """The provinces in which zones lie."""

        def choices() -> list[tuple[int, str]]:
            rows = Zone.objects.exclude(province=None).values_list("province_id", "province__full_name")
            return sorted(set(rows), key=lambda r: r[1])

        return django_filters.ChoiceFilter(field_name="province", label=label, choices=choices)

    def follow(self, instances: Sequence[Any], targets: Collection[int], diff: Mapping[str, Any] | None) -> None:
        if keeping.leaving(diff):
            keeping.utilities_of(keeping.merged_into(instances))
            return
        if diff is not None and keeping.touches(diff, "capacities", "parent"):  # of a new zone nothing is reserved
            keeping.utilities_of({z.pk for z in instances})


@register
class PlotScreen(LandScreen):
    kind = "plot"
    model = Plot
    in_pictures = False
    slug = "plots"
    icon = "layout-list"
    sections = (
        Section(_("About"), ("title", "zone", "code", "area_ha", "plot_ratio", "max_floors", "note")),
        Section(_("Readiness"), ("cleared_on", "legally_clean_on", "handed_over_on", "ready_from", "tenure_until")),
        Section(_("Keeping"), KEEPING),
    )
    labels = {"title": _("name of the plot"), "standing": _("how it stands"), "industry": _("VSIC code")}
    columns = ("title", "zone", "area_ha", "standing", "handed_over_on", "tenure_until", "confidence")
    filters = ("zone", "standing", "industry", "illustrative", "confidence", "access", "unit", "tags")
    orderings = {"title": ("record__sort_key", "pk"), "entered": ("-pk",)}
    children = (
        ChildSet("industries", PlotIndustry, ("rule", "code", "note"), _("industries")),
        UTILITIES,
        PRICES,
        outlines.ROADS,
    )
    drawn = ("capacities", "prices", "roads")
    import_names = {
        "title": ("tên", "tên lô", "lô đất"),
        "zone": ("khu", "khu công nghiệp", "thuộc khu"),
        "code": ("ký hiệu", "ký hiệu lô", "số hiệu lô", "mã lô"),
        "area_ha": ("diện tích", "diện tích (ha)"),
        "plot_ratio": ("mật độ xây dựng", "mật độ xây dựng (%)"),
        "max_floors": ("tầng cao", "số tầng tối đa"),
        "tenure_until": ("thời hạn sử dụng đất", "sử dụng đất đến"),
        "cleared_on": ("ngày giải phóng mặt bằng",),
        "legally_clean_on": ("ngày đủ pháp lý",),
        "handed_over_on": ("ngày bàn giao",),
        "ready_from": ("sẵn sàng từ", "dự kiến sẵn sàng"),
    }
    identity = ("zone", "code")
    search_fields = ("code", "note")
    cell_title = staticmethod(title_cell)

    def subtitle(self, instance: Plot) -> str:
        return _("Plot %(code)s") % {"code": instance.code}

    def fact_tenure_until(self, instance: Plot, user: User) -> Any:
        """The last day, with the years that are left."""
        return tenure(instance, user) or ""

    def cell_tenure_until(self, instance: Plot, user: User) -> Any:
        return tenure(instance, user) or NOT_KNOWN

    def cell_standing(self, instance: Plot, user: User) -> Any:
        let, reserved = (as_decimal(getattr(instance, n, None) or 0) for n in ("let_ha", "reserved_ha"))
        return state_badge(plot_state(Standing(instance.area_ha, let, reserved)))

    def filter_standing(self, label: Any) -> django_filters.Filter:
        """Plots of which nothing is let or reserved today, and the others."""

        def standing(queryset: Any, _name: str, value: str) -> Any:
            return queryset.taken(timezone.localdate(), value)

        return django_filters.ChoiceFilter(
            method=standing,
            label=label,
            choices=[("free", _("Nothing let or reserved")), ("let", _("Let")), ("reserved", _("Reserved"))],
        )

    def filter_industry(self, label: Any) -> django_filters.Filter:
        """Plots on which this industry is allowed; those that say nothing are left out."""

        def industry(queryset: Any, _name: str, value: str) -> Any:
            code = value.strip().upper()
            return queryset.for_industry(code) if VSIC.fullmatch(code) else queryset.none()

        return django_filters.CharFilter(method=industry, label=label)

    def follow(self, instances: Sequence[Any], targets: Collection[int], diff: Mapping[str, Any] | None) -> None:
        if keeping.leaving(diff):
            into = keeping.merged_into(instances)
            keeping.land_of_plots(into)
            keeping.utilities_of(into)
            return
        if keeping.touches(diff, "zone", "code"):
            keeping.plot_codes(instances)
        if diff is None:  # of a new plot nothing is let or reserved
            return
        pks = {p.pk for p in instances}
        if keeping.touches(diff, "area_ha"):
            keeping.land_of_plots(pks)
        if keeping.touches(diff, "tenure_until", "zone"):
            keeping.plot_keeps_leases(instances)
        if keeping.touches(diff, "capacities", "zone"):
            keeping.utilities_of(pks)


@register
class LeaseScreen(LandScreen):
    kind = "lease"
    model = Lease
    slug = "leases"
    icon = "writing-sign"
    sections = (
        Section(_("About"), ("title", "tenant", "zone", "plot", "number", "area_ha", "note")),
        Section(_("When"), ("state", "signed", "starts", "ends", "closed_on")),
        Section(_("Keeping"), ("access", "unit", "confidence", "sizes_confirmed")),
    )
    labels = {"title": _("name of the lease"), "running_out": _("due day")}
    columns = ("title", "tenant", "zone", "plot", "area_ha", "state", "ends")
    filters = ("state", "zone", "plot", "tenant", "ends", "access", "unit", "tags")
    orderings = {"title": ("record__sort_key", "pk"), "expiry": ("ends", "pk"), "entered": ("-pk",)}
    import_names = {
        "title": ("tên", "tên hợp đồng", "hợp đồng"),
        "tenant": ("bên thuê", "doanh nghiệp thuê", "nhà đầu tư", "doanh nghiệp"),
        "zone": ("khu", "khu công nghiệp"),
        "plot": ("lô", "lô đất", "ký hiệu lô"),
        "number": ("số hợp đồng",),
        "area_ha": ("diện tích thuê", "diện tích thuê (ha)", "diện tích"),
        "signed": ("ngày ký",),
        "starts": ("thuê từ", "ngày bắt đầu"),
        "ends": ("thuê đến", "ngày kết thúc", "thời hạn thuê"),
    }
    identity = ("tenant", "plot", "zone", "number")
    search_fields = ("number", "note")

    def subtitle(self, instance: Lease) -> str:
        return instance.get_state_display()

    def follow(self, instances: Sequence[Any], targets: Collection[int], diff: Mapping[str, Any] | None) -> None:
        if keeping.leaving(diff):
            return
        if keeping.touches(diff, "plot", "area_ha", "state", "starts", "ends", "signed", "closed_on"):
            keeping.leases_fit(instances)


STATES: dict[str, tuple[str, Any]] = {
    "free": ("green", _("Free")),
    "part": ("azure", _("Partly free")),
    "reserved": ("yellow", _("Reserved")),
    "let": ("secondary", _("Let")),
    "unknown": ("secondary", _("Not known")),
}


def state_badge(state: str) -> Any:
    """How a plot stands, as a word in a colour."""
    tone, label = STATES[state]
    return format_html('<span class="badge bg-{}-lt">{}</span>', tone, label)


# --- parts of record pages ------------------------------------------------------------------------


def loaded_panel(instance: Any, user: User) -> Mapping[str, Any] | None:
    """Occupancy, utilities, reservations and prices, which load after the page as its history does."""
    return {"first": True}


for _kind in ("zone", "plot"):
    services.add_panel(_kind, "land/panel.html", loaded_panel)

services.use_actions(
    "zone",
    create=services.spread(actions.create_zone),
    update=services.spread(actions.update_zone),
    create_many=services.in_bulk("zone"),
)
services.use_actions(
    "plot",
    create=services.spread(actions.create_plot),
    update=services.spread(actions.update_plot),
    create_many=services.in_bulk("plot"),
)
services.use_actions(
    "lease",
    create=services.spread(actions.create_lease),
    update=services.spread(actions.update_lease),
    create_many=services.in_bulk("lease"),
)

merging.moves("land.Reservation.record", "land.Reservation.for_record", "land.SiteSearch.for_record")
merging.declare(
    "land.Zone.parent",
    "land.Zone.developer",
    "land.Zone.board",
    "land.ZoneCommune.zone",
    "land.Plot.zone",
    "land.PlotIndustry.plot",
    "land.Lease.zone",
    "land.Lease.plot",
    "land.Lease.tenant",
    "land.Capacity.record",
    "land.Capacity.source",
    "land.Price.record",
    "land.Price.source",
)
