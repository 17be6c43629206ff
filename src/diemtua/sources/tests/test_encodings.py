"""Vietnamese from before Unicode: recognised by its words, turned into Unicode, and nothing else touched."""

import io
import time
import unicodedata

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemtua.kit.encodings import TCVN3, UTF8_AS_1252, VNI, decode, from_tcvn3, from_vni, repaired
from diemtua.kit.syllables import is_syllable
from diemtua.register.tabular import Unreadable, files, read_table
from diemtua.sources.text import read

from .test_text import pdf

LOWER = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
MARKED = [letter for letter in LOWER if not letter.isascii()]
# Old codes by the decoders' own tables; the samples below hold them to the standards.
TO_TCVN3 = {from_tcvn3(chr(code)): chr(code) for code in range(0xA1, 0xFF)}
TO_VNI = {
    from_vni(coded): coded
    for bases, signs in (("aeouyôö", "øûõùï"), ("a", "êèúüéë"), ("aeo", "âàåãáä"), ("", ""))
    for one in [base + sign for base in bases for sign in signs] + list("ôöñíìæóòî")
    for coded in (one, one.upper())
}

PARAGRAPHS = [
    "Tỉnh Mẫu và thành phố bạn đã ký thỏa thuận hợp tác hữu nghị, mở đường cho doanh nghiệp hai bên qua lại dễ dàng hơn.",
    "Người lao động được học nghề, học tiếng trước khi đi; học phí do hai phía cùng trả, mỗi phía một nửa.",
    "Những khoản viện trợ nhỏ nhưng đúng chỗ đã giúp trường xã vùng biển có nước sạch, kỹ thuật viên và thuyền cứu hộ.",
]
SIX_LANGUAGES = [
    "Die Größe der Flächen ändert sich jährlich; für Bürger gelten übliche Gebühren. Schöne Grüße aus München, Fräulein Müller!",
    "Où est né cet élève ? À la fenêtre, le thé déjà prêt, mon frère a reçu l'été dernier une lettre très gênée de Noël.",
    "A situação econômica não está má: há três anos já não se via tão bom verão. São Paulo, irmãos, é lá.",
    "¿Qué más añadió el señor Núñez? También llegó el avión; después, mañana, será más fácil todavía.",
    "Perché non può venire lunedì? Così è la città: più caffè, più virtù, però meno libertà.",
    "Åsa och Östen äter räkor på sjön; höst blev vår. Smørrebrød på færøyene.",
    "The naïve café façade, 25 °C, §5, ½ cup, «quoted», 5 µm, © 2024, a·b, £3 × 4 ÷ 2, coöperate",
]


def in_tcvn3(text: str) -> str:
    return "".join(TO_TCVN3.get(c) or TO_TCVN3.get(c.lower(), c) for c in text)


def in_vni(text: str) -> str:
    return "".join(TO_VNI.get(c, c) for c in text)


def in_1258(text: str) -> bytes:
    """Base letters with tones as combining marks, as Windows wrote it."""
    found = b""
    for char in text:
        marks = [m for m in unicodedata.normalize("NFD", char) if m in "\u0300\u0301\u0303\u0309\u0323"]
        base = unicodedata.normalize("NFC", "".join(m for m in unicodedata.normalize("NFD", char) if m not in marks))
        found += (base + "".join(marks)).encode("cp1258")
    return found


def damaged(text: str) -> str:
    """UTF-8 read as Windows-1252."""
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode())


def told(data: bytes, name: str = "a.txt") -> tuple[str, list[str]]:
    found = read(data, name)
    return found.text, [str(warning) for warning in found.warnings]


SYLLABLES = "nghiêng quốc quyển gì giếng hoà hòa thuỷ thủy khuỷu yêu ý quý quí ngoằn người rượu Đường ẾCH kỹ huýt khuya"
NO_SYLLABLES = "ngiêng quôc cế kà viêt việd hoaf zà jà được! été bàà nghiênghh ÿ a1 ß"


class TestSyllables:
    @pytest.mark.parametrize("word", SYLLABLES.split())
    def test_are(self, word):
        assert is_syllable(word)

    @pytest.mark.parametrize("word", [*NO_SYLLABLES.split(), ""])
    def test_are_not(self, word):
        assert not is_syllable(word)

    def test_nearly_all_of_real_prose(self):
        words = [word.strip(".,;:") for text in PARAGRAPHS for word in text.split()]
        assert all(map(is_syllable, words))


