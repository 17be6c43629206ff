"""What the map in the browser asks for. Before it runs, and where it cannot, pages show the drawing of the server."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import quote_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from diemtua.land.models import Zone
from diemtua.land.queries import maps

from ..languages import public
from ..remembered import remembered

MOST = 2**63 - 1  # the largest number that databases know


@require_safe
@gzip_page
def features(request: HttpRequest) -> HttpResponse:
    """Outlines of the public zones, or (`?zone=`) of one with its plots, as the map draws them."""
    asked = request.GET.get("zone", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    if asked and not Zone.objects.public().filter(pk=min(number, MOST)).exists():
        raise Http404
    return public(
        HttpResponse(remembered("outlines", number, make=lambda: _drawn(number)), "application/json"), keep=False
    )


def _drawn(zone: int) -> str:
    if zone:
        return maps.as_drawn(maps.features(None, public=True, zone=zone))
    titles = dict(Zone.objects.public().filter(illustrative=False).values_list("pk", "record__title"))
    found: list[Any] = [f for f in maps.features(None, public=True, pks=list(titles)) if f.kind == "zone"]
    drawn = {f.pk for f in found}
    return maps.as_drawn(found + maps.at_communes({pk: title for pk, title in titles.items() if pk not in drawn}))


@require_safe
@gzip_page
def base(request: HttpRequest) -> HttpResponse:
    """Provinces and communes beneath; the browser keeps them until the edition changes."""
    version = maps.base_version()
    tag = quote_etag(version[:32])
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(maps.base_geojson(version), content_type="application/geo+json")
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=86400"
    return public(response, keep=False)
