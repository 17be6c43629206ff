"""What officers do on the desk, in a real Chromium on the demonstration province."""

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def choose(page: "Page", field: str, typed: str, wanted: str) -> None:
    """Look a record up in a box: type part of its name, wait for the list, choose by keyboard."""
    box = page.locator(f"#{field}-ts-control")
    box.click()
    box.press_sequentially(typed, delay=20)
    option = page.locator(f"#{field}-ts-dropdown .option", has_text=wanted).first
    option.wait_for()
    for _n in range(10):
        if "active" in (option.get_attribute("class") or ""):
            break
        box.press("ArrowDown")
    box.press("Enter")
    assert wanted in page.locator(f"#{field} option:checked").inner_text()


def save(page: "Page") -> None:
    page.locator(".dt-save button[type=submit]").click()


def title_of(page: "Page") -> str:
    return page.locator("h1").inner_text().strip()


# --- signing in -----------------------------------------------------------------------------------


def test_signing_in_by_link(browser: "Browser", scratch_server: ScratchServer) -> None:
    link = scratch_server.login_link("viewer")
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    page.goto(scratch_server.base_url + "/desk/parties/")
    assert "/account/login/" in page.url
    page.goto(link)
    page.locator("[data-sign-in]").click()
    page.wait_for_url("**/desk/**")
    assert "Người xem" in page.locator(".dt-topbar").inner_text()
    assert page.locator("html").get_attribute("lang") == "vi"
    page.goto("about:blank")
    answer = page.goto(link)
    assert answer is not None
    assert answer.status == 410, "the link opened the door a second time"
    context.close()


# --- finding --------------------------------------------------------------------------------------


def test_the_palette_by_keyboard_alone(page: "Page") -> None:
    page.goto("/desk/")
    page.keyboard.press("Control+k")
    assert page.locator("#dt-palette").evaluate("d => d.open")
    page.keyboard.type("xay nha", delay=20)
    hit = page.locator(".dt-hit", has_text="Xay Nhạ Bu Ly").first
    hit.wait_for()
    page.keyboard.press("ArrowDown")
    for _n in range(8):
        if "Xay Nhạ Bu Ly" in page.locator('.dt-hit[aria-selected="true"]').inner_text():
            break
        page.keyboard.press("ArrowDown")
    active = page.locator("#dt-palette-input").get_attribute("aria-activedescendant")
    assert active == page.locator('.dt-hit[aria-selected="true"]').get_attribute("id")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Xay Nhạ Bu Ly" in title_of(page)


def test_the_palette_opens_and_closes(page: "Page") -> None:
    page.goto("/desk/parties/")
    page.locator(".dt-search-open").click()
    page.locator("#dt-palette-results > *").first.wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("#dt-palette").evaluate("d => d.open")


@pytest.mark.parametrize("typed", ["doi ngoai", "đối ngoại", "ĐỐI NGOẠI", "\u0111o\u0302\u0301i ngoa\u0323i"])
def test_search_with_and_without_marks(page: "Page", typed: str) -> None:
    page.goto("/desk/")
    page.keyboard.press("Control+k")
    page.keyboard.type(typed)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/desk/search/" in page.url
    assert "Tăng cường đối ngoại" in page.locator("main").inner_text()
    assert page.locator("main mark").count() >= 1


def test_a_document_number_is_found(page: "Page") -> None:
    page.goto("/desk/search/?q=22-NQ/TW")
    assert "Nghị quyết về hội nhập quốc tế" in page.locator("main").inner_text()


def test_a_register_narrows_while_one_types(page: "Page") -> None:
    page.goto("/desk/parties/")
    page.locator("#id_q").press_sequentially("hai phong", delay=20)
    page.wait_for_url(re.compile(r"q=hai"))
    page.locator("#dt-results", has_text="Thành phố Hải Phòng").wait_for()
    assert "Compal" not in page.locator("#dt-results").inner_text()


# --- importing ------------------------------------------------------------------------------------


