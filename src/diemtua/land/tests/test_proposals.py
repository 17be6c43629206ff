"""What documents propose of zones and of who is in them, and which zones of the register those are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import pytest

from diemtua.land import actions
from diemtua.land.proposals import recognise
from diemtua.places.queries import find
from diemtua.register.models import Record
from diemtua.sources.proposing import Asked, Known, Sheet, Thing, draw_up, names_of, stored
from diemtua.testing.readings import marked

pytestmark = pytest.mark.django_db
DAY = datetime.date(2023, 7, 18)
TOLD = (
    "{ORG#a|Sunhwa Mẫu} đầu tư {MONEY#m|35 triệu USD} cho {PROJECT#p|Nhà máy Mẫu} tại {PARK#k|KCN Đồng Mơ}, "
    "{VN_LOCALITY#x|xã Mơ Tím}, {VN_LOCALITY#tb=Thái Bình|tỉnh Thái Bình}. {PARK#k|KCN Đồng Mơ} rộng {AREA#ha|588,84 ha}, "
    "vốn {MONEY#v|3.885 tỷ đồng}."
)
SAID = [
    ("invests", "a", "p", "planned"),
    ("invests", "a", "k"),
    ("amount_of", "m", "p"),
    ("area_of", "ha", "k"),
    ("amount_of", "v", "k"),
    ("located_in", "k", "tb"),
    ("located_in", "k", "x"),
    ("located_in", "p", "k"),
]
NORMS = {
    "m": {"amount": 35_000_000, "currency": "USD"},
    "v": {"amount": 3885 * 10**9, "currency": "VND"},
    "ha": 588.84,
}


def sheet_of(text: str, said: Iterable[Any] = (), **norms: Any) -> Sheet:
    return draw_up(marked(text, said, home="Thái Bình", published=DAY.isoformat(), norms=norms))


def things(sheet: Sheet, kind: str = "zone") -> dict[str, Thing]:
    return {t.title: t for (k, _key), t in sheet.things.items() if k == kind}


def said(thing: Thing) -> dict[str, Any]:
    """The facts of a thing; of several rows the last."""
    return {f.field: stored(f.value) for f in thing.facts.values()}


def test_parks_and_who_invests_in_them(places: None) -> None:
    sheet = sheet_of(TOLD, SAID, **NORMS)
    (park,), (investor,) = things(sheet).values(), things(sheet, "party").values()
    assert (park.title, park.needed) == ("Khu công nghiệp Đồng Mơ", {"type": "industrial_park"})
    assert investor.needed["kind"] == "company"
    assert said(investor)["description"] == "Nhà máy Mẫu"
    assert said(investor)["site"] == {"subject": park.key}
    as_of = {"as_of": "2023-07-18", "stage": "announced"}
    assert said(investor)["figures"] == {"measure": "capital", "value": "35", "unit": "triệu USD", **as_of}
    figures = [f.value for f in park.facts.values() if f.field == "figures"]
    assert {"measure": "area", "value": "588.84", "unit": "ha", **as_of} in figures
    assert {"measure": "capital", "value": "3885", "unit": "tỷ đồng", **as_of} in figures
    unit = find("Thái Bình", on=DAY, level="province", country="VN").unit
    assert unit is not None
    assert said(park)["province"] == unit.pk
    assert said(park)["where"] == "xã Mơ Tím"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Khu kinh tế Mơ", "economic_zone"),
        ("KKT Mơ", "economic_zone"),
        ("CCN Mơ", "industrial_cluster"),
        ("KCN Mơ", "industrial_park"),
    ],
)
def test_the_name_tells_the_type(places: None, name: str, kind: str) -> None:
    (zone,) = things(sheet_of(f"{{PARK#a|{name}}} mở rộng.")).values()
    assert zone.needed["type"] == kind


def test_no_zone_lies_in_itself(places: None) -> None:
    text = "{PARK#a|Khu kinh tế Mơ} có {PARK#b|KCN Mận}, {PARK#c|KCN Đào}."
    circle = [("located_in", "a", "b"), ("located_in", "b", "c"), ("located_in", "c", "a"), ("located_in", "a", "a")]
    found = things(sheet_of(text, circle))
    assert sum("parent" in said(t) for t in found.values()) == 2


def test_who_left_a_park_is_not_in_it(places: None) -> None:
    text = "{ORG#a|Công ty Mẫu} rút khỏi {PARK#k|KCN Đồng Mơ}."
    sheet = sheet_of(text, [("invests", "a", "k", "ended")])
    assert all("site" not in said(t) for t in things(sheet, "party").values())


def test_a_zone_is_known_by_its_names(places: None) -> None:
    zone = actions.create_zone(
        actor=None,
        title="Khu công nghiệp Đồng Mơ",
        type="industrial_park",
        children={"names": [{"text": "Green Mơ-1", "kind": "other"}]},
    )
    called = {name: m.key for name, m in names_of(Record.objects.live()) if m.key == f"zone:{zone.pk}"}
    assert set(called) == {"Khu công nghiệp Đồng Mơ", "Green Mơ-1"}
    for written, sure in (("KCN Đồng Mơ", True), ("Green Mơ-1", True), ("Khu cong nghiep Dong Mo", False)):
        asked = Asked("zone", "zone:x", written, [], {})
        found = recognise([asked], Known(Record.objects.live(), DAY, {}))
        assert {(c.record, c.sure) for c in found.get("zone:x", [])} == {(zone.pk, sure)}, written
