"""Views: once for a reader, an article and an hour; several processes together; nothing kept of who read."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError

from diemtua.news import counting
from diemtua.news.counting import HOUR, Tally, is_robot
from diemtua.news.models import ViewCount, ViewMark, ViewSalt

pytestmark = pytest.mark.django_db
NOW = 1_800_000_000.0
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def total(article: Any) -> int:
    return ViewCount.objects.filter(pk=article.pk).values_list("total", flat=True).first() or 0


def test_a_reader_counts_once_an_hour(article: Any) -> None:
    page, tally = article(), Tally()
    for second in range(5):
        tally.see(page.pk, "192.0.2.1", FIREFOX, now=NOW + second)
    tally.see(page.pk, "192.0.2.2", FIREFOX, now=NOW)
    assert tally.flush() == 2
    tally.see(page.pk, "192.0.2.1", FIREFOX, now=NOW + HOUR)
    assert tally.flush() == 1
    assert total(page) == 3
    assert tally.flush() == 0


def test_processes_count_a_reader_once_together(article: Any) -> None:
    page, one, two = article(), Tally(), Tally()
    for tally in (one, two):
        tally.see(page.pk, "192.0.2.1", FIREFOX, now=NOW)
    two.see(page.pk, "192.0.2.9", FIREFOX, now=NOW)
    assert one.flush() + two.flush() == 2
    assert total(page) == 2
    restarted = Tally()  # has forgotten what it saw; the database has not
    restarted.see(page.pk, "192.0.2.1", FIREFOX, now=NOW + 1)
    assert restarted.flush() == 0


def test_one_sender_is_no_crowd(article: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by changing the browser's name with each request, nor by the many addresses of a house (IPv6)."""
    monkeypatch.setattr(counting, "BROWSERS_MOST", 3)
    page, tally = article(), Tally()
    for number in range(50):
        tally.see(page.pk, "192.0.2.1", f"{FIREFOX} {number}", now=NOW)
    assert tally.flush() == 3
    for number in range(50):
        tally.see(page.pk, f"2001:db8::{number:x}", FIREFOX, now=NOW)
    assert tally.flush() == 1
    for number in range(5):  # behind a proxy nobody has told of: everybody seems to be one
        tally.see(page.pk, "", f"{FIREFOX} {number}", now=NOW)
    assert tally.flush() == 5


def test_saving_an_article_keeps_its_total(article: Any) -> None:
    page, tally = article(), Tally()
    tally.see(page.pk, "192.0.2.1", FIREFOX, now=NOW)
    tally.flush()
    page.title = "Tên mới"
    page.save_revision().publish()
    assert total(page) == 1


def test_nothing_tells_who_read_once_the_hour_is_over(article: Any) -> None:
    page, tally = article(), Tally()
    tally.see(page.pk, "192.0.2.1", FIREFOX, now=NOW)
    tally.flush()
    assert ViewMark.objects.count() == 1
    tally.see(page.pk, "192.0.2.1", FIREFOX, now=NOW + 2 * HOUR)
    assert [salt.hour for salt in ViewSalt.objects.all()] == [int(NOW // HOUR) + 2]
    assert not ViewMark.objects.exists()
    assert total(page) == 1


def test_what_cannot_be_written_now_is_written_later(article: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page, tally = article(), Tally()
    tally.see(page.pk, "192.0.2.1", FIREFOX, now=NOW)

    def broken(waiting: Any) -> int:
        raise DatabaseError("locked")

    with monkeypatch.context() as patched:
        patched.setattr(counting, "write", broken)
        assert tally.flush() == 0
    assert tally.flush() == 1
    assert total(page) == 1


def test_an_article_that_is_gone_counts_nothing(article: Any) -> None:
    page, tally = article(), Tally()
    tally.see(page.pk, "192.0.2.1", FIREFOX, now=NOW)
    tally.see(999_999, "192.0.2.1", FIREFOX, now=NOW)
    assert tally.flush() == 1


@pytest.mark.parametrize(
    "agent", ["", "Googlebot/2.1", "curl/8.5.0", "python-requests/2.32", "HeadlessChrome/120", "Bingbot"]
)
def test_programs_are_no_readers(agent: str) -> None:
    assert is_robot(agent)
    assert not Tally().see(1, "192.0.2.1", agent, now=NOW)


def test_browsers_are_readers() -> None:
    assert not is_robot(FIREFOX)
    assert not is_robot(
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 CocCoc/126"
    )
