"""Reading a document for facts, and the list of documents whose facts wait to be decided."""

from __future__ import annotations

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diemtua.register.access import desk_required
from diemtua.register.models import Record, Role, User

from .. import actions, queries
from ..models import Document

WAITING = 100  # documents of the list
RUNNING_SECONDS = 600  # after which a reading that never ended is no reason to wait any more


def the_document(request: HttpRequest, pk: int, *, with_text: bool = False) -> Document:
    """A document this person may see, with its record and unit, and its text where asked for; 404 otherwise."""
    # Asked of the record, whose number may have thirty digits without trouble.
    seen = Record.objects.visible_to(request.user).filter(pk=pk, kind="document")
    rows = Document.objects.select_related("record", "record__unit").defer("record__search_text")
    if with_text:
        rows = rows.select_related("content")
    return get_object_or_404(rows, pk__in=seen.values("pk"))


@require_GET
@desk_required(Role.OFFICER)
def waiting_list(request: HttpRequest) -> HttpResponse:
    """Documents with facts to be decided, the last read first."""
    user: User = request.user  # type: ignore[assignment]
    rows = queries.waiting(user, limit=WAITING)
    return render(request, "sources/waiting.html", {"rows": rows, "total": sum(r.open for r in rows)})


@require_POST
@desk_required(Role.OFFICER)
def read_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the stored text and propose what it says; then the review page, which shows it."""
    user: User = request.user  # type: ignore[assignment]
    document = the_document(request, pk)
    if not queries.text_of(document.record).strip():
        messages.error(request, _("This document has no text that could be read. A scan must first be made into text."))
        return redirect(document)
    running = f"sources-reading:{document.pk}"
    if not cache.add(running, 1, RUNNING_SECONDS):
        messages.warning(request, _("This document is being read right now. Wait a moment, then open it again."))
        return redirect("sources:review", document.pk)
    try:
        made = actions.read_document(document=document, actor=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(document)
    except Record.DoesNotExist:
        raise Http404 from None
    finally:
        cache.delete(running)
    for sentence in made.warnings:
        messages.warning(request, sentence)
    return redirect("sources:review", document.pk)
