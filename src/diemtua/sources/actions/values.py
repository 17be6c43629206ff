"""Values as officers give them, into the stored form of proposals; what has not the shape of its field is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from diemtua.kit.dates import DateError, PartialDate
from diemtua.register.actions import MEASURE
from diemtua.register.models import Stage
from diemtua.register.screens import Screen, screen_of
from diemtua.register.write import to_stored

from .. import rules
from ..models import Subject
from ..proposing import Thing


def stored_value(kind: str, name: str, value: Any, title: str) -> Any:
    """The value of the field `name` of a kind in stored form.

    `value`: as the register's forms clean it, records as instances or numbers, subjects as they are; a mapping for
    the record itself ("", with `title` where it gives none), a row or a figure. Raises ValidationError.
    """
    screen = screen_of(kind)
    children = sets_of(screen)
    if name == "":
        parts = {"title": title, **_mapping(value, "title")}
        return _parts(parts, {"title": None, **screen.own_fields})
    if name in children:
        return _parts(_mapping(value, name), children[name].model_fields)
    if name == rules.FIGURES:
        return _figure(_mapping(value, name))
    if name == "title" or name in screen.own_fields:
        return _one(value, screen.own_fields.get(name))
    raise ValidationError(_("This field is not there. Choose one of the list."))


def _mapping(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or set(value) == {"subject"}:
        raise ValidationError({name: _("This value has not the shape of its field.")})
    return dict(value)


def _parts(values: Mapping[str, Any], fields: Mapping[str, models.Field | None]) -> dict[str, Any]:
    if set(values) - set(fields):
        raise ValidationError(_("This field is not there. Choose one of the list."))
    return {n: _one(v, fields[n]) for n, v in values.items() if v is not None and v != ""}


def _one(value: Any, f: models.Field | None) -> Any:
    """One value; a subject becomes {"subject": key}. Of a key its row must be there."""
    if isinstance(value, Subject | Thing):
        return {"subject": value.key}
    if isinstance(value, Mapping) and set(value) == {"subject"}:
        return dict(value)
    stored = to_stored(value)
    if isinstance(stored, str | int | float | list | None) and not isinstance(value, Mapping):
        if f is None or stored in (None, ""):
            return stored
        if not isinstance(f, models.ForeignKey):
            f.to_python(stored)  # says what is wrong with it
            return stored
        related: Any = f.related_model
        try:
            if related._base_manager.filter(pk=stored).exists():
                return stored
        except (TypeError, ValueError, OverflowError):
            pass
        raise ValidationError(_("This record is not there any more, or you may not see it. Choose another one."))
    raise ValidationError(_("This value has not the shape of its field."))


def _figure(values: Mapping[str, Any]) -> dict[str, Any]:
    if set(values) - set(rules.FIGURE_PARTS):
        raise ValidationError(_("This field is not there. Choose one of the list."))
    stored = {n: to_stored(v) for n, v in values.items() if v is not None and v != ""}
    if not MEASURE.fullmatch(str(stored.get("measure", ""))) or not (stored.get("value") or stored.get("wording")):
        raise ValidationError({rules.FIGURES: _("Say what is measured, and how much it is.")})
    if stored.get("stage", Stage.ANNOUNCED) not in Stage.values:
        raise ValidationError({rules.FIGURES: _("This value has not the shape of its field.")})
    if "as_of" in stored:
        try:
            PartialDate.from_iso(str(stored["as_of"]))
        except DateError as error:
            raise ValidationError({rules.FIGURES: str(error)}) from error
    return stored


def sets_of(screen: Screen) -> dict[str, Any]:
    """The sets of rows of a kind by name."""
    return {c.name: c for c in screen.all_children}
