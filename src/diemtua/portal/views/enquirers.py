"""Pages of enquirers, without an account: the form, the state of an enquiry, the reply pack, what was solved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from diemtua.projects.actions import enquiries as actions
from diemtua.projects.actions import intake
from diemtua.projects.actions.packs import count_visit
from diemtua.projects.models import CareCase, Enquiry, ReplyPack
from diemtua.projects.packs.contents import grouped, still_open
from diemtua.projects.queries.care import public_lines
from diemtua.register import paths
from diemtua.register.health import problem
from diemtua.register.origins import client_address
from diemtua.sources.actions import SecretPaper

from ..forms import SenderForm, WebForm
from ..languages import CODES, DEFAULT, current, data_language, page, public

# Languages of enquiries, where they are not called as those of the pages.
LANGUAGE_OF_PAGE = {"zh": "zh-hans"}
LANGUAGE_OF_ENQUIRY = {page: enquiry for enquiry, page in LANGUAGE_OF_PAGE.items()}


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """The language of an enquiry for a page under a private address, which is in no language by itself."""
    code = LANGUAGE_OF_PAGE.get(language, language)
    code = code if code in CODES else "en"
    paths.fall_back_to_english(code)
    with translation.override(code):
        yield


def _private(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return public(response, keep=False)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enquire(request: HttpRequest, lang: str = DEFAULT) -> HttpResponse:
    """The public form. What is sent is kept; over the limit it is kept to be checked."""
    with translation.override(lang):
        form = WebForm(request.POST if request.method == "POST" else None, request.FILES or None)
        if request.method == "POST":
            if getattr(request, "upload_too_large", False):
                form.add_error("files", _("The files are too large."))
            elif form.is_valid():
                code = current().code
                try:
                    made = intake.from_web(
                        fields={**form.values(), "language": LANGUAGE_OF_ENQUIRY.get(code, code)},
                        uploads=[(f.name, f.read()) for f in form.cleaned_data["files"]],
                        address=client_address(request),
                        trap=bool(form.cleaned_data["website"]),
                    )
                except SecretPaper as error:
                    form.add_error(None, " ".join(error.messages))
                except ValidationError as error:
                    form.add_errors(error)
                else:
                    return redirect(f"{made.state_path}?new=1")
        status = 422 if form.errors else 200
        return public(render(request, "portal/enquirers/enquire.html", {"form": form}, status=status), keep=False)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def state(request: HttpRequest, token: str) -> HttpResponse:
    """How an enquiry stands, for its sender; what was written; a box to write more."""
    enquiry = Enquiry.of_token(token)
    if enquiry is None or enquiry.record.archived_at is not None:
        raise Http404
    with spoken(enquiry.language):
        form = SenderForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                actions.hear_from_sender(enquiry=enquiry, text=form.cleaned_data["text"])
            except ValidationError as error:
                form.add_errors(error)
            else:
                return redirect(f"{enquiry.state_path}?sent=1")
    today = timezone.localdate()
    context: dict[str, Any] = {
        "e": enquiry,
        "form": form,
        "new": "new" in request.GET,
        "sent": "sent" in request.GET,
        "address": request.build_absolute_uri(enquiry.state_path),
        "thread": list(enquiry.messages.all()),
        "files": list(enquiry.files.all()),
        "packs": [p for p in enquiry.packs.all() if p.open_on(today)],
        "waiting": enquiry.pauses.filter(end=None).first() if enquiry.state == Enquiry.State.WAITING else None,
        "may_write": enquiry.state not in (Enquiry.State.CLOSED, Enquiry.State.NO_ENQUIRY),
    }
    with spoken(enquiry.language):
        status = 422 if form.errors else 200
        return _private(render(request, "portal/enquirers/state.html", context, status=status))


@require_http_methods(["GET", "HEAD"])
@never_cache
def pack(request: HttpRequest, token: str) -> HttpResponse:
    """A reply pack under its private address. Visits of people who are signed in are not counted."""
    found = ReplyPack.of_token(token)
    if found is None or found.enquiry.record.archived_at is not None:
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
    if request.method == "GET" and not request.user.is_authenticated:
        count_visit(pack=found)
    contents = still_open(found.contents, found.released)
    with spoken(found.language):
        context = {"pack": found, "contents": contents, "groups": grouped(contents)}
        return _private(render(request, "portal/enquirers/pack.html", context))


@page
def solved(request: HttpRequest) -> HttpResponse:
    """What was done for investors: published lines, with cause and month, and nothing that names anybody."""
    field: Any = CareCase._meta.get_field("cause")
    vietnamese = data_language() == "vi"
    lines = [
        {
            "text": line.text_vi if vietnamese or not line.text_en else line.text_en,
            "lang": "vi" if vietnamese or not line.text_en else "en",
            "cause": field.display(line.cause),
            "closed": line.closed,
        }
        for line in public_lines()[:100]
    ]
    return render(request, "portal/enquirers/solved.html", {"lines": lines})
