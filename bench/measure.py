"""Measures one engine in this process and writes its rows: `python -m bench.measure ENGINE ROWS OUT REPEAT ONLY`."""

from __future__ import annotations

import csv
import gc
import html
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import translation  # noqa: E402

from diemtua.kit.dates import parse_date  # noqa: E402
from diemtua.kit.text import fold  # noqa: E402
from diemtua.register import actions, search  # noqa: E402
from diemtua.register.desk import services  # noqa: E402
from diemtua.register.models import Record, User  # noqa: E402
from diemtua.register.screens import all_screens, screen_of  # noqa: E402

from . import floors, phrases  # noqa: E402

# The nearest existing system on this kind of machine, a million interactions on PostgreSQL: milliseconds.
NEAREST = {"list": 336.0, "record": 57.0, "complete": 309.0, "create": 107.0}
OFFICER = "bench-officer-3"


class Table:
    """The rows that are written, in the form every capability adds its own."""

    def __init__(self, engine: str, rows: int, only: str) -> None:
        self.engine, self.size, self.only, self.rows = engine, rows, only, []

    def wants(self, name: str) -> bool:
        return self.only in name

    def add(self, name: str, value: float, unit: str, target: float | None = None, floor: float | None = None) -> None:
        ratio = value / floor if floor else None
        self.rows.append(
            {
                "name": name,
                "engine": self.engine,
                "rows": self.size,
                "value": round(value, 3),
                "unit": unit,
                "target": target,
                "floor": None if floor is None else round(floor, 3),
                "ratio": None if ratio is None else round(ratio, 2),
            }
        )
        print(f"  {name}: {value:,.2f} {unit}", file=sys.stderr, flush=True)

    def spread(
        self, name: str, times: list[float], median: float | None, p95: float | None, floor: float | None
    ) -> None:
        self.add(f"{name} median", statistics.median(times), "ms", median, floor)
        self.add(f"{name} p95", percentile(times), "ms", p95)


def percentile(times: list[float], share: float = 0.95) -> float:
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def timed(calls: list[Callable[[], Any]], warm: int = 3) -> list[float]:
    """Milliseconds of each call; the first few are made twice and counted the second time."""
    for call in calls[:warm]:
        call()
    gc.collect()
    times = []
    for call in calls:
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return times


def queries_of(rnd: random.Random) -> list[str]:
    """The fixed list of 200 searches: common words, phrases, numbers, names, with and without accents."""
    found = phrases.split(phrases.QUERIES)
    topics, own = phrases.split(phrases.TOPICS), phrases.split(phrases.OWN)
    lands = [c.split(" ", 1)[1] for c in phrases.split(phrases.COUNTRIES)]
    found += topics + own + lands
    found += [" ".join(t.split()[:2]) for t in topics] + [fold(t)[:-2] for t in topics]
    found += [f"{a} {b}" for a, b in zip(lands, topics, strict=False)]
    found = list(dict.fromkeys(found))
    rnd.shuffle(found)
    assert len(found) >= 200, len(found)
    return found[:200]


def get(client: Client, url: str) -> Callable[[], Any]:
    def call() -> None:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)

    return call


def pages(table: Table, client: Client, user: User, repeat: int) -> None:
    """Registers, record pages, My day."""
    rnd = random.Random(1)
    bare = statistics.median(timed([get(client, "/bare/")] * repeat))
    table.add("bare Django view", bare, "ms")
    my_day = reverse("insight:my_day")
    shown: list[tuple[str, list[str], float | None, bool]] = [("My day", [my_day], None, True)]
    shown += [
        (f"My day of {who}", [f"{my_day}?scope={scope}"], None, True)
        for scope, who in (("unit", "the unit"), ("all", "all"))
    ]
    lists: list[float] = []
    records: list[float] = []
    for s in all_screens():
        url = reverse("desk:list", args=[s.slug])
        floor = floors.listing(s.kind, user)
        floor_ms = statistics.median(timed([floor] * repeat)) + bare
        shown.append((f"list {s.slug}", [url], floor_ms, True))
        orders = [f"{url}?sort={name}" for name in list(s.orderings)[1:]]
        if orders:
            shown.append((f"list {s.slug} sorted otherwise", orders, floor_ms, True))
        shown.append((f"list {s.slug} page 40", [f"{url}?page=40"], floor_ms, True))
        words = [f"{url}?q={q}" for q in ("tỉnh", "hợp tác", "xúc tiến đầu tư", "hàn quốc nông nghiệp", "yeong")]
        shown.append((f"list {s.slug} with words", words, floor_ms, True))
        ids = list(Record.objects.filter(kind=s.kind).visible_to(user).live().values_list("pk", flat=True)[:5000])
        if ids:
            urls = [reverse("desk:record", args=[pk]) for pk in rnd.sample(ids, min(repeat, len(ids)))]
            calls = [floors.record(s.kind, pk) for pk in rnd.sample(ids, min(repeat, len(ids)))]
            shown.append((f"record {s.kind}", urls, statistics.median(timed(calls)) + bare, True))
    shown.append(
        (
            "search page",
            [f"{reverse('desk:search')}?q=" + q for q in queries_of(random.Random(2))[:repeat]],
            None,
            False,
        )
    )
    for name, urls, floor_ms, ours in shown:
        if not table.wants(name):
            continue
        client.get(urls[0])
        with CaptureQueriesContext(connection) as seen:
            assert client.get(urls[0]).status_code == 200, urls[0]
        asked = len(seen)  # now: the next request empties the log
        calls = [get(client, urls[i % len(urls)]) for i in range(max(repeat, len(urls)))]
        times = timed(calls, warm=min(len(urls), 8))
        table.spread(name, times, 25 if ours else None, 60 if ours else None, floor_ms)
        table.add(f"{name} queries", asked, "queries", 10 if ours else None)
        if name == "list engagements":
            lists += times
        if name == "record engagement":
            records += times
    for name, times, faster in (("list", lists, 10), ("record", records, 5)):
        if times:
            table.add(f"{name} against the nearest system", NEAREST[name] / statistics.median(times), "times", faster)


