"""The demonstration's newsroom: each article in two languages, of public records, dated in the past."""

from __future__ import annotations

import pytest
from django.utils import timezone

from diemtua.demo.newsroom import load_newsroom
from diemtua.news.models import ArticlePage
from diemtua.portal.actions import found_site

pytestmark = pytest.mark.django_db


def test_loaded_once_in_two_languages(client) -> None:
    found_site(name="Cổng thử nghiệm")
    count = load_newsroom()
    assert count >= 5
    assert load_newsroom() == 0
    pages = list(ArticlePage.objects.select_related("locale"))
    assert len(pages) == 2 * count
    assert not [page.title for page in pages if "{" in page.plain_text() or page.published_at > timezone.now()]
    for page in pages:
        shown = client.get(page.url)
        assert shown.status_code == 200
        other = "/en/" if page.locale.language_code == "vi" else "/tin-tuc/"
        assert f'href="{other}' in shown.content.decode()


def test_nothing_without_a_founded_site() -> None:
    assert load_newsroom() == 0
