"""Pages of investment projects beside the register: the board, single steps, progress, the funnel."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from diemtua.kit.numbers import format_number
from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.desk.display import language
from diemtua.register.desk.views import the_record
from diemtua.register.models import Role, User
from diemtua.register.templatetags.desk import icon
from diemtua.register.write import Stale

from ..actions import projects as actions
from ..forms.projects import AmendForm, MoveForm, StepForm
from ..models import Currency, Project
from ..models.projects import field_label
from ..queries import progress
from ..rules import gates, stages


def the_project(request: HttpRequest, pk: int, *, to_change: bool = False) -> tuple[Any, Project]:
    """A project this person may see (404 otherwise), or may change (403 otherwise)."""
    screen, instance = the_record(request, pk)
    if screen.kind != "project":
        raise Http404
    if to_change:
        if instance.record.archived_at is not None:
            raise Http404
        access.require(
            access.may_edit(request.user, instance.record),  # type: ignore[arg-type]
            _("You may not change this record. Ask its unit or a lead."),
        )
    return screen, instance


@require_GET
@never_cache
@desk_required()
def board(request: HttpRequest) -> HttpResponse:
    """All stages side by side; a card is dragged, or moved by its menu."""
    user: User = request.user  # type: ignore[assignment]
    mine = request.GET.get("whose") == "mine"
    columns = progress.board(user, mine=mine)
    today = timezone.localdate()
    words = _Words()
    for column in columns:
        column.targets = [(t, stages.LABELS[t]) for t in stages.STEPS[column.stage]]
        column.cards = [_card(project, user, today, words) for project in column.projects]
    context = {
        "columns": columns,
        "mine": mine,
        "may_move": user.is_at_least(Role.OFFICER),
        "empty": not any(c.count for c in columns),
    }
    return render(request, "projects/board.html", context)


class _Words:
    """What every card says alike, looked up once: a board has a hundred cards."""

    def __init__(self) -> None:
        self.late = _("behind schedule")
        self.move = _("Move")
        self.since = _("in this stage since")
        self.arrow = icon("arrow-right")
        self.address = reverse("projects:move", args=[0])
        self.units = {c.value: str(c.label) for c in Currency}


def _card(project: Project, user: User, today: datetime.date, words: _Words) -> SafeString:
    """A card of the board; names that this person may not see are left out."""
    investor, zone = project.investor, project.zone
    who = investor.record.title if investor is not None and access.may_see(user, investor.record) else ""
    place = zone.record.title if zone is not None and access.may_see(user, zone.record) else ""
    late = (
        project.stage in (stages.CERTIFICATE, stages.LAND)
        and project.operation_by is not None
        and project.operation_by.last < today
    )
    url = project.get_absolute_url()
    foot = []
    if project.capital is not None:
        unit = words.units.get(project.currency, "")
        foot.append(format_html("<strong>{} {}</strong>", format_number(project.capital, language()), unit))
    if late:
        foot.append(format_html('<span class="badge bg-red-lt">{}</span>', words.late))
    if project.stage_since is not None:
        days = (today - project.stage_since).days
        said = ngettext("%(n)s day", "%(n)s days", days) % {"n": format_number(days)}
        title = f"{words.since} {project.stage_since:%d/%m/%Y}"
        foot.append(format_html('<span class="text-secondary" title="{}">{}</span>', title, said))
    drag = SafeString("")
    if access.may_edit(user, project.record):
        # Without scripts the arrow leads to the project, whose page has the same steps.
        move = words.address.replace("/0/", f"/{project.pk}/")
        drag = format_html('draggable="true" data-url="{}" data-version="{}"', move, project.record.version)
        foot.append(
            format_html(
                '<a class="btn btn-sm btn-icon pj-menu" href="{}" data-menu aria-label="{}: {}">{}</a>',
                url,
                words.move,
                project.record.title,
                words.arrow,
            )
        )
    return format_html(
        '<li class="pj-card{}" {}><a class="dt-title" draggable="false" href="{}">{}</a>'
        '<div class="pj-line">{}</div><div class="pj-line text-secondary">{}</div><div class="pj-foot">{}</div></li>',
        " is-late" if late else "",
        drag,
        url,
        project.record.title,
        who,
        place,
        SafeString("".join(foot)),
    )


@desk_required(Role.OFFICER)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a project to the stage `to`. The board asks for JSON: it is told where to go on if something lacks."""
    user: User = request.user  # type: ignore[assignment]
    screen, project = the_project(request, pk, to_change=True)
    to = str(request.POST.get("to") or request.GET.get("to") or "")
    if to not in dict(stages.STAGES):
        raise Http404
    page = f"{reverse('projects:move', args=[pk])}?to={to}"
    if request.headers.get("Accept") == "application/json":
        return _moved_on_board(request, project, to, page)
    if project.stage == to or not stages.may_step(project.stage, to):
        messages.error(request, gates.errors_of_step(project.stage, to))
        return redirect(project)
    access.require(
        user.is_at_least(stages.role_for(project.stage, to)),
        _("Only a lead officer may take a project from “%(before)s” to “%(after)s”.")
        % {"before": gates.stage_label(project.stage), "after": gates.stage_label(to)},
    )
    form = MoveForm(
        request.POST or None, user=user, project=project, to=to, initial={"version": project.record.version}
    )
    if request.method == "POST" and form.is_valid():
        values = {n: v for n, v in form.cleaned_data.items() if n not in ("version", "to")}
        try:
            actions.move(actor=user, project=project, to=to, version=form.cleaned_data["version"], **values)
        except (Stale, ValidationError) as error:
            add_errors(form, error)
        else:
            messages.success(
                request,
                _("“%(title)s” is now in the stage “%(stage)s”.") % {"title": project, "stage": gates.stage_label(to)},
            )
            if values.get("source") is None and to in (stages.POLICY, stages.CERTIFICATE, stages.REVOKED):
                messages.warning(
                    request, _("No paper proves it yet: add the decision or certificate when you have it.")
                )
            return redirect(project)
    context = {
        "heading": _("To the stage “%(stage)s”") % {"stage": gates.stage_label(to)},
        "button": _("Move"),
        "gate": stages.GATES[to],
        "from": gates.stage_label(project.stage),
    }
    return step_page(request, screen, project, form, context)


