"""Records named by articles: editors choose among what they may see, readers are shown what is public."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diemtua.news.models import ArticlePage, RelatedRecord
from diemtua.register import merging, write
from diemtua.register.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(samples: Any, staff: Any) -> Record:
    """A record that only one unit may see; `staff.other` is of another."""
    record = samples.partner.record
    Record.objects.filter(pk=record.pk).update(access="unit", unit=staff.unit)
    record.refresh_from_db()
    return record


def choices(client: Client, **query: Any) -> str:
    response = client.get(reverse("record_chooser:choose_results"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_holds_what_one_may_see(staff: Any, hidden: Record) -> None:
    for query in ({"q": hidden.title}, {"q": "trang non"}, {}, {"p": 2}):
        assert f"/chosen/{hidden.pk}/" in choices(staff.client("officer"), **query) or "q" not in query
        assert f"/chosen/{hidden.pk}/" not in choices(staff.client("other"), **query)


def test_the_list_tells_what_readers_will_not_see(staff: Any, hidden: Record) -> None:
    assert "bạn đọc không thấy" in choices(staff.client("officer"), q=hidden.title).lower()
    Record.objects.filter(pk=hidden.pk).update(access="public")
    assert "bạn đọc không thấy" not in choices(staff.client("officer"), q=hidden.title).lower()


@pytest.mark.parametrize("q", ["\0", "%", "'", "x" * 5000, "  "])
def test_odd_words(staff: Any, hidden: Record, q: str) -> None:
    choices(staff.client("officer"), q=q)


def test_by_number_one_gets_no_more(staff: Any, hidden: Record) -> None:
    chosen = reverse("record_chooser:chosen", args=[hidden.pk])
    several = reverse("record_chooser:chosen_multiple") + f"?id={hidden.pk}&id=x&id={'9' * 30}"
    assert hidden.title in staff.client("officer").get(chosen).json()["result"]["title"]
    assert staff.client("other").get(chosen).status_code == 404
    for number in ("9" * 30, "x", "0"):
        assert staff.client("officer").get(reverse("record_chooser:chosen", args=[number])).status_code == 404
    assert staff.client("other").get(several).json()["result"] == []
    assert staff.client("officer").post("/cms/record-chooser/create/").status_code == 404


def form_of(page: ArticlePage, **fields: Any) -> dict[str, Any]:
    at = page.published_at.strftime("%d/%m/%Y %H:%M")
    return {
        "title": page.title,
        "slug": page.slug,
        "lead": page.lead,
        "published_at": at,
        "body-count": "0",
        "corrections-TOTAL_FORMS": "0",
        "corrections-INITIAL_FORMS": "0",
        "related_records-TOTAL_FORMS": "1",
        "related_records-INITIAL_FORMS": "0",
        "related_records-0-ORDER": "1",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "picture_caption": "",
        **fields,
    }


def test_a_number_sent_by_hand_is_refused(staff: Any, hidden: Record, article: Any) -> None:
    page = article()
    for who, taken in (("other", 0), ("officer", 1)):
        response = staff.client(who).post(
            f"/cms/pages/{page.pk}/edit/", form_of(page, **{"related_records-0-record": hidden.pk})
        )
        latest = ArticlePage.objects.get(pk=page.pk).get_latest_revision()
        named = latest.content["related_records"] if latest else []
        assert len(named) == taken, re.findall(r"error-message[^>]*>([^<]*)", response.content.decode())
        assert (response.status_code == 302) == bool(taken)
        assert hidden.title not in staff.client("other").get(f"/cms/pages/{page.pk}/edit/").content.decode()
    assert hidden.title in staff.client("officer").get(f"/cms/pages/{page.pk}/edit/").content.decode()


def test_comparing_versions_tells_no_title(staff: Any, hidden: Record, article: Any) -> None:
    page = article()
    first = page.save_revision()
    page.related_records = [RelatedRecord(record=hidden)]
    second = page.save_revision()
    address = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, first.pk, second.pk])
    shown = staff.client("other").get(address)
    assert shown.status_code == 200
    assert hidden.title not in shown.content.decode()
    assert str(hidden.pk) in shown.content.decode()


def test_readers_are_told_of_public_records_only(client: Client, hidden: Record, article: Any) -> None:
    page = article("Bài nêu hồ sơ")
    page.related_records = [RelatedRecord(record=hidden)]
    page.save_revision().publish()
    section = page.get_parent()
    for access, archived, shown in (("unit", None, False), ("internal", None, False), ("public", None, True)):
        Record.objects.filter(pk=hidden.pk).update(access=access, archived_at=archived)
        for address in (page.url, f"{section.url}rss/", f"{section.url}atom/", section.url):
            said = hidden.title in client.get(address).content.decode()
            assert said == (shown and address == page.url), (access, address)
    Record.objects.filter(pk=hidden.pk).update(archived_at=page.published_at)
    assert hidden.title not in client.get(page.url).content.decode()


def test_an_article_about_two_records_that_are_one_names_it_once(article: Any, staff: Any) -> None:
    keep, drop = (
        write.create("party", actor=staff.lead, fields={"title": t, "kind": "company", "unit": staff.unit}).record
        for t in ("Công ty Sao Khuê thử", "Cty Sao Khuê thử")
    )
    one, both = article("Bài một"), article("Bài hai")
    RelatedRecord.objects.create(page=one, record=drop)
    RelatedRecord.objects.bulk_create([RelatedRecord(page=both, record=r) for r in (keep, drop)])
    merging.merge(actor=staff.lead, keep=keep.party, drop=drop.party, choices={}, reason="Một công ty")
    assert sorted(RelatedRecord.objects.filter(record=keep).values_list("page", flat=True)) == [one.pk, both.pk]
