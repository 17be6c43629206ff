"""Files as text and marks of secrecy, on real files made here."""

import contextlib
import io
import time
import unicodedata
import zipfile
from datetime import date

import docx
import openpyxl
import pytest
from django.utils import translation
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from diemtua.sources.text import Unreadable, read, secrecy_mark

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(*pages: str) -> bytes:
    """A PDF written by hand: a page per text, lines in Helvetica, empty text for a scan."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(pages))), len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, text in enumerate(pages):
        lines = b" T* ".join(b"(%s) Tj" % line.encode("latin-1") for line in text.split("\n") if line)
        stream = b"BT /F1 12 Tf 14 TL 72 720 Td %s ET" % lines
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def rewritten(data: bytes, prepare) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    prepare(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word(prepare) -> bytes:
    document = docx.Document()
    prepare(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def paragraphs(*lines: str) -> bytes:
    return word(lambda document: [document.add_paragraph(line) for line in lines])


def excel(prepare) -> bytes:
    book = openpyxl.Workbook()
    prepare(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def code(data: bytes, name: str) -> str:
    with pytest.raises(Unreadable) as caught:
        read(data, name)
    assert len(str(caught.value)) > 20
    return caught.value.code


class TestPdf:
    def test_pages(self):
        found = read(pdf("Bao cao doi ngoai\nDong hai", "Trang hai"), "a.pdf")
        assert found.kind == "pdf"
        assert found.media_type == "application/pdf"
        assert [found.text[p:].split("\n")[0] for p in found.pages] == ["Bao cao doi ngoai", "Trang hai"]
        assert found.title == "Bao cao doi ngoai"
        assert not found.warnings
        assert len(found.sha256) == 64

    def test_scan(self):
        found = read(pdf("", ""), "a.pdf")
        assert (found.text, len(found.warnings)) == ("", 1)

    def test_scan_says_what_it_needs(self):
        assert "OCR" in str(read(pdf("", ""), "a.pdf").warnings[0])

    def test_scanned_pages_among_others(self):
        def draw(writer):
            picture = StreamObject()
            picture[NameObject("/Subtype")] = NameObject("/Image")
            drawn = DictionaryObject({NameObject("/Im0"): writer._add_object(picture)})
            writer.pages[1][NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawn})

        found = read(rewritten(pdf("Trang mot", "", "Trang ba"), draw), "a.pdf")
        with translation.override("en"):
            assert [str(w) for w in found.warnings] == ["These pages are scans without text and need OCR: 2."]

    def test_password(self):
        locked = rewritten(pdf("x y z"), lambda w: w.encrypt("bi-mat", algorithm="AES-256"))
        assert code(locked, "a.pdf") == "locked"

    def test_owner_password_only_is_read(self):
        kept = rewritten(pdf("Noi dung"), lambda w: w.encrypt("", owner_password="chu", algorithm="AES-256"))
        assert "Noi dung" in read(kept, "a.pdf").text

    def test_title_and_keywords(self):
        data = rewritten(pdf("Dong dau"), lambda w: w.add_metadata({"/Title": "Kế hoạch 2023", "/Keywords": "TỐI MẬT"}))
        found = read(data, "a.pdf")
        assert found.title == "Kế hoạch 2023"
        assert secrecy_mark(found.text, "a.pdf", pages=found.pages, metadata=found.metadata) == "TỐI MẬT"

    def test_broken(self):
        assert code(b"%PDF-1.7\n" + b"x" * 500, "a.pdf") == "broken"


class TestDocx:
    def test_everything_in_order(self):
        def prepare(document):
            document.core_properties.title = "Thỏa thuận hợp tác"
            document.sections[0].header.paragraphs[0].text = "Đầu trang"
            document.sections[0].footer.paragraphs[0].text = "Cuối trang"
            document.add_paragraph("Trước bảng")
            table = document.add_table(2, 2)
            for cell, text in zip([c for r in table.rows for c in r.cells], "abcd", strict=True):
                cell.text = text
            document.add_paragraph("Sau bảng")

        found = read(word(prepare), "a.docx")
        assert found.text.split("\n") == ["Đầu trang", "Trước bảng", "a\tb", "c\td", "Sau bảng", "Cuối trang"]
        assert (found.kind, found.title, found.pages) == ("docx", "Thỏa thuận hợp tác", ())

    def test_letterhead_cells_boxes_and_controls(self):
        def prepare(document):
            table = document.add_table(1, 2)
            table.rows[0].cells[0].text = "SỞ NGOẠI VỤ\nTHÁI BÌNH"
            table.rows[0].cells[0].add_paragraph("TỐI MẬT")
            table.rows[0].cells[1].text = "CỘNG HÒA"
            body = document.element.body
            body.insert(
                1,
                parse_xml(
                    f"<w:sdt {W}><w:sdtContent><w:p><w:ins><w:r><w:t>Trong khung</w:t></w:r></w:ins>"
                    "<w:del><w:r><w:delText>đã xóa</w:delText></w:r></w:del></w:p></w:sdtContent></w:sdt>"
                ),
            )
            body.insert(
                2,
                parse_xml(
                    f"<w:p {W}><w:r><w:t>Ngoài</w:t><w:pict><w:txbxContent>"
                    "<w:p><w:r><w:t>Hộp</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
                ),
            )

        text = read(word(prepare), "a.docx").text
        assert text.split("\n") == [
            "SỞ NGOẠI VỤ",
            "THÁI BÌNH",
            "TỐI MẬT",
            "CỘNG HÒA",
            "Trong khung",
            "Ngoài",
            "Hộp",
        ]
        assert secrecy_mark(text) == "TỐI MẬT"

    def test_mark_in_the_page_header(self):
        def prepare(document):
            document.sections[0].header.paragraphs[0].text = "M Ậ T"
            document.add_paragraph("Nội dung")

        assert secrecy_mark(read(word(prepare), "a.docx").text) == "MẬT"

    def test_nfd_becomes_nfc(self):
        assert read(paragraphs(unicodedata.normalize("NFD", "Đối tác")), "a.docx").text == "Đối tác"

    def test_broken(self):
        good = paragraphs("x")
        assert code(good[: len(good) // 2], "a.docx") == "broken"
        assert code(zipped(**{"[Content_Types].xml": b"<x", "word/document.xml": b"<y"}), "a.docx") == "broken"


class TestXlsx:
    def test_sheets_are_pages(self):
        def prepare(book):
            sheet = book.active
            sheet.title = "Đối tác"
            sheet.append(["Tên", "Ngày", "Vốn"])
            sheet.append(["Yeongju", date(2023, 7, 18), 1.5])
            sheet["D2"] = "=1+1"
            second = book.create_sheet("Ẩn")
            second.append(["kín"])
            second.sheet_state = "hidden"

        found = read(excel(prepare), "a.xlsx")
        assert found.text == "Đối tác\nTên\tNgày\tVốn\nYeongju\t18/07/2023\t1.5\n\nẨn\nkín"
        assert [found.text[p:].split("\n")[0] for p in found.pages] == ["Đối tác", "Ẩn"]

    def test_page_header(self):
        def prepare(book):
            book.active.append(["Tên"])
            book.active.oddHeader.center.text = "TUYỆT MẬT"
            book.active.oddHeader.center.font = "Times New Roman,Bold"

        assert secrecy_mark(read(excel(prepare), "a.xlsx").text) == "TUYỆT MẬT"


class TestHtmlAndText:
    def test_html(self):
        page = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Tin
            đối ngoại</title><style>p{}</style></head><body><h1>Tiêu đề</h1><script>alert(1)</script>
            <p>Đoạn   <b>một</b></p><table><tr><td>a</td><td>b</td></tr></table>x<br>y&amp;z</body></html>"""
        found = read(page.encode(), "a.html")
        assert [line for line in found.text.split("\n") if line] == [
            "Tiêu đề",
            "Đoạn một",
            "a\tb",
            "x",
            "y&z",
        ]
        assert (found.kind, found.title, found.media_type) == ("html", "Tin đối ngoại", "text/html")

    def test_declared_encoding(self):
        page = '<html><head><meta http-equiv=Content-Type content="text/html; charset=utf-16"></head>é</html>'
        assert "é" in read(page.encode("utf-16"), "a.htm").text
        page = '<html><head><meta charset="windows-1252"></head><body>café</body></html>'
        assert read(page.encode("cp1252"), "a.htm").text == "café"

    @pytest.mark.parametrize("piece", ["<!--", "<a ", "<![CDATA[", "<", "</", "<div>", "&#", "<table><td>", "<b><p>"])
    def test_hostile_html_is_quick(self, piece):
        began = time.process_time()
        read(b"<html>" + piece.encode() * 200_000, "a.html")
        assert time.process_time() - began < 10

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    def test_text(self, encoding):
        found = read("Đối tác\r\nHưng Yên\r\n".encode(encoding), "a.txt")
        assert (found.text, found.kind, found.warnings) == ("Đối tác\nHưng Yên", "txt", ())

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("\u202eĐối\u202c tác\u200e", "Đối tác"),
            ("hợp\u00ad tác\ufeff h\u200bai b\u200dên", "hợp tác hai bên"),
            ("a\u2028b\x85c\x0cd", "a\nb\nc\nd"),
            ("ປະເທດ\u200bລາວ", "ປະເທດ\u200bລາວ"),
            ("क्\u200dष 👩\u200d🌾", "क्\u200dष 👩\u200d🌾"),
        ],
    )
    def test_invisible_signs(self, text, kept):
        assert read(text.encode(), "a.txt").text == kept
        assert read(paragraphs(text.replace("\x0c", "\n").replace("\x85", "\n")), "a.docx").text == kept

    def test_windows_1258(self):
        found = read("Công ty ă đ ơ".encode("cp1258"), "a.txt")
        assert (found.text, len(found.warnings)) == ("Công ty ă đ ơ", 1)


