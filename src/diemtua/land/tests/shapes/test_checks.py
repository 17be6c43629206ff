"""What is found wrong with outlines."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from django.utils import translation

from diemtua.land.shapes.checks import Candidate, Level, check
from diemtua.land.shapes.measuring import Flat, area_ha, distances_km, neighbours
from diemtua.land.shapes.placing import Atlas, Reading, looks_metric, position, sensible, share_within
from diemtua.land.shapes.systems import WGS84, System, from_wgs84

from .files import square

FLAT = Flat(106.55, 20.55)


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """Numbers in sentences are written as the reader's language has them."""
    with translation.override("vi"):
        yield


def plot(x: float, y: float, w: float = 100, h: float = 100) -> shapely.Polygon:
    """A rectangle in metres around a place in Thái Thụy, in longitude and latitude."""
    return FLAT.to_degrees(shapely.box(x, y, x + w, y + h))


def codes(*candidates: Candidate) -> list[list[str]]:
    return [[f.code for f in c.findings] for c in check(candidates)]


def test_area_and_distance_on_the_ellipsoid() -> None:
    assert area_ha(plot(0, 0)) == pytest.approx(1, rel=1e-4)
    assert area_ha(plot(20_000, -20_000)) == pytest.approx(1, rel=5e-3)
    assert area_ha(shapely.Polygon(square(106.5, 20.5), [square(106.5002, 20.5002, 0.0005)])) == pytest.approx(
        0.75 * area_ha(shapely.Polygon(square(106.5, 20.5))), rel=1e-4
    )
    # One degree of latitude at 20° is 110.7 km (WGS 84).
    assert distances_km(106, 20, np.array([[106, 21], [106, 20]])) == pytest.approx([110.72, 0], abs=0.01)


def test_sound_plots_have_nothing() -> None:
    checked = check(
        [Candidate("A1", plot(0, 0), 1.0), Candidate("A2", plot(100, 0), 1.005), Candidate("A3", plot(0, 150))]
    )
    assert [c.findings for c in checked] == [[], [], []]
    assert [round(c.area_ha or 0, 3) for c in checked] == [1, 1, 1]


def test_an_outline_that_crosses_itself_is_shown_where() -> None:
    bow = FLAT.to_degrees(shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]))
    (checked,) = check([Candidate("A1", bow, 1.0)])
    (finding,) = checked.findings
    assert (finding.code, finding.level, checked.area_ha) == ("crosses", Level.ERROR, None)
    middle = FLAT.to_degrees(shapely.Point(50, 50))
    assert finding.at == pytest.approx((middle.x, middle.y), abs=1e-7)
    assert "20,55" in finding.sentence


def test_nothing_and_nowhere() -> None:
    inf = shapely.Polygon([(math.inf, 1), (2, 3), (4, 5)])
    thin = FLAT.to_degrees(shapely.box(0, 0, 100, 1e-4))
    assert codes(Candidate("A1", shapely.Polygon()), Candidate("A2", inf), Candidate("A3", thin)) == [
        ["nowhere"],
        ["nowhere"],
        ["no_area"],
    ]


@pytest.mark.parametrize(
    ("stated", "code"),
    [(1.0, None), (1.009, None), (1.02, "area"), (0.5, "area"), (10_000, "unit"), (0.01, "unit"), (None, None)],
)
def test_stated_hectares(stated: float | None, code: str | None) -> None:
    assert codes(Candidate("A1", plot(0, 0), stated)) == [[code] if code else []]


def test_overlaps_are_told_to_both_and_measured() -> None:
    one, two, far = check([Candidate("A1", plot(0, 0)), Candidate("A2", plot(90, 0)), Candidate("A3", plot(500, 0))])
    assert [f.code for f in one.findings + two.findings] == ["overlap", "overlap"]
    assert far.findings == []
    assert "A2" in one.findings[0].sentence
    assert "1.000 m²" in one.findings[0].sentence
    assert "10,0 %" in one.findings[0].sentence


def test_what_stands_in_the_register_is_only_looked_at() -> None:
    assert codes(
        Candidate("A1", plot(0, 0)), Candidate("B1", plot(90, 0), kept=True), Candidate("B2", plot(180, 0), kept=True)
    ) == [
        ["overlap"],
        [],
        [],
    ]


