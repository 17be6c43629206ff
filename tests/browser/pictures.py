"""Pictures of every type of page, to look at; and those of the README.

python tests/browser/pictures.py FOLDER [NAME…]   all pages (or those named) at two widths, in both themes and
                                                  languages, as FOLDER/<page>-<width>-<theme>-<language>.png
python tests/browser/pictures.py --readme         docs/pictures/*.png
"""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pages import ADMINISTRATOR, ANYBODY, desk_pages, use_language

from diemtua.testing import ROOT, chromium
from diemtua.testing.plugin import sign_in
from diemtua.testing.server import ScratchServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARTICLE = ROOT.parent / "shared" / "facts" / "article-2023-07-18.txt"  # no part of the project
HEIGHTS = {1440: 900, 390: 844}
README = {
    "my-day": "my-day",
    "agreement": "record",
    "own-chain": "chain",
    "parties": "register",
    "search-partner": "search",
    "land-map-zone": "land-map",
    "land-match-found": "land-match",
}


def signed_in(browser: "Browser", server: ScratchServer, user: str) -> Any:
    context = browser.new_context(base_url=server.base_url)
    sign_in(context.new_page(), server.login_link(user))
    state = context.storage_state()
    context.close()
    return state


def open_page(browser: "Browser", server: ScratchServer, state: Any, width: int, theme: str, language: str) -> "Page":
    context = browser.new_context(
        base_url=server.base_url,
        storage_state=state,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": width, "height": HEIGHTS[width]},
        reduced_motion="reduce",
    )
    context.add_init_script(f"localStorage.setItem('dt-theme', '{theme}')")
    page = context.new_page()
    page.goto("/desk/" if state else "/account/login/")
    use_language(page, language)
    return page


def take(page: "Page", path: str, target: Path, *, full: bool = True) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    if page.locator("[data-map]").count() and page.evaluate(
        "() => Boolean(document.createElement('canvas').getContext('webgl2'))"
    ):
        page.wait_for_selector("[data-map][data-ready]")
    page.screenshot(path=target, full_page=full)


def everything(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with ScratchServer() as server, chromium.browser() as browser:
        groups = [
            (desk_pages(server), signed_in(browser, server, "officer")),
            (ADMINISTRATOR, signed_in(browser, server, "admin")),
            (ANYBODY, None),
        ]
        for pages, state in groups:
            wanted = {n: p for n, p in pages.items() if not names or n in names}
            for width, theme, language in [(w, t, v) for w in HEIGHTS for t in ("light", "dark") for v in ("vi", "en")]:
                if not wanted:
                    continue
                page = open_page(browser, server, state, width, theme, language)
                for name, path in wanted.items():
                    take(page, path, folder / f"{name}-{width}-{theme}-{language}.png")
                page.context.close()


def readme() -> None:
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with ScratchServer() as server, chromium.browser() as browser:
        page = open_page(browser, server, signed_in(browser, server, "officer"), 1440, "light", "vi")
        pages = desk_pages(server)
        for name, file in README.items():
            take(page, pages[name], folder / f"{file}.png", full=False)
    if ARTICLE.exists():
        reading(folder)


def reading(folder: Path) -> None:
    """The first real article, read and accepted on an empty register."""
    with ScratchServer(empty=True) as server, chromium.browser() as browser:
        waiting = server.run("read", str(ARTICLE), "--propose").stdout
        review = re.findall(r"/desk/\S+", waiting)[0]
        page = open_page(browser, server, signed_in(browser, server, "admin"), 1440, "light", "vi")
        take(page, review, folder / "review.png", full=False)
        page.goto(f"{review}all/")
        page.locator("main .btn-primary").click()
        page.wait_for_load_state("networkidle")
        page.goto("/desk/parties/?q=Yeongju")
        page.locator("main table a", has_text="Yeongju").first.click()
        page.wait_for_load_state("networkidle")
        page.locator(".dt-proof summary").nth(3).click()
        page.screenshot(path=folder / "read-partner.png")


if __name__ == "__main__":
    if sys.argv[1:] == ["--readme"]:
        readme()
    elif len(sys.argv) > 1:
        everything(Path(sys.argv[1]), sys.argv[2:])
    else:
        sys.exit(__doc__)
