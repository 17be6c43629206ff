"""The public site with 100,000 articles and 10,000 plots, served by one process, asked by fifty connections.

Alone: `python -m bench.portal [--quick]`; `DATABASE_URL` names a PostgreSQL to measure on instead of SQLite. Rows go
to the standard output as JSON. In the same run: a stock Wagtail page, and the server's own "hello", of five letters and
of the length of an article. Pages are asked for as browsers do (`Accept-Encoding: gzip`) unless a row says otherwise.
"""

from __future__ import annotations

import csv
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer, free_port

from .load import Outcome, load, percentile
from .maps import SEED

ROOT = Path(__file__).resolve().parent.parent
ARTICLES, CONNECTIONS = 100_000, 50
PLOTS, OF_PARK = 10_000, 200
RATE, P95, UNCACHED, SEEN, QUERIES, HOME_KB, FIRST_FIND = 2_000, 20, 40, 5, 10, 200, 1_000
STOCK_TIMES, HELLO_TIMES = 10, 2
WORDS = [
    "tỉnh",
    "đối",
    "ngoại",
    "hợp",
    "tác",
    "đầu",
    "tư",
    "phát",
    "triển",
    "đoàn",
    "công",
    "tác",
    "hội",
    "nghị",
    "khu",
    "công",
    "nghiệp",
    "ký",
    "kết",
    "văn",
    "kiện",
]