class TestRefused:
    def test_names_that_lie(self):
        assert read(pdf("xin chao"), "a.docx").kind == "pdf"
        assert len(read(pdf("xin chao"), "a.docx").warnings) == 1
        assert len(read(b"<html><body>x</body></html>", "a.xlsx").warnings) == 1
        assert not read(b"a,b", "a.csv").warnings
        assert code(b"del *.*", "a.bat") == "executable"

    def test_huge(self, tmp_path):
        path = tmp_path / "a.pdf"
        with path.open("wb") as stream:
            stream.truncate(200 * 1024 * 1024)
        with pytest.raises(Unreadable, match="200"):
            read(path, "a.pdf")
        assert code(b"a " * 11_000_000, "a.txt") == "too_big"

    def test_locked_office(self):
        assert code(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "a.docx") == "locked"

    @pytest.mark.parametrize(("stream", "ending"), [("WordDocument", ".docx"), ("Workbook", ".xlsx")])
    def test_old_office(self, stream, ending):
        with pytest.raises(Unreadable) as caught:
            read(OLE + b"\0" * 600 + stream.encode("utf-16-le") + b"\0" * 9, "a.doc")
        assert caught.value.code == "old_binary"
        assert ending in str(caught.value)

    def test_macros(self):
        data = zipped(**{"[Content_Types].xml": b"<x/>", "word/vbaProject.bin": b"x", "word/document.xml": b"<x/>"})
        assert code(data, "a.docx") == "macros"

    def test_bombs(self):
        data = zipped(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b" " * 60_000_000})
        assert code(data, "a.docx") == "bomb"
        laughs = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
            b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
        )
        good = io.BytesIO(paragraphs("x"))
        members = {}
        with zipfile.ZipFile(good) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        members["word/document.xml"] = laughs + b"]><x>&j;</x>"
        began = time.process_time()
        with contextlib.suppress(Unreadable):
            assert "haha" not in read(zipped(**members), "a.docx").text
        assert time.process_time() - began < 5

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"", "empty"),
            (b" \n", "empty"),
            (b"MZ\x90\0" + b"\0" * 60, "executable"),
            (b"\x7fELF\2\1\1\0", "executable"),
            (b"\x89PNG\r\n\x1a\n", "picture"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "picture"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "picture"),
            (b"{\\rtf1 x}", "old_binary"),
            (b"MIME-Version: 1.0\n", "unsupported"),
            (bytes(range(256)) * 8, "unsupported"),
            (zipped(**{"a.txt": b"x"}), "archive"),
            (zipped(**{"[Content_Types].xml": b"x", "ppt/presentation.xml": b"x"}), "unsupported"),
        ],
    )
    def test_kinds(self, data, expected):
        assert code(data, "a.pdf") == expected

    @settings(max_examples=80, deadline=None)
    @given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", OLE, b"%PDF-1.4\n", b"<html>"]))
    def test_any_bytes(self, data, start):
        with contextlib.suppress(Unreadable):
            found = read(start + data, "a.bin")
            found.text.encode("utf-8")
            secrecy_mark(found.text, "a.bin", pages=found.pages, metadata=found.metadata)

    @settings(max_examples=40, deadline=None)
    @given(
        st.sampled_from(["pdf", "docx", "xlsx"]),
        st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=5),
    )
    def test_any_damage(self, kind, changes):
        data = bytearray(GOOD[kind])
        for place, value in changes:
            data[place % len(data)] = value
        with contextlib.suppress(Unreadable):
            read(bytes(data), "a." + kind)


