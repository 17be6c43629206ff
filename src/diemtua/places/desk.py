"""Officers' pages: find a place on a day, read a unit's page, add names and foreign localities."""

from __future__ import annotations

import datetime
import math
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diemtua.kit.dates import DateError, parse_date
from diemtua.kit.text import strip_control
from diemtua.places import actions, queries
from diemtua.places.models import AdminUnit, Alias, Country, Level, Outline
from diemtua.places.rules import FOREIGN_KINDS, may_change

PER_PAGE = 50
DRAWING_WIDTH = 400


# --- finding --------------------------------------------------------------------------------------
@login_required
@require_GET
def place_list(request: HttpRequest) -> HttpResponse:
    """Search a place on a day; without a name, the provinces of Vietnam on that day."""
    text = request.GET.get("q", "")
    level = request.GET.get("level", "")
    level = level if level in Level.values else ""
    country = strip_control(request.GET.get("country", "")).upper()[:2]
    day, trouble = _day(request.GET.get("on", ""))
    at = day or queries.today()
    found = queries.find(text, on=day, level=level or None, country=country or None)
    if found.text:
        units = found.units
    elif country and country != "VN":
        units = list(AdminUnit.objects.of_country(country).on(at).filter(level=level or Level.PROVINCE).for_list())
    else:
        units = list(AdminUnit.objects.of_country("VN").on(at).filter(level=Level.PROVINCE).for_list())
    page = Paginator(units, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "page": page,
        "rows": _rows(list(page)),
        "elsewhen": _rows([m.unit for m in found.elsewhen[:20]]),
        "q": found.text,
        "on": request.GET.get("on", ""),
        "day": day,
        "trouble": trouble,
        "level": level,
        "country": country,
        "levels": Level.choices,
        "countries": Country.objects.filter(units__isnull=False).distinct().order_by("sort_key"),
        "may_change": may_change(request.user),
        "query": _query_without_page(request),
    }
    return render(request, "places/list.html", context)


def _rows(units: list[AdminUnit]) -> list[dict[str, Any]]:
    """Units with what stands in their place today and their other names, in a bounded number of queries."""
    now = queries.currents_of(units)
    names: dict[int, list[str]] = {}
    for unit_id, text in Alias.objects.filter(unit__in=units).values_list("unit_id", "text"):
        names.setdefault(unit_id, []).append(text)
    return [{"unit": u, "heirs": [h for h in now[u.pk] if h.pk != u.pk], "aliases": names.get(u.pk, [])} for u in units]


def _day(text: str) -> tuple[datetime.date | None, str]:
    """The day asked for, or None and what is wrong with it. Of a longer period, its first day."""
    if not text.strip():
        return None, ""
    try:
        return parse_date(text).first, ""
    except DateError as error:
        return None, str(error)


def _query_without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


