"""Finding land for a project: the matcher, kept searches, the private page, what was wanted and not there."""

from __future__ import annotations

import datetime
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.desk.display import language
from diemtua.register.health import problem
from diemtua.register.models import Role, User

from ..actions import searches as actions
from ..forms.searches import KeepForm, MatchForm, ShareForm, starting_question
from ..models import SearchShare, SiteSearch
from ..rules import demand
from ..rules.questions import Question

MOST_COMPARED = 4
# Searches counted on the page of demand: the newest.
COUNTED = 2000


def _answer(question: Question, user: Any, *, public: bool = False, groups: bool = True) -> Any:
    from ..queries.answering import answer_to  # NumPy and Shapely: when something is asked, not when the server starts

    return answer_to(question, user, language(), public=public, groups=groups)


def _asked(request: HttpRequest) -> tuple[MatchForm, Question | None]:
    """The form of the address, and what it asks; None where it cannot be read."""
    given = QueryDict(request.META.get("QUERY_STRING", "")[:4000], mutable=True)
    if not (given.get("asked") or any(n in given for n in MatchForm(user=request.user).fields)):
        return MatchForm(user=request.user), starting_question()
    for name in list(given):
        given.setlist(name, [str(v).replace("\x00", "") for v in given.getlist(name)])
    form = MatchForm(given, user=request.user)
    return form, form.question() if form.is_valid() else None


# --- the matcher ----------------------------------------------------------------------------------


@require_GET
@never_cache
@desk_required()
def match(request: HttpRequest) -> HttpResponse:
    """What is asked on the left, the answer beside it; only the answer when htmx asks."""
    user = cast(User, request.user)
    form, question = _asked(request)
    htmx = bool(request.htmx)  # type: ignore[attr-defined]
    context: dict[str, Any] = {"form": form, "question": question, "may_keep": access.may_create(user), "live": htmx}
    if question is not None:
        result = _answer(question, user)
        form.fails = {r.key: r.fails for r in result.rulings}
        context |= {"result": result, "query": question.query(language()), "pairs": question.pairs(language())}
    if htmx:
        return render(request, "land/match/answer.html", context)
    return render(request, "land/match/match.html", context, status=200 if question is not None else 422)


@require_GET
@never_cache
@desk_required()
def compare(request: HttpRequest) -> HttpResponse:
    """Two to four plots side by side, against what is asked."""
    _form, question = _asked(request)
    question = question or starting_question()
    result = _answer(question, request.user, groups=False)
    context = {"question": question, "query": question.query(language()), "result": result}
    return render(request, "land/match/compare.html", context | _side_by_side(request, result))


def _side_by_side(request: HttpRequest, result: Any) -> dict[str, Any]:
    """The plots the address names that the reader may see, with their lines."""
    from ..queries.answering import compared

    wanted = [int(p) for p in request.GET.getlist("plot")[:50] if p.isdecimal() and len(p) < 19]
    plots = [p for p in dict.fromkeys(wanted) if p in result.land.facts]
    too_many, plots = len(plots) > MOST_COMPARED, plots[:MOST_COMPARED]
    row_of = {int(pk): r for r, pk in enumerate(result.answer.table.ids.tolist())}
    shown = [result.shown(result.answer, row_of[p], 0, -1, why=True) for p in plots]
    return {
        "plots": shown,
        "lines": compared(result, plots) if plots else [],
        "too_many": too_many,
        "most": MOST_COMPARED,
    }


# --- kept searches --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk_required(Role.OFFICER)
def keep(request: HttpRequest) -> HttpResponse:
    """Give a search a name and keep it. What is asked stands in the address."""
    user = cast(User, request.user)
    _form, question = _asked(request)
    if question is None:
        return redirect(f"{reverse('land:match')}?{request.META.get('QUERY_STRING', '')[:4000]}")
    form = KeepForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            search = actions.keep_search(actor=user, question=question, **form.cleaned_data)
        except ValidationError as error:
            for name, sentences in error.error_dict.items():
                form.add_error(name, sentences)
        else:
            messages.success(request, _("The search is kept. Share it by a private link, or ask it again any day."))
            return redirect(search)
    context = {
        "form": form,
        "question": question,
        "query": question.query(language()),
        "result": _answer(question, user),
    }
    return render(request, "land/match/keep.html", context, status=422 if form.errors else 200)


def _the_search(request: HttpRequest, pk: int) -> SiteSearch:
    found = (
        SiteSearch.objects.visible_to(request.user).standing().select_related("for_record", "created_by").filter(pk=pk)
    )
    search = found.first()
    if search is None:
        raise Http404
    return search


