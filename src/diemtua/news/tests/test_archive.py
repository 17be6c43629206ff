"""An archive comes in whole, with days, counts and old addresses; what is wrong is named, and nothing half saved."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from diemtua.news.archive import import_archive, read_archive
from diemtua.news.archive.reading import clean
from diemtua.news.models import ArticlePage
from diemtua.register.tabular import Unreadable

pytestmark = pytest.mark.django_db
HEAD = "Tiêu đề,Ngày đăng,Sapo,Nội dung,Tác giả,Lượt xem,Chuyên mục,URL,Từ khóa\n"


def table(tmp_path: Path, rows: str, head: str = HEAD) -> Path:
    path = tmp_path / "bai.csv"
    path.write_text(head + rows, encoding="utf-8")
    return path


def test_a_table_with_all_it_tells(tmp_path: Path, newsroom: Any, section: Any, client: Client) -> None:
    row = '"Bài cũ","18/07/2023 08:43:03","Lời dẫn","<p>Một <b>hai</b></p><script>x()</script>","Lê Văn Thử","4,628","Đối ngoại thử","https://bao.example/news/2/1.htm?id=7","đầu tư, hợp tác"\n'
    items, troubles = read_archive(table(tmp_path, row))
    assert not troubles
    saved = import_archive(items, actor=None, newsroom=newsroom, section="")
    assert (saved.made, saved.sections) == (1, 0)
    page = ArticlePage.objects.get()
    assert page.view_count.total == 4628
    assert page.published_at.isoformat() == "2023-07-18T01:43:03+00:00"
    assert {tag.name for tag in page.tags.all()} == {"đầu tư", "hợp tác"}
    shown = client.get(page.url).content.decode()
    assert "<b>hai</b>" in shown
    assert "x()" not in shown
    assert "4.628" in shown
    moved = client.get("/news/2/1.htm?id=7")
    assert (moved.status_code, moved.headers["Location"].endswith(page.url)) == (301, True)
    again = import_archive(read_archive(table(tmp_path, row))[0], actor=None, newsroom=newsroom, section="")
    assert (again.made, again.there) == (0, 1)
    section.refresh_from_db()
    assert section.numchild == 1
    assert not ArticlePage.find_problems()[0]


def test_imported_articles_are_found_and_can_be_edited(tmp_path: Path, newsroom: Any, client: Client) -> None:
    items, _ = read_archive(table(tmp_path, '"Đoàn đối ngoại",18/07/2023,Dẫn,"Một\n\nHai",,,Mục mới,,\n'))
    import_archive(items, actor=None, newsroom=newsroom, section="")
    assert "Đoàn đối ngoại" in client.get(newsroom.url + "search/?q=doi+ngoai").content.decode()
    page = ArticlePage.objects.get()
    page.title = "Tên sửa"
    page.save_revision().publish()
    assert "Tên sửa" in client.get(page.url).content.decode()


@pytest.mark.parametrize(
    "row",
    [
        '"",18/07/2023,a,b,,,,,\n',
        '"Bài",,a,b,,,,,\n',
        '"Bài",31/02/2023,a,b,,,,,\n',
        '"Bài",18/07/2999,a,b,,,,,\n',
        '"Bài",18/07/1023,a,b,,,,,\n',
        '"Bài",18/07/2023,,,,,,,\n',
        '"Bài",18/07/2023,a,b,,nhiều,,,\n',
    ],
)
def test_what_is_wrong_is_named_with_its_row(tmp_path: Path, row: str) -> None:
    items, troubles = read_archive(table(tmp_path, row + '"Bài tốt",18/07/2023,a,b,,,,,\n'))
    assert [item.title for item in items] == ["Bài tốt"]
    assert len(troubles) == 1
    assert "2" in troubles[0].origin


def test_two_articles_of_one_address(tmp_path: Path) -> None:
    row = '"Bài {0}",18/07/2023,a,b,,,,https://x.example/a,\n'
    assert len(read_archive(table(tmp_path, row.format(1) + row.format(2)))[1]) == 1


def test_a_table_without_headings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read_archive(table(tmp_path, "a,b\n", head=""))


def test_saved_pages_in_a_zip(tmp_path: Path, newsroom: Any) -> None:
    html = (
        "<html><head><title>Bài đã lưu</title><meta property='article:published_time' content='2023-07-18T08:43:00+07:00'>"
        "</head><body><h1>Bài đã lưu</h1><p>18/07/2023 | 08:43</p><article>"
        + "".join(
            f"<p>Đoạn thứ {n} nói về hợp tác đầu tư của tỉnh với các đối tác nước ngoài trong năm nay.</p>"
            for n in range(6)
        )
        + "</article></body></html>"
    )
    path = tmp_path / "trang.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a/bai.html", html)
        packed.writestr("a/rong.html", "<html></html>")
        packed.writestr("anh.jpg", "x")
    items, troubles = read_archive(path)
    assert [item.title for item in items] == ["Bài đã lưu"]
    assert [t.origin for t in troubles] == ["a/rong.html"]
    import_archive(items, actor=None, newsroom=newsroom, section="Lưu trữ")
    assert "hợp tác đầu tư" in ArticlePage.objects.get().plain_text()


@pytest.mark.parametrize(
    "bad",
    [
        "<p onclick=x()>a</p>",
        "<script>x()</script>",
        "<iframe src=//x>",
        '<a href="javascript:x()">a</a>',
        "<svg onload=x()>",
        "<img src=x onerror=x()>",
        "<style>*{}</style>",
        "<p style='position:fixed'>a</p>",
    ],
)
def test_hostile_html_is_made_harmless(bad: str) -> None:
    assert not any(word in clean(bad) for word in ("x()", "iframe", "style", "svg", "javascript", "<img"))
