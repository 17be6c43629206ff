"""Every type of public page: both themes, strong contrast, narrow screens, keyboard, reading order, no scripts, weight."""

import json
import re
from typing import TYPE_CHECKING

import pytest

from diemtua.testing.chromium import AXE
from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

from .test_look import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser
PAGES = {
    "home": "/",
    "home-ja": "/ja/",
    "why": "/why/",
    "sectors": "/en/sectors/",
    "stories": "/stories/",
    "story": "/stories/lotes/",
    "parks": "/parks/",
    "park": "/parks/{park}/",
    "park-ko": "/ko/parks/{park}/",
    "find": "/find/",
    "found": "/zh-hans/find/?asked=1&area_min=2",
    "compare": "/find/compare/?plot={plot}&plot={other}",
    "calling": "/calling/",
    "guide": "/guide/",
    "guide-ja": "/ja/guide/",
    "incentives": "/incentives/",
    "partners": "/en/partners/",
    "markets": "/markets/",
    "contact": "/contact/",
    "enquire": "/enquire/",
    "enquire-ko": "/ko/enquire/",
    "solved": "/care/",
    "source": "{source}",
    "datasets": "/en/data/",
    "dataset": "/data/zones/",
    "edited": "/khu-kinh-te/",
    "edited-en": "/en/how-we-work/",
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
    "asked": "{asked}",
    "answered": "{answered}",
    "pack": "{pack}",
}
# The same types in letters of Korea, China and Japan, which are wider and break elsewhere.
IN_OTHER_LETTERS = {
    "home-ko": "/ko/",
    "home-zh": "/zh-hans/",
    "why-ja": "/ja/why/",
    "sectors-ko": "/ko/sectors/",
    "story-zh": "/zh-hans/stories/lotes/",
    "parks-zh": "/zh-hans/parks/",
    "find-ja": "/ja/find/",
    "compare-ko": "/ko/find/compare/?plot={plot}&plot={other}",
    "calling-ja": "/ja/calling/",
    "guide-zh": "/zh-hans/guide/",
    "incentives-ko": "/ko/incentives/",
    "partners-ja": "/ja/partners/",
    "markets-zh": "/zh-hans/markets/",
    "contact-ko": "/ko/contact/",
    "enquire-ja": "/ja/enquire/",
    "solved-zh": "/zh-hans/care/",
    "datasets-ja": "/ja/data/",
    "edited-zh": "/zh-hans/khu-kinh-te/",
    "newsroom-ja": "/ja/news/",
    "month-ko": "/ko/news/2026/11/",
    "search-zh": "/zh-hans/news/search/?q=zzzz",
    "not-found-ja": "/ja/nothing-here/",
}
PRIVATE = """
import json
from diemtua.projects.models import Enquiry, ReplyPack
asked = Enquiry.objects.order_by("pk")[0].state_path
answered = Enquiry.objects.filter(answered_at__isnull=False).order_by("pk").first().state_path
print(json.dumps({"asked": asked, "answered": answered, "pack": ReplyPack.objects.order_by("pk").first().path}))
"""
# What a screen reader goes by: one heading of the first order, no order left out, each landmark once, all in this order.
READING_ORDER = """() => {
    const amiss = [];
    const inside = [...document.querySelectorAll('main h1,main h2,main h3,main h4')].map(h => +h.tagName[1]);
    if (inside.filter(n => n === 1).length !== 1) amiss.push('h1: ' + inside.filter(n => n === 1).length);
    inside.forEach((n, i) => { if (i && n > inside[i - 1] + 1) amiss.push('h' + inside[i - 1] + ' then h' + n); });
    const marks = ['header', 'main', 'footer'].map(name => document.querySelectorAll('body > ' + name));
    if (marks.some(found => found.length !== 1)) amiss.push('landmarks');
    else if (!(marks[0][0].compareDocumentPosition(marks[1][0]) & 4 && marks[1][0].compareDocumentPosition(marks[2][0]) & 4))
        amiss.push('order of landmarks');
    if (document.querySelector('[tabindex]:not([tabindex="0"],[tabindex="-1"])')) amiss.push('tabindex');
    return amiss.join(', ');
}"""
# Where the keyboard is: its place among all that can be reached, and what keeps a person from seeing it.
STOP = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const all = [...document.querySelectorAll('a[href],button,input,select,textarea,summary,[tabindex="0"]')];
    const box = here.getBoundingClientRect(), look = getComputedStyle(here), amiss = [];
    if (box.width < 1 || box.height < 1) amiss.push('not seen');
    if (box.bottom < 0 || box.top > innerHeight) amiss.push('out of sight');
    if (look.outlineStyle === 'none' && look.boxShadow === 'none') amiss.push('no ring');
    const line = here.getClientRects()[0];  // a link over two lines has a box that others stand in
    const top = document.elementFromPoint(line.left + Math.min(line.width, innerWidth) / 2, line.top + Math.min(line.height / 2, 20));
    if (top && !here.closest('svg') && !(here.contains(top) || top.contains(here) || top.closest('label'))) amiss.push('covered by ' + top.outerHTML.slice(0, 80));
    return {at: all.indexOf(here), amiss: amiss.join(', '), html: here.outerHTML.slice(0, 120)};
}"""
SHIFTS = """window.shifted = 0; new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({type: 'layout-shift', buffered: true})"""
LOOKS = {
    "light": {"theme": "light"},
    "dark": {"theme": "dark"},
    "strong": {"theme": "light", "contrast": "high"},
    "strong-dark": {"theme": "dark", "contrast": "high"},
}


def reader(browser: "Browser", server: ScratchServer, width: int = 1440, **look: str) -> "BrowserContext":
    context = browser.new_context(
        base_url=server.base_url, viewport={"width": width, "height": 844}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": f"dt_{n}", "value": v, "url": server.base_url} for n, v in look.items()])
    return context


@pytest.fixture(scope="module")
def pages(browser: "Browser", scratch_server: ScratchServer) -> dict[str, str]:
    """The addresses of all types of page, with the numbers that this province has."""
    context = reader(browser, scratch_server)
    page = context.new_page()
    page.goto("/find/?asked=1")
    plots = page.locator(".found input[name=plot]").evaluate_all("found => found.map(one => one.value)")
    park = page.locator(".found h3 a").first.get_attribute("href") or ""
    page.goto("/why/")
    source = page.locator(".from a").first.get_attribute("href") or ""
    context.close()
    known = {"park": park.split("/")[2], "plot": plots[0], "other": plots[1], "source": source}
    known |= json.loads(finish(start(scratch_server, PRIVATE)))
    return {name: path.format(**known) for name, path in (PAGES | IN_OTHER_LETTERS).items()}


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_is_in_the_way_of_anybody(
    browser: "Browser", scratch_server: ScratchServer, pages: dict[str, str], look: str
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not here: run 'make test'")
    source = AXE.read_text()
    found: dict[str, list[str]] = {}
    context = reader(browser, scratch_server, **LOOKS[look])
    context.add_init_script(source)  # the policy of the pages lets no script be written into them
    watched = Watched(context, scratch_server.base_url)
    for name, path in pages.items():
        if "contrast" in LOOKS[look] and name in IN_OTHER_LETTERS:
            continue  # colours are of the type of page, not of its language
        page = watched.open(path)
        assert page.locator("html").get_attribute("data-theme") == LOOKS[look]["theme"]
        result = page.evaluate(
            "axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
        )
        for violation in result["violations"]:
            nodes = [f"{n['html'][:160]} | {n['failureSummary'][:200]}" for n in violation["nodes"][:3]]
            found.setdefault(name, []).append(f"{violation['id']} ×{len(violation['nodes'])}: {nodes}")
        if amiss := page.evaluate(READING_ORDER):
            found.setdefault(name, []).append(amiss)
    assert not watched.noise
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)
    context.close()


def test_no_page_scrolls_sideways(browser: "Browser", scratch_server: ScratchServer, pages: dict[str, str]) -> None:
    """At 320 px, which is 1280 enlarged four times (WCAG 1.4.10), there also with the largest letters."""
    wide = {}
    for width, text in ((320, ""), (320, "larger")):
        context = reader(browser, scratch_server, width, text=text)
        page = context.new_page()
        for name, path in pages.items():
            page.goto(path)
            found = page.evaluate("document.documentElement.scrollWidth")
            if found > width:
                wide[f"{name} {width} {text}"] = found
        context.close()
    assert not wide


def test_the_keyboard_goes_through_every_page_in_its_order(
    browser: "Browser", scratch_server: ScratchServer, pages: dict[str, str]
) -> None:
    """Each stop is later in the page than the one before, is seen, has a ring around it, and nothing lies over it."""
    context = reader(browser, scratch_server)
    page = context.new_page()
    amiss = []
    for name in PAGES:
        page.goto(pages[name])
        stops, before = 0, None
        for _n in range(1_000):
            page.keyboard.press("Tab")
            told = page.evaluate(STOP)
            if told is None:
                break
            stops += 1
            if told["amiss"] or (before is not None and told["at"] <= before):
                amiss.append((name, told))
                break
            before = told["at"]
        else:
            amiss.append((name, "has no end"))
        if stops <= 10:
            amiss.append((name, f"ends after {stops}"))
    assert not amiss, json.dumps(amiss, indent=1, ensure_ascii=False)
    context.close()


def test_the_keyboard_opens_the_menu(browser: "Browser", scratch_server: ScratchServer) -> None:
    context = reader(browser, scratch_server)
    page = context.new_page()
    page.goto("/")
    menu = page.locator(".nav summary").first
    menu.focus()
    page.keyboard.press("Enter")
    assert page.locator(".nav details[open] a").first.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('details[open] ul') !== null")
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_first_page_is_light_and_does_not_move(
    browser: "Browser", scratch_server: ScratchServer, width: int
) -> None:
    """At most 200 kB before pictures, and nothing shifts, in all five languages.

    Letters of Korea, China and Japan come from the reader's machine, where those who read them have them. This one has
    none: they are not sent here, so that the page stands as it does there, where nothing is waited for.
    """
    amiss = {}
    for path in ("/", "/en/", "/ko/", "/zh-hans/", "/ja/"):
        context = reader(browser, scratch_server, width)
        if path not in ("/", "/en/"):
            context.route(re.compile("noto-sans"), lambda route: route.abort())
        page = context.new_page()
        sizes: list[int] = []
        page.on("requestfinished", lambda r, sizes=sizes: sizes.append(r.sizes()["responseBodySize"]))
        page.add_init_script(SHIFTS)
        page.goto(path)
        page.evaluate("document.fonts.ready.then(() => new Promise(done => setTimeout(done, 200)))")
        shifted = page.evaluate("window.shifted")
        if shifted >= 0.001 or sum(sizes) > 200 * 1024:
            amiss[path] = (shifted, sum(sizes))
        context.close()
    assert not amiss


def test_without_scripts(browser: "Browser", scratch_server: ScratchServer) -> None:
    """Theme, text size, language, calendar and search by forms and links only."""
    context = browser.new_context(base_url=scratch_server.base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/tin-tuc/")
    page.locator("button[name=theme]").click()
    assert page.url.endswith("/tin-tuc/")
    page.locator("button[name=text][value=larger]").click()
    page.locator("button[name=contrast]").click()
    html = page.locator("html")
    assert html.get_attribute("data-contrast") == "high"
    assert html.get_attribute("data-theme") == "dark"
    assert html.get_attribute("data-text") == "larger"
    page.locator(".langs a[lang=en]").click()
    assert page.url.endswith("/en/news/")
    assert html.get_attribute("lang") == "en"
    page.fill("#q", "lien ha thai")
    page.keyboard.press("Enter")
    assert page.locator(".nw-cards h2 a").first.inner_text().startswith("Liên Hà Thái")
    page.locator(".menu-small summary").click()  # letters are larger: the menu is folded
    page.locator(".menu-small a", has_text="News").click()
    page.locator(".nw-calendar td a").first.click()
    assert "/en/news/2026/" in page.url
    page.goto("/en/find/")
    page.fill(".ask input[type=text], .ask input[type=number]", "2")
    page.locator(".ask button").click()
    for n in range(2):
        page.locator(".found input[name=plot]").nth(n).check()
    page.locator("form button", has_text="Compare").click()
    assert "/en/find/compare/" in page.url
    assert page.locator("table").count() >= 1
    page.goto("/en/enquire/")
    page.fill("#id_title", "Land")
    page.locator("form.written button").click()
    assert page.locator(".wrong").count() >= 2
    page.fill("#id_text", "Three hectares?")
    page.fill("#id_sender_name", "Somebody")
    page.fill("#id_sender_email", "somebody@example.org")
    page.locator("form.written button").click()
    assert "/e/" in page.url
    assert page.locator(".receipt").inner_text().startswith("YC")
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
