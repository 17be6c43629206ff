"""An archive of the old site, killed half way: nothing of it is there, and the next try brings in all of it once."""

import csv
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from diemtua.testing.scripts import finish, kill, start
from diemtua.testing.server import ScratchServer

pytestmark = pytest.mark.process
ARTICLES = 1500  # three parts: killed between the second and the third

TO_BE_KILLED = """
import pathlib, sys, time
from diemtua.news import archive
from diemtua.news.archive import saving
from diemtua.news.models import NewsIndexPage
def progress(done):
    if done >= 1000:
        print("here", flush=True)
        time.sleep(600)
items, troubles = archive.read_archive(pathlib.Path(sys.argv[1]))
assert not troubles
newsroom = NewsIndexPage.objects.get(locale__language_code="vi")
archive.import_archive(items, actor=None, newsroom=newsroom, section="Lưu trữ", progress=progress)
"""
LOOK = """
import json
from django.db.models import Sum
from taggit.models import Tag
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from diemtua.news.models import ArticlePage, ArticleTag, ViewCount
from wagtail.search.models import IndexEntry
mine = ArticlePage.objects.filter(title__startswith="Bài lưu trữ")
print(json.dumps({
    "articles": mine.count(),
    "days": [str(d) for d in mine.order_by("published_at").values_list("published_day", flat=True)[:2]],
    "views": ViewCount.objects.filter(article__in=mine.values("pk")).aggregate(n=Sum("total"))["n"] or 0,
    "tags": ArticleTag.objects.filter(content_object__in=mine.values("pk")).count(),
    "addresses": Redirect.objects.filter(old_path__startswith="/cu/").count(),
    "found": len(ArticlePage.objects.search("odanh17")),
    "pages": Page.objects.count() - Page.objects.filter(pk__in=mine.values("pk")).count(),
    "problems": [list(map(str, kind)) for kind in Page.find_problems()],
}))
"""
SOUND: list[list[str]] = [[], [], [], [], []]


@pytest.fixture(scope="module")
def server() -> Iterator[ScratchServer]:
    with ScratchServer() as running:
        yield running


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "old.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["title", "published", "lead", "body", "section", "views", "address", "tags"])
        for n in range(ARTICLES):
            day = f"{1 + n % 28:02d}/{1 + n // 28 % 12:02d}/{2012 + n // 336} 08:{n % 60:02d}"
            rows.writerow(
                [f"Bài lưu trữ {n}", day, f"Dẫn odanh{n}", "Một.\n\nHai.", "Mục cũ", 10, f"/cu/{n}.htm", "cũ"]
            )
    return path


def test_killed_half_way_and_brought_in_again(server: ScratchServer, table: Path) -> None:
    before = json.loads(finish(start(server, LOOK)))
    process = start(server, TO_BE_KILLED, str(table))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "here"
    assert json.loads(finish(start(server, LOOK))) == before, "half of an archive is seen"
    kill(process)
    for _try in range(50):  # PostgreSQL takes a moment to see that its client is gone
        after = json.loads(finish(start(server, LOOK)))
        if after == before:
            break
        time.sleep(0.1)
    assert after == before
    for expected in ("Saved: 1500 articles", "Saved: 0 articles"):
        said = server.run("import-news", str(table), "--section", "Lưu trữ", timeout=600).stdout
        assert expected in said
        assert json.loads(finish(start(server, LOOK))) == {
            "articles": ARTICLES,
            "days": ["2012-01-01", "2012-01-02"],
            "views": 10 * ARTICLES,
            "tags": ARTICLES,
            "addresses": ARTICLES,
            "found": 1,
            "pages": before["pages"] + 1,
            "problems": SOUND,
        }
