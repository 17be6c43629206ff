"""The pages whose facts come from the register: nothing on them is typed twice."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.land.models import Plot, Zone
from diemtua.land.queries import maps
from diemtua.sources.models import Document

from .. import facts, site, wording
from ..languages import address, current, page
from ..parks import park_facts
from ..remembered import remembered

NOBODY: Any = AnonymousUser()
MOST_DRAWN = 150  # plots on the plan of one park: more cannot be told apart
MOST = 2**63 - 1  # the largest number that databases know


@page
def home(request: HttpRequest) -> HttpResponse:
    """Who we are in numbers, the parks, the ways in."""
    return home_page(request, site.home(current().code))


def home_page(request: HttpRequest, edited: Any = None) -> HttpResponse:
    """The first page with the heading and opening lines an editor gave it, if any did."""
    return render(request, "portal/home.html", remembered("home", make=_home) | {"edited": edited})


def _home() -> dict[str, Any]:
    zones = facts.zones()
    return {
        "totals": facts.totals(),
        "zones": [z for z in zones if not z.illustrative][:6],
        "picture": _draw(zones, None),
        "stories": facts.stories()[:3],
        "calling": facts.calling()[:3],
        "today": timezone.localdate(),
    }


def _draw(zones: list[Zone], zone: Zone | None) -> Any:
    """A drawing with links to pages of the portal, or None where nothing is drawn.

    A zone whose outline is not known stands as a small circle at its commune.
    """
    if zone is not None:
        plots = Plot.objects.public().filter(zone=zone).order_by("pk").values_list("pk", flat=True)
        found = maps.features(None, public=True, pks=[zone.pk, *plots[:MOST_DRAWN]])
        box = maps.box_of(found)
    else:
        found = maps.features(None, public=True, pks=[z.pk for z in zones])
        drawn = {f.pk for f in found}
        found += maps.at_communes({z.pk: z.record.title for z in zones if z.pk not in drawn})
        box = maps.wider(maps.box_of(found) or maps.home_box(), 0.5) if found else None
    if not found:
        return None
    picture = maps.picture(found, box)
    picture.box = box
    urls = {f.url: address("park", f.pk) if f.kind == "zone" else f"#plot-{f.pk}" for f in found}
    picture.paths = [replace(p, url=urls.get(p.url, "")) for p in picture.paths]
    return picture


@page
def why(request: HttpRequest) -> HttpResponse:
    """Figures of public records, each with its day and source."""
    return render(request, "portal/why.html", remembered("why", make=_why))


def _why() -> dict[str, Any]:
    said = facts.figures(record__party__is_own=True, record__party__kind="locality") + facts.figures(
        record__kind__in=("zone", "project", "market")
    )
    names = facts.names_of({f.record for f in said})
    groups = [
        (names.get(pk, rows[0].title), rows[0], rows)
        for pk, rows in ((k, list(g)) for k, g in groupby(said, key=lambda f: f.record))
    ]
    headings = {
        "party": _("The province"),
        "zone": _("Zones and parks"),
        "project": _("Projects that run"),
        "market": _("Export markets"),
    }
    sections = [(title, [g for g in groups if g[1].kind == kind]) for kind, title in headings.items()]
    return {"sections": [s for s in sections if s[1]], "today": timezone.localdate()}


@page
def sectors(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/sectors.html", {"sectors": remembered("sectors", make=facts.sectors)})


@page
def parks(request: HttpRequest) -> HttpResponse:
    """The map of all zones, and a card for each."""
    return render(request, "portal/parks.html", remembered("parks", make=_parks))


def _parks() -> dict[str, Any]:
    zones = facts.zones()
    return {"zones": zones, "picture": _draw(zones, None), "illustrative": any(z.illustrative for z in zones)}


@page
def park(request: HttpRequest, pk: int) -> HttpResponse:
    """One zone: facts, utilities, prices, plots, distances, figures."""
    zone = (
        Zone.objects.public()
        .select_related("record", "developer__record", "parent__record")
        .filter(pk=min(pk, MOST))
        .first()
    )
    if zone is None:
        raise Http404
    return render(request, "portal/park.html", remembered("park", zone.pk, make=lambda: _park(zone)))


def _park(zone: Zone) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "zone": zone,
        "name": facts.names_of([zone.pk]).get(zone.pk, zone.record.title),
        "developer": zone.developer if facts.is_open(zone.developer) else None,
        "parent": zone.parent if facts.is_open(zone.parent) else None,
        "established": wording.day(zone.established),
        "term_until": wording.day(zone.term_until),
        "picture": _draw([], zone),
        "figures": facts.figures(record=zone.pk),
        "today": today,
        **park_facts(zone, today),
    }


@page
def calling(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/calling.html", {"projects": remembered("calling", make=facts.calling)})


@page
def stories(request: HttpRequest) -> HttpResponse:
    """Projects that run, with what has been reached."""
    context = {"stories": remembered("stories", make=_stories), "told": site.stories(request)}
    return render(request, "portal/stories.html", context)


def _stories() -> list[dict[str, Any]]:
    projects = facts.stories()
    said: dict[int, list[facts.Said]] = {}
    for f in facts.figures(record__in=[p.pk for p in projects]):
        said.setdefault(f.record, []).append(f)
    return [
        {
            "project": p,
            "investor": p.investor if facts.is_open(p.investor) else None,
            "zone": p.zone if facts.is_open(p.zone) else None,
            "figures": said.get(p.pk, []),
            "since": wording.day(p.operating_since),
        }
        for p in projects
    ]


@page
def partners(request: HttpRequest) -> HttpResponse:
    """Countries with partners on a map of the world, and what was signed with them in public."""
    return render(request, "portal/partners.html", remembered("partners", make=_partners) | {"world": facts.world()})


def _partners() -> dict[str, Any]:
    found = facts.partners_by_country()
    world = facts.world()
    here = {c.country.pk: c for c in found}
    home_x, home_y = world["countries"]["VN"]["x"], world["countries"]["VN"]["y"]
    shapes = [
        {"d": one["d"], "look": "home" if code == "VN" else "partner" if code in here else "",
         "name": facts.place_name(here[code].country) if code in here else ""}
        for code, one in world["countries"].items()
    ]  # fmt: skip
    lines = []
    for code, c in here.items():
        if (at := world["countries"].get(code)) is not None:
            bend = min(home_y, at["y"]) - abs(home_x - at["x"]) * 0.22 - 6
            lines.append({"d": f"M{home_x} {home_y}Q{(home_x + at['x']) / 2:.1f} {bend:.1f} {at['x']} {at['y']}",
                          "x": at["x"], "y": at["y"], "n": len(c.agreements), "name": facts.place_name(c.country)})  # fmt: skip
    return {"countries": found, "shapes": shapes, "lines": lines, "home": (home_x, home_y)}


@page
def markets(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/markets.html", {"rows": remembered("markets", make=_markets)})


def _markets() -> list[dict[str, Any]]:
    found = facts.markets()
    said = {f.record: f for f in facts.figures(record__kind="market", measure="exports")}
    return [
        {
            "market": m,
            "place": facts.place_name(m.country or m.bloc),
            "since": wording.day(m.since),
            "figure": said.get(m.pk),
        }
        for m in found
    ]


@page
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a figure comes from: title, issuer, number and day of a public source, and its address."""
    found = Document.objects.public().select_related("record").filter(pk=min(pk, MOST)).first()
    if found is None:
        raise Http404
    said = facts.figures(evidence__source=pk)
    return render(
        request, "portal/source.html", {"source": found, "figures": said, "published": wording.day(found.published)}
    )


def plots_of(pks: list[int]) -> dict[int, Plot]:
    """Public plots by number."""
    rows = (
        Plot.objects.public().filter(pk__in=pks, zone__record__access="public").select_related("record", "zone__record")
    )
    return {p.pk: p for p in rows}
