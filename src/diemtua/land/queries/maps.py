"""What maps show: zones and plots that a person may see, with their outlines, as features and as drawings."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from diemtua.places.models import DataVersion, Level
from diemtua.places.models import Outline as PlaceOutline
from diemtua.register.models.record import record_url

from ..models import Outline, Plot, Zone, ZoneCommune
from . import standing, whereabouts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

DIGITS = 7  # of a degree: a centimetre
DRAWN_DIGITS = 6  # of what is only looked at: ten centimetres
# What the map says of a zone or plot; what else there is to say stands on its page.
DRAWN_SAYS = frozenset({"state", "code", "area_ha", "drawn_ha", "illustrative"})


@dataclass
class Feature:
    """A zone or plot with its outline."""

    pk: int
    kind: str
    title: str
    geometry: BaseGeometry
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return record_url(self.pk)


def features(
    user: Any, *, zone: int | None = None, public: bool = False, pks: Collection[int] | None = None
) -> list[Feature]:
    """Zones and plots with an outline that `user` may see (`public`: that everybody may), zones first.

    `zone`: only this one and its plots; `pks`: only these. A fixed number of queries.
    """
    zones: Any
    plots: Any
    zones, plots = (
        model.objects.public() if public else model.objects.visible_to(user).live() for model in (Zone, Plot)
    )
    if zone is not None:
        zones, plots = zones.filter(pk=zone), plots.filter(zone=zone)
    if pks is not None:
        zones, plots = zones.filter(pk__in=pks), plots.filter(pk__in=pks)
    zone_rows = {
        row["pk"]: row
        for row in zones.values("pk", "record__title", "type", "state", "area_ha", "illustrative").order_by("pk")
    }
    plot_rows = {
        row["pk"]: row
        for row in plots.values("pk", "record__title", "code", "zone_id", "area_ha", "illustrative").order_by("pk")
    }
    drawn = Outline.objects.filter(record__kind__in=("zone", "plot"), record__archived_at=None)
    if zone is not None or pks is not None:
        drawn = drawn.filter(pk__in=[*zone_rows, *plot_rows])
    rows = [
        row
        for row in drawn.values_list("pk", "wkb", "illustrative", "area_ha", "source").order_by("pk")
        if row[0] in zone_rows or row[0] in plot_rows
    ]
    geometries = _geometries(row[1] for row in rows)
    states = standing.plot_states([row[0] for row in rows if row[0] in plot_rows])
    names = {pk: row["record__title"] for pk, row in zone_rows.items()}
    if missing := {row["zone_id"] for row in plot_rows.values()} - set(names):
        hidden: Any = Zone.objects.filter(pk__in=missing)
        hidden = hidden.public() if public else hidden.visible_to(user)
        names |= dict(hidden.values_list("pk", "record__title"))
    found: list[Feature] = []
    for (pk, _wkb, drawn_only, measured, source), geometry in zip(rows, geometries, strict=True):
        row = zone_rows.get(pk) or plot_rows[pk]
        said = {
            "area_ha": None if row["area_ha"] is None else float(row["area_ha"]),
            "drawn_ha": round(measured, 4),
            "illustrative": bool(row["illustrative"] or drawn_only),
            "source": source,
        }
        if pk in zone_rows:
            said |= {"type": row["type"], "state": row["state"]}
            found.append(Feature(pk, "zone", row["record__title"], geometry, said))
        else:
            said |= {"code": row["code"], "zone": row["zone_id"], "zone_title": names.get(row["zone_id"], "")}
            found.append(Feature(pk, "plot", row["record__title"], geometry, {**said, "state": states[pk]}))
    return sorted(found, key=lambda f: (f.kind != "zone", f.pk))


def at_communes(titles: Mapping[int, str]) -> list[Feature]:
    """Zones without an outline ({key: title}), as circles at the middle of their first commune.

    Two of one commune stand side by side; of a zone whose commune is not known nothing is drawn.
    """
    import shapely  # not for every start of the program

    rows = ZoneCommune.objects.filter(zone__in=titles, unit__lat__isnull=False, unit__lon__isnull=False)
    at: dict[int, tuple[float, float]] = {}
    for pk, lon, lat in rows.order_by("zone_id", "pk").values_list("zone_id", "unit__lon", "unit__lat"):
        if lon is not None and lat is not None:
            at.setdefault(pk, (lon, lat))
    found, taken = [], set()
    for pk, (lon, lat) in at.items():
        while (lon, lat) in taken:
            lon += 0.014
        taken.add((lon, lat))
        circle = shapely.Point(lon, lat).buffer(0.006)
        found.append(Feature(pk, "zone", titles[pk], circle, {"illustrative": False}))
    return found


def _geometries(wkbs: Iterable[Any]) -> list[BaseGeometry]:
    import shapely

    found = [bytes(w) for w in wkbs]
    return list(shapely.from_wkb(found)) if found else []


def as_geojson(found: Iterable[Feature], about: Mapping[str, Any] | None = None) -> Iterator[str]:
    """The text of a FeatureCollection, in pieces. RFC 7946: longitude and latitude of WGS 84.

    `about`: what stands beside the features.
    """
    listed = list(found)
    yield '{"type":"FeatureCollection",'
    if about:
        yield json.dumps(about, ensure_ascii=False)[1:-1] + ","
    yield '"features":['
    for n, (feature, geometry) in enumerate(zip(listed, _texts(listed), strict=True)):
        yield f"{',' if n else ''}{_one(feature, geometry)}"
    yield "]}"


def as_drawn(found: Iterable[Feature]) -> str:
    """The same for the map of the browser: with what it draws and says, and no more.

    `polygons` of a feature are its polygons, each its rings, each `x, y, x, y, …` without the point that closes it:
    whole steps of 10**-DRAWN_DIGITS degrees, each counted from the point before it, over all features.
    """
    listed = list(found)
    parts = (
        _drawn(f, {"kind": f.kind, "title": f.title} | {k: v for k, v in f.properties.items() if k in DRAWN_SAYS}, at)
        for f, at in zip(listed, _steps(listed), strict=True)
    )
    return f'{{"digits":{DRAWN_DIGITS},"features":[{",".join(parts)}]}}'


def _drawn(feature: Feature, said: Mapping[str, Any], polygons: list[list[list[int]]]) -> str:
    head = {"id": feature.pk, "properties": said, "polygons": polygons}
    return json.dumps(head, ensure_ascii=False, separators=(",", ":"))


def _steps(listed: list[Feature]) -> Iterator[list[list[list[int]]]]:
    """The rings of each feature as steps from point to point."""
    import numpy as np
    import shapely

    if not listed:
        return
    rings = [
        [[polygon.exterior, *polygon.interiors] for polygon in getattr(f.geometry, "geoms", [f.geometry])]
        for f in listed
    ]
    flat = [ring for polygons in rings for polygon in polygons for ring in polygon]
    coordinates, of_ring = shapely.get_coordinates(flat, return_index=True)
    closing = np.append(of_ring[1:] != of_ring[:-1], True)
    points = np.rint(coordinates[~closing] * 10**DRAWN_DIGITS).astype(np.int64)
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    ends = 2 * np.cumsum(np.bincount(of_ring[~closing], minlength=len(flat)))
    numbers, begins = steps.ravel().tolist(), iter([0, *ends.tolist()[:-1]])
    stops = iter(ends.tolist())
    for polygons in rings:
        yield [[numbers[next(begins) : next(stops)] for _ring in polygon] for polygon in polygons]


def one_geojson(feature: Feature, about: Mapping[str, Any]) -> str:
    """The text of one Feature, with what stands beside it."""
    return _one(feature, _texts([feature])[0])[:-1] + "," + json.dumps(about, ensure_ascii=False)[1:]


def _texts(listed: list[Feature]) -> list[str]:
    """Geometries as GeoJSON, to DIGITS of a degree."""
    import shapely

    if not listed:
        return []
    rounded = shapely.transform([f.geometry for f in listed], lambda points: points.round(DIGITS))
    return list(shapely.to_geojson(rounded))


def _one(feature: Feature, geometry: str) -> str:
    return _feature(feature.pk, geometry, {"kind": feature.kind, "title": feature.title, **feature.properties})


def _feature(number: int, geometry: str, said: Mapping[str, Any]) -> str:
    head = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","id":{number},"geometry":{geometry},"properties":{head}}}'


# --- what lies beneath ----------------------------------------------------------------------------


def base_version() -> str:
    """Which edition of the outlines of places the base map shows."""
    return DataVersion.objects.filter(name="places").values_list("hash", flat=True).first() or "none"


@cache
def base_geojson(version: str) -> str:
    """Provinces and communes whose outline is known, as GeoJSON; made once an edition of the data."""
    rows = list(PlaceOutline.objects.filter(unit__country="VN", unit__valid_to=None).select_related("unit"))
    divided = {row.unit.parent_id for row in rows if row.unit.level == Level.COMMUNE}
    parts = []
    for row in rows:
        unit = row.unit
        # Where the communes are known they are drawn in place of the province: simplified outlines do not meet.
        said: dict[str, Any] = {"level": unit.level, "parts": unit.pk in divided}
        parts.append(_feature(unit.pk, row.geojson, said))
        if unit.lon is not None:
            at = json.dumps({"type": "Point", "coordinates": [unit.lon, unit.lat]})
            names = {"name": unit.name, "en": unit.name_en or unit.name}
            parts.append(_feature(unit.pk, at, {"level": f"{unit.level}-name", **names}))
    return f'{{"type":"FeatureCollection","features":[{",".join(parts)}]}}'


def box_of(found: Iterable[Feature]) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all these; None where there are none."""
    import shapely

    listed = [f.geometry for f in found]
    return tuple(float(v) for v in shapely.total_bounds(listed)) if listed else None  # type: ignore[return-value]


