"""Bringing in outlines: the file, the report plot by plot, and saving it all or not at all."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from diemtua.kit.secrecy import secrecy_mark
from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.importing import secrecy
from diemtua.register.importing.uploads import Upload, keep_upload, read_upload
from diemtua.register.models import Role, User
from diemtua.register.screens import Screen
from diemtua.register.tabular import Unreadable

from ..actions import outline_import
from ..forms.outlines import OptionsForm, StartForm
from ..models import Zone
from ..queries import maps, outline_plan, whereabouts

SHOWN_ROWS = 300
MOST_READ = 2_000  # of so many shapes the words are looked at for a mark of secrecy


class _Outlines(Screen):
    """A name of their own for waiting files of outlines: no import of a table takes one up."""

    kind = "outlines"
    model: ClassVar[Any] = Zone


OUTLINES = _Outlines()


def refuse_unfit(name: str, data: bytes) -> None:
    """Raises Unreadable for a file that cannot be read as outlines, or whose words are marked as secret."""
    from ..shapes.reading import read

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
    from ..shapes.reading import read

    user: User = request.user  # type: ignore[assignment]
    upload = read_upload(OUTLINES, token, user)
    zone = _zone(upload, user)
    if upload is None or zone is None:
        raise Http404
    drawing = read(upload.path.read_bytes(), upload.name)
    asked = request.POST if request.method == "POST" else request.GET
    form = OptionsForm(drawing, zone, asked or {"create": "on"})
    made = outline_plan.plan(drawing, form.options(zone, upload.fixed.get("what", "plots")), user)
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


def _report(made: outline_plan.Plan, request: HttpRequest) -> dict[str, Any]:
    """The rows as shown, worst first, the drawing, and where other readings lead."""
    rows = sorted(made.rows, key=lambda r: (r.saves, -r.level, r.shape.number))
    found = []
    for row in made.rows:
        if row.checked is None or not _drawable(row.checked.candidate.geometry):
            continue
        tone = "error" if not row.saves else "warning" if row.level >= 2 else "sound"
        kind = "zone" if row.target is not None and row.target.pk == made.options.zone.pk else "plot"
        found.append(
            maps.Feature(row.shape.number, kind, row.label or f"#{row.shape.number}", row.checked.candidate.geometry,
                             {"code": row.label, "state": tone})
        )  # fmt: skip
    kept = [maps.Feature(0, "plot", label, geometry, {"code": label, "state": "kept"}) for label, geometry in made.kept]
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
        "picture": maps.picture([*kept, *found], maps.box_of(near or found)) if found else None,
        "suggestions": suggestions,
        "system_name": dict(whereabouts.systems(made.options.zone)).get(made.system, made.system),
        "start_url": f"{reverse('land:outlines')}?zone={made.options.zone.pk}",
    }


def _drawable(geometry: Any) -> bool:
    import math

    return not geometry.is_empty and all(math.isfinite(v) for v in geometry.bounds) and abs(geometry.bounds[3]) <= 90
