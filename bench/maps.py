"""The map of land with 10,000 plots: what the server gives and how fluid a real Chromium shows it.

python -m bench.maps [--quick]    prints its rows as JSON

Frames are counted while the map moves across all plots and back and zooms in and out, drawn by the processor alone
(no graphics card): what an office machine without one shows. The floor is the same map, moved the same way, with no
plot on it; without a Chromium that has WebGL only the server is measured.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any

from diemtua.testing import NotHere, chromium
from diemtua.testing.plugin import sign_in
from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLOTS, OF_PARK = 10_000, 200
MAP, FEATURES = "/desk/land/map/", "/desk/land/map/features.json"

# Parks in rows over half a province, each turned by its own angle; plots with the bays and cut corners of real ones.
SEED = """
import random, sys
from decimal import Decimal
from shapely import affinity
from shapely.geometry import Polygon, box
from diemtua.land.models import Zone
from diemtua.land.actions.outlines import Drawn, set_outlines
from diemtua.register import write
from diemtua.register.screens import screen_of
plots, of_park = int(sys.argv[1]), int(sys.argv[2])
access = (sys.argv[3:] or ["internal"])[0]
rnd = random.Random(7)
for n in range(plots // of_park):
    west, south = 106.05 + 0.055 * (n % 10), 20.30 + 0.055 * (n // 10)
    wide, tall = 0.03 / 20, 0.024 / (of_park // 20)
    def laid(shape):
        return affinity.rotate(shape, 7 * n % 40, origin=(west, south))
    zone = write.create("zone", actor=None, fields={"title": f"Khu công nghiệp Thử nghiệm số {n + 1}", "type": "industrial_park",
                        "access": access, "area_ha": Decimal(750)})
    drafts, shapes = [], []
    for k in range(of_park):
        x, y = west + wide * (k % 20), south + tall * (k // 20)
        w, h = wide * 0.86, tall * 0.84
        shapes.append(laid(Polygon([(x, y), (x + w * 0.5, y), (x + w * 0.5, y + h * 0.06), (x + w * 0.8, y + h * 0.06),
                                    (x + w, y + h * 0.3), (x + w, y + h), (x + w * 0.1, y + h), (x, y + h * 0.9)])))
        drafts.append(write.Draft({"title": f"Lô N{n + 1}-{k + 1}, Khu công nghiệp Thử nghiệm số {n + 1}",
                                   "code": f"N{n + 1}-{k + 1}", "zone": zone.pk, "access": access,
                                   "area_ha": Decimal(rnd.randint(8, 90)) / 10}))
    made = write.create_many(screen_of("plot"), drafts, actor=None)
    whole = laid(box(west - wide, south - tall, west + 21 * wide, south + tall * (of_park // 20 + 1)))
    set_outlines(actor=None, drawn=[Drawn(zone.record, whole), *(Drawn(p.record, s) for p, s in zip(made, shapes))])
"""

# Frames of two seconds of moving, then of two seconds of zooming: milliseconds between them.
MOVE = """async () => {
  const map = document.querySelector('[data-map]').map;
  const frames = [];
  let last, on = true;
  const tick = (now) => { if (last) frames.push(now - last); last = now; if (on) requestAnimationFrame(tick); };
  const go = (how) => new Promise((done) => { map.once('moveend', done); how(); });
  const linear = (t) => t, centre = map.getCenter(), zoom = map.getZoom();
  const far = map.getBounds().getEast() - centre.lng;
  requestAnimationFrame(tick);
  await go(() => map.easeTo({center: [centre.lng + far / 2, centre.lat], duration: 1000, easing: linear, essential: true}));
  await go(() => map.easeTo({center: [centre.lng - far / 2, centre.lat], duration: 1000, easing: linear, essential: true}));
  const panned = frames.splice(0);
  await go(() => map.easeTo({center: centre, zoom: zoom + 3, duration: 1200, easing: linear, essential: true}));
  await go(() => map.easeTo({center: centre, zoom, duration: 1200, easing: linear, essential: true}));
  on = false;
  return {panned, zoomed: frames};
}"""


def second(frames: list[float]) -> float:
    """Frames in a second."""
    return 1000 * len(frames) / sum(frames)


def slow(frames: list[float]) -> float:
    """What nineteen of twenty frames take at most, in milliseconds."""
    return statistics.quantiles(frames, n=20)[-1]


def until(page: Page, said: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not page.evaluate(
        f"() => {{ const map = document.querySelector('[data-map]').map; return Boolean({said}); }}"
    ):
        if time.monotonic() > end:
            raise TimeoutError(said)
        page.wait_for_timeout(20)


def opened(page: Page) -> float:
    """Milliseconds from asking for the page until all its plots are on the map."""
    begin = time.perf_counter()
    page.goto(MAP)
    page.wait_for_selector("[data-map][data-filled]")
    until(page, "map.areTilesLoaded()")
    return (time.perf_counter() - begin) * 1000


def moved(page: Page, repeat: int) -> tuple[list[float], list[float]]:
    """(milliseconds between frames while moving, while zooming), of the best of some runs."""
    runs = [page.evaluate(MOVE) for _ in range(repeat)]
    return min((r["panned"] for r in runs), key=mean), min((r["zoomed"] for r in runs), key=mean)


def mean(frames: list[float]) -> float:
    return sum(frames) / len(frames)


def rows(quick: bool = False) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def add(name: str, value: float, unit: str, target: float | None = None, floor: float | None = None) -> None:
        ratio = round(value / floor, 2) if floor else None
        row = {"name": name, "engine": "sqlite", "rows": PLOTS, "value": float(f"{value:.4g}"), "unit": unit}
        found.append({**row, "target": target, "floor": None if floor is None else round(floor, 3), "ratio": ratio})
        print(f"  {name}: {value:.4g} {unit}" + (f" (floor {floor:.4g})" if floor else ""), file=sys.stderr, flush=True)

    with ScratchServer(empty=True, database="") as server:
        finish(start(server, SEED, str(PLOTS), str(OF_PARK)), 900)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        with chromium.browser() as browser:
            context = browser.new_context(base_url=server.base_url, viewport={"width": 1440, "height": 900})
            page = context.new_page()
            sign_in(page, server.login_link("admin"))
            opener.addheaders = [("Cookie", "; ".join(f"{c['name']}={c['value']}" for c in context.cookies()))]
            opener.addheaders += [("Accept-Encoding", "gzip")]
            times, size = [], 0
            for _ in range(2 if quick else 7):
                begin = time.perf_counter()
                with opener.open(server.base_url + FEATURES) as answer:
                    size = len(answer.read())
                times.append((time.perf_counter() - begin) * 1000)
            add("map: plots from the server", min(times), "ms", 600)
            add("map: plots on the line", size / 1024, "kB", 600)
            begin = time.perf_counter()
            with opener.open(server.base_url + MAP) as answer:
                answer.read()
            add("map: the page with its drawing", (time.perf_counter() - begin) * 1000, "ms", 1500)
            page.goto(MAP)
            if not page.evaluate("() => Boolean(document.createElement('canvas').getContext('webgl2'))"):
                print("  this Chromium has no WebGL: frames are not counted", file=sys.stderr)
                return found
            page.wait_for_selector("[data-map][data-filled]")
            first = min(opened(page) for _ in range(1 if quick else 3))
            repeat = 1 if quick else 3
            page.evaluate(MOVE)
            panned, zoomed = moved(page, repeat)
            begin = time.perf_counter()
            page.fill("#mp-area", "4")
            until(page, "map.areTilesLoaded() && map.isStyleLoaded()")
            filtered = (time.perf_counter() - begin) * 1000
            page.route("**/features.json", lambda route: route.fulfill(json={"digits": 6, "features": []}))
            empty = opened(page)
            page.evaluate(MOVE)
            bare_pan, bare_zoom = moved(page, repeat)
            add("map: until all plots are drawn", first, "ms", 3000, empty)
            add("map: moving", second(panned), "frames/s", 30, second(bare_pan))
            add("map: zooming", second(zoomed), "frames/s", 30, second(bare_zoom))
            add("map: slow frame while moving", slow(panned), "ms", 50, slow(bare_pan))
            add("map: slow frame while zooming", slow(zoomed), "ms", 100, slow(bare_zoom))
            add("map: plots filtered", filtered, "ms", 1000)
    return found


def main() -> int:
    try:
        print(json.dumps(rows("--quick" in sys.argv)))
    except NotHere as missing:
        print(f"  {missing}", file=sys.stderr)
        print("[]")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
