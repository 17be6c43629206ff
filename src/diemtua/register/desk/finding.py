"""Finding: the search page, the palette on Ctrl+K, likely duplicates while typing, saved views."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diemtua.kit.text import fold

from .. import access, menu, saved_views, search
from ..access import desk_required
from ..database import among
from ..models import Change, Record, SavedView, User
from ..prepared import ask
from ..screens import Screen, all_screens, screen_by_slug, screen_of
from .views import page_queryset

HITS = 50
EXCERPT = 180
# A word as written, with the marks that belong to its letters; or several joined, as in a document's number.
_WORD = re.compile(r"[^\W_]+[\u0300-\u036f\w]*(?:[-/._][^\W_][\u0300-\u036f\w]*)*")
_PART = re.compile(r"[^\W_]+[\u0300-\u036f\w]*")


# --- marking what was found ------------------------------------------------------------------------


def _spans(text: str, asked: search.Asked) -> list[tuple[int, int]]:
    """Where in the text the words of the query stand, as (from, to)."""
    whole, prefix = set(asked.words), asked.prefix

    def fits(written: str) -> bool:
        key = fold(written).replace(" ", "")
        return bool(key) and (key in whole or key in asked.numbers or (len(prefix) > 1 and key.startswith(prefix)))

    found = []
    for group in _WORD.finditer(text):
        if fits(re.sub(r"[-/._]", "", group.group())):
            found.append(group.span())
            continue
        for part in _PART.finditer(text, *group.span()):
            if fits(part.group()):
                found.append(part.span())
    return found


def highlight(text: str, asked: search.Asked) -> SafeString:
    """The text as HTML with the found words marked as they are written."""
    out, at = [], 0
    for start, end in _spans(text, asked):
        out += [conditional_escape(text[at:start]), "<mark>", conditional_escape(text[start:end]), "</mark>"]
        at = end
    out.append(conditional_escape(text[at:]))
    return mark_safe("".join(out))


def excerpt(text: str, asked: search.Asked) -> SafeString | str:
    """The part of a longer text around the first found word, marked; "" when none stands in it."""
    spans = _spans(text, asked)
    if not spans:
        return ""
    start = max(spans[0][0] - EXCERPT // 3, 0)
    if start:
        start = text.find(" ", start) + 1
    end = min(start + EXCERPT, len(text))
    if end < len(text):
        end = max(text.rfind(" ", start, end), spans[0][1])
    cut = " ".join(text[start:end].split())
    return mark_safe(("… " if start else "") + highlight(cut, asked) + (" …" if end < len(text) else ""))


def _shown(hits: list[search.Hit], asked: search.Asked) -> list[dict[str, Any]]:
    """What a row of results needs: marked title, one line about the record, and why it was found."""
    by_kind: dict[str, list[int]] = {}
    for hit in hits:
        by_kind.setdefault(hit.record.kind, []).append(hit.record.pk)
    instances: dict[int, Any] = {}
    for kind, ids in by_kind.items():
        screen = screen_of(kind)
        build = lambda ids, screen=screen: among(page_queryset(screen).prefetch_related(None).order_by(), ids)  # noqa: E731
        instances |= {row.pk: row for row in ask(("found", screen.model), build, ids)}
    shown = []
    for hit in hits:
        record, screen = hit.record, screen_of(hit.record.kind)
        instance = instances.get(record.pk)
        why: SafeString | str = ""
        if any(w not in record.title_key for w in asked.words) and instance is not None:
            texts = (str(getattr(instance, name) or "") for name in screen.search_fields)
            why = next(filter(None, (excerpt(t, asked) for t in texts)), "")
        shown.append(
            {
                "record": record,
                "screen": screen,
                "title": highlight(record.title, asked),
                "why": why,
                "subtitle": screen.subtitle(instance) if instance is not None else "",
                "aliases": [highlight(a, asked) for a in hit.aliases],
            }
        )
    return shown


# --- pages ------------------------------------------------------------------------------------------


@require_GET
@desk_required()
def search_page(request: HttpRequest) -> HttpResponse:
    """The best hits for the words, all kinds or one; with what hangs together with the partners found."""
    user: User = request.user  # type: ignore[assignment]
    text = request.GET.get("q", "")[: search.LONGEST * 2].replace("\x00", " ").strip()
    chosen = request.GET.get("kind", "")
    archived = request.GET.get("archived") == "yes"
    screens = {s.kind: s for s in all_screens()}
    if chosen not in screens:
        chosen = ""
    results = search.search(user, text, kinds=[chosen] if chosen else None, limit=HITS, archived=archived)
    counts, more = results.counts, results.total_is_bounded
    if chosen and results.asked.words:
        counts, more = search.kinds_found(user, results.asked, archived=archived)
    filters = [
        {"screen": s, "count": counts.get(k, 0), "chosen": k == chosen}
        for k, s in screens.items()
        if counts.get(k) or k == chosen or more
    ]
    return render(
        request,
        "register/search.html",
        {
            "text": text,
            "results": results,
            "hits": _shown(results.hits, results.asked),
            "kind": chosen,
            "archived": archived,
            "kinds": filters,
            "counts_more": more,
            "all_count": sum(counts.values()),
            "related": [(r, screen_of(r.kind)) for r in results.related],
            "nothing_to_find": bool(text) and not results.asked.words,
        },
    )


@require_GET
@desk_required()
def palette(request: HttpRequest) -> HttpResponse:
    """Choices under the palette's box: records that fit, registers whose name fits, or what one changed last."""
    user: User = request.user  # type: ignore[assignment]
    text = request.GET.get("q", "")[: search.LONGEST].replace("\x00", " ").strip()
    asked = search.understand(text)
    registers: list[Screen] = []
    pages: list[menu.Entry] = []
    if asked.words:
        records = search.complete(user, text, limit=8)
        registers = [s for s in all_screens() if s.menu_group and fold(str(s.plural)).startswith(asked.key)][:3]
        pages = [e for e in menu.pages(user) if fold(str(e.title)).startswith(asked.key)][:3]
    else:
        records = [] if text else _last_changed(user)
    return render(
        request,
        "register/parts/palette_results.html",
        {
            "text": text,
            "registers": registers,
            "pages": pages,
            "recent": not text,
            "hits": [{"record": r, "screen": screen_of(r.kind), "title": highlight(r.title, asked)} for r in records],
        },
    )


