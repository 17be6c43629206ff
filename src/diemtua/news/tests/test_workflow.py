"""Draft, review, publication by roles, through the editor's own pages; corrections with their day."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from diemtua.news.models import ArticlePage, SectionPage

from .test_choosing import form_of

pytestmark = pytest.mark.django_db


def new_article(title: str, **fields: Any) -> dict[str, Any]:
    blank = ArticlePage(title=title, slug="bai-moi", lead="Lời dẫn.")
    return {**form_of(blank), "related_records-TOTAL_FORMS": "0", **fields}


def written(client: Client, section: SectionPage, title: str = "Bài mới viết", **fields: Any) -> ArticlePage:
    address = reverse("wagtailadmin_pages:add", args=["news", "articlepage", section.pk])
    assert client.get(address).status_code == 200
    response = client.post(address, new_article(title, **fields))
    assert response.status_code == 302, response.content.decode()
    return ArticlePage.objects.get(title=title)


def test_an_officer_writes_a_lead_publishes(staff: Any, section: SectionPage, client: Client) -> None:
    page = written(staff.client("officer"), section, **{"action-submit": "1"})
    assert not page.live
    assert page.current_workflow_state is not None
    assert client.get(f"{section.url}{page.slug}/").status_code == 404
    task = page.current_workflow_task_state
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    assert staff.client("officer").post(approve, follow=True).status_code in (200, 403)
    page.refresh_from_db()
    assert not page.live, "an officer approves nothing"
    assert staff.client("lead").post(approve).status_code in (200, 302)
    page = ArticlePage.objects.get(pk=page.pk)
    assert page.live
    assert page.title in client.get(page.url).content.decode()


def test_a_lead_sends_an_article_back(staff: Any, section: SectionPage) -> None:
    page = written(staff.client("officer"), section, **{"action-submit": "1"})
    task = page.current_workflow_task_state
    reject = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "reject", task.pk])
    staff.client("lead").post(reject, {"comment": "Cần thêm nguồn."})
    page = ArticlePage.objects.get(pk=page.pk)
    assert not page.live
    assert page.current_workflow_state.status == "needs_changes"


def test_an_officer_cannot_publish_by_sending_the_button(staff: Any, section: SectionPage) -> None:
    page = written(staff.client("officer"), section, **{"action-publish": "1"})
    assert not page.live


def test_a_lead_publishes_at_once_and_corrects(staff: Any, section: SectionPage, client: Client) -> None:
    page = written(staff.client("lead"), section, **{"action-publish": "1"})
    assert page.live
    fields = new_article(
        page.title,
        slug=page.slug,
        **{
            "corrections-TOTAL_FORMS": "1",
            "corrections-0-day": "20/07/2023",
            "corrections-0-text": "Sửa diện tích thành 588,84 ha.",
            "corrections-0-ORDER": "1",
            "action-publish": "1",
        },
    )
    assert staff.client("lead").post(f"/cms/pages/{page.pk}/edit/", fields).status_code == 302
    shown = client.get(page.url).content.decode()
    assert "20/07/2023" in shown
    assert "Sửa diện tích thành 588,84 ha." in shown


def test_the_day_is_not_read_month_first(staff: Any, section: SectionPage) -> None:
    for language in ("vi", "en"):
        type(staff.lead).objects.filter(pk=staff.lead.pk).update(language=language)
        page = written(staff.client("lead"), section, f"Bài {language}", published_at="11/02/2023 08:30",
                       slug=f"bai-{language}")  # fmt: skip
        assert page.published_day.isoformat() == "2023-02-11"


def test_viewers_write_nothing(staff: Any, section: SectionPage) -> None:
    before = Page.objects.count()
    address = reverse("wagtailadmin_pages:add", args=["news", "articlepage", section.pk])
    assert staff.client("viewer").post(address, new_article("Bài lạ")).status_code == 403
    assert Page.objects.count() == before
