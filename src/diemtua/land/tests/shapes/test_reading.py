"""Files of outlines, good and bad."""

from __future__ import annotations

import io
import json
import struct
import zipfile

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from diemtua.land.shapes.reading import Unreadable, read
from diemtua.land.shapes.systems import WGS84, System

from .files import feature, geojson, kml, shapes, square, zipped

A, B = square(106.5, 20.5), square(106.51, 20.5)


# --- good ones ------------------------------------------------------------------------------------


def test_geojson() -> None:
    drawing = read(geojson(feature(A, ma_lo="D2-1", ha=1.25), feature(B, ma_lo="D2-2", n=None, deep={"x": 1})))
    assert (drawing.kind, drawing.says, drawing.skipped) == ("geojson", None, ())
    assert [dict(s.properties) for s in drawing.shapes] == [{"ma_lo": "D2-1", "ha": "1.25"}, {"ma_lo": "D2-2"}]
    assert drawing.shapes[0].geometry.equals(shapely.Polygon(A))
    assert drawing.keys == ["ma_lo", "ha"]


def test_a_bare_geometry_and_a_multipolygon_with_a_hole() -> None:
    hole = square(106.5002, 20.5002, 0.0002)
    data = json.dumps({"type": "MultiPolygon", "coordinates": [[A, hole], [B]]}).encode()
    (shape,) = read(data).shapes
    assert len(shape.geometry.geoms) == 2
    assert len(shape.geometry.geoms[0].interiors) == 1


def test_lines_and_texts_of_a_cad_drawing() -> None:
    """Closed lines are plots, the text in one is its number, an open line is told of."""
    label = {"type": "Feature", "properties": {"Layer": "TEXT", "Text": "{\\fArial|b0;D2-1}"},
             "geometry": {"type": "Point", "coordinates": [106.5005, 20.5005]}}  # fmt: skip
    drawing = read(
        geojson(
            feature(square(106.49, 20.49, 0.1), kind="LineString", Layer="RANH"),
            feature(A, kind="LineString", Layer="LO"),
            feature(A[:-1], kind="LineString", Layer="DUONG"),
            label,
        )
    )
    assert [(s.number, s.layer, s.properties.get("Text")) for s in drawing.shapes] == [
        (1, "RANH", None),
        (2, "LO", "D2-1"),
    ]
    assert [s.number for s in drawing.skipped] == [3]


def test_the_system_a_geojson_names() -> None:
    assert read(geojson(feature(A), crs="urn:ogc:def:crs:EPSG::9209")).says == System(True, 3, 105.5)
    unknown = read(geojson(feature(A), crs="EPSG:32648"))
    assert (unknown.says, unknown.says_text) == (None, "EPSG:32648")


def test_kml_and_kmz() -> None:
    for data in (kml(("Lô A1", A), ("Lô A2", B)), zipped(doc__kml=kml(("Lô A1", A), ("Lô A2", B)))):
        drawing = read(data)
        assert (drawing.kind, drawing.says) == ("kml", WGS84)
        assert [(s.properties["name"], s.layer) for s in drawing.shapes] == [("Lô A1", "Lô đất"), ("Lô A2", "Lô đất")]
        assert drawing.shapes[1].geometry.equals(shapely.Polygon(B))


@pytest.mark.parametrize(
    ("encoding", "cpg"), [("utf-8", "UTF-8"), ("utf-8", ""), ("cp1258", "1258"), ("utf-8", "nonsense")]
)
def test_a_shapefile(encoding: str, cpg: str) -> None:
    code = "Lô D2-1" if encoding == "cp1258" else "Lô đất D2-1, phía bắc"
    drawing = read(
        shapes(
            (code, A),
            ("Lô D2-2", B),
            encoding=encoding,
            cpg=cpg,
            prj='GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]',
        )
    )
    assert (drawing.kind, drawing.says) == ("shapefile", WGS84)
    assert [s.properties["MA_LO"] for s in drawing.shapes] == [code, "Lô D2-2"]
    assert drawing.shapes[0].geometry.equals(shapely.Polygon(A))


def test_a_name_that_lies_is_told_and_the_content_read() -> None:
    drawing = read(geojson(feature(A)), "ban-do.kml")
    assert drawing.kind == "geojson"
    assert "GeoJSON" in str(drawing.warnings[0])


