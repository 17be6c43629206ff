"""The province's own list of projects, brought in from Excel through the page, headings as offices write them."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from diemtua.projects.models import Project
from diemtua.register.models import Batch
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
