"""Pages of quarterly reports: who is late, the workbook out and in, the comparison, and the steps of a report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from diemtua.kit.dates import DateError, PartialDate, parse_date
from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.desk.views import the_record
from diemtua.register.importing.secrecy import refuse_secret
from diemtua.register.models import Role, User
from diemtua.register.tabular import Unreadable, read_table
from diemtua.register.write import Stale
from diemtua.rulebook.queries import codes
from diemtua.sources.actions.documents import Content, read_upload

from ..actions import reports as actions
from ..forms.projects import CorrectionForm, WorkbookForm
from ..models import Project, ProjectReport
from ..queries import progress
from ..queries.certificates import wrong_code
from ..rules import certificates, workbooks
from .projects import add_errors, step_page, the_project

ROWS = "report.A_III_1_rows"
PAGE = 50
FORM_BYTES = 5 * 1024 * 1024


def items(language: str) -> list[tuple[str, str]]:
    """(code, label) of the rows of the form."""
    return [(c.code, c.label(language)) for c in codes(ROWS)]


@require_GET
@never_cache
@desk_required()
def reporters(request: HttpRequest) -> HttpResponse:
    """Of a quarter: how many reports are in, and whose are not."""
    user: User = request.user  # type: ignore[assignment]
    quarter, error = _asked_quarter(request)
    due, basis = progress.deadline(quarter)
    today = timezone.localdate()
    late = progress.late_reporters(user, quarter).select_related("record", "investor__record", "enterprise__record")
    page = Paginator(late.order_by("record__sort_key", "pk"), PAGE).get_page(request.GET.get("page"))
    rows = []
    for project in page:
        who = next(
            (
                p.record.title
                for p in (project.enterprise, project.investor)
                if p is not None and access.may_see(user, p.record)
            ),
            "",
        )
        rows.append({"project": project, "who": who})
    quarters = [progress.last_quarter(today)]
    for _n in range(7):
        quarters.append(progress.quarter_before(quarters[-1]))
    context = {
        "quarter": quarter,
        "quarters": quarters,
        "error": error,
        "counts": progress.reporters(user, quarter),
        "due": due,
        "basis": basis,
        "over": due is not None and due <= today,
        "page": page,
        "rows": rows,
        "form": WorkbookForm(),
        "may_enter": user.is_at_least(Role.OFFICER),
    }
    return render(request, "projects/reporters.html", context)


def _asked_quarter(request: HttpRequest) -> tuple[PartialDate, str]:
    """The quarter of the address, or the last one that is over; a sentence where what was typed is none."""
    newest = progress.last_quarter(timezone.localdate())
    typed = request.GET.get("quarter", "").strip()[:40]
    if not typed:
        return newest, ""
    try:
        day = parse_date(typed)
    except DateError as error:
        return newest, str(error)
    if day.precision != "quarter":
        return newest, _("Give one quarter, for example Q2 2026.")
    return day, ""


@require_GET
@desk_required()
def workbook(request: HttpRequest) -> HttpResponse:
    """The empty form A.III.1; with `project`, with its code in it."""
    code = ""
    if str(asked := request.GET.get("project", "")).isdecimal() and len(asked) < 19:
        _screen, project = the_project(request, int(asked))
        code = project.irc_code
    quarter, _error = _asked_quarter(request)
    language = "en" if request.GET.get("language") == "en" else "vi"
    with override(language):
        notes = [
            _("Fill in the white cells. Foreign capital in million USD, domestic capital in billion VND."),
            _("Leave a cell empty where there is nothing to report; 0 means that it was nought."),
        ]
        data = workbooks.empty(items(language), code, quarter.display(language), notes)
    response = HttpResponse(data, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response.headers["Content-Disposition"] = 'attachment; filename="A.III.1.xlsx"'
    return response


@require_POST
@desk_required(Role.OFFICER)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a filled workbook in as a draft; what is wrong in it is said all at once and nothing is saved."""
    user: User = request.user  # type: ignore[assignment]
    form = WorkbookForm(request.POST, request.FILES)
    wrong: list[Any] = []
    if not form.is_valid():
        wrong = [s for sentences in form.errors.values() for s in sentences]
    else:
        file = form.cleaned_data["file"]
        try:
            if file.size > FORM_BYTES:
                raise ValidationError(_("This file is too large for a form. Is it the right one?"))
            data = file.read()
            refuse_secret(file.name, data)
            report = _taken(user, data, read_upload(file.name, data))
        except Unreadable as error:
            wrong = [error.sentence]
        except ValidationError as error:
            wrong = list(error.messages)
        except PermissionDenied as error:
            wrong = [str(error)]
        else:
            messages.success(request, _("The workbook has been read. Look at the report, then send it."))
            return redirect(report)
    return render(request, "projects/upload.html", {"form": WorkbookForm(), "wrong": wrong}, status=422)


