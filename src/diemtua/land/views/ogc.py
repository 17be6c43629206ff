"""OGC API - Features, Part 1: Core 1.0.1 (OGC 17-069r4), GeoJSON only: zones and plots for GIS programs.

Public records only, for anybody, without signing in. Coordinates are longitude and latitude of WGS 84 (CRS84).
What was only drawn for illustration says so in its properties.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from ..models import Outline, Plot, Zone
from ..queries import maps
from .maps import asked_box

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
]
KINDS = {"zones": "zone", "plots": "plot"}
LIMIT, MOST = 100, 1_000
JSON, GEOJSON, OPENAPI = "application/json", "application/geo+json", "application/vnd.oai.openapi+json;version=3.0"

View = Callable[..., HttpResponse]


class Refused(Exception):
    """A question that has no answer: the status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def answering(*known: str) -> Callable[[View], View]:
    """Decorator: parameters beside `known` are refused as the standard wants, trouble is told in JSON."""

    def decorate(view: View) -> View:
        @require_safe
        @gzip_page
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                if unknown := sorted(set(request.GET) - {*known, "f"}):
                    raise Refused(400, _("Not a parameter here: %(names)s.") % {"names": ", ".join(unknown)[:200]})
                if request.GET.get("f", "json") not in ("json", "geojson"):
                    raise Refused(400, _("Only f=json is offered."))
                response = view(request, *args, **kwargs)
            except Refused as error:
                response = _json({"code": str(error.status), "description": str(error)}, status=error.status)
            # Anybody's program may read what is public, in a browser too.
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers.setdefault("Cache-Control", "no-cache")
            return response

        return answered

    return decorate


def _json(content: Mapping[str, Any], kind: str = JSON, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(content, ensure_ascii=False), content_type=kind, status=status)


def _link(request: HttpRequest, href: str, rel: str, kind: str = JSON, title: str = "") -> dict[str, str]:
    link = {"href": request.build_absolute_uri(href), "rel": rel, "type": kind}
    return {**link, "title": title} if title else link


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "zones": (_("Zones and parks"), _("Economic zones, industrial parks and clusters with their outlines.")),
        "plots": (_("Plots"), _("Plots of industrial land with their outlines and state.")),
    }


@answering()
def landing(request: HttpRequest) -> HttpResponse:
    """What there is, and where."""
    return _json(
        {
            "title": _("Industrial land"),
            "description": _("Zones, parks and plots of the province: what is public of them."),
            "links": [
                _link(request, reverse("ogc:landing"), "self"),
                _link(request, reverse("ogc:api"), "service-desc", OPENAPI),
                _link(request, reverse("ogc:conformance"), "conformance"),
                _link(request, reverse("ogc:collections"), "data"),
            ],
        }
    )


@answering()
def conformance(request: HttpRequest) -> HttpResponse:
    """Which parts of the standard hold."""
    return _json({"conformsTo": CONFORMS})


def _collection(request: HttpRequest, name: str) -> dict[str, Any]:
    from django.db.models import Max, Min

    title, description = _titles()[name]
    box = _rows(name).aggregate(w=Min("min_x"), s=Min("min_y"), e=Max("max_x"), n=Max("max_y"))
    items = reverse("ogc:items", args=[name])
    found: dict[str, Any] = {
        "id": name,
        "title": title,
        "description": description,
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            _link(request, reverse("ogc:collection", args=[name]), "self"),
            _link(request, items, "items", GEOJSON, title),
        ],
    }
    if box["w"] is not None:
        found["extent"] = {"spatial": {"bbox": [[box["w"], box["s"], box["e"], box["n"]]], "crs": CRS84}}
    return found


@answering()
def collections(request: HttpRequest) -> HttpResponse:
    """Zones, and plots."""
    links = [_link(request, reverse("ogc:collections"), "self")]
    return _json({"links": links, "collections": [_collection(request, name) for name in KINDS]})


@answering()
def collection(request: HttpRequest, name: str) -> HttpResponse:
    """One of them."""
    return _json(_collection(request, _known(name)))


def _known(name: str) -> str:
    if name not in KINDS:
        raise Refused(404, _("There is no such collection."))
    return name


def _rows(name: str) -> Any:
    """Outlines of public records of a collection, in a fixed order."""
    model = Zone if name == "zones" else Plot
    return Outline.objects.filter(record__in=model.objects.public().values("pk")).order_by("pk")