GOOD = {
    "pdf": pdf("xin chao", "trang hai"),
    "docx": paragraphs("xin chào"),
    "xlsx": excel(lambda book: book.active.append(["a", 1])),
}

HEAD = "UBND TỈNH THÁI BÌNH\nSỞ NGOẠI VỤ\n{}\nSố: 12/BC-SNgV\nNội dung báo cáo."

SECRET = [
    (HEAD.format("MẬT"), "MẬT"),
    (HEAD.format("TỐI MẬT"), "TỐI MẬT"),
    (HEAD.format("TUYỆT MẬT"), "TUYỆT MẬT"),
    (HEAD.format("T U Y Ệ T  M Ậ T"), "TUYỆT MẬT"),
    (HEAD.format("M Ậ T"), "MẬT"),
    ("MẬT\nMã dự án\tTên dự án\tVốn đăng ký", "MẬT"),
    ("MẬT\nThư mời họp", "MẬT"),
    (HEAD.format("[MẬT]"), "MẬT"),
    (HEAD.format("* TỐI  MẬT *"), "TỐI MẬT"),
    (HEAD.format("MÂT"), "MẬT"),
    (HEAD.format("TOI MAT"), "TỐI MẬT"),
    (HEAD.format("TUYET MAT"), "TUYỆT MẬT"),
    (HEAD.format("T O I  M A T"), "TỐI MẬT"),
    (HEAD.format("TUYỆT\nMẬT"), "TUYỆT MẬT"),
    (HEAD.format("Tuyệt mật"), "TUYỆT MẬT"),
    (HEAD.format("MẬT - Bản số: 03"), "MẬT"),
    (HEAD.format("TỐI MẬT (Bản số 02)"), "TỐI MẬT"),
    (HEAD.format("Độ mật: Mật"), "MẬT"),
    (HEAD.format("Mức độ mật: TỐI MẬT"), "TỐI MẬT"),
    (HEAD.format("ĐỘ MẬT : TUYỆT MẬT   Độ khẩn: Hỏa tốc"), "TUYỆT MẬT"),
    (HEAD.format("Độ mật: Mật Độ khẩn: Thường"), "MẬT"),
    (HEAD.format("Độ mật:\tMật"), "MẬT"),
    (HEAD.format("Do mat: Toi mat"), "TỐI MẬT"),
    (HEAD.format("Độ mật: ☐ Mật ☒ Tối mật ☐ Tuyệt mật"), "TỐI MẬT"),
    (HEAD.format("MẬT\tĐộc lập - Tự do - Hạnh phúc"), "MẬT"),
    (HEAD.format("MẬT          Thái Bình, ngày 18 tháng 7 năm 2023"), "MẬT"),
    ("CONG HOA XA HOI CHU NGHIA VIET NAM\nMAT\nBao cao", "MẬT"),
    ("MẬT\nBÁO CÁO\nvề bảo vệ bí mật nhà nước", "MẬT"),
    ("Báo cáo\n" + "dòng thường\n" * 300 + "TỐI MẬT", "TỐI MẬT"),
]

