"""The demonstration province: what is known is there with its source, what is not known is not made up."""

from __future__ import annotations

import csv
import datetime
import tomllib
from decimal import Decimal
from typing import Any

import lxml.html
import pytest
from django.test import Client
from django.utils.translation import trans_real

from diemtua.demo.examples import PREFIX
from diemtua.demo.load import FILE, USERS, load
from diemtua.demo.newsroom import load_newsroom
from diemtua.demo.pages import load_pages
from diemtua.engagements.models import Engagement
from diemtua.instruments.models import Commitment, Instrument
from diemtua.land.models import Lease, Plot, Zone
from diemtua.land.queries.standing import occupancy
from diemtua.markets.models import Market
from diemtua.parties.models import Party
from diemtua.places.actions import load_reference_data
from diemtua.portal.actions import found_site
from diemtua.portal.languages import address
from diemtua.portal.models import OF_THE_REGISTER
from diemtua.portal.opendata.datasets import DATASETS
from diemtua.projects.models import Aid, CareCase, Enquiry, Lead, ReplyPack
from diemtua.register.models import Batch, Change, Figure, Record, User

COUNTS = {
    "party": 36,
    "document": 13,
    "instrument": 12,
    "commitment": 7,
    "engagement": 4,
    "person": 2,
    "market": 7,
    "zone": 13,
    "lease": 4,
    "project": 8,
}
# title, measure, value (None where the source gives no plain number), stage
FIGURES = [
    ("Khu kinh tế Thái Bình", "area", "30583"),
    ("Khu kinh tế Thái Bình", "industrial_area", "8020"),
    ("Khu kinh tế Thái Bình", "port_area", "500"),
    ("Khu kinh tế Thái Bình", "tourism_area", "3110"),
    ("Khu công nghiệp Liên Hà Thái", "area", "588.84"),
    ("Khu công nghiệp Liên Hà Thái", "capital", "3885"),
    ("Khu công nghiệp Liên Hà Thái", "investors", "44"),
    ("Khu công nghiệp VSIP Thái Bình", "area", "333.4"),
    ("Khu công nghiệp VSIP Thái Bình", "capital", "4932"),
    ("Khu công nghiệp Hải Long", "area", "296.97"),
    ("Khu công nghiệp Hải Long", "capital", "2213.988"),
    ("Khu công nghiệp Nguyễn Đức Cảnh", "area", "102"),
    ("Lotes", "capital", "120"),
    ("Ohsung Vina", "capital", "40"),
    ("Nam Tai", "capital", "80"),
    ("Greenworks", "capital", "200"),
    ("Compal", "capital", "260"),
    ("Pegavision", "capital", "200"),
    ("HiteJinro", "capital", "77"),
    ("HiteJinro", "area", "8.2"),
    ("Tỉnh Thái Bình", "vessels", "725"),
    ("Tỉnh Thái Bình", "licensed_vessels", "677"),
    ("Tỉnh Thái Bình", "vessels_with_vms", "173"),
    ("Tỉnh Thái Bình", "disconnected_vessels", "40"),
]


