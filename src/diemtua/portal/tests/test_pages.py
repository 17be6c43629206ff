"""Pages of the portal: public facts only, five languages, finding a plot without an account."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import shapely
from babel.messages.pofile import read_po
from django.utils import translation

from diemtua.land.models import Outline
from diemtua.portal import languages, scoring
from diemtua.portal.templatetags import portal as tags
from diemtua.portal.urls import PAGES
from diemtua.projects.models import Enquiry
from diemtua.register import write
from diemtua.register.models import Figure, Record

pytestmark = pytest.mark.django_db
LOCALE = Path(languages.__file__).resolve().parent.parent / "locale"
PLAIN = [p.name for p in PAGES if p.name and "<" not in str(p.pattern)]
# What officers read, in the desk and in the editor; of the newsroom, all but these is theirs.
DESK = ("scoring.py", "desk.py", "score.html", "models.py", "actions.py", "wagtail_hooks.py", "cms.py", "blocks.py")
READERS_OF_NEWS = ("pages.py", "feeds.py", "article_page.html", "listing.html", "cards.html", "picture.html")
FINDING = ("criteria.py", "answering.py", "questions.py")
SECRETS = ("Trăng Non", "Sao Mai", "Sao Hôm", "Trần Mẫu Đơn", "Bến Kín")


@pytest.mark.parametrize("code", languages.CODES)
def test_every_page_in_every_language_with_no_data(client: Any, code: str) -> None:
    for name in PLAIN:
        answer = client.get(languages.address(name, lang=code), follow=True)
        assert answer.status_code == 200, name
        text = answer.content.decode()
        assert f'<html lang="{ {x.code: x.tag for x in languages.LANGUAGES}[code] }"' in text
        assert text.count('hreflang="') >= 5


def test_what_is_not_public_is_on_no_page(client: Any, samples: Any) -> None:
    Figure.objects.create(record=samples.zone.record, measure="area", value=Decimal(77), unit="ha", wording="Bến Kín")
    for code in ("vi", "ko"):
        for name in PLAIN:
            text = client.get(languages.address(name, lang=code), follow=True).content.decode()
            assert not [s for s in SECRETS if s in text], name
        assert client.get(languages.address("park", samples.zone.pk, lang=code)).status_code == 404
        assert client.get(languages.address("source", samples.document.pk, lang=code)).status_code == 404


def test_officers_see_no_more_than_anybody(samples: Any, staff: Any) -> None:
    assert staff.client("administrator").get(languages.address("park", samples.zone.pk)).status_code == 404


def test_a_public_park_does_not_name_hidden_things(client: Any, samples: Any) -> None:
    write.update(samples.zone, actor=None, fields={"developer": samples.partner})
    Record.objects.filter(pk=samples.zone.pk).update(access="public")
    text = client.get(languages.address("park", samples.zone.pk)).content.decode()
    assert "Khu công nghiệp Sao Mai" in text
    assert "Trăng Non" not in text
    assert f"plot-{samples.plot.pk}" not in text


def test_figures_show_day_and_source(client: Any, samples: Any) -> None:
    Record.objects.filter(pk__in=[samples.zone.pk, samples.document.pk]).update(access="public")
    proof = samples.zone.record.evidence.create(source=samples.document.record)
    Figure.objects.create(record=samples.zone.record, measure="area", value=Decimal(300), unit="ha", evidence=proof,
                          as_of="2024-01-17")  # fmt: skip
    text = client.get(languages.address("why", lang="en")).content.decode()
    assert "300 ha" in text
    assert languages.address("source", samples.document.pk, lang="en") in text
    page = client.get(languages.address("source", samples.document.pk, lang="en")).content.decode()
    assert "300 ha" in page


def test_find_compare_and_short_list_without_an_account(client: Any, samples: Any) -> None:
    Record.objects.filter(pk__in=[samples.zone.pk, samples.plot.pk]).update(access="public")
    address = languages.address("find", lang="en")
    text = client.get(address, {"asked": "1", "area_least": "2"}).content.decode()
    assert 'name="plot"' in text
    assert "Lô A1 Sao Mai" in text
    wrong = client.get(address, {"asked": "1", "area_least": "many"})
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.content.decode()
    shown = client.get(languages.address("compare", lang="en"), {"plot": [samples.plot.pk, "9" * 30, "x", 5]})
    assert "Lô A1 Sao Mai" in shown.content.decode()
    kept = client.get(languages.address("shortlist", lang="en"))
    assert kept["Location"].endswith(f"?plot={samples.plot.pk}")


def test_a_recalled_incentive_is_not_published(client: Any, db: None) -> None:
    text = client.get(languages.address("incentives")).content.decode()
    assert "15 năm" not in text


def test_hostile_titles_are_text(client: Any, staff: Any) -> None:
    title = "<script>alert(1)</script> Khu"
    zone = write.create("zone", actor=None, fields={"title": title, "type": "industrial_park", "access": "public"})
    for name, args in (("parks", ()), ("park", (zone.pk,)), ("home", ())):
        assert "<script>alert" not in client.get(languages.address(name, *args)).content.decode()


@pytest.mark.parametrize("folder", ["ko", "zh_Hans", "ja"])
def test_every_string_of_the_public_pages_is_translated(folder: str) -> None:
    import sys

    root = LOCALE.parent.parent.parent
    sys.path.insert(0, str(root / "scripts"))
    try:
        import messages
    finally:
        sys.path.pop(0)
    catalogue = read_po((LOCALE / folder / "LC_MESSAGES" / "django.po").open("rb"), locale=folder)
    have = {messages.key(m): m for m in catalogue if m.id}
    everything = messages.sources
    messages.sources = lambda: [
        p for p in everything()
        if ("portal" in p.parts and p.name not in DESK)
        or ("news" in p.parts and p.name in READERS_OF_NEWS)
        or ("land" in p.parts and p.name in FINDING)
    ]  # fmt: skip
    try:
        wanted = [m for m in messages.collect() if m.id]
    finally:
        messages.sources = everything
    lacking = [m.id for m in wanted if messages.key(m) not in have or not messages._translated(have[messages.key(m)])]
    assert not lacking
    for m in wanted:
        ids = [m.id] if isinstance(m.id, str) else list(m.id)
        for said in messages._strings(have[messages.key(m)]):
            assert messages.placeholders(said, True) == messages.placeholders(ids[-1], True), m.id


def test_the_score_names_what_to_mend(samples: Any, staff: Any) -> None:
    Record.objects.filter(pk=samples.zone.pk).update(access="public")
    Figure.objects.create(record=samples.zone.record, measure="area", value=Decimal(77), unit="ha")
    translation.activate("vi")  # whatever the page asked for before was in
    before = {s.title: s for s in scoring.score()}
    assert not [s for s in before.values() if not 0 <= s.points <= 100]
    assert before["Không có liên kết hỏng"].points == 100
    assert before["Số liệu nào cũng có ngày"].amiss[0].text == "Khu công nghiệp Sao Mai"
    assert "Khu công nghiệp Sao Mai" in staff.client("viewer").get("/desk/portal-score/").content.decode()


def test_the_day_of_a_moment_is_that_of_viet_nam() -> None:
    """18:30 in Greenwich is the next day in Việt Nam."""
    moment = datetime.datetime(2026, 11, 26, 18, 30, tzinfo=datetime.UTC)
    with translation.override("ko"):
        assert tags.on(moment) == "2026년 11월 27일"
        assert tags.on(moment.date()) == "2026년 11월 26일"


def test_the_form_of_enquirers_is_in_every_language_and_kept_nowhere(client: Any, db: None) -> None:
    for code, word in (("vi", "Gửi"), ("en", "Send"), ("ko", "보내기"), ("zh-hans", "发送"), ("ja", "送信")):
        page = client.get(languages.address("enquire", lang=code))
        assert f">{word}</button>" in page.content.decode()
        assert languages.MAY_BE_KEPT not in page.headers
        assert "no-store" in page.headers["Cache-Control"]
        refused = client.post(languages.address("enquire", lang=code), {"title": "x"})
        assert refused.status_code == 422
        tag = next(one.tag for one in languages.LANGUAGES if one.code == code)
        assert f'<html lang="{tag}"' in refused.content.decode()


@pytest.mark.parametrize(("code", "kept"), [("ko", "ko"), ("zh-hans", "zh"), ("ja", "ja"), ("en", "en")])
def test_an_enquiry_is_answered_in_its_language(client: Any, db: None, code: str, kept: str) -> None:
    form = {"title": "Land", "text": "3 ha?", "sender_name": "A", "sender_email": "a@example.org"}
    sent = client.post(languages.address("enquire", lang=code), form)
    assert sent.status_code == 302
    assert Enquiry.objects.get().language == kept
    page = client.get(sent.headers["Location"]).content.decode()
    tag = next(one.tag for one in languages.LANGUAGES if one.code == code)
    assert f'<html lang="{tag}"' in page
    assert 'name="robots" content="noindex' in page


def test_the_map_asks_for_what_is_public_only(client: Any, db: None, staff: Any) -> None:
    zones = {
        access: write.create(
            "zone", actor=staff.lead, fields={"title": f"Khu {access}", "type": "industrial_park", "access": access}
        )
        for access in ("public", "internal")
    }
    for zone in zones.values():
        square = "POLYGON((106.5 20.5,106.6 20.5,106.6 20.6,106.5 20.6,106.5 20.5))"
        sides = {"min_x": 106.5, "min_y": 20.5, "max_x": 106.6, "max_y": 20.6, "center_x": 106.55, "center_y": 20.55}
        wkb = shapely.to_wkb(shapely.from_wkt(square))
        Outline.objects.create(record=zone.record, wkb=wkb, area_ha=11_000, **sides)
    told = client.get("/parks/features.json").json()["features"]
    assert [f["properties"]["title"] for f in told] == ["Khu public"]
    assert client.get("/parks/features.json", {"zone": zones["public"].pk}).status_code == 200
    for asked in (zones["internal"].pk, "0", "x", "9" * 30):
        assert client.get("/parks/features.json", {"zone": asked}).status_code == 404
    page = client.get(languages.address("parks", lang="ja")).content.decode()
    assert 'data-features="/parks/features.json"' in page
    assert "Khu internal" not in page
