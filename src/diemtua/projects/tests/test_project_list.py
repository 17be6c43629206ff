"""The province's own list of projects, brought in from Excel through the page, headings as offices write them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from diemtua.kit.money import parse_money, parse_unit
from diemtua.parties.models import Party
from diemtua.projects.models import UNIT_SIZES, Project
from diemtua.register import importing
from diemtua.register.models import Batch
from diemtua.register.screens import screen_of
from diemtua.register.tabular import read_table, write_xlsx
from diemtua.testing.pages import Staff, body, form_with, says, shows, url

HEADINGS = [
    "STT",
    "Tên dự án",
    "Nhà đầu tư",
    "Mã số dự án",
    "Ngày cấp",
    "Vốn đăng ký",
    "Đơn vị tính",
    "Địa điểm",
    "Ngành",
]
INVESTOR = "Thành phố Trăng Non"


def sent(staff: Staff, headings: list[str], *rows: list[Any], who: str = "officer") -> str:
    """Upload a list; the address of the next step."""
    data = SimpleUploadedFile("Danh mục dự án.xlsx", write_xlsx(headings, rows, "DM"))
    answer = staff.client(who).post(url("import", "projects"), {"file": data})
    assert answer.status_code == 302, body(answer)
    return str(answer.headers["Location"])


def line(n: int, title: str, code: str, capital: Any, investor: str = INVESTOR) -> list[Any]:
    return [n, title, investor, code, "05/03/2024", capital, "triệu USD", "xã Trăng Rằm", "dệt may"]


def test_the_unit_may_be_said_for_all_rows(staff: Staff, samples: SimpleNamespace) -> None:
    """Where nothing in the file says the unit each row asks for it, and one answer does for all of them."""
    officer = staff.client("officer")
    step = sent(staff, ["Tên dự án", "Vốn đăng ký"], ["Kho Trăng Rằm", "20"])
    assert says(officer.get(step), "Say in which currency the capital is counted.")
    assert officer.post(step, {"action": "import", "rows": "all"}).status_code == 422
    page = officer.get(step, {"step": "map"})
    assert shows(page, "tỷ đồng")
    answer = form_with(page, "fixed-currency").send(officer, action="map", **{"fixed-currency": "VND"})
    assert answer.status_code == 302
    assert shows(officer.get(step), "tỷ đồng")
    assert officer.post(step, {"action": "import"}).status_code == 302
    made = Project.objects.get(record__title="Kho Trăng Rằm")
    assert (made.capital, made.currency) == (Decimal(20), "VND")
    assert officer.post(url("batch_undo", Batch.objects.get(kind="import").pk)).status_code == 302
    assert not Project.objects.live().filter(record__title="Kho Trăng Rằm").exists()


def test_every_error_of_the_list_at_once_and_its_rows_as_a_file(staff: Staff, samples: SimpleNamespace) -> None:
    officer = staff.client("officer")
    samples.project.irc_code = "7777777777"
    Project.objects.filter(pk=samples.project.pk).update(irc_code="7777777777")
    step = sent(
        staff,
        HEADINGS,
        line(1, "Mã ngắn", "123456789", "5"),
        line(2, "Không có nhà đầu tư này", "1112223334", "5", investor="Công ty Chưa Biết Mẫu"),
        line(3, "Vốn bằng chữ", "1112223335", "năm triệu"),
        line(4, "Mã trùng một", "1112223336", "5"),
        line(5, "Mã trùng hai", "1112223336", "5"),
        line(6, "Mã đã có", "7777777777", "5"),
        line(7, "<script>alert(1)</script>", "1112223337", "5"),
        line(8, "Đúng cả", "1112223338", "5"),
    )
    page = officer.get(step)
    assert says(page, "A project code has %(digits)s digits.") or shows(page, "10 chữ số")
    assert shows(page, "Công ty Chưa Biết Mẫu")
    assert shows(page, "năm triệu")
    assert body(page).count("1112223336") >= 4
    assert says(page, "Another project has this code: %(codes)s. Look for it in the register.")
    assert "<script>alert(1)" not in body(page)
    refused = officer.post(step, {"action": "import", "rows": "all"})
    assert refused.status_code == 422
    assert not Batch.objects.exists()
    mend = read_table(officer.get(step + "failed/").content, "hong.xlsx")
    assert [r[1] for r in mend.rows] == [
        "Mã ngắn",
        "Không có nhà đầu tư này",
        "Vốn bằng chữ",
        "Mã trùng một",
        "Mã trùng hai",
        "Mã đã có",
    ]
    assert officer.post(step, {"action": "import", "rows": "valid"}).status_code == 302
    assert Project.objects.filter(record__title="Đúng cả").exists()
    # The mended rows come in by the same door; the column of sentences is left out by itself.
    good = [[*r[:3], f"111222444{n}", *r[4:]] for n, r in enumerate(mend.rows) if r[1] in ("Mã ngắn", "Mã đã có")]
    step = sent(staff, mend.headers, *good)
    assert shows(officer.get(step), "Mã ngắn")
    assert officer.post(step, {"action": "import", "rows": "all"}).status_code == 302
    assert Project.objects.get(record__title="Mã ngắn").irc_code == "1112224440"


def test_old_lists_are_taken_over_by_a_lead(staff: Staff, samples: SimpleNamespace) -> None:
    """An old list lacks what today's stages need. A lead may take it over as it is; an officer is told so before."""
    rows = [["Nhà máy cũ", "Đang hoạt động nghỉ", "30"]]
    for who, status in (("officer", 422), ("lead", 302)):
        step = sent(staff, ["Tên dự án", "Ghi chú", "Lao động"], *rows, who=who)
        chosen = {"col-0": "title", "col-1": "note", "col-2": "jobs", "fixed-stage": "operating"}
        client = staff.client(who)
        assert client.post(step, {"action": "map", **chosen}).status_code == 302
        assert says(client.get(step), "Needed for the stage “%(stage)s”.")
        assert client.post(step, {"action": "map", **chosen, "fixed-taken_over": "1"}).status_code == 302
        assert client.post(step, {"action": "import", "rows": "all"}).status_code == status
        assert Project.objects.filter(record__title="Nhà máy cũ", taken_over=True).exists() == (status == 302)