@answering("limit", "offset", "bbox", "datetime")
def items(request: HttpRequest, name: str) -> HttpResponse:
    """Features, page by page; `bbox` and `datetime` choose among them."""
    rows = _rows(_known(name))
    limit = _number(request, "limit", LIMIT, 1)
    limit, offset = min(limit, MOST), _number(request, "offset", 0, 0)
    _moment(request.GET.get("datetime", ""))
    try:
        box = asked_box(request.GET.get("bbox", ""))
    except ValueError as error:
        raise Refused(400, _("bbox is four numbers: west,south,east,north.")) from error
    if box is None:
        matched = rows.count()
        chosen = list(rows.values_list("pk", flat=True)[offset : offset + limit])
    else:
        pks = _touching(rows, box)
        matched, chosen = len(pks), pks[offset : offset + limit]
    found = maps.features(None, public=True, pks=chosen)
    query = request.GET.copy()

    def page(start: int) -> str:
        query["offset"], query["limit"] = str(start), str(limit)
        return f"{reverse('ogc:items', args=[name])}?{query.urlencode()}"

    links = [
        _link(request, request.get_full_path(), "self", GEOJSON),
        _link(request, reverse("ogc:collection", args=[name]), "collection"),
    ]
    if offset + limit < matched:
        links.append(_link(request, page(offset + limit), "next", GEOJSON))
    if offset:
        links.append(_link(request, page(max(0, offset - limit)), "prev", GEOJSON))
    about = {
        "timeStamp": timezone.now().isoformat(timespec="seconds"),
        "numberMatched": matched,
        "numberReturned": len(found),
        "links": links,
    }
    return HttpResponse("".join(maps.as_geojson(found, about)), content_type=GEOJSON)


def _touching(rows: Any, box: tuple[float, float, float, float]) -> list[int]:
    """Outlines that a box touches, exactly; a box may reach over the antimeridian."""
    import shapely

    west, south, east, north = box
    boxes = [box] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]
    near = Q()
    for w, s, e, n in boxes:
        near |= Q(min_x__lte=e, max_x__gte=w, min_y__lte=n, max_y__gte=s)
    pairs = list(rows.filter(near).values_list("pk", "wkb"))
    if not pairs:
        return []
    window = shapely.union_all([shapely.box(*b) for b in boxes])
    touched = shapely.intersects(shapely.from_wkb([bytes(wkb) for _pk, wkb in pairs]), window)
    return [pk for (pk, _wkb), touches in zip(pairs, touched, strict=True) if touches]


def _number(request: HttpRequest, name: str, usual: int, least: int) -> int:
    said = request.GET.get(name, "")
    if not said:
        return usual
    if not said.isdecimal() or len(said) > 9 or int(said) < least:
        raise Refused(400, _("%(name)s is a whole number from %(least)s.") % {"name": name, "least": least})
    return int(said)


def _moment(said: str) -> None:
    """Features have no time of their own, so that every time fits; but what is no time is refused."""
    for part in said.split("/")[:3] if said else ():
        try:
            fits = part in ("", "..") or parse_datetime(part) or parse_date(part)
        except ValueError:
            fits = None
        if not fits or said.count("/") > 1:
            raise Refused(400, _("datetime is a day, a moment, or two with / between them."))


@answering()
def item(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """One feature."""
    chosen = _rows(_known(name)).filter(pk=pk).values_list("pk", flat=True) if pk < 2**63 else []
    found = maps.features(None, public=True, pks=list(chosen))
    if not found:
        raise Refused(404, _("There is no such feature."))
    links = [
        _link(request, reverse("ogc:item", args=[name, pk]), "self", GEOJSON),
        _link(request, reverse("ogc:collection", args=[name]), "collection"),
    ]
    return HttpResponse(maps.one_geojson(found[0], {"links": links}), content_type=GEOJSON)


@answering()
def api(request: HttpRequest) -> HttpResponse:
    """The same as an OpenAPI description, for programs."""

    def get(summary: str, kind: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
        ok = {"description": summary, "content": {kind: {"schema": {"type": "object"}}}}
        return {"get": {"summary": summary, "parameters": parameters, "responses": {"200": ok}}}

    def query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "in": "query", "required": False, "schema": schema}

    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": list(KINDS)}}
    pk = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    box = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    asked = [
        query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}),
        query("offset", {"type": "integer", "minimum": 0, "default": 0}),
        {**query("bbox", box), "style": "form", "explode": False},
        query("datetime", {"type": "string"}),
    ]
    paths = {
        "/": get("landing page", JSON, []),
        "/conformance": get("conformance", JSON, []),
        "/collections": get("collections", JSON, []),
        "/collections/{name}": get("collection", JSON, [name]),
        "/collections/{name}/items": get("features", GEOJSON, [name, *asked]),
        "/collections/{name}/items/{id}": get("feature", GEOJSON, [name, pk]),
    }
    servers = [{"url": request.build_absolute_uri(reverse("ogc:landing")).rstrip("/")}]
    info = {"title": _("Industrial land"), "version": "1.0.0"}
    return _json({"openapi": "3.0.3", "info": info, "servers": servers, "paths": paths}, OPENAPI)
