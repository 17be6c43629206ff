"""What documents propose of markets, and which markets of the register those are."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diemtua.markets.actions import create_market
from diemtua.markets.models import Market
from diemtua.markets.proposals import recognise
from diemtua.markets.rules import short_name, strongest
from diemtua.parties.actions import create_party
from diemtua.parties.models import Party
from diemtua.places.queries import find
from diemtua.register.models import Record
from diemtua.sources.proposing import Asked, Known, Sheet, Thing, draw_up, stored
from diemtua.sources.reader import facts
from diemtua.testing.readings import marked

DAY = datetime.date(2023, 7, 18)
HOME = "Thái Bình"
ARTICLE = (
    "{VN_LOCALITY#tb=Thái Bình|Thái Bình} đẩy mạnh sản xuất hàng xuất khẩu, duy trì và phát huy các thị trường "
    "truyền thống như {COUNTRY#cn=CN|Trung Quốc}, {COUNTRY#kr=KR|Hàn Quốc}, {REGION#eu|EU}, {REGION#asean|ASEAN}, "
    "hướng tới những thị trường mới như {REGION#south|Nam Mỹ}, {REGION#africa|Châu Phi}, {REGION#east|Trung Đông}."
)


def read(
    text: str, *relations: tuple[str, str, str, str | None], home: str | None = HOME, published: str = "2023-07-18"
) -> facts.Reading:
    return marked(text, relations, home=home, published=published)


def markets(*told: tuple[str, str | None], to: str = "tb") -> list[tuple[str, str, str, str | None]]:
    return [(facts.MARKET, place, to, status) for place, status in told]


def proposed(sheet: Sheet) -> list[Thing]:
    return [t for (kind, _key), t in sheet.things.items() if kind == "market"]


def said(thing: Thing) -> dict[str, Any]:
    return {f.field: stored(f.value) for f in thing.facts.values()}


TOLD = [
    *((place, "traditional") for place in ("cn", "kr", "eu", "asean")),
    *((place, "new") for place in ("south", "africa", "east")),
]


@pytest.fixture
def article() -> facts.Reading:
    return read(ARTICLE, *markets(*TOLD))


# --- proposing ------------------------------------------------------------------------------------


def test_the_markets_of_the_article(places, article) -> None:
    sheet = draw_up(article)
    found = {t.title: said(t) for t in proposed(sheet)}
    assert found == {
        "Thị trường Trung Quốc": {"standing": "traditional", "country": "CN"},
        "Thị trường Hàn Quốc": {"standing": "traditional", "country": "KR"},
        "Thị trường EU": {"standing": "traditional", "bloc": "EU"},
        "Thị trường ASEAN": {"standing": "traditional", "bloc": "ASEAN"},
        "Thị trường Nam Mỹ": {"standing": "new", "bloc": "005"},
        "Thị trường Châu Phi": {"standing": "new", "bloc": "002"},
        "Thị trường Trung Đông": {"standing": "new"},
    }
    for thing in proposed(sheet):
        exporter = thing.needed["exporter"]
        assert (exporter.kind, exporter.title) == ("party", "Tỉnh Thái Bình")
        (quote,) = thing.quotes
        assert article.text[quote.start : quote.end] == quote.text == article.text
        assert all(f.quotes for f in thing.facts.values())
        ((start, end),) = thing.spans
        assert article.text[start:end] in thing.title


def test_the_strongest_standing_counts(places) -> None:
    text = "{VN_LOCALITY#tb=Thái Bình|Thái Bình} xuất gạo sang {COUNTRY#la=LA|Lào}, thị trường truyền thống của tỉnh."
    (thing,) = proposed(draw_up(read(text, *markets(("la", "ongoing"), ("la", "traditional"), ("la", None)))))
    assert thing.needed["standing"] == "traditional"
    assert said(thing)["standing"] == "traditional"
    assert strongest([]) == strongest([None]) == strongest(["new", "ongoing"]) == "ongoing"


def test_places_that_are_no_state(places) -> None:
    text = (
        "{VN_LOCALITY#tb=Thái Bình|Thái Bình} bán sang {FOREIGN_LOCALITY#tw|Đài Loan} ({COUNTRY#cn=CN|Trung Quốc}), "
        "{FOREIGN_LOCALITY#ga|Georgia} ({COUNTRY#us=US|Hoa Kỳ}) và {FOREIGN_LOCALITY#gd|Quảng Đông}."
    )
    told = markets(("tw", "ongoing"), ("ga", "new"), ("gd", "new"))
    above = [(facts.LOCALITY_OF, "tw", "cn", None), (facts.LOCALITY_OF, "ga", "us", None)]
    found = {t.title: said(t).get("country") for t in proposed(draw_up(read(text, *told, *above)))}
    assert found == {
        "Thị trường Đài Loan": "TW",
        "Thị trường Georgia (Hoa Kỳ)": None,
        "Thị trường Quảng Đông": None,
    }


def test_a_company_in_a_paper_of_ours_exports_too(places) -> None:
    text = "{ORG#co|Công ty Sao Hôm} ở {VN_LOCALITY#tb=Thái Bình|Thái Bình} xuất khăn sang {COUNTRY#jp=JP|Nhật Bản}."
    (thing,) = proposed(draw_up(read(text, *markets(("jp", "ongoing"), to="co"))))
    assert thing.needed["exporter"].title == "Công ty Sao Hôm"


@pytest.mark.parametrize(
    ("text", "place", "to", "home"),
    [
        ("{VN_LOCALITY#hd=Hải Dương|Hải Dương} xuất vải sang {COUNTRY#jp=JP|Nhật Bản}.", "jp", "hd", HOME),
        ("{COUNTRY#vn=VN|Việt Nam} xuất gạo sang {COUNTRY#jp=JP|Nhật Bản}.", "jp", "vn", HOME),
        ("{VN_LOCALITY#tb=Thái Bình|Thái Bình} bán ra cả {COUNTRY#vn=VN|Việt Nam}.", "vn", "tb", HOME),
        ("{ORG#co|Công ty Sao Hôm} xuất khăn sang {COUNTRY#jp=JP|Nhật Bản}.", "jp", "co", None),
        ("{VN_LOCALITY#hd=Hải Dương|Hải Dương} xuất sang {COUNTRY#la=LA|Lào}.", "la", "hd", "Hải Dương"),
    ],
)
def test_what_is_no_market_of_ours(places, text: str, place: str, to: str, home: str | None) -> None:
    sheet = draw_up(read(text, *markets((place, "ongoing"), to=to), home=home))
    assert proposed(sheet) == []
    assert {t.title for t in sheet.things.values()} <= {"Tỉnh Thái Bình"}, "and no party for their sake"


def test_many_markets_ask_no_more_than_one(places, article) -> None:
    draw_up(article)
    with CaptureQueriesContext(connection) as few:
        draw_up(read(ARTICLE, *markets(("south", "new"))))
    with CaptureQueriesContext(connection) as many:
        draw_up(read(ARTICLE, *markets(*TOLD * 100)))
    assert len(many) <= len(few)


def test_short_names() -> None:
    assert short_name("Liên minh châu Âu (EU)") == "EU"
    assert short_name("Nam Mỹ") == "Nam Mỹ"


# --- recognising ----------------------------------------------------------------------------------


@pytest.fixture
def province(places) -> Party:
    unit = find(HOME, on=DAY).unit
    return create_party(actor=None, title="Tỉnh Thái Bình", kind="locality", is_own=True, country="VN", place=unit)


def asked(reading: facts.Reading) -> list[Asked]:
    return [Asked(t.kind, t.key, t.title, t.names, t.clues) for t in proposed(draw_up(reading))]


def recognised(things: Sequence[Asked], **matches: int) -> dict[str, list[tuple[int, str, bool]]]:
    """{title: [(record, reason, sure)]} with the exporter known as `exporter`."""
    of_exporter = {t.clues["exporter"]: matches["exporter"] for t in things if "exporter" in matches}
    found = recognise(things, Known(Record.objects.live(), DAY, of_exporter))
    titles = {t.key: t.title for t in things}
    return {titles[key]: [(c.record, c.reason, c.sure) for c in many] for key, many in found.items() if many}


def enter(exporter: Party, title: str, **fields: Any) -> Market:
    return create_market(actor=None, title=title, exporter=exporter, standing="new", **fields)


def test_the_same_place_of_the_same_exporter(article, province) -> None:
    china, eu = enter(province, "Trung Hoa"), enter(province, "Liên minh châu Âu", products="gạo")
    east = enter(province, "Thị trường Trung Đông")
    assert (china.country_id, eu.bloc_id, east.country_id) == ("CN", "EU", None)
    assert recognised(asked(article), exporter=province.pk) == {
        "Thị trường Trung Quốc": [(china.pk, "place", True)],
        "Thị trường EU": [(eu.pk, "place", True)],
        "Thị trường Trung Đông": [(east.pk, "title", True)],
    }


def test_markets_of_others_are_not_ours(article, province) -> None:
    other = create_party(actor=None, title="Công ty Sao Hôm", kind="company")
    enter(other, "Thị trường Trung Quốc")
    assert recognised(asked(article), exporter=province.pk) == {}


def test_what_our_province_has_become_is_asked_about(article, places) -> None:
    heir = create_party(actor=None, title="Tỉnh Hưng Yên", kind="locality", is_own=True)
    made = enter(heir, "Thị trường Trung Quốc")
    assert recognised(asked(article)) == {"Thị trường Trung Quốc": [(made.pk, "place", False)]}


def test_another_place_of_the_same_name_is_another_market(article, province) -> None:
    enter(province, "Thị trường Trung Quốc", country="TW")
    assert recognised(asked(article), exporter=province.pk) == {}


def test_hidden_markets_are_not_recognised(article, province) -> None:
    made = enter(province, "Thị trường Trung Quốc")
    things = asked(article)
    exporter = {t.clues["exporter"]: province.pk for t in things}
    seen = Known(Record.objects.exclude(pk=made.pk), DAY, exporter)
    assert recognise(things, seen) == {}
