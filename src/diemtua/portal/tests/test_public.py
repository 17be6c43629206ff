"""The frame of public pages: languages by address, what the policy allows, what readers choose, the way into Wagtail."""

from __future__ import annotations

import datetime
import time
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from PIL import Image as Picture
from wagtail.models import Page

from diemtua.news.models import ArticlePage
from diemtua.portal.clock import publish_due
from diemtua.portal.pictures import folder
from diemtua.register.paths import language_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/", "vi"),
        ("/tin-tuc/", "vi"),
        ("/en/", "en"),
        ("/ko/x/", "ko"),
        ("/zh-hans/", "zh-hans"),
        ("/ja", "ja"),
        ("/english/", "vi"),
        ("/desk/", ""),
        ("/account/login/", ""),
        ("/cms/", ""),
        ("/static/a.css", ""),
        ("//", "vi"),
    ],
)
def test_the_address_tells_the_language(path: str, language: str) -> None:
    assert language_of(path) == language


def test_pages_without_translation_show_the_nearest_and_say_so(client: Client, article: Any) -> None:
    page = article("Bài chỉ có tiếng Việt")
    for prefix in ("/en", "/ko", "/zh-hans", "/ja"):
        shown = client.get(prefix + page.url).content.decode()
        assert "Bài chỉ có tiếng Việt" in shown
        assert 'role="note"' in shown
        assert f'<html lang="{prefix[1:].replace("hans", "Hans")}"' in shown
        assert '<div lang="vi">' in shown
    assert 'role="note"' not in client.get(page.url).content.decode()


def test_a_cookie_or_account_does_not_change_a_public_page(staff: Any, newsroom: Any) -> None:
    client = Client()
    client.cookies["diemtua_language"] = "en"
    assert client.get("/").headers["Content-Language"] == "vi"
    assert client.get("/desk/", follow=True).headers["Content-Language"] == "en"
    assert staff.client("officer").get("/en/").headers["Content-Language"] == "en"


def test_the_policy_allows_no_scripts_in_pages(client: Client, article: Any) -> None:
    for address in ("/", article().url, "/nothing-here/"):
        response = client.get(address)
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "http" not in policy
        body = response.content.decode()
        assert " style=" not in body
        assert "<style" not in body
        assert "csrfmiddlewaretoken" not in body
        assert "Set-Cookie" not in response.headers


def test_what_a_reader_chose_stands_on_the_next_page(client: Client, newsroom: Any) -> None:
    response = client.post("/appearance/", {"theme": "dark", "next": newsroom.url})
    assert response.headers["Location"] == newsroom.url
    client.post("/appearance/", {"contrast": "high"})
    client.post("/appearance/", {"text": "larger"})
    shown = client.get("/").content.decode()
    for wanted in ('data-theme="dark"', 'data-contrast="high"', 'data-text="larger"'):
        assert wanted in shown
    client.post("/appearance/", {"contrast": ""})
    assert "data-contrast" not in client.get("/").content.decode().split("<head>")[0]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:x", ""])
def test_the_way_back_leads_nowhere_else(client: Client, back: str) -> None:
    assert client.post("/appearance/", {"theme": "nonsense", "next": back}).headers["Location"] == "/"


def test_unknown_addresses_answer_in_their_language(client: Client, newsroom: Any) -> None:
    for path, lang in (
        ("/khong-co/", "vi"),
        ("/en/no/", "en"),
        ("/a\0b/", "vi"),
        ("/" + "a/" * 300, "vi"),
        ("/한국/", "vi"),
    ):
        response = client.get(path)
        assert response.status_code == 404, path
        assert f'<html lang="{lang}"' in response.content.decode()


# --- the way into Wagtail --------------------------------------------------------------------------


def test_roles_have_their_seats(staff: Any, article: Any) -> None:
    page = article()
    assert Client().get("/cms/").headers["Location"].startswith("/account/login/")
    assert staff.client("viewer").get("/cms/").status_code == 403
    for who, publishes in (("officer", False), ("lead", True), ("administrator", True)):
        client = staff.client(who)
        response = client.get(f"/cms/pages/{page.pk}/edit/")
        assert response.status_code == 200, who
        assert (
            page.permissions_for_user(type(staff.officer).objects.get(pk=getattr(staff, who).pk)).can_publish()
            is publishes
        )
        assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]


def test_a_role_taken_away_takes_the_seat(staff: Any, newsroom: Any) -> None:
    staff.client("lead").get("/cms/")
    assert staff.lead.groups.filter(name="Moderators").exists()
    type(staff.lead).objects.filter(pk=staff.lead.pk).update(role="officer")
    staff.client("lead").get("/cms/")
    assert set(staff.lead.groups.values_list("name", flat=True)) == {"Editors"}
    assert Group.objects.count() == 2


def test_no_second_door(client: Client, staff: Any) -> None:
    assert client.get("/cms/login/").headers["Location"].startswith("/account/login/")
    for address in ("password_reset/", "users/", "groups/", "documents/"):
        assert staff.client("administrator").get(f"/cms/{address}").status_code == 404


# --- what happens by itself, pictures --------------------------------------------------------------


def test_scheduled_articles_appear_and_go_by_themselves(article: Any, settings: Any, tmp_path: Any) -> None:
    settings.VAR = tmp_path
    page = article(live=False)
    page.go_live_at = timezone.now() + datetime.timedelta(seconds=1)
    page.save_revision().publish()
    assert not publish_due()
    assert not ArticlePage.objects.get(pk=page.pk).live
    time.sleep(1.1)
    assert publish_due()
    assert ArticlePage.objects.get(pk=page.pk).live
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now())
    assert publish_due()
    assert not ArticlePage.objects.get(pk=page.pk).live


def test_only_scaled_pictures_leave(client: Client, files: Any) -> None:
    folder().mkdir(parents=True)
    Picture.new("RGB", (4, 4)).save(folder() / "a.png")
    (folder() / "a.html").write_text("<script>")
    (folder().parent / "secret.png").write_bytes(b"x")
    assert client.get("/media/a.png").status_code == 200
    for path in ("a.html", "../secret.png", "%2e%2e/secret.png", "b.png", "", "..", "/etc/passwd"):
        assert client.get(f"/media/{path}").status_code == 404, path


@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.jpg", "a.html"])
def test_broken_and_hostile_pictures_are_refused(name: str) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from wagtail.images import get_image_model
    from wagtail.images.forms import get_image_form

    data = b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'
    form = get_image_form(get_image_model())({"title": "a"}, {"file": SimpleUploadedFile(name, data)})
    assert "file" in form.errors


def test_a_picture_of_a_hundred_megapixels_is_refused_before_it_is_opened() -> None:
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile
    from wagtail.images import get_image_model
    from wagtail.images.forms import get_image_form

    made = io.BytesIO()
    Picture.new("1", (10_000, 10_000)).save(made, "PNG")
    form = get_image_form(get_image_model())({"title": "a"}, {"file": SimpleUploadedFile("a.png", made.getvalue())})
    assert "file" in form.errors


def test_the_newsroom_is_one_in_all_languages(client: Client, newsroom: Any) -> None:
    """Its page leads to the newsroom of the other language, not to a page that is not translated."""
    shown = client.get("/tin-tuc/").content.decode()
    assert 'href="/en/news/" lang="en"' in shown
    assert 'rel="alternate" hreflang="en" href="http://testserver/en/news/"' in shown
