"""Coordinate systems that come to a Vietnamese office: WGS 84, and VN-2000 in degrees, 3° and 6° zones.

VN-2000 (Decision 83/2000/QĐ-TTg) has the ellipsoid of WGS 84 in another place. Between the two stand the seven
parameters of Decision 05/2007/QĐ-BTNMT; how their rotations turn is taken from EPSG:6960 (coordinate frame).
Zones of 3° have the scale 0.9999, of 6° 0.9996; false easting 500 km; each province has its own central
meridian for 3° (Circular 973/2001/TT-TCĐC, kept in the rulebook as `land.meridians`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

# dx, dy, dz in metres; rotations in seconds of arc as PROJ wants them (position vector: the other way round
# than in the decision); scale in parts per million.
TO_WGS84 = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
SCALES = {3: 0.9999, 6: 0.9996}
MERIDIANS = (102.0, 109.5)  # beyond these no zone touches the land of Vietnam


@dataclass(frozen=True)
class System:
    """A coordinate system. `zone` is 3 or 6 for VN-2000 in metres, else 0."""

    vn2000: bool
    zone: int = 0
    meridian: float = 0.0

    @property
    def code(self) -> str:
        """What is stored and sent by forms: `wgs84`, `vn2000`, `vn2000/3/105.5`."""
        if not self.vn2000:
            return "wgs84"
        return f"vn2000/{self.zone}/{self.meridian:g}" if self.zone else "vn2000"

    @property
    def metric(self) -> bool:
        return self.zone != 0

    @property
    def name(self) -> str:
        """For people, the same in every language: `VN-2000, 3°, 105°30′`."""
        if not self.vn2000:
            return "WGS 84"
        return f"VN-2000, {self.zone}°, {degrees(self.meridian)}" if self.zone else "VN-2000"

    @property
    def proj(self) -> str:
        if not self.vn2000:
            return "+proj=longlat +datum=WGS84 +no_defs +type=crs"
        shift = f"+ellps=WGS84 +towgs84={TO_WGS84}"
        if not self.zone:
            return f"+proj=longlat {shift} +no_defs +type=crs"
        scale = SCALES[self.zone]
        return f"+proj=tmerc +lat_0=0 +lon_0={self.meridian!r} +k={scale} +x_0=500000 +y_0=0 {shift} +units=m +type=crs"


WGS84 = System(vn2000=False)


def degrees(value: float) -> str:
    """105.75 → 105°45′."""
    whole, minutes = divmod(round(value * 60), 60)
    return f"{whole}°{minutes:02d}′"


def system(code: str) -> System:
    """The system of a code (see `System.code`). Raises ValueError for what is none."""
    if code == "wgs84":
        return WGS84
    if code == "vn2000":
        return System(True)
    found = re.fullmatch(r"vn2000/([36])/(\d{3}(?:\.\d{1,4})?)", code)
    if not found or not MERIDIANS[0] <= float(found[2]) <= MERIDIANS[1] + 2:
        raise ValueError(code)
    return System(True, int(found[1]), float(found[2]))


@cache
def _transformer(code: str, back: bool) -> Any:
    here, there = (WGS84.proj, system(code).proj) if back else (system(code).proj, WGS84.proj)
    return pyproj.Transformer.from_crs(here, there, always_xy=True)


def _moved(points: NDArray[np.float64], code: str, back: bool) -> NDArray[np.float64]:
    if code == "wgs84":
        return points
    x, y = _transformer(code, back).transform(points[:, 0], points[:, 1])
    return np.column_stack([x, y])


def to_wgs84(points: NDArray[np.float64], source: System) -> NDArray[np.float64]:
    """Points (n × 2: easting or longitude, northing or latitude) in longitude and latitude of WGS 84.

    What lies beyond the reach of the projection becomes inf.
    """
    return _moved(points, source.code, back=False)


def from_wgs84(points: NDArray[np.float64], target: System) -> NDArray[np.float64]:
    """The reverse of `to_wgs84`."""
    return _moved(points, target.code, back=True)


def geometry_to_wgs84(geometry: BaseGeometry, source: System, *, swapped: bool = False) -> BaseGeometry:
    """A Shapely geometry in WGS 84; `swapped`: its first number is the northing or latitude."""
    import shapely

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return to_wgs84(points[:, ::-1] if swapped else points, source)

    return shapely.transform(geometry, moved)  # type: ignore[no-any-return]


def recognise(text: str) -> System | None:
    """The system that a file says it is in: an EPSG number, an URN, or WKT of a .prj file; None if another.

    Files of Vietnamese programs often give VN-2000 as a nameless Transverse Mercator; zone and meridian then
    are those of its parameters, and its datum is taken for VN-2000 where it does not say WGS 84.
    """
    text = text.strip()
    if not text:
        return None
    if re.search(r"CRS84\b|EPSG:+4326$", text):
        return WGS84
    if found := re.search(r"EPSG:+(?:[\d.]*:)?(\d{4,5})$", text):
        text = f"EPSG:{found[1]}"
    try:
        crs: Any = pyproj.CRS.from_user_input(text)
    except (pyproj.exceptions.CRSError, ValueError):
        return None
    while crs.is_bound or crs.is_compound:
        crs = crs.source_crs if crs.is_bound else crs.sub_crs_list[0]
    datum = f"{crs.name} {crs.datum.name if crs.datum else ''} {crs.geodetic_crs.name if crs.geodetic_crs else ''}"
    names_wgs = bool(re.search(r"WGS[ _]?(?:19)?84", datum, re.IGNORECASE))
    names_vn = bool(re.search(r"VN[-_ ]?2000|vietnam[-_ ]?2000", datum, re.IGNORECASE))
    if crs.is_geographic:
        return System(True) if names_vn else WGS84 if names_wgs else None
    if not crs.is_projected or (names_wgs and not names_vn):
        return None
    return _transverse_mercator(crs)


def _transverse_mercator(crs: pyproj.CRS) -> System | None:
    operation = crs.coordinate_operation
    if operation is None or "transverse mercator" not in operation.method_name.lower():
        return None
    values: dict[str, Any] = {p.name.lower(): p.value for p in operation.params}
    meridian = values.get("longitude of natural origin", 0.0)
    scale = values.get("scale factor at natural origin", 1.0)
    easting = values.get("false easting", 0.0)
    zone = {round(v, 6): k for k, v in SCALES.items()}.get(round(scale, 6))
    if zone is None or easting != 500000 or not MERIDIANS[0] - 1 <= meridian <= MERIDIANS[1] + 2:
        return None
    return System(True, zone, float(meridian))
