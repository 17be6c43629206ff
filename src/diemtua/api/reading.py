"""What the API reads: lists of a kind, one record with all that hangs on it, its links and its history."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diemtua.register import history
from diemtua.register.access import may_edit
from diemtua.register.database import among, of_kind
from diemtua.register.desk import services
from diemtua.register.desk.filters import build_filterset
from diemtua.register.models import Evidence, Figure, Link, Record, User
from diemtua.register.models.record import record_url
from diemtua.register.prepared import ask
from diemtua.register.queries import sight, visible
from diemtua.register.screens import Screen, all_screens, screen_by_slug, screen_of

from . import rules
from .problems import not_found, wrong_question
from .shapes import RECORD, Column, Named, choices, columns_of, columns_of_rows, plain

ORDERS = ("newest", "oldest", "title")
OWN_PARAMETERS = {"cursor", "limit", "order"}
MOST = 200
PAGE = 25


def the_screen(name: str) -> Screen:
    """A kind by its name or the name of its register. Raises Refused (404)."""
    try:
        return screen_of(name)
    except KeyError:
        if (found := screen_by_slug(name)) is not None:
            return found
    raise not_found()


# --- kinds ----------------------------------------------------------------------------------------


def describe(screen: Screen, user: User) -> dict[str, Any]:
    """A kind as programs need it: its fields with their types and codes, its rows, its filters."""
    writable = set(screen.own_fields)
    filters = list(build_filterset(screen, user).base_filters)
    return {
        "kind": screen.kind,
        "name": str(screen.name),
        "slug": screen.slug,
        "stage": screen.stage,
        "records": reverse("api-1:list_records", args=[screen.kind]),
        "fields": [_field(screen.label(c.name), c, c.name in writable) for c in columns_of(screen)],
        "rows": [
            {
                "name": child.name,
                "label": str(child.label),
                "fields": [_field(c.field.verbose_name, c, True) for c in columns_of_rows(child)],
            }
            for child in screen.all_children
        ],
        "filters": filters,
        "orders": list(ORDERS),
        "measures": list(screen.measures),
    }


def _field(label: Any, c: Column, writable: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"name": c.name, "label": str(label), "type": c.type, "writable": writable}
    if c.type == "record" and c.field.related_model is not Record:
        made["kind"] = c.field.related_model._meta.model_name
    if known := choices(c.field):
        made["codes"] = [{"code": code, "label": str(text)} for code, text in known]
    return made


def kinds() -> list[dict[str, Any]]:
    return [
        {"kind": s.kind, "name": str(s.name), "href": reverse("api-1:read_kind", args=[s.kind])} for s in all_screens()
    ]


# --- rows -----------------------------------------------------------------------------------------


def _paths(screen: Screen) -> list[str]:
    own = (c.attname for c in columns_of(screen))
    return ["pk", *(f"record__{n}" for n in RECORD), *own, "record__sort_key"]


@cache
def _names(screen: Screen) -> tuple[str, ...]:
    return tuple(c.name for c in columns_of(screen))


@cache
def _pointing(screen: Screen) -> tuple[Column, ...]:
    return tuple(c for c in columns_of(screen) if c.points)


def _own(screen: Screen, row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(_names(screen), row[len(RECORD) + 1 : -1], strict=True))


def _body(screen: Screen, row: Sequence[Any], own: dict[str, Any], named: Named) -> dict[str, Any]:
    pk, title, access, unit, confidence, version, created, updated, archived = row[: len(RECORD) + 1]
    return {
        "number": pk,
        "kind": screen.kind,
        "title": title,
        "access": access,
        "unit": unit,
        "confidence": confidence,
        "version": version,
        "created_at": created,
        "updated_at": updated,
        "archived_at": archived,
        "href": f"/api/v1/records/{pk}",
        "page": record_url(pk),
        "fields": named.put(_pointing(screen), own),
    }


def _rows(screen: Screen, user: User, found: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    owns = [_own(screen, row) for row in found]
    named = Named(user)
    named.want(_pointing(screen), owns)
    named.find()
    return [_body(screen, row, own, named) for row, own in zip(found, owns, strict=True)]


# --- lists ----------------------------------------------------------------------------------------


def records(screen: Screen, user: User, request: HttpRequest, *, cursor: str, limit: int, order: str) -> dict[str, Any]:
    """A page of a register. Raises Refused (422) for what is not understood.

    Pages follow one another by the sort values of their last row, so that records that come meanwhile
    neither push a row to the next page nor hide one.
    """
    types: list[type] = [str, int] if order == "title" else [int]
    after: list[Any] | None = None
    if cursor:
        try:
            after = rules.read_cursor(cursor, f"{screen.kind}.{order}", types)
        except rules.BrokenCursor:
            message = _("This cursor is not one of this list. Begin without a cursor.")
            raise wrong_question({"cursor": [message]}) from None
    filters = {n: v for n, v in request.GET.items() if n not in OWN_PARAMETERS}
    found = (
        _filtered(screen, user, request, order, after, limit) if filters else _all(screen, user, order, after, limit)
    )
    more = len(found) > limit
    found = found[:limit]
    rows = _rows(screen, user, found)
    following = None
    if more:
        last = found[-1]
        values = [last[-1], last[0]] if order == "title" else [last[0]]
        following = rules.write_cursor(f"{screen.kind}.{order}", values)
    return {"kind": screen.kind, "records": rows, "next": following}


def _all(screen: Screen, user: User, order: str, after: list[Any] | None, limit: int) -> list[Any]:
    """Current records without a filter, by queries that are planned once."""
    manager: Any = screen.model._default_manager
    key = ("api list", screen.kind, sight(user), order, after is None, limit)
    if order == "title":

        def ids(sort_key: Any = None, pk: Any = None) -> models.QuerySet:
            rows = Record.objects.visible_to(user).live().filter(kind=screen.kind)
            if pk is not None:
                rows = rows.filter(Q(sort_key__gt=sort_key) | Q(pk__gt=pk, sort_key=sort_key), sort_key__gte=sort_key)
            return rows.order_by("sort_key", "pk").values_list("pk")[: limit + 1]

        found = [pk for (pk,) in ask(key, ids, *(after or ()), planned=after is None)]
        return _by_ids(screen, found)

    def rows(pk: Any = None) -> models.QuerySet:
        found = manager.visible_to(user).live()
        if pk is not None:
            found = found.filter(pk__lt=pk) if order == "newest" else found.filter(pk__gt=pk)
        return found.order_by("-pk" if order == "newest" else "pk").values_list(*_paths(screen))[: limit + 1]

    return ask(key, rows, *(after or ()))


def _by_ids(screen: Screen, ids: list[int]) -> list[Any]:
    if not ids:
        return []
    manager: Any = screen.model._default_manager
    found = ask(("api rows", screen.kind), lambda ids: among(manager.order_by(), ids).values_list(*_paths(screen)), ids)
    by_id = {row[0]: row for row in found}
    return [by_id[pk] for pk in ids if pk in by_id]


def _filtered(
    screen: Screen, user: User, request: HttpRequest, order: str, after: list[Any] | None, limit: int
) -> list[Any]:
    manager: Any = screen.model._default_manager
    filterset = build_filterset(screen, user)(request.GET, queryset=manager.visible_to(user), request=request)
    known = set(filterset.form.fields)
    asked = set(request.GET) - OWN_PARAMETERS
    if unknown := sorted(asked - known):
        message = _("There is no such filter. Known are: %(names)s.") % {"names": ", ".join(sorted(known))}
        raise wrong_question({name[:60]: [message] for name in unknown[:10]})
    if not filterset.form.is_valid():
        raise wrong_question({n: [str(s) for s in lines] for n, lines in filterset.form.errors.items()})
    rows = filterset.qs
    if order == "title":
        rows = of_kind(rows, screen.kind)
        if after:
            sort_key, pk = after
            later = Q(record__sort_key__gt=sort_key) | Q(record__sort_key=sort_key, pk__gt=pk)
            rows = rows.filter(later, record__sort_key__gte=sort_key)
        rows = rows.order_by("record__sort_key", "pk")
    else:
        if after:
            rows = rows.filter(pk__lt=after[0]) if order == "newest" else rows.filter(pk__gt=after[0])
        rows = rows.order_by("-pk" if order == "newest" else "pk")
    return _by_ids(screen, list(dict.fromkeys(rows.values_list("pk", flat=True)[: limit + 1])))


# --- one record -----------------------------------------------------------------------------------


def seen(user: User, number: int) -> tuple[Screen, list[str]]:
    """The kind and the tags of a record this person may see. Raises Refused (404)."""
    found = ask(
        ("api kind", sight(user)),
        lambda pk: (
            Record.objects.visible_to(user).filter(pk=pk).order_by("tags__key").values_list("kind", "tags__name")
        ),
        number,
    )
    if not found:
        raise not_found()
    try:
        return screen_of(found[0][0]), [name for _kind, name in found if name is not None]
    except KeyError:
        raise not_found() from None


def record(user: User, number: int) -> dict[str, Any]:
    """One record with its rows, figures and passages. Raises Refused (404)."""
    screen, tags = seen(user, number)
    manager: Any = screen.model._default_manager

    def build(pk: Any) -> models.QuerySet:
        filled = _filled(screen)
        return manager.filter(pk=pk).annotate(**filled).values_list(*filled, *_paths(screen))

    found = ask(("api record", screen.kind), build, number)
    if not found:
        raise not_found()
    sets = len(screen.all_children)
    has, (measured, proven), row = found[0][:sets], found[0][sets : sets + 2], found[0][sets + 2 :]
    own = _own(screen, row)
    named = Named(user)
    named.want(_pointing(screen), [own])
    children: list[tuple[Any, list[dict[str, Any]]]] = []
    for child, any_row in zip(screen.all_children, has, strict=True):
        if not any_row:
            children.append((child, []))
            continue
        columns = columns_of_rows(child)
        rows = [
            {"id": cells[0], **dict(zip((c.name for c in columns), cells[1:], strict=True))}
            for cells in ask(
                ("api children", screen.kind, child.name),
                lambda pk, child=child, columns=columns: (
                    child.model._default_manager.filter(**{child.parent: pk})
                    .order_by("pk")
                    .values_list("pk", *(c.attname for c in columns))
                ),
                number,
            )
        ]
        named.want(columns, rows)
        children.append((child, rows))
    named.find()
    made = _body(screen, row, own, named)
    made["tags"] = tags
    made["rows"] = {
        child.name: [
            named.put(columns_of_rows(child), cells) for cells in rows if not named.hides(columns_of_rows(child), cells)
        ]
        for child, rows in children
    }
    made |= proved(user, number) if measured or proven else {"figures": [], "evidence": []}
    return made


def _filled(screen: Screen) -> dict[str, Exists]:
    """Whether each set of rows, the figures and the passages of a record hold anything.

    The record itself says it: most hold nothing, and each would be a query of its own.
    """
    here = OuterRef("pk")
    sets = [child.model._default_manager.filter(**{child.parent: here}) for child in screen.all_children]
    sets += [Figure.objects.filter(record=here), Evidence.objects.filter(record=here)]
    return {f"has_{n}": Exists(rows) for n, rows in enumerate(sets)}


def proved(user: User, number: int) -> dict[str, Any]:
    """The figures and the passages of a record that stand, with the sources this person may see."""
    bare = Record(pk=number)
    proofs = services.visible_proofs(bare, user)
    by_pk = {p.pk: p for p in proofs}
    figures = []
    for measure in services.figure_table(bare, by_pk):
        for row in measure["rows"]:
            f, proof = row["figure"], row["proof"]
            figures.append(
                {
                    "id": f.pk,
                    "measure": f.measure,
                    "label": str(measure["label"]),
                    "value": plain(f.value),
                    "wording": f.wording,
                    "unit": f.unit,
                    "as_of": plain(f.as_of),
                    "stage": f.stage,
                    "newest": row["newest"],
                    "evidence": proof.pk if proof else None,
                    "source": _source(proof) if proof else None,
                }
            )
    evidence = [
        {
            "id": p.pk,
            "field": p.field,
            "source": _source(p),
            "quote": p.quote,
            "locator": p.locator,
            "confidence": p.confidence,
            "start": p.start,
            "end": p.end,
        }
        for p in proofs
    ]
    return {"figures": figures, "evidence": evidence}


def _source(proof: Any) -> dict[str, Any]:
    return {"number": proof.source_id, "kind": proof.source.kind, "title": proof.source.title}


def links(user: User, number: int, *, cursor: str, limit: int) -> dict[str, Any]:
    """Links of the chain from and to a record, newest first, to what this person may see and is current."""
    seen(user, number)
    last = 2**63 - 1
    if cursor:
        try:
            (last,) = rules.read_cursor(cursor, f"links.{number}", [int])
        except rules.BrokenCursor:
            raise wrong_question(
                {"cursor": [_("This cursor is not one of this list. Begin without a cursor.")]}
            ) from None
    rows: list[tuple[Any, ...]] = []
    for near, far in (("source", "target"), ("target", "source")):

        def side(pk: Any, last: Any, near: str = near, far: str = far) -> models.QuerySet:
            found = Link.objects.filter(visible(user, f"{far}__"), **{f"{far}__archived_at": None}).filter(
                **{f"{near}_id": pk}, pk__lt=last
            )
            columns = ("pk", "relation", f"{far}__id", f"{far}__kind", f"{far}__title")
            return found.order_by("-pk").values_list(*columns)[: limit + 1]

        found = ask(("api links", near, sight(user), limit), side, number, last, planned=False)
        rows += [(*row, "out" if near == "source" else "in") for row in found]
    rows.sort(reverse=True, key=lambda row: row[0])
    shown = rows[:limit]
    return {
        "links": [
            {
                "relation": relation,
                "label": _relation(relation),
                "direction": direction,
                "record": {"number": pk, "kind": kind, "title": title},
            }
            for _pk, relation, pk, kind, title, direction in shown
        ],
        "next": rules.write_cursor(f"links.{number}", [shown[-1][0]]) if len(rows) > limit else None,
    }


def _relation(relation: str) -> str:
    kind, _dot, name = relation.partition(".")
    try:
        return str(screen_of(kind).label(name))
    except KeyError:
        return name


def past(user: User, number: int, *, cursor: str) -> dict[str, Any]:
    """A page of a record's history as its page on the desk tells it, newest first."""
    screen, _tags = seen(user, number)
    held = Record.objects.get(pk=number)
    before = ""
    if cursor:
        try:
            before = "-".join(str(n) for n in rules.read_cursor(cursor, f"history.{number}", [int, int]))
        except rules.BrokenCursor:
            raise wrong_question(
                {"cursor": [_("This cursor is not one of this list. Begin without a cursor.")]}
            ) from None
    page = history.timeline(held, screen, user, cursor=before, may_edit=may_edit(user, held))
    entries = []
    for e in page.entries:
        entries.append(
            {
                "at": e.at.isoformat(),
                "who": e.who,
                "verb": e.change.verb if e.change else "note",
                "what": e.verb,
                "version": e.change.version if e.change else None,
                "reason": e.change.reason if e.change else "",
                "note": e.note.text if e.note else "",
                "lines": [_line(line) for line in e.lines],
            }
        )
    following = rules.write_cursor(f"history.{number}", [int(n) for n in page.older.split("-")]) if page.older else None
    return {"entries": entries, "next": following}


def _line(line: Any) -> dict[str, Any]:
    return {
        "label": str(line.label),
        "before": line.before,
        "after": line.after,
        "rows": [{"what": r.what, "text": r.text} for r in line.rows],
    }
