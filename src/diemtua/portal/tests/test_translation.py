"""Pages are handed to translation, go out and come back as PO files, and say so while they are not translated."""

from __future__ import annotations

from typing import Any

import polib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import Translation

from diemtua.news.models import ArticlePage

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
