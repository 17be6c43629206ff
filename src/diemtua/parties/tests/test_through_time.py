"""What localities and parties have become, and the posts of people."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diemtua.kit.dates import parse_date
from diemtua.parties import actions
from diemtua.places.queries import find
from diemtua.testing.pages import says, shows

BEFORE = datetime.date(2024, 1, 1)


@pytest.fixture
def old_province(staff, places):
    """A party that is Thái Bình province, which ended on 1/7/2025."""
    return actions.create_party(
        actor=staff.officer,
        title="Tỉnh Thái Bình",
        kind="locality",
        country="VN",
        place=find("Thái Bình", on=BEFORE).unit,
        unit=staff.unit,
    )


def test_the_page_and_the_register_say_what_a_province_is_now(staff, old_province):
    page = staff.client("viewer").get(f"/desk/r/{old_province.pk}/")
    assert says(page, "is now")
    assert shows(page, "Hưng Yên")
    assert shows(page, "202/2025/QH15")  # by which text
    listed = staff.client("viewer").get("/desk/parties/")
    assert shows(listed, "Hưng Yên")


def test_a_province_that_stands_says_nothing(staff, places):
    party = actions.create_party(
        actor=staff.officer, title="Tỉnh Cà Mau", kind="locality", country="VN", place=find("Cà Mau").unit
    )
    assert b"dt-became" not in staff.client("viewer").get(f"/desk/r/{party.pk}/").content


def test_a_chain_of_successors_as_far_as_one_may_see(staff):
    last = actions.create_party(
        actor=staff.other, title="Sở Hợp nhất Mẫu", kind="agency", access="unit", unit=staff.other_unit
    )
    middle = actions.create_party(actor=staff.other, title="Sở Giữa Mẫu", kind="agency", successor=last)
    first = actions.create_party(
        actor=staff.officer,
        title="Sở Đầu Mẫu",
        kind="agency",
        successor=middle,
        ended=parse_date("01/03/2025"),
        ended_basis="QĐ thử",
    )
    page = staff.client("viewer").get(f"/desk/r/{first.pk}/")
    assert shows(page, "Sở Giữa Mẫu")
    assert not shows(page, "Sở Hợp nhất Mẫu")
    assert shows(staff.client("other").get(f"/desk/r/{first.pk}/"), "Sở Hợp nhất Mẫu")


def test_the_register_costs_the_same_however_many_have_ended(staff, old_province):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            staff.client("viewer").get("/desk/parties/")
        return len(asked)

    queries()
    few = queries()
    for n in range(5):
        heir = actions.create_party(actor=staff.officer, title=f"Đơn vị mới {n}", kind="agency")
        actions.create_party(
            actor=staff.officer,
            title=f"Đơn vị cũ {n}",
            kind="locality",
            country="VN",
            place=old_province.place,
            successor=heir,
        )
    assert queries() == few


def test_partners_silent_for_a_year(staff, samples):
    assert shows(staff.client("viewer").get("/desk/parties/?silent=year"), samples.partner.record.title)
    actions.met_on({samples.partner.pk: datetime.date.today()})
    assert not shows(staff.client("viewer").get("/desk/parties/?silent=year"), samples.partner.record.title)


def test_the_posts_of_a_person_through_time(staff, samples):
    person = actions.create_person(
        actor=staff.officer,
        title="Hà Mẫu Đơn",
        children={
            "posts": [
                {
                    "title": "Phó giám đốc",
                    "party": samples.partner,
                    "start": parse_date("2015"),
                    "end": parse_date("2019"),
                },
                {"title": "Giám đốc", "party": samples.own, "start": parse_date("2020")},
            ]
        },
    )
    page = staff.client("viewer").get(f"/desk/r/{person.pk}/").content.decode()
    assert page.index("Giám đốc") < page.index("Phó giám đốc")  # what holds today comes first
    listed = staff.client("viewer").get("/desk/people/")
    assert shows(listed, "Giám đốc")
    assert not shows(listed, "Phó giám đốc")
