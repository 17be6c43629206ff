"""Ports, airports, gates and junctions: adding, changing, removing, and roads measured to them, by their pages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from diemtua.land.actions.destinations import load_destinations
from diemtua.land.models import Destination, RoadDistance
from diemtua.land.queries import distances
from diemtua.register.models import Change
from diemtua.testing.pages import Staff, body, says, shows

pytestmark = pytest.mark.django_db
GIVEN = {
    "kind": "junction",
    "name_vi": "Nút giao Thử Nghiệm",
    "name_en": "Thu Nghiem interchange",
    "lat": "20,45",
    "lon": "106,34",
    "accuracy_km": "0,5",
    "source": "Bản đồ thử",
}


def send(staff: Staff, who: str = "officer", name: str = "land:destination-new", code: str = "", **values: Any) -> Any:
    return staff.client(who).post(reverse(name, args=[code] if code else []), {**GIVEN, **values})


@pytest.fixture
def added(staff: Staff) -> Destination:
    assert send(staff).status_code == 302
    return Destination.objects.get()


def test_an_officer_adds_one_and_changes_it(staff: Staff, added: Destination) -> None:
    assert (added.lat, added.lon, added.accuracy_km, added.origin) == (20.45, 106.34, 0.5, "officer")
    page = staff.client("viewer").get(reverse("land:destinations"))
    assert shows(page, "Thu Nghiem interchange") or shows(page, "Nút giao Thử Nghiệm")
    assert send(staff, name="land:destination", code=added.pk, accuracy_km="2").status_code == 302
    added.refresh_from_db()
    assert added.accuracy_km == 2
    history = Change.objects.filter(subject=f"destination:{added.pk}").order_by("pk")
    assert [(c.verb, c.actor) for c in history] == [("create", staff.officer), ("edit", staff.officer)]
    assert history.last().diff == {"accuracy_km": [0.5, 2.0]}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"lat": "106,34", "lon": "20,45"},
            "Longitude and latitude seem to be swapped: the latitude of Vietnam lies between 8 and 24.",
        ),
        (
            {"lat": "2262345,1", "lon": "589123,4"},
            "These are metres, most likely VN-2000. Write longitude and latitude in degrees (WGS 84).",
        ),
        ({"lat": "20,45", "lon": "-106,34"}, "This point lies far from Vietnam. Check longitude and latitude."),
        ({"lat": "95", "lon": "120"}, "A latitude lies between -90 and 90 degrees."),
    ],
)
def test_points_that_are_something_else_come_back(staff: Staff, values: dict, sentence: str) -> None:
    answer = send(staff, **values)
    assert answer.status_code == 422
    assert says(answer, sentence), body(answer)
    assert not Destination.objects.exists()
    for value in values.values():
        assert shows(answer, value), "what was typed stays"


def test_one_name_stands_once(staff: Staff, added: Destination) -> None:
    assert send(staff).status_code == 422
    assert send(staff, name_vi="Nút giao khác", name_en="Another interchange").status_code == 302
    assert Destination.objects.count() == 2


def test_who_may_only_look(staff: Staff, added: Destination) -> None:
    url = reverse("land:destination", args=[added.pk])
    page = staff.client("viewer").get(url)
    assert page.status_code == 200
    assert '<form method="post" action="/desk/land' not in body(page)
    assert send(staff, "viewer").status_code == 403
    assert send(staff, "viewer", "land:destination", added.pk, accuracy_km="9").status_code == 403
    added.refresh_from_db()
    assert added.accuracy_km == 0.5


def test_a_measured_road_goes_before_the_straight_line(
    staff: Staff, samples: SimpleNamespace, added: Destination
) -> None:
    road = {"record": samples.zone.pk, "km": "31,5", "measured_on": "20/11/2025", "measured_by": "Sở Thử"}
    assert send(staff, name="land:destination-road", code=added.pk, **road).status_code == 302
    assert send(staff, name="land:destination-road", code=added.pk, **{**road, "km": "32"}).status_code == 302
    row = RoadDistance.objects.get()
    assert (row.record, row.km, row.measured_by) == (samples.zone.record, 32, "Sở Thử")
    assert Change.objects.filter(record=samples.zone.record, diff__has_key="roads").count() == 2
    assert shows(staff.client("viewer").get(reverse("land:destination", args=[added.pk])), "Khu công nghiệp Sao Mai")
    wrong = send(staff, name="land:destination-road", code=added.pk, **{**road, "km": "31500"})
    assert wrong.status_code == 422
    assert says(wrong, "No road of the country is that long. Write kilometres, not metres.")
    _point, rows = distances.table(samples.zone.record)
    assert all(d.road_km == 32 for d in rows)


def test_a_road_from_a_hidden_park_is_not_shown(staff: Staff, samples: SimpleNamespace, added: Destination) -> None:
    road = {"record": samples.zone.pk, "km": "31,5"}
    assert send(staff, name="land:destination-road", code=added.pk, **road).status_code == 302
    samples.zone.record.access, samples.zone.record.unit = "unit", staff.other_unit
    samples.zone.record.save()
    page = staff.client("officer").get(reverse("land:destination", args=[added.pk]))
    assert not shows(page, "Khu công nghiệp Sao Mai")
    assert send(staff, name="land:destination-road", code=added.pk, **road).status_code == 422


def test_only_what_nobody_uses_is_removed(staff: Staff, samples: SimpleNamespace, added: Destination) -> None:
    road = {"record": samples.zone.pk, "km": "31,5"}
    send(staff, name="land:destination-road", code=added.pk, **road)
    send(staff, name="land:destination-remove", code=added.pk)
    assert Destination.objects.filter(pk=added.pk).exists()
    RoadDistance.objects.all().delete()
    send(staff, name="land:destination-remove", code=added.pk)
    assert not Destination.objects.filter(pk=added.pk).exists()
    assert Change.objects.filter(subject=f"destination:{added.pk}", verb="withdraw").exists()


def test_a_later_edition_leaves_what_an_officer_mended(staff: Staff) -> None:
    load_destinations()
    port = Destination.objects.get(pk="port-hai-phong")
    values = {n: getattr(port, n) for n in ("kind", "name_vi", "name_en", "source")} | {"lat": "20,86", "lon": "106,72"}
    assert send(staff, name="land:destination", code=port.pk, **values).status_code == 302
    send(staff, name="land:destination-remove", code=port.pk)
    from diemtua.places.models import DataVersion

    DataVersion.objects.filter(name="destinations").delete()
    assert load_destinations()
    port.refresh_from_db()
    assert (port.lat, port.lon) == (20.86, 106.72)
