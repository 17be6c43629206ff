"""Loading the demonstration province through the same doors that officers use."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from diemtua.kit.dates import parse_date
from diemtua.land.actions.illustration import draw_plan
from diemtua.places.queries import find
from diemtua.register import actions
from diemtua.register.administration import create_user, save_unit
from diemtua.register.database import refresh_statistics
from diemtua.register.desk.services import create_from_form, update_from_form
from diemtua.register.models import Batch, Evidence, Record, Role, User
from diemtua.register.screens import Screen, screen_of

from .examples import load_examples

FILE = Path(__file__).parent / "thai_binh.toml"
UNITS = ("Phòng Đối ngoại", "Phòng Xúc tiến đầu tư", "Ban Quản lý Khu kinh tế")
# Functions, not people: nobody's name, no password; each is reached by `diemtua login-link NAME`.
USERS = (
    ("officer", "Cán bộ đối ngoại", Role.OFFICER, 0),
    ("lead", "Lãnh đạo phòng", Role.LEAD, 0),
    ("viewer", "Người xem", Role.VIEWER, 1),
)


@transaction.atomic
def load(progress: Callable[..., None] = lambda *parts: None) -> int:
    """Load every record of the file, all or none; returns how many (0 when they are there already)."""
    if Batch.objects.filter(kind=Batch.Kind.LOAD, undone_at=None).exists():
        return 0
    units = [save_unit(actor=None, name=name) for name in UNITS]
    for username, name, role, unit in USERS:
        if not User.objects.filter(username=username).exists():
            create_user(actor=None, username=username, name=name, role=role, unit=units[unit])
    with FILE.open("rb") as stream:
        entries = tomllib.load(stream)["record"]
    batch = Batch.objects.create(kind=Batch.Kind.LOAD, title=_("Demonstration: Thái Bình"))
    made: dict[str, Any] = {}
    for entry in entries:
        made[entry["key"]] = _create(entry, made, batch)
    for entry in entries:
        if "successor" in entry:
            instance = made[entry["key"]]
            update_from_form(instance, actor=None, fields={"successor": made[entry["successor"][1:]]}, batch=batch)
        _prove(entry, made)
    for entry in entries:
        if entry.get("plan"):
            # No plan of plots is public: one is drawn to show how the software works, and marked so everywhere.
            draw_plan(made[entry["key"]], actor=None, batch=batch)
    made_up = load_examples(batch=batch)
    refresh_statistics(everything=True)
    progress(_("%(count)d records") % {"count": len(entries) + made_up})
    return len(entries) + made_up


def _create(entry: dict[str, Any], made: dict[str, Any], batch: Batch) -> Any:
    screen = screen_of(entry["kind"])
    fields = {name: _value(screen, name, value, made) for name, value in entry["fields"].items()}
    children = {
        name: [_child(screen, name, row, made) for row in rows] for name, rows in entry.get("children", {}).items()
    }
    if "names" in entry:
        children["names"] = [_child(screen, "names", row, made) for row in entry["names"]]
    return create_from_form(
        screen,
        actor=None,
        fields=fields,
        children=children,
        tags=entry.get("tags", ()),
        batch=batch,
        reason=_("Demonstration"),
    )


def _value(screen: Screen, name: str, value: Any, made: dict[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith("@"):
        instance = made[value[1:]]
        # A key may point at a record of any kind.
        return instance.record if screen.own_fields[name].related_model is Record else instance
    if isinstance(value, dict):
        return _place(value)
    if isinstance(value, str) and name in screen.own_fields:
        return screen.own_fields[name].to_python(value)
    return value


def _place(value: dict[str, Any]) -> Any:
    """The unit of this name on this day: a province, or a commune of the district named in `within`."""
    on = datetime.date.fromisoformat(value["on"]) if "on" in value else None
    country, within = value.get("country", "VN"), value.get("within")
    level = "commune" if within else "province" if country == "VN" else None
    name = f"{value['name']}, {within}" if within else value["name"]
    found = find(name, on=on, level=level, country=country)
    if found.unit is None:
        raise LookupError(f"{name} is no place of {on}")
    return found.unit


def _child(screen: Screen, name: str, row: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    child = next(c for c in screen.all_children if c.name == name)
    values = {}
    for key, value in row.items():
        if isinstance(value, str) and value.startswith("@"):
            values[key] = made[value[1:]]
        elif isinstance(value, dict):
            values[key] = _place(value)
        else:
            values[key] = child.model_fields[key].to_python(value)
    return values


def _prove(entry: dict[str, Any], made: dict[str, Any]) -> None:
    record: Record = made[entry["key"]].record
    for proof in entry.get("proof", ()):
        _evidence(record, proof, made)
    for figure in entry.get("figures", ()):
        evidence = _evidence(
            record, {"source": figure["source"], "field": "figures", "confidence": figure["confidence"]}, made
        )
        actions.add_figure(
            actor=None,
            record=record,
            measure=figure["measure"],
            value=Decimal(figure["value"]) if "value" in figure else None,
            wording=figure.get("wording", ""),
            unit=figure["unit"],
            as_of=parse_date(figure["as_of"]) if "as_of" in figure else None,
            stage=figure["stage"],
            evidence=evidence,
        )


def _evidence(record: Record, proof: dict[str, Any], made: dict[str, Any]) -> Evidence:
    return actions.add_evidence(
        actor=None,
        record=record,
        source=made[proof["source"][1:]].record,
        field=proof.get("field", ""),
        quote=proof.get("quote", ""),
        locator=proof.get("locator", ""),
        confidence=proof["confidence"],
    )
