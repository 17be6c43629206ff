"""The map of land in a real browser: drawn by the server first, then by MapLibre, filtered, clicked, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
DRAWN = "[data-map][data-filled]"


def draws(page: Page) -> bool:
    """Whether this browser has WebGL at all; without it the drawing of the server stays."""
    return bool(page.evaluate("() => Boolean(document.createElement('canvas').getContext('webgl2'))"))


def until(page: Page, said: str) -> None:
    """Wait until this expression of `map` holds; the page's own rules forbid Playwright to evaluate texts in it."""
    for _try in range(100):
        if page.evaluate(f"() => {{ const map = document.querySelector('[data-map]').map; return Boolean({said}); }}"):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true: {said}")


def test_the_map_draws_what_is_there_and_filters_it(page: Page) -> None:
    page.goto("/desk/land/map/")
    if not draws(page):
        pytest.skip("this browser has no WebGL")
    page.wait_for_selector(DRAWN)
    everything = int(page.get_attribute("[data-map]", "data-filled") or 0)
    assert everything > 20
    until(page, "map.queryRenderedFeatures({layers: ['plots']}).length > 5")
    # The worker and the font come from this machine: nothing was refused, nothing was asked of others.
    until(page, "map.areTilesLoaded()")
    count = page.locator("[data-map-count]")
    before = count.inner_text()
    page.fill("#mp-area", "10000")
    until(page, "document.querySelector('[data-map-count]').textContent === '0'")
    until(page, "map.queryRenderedFeatures({layers: ['plots']}).length === 0")
    page.fill("#mp-area", "")
    until(page, f"document.querySelector('[data-map-count]').textContent === '{before}'")
    page.uncheck("[name=illustrative]")
    until(page, "document.querySelector('[data-map-count]').textContent === '0'")


def test_a_click_leads_to_the_record(page: Page) -> None:
    page.goto("/desk/land/map/")
    if not draws(page):
        pytest.skip("this browser has no WebGL")
    page.wait_for_selector(DRAWN)
    page.click("[data-map-go]")
    until(page, "!map.isMoving() && map.areTilesLoaded()")
    assert "?at=" in page.url
    at = page.evaluate(
        """() => { const map = document.querySelector('[data-map]').map;
        const [plot] = map.queryRenderedFeatures({layers: ['plots']});
        const ring = plot.geometry.coordinates.flat(plot.geometry.type === 'MultiPolygon' ? 1 : 0)[0];
        const middle = ring.slice(0, -1).reduce((a, p) => [a[0] + p[0], a[1] + p[1]], [0, 0]).map((n) => n / (ring.length - 1));
        const p = map.project(middle), box = map.getCanvas().getBoundingClientRect();
        return {x: box.x + p.x, y: box.y + p.y, id: plot.id}; }"""
    )
    page.mouse.click(at["x"], at["y"])
    link = page.locator(".mp-popup a")
    assert link.get_attribute("href") == f"/desk/r/{at['id']}/"
    link.click()
    page.wait_for_url(f"**/desk/r/{at['id']}/")
    page.wait_for_selector("#plan svg .mp-here")


def test_the_drawing_stays_where_the_plots_do_not_come(page: Page) -> None:
    page.route("**/features.json", lambda route: route.abort())
    page.goto("/desk/land/map/")
    page.wait_for_selector("[data-map-canvas][hidden]", state="attached")
    svg = page.locator(".mp-drawn svg")
    assert svg.is_visible()
    svg.locator("path.mp-plot").first.click(force=True)
    page.wait_for_url("**/desk/r/*/")


def test_printing_takes_the_picture_of_the_map(page: Page) -> None:
    page.goto("/desk/land/map/")
    if not draws(page):
        pytest.skip("this browser has no WebGL")
    page.wait_for_selector("[data-map][data-ready]")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert len(page.get_attribute(".mp-printed", "src") or "") > 5_000
    page.emulate_media(media="print")
    assert page.locator(".mp-printed").is_visible()
    assert not page.locator(".mp-drawn").is_visible()


@pytest.mark.parametrize("trouble", ["no scripts", "no WebGL"])
def test_the_drawing_of_the_server_stays(
    browser: Browser, scratch_server: Any, officer_state: Any, trouble: str
) -> None:
    context = browser.new_context(
        base_url=scratch_server.base_url, storage_state=officer_state, java_script_enabled=trouble != "no scripts"
    )
    page = context.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    page.goto("/desk/land/map/")
    svg = page.locator(".mp-drawn svg")
    assert svg.is_visible()
    assert svg.locator("path.mp-plot").count() > 20
    svg.locator("a").nth(3).click(force=True)
    page.wait_for_url("**/desk/r/*/")
    context.close()


def test_outlines_are_brought_in_and_taken_back(page: Page, tmp_path: Any) -> None:
    """As an officer does it: the file, another system, the report, saving, and back."""
    import json

    ring = [
        [581_000, 2_279_000],
        [581_200, 2_279_000],
        [581_200, 2_279_100],
        [581_000, 2_279_100],
        [581_000, 2_279_000],
    ]
    shape = {"type": "Feature", "properties": {"ma_lo": "Z-99"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    file = tmp_path / "lo-z.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [shape]}))
    page.goto("/desk/land/map/")
    page.locator(".mp-unseen a", has_text="Hải Long").first.evaluate("a => a.click()")
    page.wait_for_url("**/desk/r/*/")
    page.locator("#plan a[href*='outlines']").click()
    page.set_input_files("input[type=file]", str(file))
    page.locator("form.card button.btn-primary").click()
    page.wait_for_url("**/land/outlines/*/")
    # Any other meridian lands elsewhere, and is said to.
    page.select_option("[name=reading]", "vn2000/3/103")
    page.locator("#mp-options button.btn").click()
    assert page.locator(".mp-suggest a").count() > 0
    page.locator(".mp-suggest a").first.click()
    page.wait_for_selector(".mp-sound")
    page.locator("form[method=post] button.btn-primary").last.click()
    page.wait_for_url("**/desk/imports/*/")
    # It asks first; who does not say yes has taken nothing back.
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("form[action*='undo'] button").first.click()
    page.locator(".alert-info[role=status]").wait_for()
    page.goto("/desk/plots/?q=Z-99")
    assert page.locator("main table a", has_text="Z-99").count() == 0


SLOW = """async () => {
  const map = document.querySelector('[data-map]').map, sheet = map.getCanvas();
  let frames = 0, shifted = 0;
  map.on('render', () => {
    frames += 1;
    shifted += sheet.style.transform !== '';
    for (const begin = performance.now(); performance.now() - begin < 45;);
  });
  for (const way of [1, -1]) {
    await new Promise((done) => { map.once('moveend', done); map.panBy([90 * way, 0], {duration: 900, essential: true}); });
  }
  await new Promise((done) => setTimeout(done, 1500));
  const before = frames;
  await new Promise((done) => setTimeout(done, 700));
  return {shifted, again: frames - before, left: sheet.style.transform, sharp: map.getPixelRatio() === devicePixelRatio};
}"""


def test_where_frames_are_slow_the_picture_is_shifted_and_then_rests_sharp(page: Page) -> None:
    page.goto("/desk/land/map/")
    if not draws(page):
        pytest.skip("this browser has no WebGL")
    page.wait_for_selector("[data-map][data-ready]")
    found = page.evaluate(SLOW)
    assert found.pop("shifted") > 0
    assert found == {"again": 0, "left": "", "sharp": True}
