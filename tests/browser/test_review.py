"""Deciding on what a document says, in a real Chromium: by keyboard, by mouse, on a telephone, without a script."""

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from diemtua.testing.reviewing import Case
from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

MAKE = """
import sys
from diemtua.register.models import User
from diemtua.testing.reviewing import Case
print(Case(sys.argv[1]).make(User.objects.get(username="officer")).pk)
"""
STATES = """
import json, sys
from diemtua.sources.models import Proposal
rows = Proposal.objects.filter(subject__content_id=int(sys.argv[1]))
print(json.dumps({f"{p.subject.title}|{p.field}": p.state for p in rows.select_related("subject")}))
"""
LONG = """
from diemtua.register.models import User
from diemtua.sources.actions import create_document, propose, read_text
from diemtua.sources.reader.facts import Mention, Reading
park = "Khu công nghiệp Cuối Bài"
text = "Một dòng không nói gì cả về ai.\\n" * 3000 + f"{park} rộng lắm."
document = create_document(actor=None, fields={"title": "Bài rất dài"}, content=read_text(text))
mention = Mention("e1", "PARK", text.index(park), text.index(park) + len(park), park, None, "a")
propose(document=document, reading=Reading(text, mentions=(mention,)), actor=User.objects.get(username="officer"))
print(document.pk)
"""
ENTER = """
import sys
from diemtua.register import write
write.create("party", actor=None, fields={"title": sys.argv[1], "kind": "company"})
"""
# A part of every name in a document of its own: what is rejected in one is not proposed in another of the same words.
WORDS = (
    f"{tree} {colour}" for tree in ("Lan", "Sen", "Mai", "Trúc", "Bưởi") for colour in ("Đỏ", "Xanh", "Vàng", "Tím")
)


class Reviewed:
    """The review page of a document of its own."""

    def __init__(self, page: "Page", server: ScratchServer) -> None:
        self.page, self.server, self.case = page, server, Case(next(WORDS))
        self.pk = int(finish(start(server, MAKE, self.case.word)))
        self.open()

    def open(self, query: str = "") -> None:
        self.page.goto(f"/desk/r/{self.pk}/review/{query}")
        self.page.wait_for_load_state("networkidle")

    def states(self) -> dict[str, str]:
        """{"title|field": state} of every proposal of the document."""
        return json.loads(finish(start(self.server, STATES, str(self.pk))))

    def group(self, title: str) -> "Locator":
        return self.page.locator(".rv-group").filter(has=self.page.locator("h3", has_text=title))

    def line(self, title: str, label: str) -> "Locator":
        return self.group(title).locator(".rv-line", has=self.page.locator(".rv-label", has_text=label))

    @property
    def current(self) -> "Locator":
        return self.page.locator(".rv-line.is-current")

    def press(self, *keys: str) -> None:
        """Press keys one after another, each when the page is at rest."""
        for key in keys:
            self.page.keyboard.press(key)
            self.rest()

    def rest(self) -> None:
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function("() => !document.querySelector('.htmx-request, .rv-line.is-busy')")

    def select(self, words: str) -> None:
        """Select words of the text as a mouse does."""
        found = self.page.evaluate(
            """words => {
              const walk = document.createTreeWalker(document.querySelector(".rv-scroll"), NodeFilter.SHOW_TEXT);
              while (walk.nextNode()) {
                const at = walk.currentNode.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(walk.currentNode, at);
                range.setEnd(walk.currentNode, at + words.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
                return true;
              }
              return false;
            }""",
            words,
        )
        assert found, f"{words!r} is in no single piece of the text"


@pytest.fixture
def reviewed(page: "Page", scratch_server: ScratchServer) -> Reviewed:
    return Reviewed(page, scratch_server)


def said(page: "Page") -> str:
    return page.locator("#rv-said").inner_text()


# --- by keyboard ------------------------------------------------------------------------------------


