"""The map of projects: a zone with an outline carries how many projects stand in it."""

from __future__ import annotations

from typing import Any

import shapely
from django.urls import reverse

from diemtua.land.actions.outlines import Drawn, set_outlines
from diemtua.land.shapes.measuring import Flat
from diemtua.projects.tests.test_projects import create
from diemtua.testing.pages import body, shows


def test_zones_carry_their_projects(places: None, staff: Any, samples: Any) -> None:
    shape = Flat(106.556, 20.566).to_degrees(shapely.box(-100, -100, 900, 500))
    set_outlines(actor=None, drawn=[Drawn(samples.zone.record, shape, source="Thử")])
    create(samples, staff, "Trong khu", zone=samples.zone)
    create(samples, staff, "Ngoài khu", where="xã Trăng Rằm")
    address = reverse("projects:map")
    page = body(staff.client("viewer").get(address))
    # The sample is in the zone too.
    assert page.count("<circle") == 1
    assert ">2</text>" in page
    nowhere = staff.client("viewer").get(address, {"stage": "revoked"})
    assert "<circle" not in body(nowhere)
    assert not shows(nowhere, samples.zone.record.title)
