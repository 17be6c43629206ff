"""Whether the product answers, and the pages people see when something is wrong."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def healthz(request: HttpRequest) -> HttpResponse:
    """200 `ok` when the database answers, 503 otherwise; for monitors and start scripts."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database does not answer", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def problem(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """A page that says what happened and what to do; a bare sentence where even the page fails."""
    context = {"title": title, "sentence": sentence, "status": status}
    return render(request, "register/problem.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(request, 400, _("The request could not be understood"), _("Go back, reload the page and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = str(exception or "") or _("Your role does not allow this. Ask a lead officer.")
    return problem(request, 403, _("Not allowed"), sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(
        request,
        404,
        _("Nothing is here"),
        _("The address is wrong, or what stood here is not for you to see. Search for it instead."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    try:
        return problem(
            request,
            500,
            _("Something went wrong on our side"),
            _("Nothing was saved. Try again; if it happens again, tell your administrator when and where."),
        )
    except Exception:
        # The error page itself may need what is broken; a sentence always gets through.
        return HttpResponse(_("Something went wrong on our side. Nothing was saved."), status=500)