def sheet(rows: list[list[str]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Tên đối tác", "Loại", "Quốc gia", "Quan hệ từ"])
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_import_with_wrong_rows_mended_and_taken_back(page: "Page", tmp_path: Path) -> None:
    right = [
        ["Công ty Thử Nhập Một", "Doanh nghiệp", "Nhật Bản", "15/03/2019"],
        ["Công ty Thử Nhập Hai", "Doanh nghiệp", "Hàn Quốc", "2020"],
    ]
    wrong = [
        ["Công ty Thử Nhập Ba", "Doanh nghiệp", "Hàn Quốc", "31/02/2023"],
        ["Công ty Thử Nhập Bốn", "Loại không có", "Lào", ""],
    ]
    first = tmp_path / "đối tác.xlsx"
    first.write_bytes(sheet(right + wrong))

    def send(path: Path) -> None:
        page.goto("/desk/parties/import/")
        page.locator("#dt-file").set_input_files(path)
        with page.expect_navigation():
            page.locator("form:has(#dt-file) button").click()
        if page.locator("button[name=action][value=map]").count():
            name = page.locator("tr", has_text="Tên đối tác").locator("select")
            if name.input_value() == "":
                name.select_option("title")
            with page.expect_navigation():
                page.locator("button[name=action][value=map]").click()

    send(first)
    problems = page.locator(".dt-problems").inner_text()
    assert "31/02/2023" in problems
    assert "Loại không có" in problems
    with page.expect_download() as download:
        page.locator("a[href$='/failed/']").first.click()
    mend = tmp_path / "mend.xlsx"
    download.value.save_as(mend)

    import openpyxl

    book = openpyxl.load_workbook(mend)
    cells = [[c.value for c in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]
    assert {row[0] for row in cells[1:]} == {"Công ty Thử Nhập Ba", "Công ty Thử Nhập Bốn"}

    whole = tmp_path / "mended.xlsx"
    wrong[0][3], wrong[1][1] = "28/02/2023", "Doanh nghiệp"
    whole.write_bytes(sheet(right + wrong))
    send(whole)
    assert page.locator(".dt-problems").count() == 0
    with page.expect_navigation():
        page.locator("#dt-import button[value=import]").click()
    assert "/desk/imports/" in page.url
    batch = page.url
    page.goto("/desk/parties/?q=thu+nhap")
    assert page.locator("#dt-results tbody tr").count() == 4

    page.goto(batch)
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        page.locator("form[action$='/undo/'] button").click()
    page.goto("/desk/parties/?q=thu+nhap")
    assert page.locator("#dt-results tbody tr").count() == 0


# --- the chain ------------------------------------------------------------------------------------


def test_an_agreement_with_a_party_and_a_commitment(page: "Page") -> None:
    page.goto("/desk/instruments/new/")
    page.locator("#id_title").fill("Thỏa thuận thử nghiệm với Yeongju")
    page.locator("#id_nature").select_option(index=1)
    page.locator("#id_signed").fill("04/11/2025")
    parties = page.locator('[data-set="parties"]')
    parties.locator("[data-add]").click()
    choose(page, "id_parties-0-party", "yeong", "Thành phố Yeongju")
    save(page)
    page.wait_for_url(re.compile(r"/desk/r/\d+/$"))
    assert title_of(page) == "Thỏa thuận thử nghiệm với Yeongju"
    agreement = page.url
    assert "04/11/2025" in page.locator("main").inner_text()

    page.locator('#commitments a[href*="instrument="]').click()
    assert "Thỏa thuận thử nghiệm" in page.locator("#id_instrument option:checked").inner_text()
    page.locator("#id_title").fill("Đón mười thực tập sinh nông nghiệp")
    choose(page, "id_debtor", "yeong", "Thành phố Yeongju")
    page.locator("#id_due").fill("quý IV/2027")
    save(page)
    page.wait_for_url(re.compile(r"/desk/r/\d+/$"))
    assert "quý IV/2027" in page.locator("main").inner_text()

    page.goto(agreement)
    assert "Đón mười thực tập sinh" in page.locator("#commitments").inner_text()


def test_the_chain_from_partner_to_commitment_and_back(page: "Page") -> None:
    page.goto("/desk/search/?q=Xay+Nha+Bu+Ly")
    page.locator("main a", has_text="Tỉnh Xay Nhạ Bu Ly").first.click()
    partner = title_of(page)

    def follow(name: str) -> None:
        box = page.locator(f'.dt-chain a[aria-label*="{name}"]').first
        box.wait_for()
        # As a person with a keyboard does; a click on the same box is tried below.
        box.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")

    follow("Ký trực tuyến thỏa thuận")
    follow("Thỏa thuận hợp tác hữu nghị")
    follow("Hỗ trợ 5 tỷ đồng")
    assert "Hỗ trợ 5 tỷ đồng" in title_of(page)
    box = page.locator('.dt-chain a[aria-label*="Tỉnh Xay Nhạ Bu Ly"]').first
    box.wait_for()
    with page.expect_navigation():
        box.locator("rect.box").click()
    assert title_of(page) == partner
    page.locator(".dt-chain-text summary").first.click()
    assert "Hỗ trợ 5 tỷ đồng" in page.locator(".dt-chain-text").first.inner_text()


# --- two at once ----------------------------------------------------------------------------------

MAKE = """
from diemtua.register import write
print(write.create("party", actor=None, fields={"title": "Hai thẻ cùng sửa", "kind": "company",
                                                "description": "ban đầu"}).pk)
"""


def test_two_tabs_save_the_same_record(page: "Page", scratch_server: ScratchServer) -> None:
    pk = finish(start(scratch_server, MAKE)).strip()
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"/desk/r/{pk}/edit/")
    page.locator("#id_description").fill("chữ của thẻ một")
    save(page)
    page.wait_for_url(f"**/desk/r/{pk}/")
    other.locator("#id_description").fill("chữ của thẻ hai")
    other.locator("#id_address").fill("Số 1 phố Thử Nghiệm")
    save(other)
    warning = other.locator(".alert-warning")
    warning.wait_for()
    assert "chữ của thẻ một" in warning.inner_text()
    assert other.locator("#id_description").input_value() == "chữ của thẻ hai"
    assert other.locator("#id_address").input_value() == "Số 1 phố Thử Nghiệm"
    save(other)
    other.wait_for_url(f"**/desk/r/{pk}/")
    shown = other.locator("main").inner_text()
    assert "chữ của thẻ hai" in shown
    assert "Số 1 phố Thử Nghiệm" in shown


def test_what_was_typed_stays_when_something_is_wrong(page: "Page") -> None:
    page.goto("/desk/parties/new/")
    page.locator("#id_title").fill("Công ty Thử Lỗi")
    page.locator("#id_relation_since").fill("31/02/2023")
    save(page)
    page.locator(".alert-danger").wait_for()
    assert page.locator("#id_title").input_value() == "Công ty Thử Lỗi"
    assert page.locator("#id_relation_since").input_value() == "31/02/2023"
    assert page.locator(".alert-danger").evaluate("e => e === document.activeElement")


def test_leaving_a_changed_form_asks_first(page: "Page") -> None:
    page.goto("/desk/parties/new/")
    page.locator("#id_title").press_sequentially("chưa lưu")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/desk/")
    assert asked == ["beforeunload"]
