"""Ports, airports, border gates and junctions, and the roads that were measured to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from diemtua.register.access import desk_required, may_create
from diemtua.register.models import Record, Role, User

from ..actions import destinations as actions
from ..actions.roads import measure_road
from ..forms.destinations import DestinationForm, RoadForm
from ..forms.ledger import LedgerForm
from ..models import Destination, RoadDistance
from ..queries import whereabouts

SHOWN_ROADS = 500


@require_GET
@never_cache
@desk_required()
def listed(request: HttpRequest) -> HttpResponse:
    """Every destination, by kind."""
    rows = Destination.objects.annotate(measured=Count("roads"))
    order = {kind: n for n, kind in enumerate(Destination.Kind.values)}
    found = sorted(rows, key=lambda d: (order[d.kind], str(d)))
    return render(request, "land/destinations.html", {"rows": found, "may_add": may_create(_actor(request))})


@desk_required(Role.OFFICER)
def new(request: HttpRequest) -> HttpResponse:
    """A form for another one."""
    form = DestinationForm(request.POST or None, user=_actor(request))
    return _answer(
        request,
        form,
        lambda: actions.save_destination(actor=_actor(request), **form.values()),
        "land/destination.html",
        {},
    )


@never_cache
@desk_required()
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Where it lies, the roads measured to it, and the form for officers."""
    destination = get_object_or_404(Destination, pk=code)
    asked = request.POST if request.method == "POST" and may_create(_actor(request)) else None
    initial = {n: getattr(destination, n) for n in actions.FIELDS}
    form = DestinationForm(asked, user=_actor(request), initial=initial)
    if request.method == "POST" and asked is None:
        raise PermissionDenied

    def save() -> Destination:
        return actions.save_destination(actor=_actor(request), destination=destination, **form.values())

    return _answer(request, form, save, "land/destination.html", _about(request, destination))


@require_POST
@desk_required(Role.OFFICER)
def measured(request: HttpRequest, code: str) -> HttpResponse:
    """Write down how far the road from a zone or plot is."""
    destination = get_object_or_404(Destination, pk=code)
    road = RoadForm(request.POST, user=_actor(request))
    form = DestinationForm(None, user=_actor(request), initial={n: getattr(destination, n) for n in actions.FIELDS})

    def save() -> Destination:
        measure_road(actor=_actor(request), destination=destination, **road.cleaned_data)
        return destination

    extra = _about(request, destination) | {"form": form, "road": road}
    return _answer(request, road, save, "land/destination.html", extra)


@require_POST
@desk_required(Role.OFFICER)
def remove(request: HttpRequest, code: str) -> HttpResponse:
    """Take away one that an officer added."""
    destination = get_object_or_404(Destination, pk=code)
    try:
        actions.remove_destination(actor=_actor(request), destination=destination)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("land:destination", code=code)
    messages.success(request, _("“%(title)s” has been removed.") % {"title": destination})
    return redirect("land:destinations")


def _actor(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _about(request: HttpRequest, destination: Destination) -> dict[str, Any]:
    seen = Record.objects.visible_to(_actor(request)).live()
    roads = RoadDistance.objects.filter(destination=destination, record__in=seen.values("pk"))
    return {
        "destination": destination,
        "lies": whereabouts.place_of(destination.lon, destination.lat),
        "roads": roads.select_related("record").order_by("record__sort_key", "pk")[:SHOWN_ROADS],
        "road": RoadForm(None, user=_actor(request)),
    }


def _answer(
    request: HttpRequest, form: LedgerForm, save: Callable[[], Destination], template: str, extra: dict[str, Any]
) -> HttpResponse:
    """Save and go on to the destination, or show the page with what is wrong."""
    sent = form.is_bound
    if sent and form.is_valid():
        try:
            kept = save()
        except ValidationError as error:
            form.add_errors(error)
        else:
            messages.success(request, _("“%(title)s” has been saved.") % {"title": kept})
            return redirect("land:destination", code=kept.pk)
    context = {"form": form, "may_edit": may_create(_actor(request)), **extra}
    return render(request, template, context, status=422 if sent else 200)
