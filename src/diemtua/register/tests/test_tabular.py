"""Tables in files, on real files made here."""

import contextlib
import csv
import io
import re
import unicodedata
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import PatternFill

from diemtua.register.tabular import CellError, Unreadable, match_headers, read_table, write_csv, write_xlsx
from diemtua.register.tabular import files as tabular_files
from diemtua.register.tabular.writing import guard, unguard

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def xlsx(*rows, title="Đối tác", prepare=None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if prepare:
        prepare(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezip(data: bytes, change) -> bytes:
    """The same zip with each member passed through `change(name, content)`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))
    return out.getvalue()


def code(data: bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(Unreadable) as caught:
        read_table(data, name)
    assert len(str(caught.value)) > 20
    return caught.value.code


GOOD = xlsx(["a", "b"], ["x", 1])


class TestXlsx:
    def test_values_keep_their_kind(self):
        table = read_table(
            xlsx(
                ["Tên", "Ngày ký", "Vốn", "Giờ", "Có"],
                ["Xay Nhạ Bu Ly ", date(2021, 11, 4), 1234.5, datetime(2021, 11, 4, 14, 30), True],
                ["0123", None, 0.1 + 0.2, None, None],
            ),
            "a.xlsx",
        )
        assert table.headers == ["Tên", "Ngày ký", "Vốn", "Giờ", "Có"]
        assert table.rows == [
            ["Xay Nhạ Bu Ly", date(2021, 11, 4), Decimal("1234.5"), "04/11/2021 14:30", "TRUE"],
            ["0123", None, Decimal("0.3"), None, None],
        ]
        assert type(table.rows[0][1]) is date
        assert (table.kind, table.sheet, table.header_row, table.numbers) == ("xlsx", "Đối tác", 1, [2, 3])
        assert not table.warnings
        assert len(table.sha256) == 64

    def test_headings_under_title_lines(self):
        def merge(book, sheet):
            sheet.merge_cells("A4:D4")

        table = read_table(
            xlsx(
                ["UBND TỈNH THÁI BÌNH", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
                ["SỞ NGOẠI VỤ", None, "Độc lập - Tự do - Hạnh phúc"],
                ["Số: 12/BC-SNgV", None, "Thái Bình, ngày 18 tháng 7 năm 2023"],
                ["DANH SÁCH ĐỐI TÁC"],
                [],
                ["STT", "Tên đối tác", "Quốc gia", "Vốn (triệu USD)"],
                ["(1)", "(2)", "(3)", "(4)"],
                [1, "Yeongju", "Hàn Quốc", 12],
                [None, None, None, None],
                [2, "Xayaboury", "Lào", 3],
                prepare=merge,
            ),
            "a.xlsx",
        )
        assert table.headers == ["STT", "Tên đối tác", "Quốc gia", "Vốn (triệu USD)"]
        assert table.header_row == 6
        assert table.numbers == [8, 10]
        assert len(table.warnings) == 1

    def test_headings_in_two_storeys(self):
        table = read_table(
            xlsx(
                ["STT", "Tên", "Thời gian", None, "Ghi chú"],
                [None, None, "Bắt đầu", "Kết thúc", None],
                [1, "Đoàn ra", date(2023, 1, 2), date(2023, 1, 5), None],
            ),
            "a.xlsx",
        )
        assert table.headers == ["STT", "Tên", "Thời gian / Bắt đầu", "Thời gian / Kết thúc", "Ghi chú"]
        assert table.rows[0][2] == date(2023, 1, 2)
        assert match_headers(table.headers, {"start": ["Bắt đầu"], "name": ["Tên"]}) == {
            1: "name",
            2: "start",
        }

    def test_a_row_of_values_is_not_a_second_storey(self):
        table = read_table(xlsx(["Mã", "Tên", "Nước", None], [None, "Yeongju", "Hàn", "x"]), "a.xlsx")
        assert table.rows[0] == [None, "Yeongju", "Hàn", "x"]
        assert len(table.warnings) == 1  # the fourth column has no heading

    def test_real_rows_of_small_numbers_stay(self):
        assert len(read_table(xlsx(["a", "b", "c"], [3, 2, 1], [1, 2, 4]), "a.xlsx").rows) == 2

    def test_known_headings_and_an_officer_decide(self):
        data = xlsx(["Ghi chú gì đó", "khác", "nữa"], ["Tên", "Quốc gia", None], ["Yeongju", "Hàn Quốc", "x"])
        assert read_table(data, "a.xlsx").header_row == 1
        assert read_table(data, "a.xlsx", known=["TÊN", "quoc gia"]).header_row == 2
        assert read_table(data, "a.xlsx", header_row=2).headers == ["Tên", "Quốc gia", ""]
        with pytest.raises(Unreadable):
            read_table(data, "a.xlsx", header_row=9)

    def test_formulas(self):
        """Cached values are used; without one, or with an error, the cell says so."""
        data = xlsx(["a", "b", "c", "d"], ["x", "=1+1", "=1/0", "=A2"])

        def cache(name, content):
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
                content = content.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
                content = content.replace(b'<c r="C2"><f>1/0</f><v></v>', b'<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v>')
                content = content.replace(b'<c r="C2"><f>1/0</f><v />', b'<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v>')
            return content

        table = read_table(rezip(data, cache), "a.xlsx")
        text, two, error, missing = table.rows[0]
        assert (text, two) == ("x", Decimal(2))
        assert isinstance(error, CellError)
        assert (error.code, error.raw) == ("formula_error", "#DIV/0!")
        assert "#DIV/0!" in str(error.sentence)
        assert isinstance(missing, CellError)
        assert missing.code == "formula_without_value"
        assert [(row, column) for row, column, _ in table.errors()] == [(2, 2), (2, 3)]

    def test_text_that_is_an_error(self):
        assert isinstance(read_table(xlsx(["a", "b"], ["x", "#REF!"]), "a.xlsx").rows[0][1], CellError)

    def test_first_visible_filled_sheet(self):
        def add(book, sheet):
            hidden = book.create_sheet("Ẩn", 0)
            hidden.append(["x", "y"])
            hidden.sheet_state = "hidden"
            book.create_sheet("Trống", 1)
            book.create_sheet("Khác").append(["m", "n"])
            book.active = 2

        data = xlsx(["Tên", "Nước"], ["a", "b"], prepare=add)
        table = read_table(data, "a.xlsx")
        assert table.sheet == "Đối tác"
        assert table.sheets == ["Trống", "Đối tác", "Khác"]
        assert any("Đối tác" in str(w) for w in table.warnings)
        assert read_table(data, "a.xlsx", sheet="Khác").headers == ["m", "n"]

    def test_lying_dimension_and_far_cells(self):
        def lie(name, content):
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"')
                content = content.replace(
                    b"</sheetData>", b'<row r="99999999999"><c r="A9"><v>1</v></c></row></sheetData>'
                )
            return content

        data = rezip(xlsx(["a", "b"], ["x", "y"]), lie)
        table = read_table(data, "a.xlsx")
        assert table.rows[0] == ["x", "y"]
        assert len(table.rows[0]) == 2

    def test_many_styled_empty_rows(self):
        def style(book, sheet):
            fill = PatternFill("solid", fgColor="FFFF00")
            for number in range(3, 12_100):
                sheet.cell(number, 1).fill = fill

        table = read_table(xlsx(["a", "b"], ["x", "y"], prepare=style), "a.xlsx")
        assert table.rows == [["x", "y"]]
        assert len(table.warnings) == 1

    def test_nfd_becomes_nfc(self):
        nfd = unicodedata.normalize("NFD", "Đối tác Hưng Yên")
        table = read_table(xlsx([nfd, "b"], [nfd, "c"]), "a.xlsx")
        assert table.headers[0] == table.rows[0][0] == "Đối tác Hưng Yên"

    def test_as_many_rows_as_are_allowed(self):
        headers = [f"Cột {n}" for n in range(3)]
        rows = ([f"Đối tác {n}", date(2023, 7, 18), n] for n in range(50_000))
        table = read_table(write_xlsx(headers, rows, "Lớn"), "a.xlsx")
        assert len(table.rows) == 50_000
        assert table.rows[-1] == ["Đối tác 49999", date(2023, 7, 18), 49_999]


class TestRefused:
    def test_html_in_disguise(self):
        assert code(b"<html><body><table><tr><td>x</td></tr></table></body></html>") == "wrong_kind"

    def test_password(self):
        assert code(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100) == "locked"

    def test_old_excel_and_relatives(self):
        assert code(OLE + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0" * 100, "a.xls") == "old_binary"
        assert code(b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook>') == "old_binary"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        assert code(out.getvalue(), "a.ods") == "old_binary"

    @pytest.mark.parametrize("data", [b"", b"  \r\n", b"\xef\xbb\xbf", b"\0" * 100])
    def test_empty(self, data):
        assert code(data) == "empty"

    def test_no_rows(self):
        assert code(xlsx()) == "no_table"
        assert code(b",,,\n,,,\n", "a.csv") == "no_table"
        assert code(xlsx([1, 2, 3], [4, 5, 6])) == "no_table"

    def test_broken(self):
        good = xlsx(["a", "b"], ["x", "y"])
        assert code(good[: len(good) // 2]) == "broken"
        assert code(rezip(good, lambda n, c: c[: len(c) // 2] if "sheet1" in n else c)) == "broken"
        assert code(rezip(good, lambda n, c: b"<x" if n == "xl/styles.xml" else c)) == "broken"
        assert code(b"PK\x03\x04" + b"x" * 100) == "broken"

    def test_huge(self, tmp_path):
        path = tmp_path / "a.xlsx"
        with path.open("wb") as stream:
            stream.truncate(200 * 1024 * 1024)
        with pytest.raises(Unreadable) as caught:
            read_table(path, "a.xlsx")
        assert caught.value.code == "too_big"
        assert "200" in str(caught.value)

    def test_bomb(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "")
            archive.writestr("xl/workbook.xml", b"\0" * 60_000_000)
        assert code(out.getvalue()) == "bomb"

    def test_an_endless_row(self):
        good = xlsx(["a", "b"], ["x", "y"])
        stuffed = b"<row>" + b"<c/>" * 300_000 + b"</row></sheetData>"
        assert code(rezip(good, lambda n, c: c.replace(b"</sheetData>", stuffed))) == "broken"

    def test_limits_of_size(self, monkeypatch):
        assert code(xlsx([f"c{n}" for n in range(301)])) == "too_many_columns"
        lines = "a,b\n" + "x,y\n" * 50_001
        assert code(lines.encode(), "a.csv") == "too_many_rows"
        assert len(read_table(lines[:-4].encode(), "a.csv").rows) == 50_000

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"MZ\x90\0\x03\0\0\0", "executable"),
            (b"\x7fELF\x02\x01\x01", "executable"),
            (b"\x89PNG\r\n\x1a\n\0\0", "picture"),
            (b"Rar!\x1a\x07\x01\0", "archive"),
            (b"%PDF-1.4\n%abc", "wrong_kind"),
            (bytes(range(256)) * 4, "unsupported"),
        ],
    )
    def test_other_kinds(self, data, expected):
        assert code(data) == expected

    def test_an_open_quotation_mark(self):
        assert code(b'a,b\nx,"' + b"y" * 200_000, "a.csv") == "broken"

    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", OLE, b"%PDF-", b"a,b\n", b"<html>"]))
    def test_any_bytes_are_a_table_or_a_sentence(self, data, start):
        self.read_or_refuse(start + data)

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_any_damage_is_a_table_or_a_sentence(self, data):
        good = bytearray(GOOD)
        for _ in range(data.draw(st.integers(1, 6))):
            good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
        self.read_or_refuse(bytes(good))

    @staticmethod
    def read_or_refuse(data):
        with contextlib.suppress(Unreadable):
            read_table(data, "a.xlsx")


class TestCsv:
    TEXT = "Tên;Quốc gia;Vốn\r\nYeongju;Hàn Quốc;1,5\r\nXayaboury;Lào;2,5\r\n"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    def test_encodings(self, encoding):
        table = read_table(self.TEXT.encode(encoding), "a.csv")
        assert table.headers == ["Tên", "Quốc gia", "Vốn"]
        assert table.rows[0] == ["Yeongju", "Hàn Quốc", "1,5"]
        assert not table.warnings
        assert table.kind == "csv"

    def test_windows_1258_is_a_guess(self):
        decomposed = "".join(
            unicodedata.normalize("NFD", c) if c not in "êâăôơưđÊÂĂÔƠƯĐàèéáâê" and ord(c) > 0x1EA0 else c
            for c in "Tên,Tỉnh\nCông ty,Hà Nội\n".replace("ộ", "ô\u0323")
        )
        table = read_table(decomposed.encode("cp1258"), "a.csv")
        assert table.rows == [["Công ty", "Hà Nội"]]
        assert len(table.warnings) == 1

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_delimiters(self, delimiter):
        text = "\n".join(delimiter.join(row) for row in [("Tên", "Số"), ("a", "1"), ("b", "2")])
        assert read_table(text.encode(), "a.csv").rows == [["a", "1"], ["b", "2"]]

    def test_excels_own_hint(self):
        table = read_table("sep=;\nTên;Số\na, b;1\n".encode(), "a.csv")
        assert table.rows == [["a, b", "1"]]
        assert (table.header_row, table.numbers) == (2, [3])

    def test_one_column_and_quoted_lines(self):
        assert read_table("Tên\na\nb\n".encode(), "a.csv").rows == [["a"], ["b"]]
        table = read_table('Tên,Ghi chú\n"a","hai\ndòng"\n"b","c"\n'.encode(), "a.csv")
        assert table.rows[0] == ["a", "hai\ndòng"]
        assert table.numbers == [2, 4]

    def test_a_name_that_lies_is_a_warning(self):
        assert len(read_table(b"a,b\nc,d\n", "a.xlsx").warnings) == 1
        assert len(read_table(xlsx(["a", "b"], ["c", "d"]), "a.csv").warnings) == 1


values = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(["=1+1", "+84", "-x", "@SUM(A1)", "\t=1", "'=1", "''-", "= 1", "＝1", '=HYPERLINK("http://x")']),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3),
    st.dates(min_value=date(1900, 3, 1)),
)


def plain(value):
    """A value as it is expected back from XLSX."""
    if isinstance(value, str):
        text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", value)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
        return text or None
    return value


class TestWriting:
    @given(st.text(max_size=40))
    def test_guard(self, text):
        assert unguard(guard(text)) == text
        assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))

    @settings(deadline=None)
    @given(st.lists(st.tuples(values, values), max_size=6))
    def test_csv_holds_no_formula_and_comes_back(self, rows):
        data = b"".join(write_csv(["Tên", "Giá trị"], rows))
        assert data.startswith(b"\xef\xbb\xbf")
        for line, row in zip(
            list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:], rows, strict=True
        ):
            for cell, value in zip(line, row, strict=True):
                if not isinstance(value, Decimal):
                    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))
                    assert not cell.startswith(("\t", "\r"))
                else:
                    assert Decimal(cell) == value
                    assert not cell[:-3].endswith(".")

    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.tuples(values, values), max_size=6))
    def test_xlsx_comes_back_as_it_was(self, rows):
        data = write_xlsx(["Tên", "Giá trị"], rows, "Sổ")
        book = openpyxl.load_workbook(io.BytesIO(data))
        for row in book.active.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
        kept = [row for row in rows if any(plain(v) is not None for v in row)]
        table = read_table(data, "a.xlsx", header_row=1)
        expected = [[plain(value) for value in row] for row in kept]
        assert table.rows == expected

    def test_csv_comes_back(self):
        rows = [["=1+1", "-5 người"], ["'=x", "ba\ndòng"], ["@a", "b;c,d"], ["+84 227", "x"]]
        assert read_table(b"".join(write_csv(["Tên", "Ghi chú"], rows)), "a.csv").rows == rows

    def test_csv_plain(self):
        rows = [[Decimal("1.234"), Decimal("-5"), date(2023, 7, 18), True, Decimal("1E+3"), "-5"]]
        assert b"".join(write_csv(["a"] * 6, rows)).decode("utf-8-sig").splitlines()[1] == (
            "1.2340,-5,18/07/2023,True,1000,'-5"
        )

    def test_xlsx_looks(self):
        long = Decimal("12345678901234567.89")
        rows = [
            [
                "https://example.org",
                date(2023, 7, 18),
                Decimal("-1.5"),
                long,
                date(1802, 1, 1),
                "x" * 40_000,
                True,
            ]
        ]
        data = write_xlsx(list("abcdefg"), rows, "Đối tác: [2023]/quý*1", notes=["Xuất ngày 18/07/2023", "=1+1"])
        book = openpyxl.load_workbook(io.BytesIO(data))
        sheet = book.worksheets[0]
        assert sheet.title == "Đối tác   2023  quý 1"
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == "A1:G2"
        assert sheet["A1"].font.bold
        link, day, number, big, old, text, yes = sheet[2]
        assert link.hyperlink is None
        assert (day.is_date, day.number_format) == (True, "dd/mm/yyyy")
        assert number.value == -1.5
        assert (big.value, old.value, yes.value) == (str(long), "01/01/1802", True)
        assert len(text.value) == 32_767
        assert book.worksheets[1]["A2"].data_type == "s"
        assert not read_table(data, "a.xlsx").warnings

    def test_no_rows(self):
        assert read_table(write_xlsx(["a", "b"], [], ""), "a.xlsx").rows == []


class TestHeaders:
    FIELDS = {
        "name": ["Tên đối tác", "Tên"],
        "country": ["Quốc gia", "Nước"],
        "signed": ["Ngày ký"],
        "signer": ["Người ký"],
        "note": ["Ghi chú"],
    }

    def test_folded_and_near(self):
        headers = ["STT", "TÊN ĐỐI TÁC (*)", "Quoc gia", "Ngày kí", "Ghi  chu:", "Người ký"]
        assert match_headers(headers, self.FIELDS) == {1: "name", 2: "country", 4: "note", 5: "signer"}

    def test_spelling_slips(self):
        assert match_headers(["Quốc giaa", "Tên đối tac s"], self.FIELDS) == {0: "country", 1: "name"}

    def test_one_column_a_field(self):
        assert match_headers(["Tên", "Tên đối tác", "Ten"], self.FIELDS) == {0: "name"}
        assert match_headers(["Tên đối tácc", "Tên đối tác"], self.FIELDS) == {1: "name"}

    def test_different_words_stay_apart(self):
        assert match_headers(["Ngày họp", "Nướng", "", "Tem"], self.FIELDS) == {}

    @given(st.lists(st.text(max_size=12), max_size=8))
    def test_never_two_for_one(self, headers):
        found = match_headers(headers, self.FIELDS)
        assert len(set(found.values())) == len(found)
        assert all(0 <= column < len(headers) for column in found)


def test_every_sentence_is_lazy():
    assert str(tabular_files.broken())
