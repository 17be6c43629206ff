"""Where coordinates lie on the earth, and which reading of them makes sense.

Most outlines that come out wrong are right numbers read wrongly: latitude before longitude, northing before
easting (as Vietnamese surveyors write X and Y), VN-2000 taken for WGS 84, the central meridian of another
province. Each of these lands somewhere that can be named, and another reading lands where the park is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from .systems import WGS84, System, to_wgs84

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


class Atlas:
    """Named areas; where several hold a point, the smallest is told first."""

    def __init__(self, areas: Sequence[tuple[Any, BaseGeometry]]) -> None:
        self._areas = list(areas)
        self._tree = shapely.STRtree([g for _n, g in self._areas])
        self._sizes = shapely.area([g for _n, g in self._areas]) if self._areas else np.zeros(0)

    def names(self, lon: float, lat: float) -> list[Any]:
        """Names of the areas in which a point lies, the smallest first; empty at sea."""
        if not (math.isfinite(lon) and math.isfinite(lat)):
            return []
        found = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return [self._areas[i][0] for i in sorted(found, key=lambda i: self._sizes[i])]

    def touching(self, window: BaseGeometry) -> list[tuple[Any, BaseGeometry]]:
        """The areas that touch a window, the largest first."""
        found = self._tree.query(window, predicate="intersects")
        return [self._areas[i] for i in sorted(found, key=lambda i: -self._sizes[i])]


@dataclass(frozen=True)
class Reading:
    """One way to read the numbers of a file."""

    system: System
    swapped: bool = False

    @property
    def code(self) -> str:
        """For forms: `vn2000/3/105.5`, `wgs84-swapped`."""
        return f"{self.system.code}{'-swapped' if self.swapped else ''}"


def looks_metric(points: NDArray[np.float64]) -> bool:
    """Whether numbers (n × 2) are metres and no degrees."""
    return bool(len(points)) and float(np.abs(points).max()) > 360


def readings(points: NDArray[np.float64], meridians: Iterable[float]) -> list[Reading]:
    """The ways in which such numbers can be read: degrees or metres, either number first.

    `meridians`: central meridians of 3° zones, the most likely first.
    """
    if looks_metric(points):
        systems = [System(True, 3, m) for m in dict.fromkeys(meridians)]
        systems += [System(True, 6, 105.0), System(True, 6, 111.0)]
    else:
        systems = [WGS84, System(True)]
    return [Reading(s, swapped) for swapped in (False, True) for s in systems]


def position(points: NDArray[np.float64], reading: Reading) -> tuple[float, float]:
    """Where the middle (median) of these numbers lies, (longitude, latitude); inf where it cannot lie on the earth."""
    if not len(points):
        return math.inf, math.inf
    if looks_metric(points) != reading.system.metric:
        return math.inf, math.inf
    middle = np.median(points, axis=0).reshape(1, 2)  # one corner typed wrong does not move it
    lon, lat = to_wgs84(middle[:, ::-1] if reading.swapped else middle, reading.system)[0]
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        return math.inf, math.inf
    return float(lon), float(lat)


def sensible(
    points: NDArray[np.float64], home: BaseGeometry, meridians: Sequence[float]
) -> list[tuple[Reading, tuple[float, float]]]:
    """The readings whose middle lies in `home` (WGS 84), the most likely first, with where they lie.

    Neighbouring meridians are 25 km apart, so several may land in one province; then the first that is the
    province's own is the likely one, and the officer chooses.
    """
    found = []
    for reading in readings(points, meridians):
        at = position(points, reading)
        if math.isfinite(at[0]) and home.intersects(shapely.Point(at)):
            found.append((reading, at))
    return found


def share_within(geometries: Sequence[BaseGeometry], home: BaseGeometry) -> float:
    """Which part of the area of these geometries lies in `home`; 1 is all. All in the same coordinates."""
    total = float(shapely.area(np.array(geometries, dtype=object)).sum())
    if total == 0:
        return 1.0
    shapely.prepare(home)
    within = shapely.intersection(np.array(geometries, dtype=object), home)
    return float(shapely.area(within).sum()) / total
