"""What is wrong or malicious, sent through the pages as a browser sends it: refused with a sentence, or shown as text."""

from __future__ import annotations

import io
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from diemtua.kit.dates import PartialDate
from diemtua.projects.actions import projects as actions
from diemtua.projects.models import Enquiry, Project, ProjectReport
from diemtua.projects.tests.test_projects import create, full
from diemtua.projects.tests.test_reports import report
from diemtua.register.write import ChildEdits
from diemtua.testing.pages import Staff, body, form_with, row_counts, says, shows

HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def harmless(*pages: Any) -> None:
    """No page runs what was typed."""
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in body(page)
        assert "<img src=x" not in body(page)


def test_code_typed_into_a_move_an_amendment_and_a_correction_stays_text(
    staff: Staff, samples: SimpleNamespace
) -> None:
    officer, lead = staff.client("officer"), staff.client("lead")
    project = create(samples, staff, stage="proposal", **full(samples))
    address = reverse("projects:move", args=[project.pk])
    today = timezone.localdate().strftime("%d/%m/%Y")
    moved = form_with(officer.get(address, {"to": "paused"}), "reason").send(officer, reason=HTML, on=today)
    assert moved.status_code == 302, body(moved)
    back = form_with(lead.get(address, {"to": "certificate"}), "reason").send(lead, reason=HTML, on=today)
    assert back.status_code == 302, body(back)
    amend = form_with(officer.get(reverse("projects:amend", args=[project.pk])), "remark")
    done = amend.send(officer, on=today, number="1", title=HTML, objectives=HTML, where=HTML, remark=HTML)
    assert done.status_code == 302, body(done)
    made = report(staff, project, difficulties=HTML)
    officer.post(reverse("projects:report-step", args=[made.pk, "send"]), {"version": made.record.version})
    made = ProjectReport.objects.get(pk=made.pk)
    correction = form_with(lead.get(reverse("projects:report-back", args=[made.pk])), "correction")
    assert correction.send(lead, correction=HTML).status_code == 302
    project = Project.objects.get(pk=project.pk)
    page = officer.get(project.get_absolute_url())
    assert shows(page, HTML)
    harmless(
        page,
        *(officer.get(reverse(f"projects:{name}")) for name in ("board", "map", "funnel", "gates", "reporters")),
        officer.get(reverse("projects:progress", args=[project.pk])),
        officer.get(f"/desk/r/{project.pk}/chain/"),
        officer.get(f"/desk/r/{project.pk}/history/"),
        officer.get(made.get_absolute_url()),
        officer.get("/desk/projects/"),
        officer.get("/desk/"),
    )


def test_the_form_of_a_project_says_what_is_missing_or_too_much(staff: Staff, samples: SimpleNamespace) -> None:
    """Capital without its currency, a code of nine digits, origins of more than the whole: nothing is saved."""
    officer = staff.client("officer")
    new = form_with(officer.get("/desk/projects/new/"), "title", "capital")
    before = row_counts()
    wrong = new.send(officer, title="Dự án Thiếu Đơn Vị", capital="20", irc_code="123456789")
    assert wrong.status_code == 422
    assert says(wrong, "Say in which currency the capital is counted.")
    assert says(
        wrong, "A project code has %(digits)s digits, this one has %(count)s. Check it against the certificate."
    )
    assert shows(wrong, "Dự án Thiếu Đơn Vị")
    assert row_counts() == before
    project = create(samples, staff)
    rows = [{"origin": samples.engagement.record, "share": Decimal(70)}]
    actions.update_project(project, actor=staff.officer, children={"origins": ChildEdits(create=rows)})
    edit = form_with(officer.get(f"/desk/r/{project.pk}/edit/"), "title", "origins-0-share")
    before = row_counts()
    refused = edit.send(officer, **{"origins-0-share": "100,5"})
    assert refused.status_code == 422
    assert says(refused, "A share is a number from 0 to 100.")
    assert row_counts() == before


def test_a_report_on_a_quarter_that_has_not_ended_is_refused_by_its_form(
    staff: Staff, samples: SimpleNamespace
) -> None:
    officer = staff.client("officer")
    project = create(samples, staff, stage="operating", **full(samples))
    today = timezone.localdate()
    running = PartialDate.quarter(today.year, (today.month - 1) // 3 + 1)
    form = form_with(officer.get(f"/desk/project-reports/new/?project={project.pk}"), "title", "quarter")
    before = row_counts()
    answer = form.send(officer, title="Báo cáo sớm", project=str(project.pk), quarter=running.display("vi"))
    assert answer.status_code == 422
    assert shows(answer, "Báo cáo sớm")
    assert answer.context["form"].errors["quarter"]
    assert row_counts() == before


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("A.III.1.xlsx", b"<html><table><tr><td>1</table><script>alert(1)</script>"),
        ("A.III.1.xlsx", b"MZ" + b"\0" * 600),
        ("A.III.1.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("<img src=x onerror=alert(2)>.xlsx", b"%PDF-1.7 x"),
    ],
)
def test_a_workbook_that_lies_is_refused(staff: Staff, samples: SimpleNamespace, name: str, data: bytes) -> None:
    before = row_counts()
    answer = staff.client("officer").post(reverse("projects:upload"), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert answer.context["wrong"]
    assert "<script>alert" not in body(answer)
    assert "<img src=x" not in body(answer)
    assert row_counts() == before


BROKEN = (
    "From: =?utf-8?B?kaputt <script>alert(1)</script> <kim@example.org>\r\n"
    "Subject: <script>alert(1)</script> tìm đất\r\nDate: hôm qua\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
    "--x\r\nContent-Type: text/html; charset=không-có\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "PHA+Q2FuIDMgaGE8L3A+PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg\r\n"
    '--x\r\nContent-Type: application/pdf; name="<img src=x onerror=alert(2)>.pdf"\r\n'
    "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\nTVqQAAMAAAA\r\n"
)


def test_an_e_mail_with_broken_mime_comes_in_as_far_as_it_goes(staff: Staff) -> None:
    officer = staff.client("officer")
    file = io.BytesIO(BROKEN.encode())
    file.name = "hỏng.eml"
    answer = officer.post(reverse("projects:enquiry-mail"), {"file": file})
    assert answer.status_code == 302, body(answer)
    made = Enquiry.objects.get()
    assert made.warnings, "a broken e-mail says so"
    page = officer.get(made.get_absolute_url())
    assert shows(page, str(made.warnings[0]))
    harmless(
        page, officer.get("/desk/enquiries/"), officer.get("/desk/enquiries/waiting/"), officer.get(made.state_path)
    )
    assert not any(file.kept for file in made.files.all())


def test_a_webhook_to_an_inner_address_is_refused_on_its_page(staff: Staff) -> None:
    client = staff.client("administrator")
    typed = {"name": "Bảng tin", "sees": staff.viewer.pk, "events": ["created"], "active": "on"}
    before = row_counts()
    for address in ("https://127.0.0.1/", "https://10.0.0.8/x", "https://localhost/", "https://[::1]/"):
        answer = client.post(reverse("api:webhook_new"), {**typed, "url": address})
        assert answer.status_code == 422, address
        assert answer.context["form"].errors["url"]
        assert shows(answer, address)
    assert row_counts() == before
