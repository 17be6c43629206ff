"""Areas, lengths and distances on the ellipsoid, and flat pictures of small pieces of land."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


@cache
def _geod() -> pyproj.Geod:
    return pyproj.Geod(ellps="WGS84")


def area_ha(geometry: BaseGeometry) -> float:
    """Hectares on the WGS 84 ellipsoid of a (multi)polygon in longitude and latitude, holes left out.

    C. F. F. Karney, Algorithms for geodesics, J. Geod. 87 (2013), as PROJ has it; whichever way rings turn.
    """
    parts = geometry.geoms if hasattr(geometry, "geoms") else [geometry]
    total = 0.0
    for part in parts:
        if part.is_empty:
            continue
        total += abs(_geod().geometry_area_perimeter(shapely.Polygon(part.exterior))[0])
        total -= sum(abs(_geod().geometry_area_perimeter(shapely.Polygon(hole))[0]) for hole in part.interiors)
    return total / 10_000


def distances_km(lon: float, lat: float, others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Geodesic kilometres from one point to n points (n × 2: longitude, latitude)."""
    if len(others) == 0:
        return np.zeros(0)
    n = len(others)
    _az, _back, metres = _geod().inv(np.full(n, lon), np.full(n, lat), others[:, 0], others[:, 1])
    return np.asarray(metres) / 1000


class Flat:
    """A flat picture in metres around a point: true to a ten-thousandth within 50 km.

    Longitude and latitude are stretched by the radii of the ellipsoid at the point; that is exact enough to
    find neighbours, slivers and overlaps of plots, and fast. Areas that people read are taken by `area_ha`.
    """

    def __init__(self, lon: float, lat: float) -> None:
        a, e2 = 6378137.0, 0.00669437999014
        phi = math.radians(lat)
        w = 1 - e2 * math.sin(phi) ** 2
        self.lon, self.lat = lon, lat
        self.x = math.radians(1) * a / math.sqrt(w) * math.cos(phi)
        self.y = math.radians(1) * a * (1 - e2) / w**1.5

    @classmethod
    def around(cls, geometries: Sequence[BaseGeometry]) -> Flat:
        """Around the middle of all these geometries."""
        x1, y1, x2, y2 = shapely.total_bounds(list(geometries))
        return cls((x1 + x2) / 2, (y1 + y2) / 2)

    def to_metres(self, geometry: Any) -> Any:
        """A geometry, or an array of them, in metres."""
        factor = np.array([self.x, self.y])
        origin = np.array([self.lon, self.lat])
        return shapely.transform(geometry, lambda points: (points - origin) * factor)

    def to_degrees(self, geometry: Any) -> Any:
        """The reverse of `to_metres`."""
        factor = np.array([self.x, self.y])
        origin = np.array([self.lon, self.lat])
        return shapely.transform(geometry, lambda points: points / factor + origin)


# So many others can run along one plot; where it is more, outlines lie upon each other.
BESIDE_MOST = 64


def neighbours(geometries: Sequence[BaseGeometry], within_m: float = 1.0, border_m: float = 5.0) -> NDArray[np.float64]:
    """Pairs of plots that lie side by side: n × 3 of (index, index, metres of common border), first < second.

    Two plots are neighbours when one runs along the other for at least `border_m`, nowhere further apart than
    `within_m`: outlines drawn by hand do not meet to the centimetre, and a common corner is not enough. Of outlines that
    lie upon each other by the hundred (drafts, a mistake) nobody can say which are neighbours: they have none.
    """
    if len(geometries) < 2:
        return np.zeros((0, 3))
    flat = Flat.around(geometries).to_metres(np.array(geometries, dtype=object))
    tree = shapely.STRtree(flat)
    # Counted by their boxes first: each pair that is measured costs a thousand times as much.
    west, south, east, north = shapely.bounds(flat).T
    boxes = shapely.box(west - within_m, south - within_m, east + within_m, north + within_m)
    alone = _not_heaped(tree, boxes)
    first, second = tree.query(flat[alone], predicate="dwithin", distance=within_m)
    first = alone[first]
    keep = (first < second) & np.isin(second, alone)
    first, second = first[keep], second[keep]
    if len(first) == 0:
        return np.zeros((0, 3))
    # What of the outline of the one lies within reach of the other; the reach around the two ends is taken off.
    reach = shapely.buffer(flat[second], within_m, quad_segs=2)
    along = shapely.length(shapely.intersection(shapely.boundary(flat[first]), reach)) - 2 * within_m
    keep = along >= border_m
    pairs = np.column_stack([first[keep], second[keep], along[keep]])
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _not_heaped(tree: shapely.STRtree, boxes: NDArray[np.object_], part: int = 200) -> NDArray[np.int64]:
    """The numbers of those whose box meets at most BESIDE_MOST others, looked for in parts to bound the memory."""
    found = []
    for start in range(0, len(boxes), part):
        met = np.bincount(tree.query(boxes[start : start + part])[0], minlength=len(boxes[start : start + part]))
        found.append(np.flatnonzero(met <= BESIDE_MOST + 1) + start)
    return np.concatenate(found)
