"""The text of documents, cut at the passages that prove or state something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from diemtua.register.models import Evidence, Record, User
from diemtua.register.queries import visible

from ..models import DocumentText


def text_of(record: Record) -> str:
    """The stored text of a document's record; "" where there is none."""
    return DocumentText.objects.filter(document_id=record.pk).values_list("text", flat=True).first() or ""


def proofs_from(record: Record, user: User, limit: int = 500) -> list[Evidence]:
    """What this document proves, of records this person may see, in order of the text."""
    return list(
        Evidence.objects.standing()
        .filter(visible(user, "record__"), source=record)
        .select_related("record")
        .order_by("start", "id")[:limit]
    )


@dataclass(frozen=True)
class Piece:
    """A stretch of a document's text; `proofs` are those whose passage it belongs to."""

    text: str
    start: int
    proofs: tuple[Any, ...] = ()


def pieces(text: str, proofs: Iterable[Any]) -> list[Piece]:
    """The text cut at the bounds of passages, so that each can be marked, overlaps included.

    `proofs`: anything with `start` and `end`; those without a place, or beyond the text, are left out.
    """
    begin: dict[int, list[Any]] = {}
    finish: dict[int, list[Any]] = {}
    for proof in proofs:
        if proof.start is not None and proof.end is not None and proof.start < proof.end <= len(text):
            begin.setdefault(proof.start, []).append(proof)
            finish.setdefault(proof.end, []).append(proof)
    bounds = sorted({0, len(text), *begin, *finish})
    covering: dict[int, Any] = {}
    found = []
    for first, last in pairwise(bounds):
        for proof in finish.get(first, ()):
            covering.pop(id(proof), None)
        covering |= {id(proof): proof for proof in begin.get(first, ())}
        found.append(Piece(text[first:last], first, tuple(covering.values())))
    return found
