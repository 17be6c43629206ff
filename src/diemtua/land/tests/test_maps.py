"""The map, plans, distances, exports and OGC API - Features: what is drawn, for whom, and what is marked."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diemtua.land.actions.destinations import load_destinations
from diemtua.land.actions.illustration import SOURCE, draw_plan
from diemtua.land.actions.outlines import Drawn, set_outlines
from diemtua.land.actions.zones import create_plot, create_zone
from diemtua.land.models import Destination, Outline, Plot
from diemtua.land.queries import distances, maps
from diemtua.land.shapes.measuring import Flat
from diemtua.places.queries import find
from diemtua.register import write
from diemtua.register.models import Record
from diemtua.testing.pages import body, shows

FLAT = Flat(106.556, 20.566)


def box(x: float, y: float, w: float = 200, h: float = 100) -> Any:
    return FLAT.to_degrees(shapely.box(x, y, x + w, y + h))


@pytest.fixture
def park(places: None, staff: Any) -> Any:
    """A public park with its outline, a public plot and an internal one."""
    zone = create_zone(
        actor=None, title="Khu công nghiệp Sao Khuê", type="industrial_park", access="public", unit=staff.unit
    )
    common: dict[str, Any] = {"actor": None, "zone": zone, "area_ha": Decimal(2), "unit": staff.unit}
    shown = create_plot(title="Lô A1", code="A1", access="public", **common)
    inner = create_plot(title="Lô A2 nội bộ", code="A2", access="internal", **common)
    drawn = [(zone, box(-100, -100, 900, 500)), (shown, box(0, 0)), (inner, box(300, 0))]
    set_outlines(actor=None, drawn=[Drawn(one.record, shape, source="Thử") for one, shape in drawn])
    return zone


def of(answer: Any) -> dict[str, Any]:
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    found: dict[str, Any] = json.loads(text)
    return found


def titles(collection: dict[str, Any]) -> set[str]:
    return {f["properties"]["title"] for f in collection["features"]}


# --- for whom -------------------------------------------------------------------------------------


def test_a_map_shows_what_its_reader_may_see(park: Any, staff: Any) -> None:
    Record.objects.filter(title="Lô A2 nội bộ").update(access="unit", unit=staff.unit)
    everything = {"Khu công nghiệp Sao Khuê", "Lô A1", "Lô A2 nội bộ"}
    for who, expected in (("viewer", everything), ("other", everything - {"Lô A2 nội bộ"})):
        client = staff.client(who)
        for address in ("land:map-features", "land:outlines-export"):
            assert titles(of(client.get(reverse(address)))) == expected, (who, address)
        page = client.get(reverse("land:map"))
        assert page.status_code == 200
        assert shows(page, "Lô A2 nội bộ") == ("Lô A2 nội bộ" in expected)
        plan = client.get(reverse("land:plan", args=[park.pk]))
        assert ("Lô A2 nội bộ" in body(plan)) == ("Lô A2 nội bộ" in expected)


def test_what_the_browser_draws_is_what_stands_in_the_register(park: Any, staff: Any) -> None:
    """The steps of the outlines, put together as the browser does, lie within a step of the export's outlines."""
    split = shapely.MultiPolygon([box(0, 0).difference(box(50, 20, 30, 30)), box(0, 150)])
    set_outlines(actor=None, drawn=[Drawn(Record.objects.get(plot__code="A1"), split, source="Thử")])
    client = staff.client("viewer")
    said = of(client.get(reverse("land:map-features")))
    exported = {
        f["id"]: shapely.geometry.shape(f["geometry"])
        for f in of(client.get(reverse("land:outlines-export")))["features"]
    }
    x = y = 0
    for feature in said["features"]:
        polygons = []
        for rings in feature["polygons"]:
            made: list[list[tuple[float, float]]] = []
            for steps in rings:
                made.append([])
                for across, up in zip(steps[::2], steps[1::2], strict=True):
                    x, y = x + across, y + up
                    made[-1].append((x / 10 ** said["digits"], y / 10 ** said["digits"]))
            polygons.append(shapely.Polygon(made[0], made[1:]))
        expected = exported.pop(feature["id"])
        assert shapely.MultiPolygon(polygons).hausdorff_distance(expected) < 10 ** -said["digits"]
    assert not exported


def test_archived_land_is_on_no_map(park: Any, staff: Any) -> None:
    plot = Plot.objects.get(code="A1")
    write.archive(plot, actor=None, reason="thử")
    assert "Lô A1" not in titles(of(staff.client("viewer").get(reverse("land:map-features"))))
    assert "Lô A1" not in titles(of(staff.client("anonymous").get(reverse("ogc:items", args=["plots"]))))
    write.restore(plot, actor=None)
    write.archive(park, actor=None, reason="thử")
    assert staff.client("viewer").get(reverse("land:map")).status_code == 200