def checked(rows: list[list[Any]], headings: list[str], samples: SimpleNamespace, **fixed: str) -> importing.Checked:
    """The check of a list with these headings, as the lead sees it."""
    screen = screen_of("project")
    table = read_table(write_xlsx(headings, rows, "DM"), "danh-muc.xlsx", known=importing.known_headings(screen))
    return importing.check(screen, table, importing.guess_mapping(screen, headings), None, fixed=fixed)


@pytest.mark.parametrize(
    ("cell", "capital", "currency"),
    [
        ("88 tỷ đồng", "88", "VND"),
        ("3.885,5 tỷ đồng", "3885.5", "VND"),
        ("12,5 triệu USD", "12.5", "USD"),
        ("US$120 million", "120", "USD"),
        ("30.500.000 USD", "30.5", "USD"),
        ("1 đồng", "0.000000001", "VND"),
        ("1,5 nghìn tỷ đồng", "1500", "VND"),
    ],
)
def test_an_amount_may_say_its_own_unit(
    staff: Staff, samples: SimpleNamespace, cell: str, capital: str, currency: str
) -> None:
    found = checked([["Kho A", cell], ["Kho B", None]], ["Tên dự án", "Vốn đăng ký"], samples)
    assert not found.errors
    fields = found.rows[0].draft.fields
    assert (fields["capital"], fields["currency"]) == (Decimal(capital), currency)
    assert not {"capital", "currency"} & set(found.rows[1].draft.fields)


@pytest.mark.parametrize(
    ("headings", "row", "said"),
    [
        (["Vốn đăng ký"], ["88 tỷ"], "88 tỷ"),
        (["Vốn đăng ký"], ["5 triệu bảng Anh"], "GBP"),
        (["Vốn đăng ký"], ["tám mươi tỷ đồng"], "tám mươi tỷ đồng"),
        (["Vốn đăng ký", "ĐVT"], ["88 tỷ đồng", "triệu USD"], "triệu USD"),
        (["Vốn đăng ký", "Vốn góp"], ["88 tỷ đồng", "2 triệu USD"], "different units"),
        (["Vốn đăng ký", "Vốn góp"], ["88 tỷ đồng", 2], "different units"),
        (["Vốn đăng ký (USD)", "ĐVT"], [30_500_000, "tỷ đồng"], "tỷ đồng"),
        (["Vốn đăng ký (USD)", "ĐVT"], [30_500_000, "triệu USD"], "triệu USD"),
    ],
)
def test_units_that_contradict_each_other_are_told(
    staff: Staff, samples: SimpleNamespace, headings: list[str], row: list[Any], said: str
) -> None:
    with override("en"):
        (error,) = checked([["Kho A", *row]], ["Tên dự án", *headings], samples).errors
    assert said in error.sentence
    assert error.row == 2


@pytest.mark.parametrize("unit", [["USD"], []])
def test_a_heading_and_a_column_of_currencies_agree(staff: Staff, samples: SimpleNamespace, unit: list[str]) -> None:
    """“USD” in a column, or for all rows, beside “Vốn (USD)”: 30.500.000 are 30,5 millions, and it is said."""
    headings = ["Tên dự án", "Vốn đăng ký (USD)", *(["Loại tiền"] if unit else [])]
    found = checked([["Kho A", 30_500_000, *unit]], headings, samples, **({} if unit else {"currency": "USD"}))
    assert not found.errors
    assert (found.rows[0].draft.fields["capital"], found.rows[0].draft.fields["currency"]) == (Decimal("30.5"), "USD")
    assert any("Vốn đăng ký (USD)" in w for w in found.warnings)


