"""A founded site with a section, and a way to make articles."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from diemtua.news.models import ArticlePage, NewsIndexPage, SectionPage
from diemtua.portal.actions import found_site


@pytest.fixture
def newsroom(db: None) -> NewsIndexPage:
    found_site(name="Cổng thử nghiệm")
    return NewsIndexPage.objects.get(locale__language_code="vi")


@pytest.fixture
def section(newsroom: NewsIndexPage) -> SectionPage:
    made = SectionPage(title="Đối ngoại thử", slug="doi-ngoai")
    newsroom.add_child(instance=made)
    return made


@pytest.fixture
def article(section: SectionPage) -> Callable[..., ArticlePage]:
    def make(title: str = "Bài thử", days_ago: float = 1, **fields: Any) -> ArticlePage:
        at = timezone.now() - datetime.timedelta(days=days_ago)
        fields = {
            "lead": "Lời dẫn thử.",
            "body": [("text", "<p>Đoạn một.</p><p>Đoạn hai.</p>")],
            "published_at": at,
        } | fields
        made = ArticlePage(title=title, **fields)
        section.add_child(instance=made)
        return made

    return make