def _moved_on_board(request: HttpRequest, project: Project, to: str, page: str) -> JsonResponse:
    """The board's own answer: the new version, or a sentence with the page that mends it."""
    typed = str(request.POST.get("version", ""))
    version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    if stages.is_back(project.stage, to) or to in (stages.PAUSED, *stages.OVER):
        # These want a reason; the page asks for it.
        return JsonResponse({"page": page, "sentence": _("Say why on the next page.")}, status=422)
    try:
        saved = actions.move(actor=request.user, project=project, to=to, version=version)  # type: ignore[arg-type]
    except Stale:
        return JsonResponse(
            {
                "sentence": _("Somebody has changed this project meanwhile. The board has been read again."),
                "reload": True,
            },
            status=409,
        )
    except PermissionDenied as error:
        return JsonResponse({"sentence": str(error)}, status=403)
    except ValidationError as error:
        wrong_step = hasattr(error, "error_dict") and {"stage", "to"} & set(error.error_dict)
        answer: dict[str, Any] = {"sentence": " ".join(error.messages)}
        if not wrong_step:
            answer["page"] = page
        return JsonResponse(answer, status=422)
    return JsonResponse(
        {
            "version": saved.record.version,
            "stage": saved.stage,
            "sentence": _("“%(title)s” is now in the stage “%(stage)s”.")
            % {"title": saved, "stage": gates.stage_label(to)},
        }
    )


