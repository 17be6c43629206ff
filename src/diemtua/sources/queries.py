"""Reads of documents: their text, and the passages that prove something."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from diemtua.register.models import Evidence, Record, User
from diemtua.register.queries import visible

from .models import DocumentText


def text_of(record: Record) -> str:
    """The stored text of a document's record; "" where there is none."""
    return DocumentText.objects.filter(document_id=record.pk).values_list("text", flat=True).first() or ""


def proofs_from(record: Record, user: User, limit: int = 500) -> list[Evidence]:
    """What this document proves, of records this person may see, in order of the text."""
    return list(
        Evidence.objects.filter(visible(user, "record__"), source=record)
        .select_related("record")
        .order_by("start", "id")[:limit]
    )


@dataclass(frozen=True)
class Piece:
    """A stretch of a document's text; `proofs` are those whose passage it belongs to."""

    text: str
    start: int
    proofs: tuple[Any, ...] = ()


def pieces(text: str, proofs: list[Evidence]) -> list[Piece]:
    """The text cut at the bounds of passages, so that each can be marked, overlaps included."""
    spans = [(p.start, p.end, p) for p in proofs if p.start is not None and p.end is not None and p.end <= len(text)]
    bounds = sorted({0, len(text), *(s for s, _e, _p in spans), *(e for _s, e, _p in spans)})
    found = []
    for first, last in pairwise(bounds):
        covering = tuple(p for s, e, p in spans if s <= first and e >= last)
        found.append(Piece(text[first:last], first, covering))
    return found