@require_GET
@desk_required()
def searches(request: HttpRequest) -> HttpResponse:
    """All kept searches, the newest first."""
    rows = SiteSearch.objects.visible_to(request.user).standing().select_related("for_record", "created_by")
    only = request.GET.get("show", "")
    if only == "unmet":
        rows = rows.filter(fits=0, combined=0)
    elif only == "mine":
        rows = rows.filter(created_by=request.user)
    page = Paginator(rows.prefetch_related("shares"), 50).get_page(request.GET.get("page"))
    return render(request, "land/match/searches.html", {"page": page, "only": only, "today": timezone.localdate()})


@require_GET
@never_cache
@desk_required()
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """A kept search: what was asked, what the answer was then and is today, and its private links."""
    found = _the_search(request, pk)
    return render(request, "land/match/search.html", _search_context(request, found))


def _search_context(request: HttpRequest, found: SiteSearch, form: ShareForm | None = None) -> dict[str, Any]:
    user = cast(User, request.user)
    question = found.asked
    result = _answer(question, user)
    public = sum(f.public for row in result.ranked for f in row.facts)
    return {
        "search": found,
        "question": question,
        "query": question.query(language()),
        "pairs": question.pairs(language()),
        "result": result,
        "shares": [
            (s, request.build_absolute_uri(reverse("shared_search", args=[s.token]))) for s in found.shares.all()
        ],
        "form": form or ShareForm(),
        "public": public,
        "shown": len(result.ranked),
        "may_share": access.may_create(user),
        "may_withdraw": access.may_lead(user) or (found.created_by_id == user.pk and access.may_create(user)),
        "same": (found.fits, found.combined) == (result.fits, result.combined),
    }


@require_POST
@desk_required(Role.OFFICER)
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out a private address."""
    found = _the_search(request, pk)
    form = ShareForm(request.POST)
    if form.is_valid():
        try:
            actions.share_search(actor=cast(User, request.user), search=found, ends_on=form.cleaned_data["ends_on"])
        except ValidationError as error:
            form.add_error("ends_on", error.error_dict["ends_on"])
        else:
            messages.success(
                request, _("The private link is ready. Whoever has it sees this search without signing in.")
            )
            return redirect(f"{found.get_absolute_url()}#sharing")
    return render(request, "land/match/search.html", _search_context(request, found, form), status=422)


@require_POST
@desk_required(Role.OFFICER)
def revoke(request: HttpRequest, pk: int, share: int) -> HttpResponse:
    """Close a private address."""
    found = _the_search(request, pk)
    row = SearchShare.objects.filter(pk=share, search=found).first()
    if row is None:
        raise Http404
    actions.revoke_share(actor=cast(User, request.user), share=row)
    messages.success(request, _("The private link is closed. Whoever opens it is told so."))
    return redirect(f"{found.get_absolute_url()}#sharing")


@require_POST
@desk_required(Role.OFFICER)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a search out of the lists."""
    found = _the_search(request, pk)
    try:
        actions.withdraw_search(actor=cast(User, request.user), search=found)
    except PermissionDenied:
        raise PermissionDenied(_("Only who kept the search, or a lead officer, may remove it.")) from None
    messages.success(request, _("The search is removed, and its private links are closed."))
    return redirect("land:searches")


# --- for the investor -----------------------------------------------------------------------------


@require_safe
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A search under its private address: public facts only, whoever looks, as they stand today."""
    found = SearchShare.of_token(token[:200])
    if found is None:
        raise Http404
    if not found.is_open:
        return problem(
            request,
            410,
            _("This link is closed"),
            _(
                "It was given out for a time that is over, or was taken back. Ask the office that sent it for a new one."
            ),
        )
    question = found.search.asked
    result = _answer(question, None, public=True)
    shown = [s.facts[0].pk for s in result.ranked[:MOST_COMPARED]]
    from ..queries.answering import compared

    context = {
        "share": found,
        "question": question,
        "result": result,
        "lines": compared(result, shown) if len(shown) > 1 else [],
        "compared": result.ranked[:MOST_COMPARED],
        "public": True,
    }
    response = render(request, "land/match/shared.html", context)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


# --- what was wanted and not there ----------------------------------------------------------------


@require_GET
@desk_required()
def unmet(request: HttpRequest) -> HttpResponse:
    """Sizes, megawatts and dates that were asked for and not found, and what stood in the way."""
    today = timezone.localdate()
    span = request.GET.get("years", "1")
    rows = SiteSearch.objects.visible_to(request.user).standing().select_related("for_record")
    if span == "1":
        rows = rows.filter(asked_on__gt=today - datetime.timedelta(days=365))
    elif span == "3":
        rows = rows.filter(asked_on__gt=today - datetime.timedelta(days=3 * 365))
    found = list(rows[:COUNTED])
    context = {
        "span": span if span in ("1", "3") else "all",
        "wanted": demand.wanted(found),
        "charts": demand.charts(found, today, language()),
        "lacking": demand.lacking(found),
        "rows": [s for s in found if s.unmet][:100],
        "illustrative": any(s.illustrative for s in found),
        "counted": COUNTED if len(found) == COUNTED else 0,
    }
    return render(request, "land/match/unmet.html", context)
