"""Numbers and money in both conventions."""

from decimal import Decimal
from typing import Literal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from diemtua.kit.money import Money, MoneyError, format_money, parse_money
from diemtua.kit.numbers import NumberError, format_number, parse_number

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234\u202f567", "1234567"),
        ("1'234.50", "1234.50"),
        ("30583", "30583"),
        ("588.84", "588.84"),
        ("588,84", "588.84"),
        ("1.234.567", "1234567"),
        ("1,234,567.89", "1234567.89"),
        ("0,123", "0.123"),
        ("1234,567", "1234.567"),
        ("-12", "-12"),
        ("\u2212 12", "-12"),
        ("(1.234,5)", "-1234.5"),
        ("１２３", "123"),
        (12, "12"),
        (588.84, "588.84"),
        (Decimal("1.50"), "1.50"),
    ],
)
def test_reads(text: str | int | float | Decimal, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1.234", "1,234"])
def test_what_the_text_cannot_tell_the_caller_decides(text: str) -> None:
    assert parse_number(text) == 1234
    decimals: tuple[Literal[",", "."], ...] = (",", ".")
    for decimal in decimals:
        assert parse_number(text, decimal) == (Decimal("1.234") if decimal in text else 1234)


@pytest.mark.parametrize(
    "text",
    ["", " ", "NaN", "inf", "-Infinity", "1.2.3,4,5", "12,34,567", "1,2,3", "5.", ".5", "1e5", "1 23", "--1",
     "(1", "1)", "1.234,5.6",
     "١٢", "=1+1", "1" * 100, "12 tấn", float("nan"), float("inf"), True],
)  # fmt: skip
def test_refuses_with_a_sentence(text: str | float) -> None:
    with (
        translation.override("en"),
        pytest.raises(NumberError, match=r"Write (a number, )?for example 1\.234,5"),
    ):
        parse_number(text)


@given(NUMBERS, st.sampled_from(["vi", "en"]))
def test_what_is_shown_is_read_back(number: Decimal, lang: str) -> None:
    sign: Literal[",", "."] = "," if lang == "vi" else "."
    assert parse_number(format_number(number, lang), sign) == number
    assert parse_number(format_number(number, lang, places=4), sign) == number


@given(st.text(alphabet="0123456789., -()'x", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        sentence = str(parse_number(text))
    except NumberError as error:
        sentence = str(error)
    assert sentence


def test_shows() -> None:
    assert format_number(Decimal("1234.50"), "vi") == "1.234,5"
    assert format_number(Decimal("1234.50"), "en") == "1,234.5"
    assert format_number(Decimal("1E+6"), "vi") == "1.000.000"
    assert format_number(Decimal("2.345"), "vi", places=2) == "2,35"
    assert format_number(3, "en", places=2) == "3.00"
    assert format_number(Decimal("-0.001"), "en", places=2) == "0.00"
    assert format_number(None, "vi") == ""
    with translation.override("vi"):
        assert format_number(1234.5) == "1.234,5"


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("3.885 tỷ đồng", 3_885_000_000_000, "VND"),
        ("VND 3,885 billion", 3_885_000_000_000, "VND"),
        ("88 nghìn tỷ đồng", 88_000_000_000_000, "VND"),
        ("120 triệu USD", 120_000_000, "USD"),
        ("US$120 million", 120_000_000, "USD"),
        ("1,2 tỷ đô la Mỹ", 1_200_000_000, "USD"),
        ("500.000 đ", 500_000, "VND"),
        ("EUR 5 million", 5_000_000, "EUR"),
        ("30 triệu won", 30_000_000, "KRW"),
    ],
)
def test_reads_money(text: str, amount: int, currency: str) -> None:
    assert parse_money(text) == Money(Decimal(amount), currency)


def test_money_takes_the_currency_of_its_column() -> None:
    assert parse_money("588,84", currency="USD") == Money(Decimal("588.84"), "USD")


@pytest.mark.parametrize("text", ["", "abc", "120", "120 triệu", "120 cái", "USD 5 EUR", "nhiều tỷ đồng", "1.2.3 USD"])
def test_refuses_money_with_a_sentence(text: str) -> None:
    with pytest.raises(MoneyError) as caught:
        parse_money(text)
    assert str(caught.value)


@pytest.mark.parametrize(
    ("money", "vi", "en"),
    [
        (Money(Decimal(3_885_000_000_000), "VND"), "3.885 tỷ đồng", "VND 3,885 billion"),
        (Money(Decimal(120_000_000), "USD"), "120 triệu USD", "US$120 million"),
        (Money(Decimal(588_840_000), "USD"), "588,84 triệu USD", "US$588.84 million"),
        (Money(Decimal(123_456_789), "USD"), "123.456.789 USD", "US$123,456,789"),
        (Money(Decimal(500_000), "VND"), "500.000 đồng", "VND 500,000"),
        (Money(Decimal(0), "EUR"), "0 EUR", "EUR 0"),
        (None, "", ""),
    ],
)
def test_shows_money(money: Money | None, vi: str, en: str) -> None:
    assert (format_money(money, "vi"), format_money(money, "en")) == (vi, en)


@given(NUMBERS, st.sampled_from(["VND", "USD", "KRW"]), st.sampled_from(["vi", "en"]))
def test_money_shown_is_money_read(amount: Decimal, currency: str, lang: str) -> None:
    sign: Literal[",", "."] = "," if lang == "vi" else "."
    money = Money(abs(amount), currency)
    assert parse_money(format_money(money, lang), decimal=sign) == money


def test_money_needs_a_currency_code() -> None:
    with pytest.raises(MoneyError):
        Money(Decimal(1), "dollars")
