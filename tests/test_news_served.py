"""The newsroom on a real server: views counted once under many readers and processes, kept through a kill; what is due
appears by itself; a change is seen within seconds."""

import itertools
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

pytestmark = pytest.mark.process
ARTICLE = "/tin-tuc/dau-tu/lien-ha-thai/"
TOTAL = """
from diemtua.news.models import ViewCount
print(ViewCount.objects.filter(article__slug="lien-ha-thai", article__language="vi").values_list("total", flat=True).first() or 0)
"""
SCHEDULE = """
import datetime, sys
from django.utils import timezone
from diemtua.news.models import ArticlePage, SectionPage
section = SectionPage.objects.get(slug="dau-tu", locale__language_code="vi")
page = ArticlePage(title="Bài hẹn giờ thử", slug="hen-gio", lead="Lời dẫn.", live=False)
section.add_child(instance=page)
page.go_live_at = timezone.now() + datetime.timedelta(seconds=3)
page.save_revision().publish()
print(page.live)
"""
CHANGE = """
from diemtua.news.models import ArticlePage
page = ArticlePage.objects.get(slug="hannoverimpuls", language="vi")
page.title = "Tên vừa sửa để thử"
page.save_revision().publish()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ScratchServer]:
    with ScratchServer(workers=2, env={"DIEMTUA_PROXIES": "127.0.0.1"}) as running:
        yield running


def read(server: ScratchServer, path: str, reader: int = 0) -> tuple[int, str]:
    agent = f"Mozilla/5.0 (X11; Linux x86_64; rv:{100 + reader}.0) Gecko/20100101 Firefox/{100 + reader}.0"
    said = {"User-Agent": agent, "X-Forwarded-For": f"198.51.{reader // 250 % 250}.{reader % 250 + 1}"}
    asked = urllib.request.Request(server.base_url + path, headers=said)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def total(server: ScratchServer) -> int:
    return int(finish(start(server, TOTAL)))


def until(true: Callable[[], bool], seconds: float) -> float:
    """Wait until something is so; after how many seconds it was. Fails when it does not come."""
    begin = time.monotonic()
    while not true():
        assert time.monotonic() - begin < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - begin


def crowd(server: ScratchServer, first: int, readers: int, times: int = 3) -> None:
    """Readers who all open the article some times, eight at once."""

    def some(part: int) -> None:
        for reader in range(first + part, first + readers, 8):
            for _time in range(times):
                assert read(server, ARTICLE, reader)[0] == 200

    threads = [threading.Thread(target=some, args=[part]) for part in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_crowd_is_counted_once_each_and_a_kill_loses_seconds_only(server: ScratchServer) -> None:
    before = total(server)
    crowd(server, 1000, 40)
    until(lambda: total(server) == before + 40, 20)
    server.kill()
    server.start()
    assert total(server) == before + 40
    crowd(server, 1000, 40, 1)  # the same readers in the same hour, after a kill
    crowd(server, 2000, 10, 1)
    until(lambda: total(server) >= before + 50, 20)
    time.sleep(3)
    # At the turn of an hour the first forty count anew.
    assert total(server) in (before + 50, before + 90)
    crowd(server, 3000, 5, 1)
    server.kill()  # these five may be lost; nothing else is
    server.start()
    assert before + 50 <= total(server) <= before + 95


def test_a_kill_in_the_middle_of_fifty_readers(server: ScratchServer) -> None:
    """What was answered some seconds before the kill is counted, once each, and no more than was asked."""
    before, hour = total(server), time.time() // 3600
    answered: list[float] = []
    asked = itertools.count(10_000)
    killed = threading.Event()

    def ever_new() -> None:
        while not killed.is_set():
            try:
                if read(server, ARTICLE, next(asked))[0] == 200:
                    answered.append(time.monotonic())
            except OSError:
                return
            time.sleep(0.05)

    threads = [threading.Thread(target=ever_new) for _n in range(50)]
    for thread in threads:
        thread.start()
    time.sleep(8)
    at = time.monotonic()
    server.kill()
    killed.set()
    for thread in threads:
        thread.join()
    server.start()
    counted = total(server) - before
    assert len([when for when in answered if when < at - 5]) > 50
    assert len([when for when in answered if when < at - 5]) <= counted
    if time.time() // 3600 == hour:
        assert counted <= next(asked) - 10_000


def test_robots_and_a_flood_from_one_sender_count_little(server: ScratchServer) -> None:
    before = total(server)
    for agent in ("Googlebot/2.1", "curl/8.5", "python-requests/2.32", ""):
        asked = urllib.request.Request(server.base_url + ARTICLE, headers={"User-Agent": agent})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert answer.status == 200
    for _n in range(200):
        read(server, ARTICLE, 60_000)
    until(lambda: total(server) > before, 20)
    time.sleep(3)
    assert total(server) <= before + 2  # two at the turn of an hour


def test_what_is_due_appears_by_itself(server: ScratchServer) -> None:
    path = "/tin-tuc/dau-tu/hen-gio/"
    assert finish(start(server, SCHEDULE)).strip() == "False"
    assert read(server, path)[0] == 404
    until(lambda: read(server, path)[0] == 200, 30)
    assert "Bài hẹn giờ thử" in read(server, "/tin-tuc/dau-tu/rss/")[1]


def test_a_change_is_seen_within_seconds_by_every_process(server: ScratchServer) -> None:
    path = "/tin-tuc/doi-ngoai/hannoverimpuls/"
    for _n in range(8):
        read(server, path)
    finish(start(server, CHANGE))
    time.sleep(5)
    assert all("Tên vừa sửa để thử" in read(server, path)[1] for _n in range(12))
