"""The map of zones and plots, the plan on their pages, and what both draw."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from diemtua.register.access import desk_required
from diemtua.register.desk.views import the_record
from diemtua.register.models import Record, User

from ..desk.zones import STATES
from ..models import Outline, Plot, Zone
from ..queries import distances, maps

PLAN_PLOTS = 1_200


def tiles() -> tuple[str, str]:
    """(address of outside tiles or "", what is to be said of where they come from)."""
    return getattr(settings, "MAP_TILES", ""), getattr(settings, "MAP_TILES_CREDIT", "")


def allow_tiles(response: HttpResponse) -> HttpResponse:
    """Let the page fetch pictures of the outside tiles, and of nobody else."""
    address, _credit = tiles()
    if address:
        parts = urlsplit(address.replace("{", "").replace("}", ""))
        host = f"{parts.scheme}://{parts.netloc}"
        response.headers["Content-Security-Policy"] = (
            f"default-src 'self'; img-src 'self' data: blob: {host}; connect-src 'self' {host}; "
            "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
        )
    return response


@require_GET
@never_cache
@desk_required()
def map_page(request: HttpRequest) -> HttpResponse:
    """The map. What it shows is there as a drawing of the server before any script runs."""
    user: User = request.user  # type: ignore[assignment]
    found = maps.features(user)
    here = next((f for f in found if str(f.pk) == request.GET.get("at", "")), None)
    zones = [f for f in found if f.kind == "zone"]
    chosen = here.properties.get("zone", here.pk) if here is not None else None
    shown = found if chosen is None else [f for f in found if chosen in (f.pk, f.properties.get("zone"))]
    box = maps.box_of([here] if here is not None and here.kind == "zone" else shown if here else found)
    if box is not None and here is None:
        box = maps.wider(box)
    counts: dict[str, int] = {}
    for f in found:
        if f.kind == "plot":
            counts[f.properties["state"]] = counts.get(f.properties["state"], 0) + 1
    address, credit = tiles()
    of_zone: dict[int, int] = {}
    for f in found:
        if f.kind == "plot":
            of_zone[f.properties["zone"]] = of_zone.get(f.properties["zone"], 0) + 1
    # Parks whose outline nobody has drawn are named, so that nobody takes the map for the whole.
    unseen = Zone.objects.visible_to(user).live().exclude(record__outline__isnull=False)
    context = {
        "picture": maps.picture(shown, box, highlight=here.pk if here else None),
        "zones": [(f, " ".join(map(str, f.geometry.bounds)), of_zone.get(f.pk, 0)) for f in zones],
        "unseen": list(unseen.select_related("record").order_by("record__sort_key")[:200]),
        "states": [(code, label, counts.get(code, 0)) for code, (_tone, label) in STATES.items()],
        "plots": sum(counts.values()),
        "illustrative": any(f.properties["illustrative"] for f in found),
        "here": here,
        "settings": {
            "box": box or maps.home_box(),
            "here": here.pk if here else None,
            "tiles": address,
            "credit": credit,
            "base": maps.base_version()[:12],
            "stateNames": {code: str(label) for code, (_tone, label) in STATES.items()},
            "words": {
                "illustrative": _("illustrative, not real"),
                "open": _("Open the record"),
                "unknown": _("not known"),
                "drawn": _("as drawn"),
                "zoomIn": _("Zoom in"),
                "zoomOut": _("Zoom out"),
                "north": _("Reset bearing to north"),
                "map": _("Map of zones and plots"),
            },
        },
    }
    return allow_tiles(render(request, "land/map.html", context))


@require_GET
@never_cache
@gzip_page
@desk_required()
def map_features(request: HttpRequest) -> HttpResponse:
    """All zones and plots with an outline that this person may see, as the map draws them."""
    user: User = request.user  # type: ignore[assignment]
    return HttpResponse(maps.as_drawn(maps.features(user)), content_type="application/json")


@require_GET
@gzip_page
@desk_required()
def map_base(request: HttpRequest) -> HttpResponse:
    """Provinces and communes, as GeoJSON; the browser keeps it until the edition changes."""
    version = maps.base_version()
    tag = quote_etag(version[:32])
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(maps.base_geojson(version), content_type="application/geo+json")
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@require_GET
@never_cache
@desk_required()
def export(request: HttpRequest) -> HttpResponse:
    """Outlines as a file for GIS programs: all that this person may see, or one zone with its plots."""
    user: User = request.user  # type: ignore[assignment]
    zone: int | None = None
    if asked := request.GET.get("zone", ""):
        screen, instance = the_record(request, int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
        if screen.kind != "zone":
            raise Http404
        zone = instance.pk
    found = maps.features(user, zone=zone)
    pieces = (piece.encode() for piece in maps.as_geojson(found))
    response = StreamingHttpResponse(pieces, content_type="application/geo+json")
    response.headers["Content-Disposition"] = f'attachment; filename="land{f"-{zone}" if zone else ""}.geojson"'
    return response  # type: ignore[return-value]


@require_GET
@never_cache
@desk_required()
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan of a park, or where in it a plot lies, with distances; a fragment for htmx, else a page."""
    user: User = request.user  # type: ignore[assignment]
    screen, instance = the_record(request, pk)
    if screen.kind not in ("zone", "plot"):
        raise Http404
    record: Record = instance.record
    zone = instance.pk if screen.kind == "zone" else instance.zone_id
    found = maps.features(user, zone=zone)
    if record.archived_at is not None:
        found = []
    box = maps.box_of([f for f in found if f.kind == "zone"] or found)
    point, rows = distances.table(record)
    own = Outline.objects.filter(pk=pk).defer("wkb").first()
    context = {
        "screen": screen,
        "instance": instance,
        "record": record,
        "picture": maps.picture(found[: PLAN_PLOTS + 1], box, highlight=pk if screen.kind == "plot" else None)
        if found
        else None,
        "outline": own,
        "plots": Plot.objects.visible_to(user).live().filter(zone=zone).count(),
        "illustrative": any(f.properties["illustrative"] for f in found),
        "states": [
            (c, label)
            for c, (_t, label) in STATES.items()
            if any(f.properties.get("state") == c for f in found if f.kind == "plot")
        ],
        "point": point,
        "distances": rows,
        "map_url": f"?at={pk}",
    }
    htmx = bool(request.htmx)  # type: ignore[attr-defined]
    context["fragment"] = htmx
    return render(request, "land/plan.html" if htmx else "land/plan_page.html", context)


def asked_box(text: str) -> tuple[float, float, float, float] | None:
    """A bbox parameter as four numbers; ValueError with a sentence where it is none."""
    if not text:
        return None
    try:
        numbers: list[Any] = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:  # with heights
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4 or not all(-1e6 < n < 1e6 for n in numbers) or numbers[1] > numbers[3]:
        raise ValueError("bbox must be four numbers: west,south,east,north")
    return tuple(numbers)  # type: ignore[return-value]
