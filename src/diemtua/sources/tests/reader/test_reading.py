"""`read_text`: from any text to facts that stand, letter for letter, in the text as given."""

from __future__ import annotations

import datetime
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemtua.sources import reader
from diemtua.sources.reader import facts
from diemtua.sources.reader.lexicon import Lexicon, Meaning

NEWS = """Bắc Hà mở rộng kết nối với các tỉnh nước bạn

Thứ Ba, 14/05/2024 | 09:30

Chiều 13/5, UBND tỉnh Quảng Trị ký thỏa thuận hợp tác với tỉnh Salavan (Lào). Ông Trần Văn Mẫu, Giám đốc Sở Ngoại vụ, \
cho biết tỉnh sẽ tiếp tục hợp tác với Salavan trong năm tới. Dự án có vốn 12,5 triệu USD.
"""


def mentions(found: facts.Reading, kind: str) -> list[str]:
    return [m.quote for m in found.mentions if m.type == kind]


def said(found: facts.Reading) -> set[tuple[str, str, str, str | None]]:
    name = {m.id: m.quote for m in found.mentions}
    return {(r.type, name[r.source], name[r.target], r.status) for r in found.relations}


def is_sound(found: facts.Reading) -> None:
    """Every mention is a piece of the text, every relation joins two mentions and quotes words around them."""
    for mention in found.mentions:
        assert found.text[mention.start : mention.end] == mention.quote != ""
        assert mention.type in facts.KINDS
        assert mention.ref
    assert len({m.id for m in found.mentions}) == len(found.mentions)
    for relation in found.relations:
        assert {relation.source, relation.target} <= found.by_id.keys()
        assert 0 <= relation.start < relation.end <= len(found.text)


def test_what_a_page_of_news_says() -> None:
    found = reader.read_text(NEWS, home="Quảng Trị", published=datetime.date(2024, 5, 14))
    is_sound(found)
    assert mentions(found, facts.PERSON) == ["Trần Văn Mẫu"]
    assert mentions(found, facts.COUNTRY) == ["Lào"]
    assert {m.norm for m in found.mentions if m.type == facts.DATE} >= {"2024-05-14", "2024-05-13"}
    assert [m.norm for m in found.mentions if m.type == facts.MONEY] == [{"amount": 12_500_000, "currency": "USD"}]
    assert {(kind, status) for kind, _a, _b, status in said(found)} >= {
        ("cooperates_with", "signed"),
        ("locality_of", None),
    }
    refs = {m.ref for m in found.mentions if m.quote in ("tỉnh Salavan", "Salavan")}
    assert len(refs) == 1


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_bounds_are_those_of_the_text_as_given(form: str) -> None:
    text = "\ufeff" + unicodedata.normalize(form, NEWS).replace("\n", "\r\n")
    found = reader.read_text(text)
    is_sound(found)
    assert unicodedata.normalize("NFC", mentions(found, facts.PERSON)[0]) == "Trần Văn Mẫu"


def test_home_and_day_are_taken_from_the_text_when_nobody_says_them() -> None:
    found = reader.read_text(NEWS)
    assert (found.home, found.published) == ("Quảng Trị", datetime.date(2024, 5, 14))
    letter = (
        "UBND TỈNH CAO BẰNG\nSỞ NGOẠI VỤ\nSố: 12/SNgV-HTQT\n\nCao Bằng, ngày 3 tháng 4 năm 2021\n\n"
        "Kính gửi: Sở Tài chính. Đề nghị góp ý trước ngày 20/4 về thỏa thuận với Quảng Tây (Trung Quốc)."
    )
    found = reader.read_text(letter)
    assert (found.home, found.published) == ("Cao Bằng", datetime.date(2021, 4, 3))
    assert [m.norm for m in found.mentions if m.type == facts.DATE] == ["2021-04-03", "2021-04-20"]


def test_what_the_text_does_not_tell_stays_unknown() -> None:
    both = reader.read_text("Ngày 12/3, Hà Giang và Tuyên Quang bàn việc hợp tác.")
    assert (both.home, both.published) == (None, None)
    assert [m.norm for m in both.mentions if m.type == facts.DATE] == [None]
    assert both.warnings, "a day without a year is not guessed, and the officer is told"
    assert not reader.read_text("Năm 2024, Hà Giang vui.").warnings


