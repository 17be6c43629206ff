"""GeoJSON (RFC 7946, and the older draft with a `crs`), also as programs make it of a CAD drawing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _

from diemtua.register.tabular import files
from diemtua.register.tabular.files import Unreadable

from ..drawing import MOST_POINTS, MOST_SHAPES, Drawing, Shape
from ..systems import recognise
from .parts import Collector, NoArea, texts

MOST_NESTED = 8  # collections within collections
_LABELS = ("Text", "text", "TEXT", "label", "Label")
# How CAD programs mark fonts and breaks within a text: {\fArial|b0;D2-2}, A\PB.
_CAD_MARKS = re.compile(r"\\[A-Za-z][^;\\{}]{0,60};|\\P|[{}]")


def read(data: bytes) -> Drawing:
    """The areas of a GeoJSON text. Raises Unreadable."""
    # Each bracket becomes a Python object of some sixty bytes or more: a file of nothing else fills the memory.
    if data.count(b"{") > 50 * MOST_SHAPES or data.count(b"[") > 4 * MOST_POINTS:
        raise files.part_too_big()
    try:
        found = json.loads(files.decode(data).text.lstrip("\ufeff"), parse_constant=_no_number)
    except (ValueError, RecursionError, MemoryError) as error:
        raise files.broken() from error
    if isinstance(found, list) or not isinstance(found, Mapping) or not isinstance(found.get("type"), str):
        raise Unreadable("wrong_kind", _("This is JSON, but no GeoJSON: it does not say its type."))
    says = _system(found)
    collector = Collector()
    points: list[tuple[shapely.Point, str]] = []
    for feature in _features(found):
        number = collector.next()
        geometry, properties = feature.get("geometry"), feature.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        kept = texts(properties.items())
        if isinstance(feature.get("id"), str | int) and "id" not in kept:
            kept |= texts([("id", feature["id"])])
        layer = kept.get("Layer") or kept.get("layer") or ""
        try:
            if label := _label(geometry, kept):
                points.append(label)
                continue
            polygons = list(_polygons(geometry, collector, 0))
            if not polygons:
                raise NoArea(_("It is no area."))
            collector.add(number, polygons, kept, layer)
        except NoArea as error:
            collector.skip(number, error.sentence)
    shapes = _labelled(collector.shapes, points)
    return Drawing("geojson", tuple(shapes), tuple(collector.skipped), recognise(says), says)


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _system(found: Mapping[str, Any]) -> str:
    crs = found.get("crs")
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    return name[:200] if isinstance(name, str) else ""


def _features(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if found["type"] == "FeatureCollection":
        features = found.get("features")
        if not isinstance(features, list):
            raise files.broken()
        yield from (f if isinstance(f, Mapping) else {} for f in features)
    elif found["type"] == "Feature":
        yield found
    else:
        yield {"geometry": found}


def _label(geometry: Any, properties: Mapping[str, str]) -> tuple[shapely.Point, str] | None:
    """A text of a CAD drawing: where it stands and what it says."""
    if not isinstance(geometry, Mapping) or geometry.get("type") != "Point":
        return None
    said = next((properties[k] for k in _LABELS if properties.get(k)), "")
    text = " ".join(_CAD_MARKS.sub(" ", said).split())
    at = geometry.get("coordinates")
    if not text or not isinstance(at, list) or len(at) < 2 or not all(isinstance(n, int | float) for n in at[:2]):
        return None
    return shapely.Point(float(at[0]), float(at[1])), text


def _polygons(geometry: Any, collector: Collector, depth: int) -> Iterator[shapely.Polygon]:
    if not isinstance(geometry, Mapping):
        raise NoArea(_("It has no coordinates."))
    if depth > MOST_NESTED:
        raise NoArea(_("It is no area."))
    kind, at = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        for part in parts if isinstance(parts, list) else []:
            yield from _polygons(part, collector, depth + 1)
        return
    if not isinstance(at, list):
        raise NoArea(_("It has no coordinates."))
    if kind == "Polygon":
        yield collector.polygon(at)
    elif kind == "MultiPolygon":
        for rings in at:
            if not isinstance(rings, list):
                raise NoArea(_("Its coordinates are not pairs of numbers."))
            yield collector.polygon(rings)
    elif kind == "LineString":
        yield collector.polygon([at], closed=False)
    elif kind == "MultiLineString":
        for line in at:
            yield collector.polygon([line], closed=False)
    else:
        raise NoArea(_("It is a point, and no area."))


def _labelled(shapes: list[Shape], labels: list[tuple[shapely.Point, str]]) -> list[Shape]:
    """Shapes of a CAD drawing take the text that stands in them, where exactly one does."""
    if not labels or not shapes:
        return shapes
    # What crosses itself is told of in any case, and gets no name.
    sound = np.array([s.geometry if s.geometry.is_valid else shapely.Polygon() for s in shapes], dtype=object)
    tree, sizes = shapely.STRtree(sound), shapely.area(sound)
    within: dict[int, list[str]] = {}
    for point, text in labels:
        # The smallest area around a text is the one it names: the park's outline lies around all of them.
        around = tree.query(point, predicate="within")
        if len(around):
            within.setdefault(int(around[sizes[around].argmin()]), []).append(text)
    return [
        Shape(s.number, s.geometry, {**s.properties, "Text": within[i][0]}, s.layer)
        if len(within.get(i, ())) == 1 and not s.properties.get("Text")
        else s
        for i, s in enumerate(shapes)
    ]
