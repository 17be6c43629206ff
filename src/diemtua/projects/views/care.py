"""Pages of care beside the register: single steps, the public line, the report, the visits."""

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
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.desk.display import plain
from diemtua.register.desk.forms import DAY_FORMATS
from diemtua.register.desk.views import the_record
from diemtua.register.models import Record, Role, User
from diemtua.register.tabular.writing import write_xlsx
from diemtua.register.write import Stale

from ..actions import care as actions
from ..forms.care import CaseForm, CloseForm, LineForm, PromiseForm, ReopenForm
from ..models import CareCase, Currency
from ..queries import care as reads
from ..rules import care as rules
from .projects import add_errors

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_VISITS = 300
# step → (form, action, heading, button, whether it is for cases that are over)
STEPS: dict[str, tuple[type[CaseForm], Callable[..., Any], Any, Any, bool]] = {
    "promise": (PromiseForm, actions.move_due, gettext_lazy("Promise a day"), gettext_lazy("Save"), False),
    "close": (CloseForm, actions.close_case, gettext_lazy("Close the case"), gettext_lazy("Close the case"), False),
    "reopen": (ReopenForm, actions.reopen_case, gettext_lazy("Take the case up again"), gettext_lazy("Take up"), True),
    "line": (LineForm, actions.write_line, gettext_lazy("A line for the public"), gettext_lazy("Save"), True),
}
LINE_STEPS: dict[str, tuple[Callable[..., Any], Any]] = {
    "approve": (actions.approve_line, gettext_lazy("The line is approved. It can be published now.")),
    "publish": (actions.publish_line, gettext_lazy("The line stands on the public page now.")),
    "withdraw": (actions.withdraw_line, gettext_lazy("The line is no longer public.")),
}


def the_case(request: HttpRequest, pk: int) -> tuple[Any, CareCase]:
    """A case this person may change: 404 where they may not see it, 403 where they may not change it."""
    screen, instance = the_record(request, pk)
    if screen.kind != "carecase" or instance.record.archived_at is not None:
        raise Http404
    access.require(
        access.may_edit(request.user, instance.record),  # type: ignore[arg-type]
        _("You may not change this record. Ask its unit or a lead."),
    )
    return screen, instance


@never_cache
@desk_required(Role.OFFICER)
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Promise a day, close, take up again, or write the public line."""
    screen, case = the_case(request, pk)
    if step not in STEPS:
        raise Http404
    factory, action, heading, button, over = STEPS[step]
    if case.is_over != over:
        messages.error(request, _("The case has been closed meanwhile.") if case.is_over else _("This case is open."))
        return redirect(case)
    user: User = request.user  # type: ignore[assignment]
    form = factory(request.POST or None, user=user, case=case, initial={"version": case.record.version})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        if step == "line":
            values.pop("version")
        try:
            action(case, actor=user, **values)
        except (Stale, ValidationError) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("“%(title)s” has been saved.") % {"title": case})
            return redirect(case)
    context = {
        "screen": screen,
        "record": case.record,
        "instance": case,
        "form": form,
        "heading": heading,
        "button": button,
        "hint": case.difficulty if step == "line" else "",
    }
    return render(request, "projects/step.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@desk_required(Role.OFFICER)
def line_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Approve, publish or take back the public line."""
    _screen, case = the_case(request, pk)
    if step not in LINE_STEPS:
        raise Http404
    action, sentence = LINE_STEPS[step]
    try:
        action(case, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, sentence)
    return redirect(case)


# --- the report -----------------------------------------------------------------------------------


class SpanForm(forms.Form):
    """The days between which cases were closed."""

    first = forms.DateField(required=False, input_formats=DAY_FORMATS)
    last = forms.DateField(required=False, input_formats=DAY_FORMATS)


def _span(request: HttpRequest) -> tuple[datetime.date, datetime.date, str]:
    """First and last day of the report (this year unless asked), and a sentence where they make no sense."""
    today = timezone.localdate()
    default = (datetime.date(today.year, 1, 1), today)
    form = SpanForm(request.GET)
    if not form.is_valid():
        return *default, _("Write the days as dd/mm/yyyy, for example 04/11/2021.")
    first = form.cleaned_data["first"] or default[0]
    last = form.cleaned_data["last"] or default[1]
    if last < first:
        return *default, _("The last day lies before the first. This year is shown.")
    return first, last, ""


