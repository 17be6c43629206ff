"""What outlines add to the desk: their history and undoing, merging, and the plan on the pages of zones and plots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from diemtua.register import access, history, merging, write
from diemtua.register.desk import services
from diemtua.register.models import Recorded, User
from diemtua.register.screens import ChildSet

from ..actions import outlines
from ..models import Outline, RoadDistance

ROADS = ChildSet(
    "roads", RoadDistance, ("destination", "km", "measured_on", "measured_by"), _("measured distances by road")
)

write.undo_part_with("outline", outlines.take_back)
history.show_part("outline", Outline, ("area_ha", "system", "source"))
merging.declare("land.RoadDistance.record")
# Of two records of one plot the one that stays keeps its own outline: two pictures are not one.
merging.STAYS.add("land.Outline.record")


def panel_plan(instance: Recorded, user: User) -> Mapping[str, Any] | None:
    """Where a zone or plot lies. The drawing itself is fetched by the page, so that the record comes first."""
    return {
        "first": True,
        "plan_url": reverse("land:plan", args=[instance.pk]),
        "map_url": f"{reverse('land:map')}?at={instance.pk}",
        "import_url": f"{reverse('land:outlines')}?zone={instance.pk}"
        if instance.record.kind == "zone" and access.may_edit(user, instance.record)
        else "",
    }


services.add_panel("zone", "land/panel_plan.html", panel_plan)
services.add_panel("plot", "land/panel_plan.html", panel_plan)
