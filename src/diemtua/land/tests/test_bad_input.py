"""What is typed wrongly: it comes back with a sentence or a question, and nothing of it is saved."""

from __future__ import annotations

from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest

from diemtua.land.models import Capacity, Lease, Plot, Zone
from diemtua.register import importing
from diemtua.register.screens import screen_of
from diemtua.register.tabular import read_table
from diemtua.testing.pages import Staff, body, enter, form_with, made, row_counts, says, shows, url, workbook

pytestmark = pytest.mark.django_db
ASKED = (
    "Is this really %(area)s ha? If it was meant in m², write %(meant)s. If it is right, tick “unusual figures "
    "are right” and save again."
)


@pytest.mark.parametrize(
    ("kind", "values", "sentence"),
    [
        ("zone", {"area_ha": "-5"}, "This cannot be less than 0. Check the sign."),
        ("plot", {"area_ha": "-0,5"}, "This cannot be less than 0. Check the sign."),
        ("plot", {"plot_ratio": "120"}, "A share is a number from 0 to 100."),
        ("plot", {"plot_ratio": "-1"}, "A share is a number from 0 to 100."),
        ("plot", {"max_floors": "900"}, "No building has so many storeys. Check the number."),
        ("zone", {"term_years": "500"}, "No zone has a term of more than 99 years. Check the number."),
        ("zone", {"area_ha": "10", "industrial_ha": "11"}, "The industrial land cannot be larger than the whole zone."),
        ("zone", {"established": "2021", "term_until": "2020"}, "The term cannot end before the zone is established."),
        (
            "plot",
            {"area_ha": "301"},
            "The whole zone has only %(zone)s ha. Check the area of the plot, or first that of the zone.",
        ),
        ("zone", {"area_ha": "3000000"}, ASKED),
        ("lease", {"area_ha": "60000"}, ASKED),
        ("lease", {"starts": "2030", "ends": "2029"}, "A lease cannot end before it starts."),
        ("lease", {"state": "revoked"}, "Say on which day the lease was revoked."),
        ("lease", {"zone": ""}, "Choose the plot, or at least the zone, in which the land lies."),
    ],
)
def test_forms_come_back(staff: Staff, samples: SimpleNamespace, kind: str, values: dict, sentence: str) -> None:
    before = row_counts()
    answer = enter(staff, samples, kind, **values)
    assert answer.status_code == 422
    assert says(answer, sentence), body(answer)
    assert row_counts() == before
    for value in values.values():
        assert value == "" or shows(answer, value), "what was typed stays"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({"capacities": {"utility": "power", "installed": "-4"}}, "This cannot be less than 0. Check the sign."),
        (
            {"capacities": {"utility": "power", "installed": "4", "allocated": "5"}},
            "More cannot be allocated than is installed.",
        ),
        (
            {"capacities": {"utility": "power", "installed": "63000", "allocated": "0"}},
            "Is this really %(amount)s %(unit)s? If it was meant in %(smaller)s, write %(meant)s. If it is right, tick "
            "“unusual figures are right” and save again.",
        ),
        (
            {"capacities": {"utility": "power", "installed": "5", "water_class": "A"}},
            "Only waste water has a class. Leave it empty.",
        ),
        (
            {"capacities": {"utility": "gas", "since": "01/02/2026", "until": "01/01/2026"}},
            "It cannot end before it begins.",
        ),
        (
            {"prices": {"what": "land_rent", "amount": "-1", "currency": "USD", "per": "m2_year"}},
            "This cannot be less than 0. Check the sign.",
        ),
    ],
)
def test_rows_come_back(staff: Staff, samples: SimpleNamespace, rows: dict, sentence: str) -> None:
    before = row_counts()
    answer = enter(staff, samples, "zone", rows)
    assert answer.status_code == 422
    assert says(answer, sentence), body(answer)
    assert row_counts() == before


@pytest.mark.parametrize("code", ["", "c1", "V", "2", "123456", "26a", "công nghệ"])
def test_industries_have_codes(staff: Staff, samples: SimpleNamespace, code: str) -> None:
    before = row_counts()
    answer = enter(staff, samples, "plot", {"industries": {"rule": "prohibited", "code": code, "note": "thử"}})
    assert answer.status_code == 422
    assert row_counts() == before


