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

from diemtua.register import write
from diemtua.register.access import desk_required
from diemtua.register.desk.services import figure_table
from diemtua.register.desk.views import fact, page_queryset
from diemtua.register.history import Reader
from diemtua.register.models import Record, Role, User
from diemtua.register.screens import Screen

from .. import queries, rules
from ..models import Document, DocumentText, Proposal, Subject
from ..queries.review import PER_PAGE, SHOWN
from ..showing import (
    PART,
    ShownGroup,
    Stretch,
    drawn,
    marks_between,
    marks_in,
    shown_groups,
    stretches,
)
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
    document = the_document(request, pk, with_text=True)
    known = queries.outline(document.pk, passages=True)
    place = place_of(request.GET)
    for name, inclusive in (("at", False), ("after", True)):
        if name in request.GET:
            place = page_of(known, place.show, name, number(request.GET[name]), past=inclusive) or place
    return show_review(request, document, place, known)


def page_of(known: queries.Outline, show: str, what: str, pk: int, *, past: bool) -> Place | None:
    """The page on which a proposal's subject stands, or (`past`) the one with what follows a subject."""
    if what == "at":
        proposal = known.proposals.get(pk)
        if proposal is None:
            return None
        pk = proposal.subject
        if proposal.state not in SHOWN[show]:
            show = "open" if proposal.state == State.OPEN else "all"
    if pk not in known.subjects:
        return None
    order = {one: n for n, one in enumerate(known.subjects)}
    before = sum(order[s.pk] < order[pk] + past for s in known.spoken_of(SHOWN[show]))
    return Place(show, before // PER_PAGE + 1)


def show_review(
    request: HttpRequest,
    document: Document,
    place: Place,
    known: queries.Outline | None = None,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; `document` with its text, see `the_document`."""
    user: User = request.user  # type: ignore[assignment]
    known = known if known is not None else queries.outline(document.pk, passages=True)
    content = text_in(document)
    text = content.text if content is not None else ""
    found = queries.review(
        document, user, show=place.show, page=place.page, known=known, text=text, look_again="again" in request.GET
    )
    groups = shown_groups(found.groups, user)
    wanted = [(q.start, q.end) for g in groups for line in g.lines for q in line.quotes[:1]]
    context = {
        **bar(known, user, Place(place.show, found.page)),
        "document": document,
        "record": document.record,
        "reading": found.reading,
        "stale": found.is_stale,
        "text": text,
        "seconds": queries.seconds_to_read(len(text)),
        "warnings": content.warnings if content is not None else [],
        "stretches": stretches(text, marks_in(known), wanted) if text else [],
        "groups": groups,
        "page": found.page,
        "pages": found.pages,
        "error": error,
    }
    if found.reading is not None and not found.counts[State.OPEN]:
        context |= finished(document, user, known)
    return render(request, "sources/review.html", context, status=status)


def text_in(document: Document) -> DocumentText | None:
    """The text of a document that was read with it; None where it has none."""
    try:
        return document.content
    except DocumentText.DoesNotExist:
        return None


def bar(known: queries.Outline, user: User, place: Place) -> dict[str, Any]:
    """What the line on top of the page says: how much is decided, and whether there is something to take back."""
    counts = {state: known.counts.get(state, 0) for state in State.values}
    accepted = counts[State.ACCEPTED] + counts[State.MENDED]
    decided = accepted + counts[State.REJECTED]
    total = decided + counts[State.OPEN]
    last = known.last_of(user.pk)
    views = (("open", _("To decide"), counts[State.OPEN]), ("decided", _("Decided"), decided), ("all", _("All"), total))
    return {
        "counts": {"open": counts[State.OPEN], "decided": decided, "all": total},
        "views": [{"name": name, "label": label, "count": count} for name, label, count in views],
        "accepted": accepted,
        "rejected": counts[State.REJECTED],
        "share_accepted": round(100 * accepted / total, 1) if total else 0,
        "share_rejected": round(100 * counts[State.REJECTED] / total, 1) if total else 0,
        "last": known.subjects[last.subject].title if last is not None else "",
        "place": place,
    }


def last_decided(document: Document, user: User) -> Proposal | None:
    """What this person decided last in the document, and can take back."""
    rows = Proposal.objects.filter(subject__content_id=document.pk, decided_by=user, decided_at__isnull=False)
    return rows.select_related("subject", "batch").order_by("-decided_at", "-pk").first()


def finished(document: Document, user: User, known: queries.Outline) -> dict[str, Any]:
    """The records that a wholly decided document has made or proved, and the next document that waits."""
    decided = {s.record_id for s in known.spoken_of([State.ACCEPTED, State.MENDED])}
    made = Record.objects.visible_to(user).live().filter(pk__in=decided).order_by("kind", "sort_key")
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
    parts = [drawn(text, marks_between(document.pk, start, shown), start, shown)]
    if shown < end:
        parts.append(Stretch(shown, end))
    return render(request, "sources/review/text.html", {"stretches": parts, "record": document.record})


@require_GET
@desk_required(Role.OFFICER)
def record_preview(request: HttpRequest, pk: int, subject: int) -> HttpResponse:
    """The record of a subject as it would stand if all that is open were accepted."""
    user: User = request.user  # type: ignore[assignment]
    document = the_document(request, pk)
    # Its passages are not shown.
    found = queries.review(document, user, show="all", only=[subject] if subject < 2**63 else [], text="")
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
    rows_of_kind = page_queryset(screen).prefetch_related(None)
    instance = rows_of_kind.filter(pk=record.pk).first() if record is not None else None
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
    standing = _rows_standing(screen, record, user) if record is not None else {}
    sets = [
        (child.label, standing.get(child.name, []), said.get(child.name, []))
        for child in screen.all_children
        if standing.get(child.name) or said.get(child.name)
    ]
    figures = figure_table(record, {}) if record is not None else []
    title = record.title if record is not None else next(iter(said.get("title", [])), group.subject.title)
    return {"title": title, "rows": rows, "sets": sets, "figures": figures, "new_figures": _figures(group)}


def _rows_standing(screen: Screen, record: Record, user: User) -> dict[str, list[str]]:
    """{set: its rows in words} of a record, without those that name what this person may not see. Two queries."""
    reader = Reader(screen, user)
    rows = write.load_children(screen, record.pk)
    stored = {c.name: [write.stored_child(c, row) for row in rows[c.name]] for c in screen.all_children}
    reader.gather([{name: [[], many] for name, many in stored.items()}])
    return {
        c.name: [reader.row_text(c, row) for row in stored[c.name] if not reader.row_hidden(c, row)]
        for c in screen.all_children
    }


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


def groups_again(
    document: Document, user: User, subjects: Iterable[int], known: queries.Outline | None = None
) -> list[ShownGroup]:
    """Some groups as they stand now, decided facts included."""
    wanted = list(subjects)
    if not wanted:
        return []
    found = queries.review(document, user, show="all", only=wanted, per_page=len(wanted), known=known)
    return shown_groups(found.groups, user)


@require_GET
@desk_required(Role.OFFICER)
def recognised_since(request: HttpRequest, pk: int) -> HttpResponse:
    """The groups of a page that look different because records have come into the register since the reading."""
    user: User = request.user  # type: ignore[assignment]
    document = the_document(request, pk)
    place = place_of(request.GET)
    found = queries.review(document, user, show=place.show, page=place.page)
    groups = shown_groups([g for g in found.groups if g.subject.pk in found.changed], user)
    for group in groups:
        group.swap = True
    context = {"document": document, "record": document.record, "groups": groups, "place": place}
    return render(request, "sources/review/since.html", context)


def open_by_kind(document: Document) -> list[tuple[str, int]]:
    """(kind, how many records) that would be new, those aside of which it must first be said which one they are."""
    new = Subject.objects.filter(content_id=document.pk, record=None, proposals__field="", proposals__state=State.OPEN)
    new = new.filter(Q(chosen=True) | Q(candidates=[]))
    return list(new.order_by("kind").values_list("kind").annotate(n=Count("pk", distinct=True)))
