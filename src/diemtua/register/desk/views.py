"""The desk's screens: one set of thin views for every kind of record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from .. import access, search
from ..access import desk_required
from ..database import among, of_kind, orders_joined_rows
from ..exporting import FORMATS
from ..models import Evidence, Record, Recorded, SavedView, Tag, User
from ..models import Role as R
from ..prepared import ask
from ..queries import sight
from ..screens import ChildSet, Screen, screen_by_slug, screen_of
from ..write import Stale, archive, restore
from . import conflicts, services
from .display import NOT_KNOWN, badge, rich
from .filters import build_filterset
from .forms import RecordForm, child_formsets, child_queryset, clean_text, hidden_row
from .tables import STATE_FIELDS, build_table

PAGE = 50
COUNT_LIMIT = 1000
DEEPEST = 10_000


def the_screen(slug: str) -> Screen:
    screen = screen_by_slug(slug)
    if screen is None:
        raise Http404
    return screen


def the_record(request: HttpRequest, pk: int) -> tuple[Screen, Any]:
    """The domain instance of a record this person may see, with all that its page names; 404 otherwise.

    A record one may not see does not exist: the answer is the same.
    """
    # The kind and the tags come together: a page that names much has few queries to spare.
    found = ask(
        ("kind and tags", sight(request.user)),
        lambda pk: (
            Record.objects.visible_to(request.user)
            .filter(pk=pk)
            .order_by("tags__key")
            .values_list("kind", "tags__pk", "tags__name", "tags__key")
        ),
        pk,
    )
    if not found:
        raise Http404
    screen = screen_of(found[0][0])
    instances = ask(("page", screen.model), lambda pk: page_queryset(screen).prefetch_related(None).filter(pk=pk), pk)
    if not instances:
        raise Http404
    instance = instances[0]
    tags = instance.record.tags.all()
    tags._result_cache = [Tag(pk=tag, name=name, key=key) for _kind, tag, name, key in found if tag is not None]
    tags._prefetch_done = True
    instance.record._prefetched_objects_cache = {"tags": tags}
    return screen, instance


def page_queryset(screen: Screen) -> models.QuerySet:
    """An instance with every record its own fields name, in one query (and one for its tags)."""
    keys = ["record", "record__unit", "record__created_by", "record__merged_into"]
    unread = ["record__search_text", "record__merged_into__search_text"]
    for f in screen.model._meta.concrete_fields:
        if isinstance(f, models.ForeignKey) and f.name != "record":
            related = f.related_model
            recorded = isinstance(related, type) and issubclass(related, Recorded)
            keys.append(f"{f.name}__record" if recorded else f.name)
            if recorded:
                unread.append(f"{f.name}__record__search_text")
    return screen.model._default_manager.select_related(*keys).defer(*unread).prefetch_related("record__tags")


# --- registers ------------------------------------------------------------------------------------


def filtered(screen: Screen, request: HttpRequest) -> tuple[Any, Any]:
    """Rows of a register that this person sees through the filters of the address, and the filter form."""
    user: User = request.user  # type: ignore[assignment]
    queryset = screen.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
    filters = build_filterset(screen, user)(request.GET, queryset=queryset, request=request)
    rows = filters.qs if filters.form.is_valid() else queryset.live()
    chosen = ordering(screen, request)
    if chosen[0].lstrip("-").startswith("record__"):
        rows = of_kind(rows, screen.kind)
    return rows.order_by(*chosen), filters


def ordering(screen: Screen, request: HttpRequest) -> Sequence[str]:
    """The order that is asked for, or the register's own."""
    return screen.orderings.get(request.GET.get("sort", "")) or next(iter(screen.orderings.values()))


def of_records_alone(screen: Screen, request: HttpRequest, filters: Any) -> models.QuerySet | None:
    """The same rows in the same order asked of the records alone, where all that is asked for stands in them.

    Joined with the kind's own table, PostgreSQL takes the records of the kind for few and sorts them all.
    """
    order = ordering(screen, request)
    if not all(n.lstrip("-").startswith("record__") or n.lstrip("-") == "pk" for n in order):
        return None
    records = of_records(screen, request, filters)
    return None if records is None else records.order_by(*(name.replace("record__", "") for name in order))