def test_a_whole_document_by_keyboard_alone(reviewed: Reviewed) -> None:
    case = reviewed.case
    assert "is-current" in (reviewed.line(case.park, "Hồ sơ").get_attribute("class") or ""), "one begins at the first"
    reviewed.press("a", "a")  # the park is known; its area stands beside the other
    assert reviewed.group(case.twice).locator(".rv-line.is-current").count() == 1, "then comes the next open fact"
    reviewed.press("a")
    assert reviewed.states()[f"{case.twice}|"] == "open", "first which record, then the facts"
    reviewed.press("2", "A")
    assert reviewed.group(case.moved).locator(".rv-line.is-current").count() == 1
    reviewed.press("A")  # what is certain: the document proves it
    reviewed.press("r")  # and keep what the register says
    reviewed.press("A")  # the new company, with what it invests
    assert "3" in said(reviewed.page)
    with reviewed.page.expect_navigation():
        reviewed.press("A")
    reviewed.page.locator(".rv-finished").wait_for()
    assert reviewed.page.locator(".rv-made a", has_text=case.person).count() == 1
    states = reviewed.states()
    assert states.pop(f"{case.moved}|site") == "rejected"
    assert set(states.values()) == {"accepted"}


def test_moving_and_taking_back(reviewed: Reviewed) -> None:
    page, case = reviewed.page, reviewed.case
    reviewed.press("j", "j", "k")
    assert reviewed.current.locator(".rv-label").inner_text() == "Diện tích"
    assert page.evaluate("document.activeElement === document.querySelector('.rv-line.is-current')")
    reviewed.press("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "r")
    assert reviewed.line(case.park, "Diện tích").get_attribute("data-state") == "rejected"
    assert page.locator("[data-do=undo]").is_visible()
    reviewed.press("u")
    assert reviewed.line(case.park, "Diện tích").get_attribute("data-state") == "open"
    assert reviewed.current.locator(".rv-label").inner_text() == "Diện tích", "one is where that was"
    assert set(reviewed.states().values()) == {"open"}


def test_the_words_light_up_with_their_fact(reviewed: Reviewed) -> None:
    page, case = reviewed.page, reviewed.case
    reviewed.line(case.new, "Vốn").click()
    lit = "".join(page.locator(".rv-mark.is-current").all_inner_texts())
    assert lit == f"{case.new} đăng ký 25 triệu USD cho nhà máy linh kiện."
    page.locator(".rv-mark", has_text=case.person).first.click()
    assert reviewed.group(case.person).locator(".rv-line.is-current").count() == 1
    reviewed.press("A")
    classes = page.locator(".rv-mark", has_text=case.person).first.get_attribute("class") or ""
    assert "is-accepted" in classes, "the text shows what has been decided"


def test_keys_do_nothing_while_one_types(reviewed: Reviewed) -> None:
    page, case = reviewed.page, reviewed.case
    reviewed.line(case.new, "Hồ sơ").click()
    reviewed.press("e")
    box = page.locator(".rv-mend input[name$=-title]")
    assert box.evaluate("e => e === document.activeElement")
    box.press("End")
    box.press_sequentially(" aAruj?n")
    assert box.input_value() == f"{case.new} aAruj?n"
    assert not page.locator("#rv-keys").evaluate("d => d.open")
    reviewed.press("Escape")
    assert page.locator(".rv-mend").count() == 0
    assert set(reviewed.states().values()) == {"open"}


def test_the_keys_are_told(reviewed: Reviewed) -> None:
    page = reviewed.page
    page.keyboard.press("?")
    assert page.locator("#rv-keys").evaluate("d => d.open")
    assert page.locator("#rv-keys kbd").count() > 10
    page.keyboard.press("Escape")
    assert not page.locator("#rv-keys").evaluate("d => d.open")


# --- mending, choosing, adding ----------------------------------------------------------------------


def test_mending_in_place(reviewed: Reviewed) -> None:
    page, case = reviewed.page, reviewed.case
    reviewed.line(case.new, "Vốn").click()
    reviewed.press("e")
    value = page.locator(".rv-mend input[name$=-value]")
    value.fill("hai mươi lăm")
    page.locator(".rv-mend button.btn-primary").click()
    page.locator(".rv-mend .invalid-feedback").wait_for()
    assert value.input_value() == "hai mươi lăm", "what was typed stays"
    value.fill("27,5")
    page.locator(".rv-mend button.btn-primary").click()
    reviewed.group(case.new).locator(".rv-line.is-mended").wait_for()
    assert "27,5" in reviewed.line(case.new, "Vốn").inner_text()
    assert reviewed.states()[f"{case.new}|"] == "accepted", "the record was made along with it"


def test_not_this_one_that_one(reviewed: Reviewed) -> None:
    page, case = reviewed.page, reviewed.case
    reviewed.line(case.moved, "Hồ sơ").click()
    reviewed.press("o")
    box = page.locator(
        "[data-other-form]:not([hidden]) input[type=text], [data-other-form]:not([hidden]) input[role=combobox]"
    ).first
    box.press_sequentially("binh minh", delay=20)
    page.locator(".ts-dropdown .option").first.wait_for()
    page.keyboard.press("Escape")
    reviewed.press("Escape")
    assert page.locator("[data-other-form]:not([hidden])").count() == 0
    reviewed.line(case.moved, "Hồ sơ").click()
    reviewed.press("n")
    badge = reviewed.group(case.moved).locator(".rv-kind").inner_text()
    assert "hồ sơ mới" in badge.lower()


def test_words_are_marked_as_a_name(reviewed: Reviewed) -> None:
    page = reviewed.page
    reviewed.open("?show=all")
    reviewed.select("Mai Thử")
    reviewed.press("f")
    form = page.locator("#rv-add form")
    form.locator("#rv-about").select_option("name")
    reviewed.rest()
    form.locator("#rv-mention").select_option("PERSON")
    with page.expect_navigation():
        form.locator("button[value=name]").click()
    assert page.url.endswith("?show=all")
    mark = page.locator("mark.rv-who", has_text="Mai Thử")
    assert mark.count() == 1
    mark.click()  # what was said of the words is asked again, and can be taken back
    page.locator("#rv-add").wait_for(state="visible")
    assert page.locator("#rv-mention").input_value() == "PERSON"
    with page.expect_navigation():
        page.locator("#rv-add button[value=remove]").click()
    assert page.locator("mark.rv-who", has_text="Mai Thử").count() == 0


def test_a_record_that_came_in_since_is_found_on_the_open_page(reviewed: Reviewed) -> None:
    finish(start(reviewed.server, ENTER, reviewed.case.new))
    reviewed.open()
    group = reviewed.group(reviewed.case.new)
    group.locator(".rv-title a").wait_for()
    assert "is-current" in (reviewed.line(reviewed.case.park, "Hồ sơ").get_attribute("class") or "")
    reviewed.press("j", "k", "a")
    assert reviewed.states()[f"{reviewed.case.park}|"] == "accepted"


def test_adding_what_was_missed(reviewed: Reviewed) -> None:
    page, case = reviewed.page, reviewed.case
    reviewed.select("nhà máy thứ hai")
    page.locator("[data-add-selected]").click()
    form = page.locator("#rv-add form")
    form.wait_for()
    assert "nhà máy thứ hai" in form.inner_text()
    page.locator("#rv-about").select_option(label=case.moved)
    page.locator("#rv-field").wait_for()
    page.locator("#rv-field").select_option("sector")
    box = page.locator("#rv-add input[name=f-sector]")
    box.wait_for()
    assert box.input_value() == "nhà máy thứ hai"
    with page.expect_navigation(url=re.compile(r"\?at=\d+#l\d+$")):
        page.locator("#rv-add button[value=accept]").click()
    line = reviewed.line(case.moved, "Lĩnh vực")
    assert line.get_attribute("data-state") == "accepted"
    assert "is-current" in (line.get_attribute("class") or "")


def test_everything_certain_at_once(reviewed: Reviewed) -> None:
    page, case = reviewed.page, reviewed.case
    page.locator("[data-dialog=rv-all]").click()
    page.locator("#rv-all[open]").wait_for()
    with page.expect_navigation():
        page.locator("#rv-all button.btn-primary").click()
    page.locator(".alert-success").wait_for()
    left = {key for key, state in reviewed.states().items() if state == "open"}
    assert left == {f"{case.twice}|", f"{case.twice}|site", f"{case.moved}|site"}


# --- two at once ------------------------------------------------------------------------------------


def test_two_officers_decide_on_the_same(reviewed: Reviewed) -> None:
    case, other = reviewed.case, reviewed.page.context.new_page()
    other.goto(reviewed.page.url)
    reviewed.line(case.new, "Vốn").click()
    reviewed.press("a")
    late = other.locator(".rv-group").filter(has=other.locator("h3", has_text=case.new))
    late.locator(".rv-line", has=other.locator(".rv-label", has_text="Vốn")).locator(".rv-yes").click()
    late.locator(".rv-error").wait_for()
    assert late.locator(".rv-line.is-accepted").count() == 2, "and sees how it stands"
    other.close()


def test_a_server_that_is_gone_is_told(reviewed: Reviewed) -> None:
    page, case = reviewed.page, reviewed.case
    page.route("**/review/decide/", lambda route: route.abort())
    reviewed.line(case.new, "Vốn").click()
    page.keyboard.press("a")
    page.locator(".rv-lost").wait_for()
    assert reviewed.line(case.new, "Vốn").get_attribute("data-state") == "open"


# --- long texts, telephones, no script --------------------------------------------------------------


def test_a_long_text_is_shown_around_its_facts(page: "Page", scratch_server: ScratchServer) -> None:
    pk = finish(start(scratch_server, LONG)).strip()
    page.goto(f"/desk/r/{pk}/review/")
    assert page.locator(".rv-mark.is-current").first.inner_text().startswith("Khu công nghiệp Cuối Bài")
    shown = page.locator(".rv-part").all_inner_texts()
    assert sum(map(len, shown)) < 10_000
    page.locator(".rv-gap a").click()
    page.wait_for_function("() => document.querySelectorAll('.rv-part').length > 1")
    assert page.locator(".rv-part").first.get_attribute("data-start") == "0"


def test_text_and_facts_on_a_telephone(reviewed: Reviewed) -> None:
    page, case = reviewed.page, reviewed.case
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.locator(".rv-text").is_visible()
    reviewed.line(case.new, "Vốn").locator(".rv-no").click()
    reviewed.rest()
    assert reviewed.line(case.new, "Vốn").get_attribute("data-state") == "rejected"
    page.locator("[data-show=text]").click()
    assert page.locator(".rv-text").is_visible()
    assert not page.locator(".rv-facts").is_visible()
    page.locator(".rv-mark", has_text=case.person).first.click()
    assert page.locator(".rv-facts").is_visible(), "a tap on the words leads to the fact"
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_without_a_script_the_buttons_work(
    browser: "Browser", scratch_server: ScratchServer, officer_state: Any, reviewed: Reviewed
) -> None:
    context = browser.new_context(
        base_url=scratch_server.base_url, storage_state=officer_state, java_script_enabled=False, locale="vi-VN"
    )
    page = context.new_page()
    page.goto(f"/desk/r/{reviewed.pk}/review/")
    case = reviewed.case
    group = page.locator(".rv-group").filter(has=page.locator("h3", has_text=case.twice))
    group.locator(".rv-which li button").first.click()
    group.locator("[data-do^=all-]").click()
    assert "alert-success" in page.content()
    page.locator(".rv-tools a").click()
    page.locator("form button.btn-primary").click()
    left = {key for key, state in reviewed.states().items() if state == "open"}
    assert left == {f"{case.moved}|site"}
    context.close()
