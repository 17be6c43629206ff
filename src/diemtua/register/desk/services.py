"""What the desk's views share: the door to domain actions, proofs, figures, panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.kit.text import fold
from diemtua.places.models import AdminUnit

from .. import write
from ..models import Evidence, Figure, Record, Recorded, User
from ..prepared import ask
from ..queries import sight, visible
from ..screens import Screen, screen_of

ORDERINGS = {
    "title": gettext_lazy("By name"),
    "newest": gettext_lazy("Newest first"),
    "entered": gettext_lazy("Last entered"),
    "due": gettext_lazy("By due day"),
    "expiry": gettext_lazy("Expiring first"),
    "silent": gettext_lazy("Longest silence"),
}


def ordering_label(name: str) -> Any:
    return ORDERINGS.get(name, name)


# --- the door to domain actions -------------------------------------------------------------------
# A domain app whose saving does more than save names its actions here, from its own desk.py.

_create: dict[str, Callable[..., Any]] = {}
_update: dict[str, Callable[..., Any]] = {}
_many: dict[str, Callable[..., Any]] = {}


def use_actions(
    kind: str,
    *,
    create: Callable[..., Any] | None = None,
    update: Callable[..., Any] | None = None,
    create_many: Callable[..., Any] | None = None,
) -> None:
    """Let forms and imports of a kind go through its own actions (same keywords as `write`).

    `create_many(drafts, *, actor, reason, batch)` saves checked drafts of an import in bulk (see `in_bulk`);
    a kind with only a `create` is imported one record after another, ten times slower.
    """
    if create_many:
        _many[kind] = create_many
    if create:
        _create[kind] = create
    if update:
        _update[kind] = update


def spread(action: Callable[..., Any]) -> Callable[..., Any]:
    """Let an action that takes its fields by name be called as `write` is, with a dict of them."""

    def called(*args: Any, fields: Mapping[str, Any], **kwargs: Any) -> Any:
        return action(*args, **kwargs, **fields)

    return called


def in_bulk(kind: str, alone: Callable[[write.Draft], Any] | None = None) -> Callable[..., list[Recorded]]:
    """A `create_many` for a kind whose `create` does no more than `write.create`; the drafts for which it
    does more (`alone` says so) go through `create` one by one. It returns the records in order of the drafts."""

    def create_many(drafts: Sequence[write.Draft], *, actor: User | None, reason: str, batch: Any) -> list[Recorded]:
        single = [alone is not None and bool(alone(draft)) for draft in drafts]
        many = [draft for draft, is_single in zip(drafts, single, strict=True) if not is_single]
        made = iter(
            write.create_many(screen_of(kind), many, actor=actor, reason=reason, batch=batch, checked=True)
            if many
            else ()
        )
        return [
            next(made)
            if not is_single
            else _create[kind](
                actor=actor, fields=draft.fields, children=draft.children, tags=draft.tags, reason=reason, batch=batch
            )
            for draft, is_single in zip(drafts, single, strict=True)
        ]

    return create_many


def action_for_many(kind: str) -> Callable[..., Any] | None:
    return _many.get(kind)


def action_for_one(kind: str) -> Callable[..., Any] | None:
    return _create.get(kind)


def create_from_form(screen: Screen, **kwargs: Any) -> Any:
    if action := _create.get(screen.kind):
        return action(**kwargs)
    return write.create(screen.kind, **kwargs)


def update_from_form(instance: Recorded, **kwargs: Any) -> Any:
    action = _update.get(instance.record.kind, write.update)
    return action(instance, **kwargs)


# --- proof ----------------------------------------------------------------------------------------


def visible_proofs(record: Record, user: User) -> list[Evidence]:
    """Evidence of a record whose source this person may see too."""
    return ask(
        ("proofs", sight(user)),
        lambda pk: (
            Evidence.objects.standing()
            .filter(visible(user, "source__"), record_id=pk)
            .select_related("source")
            .defer("source__search_text")
            .order_by("field", "id")
        ),
        record.pk,
    )


def by_source(proofs: list[Evidence]) -> list[dict[str, Any]]:
    """One entry a source: {source, quotes, locators, confidence} of all that it proves of a record."""
    found: dict[int, dict[str, Any]] = {}
    for p in proofs:
        entry = found.setdefault(p.source_id, {"source": p.source, "proof": p, "quotes": [], "locators": []})
        if p.quote and p.quote not in entry["quotes"]:
            entry["quotes"].append(p.quote)
        if p.locator and p.locator not in entry["locators"]:
            entry["locators"].append(p.locator)
    return list(found.values())


def standing_figures(record: Record) -> list[Figure]:
    """The figures of a record that were not withdrawn: by measure and stage, the newest first."""
    return ask(
        "figures",
        lambda pk: Figure.objects.filter(record_id=pk, withdrawn_at=None).order_by(
            "measure", "stage", models.F("as_of").desc(nulls_last=True), "-id"
        ),
        record.pk,
    )


@dataclass(frozen=True)
class Shown:
    """What the page of a record has read of it for one reader, so that its panels need not read it again."""

    sight: Any
    proofs: list[Evidence]
    figures: list[Figure]


def show(record: Record, user: User) -> Shown:
    """Read the proofs and figures of a record for its page; they stay with this object, which lives for one page."""
    shown = Shown(sight(user), visible_proofs(record, user), standing_figures(record))
    record.__dict__["_shown"] = shown
    return shown


def shown_of(record: Record, user: User) -> Shown:
    """What the page has read of its record, or the same read now."""
    kept: Shown | None = record.__dict__.get("_shown")
    if kept is not None and kept.sight == sight(user):
        return kept
    return Shown(sight(user), visible_proofs(record, user), standing_figures(record))


def figure_table(
    record: Record, proofs: Mapping[int, Evidence], figures: Sequence[Figure] | None = None
) -> list[dict[str, Any]]:
    """Figures by measure: the newest of each stage in front, the older ones behind it.

    Each entry: {measure, label, rows: [{figure, proof, newest}]}. `figures`: as `standing_figures` gives them, where
    they have been read.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    seen: set[tuple[str, str]] = set()
    for figure in standing_figures(record) if figures is None else figures:
        key = (figure.measure, figure.stage)
        rows.setdefault(figure.measure, []).append(
            {"figure": figure, "proof": proofs.get(figure.evidence_id or 0), "newest": key not in seen}
        )
        seen.add(key)
    return [{"measure": m, "label": measure_label(m), "rows": r} for m, r in rows.items()]