# --- bad ones -------------------------------------------------------------------------------------


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lo.shp", b"\0" * 60_000_000)
    return out.getvalue()


LAUGHS = '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
FILE_ENTITY = '<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
NO_AREA = json.dumps({"type": "Point", "coordinates": [106, 20]}).encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\0\0\0", "empty"),
        (b'{"type": "FeatureCollection", "features": [', "broken"),
        (b'{"type": "FeatureCollection", "features": 5}', "broken"),
        (b'{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 3], [4, 5], [NaN, 1]]]}', "broken"),
        (b'{"a": 1}', "wrong_kind"),
        (b"[1, 2]", "wrong_kind"),
        (b"[" * 100_000, "broken"),
        (b"[" * 3_000_000, "too_big"),
        (b'{"type": "FeatureCollection", "features": [' + b"{}," * 1_100_000 + b"{}]}", "too_big"),
        (geojson(*[{}] * 20_001), "too_big"),
        (geojson(), "no_shapes"),
        (NO_AREA, "no_shapes"),
        (geojson(feature([(1, 1), (2, 2)])), "no_shapes"),
        (geojson(feature([("a", "b")] * 4)), "no_shapes"),
        (b"<kml><Document>", "broken"),
        (kml(("&c;", A), before=LAUGHS), "bomb"),
        (kml(("&a;", A), before=FILE_ENTITY), "bomb"),
        (kml(("x", A), before='<!DOCTYPE kml [<!ENTITY a "b">]>').decode().encode("utf-16"), "bomb"),
        (b"<html><body>login</body></html>", "wrong_kind"),
        (kml(("x", [(1e400, 2), (3, 4), (5, 6)])), "no_shapes"),
        (bomb(), "bomb"),
        (zipped(readme__txt=b"hello"), "no_shapes"),
        (zipped(lo__shp=b"not a shapefile"), "broken"),
        (zipped(lo__shp=b"\x00\x00\x27\x0a" + b"\0" * 96), "no_shapes"),
        (b"PK\x03\x04 and no more", "broken"),
        (b"\x00\x00\x27\x0a" + b"\0" * 96, "wrong_kind"),
        (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "wrong_kind"),
        (b"AC1032" + b"\0" * 100, "wrong_kind"),
        (b"\x89PNG\r\n", "wrong_kind"),
        (b"ma_lo;dien_tich\nA1;2\n", "wrong_kind"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert refused.value.code == code
    assert str(refused.value).endswith((".", "…"))


def outcome(data: bytes) -> str:
    """How many shapes were read, or the code of the refusal; anything else that is raised fails the test."""
    try:
        return f"{len(read(data).shapes)} shapes"
    except Unreadable as refused:
        return refused.code


def test_a_shapefile_whose_numbers_lie() -> None:
    """Counts of records and points that are far more than the file holds."""
    with zipfile.ZipFile(io.BytesIO(shapes(("A", A)))) as archive:
        members = {n.replace(".", "__"): archive.read(n) for n in archive.namelist()}
    liar = bytearray(members["lo__shp"])
    struct.pack_into("<i", liar, 100 + 8 + 4 + 32, 2_000_000_000)  # parts of the first shape
    with pytest.raises(Unreadable):
        read(zipped(**{**members, "lo__shp": bytes(liar)}))
    liar = bytearray(members["lo__dbf"])
    struct.pack_into("<I", liar, 4, 4_000_000_000)  # records of the table
    assert outcome(zipped(**{**members, "lo__dbf": bytes(liar)})) in ("broken", "1 shapes")


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"{", b"<kml>", b"\x00\x00\x27\x0a"]))
def test_any_bytes_are_read_or_refused(tail: bytes, head: bytes) -> None:
    assert outcome(head + tail)


@given(st.data())
def test_any_change_of_a_shapefile_is_read_or_refused(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(shapes(("A", A), ("B", B)))) as archive:
        members = {n.replace(".", "__"): archive.read(n) for n in archive.namelist()}
    name = data.draw(st.sampled_from(["lo__shp", "lo__dbf", "lo__shx"]))
    changed = bytearray(members[name])
    for _i in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(zipped(**{**members, name: bytes(changed)}))
