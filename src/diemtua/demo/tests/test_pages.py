"""The demonstration's edited pages: in two languages, on the pages of the register and beside them, never an empty mark."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from diemtua.demo.pages import load_pages
from diemtua.portal import site
from diemtua.portal.actions import found_site
from diemtua.portal.languages import CODES, address
from diemtua.portal.models import OF_THE_REGISTER, ContentPage, StoryPage

pytestmark = pytest.mark.django_db


def main_of(page: Any) -> str:
    return str(page.content.decode().split("<main", 1)[1].split("</main>")[0])


def test_loaded_once_and_read_in_every_language(client: Client) -> None:
    found_site(name="Cổng thử nghiệm")
    count = load_pages()
    assert count >= 9
    assert load_pages() == 0
    assert ContentPage.objects.count() + StoryPage.objects.count() == 2 * count
    site.forget()
    cache.clear()
    for code in CODES:
        for name in OF_THE_REGISTER:
            answer = client.get(address(name, lang=code))
            assert answer.status_code == 200, (code, name)
            assert "{" not in main_of(answer), (code, name)
        for page in [*ContentPage.objects.filter(above="", locale__language_code="vi"), *StoryPage.objects.all()[:1]]:
            path = page.url if code == "vi" else f"/{code}{page.url}"
            answer = client.get(path, follow=True)
            assert answer.status_code == 200, path
            assert "{" not in main_of(answer), path


def test_an_address_of_another_language_leads_to_the_nearest_there_is(client: Client) -> None:
    found_site(name="Cổng thử nghiệm")
    load_pages()
    site.forget()
    cache.clear()
    english = ContentPage.objects.get(slug="khu-kinh-te").get_translations().get(locale__language_code="en")
    assert client.get("/en/khu-kinh-te/")["Location"] == english.url
    assert client.get("/ko/khu-kinh-te/")["Location"] == f"/ko/{english.slug}/"
    assert client.get("/en/tin-tuc/2026/11/")["Location"] == "/en/news/2026/11/"
    assert client.get(f"/ko/{english.slug}/").status_code == 200
    assert client.get(english.url).status_code == 200


def test_nothing_without_a_founded_site(db: None) -> None:
    assert load_pages() == 0
