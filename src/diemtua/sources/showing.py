"""What the review page draws: the text with its marks, and each proposed fact with its sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from diemtua.register import access
from diemtua.register.models import Record, User

from . import rules
from .models import Naming, Passage, Proposal, Subject
from .queries import Group, Line, Outline, pieces

State = Proposal.State
WHOLE = 60_000  # letters of a text that is shown whole; of a longer one the parts around its passages
AROUND = 1_200  # letters shown before and after a passage of a long text
SHOWN_AT_ONCE = 200_000  # letters of a long text on one page, at most
PART = 30_000  # letters of a left-out part that are shown at a time
# A piece of text that several facts are read from has the colour of the one that needs most attention.
URGENT = (State.OPEN, State.REJECTED, State.MENDED, State.ACCEPTED)


# --- the text ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """`text[start:end]` is a passage of a proposal, or (with `kind`) words that name a subject."""

    start: int
    end: int
    proposal: int = 0
    state: str = ""
    subject: int = 0
    kind: str = ""


@dataclass(frozen=True)
class Stretch:
    """A part of the text as HTML, or (without `html`) one that is left out."""

    start: int
    end: int
    html: SafeString | None = None

    @property
    def letters(self) -> int:
        return self.end - self.start


def marks_in(known: Outline) -> list[Mark]:
    """All marks of a document's text, out of an outline with its passages."""
    found = [Mark(start, end, p.pk, p.state) for p in known.proposals.values() for _pk, start, end in p.passages]
    return [*found, *_named_in(((s.pk, s.spans) for s in known.subjects.values()), known.names)]


def marks_between(content_id: int, start: int, end: int) -> list[Mark]:
    """The marks that touch `text[start:end]`. Three queries."""
    rows = Passage.objects.filter(proposal__subject__content_id=content_id, end__gt=start, start__lt=end)
    rows = rows.exclude(proposal__state=State.SUPERSEDED)
    found = [
        Mark(first, last, proposal, state)
        for first, last, proposal, state in rows.values_list("start", "end", "proposal_id", "proposal__state")
    ]
    named = Subject.objects.filter(content_id=content_id).values_list("pk", "spans")
    names = Naming.objects.filter(content_id=content_id, end__gt=start, start__lt=end)
    return [*found, *(m for m in _named_in(named, names) if m.end > start and m.start < end)]


def _named_in(subjects: Iterable[tuple[int, Any]], names: Iterable[Naming]) -> list[Mark]:
    """Marks of the words that name subjects, or what an officer says; of two subjects with the same words the first."""
    spans = {(n.start, n.end): Mark(n.start, n.end, kind=n.type) for n in names}
    for pk, many in subjects:
        for first, last, kind in many:
            spans.setdefault((first, last), Mark(first, last, subject=pk, kind=kind))
    return list(spans.values())


def stretches(text: str, marks: Sequence[Mark], wanted: Iterable[tuple[int, int]]) -> list[Stretch]:
    """The text with its marks: a short one whole, of a long one the parts around what is `wanted`."""
    shown = [(0, len(text))] if len(text) <= WHOLE else _around(text, wanted)
    found = []
    at = 0
    for start, end in shown:
        if start > at:
            found.append(Stretch(at, start))
        found.append(drawn(text, marks, start, end))
        at = end
    if at < len(text):
        found.append(Stretch(at, len(text)))
    return found


