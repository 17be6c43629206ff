"""Pages are handed to translation, go out and come back as PO files, and say so while they are not translated."""

from __future__ import annotations

from typing import Any

import polib
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import Translation

from diemtua.news.models import ArticlePage
from diemtua.portal import site
from diemtua.portal.models import ContentPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed(staff: Any, article: Any) -> Translation:
    """An article that an officer has handed to Korean translation."""
    page = article("Bài cần dịch", lead="Lời dẫn cần dịch.")
    address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    response = staff.client("officer").post(address, {"locales": [Locale.objects.get(language_code="ko").pk]})
    assert response.status_code == 302, response.content.decode()[:2000]
    return Translation.objects.get(target_locale__language_code="ko", source__object_id=page.translation_key)


def test_a_po_file_goes_out_and_comes_back(
    staff: Any, client: Client, handed: Translation, django_capture_on_commit_callbacks: Any
) -> None:
    page = ArticlePage.objects.get(language="vi")
    korean = handed.get_target_instance()
    before = client.get("/ko/" + page.url.lstrip("/")).content.decode()
    assert 'role="note"' in before
    assert "Bài cần dịch" in before
    out = staff.client("officer").get(reverse("wagtail_localize:download_pofile", args=[handed.pk]))
    po = polib.pofile(out.content.decode())
    said = {"Bài cần dịch": "번역할 글", "bai-can-dich": "번역할-글", "Lời dẫn cần dịch.": "번역할 첫머리."}
    for entry in po:
        entry.msgstr = said.get(entry.msgid, f"번역: {entry.msgid}")
    file = SimpleUploadedFile("ko.po", str(po).encode())
    address = reverse("wagtail_localize:upload_pofile", args=[handed.pk])
    assert staff.client("officer").post(address, {"file": file}).status_code == 302
    handed.refresh_from_db()
    edit = reverse("wagtailadmin_pages:edit", args=[korean.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert staff.client("lead").post(edit, {"action": "publish"}).status_code == 302
    korean = ArticlePage.objects.get(pk=korean.pk)
    assert korean.title == "번역할 글"
    shown = client.get(korean.url).content.decode()
    assert "번역할 첫머리." in shown
    assert '<html lang="ko"' in shown
    assert 'role="note"' not in shown


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"\xff\xfe", b'msgid "a"\nmsgstr "b"\n', b"/etc/passwd", b"x" * 6_000_000]
)
def test_other_files_are_refused_in_a_sentence(staff: Any, handed: Translation, content: bytes) -> None:
    address = reverse("wagtail_localize:upload_pofile", args=[handed.pk])
    officer = staff.client("officer")
    files = {"file": SimpleUploadedFile("ko.po", content)} if content else {}
    response = officer.post(address, files, follow=True)
    assert response.status_code == 200
    assert "tệp PO" in response.content.decode()


def test_viewers_take_nothing_in(staff: Any, handed: Translation) -> None:
    address = reverse("wagtail_localize:upload_pofile", args=[handed.pk])
    assert staff.client("viewer").post(address, {}).status_code == 403


def test_words_above_a_page_and_parts_that_stay_live_are_translated(
    staff: Any, client: Client, newsroom: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Words go out as PO and come back; what is looked up, and where the page stands, is the same in each language."""
    home = newsroom.get_parent()
    page = ContentPage(title="Khu", slug="x", above="parks", lead="Lời dẫn", locale=home.locale)
    page.body = [
        ("text", "<p>Đoạn văn</p>"),
        ("parks", {"heading": "Các khu", "most": 3}),
        ("button", {"text": "Hỏi", "to": "enquire"}),
        (
            "table",
            {
                "caption": "",
                "columns": [{"type": "text", "heading": "Tên khu"}, {"type": "number", "heading": ""}],
                "rows": [{"values": ["Khu Một", "1.234,5"]}],
            },
        ),
    ]
    page.full_clean(exclude=["path", "depth", "url_path"])
    home.add_child(instance=page)
    address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    korean_locale = Locale.objects.get(language_code="ko")
    assert staff.client("officer").post(address, {"locales": [korean_locale.pk]}).status_code == 302
    handed = Translation.objects.get(target_locale=korean_locale, source__object_id=page.translation_key)
    po = polib.pofile(
        staff.client("officer").get(reverse("wagtail_localize:download_pofile", args=[handed.pk])).content.decode()
    )
    words = {entry.msgid for entry in po}
    assert {"Lời dẫn", "Đoạn văn", "Các khu", "Hỏi", "Tên khu", "Khu Một", "1.234,5"} <= words
    assert not {"parks", "enquire", "3"} & (words - {"parks"})
    for entry in po:
        said = {"Lời dẫn": "머리말", "Đoạn văn": "문단", "Các khu": "단지", "Hỏi": "문의", "Khu Một": "제1단지"}
        entry.msgstr = said.get(entry.msgid, entry.msgid)
    upload = reverse("wagtail_localize:upload_pofile", args=[handed.pk])
    assert (
        staff.client("officer").post(upload, {"file": SimpleUploadedFile("ko.po", str(po).encode())}).status_code == 302
    )
    korean = handed.get_target_instance()
    edit = reverse("wagtailadmin_pages:edit", args=[korean.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert staff.client("lead").post(edit, {"action": "publish"}).status_code == 302
    site.forget()
    cache.clear()
    korean = ContentPage.objects.get(locale=korean_locale)
    assert (korean.above, korean.slug, korean.body[1].value["most"], korean.body[2].value["to"]) == (
        "parks",
        "parks",
        3,
        "enquire",
    )
    shown = client.get("/ko/parks/").content.decode()
    assert "<p>머리말" in shown
    assert "문단" in shown
    assert 'href="/ko/enquire/">문의</a>' in shown
    assert '<td>제1단지</td><td class="num">1.234,5</td>' in shown
