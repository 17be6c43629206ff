"""Dates, money and areas: their bounds and normal forms."""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemtua.kit.numbers import format_number
from diemtua.sources.reader import facts, values
from diemtua.sources.reader.view import View

PUBLISHED = datetime.date(2025, 5, 20)


def found(text: str, kind: str, published: datetime.date | None = PUBLISHED) -> list[tuple[str, object]]:
    """The words and the normal form of every value of a kind."""
    view = View(text)
    return [
        (text[slice(*view.original(f.start, f.end))], f.norm) for f in values.find(view, published) if f.type == kind
    ]


def dates(text: str) -> list[tuple[str, object]]:
    return found(text, facts.DATE)


@pytest.mark.parametrize(
    ("text", "words", "norm"),
    [
        ("Chiều 12/9, tỉnh họp", "12/9", "2025-09-12"),
        ("ký ngày 24 tháng 8 năm\n2022 tại", "ngày 24 tháng 8 năm\n2022", "2022-08-24"),
        ("ngày 2-9-2023", "ngày 2-9-2023", "2023-09-02"),
        ("Thứ Tư, 13/09/2023 | 16:20", "13/09/2023", "2023-09-13"),
        ("ngày 9.9 tại Hà Nội", "ngày 9.9", "2025-09-09"),
        ("đăng 2025-08-14", "2025-08-14", "2025-08-14"),
        ("mồng 3 tháng 9", "mồng 3 tháng 9", "2025-09-03"),
        ("ngày    tháng 9 năm 2025", "tháng 9 năm 2025", "2025-09"),
        ("ngày … tháng … năm 2025", "năm 2025", "2025"),
        ("hồi tháng 9", "tháng 9", "2025-09"),
        ("trước tháng 9/2024", "tháng 9/2024", "2024-09"),
        ("tháng 9 năm ngoái", "tháng 9 năm ngoái", "2024-09"),
        ("trong quý III/2025", "quý III/2025", "2025-Q3"),
        ("quý 4 năm 2024", "quý 4 năm 2024", "2024-Q4"),
        ("cuối năm 2024", "năm 2024", "2024"),
        ("so với 2023, tăng", "2023", "2023"),
        ("giai đoạn 2021 – 2026", "giai đoạn 2021 – 2026", "2021/2026"),
        ("giai đoạn từ năm 2021 đến năm 2025", "giai đoạn từ năm 2021 đến năm 2025", "2021/2025"),
        ("nhiệm kỳ 2025-2030", "nhiệm kỳ 2025-2030", "2025/2030"),
        ("thời kỳ 2021-30", "thời kỳ 2021-30", "2021/2030"),
        ("10 tháng năm 2025", "10 tháng năm 2025", "2025-01/2025-10"),
        ("9 tháng đầu năm, xuất khẩu", "9 tháng đầu năm", "2025-01/2025-09"),
        ("6 tháng cuối năm 2024", "6 tháng cuối năm 2024", "2024-07/2024-12"),
        ("từ ngày 25 đến 27-3", "ngày 25 đến 27-3", "2025-03-25/2025-03-27"),
        ("ngày 5-7/3", "ngày 5-7/3", "2025-03-05/2025-03-07"),
        ("từ 15 đến 20/8", "15 đến 20/8", "2025-08-15/2025-08-20"),
        ("từ ngày 28/12 đến 3/1/2026", "ngày 28/12 đến 3/1/2026", "2025-12-28/2026-01-03"),
        ("từ tháng 1 đến tháng 10 năm 2025", "tháng 1 đến tháng 10 năm 2025", "2025-01/2025-10"),
        ("từ năm 2018 đến nay", "năm 2018", "2018"),
        ("quý III - IV/2025", "quý III - IV/2025", "2025-Q3/2025-Q4"),
        ("Quý I năm 2024", "Quý I năm 2024", "2024-Q1"),
    ],
)
def test_a_date_and_its_normal_form(text, words, norm):
    assert dates(text) == [(words, norm)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hai ngày 14 và 15/8", [("ngày 14", "2025-08-14"), ("15/8", "2025-08-15")]),
        (
            "các ngày 14, 15 và 16/8/2024",
            [("ngày 14", "2024-08-14"), ("15", "2024-08-15"), ("16/8/2024", "2024-08-16")],
        ),
        ("năm 2023 và 2024, tỉnh", [("năm 2023", "2023"), ("2024", "2024")]),
        ("quý I và quý II/2024", [("quý I", "2024-Q1"), ("quý II/2024", "2024-Q2")]),
        ("tháng 9, 10/2024", [("tháng 9", "2024-09"), ("10/2024", "2024-10")]),
        ("giai đoạn 2021-2025 và 2026-2030", [("giai đoạn 2021-2025", "2021/2025"), ("2026-2030", "2026/2030")]),
    ],
)
def test_members_of_a_list_share_month_and_year(text, expected):
    assert dates(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "trong 5 năm qua, 24 tháng tới",
        "Festival Huế 2026",
        "Nghị định số 35/2022/NĐ-CP, Chỉ thị 15-CT/TW, số 05/BC-SNgV",
        "có 7/12 xã đạt 8/10 tiêu chí",
        "đường 30/4, quảng trường 2/9, Bệnh viện 19-8",
        "trực 24/7",
        "mỗi ngày 14 chuyến",
        "Cách mạng tháng 8",
        "tỷ lệ 1/500, điện thoại 0225.3842.012",
        "ngày 45/13, ngày 31/2/2024",
        "hơn 2024 người, Tháng Chạp, năm nay, cùng ngày",
    ],
)
def test_what_is_no_date(text):
    assert dates(text) == []


