"""The board of projects by mouse and by keyboard, and a quarterly report from the form to being taken in."""

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

# Fictional projects: one with all that a proposal needs and one without, and one that has to report.
MAKE = """
import datetime, json
from decimal import Decimal
from diemtua.kit.dates import PartialDate
from diemtua.projects.actions.projects import create_project
from diemtua.parties.models import Party
from diemtua.register.models import User
lead = User.objects.get(username="lead")
party = Party.objects.order_by("pk").first()
day = lambda *ymd: PartialDate.day(datetime.date(*ymd))
told = dict(investor=party, industry="dệt may", capital=Decimal(5), currency="USD", where="xã Thử")
common = dict(actor=lead, unit=lead.unit, access="internal")
made = [create_project(title=f"Dự án Kéo Thả {n}", **told, **common).pk for n in "ABC"]
made.append(create_project(title="Dự án Còn Thiếu", **common).pk)
made.append(create_project(title="Dự án Báo Cáo Thử", stage="certificate", objectives="thử", policy_route="not_needed",
    irc_code="5550001112", irc_issued=day(2024, 3, 1), operation_by=PartialDate.year(2027), capital_kind="foreign",
    **told, **common).pk)
print(json.dumps(made))
"""


@pytest.fixture(scope="module")
def made(scratch_server: ScratchServer) -> list[int]:
    found: list[int] = json.loads(finish(start(scratch_server, MAKE)))
    return found


@pytest.fixture
def lead(browser: "Browser", scratch_server: ScratchServer, state_of: Any) -> "Page":
    context = browser.new_context(
        base_url=scratch_server.base_url, viewport={"width": 1440, "height": 900}, storage_state=state_of("lead")
    )
    return context.new_page()


def card(page: "Page", stage: str, title: str) -> "Locator":
    return page.locator(f'[data-stage="{stage}"] .pj-card', has_text=title)


def test_a_card_is_dragged_to_the_next_stage(lead: "Page", made: list[int]) -> None:
    lead.goto("/desk/projects/board/")
    before = int(lead.locator('[data-stage="proposal"] .pj-count').inner_text())
    card(lead, "prospect", "Kéo Thả A").drag_to(lead.locator('[data-stage="proposal"]'))
    card(lead, "proposal", "Kéo Thả A").wait_for()
    assert int(lead.locator('[data-stage="proposal"] .pj-count').inner_text()) == before + 1
    lead.reload()
    assert card(lead, "proposal", "Kéo Thả A").count() == 1


def test_a_card_is_moved_by_keyboard(lead: "Page", made: list[int]) -> None:
    """Alt and an arrow, or the menu of the card: both without a mouse."""
    lead.goto("/desk/projects/board/")
    card(lead, "prospect", "Kéo Thả B").locator("a.dt-title").focus()
    lead.keyboard.press("Alt+ArrowRight")
    card(lead, "proposal", "Kéo Thả B").wait_for()
    assert "Kéo Thả B" in lead.evaluate("document.activeElement.textContent")
    assert "Kéo Thả B" in lead.locator("[data-board-said]").inner_text()
    card(lead, "prospect", "Kéo Thả C").locator("[data-menu]").focus()
    lead.keyboard.press("Enter")
    with lead.expect_navigation():
        lead.keyboard.press("Enter")
    assert "/stage/?to=proposal" in lead.url
    with lead.expect_navigation():
        lead.locator(".dt-save button[type=submit]").click()
    lead.goto("/desk/projects/board/")
    assert card(lead, "proposal", "Kéo Thả C").count() == 1


def test_what_lacks_is_asked_for_and_a_lost_connection_is_said(lead: "Page", made: list[int]) -> None:
    lead.goto("/desk/projects/board/")
    title = card(lead, "prospect", "Còn Thiếu").locator("a.dt-title")
    lead.context.set_offline(True)
    title.focus()
    lead.keyboard.press("Alt+ArrowRight")
    lead.locator("[data-board-said].alert").wait_for()
    assert card(lead, "prospect", "Còn Thiếu").count() == 1
    lead.context.set_offline(False)
    title.focus()
    with lead.expect_navigation():
        lead.keyboard.press("Alt+ArrowRight")
    assert f"/r/{made[3]}/stage/?to=proposal" in lead.url
    with lead.expect_navigation():
        lead.locator(".dt-save button[type=submit]").click()
    assert lead.locator(".invalid-feedback:visible, .alert-danger").count() > 0


def test_the_board_on_a_telephone_shows_one_stage_at_a_time(lead: "Page", made: list[int]) -> None:
    lead.set_viewport_size({"width": 390, "height": 844})
    lead.goto("/desk/projects/board/")
    lead.locator('[data-jump] [data-to="land"]').click()
    lead.locator('[data-jump] [data-to="land"][aria-current]').wait_for()
    left = lead.locator('[data-stage="land"]').bounding_box()
    assert left is not None
    assert -2 < left["x"] < 30
    assert lead.evaluate("document.documentElement.scrollWidth") == 390


def test_a_report_is_filled_in_and_taken_in(lead: "Page", made: list[int]) -> None:
    lead.goto("/desk/projects/reports/?quarter=Q3+2026")
    with lead.expect_download() as download:
        lead.locator("tr", has_text="Dự án Báo Cáo Thử").locator("a.btn").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.active
    for row in sheet.iter_rows():
        code = str(row[0].value)
        if code in ("investor_cash", "labour_vietnamese"):
            row[2].value = row[3].value = row[4].value = 4 if code == "investor_cash" else 120
    filled = io.BytesIO()
    book.save(filled)
    lead.set_input_files(
        "input[type=file]",
        [{"name": "A.III.1.xlsx", "mimeType": "application/octet-stream", "buffer": filled.getvalue()}],
    )
    with lead.expect_navigation():
        lead.locator("form[enctype] button[type=submit]").click()
    for to in ("send", "receive"):
        with lead.expect_navigation():
            lead.locator(f'form[action$="/report/{to}/"] button').click()
    assert lead.locator("main .alert-danger").count() == 0
    lead.goto(f"/desk/r/{made[4]}/")
    bar = lead.locator(".pj-bars li", has_text="80")
    bar.first.wait_for()
    assert "80 %" in bar.first.inner_text()
