"""What readers see: an article, lists, days, search, feeds; and how few questions that takes."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from diemtua.news import queries
from diemtua.news.models import ArticlePage, Correction, RelatedRecord, SectionPage
from diemtua.portal.actions import found_site

pytestmark = pytest.mark.django_db


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def test_an_article_shows_all_that_belongs_to_it(client: Client, article: Any) -> None:
    page = article(
        "Hợp tác & <phát triển>",
        author="Nguyễn Văn Thử",
        place="Hưng Yên",
        published_at=datetime.datetime(2023, 7, 18, 1, 43, tzinfo=datetime.UTC),
        source_name="Báo Thử",
        source_url="https://bao.example/1",
    )
    page.corrections = [Correction(day=datetime.date(2023, 7, 20), text="Sửa số liệu.")]
    page.tags.add("đầu tư")
    page.save_revision().publish()
    article("Bài khác cùng mục")
    shown = text(client, page.url)
    for wanted in (
        "Hợp tác &amp; &lt;phát triển&gt;",
        "Thứ Ba",
        "18/07/2023 08:43",
        "Nguyễn Văn Thử",
        "Hưng Yên",
        "Báo Thử",
    ):
        assert wanted in shown
    for wanted in ("20/07/2023", "Sửa số liệu.", "Bài khác cùng mục", "đầu tư", 'property="og:title"'):
        assert wanted in shown
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', shown, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == page.title
    assert data["datePublished"] == "2023-07-18T08:43:00+07:00"


def test_linked_data_cannot_end_its_element(client: Client, article: Any) -> None:
    page = article("Bài thử", lead="</script><script>alert(1)</script>")
    assert "<script>alert" not in text(client, page.url)


def test_only_public_records_are_named(client: Client, article: Any, samples: Any) -> None:
    page = article()
    record = samples.partner.record
    page.related_records = [RelatedRecord(record=record)]
    page.save_revision().publish()
    assert record.title not in text(client, page.url)
    type(record).objects.filter(pk=record.pk).update(access="public")
    assert record.title in text(client, page.url)


def test_a_day_in_the_future_is_refused_unless_scheduled(article: Any) -> None:
    later = timezone.now() + datetime.timedelta(days=2)
    with pytest.raises(ValidationError) as refused:
        article("Bài tương lai", published_at=later)
    assert "published_at" in refused.value.message_dict
    page = article("Bài hẹn giờ", live=False, published_at=later, go_live_at=later)
    assert not page.live


@pytest.mark.parametrize("title", ["한국 기업 투자", "日本との協力", "与中国的合作", "Сотрудничество", "Đầu tư"])
def test_titles_of_five_scripts_have_addresses_that_open(client: Client, article: Any, title: str) -> None:
    page = article(title)
    assert title in text(client, page.url)


def test_lists_go_on_without_losing_or_repeating(client: Client, article: Any, section: Any) -> None:
    same = timezone.now() - datetime.timedelta(hours=5)
    for number in range(45):
        article(f"Bài số {number:02d}!", published_at=same)
    seen: list[str] = []
    url = section.url
    while url:
        shown = text(client, url)
        seen += re.findall(r"Bài số (\d\d)!</a></h2>", shown)
        more = re.search(r'href="(\?before=[^"]+)"', shown)
        url = section.url + more[1] if more else ""
    assert sorted(seen) == [f"{n:02d}" for n in range(45)]


@pytest.mark.parametrize("mark", ["x", "1-2-3", "9" * 40, "-", "99999999999999999-1", "１-２"])
def test_a_mark_that_is_none_begins_at_the_start(client: Client, article: Any, section: Any, mark: str) -> None:
    article()
    assert "Bài thử" in text(client, f"{section.url}?before={mark}") or mark == "1-2-3"


def test_news_by_date(client: Client, article: Any, newsroom: Any) -> None:
    at = datetime.datetime(2023, 7, 17, 18, 0, tzinfo=datetime.UTC)  # 18/07, one in the morning, in Việt Nam
    article("Bài đêm", published_at=at)
    for address in ("2023/", "2023/7/", "2023/7/18/"):
        assert "Bài đêm" in text(client, newsroom.url + address)
    assert "Bài đêm" not in text(client, newsroom.url + "2023/7/17/")
    assert "/2023/7/18/" in text(client, newsroom.url + "2023/7/")
    for address in ("2023/2/30/", "2023/13/", "9999/1/", "0/", "2999/"):
        text(client, newsroom.url + address, 404)


@pytest.mark.parametrize("words", ["doi ngoai", "đối ngoại", "ĐỐI NGOẠI", "ngoai doi", "Đoàn đối"])
def test_search_with_and_without_marks(client: Client, article: Any, newsroom: Any, words: str) -> None:
    article("Đoàn công tác đối ngoại")
    article("Bài về nông nghiệp")
    shown = client.get(newsroom.url + "search/", {"q": words}).content.decode()
    assert "Đoàn công tác đối ngoại</a>" in shown
    assert "nông nghiệp</a>" not in shown


@pytest.mark.parametrize("words", ["", "   ", '"', "' OR 1=1", "a" * 5000, "AND OR NOT", "*", "\0x", "(((", "title:x"])
def test_odd_searches_answer(client: Client, article: Any, newsroom: Any, words: str) -> None:
    article()
    assert client.get(newsroom.url + "search/", {"q": words}).status_code == 200


def test_drafts_are_nowhere(client: Client, article: Any, newsroom: Any, section: Any) -> None:
    page = article("Bản nháp kín", live=False)
    text(client, page.url or f"{section.url}{page.slug}/", 404)
    for address in (
        newsroom.url,
        section.url,
        newsroom.url + "search/?q=nháp",
        newsroom.url + "rss/",
        "/news-sitemap.xml",
    ):
        assert "Bản nháp kín" not in text(client, address).replace("“nháp”", "")


def test_feeds_are_well_formed(client: Client, article: Any, section: Any) -> None:
    from lxml import etree

    article("Tin <b>đậm</b> & hơn", author="Người Viết Thử")
    for form in ("rss/", "atom/"):
        tree = etree.fromstring(client.get(section.url + form).content)
        assert "Tin <b>đậm</b> & hơn" in "".join(tree.itertext())


def test_maps_of_the_site(client: Client, article: Any) -> None:
    from lxml import etree

    page = article("Tin hôm nay", days_ago=0.1)
    assert page.url in client.get("/news-sitemap.xml").content.decode()
    month = timezone.localtime(page.published_at).strftime("%Y-%m")
    assert f"/sitemap-{month}.xml" in client.get("/sitemap.xml").content.decode()
    for address in ("/sitemap.xml", "/sitemap-pages.xml", f"/sitemap-{month}.xml", "/news-sitemap.xml"):
        etree.fromstring(client.get(address).content)
    assert client.get("/sitemap-2023-13.xml").status_code == 404


def test_ten_queries_at_most(client: Client, article: Any, newsroom: Any, section: Any) -> None:
    for number in range(25):
        page = article(f"Bài {number}")
    day = timezone.localtime(page.published_at)
    client.get("/")  # the site is looked up, as on a running server
    for address in (
        newsroom.url,
        section.url,
        page.url,
        f"{newsroom.url}{day.year}/{day.month}/",
        f"{newsroom.url}search/?q=bai",
        f"{section.url}{day.year}/{day.month}/{day.day}/",
        f"{section.url}rss/",
    ):
        with CaptureQueriesContext(connection) as queries:
            text(client, address)
        assert len(queries) <= 10, address


def test_founding_twice_changes_nothing(newsroom: Any) -> None:
    before = ArticlePage.get_tree().model.objects.count()
    found_site(name="Tên khác")
    assert newsroom.get_siblings().count() == 1
    assert ArticlePage.get_tree().model.objects.count() == before


def test_children_are_those_of_the_tree(
    newsroom: Any, section: Any, article: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where places are empty, where there are none, and where they are too many to be named."""
    for number in range(5):
        newsroom.add_child(instance=SectionPage(title=f"Mục {number}", slug=f"muc-{number}"))
    article()
    SectionPage.objects.get(slug="muc-2").delete()
    pages = [newsroom, section, *Page.objects.filter(depth__lte=2)]
    for most in (500, 2):
        monkeypatch.setattr(queries, "CHILDREN_MOST", most)
        for page in pages:
            assert set(Page.objects.filter(queries.children(page))) == set(Page.objects.child_of(page))
