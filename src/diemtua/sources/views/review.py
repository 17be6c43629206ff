"""The review page: a document's text beside what is proposed from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diemtua.register.access import desk_required
from diemtua.register.desk.services import figure_table
from diemtua.register.desk.views import child_tables, fact, page_queryset
from diemtua.register.models import Record, Role, User
from diemtua.register.screens import Screen

from .. import queries, rules
from ..models import Document, DocumentText, Proposal, Subject
from ..queries.review import PER_PAGE, SHOWN
from ..showing import LETTERS_A_SECOND, PART, ShownGroup, Stretch, drawn, marks_of, shown_groups, stretches
from .reading import the_document

State = Proposal.State
MADE = 60  # records named when everything is decided


@dataclass(frozen=True)
class Place:
    """Where in the review somebody is."""

    show: str
    page: int


def number(text: str | None, default: int = 0) -> int:
    """A whole number out of an address or form; `default` for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 16 else default


def place_of(values: Mapping[str, Any]) -> Place:
    show = values.get("show", "open")
    return Place(show if show in SHOWN else "open", max(number(values.get("page"), 1), 1))


@require_GET
@desk_required(Role.OFFICER)
def review_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The text and a page of proposals.

    `?show=open|decided|all&page=N`; `?at=N` opens the page of a proposal, `?after=N` that which follows a subject.
    """
    document = the_document(request, pk)
    place = place_of(request.GET)
    for name, inclusive in (("at", False), ("after", True)):
        if name in request.GET:
            place = page_of(document, place.show, name, number(request.GET[name]), past=inclusive) or place
    return show_review(request, document, place)


def page_of(document: Document, show: str, what: str, pk: int, *, past: bool) -> Place | None:
    """The page on which a proposal's subject stands, or (`past`) the one with what follows a subject."""
    subjects = Subject.objects.filter(content_id=document.pk)
    if what == "at":
        proposal = Proposal.objects.filter(pk=pk, subject__content_id=document.pk).select_related("subject").first()
        if proposal is None:
            return None
        subject: Subject | None = proposal.subject
        if proposal.state not in SHOWN[show]:
            show = "open" if proposal.is_open else "all"
    else:
        subject = subjects.filter(pk=pk).first()
    if subject is None:
        return None
    before = Q(first__lt=subject.first) | Q(first=subject.first, pk__lt=subject.pk)
    if past:
        before |= Q(pk=subject.pk)
    spoken = subjects.filter(before, proposals__state__in=SHOWN[show]).distinct()
    return Place(show, spoken.count() // PER_PAGE + 1)


def show_review(
    request: HttpRequest, document: Document, place: Place, *, error: str = "", status: int = 200
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = queries.review(document, user, show=place.show, page=place.page)
    content = DocumentText.objects.filter(pk=document.pk).first()
    text = content.text if content is not None else ""
    groups = shown_groups(found.groups, user)
    wanted = [(q.start, q.end) for g in groups for line in g.lines for q in line.quotes[:1]]
    context = {
        **bar(document, user, found.counts, Place(place.show, found.page)),
        "document": document,
        "record": document.record,
        "reading": found.reading,
        "text": text,
        "seconds": len(text) // LETTERS_A_SECOND,
        "warnings": content.warnings if content is not None else [],
        "stretches": stretches(text, marks_of(document.pk), wanted) if text else [],
        "groups": groups,
        "page": found.page,
        "pages": found.pages,
        "error": error,
    }
    if found.reading is not None and not found.counts[State.OPEN]:
        context |= finished(document, user)
    return render(request, "sources/review.html", context, status=status)


def bar(document: Document, user: User, counts: Mapping[str, int], place: Place) -> dict[str, Any]:
    """What the line on top of the page says: how much is decided, and whether there is something to take back."""
    accepted = counts[State.ACCEPTED] + counts[State.MENDED]
    decided = accepted + counts[State.REJECTED]
    total = decided + counts[State.OPEN]
    last = last_decided(document, user) if decided else None
    views = (("open", _("To decide"), counts[State.OPEN]), ("decided", _("Decided"), decided), ("all", _("All"), total))
    return {
        "counts": {"open": counts[State.OPEN], "decided": decided, "all": total},
        "views": [{"name": name, "label": label, "count": count} for name, label, count in views],
        "accepted": accepted,
        "rejected": counts[State.REJECTED],
        "share_accepted": round(100 * accepted / total, 1) if total else 0,
        "share_rejected": round(100 * counts[State.REJECTED] / total, 1) if total else 0,
        "last": last,
        "place": place,
    }


def last_decided(document: Document, user: User) -> Proposal | None:
    """What this person decided last in the document, and can take back."""
    rows = Proposal.objects.filter(subject__content_id=document.pk, decided_by=user, decided_at__isnull=False)
    return rows.select_related("subject", "batch").order_by("-decided_at", "-pk").first()


def finished(document: Document, user: User) -> dict[str, Any]:
    """The records that a wholly decided document has made or proved, and the next document that waits."""
    decided = Subject.objects.filter(content_id=document.pk, proposals__state__in=[State.ACCEPTED, State.MENDED])
    made = Record.objects.visible_to(user).live().filter(pk__in=decided.values("record")).order_by("kind", "sort_key")
    waiting = [w for w in queries.waiting(user, limit=2) if w.document.pk != document.pk]
    return {"made": list(made.defer("search_text")[:MADE]), "next": waiting[0] if waiting else None}


# --- parts of the page ------------------------------------------------------------------------------


@require_GET
@desk_required(Role.OFFICER)
def text_part(request: HttpRequest, pk: int) -> HttpResponse:
    """A part of a long text that was left out: at most so many letters from `start`, and the rest as left out."""
    document = the_document(request, pk)
    text = queries.text_of(document.record)
    start = min(number(request.GET.get("start")), len(text))
    end = min(max(number(request.GET.get("end")), start), len(text))
    shown = min(start + PART, end)
    parts = [drawn(text, marks_of(document.pk, start, shown), start, shown)]
    if shown < end:
        parts.append(Stretch(shown, end))
    return render(request, "sources/review/text.html", {"stretches": parts, "record": document.record})


@require_GET
@desk_required(Role.OFFICER)
def record_preview(request: HttpRequest, pk: int, subject: int) -> HttpResponse:
    """The record of a subject as it would stand if all that is open were accepted."""
    user: User = request.user  # type: ignore[assignment]
    document = the_document(request, pk)
    found = queries.review(document, user, show="all", only=[subject] if subject < 2**63 else [])
    if not found.groups:
        raise Http404
    group = shown_groups(found.groups, user)[0]
    context = {"document": document, "record": document.record, "group": group, **preview(group, user)}
    template = "sources/review/preview.html" if request.htmx else "sources/preview.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@dataclass
class Row:
    """A field of the record in the preview: what stands now (HTML), and what it would be."""

    label: Any
    now: Any = ""
    then: list[str] | None = None
    replaced: bool = False


def preview(group: ShownGroup, user: User) -> dict[str, Any]:
    """{title, rows, sets: (label, rows that stand, rows that come), figures likewise}."""
    screen = group.group.screen
    record = group.group.record
    instance = page_queryset(screen).filter(pk=record.pk).first() if record is not None else None
    said: dict[str, list[Any]] = {}
    for one in group.open:
        if one.line.standing == "known" and instance is not None:
            continue
        for name, words in _fields(screen, one.line):
            if words not in said.setdefault(name, []):
                said[name].append(words)
    rows = []
    for section in screen.sections:
        for name in section.fields:
            if name in ("title", "access", "unit", "confidence"):
                continue
            now = fact(screen, instance, name, user) if instance is not None else None
            then = said.get(name)
            if now or then:
                rows.append(Row(screen.label(name), now or "", then, replaced=bool(now and then)))
    tables = {t["name"]: t for t in child_tables(screen, instance, user)} if instance is not None else {}
    sets = []
    for child in screen.all_children:
        standing = [[c for c in row if c] for row in tables.get(child.name, {}).get("rows", [])]
        if standing or said.get(child.name):
            sets.append((child.label, standing, said.get(child.name, [])))
    figures = figure_table(record, {}) if record is not None else []
    title = record.title if record is not None else next(iter(said.get("title", [])), group.subject.title)
    return {"title": title, "rows": rows, "sets": sets, "figures": figures, "new_figures": _figures(group)}


def _fields(screen: Screen, line: queries.Line) -> Iterable[tuple[str, str]]:
    """(field, words) of what a line says; the record itself says its title and what it cannot be without."""
    p = line.proposal
    if p.field == rules.FIGURES:
        return
    if p.field:
        yield p.field, line.text
        return
    names = list(p.value if p.mended is None else p.mended)
    if len(names) == 1:
        yield names[0], line.text
    for name, (_label, words) in zip(names, line.rows, strict=False):
        yield name, words


def _figures(group: ShownGroup) -> list[tuple[Any, str]]:
    return [
        (one.line.label, one.line.text)
        for one in group.open
        if one.proposal.field == rules.FIGURES and one.line.standing != "known"
    ]


def groups_again(document: Document, user: User, subjects: Iterable[int]) -> list[ShownGroup]:
    """Some groups as they stand now, decided facts included."""
    wanted = list(subjects)
    if not wanted:
        return []
    found = queries.review(document, user, show="all", only=wanted, per_page=len(wanted))
    return shown_groups(found.groups, user)


def open_by_kind(document: Document) -> list[tuple[str, int]]:
    """(kind, how many records) that would be new."""
    new = Subject.objects.filter(content_id=document.pk, record=None, proposals__field="", proposals__state=State.OPEN)
    return list(new.order_by("kind").values_list("kind").annotate(n=Count("pk", distinct=True)))
