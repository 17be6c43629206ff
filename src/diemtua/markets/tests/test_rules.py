"""What place the name of a market speaks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemtua.markets.rules import place_named


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("Thị trường Nhật Bản", "Nhật Bản"),
        ("THỊ TRƯỜNG XUẤT KHẨU HÀN QUỐC", "HÀN QUỐC"),
        ("thị trường các nước ASEAN", "ASEAN"),
        ("Thị trường khu vực Nam Mỹ", "Nam Mỹ"),
        ("Nước Đức", "Đức"),
        ("Nhật Bản", "Nhật Bản"),
        ("Thị trường", ""),
        ("", ""),
    ],
)
def test_the_place_stands_behind_words_of_kind(title: str, place: str) -> None:
    assert place_named(title) == place


@given(st.text(max_size=80))
def test_any_text_keeps_its_end(title: str) -> None:
    whole = " ".join(title.split())
    assert whole.endswith(place_named(title))
