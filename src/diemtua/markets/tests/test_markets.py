"""Markets by country, by bloc, and where only a name is known."""

from __future__ import annotations

import datetime
from typing import Any

import lxml.html
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from diemtua.kit.dates import parse_date
from diemtua.markets.actions import create_market, update_market
from diemtua.markets.models import Market
from diemtua.parties.actions import create_party, update_party
from diemtua.register import importing, merging
from diemtua.register.actions import add_figure
from diemtua.register.screens import screen_of
from diemtua.register.tabular import read_table
from diemtua.testing.pages import body, form_with, shows, url, workbook

DAY = datetime.date(2023, 7, 18)


def market(samples: Any, title: str, **fields: Any) -> Market:
    return create_market(actor=None, title=title, **{"standing": "traditional", "exporter": samples.own, **fields})


# --- where ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "country", "bloc"),
    [
        ("Thị trường Trung Quốc", "CN", None),
        ("thị trường CHLB Đức", "DE", None),
        ("Nhật", "JP", None),
        ("Thị trường Mỹ", "US", None),
        ("Thị trường EU", None, "EU"),
        ("Liên minh Châu Âu", None, "EU"),
        ("Thị trường các nước ASEAN", None, "ASEAN"),
        ("Thị trường Nam Mỹ", None, "005"),
        ("Thị trường Châu Phi", None, "002"),
        ("Thị trường Mỹ Latinh", None, "419"),
        ("Thị trường châu Âu", None, "150"),
        ("Thị trường Trung Đông", None, None),
        ("Thị trường Nhật Bản và Hàn Quốc", None, None),
        ("Thị trường tiềm năng", None, None),
        ("Thị trường", None, None),
    ],
)
def test_a_name_tells_the_country_or_bloc(places, samples, title: str, country: str | None, bloc: str | None) -> None:
    made = market(samples, title)
    assert (made.country_id, made.bloc_id) == (country, bloc)


def test_what_is_given_goes_before_the_name(places, samples) -> None:
    made = market(samples, "Thị trường Nhật Bản", country="KR")
    assert (made.country_id, made.bloc_id) == ("KR", None)


def test_a_place_that_was_taken_away_stays_away(places, samples) -> None:
    made = market(samples, "Thị trường Nhật Bản")
    assert update_market(made, actor=None, country=None).country_id is None


def test_one_market_is_one_place(places, samples) -> None:
    with pytest.raises(ValidationError) as refused:
        market(samples, "Nhật Bản và EU", country="JP", bloc="EU")
    assert "bloc" in refused.value.error_dict
    made = market(samples, "Thị trường Nhật Bản")
    with pytest.raises(IntegrityError), transaction.atomic():
        Market.objects.filter(pk=made.pk).update(bloc="EU")


def test_markets_within_a_bloc(places, samples, staff) -> None:
    """The bloc itself and its countries as they belong to it on the day."""
    made = {t: market(samples, f"Thị trường {t}") for t in ("ASEAN", "Lào", "Đông Timor", "Nhật Bản", "EU")}

    def within(code: str, day: datetime.date) -> set[str]:
        return {t for t, m in made.items() if Market.objects.within(code, day).filter(pk=m.pk).exists()}

    assert within("ASEAN", DAY) == {"ASEAN", "Lào"}
    assert within("ASEAN", datetime.date(2025, 10, 26)) == {"ASEAN", "Lào", "Đông Timor"}
    assert within("CPTPP", DAY) == {"Nhật Bản"}
    listed = staff.client("viewer").get(url("list", "markets"), {"bloc": "CPTPP"})
    assert shows(listed, "Thị trường Nhật Bản")
    assert not shows(listed, "Thị trường Lào")


def test_the_market_of_exactly_this_place(places, samples) -> None:
    japan, asean, bare = (market(samples, f"Thị trường {t}") for t in ("Nhật Bản", "ASEAN", "Trung Đông"))
    assert list(Market.objects.at("JP", None).filter(exporter=samples.own, pk=japan.pk)) == [japan]
    assert list(Market.objects.at(None, "ASEAN")) == [asean]
    assert bare not in Market.objects.at(None, None)


# --- pages ----------------------------------------------------------------------------------------


def test_found_by_the_name_of_its_place_in_either_language(places, samples, staff) -> None:
    market(samples, "Thị trường ASEAN")
    for words in ("hiep hoi cac quoc gia", "southeast asian nations"):
        assert shows(staff.client("viewer").get(url("list", "markets"), {"q": words}), "Thị trường ASEAN")


def test_a_bloc_has_no_unknown_country(places, samples, staff) -> None:
    bloc, bare = market(samples, "Thị trường EU"), market(samples, "Thị trường Trung Đông")
    unknown = {}
    for one in (bloc, bare):
        page = lxml.html.fromstring(body(staff.client("viewer").get(one.get_absolute_url())))
        unknown[one] = page.xpath('string(//p[@class="dt-unknown"])')
    assert "quốc gia" not in unknown[bloc]
    assert "quốc gia" in unknown[bare]
    assert "khối" not in unknown[bloc] + unknown[bare]