@given(
    st.decimals(min_value=1, max_value=10**6, places=3),
    st.sampled_from([("tỷ đồng", "VND", 9), ("triệu USD", "USD", 6), ("nghìn tỷ đồng", "VND", 12), ("EUR", "EUR", 0)]),
)
def test_a_cell_says_the_same_as_its_heading(number: Decimal, unit: tuple[str, str, int]) -> None:
    """“12,5 triệu USD” under “Vốn” is 12,5 under “Vốn (triệu USD)”."""
    words, currency, power = unit
    size = Decimal(UNIT_SIZES[currency])
    text = f"{number}".replace(".", ",")
    amount = parse_money(f"{text} {words}", decimal=",")
    assert amount.amount / size == number * Decimal(10) ** power / size
    assert parse_unit(words) == parse_money(f"1 {words}")


def test_investors_nobody_knows_are_entered_first(staff: Staff, samples: SimpleNamespace) -> None:
    """The names are offered, like ones shown; what is ticked becomes companies with their country, undone as one."""
    officer = staff.client("officer")
    headings = ["Tên dự án", "Nhà đầu tư", "Quốc tịch"]
    step = sent(
        staff,
        headings,
        ["Nhà máy Sao Hôm", "Công ty TNHH Sao Hôm Mẫu", "Hàn Quốc"],
        ["Nhà máy Sao Hôm 2", "CÔNG TY TNHH SAO HÔM MẪU", "Hàn Quốc"],
        ["Kho Sao Mai", "Công ty <b>Sao Mai</b> Mẫu", "Nhật Bản"],
        ["Kho của người quen", INVESTOR, None],
        ["Kho của tên viết nhầm", "Thành phố Trăng Nom", None],
    )
    page = officer.get(step)
    assert shows(page, "Thành phố Trăng Nom")
    assert says(page, "Perhaps this is meant:")
    assert "<b>Sao Mai" not in body(page)
    assert officer.post(step, {"action": "enter"}).status_code == 422
    assert officer.post(step, {"action": "enter", "name": "Công ty ngoài tệp"}).status_code == 422
    assert not Batch.objects.exists()
    names = ["Công ty TNHH Sao Hôm Mẫu", "Công ty <b>Sao Mai</b> Mẫu"]
    assert officer.post(step, {"action": "enter", "name": names}).status_code == 302
    made = {p.record.title: p for p in Party.objects.filter(record__title__in=names)}
    assert [(made[n].kind, made[n].country_id, made[n].record.unit_id) for n in names] == [
        ("company", "KR", staff.officer.unit_id),
        ("company", "JP", staff.officer.unit_id),
    ]
    assert says(officer.get(step), "Look at them, or take them back")
    assert officer.post(step, {"action": "import", "rows": "all"}).status_code == 422
    assert officer.post(step, {"action": "import", "rows": "valid"}).status_code == 302
    assert Project.objects.filter(investor=made[names[0]]).count() == 2
    projects, companies = Batch.objects.order_by("-pk")
    assert (companies.record_kind, companies.created) == ("party", 2)
    for batch in (projects, companies):
        assert officer.post(url("batch_undo", batch.pk)).status_code == 302
    assert not Party.objects.live().filter(record__title__in=names).exists()
    assert staff.client("viewer").post(step, {"action": "enter", "name": names}).status_code in (403, 404)


def test_the_command_enters_names_too_or_saves_nothing(tmp_path: Path, staff: Staff, samples: SimpleNamespace) -> None:
    path = tmp_path / "danh-muc.xlsx"
    rows = [["Nhà máy Sao Hôm", "Công ty Sao Hôm Mẫu", 5], ["Kho Sao Mai", "Công ty Sao Mai Mẫu", "nhiều"]]
    path.write_bytes(write_xlsx(["Tên dự án", "Nhà đầu tư", "Lao động"], rows, "DM"))
    report = importing.import_file("project", path, None, enter=True)
    assert (report.entered, report.failed, report.batch) == (2, 1, None)
    assert not Party.objects.filter(record__title__contains="Mẫu", record__title__startswith="Công ty Sao").exists()
    path.write_bytes(write_xlsx(["Tên dự án", "Nhà đầu tư", "Lao động"], [*rows[:1], [*rows[1][:2], 6]], "DM"))
    assert importing.import_file("project", path, None).batch is None
    report = importing.import_file("project", path, None, enter=True)
    assert report.batch is not None
    assert (report.batch.created, report.entered) == (2, 2)
