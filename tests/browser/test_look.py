"""Every type of page: in both themes and languages, on a telephone, for a screen reader, without noise."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from diemtua.testing.chromium import AXE
from diemtua.testing.plugin import OFFICER
from diemtua.testing.server import ScratchServer

from .pages import ADMINISTRATOR, ANYBODY, desk_pages, use_language

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

pytestmark = pytest.mark.browser
SERIOUS = {"serious", "critical"}
TELEPHONE: "ViewportSize" = {"width": 390, "height": 844}
DESK: "ViewportSize" = {"width": 1440, "height": 900}


class Watched:
    """Pages whose every console message, failed request and address is remembered."""

    def __init__(self, context: "BrowserContext", base: str) -> None:
        self.page, self.host, self.noise = context.new_page(), urlsplit(base).netloc, list[str]()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.noise.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message: Any) -> None:
        # Chromium reports the status of the page itself too, and /desk/r/999999/ shall be 404.
        # What a driver without a graphics card says of its own speed is not the page's noise.
        if "GL Driver Message" in message.text:
            return
        if message.type in ("error", "warning") and "404" not in message.text:
            self.noise.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.noise.append(f"left for {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.noise.append(f"{response.status}: {response.url}")

    def open(self, path: str) -> "Page":
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture(scope="module")
def everybody(scratch_server: ScratchServer, state_of: Any) -> list[tuple[dict[str, str], Any]]:
    """(pages, cookies) of an officer, an administrator and of nobody."""
    return [
        (desk_pages(scratch_server), state_of(OFFICER)),
        (ADMINISTRATOR, state_of("admin")),
        (ANYBODY, None),
    ]


def visit(
    browser: "Browser", server: ScratchServer, everybody: Any, theme: str, language: str
) -> Iterator[tuple[str, "Page", Watched]]:
    """(name, page opened on a telephone, its noise) of every type of page."""
    for pages, state in everybody:
        context = browser.new_context(
            base_url=server.base_url,
            storage_state=state,
            viewport=TELEPHONE,
            reduced_motion="reduce",
            locale="vi-VN",
        )
        context.add_init_script(f"localStorage.setItem('dt-theme', '{theme}')")
        watched = Watched(context, server.base_url)
        use_language(watched.open("/desk/" if state else "/account/login/"), language)
        for name, path in pages.items():
            yield name, watched.open(path), watched
            watched.page.set_viewport_size(TELEPHONE)
        context.close()


# Each page is loaded once for a theme and a language: to load it takes longer than what is then looked at.
@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "en")])
def test_every_page_fits_a_telephone_and_a_screen_reader_can_use_it(
    browser: "Browser", scratch_server: ScratchServer, everybody: Any, theme: str, language: str
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not here: run 'make test'")
    source = AXE.read_text()
    wide: dict[str, int] = {}
    found: dict[str, list[str]] = {}
    noise: dict[str, list[str]] = {}
    for name, page, watched in visit(browser, scratch_server, everybody, theme, language):
        assert page.locator("html").get_attribute("data-bs-theme") == theme
        assert page.locator("html").get_attribute("lang") == language
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > TELEPHONE["width"]:
            wide[name] = width
        page.set_viewport_size(DESK)
        page.evaluate(source)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for violation in result["violations"]:
            if violation["impact"] in SERIOUS:
                nodes = [f"{n['html'][:160]} | {n['failureSummary'][:200]}" for n in violation["nodes"][:3]]
                found.setdefault(name, []).append(f"{violation['id']} ×{len(violation['nodes'])}: {nodes}")
        if watched.noise:
            noise[name] = list(watched.noise)
            watched.noise.clear()
    assert not wide
    assert not noise, json.dumps(noise, indent=1, ensure_ascii=False)
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)


def test_theme_and_language_are_kept(page: "Page") -> None:
    page.goto("/desk/")
    use_language(page, "vi")
    html = page.locator("html")
    before = html.get_attribute("data-bs-theme")
    page.locator(".dt-topbar [data-theme-toggle]").click()
    after = html.get_attribute("data-bs-theme")
    assert {before, after} == {"light", "dark"}
    page.goto("/desk/parties/")
    assert html.get_attribute("data-bs-theme") == after

    page.locator('.dt-topbar button[name="language"]').click()
    page.locator("html[lang=en]").wait_for(state="attached")
    assert page.locator("h1").inner_text() == "Parties"
    page.goto("/desk/commitments/")
    assert page.locator("h1").inner_text() == "Commitments"
    page.locator('.dt-topbar button[name="language"]').click()
    page.locator("html[lang=vi]").wait_for(state="attached")
    assert page.locator("h1").inner_text() == "Cam kết"


def test_the_menu_on_a_telephone(page: "Page") -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/desk/")
    assert not page.locator("#dt-menu").is_visible()
    page.locator(".navbar-toggler").click()
    link = page.locator("#dt-menu a", has_text="Cam kết")
    link.wait_for()
    link.click()
    page.wait_for_url("**/desk/commitments/")


def test_the_keyboard_reaches_the_content_first(page: "Page") -> None:
    page.goto("/desk/parties/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "dt-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_menu_stands_as_it_was_left(page: "Page") -> None:
    """Groups open and close by keyboard and are remembered; that of the present page is open whatever was left."""
    page.goto("/desk/parties/")
    opened = "details[data-menu-group='{}'][open]".format
    assert page.locator(opened("chain")).count() == 1
    assert page.locator(opened("land")).count() == 0
    page.locator("[data-menu-group='land'] > summary").focus()
    page.keyboard.press("Enter")
    page.locator("[data-menu-group='chain'] > summary").click()
    page.goto("/desk/")
    assert page.locator(opened("land")).count() == 1
    assert page.locator(opened("chain")).count() == 0
    page.locator("[data-menu-group='land'] a", has_text="Tìm đất").click()
    page.wait_for_url("**/desk/land/match/")
    page.goto("/desk/parties/")
    assert page.locator(opened("chain")).count() == 1


def test_the_menu_without_a_script(browser: "Browser", scratch_server: ScratchServer, officer_state: Any) -> None:
    context = browser.new_context(
        base_url=scratch_server.base_url, storage_state=officer_state, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/desk/parties/")
    assert not page.locator("[data-menu-group='land'] a").first.is_visible()
    page.locator("[data-menu-group='land'] > summary").click()
    page.locator("[data-menu-group='land'] a", has_text="Tìm đất").click()
    page.wait_for_url("**/desk/land/match/")
    context.close()
