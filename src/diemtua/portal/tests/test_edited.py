"""Pages that are edited: words above the pages of the register, pages of their own, stories, parts that stay live."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from diemtua.portal import site
from diemtua.portal.actions import found_site
from diemtua.portal.blocks import DOORS
from diemtua.portal.models import OF_THE_REGISTER, ContentPage, HomePage, StoryPage
from diemtua.portal.urls import PAGES
from diemtua.register import write
from diemtua.register.actions import add_evidence, add_figure
from diemtua.register.merging import merge, unmerge
from diemtua.register.models import Record
from diemtua.testing.pages import Staff

pytestmark = pytest.mark.django_db
HTML = "<script>alert(1)</script><b onclick=x>đậm</b>"


@pytest.fixture
def homes() -> dict[str, HomePage]:
    found_site(name="Cổng thử nghiệm")
    return {page.locale.language_code: page for page in HomePage.objects.select_related("locale")}


def put(parent: Any, page: Any) -> Any:
    page.locale = parent.locale
    page.full_clean(exclude=["path", "depth", "url_path"]) if page.slug else None
    parent.add_child(instance=page)
    site.forget()
    cache.clear()
    return page


def zone_with_figure(access: str = "public") -> Any:
    zone = write.create(
        "zone", actor=None, fields={"title": "Khu Trăng Non", "type": "industrial_park", "access": access}
    )
    paper = write.create(
        "document",
        actor=None,
        fields={"title": "Quyết định mẫu", "form": "decision", "origin": "cited", "access": access},
    )
    proof = add_evidence(record=zone.record, actor=None, source=paper.record)
    add_figure(record=zone.record, actor=None, measure="area", value=77, unit="ha", stage="registered", evidence=proof)
    return zone


def test_pages_of_the_register_are_known_by_their_addresses() -> None:
    own = {p.name: str(p.pattern).strip("/") for p in PAGES}
    assert all(own[name] == words for name, words in OF_THE_REGISTER.items())
    assert {value for value, _label in ContentPage.Above.choices if value} == set(OF_THE_REGISTER)
    assert {name for name, _label in DOORS} <= set(own)


def test_words_stand_above_a_page_of_the_register(client: Client, homes: dict[str, HomePage]) -> None:
    """In its language, in the nearest where there is none, with the mark of their language; facts stay as they were."""
    body = [
        ("text", f'<p>Lời của biên tập viên {HTML}</p><p><a href="javascript:alert(1)">x</a></p>'),
        ("button", {"text": HTML, "to": "enquire"}),
    ]
    page = put(homes["vi"], ContentPage(title="Khu", above="parks", lead="Lời dẫn riêng", slug="x", body=body))
    assert page.url == "/parks/"
    shown = client.get("/parks/").content.decode()
    assert "Lời dẫn riêng" in shown
    assert "Lời của biên tập viên" in shown
    assert "<script>alert" not in shown
    assert "<b onclick" not in shown
    assert "javascript:" not in shown
    assert "Khu kinh tế, khu công nghiệp và cụm công nghiệp" not in shown, "the page's own opening lines give way"
    assert "Lời dẫn riêng" in client.get("/ko/parks/").content.decode()
    assert '<p lang="vi">Lời dẫn riêng' in client.get("/ko/parks/").content.decode()
    put(homes["en"], ContentPage(title="Parks", above="parks", lead="Words of our own", slug="y"))
    assert '<p lang="en">Words of our own' in client.get("/ko/parks/").content.decode()
    assert "<p>Words of our own" in client.get("/en/parks/").content.decode()
    page.unpublish()
    site.forget()
    cache.clear()
    assert "Lời dẫn riêng" not in client.get("/parks/").content.decode()


def test_one_page_stands_at_one_place(homes: dict[str, HomePage]) -> None:
    put(homes["vi"], ContentPage(title="Khu", above="parks", slug="x"))
    with pytest.raises(ValidationError) as caught:
        put(homes["vi"], ContentPage(title="Khu nữa", above="parks", slug="z"))
    assert "above" in caught.value.error_dict
    with pytest.raises(ValidationError) as caught:
        put(homes["vi"], ContentPage(title="Khu khác", slug="contact"))
    assert "slug" in caught.value.error_dict


def test_live_parts_show_what_is_public_now(client: Client, homes: dict[str, HomePage]) -> None:
    zone = zone_with_figure()
    body = [
        ("figures", {"heading": "Số liệu", "record": zone.record}),
        ("parks", {"heading": "Các khu", "most": 3}),
        ("numbers", {"heading": ""}),
        ("projects", {"heading": "", "which": "running", "most": 2}),
        ("partners", {"heading": "", "most": 2}),
        ("contacts", {"heading": "", "sector": ""}),
        ("news", {"heading": "", "section": None, "most": 2}),
    ]
    page = put(homes["vi"], ContentPage(title="Trang thử", slug="trang-thu", heading="where", body=body))
    for path in (page.url, "/ko" + page.url):
        shown = client.get(path).content.decode()
        assert "77 ha" in shown
        assert "Quyết định mẫu" in shown
        assert "Khu Trăng Non" in shown
    Record.objects.filter(pk=zone.pk).update(access="internal")
    shown = client.get(page.url).content.decode()
    assert "77 ha" not in shown
    assert "Trăng Non" not in shown
    assert f'href="{page.url}"' in client.get("/contact/").content.decode(), "the menu leads to it"
    assert f'href="/ko{page.url}" lang="vi"' in client.get("/ko/contact/").content.decode()


TABLE = {
    "caption": "Giá thuê",
    "columns": [{"type": "text", "heading": "Khu"}, {"type": "number", "heading": "Giá"}],
    "rows": [{"values": ["Khu Một", "1.234,5"]}, {"values": ["Khu Hai", ""]}],
}


def test_a_table_is_shown_with_its_headings(client: Client, homes: dict[str, HomePage]) -> None:
    page = put(homes["vi"], ContentPage(title="Có bảng", slug="co-bang", heading="why", body=[("table", TABLE)]))
    shown = client.get(page.url).content.decode()
    assert "<caption>Giá thuê</caption>" in shown
    assert '<th scope="col" class="num">Giá</th>' in shown
    assert '<td class="num">1.234,5</td>' in shown


def test_a_table_that_is_too_long_is_refused(homes: dict[str, HomePage]) -> None:
    long = TABLE | {"rows": [{"values": ["a", "1"]}] * 201}
    page = ContentPage(title="Bảng dài", slug="bang-dai", body=[("table", long)], locale=homes["vi"].locale)
    block = page.body.stream_block.child_blocks["table"]
    with pytest.raises(ValidationError) as refused:
        block.clean(page.body[0].value)
    assert "200" in str(refused.value.as_json_data())


def test_hostile_words_stay_words(client: Client, homes: dict[str, HomePage]) -> None:
    """In every part an editor can write into, and in what the register says of a record."""
    bad = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    zone = zone_with_figure()
    body = [
        ("quote", {"text": bad, "speaker": bad}),
        ("button", {"text": bad, "to": "enquire"}),
        ("table", {"caption": bad, "columns": [{"type": "text", "heading": bad}], "rows": [{"values": [bad]}]}),
        ("text", f"<p>{bad}</p><p><a href='javascript:alert(1)'>x</a></p>"),
        ("figures", {"heading": bad, "record": zone.record}),
        ("parks", {"heading": bad, "most": 3}),
        ("numbers", {"heading": bad}),
        ("projects", {"heading": bad, "which": "running", "most": 2}),
        ("partners", {"heading": bad, "most": 2}),
        ("contacts", {"heading": bad, "sector": bad}),
        ("news", {"heading": bad, "section": None, "most": 2}),
    ]
    page = put(homes["vi"], ContentPage(title=bad, slug="x-y", heading="why", lead=bad, body=body))
    for path in (page.url, "/ja" + page.url, "/"):
        shown = client.get(path).content.decode()
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "javascript:" not in shown


def test_a_story_has_the_facts_of_its_record_and_words_only_with_consent(
    client: Client, homes: dict[str, HomePage]
) -> None:
    zone = zone_with_figure()
    above = put(homes["vi"], ContentPage(title="Dự án", above="stories", slug="x"))
    with pytest.raises(ValidationError) as caught:
        put(above, StoryPage(title="Chuyện", slug="chuyen", quote="Rất hài lòng", record=zone.record))
    assert "quote_agreed" in caught.value.error_dict
    story = put(
        above,
        StoryPage(title=f"Chuyện {HTML}", slug="chuyen", quote="Rất hài lòng", quote_agreed=True, record=zone.record),
    )
    assert story.url == "/stories/chuyen/"
    shown = client.get(story.url).content.decode()
    assert "77 ha" in shown
    assert "Rất hài lòng" in shown
    assert "<script>alert" not in shown
    listed = client.get("/ja/stories/").content.decode()
    assert 'href="/ja/stories/chuyen/"' in listed
    Record.objects.filter(pk=zone.pk).update(access="internal")
    shown = client.get(story.url).content.decode()
    assert "77 ha" not in shown
    assert "Khu Trăng Non" not in shown


def test_a_story_follows_its_record_when_two_become_one(homes: dict[str, HomePage], staff: Staff) -> None:
    keep, drop = (
        write.create("party", actor=staff.lead, fields={"title": t, "kind": "company", "access": "public"})
        for t in ("Công ty Trăng Rằm", "Cty Trăng Rằm")
    )
    story = put(homes["vi"], StoryPage(title="Chuyện", slug="chuyen", record=drop.record))
    batch = merge(actor=staff.lead, keep=keep, drop=drop, reason="Cùng một công ty")
    assert StoryPage.objects.get(pk=story.pk).record_id == keep.pk
    unmerge(actor=staff.lead, batch=batch)
    assert StoryPage.objects.get(pk=story.pk).record_id == drop.pk


def form_of(title: str, **more: Any) -> dict[str, Any]:
    return nested_form_data({
        "title": title, "slug": "trang-moi", "above": "", "heading": "why", "lead": "Mở đầu", "picture": "",
        "picture_caption": "", "picture_credit": "", "seo_title": "", "search_description": "",
        "body": streamfield([
            ("text", rich_text("<p>Viết <b>đậm</b></p>")),
            ("numbers", {"heading": "Bằng số"}),
            ("button", {"text": "Hỏi", "to": "enquire"}),
        ]),
        "comments": inline_formset([]),
    } | more)  # fmt: skip


def test_an_officer_writes_a_page_and_a_lead_publishes_it(
    client: Client, homes: dict[str, HomePage], staff: Staff, django_capture_on_commit_callbacks: Any
) -> None:
    """Through the editor's own forms, as a browser sends them."""
    add = reverse("wagtailadmin_pages:add", args=["portal", "contentpage", homes["vi"].pk])
    assert staff.client("officer").get(add).status_code == 200
    wrong = staff.client("officer").post(add, form_of("Trang mới", slug="contact"))
    assert wrong.status_code == 200, "shown again with what is wrong"
    assert not ContentPage.objects.exists()
    assert staff.client("officer").post(add, form_of("Trang mới")).status_code == 302
    page = ContentPage.objects.get()
    assert not page.live
    assert client.get("/trang-moi/").status_code == 404
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    with django_capture_on_commit_callbacks(execute=True):
        sent = form_of("Trang mới") | {"action-publish": "1"}
        assert staff.client("lead").post(edit, sent).status_code == 302
    site.forget()
    cache.clear()
    shown = client.get("/trang-moi/").content.decode()
    assert "Viết <b>đậm</b>" in shown
    assert "Bằng số" in shown
    assert staff.client("viewer").get(edit).status_code in (302, 403, 404)
