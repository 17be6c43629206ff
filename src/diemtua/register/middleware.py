"""Answers for trouble that no view should have to think of."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .health import problem

log = logging.getLogger("diemtua")
FRESH = 5.0  # seconds for which a connection that has answered is not asked whether it still lives


def trust_fresh_connection() -> None:
    """Spare a connection that has just answered its question of health: a round trip for each request otherwise.

    One that is lost meanwhile fails once, is said to the person (`trouble`) and is opened anew with the next request.
    """
    if time.monotonic() - getattr(connection, "answered_at", 0.0) < FRESH:
        connection.health_check_done = True  # type: ignore[attr-defined]


class SafetyMiddleware:
    """Turns a locked or full database and an over-long upload into clear sentences."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trust_fresh_connection()
        response = self.get_response(request)
        connection.answered_at = time.monotonic()  # type: ignore[attr-defined]
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
            "frame-ancestors 'none'; form-action 'self'; base-uri 'self'",
        )
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        # Reading the form here, before any view, so that no view ever sees half of an upload.
        if request.content_type == "multipart/form-data":
            _post = request.POST
            if getattr(request, "upload_too_large", False):
                for _name, parts in request.FILES.lists():
                    for part in parts:
                        part.close()  # what had been written of it goes at once
                limit = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
                return problem(
                    request,
                    413,
                    _("The file is too large"),
                    _("Files may have up to %(limit)s MB. Split it, or keep only the part that matters.")
                    % {"limit": limit},
                )
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return trouble(request, exception)


def trouble(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The answer to a database that is busy or full; None for anything else, which is a fault."""
    if isinstance(exception, OperationalError | DatabaseError):
        text = str(exception).lower()
        if "locked" in text or "lock timeout" in text or "deadlock" in text:
            return problem(
                request,
                503,
                _("The register is busy"),
                _("Somebody is saving much at once. Nothing of yours was saved; go back and save again."),
            )
        if isinstance(exception, OperationalError) and "connection" in text:
            log.error("the database has gone: %s", exception)
            return problem(
                request,
                503,
                _("The database does not answer"),
                _("Nothing of yours was saved. Go back, wait a moment and try again."),
            )
        if "full" in text or "no space" in text or "readonly" in text or "read-only" in text:
            log.error("database cannot be written: %s", exception)
            return problem(
                request,
                507,
                _("The disk is full or cannot be written"),
                _("Nothing was saved. Tell your administrator; go back and your text is still there."),
            )
    return None
