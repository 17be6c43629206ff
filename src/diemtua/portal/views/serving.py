"""Serving pages: the page of an address, in the language asked for or the nearest; what is not there says so."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from wagtail import hooks
from wagtail.contrib.redirects.middleware import RedirectMiddleware

from diemtua.register import health, paths

from .. import site
from ..languages import NEAREST, current, here_of, public, tag_of


def serve(request: HttpRequest, path: str = "") -> HttpResponse:
    """The page at `path`; where it has no translation, the nearest language under a note (`request.shown_in`)."""
    asked = current().code
    for language in dict.fromkeys((asked, *NEAREST[asked])):
        try:
            found = site.page_of(request, language, path)
        except Http404:
            found = None
        if found is None:
            continue
        if language != asked:
            if nearer := _nearer(request, found[0], language, path):
                return HttpResponseRedirect(nearer)
            request.shown_in = tag_of(language)  # type: ignore[attr-defined]
        response = _guarded(request, *found)
        return public(response, keep="no-store" not in response.headers.get("Cache-Control", ""))
    request.portal_chain = []  # type: ignore[attr-defined]
    raise Http404


def _nearer(request: HttpRequest, page: Any, language: str, path: str) -> str:
    """Where the same page is in the reader's language, or one nearer to it than `language`; "" when nowhere."""
    order = (current().code, *NEAREST[current().code])
    rest = "".join(f"{word}/" for word in site.find(language, path)[1])
    known = {p.locale.language_code: p for p in page.get_translations().live().select_related("locale")}
    for code in order[: order.index(language)]:
        if (other := known.get(code)) is not None and (url := other.get_url(request)):
            return (url if code == order[0] else here_of(url)) + rest
    return ""


def _guarded(request: HttpRequest, page: Any, args: Any, kwargs: Any) -> HttpResponse:
    """The page, or Wagtail's question for who may see it; asked only when any page is for some readers only."""
    if site.grounds().guarded:
        for hook in hooks.get_hooks("before_serve_page"):
            refused = hook(page, request, args, kwargs)
            if isinstance(refused, HttpResponse):
                return never(refused)
    return page.serve(request, *args, **kwargs)


def never(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An address of the old site leads on; on public pages a sentence of the portal, elsewhere of the desk."""
    language = paths.language_of(request.path_info)
    if not language:
        return health.not_found(request, exception)
    moved = RedirectMiddleware(lambda r: HttpResponse(status=404))(request)
    if isinstance(moved, HttpResponseRedirect) or moved.status_code in (301, 302):
        return moved
    return public(render(request, "portal/not_found.html", {"status": 404}, status=404), keep=False)