def _around(text: str, wanted: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Bounds of the parts of a long text that are shown, each from line to line, in order."""
    found: list[tuple[int, int]] = []
    room = SHOWN_AT_ONCE
    for start, end in sorted(wanted) or [(0, 0)]:
        first, last = _lines(text, start - AROUND, end + AROUND)
        if found and first <= found[-1][1] + AROUND:
            first, _end = found.pop()
            last = max(last, _end)
            room += _end - first
        if room <= last - first:
            found.append((first, first + max(room, AROUND)))
            break
        room -= last - first
        found.append((first, last))
    return found


def _lines(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds moved out to the next line ends, where these are not far."""
    start, end = max(start, 0), min(end, len(text))
    before = text.rfind("\n", max(start - AROUND, 0), start)
    after = text.find("\n", end, end + AROUND)
    return (before + 1 if before >= 0 else start), (after if after >= 0 else end)


def drawn(text: str, marks: Iterable[Mark], start: int, end: int) -> Stretch:
    """One part of the text as HTML: pieces with the numbers of their proposals and subjects, to be found by."""
    inside = [
        Mark(max(m.start, start) - start, min(m.end, end) - start, m.proposal, m.state, m.subject, m.kind)
        for m in marks
        if m.start < end and m.end > start
    ]
    parts = []
    for piece in pieces(text[start:end], inside):
        words = escape(piece.text)
        if piece.proofs:
            words = mark_safe(f"<mark{_signs(piece.proofs)}>{words}</mark>")
        parts.append(words)
    return Stretch(start, end, mark_safe("".join(parts)))


def _signs(marks: Sequence[Mark]) -> str:
    """Class and data of a piece: its state, what it names, which proposals and subjects it belongs to."""
    states = {m.state for m in marks if m.proposal}
    # The innermost name decides: Thái Bình in "Công an tỉnh Thái Bình" is a place.
    name = min((m for m in marks if m.kind), key=lambda m: m.end - m.start, default=None)
    classes = ["rv-mark"]
    classes += [f"is-{state}" for state in URGENT if state in states][:1]
    if name is not None:
        classes.append(f"rv-{TONES.get(name.kind, 'thing')}")
    proposals = " ".join(str(pk) for pk in sorted({m.proposal for m in marks if m.proposal}))
    subjects = " ".join(str(pk) for pk in sorted({m.subject for m in marks if m.subject}))
    return f' class="{" ".join(classes)}" data-p="{proposals}"' + (f' data-s="{subjects}"' if subjects else "")


# The colours of names: who, where, which paper.
TONES = {
    "PERSON": "who",
    "POST": "who",
    "ORG": "body",
    "VN_LOCALITY": "where",
    "FOREIGN_LOCALITY": "where",
    "COUNTRY": "where",
    "REGION": "where",
    "PARK": "where",
    "DOCUMENT": "paper",
    "PROJECT": "paper",
}


# --- facts ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quoted:
    """A passage as (words, whether they are what it is about), cut so that it is read at a glance."""

    start: int
    end: int
    parts: list[tuple[str, bool]]


@dataclass
class ShownLine:
    """A proposed fact with its passages; `repeats` when they are those of the line before."""

    line: Line
    quotes: list[Quoted]
    repeats: bool
    may_take_back: bool

    @property
    def proposal(self) -> Proposal:
        return self.line.proposal

    @property
    def is_open(self) -> bool:
        return self.proposal.is_open

    @property
    def is_choice(self) -> bool:
        """Whether accepting it puts it in the place of what the register says."""
        return self.is_open and self.line.standing == "conflict" and self.proposal.field != rules.FIGURES

    @property
    def parts(self) -> list[tuple[Any, str]]:
        """(label, words) of each part of the value; of what is only so or not so, the label says it."""
        value = self.proposal.value if self.proposal.mended is None else self.proposal.mended
        stored = list(value.values()) if isinstance(value, dict) else []
        if len(stored) != len(self.line.rows):
            return self.line.rows
        pairs = zip(self.line.rows, stored, strict=True)
        return [(label, str(label) if told is True else words) for (label, words), told in pairs if told is not False]


@dataclass
class ShownGroup:
    """A subject with its facts as the page shows them."""

    group: Group
    lines: list[ShownLine]
    why: str = ""
    error: str = ""
    swap: bool = False  # whether it takes the place of one that the page shows already
    candidates: list[tuple[Record, str, str]] = field(default_factory=list)  # (record, what it is, why)

    @property
    def subject(self) -> Subject:
        return self.group.subject

    @cached_property
    def open(self) -> list[ShownLine]:
        return [one for one in self.lines if one.is_open]

    @cached_property
    def is_settled(self) -> bool:
        """Whether something of it has been accepted, so that its record is no question any more."""
        return any(one.proposal.state in (State.ACCEPTED, State.MENDED) for one in self.lines)

    @cached_property
    def is_known(self) -> bool:
        """Whether all that is open stands in the register already: the document only proves it."""
        return bool(self.open) and all(one.line.standing == "known" for one in self.open)

    @cached_property
    def is_proof(self) -> bool:
        """Whether all that can be accepted together is known already."""
        return all(one.line.standing == "known" for one in self.certain)

    @property
    def folds(self) -> bool:
        """Whether its facts are shown as one line: there is nothing to compare them with."""
        return self.is_known and len(self.open) == len(self.lines) and self.group.may_edit

    @property
    def labels(self) -> str:
        """What is said of it, as a list of names."""
        return ", ".join(dict.fromkeys(str(one.line.label) for one in self.open if one.proposal.field))

    @cached_property
    def differs(self) -> bool:
        return any(one.line.standing == "conflict" for one in self.open)

    @cached_property
    def certain(self) -> list[ShownLine]:
        """The open facts that can be accepted together: figures stand beside each other, rows add to rows, but
        of two values of one field an officer decides."""
        sets = {c.name for c in self.group.screen.all_children}
        said = Counter(one.proposal.field for one in self.open)
        return [
            one
            for one in self.open
            if one.proposal.field in sets
            or one.proposal.field == rules.FIGURES
            or (one.line.standing != "conflict" and (not one.proposal.field or said[one.proposal.field] == 1))
        ]

    @cached_property
    def joined(self) -> list[Subject]:
        """Subjects whose records come along when the open facts are accepted."""
        return list({s.pk: s for one in self.certain for s in one.line.needs}.values())


def shown_groups(groups: Iterable[Group], user: User) -> list[ShownGroup]:
    """The groups of a review with their words marked. No query."""
    found = [ShownGroup(g, _lines_of(g, user), _why(g)) for g in groups]
    for one in found:
        if one.group.is_doubtful:
            one.candidates = [(r, one.group.described.get(r.pk, ""), said) for r, said in one.group.candidates]
    return found


def _lines_of(group: Group, user: User) -> list[ShownLine]:
    found = []
    before: set[tuple[int, int]] = set()
    own_spans = [(start, end) for start, end, _kind in group.subject.spans]
    for line in group.lines:
        p = line.proposal
        relation = p.relation or {}
        spans = [tuple(relation[side]) for side in ("from", "to") if relation.get(side)] or own_spans
        quotes = [_quoted(passage, spans) for passage in line.passages]
        places = {(q.start, q.end) for q in quotes}
        take_back = access.may_lead(user) or p.decided_by_id == user.pk
        found.append(ShownLine(line, quotes, bool(places) and places == before, take_back))
        before = places
    return found


def _quoted(passage: Passage, spans: Iterable[tuple[int, ...]]) -> Quoted:
    inside = [
        Mark(max(start - passage.start, 0), min(end, passage.end) - passage.start, kind="word")
        for start, end in spans
        if start < passage.end and end > passage.start
    ]
    parts = [(piece.text, bool(piece.proofs)) for piece in pieces(passage.quote, inside)]
    return Quoted(passage.start, passage.end, parts)


def _why(group: Group) -> str:
    """Why the record is taken for the one the document speaks of."""
    if group.record is None or group.subject.chosen:
        return ""
    for one in group.subject.candidates:
        if one["record"] == group.record.pk and one["reason"] in rules.REASONS:
            return str(rules.REASONS[one["reason"]]) % {"note": one["note"]}
    return ""