def archive(path: Path, count: int) -> None:
    """A table of articles over ten years, in twelve sections."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["title", "published", "lead", "body", "section", "views", "address", "tags"])
        for n in range(count):
            said = " ".join(WORDS[(n * k) % len(WORDS)] for k in range(3, 11))
            day = f"{1 + n % 28:02d}/{1 + n // 28 % 12:02d}/{2016 + n % 10} {n % 24:02d}:{n % 60:02d}"
            body = "\n\n".join(f"{said} {n} {said}." for _ in range(6))
            rows.writerow([f"Bài {n} {said}", day, said, body, f"Mục {n % 12}", n % 5000, f"/cu/{n}.html", "tin"])


@contextmanager
def beside(which: str, folder: Path, length: int = 0) -> Iterator[str]:
    """A server of `bench.stock` in a process of its own; its address. `length`: bytes that its hello says."""
    port = free_port()
    env = {**os.environ, "STOCK_DATABASE": str(folder / "stock.sqlite3"), "STOCK_BYTES": str(length or "")}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen([sys.executable, "-m", "bench.stock.serve", which, str(port)], cwd=ROOT, env=env)
    base = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 180
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(base, timeout=2).close()
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.2)
                continue
            break
        yield base
    finally:
        process.terminate()
        process.wait(20)


def page_of(base: str, path: str) -> str:
    with urllib.request.urlopen(base + path, timeout=60) as answer:
        return answer.read().decode()


def weight(base: str, path: str) -> float:
    """Kilobytes of a page with its sheets and scripts, as they are before compression; pictures left out."""
    text = page_of(base, path)
    links = re.findall(r'<link rel="stylesheet" href="([^"]+)"|<script[^>]* src="([^"]+)"', text)
    return (len(text.encode()) + sum(len(page_of(base, a or b).encode()) for a, b in links)) / 1024


def uncached(base: str, path: str, count: int) -> list[float]:
    """Milliseconds of a page that is not kept: each asked by an address of its own, one after another."""
    joined = "&" if "?" in path else "?"
    load(base, [f"{path}{joined}n=w{i}" for i in range(5)], connections=1, most=5)
    found = load(base, [f"{path}{joined}n={i}" for i in range(count)], connections=1, most=count, seconds=300)
    assert not found.wrong, (path, found.wrong[:3])
    return found.times


def rows(quick: bool) -> list[dict[str, Any]]:
    count, seconds = (2_000, 1.0) if quick else (ARTICLES, 6.0)
    engine = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    found: list[dict[str, Any]] = []

    def add(name: str, value: float, unit: str, target: float | None = None, floor: float | None = None) -> None:
        ratio = None if not floor else round(value / floor, 2)
        row = {"name": f"portal: {name}", "engine": engine, "rows": count, "value": round(value, 3), "unit": unit}
        found.append({**row, "target": target, "floor": floor and round(floor, 3), "ratio": ratio})
        print(f"  portal: {name}: {value:,.2f} {unit}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder, ScratchServer(env={"DIEMTUA_HOSTS": "127.0.0.1"}) as server:
        table = Path(folder) / "archive.csv"
        archive(table, count)
        begin = time.perf_counter()
        server.run("import-news", str(table), "--section", "Lưu trữ", timeout=3600)
        add("articles of an archive brought in", count / (time.perf_counter() - begin), "rows/s")
        parks = "1000" if quick else str(PLOTS)
        finish(start(server, SEED, parks, str(OF_PARK), "public"), 900)
        base = server.base_url
        pages = addresses(server)
        print("  portal: all is there, measuring …", file=sys.stderr, flush=True)
        section = _first(page_of(base, "/tin-tuc/"), r'href="(/tin-tuc/muc-0/)"')
        article = _first(page_of(base, section), rf'<h2><a href="({section}[^"/?]+/)"')
        park = pages["park"]

        def kept(base: str, path: str, packed: bool = True) -> Outcome:
            accept = "gzip, deflate, br" if packed else ""
            load(base, [path], connections=CONNECTIONS, seconds=0.5, accept=accept)
            done = load(base, [path], connections=CONNECTIONS, seconds=seconds, accept=accept)
            assert not done.wrong, done.wrong[:3]
            return done

        rates = {}
        length = len(page_of(base, article).encode())
        for name, path in (("article", article), ("list", section), ("home", "/"), ("park", park)):
            done = kept(base, path)
            rates[name] = done.rate
            add(f"{name} from the kept pages", done.rate, "pages/s", RATE)
            add(f"{name} from the kept pages, p95", percentile(done.times), "ms", P95)
        # The speed of a machine that others use changes within a minute: both are asked in turn, the middle counts.
        with beside("hello", Path(folder)) as hello:
            pairs = [(kept(hello, "/").rate, kept(base, article).rate) for _ in range(3)]
        with beside("hello", Path(folder), length) as hello:
            long_pairs = [(kept(hello, "/").rate, kept(base, article, packed=False).rate) for _ in range(3)]
        said_long, unpacked = (statistics.median(side) for side in zip(*long_pairs, strict=True))
        add("the server's own hello", statistics.median(h for h, _a in pairs), "pages/s")
        add("hello against a kept article", statistics.median(h / a for h, a in pairs), "ratio", HELLO_TIMES)
        add("a kept article, not packed", unpacked, "pages/s", RATE)
        add(f"hello of the same {length / 1024:.0f} kB", said_long, "pages/s")
        add("hello against a kept article, neither packed", said_long / unpacked, "ratio", HELLO_TIMES)
        with beside("wagtail", Path(folder)) as stock:
            done = kept(stock, "/tin/")
        add("a stock Wagtail page", done.rate, "pages/s")
        add("a kept article against stock Wagtail", rates["article"] / done.rate, "times", STOCK_TIMES)
        news = {
            "article": article,
            "list of a section": section,
            "newsroom": "/tin-tuc/",
            "month": f"{section}2020/5/",
            "search": "/tin-tuc/search/?q=doi+ngoai",
        }
        for name, path in (news | pages).items():
            times = uncached(base, path, 20 if quick else 60)
            add(f"{name} drawn anew", statistics.median(times), "ms", UNCACHED)
            add(f"{name} drawn anew, p95", percentile(times), "ms")
        add("home before pictures", weight(base, "/"), "kB", HOME_KB)
        add("article before pictures", weight(base, article), "kB", HOME_KB)
        for name, (value, unit, target) in _inside(server, article, pages).items():
            add(name, value, unit, target)
    return found


ADDRESSES = """
import json
from diemtua.land.models import Plot, Zone
from diemtua.portal.languages import address
from diemtua.portal.seo import PAGES
zone = Zone.objects.public().order_by("-pk").first()
plots = Plot.objects.public().filter(zone=zone).order_by("pk").values_list("pk", flat=True)[:2]
found = {name: address(name) for name in PAGES}
found["park"] = address("park", zone.pk)
found["find what was asked"] = address("find") + "?asked=1&area_least=6"
found["two plots compared"] = address("compare") + "?" + "&".join(f"plot={pk}" for pk in plots)
print(json.dumps(found))
"""


def addresses(server: ScratchServer) -> dict[str, str]:
    """Every public page that is not news, by its name."""
    return dict(json.loads(finish(start(server, ADDRESSES))))


def _first(text: str, pattern: str) -> str:
    match = re.search(pattern, text)
    assert match, pattern
    return match[1]


Row = tuple[float, str, float | None]


def _inside(server: ScratchServer, article: str, pages: dict[str, str]) -> dict[str, Row]:
    """What is asked of the database, and how soon a change is seen: in a process on the same database."""
    command = [sys.executable, "-m", "bench.portal", "--inside", server.base_url, article, json.dumps(pages)]
    env = {**server.env, "DJANGO_SETTINGS_MODULE": "diemtua.config.settings", "DIEMTUA_HOSTS": "127.0.0.1,testserver"}
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def inside(base: str, article: str, pages: dict[str, str]) -> dict[str, Row]:
    import django

    django.setup()
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from diemtua.land.models import Zone
    from diemtua.news.models import ArticlePage
    from diemtua.register import write

    client, found = Client(), dict[str, Row]()
    section = article.rsplit("/", 2)[0] + "/"
    news = {
        "article": article,
        "list": section,
        "older list": f"{section}?before=1577836800000000-1",
        "month": f"{section}2020/5/",
        "year": "/tin-tuc/2020/",
        "search": "/tin-tuc/search/?q=doi+ngoai",
        "feed": f"{section}rss/",
    }
    for name, path in (news | pages).items():
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200, path
        found[f"{name} asks the database"] = (len(queries), "queries", QUERIES)
    for name in ("home", "park"):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(pages[name])
        found[f"{name} asks the database after a change of the register"] = (len(queries), "queries", None)
    slowest = dict.fromkeys(("home", "park", "find what was asked", "two plots compared"), 0.0)
    for number in range(4):
        for name in slowest:
            zone = Zone.objects.public().order_by("pk").last()
            assert zone is not None
            write.update(zone, actor=None, fields={"area_ha": str(750 + number)}, reason=name)
            begin = time.perf_counter()
            joined = "&" if "?" in pages[name] else "?"
            page_of(base, f"{pages[name]}{joined}n=after{number}")
            slowest[name] = max(slowest[name], (time.perf_counter() - begin) * 1000)
    for name, value in slowest.items():
        target = FIRST_FIND if "find" in name or "plots" in name else None
        found[f"{name}, the first after a change, slowest of 4"] = (value, "ms", target)
    page = ArticlePage.objects.get(slug=article.rstrip("/").rsplit("/", 1)[1])
    longest = 0.0
    for number in range(4):
        page_of(base, article)
        page.title = f"Sửa lần {number}"
        page.save_revision().publish()
        begin = time.perf_counter()
        while page.title not in page_of(base, article):
            time.sleep(0.02)
            assert time.perf_counter() - begin < 30
        longest = max(longest, time.perf_counter() - begin)
    found["a change is seen after"] = (longest, "s", SEEN)
    return found


def main() -> int:
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(inside(sys.argv[2], sys.argv[3], json.loads(sys.argv[4]))))
    else:
        print(json.dumps(rows("--quick" in sys.argv)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
