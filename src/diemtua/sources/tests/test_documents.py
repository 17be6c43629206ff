"""Taking documents in: secret papers leave nothing, a file is known again, texts are found and marked."""

from __future__ import annotations

import gc
import io
import logging
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlsxwriter
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from diemtua.register import importing
from diemtua.register.actions import add_evidence
from diemtua.register.models import Change, Record
from diemtua.register.screens import screen_of
from diemtua.register.tabular import Unreadable
from diemtua.sources.actions import SecretPaper, create_document, read_text, read_upload, update_document
from diemtua.sources.models import Document, DocumentText
from diemtua.sources.tests.pages_of_news import LARGE_NEWSPAPER
from diemtua.testing.pages import Staff, body, form_with, row_counts, says, shows, typed, url, workbook

REFUSED = (
    "This paper is marked as secret. Secret papers must not enter this system: it was refused and "
    "nothing of it was kept. Handle it by the rules for state secrets."
)
# A word of the secret papers below that stands nowhere else.
WORD = "Kỷngọcquy"
PAPER = f"ỦY BAN MẪU\nSố: 01/KH-UB\nMẬT\nKẾ HOẠCH {WORD}\nNội dung thử nghiệm."


def docx_of(*lines: str) -> bytes:
    paper, out = docx.Document(), io.BytesIO()
    for line in lines:
        paper.add_paragraph(line)
    paper.save(out)
    return out.getvalue()


def send(client: Any, staff: Staff, samples: Any, name: str = "", data: bytes = b"", **values: Any) -> Any:
    form = typed(screen_of("document"), values, {}, samples, staff.unit)
    if name:
        form["upload"] = SimpleUploadedFile(name, data)
    return client.post("/desk/documents/new/", form)


def everything_written(folder: Path) -> str:
    """All that a refused paper could have got into: files, tables, sessions, the cache."""
    found = [str(p) for p in folder.rglob("*")]
    found += [p.read_bytes().decode("utf-8", "replace") for p in folder.rglob("*") if p.is_file()]
    found += [str(s.get_decoded()) for s in Session.objects.all()]
    found += [repr(v) for v in getattr(cache, "_cache", {}).values()]
    found += [str(v) for v in Record.objects.values_list("title", "search_text")]
    found += [str(v) for v in Change.objects.values_list("diff", "reason")]
    return "\n".join(found)


SECRET = [
    ("ke-hoach.txt", PAPER.encode()),
    (f"Ke hoach {WORD} (MẬT).txt", f"Nội dung {WORD} thường.".encode()),
    (f"TUYỆT MẬT {WORD}.pdf", b"%PDF-1.4 broken"),
    ("cong-van.docx", docx_of("TỐI MẬT", f"Công văn {WORD}")),
    ("bang.xlsx", workbook(["MẬT"], ["Tên", "Số"], [WORD, 1])),
    ("trang.html", f"<html><body><p>TUYỆT MẬT</p><p>{WORD}</p></body></html>".encode()),
    ("lon.txt", PAPER.encode() + b"\nmot dong dai\n" * 300_000),  # large enough to wait in a temporary file
]


@pytest.mark.parametrize(("name", "data"), SECRET, ids=[n.split(".")[0] for n, _d in SECRET])
def test_a_secret_paper_leaves_nothing(
    name: str, data: bytes, staff: Staff, samples: Any, files: Path, settings: Any, caplog: Any
) -> None:
    """No row, file, audit, session, cache entry or line of the log holds its name or its words."""
    settings.FILE_UPLOAD_TEMP_DIR = str(files)
    caplog.set_level(logging.DEBUG)
    client = staff.client("officer")
    before = row_counts()
    answer = send(client, staff, samples, name, data, title=f"Kế hoạch {WORD}", summary=f"Về {WORD}")
    assert answer.status_code == 422
    assert says(answer, REFUSED)
    assert WORD not in body(answer)
    answer.wsgi_request.close()
    del answer
    gc.collect()
    assert row_counts() == before
    written = everything_written(files) + caplog.text
    assert WORD not in written
    assert name not in written
    assert not [p for p in files.rglob("*") if p.is_file()]
    assert not [p for p in Path(tempfile.gettempdir()).glob("*.upload*") if p.stat().st_size == len(data)]


