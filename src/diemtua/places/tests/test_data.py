"""The reference data is what it says it is."""

import datetime
import gzip
import json
from collections import Counter

import pytest
from django.db.models import Count, Q

from diemtua.places import actions
from diemtua.places.models import (
    AdminUnit,
    Alias,
    BlocMembership,
    Country,
    DataVersion,
    Level,
    Outline,
    PlaceChange,
    Succession,
)

pytestmark = pytest.mark.usefixtures("places")
BEFORE, AFTER, CITY = datetime.date(2025, 6, 30), datetime.date(2025, 7, 1), datetime.date(2026, 4, 30)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (datetime.date(2023, 7, 18), (63, 696, 10_035)),
        (BEFORE, (63, 696, 10_035)),
        (AFTER, (34, 0, 3_321)),
        (CITY - datetime.timedelta(days=1), (34, 0, 3_321)),
        (CITY, (34, 0, 3_321)),
    ],
)
def test_counts_of_vietnam_on_a_day(day, counts):
    units = AdminUnit.objects.of_country("VN").on(day)
    assert tuple(units.filter(level=level).count() for level in Level.values) == counts


def test_471_communes_were_split():
    assert Succession.objects.filter(partial=True).values("predecessor").distinct().count() == 471
    divided = AdminUnit.objects.annotate(n=Count("successions_out")).filter(n__gt=1)
    assert divided.count() == 471
    assert not divided.exclude(successions_out__partial=True).exists()


def test_every_ended_province_and_commune_has_a_successor_of_that_day():
    ended = AdminUnit.objects.filter(valid_to__isnull=False)
    assert not ended.exclude(level=Level.DISTRICT).filter(successions_out__isnull=True).exists()
    islands = ended.filter(level=Level.DISTRICT, successions_out__isnull=False)
    assert {u.name for u in islands} == {"Bạch Long Vĩ", "Cồn Cỏ", "Hoàng Sa", "Lý Sơn", "Côn Đảo"}
    for step in Succession.objects.select_related("predecessor", "successor"):
        assert step.predecessor.valid_to == step.successor.valid_from == step.on


def test_every_unit_that_began_has_a_predecessor():
    assert not AdminUnit.objects.filter(valid_from__isnull=False, successions_in__isnull=True).exists()


def test_a_unit_lies_within_the_days_of_its_parent():
    for unit in AdminUnit.objects.filter(parent__isnull=False).select_related("parent"):
        parent = unit.parent
        assert parent.country_id == unit.country_id
        assert parent.valid_from is None or (unit.valid_from and parent.valid_from <= unit.valid_from)
        assert parent.valid_to is None or (unit.valid_to and unit.valid_to <= parent.valid_to)


def test_communes_and_districts_have_a_parent_and_codes_are_not_shared_on_a_day():
    vietnam = AdminUnit.objects.of_country("VN")
    assert not vietnam.exclude(level=Level.PROVINCE).filter(parent__isnull=True).exists()
    for day in (BEFORE, AFTER, CITY):
        shared = Counter(vietnam.on(day).values_list("level", "code"))
        assert max(shared.values()) == 1


def test_an_unmerged_province_is_one_row_and_a_merged_one_two():
    rows = Counter(AdminUnit.objects.of_country("VN").filter(level=Level.PROVINCE).values_list("code", flat=True))
    assert sum(1 for n in rows.values() if n == 1) == 11 + 63 - 34
    assert rows["33"] == 2
    assert rows["75"] == 3  # Đồng Nai: before, province after the merger, city
    assert AdminUnit.objects.get(ref="VN:province:34").valid_to == AFTER


def test_dong_nai_is_a_city_from_30_april_2026():
    kinds = [
        AdminUnit.objects.on(day).get(country="VN", level=Level.PROVINCE, code="75").kind
        for day in (BEFORE, AFTER, CITY - datetime.timedelta(days=1), CITY)
    ]
    assert kinds == ["tỉnh", "tỉnh", "tỉnh", "thành phố"]


