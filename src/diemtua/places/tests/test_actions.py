"""What officers add, and that its history stays."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from diemtua.places.actions import add_alias, add_foreign_locality
from diemtua.places.models import AdminUnit, Country, Level, Origin, PlaceChange
from diemtua.places.queries import find

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def officer(people):
    return people("officer")


@pytest.fixture
def xayaboury():
    return AdminUnit.objects.get(ref="LA:province:LA-XA")


def test_an_alias_is_found_from_then_on(officer, xayaboury):
    alias = add_alias(actor=officer, unit=xayaboury, text="  Sảy-nhạ  bu ly\u200e ", language="vi", note="báo cáo 2019")
    assert alias.text == "Sảy-nhạ bu ly"
    assert find("say nha bu ly").unit == xayaboury
    change = PlaceChange.objects.get(what=PlaceChange.What.ALIAS_ADDED)
    assert (change.actor, change.unit, change.after["text"]) == (officer, xayaboury, "Sảy-nhạ bu ly")


@pytest.mark.parametrize(
    "text", ["", "  ", "\u200e", "!!", "x" * 121, "Xayaboury", "xay nhạ bu ly", "TỈNH Xay Nhạ Bu Ly"]
)
def test_an_alias_that_is_empty_long_or_known_is_refused(officer, xayaboury, text):
    with pytest.raises(ValidationError) as caught:
        add_alias(actor=officer, unit=xayaboury, text=text)
    assert list(caught.value.message_dict) == ["text"]
    assert not PlaceChange.objects.filter(what=PlaceChange.What.ALIAS_ADDED).exists()


def test_a_viewer_may_not_change_places(people, xayaboury):
    with pytest.raises(PermissionDenied):
        add_alias(actor=people("viewer"), unit=xayaboury, text="Mới")


def test_a_foreign_locality_with_its_names(officer):
    laos = Country.objects.get(pk="LA")
    unit = add_foreign_locality(
        actor=officer,
        country=laos,
        name="Luông Nậm Thà",
        level=Level.PROVINCE,
        kind="Tỉnh",
        name_en="Luang Namtha",
        aliases=[("ຫຼວງນ້ຳທາ", "lo")],
    )
    assert (unit.full_name, unit.origin) == ("Tỉnh Luông Nậm Thà", Origin.OFFICER)
    for text in ("luong nam tha", "Luang Namtha Province", "ຫຼວງນ້ຳທາ"):
        assert find(text).unit == unit
    town = add_foreign_locality(actor=officer, country=laos, name="Mường Sing", level=Level.DISTRICT, parent=unit)
    assert town.parent == unit
    assert town.full_name == "Mường Sing"
    assert PlaceChange.objects.filter(what=PlaceChange.What.LOCALITY_ADDED).count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Xayaboury"}, "name"),
        ({"name": "xay nha bu ly"}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"country": "VN"}, "country"),
        ({"level": "planet"}, "level"),
        ({"parent": "CN:province:CN-SX"}, "parent"),
        ({"parent": "LA:province:LA-XA"}, "parent"),
        ({"aliases": [("A", ""), ("a", "")]}, "aliases"),
        ({"aliases": [("Nơi mới", "")]}, "aliases"),
        ({"aliases": [("B", "language")]}, None),
        ({"aliases": [("B", "languages")]}, "aliases"),
        ({"kind": "k" * 31}, "kind"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(officer, given, field):
    values = {"name": "Nơi mới", "country": "LA", "level": Level.PROVINCE, **given}
    values["country"] = Country.objects.get(pk=values["country"])
    if "parent" in values:
        values["parent"] = AdminUnit.objects.get(ref=values["parent"])
    if field is None:
        add_foreign_locality(actor=officer, **values)
        return
    with pytest.raises(ValidationError) as caught:
        add_foreign_locality(actor=officer, **values)
    assert list(caught.value.message_dict) == [field]


def test_history_is_append_only(officer, xayaboury):
    add_alias(actor=officer, unit=xayaboury, text="Tên khác")
    change = PlaceChange.objects.latest("pk")
    for forbidden in (change.save, change.delete, PlaceChange.objects.all().delete):
        with pytest.raises(TypeError):
            forbidden()
    with pytest.raises(TypeError):
        PlaceChange.objects.update(what="x")