class TestTables:
    """Samples known from papers of the time, so that the tables are held to more than themselves."""

    @pytest.mark.parametrize(
        ("coded", "text"),
        [
            ("Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
            ("§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"),
            (
                "Uû ban nh©n d©n tØnh; quyÕt ®Þnh; nghÞ quyÕt; chØ thÞ",
                "Uỷ ban nhân dân tỉnh; quyết định; nghị quyết; chỉ thị",
            ),
        ],
    )
    def test_tcvn3(self, coded, text):
        assert repaired(coded) == (text, (TCVN3,), False)

    @pytest.mark.parametrize(
        ("coded", "text"),
        [
            ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
            ("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            ("Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"),
            (
                "Uyû ban nhaân daân tænh; quyeát ñònh; nghò quyeát; chæ thò",
                "Uyủ ban nhân dân tỉnh; quyết định; nghị quyết; chỉ thị",
            ),
        ],
    )
    def test_vni(self, coded, text):
        # "Uyû" is typed with the tone on the y: Uỷ.
        assert repaired(coded) == (text.replace("Uyủ", "Uỷ"), (VNI,), False)

    def test_every_letter(self):
        assert len(MARKED) == 67
        assert [from_tcvn3(TO_TCVN3[letter]) for letter in MARKED] == MARKED
        assert [from_tcvn3(TO_TCVN3[letter]) for letter in "ĂÂÊÔƠƯĐ"] == list("ĂÂÊÔƠƯĐ")
        both = MARKED + [letter.upper() for letter in MARKED]
        assert len(both) == 134
        assert [from_vni(TO_VNI[letter]) for letter in both] == both


class TestText:
    @pytest.mark.parametrize("text", PARAGRAPHS)
    def test_whole(self, text):
        assert repaired(in_tcvn3(text)) == (text, (TCVN3,), False)
        assert repaired(in_vni(text)) == (text, (VNI,), False)
        assert repaired(in_vni(text.upper())) == (text.upper(), (VNI,), False)
        assert repaired(damaged(text)) == (text, (UTF8_AS_1252,), False)

    def test_capitals_of_tcvn3(self):
        """There are none with a tone: words that are capitals otherwise, and lines of capitals, show them."""
        assert repaired("QUYÕT §ÞNH VÒ VIÖC THµNH LËP Tæ C¤NG T¸C").text == "QUYẾT ĐỊNH VỀ VIỆC THÀNH LẬP TỔ CÔNG TÁC"
        assert repaired("Së Ngo¹i vô göi V¨n phßng tØnh").text == "Sở Ngoại vụ gửi Văn phòng tỉnh"

    def test_each_paragraph_by_itself(self):
        new, old, older = PARAGRAPHS
        text = f"{new}\n{in_tcvn3(old)}\n{in_vni(older)}\n{new}"
        assert repaired(text) == (f"{new}\n{old}\n{older}\n{new}", (TCVN3, VNI), False)

    def test_cells_of_a_letterhead(self):
        row = (
            in_tcvn3("Ủy ban nhân dân")
            + "\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
            + in_tcvn3("Số: 12/QĐ-UB, gửi đến huyện")
        )
        assert repaired(row).text == "ủy ban nhân dân\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 12/QĐ-UB, gửi đến huyện"

    def test_names_and_initials_among_words(self):
        text = "Căn cứ Nghị định số 33 của Chính phủ\nĐắk Lắk, QĐ-UB, ĐBSCL, ông Smith gửi thư\nQĐ"
        assert repaired(in_tcvn3(text)).text == text

    def test_not_understood(self):
        """Vietnamese among signs no table explains is left, and said."""
        text = "Ban nµ§y g¶½i cho c®¼c anh t¸½nh th©§n, v¶¶n ph§§ng to¡¡n ban l®®nh d¢¢o; con s¤¤ng xanh, tin vui"
        found = repaired(text)
        assert (found.text, found.schemes, found.doubtful) == (text, (), True)

    @pytest.mark.parametrize("text", SIX_LANGUAGES)
    def test_other_languages_stay(self, text):
        assert repaired(text) == (text, (), False)
        assert repaired("\n".join(SIX_LANGUAGES)).schemes == ()

    @pytest.mark.parametrize(
        "text",
        [
            *PARAGRAPHS,
            "Công ty An Hà, bà Lê Tú Oanh; hàng hóa, thông quan",
            "«Không» là chữ bà cô tôi hay nói",
            "Họ tên: Hà Mai Anh\nQuê: Hà Nam\ná à ã ô ê",
            "ViÖt",  # one word proves nothing
        ],
    )
    def test_vietnamese_stays(self, text):
        assert repaired(text) == (text, (), False)

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.sampled_from(sorted({w.strip(".,;") for p in PARAGRAPHS for w in p.split()})), max_size=30))
    def test_any_vietnamese_stays(self, words):
        text = " ".join(words)
        assert repaired(text) == (text, (), False)

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.sampled_from([w for text in SIX_LANGUAGES for w in text.split()]), max_size=40))
    def test_any_mixture_of_languages_stays(self, words):
        # Few words of French or Spanish are, by chance, words of TCVN3, too; a text of them alone is not asked here.
        text = " ".join([*words, *SIX_LANGUAGES])
        assert repaired(text).text == text

    @settings(max_examples=150, deadline=None)
    @given(st.text(st.characters(max_codepoint=0x1EFF), max_size=200), st.booleans())
    def test_anything_is_taken(self, text, markup):
        repaired(text, markup=markup)
        decode(text.encode("utf-8", "replace"), markup=markup)

    @pytest.mark.parametrize("piece", ["Céng hßa x· héi ", "aù", "è\n", "Ã", "á»", "<", "a ê ", "§a\n"])
    def test_long_text_is_quick(self, piece):
        began = time.process_time()
        repaired(piece * (500_000 // len(piece)), markup=piece == "<")
        assert time.process_time() - began < 5


class TestFiles:
    @pytest.mark.parametrize("text", ["\n".join(PARAGRAPHS), PARAGRAPHS[0]])
    def test_bytes(self, text):
        for data, encoding in (
            (in_tcvn3(text).encode("latin-1"), "TCVN3"),
            (in_vni(text).encode("latin-1"), "VNI"),
            (in_1258(text), "Windows-1258"),
        ):
            found, warnings = told(data)
            assert found == text
            assert len(warnings) == 1
            assert encoding in warnings[0]

    def test_western(self):
        for text in SIX_LANGUAGES:
            found, warnings = told(text.encode("cp1252"))
            assert found == text
            assert len(warnings) == 1

    def test_lines_in_different_encodings(self):
        old, new, _ = PARAGRAPHS
        found, warnings = told(new.encode() + b"\r\n" + in_tcvn3(old).encode("latin-1") + b"\n" + new.encode())
        assert found == f"{new}\n{old}\n{new}"
        assert len(warnings) == 2
        found, warnings = told(new.encode() + b"\n" + in_1258(old))
        assert found == f"{new}\n{old}"

    def test_damaged_bytes_are_counted(self):
        found, warnings = told(PARAGRAPHS[0].encode().replace(b" v", b" \xffv", 1))
        assert found.replace("\ufffd", "") == PARAGRAPHS[0]
        assert len(warnings) == 1
        assert "1" in warnings[0]

    @pytest.mark.parametrize(
        ("encoding", "text"),
        [("gb18030", "中国山西省与太平省合作协议" * 9), ("cp1251", "Договор о сотрудничестве области\n" * 9)],
    )
    def test_other_scripts_are_refused(self, encoding, text):
        with pytest.raises(Unreadable) as caught:
            read(text.encode(encoding), "a.txt")
        assert caught.value.code == "encoding"
        assert told(text.encode())[0] == text.strip()

    def test_a_table(self):
        data = in_tcvn3("Tên đối tác,Địa phương nước ngoài\nThành phố Mẫu,Nước bạn\nTỉnh Thử,Vùng biển").encode(
            "latin-1"
        )
        table = read_table(data, "a.csv")
        assert list(table.headers) == ["Tên đối tác", "Địa phương nước ngoài"]
        assert any("TCVN3" in str(warning) for warning in table.warnings)

    def test_beginning_of_a_file(self):
        data = ("ữ" * 100).encode()
        assert files.decode(data[:-1], partial=True).text == "ữ" * 99

    def test_html(self):
        page = "<html><head><title>{}</title></head><body><h1 class='x'>{}</h1><p>{}</p><p>{}</p></body></html>"
        texts = ["Hợp tác giữa hai tỉnh", *PARAGRAPHS]
        for coded in (in_tcvn3, in_vni):
            found = read(page.format(*map(coded, texts)).encode("latin-1"), "a.html")
            assert [line for line in found.text.split("\n") if line] == PARAGRAPHS
            assert found.title == texts[0]
            assert len(found.warnings) == 1
        lying = page.format(*texts).replace("<head>", "<head><meta charset='iso-8859-1'>").encode()
        assert PARAGRAPHS[2] in read(lying, "a.html").text

    def test_pdf(self):
        found = read(pdf(in_tcvn3(PARAGRAPHS[1]), in_tcvn3(PARAGRAPHS[0])), "a.pdf")
        assert [found.text[start:].split("\n")[0] for start in found.pages] == [PARAGRAPHS[1], PARAGRAPHS[0]]
        assert len(found.warnings) == 1


def word(*runs: tuple[str, str], style: str = "") -> bytes:
    """A Word file with a paragraph per (text, font)."""
    document = docx.Document()
    if style:
        document.styles["Normal"].font.name = style
    for text, font in runs:
        run = document.add_paragraph().add_run(text)
        if font:
            run.font.name = font
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class TestFontsOfWord:
    def test_capitals_come_from_the_font(self):
        data = word(
            ("Céng hßa x· héi chñ nghÜa viÖt nam", ".VnTimeH"),
            (in_tcvn3(PARAGRAPHS[0]), ".VnTime"),
            (in_vni(PARAGRAPHS[1]), "VNI-Times"),
            (PARAGRAPHS[2], "Times New Roman"),
        )
        text, warnings = told(data, "a.docx")
        assert text.split("\n") == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", *PARAGRAPHS]
        assert len(warnings) == 2

    def test_font_of_the_style(self):
        text, warnings = told(word(("Sè: 12/Q§-UB", ""), ("QuyÕt ®Þnh", ""), style=".VnTime"), "a.docx")
        assert text.split("\n") == ["Số: 12/QĐ-UB", "Quyết định"]
        assert len(warnings) == 1

    def test_unicode_under_an_old_font_s_name(self):
        lines = ["Công ty An Hà", "hàng hóa thông quan", "Điều khoản"]
        text, warnings = told(word(*((line, ".VnTime") for line in lines)), "a.docx")
        assert (text.split("\n"), warnings) == (lines, [])
