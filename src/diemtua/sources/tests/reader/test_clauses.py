"""Where sentences end."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemtua.sources.reader.clauses import LONGEST, sentences
from diemtua.sources.reader.view import View


def split(text: str, *protected: tuple[int, int]) -> list[str]:
    view = View(text)
    return [view.flow[s.start : s.end] for s in sentences(view, protected)]


@pytest.mark.parametrize(
    "text",
    [
        "Đoàn đến TP. Huế và P. Kinh Bắc hôm qua.",
        "Do PGS.TS. Trần Văn Thử và ông Nguyễn V. A. Thử dẫn đầu.",
        "1. Hợp tác với địa phương nước ngoài",
        "Khu công nghiệp (do công ty A. đầu tư. Diện tích lớn) hoạt động.",
        "BẢN GHI NHỚ\nGIỮA\nTỈNH MỘT\nVÀ\nTỈNH HAI",
        "vốn 1.200 tỷ đồng tại Lào Cai",
    ],
)
def test_one_sentence(text):
    assert len(split(text)) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Hai bên ký kết. Sau đó đoàn về.", 2),
        ("hai bên ký kết. sau đó đoàn về. không có chữ hoa nào cả ở đây.", 3),
        ("đặt tại KCN Yên Thử II-C. Như vậy là xong.", 2),
        ("Kính gửi:\n- Sở Một;\n- Sở Hai.", 3),
        ("Có thật không? Chưa! Vâng...", 3),
    ],
)
def test_several_sentences(text, count):
    assert len(split(text)) == count


def test_a_name_is_never_cut():
    text = "Đến Vinh. Phú hôm qua. Rồi về."
    assert split(text, (4, 14)) == ["Đến Vinh. Phú hôm qua.", "Rồi về."]


@given(st.text(alphabet='aA1 .,;:!?()\n"-đ', max_size=300))
def test_sentences_stand_in_order_and_leave_out_only_blanks(text):
    view = View(text)
    found = sentences(view)
    assert all(a.end <= b.start and a.paragraph <= b.paragraph for a, b in itertools.pairwise(found))
    covered = set().union(*(range(s.start, s.end) for s in found)) if found else set()
    assert all(view.flow[i].isspace() for i in range(len(view)) if i not in covered)


def test_a_text_without_an_end_is_cut_all_the_same():
    assert max(map(len, split("và tỉnh " * 2_000))) <= LONGEST
    assert max(map(len, split("x" * 5_000))) <= LONGEST