ORDINARY = [
    "Thực hiện Luật Bảo vệ bí mật nhà nước năm 2018.",
    "LUẬT BẢO VỆ BÍ MẬT NHÀ NƯỚC",
    "LUẬT\nBẢO VỆ BÍ\nMẬT NHÀ NƯỚC",
    "QUY CHẾ BẢO\nMẬT\nTHÔNG TIN",
    "CHẾ ĐỘ BẢO MẬT",
    "GIỮ BÍ\nMẬT",
    "HỢP TÁC XÃ\nMẬT\nONG HƯNG YÊN",
    "Mật ong",
    "MẬT ONG",
    "Mật độ dân số",
    "MẬT ĐỘ",
    "Mật khẩu: 123",
    "MẬT KHẨU",
    "Mật",
    "Ông Nguyễn Văn Mật",
    "Mật thư, mật vụ",
    "Độ mật: Thường",
    "Độ mật: Không",
    "Độ mật:",
    "Độ mật: Mật, Tối mật hoặc Tuyệt mật",
    "Độ mật: ☐ Mật ☐ Tối mật ☐ Tuyệt mật",
    "Độ mật: a) Tuyệt mật; b) Tối mật; c) Mật",
    "MẬT\nTỐI MẬT\nTUYỆT MẬT",
    "THƯỜNG\tMẬT\tTỐI MẬT\tTUYỆT MẬT",
    "MẬT\tTỐI MẬT",
    "STT\tTên\tMẬT\n1\tMật ong\tMẬT",
    "Văn bản đóng dấu “MẬT” do người có thẩm quyền quyết định.",
    "Độ mật độ dân số: Mật độ cao",
    "MAT",
    "TIỀN MẶT",
    "MẶT",
    "GIẢI PHÓNG MẶT BẰNG",
    "Tối mật phải do Bộ trưởng quyết định.",
    "Đầu trang\n" + "dòng thường\n" * 100 + "MẬT\n" + "dòng thường\n" * 100,
    "",
]

