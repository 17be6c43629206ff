"""A province's own list of projects comes in through the pages, with the headings it has."""

from __future__ import annotations

import io
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import openpyxl
from django.urls import reverse

from diemtua.kit.money import parse_unit
from diemtua.projects.models import Project
from diemtua.register.importing import guess_mapping
from diemtua.register.screens import screen_of
from diemtua.register.tabular import counted
from diemtua.testing.pages import Staff, body, shows

HEADINGS = [
    "STT",
    "Tên dự án",
    "Chủ đầu tư",
    "Mã số dự án",
    "Ngày cấp GCNĐKĐT",
    "Tổng vốn đầu tư đăng ký (USD)",
    "Diện tích (ha)",
    "Lao động dự kiến",
    "Địa điểm thực hiện",
    "Tình trạng",
]


def workbook(*rows: list[Any], headings: list[str] = HEADINGS) -> io.BytesIO:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["DANH MỤC DỰ ÁN ĐẦU TƯ NƯỚC NGOÀI"])
    sheet.append([])
    for row in (headings, *rows):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "danh-muc-du-an.xlsx"
    return file


def sent(staff: Staff, file: io.BytesIO) -> str:
    """The address of the checked file."""
    answer = staff.client("officer").post(reverse("desk:import", args=["projects"]), {"file": file})
    assert answer.status_code == 302, body(answer)
    return str(answer.headers["Location"])


def test_headings_of_a_province() -> None:
    screen = screen_of("project")
    mapped = guess_mapping(screen, HEADINGS)
    assert [mapped.get(i) for i in range(len(HEADINGS))] == [
        None, "title", "investor", "irc_code", "irc_issued", "capital", "area_ha", "jobs", "where", "stage",
    ]  # fmt: skip
    assert "area_ha" not in guess_mapping(screen, ["Diện tích (m2)"]).values(), "square metres are no hectares"
    for heading, amount, currency in (
        ("Vốn đăng ký (triệu USD)", 10**6, "USD"),
        ("Vốn đăng ký, ĐVT: tỷ đồng", 10**9, "VND"),
        ("Vốn đầu tư - nghìn USD", 10**3, "USD"),
    ):
        unit = counted(heading)[1]
        assert unit is not None
        assert (unit.amount, unit.currency) == (amount, currency)
    assert counted("Vốn góp (nếu có)") == ("Vốn góp (nếu có)", None)
    assert parse_unit("12 triệu USD") is None


def test_a_list_in_dollars_comes_in_as_millions(staff: Staff, samples: SimpleNamespace) -> None:
    step = sent(
        staff,
        workbook(
            [
                1,
                "Nhà máy linh kiện Sao Băng",
                samples.partner.record.title,
                "1234567890",
                "01/03/2024",
                30_500_000,
                5.2,
                400,
                "Lô M1",
                None,
            ],
            [2, "Kho lạnh Sao Băng", samples.partner.record.title, None, None, None, 1.5, None, "Lô M2", None],
        ),
    )
    officer = staff.client("officer")
    page = officer.get(step + "?step=map")
    assert page.status_code == 200
    mapped = guess_mapping(screen_of("project"), HEADINGS)
    chosen = {f"col-{i}": code for i, code in mapped.items()}
    answer = officer.post(step, {"action": "map", **chosen})
    assert answer.status_code in (200, 302), body(answer)
    check = officer.get(step)
    assert shows(check, "Nhà máy linh kiện Sao Băng")
    assert shows(check, "1 triệu USD"), "it says into what the amounts are turned"
    answer = officer.post(step, {"action": "import"})
    assert answer.status_code == 302, body(answer)
    first, second = Project.objects.filter(record__title__contains="Sao Băng").order_by("record__title")
    assert (first.record.title, first.capital, first.currency) == ("Kho lạnh Sao Băng", None, "")
    assert (second.capital, second.currency, second.irc_code) == (Decimal("30.5"), "USD", "1234567890")


def test_every_error_is_said_at_once_and_nothing_is_saved(staff: Staff, samples: SimpleNamespace) -> None:
    headings = [h.removesuffix(" (USD)") for h in HEADINGS]
    step = sent(
        staff,
        workbook(
            [1, "Nhà máy A", samples.partner.record.title, "123456789", "01/03/2024", 30, 5, 400, "Lô M1", None],
            [2, "Nhà máy B", samples.partner.record.title, "1234567891", "31/02/2024", 30, -5, 400, "Lô M1", None],
            [3, "Nhà máy C", "Công ty không ai biết", None, None, None, 1, 1, "Lô M1", None],
            headings=headings,
        ),
    )
    officer = staff.client("officer")
    mapped = guess_mapping(screen_of("project"), headings)
    officer.post(step, {"action": "map", **{f"col-{i}": code for i, code in mapped.items()}})
    check = officer.get(step)
    for words in ("123456789", "31/02/2024", "Công ty không ai biết", "-5"):
        assert shows(check, words), words
    assert officer.post(step, {"action": "import"}).status_code == 422
    assert not Project.objects.filter(record__title__startswith="Nhà máy").exists()