def test_without_a_day_of_publication_a_date_lacks_its_year():
    assert found("ngày 12/9", facts.DATE, None) == [("ngày 12/9", None)]
    assert found("ngày 12/9/2023", facts.DATE, None) == [("ngày 12/9/2023", "2023-09-12")]


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)), st.sampled_from(range(5)))
def test_every_day_is_read_in_every_form(day, form):
    text = (
        f"ngày {day.day}/{day.month}/{day.year}",
        f"ngày {day:%d} tháng {day:%m} năm {day.year}",
        f"{day:%d}-{day:%m}-{day.year}",
        f"ngày {day.day}.{day.month}.{day.year}",
        f"{day.isoformat()}",
    )[form]
    assert dates(f"Ký {text}, tại Huế") == [(text, day.isoformat())]


def money(amount: float, currency: str) -> dict[str, object]:
    return {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    ("text", "words", "norm"),
    [
        ("hơn 12.600 tỷ đồng", "12.600 tỷ đồng", money(12_600 * 10**9, "VND")),
        ("vốn 1.890,6 tỷ\nđồng", "1.890,6 tỷ\nđồng", money(1_890_600_000_000, "VND")),
        ("gần 1,9 tỷ USD", "1,9 tỷ USD", money(1_900_000_000, "USD")),
        ("1.5 tỷ USD", "1.5 tỷ USD", money(1_500_000_000, "USD")),
        ("13,725 tỷ USD", "13,725 tỷ USD", money(13_725_000_000, "USD")),
        ("3.412.000 USD (bằng", "3.412.000 USD", money(3_412_000, "USD")),
        ("640,000 USD", "640,000 USD", money(640_000, "USD")),
        ("20 nghìn đồng", "20 nghìn đồng", money(20_000, "VND")),
        ("1,2 nghìn tỷ đồng", "1,2 nghìn tỷ đồng", money(1_200_000_000_000, "VND")),
        ("2 tỷ 500 triệu đồng", "2 tỷ 500 triệu đồng", money(2_500_000_000, "VND")),
        ("500.000đ", "500.000đ", money(500_000, "VND")),
        ("5 triệu đô la Mỹ", "5 triệu đô la Mỹ", money(5_000_000, "USD")),
        ("40 triệu đô la Úc", "40 triệu đô la Úc", money(40_000_000, "AUD")),
        ("US$ 3.5 million", "US$ 3.5 million", money(3_500_000, "USD")),
        ("500 triệu yên", "500 triệu yên", money(500_000_000, "JPY")),
        ("10 triệu nhân dân tệ", "10 triệu nhân dân tệ", money(10_000_000, "CNY")),
        ("4,5 tỷ won", "4,5 tỷ won", money(4_500_000_000, "KRW")),
        ("3 tỷ kíp Lào", "3 tỷ kíp Lào", money(3_000_000_000, "LAK")),
        ("3,2 triệu euro", "3,2 triệu euro", money(3_200_000, "EUR")),
        ("một nghìn hai trăm tỷ đồng", "một nghìn hai trăm tỷ đồng", money(1_200_000_000_000, "VND")),
        ("110 USD/m2/tháng", "110 USD", money(110, "USD")),
        ("1,5 - 2 tỷ USD", "1,5 - 2 tỷ USD", {"min": 1_500_000_000, "max": 2_000_000_000, "currency": "USD"}),
    ],
)
def test_a_sum_of_money(text, words, norm):
    assert found(text, facts.MONEY) == [(words, norm)]


