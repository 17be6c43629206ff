"""Shapefiles in a zip: the areas of every layer in it."""

from __future__ import annotations

import io
import struct
import warnings as python_warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import shapefile
import shapely
from django.utils.translation import gettext_lazy as _

from diemtua.kit import encodings
from diemtua.register.tabular import files
from diemtua.register.tabular.files import Sentence, Unreadable

from ..drawing import Drawing
from ..systems import System, recognise
from .parts import Collector, NoArea, texts

PART = 100 * files.MB
MOST_RINGS = 5_000  # of one object
_BROKEN = (
    shapefile.ShapefileException,
    struct.error,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    MemoryError,
    OverflowError,
    AssertionError,
)


def read(archive: zipfile.ZipFile, names: Sequence[str]) -> Drawing:
    """The areas of the shapefiles among these members. Raises Unreadable."""
    by_lower = {n.lower(): n for n in names}
    collector = Collector()
    warnings: list[Sentence] = []
    said: set[str] = set()
    for name in sorted(n for n in names if n.lower().endswith(".shp")):
        stem = name[:-4].lower()
        part = {
            ending: files.member(archive, by_lower[f"{stem}.{ending}"], PART)
            for ending in ("shp", "shx", "dbf", "prj", "cpg")
            if f"{stem}.{ending}" in by_lower
        }
        if "dbf" not in part:
            warnings.append(_("The .dbf file is missing: plots come without their codes and areas."))
        said.add(part.get("prj", b"").decode("utf-8", "replace").strip())
        _layer(part, PurePosixPath(name).stem[:120], collector, warnings)
    if len(said) > 1:
        raise Unreadable(
            "wrong_kind",
            _("The layers in the zip file are in different coordinate systems. Please send them one by one."),
        )
    text = said.pop()
    system: System | None = recognise(text)
    return Drawing("shapefile", tuple(collector.shapes), tuple(collector.skipped), system, text[:200], tuple(warnings))


@contextmanager
def warnings_off() -> Iterator[None]:
    """What the library thinks of a header that lies is not for the server's log."""
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")
        yield


def _layer(part: dict[str, bytes], layer: str, collector: Collector, warnings: list[Sentence]) -> None:
    # Read as single bytes first: what the letters are is told by all of them together.
    streams: dict[str, Any] = {k: io.BytesIO(v) for k, v in part.items() if k in ("shp", "shx", "dbf")}
    try:
        with warnings_off(), shapefile.Reader(**streams, encoding="latin-1") as reader:
            fields = [f[0] for f in reader.fields if f[0] != "DeletionFlag"] if "dbf" in part else []
            rows = _rows(reader, fields) if fields else []
            rows, found = _decoded(rows, part.get("cpg", b""))
            warnings += found
            for i, shape in enumerate(reader.iterShapes()):
                number = collector.next()
                properties = texts(zip(fields, rows[i], strict=False)) if i < len(rows) else {}
                try:
                    collector.add(number, _polygons(shape, collector), properties, layer)
                except NoArea as error:
                    collector.skip(number, error.sentence)
    except Unreadable:
        raise
    except _BROKEN as error:
        raise files.broken() from error


def _rows(reader: shapefile.Reader, fields: Sequence[str]) -> list[list[Any]]:
    rows = []
    for record in reader.iterRecords():
        rows.append(list(record))
        if len(rows) > 20_000:
            break
    return rows


def _decoded(rows: list[list[Any]], cpg: bytes) -> tuple[list[list[Any]], list[Sentence]]:
    """Texts of a table in the encoding it names, or the one that makes Vietnamese of them."""
    places = [(i, j) for i, row in enumerate(rows) for j, value in enumerate(row) if isinstance(value, str)]
    if not places:
        return rows, []
    parts = [rows[i][j].encode("latin-1", "replace").replace(b"\n", b" ").replace(b"\r", b" ") for i, j in places]
    joined = b"\n".join(parts)
    warnings: list[Sentence] = []
    try:
        text = joined.decode(_python_name(cpg))
    except (LookupError, UnicodeDecodeError):
        decoded = files.decode(joined)
        text = decoded.text
        warnings += decoded.warnings
    repaired = encodings.repaired(text)
    warnings += files.about_old_letters(repaired.schemes, repaired.doubtful)
    lines = repaired.text.split("\n")
    if len(lines) == len(places):
        for (i, j), line in zip(places, lines, strict=True):
            rows[i][j] = line
    return rows, warnings


def _python_name(cpg: bytes) -> str:
    name = cpg[:40].decode("ascii", "replace").strip().lower()
    return {"65001": "utf-8", "": "utf-8", "1258": "cp1258", "ansi 1258": "cp1258"}.get(name, name)


def _polygons(shape: Any, collector: Collector) -> list[shapely.Polygon]:
    points, kind = shape.points, shape.shapeType
    if kind in (shapefile.POLYLINE, shapefile.POLYLINEZ, shapefile.POLYLINEM):
        return [collector.polygon([ring], closed=False) for ring in _rings(points, shape.parts)]
    if kind not in (shapefile.POLYGON, shapefile.POLYGONZ, shapefile.POLYGONM):
        raise NoArea(_("It has no coordinates.") if kind == shapefile.NULL else _("It is a point, and no area."))
    if len(shape.parts) > MOST_RINGS:
        raise NoArea(_("It has too many parts."))
    rings = [collector.ring(ring) for ring in _rings(points, shape.parts)]
    if not rings:
        raise NoArea(_("It has no coordinates."))
    outer = [shapely.Polygon(r) for r in rings if not shapely.is_ccw(shapely.LinearRing(r))]
    holes = [r for r in rings if shapely.is_ccw(shapely.LinearRing(r))]
    if not outer:  # a program that turns its rings the wrong way round
        outer, holes = [shapely.Polygon(r) for r in holes], []
    inner: dict[int, list[Any]] = {}
    alone = []
    tree, sizes = shapely.STRtree(outer), shapely.area(np.array(outer, dtype=object))
    for hole in holes:
        around = tree.query(shapely.Point(hole[0]), predicate="intersects")
        if len(around):
            inner.setdefault(int(around[sizes[around].argmin()]), []).append(hole)
        else:
            alone.append(shapely.Polygon(hole))
    outer += alone
    return [shapely.Polygon(p.exterior, inner.get(i, [])) for i, p in enumerate(outer)]


def _rings(points: Sequence[Any], parts: Sequence[int]) -> list[Sequence[Any]]:
    ends = [*list(parts)[1:], len(points)]
    return [points[a:b] for a, b in zip(parts, ends, strict=True) if b > a]
