"""The illustrative plan of a zone: drawn into its commune, marked as such, apart from the facts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.places.models import AdminUnit
from diemtua.places.models import Outline as PlaceOutline
from diemtua.places.queries import current_of
from diemtua.register import write
from diemtua.register.models import Batch, User
from diemtua.register.screens import screen_of

from ..models import Plot, Zone
from ..rules.illustration import plot_fields, plot_rows
from .outlines import Drawn, set_outlines

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# Data, and so in Vietnamese: it stands in the source of the outline and in every export.
SOURCE = "Sơ đồ minh họa do phần mềm vẽ, không phải quy hoạch"
USUAL_HA = 200.0  # where the area of a park is not published


@transaction.atomic
def draw_plan(
    zone: Zone, *, actor: User | None, within: AdminUnit | None = None, batch: Batch | None = None
) -> list[Plot]:
    """Draw a plan of plots for a zone that has none, with illustrative utilities, industries, tenure and readiness.

    Returns the plots, all marked as illustrative.

    It lies in `within`, or in the first commune of the zone whose outline is known. The same zone always gets the
    same plan. Raises ValidationError where the zone has plots or an outline already, or no commune is known.
    """
    from ..models import Outline
    from ..shapes.measuring import area_ha
    from ..shapes.planning import draw

    if Plot.objects.live().filter(zone=zone).exists() or Outline.objects.filter(pk=zone.pk).exists():
        raise ValidationError(_("The zone has plots or an outline already, so no illustrative plan is drawn."))
    ground = _ground(zone, within)
    if ground is None:
        raise ValidationError(_("No commune of the zone has a known outline, so no illustrative plan is drawn."))
    try:
        plan = draw(ground, float(zone.area_ha or USUAL_HA), zone.record.title)
    except ValueError as error:
        raise ValidationError(_("The commune has no room for the zone, so no illustrative plan is drawn.")) from error
    fields = {"access": zone.record.access, "unit": zone.record.unit_id, "zone": zone.pk, "illustrative": True}
    name, day = zone.record.title, timezone.localdate()
    drafts = []
    for code, polygon in plan.plots:
        area = Decimal(str(round(area_ha(polygon), 2)))
        own = {"title": f"Lô {code} (minh họa), {name}", "code": code, "area_ha": area, "note": f"{SOURCE}."}
        drafts.append(write.Draft({**fields, **own, **plot_fields(name, code, day)}, plot_rows(name, code, area, day)))
    plots: list[Plot] = write.create_many(screen_of("plot"), drafts, actor=actor, reason=SOURCE, batch=batch)  # type: ignore[assignment]
    drawn = [Drawn(zone.record, plan.outline, source=SOURCE, illustrative=True)]
    drawn += [
        Drawn(plot.record, polygon, source=SOURCE, illustrative=True)
        for plot, (_code, polygon) in zip(plots, plan.plots, strict=True)
    ]
    set_outlines(actor=actor, drawn=drawn, reason=SOURCE, batch=batch)
    return plots


def _ground(zone: Zone, within: AdminUnit | None) -> BaseGeometry | None:
    """The outline of the commune, of today's where it has merged."""
    import shapely
    from shapely.geometry import shape

    asked = [within] if within is not None else [c.unit for c in zone.communes.select_related("unit").order_by("pk")]
    for unit in asked:
        units = current_of(unit)
        rows = PlaceOutline.objects.filter(unit__in=[u.pk for u in units])
        parts = [shapely.make_valid(shape(r.geometry)) for r in rows]
        if parts:
            return max(parts, key=lambda p: p.area)
    return None
