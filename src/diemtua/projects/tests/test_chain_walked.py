"""The whole chain by its own doors: a partner is met, signs, promises, asks, builds, reports and is cared for; then the
page of the chain is walked from the partner to the figures and the care, and from the project back to the delegation."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from diemtua.engagements.actions import create_engagement
from diemtua.kit.dates import PartialDate
from diemtua.projects.actions import enquiries as enquiry_actions
from diemtua.projects.actions import projects as project_actions
from diemtua.projects.actions import reports as report_actions
from diemtua.projects.models import CareCase, Enquiry, Lead
from diemtua.projects.tests.test_projects import create, full
from diemtua.projects.tests.test_reports import line
from diemtua.register.write import ChildEdits
from diemtua.testing.pages import Staff, body, form_with

STEPS = ("partner", "engagement", "instrument", "commitment", "enquiry", "lead", "project", "carecase")


@pytest.fixture
def walked(staff: Staff, samples: SimpleNamespace) -> dict[str, Any]:
    """Every link of one chain, each made by the door that officers and investors use."""
    officer = staff.client("officer")
    delegation = create_engagement(
        actor=staff.officer,
        title="Đoàn công tác Trăng Tròn",
        unit=staff.unit,
        form="outgoing",
        status="held",
        held=PartialDate.quarter(2025, 1),
        children={"participants": [{"side": "partner", "party": samples.partner}]},
    )
    # The investor asks by the public form; the officer says who it is and makes a lead of it.
    page = staff.client("anonymous").get("/enquire/")
    sent = form_with(page, "sender_name").send(
        staff.client("anonymous"),
        title="Hỏi đất Trăng Tròn",
        text="Cần 5 ha.",
        sender_name="Người Hỏi Mẫu",
        sender_email="hoi@example.org",
    )
    assert sent.status_code == 302, body(sent)
    asked = Enquiry.objects.get(record__title="Hỏi đất Trăng Tròn")
    enquiry_actions.update_enquiry(asked, actor=staff.lead, fields={"party": samples.partner, "unit": staff.unit})
    assert officer.post(f"/desk/r/{asked.pk}/enquiry/now/lead/").status_code == 302
    lead = Lead.objects.get(record__title="Hỏi đất Trăng Tròn")
    project = create(samples, staff, "Nhà máy Trăng Tròn", stage="operating", **full(samples, own_capital=Decimal(10)))
    origins = [
        {"origin": lead.record, "share": Decimal(40)},
        {"origin": delegation.record, "share": Decimal(35)},
        {"origin": samples.instrument.record, "share": Decimal(25)},
    ]
    project_actions.update_project(project, actor=staff.officer, children={"origins": ChildEdits(create=origins)})
    report = report_actions.create_report(
        actor=staff.officer,
        title="Báo cáo Trăng Tròn",
        unit=staff.unit,
        project=project,
        quarter=PartialDate.quarter(2026, 3),
        children={"lines": [line("investor_cash", 1, 3, 6), line("labour_vietnamese", 480)]},
    )
    report_actions.receive(actor=staff.lead, report=report_actions.send(actor=staff.officer, report=report))
    page = officer.get(f"/desk/cases/new/?project={project.pk}&investor={samples.partner.pk}")
    made = form_with(page, "title").send(
        officer,
        title="Điện yếu ở Trăng Tròn",
        cause="power",
        reported=timezone.localdate().strftime("%d/%m/%Y"),
        project=str(project.pk),
        investor=str(samples.partner.pk),
    )
    assert made.status_code == 302, body(made)
    return {
        "partner": samples.partner,
        "engagement": delegation,
        "instrument": samples.instrument,
        "commitment": samples.commitment,
        "enquiry": asked,
        "lead": lead,
        "project": project,
        "carecase": CareCase.objects.get(record__title="Điện yếu ở Trăng Tròn"),
    }


def chain_page(staff: Staff, record: Any) -> tuple[str, dict[str, str]]:
    """(the page, {title: the stage in whose column it stands}) of a record's chain."""
    page = body(staff.client("officer").get(f"/desk/r/{record.pk}/chain/"))
    columns = re.split(r'<g class="stage-(\w+)', page)[1:]
    found = {}
    for stage, drawn in zip(columns[::2], columns[1::2], strict=True):
        for title in re.findall(r"<title>([^<]+)</title>", drawn):
            found[title] = stage
    return page, found


def test_from_the_partner_to_what_it_brought(staff: Staff, walked: dict[str, Any]) -> None:
    page, columns = chain_page(staff, walked["partner"])
    for step in STEPS[1:]:
        title = walked[step].record.title
        assert columns[title] == {"lead": "enquiry", "carecase": "care"}.get(step, step), title
    # What was reached stands between the project and its care: the workers and the capital of the report received.
    outcome = [title for title, stage in columns.items() if stage == "outcome"]
    assert any("480" in title and "Nhà máy Trăng Tròn" in title for title in outcome), outcome
    assert f'href="/desk/r/{walked["project"].pk}/#figures"' in page


def test_from_the_factory_back_to_the_delegation(staff: Staff, walked: dict[str, Any]) -> None:
    _page, columns = chain_page(staff, walked["project"])
    for step in ("partner", "engagement", "instrument", "enquiry", "lead"):
        assert walked[step].record.title in columns, step
    _page, columns = chain_page(staff, walked["carecase"])
    assert {walked["project"].record.title, walked["engagement"].record.title} <= set(columns)
    shares = body(staff.client("officer").get(walked["project"].get_absolute_url()))
    assert all(f">{n}<" in shares or f"{n} %" in shares for n in (40, 35, 25))


def test_the_way_can_be_followed_link_by_link(staff: Staff, walked: dict[str, Any]) -> None:
    """Each page of the way leads to the next one: nobody has to know the chain to walk it."""
    client = staff.client("officer")
    way = ["carecase", "project", "lead", "enquiry", "partner"]
    for here, there in pairwise(way):
        page = body(client.get(walked[here].get_absolute_url()))
        assert f'href="{walked[there].get_absolute_url()}"' in page, (here, there)
    project = body(client.get(walked["project"].get_absolute_url()))
    assert f'href="{walked["engagement"].get_absolute_url()}"' in project


def test_shares_beyond_the_whole_are_refused_and_the_hidden_is_not_walked(staff: Staff, walked: dict[str, Any]) -> None:
    project = walked["project"]
    more = [{"origin": walked["partner"].record, "share": Decimal("0.5")}]
    with pytest.raises(ValidationError):
        project_actions.update_project(project, actor=staff.officer, children={"origins": ChildEdits(create=more)})
    project_actions.update_project(project, actor=staff.lead, access="unit")
    page = body(staff.client("other").get(f"/desk/r/{walked['partner'].pk}/chain/"))
    assert "Nhà máy Trăng Tròn" not in page
    assert "480" not in page
    assert staff.client("other").get(f"/desk/r/{project.pk}/chain/").status_code == 404
