"""Pages kept in front of Django: the same bytes, no session, fresh within seconds."""

from __future__ import annotations

import gzip
import threading
from typing import Any

import pytest

from diemtua.news.counting import Tally
from diemtua.portal import kept
from diemtua.portal.kept import FRESH, STALE, KeptPages
from diemtua.portal.languages import MAY_BE_KEPT
from diemtua.portal.site import KEEP


class Site:
    """An application that tells how often it was asked, with a clock of its own."""

    def __init__(self, *headers: tuple[str, str], status: str = "200 OK") -> None:
        self.asked, self.now, self.headers, self.status = 0, 0.0, [(MAY_BE_KEPT, "0"), *headers], status
        self.more = ""
        self.pages = KeptPages(self.application, clock=lambda: self.now)

    def application(self, environ: Any, start_response: Any) -> Any:
        self.asked += 1
        start_response(self.status, [("Content-Type", "text/html"), *self.headers])
        return [f"page {self.asked}{self.more}".encode()]

    def get(self, path: str = "/tin-tuc/", cookie: str = "", method: str = "GET", query: str = "", **more: str) -> Any:
        said: list[Any] = []
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_COOKIE": cookie, **more}
        body = b"".join(self.pages(environ, lambda status, headers, *rest: said.extend((status, headers))))
        self.said = said[0]
        if dict(said[1]).get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return body.decode(), dict(said[1])


def test_drawn_once_and_anew_after_seconds() -> None:
    site = Site()
    assert [site.get()[0] for _ in range(3)] == ["page 1"] * 3
    site.now = FRESH + 0.01
    assert site.get()[0] == "page 2"


def test_changes_are_seen_within_five_seconds() -> None:
    assert STALE + KEEP < 5


def test_while_one_draws_the_others_are_served_but_not_for_long() -> None:
    site = Site()
    site.get()
    site.now = FRESH + 0.1
    held, go = threading.Event(), threading.Event()
    inner = site.pages.application

    def slow(environ: Any, start_response: Any) -> Any:
        held.set()
        go.wait(5)
        return inner(environ, start_response)

    site.pages.application = slow
    drawing = threading.Thread(target=site.get)
    drawing.start()
    assert held.wait(5)
    assert site.get()[0] == "page 1"
    go.set()
    drawing.join()
    assert site.get()[0] == "page 2"


@pytest.mark.parametrize("path", ["/desk/", "/account/login/", "/cms/", "/static/x.css", "/e/abc/", "/healthz"])
def test_the_product_itself_is_never_kept(path: str) -> None:
    site = Site()
    assert [site.get(path)[0] for _ in range(2)] == ["page 1", "page 2"]


def test_who_is_signed_in_and_who_sends_gets_the_page_itself() -> None:
    site = Site()
    assert [site.get(cookie="sessionid=abc")[0] for _ in range(2)] == ["page 1", "page 2"]
    body, headers = site.get(method="POST")
    assert body == "page 3"
    assert MAY_BE_KEPT not in headers, "it is for this program alone"


@pytest.mark.parametrize(
    "header", [("Set-Cookie", "a=b"), ("Cache-Control", "no-store"), ("Cache-Control", "max-age=0, private")]
)
def test_what_is_for_one_reader_is_not_kept(header: tuple[str, str]) -> None:
    site = Site(header)
    assert [site.get()[0] for _ in range(2)] == ["page 1", "page 2"]


def test_only_what_its_view_says_may_be_kept() -> None:
    site = Site()
    site.headers = []
    assert [site.get()[0] for _ in range(2)] == ["page 1", "page 2"]


@pytest.mark.parametrize("path", ["/data/zones.csv", "/sitemap-2023-07.xml", "/data/catalog.jsonld"])
def test_files_go_out_as_they_are_made(path: str) -> None:
    site = Site()
    assert [site.get(path)[0] for _ in range(2)] == ["page 1", "page 2"]


