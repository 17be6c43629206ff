"""Where coordinates lie: communes and provinces of `places`, other countries, the sea; and where they should lie."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diemtua.places.models import AdminUnit, Country, DataVersion, Level
from diemtua.places.models import Outline as PlaceOutline
from diemtua.places.queries import current_of, find
from diemtua.rulebook.queries import NoRule, codes

from ..models import Outline, Zone

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ..shapes.placing import Atlas

# A park lies in its communes, but outlines of both are simplified: so much may lie beside, in degrees.
LEEWAY = 0.02


@dataclass(frozen=True)
class Area:
    """A named area of the atlas."""

    vi: str
    en: str
    level: str  # commune, province or country
    unit: int | None = None
    within: int | None = None  # the unit around it

    def __str__(self) -> str:
        return self.en if get_language() == "en" else self.vi


def atlas() -> Atlas:
    """Communes and provinces whose outline is known, and the other countries. Read once an edition of places."""
    version = DataVersion.objects.filter(name="places").values_list("hash", flat=True).first() or ""
    return _atlas(version, PlaceOutline.objects.count())


@cache
def _atlas(version: str, outlines: int) -> Atlas:
    import shapely
    from shapely.geometry import shape

    from ..shapes.placing import Atlas

    areas: list[tuple[Area, BaseGeometry]] = []
    rows = PlaceOutline.objects.select_related("unit", "unit__parent").filter(unit__country="VN")
    for row in rows:
        unit = row.unit
        whole = "" if unit.level == Level.PROVINCE or unit.parent is None else f", {unit.parent.full_name}"
        english = "" if unit.level == Level.PROVINCE or unit.parent is None else f", {unit.parent.name_en}"
        name = Area(
            f"{unit.full_name}{whole}", f"{unit.name_en or unit.name}{english}", unit.level, unit.pk, unit.parent_id
        )
        areas.append((name, shapely.make_valid(shape(row.geometry))))
    names = {c.pk: (c.name_vi, c.name_en) for c in Country.objects.all()}
    packed = (resources.files("diemtua.land") / "data" / "countries.json.gz").read_bytes()
    for code, rings in json.loads(gzip.decompress(packed)).items():
        vi, en = names.get(code, (code, code))
        parts = [shapely.make_valid(shapely.Polygon(r)) for r in rings]
        areas.append((Area(vi, en, "country"), shapely.union_all(parts)))
    return Atlas(areas)


def place_of(lon: float, lat: float) -> str:
    """Where a point lies, for a sentence: the commune, else the province, else the country, else the sea."""
    found = atlas().names(lon, lat)
    return str(found[0]) if found else _("at sea")


def commune_at(lon: float, lat: float) -> int | None:
    """The commune in which a point lies, where its outline is known."""
    return next((a.unit for a in atlas().names(lon, lat) if a.level == Level.COMMUNE), None)


@dataclass(frozen=True)
class Home:
    """Where outlines are expected: the park, its communes, or the province; None where nothing is known."""

    name: str
    geometry: BaseGeometry | None


def home_of(zone: Zone | None) -> Home:
    """Where the plots of a zone should lie: in its own outline, or its communes, or its province, or ours."""
    import shapely

    if zone is not None:
        own = Outline.objects.filter(pk=zone.pk, illustrative=False).first()
        if own is not None:
            return Home(zone.record.title, shapely.buffer(own.geometry, LEEWAY))
        communes = [c.unit for c in zone.communes.select_related("unit")]
        if communes and (geometry := _union(communes)) is not None:
            return Home(", ".join(u.full_name for u in communes[:3]), shapely.buffer(geometry, LEEWAY))
    province = zone.province if zone is not None and zone.province_id else None
    units = current_of(province) if province else home_province()
    geometry = _union(units)
    name = ", ".join(u.full_name for u in units)
    return Home(name, None if geometry is None else shapely.buffer(geometry, LEEWAY))


def home_province() -> list[AdminUnit]:
    """The province of this register as it stands today (several where it was divided)."""
    found = find(settings.HOME_PROVINCE, level=Level.PROVINCE, country="VN").unit
    return current_of(found) if found else []


def _union(units: list[AdminUnit]) -> BaseGeometry | None:
    import shapely
    from shapely.geometry import shape

    rows = PlaceOutline.objects.filter(unit__in=[u.pk for u in units])
    parts = [shapely.make_valid(shape(r.geometry)) for r in rows]
    return shapely.union_all(parts) if parts else None


def meridians(zone: Zone | None = None) -> list[tuple[float, str]]:
    """Central meridians of 3° zones with the provinces that use them, our own first."""
    try:
        listed = [(float(c.code), c.label("vi")) for c in codes("land.meridians")]
    except NoRule:
        return [(105.5, "")]
    own = {settings.HOME_PROVINCE}
    if zone is not None and zone.province is not None:
        own |= {zone.province.name, *(u.name for u in zone.province.predecessors.all())}
    return sorted(listed, key=lambda m: (not any(n in m[1].split(", ") for n in own), m[0]))


def systems(zone: Zone | None = None) -> list[tuple[str, str]]:
    """(code, label) of every coordinate system that can be chosen, the likely ones first."""
    from ..shapes.systems import System, degrees

    said: list[tuple[str, Any]] = [("wgs84", _("WGS 84, longitude and latitude"))]
    for meridian, provinces in meridians(zone):
        said.append((System(True, 3, meridian).code, f"VN-2000, 3°, {degrees(meridian)} ({provinces})"))
    said += [(System(True, 6, m).code, f"VN-2000, 6°, {degrees(m)}") for m in (105.0, 111.0)]
    said.append(("vn2000", _("VN-2000, longitude and latitude")))
    return said
