"""The map of projects: the zones in which they stand, drawn by the room of land."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from diemtua.land.queries import maps
from diemtua.register.access import desk_required
from diemtua.register.models import User

from ..models import Project
from ..rules import stages

SHOWN = 12


@require_GET
@never_cache
@desk_required()
def project_map(request: HttpRequest) -> HttpResponse:
    """Zones and plots with the projects in them, and how many stand nowhere on the map."""
    user: User = request.user  # type: ignore[assignment]
    stage = request.GET.get("stage", "")
    seen = Project.objects.visible_to(user).live()
    seen = seen.filter(stage=stage) if stage in dict(stages.STAGES) else seen.exclude(stage__in=stages.OVER)
    counts = dict(seen.exclude(zone=None).order_by().values_list("zone").annotate(n=Count("pk")))
    plots = set(seen.exclude(plot=None).values_list("plot", flat=True))
    found = [f for f in maps.features(user, pks={*counts, *plots}) if f.kind == "zone" or f.pk in plots]
    titles = dict(
        Project.zone.field.related_model.objects.visible_to(user)  # type: ignore[attr-defined]
        .live()
        .filter(pk__in=counts)
        .values_list("pk", "record__title")
    )
    outlined = {f.pk for f in found if f.kind == "zone"}
    roughly = maps.at_communes({pk: title for pk, title in titles.items() if pk not in outlined})
    found += roughly
    drawn = outlined | {f.pk for f in roughly}
    box = maps.box_of(found)
    picture = maps.picture(found, maps.wider(box, 0.5 if roughly else 0.16) if box else None)
    marks = [
        {"x": p.x, "y": p.y, "n": n, "r": min(10 + 3 * len(str(n)) + n**0.5, 34), "url": p.url, "title": p.title}
        for p in picture.paths
        for f in found
        if f.kind == "zone" and p.url == f.url and (n := counts.get(f.pk))
    ]
    zones = sorted(((titles[pk], n, pk, pk in drawn) for pk, n in counts.items() if pk in titles), key=lambda z: -z[1])
    context: dict[str, Any] = {
        "picture": picture if found else None,
        "marks": marks,
        "zones": zones[:200],
        "elsewhere": seen.filter(zone=None).count(),
        "all": sum(counts.values()),
        "stages": stages.STAGES,
        "stage": stage,
        "roughly": bool(roughly),
        "illustrative": any(f.properties["illustrative"] for f in found),
    }
    return render(request, "projects/map.html", context)