@require_GET
@never_cache
@desk_required()
def report(request: HttpRequest) -> HttpResponse:
    """What was kept and lost, by cause or agency; as a page or a workbook."""
    user: User = request.user  # type: ignore[assignment]
    first, last, error = _span(request)
    by = "agency" if request.GET.get("by") == "agency" else "cause"
    rows = _labelled(reads.report(user, by, first, last, timezone.localdate()), by, user)
    if request.GET.get("format") == "xlsx":
        return _workbook(rows, by, first, last)
    context = {
        "rows": [(row, _money(row.kept), _money(row.lost), _money(row.at_risk)) for row in rows],
        "by": by,
        "first": first,
        "last": last,
        "error": error,
    }
    return render(request, "projects/care/report.html", context)


def _labelled(rows: list[reads.ReportRow], by: str, user: User) -> list[reads.ReportRow]:
    if by == "cause":
        field: Any = CareCase._meta.get_field("cause")
        for row in rows:
            row.label = field.display(row.key)
        return rows
    seen = Record.objects.visible_to(user).in_bulk([r.key for r in rows if r.key is not None])
    for row in rows:
        row.record = seen.get(row.key)
        row.label = row.record.title if row.record else _("No agency named") if row.key is None else _("Another agency")
    return rows


def _money(tally: reads.Tally) -> str:
    names = dict(Currency.choices)
    amounts = sorted((c, a) for c, a in tally.capital.items() if a)
    return " + ".join(f"{plain(None, a, None)} {names.get(c, c)}" for c, a in amounts)


def _workbook(rows: list[reads.ReportRow], by: str, first: datetime.date, last: datetime.date) -> HttpResponse:
    headers = [_("Agency") if by == "agency" else _("Cause")]
    parts = (("kept", _("kept")), ("lost", _("lost")), ("at_risk", _("at risk")))
    currencies = sorted({c for r in rows for n, _l in parts for c, a in getattr(r, n).capital.items() if a})
    names = dict(Currency.choices)
    for _name, label in parts:
        headers += [_("Cases %(what)s") % {"what": label}, _("Jobs %(what)s") % {"what": label}]
        headers += [f"{_('Capital %(what)s') % {'what': label}} ({names.get(c, c)})" for c in currencies]
    headers += [_("Outcome not known"), _("Late")]
    table = []
    for row in rows:
        line: list[Any] = [row.label]
        for name, _label in parts:
            tally = getattr(row, name)
            line += [tally.cases, tally.jobs, *(tally.capital.get(c) or None for c in currencies)]
        table.append([*line, row.unknown, row.late])
    data = write_xlsx(headers, table, _("Care"), notes=[f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"])
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="care-{by}-{first:%Y%m%d}-{last:%Y%m%d}.xlsx"'
    return answer


# --- visits ---------------------------------------------------------------------------------------


@require_GET
@never_cache
@desk_required()
def visits(request: HttpRequest) -> HttpResponse:
    """Investors by the day on which they are to be visited, as often as their size asks for."""
    user: User = request.user  # type: ignore[assignment]
    found = reads.visits(user, timezone.localdate())
    size = request.GET.get("size", "")
    rows = [v for v in found if v.size == size] if size in rules.SIZES else found
    context = {
        "rows": [(v, rules.SIZES[v.size], _money(reads.Tally(capital=v.capital))) for v in rows[:SHOWN_VISITS]],
        "more": len(rows) > SHOWN_VISITS,
        "all": len(rows),
        "late": sum(v.late for v in found),
        "size": size,
        "sizes": [(key, label, sum(v.size == key for v in found)) for key, label in rules.SIZES.items()],
        "months": [
            (label, reads.value_of(f"care.visit_{key}", timezone.localdate())) for key, label in rules.SIZES.items()
        ],
        "may_plan": access.may_create(user),
    }
    return render(request, "projects/care/visits.html", context)