SECRET_NAMES = [
    ("TUYET MAT.pdf", "TUYỆT MẬT"),
    ("BC_TUYET_MAT_2023.docx", "TUYỆT MẬT"),
    ("Kế hoạch (Tối mật).docx", "TỐI MẬT"),
    ("toi-mat-ke-hoach.pdf", "TỐI MẬT"),
    ("TuyetMat.pdf", "TUYỆT MẬT"),
    ("Báo cáo (Mật).docx", "MẬT"),
    ("KH [MAT] 2023.docx", "MẬT"),
    ("MẬT.pdf", "MẬT"),
    ("MẬT - Kế hoạch.docx", "MẬT"),
    ("Báo cáo - MẬT.docx", "MẬT"),
    ("Kế hoạch MẬT 2023.docx", "MẬT"),
    ("C:\\x\\TỐI MẬT.docx", "TỐI MẬT"),
]

ORDINARY_NAMES = [
    "Luật Bảo vệ bí mật nhà nước.pdf",
    "BÍ MẬT NHÀ NƯỚC.pdf",
    "Luat bao ve bi mat nha nuoc.pdf",
    "GIAI PHONG MAT BANG.pdf",
    "GAP MAT DAU XUAN.docx",
    "RA MAT.docx",
    "Mật ong Hưng Yên.xlsx",
    "MẬT ONG.xlsx",
    "Công ty MẬT ONG.xlsx",
    "Mật độ dân số.xlsx",
    "Cam kết bảo mật.docx",
    "QUY CHẾ BẢO MẬT.docx",
    "Mat khau.txt",
    "tôi mất giấy.docx",
    "Nguyễn Văn Mật CV.docx",
    "",
    "MAT_BANG_GIA.xlsx",
]