def test_an_empty_register_has_a_map(places: None, staff: Any) -> None:
    client = staff.client("viewer")
    page = client.get(reverse("land:map"))
    assert page.status_code == 200
    assert "<svg" in body(page)
    assert of(client.get(reverse("land:map-features")))["features"] == []
    base = client.get(reverse("land:map-base"))
    assert len(of(base)["features"]) > 400
    again = client.get(reverse("land:map-base"), headers={"if-none-match": base.headers["ETag"]})
    assert again.status_code == 304


def test_a_map_costs_the_same_queries_for_many_plots(park: Any, staff: Any) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            maps.features(staff.viewer)
        return len(found)

    before = count()
    plots = [create_plot(actor=None, title=f"Lô C{n}", code=f"C{n}", zone=park, area_ha=Decimal(2)) for n in range(30)]
    set_outlines(actor=None, drawn=[Drawn(p.record, box(0, 150 * (n + 1))) for n, p in enumerate(plots)])
    assert count() == before


# --- plans and distances --------------------------------------------------------------------------


def test_distances_are_straight_or_as_measured(park: Any, staff: Any) -> None:
    load_destinations()
    assert not load_destinations(), "loading again does nothing"
    plot = Plot.objects.get(code="A1")
    point, rows = distances.table(plot.record)
    assert point is not None
    by_code = {d.destination.pk: d for d in rows}
    airport = by_code["airport-hph"]
    # Cát Bi lies 0.253° north and 0.168° east of the middle of the plot: 33 km on the ellipsoid.
    assert airport.straight_km == pytest.approx(33.1, abs=0.4)
    assert airport.road_km is None
    far = Destination.objects.get(pk="gate-cau-treo")
    rows_to_add = [{"destination": far, "km": Decimal("402.5")}, {"destination": "airport-hph", "km": Decimal(47)}]
    write.update(park, actor=None, children={"roads": write.ChildEdits(create=rows_to_add)})
    write.update(
        plot,
        actor=None,
        children={"roads": write.ChildEdits(create=[{"destination": "airport-hph", "km": Decimal(45)}])},
    )
    by_code = {d.destination.pk: d for d in distances.table(plot.record)[1]}
    assert by_code["airport-hph"].road_km == 45, "the plot's own goes before the park's"
    assert by_code["gate-cau-treo"].road_km == 402.5, "what was measured is shown however far"
    page = staff.client("viewer").get(reverse("land:plan", args=[plot.pk]))
    assert shows(page, "Cảng hàng không quốc tế Cát Bi")


def test_without_an_outline_the_commune_stands_for_it(places: None, staff: Any) -> None:
    load_destinations()
    commune = find("xã Thái Thụy, Hưng Yên").unit
    zone = create_zone(
        actor=None, title="Khu Sao Lạ", type="industrial_park", children={"communes": [{"unit": commune}]}
    )
    point, rows = distances.table(zone.record)
    assert point is not None
    assert point.rough
    assert rows
    bare = create_zone(actor=None, title="Khu Sao Xa", type="industrial_park")
    assert distances.table(bare.record) == (None, [])
    assert staff.client("viewer").get(reverse("land:plan", args=[bare.pk])).status_code == 200


def test_a_plan_of_another_kind_of_record_is_not_there(samples: Any, staff: Any) -> None:
    client = staff.client("viewer")
    assert client.get(reverse("land:plan", args=[samples.partner.pk])).status_code == 404
    assert client.get(reverse("land:outlines-export"), {"zone": samples.partner.pk}).status_code == 404
    assert client.get(reverse("land:outlines-export"), {"zone": "x" * 40}).status_code == 404
    assert client.get(reverse("land:map"), {"at": "'"}).status_code == 200


# --- illustration ---------------------------------------------------------------------------------


def test_an_illustrative_plan_lies_in_its_commune_and_is_marked_everywhere(places: None, staff: Any) -> None:
    commune = find("xã Thái Thụy, Hưng Yên").unit
    fields: dict[str, Any] = {
        "title": "Khu công nghiệp Sao Băng",
        "type": "industrial_park",
        "area_ha": Decimal(300),
        "access": "public",
    }
    zone = create_zone(actor=None, children={"communes": [{"unit": commune}]}, **fields)
    plots = draw_plan(zone, actor=None)
    assert len(plots) > 20
    assert all(p.illustrative and p.code.startswith("MH-") for p in plots)
    outlines = {o.pk: o for o in Outline.objects.all()}
    assert all(o.illustrative and o.source == SOURCE for o in outlines.values())
    whole = outlines[zone.pk].geometry
    assert outlines[zone.pk].area_ha == pytest.approx(300, rel=0.02)
    ground = shapely.geometry.shape(commune.outline.geometry)
    assert shapely.make_valid(ground).covers(whole)
    parts = [outlines[p.pk].geometry for p in plots]
    assert all(shapely.buffer(whole, 1e-6).covers(part) for part in parts)
    assert shapely.union_all(parts).area == pytest.approx(sum(p.area for p in parts), rel=1e-6), "no two overlap"
    assert not Plot.objects.real().filter(zone=zone).exists()
    for answer in (
        staff.client("anonymous").get(reverse("ogc:items", args=["plots"])),
        staff.client("viewer").get(reverse("land:outlines-export")),
    ):
        assert all(f["properties"]["illustrative"] for f in of(answer)["features"])
    for address in (
        reverse("land:map"),
        reverse("land:plan", args=[zone.pk]),
        reverse("land:plan", args=[plots[0].pk]),
    ):
        assert "mp-stamp" in body(staff.client("viewer").get(address))
    with pytest.raises(ValidationError):
        draw_plan(zone, actor=None)
    twin = create_zone(actor=None, children={"communes": [{"unit": commune}]}, **fields)
    again = draw_plan(twin, actor=None)
    assert [p.area_ha for p in again] == [p.area_ha for p in plots], "the same name gives the same plan"