MEASURES: dict[str, Any] = {
    "area": gettext_lazy("Area"),
    "industrial_area": gettext_lazy("Industrial land"),
    "port_area": gettext_lazy("Port land"),
    "tourism_area": gettext_lazy("Tourism land"),
    "capital": gettext_lazy("Capital"),
    "jobs": gettext_lazy("Jobs"),
    "population": gettext_lazy("Population"),
    "gdp": gettext_lazy("Gross product"),
    "let_share": gettext_lazy("Share let"),
    "investors": gettext_lazy("Number of investors"),
    "contribution": gettext_lazy("Contribution"),
    "scholarships": gettext_lazy("Scholarships"),
    "vessels": gettext_lazy("Registered vessels"),
    "licensed_vessels": gettext_lazy("Licensed vessels"),
    "vessels_with_vms": gettext_lazy("Vessels with monitoring"),
    "disconnected_vessels": gettext_lazy("Vessels without signal"),
    "term_years": gettext_lazy("Term in years"),
    "exports": gettext_lazy("Exports"),
    "revenue": gettext_lazy("Revenue"),
}


def measure_label(code: str) -> Any:
    return MEASURES.get(code, code.replace("_", " "))


# --- panels ---------------------------------------------------------------------------------------
# Higher rooms hang their own parts on record pages without the register knowing them.

Panel = Callable[[Recorded, User], Mapping[str, Any] | None]
_panels: dict[str, list[tuple[str, Panel]]] = {}


def add_panel(kind: str, template: str, panel: Panel) -> None:
    """Show `template` with what `panel` returns on every record page of `kind` (nothing when None)."""
    _panels.setdefault(kind, []).append((template, panel))


def panels_of(screen: Screen, instance: Recorded, user: User) -> list[tuple[str, Mapping[str, Any]]]:
    found = []
    for template, panel in _panels.get(screen.kind, ()):
        if (context := panel(instance, user)) is not None:
            found.append((template, context))
    return found


# --- choices --------------------------------------------------------------------------------------


def hint(record: Record) -> str:
    return str(screen_of(record.kind).name)


def lookup_places(text: str) -> list[dict[str, Any]]:
    """Places by folded name, provinces before districts before communes, those of today first."""
    key = fold(text)
    if not key:
        return []
    rows = list(
        AdminUnit.objects.filter(key__startswith=key)
        .select_related("parent", "country")
        .order_by("valid_to", "level", "sort_key")[:60]
    )
    order = {"province": 0, "district": 1, "commune": 2}
    rows.sort(key=lambda u: (u.valid_to is not None, order.get(u.level, 3)))
    results = []
    for u in rows[:20]:
        parts = [u.parent.full_name if u.parent else "", "" if u.country_id == "VN" else str(u.country)]
        if u.valid_to:
            parts.append(_("until %(day)s") % {"day": u.valid_to.strftime("%d/%m/%Y")})
        results.append({"value": u.pk, "text": u.full_name, "hint": " · ".join(filter(None, parts))})
    return results


def actions_named(kind: str) -> Sequence[str]:
    """For tests: which doors a kind has of its own."""
    return [n for n, d in (("create", _create), ("update", _update)) if kind in d]
