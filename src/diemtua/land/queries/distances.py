"""How far a zone or plot is from where goods and people go: straight on the ellipsoid, by road where measured."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..models import Destination, Outline, Plot, RoadDistance, ZoneCommune

if TYPE_CHECKING:
    from diemtua.register.models import Record

# So many of each kind are shown, the nearest first.
NEAREST = 3


@dataclass(frozen=True)
class Distance:
    """One row of the table. `road_km` None: nobody has measured it."""

    destination: Destination
    straight_km: float
    road_km: float | None = None
    measured_on: datetime.date | None = None
    measured_by: str = ""


@dataclass(frozen=True)
class Point:
    """Where a record is taken to lie. `rough`: the middle of a commune, for its outline is not known."""

    lon: float
    lat: float
    rough: bool = False


def point_of(record: Record) -> Point | None:
    """The middle of the outline of a zone or plot, else of its zone, else of the zone's first commune."""
    zone = record.pk
    if record.kind == "plot":
        zone = Plot.objects.values_list("zone_id", flat=True).get(pk=record.pk)
    outlines = {o.pk: o for o in Outline.objects.filter(pk__in={record.pk, zone}).defer("wkb")}
    for pk in (record.pk, zone):
        if pk in outlines:
            return Point(outlines[pk].center_x, outlines[pk].center_y)
    communes = ZoneCommune.objects.filter(zone=zone, unit__lat__isnull=False).select_related("unit").order_by("pk")
    first = communes.first()
    return Point(first.unit.lon, first.unit.lat, rough=True) if first is not None else None  # type: ignore[arg-type]


def table(record: Record) -> tuple[Point | None, list[Distance]]:
    """Distances to the nearest destinations of each kind, and to all that were measured. Five queries at most."""
    import numpy as np

    from ..shapes.measuring import distances_km

    point = point_of(record)
    if point is None:
        return None, []
    holders = [record.pk]
    if record.kind == "plot":
        holders.append(Plot.objects.values_list("zone_id", flat=True).get(pk=record.pk))
    measured: dict[str, RoadDistance] = {}
    # The plot's own goes before the park's, the newer before the older.
    rows = RoadDistance.objects.filter(record__in=holders)
    for road in sorted(rows, key=lambda r: (r.record_id == record.pk, r.measured_on or datetime.date.min, r.pk)):
        measured[road.destination_id] = road
    destinations = list(Destination.objects.all())
    straight = distances_km(point.lon, point.lat, np.array([(d.lon, d.lat) for d in destinations]).reshape(-1, 2))
    found = []
    for destination, km in zip(destinations, straight, strict=True):
        known = measured.get(destination.pk)
        if known is None or known.km is None:
            found.append(Distance(destination, float(km)))
        else:
            by_road = (float(known.km), known.measured_on, known.measured_by)
            found.append(Distance(destination, float(km), *by_road))
    order = {kind: n for n, kind in enumerate(Destination.Kind.values)}
    found.sort(key=lambda d: (order[d.destination.kind], d.road_km or d.straight_km))
    counts: dict[str, int] = {}
    shown = []
    for d in found:
        counts[d.destination.kind] = counts.get(d.destination.kind, 0) + 1
        if counts[d.destination.kind] <= NEAREST or d.road_km is not None:
            shown.append(d)
    return point, shown