def of_records(screen: Screen, request: HttpRequest, filters: Any) -> models.QuerySet | None:
    """The rows asked for, in no order, as records alone; None where the kind's own table is asked too."""
    values = filters.form.cleaned_data if filters.form.is_valid() else {}
    used = {name for name, value in values.items() if value not in (None, "", [])}
    if used - {"q", "archived"}:
        return None
    records = Record.objects.visible_to(request.user).filter(kind=screen.kind)
    archived = values.get("archived")
    if archived == "only":
        records = records.exclude(archived_at=None)
    elif archived != "all":
        records = records.live()
    if (narrowed := getattr(filters, "narrowed", None)) is not None:
        records = narrowed.among(records)
    return records


def rows_of_list(screen: Screen, ids: list[int]) -> list[Any]:
    """These rows with all that a line of the register shows, in this order."""
    if not ids:
        return []
    everything: Any = screen.model._default_manager.for_list()  # type: ignore[attr-defined]
    rows = ask(("rows of a list", screen.model), lambda ids: among(everything.order_by(), ids), ids)
    models.prefetch_related_objects(rows, *everything._prefetch_related_lookups)
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


@require_GET
@desk_required()
def register_list(request: HttpRequest, slug: str) -> HttpResponse:
    """A register: filters, sorting, saved views, 50 rows a page; the count stops at a thousand."""
    user: User = request.user  # type: ignore[assignment]
    screen = the_screen(slug)
    rows, filters = filtered(screen, request)
    try:
        page = min(max(int(request.GET.get("page", "1")), 1), DEEPEST // PAGE)
    except ValueError:
        page = 1
    start = (page - 1) * PAGE
    alone = of_records_alone(screen, request, filters)
    plain = rows if alone is None else alone
    if page == 1 and (alone is None or orders_joined_rows()):
        found = list(rows.for_list()[: PAGE + 1])
    else:  # the rows passed over are counted off without all that a row shows
        ids = list(plain.values_list("pk", flat=True)[start : start + PAGE + 1])
        found = rows_of_list(screen, ids)
    count: int | None
    narrowed = getattr(filters, "narrowed", None)
    if len(found) <= PAGE and (found or page == 1):
        count = start + len(found)
    elif found and start >= COUNT_LIMIT and not (narrowed and narrowed.common):
        count = COUNT_LIMIT + 1
    else:
        counted = of_records(screen, request, filters)
        count = search.bounded_count(plain if counted is None else counted, narrowed, COUNT_LIMIT)
    table = build_table(screen, request.user, found[:PAGE])  # type: ignore[arg-type]
    query = request.GET.copy()
    query.pop("page", None)
    saved = ask(
        ("saved views", screen.kind),
        lambda person: SavedView.objects.filter(models.Q(user_id=person) | models.Q(shared=True), kind=screen.kind),
        user.pk,
    )
    used = {n: v for n, v in request.GET.items() if v and n not in ("page", "sort", "q")}
    only_rows = request.htmx and request.htmx.target == "dt-results"  # type: ignore[attr-defined]
    context = {
        "screen": screen,
        "table": table,
        "filters": filters,
        "filter_boxes": "" if only_rows else filter_boxes(screen, user, filters, untouched=not used),
        "page": page,
        "first": start + 1,
        "last": start + min(len(found), PAGE),
        "count": count,
        "counted": count is not None and count <= COUNT_LIMIT,
        "count_limit": start + min(len(found), PAGE) if count is None else COUNT_LIMIT,
        "has_next": len(found) > PAGE and page < DEEPEST // PAGE,
        "query": query.urlencode(),
        "orderings": [(n, services.ordering_label(n)) for n in screen.orderings],
        "sort": request.GET.get("sort", "") or next(iter(screen.orderings)),
        "saved_views": saved,
        "used_filters": len(used),
        "may_create": access.may_create(request.user),  # type: ignore[arg-type]
        "export_formats": FORMATS,
        "at_end": page >= DEEPEST // PAGE and len(found) > PAGE,
    }
    return render(request, "register/parts/results.html" if only_rows else "register/list.html", context)


def filter_boxes(screen: Screen, user: User, filters: Any, *, untouched: bool) -> SafeString:
    """The boxes of the filters, the words aside. Where none is filled in they are kept for half a minute, as their
    choices are: they took a fifth of a page."""
    key = f"filters:{screen.kind}:{get_language()}:{sight(user)}".replace(" ", "")
    if untouched and (kept := cache.get(key)) is not None:
        return mark_safe(kept)
    written = render_to_string("register/parts/filters.html", {"form": filters.form})
    if untouched:
        cache.set(key, str(written), 30)
    return written


# --- one record -----------------------------------------------------------------------------------


def facts(screen: Screen, instance: Recorded, user: User, proofs: dict[str, list[Evidence]]) -> list[dict[str, Any]]:
    """The sections of a record page: known facts with their proof, and the names of the unknown ones.

    Access, unit and confidence stand in the page's head. Sections of which nothing is known come last,
    as one list of names.
    """
    sections = []
    nothing: list[Any] = []
    for section in screen.sections:
        known, unknown = [], []
        for name in section.fields:
            if name in ("access", "confidence", "unit"):
                continue
            label = screen.label(name)
            if name == "title":
                if proofs.get("title"):
                    known.append({"label": label, "value": instance.record.title, "proofs": proofs["title"]})
                continue
            value = fact(screen, instance, name, user)
            if value is None:
                continue
            if value == "":
                unknown.append(label)
            else:
                known.append({"label": label, "value": value, "proofs": proofs.get(name, [])})
        if known:
            sections.append({"title": section.title, "known": known, "unknown": unknown})
        else:
            nothing += unknown
    if nothing:
        sections.append({"title": "", "known": [], "unknown": nothing})
    return sections


def fact(screen: Screen, instance: Recorded, name: str, user: User) -> Any:
    """One field as HTML; "" where it is not known, None where it need not be shown."""
    if own := getattr(screen, f"fact_{name}", None):
        return own(instance, user)
    f: Any = screen.own_fields[name]
    raw = getattr(instance, name)
    if raw is False:
        return None
    if name in STATE_FIELDS and f.choices:
        return badge(raw, getattr(instance, f"get_{name}_display")())
    return rich(f, raw, user)


def child_tables(screen: Screen, instance: Recorded, user: User) -> list[dict[str, Any]]:
    """The child sets of a record page: headers and rows as HTML, without rows one may not see."""
    shown = []
    for child in screen.all_children:
        if child.name in screen.drawn:
            continue
        rows = ask(
            ("rows", child.model, child.parent),
            lambda pk, child=child: child_queryset(child).filter(**{child.parent: pk}),
            instance.pk,
        )
        body = [
            [child_value(child, row, name, user) for name in child.fields] for row in rows if not hidden_row(row, user)
        ]
        filled = [i for i in range(len(child.fields)) if any(cells[i] not in ("", NOT_KNOWN) for cells in body)]
        if body:
            headers = [child.model_fields[child.fields[i]].verbose_name for i in filled]
            shown.append(
                {
                    "label": child.label,
                    "name": child.name,
                    "headers": headers,
                    "fields": [child.fields[i] for i in filled],
                    "rows": [[cells[i] for i in filled] for cells in body],
                }
            )
    return shown


def child_value(child: ChildSet, row: models.Model, name: str, user: User) -> Any:
    f = child.model_fields[name]
    value = getattr(row, name)
    if value is False:
        return ""
    if f.choices:
        return getattr(row, f"get_{name}_display")() if value else ""
    return rich(f, value, user)


@require_GET
@desk_required()
def record_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A record: facts with their proof, figures with their sources, its rows; chain and history load after."""
    user: User = request.user  # type: ignore[assignment]
    screen, instance = the_record(request, pk)
    record = instance.record
    into = record.merged_into
    shown = services.show(record, user)
    proofs = shown.proofs
    by_field: dict[str, list[Evidence]] = {}
    for proof in proofs:
        by_field.setdefault(proof.field, []).append(proof)
    figures = services.figure_table(record, {p.pk: p for p in proofs}, shown.figures)
    context = {
        "screen": screen,
        "instance": instance,
        "record": record,
        "sections": facts(screen, instance, user, by_field),
        "children": child_tables(screen, instance, user),
        "sources": services.by_source(proofs),
        "figures": figures,
        "may_edit": access.may_edit(user, record),
        "may_lead": access.may_lead(user),
        "panels": services.panels_of(screen, instance, user),
        "subtitle": screen.subtitle(instance),
        "merged_into": into if into and access.may_see(user, into) else None,
    }
    return render(request, [f"{screen.model._meta.app_label}/{screen.kind}.html", "register/record.html"], context)


@desk_required(R.OFFICER)
def record_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new record of a kind. What was typed stays when something is wrong."""
    screen = the_screen(slug)
    user: User = request.user  # type: ignore[assignment]
    if request.method == "POST":
        form = RecordForm(screen, user, request.POST)
        sets = child_formsets(screen, user, request.POST)
        if form.is_valid() & all(s.is_valid() for s in sets):
            try:
                children = {s.child.name: s.edits().create for s in sets}
                instance = services.create_from_form(
                    screen,
                    actor=user,
                    fields=form.record_values(),
                    children=children,
                    tags=form.tag_names(),
                    reason=form.cleaned_data["reason"],
                )
            except ValidationError as error:
                form.add_errors(error)
            else:
                messages.success(request, _("“%(title)s” has been saved.") % {"title": instance})
                return redirect(instance)
    else:
        form = RecordForm(screen, user, initial=screen.initial(user, request.GET.dict()))
        sets = child_formsets(screen, user)
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "register/form.html",
        {"screen": screen, "form": form, "sets": sets, "instance": None, "sections": form_sections(screen, form)},
        status=status,
    )


