"""Two people, one record: what the second one sees after losing the race, with nothing of either lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from .. import write
from ..models import Change, Record, Recorded, User
from ..screens import RECORD_FIELDS, ChildSet, Screen
from .display import plain
from .forms import ChildFormSet, RecordForm, child_queryset, hidden_row


def conflict(screen: Screen, pk: int, form: RecordForm, sets: Sequence[ChildFormSet], user: User) -> dict[str, Any]:
    """Both versions after a lost race, and a form that keeps what this person typed.

    What only the other changed (a field, the tags, a row) takes the other's value; what both changed keeps
    this person's and shows the other's beside it. Saving again decides. `form` and `sets` are valid.
    """
    current: Recorded = screen.model._default_manager.select_related("record").get(pk=pk)
    changes = list(
        Change.objects.filter(record_id=pk, version__gt=form.cleaned_data["version"])
        .exclude(diff={})
        .select_related("actor")
        .order_by("-id")
    )
    # What stood when the form was opened; of several changes the earliest knows it.
    base = {n: v for c in changes for n, v in ((n, pair[0]) for n, pair in c.diff.items())}
    mine = {n: write.to_stored(v) for n, v in form.record_values().items()}
    theirs = {**write.stored_fields(current.record, RECORD_FIELDS), **write.stored_fields(current, screen.own_fields)}
    initial = RecordForm.values_of(current)
    data = form.data.copy()  # type: ignore[attr-defined]
    rows = []
    for name in [n for n in base if n in mine]:
        if mine[name] == theirs[name]:
            continue
        if mine[name] == base[name]:  # I did not touch it: take theirs
            _put(data, name, form.fields[name], initial[name])
            continue
        f: models.Field = (
            Record._meta.get_field(name) if name in RECORD_FIELDS else screen.own_fields[name]  # type: ignore[assignment]
        )
        source = current.record if name in RECORD_FIELDS else current
        rows.append(
            {
                "label": screen.label(name),
                "name": name,
                "mine": plain(f, form.cleaned_data[name], user),
                "theirs": plain(f, getattr(source, name), user),
            }
        )
    if "tags" in base:
        typed = sorted(form.tag_names())
        if typed == sorted(base["tags"] or []):
            data["tags"] = initial["tags"]
        elif typed != sorted(t.name for t in current.record.tags.all()):
            rows.append({"label": _("tags"), "name": "tags", "mine": ", ".join(typed), "theirs": initial["tags"]})
    for formset in sets:
        if formset.child.name in base:
            rows += _rows(formset, data, base[formset.child.name] or [], pk, user)
    children = [screen.label(c.name) for c in screen.all_children if c.name in base]
    data["version"] = str(current.record.version)
    new_form = RecordForm(screen, user, data, instance=current)
    new_form.is_valid()
    return {
        "form": new_form,
        "data": data,
        "rows": rows,
        "children": children,
        "changes": changes,
        "who": changes[0].actor if changes else None,
        "when": current.record.updated_at,
    }


def _put(data: Any, name: str, form_field: forms.Field, value: Any) -> None:
    """Put a stored value into posted data as the form field would show it."""
    shown = form_field.widget.format_value(form_field.prepare_value(value))
    if isinstance(form_field.widget, forms.CheckboxInput):
        data.pop(name, None)
        if value:
            data[name] = "on"
    elif isinstance(shown, list | tuple):
        data.setlist(name, [str(v) for v in shown])
    else:
        data[name] = "" if shown is None else str(shown)


def _rows(
    formset: ChildFormSet, data: Any, base: Sequence[Mapping[str, Any]], pk: int, user: User
) -> list[dict[str, Any]]:
    """Merge the rows of one set into `data`; returns the rows that both changed, for comparison."""
    child = formset.child
    now = {r.pk: r for r in child_queryset(child).filter(**{child.parent: pk}) if not hidden_row(r, user)}
    before = {row["id"]: row for row in base}
    both = []
    for form in formset.forms:
        typed = getattr(form, "cleaned_data", {})
        number = typed.get("id")
        if number not in before:
            continue  # a new row of mine, or none
        was = {n: before[number].get(n) for n in child.fields}
        mine = {n: write.to_stored(typed.get(n)) for n in child.fields}
        row = now.get(number)
        theirs = write.stored_fields(row, child.fields) if row is not None else None
        removed = bool(typed.get("DELETE"))
        if theirs is None and (removed or mine == was):
            _clear(data, form, child)
        elif theirs is not None and not removed and mine == was:
            for n in child.fields:
                _put(data, form.add_prefix(n), form.fields[n], theirs[n] if _is_key(child, n) else getattr(row, n))
        elif theirs != was and (removed or theirs != mine):
            if theirs is None:
                data[form.add_prefix("id")] = ""  # what I changed and they removed stands as a row of its own
            both.append(
                {
                    "label": child.label,
                    "name": child.name,
                    "mine": "" if removed else _text(child, typed, user),
                    "theirs": _text(child, {n: getattr(row, n) for n in child.fields}, user) if row else "",
                }
            )
    at = formset.total_form_count()
    for number, row in now.items():
        if number not in before:  # theirs, and new
            empty = formset.empty_form
            data[f"{formset.prefix}-{at}-id"] = str(number)
            for n in child.fields:
                value = getattr(row, row._meta.get_field(n).attname)
                _put(data, f"{formset.prefix}-{at}-{n}", empty.fields[n], value)
            at += 1
    data[f"{formset.prefix}-TOTAL_FORMS"] = str(at)
    return both


def _clear(data: Any, form: forms.BaseForm, child: ChildSet) -> None:
    for n in ("id", "DELETE", *child.fields):
        data.pop(form.add_prefix(n), None)


def _is_key(child: ChildSet, name: str) -> bool:
    return isinstance(child.model_fields[name], models.ForeignKey)


def _text(child: ChildSet, values: Mapping[str, Any], user: User) -> str:
    """A row as one text, without its empty parts."""
    said = [
        plain(child.model_fields[n], v, user) for n, v in values.items() if n in child.model_fields and v is not False
    ]
    return " · ".join(str(s) for s in said if s)