def test_our_own_province_is_the_usual_exporter(samples, staff) -> None:
    client = staff.client("officer")

    def offered(query: dict[str, Any] | None = None) -> list[str]:
        return form_with(client.get(url("new", "markets"), query or {}), "title", "exporter").values["exporter"]

    assert offered() == [str(samples.own.pk)]
    assert offered({"exporter": samples.partner.pk}) == [str(samples.partner.pk)]
    heir = create_party(actor=None, title="Tỉnh Mẫu Hải", kind="locality", is_own=True)
    assert offered() == [""], "of two provinces none is chosen"
    update_party(samples.own, actor=None, successor=heir)
    assert offered() == [str(heir.pk)]


def test_the_register_shows_the_newest_exports(samples, staff) -> None:
    """What was carried out goes before what was announced, however new; withdrawn figures are not there."""

    def cell() -> str:
        row = Market.objects.for_list().get(pk=samples.market.pk)
        return str(screen_of("market").cell_exports(row, staff.viewer))  # type: ignore[attr-defined]

    assert cell() == '<span class="text-secondary">—</span>'
    given = {"actor": None, "record": samples.market.record, "measure": "exports", "unit": "triệu USD"}
    add_figure(**given, value=90, as_of=parse_date("2026"), stage="announced")
    assert "90 triệu USD" in cell()
    assert "badge" in cell()
    for value, year in ((41, "2021"), (55, "2023"), (48, "2022")):
        add_figure(**given, value=value, as_of=parse_date(year), stage="implemented")
    assert "55 triệu USD" in cell()
    assert "2023" in cell()
    assert "badge" not in cell()
    newest = samples.market.record.figures.get(value=55)
    newest.withdrawn_at = newest.created_at
    newest.save(update_fields=["withdrawn_at"])
    assert "48 triệu USD" in cell()


def test_the_chain_of_the_province_leads_to_its_markets(samples, staff) -> None:
    chain = staff.client("viewer").get(url("chain", samples.own.pk))
    assert shows(chain, samples.market.record.title)


# --- tables and twins -----------------------------------------------------------------------------


def test_a_list_of_markets_comes_in_with_its_places(places, samples, staff) -> None:
    """As offices keep it: one column of names, a few more; blocs by name, short name or none at all."""
    data = workbook(
        ["STT", "Thị trường", "Loại thị trường", "Khối", "Nhà xuất khẩu", "Mặt hàng"],
        [1, "Thị trường Hàn Quốc", "Truyền thống", "", "Tỉnh Mẫu Sơn", "sợi"],
        [2, "Các nước Đông Nam Á", "Mới hoặc tiềm năng", "ASEAN", "Tỉnh Mẫu Sơn", "gạo"],
        [3, "Nam Mỹ", "new", "", "Tỉnh Mẫu Sơn", ""],
        [4, "Trung Đông", "new", "", "Tỉnh Mẫu Sơn", ""],
        [5, "Sao Hỏa", "new", "Khối Sao Hỏa", "Tỉnh Mẫu Sơn", ""],
    )
    screen = screen_of("market")
    table = read_table(data, "x.xlsx", known=importing.columns(screen))
    checked = importing.check(screen, table, importing.guess_mapping(screen, table.headers), staff.officer)
    assert [(p.row, p.given) for p in checked.errors] == [(6, "Khối Sao Hỏa")]
    assert checked.left_out == []
    importing.run(screen, checked, staff.officer, "x.xlsx", "0" * 64, only_valid=True)
    made = Market.objects.filter(exporter=samples.own).exclude(pk=samples.market.pk)
    assert {(m.record.title, m.country_id, m.bloc_id, m.standing) for m in made.select_related("record")} == {
        ("Thị trường Hàn Quốc", "KR", None, "traditional"),
        ("Các nước Đông Nam Á", None, "ASEAN", "new"),
        ("Nam Mỹ", None, "005", "new"),
        ("Trung Đông", None, None, "new"),
    }


def test_an_exported_bloc_comes_back_as_the_same(places, samples, staff) -> None:
    market(samples, "Thị trường EU", unit=staff.unit)
    answer = staff.client("officer").get(url("export", "markets", "xlsx"))
    screen = screen_of("market")
    table = read_table(b"".join(answer.streaming_content), "x.xlsx", known=importing.columns(screen))
    checked = importing.check(screen, table, importing.guess_mapping(screen, table.headers), staff.officer)
    assert checked.errors == []
    assert checked.new == []


def test_merging_parties_moves_their_markets(samples) -> None:
    twin = create_party(actor=None, title="Tỉnh Mẫu Sơn (nhập trùng)", kind="locality", is_own=True)
    made = market(samples, "Thị trường Sao Mai", exporter=twin, country="KR")
    merging.merge(actor=None, keep=samples.own, drop=twin, reason="nhập trùng")
    made.refresh_from_db()
    assert made.exporter_id == samples.own.pk
    assert made.record.links_out.get().target_id == samples.own.pk


def test_two_records_of_one_market_become_one(samples) -> None:
    twin = market(samples, "Thị trường Sao Mai", country="JP", products="khăn bông")
    merging.merge(actor=None, keep=samples.market, drop=twin, reason="cùng một thị trường")
    assert Market.objects.live().get() == samples.market
