"""Files that are broken, empty, huge, locked or lie: a sentence, nothing kept, nothing half-saved."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from diemtua.testing.pages import (
    NEEDED,
    Staff,
    body,
    enter,
    made,
    row_counts,
    says,
    shows,
    url,
    workbook,
)

pytestmark = pytest.mark.django_db
KINDS = sorted(NEEDED)
MB = 1024 * 1024


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"0" * (60 * MB))
    return out.getvalue()


LOCKED = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100
HTML = "<html><body><table><tr><td>Tên</td></tr></table></body></html>".encode()
BAD_FILES = [
    ("rong.xlsx", b""),
    ("trang.xlsx", b"   \n\0\0"),
    ("hong.xlsx", b"PK\x03\x04" + b"garbage" * 100),
    ("cut.xlsx", workbook(["Tên"], ["A"])[:900]),
    ("khoa.xlsx", LOCKED),
    ("bom.xlsx", bomb()),
    ("chuong-trinh.xlsx", b"MZ\x90\0" + b"\0" * 600),
    ("anh.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
    ("la.xlsx", bytes(range(256)) * 8),
]
ONLY_TABLES = [
    ("trang-web.xlsx", HTML),  # lies: it is a web page
    ("giay.xlsx", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>"),
    ("khong-co-dong.xlsx", workbook()),
]


@pytest.mark.parametrize(("name", "data"), BAD_FILES + ONLY_TABLES, ids=[n for n, _d in BAD_FILES + ONLY_TABLES])
def test_bad_tables(name: str, data: bytes, staff: Staff, samples: Any, files: Path) -> None:
    """A sentence beside the box, nothing in any table, nothing left waiting on disk."""
    before = row_counts()
    answer = staff.client("officer").post(url("import", "parties"), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422, body(answer)
    assert 'role="alert"' in body(answer)
    assert row_counts() == before
    assert not [p for p in files.rglob("*") if p.is_file()]


@pytest.mark.parametrize(("name", "data"), BAD_FILES, ids=[n for n, _d in BAD_FILES])
def test_bad_documents(name: str, data: bytes, staff: Staff, samples: Any, files: Path) -> None:
    before = row_counts()
    answer = enter(
        staff,
        samples,
        "document",
        upload=SimpleUploadedFile(name, data),
        number="7/KH",
        summary="Vẫn còn đây",
    )
    assert answer.status_code == 422, body(answer)
    assert "invalid-feedback" in body(answer)
    assert shows(answer, "Vẫn còn đây"), "what was typed stays"
    assert row_counts() == before
    assert not [p for p in files.rglob("*") if p.is_file()]


def test_a_web_page_in_disguise_is_read_as_what_it_is(staff: Staff, samples: Any) -> None:
    """As a document it is text; its page says that the name lies."""
    answer = enter(staff, samples, "document", title="Trang đội lốt", upload=SimpleUploadedFile("bang.xlsx", HTML))
    assert answer.status_code == 302
    page = staff.client("officer").get(made("Trang đội lốt").get_absolute_url())
    assert "alert-warning" in body(page)
    assert ".xlsx" in body(page)


class Stream:
    """A multipart body of any size that is made while it is read; `taken` counts what was read of it."""

    def __init__(self, size: int, fields: dict[str, str] | None = None) -> None:
        mark = "--grens"
        head = "".join(
            f'{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in (fields or {}).items()
        )
        head += f'{mark}\r\nContent-Disposition: form-data; name="file"; filename="lon.csv"\r\n\r\n'
        self.head, self.tail = head.encode(), f"\r\n{mark}--\r\n".encode()
        self.length, self.taken = len(self.head) + size + len(self.tail), 0

    def read(self, count: int = -1) -> bytes:
        if count < 0:
            count = self.length
        out = b""
        start, end = self.taken, min(self.taken + count, self.length)
        middle = self.length - len(self.tail)
        if start < len(self.head):
            out += self.head[start:end]
        if end > len(self.head) and start < middle:
            out += b"0" * (min(end, middle) - max(start, len(self.head)))
        if end > middle:
            out += self.tail[max(start - middle, 0) : end - middle]
        self.taken = end
        return out

    def readline(self, count: int = -1) -> bytes:
        raise AssertionError("an upload is read in pieces, not in lines")


@pytest.mark.parametrize("door", ["/desk/parties/import/", "/desk/documents/new/"])
@pytest.mark.parametrize("size", [200 * MB, 50 * MB + 500_000], ids=["far-over", "just-over"])
def test_a_file_of_200_mb(door: str, size: int, staff: Staff, samples: Any, files: Path, settings: Any) -> None:
    """413 and a sentence with the limit, after the browser has sent all; nothing is kept anywhere."""
    settings.FILE_UPLOAD_TEMP_DIR = str(files)
    before = row_counts()
    stream = Stream(size)
    answer = staff.client("officer").request(
        **{
            "REQUEST_METHOD": "POST",
            "PATH_INFO": door,
            "CONTENT_TYPE": "multipart/form-data; boundary=grens",
            "CONTENT_LENGTH": str(stream.length),
            "wsgi.input": stream,
        }
    )
    assert answer.status_code == 413
    assert says(answer, "The file is too large")
    assert says(answer, "Files may have up to %(limit)s MB. Split it, or keep only the part that matters.")
    assert stream.taken == stream.length, "the rest is read and dropped, so that the browser shows the answer"
    answer.wsgi_request.close()
    assert row_counts() == before
    assert not [p for p in files.rglob("*") if p.is_file()]


def test_too_much_text_and_too_many_fields(staff: Staff, samples: Any) -> None:
    """A form of many megabytes or of many thousand fields is refused with a page."""
    before = row_counts()
    client = staff.client("officer")
    for data in ({"title": "x" * (11 * MB)}, {f"a{n}": "1" for n in range(20_001)}):
        for send in (
            lambda d: client.post(url("new", "parties"), d),
            lambda d: client.post(
                url("new", "parties"),
                "&".join(f"{k}={v}" for k, v in d.items()),
                content_type="application/x-www-form-urlencoded",
            ),
        ):
            answer = send(data)
            assert answer.status_code in (400, 413)
            assert "<h1>" in body(answer)
    assert row_counts() == before
