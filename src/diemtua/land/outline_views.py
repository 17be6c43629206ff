"""Bringing in outlines: the file, the report plot by plot, and saving it all or not at all."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from diemtua.kit.secrecy import secrecy_mark
from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.desk.widgets import LookupField
from diemtua.register.importing import secrecy
from diemtua.register.importing.uploads import Upload, keep_upload, read_upload
from diemtua.register.models import Role, User
from diemtua.register.screens import Screen
from diemtua.register.tabular import Unreadable

from . import map_data, outline_import, whereabouts
from .models import Zone

SHOWN_ROWS = 300
MOST_READ = 2_000  # of so many shapes the words are looked at for a mark of secrecy


class _Outlines(Screen):
    """A name of their own for waiting files of outlines: no import of a table takes one up."""

    kind = "outlines"
    model: ClassVar[Any] = Zone


OUTLINES = _Outlines()


def _dress(form: forms.Form) -> None:
    """The classes by which boxes get their look."""
    for f in form.fields.values():
        look = "form-select" if isinstance(f.widget, forms.Select) else "form-control"
        f.widget.attrs.setdefault("class", "form-check-input" if isinstance(f.widget, forms.CheckboxInput) else look)


class StartForm(forms.Form):
    """The file, and whose outlines it holds."""

    what = forms.ChoiceField(
        label=gettext_lazy("what the file holds"),
        choices=[
            ("plots", gettext_lazy("Plots of the zone (its own outline may be among them)")),
            ("zone", gettext_lazy("The outline of the zone itself")),
        ],
        initial="plots",
    )
    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy(
            "GeoJSON (also made of a CAD drawing), KML, KMZ, or a shapefile in one zip; up to 25 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.kml,.kmz,.zip"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = Zone.objects.visible_to(user).live().select_related("record")
        self.fields = {"zone": LookupField(zones, kind="zone", label=_("zone or park")), **self.fields}
        _dress(self)


class OptionsForm(forms.Form):
    """How the file is read. What is left empty is guessed."""

    reading = forms.ChoiceField(label=gettext_lazy("coordinate system"), required=False)
    swapped = forms.BooleanField(label=gettext_lazy("latitude or northing comes first"), required=False)
    code_key = forms.ChoiceField(label=gettext_lazy("field with the plot number"), required=False)
    area_key = forms.ChoiceField(label=gettext_lazy("field with the area"), required=False)
    area_unit = forms.ChoiceField(
        label=gettext_lazy("unit of the area"),
        required=False,
        choices=[("", gettext_lazy("as it fits")), ("ha", "ha"), ("m2", "m²")],
    )
    create = forms.BooleanField(label=gettext_lazy("make the plots that are missing"), required=False)
    source = forms.CharField(
        label=gettext_lazy("source of the outlines"),
        max_length=250,
        required=False,
        help_text=gettext_lazy(
            "The map or decision they are taken from. Left empty, the name of the file stands there."
        ),
    )

    def __init__(self, drawing: Any, zone: Zone, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guess = ("", _("as it fits"))
        fields: Any = self.fields
        fields["reading"].choices = [guess, *whereabouts.systems(zone)]
        keys = [(k, k) for k in drawing.keys]
        fields["code_key"].choices = [guess, *keys]
        fields["area_key"].choices = [guess, ("-", _("none")), *keys]
        _dress(self)

    def options(self, zone: Zone, what: str) -> outline_import.Options:
        """The choices; those that are no choice count as empty."""
        self.is_valid()
        data = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return outline_import.Options(
            zone=zone,
            what=what,
            system=data["reading"],
            swapped=bool(data["swapped"]),
            code_key=data["code_key"],
            area_key=data["area_key"],
            area_unit=data["area_unit"],
            create=bool(data["create"]),
            source=data["source"],
        )


def refuse_unfit(name: str, data: bytes) -> None:
    """Raises Unreadable for a file that cannot be read as outlines, or whose words are marked as secret."""
    from .shapes.reading import read

    if secrecy_mark("", name):
        raise Unreadable("secret", secrecy.SENTENCE)
    drawing = read(data, name)
    said = (text for shape in drawing.shapes[:MOST_READ] for text in (shape.layer, *shape.properties.values()))
    if secrecy_mark("\n".join(said)):
        raise Unreadable("secret", secrecy.SENTENCE)


@require_http_methods(["GET", "POST"])
@desk_required(Role.OFFICER)
def start(request: HttpRequest) -> HttpResponse:
    """Choose the file."""
    user: User = request.user  # type: ignore[assignment]
    asked = request.POST if request.method == "POST" else None
    form = StartForm(user, asked, request.FILES or None, initial={"zone": request.GET.get("zone", "")})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            file, zone = form.cleaned_data["file"], form.cleaned_data["zone"]
            try:
                access.require(
                    access.may_edit(user, zone.record), _("You may not change this record. Ask its unit or a lead.")
                )
                upload = keep_upload(OUTLINES, file.read(), file.name, user, refuse=refuse_unfit)
                upload.fixed = {"zone": str(zone.pk), "what": form.cleaned_data["what"]}
                upload.save()
                return redirect("land:outlines-check", token=upload.token)
            except Unreadable as error:
                form.add_error("file", str(error.sentence))
            except PermissionDenied as error:
                form.add_error("zone", str(error))
        status = 422
    return render(request, "land/outlines_start.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@desk_required(Role.OFFICER)
def check(request: HttpRequest, token: str) -> HttpResponse:
    """The report plot by plot; a POST saves what it says."""
    from .shapes.reading import read

    user: User = request.user  # type: ignore[assignment]
    upload = read_upload(OUTLINES, token, user)
    zone = _zone(upload, user)
    if upload is None or zone is None:
        raise Http404
    drawing = read(upload.path.read_bytes(), upload.name)
    asked = request.POST if request.method == "POST" else request.GET
    form = OptionsForm(drawing, zone, asked or {"create": "on"})
    made = outline_import.plan(drawing, form.options(zone, upload.fixed.get("what", "plots")), user)
    problem, status = "", 200
    if request.method == "POST":
        try:
            batch = outline_import.save(
                actor=user,
                made=made,
                name=upload.name,
                sha256=upload.sha256,
                leave_out=bool(request.POST.get("leave_out")),
                confirmed=bool(request.POST.get("confirmed")),
            )
        except ValidationError as error:
            problem, status = " ".join(error.messages), 422
        else:
            upload.forget()
            saved = len(made.saving)
            messages.success(
                request,
                ngettext("%(count)s outline saved.", "%(count)s outlines saved.", saved) % {"count": saved},
            )
            return redirect("desk:batch", pk=batch.pk)
    context = {"upload": upload, "zone": zone, "form": form, "plan": made, "problem": problem, **_report(made, request)}
    return render(request, "land/outlines_check.html", context, status=status)


def _zone(upload: Upload | None, user: User) -> Zone | None:
    number = upload.fixed.get("zone", "") if upload is not None else ""
    if not number.isdecimal():
        return None
    return Zone.objects.visible_to(user).live().select_related("record", "province").filter(pk=int(number)).first()


def _report(made: outline_import.Plan, request: HttpRequest) -> dict[str, Any]:
    """The rows as shown, worst first, the drawing, and where other readings lead."""
    rows = sorted(made.rows, key=lambda r: (r.saves, -r.level, r.shape.number))
    found = []
    for row in made.rows:
        if row.checked is None or not _drawable(row.checked.candidate.geometry):
            continue
        tone = "error" if not row.saves else "warning" if row.level >= 2 else "sound"
        kind = "zone" if row.target is not None and row.target.pk == made.options.zone.pk else "plot"
        found.append(
            map_data.Feature(row.shape.number, kind, row.label or f"#{row.shape.number}", row.checked.candidate.geometry,
                             {"code": row.label, "state": tone})
        )  # fmt: skip
    kept = [
        map_data.Feature(0, "plot", label, geometry, {"code": label, "state": "kept"}) for label, geometry in made.kept
    ]
    found.sort(key=lambda f: f.kind != "zone")
    # One plot in the wrong place would make all the others a dot.
    astray = {r.shape.number for r in made.rows if any(f.code in ("elsewhere", "nowhere") for f in r.findings)}
    near = [f for f in found if f.pk not in astray]
    query = request.GET.copy() if request.method == "GET" else request.POST.copy()
    for name in ("csrfmiddlewaretoken", "leave_out", "confirmed"):
        query.pop(name, None)
    suggestions = []
    for s in made.suggestions:
        other = query.copy()
        other["reading"] = s.reading.system.code
        other.pop("swapped", None)
        if s.reading.swapped:
            other["swapped"] = "on"
        other.setdefault("create", "on" if made.options.create else "")
        suggestions.append((s, f"?{other.urlencode()}"))
    return {
        "rows": rows[:SHOWN_ROWS],
        "more": max(len(rows) - SHOWN_ROWS, 0),
        "picture": map_data.picture([*kept, *found], map_data.box_of(near or found)) if found else None,
        "suggestions": suggestions,
        "system_name": dict(whereabouts.systems(made.options.zone)).get(made.system, made.system),
        "start_url": f"{reverse('land:outlines')}?zone={made.options.zone.pk}",
    }


def _drawable(geometry: Any) -> bool:
    import math

    return not geometry.is_empty and all(math.isfinite(v) for v in geometry.bounds) and abs(geometry.bounds[3]) <= 90