def test_where_no_commune_is_known_nothing_is_drawn(places: None) -> None:
    zone = create_zone(actor=None, title="Khu Sao Xa", type="industrial_park")
    with pytest.raises(ValidationError):
        draw_plan(zone, actor=None)
    assert not Plot.objects.exists()


# --- OGC API - Features ---------------------------------------------------------------------------


def test_a_program_finds_its_way(park: Any, staff: Any) -> None:
    """From the landing page by its links, as the standard wants, without signing in."""
    client = staff.client("anonymous")

    def follow(page: dict[str, Any], rel: str) -> dict[str, Any]:
        link = next(x for x in page["links"] if x["rel"] == rel)
        answer = client.get(link["href"])
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == link["type"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return of(answer)

    landing = of(client.get("/ogc/"))
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in follow(landing, "conformance")["conformsTo"]
    assert follow(landing, "service-desc")["openapi"].startswith("3.")
    listed = follow(landing, "data")["collections"]
    assert [c["id"] for c in listed] == ["zones", "plots"]
    assert follow(listed[1], "self") == listed[1]
    found = follow(listed[1], "items")
    assert titles(found) == {"Lô A1"}, "internal plots are not there"
    assert (found["numberMatched"], found["numberReturned"]) == (1, 1)
    (feature,) = found["features"]
    assert shapely.geometry.shape(feature["geometry"]).equals_exact(box(0, 0), 1e-6)
    west, _south, _east, north = listed[1]["extent"]["spatial"]["bbox"][0]
    assert (west, north) == pytest.approx((box(0, 0).bounds[0], box(0, 0).bounds[3]))
    one = of(client.get(reverse("ogc:item", args=["plots", feature["id"]])))
    assert one["type"] == "Feature"
    assert one["geometry"] == feature["geometry"]
    hidden = Plot.objects.get(code="A2")
    assert client.get(reverse("ogc:item", args=["plots", hidden.pk])).status_code == 404
    assert client.get(reverse("ogc:item", args=["zones", feature["id"]])).status_code == 404


def test_pages_and_boxes(park: Any, staff: Any) -> None:
    client = staff.client("anonymous")
    plots = [create_plot(actor=None, title=f"Lô C{n}", code=f"C{n}", zone=park, access="public") for n in range(7)]
    set_outlines(actor=None, drawn=[Drawn(p.record, box(1000 * n, 5000)) for n, p in enumerate(plots)])
    items = reverse("ogc:items", args=["plots"])
    seen: list[int] = []
    address = f"{items}?limit=3"
    while address:
        page = of(client.get(address))
        assert page["numberMatched"] == 8
        seen += [f["id"] for f in page["features"]]
        address = next((x["href"] for x in page["links"] if x["rel"] == "next"), "")
    assert len(seen) == len(set(seen)) == 8
    w, s, e, n = box(1900, 4900, 200, 200).bounds
    assert titles(of(client.get(items, {"bbox": f"{w},{s},{e},{n}"}))) == {"Lô C2"}
    assert titles(of(client.get(items, {"bbox": f"{w},{s},0,{e},{n},9"}))) == {"Lô C2"}
    assert len(of(client.get(items, {"bbox": "170,-10,-100,30"}))["features"]) == 0, "over the antimeridian"
    assert len(of(client.get(items, {"bbox": "100,-10,-170,30"}))["features"]) == 8
    assert of(client.get(items, {"datetime": "2024-01-01/.."}))["numberMatched"] == 8


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "-1"}, {"limit": "x"}, {"limit": "9" * 40}, {"offset": "1.5"},
        {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "1,9,3,4"}, {"bbox": "nan,1,2,3"},
        {"datetime": "hôm qua"}, {"datetime": "a/b/c"}, {"datetime": "2024-99-01"}, {"f": "html"}, {"tên": "x"},
    ],
)  # fmt: skip
def test_a_question_that_is_none_is_refused_in_json(park: Any, staff: Any, query: dict[str, str]) -> None:
    answer = staff.client("anonymous").get(reverse("ogc:items", args=["plots"]), query)
    assert answer.status_code == 400
    assert of(answer)["description"]


def test_no_such_collection(park: Any, staff: Any) -> None:
    for address in ("/ogc/collections/x", "/ogc/collections/x/items", f"/ogc/collections/plots/items/{'9' * 30}"):
        assert staff.client("anonymous").get(address).status_code == 404