@pytest.fixture(scope="module")
def province(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The demonstration, loaded once for this file and taken away at its end."""
    from django.db import transaction

    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        load_reference_data()
        load()
        yield
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def db_of_province(province: None, db: None) -> None:
    """A test's own view of it: whatever the test changes is undone."""


pytestmark = pytest.mark.usefixtures("db_of_province")


def titled(title: str) -> Record:
    return Record.objects.get(title=title)


def officer() -> Client:
    client = Client()
    client.force_login(User.objects.get(username="officer"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(record: Record) -> str:
    answer = officer().get(record.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(address: str) -> str:
    """What a page says, without its marks."""
    answer = officer().get(address)
    assert answer.status_code == 200
    return " ".join(lxml.html.fromstring(answer.content.decode()).text_content().split())


def real() -> Any:
    """The records that are facts."""
    return Record.objects.exclude(title__startswith=PREFIX)


def test_examples_say_what_they_are_and_are_counted_nowhere() -> None:
    examples = Record.objects.filter(title__startswith=PREFIX)
    assert set(examples.values_list("kind", flat=True)) == {"party", "enquiry", "lead", "carecase", "aid"}
    for record in examples.exclude(kind="party"):
        shown = page(record)
        assert "Ví dụ minh họa." in shown
        assert "không có thật" in shown
    for model in (Enquiry, Lead, CareCase, Aid):
        assert model.objects.exists()
        assert not model.objects.counted().exists()
    assert PREFIX not in text_of("/desk/?scope=all")
    assert PREFIX not in text_of("/desk/care/report/")
    assert PREFIX not in text_of("/desk/aid/tables/")
    for e in Enquiry.objects.select_related("record"):
        assert "minh họa" in text_of(e.state_path)


def test_everything_in_the_file_is_a_record() -> None:
    entries = tomllib.loads(FILE.read_text("utf-8"))["record"]
    for kind, count in COUNTS.items():
        assert real().filter(kind=kind).count() == count == sum(e["kind"] == kind for e in entries)
    assert {(r.title, r.kind) for r in real().exclude(kind="plot")} == {
        (e["fields"]["title"], e["kind"]) for e in entries
    }


def test_every_record_has_a_source() -> None:
    bare = real().exclude(kind__in=["document", "plot"]).filter(evidence=None)
    assert [r.title for r in bare] == []


def test_every_figure_has_its_evidence_and_day_or_says_none() -> None:
    figures = Figure.objects.select_related("evidence", "record")
    assert figures.count() >= len(FIGURES)
    for figure in figures:
        assert figure.evidence is not None, figure
        assert figure.evidence.record_id == figure.record_id
        assert figure.evidence.source.kind == "document"
        assert figure.evidence.confidence, f"{figure.record}: {figure} does not say how sure it is"


@pytest.mark.parametrize(("title", "measure", "value"), FIGURES)
def test_a_figure_is_as_its_source_says(title: str, measure: str, value: str) -> None:
    found = set(Figure.objects.filter(record__title=title, measure=measure).values_list("value", flat=True))
    assert Decimal(value) in found


def test_figures_that_are_no_plain_numbers_stay_words() -> None:
    worded = {(f.record.title, f.measure) for f in Figure.objects.filter(value=None).select_related("record")}
    assert ("Khu công nghiệp Dược - Sinh học", "area") in worded
    assert ("Compal", "area") in worded
    assert not Figure.objects.filter(value=None, wording="").exists()


@pytest.mark.parametrize("name", ["Tiền Hải", "Hưng Phú", "Thaco Thái Bình"])
def test_an_unknown_area_is_left_out_and_said(name: str) -> None:
    zone = Zone.objects.select_related("record").get(record__title=f"Khu công nghiệp {name}")
    assert zone.area_ha is None
    assert not zone.record.figures.filter(measure="area").exists()


def test_unknown_is_shown_as_unknown() -> None:
    assert "chưa công bố" in page(titled("Biên bản ghi nhớ hợp tác Thái Bình – Yeongju")).lower()


def test_what_is_weak_says_so() -> None:
    shanxi = titled("Tỉnh Sơn Tây (Trung Quốc)")
    assert shanxi.confidence == "low"
    assert "Thiểm Tây" in Party.objects.get(record=shanxi).description
    assert "Tin cậy thấp" in page(shanxi)


# --- the chain ------------------------------------------------------------------------------------


def test_the_chain_with_xayaboury() -> None:
    agreement = Instrument.objects.get(record__title__startswith="Thỏa thuận hợp tác hữu nghị")
    assert str(agreement.signed.first) == "2021-11-04"
    promised = Commitment.objects.filter(instrument=agreement)
    assert promised.count() == 3
    assert {c.debtor.record.title for c in promised if c.debtor} == {"Tỉnh Thái Bình", "Tỉnh Xay Nhạ Bu Ly"}
    met = Engagement.objects.filter(record__links_out__target=agreement.pk)
    assert met.exists()
    chain = text_of(f"{titled('Tỉnh Xay Nhạ Bu Ly').get_absolute_url()}chain/")
    assert agreement.record.title in chain
    assert "Hỗ trợ 5 tỷ đồng" in chain


def test_names_lead_to_one_partner() -> None:
    for name in ("Xayaboury", "Xaignabouli", "Sayaboury", "Xay Nha Bu Ly"):
        assert "Tỉnh Xay Nhạ Bu Ly" in text_of(f"/desk/search/?q={name}")


def test_the_directive_is_found_by_its_number() -> None:
    assert "Nghị quyết về hội nhập quốc tế" in text_of("/desk/search/?q=22-NQ/TW")


def test_the_markets_of_the_province() -> None:
    """As the article has them, each with its sentence; the chain of the province ends in them."""
    markets = Market.objects.select_related("record")
    assert {(m.standing, m.country_id or m.bloc_id) for m in markets} == {
        *(("traditional", place) for place in ("CN", "KR", "JP", "EU", "ASEAN")),
        *(("new", place) for place in ("005", "002")),
    }
    for market in markets:
        said = market.record.evidence.get(field="standing").quote
        name = market.record.title.removeprefix("Thị trường ")
        assert name.lower() in said.lower()
        assert said in page(market.record)
    chain = text_of(f"{titled('Tỉnh Thái Bình').get_absolute_url()}chain/")
    assert all(m.record.title in chain for m in markets)


# --- industrial land ------------------------------------------------------------------------------


def test_what_is_drawn_is_marked_and_counted_nowhere() -> None:
    """The plan of plots is no fact: it is marked in lists, on pages and in exports, and no figure counts it."""
    plots = Plot.objects.select_related("record", "zone__record")
    assert plots.count() > 10
    assert all(p.illustrative for p in plots)
    assert not Plot.objects.real().exists()
    assert "minh họa" in text_of("/desk/plots/")
    assert "Minh họa" in text_of(plots[0].get_absolute_url())
    export = officer().get("/desk/plots/export/csv/")
    text = b"".join(export.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(text[text.index("Tên lô") :].splitlines()))
    assert len(rows) == plots.count()
    assert {row["Minh họa, không phải số liệu thật"] for row in rows} == {"Có"}
    assert all("minh họa" in row["Tên lô đất"] for row in rows)


def test_leases_stand_only_where_a_source_names_them() -> None:
    zone = Zone.objects.select_related("record").get(record__title="Khu công nghiệp Liên Hà Thái")
    found = occupancy(zone)
    assert found.let_ha == Decimal("24.2")
    assert found.share is None, "the area of its industrial land is not published"
    assert [str(lease.tenant) for lease in found.unmeasured] == ["Compal"]
    assert not Lease.objects.exclude(plot=None).exists()


def test_what_is_not_published_of_a_park_says_so() -> None:
    zone = Zone.objects.select_related("record").get(record__title="Khu công nghiệp Tiền Hải")
    shown = text_of(f"{zone.get_absolute_url()}land/")
    assert shown.count("chưa công bố") >= 4


# --- since 1/7/2025 -------------------------------------------------------------------------------


def test_the_province_has_a_successor() -> None:
    province = Party.objects.get(record__title="Tỉnh Thái Bình")
    assert province.successor is not None
    assert province.successor.record.title == "Tỉnh Hưng Yên (từ 01/07/2025)"
    html = page(province.record)
    assert "Tỉnh Hưng Yên (từ 01/07/2025)" in html
    assert "202/2025/QH15" in html


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("Tỉnh Hải Dương", "Hải Phòng"),
        ("Tỉnh Nam Định", "Ninh Bình"),
        ("Tỉnh Hà Nam", "Ninh Bình"),
        ("Tỉnh Hưng Yên (trước 01/07/2025)", "Tỉnh Hưng Yên (từ 01/07/2025)"),
    ],
)
def test_neighbours_that_were_merged(then: str, now: str) -> None:
    party = Party.objects.get(record__title=then)
    assert party.place is not None
    assert party.place.valid_to is not None
    assert party.place.valid_to >= datetime.date(2025, 6, 30)
    listed = text_of("/desk/parties/?q=" + then.split(" (")[0])
    assert f"nay là {now}" in listed, listed[listed.find(then) :][:300]
    shown = text_of(party.record.get_absolute_url())
    assert "nay là" in shown
    assert now in shown


# --- the loading itself ---------------------------------------------------------------------------


def test_loading_again_does_nothing() -> None:
    before = (Record.objects.count(), Change.objects.count(), Figure.objects.count(), User.objects.count())
    assert load() == 0
    assert before == (Record.objects.count(), Change.objects.count(), Figure.objects.count(), User.objects.count())


def test_everything_is_audited_as_one_batch() -> None:
    batch = Batch.objects.get(kind=Batch.Kind.LOAD)
    made = Change.objects.filter(batch=batch, verb=Change.Verb.CREATE)
    assert made.filter(record__title__startswith=PREFIX).count() == 7
    made = made.exclude(record__title__startswith=PREFIX)
    assert made.count() == sum(COUNTS.values()) + Plot.objects.count()
    assert not made.exclude(actor=None).exists()


def test_its_accounts_have_no_password_and_no_name_of_a_person() -> None:
    users = User.objects.filter(username__in=[u[0] for u in USERS])
    assert users.count() == len(USERS)
    assert not any(u.has_usable_password() for u in users)


def test_every_page_of_it_opens() -> None:
    client = officer()
    for record in Record.objects.all():
        answer = client.get(record.get_absolute_url())
        assert answer.status_code == 200, record.title


def test_a_search_for_land_has_something_to_weigh() -> None:
    """The illustrative plots differ: some fit, some do not and say why, of some too little is known."""
    asked = "asked=1&area_least=5&power_least=4&industry=26&w_power=2&w_port=3&w_ready=2&w_tenure=1"
    result = officer().get(f"/desk/land/match/?{asked}").context["result"]
    assert 0 < result.fits < result.looked_at
    assert len({shown.score for shown in result.ranked}) > 1
    assert {r.key for r in result.rulings if r.fails} >= {"industry", "power"}
    assert result.illustrative
    assert all(shown.illustrative for shown in result.ranked)


# Said to programs, or names of the editor's blocks that a page is made of and nobody reads there.
UNSAID = ("(live)", "Button", "Picture", "Quotation", "Table", "Text")


def test_public_pages_ask_for_no_words_that_a_language_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a page says comes from some room: what it looked up in vain is found out while it is drawn."""
    found_site(name="Cổng thử nghiệm")
    load_pages()
    load_newsroom()
    lacking: set[tuple[str, str]] = set()
    one, several = trans_real.DjangoTranslation.gettext, trans_real.DjangoTranslation.ngettext
    watched = ("ko", "zh-hans", "ja")

    def gettext(self: Any, words: str) -> str:
        said = one(self, words)
        if said == words and self.to_language() in watched and any(letter.isalpha() for letter in words):
            lacking.add((self.to_language(), words))
        return said

    def ngettext(self: Any, words: str, plural: str, n: int) -> str:
        said = several(self, words, plural, n)
        if said in (words, plural) and self.to_language() in watched:
            lacking.add((self.to_language(), words))
        return said

    monkeypatch.setattr(trans_real.DjangoTranslation, "gettext", gettext)
    monkeypatch.setattr(trans_real.DjangoTranslation, "ngettext", ngettext)
    plots = list(Plot.objects.public().order_by("pk").values_list("pk", flat=True)[:2])
    zone = Zone.objects.public().order_by("pk").values_list("pk", flat=True)[0]
    paths = [
        "/", f"/parks/{zone}/", "/stories/lotes/", "/economic-zone/", "/nothing-here/", "/enquire/", "/care/",
        *(address(name) for name in OF_THE_REGISTER),
        *(address("dataset", d.name) for d in DATASETS),
        *(enquiry.state_path for enquiry in Enquiry.objects.all()), *(pack.path for pack in ReplyPack.objects.all()),
        "/find/?asked=1&area_least=2&power_least=100", "/find/?asked=1&area_least=2000",
        "/find/?asked=1&area_least=-1&ready_by=99/99&industry=zz&water_class=q",
        f"/find/compare/?plot={plots[0]}&plot={plots[1]}&asked=1&area_least=2&power_least=100",
        "/news/", "/news/dau-tu/", "/news/dau-tu/lien-ha-thai/", "/news/2026/11/", "/news/search/?q=zzz",
    ]  # fmt: skip
    client = Client()
    for prefix in ("/ko", "/zh-hans", "/ja"):
        for path in paths:
            assert client.get(prefix + path).status_code in (200, 404, 422), path
        client.post(f"{prefix}/enquire/", {"title": "", "sender_email": "x", "area_ha": "-3", "text": ""})
    told = sorted(pair for pair in lacking if not pair[1].endswith(UNSAID))
    assert not told, told
