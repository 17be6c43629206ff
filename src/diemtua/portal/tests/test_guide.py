"""Procedures, incentives and contacts in public: what is known and checked, and nothing else."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from diemtua.portal import contacts, languages, scoring
from diemtua.register import write
from diemtua.register.models import Record
from diemtua.rulebook.actions import override_rule
from diemtua.rulebook.queries import rule

pytestmark = pytest.mark.django_db
EN = {name: languages.address(name, lang="en") for name in ("guide", "incentives", "contact", "home", "parks")}


def office(access: str = "public", own: bool = True, **contact: Any) -> Any:
    fields = {"title": "Văn phòng Mẫu Cau", "kind": "agency", "is_own": own, "access": access}
    row = {"label": "Đầu mối Mẫu", "officer": "Bà Lê Mẫu Cau", "public": True} | contact
    return write.create("party", actor=None, fields=fields, children={"contacts": [row]})


def page(client: Any, name: str, **asked: Any) -> str:
    return str(client.get(EN[name], asked).content.decode())


def test_a_procedure_tells_what_is_not_known(client: Any) -> None:
    text = page(client, "guide")
    assert "within 12 months of the enterprise certificate" in text
    assert "143/2025/QH15" in text
    certificate = text[text.index('id="investment-certificate"') :]
    assert "not known: ask us" in certificate[: certificate.index("</details>")]


def test_an_administrator_completes_a_procedure_line_by_line(client: Any, staff: Any) -> None:
    desk = staff.client("administrator")
    url = reverse("rulebook:override", args=["procedure.investment_certificate"])
    assert "\nstep | " in desk.get(url).context["form"]["value"].value()
    asked = {"valid_from": "01/11/2026", "basis": "Quyết định mẫu", "reason": "thử"}
    wrong = desk.post(url, asked | {"value": "price | một | one"})
    assert wrong.status_code == 200
    assert wrong.context["form"].errors["value"]
    done = desk.post(url, asked | {"value": "step | Nộp hồ sơ | Hand in <b>papers</b>\n\nfee | Không thu | None"})
    assert done.status_code == 302
    text = page(client, "guide")
    assert "Hand in &lt;b&gt;papers&lt;/b&gt;" in text
    assert "Quyết định mẫu" in text
    assert "within 12 months of the enterprise certificate" not in text


def test_incentives_set_by_an_administrator_are_published(client: Any, staff: Any) -> None:
    assert "10% for 15 years" not in page(client, "incentives")
    override_rule(
        actor=staff.administrator,
        code="investment.incentives",
        value=[dict(entry) for entry in rule("investment.incentives").value],
        valid_from=datetime.date(2026, 1, 1),
        valid_to=None,
        basis="67/2025/QH15, điều mẫu",
        reason="đã đối chiếu",
    )
    assert "10% for 15 years" in page(client, "incentives")


def test_only_ticked_contacts_of_our_own_public_offices_are_shown(client: Any) -> None:
    hidden = [office(public=False), office(access="internal"), office(own=False)]
    assert "Bà Lê" not in page(client, "contact")
    shown = office(sector="Đất, Thủ tục", language="tiếng Anh, tiếng Hàn", note="Ghi riêng", email="mau@example.org")
    text = page(client, "contact")
    assert "Bà Lê Mẫu Cau" in text
    assert "한국어" in text
    assert "Ghi riêng" not in text
    assert "Bà Lê Mẫu Cau" in page(client, "contact", sector="Đất")
    assert "Bà Lê Mẫu Cau" in page(client, "contact", sector="không có\x00")
    write.archive(shown, actor=None, reason="thử")
    assert "Bà Lê" not in page(client, "contact")
    assert len(hidden) == 3


def test_who_is_not_named_is_said_and_scored(client: Any) -> None:
    office(officer="", language="")
    text = page(client, "contact")
    assert "Not named yet" in text
    assert "Languages not told" in text
    found = {one["check"]: s for one, s in zip(scoring.criteria(), scoring.score(), strict=True)}
    assert "Văn phòng Mẫu Cau" in found["nameless_officers"].amiss[0].text
    assert found["untold_procedures"].wrong


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("tiếng Anh, tiếng Hàn", ("en", "ko")),
        ("Nhật; Trung", ("zh-hans", "ja")),
        ("Vietnamese/English", ("vi", "en")),
        ("tiếng Lào", ()),
        ("", ()),
    ],
)
def test_languages_are_read_as_officers_write_them(text: str, codes: tuple[str, ...]) -> None:
    assert contacts.spoken(text) == codes


def test_the_map_of_the_site_names_public_pages_in_all_languages(client: Any, samples: Any) -> None:
    path = languages.address("park", samples.zone.pk, lang="ko")
    assert "http://testserver/sitemap-pages.xml" in client.get("/sitemap.xml").content.decode()
    body = client.get("/sitemap-pages.xml").content
    assert path not in body.decode()
    write.update(samples.zone, actor=None, fields={"access": "public"})
    root = ElementTree.fromstring(client.get("/sitemap-pages.xml").content)
    places = [e.text or "" for e in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert f"http://testserver{path}" in places
    assert not [p for p in places if client.get(p.removeprefix("http://testserver")).status_code != 200]
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_pages_say_what_they_are_and_nothing_ends_the_script(client: Any) -> None:
    fields = {"title": "</script><b>Khu", "type": "industrial_park", "access": "public"}
    zone = write.create("zone", actor=None, fields=fields)
    path = languages.address("park", zone.pk, lang="ja")
    text = client.get(path).content.decode()
    assert f'rel="canonical" href="http://testserver{path}"' in text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    graph = {one["@type"]: one for one in json.loads(script)["@graph"]}
    assert graph["BreadcrumbList"]["itemListElement"][-1]["name"] == "</script><b>Khu"
    data = client.get(languages.address("dataset", "zones", lang="en")).content.decode()
    assert '"@type": "Dataset"' in data
    assert "GovernmentOrganization" in data


def test_a_missing_page_answers_in_the_language_of_its_address(client: Any, samples: Any) -> None:
    answer = client.get(languages.address("park", samples.zone.pk, lang="en"))
    assert answer.status_code == 404
    assert "This page does not exist" in answer.content.decode()
    assert "noindex" in answer.content.decode()


def test_what_is_kept_is_never_older_than_the_register(client: Any, samples: Any) -> None:
    assert "Sao Mai" not in page(client, "home")
    write.update(samples.zone, actor=None, fields={"access": "public"})
    assert "Sao Mai" in page(client, "home")
    write.update(samples.zone, actor=None, fields={"access": "internal"})
    assert "Sao Mai" not in page(client, "home")
    assert Record.objects.get(pk=samples.zone.pk).access == "internal"


def test_a_park_asks_little_however_many_plots(client: Any, samples: Any, django_assert_max_num_queries: Any) -> None:
    write.update(samples.zone, actor=None, fields={"access": "public"})
    for n in range(40):
        fields = {"title": f"Lô M{n}", "code": f"M{n}", "zone": samples.zone, "access": "public"}
        write.create("plot", actor=None, fields=fields)
    path = languages.address("park", samples.zone.pk, lang="en")
    with django_assert_max_num_queries(27):
        text = client.get(path).content.decode()
    assert text.count('id="plot-') == 24
    assert "16 more stand in the open data" in text
    with django_assert_max_num_queries(3):
        client.get(path)
