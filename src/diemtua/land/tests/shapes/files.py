"""Files of outlines as programs make them, for tests."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import shapefile

Ring = Sequence[tuple[float, float]]


def square(x: float, y: float, side: float = 0.001, height: float | None = None) -> list[tuple[float, float]]:
    """A rectangle from its lower left corner, closed, counter-clockwise."""
    h = side if height is None else height
    return [(x, y), (x + side, y), (x + side, y + h), (x, y + h), (x, y)]


def feature(ring: Ring, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    at: Any = [list(map(list, ring))] if kind == "Polygon" else list(map(list, ring))
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": at}}


def geojson(*features: dict[str, Any], crs: str = "") -> bytes:
    found: dict[str, Any] = {"type": "FeatureCollection", "features": list(features)}
    if crs:
        found["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(found).encode()


def kml(*placemarks: tuple[str, Ring], before: str = "") -> bytes:
    parts = []
    for name, ring in placemarks:
        points = " ".join(f"{x},{y},0" for x, y in ring)
        parts.append(
            f"<Placemark><name>{name}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{points}"
            "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    body = "".join(parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<Folder><name>Lô đất</name>{body}</Folder></Document></kml>"
    ).encode()


def zipped(**members: bytes) -> bytes:
    """A zip of these members; `lo__shp` is written as lo.shp."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


def shapes(*plots: tuple[str, Ring], prj: str = "", encoding: str = "utf-8", cpg: str = "UTF-8") -> bytes:
    """A zipped shapefile of polygons with a field MA_LO."""
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, shapeType=shapefile.POLYGON, encoding=encoding) as writer:
        writer.field("MA_LO", "C", size=80)
        writer.field("DT_HA", "N", decimal=2)
        for code, ring in plots:
            writer.poly([list(reversed(ring))])
            writer.record(code, 1.5)
    members = {"lo__shp": shp.getvalue(), "lo__shx": shx.getvalue(), "lo__dbf": dbf.getvalue()}
    if prj:
        members["lo__prj"] = prj.encode()
    if cpg:
        members["lo__cpg"] = cpg.encode()
    return zipped(**members)
