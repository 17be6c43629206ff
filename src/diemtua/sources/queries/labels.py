"""Officers' decisions as labels: what a model learns from, in the form of the labelling guideline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from ..models import DocumentText, Naming, Proposal, Reading, Subject

State = Proposal.State
TELLING = (State.ACCEPTED, State.MENDED, State.REJECTED)


def labels() -> Iterator[dict[str, Any]]:
    """One object for each document with decisions: {id, text, home_province, published, entities, relations}.

    Entities and relations carry `label`: confirmed, added (by an officer), rejected; `mended` where a fact was
    accepted with another value; entities of the last reading that nobody decided on carry none. Words that an officer
    has only named are `added`, and what the reader took the same words for is `rejected`. Five queries a document. Restricted documents are left out unless their text may leave the unit: see `diemtua labels`.
    """
    decided = Subject.objects.filter(proposals__state__in=TELLING).values("content_id")
    told = Q(pk__in=decided) | Q(pk__in=Naming.objects.values("content_id"))
    contents = DocumentText.objects.filter(told).exclude(document__record__access="unit").order_by("pk")
    for content in contents.iterator(chunk_size=20):
        yield _of_document(content)


def _of_document(content: DocumentText) -> dict[str, Any]:
    reading = Reading.objects.filter(content=content).order_by("-pk").first()
    spans: dict[tuple[int, int, str], dict[str, Any]] = {}
    for mention in reading.mentions if reading is not None else ():
        spans[mention["start"], mention["end"], mention["type"]] = {
            k: v for k, v in mention.items() if k not in ("id", "label")
        }
    relations: list[dict[str, Any]] = []
    rows = Proposal.objects.filter(subject__content=content, state__in=TELLING).select_related("subject")
    for proposal in rows.prefetch_related("passages").order_by("pk"):
        label = _label(proposal)
        if proposal.field == "":
            for start, end, kind in proposal.subject.spans:
                _mark(spans, (start, end, kind), content.text, label, proposal)
        if proposal.relation is not None:
            relations.append({**proposal.relation, "label": label})
    for name in content.namings.all():
        for key in [k for k in spans if k[:2] == (name.start, name.end) and k[2] != name.type]:
            spans[key].setdefault("label", "rejected")
        key = (name.start, name.end, name.type)
        words = {"type": name.type, "start": name.start, "end": name.end, "quote": content.text[name.start : name.end]}
        spans.setdefault(key, words).setdefault("label", "added")
    entities = [{"id": f"e{n}", **spans[key]} for n, key in enumerate(sorted(spans), 1)]
    by_span = {(e["start"], e["end"]): e["id"] for e in entities}
    told = []
    for relation in relations:
        ends = [by_span.get(tuple(relation[side])) for side in ("from", "to")]
        if None not in ends:
            told.append({**relation, "from": ends[0], "to": ends[1]})
    return {
        "id": f"document-{content.pk}",
        "home_province": (reading.home or None) if reading is not None else None,
        "published": reading.published.isoformat() if reading is not None and reading.published else None,
        "text": content.text,
        "entities": entities,
        "relations": told,
    }


def _label(proposal: Proposal) -> str:
    if proposal.state == State.REJECTED:
        return "rejected"
    if proposal.origin == Proposal.Origin.OFFICER:
        return "added"
    return "mended" if proposal.state == State.MENDED and proposal.field else "confirmed"


def _mark(
    spans: dict[tuple[int, int, str], dict[str, Any]], key: tuple[int, int, str], text: str, label: str, by: Proposal
) -> None:
    start, end, kind = key
    entity = spans.setdefault(key, {"type": kind, "start": start, "end": end, "quote": text[start:end]})
    # What one fact confirms another one's rejection does not unsay.
    if entity.get("label") in (None, "rejected"):
        entity["label"] = label
    entity.setdefault("ref", by.subject.key)