@desk_required(R.OFFICER)
def record_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a record. When another person saved first, both versions are shown and nothing is lost."""
    user: User = request.user  # type: ignore[assignment]
    screen, instance = the_record(request, pk)
    access.require(access.may_edit(user, instance.record), _("You may not change this record. Ask its unit or a lead."))
    conflict = None
    if request.method == "POST":
        form = RecordForm(screen, user, request.POST, instance=instance)
        sets = child_formsets(screen, user, request.POST, instance)
        if form.is_valid() & all(s.is_valid() for s in sets):
            try:
                saved = services.update_from_form(
                    instance,
                    actor=user,
                    fields=form.record_values(),
                    children={s.child.name: s.edits() for s in sets},
                    tags=form.tag_names(),
                    expected_version=form.cleaned_data["version"],
                    reason=form.cleaned_data["reason"],
                )
            except ValidationError as error:
                form.add_errors(error)
            except Stale:
                conflict = conflicts.conflict(screen, instance.pk, form, sets, user)
                form, sets = conflict["form"], child_formsets(screen, user, conflict["data"], instance)
                for s in sets:
                    s.is_valid()
            else:
                messages.success(request, _("“%(title)s” has been saved.") % {"title": saved})
                return redirect(saved)
    else:
        form = RecordForm(screen, user, instance=instance)
        sets = child_formsets(screen, user, instance=instance)
    status = 409 if conflict else 422 if request.method == "POST" else 200
    return render(
        request,
        "register/form.html",
        {
            "screen": screen,
            "form": form,
            "sets": sets,
            "instance": instance,
            "record": instance.record,
            "sections": form_sections(screen, form),
            "conflict": conflict,
        },
        status=status,
    )


def form_sections(screen: Screen, form: RecordForm) -> list[dict[str, Any]]:
    return [{"title": s.title, "fields": [form[n] for n in s.fields if n in form.fields]} for s in screen.sections]


@require_POST
@desk_required(R.OFFICER)
def record_archive(request: HttpRequest, pk: int) -> HttpResponse:
    _screen, instance = the_record(request, pk)
    reason = clean_text(request.POST.get("reason", "")).strip()[:500]
    if not reason:
        messages.error(request, _("Say in a few words why the record is archived."))
        return redirect(instance)
    archive(instance, actor=request.user, reason=reason)  # type: ignore[arg-type]
    messages.success(request, _("Archived. It can be brought back from its page at any time."))
    return redirect(instance)


@require_POST
@desk_required(R.OFFICER)
def record_restore(request: HttpRequest, pk: int) -> HttpResponse:
    _screen, instance = the_record(request, pk)
    try:
        restore(instance, actor=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The record is current again."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(instance)


# --- looking up -----------------------------------------------------------------------------------


@require_GET
@desk_required()
def lookup(request: HttpRequest, kind: str) -> JsonResponse:
    """Up to 20 choices for a select, as [{value, text, hint}]: records of a kind, or places."""
    text = request.GET.get("q", "").strip()[:200]
    if kind == "adminunit":
        return JsonResponse({"results": services.lookup_places(text)})
    kinds = None if kind == "record" else [kind]
    if kinds and screen_by_kind(kind) is None:
        raise Http404
    found = search.complete(request.user, text, kinds=kinds, limit=20)
    return JsonResponse({"results": [{"value": r.pk, "text": r.title, "hint": services.hint(r)} for r in found]})


def screen_by_kind(kind: str) -> Screen | None:
    try:
        return screen_of(kind)
    except KeyError:
        return None
