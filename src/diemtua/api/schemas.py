"""The shapes of answers, as the OpenAPI document tells them."""

from __future__ import annotations

from typing import Any

from django.db import models
from ninja import Schema

from diemtua.register.fields import CodeField
from diemtua.register.models import Access, Confidence
from diemtua.register.screens import ChildSet, Screen

from .shapes import Column, choices, columns_of_rows, type_of


class ErrorBody(Schema):
    code: str
    message: str
    fields: dict[str, list[str]] | None = None


class ErrorOut(Schema):
    error: ErrorBody


class Reference(Schema):
    number: int
    kind: str
    title: str


class KindRow(Schema):
    kind: str
    name: str
    href: str


class KindsOut(Schema):
    kinds: list[KindRow]


class Code(Schema):
    code: str
    label: str


class FieldOut(Schema):
    name: str
    label: str
    type: str
    writable: bool
    kind: str | None = None
    codes: list[Code] | None = None


class RowsOut(Schema):
    name: str
    label: str
    fields: list[FieldOut]


class KindOut(Schema):
    kind: str
    name: str
    slug: str
    stage: str
    records: str
    fields: list[FieldOut]
    rows: list[RowsOut]
    filters: list[str]
    orders: list[str]
    measures: list[str]


class RecordRow(Schema):
    number: int
    kind: str
    title: str
    access: str
    unit: int | None
    confidence: str
    version: int
    created_at: str
    updated_at: str
    archived_at: str | None
    href: str
    page: str
    fields: dict[str, Any]


class RecordsOut(Schema):
    kind: str
    records: list[RecordRow]
    next: str | None


class FigureOut(Schema):
    id: int
    measure: str
    label: str
    value: str | None
    wording: str
    unit: str
    as_of: str | None
    stage: str
    newest: bool
    evidence: int | None
    source: Reference | None


class EvidenceOut(Schema):
    id: int
    field: str
    source: Reference
    quote: str
    locator: str
    confidence: str
    start: int | None
    end: int | None


class RecordOut(RecordRow):
    tags: list[str]
    rows: dict[str, list[dict[str, Any]]]
    figures: list[FigureOut]
    evidence: list[EvidenceOut]


class ProvedOut(Schema):
    figures: list[FigureOut]
    evidence: list[EvidenceOut]


class LinkOut(Schema):
    relation: str
    label: str
    direction: str
    record: Reference


class LinksOut(Schema):
    links: list[LinkOut]
    next: str | None


class HistoryRow(Schema):
    what: str
    text: str


class HistoryLine(Schema):
    label: str
    before: str
    after: str
    rows: list[HistoryRow]


class HistoryEntry(Schema):
    at: str
    who: str
    verb: str
    what: str
    version: int | None
    reason: str
    note: str
    lines: list[HistoryLine]


class HistoryOut(Schema):
    entries: list[HistoryEntry]
    next: str | None


class MadeOut(Schema):
    number: int
    kind: str
    title: str
    version: int
    href: str
    page: str


class FigureMadeOut(Schema):
    id: int
    record: int


# --- what is sent, from the declaration of a kind ---------------------------------------------------


def _sent(f: Any) -> dict[str, Any]:
    """The JSON schema of a field that may be sent."""
    kind = type_of(f)
    made: dict[str, Any]
    if kind in ("decimal", "integer"):
        made = {"type": ["number", "string", "null"] if kind == "decimal" else ["integer", "null"]}
    elif kind == "boolean":
        made = {"type": ["boolean", "null"] if f.null else "boolean"}
    elif kind == "day":
        made = {"type": ["string", "null"], "format": "date"}
    elif kind == "partial_date":
        made = {"type": ["string", "null"], "description": "A day, month, year, or first/last day."}
    elif kind == "codes":
        made = {"type": "array", "items": {"type": "string"}}
    elif kind == "record":
        made = {"type": ["integer", "null"], "description": "The number of a record."}
    elif kind == "key":
        text = isinstance(f.related_model._meta.pk, models.CharField)
        made = {"type": ["string" if text else "integer", "null"]}
    else:
        made = {"type": "string"}
        if f.max_length:
            made["maxLength"] = f.max_length
        # Codes of the rulebook change with the day: `/kinds/{kind}` names those of today.
        if not isinstance(f, CodeField) and (known := choices(f)):
            made["enum"] = [code for code, _label in known] + ([""] if f.blank and "" not in dict(known) else [])
    made.setdefault("description", "")
    made["title"] = f.name
    return made


def sent_record(screen: Screen) -> dict[str, Any]:
    """The JSON schema of a new record of a kind."""
    fields: dict[str, Any] = {
        "title": {"type": "string", "minLength": 1, "maxLength": 500},
        "access": {"type": "string", "enum": list(Access.values)},
        "unit": {"type": ["integer", "null"]},
        "confidence": {"type": "string", "enum": list(Confidence.values)},
        **{name: _sent(f) for name, f in screen.own_fields.items()},
        **{child.name: _rows(child) for child in screen.all_children},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 60}, "maxItems": 50},
        "reason": {"type": "string", "maxLength": 400},
    }
    required = ["title", *(n for n, f in screen.own_fields.items() if not f.blank and not f.has_default())]
    return {"type": "object", "required": required, "properties": fields, "additionalProperties": False}


def _rows(child: ChildSet) -> dict[str, Any]:
    columns: tuple[Column, ...] = columns_of_rows(child)
    row = {
        "type": "object",
        "properties": {c.name: _sent(c.field) for c in columns},
        "required": [c.name for c in columns if not c.field.blank and not c.field.has_default()],
        "additionalProperties": False,
    }
    return {"type": "array", "items": row, "maxItems": 500}


def sent_figure() -> dict[str, Any]:
    from diemtua.register.models import Figure, Stage

    def field(name: str) -> dict[str, Any]:
        return _sent(Figure._meta.get_field(name))

    return {
        "type": "object",
        "required": ["measure", "unit"],
        "properties": {
            "measure": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
            "value": field("value"),
            "wording": field("wording"),
            "unit": {"type": "string", "minLength": 1, "maxLength": 24},
            "as_of": field("as_of"),
            "stage": {"type": "string", "enum": list(Stage.values)},
            "evidence": {"type": ["integer", "null"], "description": "The id of a passage of the record."},
            "reason": {"type": "string", "maxLength": 400},
        },
        "additionalProperties": False,
    }