def _last_changed(user: User, limit: int = 7) -> list[Record]:
    """The records this person changed last and still may see."""
    changes = Change.objects.filter(actor=user).exclude(record=None).order_by("-id")
    ids = list(dict.fromkeys(changes.values_list("record_id", flat=True)[:60]))
    found = Record.objects.visible_to(user).live().defer("search_text").in_bulk(ids[: limit * 2])
    return [found[pk] for pk in ids if pk in found][:limit]


@require_GET
@desk_required()
def similar(request: HttpRequest, kind: str) -> HttpResponse:
    """Likely duplicates of the title being typed, as a fragment; empty when there are none."""
    try:
        screen_of(kind)
    except KeyError:
        raise Http404 from None
    text = request.GET.get("q", "")[: search.LONGEST].replace("\x00", " ")
    found = search.similar(request.user, text, kind)
    if not found:
        return HttpResponse("")
    return render(request, "register/parts/similar.html", {"found": found})


# --- saved views ------------------------------------------------------------------------------------


def _screen(slug: str) -> Screen:
    screen = screen_by_slug(slug)
    if screen is None:
        raise Http404
    return screen


@desk_required()
def view_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the present filters of a register a name; below it, the views there are."""
    screen = _screen(slug)
    user: User = request.user  # type: ignore[assignment]
    query = saved_views.clean_query(request.META.get("QUERY_STRING", ""))
    name, errors = "", []
    if request.method == "POST":
        name, query = request.POST.get("name", ""), saved_views.clean_query(request.POST.get("query", ""))
        try:
            view = saved_views.save_view(
                actor=user, kind=screen.kind, name=name, query=query, shared=request.POST.get("shared") == "on"
            )
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, _("The view “%(name)s” has been saved.") % {"name": view.name})
            return redirect(f"{reverse('desk:list', args=[slug])}?{view.query}")
    views = SavedView.objects.filter(Q(user=user) | Q(shared=True), kind=screen.kind).select_related("user")
    return render(
        request,
        "register/view_form.html",
        {
            "screen": screen,
            "query": query,
            "name": name,
            "errors": errors,
            "may_share": access.may_lead(user),
            "views": [(v, v.user_id == user.pk or (v.shared and access.may_lead(user))) for v in views],
        },
        status=422 if errors else 200,
    )


@require_POST
@desk_required()
def view_delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Forget a view; somebody else's that is not shared does not exist."""
    screen = _screen(slug)
    user: User = request.user  # type: ignore[assignment]
    views = SavedView.objects.filter(Q(user=user) | Q(shared=True), kind=screen.kind)
    view = get_object_or_404(views, pk=pk)
    try:
        saved_views.delete_view(actor=user, view=view)
    except PermissionDenied:
        messages.error(request, _("This view belongs to somebody else. Ask them or a lead officer."))
    else:
        messages.success(request, _("The view has been deleted."))
    return redirect("desk:view_save", slug=slug)
