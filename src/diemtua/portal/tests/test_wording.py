"""Amounts and days in the forms of five languages."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils.html import conditional_escape
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from diemtua.kit.dates import parse_date
from diemtua.kit.money import Money
from diemtua.portal import wording
from diemtua.portal.languages import CODES


@pytest.mark.parametrize(
    ("language", "value", "unit", "words", "told"),
    [
        ("vi", "4932", "tỷ đồng", "", "4.932 tỷ đồng"),
        ("en", "4932", "tỷ đồng", "", "VND 4,932 billion"),
        ("ko", "4932", "tỷ đồng", "", "4.932조 베트남 동"),
        ("zh-hans", "4932", "tỷ đồng", "", "4.932万亿越南盾"),
        ("ja", "120", "triệu USD", "", "1.2億米ドル"),
        ("en", "120", "triệu USD", "", "US$120 million"),
        ("en", "1", "tàu", "", "1 vessel"),
        ("en", "725", "tàu", "", "725 vessels"),
        ("ko", "725", "tàu", "", "725척"),
        ("en", "52.5", "%", "", "52.5%"),
        ("vi", "333.4", "ha", "", "333,4 ha"),
        ("ja", "1333.4", "ha", "", "1,333.4 ha"),
        ("vi", None, "ha", "trên 345", "trên 345 ha"),
        ("en", None, "ha", "trên 345", "over 345 ha"),
        ("en", None, "triệu USD", "trên 1.100,5", "over US$1,100.5 million"),
        ("en", "52", "%", "khoảng 52%", "about 52%"),
        ("vi", "52", "%", "khoảng 52%", "khoảng 52%"),
    ],
)
def test_amounts(language: str, value: str | None, unit: str, words: str, told: str) -> None:
    with override(language):
        said = wording.amount(None if value is None else Decimal(value), unit, words)
    assert str(said) == told
    assert said.lang == ""


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("8", "suất", "8-10 suất, hai nguồn khác nhau"),
        (None, "ha", "trên 345 mẫu"),
        ("3", "thùng", ""),
        (None, "", "x"),
    ],
)
def test_what_cannot_be_put_into_a_language_stays_and_says_so(value: str | None, unit: str, words: str) -> None:
    with override("ko"):
        said = wording.amount(value and Decimal(value), unit, words)  # type: ignore[arg-type]
    assert said.lang == "vi"
    assert conditional_escape(said).startswith('<span lang="vi">')


def test_words_of_a_source_are_only_words() -> None:
    for language in ("vi", "en"):
        with override(language):
            assert "<b>" not in conditional_escape(wording.amount(None, "ha", "<b>trên 3</b>"))


@pytest.mark.parametrize(
    ("language", "typed", "told"),
    [
        ("vi", "17/01/2024", "17/01/2024"),
        ("en", "17/01/2024", "17 January 2024"),
        ("ko", "17/01/2024", "2024년 1월 17일"),
        ("ja", "01/2024", "2024年1月"),
        ("zh-hans", "2024", "2024年"),
        ("en", "quý IV/2021", "Q4 2021"),
        ("en", "2021 – 2025", "2021–2025"),
        ("en", "01/2023 – 06/2023", "January – June 2023"),
    ],
)
def test_days(language: str, typed: str, told: str) -> None:
    with override(language):
        assert re.sub(r"[\u2009\u202f\xa0]", " ", wording.day(parse_date(typed))) == told


@given(st.decimals(min_value=0, max_value=10**17, places=3), st.sampled_from(["VND", "USD", "LAK"]))
def test_no_amount_is_rounded(value: Decimal, currency: str) -> None:
    """What is written in any language is the amount, to the last digit."""
    names = {
        "만": 4,
        "억": 8,
        "조": 12,
        "경": 16,
        "万": 4,
        "亿": 8,
        "億": 8,
        "万亿": 12,
        "兆": 12,
        "京": 16,
        "亿亿": 16,
    }
    for language in CODES[2:]:
        with override(language):
            shown = wording.money(Money(value, currency))
        found = re.match(r"([\d,.]+)\s?(万亿|亿亿|[만억조경万亿億兆京]?)", shown)
        assert found, shown
        assert Decimal(found[1].replace(",", "")).scaleb(names.get(found[2], 0)) == value, (language, shown)