@desk_required(Role.OFFICER)
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an amendment of the certificate: the fields as they are after it."""
    user: User = request.user  # type: ignore[assignment]
    screen, project = the_project(request, pk, to_change=True)
    form = AmendForm(request.POST or None, user=user, project=project, initial={"version": project.record.version})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            actions.amend(actor=user, project=project, version=version, **values)
        except (Stale, ValidationError) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The amendment has been entered."))
            return redirect(project)
    context = {
        "heading": _("Amendment of the certificate"),
        "button": _("Enter the amendment"),
        "hint": _("Change what the amendment changes and leave the rest. What was before is kept."),
    }
    return step_page(request, screen, project, form, context)


def add_errors(form: StepForm, error: Stale | ValidationError) -> None:
    """Put what an action refused into its form."""
    if isinstance(error, Stale):
        form.add_error(None, _("%(error)s Look at it again, then repeat the step.") % {"error": error})
        return
    found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
    for name, sentences in found.items():
        if name in form.fields:
            form.add_error(name, sentences)
        else:
            label = field_label(name) if name in LABELS else ""
            for sentence in sentences:
                form.add_error(None, f"{label}: {' '.join(sentence.messages)}" if label else sentence)


LABELS = {f.name for f in Project._meta.concrete_fields}


def step_page(
    request: HttpRequest, screen: Any, instance: Any, form: StepForm, context: dict[str, Any]
) -> HttpResponse:
    return render(
        request,
        "projects/step.html",
        {"screen": screen, "instance": instance, "record": instance.record, "form": form, **context},
        status=422 if request.method == "POST" else 200,
    )


@require_GET
@never_cache
@desk_required()
def project_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Promises against reality of a project; a fragment for htmx, else a page."""
    user: User = request.user  # type: ignore[assignment]
    screen, project = the_project(request, pk)
    context = {
        "screen": screen,
        "instance": project,
        "record": project.record,
        "moves": progress.moves_of(project),
        "reports": list(
            project.reports.visible_to(user).live().select_related("record").order_by("-quarter")[:8]  # type: ignore[attr-defined]
        ),
        "may_edit": project.record.archived_at is None and access.may_edit(user, project.record),
        **progress.progress(project, timezone.localdate()),
    }
    htmx = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, "projects/progress.html" if htmx else "projects/progress_page.html", context)


@require_GET
@never_cache
@desk_required()
def gate_table(request: HttpRequest) -> HttpResponse:
    """The tables by which stages are kept: what is needed when, who may move, what proves it."""
    labels = dict(stages.STAGES)
    needs = [
        {
            "label": " / ".join(str(field_label(n)) for n in need.fields),
            "marks": [(s, s in need.stages) for s, _label in stages.STAGES],
            "sometimes": need.only_if is not None,
            "code": "irc_code" in need.fields,
        }
        for need in stages.NEEDS
    ]
    gate_rows = [
        {
            "label": labels[s],
            "role": Role(gate.role).label,
            "proof": gate.proof,
            "to": [labels[t] for t in stages.STEPS[s]],
        }
        for s, gate in stages.GATES.items()
    ]
    return render(request, "projects/gates.html", {"stages": stages.STAGES, "needs": needs, "gates": gate_rows})


@require_GET
@never_cache
@desk_required()
def funnel(request: HttpRequest) -> HttpResponse:
    """How far projects come, and how long they stay in each stage."""
    user: User = request.user  # type: ignore[assignment]
    year = request.GET.get("since", "")
    today = timezone.localdate()
    since = datetime.date(int(year), 1, 1) if year.isdecimal() and 2000 <= int(year[:4]) <= today.year else None
    found = progress.funnel(user, since)
    currencies = {c.value: c.label for c in Currency}
    context = {
        **found,
        "rows": [
            (step, progress.money(step.capital, currencies), round(step.reached * 100 / (found["widest"] or 1)))
            for step in found["steps"]
        ],
        "since": since.year if since else None,
        "years": range(today.year, today.year - 6, -1),
    }
    return render(request, "projects/funnel.html", context)
