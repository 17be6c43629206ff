"""Outlines of zones and plots: kept with their history, brought in from files, taken back as one."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from diemtua.land.actions.outlines import Drawn, set_outline, set_outlines
from diemtua.land.actions.zones import create_plot, create_zone
from diemtua.land.models import Outline, Plot
from diemtua.land.shapes.measuring import Flat
from diemtua.land.shapes.systems import System, from_wgs84, system
from diemtua.places.queries import find
from diemtua.register import merging, write
from diemtua.register.models import Batch, Change, Record
from diemtua.testing.pages import body, shows

from .shapes.files import feature, geojson, kml, shapes

# Somewhere in the commune of Thái Thụy, formerly Thái Bình.
FLAT = Flat(106.556, 20.566)


def box(x: float, y: float, w: float = 200, h: float = 100) -> Any:
    """A rectangle in metres from the middle of the commune; 200 × 100 m are two hectares."""
    return FLAT.to_degrees(shapely.box(x, y, x + w, y + h))


def ring(shape: Any) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in shape.exterior.coords]


@pytest.fixture
def zone(places: None, staff: Any) -> Any:
    """A park with two plots; the officer reads English, so that sentences can be looked for as they stand here."""
    for person in (staff.officer, staff.other):
        person.language = "en"
        person.save(update_fields=["language"])
    made = create_zone(
        actor=None,
        title="Khu công nghiệp Sao Khuê",
        type="industrial_park",
        area_ha=Decimal(300),
        unit=staff.unit,
        children={"communes": [{"unit": find("xã Thái Thụy, Hưng Yên").unit}]},
    )
    for code in ("A1", "A2"):
        create_plot(actor=None, title=f"Lô {code} Sao Khuê", zone=made, code=code, area_ha=Decimal(2), unit=staff.unit)
    return made


def plot(code: str) -> Plot:
    return Plot.objects.get(code=code, zone__record__title="Khu công nghiệp Sao Khuê")


# --- one outline ----------------------------------------------------------------------------------


def test_an_outline_is_kept_with_its_measures_and_history(zone: Any, staff: Any) -> None:
    record = plot("A1").record
    row = set_outline(record=record, actor=staff.officer, geometry=box(0, 0), source="Bản đồ thử")
    assert row is not None
    assert row.area_ha == pytest.approx(2, rel=1e-3)
    assert row.geometry.equals(box(0, 0))
    assert row.min_x < row.center_x < row.max_x
    set_outline(record=record, actor=staff.officer, geometry=box(0, 0, 150), source="Bản đồ mới")
    set_outline(record=record, actor=staff.officer, geometry=box(0, 0, 150), source="Bản đồ mới")
    first, second = record.changes.filter(diff__has_key=f"outline:{record.pk}").order_by("id")
    assert (first.diff[f"outline:{record.pk}"][0], first.actor) == (None, staff.officer)
    history = staff.client("viewer").get(reverse("desk:history", args=[record.pk]))
    assert shows(history, "Bản đồ mới")
    with pytest.raises(write.CannotUndo):
        write.undo(first, actor=staff.officer)
    write.undo(second, actor=staff.officer)
    assert Outline.objects.get(pk=record.pk).source == "Bản đồ thử"
    assert set_outline(record=record, actor=staff.officer, geometry=None) is None


@pytest.mark.parametrize(
    "geometry",
    [
        shapely.Polygon([(106.5, 20.5), (106.6, 20.6), (106.6, 20.5), (106.5, 20.6)]),
        shapely.Polygon(),
        shapely.Point(106.5, 20.5),
        shapely.box(106.5, 95, 106.6, 96),
        shapely.box(500_000, 2_200_000, 500_100, 2_200_100),
    ],
)
def test_what_is_no_outline_is_refused(zone: Any, geometry: Any) -> None:
    with pytest.raises(ValidationError):
        set_outline(record=plot("A1").record, actor=None, geometry=geometry)
    assert not Outline.objects.exists()


def test_all_or_nothing_and_only_by_those_who_may(zone: Any, staff: Any, samples: Any) -> None:
    drawn = [Drawn(plot("A1").record, box(0, 0)), Drawn(plot("A2").record, shapely.Polygon())]
    with pytest.raises(ValidationError):
        set_outlines(actor=None, drawn=drawn)
    assert not Outline.objects.exists()
    for actor in (staff.viewer, staff.other):
        with pytest.raises(PermissionDenied):
            set_outlines(actor=actor, drawn=drawn[:1])
    with pytest.raises(Record.DoesNotExist):
        set_outlines(actor=None, drawn=[Drawn(samples.partner.record, box(0, 0))])
    Record.objects.filter(pk=plot("A1").pk).update(access="unit")
    with pytest.raises(Record.DoesNotExist):
        set_outlines(actor=staff.other, drawn=drawn[:1])


def test_merging_keeps_the_outline_of_the_plot_that_stays(zone: Any) -> None:
    keep, drop = plot("A1"), plot("A2")
    for one, shape in ((keep, box(0, 0)), (drop, box(300, 0))):
        set_outline(record=one.record, actor=None, geometry=shape)
    merging.merge(actor=None, keep=keep, drop=drop, reason="nhập trùng")
    assert Outline.objects.get(pk=keep.pk).geometry.equals(box(0, 0))


# --- from a file ----------------------------------------------------------------------------------


def send(staff: Any, zone: Any, data: bytes, name: str = "lo.geojson", **more: Any) -> Any:
    """The answer to a file sent as the officer does it: the report, or the form with what is wrong."""
    values = {"zone": zone.pk, "what": "plots", "file": SimpleUploadedFile(name, data), **more}
    return staff.client("officer").post(reverse("land:outlines"), values, follow=True)


def at(answer: Any) -> str:
    return answer.redirect_chain[-1][0]


def two(crs: str = "", turn: Any = lambda points: points) -> bytes:
    import numpy as np

    def turned(shape: Any) -> list[tuple[float, float]]:
        return [tuple(map(float, p)) for p in turn(np.array(ring(shape)))]  # type: ignore[misc]

    return geojson(
        feature(turned(box(0, 0)), ma_lo="Lô A-1", dt_ha=2.0),
        feature(turned(box(220, 0)), ma_lo="A2", dt_ha=2.0),
        crs=crs,
    )


def test_a_file_is_shown_then_saved_as_one_batch_and_taken_back(zone: Any, staff: Any) -> None:
    report = send(staff, zone, two())
    assert report.status_code == 200
    assert shows(report, "Lô A-1")
    assert not Outline.objects.exists(), "nothing is saved before it is asked for"
    done = staff.client("officer").post(at(report), {"create": "on", "source": "Trích đo thử"}, follow=True)
    assert done.status_code == 200
    assert {o.pk for o in Outline.objects.all()} == {plot("A1").pk, plot("A2").pk}
    assert Outline.objects.get(pk=plot("A1").pk).source == "Trích đo thử"
    batch = Batch.objects.get(kind="import")
    assert (batch.created, batch.changed, batch.changes.count()) == (0, 2, 2)
    assert staff.client("officer").get(at(report)).status_code == 404, "the file is gone once it is saved"
    write.undo_batch(batch, actor=staff.lead)
    assert not Outline.objects.exists()
    assert Change.objects.filter(undoes__batch=batch).count() == 2


def test_missing_plots_are_made_with_the_area_that_is_stated(zone: Any, staff: Any) -> None:
    data = geojson(feature(ring(box(0, 0)), ma_lo="B7", dt_m2=20_000), feature(ring(box(300, 0)), ma_lo="B8"))
    report = send(staff, zone, data)
    staff.client("officer").post(at(report), {"create": "on"})
    assert plot("B7").area_ha == 2
    assert plot("B8").area_ha is None, "what only the drawing says is no fact"
    assert plot("B7").record.unit_id == zone.record.unit_id
    write.undo_batch(Batch.objects.get(kind="import"), actor=staff.lead)
    assert not Plot.objects.live().filter(code__in=["B7", "B8"]).exists()
    assert not Outline.objects.exists()


def test_without_the_tick_no_plot_is_made(zone: Any, staff: Any) -> None:
    report = send(staff, zone, geojson(feature(ring(box(0, 0)), ma_lo="B7"), feature(ring(box(300, 0)), ma_lo="A1")))
    refused = staff.client("officer").post(at(report), {"source": "x"})
    assert refused.status_code == 422
    assert not Outline.objects.exists()
    saved = staff.client("officer").post(at(report), {"source": "x", "leave_out": "on"})
    assert saved.status_code == 302
    assert [o.pk for o in Outline.objects.all()] == [plot("A1").pk]


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        ("vn2000/3/105.5", "EPSG:9209"),
        ("vn2000/3/105.5", ""),
        ("vn2000/6/105", "EPSG:3405"),
        ("vn2000/3/105.5", "no such"),
    ],
)
def test_vn_2000_is_known_by_what_the_file_says_or_where_it_lies(
    zone: Any, staff: Any, reading: str, says: str
) -> None:
    zone_of, meridian = reading.split("/")[1:]
    system = System(True, int(zone_of), float(meridian))
    report = send(staff, zone, two(says, lambda points: from_wgs84(points, system)))
    assert not shows(report, "and not in")
    staff.client("officer").post(at(report), {"create": "on"})
    row = Outline.objects.get(pk=plot("A1").pk)
    assert row.system == reading
    assert shapely.equals_exact(row.geometry.normalize(), box(0, 0).normalize(), 1e-7)


def test_swapped_coordinates_are_told_with_the_way_out(zone: Any, staff: Any) -> None:
    report = send(staff, zone, two(turn=lambda points: points[:, ::-1]))
    page = body(report)
    assert "swapped=on" in page
    assert staff.client("officer").post(at(report), {"create": "on"}).status_code == 422
    assert not Outline.objects.exists()
    mended = {"create": "on", "reading": "wgs84", "swapped": "on"}
    assert staff.client("officer").post(at(report), mended).status_code == 302
    assert Outline.objects.get(pk=plot("A1").pk).geometry.equals_exact(box(0, 0), 1e-9)


def test_vn_2000_read_wrongly_is_said_to_lie_elsewhere(zone: Any, staff: Any) -> None:
    """Metres as degrees; another meridian; northing before easting: each is named, each has its way out."""
    system = System(True, 3, 105.5)
    report = send(staff, zone, two(turn=lambda points: from_wgs84(points, system)))
    client = staff.client("officer")
    as_degrees = client.get(at(report), {"reading": "wgs84"})
    assert shows(as_degrees, "VN-2000, 3°, 105°30′")
    other = client.get(at(report), {"reading": "vn2000/3/103"})
    assert shows(other, "Son La") or shows(other, "Laos"), "where the numbers land is named"
    assert client.post(at(report), {"reading": "vn2000/3/103", "create": "on"}).status_code == 422
    swapped = send(staff, zone, two(turn=lambda points: from_wgs84(points, system)[:, ::-1]))
    assert "vn2000%2F3%2F105.5" in body(swapped)
    assert "swapped=on" in body(swapped)


def test_degrees_and_metres_are_not_mixed_up(zone: Any, staff: Any) -> None:
    """VN-2000 written in degrees is its own system; degrees cannot be read as a zone in metres."""
    client = staff.client("officer")
    report = send(staff, zone, two())
    as_metres = client.get(at(report), {"reading": "vn2000/3/105.5"})
    assert shows(as_metres, "The numbers of this file are degrees, and VN-2000")
    assert client.post(at(report), {"reading": "vn2000/3/105.5", "create": "on"}).status_code == 422
    assert not Outline.objects.exists()
    datum = system("vn2000")
    degrees = send(staff, zone, two(turn=lambda points: from_wgs84(points, datum)))
    assert client.post(at(degrees), {"reading": "vn2000", "create": "on"}).status_code == 302
    row = Outline.objects.get(pk=plot("A1").pk)
    assert row.system == "vn2000"
    assert shapely.equals_exact(row.geometry.normalize(), box(0, 0).normalize(), 1e-7)


def test_a_negative_area_in_the_file_is_told_beside_its_plot(zone: Any, staff: Any) -> None:
    data = geojson(
        feature(ring(box(0, 0)), ma_lo="N1", dt_ha=-2.0),
        feature(ring(box(220, 0)), ma_lo="N2", dt_ha=2.0),
    )
    report = send(staff, zone, data)
    assert shows(report, "The file states an area below 0: -2. Check the sign.")
    client = staff.client("officer")
    assert client.post(at(report), {"create": "on", "confirmed": "on"}).status_code == 422
    assert not Outline.objects.exists()
    assert client.post(at(report), {"create": "on", "confirmed": "on", "leave_out": "on"}).status_code == 302
    assert {o.record.plot.code for o in Outline.objects.all()} == {"N2"}


def test_each_plot_is_told_what_is_wrong_with_it(zone: Any, staff: Any) -> None:
    bow = [(106.556, 20.566), (106.558, 20.568), (106.558, 20.566), (106.556, 20.568), (106.556, 20.566)]
    data = geojson(
        feature(bow, ma_lo="A1"),
        feature(ring(box(0, 500, 400)), ma_lo="A2"),  # four hectares, two are stated
        feature(ring(box(390, 500)), ma_lo="A3", dt_ha=2),
        feature(ring(box(0, 1000)), ma_lo="A4"),
        feature(ring(box(0, 1300)), ma_lo="a 4"),
        feature(ring(box(0, 1600)), note="x"),
        feature(ring(box(90_000, 0)), ma_lo="A5"),
    )
    report = send(staff, zone, data)
    for words in (
        "crosses itself",
        "It overlaps A3",
        "Drawn are 4.00 ha",
        "bear the number",
        "bears no plot number",
        "and not in",
    ):
        assert shows(report, words), words
    client = staff.client("officer")
    assert client.post(at(report), {"create": "on"}).status_code == 422
    assert client.post(at(report), {"create": "on", "leave_out": "on"}).status_code == 422, (
        "warnings are to be looked at"
    )
    assert not Outline.objects.exists()
    assert client.post(at(report), {"create": "on", "leave_out": "on", "confirmed": "on"}).status_code == 302
    assert {o.record.plot.code for o in Outline.objects.all()} == {"A2", "A3"}


def test_the_outline_of_the_zone_itself(zone: Any, staff: Any) -> None:
    report = send(staff, zone, kml(("Ranh giới", ring(box(-500, -500, 2000, 1500)))), "ranh.kml", what="zone")
    staff.client("officer").post(at(report), {"confirmed": "on"})
    assert Outline.objects.get().pk == zone.pk
    # From then on plots are held against it.
    report = send(staff, zone, geojson(feature(ring(box(1400, 0)), ma_lo="A1")))
    assert shows(report, "outside the outline of the park")


def test_a_shapefile_with_the_park_among_its_plots(zone: Any, staff: Any) -> None:
    data = shapes(("KCN Sao Khuê", ring(box(-100, -100, 900, 500))), ("A1", ring(box(0, 0))))
    create = {"create": "on", "confirmed": "on"}
    write.update(
        zone, actor=None, children={"names": write.ChildEdits(create=[{"text": "KCN Sao Khuê", "kind": "short"}])}
    )
    staff.client("officer").post(at(send(staff, zone, data, "lo.zip")), create)
    assert {o.pk for o in Outline.objects.all()} == {zone.pk, plot("A1").pk}


@pytest.mark.parametrize("data", [b"", b"{", b"PK\x03\x04", b"<kml/>", b"%PDF-1.4 x", geojson()])
def test_files_that_are_none_get_a_sentence_and_are_not_kept(zone: Any, staff: Any, files: Any, data: bytes) -> None:
    answer = send(staff, zone, data)
    assert answer.status_code == 422
    assert not list(files.glob("uploads/*"))


def test_nobody_else_sees_a_waiting_file_and_viewers_bring_nothing(zone: Any, staff: Any) -> None:
    report = send(staff, zone, two())
    assert staff.client("lead").get(at(report)).status_code == 404
    assert staff.client("viewer").get(reverse("land:outlines")).status_code == 403
    outsider = staff.client("other")
    values = {"zone": zone.pk, "what": "plots", "file": SimpleUploadedFile("lo.geojson", two())}
    assert outsider.post(reverse("land:outlines"), values).status_code == 422, "a zone of another unit"
    Record.objects.filter(pk=zone.pk).update(access="unit")
    values["file"].seek(0)
    hidden = outsider.post(reverse("land:outlines"), values)
    assert hidden.status_code == 422
    assert not shows(hidden, "Sao Khuê")


def test_a_secret_plan_is_refused_and_not_kept(zone: Any, staff: Any, files: Any) -> None:
    data = geojson(feature(ring(box(0, 0)), ma_lo="A1", ghi_chu="TỐI MẬT"))
    assert send(staff, zone, data).status_code == 422
    assert send(staff, zone, two(), "so do TUYỆT MẬT.geojson").status_code == 422
    assert not list(files.glob("uploads/*"))


def test_an_outline_that_crosses_itself_a_million_times_is_only_told_of(zone: Any, staff: Any) -> None:
    """A star of 2,001 corners, each side of which crosses every other."""
    turns = [6.283185307179586 * 1000 * n / 2001 for n in range(2001)]
    star = [(106.556 + 0.001 * math.cos(a), 20.566 + 0.001 * math.sin(a)) for a in turns]
    report = send(staff, zone, geojson(feature([*star, star[0]], ma_lo="A1")))
    assert shows(report, "crosses itself")
    assert len(body(report)) < 200_000
