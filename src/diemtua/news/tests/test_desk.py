"""In the desk: articles go to the reader in one click; a record page lists articles about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from diemtua.news.models import RelatedRecord
from diemtua.sources.models import Document

pytestmark = pytest.mark.django_db


def test_an_article_becomes_a_document_once(staff: Any, article: Any) -> None:
    page = article("Tỉnh tiếp đoàn doanh nghiệp thử")
    officer = staff.client("officer")
    for _time in range(2):
        response = officer.post(reverse("news:send", args=[page.pk]))
        assert response.status_code == 302
    document = Document.objects.get()
    assert document.url.endswith(page.url)
    assert str(document.published.iso) == page.published_day.isoformat()
    assert "Đoạn hai." in document.content.text
    assert page.title in document.content.text


def test_a_draft_is_not_sent(staff: Any, article: Any) -> None:
    page = article(live=False)
    response = staff.client("officer").post(reverse("news:send", args=[page.pk]), follow=True)
    assert "alert-danger" in response.content.decode() or "bg-danger" in response.content.decode()
    assert not Document.objects.exists()


def test_viewers_send_nothing(staff: Any, article: Any) -> None:
    assert staff.client("viewer").post(reverse("news:send", args=[article().pk])).status_code == 403
    assert not Document.objects.exists()


def test_articles_about_a_record(staff: Any, samples: Any, article: Any) -> None:
    page = article("Bài về đối tác thử")
    page.related_records = [RelatedRecord(record=samples.partner.record)]
    page.save_revision().publish()
    address = reverse("news:about", args=[samples.partner.record.pk])
    part = staff.client("viewer").get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Bài về đối tác thử" in part
    assert "<html" not in part
    assert address in staff.client("viewer").get(samples.partner.record.get_absolute_url()).content.decode()


def test_articles_about_what_one_may_not_see_are_not_told(staff: Any, samples: Any) -> None:
    record = samples.partner.record
    type(record).objects.filter(pk=record.pk).update(access="unit", unit=staff.unit)
    assert staff.client("other").get(reverse("news:about", args=[record.pk])).status_code == 404


def test_the_list_of_the_newsroom(staff: Any, article: Any) -> None:
    article("Bài trong sổ")
    assert "Bài trong sổ" in staff.client("officer").get(reverse("news:newsroom")).content.decode()
