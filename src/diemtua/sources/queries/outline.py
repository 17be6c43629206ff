"""A document's proposals and subjects in brief: what stands where, in two queries however many there are."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from diemtua.register.bundle import Part, fetch

from ..models import Naming, Passage, Proposal, Subject

State = Proposal.State
SUBJECT = ("id", "content_id", "kind", "key", "title", "record_id", "chosen", "first", "spans")


@dataclass(slots=True)
class Brief:
    """One proposal; `passages` as (number, start, end), in order of the text."""

    pk: int
    subject: int
    state: str
    decided_by: int | None
    decided_at: datetime.datetime | None
    passages: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass
class Outline:
    """All proposals of a document that were not set aside, and all subjects in order of the text."""

    proposals: dict[int, Brief]
    subjects: dict[int, Subject]
    names: list[Naming] = field(default_factory=list)  # what officers have said that words name

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many proposals there are of each state."""
        return Counter(p.state for p in self.proposals.values())

    @cached_property
    def by_key(self) -> dict[str, Subject]:
        return {s.key: s for s in self.subjects.values()}

    def spoken_of(self, states: Iterable[str]) -> list[Subject]:
        """The subjects of which something in one of these states is proposed, in order of the text."""
        wanted = set(states)
        named = {p.subject for p in self.proposals.values() if p.state in wanted}
        return [s for pk, s in self.subjects.items() if pk in named]

    def last_of(self, user: int) -> Brief | None:
        """What a person decided last."""
        own = (p for p in self.proposals.values() if p.decided_by == user and p.decided_at is not None)
        return max(own, key=lambda p: (p.decided_at, p.pk), default=None)

    def passages_of(self, proposal: Proposal, text: str) -> list[Passage]:
        """The passages of a proposal as rows; their words are those of the text."""
        own = self.proposals[proposal.pk].passages
        return [Passage(pk=n, proposal=proposal, start=s, end=e, quote=text[s:e]) for n, s, e in own]


def outline(content_id: int, *, passages: bool = False) -> Outline:
    """The outline of a document; `passages`: with the places of all passages, for the marks in the text."""
    rows = Proposal.objects.filter(subject__content_id=content_id).exclude(state=State.SUPERSEDED)
    columns = ["pk", "subject_id", "state", "decided_by_id", "decided_at"]
    if passages:
        columns += ["passages__id", "passages__start", "passages__end"]
        rows = rows.order_by("pk", "passages__start", "passages__id")
    found: dict[int, Brief] = {}
    for pk, subject, state, who, when, *passage in rows.values_list(*columns):
        brief = found.get(pk)
        if brief is None:
            brief = found[pk] = Brief(pk, subject, state, who, when)
        if passage and passage[0] is not None:
            brief.passages.append((passage[0], passage[1], passage[2]))
    subjects, names = fetch(
        [
            Part(Subject.objects.filter(content_id=content_id), SUBJECT),
            Part(Naming.objects.filter(content_id=content_id), ("id", "start", "end", "type")),
        ]
    )
    subjects.sort(key=lambda s: (s.first, s.pk))
    return Outline(found, {s.pk: s for s in subjects}, names)