def finding(table: Table, user: User) -> None:
    """Search over everything, completion of names."""
    texts = queries_of(random.Random(2))
    if table.wants("search"):
        floor = statistics.median(timed([floors.search(t) for t in texts[:50]]))
        times = timed([lambda t=t: search.search(user, t) for t in texts], warm=20)
        table.spread("search", times, None, 50, floor)
        first = search.search(user, "Hợp tác đầu tư").hits[0].record.title
        table.add("search rare exact title comes first", float(first == "Hợp tác đầu tư"), "times", 1)
    if table.wants("complete"):
        names = list(Record.objects.filter(kind="party").visible_to(user).values_list("title", flat=True)[:400:8])
        typed = [n[: 3 + i % 12] for i, n in enumerate(names)] + ["công ty", "tỉnh", "trường đại học", "tổ chức"]
        times = timed([lambda t=t: search.complete(user, t, kinds=["party"]) for t in typed])
        floor = statistics.median(timed([floors.complete(t) for t in typed]))
        table.spread("complete party", times, None, None, floor)
        table.add("complete against the nearest system", NEAREST["complete"] / statistics.median(times), "times", 10)
        times = timed([lambda t=t: search.complete(user, t, limit=8) for t in texts[:60]])
        table.spread("complete palette", times, None, None, None)


def creating(table: Table, client: Client, user: User, repeat: int) -> None:
    """One record through the form's door, with its rows, links, audit, search entry and two figures."""
    if not table.wants("create"):
        return
    parties = list(
        Record.objects.filter(kind="party").visible_to(user).live().order_by("-pk").values_list("pk", flat=True)[:200]
    )
    screen = screen_of("engagement")
    numbers = iter(range(10_000))

    def one() -> None:
        n = next(numbers)
        made = services.create_from_form(
            screen,
            actor=user,
            reason="",
            tags=[],
            fields={
                "title": f"Đoàn công tác thử số {n} về hợp tác nông nghiệp",
                "form": "meeting",
                "status": "held",
                "held": parse_date("04/11/2026"),
                "purpose": "xúc tiến đầu tư",
                "access": "internal",
            },
            children={"participants": [{"side": "partner", "party": parties[n % len(parties)], "post": "Trưởng đoàn"}]},
        )
        for measure in ("capital", "jobs"):
            actions.add_figure(record=made.record, actor=user, measure=measure, unit="tỷ đồng", value=12)

    def through_page() -> None:
        n = next(numbers)
        data = {
            "title": f"Hội nghị thử số {n} về khu công nghiệp",
            "form": "meeting",
            "status": "held",
            "held": "04/11/2026",
            "purpose": "xúc tiến đầu tư",
            "access": "internal",
            "confidence": "",
            "reason": "",
            "tags": "",
            "participants-0-side": "partner",
            "participants-0-party": parties[n % len(parties)],
        }
        for child in screen.all_children:
            data |= {f"{child.name}-TOTAL_FORMS": 0, f"{child.name}-INITIAL_FORMS": 0}
        data["participants-TOTAL_FORMS"] = 1
        answer = client.post(reverse("desk:new", args=[screen.slug]), data)
        assert answer.status_code == 302, answer.context["form"].errors

    floor = statistics.median(timed([floors.create(i) for i in range(repeat)]))
    with translation.override("vi"):
        times = timed([one] * repeat)
    table.spread("create with two figures", times, 12, None, floor)
    table.add("create against the nearest system", NEAREST["create"] / statistics.median(times), "times", 10)
    table.spread("create through the page", timed([through_page] * repeat), None, None, floor)


