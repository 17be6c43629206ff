"""Drafts into validated, unsaved records. Forms and imports pass through the same rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from ..many import blank
from ..models import Name, Record, Recorded, User
from ..screens import RECORD_FIELDS, ChildSet, Screen
from ..validating import Rules, rules_of
from .derived import search_text
from .parts import Draft
from .stored import assign

_DERIVED = {"kind", "search_text", "title_key", "sort_key", "created_by", "merged_into", "unit"}


def clean(screen: Screen, instance: Recorded, fields: Mapping[str, Any], rules: _AllRules | None = None) -> None:
    """Field rules, then rules across fields. Raises ValidationError({field: [sentences]})."""
    rules = rules or _rules_of(screen)
    errors: dict[str, list[Any]] = {}
    record = instance.record
    for target, cleaning, exclude in (
        (record, rules.record, rules.not_of_record),
        (instance, rules.own, rules.not_of_own),
    ):
        try:
            cleaning.clean_fields(target, exclude)
        except ValidationError as error:
            errors.update(error.error_dict)
    if record.access == "unit" and record.unit_id is None:
        errors.setdefault("unit", []).append(ValidationError(_("Choose the unit to which the record is restricted.")))
    for step in (instance.clean, lambda: screen.clean(instance, fields)):
        try:
            step()
        except ValidationError as error:
            found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
            for name, sentences in found.items():
                errors.setdefault(name, []).extend(sentences)
    if errors:
        raise ValidationError(errors)


class _AllRules:
    """How the rows of one kind are validated; `in_bulk` as in `validating.Rules`."""

    def __init__(self, screen: Screen, in_bulk: bool = False) -> None:
        self.record, self.own = Rules(Record, in_bulk), Rules(screen.model, in_bulk)
        self.children = {c.name: Rules(c.model, in_bulk) for c in screen.all_children}
        # A key that may be empty is not asked for here: forms have looked it up, the database holds it.
        self.not_of_record = _DERIVED | _free_keys(Record)
        self.not_of_own = {"record"} | _free_keys(screen.model)


def _free_keys(model: type[models.Model]) -> set[str]:
    return {f.name for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey) and f.null}


@cache
def _rules_of(screen: Screen) -> _AllRules:
    return _AllRules(screen)


def child_rows(
    child: ChildSet, parent_pk: int | None, rows: Iterable[Mapping[str, Any]], rules: Rules | None = None
) -> list[models.Model]:
    made = []
    parent = child.model._meta.get_field(child.parent).attname  # type: ignore[union-attr]
    for values in rows:
        row = blank(child.model)
        assign(row, values)
        setattr(row, parent, parent_pk)
        clean_child(child, row, rules)
        made.append(row)
    return made


def clean_child(child: ChildSet, row: models.Model, rules: Rules | None = None) -> None:
    if isinstance(row, Name):
        row.key = words_key(row.text)
    try:
        (rules or rules_of(child.model)).clean_fields(row, {child.parent, "key"})
        row.clean()
    except ValidationError as error:
        sentences = [f"{child.label}: {s}" for s in error.messages]
        raise ValidationError({child.name: sentences}) from error


def words_key(text: str) -> str:
    from diemtua.kit.text import fold

    return fold(text)[:300]


Built = tuple[Recorded, dict[str, list[models.Model]]]


def build(screen: Screen, draft: Draft, actor: User | None) -> Built:
    """An unsaved, validated record with its child rows. Raises ValidationError with all that is wrong."""
    instance, children = _validated(screen, draft, actor, _rules_of(screen))
    instance.record.search_text = search_text(screen, instance, children)
    return instance, children


def validator(screen: Screen, keep: bool = False) -> Callable[[Draft, User | None], None]:
    """A function that validates drafts as `build` does, for many whose keys have been looked up already.

    `keep`: what was made for it stays in the draft (some 3 kB) and saves `create_many` from making it again.
    """
    rules = _AllRules(screen, in_bulk=True)

    def validate(draft: Draft, actor: User | None) -> None:
        built = _validated(screen, draft, actor, rules)
        draft.built = built if keep else None

    return validate


def _unsaved(screen: Screen, draft: Draft, actor: User | None) -> Recorded:
    """The record of a draft with its fields set, not validated, without its child rows."""
    record = blank(Record)
    record.kind = screen.kind
    if actor is not None:
        record.created_by = actor
    instance = blank(screen.model)
    instance.record = record
    for name, value in draft.fields.items():
        if name == "title":
            record.set_title(str(value or "").strip())
        else:
            assign(record if name in RECORD_FIELDS else instance, {name: value})
    return instance


def _validated(screen: Screen, draft: Draft, actor: User | None, rules: _AllRules) -> Built:
    instance = _unsaved(screen, draft, actor)
    errors: dict[str, Any] = {}
    try:
        clean(screen, instance, draft.fields, rules)
    except ValidationError as error:
        errors.update(error.error_dict)
    children: dict[str, list[models.Model]] = {}
    for child in screen.all_children:
        try:
            given = draft.children.get(child.name, ())
            children[child.name] = child_rows(child, None, given, rules.children[child.name]) if given else []
        except ValidationError as error:
            errors.update(error.error_dict)
    if errors:
        raise ValidationError(errors)
    return instance, children


def unchecked(screen: Screen, draft: Draft, actor: User | None) -> Built:
    """As `build`, of a draft that `validator` has let through; rules across fields may still complete it."""
    if draft.built is not None:
        instance, children = draft.built
        draft.built = None
    else:
        instance = _unsaved(screen, draft, actor)
        instance.clean()
        screen.clean(instance, draft.fields)
        children = {}
        for child in screen.all_children:
            rows = children[child.name] = []
            for values in draft.children.get(child.name, ()):
                row = blank(child.model)
                assign(row, values)
                if isinstance(row, Name):
                    row.key = words_key(row.text)
                row.clean()
                rows.append(row)
    instance.record.search_text = search_text(screen, instance, children)
    return instance, children
