"""Addresses of the old site, brought in as a table in the editor, lead on to the new ones."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from diemtua.testing.pages import Staff

pytestmark = pytest.mark.django_db
TABLE = (
    "from,to\n"
    "/tin-cu/?id=7,https://tinh.example/parks/\n"
    "/vi/đầu-tư/bài.aspx,https://tinh.example/contact/\n"
    "/parks.html,https://example.org/parks\n"
    "/hong,javascript:alert(1)\n"
)


def bring_in(client: Client, table: bytes) -> Any:
    """Both steps, as the editor's pages take them."""
    asked = client.post(
        reverse("wagtailredirects:start_import"), {"import_file": SimpleUploadedFile("dia-chi.csv", table, "text/csv")}
    )
    if asked.status_code != 200:
        return asked
    hidden = dict(
        re.findall(
            r'<input type="hidden" name="(import_file_name|input_format)" value="([^"]+)"', asked.content.decode()
        )
    )
    if "import_file_name" not in hidden:
        return asked
    sent = {**hidden, "from_index": "0", "to_index": "1", "site": "", "permanent": "on"}
    return client.post(reverse("wagtailredirects:process_import"), sent)


def test_a_table_of_old_addresses(staff: Staff, client: Client, newsroom: Any) -> None:
    answer = bring_in(staff.client("lead"), TABLE.encode())
    shown = answer.content.decode()
    assert answer.status_code == 200, "shown, because one line is wrong"
    assert "/hong" in shown
    assert Redirect.objects.count() == 3, "the others are in"
    for old, new in (
        ("/tin-cu/?id=7", "https://tinh.example/parks/"),
        ("/vi/đầu-tư/bài.aspx", "https://tinh.example/contact/"),
        ("/parks.html", "https://example.org/parks"),
    ):
        led = client.get(old)
        assert (led.status_code, led["Location"]) == (301, new)
    assert client.get("/hong/").status_code == 404
    assert client.get("/tin-cu/?id=8").status_code == 404


@pytest.mark.parametrize("table", [b"\xff\xfe\x00rac\x00", b"", b"\x89PNG\r\n\x1a\n\x00\x00"])
def test_what_is_no_table_is_refused_in_a_sentence(staff: Staff, newsroom: Any, table: bytes) -> None:
    answer = bring_in(staff.client("lead"), table)
    assert answer.status_code in (200, 302)
    assert not Redirect.objects.exists()


def test_viewers_bring_nothing_in(staff: Staff, newsroom: Any) -> None:
    assert bring_in(staff.client("viewer"), TABLE.encode()).status_code in (302, 403, 404)
    assert not Redirect.objects.exists()