def test_programmes_with_places_listed_in_brackets() -> None:
    text = (
        "Phú Thọ tiếp tục thực hiện hiệu quả chương trình hợp tác với các địa phương đã ký kết (Lào Cai, Yên Bái, Sơn La); "
        "phát huy lợi thế."
    )
    found = reader.read_text(text, home="Phú Thọ")
    assert {one for _t, one, paper, _s in said(found) if paper == "chương trình hợp tác"} == {
        *("Phú Thọ", "Lào Cai", "Yên Bái", "Sơn La"),
    }
    assert {(b, s) for kind, _a, b, s in said(found) if kind == facts.COOPERATES} == {
        (name, "signed") for name in ("Lào Cai", "Yên Bái", "Sơn La")
    }


def test_partners_in_a_list_each_with_its_country() -> None:
    found = reader.read_text(
        "Tăng cường hợp tác giữa tỉnh Bến Tre và tỉnh Bolikhan (Lào), thành phố Naju (Hàn Quốc), tỉnh Thiểm Tây "
        "(Trung Quốc), thúc đẩy hợp tác sâu rộng giữa các đối tác Hà Lan với Việt Nam nói chung, Bến Tre nói riêng.",
        home="Bến Tre",
    )
    pairs = {b for kind, _a, b, _s in said(found) if kind == facts.COOPERATES}
    assert pairs == {"tỉnh Bolikhan", "thành phố Naju", "tỉnh Thiểm Tây", "Hà Lan"}


def test_names_an_office_keeps_are_found() -> None:
    words = "Lãnh đạo tỉnh tiếp đoàn Sao Mai Xanh đến tìm hiểu cơ hội."
    plain = reader.read_text(words)
    assert "Sao Mai Xanh" not in mentions(plain, facts.ORG)
    known = Lexicon.load().with_names([("Sao Mai Xanh", Meaning(facts.ORG, "Sao Mai Xanh", "party:7"))])
    assert "Sao Mai Xanh" in mentions(reader.read_text(words, lexicon=known), facts.ORG)


@pytest.mark.parametrize("text", ["", " \n\t", "\u202e\u200f", "🙂" * 50, "\x00\x01", "(((((((", "tỉnh " * 400])
def test_texts_that_say_nothing(text: str) -> None:
    is_sound(reader.read_text(text))


def test_thousands_of_facts() -> None:
    text = "Ngày 5/6/2024, tỉnh Lào Cai ký với tỉnh Vân Nam (Trung Quốc) dự án 3 triệu USD. " * 2_000
    found = reader.read_text(text)
    is_sound(found)
    assert len(found.mentions) >= 10_000
    assert len({m.ref for m in found.mentions if m.type == facts.COUNTRY}) == 1


PIECES = st.sampled_from(
    [
        "tỉnh",
        "thành phố",
        "Lào Cai",
        "Hàn Quốc",
        "(",
        ")",
        ", ",
        " và ",
        "hợp tác với ",
        "ký ",
        "ngày 3/4/2021",
        "3 triệu USD",
        "Công ty TNHH ",
        "A",
        "UBND ",
        "Số: 12/QĐ-UBND",
        "\n",
        "́",
        "\u200e",
        "Ð",
        "ông ",
        "Trần Văn Mẫu",
        "khu công nghiệp ",
        "ha",
        "100.000",
        "quý I",
        "-",
        "; ",
        ". ",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join)))
def test_any_text_is_read_soundly(text: str) -> None:
    is_sound(reader.read_text(text))
    is_sound(reader.read_text(text, home="Lào Cai", published=datetime.date(2025, 8, 1)))


@pytest.mark.parametrize(
    ("sentence", "kind", "quotes"),
    [
        ("Dự có Cục trưởng Cục Hải quan tỉnh Vũ Quý Mẫu.", facts.PERSON, ["Vũ Quý Mẫu"]),
        ("Giám đốc Sở Ngoại vụ tỉnh Lữ Thị Mẫu cho biết.", facts.PERSON, ["Lữ Thị Mẫu"]),
        ("Hai bên ký Ý định thư; trường Nhật ngữ mở lớp; tờ Nhật báo đưa tin.", facts.COUNTRY, []),
        ("Đoàn gặp già làng A Mẫu.", facts.VN_LOCALITY, []),
        ("Bà con làng A Mẫu đón đoàn.", facts.VN_LOCALITY, ["làng A Mẫu"]),
    ],
)
def test_names_that_look_like_others(sentence: str, kind: str, quotes: list[str]) -> None:
    assert mentions(reader.read_text(sentence, home="Lạng Sơn"), kind) == quotes