def importing(table: Table, user: User, repeat: int) -> None:
    """A CSV of engagements with their partners, through validation, audit and search."""
    if not table.wants("import"):
        return
    from diemtua.register import importing as door

    # Names that only one record bears: an import asks which one is meant where there are several.
    newest = Record.objects.filter(kind="party").visible_to(user).live().order_by("-pk")
    keys = list(newest.values_list("title_key", flat=True)[:300])
    once = [
        k
        for k, n in Counter(Record.objects.filter(title_key__in=keys).values_list("title_key", flat=True)).items()
        if n == 1
    ]
    names = list(newest.filter(title_key__in=once).values_list("title", flat=True))
    count = 20_000 if repeat > 10 else 3_000
    at = int(time.time())  # what an earlier measurement of this database imported is not met again
    with translation.override("vi"), tempfile.TemporaryDirectory() as folder:
        screen = screen_of("engagement")
        headings = [
            door.columns(screen)[c].heading for c in ("title", "form", "status", "held", "host", "purpose", "place")
        ]
        forms = dict(screen.model._meta.get_field("form").choices)
        states = dict(screen.model._meta.get_field("status").choices)
        path = Path(folder) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(headings)
            for n in range(count):
                writer.writerow(
                    [
                        f"Đoàn nhập thử số {n} về hợp tác đầu tư {at}",
                        forms["meeting"],
                        states["held"],
                        f"{1 + n % 28:02d}/0{1 + n % 9}/2024",
                        names[n % len(names)],
                        "xúc tiến đầu tư vào khu công nghiệp",
                        f"Phòng họp {n % 40}",
                    ]
                )
        start = time.perf_counter()
        report = door.import_file("engagement", path, user)
        seconds = time.perf_counter() - start
        assert report.new == count, (report.new, report.failed, report.errors[:3], report.missing)
        table.add("import", count / seconds, "rows/s", 3000)


def _group(leader: int) -> Iterator[int]:
    """The process and all that belong to its group."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == leader:
                    yield int(entry.name)
            except ProcessLookupError:
                continue


def memory(table: Table, repeat: int) -> None:
    """Resident memory of the real server's processes after 200 requests on this database."""
    if not table.wants("memory") or not Path("/proc").exists():
        return
    from diemtua.testing.server import ScratchServer

    url = os.environ["DATABASE_URL"]
    server = ScratchServer(empty=True, database="")
    server.database_url = server.env["DATABASE_URL"] = url
    with server:
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        _sign_in(browser, server.login_link(OFFICER))
        addresses = [
            reverse("insight:my_day"),
            *(reverse("desk:list", args=[s.slug]) for s in all_screens()),
            f"{reverse('desk:search')}?q=dau+tu",
            *(f"/desk/r/{pk}/" for pk in _visible(20)),
        ]
        for n in range(200):
            answer = browser.open(server.base_url + addresses[n % len(addresses)], timeout=60)
            assert "/account/" not in answer.geturl(), "the server did not let the benchmark in"
            answer.read()
        assert server.process is not None
        kinds: dict[str, float] = {}
        for pid in _group(server.process.pid):
            for name, size in re.findall(
                r"^(VmRSS|RssFile):\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M
            ):
                kinds[name] = kinds.get(name, 0) + int(size) / 1024
        table.add("memory of the server", kinds["VmRSS"], "MB", 300)
        table.add("memory of the server without files it maps", kinds["VmRSS"] - kinds.get("RssFile", 0), "MB")


def _sign_in(browser: urllib.request.OpenerDirector, link: str) -> None:
    """Open a one-time link and press its button."""
    page = browser.open(link, timeout=60).read().decode().partition("<main")[2]
    fields = [
        (match["name"], html.unescape(match["value"]))
        for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page)
        if (match := dict(re.findall(r'(name|value)="([^"]*)"', tag))).get("name")
    ]
    browser.open(link, urllib.parse.urlencode(fields).encode(), timeout=60).read()


def _visible(count: int) -> list[int]:
    return list(
        Record.objects.visible_to(User.objects.get(username=OFFICER))
        .live()
        .order_by("-pk")
        .values_list("pk", flat=True)[:count]
    )


def main(engine: str, rows: str, out: str, repeat: str, only: str = "") -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(ROOT_URLCONF="bench.bare", STORAGES={**settings.STORAGES, "staticfiles": plain}):
        table = Table(engine, int(rows), only)
        user = User.objects.get(username=OFFICER)
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        pages(table, client, user, int(repeat))
        finding(table, user)
        creating(table, client, user, int(repeat))
        importing(table, user, int(repeat))
        from .projects import projects

        projects(table, client, user, int(repeat))
    memory(table, int(repeat))
    from .api import api

    api(table, int(repeat))
    Path(out).write_text(json.dumps(table.rows, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