# --- one unit -------------------------------------------------------------------------------------
class AliasForm(forms.Form):
    """Another name of a unit."""

    text = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    language = forms.CharField(
        label=gettext_lazy("Language"),
        max_length=8,
        required=False,
        help_text=gettext_lazy("ISO code: vi, en, lo, ko, zh"),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


@login_required
@require_GET
def unit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one unit."""
    return _unit_page(request, _unit(pk), AliasForm())


@login_required
@require_POST
def alias_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for a unit."""
    if not may_change(request.user):
        raise PermissionDenied(_("Your role does not allow adding names."))
    unit = _unit(pk)
    form = AliasForm(request.POST)
    if form.is_valid():
        try:
            alias = actions.add_alias(actor=request.user, unit=unit, **form.cleaned_data)
        except ValidationError as error:
            _put_errors(form, error)
        else:
            messages.success(request, _("The name “%(name)s” has been added.") % {"name": alias.text})
            return redirect(unit)
    return _unit_page(request, unit, form, status=422)


def _unit(pk: int) -> AdminUnit:
    return get_object_or_404(AdminUnit.objects.for_list().select_related("outline"), pk=pk)


def _unit_page(request: HttpRequest, unit: AdminUnit, form: AliasForm, status: int = 200) -> HttpResponse:
    today = queries.today()
    day, trouble = _day(request.GET.get("on", ""))
    day = day or (today if unit.holds_on(today) else unit.last_day or unit.valid_from or today)
    children = unit.children.on(day).order_by("level", "sort_key", "pk")
    heirs = [u for u in queries.current_of(unit) if u.pk != unit.pk]
    out = list(unit.successions_out.select_related("successor"))
    context = {
        "unit": unit,
        "label": queries.label(unit),
        "heirs": heirs,
        "out": out,
        "into": list(unit.successions_in.select_related("predecessor").order_by("predecessor__sort_key")),
        "aliases": list(unit.aliases.all()),
        "form": form,
        "may_change": may_change(request.user),
        "day": day,
        "trouble": trouble,
        "page": Paginator(children, PER_PAGE).get_page(request.GET.get("page")),
        "drawing": draw(unit.outline) if hasattr(unit, "outline") else None,
        "query": _query_without_page(request),
        "chain": [heir for heir in heirs if heir.pk not in {s.successor_id for s in out}],
    }
    return render(request, "places/unit.html", context, status=status)


def draw(outline: Outline) -> dict[str, Any]:
    """An outline as the path of an SVG drawing; a degree of longitude is shortened as at its latitude."""
    polygons = outline.geometry["coordinates"]
    points = [point for polygon in polygons for ring in polygon for point in ring]
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = DRAWING_WIDTH / max((east - west) * narrow, north - south, 1e-6)
    path = "".join(
        "M" + "L".join(f"{(x - west) * narrow * scale:.1f} {(north - y) * scale:.1f}" for x, y in ring) + "Z"
        for polygon in polygons
        for ring in polygon
    )
    return {
        "path": path,
        "width": max(1, round((east - west) * narrow * scale)),
        "height": max(1, round((north - south) * scale)),
    }


def _put_errors(form: forms.Form, error: ValidationError) -> None:
    """The errors of an action at the fields of its form."""
    for said, texts in error.message_dict.items():
        name = {"parent": "parent_name"}.get(said, said)
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


# --- foreign localities ---------------------------------------------------------------------------
class ForeignForm(forms.Form):
    """A locality abroad."""

    country = forms.ModelChoiceField(Country.objects.exclude(code="VN"), label=gettext_lazy("Country"))
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=Level.choices)
    kind = forms.CharField(
        label=gettext_lazy("Kind"),
        max_length=30,
        required=False,
        help_text="tỉnh, thành phố, bang, …",
    )
    name = forms.CharField(label=gettext_lazy("Vietnamese name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    parent_name = forms.CharField(
        label=gettext_lazy("Part of"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("The name of the larger unit, if it is listed"),
    )
    aliases = forms.CharField(
        label=gettext_lazy("Other names"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One on a line; a language may follow after |, as in ໄຊຍະບູລີ | lo"),
    )

    def clean_aliases(self) -> list[tuple[str, str]]:
        """Lines of `name | language` as pairs."""
        pairs = []
        for line in self.cleaned_data["aliases"].splitlines():
            text, _bar, language = line.partition("|")
            if text.strip():
                pairs.append((text.strip(), language.strip()))
        return pairs

    def clean(self) -> dict[str, Any]:
        """Find the larger unit by its name."""
        data = super().clean() or self.cleaned_data
        typed, country = data.pop("parent_name", ""), data.get("country")
        data["parent"] = None
        if typed and country:
            found = queries.find(typed, on=queries.today(), country=country.pk)
            data["parent"] = found.unit
            if found.ambiguous:
                self.add_error("parent_name", _("Several places are called so; write its kind as well."))
            elif not found.unit:
                self.add_error(
                    "parent_name", _("No place of this name is listed in %(country)s.") % {"country": country}
                )
        return data


@login_required
@require_http_methods(["GET", "POST"])
def foreign_add(request: HttpRequest) -> HttpResponse:
    """A locality abroad that is not listed yet."""
    if not may_change(request.user):
        raise PermissionDenied(_("Your role does not allow adding localities."))
    form = ForeignForm(request.POST or None, initial={"name": request.GET.get("name", "")[:120]})
    if request.method == "POST" and form.is_valid():
        try:
            unit = actions.add_foreign_locality(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            _put_errors(form, error)
        else:
            messages.success(request, _("%(unit)s has been added.") % {"unit": unit})
            return redirect(unit)
    return render(
        request,
        "places/foreign_form.html",
        {"form": form, "kinds": FOREIGN_KINDS},
        status=422 if request.method == "POST" else 200,
    )