def test_what_is_pasted_or_typed_is_refused_too(staff: Staff, samples: Any, files: Path) -> None:
    client = staff.client("officer")
    before = row_counts()
    for values in (
        {"text": PAPER},
        {"title": f"Kế hoạch {WORD} (MẬT)"},
        {"title": "A", "number": "12/KH (Mật)"},
        {"title": "A", "summary": f"Độ mật: Tối mật\n{WORD}"},
    ):
        answer = send(client, staff, samples, **values)
        assert says(answer, REFUSED), values
        assert WORD not in body(answer)
    answer = client.post(
        "/desk/documents/new/",
        typed(
            screen_of("document"),
            {"title": "A"},
            {"names": {"text": f"{WORD} (MẬT)", "kind": "other"}},
            samples,
            staff.unit,
        ),
    )
    assert says(answer, REFUSED)
    assert row_counts() == before
    assert WORD not in everything_written(files)


def test_changing_a_document_is_no_way_in(staff: Staff, samples: Any, files: Path) -> None:
    """Nor by the edit form, by an action, or by other names."""
    client = staff.client("officer")
    before = row_counts()
    form = form_with(client.get(url("edit", samples.document.pk)), "title", "version")
    for changes in (
        {"title": f"{WORD} (MẬT)"},
        {"summary": f"MẬT\n{WORD}"},
        {"names-TOTAL_FORMS": 1, "names-0-text": f"{WORD} (TỐI MẬT)", "names-0-kind": "other"},
    ):
        answer = form.send(client, **changes)
        assert answer.status_code == 422, changes
        assert says(answer, REFUSED)
    with pytest.raises(SecretPaper):
        update_document(samples.document, actor=staff.officer, fields={"number": "9/KH - MẬT"})
    assert row_counts() == before
    assert WORD not in everything_written(files)


def test_ordinary_words_are_no_marks(staff: Staff, samples: Any) -> None:
    client = staff.client("officer")
    for text in ("Luật Bảo vệ bí mật nhà nước", "Mật ong Mẫu Sơn\nGiá bán mật ong", "Mật độ dân số"):
        answer = send(client, staff, samples, text=text, title=text.splitlines()[0])
        assert answer.status_code == 302, text


# --- tables that come in through an import --------------------------------------------------------


def _printed() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.set_header('&C&"Arial"TỐI MẬT')
        sheet.write_row(0, 0, ["Tên", "Loại"])
        sheet.write_row(1, 0, [WORD, "Công ty"])
    return out.getvalue()


def _property() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"keywords": "Tuyệt mật"})
        book.add_worksheet().write_row(0, 0, ["Tên", "Loại"])
    return out.getvalue()


def _second_sheet() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Tên", "Loại"])
    book.active.append(["Công ty Mẫu", "Công ty"])
    other = book.create_sheet("Phụ lục")
    other.append(["MẬT"])
    other.append([WORD])
    book.save(out)
    return out.getvalue()


TABLES = [
    ("danh-sach.xlsx", workbook(["MẬT"], [f"DANH SÁCH {WORD}"], ["Tên", "Loại"], ["Công ty Mẫu", "Công ty"])),
    ("danh-sach.csv", f"TUYỆT MẬT;\nTên;Loại\n{WORD};Công ty\n".encode()),
    (f"Danh sach {WORD} (MẬT).xlsx", workbook(["Tên", "Loại"], ["Công ty Mẫu", "Công ty"])),
    ("to.xlsx", workbook(["Tên", "Loại"], [WORD, "Công ty"], sheet="TUYỆT MẬT")),
    ("in.xlsx", _printed()),
    ("tu-khoa.xlsx", _property()),
    ("phu-luc.xlsx", _second_sheet()),
]


