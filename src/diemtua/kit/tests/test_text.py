"""Vietnamese text: examples officers meet, and properties that hold for any text."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemtua.kit.text import exact, fold, nfc, plain, quoted, slug, sort_key, strip_control, words

ANY = st.text(max_size=60)
VIETNAMESE = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxy àảãáạằẳẵắặềểễếệìỉĩíịồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ ", max_size=40)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đầu tư", "dau tu"),
        ("ĐẦU TƯ – ngoài nước", "dau tu ngoai nuoc"),
        ("\u00d0ầu", "dau"),  # the Icelandic letter that old files hold for Đ
        (unicodedata.normalize("NFD", "Hưng Yên"), "hung yen"),
        ("Hòa Bình / hoà bình", "hoa binh hoa binh"),
        ("부산 – 釜山", "부산 釜山"),
        (unicodedata.normalize("NFD", "영주시"), "영주시"),
        ("Łódź, Ærø, Straße", "lodz aero strasse"),
        ("Ｄ２１ ﬁn", "d21 fin"),
        ("ten\u00adant", "tenant"),
        ("  \n ", ""),
        ("'; DROP TABLE x;--", "drop table x"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY)
def test_fold_is_stable(text: str) -> None:
    key = fold(text)
    assert fold(key) == key
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert "  " not in key
    assert key == key.strip()


@given(VIETNAMESE)
def test_fold_of_vietnamese_is_ascii_and_blind_to_case(text: str) -> None:
    assert re.fullmatch("[a-z ]*", fold(text))
    assert fold(text.upper()) == fold(text)


def test_plain_keeps_punctuation() -> None:
    assert plain("Ngày  4/11/2021 (Đến)") == "ngay 4/11/2021 (den)"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("22-NQ/TW", ["22", "nq", "tw", "22nqtw"]),
        ("số 36/2017/QĐ-TTg", ["so", "36", "2017", "qd", "ttg", "362017qdttg"]),
        ("22–NQ/TW,", ["22", "nq", "tw", "22nqtw"]),
        ("kinh tế - xã hội", ["kinh", "te", "xa", "hoi"]),
        ("UBND-VP", ["ubnd", "vp"]),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_a_long_address_is_no_document_number() -> None:
    assert not any(len(word) > 40 for word in words("https://example.org/2023/07/18/" + "a-b-c/" * 20))


@given(ANY)
def test_words_hold_the_folded_words(text: str) -> None:
    remaining = iter(words(text))
    assert all(word in remaining for word in fold(text).split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa Bình", "hoà  bình"),
        ("KHỎE", "khoẻ"),
        ("Thúy", "thuý"),
        ("Ðông", "đông"),
        ("quý", "qúy"),
        ("hoàn", "hòan"),
    ],
)
def test_exact_sees_the_same(one: str, other: str) -> None:
    assert exact(one) == exact(other)
    assert exact(unicodedata.normalize("NFD", one)) == exact(other)


def test_exact_heeds_marks() -> None:
    assert len({exact(s) for s in ("hoa", "hoà", "hoá", "hỏa", "hõa", "hoạ", "đoa", "doa")}) == 8
    assert exact("của mùa") == "của mùa"


@given(ANY)
def test_exact_is_stable(text: str) -> None:
    assert exact(exact(text)) == exact(text)


ORDERED = [
    ["", "1", "10", "2", "2 b"],
    [
        "a",
        "ă",
        "â",
        "b",
        "c",
        "d",
        "đ",
        "e",
        "ê",
        "f",
        "g",
        "h",
        "i",
        "j",
        "k",
        "l",
        "m",
        "n",
        "o",
        "ô",
        "ơ",
        "p",
    ],
    ["p", "q", "r", "s", "t", "u", "ư", "v", "w", "x", "y", "z", "한"],
    ["ma", "mà", "mả", "mã", "má", "mạ", "mạ non", "mai"],
    ["An Giang", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Huế", "Hưng Yên", "Quảng Trị", "Thái Bình", "Ý Yên"],
    ["ba", "ba xa", "bà an", "ban"],
    ["9", "a", "b 2", "b a"],
    ["da", "dạ", "đa", "đà"],
]


@pytest.mark.parametrize("ordered", ORDERED)
def test_alphabetical_order(ordered: list[str]) -> None:
    backwards = ordered[::-1]
    assert sorted(backwards, key=sort_key) == ordered
    keys = [sort_key(s) for s in ordered]
    assert len(set(keys)) == len(keys)


def test_sort_key_sees_the_same() -> None:
    assert sort_key("Hoà  Bình!") == sort_key("hòa bình") == sort_key(unicodedata.normalize("NFD", "HÒA BÌNH"))
    assert sort_key("Ðông") == sort_key("đông")


@given(ANY, ANY)
def test_sort_key_is_short_plain_and_keeps_order_when_cut(one: str, other: str) -> None:
    full_one, full_other = sort_key(one, 10_000), sort_key(other, 10_000)
    assert re.fullmatch("[0-9a-z]*", full_one)
    assert sort_key(one) == full_one[:200]
    if full_one <= full_other:
        assert sort_key(one, 7) <= sort_key(other, 7)


@given(VIETNAMESE, VIETNAMESE)
def test_a_beginning_sorts_before_the_whole(one: str, other: str) -> None:
    assert sort_key(one, 10_000) <= sort_key(f"{one} {other}", 10_000)


def test_slug() -> None:
    assert slug("Sở Ngoại vụ tỉnh Thái Bình!") == "so-ngoai-vu-tinh-thai-binh"
    assert slug("한국") == ""


def test_strip_control() -> None:
    assert strip_control("a\x00b\u202egnp.exe\ufeff\tc\r\nd") == "abgnp.exe c d"
    assert strip_control("a\r\nb\u2028c\rd", newlines=True) == "a\nb\nc\nd"
    assert strip_control("\ud800x") == "x"


@given(st.text(alphabet=st.characters(), max_size=40))
def test_strip_control_leaves_text_every_database_stores(text: str) -> None:
    clean = strip_control(text, newlines=True)
    clean.encode()
    assert "\x00" not in clean
    assert strip_control(clean, newlines=True) == clean


def test_nfc() -> None:
    assert nfc("e\u0302\u0323") == "ệ"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", "“”"),
        ("hội nghị", "“hội nghị”"),
        ("Từ “hội nghị”", "“Từ ‘hội nghị’”"),
        ("Từ “bài “nói” ấy” và “khác”", "“Từ ‘bài “nói” ấy’ và ‘khác’”"),
        ("thừa” dấu “", "“thừa’ dấu ‘”"),
    ],
)
def test_marks_inside_quotation_marks_are_other_ones(said: str, shown: str) -> None:
    assert quoted(said) == shown
