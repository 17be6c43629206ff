"""The even view of a text: what becomes the same, and that every character leads back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemtua.sources.reader.view import View, lowered

PLAIN = "Ủy ban nhân dân tỉnh Đắk Lắk – “Hòa Bình” ngày 5/3/2024"


def back(view: View, words: str) -> str:
    """The original of some words of the view's text."""
    at = view.text.index(words)
    start, end = view.original(at, at + len(words))
    return view.given[start:end]


def test_a_plain_text_stays_as_it_is():
    view = View("Thái Bình ký kết với tỉnh Zala.")
    assert view.text == view.given
    assert view.original(5, 9) == (5, 9)


def test_loose_marks_are_put_on_their_letters():
    view = View(unicodedata.normalize("NFD", PLAIN))
    assert view.text == View(PLAIN).text
    assert back(view, "Đắk Lắk") == unicodedata.normalize("NFD", "Đắk Lắk")


@pytest.mark.parametrize(
    ("given_text", "seen"),
    [
        ("Ðồng Nai", "Đồng Nai"),
        ("Hà\u00a0Nội", "Hà Nội"),
        ("Hà\u200b\u00adNội\ufeff", "Hà Nội"),
        ("2021–2026", "2021-2026"),
        ("“Lá thư”", '"Lá thư"'),
        ("một\r\nhai\rba", "một\nhai\nba"),
        ("\u202eHuế\u202c", "Huế"),
    ],
)
def test_signs_that_mean_the_same_become_one(given_text, seen):
    assert View(given_text).text == seen


def test_lower_case_has_the_tone_mark_in_one_place():
    assert View("Hoà Bình, UỶ BAN, Thuý").low == View("Hòa Bình, ỦY BAN, Thúy").low == "hòa bình, ủy ban, thúy"
    # Where there is only one usage nothing is moved.
    assert lowered("Quý hoàn loạt quỹ") == "quý hoàn loạt quỹ"
    assert len(lowered("İstanbul")) == len("İstanbul")


WRAPPED = """Thực hiện Bản ghi nhớ hợp tác giữa tỉnh
Đắk Nông và tỉnh Môn-đun-ki-ri ký ngày 24
tháng 8 năm 2022, UBND tỉnh giao Sở Nông
nghiệp hướng dẫn Công ty Cao su Sông Đồng
Nai Thượng tháo gỡ vướng mắc với vốn 1.
087 tỷ đồng.
- Lưu: VT.

ỦY BAN NHÂN DÂN
TỈNH ĐẮK NÔNG
Người ký"""


def test_lines_of_a_page_flow_together_and_headings_and_lists_do_not():
    flow = View(WRAPPED).flow
    assert "giữa tỉnh Đắk Nông" in flow
    assert "ngày 24 tháng 8" in flow
    assert "Sông Đồng Nai Thượng" in flow
    assert "1. 087 tỷ" in flow
    assert "\n- Lưu: VT.\n" in flow
    assert flow.endswith("ỦY BAN NHÂN DÂN\nTỈNH ĐẮK NÔNG\nNgười ký")


def test_a_text_without_capitals_is_known():
    assert View("đoàn công tác tỉnh gyeonggi thăm thái bình. " * 10).lower_case
    assert not View(PLAIN).lower_case


@given(
    st.text(
        alphabet=st.sampled_from("aAđĐÐ \n\r-.,1u\u0301\u0323\u00a0\u200b\u00ad\u202eyưƯ\u01b0İß한\x00"), max_size=80
    )
)
def test_every_character_leads_back(text):
    view = View(text)
    assert len(view.text) == len(view.flow) == len(view.low) == len(view.starts) == len(view.ends)
    before = 0
    for at in range(len(view)):
        start, end = view.original(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert start >= before
        before = start


def test_marks_without_end_cost_no_more_than_their_number():
    view = View("a" + "\u0301" * 50_000 + " Huế")
    assert view.text.endswith(" Huế")