@pytest.mark.parametrize(("name", "data"), TABLES, ids=[n for n, _d in TABLES])
def test_a_secret_table_is_not_imported(
    name: str, data: bytes, staff: Staff, samples: Any, files: Path, tmp_path_factory: Any
) -> None:
    """Neither through the pages, where it would wait on disk, nor by the command line."""
    client = staff.client("officer")
    before = row_counts()
    answer = client.post(url("import", "parties"), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert says(answer, REFUSED)
    assert WORD not in body(answer)
    assert not [p for p in files.rglob("*") if p.is_file()]
    path = tmp_path_factory.mktemp("elsewhere") / name
    path.write_bytes(data)
    with pytest.raises(Unreadable) as refused:
        importing.import_file("party", path, None)
    assert refused.value.code == "secret"
    assert row_counts() == before
    assert WORD not in everything_written(files)


def test_an_ordinary_table_passes(staff: Staff, samples: Any, files: Path) -> None:
    rows = [["Tên", "Loại", "Mô tả"], ["Công ty Mật Ong Mẫu", "Công ty", "Mật độ cao, bí mật kinh doanh"]]
    answer = staff.client("officer").post(
        url("import", "parties"), {"file": SimpleUploadedFile("a.xlsx", workbook(*rows))}
    )
    assert answer.status_code == 302


# --- what comes in --------------------------------------------------------------------------------

KINDS = [
    ("thu.txt", "Nội dung đặcbiệttxt của thư.".encode(), "đặcbiệttxt"),
    ("thu.docx", docx_of("Tiêu đề thử", "Nội dung đặcbiệtdocx của thư."), "đặcbiệtdocx"),
    ("bang.xlsx", workbook(["Tên", "Số"], ["đặcbiệtxlsx", 5]), "đặcbiệtxlsx"),
    (
        "trang.html",
        "<html><body><p>Nội dung đặcbiệthtml.</p><script>alert(1)</script></body></html>".encode(),
        "đặcbiệthtml",
    ),
]


@pytest.mark.parametrize(("name", "data", "word"), KINDS, ids=[n for n, _d, _w in KINDS])
def test_a_file_becomes_text_and_is_found(
    name: str, data: bytes, word: str, staff: Staff, samples: Any, files: Path
) -> None:
    """Its words lead to it, with and without their marks; it is kept once and comes back byte for byte."""
    client = staff.client("officer")
    answer = send(client, staff, samples, name, data, title=f"Tài liệu {name}")
    assert answer.status_code == 302, body(answer)
    document = Document.objects.get(file_name=name)
    assert word in DocumentText.objects.get(document=document).text
    for asked in (word, word.replace("đặcbiệt", "dacbiet")):
        assert shows(client.get(url("list", "documents"), {"q": asked}), f"Tài liệu {name}"), asked
        assert shows(client.get(url("search"), {"q": asked}), f"Tài liệu {name}"), asked
    page = client.get(document.get_absolute_url())
    assert shows(page, word)
    assert "<script>alert" not in body(page)
    back = client.get(f"/desk/documents/{document.pk}/file/")
    assert b"".join(back.streaming_content) == data
    assert "attachment" in back.headers["Content-Disposition"]
    assert back.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in back.headers["Content-Security-Policy"]
    assert back.headers["X-Content-Type-Options"] == "nosniff"


def test_the_same_file_twice(staff: Staff, samples: Any, files: Path) -> None:
    """The second time the first is shown and nothing is saved, under whatever name it comes."""
    client = staff.client("officer")
    send(client, staff, samples, "mot.txt", "Cùng một nội dung.".encode(), title="Bản thứ nhất")
    before = row_counts()
    answer = send(client, staff, samples, "hai.txt", "Cùng một nội dung.".encode(), title="Bản thứ hai")
    assert says(answer, "This document is here already:")
    assert shows(answer, "Bản thứ nhất")
    assert row_counts() == before
    assert len([p for p in files.rglob("*") if p.is_file()]) == 1


def test_the_same_file_of_another_unit_is_not_betrayed(staff: Staff, samples: Any, files: Path) -> None:
    """A document one may not see is not known: the same file is simply taken in, and stays with both."""
    data = "Nội dung kín của phòng.".encode()
    send(staff.client("officer"), staff, samples, "kin.txt", data, title="Bản kín", access="unit")
    form = typed(screen_of("document"), {"title": "Bản mở", "unit": staff.other_unit.pk}, {}, samples, staff.unit)
    answer = staff.client("other").post("/desk/documents/new/", {**form, "upload": SimpleUploadedFile("x.txt", data)})
    assert answer.status_code == 302
    hidden, own = Document.objects.get(record__title="Bản kín"), Document.objects.get(record__title="Bản mở")
    other = staff.client("other")
    assert other.get(f"/desk/documents/{own.pk}/file/").status_code == 200
    assert other.get(f"/desk/documents/{hidden.pk}/file/").status_code == 404
    for who, status in (("anonymous", 302), ("viewer", 200), ("other_lead", 404), ("administrator", 200)):
        assert staff.client(who).get(f"/desk/documents/{hidden.pk}/file/").status_code == status, who


def test_a_file_that_is_gone_is_a_page(staff: Staff, samples: Any, files: Path) -> None:
    send(staff.client("officer"), staff, samples, "mat-tich.txt", b"noi dung", title="Tệp sẽ biến mất")
    document = Document.objects.get(file_name="mat-tich.txt")
    next(p for p in files.rglob("*") if p.is_file()).unlink()
    assert staff.client("officer").get(f"/desk/documents/{document.pk}/file/").status_code == 404


def test_passages_are_marked_for_those_who_see_what_they_prove(staff: Staff, samples: Any) -> None:
    """Overlapping passages too; a passage of a hidden record is plain text to others."""
    document = create_document(
        actor=staff.officer,
        fields={"title": "Bản tin có dấu"},
        content=read_text("Mở đầu. Hai bên trồng năm mươi nghìn cây đước ven biển. Kết thúc."),
    )
    text = document.content.text
    proofs = [
        (samples.commitment.record, "trồng năm mươi nghìn cây đước"),
        (samples.instrument.record, "cây đước ven biển"),
    ]
    for record, quote in proofs:
        add_evidence(record=record, actor=staff.officer, source=document.record, quote=quote, text=text)
    page = body(staff.client("viewer").get(document.get_absolute_url()))
    for part in ("trồng năm mươi nghìn ", "cây đước", " ven biển"):
        assert f">{part}</mark>" in page, part
    samples.commitment.record.access = "unit"
    samples.commitment.record.save()
    other = body(staff.client("other").get(document.get_absolute_url()))
    assert ">cây đước ven biển</mark>" in other
    assert "trồng năm mươi nghìn</mark>" not in other
    assert samples.commitment.record.title not in other


def test_what_a_page_says_of_itself_fills_what_the_officer_left_empty(staff: Staff, samples: Any, files: Path) -> None:
    page = LARGE_NEWSPAPER.encode()
    document = create_document(actor=staff.officer, fields={"issuer": "Sở Mẫu"}, content=read_upload("a.html", page))
    assert str(document) == "Tỉnh Thử Nghiệm đón đoàn doanh nghiệp Mẫu Quốc"
    assert (document.author, document.issuer) == ("Lê Thị Mẫu", "Sở Mẫu")
    assert (document.published.iso, document.seen_on) == ("2024-03-05", date(2024, 4, 15))
    assert document.url.endswith("don-doan-101.html")


def test_nothing_stays_when_saving_fails(staff: Staff, samples: Any, files: Path, monkeypatch: Any) -> None:
    """A file whose record could not be saved is taken away again."""
    from diemtua.sources.actions import documents

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("thử")

    monkeypatch.setattr(documents.write, "refresh_search_text", fail)
    before = row_counts()
    answer = send(staff.client("officer"), staff, samples, "hong.txt", b"noi dung hong", title="Hỏng giữa chừng")
    assert answer.status_code == 500
    assert row_counts() == before
    assert not [p for p in files.rglob("*") if p.is_file()]
    with pytest.raises(Unreadable):
        read_upload("a.exe", b"MZ\0\0")