def wider(box: tuple[float, float, float, float], least: float = 0.16) -> tuple[float, float, float, float]:
    """The box, widened to at least so many degrees: one park is shown with the communes around it."""
    west, south, east, north = box
    x, y = max(0.0, least - (east - west)) / 2, max(0.0, least * 0.6 - (north - south)) / 2
    return west - x, south - y, east + x, north + y


def home_box() -> tuple[float, float, float, float]:
    """The box of our own province, or of the land of Vietnam where its outline is not known."""
    home = whereabouts.home_of(None)
    if home.geometry is None:
        return 102.1, 8.4, 109.5, 23.4
    west, south, east, north = home.geometry.bounds
    return west, south, east, north


# --- a drawing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Path:
    """One outline of a drawing: `d` in whole units, a class for its look, what it is, and where a click leads."""

    d: str
    look: str
    title: str
    url: str = ""
    label: str = ""
    x: float = 0
    y: float = 0
    tight: bool = False  # the label only fits in small letters


@dataclass
class Picture:
    """An SVG of the server, for printing, without scripts, and where the browser has no WebGL."""

    width: int
    height: int
    paths: list[Path] = field(default_factory=list)
    left_out: int = 0
    metres: int = 0  # what the bar of the scale stands for
    bar: float = 0.0  # how long it is
    box: tuple[float, float, float, float] | None = (
        None  # west, south, east, north, where the drawing was asked for one
    )

    @property
    def bar_at(self) -> float:
        return self.height - 14