class TestSecrecy:
    @pytest.mark.parametrize(("text", "level"), SECRET)
    def test_marked(self, text, level):
        assert secrecy_mark(text, "a.txt") == level
        assert secrecy_mark(unicodedata.normalize("NFD", text), "a.txt") == level

    @pytest.mark.parametrize("text", ORDINARY)
    def test_ordinary(self, text):
        for written in (text, unicodedata.normalize("NFD", text), HEAD.format(text)):
            assert secrecy_mark(written, "a.txt") is None

    @pytest.mark.parametrize(("name", "level"), SECRET_NAMES)
    def test_marked_names(self, name, level):
        assert secrecy_mark("", name) == level
        assert secrecy_mark("", unicodedata.normalize("NFD", name)) == level

    @pytest.mark.parametrize("name", ORDINARY_NAMES)
    def test_ordinary_names(self, name):
        assert secrecy_mark("", name) is None

    def test_head_of_a_later_page(self):
        body = "dòng thường\n" * 100
        text = body + "\n\n" + "MẬT\n" + body
        assert secrecy_mark(text, pages=[0, len(body) + 2]) == "MẬT"
        assert secrecy_mark(text) is None

    @pytest.mark.parametrize(
        ("said", "level"),
        [
            ({"keywords": "đối ngoại; Mật"}, "MẬT"),
            ({"subject": "Độ mật: Tối mật"}, "TỐI MẬT"),
            ({"title": "TUYỆT MẬT"}, "TUYỆT MẬT"),
            ({"keywords": "bảo mật, mật ong, bí mật nhà nước"}, None),
            ({"title": "Luật Bảo vệ bí mật nhà nước"}, None),
        ],
    )
    def test_metadata(self, said, level):
        assert secrecy_mark("", "a.docx", metadata=said) == level

    @given(st.text(max_size=200), st.text(max_size=40), st.lists(st.integers(-5, 300), max_size=4))
    def test_never_fails(self, text, name, pages):
        secrecy_mark(text, name, pages=pages, metadata={"title": text, "keywords": name})

    @given(
        st.lists(
            st.sampled_from(
                [
                    "MẬT",
                    "TỐI",
                    "TUYỆT",
                    "mật",
                    "độ",
                    "BÍ",
                    ":",
                    "-",
                    "\t",
                    "\n",
                    "(",
                    ")",
                    "Độ",
                    "bản",
                    "số",
                    "1",
                ]
            ),
            max_size=30,
        ),
        st.sampled_from(["NFC", "NFD"]),
    )
    def test_never_fails_on_near_marks(self, words, form):
        text = unicodedata.normalize(form, " ".join(words))
        assert secrecy_mark(text, text) in (None, "MẬT", "TỐI MẬT", "TUYỆT MẬT")

    def test_long_lines_are_quick(self):
        began = time.process_time()
        for text in ("M Ậ T " * 500_000, "độ mật: " * 300_000, " " * 2_000_000, "\n".join(["MẬT"] * 500_000)):
            secrecy_mark(text, text)
        assert time.process_time() - began < 5
