"""`read`: a file of outlines as a `Drawing`, whatever its name says."""

from __future__ import annotations

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from diemtua.register.tabular import files
from diemtua.register.tabular.files import Source, Unreadable

from ..drawing import Drawing
from . import geojson, kml, shapefiles

__all__ = ["MOST_BYTES", "Unreadable", "read"]

MOST_BYTES = 25 * files.MB

_SHP = b"\x00\x00\x27\x0a"
_DXF = re.compile(rb"\s*(?:999\r?\n[^\n]*\n\s*)*0\r?\n\s*SECTION\b")
_PROMISED = {
    "geojson": "geojson",
    "json": "geojson",
    "kml": "kml",
    "kmz": "kml",
    "zip": "shapefile",
}
_NAMES = {"geojson": "GeoJSON", "kml": "KML", "shapefile": "shapefile"}


def read(source: Source, name: str = "") -> Drawing:
    """The shapes of a GeoJSON, KML, KMZ or zipped shapefile (bytes or path), told apart by content.

    Coordinates stay as they are in the file. Lines that close are areas, as CAD programs draw them. Nothing in
    the file is run, no address in it is opened. Raises `Unreadable` with a sentence for the officer: empty,
    over 25 MB, damaged, locked, unpacking to far more than its size, another kind of file, no areas in it.
    """
    data = files.load(source, MOST_BYTES)
    drawing = _read(data)
    if not drawing.shapes:
        if drawing.skipped:
            raise Unreadable(
                "no_shapes",
                format_lazy(
                    _("The file has {count} objects, and none is a closed area. The first: {why}"),
                    count=len(drawing.skipped),
                    why=drawing.skipped[0].sentence,
                ),
            )
        raise Unreadable("no_shapes", _("The file holds no areas. Please check that you have chosen the right file."))
    promised = _PROMISED.get(files.extension(name))
    if promised and promised != drawing.kind:
        lie = format_lazy(
            _("The name ends in .{ending}, but the content is {kind}; it was read as what it is."),
            ending=files.extension(name),
            kind=_NAMES[drawing.kind],
        )
        drawing = Drawing(
            drawing.kind, drawing.shapes, drawing.skipped, drawing.says, drawing.says_text, (lie, *drawing.warnings)
        )
    return drawing


def _read(data: bytes) -> Drawing:
    if data.startswith(b"PK"):
        with files.open_zip(data) as archive:
            inside = [n for n in archive.namelist() if not n.startswith("__MACOSX/")]
            if any(n.lower().endswith(".shp") for n in inside):
                return shapefiles.read(archive, inside)
            if kmls := sorted((n for n in inside if n.lower().endswith(".kml")), key=lambda n: (n != "doc.kml", n)):
                return kml.read(files.member(archive, kmls[0], MOST_BYTES))
            for n in inside:
                if n.lower().endswith((".geojson", ".json")):
                    return geojson.read(files.member(archive, n, MOST_BYTES))
        raise Unreadable(
            "no_shapes",
            _("The zip file holds no shapefile (.shp), KML or GeoJSON. Please put the .shp, .shx, .dbf and .prj "
              "files of one layer into it."),
        )  # fmt: skip
    if data.startswith(_SHP):
        raise Unreadable(
            "wrong_kind",
            _("This is a .shp file alone. Please put it into one zip file with the .shx, .dbf and .prj files "
              "beside it, and send that."),
        )  # fmt: skip
    if data.startswith((b"AC10", b"AutoCAD Binary DXF")) or _DXF.match(data[:4096]):
        raise Unreadable(
            "wrong_kind",
            _("This is a CAD drawing. Please export it as GeoJSON from your GIS program (QGIS: Export, Save "
              "Features As) and send that."),
        )  # fmt: skip
    head = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if head.startswith(b"<"):
        return kml.read(data)
    if head.startswith((b"{", b"[")):
        return geojson.read(data)
    raise Unreadable(
        "wrong_kind",
        _("This is no file of outlines. Files of the kinds GeoJSON, KML, KMZ and zipped shapefile can be read."),
    )