MOST_PATHS = 1_500
WIDTH = 1000
MANY_POINTS = 400  # an outline of more is drawn without what nobody sees
MOST_POINTS = 5_000  # that are looked at for it
SMALLEST = 2.5  # a plot of fewer units is a dot; its park stands for it


def picture(
    found: list[Feature],
    box: tuple[float, float, float, float] | None,
    *,
    highlight: int | None = None,
    base: bool = True,
) -> Picture:
    """A drawing of these features within a box (west, south, east, north), with communes beneath."""
    import math

    import shapely

    west, south, east, north = box or home_box()
    middle = math.radians((south + north) / 2)
    margin = max((east - west) * 0.04, (north - south) * 0.04, 0.0005)
    west, south, east, north = west - margin, south - margin, east + margin, north + margin
    # A drawing is never so flat or so tall that nothing can be seen of it.
    wide, tall = (east - west) * math.cos(middle), north - south
    if tall < wide * 0.5:
        south, north = south - (wide * 0.5 - tall) / 2, north + (wide * 0.5 - tall) / 2
    elif wide < tall * 0.8:
        more = (tall * 0.8 - wide) / 2 / math.cos(middle)
        west, east = west - more, east + more
    scale = WIDTH / (east - west)
    stretch = scale / math.cos(middle)
    made = Picture(WIDTH, max(1, round((north - south) * stretch)))

    def drawn(geometry: BaseGeometry) -> str:
        parts = []
        for polygon in geometry.geoms if hasattr(geometry, "geoms") else [geometry]:
            for ring in (polygon.exterior, *polygon.interiors):
                points = shapely.get_coordinates(ring)
                if len(points) > MANY_POINTS:
                    # As lines: an outline that crosses itself would be taken apart at every crossing.
                    points = points[:: 1 + len(points) // MOST_POINTS]
                    line = shapely.simplify(shapely.LineString(points), 0.4 / scale, preserve_topology=False)
                    points = shapely.get_coordinates(line)
                xs, ys = (points[:, 0] - west) * scale, (north - points[:, 1]) * stretch
                parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True)) + "Z")
        return "".join(parts)

    def at(geometry: BaseGeometry) -> tuple[float, float]:
        few = shapely.get_num_coordinates(geometry) <= MANY_POINTS
        point = geometry.representative_point() if few and geometry.is_valid else geometry.envelope.centroid
        return round((point.x - west) * scale, 1), round((north - point.y) * stretch, 1)

    window = shapely.box(west, south, east, north)
    if base:
        small = (east - west) < 1.2
        # So near that a park fills the picture, the name of its commune would stand on its plots.
        named = not found or (east - west) > 0.08
        made.paths += [
            Path(drawn(g), f"mp-{level}", name, "", name if labelled and named else "", *at(g))
            for g, level, name, labelled in _beneath(window, small)
        ]
    for feature in found:
        bounds = feature.geometry.bounds
        if bounds[0] > east or bounds[2] < west or bounds[1] > north or bounds[3] < south:
            continue
        too_small = feature.kind == "plot" and max(bounds[2] - bounds[0], bounds[3] - bounds[1]) * scale < SMALLEST
        if too_small or len(made.paths) >= MOST_PATHS:
            made.left_out += 1
            continue
        look = "mp-zone" if feature.kind == "zone" else f"mp-plot mp-{feature.properties['state']}"
        if feature.pk == highlight:
            look += " mp-here"
        label = "" if feature.kind == "zone" else str(feature.properties["code"])
        wide = (bounds[2] - bounds[0]) * scale
        made.paths.append(
            Path(
                drawn(feature.geometry),
                look,
                feature.title,
                feature.url,
                label if wide > 6 * len(label) + 4 else "",
                *at(feature.geometry),
                tight=wide <= 9 * len(label) + 6,
            )
        )
    metres_per_unit = 111_320 / stretch
    for metres in (20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50):
        if metres / metres_per_unit <= WIDTH * 0.25:
            made.metres, made.bar = metres, round(metres / metres_per_unit, 1)
            break
    return made


def _beneath(window: BaseGeometry, communes: bool) -> Iterator[tuple[BaseGeometry, str, str, bool]]:
    """Provinces (and, of a small window, communes) that touch it, cut to it."""
    import shapely

    found = [(area, geometry) for area, geometry in whereabouts.atlas().touching(window) if area.level != "country"]
    # As on the map: communes in place of the provinces whose communes are known.
    divided = {area.within for area, _g in found if area.level == Level.COMMUNE} if communes else set()
    for area, geometry in found:
        if area.unit in divided or (area.level == Level.COMMUNE and not communes):
            continue
        cut = shapely.intersection(geometry, window)
        polygons = [g for g in (cut.geoms if hasattr(cut, "geoms") else [cut]) if g.geom_type == "Polygon"]
        if not polygons:
            continue
        shape = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
        yield shape, area.level, str(area).split(",")[0], cut.area > 0.02 * window.area
