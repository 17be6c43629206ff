"""The public site and its newsroom with 100,000 articles, served by one process, asked by fifty connections.

Alone: `python -m bench.portal [--quick]`; `DATABASE_URL` names a PostgreSQL to measure on instead of SQLite. Rows go
to the standard output as JSON. In the same run: a stock Wagtail page, and the server's own "hello".
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

from diemtua.testing.server import ScratchServer, free_port

from .load import load, percentile

ROOT = Path(__file__).resolve().parent.parent
ARTICLES, CONNECTIONS = 100_000, 50
RATE, P95, UNCACHED, SEEN, QUERIES, HOME_KB = 2_000, 20, 40, 5, 10, 200
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
def beside(which: str, folder: Path) -> Iterator[str]:
    """A server of `bench.stock` in a process of its own; its address."""
    port = free_port()
    env = {**os.environ, "STOCK_DATABASE": str(folder / "stock.sqlite3")}
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
        base = server.base_url
        section = _first(page_of(base, "/tin-tuc/"), r'href="(/tin-tuc/muc-0/)"')
        article = _first(page_of(base, section), rf'<h2><a href="({section}[^"/?]+/)"')
        park = _first(page_of(base, "/parks/"), r'href="(/parks/\d+/)"')
        rates = {}
        for name, path in (("article", article), ("list", section), ("home", "/"), ("park", park)):
            load(base, [path], connections=CONNECTIONS, seconds=0.5)
            done = load(base, [path], connections=CONNECTIONS, seconds=seconds)
            assert not done.wrong, done.wrong[:3]
            rates[name] = done.rate
            add(f"{name} from the kept pages", done.rate, "pages/s", RATE)
            add(f"{name} from the kept pages, p95", percentile(done.times), "ms", P95)
        for name, path in (
            ("article", article),
            ("list of a section", section),
            ("newsroom", "/tin-tuc/"),
            ("month", f"{section}2020/5/"),
            ("search", "/tin-tuc/search/?q=doi+ngoai"),
            ("home", "/"),
            ("park", park),
        ):
            times = uncached(base, path, 30 if quick else 150)
            add(f"{name} drawn anew", statistics.median(times), "ms", UNCACHED)
            add(f"{name} drawn anew, p95", percentile(times), "ms")
        add("home before pictures", weight(base, "/"), "kB", HOME_KB)
        add("article before pictures", weight(base, article), "kB", HOME_KB)
        for name, value in _inside(server, article).items():
            add(name, value, "s" if "seen" in name else "queries", SEEN if "seen" in name else QUERIES)
        with beside("hello", Path(folder)) as hello:
            load(hello, ["/"], connections=CONNECTIONS, seconds=0.5)
            said = load(hello, ["/"], connections=CONNECTIONS, seconds=seconds).rate
        add("the server's own hello", said, "pages/s")
        add("hello against a kept article", said / rates["article"], "ratio", HELLO_TIMES)
        with beside("wagtail", Path(folder)) as stock:
            load(stock, ["/tin/"], connections=CONNECTIONS, seconds=0.5)
            done = load(stock, ["/tin/"], connections=CONNECTIONS, seconds=seconds)
            assert not done.wrong, done.wrong[:3]
        add("a stock Wagtail page", done.rate, "pages/s")
        add("a kept article against stock Wagtail", rates["article"] / done.rate, "times", STOCK_TIMES)
    return found


def _first(text: str, pattern: str) -> str:
    match = re.search(pattern, text)
    assert match, pattern
    return match[1]


def _inside(server: ScratchServer, article: str) -> dict[str, float]:
    """What is asked of the database, and how soon a change is seen: in a process on the same database."""
    command = [sys.executable, "-m", "bench.portal", "--inside", server.base_url, article]
    env = {**server.env, "DJANGO_SETTINGS_MODULE": "diemtua.config.settings", "DIEMTUA_HOSTS": "127.0.0.1,testserver"}
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def inside(base: str, article: str) -> dict[str, float]:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from diemtua.news.models import ArticlePage

    client, found = Client(), dict[str, float]()
    section = article.rsplit("/", 2)[0] + "/"
    for name, path in (
        ("article", article),
        ("list", section),
        ("older list", f"{section}?before=1577836800000000-1"),
        ("month", f"{section}2020/5/"),
        ("year", "/tin-tuc/2020/"),
        ("search", "/tin-tuc/search/?q=doi+ngoai"),
        ("feed", f"{section}rss/"),
        ("home", "/"),
    ):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200, path
        found[f"{name} asks the database"] = len(queries)
    page = ArticlePage.objects.get(slug=article.rstrip("/").rsplit("/", 1)[1])
    slowest = 0.0
    for number in range(4):
        page_of(base, article)
        page.title = f"Sửa lần {number}"
        page.save_revision().publish()
        begin = time.perf_counter()
        while page.title not in page_of(base, article):
            time.sleep(0.02)
            assert time.perf_counter() - begin < 30
        slowest = max(slowest, time.perf_counter() - begin)
    found["a change is seen after"] = slowest
    return found


def main() -> int:
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(inside(*sys.argv[2:4])))
    else:
        print(json.dumps(rows("--quick" in sys.argv)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
