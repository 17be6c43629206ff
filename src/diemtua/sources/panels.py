"""Parts that documents add to record pages: their text, what was read in them, figures that sources tell differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from diemtua.register.access import may_create
from diemtua.register.desk import services
from diemtua.register.models import Evidence, Record, User
from diemtua.register.screens import all_screens, screen_of

from . import rules
from .models import DocumentText, Proposal, Reading
from .queries import figure_conflicts, pieces, proofs_from, seconds_to_read

SHOWN_LETTERS = 200_000
SHOWN_QUOTES = 3  # of one record, before the rest is folded

State = Proposal.State


@dataclass
class Proved:
    """A record that the document proves something of: which fields, by which words."""

    record: Record
    fields: list[Any] = field(default_factory=list)
    quotes: list[tuple[str, int | None]] = field(default_factory=list)


def text_panel(instance: Any, user: User) -> Mapping[str, Any]:
    """The text of a document with the passages that prove something, and what it proves."""
    content = DocumentText.objects.filter(document_id=instance.pk).first()
    text = content.text[:SHOWN_LETTERS] if content else ""
    proofs = proofs_from(instance.record, user)
    marked = pieces(text, proofs) if text else []
    return {
        "pieces": [(p.text, p.start, ", ".join(dict.fromkeys(e.record.title for e in p.proofs))) for p in marked],
        "more": len(content.text) - len(text) if content else 0,
        "warnings": content.warnings if content else [],
        "proved": proved_by(proofs),
    }


def proved_by(proofs: list[Evidence]) -> list[Proved]:
    """Proofs by the record they are of, in order of the text; every field and every passage named once."""
    found: dict[int, Proved] = {}
    for proof in proofs:
        one = found.setdefault(proof.record_id, Proved(proof.record))
        label = field_label(proof)
        if label and label not in one.fields:
            one.fields.append(label)
        if proof.quote and all(proof.quote != quote for quote, _start in one.quotes):
            one.quotes.append((proof.quote, proof.start))
    return list(found.values())


def field_label(proof: Evidence) -> Any:
    if proof.field == rules.FIGURES:
        return _("Figures").lower()
    return screen_of(proof.record.kind).label(proof.field) if proof.field else ""


def reading_panel(instance: Any, user: User) -> Mapping[str, Any] | None:
    """Whether a document was read, and how many facts are open and decided. Nothing for who does not decide."""
    if not may_create(user) or instance.record.archived_at is not None:
        return None
    read = Exists(Reading.objects.filter(content=OuterRef("pk")))
    rows = DocumentText.objects.filter(pk=instance.pk).annotate(letters=Length("text"), read=read)
    found = rows.values("letters", "read").first()
    if found is None:
        return None  # only cited: there is nothing to read
    states = Proposal.objects.filter(subject__content_id=instance.pk).order_by().values_list("state")
    counts = dict(states.annotate(n=Count("pk"))) if found["read"] else {}
    return {
        **found,
        "first": True,
        "open": counts.get(State.OPEN, 0),
        "accepted": counts.get(State.ACCEPTED, 0) + counts.get(State.MENDED, 0),
        "rejected": counts.get(State.REJECTED, 0),
        "seconds": seconds_to_read(found["letters"]) if not found["read"] else 0,
    }


def conflicts_panel(instance: Any, user: User) -> Mapping[str, Any] | None:
    """Figures that sources tell differently, side by side; nothing where they agree."""
    found = figure_conflicts(instance.record, user)
    return {"first": True, "conflicts": found} if found else None


def hang_up() -> None:
    """Put the panels on record pages: the text on documents, contradictions on kinds that have figures."""
    services.add_panel("document", "sources/panel_reading.html", reading_panel)
    services.add_panel("document", "sources/panel_text.html", text_panel)
    for screen in all_screens():
        if screen.measures:
            services.add_panel(screen.kind, "sources/panel_conflicts.html", conflicts_panel)
