"""Find a plot: ask, compare, keep a short list, without an account and without scripts. Public facts only.

The address of the comparison is the short list: it can be kept and passed on. A cookie remembers the last one.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from diemtua.land.forms.searches import MatchForm, starting_question
from diemtua.land.rules.criteria import CRITERIA
from diemtua.land.rules.questions import Question

from ..languages import address, current, data_language, page

MOST_COMPARED = 4
COOKIE = "portal_shortlist"
# What investors ask first; the desk's matcher knows all the rest.
ASKED = ("area_least", "area_most", "power_least", "water_least", "waste_water_least", "ready_by", "industry",
         "water_class")  # fmt: skip
NOBODY: Any = AnonymousUser()


def _asked(request: HttpRequest) -> tuple[MatchForm, Question | None, bool]:
    """The form of the address, what it asks (None where it cannot be read), and whether anything was asked."""
    given = QueryDict(request.META.get("QUERY_STRING", "")[:4000], mutable=True)
    for name in list(given):
        given.setlist(name, [str(v).replace("\x00", "") for v in given.getlist(name)])
    if not (given.get("asked") or any(n in given for n in ASKED)):
        return MatchForm(user=NOBODY), starting_question(), False
    for name, value in (("w_area", "3"), ("w_power", "2")):
        given.setdefault(name, value)
    form = MatchForm(given, user=NOBODY)
    return form, form.question() if form.is_valid() else None, True


def _unit(name: str) -> str:
    criterion = CRITERIA.get(name.removesuffix("_least").removesuffix("_most"))
    return str(criterion.unit) if criterion is not None and criterion.kind == "amount" else ""


def _answer(question: Question, asked: bool) -> Any:
    from diemtua.land.queries.answering import answer_to, starting_answer  # NumPy: not at the start

    if asked:
        return answer_to(question, NOBODY, data_language(), public=True)
    return starting_answer(question, NOBODY, data_language())


@page
def find(request: HttpRequest) -> HttpResponse:
    """The form and, below it, the plots that fit."""
    form, question, asked = _asked(request)
    context: dict[str, Any] = {
        "form": form,
        "fields": [(form[name], _unit(name)) for name in ASKED if name in form.fields],
        "asked": asked,
        "day": timezone.localdate(),
        "kept": _kept(request),
        "most": MOST_COMPARED,
    }
    if question is not None:
        context |= {"result": _answer(question, asked), "pairs": question.pairs(data_language())}
    return render(request, "portal/find.html", context, status=200 if question is not None else 422)


@page
def compare(request: HttpRequest) -> HttpResponse:
    """The chosen plots side by side; this address is the short list."""
    from diemtua.land.queries.answering import answer_for, compared

    _form, question, _said = _asked(request)
    wanted = [int(p) for p in request.GET.getlist("plot")[:50] if p.isdecimal() and len(p) < 19]
    result = answer_for(question or starting_question(), wanted, data_language())
    plots = [p for p in dict.fromkeys(wanted) if p in result.land.facts]
    too_many, plots = len(plots) > MOST_COMPARED, plots[:MOST_COMPARED]
    row_of = {int(pk): r for r, pk in enumerate(result.answer.table.ids.tolist())}
    context = {
        "plots": [result.shown(result.answer, row_of[p], 0, -1, why=True) for p in plots],
        "lines": compared(result, plots) if plots else [],
        "too_many": too_many,
        "most": MOST_COMPARED,
        "gone": len(wanted) - len([p for p in wanted if p in result.land.facts]),
        "address": request.build_absolute_uri(),
        "day": timezone.localdate(),
    }
    response = render(request, "portal/compare.html", context)
    if plots:
        kept = ".".join(map(str, plots))
        response.set_cookie(COOKIE, kept, max_age=180 * 24 * 3600, httponly=True, samesite="Lax", path="/")
    response["X-Robots-Tag"] = "noindex"
    return response


def _kept(request: HttpRequest) -> list[int]:
    said = request.COOKIES.get(COOKIE, "")[:200].split(".")
    return [int(p) for p in said if p.isdecimal() and len(p) < 19][:MOST_COMPARED]


@page
def shortlist(request: HttpRequest) -> HttpResponse:
    """The last comparison of this browser."""
    kept = _kept(request)
    if not kept:
        return redirect(address("find", lang=current().code))
    return redirect(f"{address('compare')}?{'&'.join(f'plot={p}' for p in kept)}")