def test_who_has_a_short_list_gets_the_own_page() -> None:
    site = Site()
    mine = "portal_shortlist=1.2"
    assert [site.get("/en/find/", cookie=mine)[0] for _ in range(2)] == ["page 1", "page 2"]
    assert [site.get("/en/find/")[0] for _ in range(2)] == ["page 3", "page 3"]
    assert [site.get("/tin-tuc/", cookie=mine)[0] for _ in range(2)] == ["page 4", "page 4"]


@pytest.mark.parametrize(
    ("says", "packed"),
    [
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, GZIP;q=0.8", True),
        ("*", True),
        ("gzip;q=0.001", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("br, gzip; q=0.0", False),
        ("x-gzipped", False),
        ("identity", False),
    ],
)
def test_who_can_unpack_gets_it_packed(says: str, packed: bool) -> None:
    site = Site(("Vary", "Cookie"))
    site.more = " and more" * 1000
    for _time in range(2):
        body, headers = site.get(HTTP_ACCEPT_ENCODING=says)
        assert body == "page 1" + site.more
        assert headers.get("Content-Encoding") == ("gzip" if packed else None)
        assert headers["Vary"] == "Cookie, Accept-Encoding"
        assert (int(headers["Content-Length"]) < 200) is packed


def test_a_short_page_is_not_packed() -> None:
    assert "Content-Encoding" not in Site().get(HTTP_ACCEPT_ENCODING="gzip")[1]


def test_who_has_the_page_is_told_so_and_no_more() -> None:
    site = Site()
    site.more = " and more" * 1000
    plain, packed = (site.get(HTTP_ACCEPT_ENCODING=says)[1]["ETag"] for says in ("", "gzip"))
    assert plain != packed
    for tag, says in ((plain, ""), (packed, "gzip"), (f"W/{packed}", "gzip"), (f'"x", {plain}', "")):
        body, headers = site.get(HTTP_IF_NONE_MATCH=tag, HTTP_ACCEPT_ENCODING=says)
        assert (site.said, body, headers["ETag"]) == ("304 Not Modified", "", packed if says else plain)
        assert not {"Content-Length", "Content-Encoding"} & set(headers)
    assert site.get(HTTP_IF_NONE_MATCH=packed)[0] == "page 1" + site.more
    site.now = FRESH + 1
    assert site.get(HTTP_IF_NONE_MATCH=plain)[0] == "page 2" + site.more


def test_what_is_not_there_is_not_kept() -> None:
    site = Site(status="404 Not Found")
    assert [site.get()[0] for _ in range(2)] == ["page 1", "page 2"]


def test_a_reader_sees_the_own_choice_and_other_cookies_do_not_matter() -> None:
    site = Site()
    assert site.get(cookie="dt_theme=dark")[0] == "page 1"
    assert site.get(cookie="dt_theme=light")[0] == "page 2"
    assert site.get(cookie="x=1; dt_theme=dark; y=2")[0] == "page 1"
    assert site.get(cookie="dt_theme=nonsense")[0] == "page 3"
    assert site.get(cookie="other=1")[0] == "page 3"


def test_a_flood_of_addresses_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "PAGES_MOST", 10)
    site = Site()
    for number in range(50):
        site.get(query=f"x={number}")
    assert len(site.pages._pages) == 10
    assert site.pages._bytes == sum(len(page.plain.body) for page in site.pages._pages.values())
    site.get(query="y" * 10_000)
    assert len(site.pages._pages) == 10


def test_every_reading_of_a_kept_article_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, str]] = []

    class Counting(Tally):
        def see(self, article: int, address: str, agent: str, *, now: float | None = None) -> bool:
            seen.append((article, address))
            return True

    monkeypatch.setattr(kept, "tally", Counting)
    site = Site()
    site.headers = [(MAY_BE_KEPT, "7")]
    for number in range(3):
        _body, headers = site.get(REMOTE_ADDR=f"192.0.2.{number}", HTTP_USER_AGENT="Firefox")
        assert MAY_BE_KEPT not in headers
    assert seen == [(7, f"192.0.2.{n}") for n in range(3)]