def _taken(user: User, data: bytes, content: Content) -> ProjectReport:
    table = read_table(data, content.file_name, known=workbooks.headings())
    labels = {code: [label] for code, label in items("vi")}
    for code, label in items("en"):
        labels[code].append(label)
    filled = workbooks.read(table, labels.items())
    code = certificates.tidy_code(filled.code)
    project = Project.objects.visible_to(user).live().filter(irc_code=code).select_related("record__unit").first()
    if project is None and code and (sentence := wrong_code(code, None)):
        filled.errors.append(sentence)
    if filled.errors:
        raise ValidationError(filled.errors)
    if project is None:
        raise ValidationError(
            _("No project with the code %(code)s is in the register. Check the code, or enter the project first.")
            % {"code": code}
        )
    access.require(access.may_edit(user, project.record), _("You may not change this record. Ask its unit or a lead."))
    assert filled.quarter is not None
    with override("vi"):
        title = _("Report A.III.1 of %(project)s") % {"project": project.record.title[:400]}
        title = f"{title}, {filled.quarter.display('vi')}"
    return actions.take_workbook(actor=user, project=project, filled=filled, title=title, content=content)


# --- one report -----------------------------------------------------------------------------------


def the_report(request: HttpRequest, pk: int) -> tuple[Any, ProjectReport]:
    """A report in use that this person may change."""
    screen, report = the_record(request, pk)
    if screen.kind != "projectreport" or report.record.archived_at is not None:
        raise Http404
    access.require(
        access.may_edit(request.user, report.record),  # type: ignore[arg-type]
        _("You may not change this record. Ask its unit or a lead."),
    )
    return screen, report


@require_POST
@desk_required(Role.OFFICER)
def step(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """Send a report, or take it in."""
    _screen, report = the_report(request, pk)
    action = {"send": actions.send, "receive": actions.receive}.get(to)
    if action is None:
        raise Http404
    typed = request.POST.get("version", "")
    try:
        action(
            actor=request.user,  # type: ignore[arg-type]
            report=report,
            version=int(typed) if typed.isdecimal() and len(typed) < 10 else -1,
        )
    except Stale as error:
        messages.error(request, _("%(error)s Look at it again, then repeat the step.") % {"error": error})
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, _("“%(title)s” has been saved.") % {"title": report})
    return redirect(report)


@desk_required(Role.LEAD)
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a correction, saying what."""
    user: User = request.user  # type: ignore[assignment]
    screen, report = the_report(request, pk)
    form = CorrectionForm(request.POST or None, user=user, initial={"version": report.record.version})
    if request.method == "POST" and form.is_valid():
        try:
            actions.send_back(
                actor=user,
                report=report,
                correction=form.cleaned_data["correction"],
                version=form.cleaned_data["version"],
            )
        except (Stale, ValidationError) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("“%(title)s” has been saved.") % {"title": report})
            return redirect(report)
    return step_page(
        request, screen, report, form, {"heading": _("Ask for changes to the report"), "button": _("Send back")}
    )