def test_an_unusual_figure_is_saved_when_it_is_confirmed_and_asked_about_again_when_it_changes(
    staff: Staff, samples: SimpleNamespace
) -> None:
    client = staff.client("officer")
    asked = enter(staff, samples, "plot", zone=samples.zone.pk, code="Q1", area_ha="250")
    assert asked.status_code == 302, "250 ha is large and no question"
    write_zone(staff, samples, area_ha="9000", sizes_confirmed="")
    assert made("Khu rất lớn") is None
    write_zone(staff, samples, area_ha="9000", sizes_confirmed="on")
    zone = made("Khu rất lớn")
    assert (zone.area_ha, zone.sizes_confirmed) == (D(9000), True)
    form = form_with(client.get(url("edit", zone.pk)), "title", "version")
    form.send(client, area_ha="90")
    assert Zone.objects.get(pk=zone.pk).sizes_confirmed is False, "the tick goes with the figure it was given for"
    form = form_with(client.get(url("edit", zone.pk)), "title", "version")
    assert form.send(client, area_ha="900000").status_code == 422
    assert Zone.objects.get(pk=zone.pk).area_ha == 90


def write_zone(staff: Staff, samples: SimpleNamespace, **values: Any) -> Any:
    return enter(staff, samples, "zone", title="Khu rất lớn", **values)


def test_megawatts_are_confirmed_in_their_row(staff: Staff, samples: SimpleNamespace) -> None:
    row = {"utility": "power", "installed": "63000", "allocated": "0", "confirmed": "on"}
    assert enter(staff, samples, "zone", {"capacities": row}).status_code == 302
    assert Capacity.objects.get().installed == 63_000


def test_an_import_tells_every_row_that_is_wrong(staff: Staff, samples: SimpleNamespace) -> None:
    """Square metres for hectares, a share over 100, a negative area: each row is named, nothing is saved."""
    data = workbook(
        ["Tên lô đất", "Khu hoặc khu công nghiệp", "Ký hiệu lô", "Diện tích (ha)", "Mật độ xây dựng (%)"],
        ["Lô nhập 1", "Khu công nghiệp Sao Mai", "N1", 12.5, 60],
        ["Lô nhập 2", "Khu công nghiệp Sao Mai", "N2", 125000, 60],
        ["Lô nhập 3", "Khu công nghiệp Sao Mai", "N3", -2, 60],
        ["Lô nhập 4", "Khu công nghiệp Sao Mai", "N4", 2, 160],
        ["Lô nhập 5", "Khu không có", "N5", 2, 60],
    )
    screen = screen_of("plot")
    table = read_table(data, "lo.xlsx", known=importing.columns(screen))
    mapping = importing.guess_mapping(screen, table.headers)
    mapping[1] = "zone"
    checked = importing.check(screen, table, mapping, staff.officer)
    assert [r.number for r in checked.failed] == [3, 4, 5, 6]
    assert [r.draft.fields["code"] for r in checked.valid] == ["N1"]
    assert not Plot.objects.filter(code__startswith="N").exists()


def test_an_import_with_one_code_twice_saves_nothing(staff: Staff, samples: SimpleNamespace) -> None:
    data = workbook(
        ["Tên lô đất", "Khu", "Ký hiệu lô"],
        ["Lô trùng 1", "Khu công nghiệp Sao Mai", "TR1"],
        ["Lô trùng 2", "Khu công nghiệp Sao Mai", "TR1"],
    )
    screen = screen_of("plot")
    table = read_table(data, "lo.xlsx", known=importing.columns(screen))
    checked = importing.check(screen, table, importing.guess_mapping(screen, table.headers), staff.officer)
    with pytest.raises(Exception, match="TR1"):
        importing.run(screen, checked, staff.officer, "lo.xlsx", "0" * 64, existing="create")
    assert not Plot.objects.filter(code="TR1").exists()


def test_a_lease_longer_than_the_land_comes_back(staff: Staff, samples: SimpleNamespace) -> None:
    client = staff.client("officer")
    form = form_with(client.get(url("edit", samples.plot.pk)), "title", "version")
    form.send(client, tenure_until="31/12/2050")
    answer = enter(staff, samples, "lease", zone="", plot=samples.plot.pk, ends="01/01/2051")
    assert answer.status_code == 422
    assert says(answer, "The land may be used until %(day)s only. Choose that day or an earlier one.")
    assert Lease.objects.count() == 1
