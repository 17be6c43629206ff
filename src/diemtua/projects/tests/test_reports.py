"""Quarterly reports: the workbook out and in, states, oddities, what becomes figures, who is late."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from diemtua.kit.dates import PartialDate
from diemtua.projects.actions import reports as actions
from diemtua.projects.models import Project, ProjectReport
from diemtua.projects.queries import progress
from diemtua.projects.rules import reports as rules
from diemtua.projects.tests.test_projects import create, full
from diemtua.register.models import Figure
from diemtua.sources.models import Document
from diemtua.testing.pages import body, row_counts, says, shows

QUARTER = PartialDate.quarter(2026, 3)


@pytest.fixture
def project(staff, samples) -> Project:
    return create(samples, staff, stage="operating", **full(samples, own_capital=Decimal(10)))


def line(item: str, quarter: Any = None, year: Any = None, whole: Any = None) -> dict[str, Any]:
    given = (quarter, year, whole)
    values = [None if v is None else Decimal(str(v)) for v in given]
    return {"item": item, "in_quarter": values[0], "in_year": values[1], "in_all": values[2]}


def report(staff: Any, project: Project, quarter: PartialDate = QUARTER, *lines: dict[str, Any], **more: Any) -> Any:
    return actions.create_report(
        actor=staff.officer,
        title=f"Báo cáo {quarter.iso}",
        unit=staff.unit,
        project=project,
        quarter=quarter,
        children={"lines": list(lines)},
        **more,
    )


# --- states ---------------------------------------------------------------------------------------


def test_a_report_goes_its_way(staff, project) -> None:
    """Draft, sent, sent back with what to mend, sent again, received; then its figures stand with the project."""
    made = report(
        staff,
        project,
        QUARTER,
        line("investor_cash", 1, 3, 6),
        line("loan_parent", 2, 2, 9),
        line("labour_vietnamese", 300),
        line("labour_foreign", 12),
        line("revenue", 4, 11, 20),
    )
    with pytest.raises(ValidationError):
        actions.receive(actor=staff.lead, report=made)
    made = actions.send(actor=staff.officer, report=made)
    with pytest.raises(PermissionDenied):
        actions.receive(actor=staff.officer, report=made)
    with pytest.raises(ValidationError) as caught:
        actions.send_back(actor=staff.lead, report=made, correction="")
    assert "correction" in caught.value.error_dict
    made = actions.send_back(actor=staff.lead, report=made, correction="Bổ sung số lao động.")
    assert not Figure.objects.filter(record=project.pk).exists()
    made = actions.receive(actor=staff.lead, report=actions.send(actor=staff.officer, report=made))
    figures = {(f.measure, f.stage): (f.value, f.as_of) for f in Figure.objects.filter(record=project.pk)}
    end = PartialDate.day(datetime.date(2026, 9, 30))
    assert figures == {
        ("capital", "implemented"): (Decimal(15), end),
        ("capital", "contributed"): (Decimal(6), end),
        ("jobs", "implemented"): (Decimal(312), end),
        ("revenue", "implemented"): (Decimal(11), end),
    }
    assert {f.evidence.source_id for f in Figure.objects.filter(record=project.pk)} == {made.pk}, "typed: the report"
    page = staff.client("officer").get(project.get_absolute_url())
    assert f'href="{made.get_absolute_url()}"' in body(page)
    shown = progress.progress(project, timezone.localdate())
    assert [r.share for r in shown["capital"]] == [100, 20, 50]  # registered, contributed, implemented


def test_a_quarter_that_has_not_ended(staff, project) -> None:
    today = timezone.localdate()
    running = PartialDate.quarter(today.year, (today.month - 1) // 3 + 1)
    with pytest.raises(ValidationError) as caught:
        report(staff, project, running)
    assert "quarter" in caught.value.error_dict
    with pytest.raises(ValidationError):
        report(staff, project, PartialDate.year(2025))


def test_one_report_a_quarter(staff, project) -> None:
    report(staff, project)
    with pytest.raises(ValidationError) as caught:
        report(staff, project)
    assert "quarter" in caught.value.error_dict
    assert ProjectReport.objects.filter(project=project).count() == 1


# --- oddities -------------------------------------------------------------------------------------


def rows(**lines: tuple[Any, Any, Any]) -> dict[str, Any]:
    return {
        item: SimpleNamespace(**{n: v for n, v in line(item, *values).items() if n != "item"})
        for item, values in lines.items()
    }


@pytest.mark.parametrize(
    ("now", "last", "about", "extra"),
    [
        (rows(investor_cash=(1, 3, 6)), rows(investor_cash=(2, 2, 5)), [], {}),
        (rows(investor_cash=(1, 3, 4)), rows(investor_cash=(2, 2, 5)), ["investor_cash"], {}),
        (rows(investor_cash=(1, 3, 7)), rows(investor_cash=(2, 2, 5)), ["investor_cash"], {}),
        (rows(investor_cash=(4, 3, 6)), None, ["investor_cash"], {}),
        (rows(investor_cash=(1, 9, 6)), None, ["investor_cash"], {}),
        (rows(investor_cash=(-1, 3, 6)), None, ["investor_cash"], {}),
        (rows(investor_cash=(1, 3, 6)), None, ["investor_cash"], {"first_quarter": True}),
        (rows(investor_cash=(1, 3, 6)), None, ["capital"], {"registered": Decimal("5.9")}),
        (rows(labour_vietnamese=(151, None, None)), rows(labour_vietnamese=(100, None, None)), ["labour"], {}),
        (rows(labour_vietnamese=(150, None, None)), rows(labour_vietnamese=(100, None, None)), [], {}),
        (rows(revenue=(1, 1, 1)), None, ["revenue"], {"operating": False}),
    ],
)
def test_what_looks_odd(now, last, about, extra) -> None:
    settings: dict[str, Any] = {"first_quarter": False, "registered": None, "operating": True, **extra}
    assert [o.item for o in rules.oddities(now, last, **settings)] == about


def test_the_page_compares_with_the_last_report(staff, project) -> None:
    first = report(staff, project, PartialDate.quarter(2026, 2), line("investor_cash", 2, 2, 5))
    actions.receive(actor=staff.lead, report=actions.send(actor=staff.officer, report=first))
    second = report(staff, project, QUARTER, line("investor_cash", 1, 3, 4))
    page = staff.client("lead").get(second.get_absolute_url())
    assert says(page, "Less since the certificate than the last report said.")
    hidden = staff.client("viewer").get(second.get_absolute_url())
    assert "report/send" not in body(hidden)


# --- the workbook ---------------------------------------------------------------------------------


def filled(staff: Any, project: Project, **cells: Any) -> bytes:
    """The form as it is downloaded, with some cells filled in; a name is a code, a value its three numbers."""
    answer = staff.client("officer").get(
        reverse("projects:workbook"), {"project": project.pk, "quarter": "quý III/2026"}
    )
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value in cells:
            values = cells[row[0].value]
            for cell, value in zip(row[2:5], values if isinstance(values, tuple) else (values,), strict=False):
                cell.value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent(staff: Any, data: bytes, name: str = "A.III.1.xlsx", who: str = "officer") -> Any:
    return staff.client(who).post(reverse("projects:upload"), {"file": SimpleUploadedFile(name, data)})


def test_a_filled_workbook_comes_in_as_a_draft(staff, project) -> None:
    data = filled(staff, project, investor_cash=(1.5, 3, "12,25"), difficulties="Thiếu <b>điện</b> mẫu", rate=25400)
    answer = sent(staff, data)
    assert answer.status_code == 302, body(answer)
    made = ProjectReport.objects.get(project=project)
    assert (made.state, made.quarter, made.rate) == ("draft", QUARTER, Decimal(25400))
    (row,) = made.lines.all()
    assert (row.item, row.in_quarter, row.in_year, row.in_all) == (
        "investor_cash",
        Decimal("1.5"),
        Decimal(3),
        Decimal("12.25"),
    )
    assert shows(staff.client("viewer").get(made.get_absolute_url()), "Thiếu <b>điện</b> mẫu")
    # A mended workbook replaces the rows of the draft; one of a report that was sent does not.
    assert sent(staff, filled(staff, project, revenue=(1, 1, 1))).status_code == 302
    made.refresh_from_db()
    assert [r.item for r in made.lines.all()] == ["revenue"]
    actions.send(actor=staff.officer, report=made)
    before = row_counts()
    assert sent(staff, filled(staff, project, revenue=(2, 2, 2))).status_code == 422
    assert row_counts() == before


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            {"project_code": "123456789"},
            "A project code has %(digits)s digits, this one has %(count)s. Check it against the certificate.",
        ),
        (
            {"project_code": "9999999999"},
            "No project with the code %(code)s is in the register. Check the code, or enter the project first.",
        ),
        ({"quarter": "2026"}, "Row %(row)s: give one quarter, for example Q2 2026."),
        ({"investor_cash": ("ba", 1, 1)}, "Row %(row)s: %(error)s"),
        ({}, "The workbook has no numbers."),
    ],
)
def test_what_is_wrong_in_a_workbook_is_said(staff, project, cells, sentence) -> None:
    before = row_counts()
    answer = sent(staff, filled(staff, project, **({"revenue": (1, 1, 1)} if cells else {}), **cells))
    assert answer.status_code == 422
    assert says(answer, sentence)
    assert row_counts() == before


def test_the_workbook_is_kept_and_proves_the_figures_it_brings(staff, project) -> None:
    data = filled(staff, project, investor_cash=(1, 2, 3), revenue=(4, 5, 6))
    assert sent(staff, data).status_code == 302
    made = ProjectReport.objects.get(project=project)
    paper = made.document
    assert (paper.file_name, paper.record.access, paper.record.unit) == (
        "A.III.1.xlsx",
        made.record.access,
        made.record.unit,
    )
    with paper.file.open() as kept:
        assert kept.read() == data
    assert sent(staff, data).status_code == 302  # the same file again is the same paper
    assert Document.objects.filter(sha256=paper.sha256).count() == 1
    made.refresh_from_db()
    actions.receive(actor=staff.lead, report=actions.send(actor=staff.officer, report=made))
    figures = Figure.objects.filter(record=project.pk)
    assert {f.measure for f in figures} == {"capital", "revenue"}
    assert {f.evidence.source_id for f in figures} == {paper.pk}


def test_a_secret_workbook_is_refused_and_nothing_is_kept(staff, project) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled(staff, project, revenue=(1, 1, 1))))
    book.worksheets[0].insert_rows(1)
    book.worksheets[0]["A1"] = "MẬT"
    out = io.BytesIO()
    book.save(out)
    before = row_counts()
    answer = sent(staff, out.getvalue())
    assert answer.status_code == 422
    assert sent(staff, filled(staff, project, revenue=(1, 1, 1)), name="Báo cáo TỐI MẬT.xlsx").status_code == 422
    assert row_counts() == before


def test_files_that_are_no_workbook(staff, project) -> None:
    before = row_counts()
    for data, name in ((b"%PDF-1.7 x", "A.III.1.xlsx"), (b"", "leer.xlsx"), (b"PK\x03\x04kaputt", "A.xlsx")):
        assert sent(staff, data, name).status_code == 422, name
    assert staff.client("officer").post(reverse("projects:upload")).status_code == 422
    assert sent(staff, filled(staff, project, revenue=(1, 1, 1)), who="viewer").status_code == 403
    assert row_counts() == before


def test_a_workbook_of_a_hidden_project_finds_nothing(staff, samples) -> None:
    hidden = create(samples, staff, "Dự án kín", access="unit", stage="operating", **full(samples))
    data = filled(staff, hidden, revenue=(1, 1, 1))
    answer = sent(staff, data, who="other")
    assert answer.status_code == 422
    assert not shows(answer, "Dự án kín")


# --- who is late ----------------------------------------------------------------------------------


def test_late_reporters(staff, samples, project) -> None:
    """Who has a certificate of that time and has sent nothing; drafts and what was sent back do not count."""
    later = full(samples, irc_code="2222222222", irc_issued=PartialDate.month(2026, 10))
    create(samples, staff, "Dự án mới", stage="certificate", **later)
    late = lambda: [p.pk for p in progress.late_reporters(staff.viewer, QUARTER)]  # noqa: E731
    assert late() == [project.pk]
    made = report(staff, project)
    assert late() == [project.pk]
    made = actions.send(actor=staff.officer, report=made)
    assert late() == []
    actions.send_back(actor=staff.lead, report=made, correction="Bổ sung.")
    assert late() == [project.pk]
    page = staff.client("viewer").get(reverse("projects:reporters"), {"quarter": "quý III/2026"})
    assert shows(page, project.record.title)
    assert shows(page, "10/10/2026")
    for typed in ("", "rác", "2026", "quý III/1850", "'; --"):
        assert staff.client("viewer").get(reverse("projects:reporters"), {"quarter": typed}).status_code == 200, typed


def test_steps_by_the_page(staff, project) -> None:
    made = report(staff, project, QUARTER, line("revenue", 1, 1, 1))
    step = lambda to: reverse("projects:report-step", args=[made.pk, to])  # noqa: E731
    officer, lead = staff.client("officer"), staff.client("lead")
    assert officer.post(step("send"), {"version": "x"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "draft"  # of no known version
    officer.post(step("send"), {"version": made.record.version})
    assert ProjectReport.objects.get(pk=made.pk).state == "waiting"
    assert officer.post(step("nonsense"), {}).status_code == 404
    back = reverse("projects:report-back", args=[made.pk])
    assert officer.get(back).status_code == 403
    version = ProjectReport.objects.get(pk=made.pk).record.version
    assert lead.post(back, {"version": version, "correction": ""}).status_code == 422
    assert lead.post(back, {"version": version, "correction": "Sửa doanh thu."}).status_code == 302
    assert ProjectReport.objects.get(pk=made.pk).state == "returned"
