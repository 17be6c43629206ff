"""Public pages kept in memory for a few seconds, in front of Django: the same page for everybody is drawn once.

A page is fresh for FRESH seconds and may be served until STALE while one thread draws it anew; so a change is seen at
most STALE (and what `site.KEEP` adds) seconds after publishing, in every process, without any process telling another.
Kept is what its view says may be kept (`languages.public`), asked with GET, without a session, setting no cookie. What a
reader has chosen (theme, contrast, text size) is part of the key, other cookies are not looked at. Whoever is signed in
always gets the page itself.

Who can unpack gzip gets a kept page packed, a fifth of its length; it is packed once, by the first who asks so. There is
nothing secret on a page that is the same for everybody, so its length may tell what it likes.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from diemtua.news.counting import tally
from diemtua.register import paths
from diemtua.register.origins import address_from

from .appearance import CHOICES, cookie_of
from .languages import MAY_BE_KEPT
from .views.finding import COOKIE as SHORT_LIST

FRESH, STALE = 2.0, 3.5
PAGES_MOST, BYTES_MOST = 2_000, 64 * 1024 * 1024
LONGEST_ADDRESS = 600
OF_THE_BODY = {"Content-Length", "Content-Type", "Content-Encoding", "Content-Language"}
PACKED_FROM = 1_000  # bytes: a shorter page is not worth it
UNPACKS = re.compile(r"(?:^|[,\s])(?:gzip|\*)\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))", re.IGNORECASE)

Environ = dict[str, Any]
Application = Callable[..., Iterable[bytes]]


@lru_cache(256)
def unpacks(said: str) -> bool:
    """Whether somebody who says this (`Accept-Encoding`) can unpack gzip. Browsers say one of a few things."""
    return UNPACKS.search(said) is not None


@dataclass(slots=True)
class Form:
    """A page in one way of packing, ready to be sent."""

    headers: list[tuple[str, str]]
    body: bytes
    tag: str


@dataclass(slots=True)
class Kept:
    status: str
    plain: Form
    drawn: float
    article: int = 0
    drawing: bool = False
    packed: Form | None = None

    def form(self, packing: str) -> Form:
        """The form for who says to understand this much (`Accept-Encoding`)."""
        if not packing or len(self.plain.body) < PACKED_FROM or not unpacks(packing):
            return self.plain
        if self.packed is None:  # two threads at once pack it twice, to the same bytes
            body = gzip.compress(self.plain.body, 6, mtime=0)
            self.packed = _form(self.plain.headers, body, f'{self.plain.tag[:-1]}-gzip"', packed=True)
        return self.packed


def _form(headers: list[tuple[str, str]], body: bytes, tag: str, *, packed: bool = False) -> Form:
    """`headers` with the length, mark and packing of this body, and that it depends on what the reader can unpack."""
    own = {"content-length", "etag", "vary"}
    varies = ", ".join(v for n, v in headers if n.lower() == "vary")
    if "accept-encoding" not in varies.lower():
        varies = f"{varies}, Accept-Encoding".lstrip(", ")
    found = [(n, v) for n, v in headers if n.lower() not in own]
    found += [("Content-Length", str(len(body))), ("ETag", tag), ("Vary", varies)]
    return Form(found + [("Content-Encoding", "gzip")] * packed, body, tag)


def _without_mark(start_response: Callable[..., Any]) -> Callable[..., Any]:
    """What views tell this module is nothing for readers."""

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [h for h in headers if h[0] != MAY_BE_KEPT], *more)

    return start


class KeptPages:
    """A WSGI application around another."""

    def __init__(self, application: Application, clock: Callable[[], float] = time.monotonic) -> None:
        self.application = application
        self.clock = clock
        self._pages: OrderedDict[Any, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._cookies = {cookie_of(name): set(values) for name, values in CHOICES.items()}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        key: Any = None
        page: Kept | None = None
        if "HTTP_COOKIE" not in environ and environ["REQUEST_METHOD"] == "GET":
            # The short way of most requests: what is there under this key was let in by `key` before.
            key = (
                environ.get("HTTP_HOST", ""),
                environ.get("wsgi.url_scheme"),
                environ["PATH_INFO"],
                environ.get("QUERY_STRING", ""),
                (),
            )
            page = self._pages.get(key)
            if page is not None and self.clock() - page.drawn < FRESH:
                return self._answer(page, environ, start_response)
        if page is None:
            key = self.key(environ)
            if key is None:
                return self.application(environ, _without_mark(start_response))
            page = self._pages.get(key)
        if page is not None:
            age = self.clock() - page.drawn
            if age < FRESH or (age < STALE and not self._mine(page)):
                return self._answer(page, environ, start_response)
        return self._draw(key, environ, start_response)

    def key(self, environ: Environ) -> Any:
        """Under what an answer is kept; None for what must be asked each time."""
        if environ["REQUEST_METHOD"] != "GET":
            return None
        path, query, cookies = environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ.get("HTTP_COOKIE", "")
        # All pages end so; files, of any length and sent in pieces, do not.
        if not path.endswith("/") or len(path) + len(query) > LONGEST_ADDRESS or not paths.language_of(path):
            return None
        chosen: tuple[str, ...] = ()
        if cookies:
            if settings.SESSION_COOKIE_NAME in cookies:
                return None
            if SHORT_LIST in cookies and "/find/" in path:
                return None
            if "dt_" in cookies:
                pairs = (part.strip().partition("=") for part in cookies.split(";"))
                chosen = tuple(sorted(n + v for n, _, v in pairs if v in self._cookies.get(n, ())))
        return (environ.get("HTTP_HOST", ""), environ.get("wsgi.url_scheme"), path, query, chosen)

    def _mine(self, page: Kept) -> bool:
        """Whether this thread is the one to draw a page anew."""
        with self._lock:
            if page.drawing:
                return False
            page.drawing = True
            return True

    def _answer(self, page: Kept, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if page.article:
            tally().see(page.article, address_from(environ), environ.get("HTTP_USER_AGENT", ""))
        form = page.form(environ.get("HTTP_ACCEPT_ENCODING", ""))
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and form.tag in known:
            start_response("304 Not Modified", [h for h in form.headers if h[0] not in OF_THE_BODY])
            return [b""]
        start_response(page.status, form.headers)
        return [form.body]

    def _draw(self, key: Any, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        drawn = self.clock()  # what is published while the page is being drawn is not on it
        held: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            held.update(status=status, headers=headers, exc_info=exc_info)
            return held.setdefault("written", []).append

        try:
            answer = self.application(environ, start)
            try:
                body = b"".join(answer)
            finally:
                if close := getattr(answer, "close", None):
                    close()
        except BaseException:
            if old := self._pages.get(key):
                old.drawing = False
            raise
        headers = [(n, v) for n, v in held["headers"] if n != MAY_BE_KEPT]
        said = next((v for n, v in held["headers"] if n == MAY_BE_KEPT), None)
        article = int(said or 0)
        names = {n.lower() for n, _v in headers}
        private = any(n.lower() == "cache-control" and ("no-store" in v or "private" in v) for n, v in headers)
        if (
            said is not None
            and held["status"].startswith("200")
            and "set-cookie" not in names
            and not private
            and len(body) < 2_000_000
        ):
            tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
            page = Kept(held["status"], _form(headers, body, tag), drawn, article)
            self._keep(key, page)
            return self._answer(page, environ, start_response)
        self._drop(key)
        if article:
            tally().see(article, address_from(environ), environ.get("HTTP_USER_AGENT", ""))
        start_response(held["status"], headers, *([held["exc_info"]] if held["exc_info"] else []))
        return [body]

    def _keep(self, key: Any, page: Kept) -> None:
        with self._lock:
            old = self._pages.pop(key, None)
            self._bytes += len(page.plain.body) - (len(old.plain.body) if old else 0)
            self._pages[key] = page
            while len(self._pages) > PAGES_MOST or self._bytes > BYTES_MOST:
                self._bytes -= len(self._pages.popitem(last=False)[1].plain.body)

    def _drop(self, key: Any) -> None:
        with self._lock:
            if old := self._pages.pop(key, None):
                self._bytes -= len(old.plain.body)
