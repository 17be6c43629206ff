"""Public pages of the newsroom and their frame: both themes, strong contrast, telephones, no scripts, five languages."""

import json
from typing import TYPE_CHECKING

import pytest

from diemtua.testing.chromium import AXE
from diemtua.testing.server import ScratchServer

from .test_look import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser
PAGES = {
    "home": "/",
    "newsroom": "/tin-tuc/",
    "section": "/tin-tuc/dau-tu/",
    "article": "/tin-tuc/dau-tu/lien-ha-thai/",
    "article-en": "/en/news/doi-ngoai/hannoverimpuls/",
    "month": "/tin-tuc/2026/11/",
    "empty-day": "/tin-tuc/2020/1/1/",
    "search": "/tin-tuc/search/?q=thoa+thuan",
    "search-nothing": "/tin-tuc/search/?q=zzzz",
    "untranslated": "/ko/news/dau-tu/lien-ha-thai/",
    "not-found": "/en/nothing-here/",
}
LOOKS = {"light": {"theme": "light"}, "dark": {"theme": "dark"}, "contrast": {"theme": "dark", "contrast": "high"}}


def reader(browser: "Browser", server: ScratchServer, width: int = 1440, **look: str) -> "BrowserContext":
    context = browser.new_context(
        base_url=server.base_url, viewport={"width": width, "height": 844}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": f"dt_{n}", "value": v, "url": server.base_url} for n, v in look.items()])
    return context


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_is_in_the_way_of_anybody(browser: "Browser", scratch_server: ScratchServer, look: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not here: run 'make test'")
    source = AXE.read_text()
    found: dict[str, list[str]] = {}
    context = reader(browser, scratch_server, **LOOKS[look])
    context.add_init_script(source)  # the policy of the pages lets no script be written into them
    watched = Watched(context, scratch_server.base_url)
    for name, path in PAGES.items():
        page = watched.open(path)
        assert page.locator("html").get_attribute("data-theme") == LOOKS[look]["theme"]
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for violation in result["violations"]:
            nodes = [f"{n['html'][:160]} | {n['failureSummary'][:200]}" for n in violation["nodes"][:3]]
            found.setdefault(name, []).append(f"{violation['id']} ×{len(violation['nodes'])}: {nodes}")
    assert not watched.noise
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)
    context.close()


def test_no_page_scrolls_sideways(browser: "Browser", scratch_server: ScratchServer) -> None:
    wide = {}
    for text in ("", "larger"):
        context = reader(browser, scratch_server, 390, text=text)
        page = context.new_page()
        for name, path in PAGES.items():
            page.goto(path)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 390:
                wide[f"{name} {text}"] = width
        context.close()
    assert not wide


def test_without_scripts(browser: "Browser", scratch_server: ScratchServer) -> None:
    """Theme, text size, language, calendar and search by forms and links only."""
    context = browser.new_context(base_url=scratch_server.base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/tin-tuc/")
    page.locator("button[name=theme]").click()
    assert page.url.endswith("/tin-tuc/")
    page.locator("button[name=text][value=larger]").click()
    html = page.locator("html")
    assert html.get_attribute("data-theme") == "dark"
    assert html.get_attribute("data-text") == "larger"
    page.locator(".langs a[lang=en]").click()
    assert page.url.endswith("/en/news/")
    assert html.get_attribute("lang") == "en"
    page.fill("#q", "lien ha thai")
    page.keyboard.press("Enter")
    assert page.locator(".nw-cards h2 a").first.inner_text().startswith("Liên Hà Thái")
    page.locator(".nav a", has_text="News").click()
    page.locator(".nw-calendar td a").first.click()
    assert "/en/news/2026/" in page.url
    context.close()


def test_the_keyboard_reaches_the_content_first(browser: "Browser", scratch_server: ScratchServer) -> None:
    context = reader(browser, scratch_server)
    page = context.new_page()
    page.goto("/tin-tuc/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    context.close()
