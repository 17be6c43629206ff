"""The parts of zone and plot pages that load after them, the steps of the ledger, and what is due for a check."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.desk.forms import DAY_FORMATS
from diemtua.register.desk.views import the_record
from diemtua.register.models import Record, Role, User

from .. import actions
from ..desk.zones import STATES
from ..forms.ledger import ExtendForm, LedgerForm, ReleaseForm, ReserveForm, offered
from ..models import Reservation
from ..queries import pages, standing
from ..rules.units import LAND

SHOWN_DUE = 500


def asked_day(request: HttpRequest) -> tuple[datetime.date, str]:
    """(the day of the address, or today; a sentence where what was typed is no day)."""
    today = timezone.localdate()
    typed = request.GET.get("day", "").strip()[:40]
    if not typed:
        return today, ""
    try:
        day = forms.DateField(input_formats=DAY_FORMATS).clean(typed)
    except ValidationError:
        return today, _("“%(day)s” is no day. Write it as dd/mm/yyyy, for example 04/11/2021.") % {"day": typed}
    return day, ""


@require_GET
@never_cache
@desk_required()
def record_land(request: HttpRequest, pk: int) -> HttpResponse:
    """Occupancy, books, reservations and prices of a zone or plot on a day; a fragment for htmx, else a page."""
    user: User = request.user  # type: ignore[assignment]
    screen, instance = the_record(request, pk)
    if screen.kind not in ("zone", "plot"):
        raise Http404
    day, error = asked_day(request)
    found = pages.zone_facts if screen.kind == "zone" else pages.plot_facts
    context = {
        "screen": screen,
        "instance": instance,
        "record": instance.record,
        "day": day,
        "today": timezone.localdate(),
        "error": error,
        "may_reserve": instance.record.archived_at is None and access.may_edit(user, instance.record),
        "states": STATES,
        **found(instance, user, day),
    }
    htmx = bool(request.htmx)  # type: ignore[attr-defined]
    template = f"land/{screen.kind}_facts.html" if htmx else "land/facts_page.html"
    return render(request, template, context, status=422 if error and not htmx else 200)


@desk_required(Role.OFFICER)
def reserve(request: HttpRequest, pk: int) -> HttpResponse:
    """Reserve a utility or land for a record. What is left stands beside the form."""
    user: User = request.user  # type: ignore[assignment]
    screen, instance = the_record(request, pk)
    if screen.kind not in ("zone", "plot") or instance.record.archived_at is not None:
        raise Http404
    record = instance.record
    access.require(access.may_edit(user, record), _("You may not change this record. Ask its unit or a lead."))
    rows = pages.ledger_rows(record, user, timezone.localdate())
    utilities = [r.found.utility for r in rows if r.found is not None and r.found.utility != LAND]
    form = ReserveForm(
        request.POST or None, user=user, offered=offered(screen.kind, utilities), initial=request.GET.dict()
    )

    def run(**values: Any) -> None:
        actions.reserve(actor=user, record=record, **values)

    heading = _("Reserve at “%(title)s”") % {"title": record.title}
    return _step(request, record, form, run, heading, _("Reserve"), {"screen": screen, "ledger": rows})


@desk_required(Role.OFFICER)
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a reservation another last day."""
    return _change(request, pk, ExtendForm, actions.extend, _("Change the last day of the reservation"), _("Save"))


@desk_required(Role.OFFICER)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back what is reserved."""
    return _change(request, pk, ReleaseForm, actions.release, _("Give back what is reserved"), _("Give back"))


def _change(
    request: HttpRequest, pk: int, factory: type[LedgerForm], action: Callable[..., Any], heading: str, button: str
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    reservation = Reservation.objects.visible_to(user).select_related("record", "for_record").filter(pk=pk).first()
    if reservation is None or reservation.record.archived_at is not None:
        raise Http404
    record = reservation.record
    access.require(access.may_edit(user, record), _("You may not change this record. Ask its unit or a lead."))
    form = factory(request.POST or None, user=user, initial={"ends": reservation.ends})

    def run(**values: Any) -> None:
        action(actor=user, reservation=reservation, **values)

    seen = reservation.for_record if access.may_see(user, reservation.for_record) else None
    screen, _instance = the_record(request, record.pk)
    extra = {"screen": screen, "reservation": reservation, "for_record": seen}
    return _step(request, record, form, run, heading, button, extra)


def _step(
    request: HttpRequest,
    record: Record,
    form: LedgerForm,
    run: Callable[..., Any],
    heading: str,
    button: str,
    extra: dict[str, Any],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            run(**form.cleaned_data)
        except ValidationError as error:
            form.add_errors(error)
        else:
            messages.success(request, _("“%(title)s” has been saved.") % {"title": record.title})
            return redirect(record)
    status = 422 if request.method == "POST" else 200
    context = {"record": record, "form": form, "heading": heading, "button": button, **extra}
    return render(request, "land/step.html", context, status=status)


@require_GET
@never_cache
@desk_required()
def due(request: HttpRequest) -> HttpResponse:
    """Facts of zones and plots whose time for a check has come, longest due first."""
    day = timezone.localdate()
    found = standing.facts_due(request.user, day)
    return render(
        request,
        "land/due.html",
        {"rows": found[:SHOWN_DUE], "more": len(found) > SHOWN_DUE, "all": len(found), "day": day},
    )