def test_numbers_of_a_list_share_its_unit():
    assert found("vốn lần lượt là 35, 48 và 120 triệu USD", facts.MONEY) == [
        ("35", money(35_000_000, "USD")),
        ("48", money(48_000_000, "USD")),
        ("120 triệu USD", money(120_000_000, "USD")),
    ]
    assert found("tăng từ 85 lên 130 triệu USD", facts.MONEY) == [
        ("85", money(85_000_000, "USD")),
        ("130 triệu USD", money(130_000_000, "USD")),
    ]
    assert found("năm 2024, 120 triệu USD", facts.MONEY) == [("120 triệu USD", money(120_000_000, "USD"))]


@pytest.mark.parametrize(
    "text", ["15 đồng chí", "vốn 35 tỷ", "hàng trăm triệu USD", "5 triệu đô thị", "20 Yên Phong", "12 %"]
)
def test_what_is_no_money(text):
    assert found(text, facts.MONEY) == []


@pytest.mark.parametrize(
    ("text", "words", "norm"),
    [
        ("rộng 106.000 ha", "106.000 ha", 106_000),
        ("3.216,5\nha cao su", "3.216,5\nha", 3216.5),
        ("410,3ha", "410,3ha", 410.3),
        ("2.000 m2", "2.000 m2", 0.2),
        ("1,2 triệu m²", "1,2 triệu m²", 120),
        ("1,2 km2", "1,2 km2", 120),
        ("5 héc-ta", "5 héc-ta", 5),
        ("50-70 ha", "50-70 ha", {"min": 50, "max": 70}),
    ],
)
def test_an_area_in_hectares(text, words, norm):
    assert found(text, facts.AREA) == [(words, norm)]


def test_lengths_and_yields_are_no_areas():
    assert found("dài 130 km, cự ly 2.000 m, 6 tấn/ha", facts.AREA) == []


def test_a_number_broken_over_two_lines_is_one():
    text = (
        "Công ty được thuê đất để trồng cao su và\nnuôi bò sữa, tổng số vốn đăng ký hơn 1.\n"
        "087 tỷ đồng theo các điều kiện trong\nquyết định của tỉnh."
    )
    assert found(text, facts.MONEY) == [("1.\n087 tỷ đồng", money(1_087_000_000_000, "VND"))]


@given(st.integers(1, 10**9), st.sampled_from(["VND", "USD"]))
def test_whole_amounts_are_read_as_they_are_written(amount, currency):
    words = f"{format_number(amount, 'vi')} {'đồng' if currency == 'VND' else currency}"
    expected = [] if currency == "VND" and amount < 100 else [(words, money(amount, currency))]
    assert found(f"Trị giá {words}.", facts.MONEY) == expected


HOSTILE = [
    "ngày ",
    "1 ",
    "1,",
    "12.345.",
    "ngày 1 và ",
    "một ",
    "1/1/",
    "1 triệu, ",
    "2021-",
    "1\n",
    "3 tháng ",
    "từ 1 đến ",
    "  ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_repetition_costs_time_in_proportion(piece):
    text = piece * (40_000 // len(piece))
    started = time.process_time()
    values.find(View(text + "ha"), PUBLISHED)
    assert time.process_time() - started < 2


@given(st.text(alphabet=st.sampled_from("0123456789.,/- \nngàythánmquýIVđếtừtỷriệuUSDha%"), max_size=120))
def test_values_lie_in_the_text_and_never_overlap(text):
    view = View(text)
    before = 0
    for one in values.find(view, PUBLISHED):
        assert before <= one.start < one.end <= len(view)
        before = one.end
