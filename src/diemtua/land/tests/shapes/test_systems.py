"""VN-2000 and WGS 84: against published points, the EPSG registry, and there and back."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemtua.land.shapes.systems import WGS84, System, from_wgs84, recognise, system, to_wgs84

METRE = 1 / 111_000


def degrees(d: int, m: int, s: float) -> float:
    return d + m / 60 + s / 3600


# Circular 37/2019/TT-BGTVT gives four points off Lý Sơn in both systems, to a tenth of a second (3 m).
PUBLISHED = [
    ((15, 22, 29), (109, 6, 7), (15, 22, 32.7), (109, 6, 0.5)),
    ((15, 20, 32), (109, 5, 35), (15, 20, 35.7), (109, 5, 28.5)),
    ((15, 20, 10), (109, 7, 6), (15, 20, 13.7), (109, 6, 59.5)),
    ((15, 22, 24), (109, 7, 43), (15, 22, 27.7), (109, 7, 36.5)),
    # Circular 20/2019/TT-BGTVT, off Khánh Hòa.
    ((12, 33, 36.0), (109, 26, 0.0), (12, 33, 39.7), (109, 25, 53.6)),
    ((11, 53, 56.3), (109, 10, 27.8), (11, 54, 0.0), (109, 10, 21.3)),
]


@pytest.mark.parametrize(("lat", "lon", "vn_lat", "vn_lon"), PUBLISHED)
def test_points_published_in_both_systems(lat, lon, vn_lat, vn_lon) -> None:
    got = to_wgs84(np.array([[degrees(*vn_lon), degrees(*vn_lat)]]), System(True))[0]
    assert got == pytest.approx([degrees(*lon), degrees(*lat)], abs=3 * METRE)


@pytest.mark.parametrize(
    ("epsg", "ours"),
    [
        (4756, "vn2000"),
        (3405, "vn2000/6/105"),
        (3406, "vn2000/6/111"),
        (9209, "vn2000/3/105.5"),
        (9218, "vn2000/3/108.5"),
    ],
)
def test_agrees_with_the_epsg_registry(epsg: int, ours: str) -> None:
    """To a centimetre, wherever in Vietnam; the registry's own operation EPSG:6960 is asked."""
    points = np.array([[106.5, 20.5], [105.9, 21.0], [107.1, 10.4]])
    other = from_wgs84(points, system(ours))
    group = pyproj.transformer.TransformerGroup(epsg, 4326, always_xy=True)
    chosen = next(t for t in group.transformers if "VN-2000 to WGS 84 (2)" in t.description)
    lon, lat = chosen.transform(other[:, 0], other[:, 1])
    assert np.column_stack([lon, lat]) == pytest.approx(points, abs=0.01 * METRE)
    assert recognise(f"EPSG:{epsg}") == system(ours)
    assert recognise(f"urn:ogc:def:crs:EPSG::{epsg}") == system(ours)
    assert recognise(pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")) == system(ours)


@given(
    lon=st.floats(102.2, 109.4),
    lat=st.floats(8.4, 23.4),
    code=st.sampled_from(["vn2000", "vn2000/3/105.5", "vn2000/3/107.75", "vn2000/6/105"]),
)
def test_there_and_back(lon: float, lat: float, code: str) -> None:
    start = np.array([[lon, lat]])
    there = from_wgs84(start, system(code))
    assert to_wgs84(there, system(code)) == pytest.approx(start, abs=5e-8)
    assert system(system(code).code) == system(code)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", WGS84),
        ("EPSG:4326", WGS84),
        (pyproj.CRS.from_epsg(4326).to_wkt(), WGS84),
        # As ArcGIS and MapInfo of Vietnamese offices write it: no datum that anybody else knows.
        (
            'PROJCS["VN2000_Thai_Binh",GEOGCS["GCS_VN_2000",DATUM["D_Vietnam_2000",SPHEROID["WGS_1984",6378137.0,'
            '298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
            'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
            'PARAMETER["Central_Meridian",105.5],PARAMETER["Scale_Factor",0.9999],'
            'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]',
            System(True, 3, 105.5),
        ),
        ("EPSG:32648", None),  # UTM of WGS 84: metres, but not VN-2000
        ("EPSG:3857", None),
        ("EPSG:99999", None),
        ('LOCAL_CS["x"]', None),
        ("rác", None),
        ("", None),
    ],
)
def test_what_a_file_says_of_its_system(text: str, expected: System | None) -> None:
    assert recognise(text) == expected


@pytest.mark.parametrize("code", ["", "vn2000/4/105", "vn2000/3/95", "vn2000/3/105.5.5", "wgs84x", "vn2000/3/999"])
def test_a_code_that_is_no_system(code: str) -> None:
    with pytest.raises(ValueError, match=code or "^$"):
        system(code)
