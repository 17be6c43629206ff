"""The registers of zones, plots and leases, and what their record pages add."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from diemtua.register import merging
from diemtua.register.desk import services
from diemtua.register.screens import ChildSet, Screen, Section, register

from . import actions
from .models import Capacity, Lease, Plot, PlotIndustry, Price, Zone, ZoneCommune

UTILITIES = ChildSet(
    "capacities",
    Capacity,
    ("utility", "installed", "allocated", "water_class", "since", "until", "as_of", "source", "confirmed"),
    _("utilities"),
)
PRICES = ChildSet("prices", Price, ("what", "amount", "currency", "per", "as_of", "source", "note"), _("prices"))


@register
class ZoneScreen(Screen):
    kind = "zone"
    model = Zone
    slug = "zones"
    icon = "map"
    stage = "project"
    sections = (
        Section(
            _("About"),
            ("title", "type", "parent", "developer", "state", "established", "decision", "description"),
        ),
        Section(
            _("Land"),
            ("area_ha", "industrial_ha", "term_years", "term_until", "province", "where"),
        ),
        Section(_("Keeping"), ("access", "unit", "confidence", "illustrative", "sizes_confirmed")),
    )
    labels = {"title": _("name of the zone")}
    columns = ("title", "type", "area_ha", "industrial_ha", "state", "confidence")
    filters = ("type", "state", "parent", "developer", "confidence", "access", "unit", "tags")
    orderings = {"title": ("record__sort_key", "pk"), "entered": ("-pk",)}
    children = (ChildSet("communes", ZoneCommune, ("unit",), _("communes")), UTILITIES, PRICES)
    identity = ("parent",)
    search_fields = ("decision", "where", "description")
    measures = ("let_share", "investors", "capital", "area", "industrial_area")

    def subtitle(self, instance: Zone) -> str:
        return instance.get_type_display()


@register
class PlotScreen(Screen):
    kind = "plot"
    model = Plot
    slug = "plots"
    icon = "map"
    stage = "project"
    sections = (
        Section(_("About"), ("title", "zone", "code", "area_ha", "plot_ratio", "max_floors", "note")),
        Section(_("Readiness"), ("cleared_on", "legally_clean_on", "handed_over_on", "ready_from", "tenure_until")),
        Section(_("Keeping"), ("access", "unit", "confidence", "illustrative", "sizes_confirmed")),
    )
    labels = {"title": _("name of the plot")}
    columns = ("title", "zone", "code", "area_ha", "ready_from", "confidence")
    filters = ("zone", "confidence", "access", "unit", "tags")
    orderings = {"title": ("record__sort_key", "pk"), "entered": ("-pk",)}
    children = (
        ChildSet("industries", PlotIndustry, ("rule", "code", "note"), _("industries")),
        UTILITIES,
        PRICES,
    )
    identity = ("zone", "code")
    search_fields = ("code", "note")


@register
class LeaseScreen(Screen):
    kind = "lease"
    model = Lease
    slug = "leases"
    icon = "writing-sign"
    stage = "project"
    sections = (
        Section(_("About"), ("title", "tenant", "zone", "plot", "number", "area_ha", "note")),
        Section(_("When"), ("state", "signed", "starts", "ends", "closed_on")),
        Section(_("Keeping"), ("access", "unit", "confidence", "sizes_confirmed")),
    )
    columns = ("title", "tenant", "plot", "area_ha", "state", "ends")
    filters = ("state", "zone", "plot", "tenant", "access", "unit", "tags")
    orderings = {"title": ("record__sort_key", "pk"), "entered": ("-pk",)}
    identity = ("tenant", "plot", "number")
    search_fields = ("number", "note")


services.use_actions("zone", create=services.spread(actions.create_zone), update=services.spread(actions.update_zone))
services.use_actions("plot", create=services.spread(actions.create_plot), update=services.spread(actions.update_plot))
services.use_actions(
    "lease", create=services.spread(actions.create_lease), update=services.spread(actions.update_lease)
)

merging.declare(
    "land.Zone.parent",
    "land.Zone.developer",
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
