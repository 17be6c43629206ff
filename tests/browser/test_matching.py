"""Finding land in a real browser: the answer while one types, by keyboard, on a telephone, under a private link."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from diemtua.testing.server import ScratchServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
MATCH = "/desk/land/match/"


@pytest.fixture(params=[1440, 390], ids=["desk", "telephone"])
def page(request: Any, browser: "Browser", scratch_server: ScratchServer, officer_state: Any) -> Iterator["Page"]:
    context = browser.new_context(
        base_url=scratch_server.base_url,
        storage_state=officer_state,
        viewport={"width": request.param, "height": 844},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def fitting(page: "Page") -> int:
    return int(re.sub(r"\D", "", page.locator(".mt-big").inner_text()))


def test_the_answer_changes_while_one_types(page: "Page") -> None:
    page.goto(MATCH)
    before = fitting(page)
    assert before > 0
    page.get_by_label(re.compile("(Đất còn trống|Free land), ")).first.press_sequentially("5")
    page.wait_for_function("n => document.querySelector('.mt-big').innerText !== n", arg=str(before))
    assert 0 < fitting(page) < before
    assert int(re.sub(r"\D", "", page.locator("#mt-n-area").inner_text())) == before - fitting(page)
    assert "area_least=5" in page.url
    # What is not asked does not lengthen the address.
    assert "power_least" not in page.url
    assert "w_gas" not in page.url
    # Reloaded, it is the same question.
    found = fitting(page)
    page.reload()
    assert fitting(page) == found


def test_a_wish_is_weighed_by_keyboard(page: "Page") -> None:
    page.goto(f"{MATCH}?asked=1&area_least=2")
    assert page.locator(".mt-sure").count() == 0
    page.locator("#id_w_port").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.locator(".mt-sure").wait_for()
    page.wait_for_url("**w_port=2**")


def test_nonsense_is_asked_about_where_the_answer_stands(page: "Page") -> None:
    page.goto(MATCH)
    page.locator("#id_area_least").press_sequentially("90000")
    page.locator("#mt-answer .alert-danger").wait_for()
    assert "m²" in page.locator("#mt-answer .alert-danger").inner_text()
    page.locator("#id_area_least").fill("3")
    page.locator("#mt-answer .mt-big").wait_for()


def test_plots_are_compared_and_a_search_is_shared(page: "Page", browser: "Browser") -> None:
    page.goto(f"{MATCH}?asked=1&area_least=2&w_port=2")
    page.locator("#mt-compare button").click()
    page.locator(".mt-lines").wait_for()
    assert page.locator(".mt-lines thead th").count() == 4
    page.goto(f"{MATCH}keep/?asked=1&area_least=2")
    page.locator("#id_title").fill("Dự án thử trong trình duyệt")
    page.locator("main form button[type=submit]").click()
    page.locator(".mt-new-share button").click()
    address = page.locator(".mt-share input[data-select]").input_value()
    investor = browser.new_context().new_page()
    investor.goto(address)
    assert "Dự án thử" not in investor.content()
    assert investor.locator(".mt-plot").count() > 0
    page.locator(".mt-share form button").click()
    page.locator(".mt-share.is-closed").wait_for()
    answer = investor.goto(address)
    assert answer is not None
    assert answer.status == 410
    investor.context.close()
