"""Who asks: the token of a request, its scopes and its rate."""

from __future__ import annotations

import datetime
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, get_resolver
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from diemtua.register.middleware import trouble
from diemtua.register.models import User

from . import queries, rules
from .models import Scope, Token
from .problems import Refused

LANGUAGES = ("vi", "en")
USED_EVERY = datetime.timedelta(minutes=5)


class Rate:
    """Requests of each token in the present minute, counted in this process.

    One process serves a province (`diemtua up --workers 1`); with more, each grants the whole number. Counting in
    the database would cost every read a write.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = -1
        self._counts: dict[int, int] = {}

    def take(self, token: int, most: int, now: float) -> int:
        """0 where the request may pass, else the seconds to wait."""
        minute, second = divmod(int(now), 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            count = self._counts.get(token, 0) + 1
            if count > most:
                return 60 - second
            self._counts[token] = count
        return 0

    def clear(self) -> None:
        with self._lock:
            self._counts = {}


rate = Rate()


class InTurn:
    """Lets at most so many in at once, the others in the order in which they came (a Semaphore lets any in)."""

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._free = most
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()  # until one that leaves gives its place on

    def __exit__(self, *_raised: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


class Door:
    """Middleware: who reads the API brings a token and nothing else, so nothing is asked of sessions, forms and pages.

    What those middlewares cost was a fifth of reading a record. Stands after those that guard every answer. Few are
    read at once: the interpreter works at one only, and threads that wait for it in no order made one answer in
    twenty take twice as long as the middle one. The desk has the other threads to itself meanwhile.
    """

    AT_ONCE = 3

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.turn = InTurn(self.AT_ONCE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or not request.path_info.startswith("/api/v1/"):
            return self.get_response(request)
        try:
            request.resolver_match = found = get_resolver().resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.user = AnonymousUser()
        try:
            with self.turn:
                response = found.func(request, *found.args, **found.kwargs)
        except DatabaseError as error:  # a view that is called past the other middlewares is not looked after by them
            if (answer := trouble(request, error)) is None:
                raise
            response = answer
        response.headers.setdefault("Content-Language", translation.get_language() or "vi")
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def speak(request: HttpRequest, user: User | None) -> None:
    """Answer in the language that is asked for, else in the person's."""
    wanted = request.headers.get("Accept-Language", "")[:2].lower()
    language = wanted if wanted in LANGUAGES else getattr(user, "language", "vi")
    translation.activate(language)
    request.LANGUAGE_CODE = language  # type: ignore[attr-defined]


class ByToken(HttpBearer):
    """`Authorization: Bearer dt_…`."""

    openapi_name = "token"

    def __call__(self, request: HttpRequest) -> Any:
        speak(request, None)
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        """The token, in good standing and within its rate. Raises Refused (401, 429)."""
        found = queries.token_of(rules.digest(token)) if 20 <= len(token) <= 100 and token.isascii() else None
        if found is None or not found.user.is_active:
            raise unauthorised(_("This token is not known. Make a new one on the desk."))
        speak(request, found.user)
        if found.standing == "revoked":
            raise unauthorised(_("This token was revoked. Make a new one on the desk."))
        if found.standing == "ended":
            raise unauthorised(_("This token has ended. Make a new one on the desk."))
        if wait := rate.take(found.pk, queries.per_minute(), time.time()):
            message = _("Too many requests in this minute. Wait %(seconds)s seconds.") % {"seconds": wait}
            raise Refused(429, "too_many", message, headers={"Retry-After": str(wait)})
        now = timezone.now()
        if found.last_used_at is None or now - found.last_used_at > USED_EVERY:
            Token.objects.filter(pk=found.pk).update(last_used_at=now)
        request.user = found.user
        return found


def unauthorised(message: str) -> Refused:
    return Refused(401, "unauthorised", message, headers={"WWW-Authenticate": "Bearer"})


def need(request: HttpRequest, scope: Scope) -> Token:
    """The token of the request. Raises Refused (403) when it may not do this."""
    token: Token = request.auth  # type: ignore[attr-defined]
    if scope.value not in token.scopes:
        message = _("This token may not do this. It needs the scope “%(scope)s”.") % {"scope": scope.value}
        raise Refused(403, "scope", message)
    return token