def test_hung_yen_has_104_communes():
    assert AdminUnit.objects.get(ref="VN:province:33@2025-07-01").children.count() == 104


def test_outlines():
    assert Outline.objects.filter(unit__level=Level.PROVINCE).count() == 34
    assert Outline.objects.filter(unit__level=Level.COMMUNE).count() == 401
    shape = Outline.objects.get(unit__ref="VN:province:33@2025-07-01").geometry
    ring = shape["coordinates"][0][0]
    assert ring[0] == ring[-1]
    assert all(105 < x < 108 and 19 < y < 22 for x, y in ring)


def test_countries_blocs_and_their_days():
    assert Country.objects.count() == 249
    in_bloc = Country.objects.in_bloc
    assert in_bloc("ASEAN", datetime.date(2025, 10, 25)).count() == 10
    assert in_bloc("ASEAN", datetime.date(2025, 10, 26)).count() == 11
    assert in_bloc("EU", datetime.date(2020, 1, 31)).count() == 28
    assert in_bloc("EU", datetime.date(2020, 2, 1)).count() == 27
    assert {"BR", "AR", "CL"} <= set(in_bloc("005", AFTER).values_list("code", flat=True))
    assert {"ZA", "EG", "NG"} <= set(in_bloc("002", AFTER).values_list("code", flat=True))
    assert not BlocMembership.objects.filter(basis="").exists()


def test_names_are_clean():
    for name in AdminUnit.objects.values_list("name", flat=True):
        assert name == actions.nfc(" ".join(name.split()))
        assert name[0] == name[0].upper()
    assert not AdminUnit.objects.filter(Q(key="") | Q(sort_key="")).exists()
    assert not Alias.objects.filter(key="").exists()


def test_foreign_units_of_the_real_partners():
    assert AdminUnit.objects.get(ref="CN:province:CN-SX").name == "Sơn Tây"
    assert AdminUnit.objects.get(ref="CN:province:CN-SN").name == "Thiểm Tây"
    assert AdminUnit.objects.get(ref="KR:district:KR-47-YEONGJU").parent.name_en == "North Gyeongsang"


def test_loading_again_changes_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert not actions.load_reference_data().changed


def test_a_new_edition_mends_what_differs_and_keeps_what_officers_added(people):
    officer = people("officer")
    unit = AdminUnit.objects.get(ref="VN:province:34")
    actions.add_alias(actor=officer, unit=unit, text="Quê lúa")
    mine = actions.add_foreign_locality(
        actor=officer,
        country=Country.objects.get(pk="LA"),
        name="Luông Nậm Thà",
        level=Level.PROVINCE,
        kind="tỉnh",
    )
    AdminUnit.objects.filter(pk=unit.pk).update(name="sai", key="sai")
    DataVersion.objects.update(hash="old")
    said: list[str] = []
    report = actions.load_reference_data(said.append)
    assert report.changed
    assert len(said) == 4
    assert report.created["adminunit"] == 0
    assert report.updated["adminunit"] == 1
    assert report.stale == []
    unit.refresh_from_db()
    assert unit.name == "Thái Bình"
    assert unit.aliases.filter(text="Quê lúa").exists()
    assert AdminUnit.objects.filter(pk=mine.pk).exists()
    assert PlaceChange.objects.filter(what=PlaceChange.What.LOADED).exists()


def test_a_unit_that_left_the_data_is_named_and_kept():
    DataVersion.objects.update(hash="old")
    AdminUnit.objects.create(
        ref="VN:commune:99999",
        code="99999",
        level=Level.COMMUNE,
        name="Cũ",
        full_name="Xã Cũ",
        key="cu",
        sort_key="5p",
        country_id="VN",
    )
    assert actions.load_reference_data().stale == ["VN:commune:99999"]


def test_the_files_are_small_and_readable():
    total = sum(len(actions._read(name)) for name in actions.FILES)
    assert total < 450_000
    assert len(json.loads(gzip.decompress(actions._read("outlines.json.gz")))) == 435