def test_rounding_is_no_overlap() -> None:
    assert codes(Candidate("A1", plot(0, 0)), Candidate("A2", plot(99.995, 0))) == [[], []]


def test_strips_and_roads_and_corners() -> None:
    strip = codes(Candidate("A1", plot(0, 0)), Candidate("A2", plot(101, 0)))
    assert strip == [["gap"], ["gap"]]
    assert codes(Candidate("A1", plot(0, 0)), Candidate("A2", plot(112, 0))) == [[], []], "a road"
    assert codes(Candidate("A1", plot(0, 0)), Candidate("A2", plot(100, 100))) == [[], []], "a corner"
    assert codes(Candidate("A1", plot(0, 0)), Candidate("A2", plot(101, 101))) == [[], []], "near a corner"
    filled = codes(Candidate("A1", plot(0, 0)), Candidate("A2", plot(102, 0)), Candidate("Mương", plot(100, 0, 2)))
    assert filled == [[], [], []], "what lies between is a plot of its own"


def test_shapes_that_all_lie_on_one_heap_are_not_compared_one_with_each_other() -> None:
    checked = check([Candidate(f"A{n}", plot(0, 0)) for n in range(2_000)])
    assert {f.code for f in checked[-1].findings} >= {"heap"}
    assert checked[0].level >= Level.WARNING


def test_out_of_the_park() -> None:
    park = Candidate("KCN", plot(-50, -50, 300, 300), whole=True)
    assert codes(park, Candidate("A1", plot(0, 0)), Candidate("A2", plot(200, 0)))[1:] == [[], ["outside"]]


def test_neighbours_share_a_border_and_not_a_corner() -> None:
    plots = [plot(0, 0), plot(100.5, 0), plot(200.5, 100), plot(0, 103), plot(200.5, 20, 50, 50)]
    pairs = neighbours(plots)
    assert pairs[:, :2].tolist() == [[0, 1], [1, 4]]
    assert pairs[0, 2] == pytest.approx(100, abs=2.5)
    assert pairs[1, 2] == pytest.approx(50, abs=2.5)
    assert neighbours(plots[:1]).shape == (0, 3)


# --- where they lie -------------------------------------------------------------------------------

HOME = shapely.box(106.1, 20.2, 106.7, 20.8)
MERIDIANS = (105.5, 105.75, 107.75)
POINTS = np.array([[106.50, 20.50], [106.51, 20.52]])


def found(points: np.ndarray) -> list[str]:
    return [reading.code for reading, _at in sensible(points, HOME, MERIDIANS)]


def test_numbers_in_any_order_and_system_are_known_again() -> None:
    assert found(POINTS)[0] == "wgs84"
    assert found(POINTS[:, ::-1])[0] == "wgs84-swapped"
    metres = from_wgs84(POINTS, System(True, 3, 105.5))
    assert found(metres)[0] == "vn2000/3/105.5"
    assert found(metres[:, ::-1])[0] == "vn2000/3/105.5-swapped"
    assert found(from_wgs84(POINTS, System(True, 3, 107.75)))[-1] == "vn2000/3/107.75"
    assert found(np.array([[1.0, 2.0]])) == []


def test_read_wrongly_they_lie_elsewhere() -> None:
    atlas = Atlas(
        [("Lào", shapely.box(100, 14, 105.5, 22.5)), ("Thái Bình", HOME), ("Việt Nam", shapely.box(102, 8, 110, 24))]
    )
    metres = from_wgs84(POINTS, System(True, 3, 107.75))
    lon, lat = position(metres, Reading(System(True, 3, 104.5)))
    assert atlas.names(lon, lat)[0] == "Lào"
    assert atlas.names(106.5, 20.5) == ["Thái Bình", "Việt Nam"]
    assert atlas.names(*position(POINTS[:, ::-1], Reading(WGS84))) == []
    assert not math.isfinite(position(metres, Reading(WGS84))[0]), "metres are no degrees"
    assert atlas.names(math.inf, 3) == []
    assert looks_metric(metres)
    assert not looks_metric(POINTS)


def test_the_share_within() -> None:
    assert share_within([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], shapely.box(0, 0, 1.5, 1)) == pytest.approx(
        0.75
    )
