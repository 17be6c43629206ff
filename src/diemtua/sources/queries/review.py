"""What the review page shows: the facts a document proposes, by the record they would make or change."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number
from diemtua.register import access
from diemtua.register.desk.display import language
from diemtua.register.desk.services import measure_label
from diemtua.register.history import Reader
from diemtua.register.models import Evidence, Figure, Record, Stage, User
from diemtua.register.queries import visible
from diemtua.register.screens import Screen, screen_of

from .. import rules
from ..models import Document, DocumentText, Passage, Proposal, Reading, Subject
from ..proposing import Asked, Candidate
from ..recognising import chunks, match_of, recognise
from .passages import Piece, pieces
from .standing import How, Standing, records_of, standings

PER_PAGE = 25
State = Proposal.State
SHOWN = {
    "open": (State.OPEN,),
    "decided": (State.ACCEPTED, State.MENDED, State.REJECTED),
    "all": (State.OPEN, State.ACCEPTED, State.MENDED, State.REJECTED),
}


@dataclass(frozen=True)
class Waiting:
    """A document with facts to be decided."""

    document: Document
    open: int
    newest: datetime.datetime | None
    """When it was last read; None where officers alone have added facts."""


@dataclass
class Held:
    """What the register says now of a field, in words, and by which source of which day."""

    text: str
    source: Record | None = None
    day: PartialDate | None = None
    quote: str = ""


@dataclass
class Line:
    """One proposed fact. `needs`: subjects whose records would be made with it."""

    proposal: Proposal
    label: Any
    text: str
    standing: How
    held: list[Held]
    passages: list[Passage]
    needs: list[Subject]
    mends: bool
    rows: list[tuple[Any, str]] = field(default_factory=list)  # (label, value) of each part, where it has parts


@dataclass
class Group:
    """A subject with what is proposed of it. `record` is None where it would be made, or may not be seen."""

    subject: Subject
    screen: Screen
    record: Record | None
    candidates: list[tuple[Record, str]]
    lines: list[Line]
    may_edit: bool

    @property
    def is_new(self) -> bool:
        return self.record is None

    @property
    def is_doubtful(self) -> bool:
        """Whether an officer must first say which record it is."""
        return self.record is None and not self.subject.chosen and bool(self.candidates)


@dataclass
class Review:
    """A page of groups, in order of the text."""

    groups: list[Group]
    page: int
    pages: int
    counts: Mapping[str, int]
    reading: Reading | None


# --- what waits -------------------------------------------------------------------------------------


def waiting(user: User, limit: int = 50) -> list[Waiting]:
    """Documents this person may see that have facts to be decided, those proposed last first. Three queries."""
    rows = list(
        Proposal.objects.filter(visible(user, "subject__content__document__record__"), state=State.OPEN)
        .filter(subject__content__document__record__archived_at=None)
        .values_list("subject__content_id")
        .annotate(n=Count("pk"), last=Max("pk"))
        .order_by("-last")[:limit]
    )
    pks = [pk for pk, _n, _last in rows]
    read = dict(Reading.objects.filter(content__in=pks).order_by().values_list("content_id").annotate(Max("read_at")))
    found = Document.objects.select_related("record").defer("record__search_text").in_bulk(pks)
    return [Waiting(found[pk], n, read.get(pk)) for pk, n, _last in rows]


# --- a document -------------------------------------------------------------------------------------


def review(
    document: Document,
    user: User,
    *,
    show: str = "open",
    page: int = 1,
    per_page: int = PER_PAGE,
    only: Collection[int] | None = None,
) -> Review:
    """What is proposed of a document, for a person who may see it. Record.DoesNotExist where it is hidden.

    `only`: these subjects (their numbers) and no others, as many as `per_page`.

    A fixed number of queries for each kind of record on the page, whatever the number of proposals.
    """
    if not access.may_see(user, document.record):
        raise Record.DoesNotExist
    states = SHOWN.get(show, SHOWN["open"])
    rows_of = {
        state: (facts, subjects)
        for state, facts, subjects in Proposal.objects.filter(subject__content_id=document.pk)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"), Count("subject", distinct=True))
    }
    spoken = Subject.objects.filter(content_id=document.pk).filter(
        Exists(Proposal.objects.filter(subject=OuterRef("pk"), state__in=states))
    )
    if only is not None:
        spoken = spoken.filter(pk__in=only)
    counted = len(states) == 1 and only is None
    total = rows_of.get(states[0], (0, 0))[1] if counted else spoken.count()
    pages = max((total + per_page - 1) // per_page, 1)
    page = min(max(page, 1), pages)
    subjects = list(spoken.order_by("first", "pk")[(page - 1) * per_page : page * per_page])
    rows: dict[int, list[Proposal]] = {}
    found = Proposal.objects.filter(subject__in=[s.pk for s in subjects], state__in=states)
    by_pk = {s.pk: s for s in subjects}
    for p in found.select_related("decided_by").prefetch_related("passages").order_by("pk"):
        p.subject = by_pk[p.subject_id]
        rows.setdefault(p.subject_id, []).append(p)
    reading = Reading.objects.filter(content_id=document.pk).defer("mentions", "relations").order_by("-pk").first()
    _recognise_now(document, reading, subjects)
    groups = _Page(document, user, subjects, rows).groups()
    counts = {state: rows_of.get(state, (0, 0))[0] for state in State.values}
    return Review(groups, page, pages, counts, reading)


def _recognise_now(document: Document, reading: Reading | None, subjects: Sequence[Subject]) -> None:
    """Records that have come into the register since: the subjects in hand know them, nothing is written."""
    new = [s for s in subjects if s.record_id is None and not s.chosen]
    since = Record.objects.filter(kind__in={s.kind for s in new})
    if reading is not None:
        since = since.filter(created_at__gt=reading.read_at)
    if not new or not since.exists():
        return
    asked = [Asked(s.kind, s.key, s.title, s.names, s.clues) for s in new]
    day = reading.published if reading is not None else None
    found = recognise(asked, document, day, records_of(document.pk))
    for subject in new:
        candidates = found.get(subject.key, [])
        subject.candidates = [c.as_json() for c in candidates]
        subject.record_id = match_of(candidates)


class _Page:
    """Turns the rows of a page into words, with every name looked up once."""

    def __init__(
        self, document: Document, user: User, subjects: Sequence[Subject], rows: Mapping[int, list[Proposal]]
    ) -> None:
        self.document, self.user, self.subjects, self.rows = document, user, subjects, rows
        self.all = [p for many in rows.values() for p in many]
        keys = {k for p in self.all for v in (p.value, p.mended) for k in rules.subjects_in(v)}
        own = {s.key: s for s in subjects}
        self.named = dict(own)
        for part in chunks(sorted(keys - set(own))):
            self.named |= {s.key: s for s in Subject.objects.filter(content_id=document.pk, key__in=part)}
        wanted = {s.record_id for s in self.named.values() if s.record_id is not None}
        wanted |= {c["record"] for s in subjects for c in s.candidates}
        live = Record.objects.visible_to(user).live().filter(merged_into=None)
        self.records: dict[int, Record] = {}
        for part in chunks(sorted(wanted)):
            self.records |= live.filter(pk__in=part).select_related("unit").defer("search_text").in_bulk()
        # A record that may not be seen, or is gone, is no match for this person.
        matched = {s.key: s.record_id for s in self.named.values() if s.record_id in self.records}
        self.matched: dict[str, int] = {k: pk for k, pk in matched.items() if pk is not None}
        self.stands = standings(self.all, self.matched)
        self.readers: dict[str, Reader] = {}
        self.proofs = self._proofs()
        self._gather()

    def groups(self) -> list[Group]:
        found = []
        for subject in self.subjects:
            record = self.records.get(self.matched.get(subject.key, 0))
            may_edit = access.may_create(self.user) if record is None else access.may_edit(self.user, record)
            lines = [self._line(p) for p in self.rows.get(subject.pk, ())]
            lines.sort(key=lambda line: line.proposal.field != "")
            found.append(Group(subject, screen_of(subject.kind), record, self._candidates(subject), lines, may_edit))
        return found

    def _candidates(self, subject: Subject) -> list[tuple[Record, str]]:
        found = []
        for one in subject.candidates:
            c = Candidate(**one)
            if c.record in self.records and c.record != self.matched.get(subject.key):
                sentence = rules.REASONS.get(c.reason)
                found.append((self.records[c.record], str(sentence) % {"note": c.note} if sentence else ""))
        return found

    # --- words ------------------------------------------------------------------------------------
    def _reader(self, kind: str) -> Reader:
        if kind not in self.readers:
            self.readers[kind] = Reader(screen_of(kind), self.user)
        return self.readers[kind]

    def _gather(self) -> None:
        """Tell the readers of all values first, so that each table is asked once."""
        for p in self.all:
            children = {c.name for c in screen_of(p.subject.kind).all_children}
            for value in (p.value, p.mended):
                parts = {n: v for n, v in self._parts(p, value) if not isinstance(v, dict)}
                diff: dict[str, Any] = (
                    {p.field: [[], [parts]]} if p.field in children else {n: [None, v] for n, v in parts.items()}
                )
                self._reader(p.subject.kind).gather([diff])
            if p.field not in children and p.field:
                self._reader(p.subject.kind).gather([{p.field: [self.stands[p.pk].held, None]}])

    def _parts(self, p: Proposal, value: Any) -> list[tuple[str, Any]]:
        """(name, stored value) of each field a value speaks of; figures aside, which hold no keys."""
        if p.field == rules.FIGURES or value is None:
            return []
        if isinstance(value, dict) and set(value) != {"subject"}:
            return list(value.items())
        return [(p.field, value)]

    def _model_field(self, p: Proposal, name: str) -> Any:
        screen = screen_of(p.subject.kind)
        for child in screen.all_children:
            if child.name == p.field:
                return child.model_fields.get(name)
        return screen.own_fields.get(name) or self._reader(p.subject.kind).field_of(name)

    def _say(self, p: Proposal, name: str, value: Any) -> str:
        if isinstance(value, dict) and set(value) == {"subject"}:
            named = self.named.get(value["subject"])
            record = self.records.get(self.matched.get(value["subject"], 0))
            return record.title if record is not None else (named.title if named is not None else "")
        return self._reader(p.subject.kind).value(self._model_field(p, name), value)

    def _line(self, p: Proposal) -> Line:
        value = p.mended if p.mended is not None else p.value
        screen = screen_of(p.subject.kind)
        rows: list[tuple[Any, str]] = []
        if p.field == rules.FIGURES:
            label, text = measure_label(str(value.get("measure", ""))), figure_words(value)
        else:
            parts = self._parts(p, value)
            child = next((c for c in screen.all_children if c.name == p.field), None)
            for name, part in parts:
                f = self._model_field(p, name)
                rows.append(
                    (f.verbose_name if child and f is not None else screen.label(name), self._say(p, name, part))
                )
            label = screen.name if p.field == "" else screen.label(p.field)
            text = " · ".join(words for _label, words in rows if words)
            rows = rows if len(rows) > 1 else []
        needs = [
            self.named[k]
            for k in dict.fromkeys(rules.subjects_in(value))
            if k in self.named and k not in self.matched and k != p.subject.key
        ]
        stands = self.stands[p.pk]
        return Line(
            proposal=p,
            label=label,
            text=text,
            standing=stands.how,
            held=self._held(p, stands),
            passages=list(p.passages.all()),
            needs=needs,
            mends=p.is_open,
            rows=rows,
        )

    # --- what the register says -------------------------------------------------------------------
    def _proofs(self) -> dict[tuple[int, str], list[Evidence]]:
        """Passages of what the register holds, of sources this person may see, for fields that are proposed."""
        wanted = {(self.matched[p.subject.key], p.field) for p in self.all if p.subject.key in self.matched}
        found: dict[tuple[int, str], list[Evidence]] = {}
        for part in chunks(sorted({pk for pk, _field in wanted})):
            rows = Evidence.objects.standing().filter(visible(self.user, "source__"), record__in=part)
            fields = {name for _pk, name in wanted}
            for e in rows.filter(field__in=fields).select_related("source", "source__document").order_by("-id"):
                found.setdefault((e.record_id, e.field), []).append(e)
        return found

    def _held(self, p: Proposal, stands: Standing) -> list[Held]:
        pk = self.matched.get(p.subject.key)
        if pk is None or stands.how == "new":
            return []
        if p.field == rules.FIGURES:
            return [self._told_figure(f) for f in stands.figures]
        text = self._say(p, p.field, stands.held) if stands.held is not None else ""
        proofs = self.proofs.get((pk, p.field), [])[:3]
        if not proofs:
            return [Held(text)]
        return [Held(text, e.source, e.source.document.published, e.quote) for e in proofs]

    def _told_figure(self, figure: Figure) -> Held:
        text = figure_words(
            {
                "value": figure.value,
                "wording": figure.wording,
                "unit": figure.unit,
                "stage": figure.stage,
                "as_of": figure.as_of,
            }
        )
        proof = figure.evidence
        if proof is None or not access.may_see(self.user, proof.source):
            return Held(text, day=figure.as_of)
        return Held(text, proof.source, figure.as_of, proof.quote)


def figure_words(value: Mapping[str, Any]) -> str:
    """A figure in words: number, unit, stage, day."""
    amount = value.get("value")
    said = format_number(Decimal(str(amount)), language()) if amount not in (None, "") else value.get("wording", "")
    as_of = value.get("as_of")
    day = PartialDate.from_iso(as_of) if isinstance(as_of, str) and as_of else as_of
    stage = value.get("stage") or Stage.ANNOUNCED
    parts = [f"{said} {value.get('unit', '')}".strip(), str(Stage(stage).label), day.display(language()) if day else ""]
    return " · ".join(p for p in parts if p)


# --- the text ---------------------------------------------------------------------------------------


def marked(document: Document, user: User, *, show: str = "open") -> list[Piece]:
    """The whole text cut at the passages of what is proposed; `proofs` of a piece are `Passage` rows."""
    if not access.may_see(user, document.record):
        raise Record.DoesNotExist
    content = DocumentText.objects.filter(pk=document.pk).first()
    if content is None:
        return []
    states = SHOWN.get(show, SHOWN["open"])
    rows = Passage.objects.filter(proposal__subject__content_id=document.pk, proposal__state__in=states)
    return pieces(content.text, rows.select_related("proposal").order_by("start", "pk"))


def passages_of(proposals: Iterable[Proposal]) -> list[Passage]:
    """All passages of some proposals, in order of the text."""
    return sorted((p for one in proposals for p in one.passages.all()), key=lambda p: (p.start, p.pk))


__all__ = ["SHOWN", "Group", "Held", "Line", "Review", "Waiting", "marked", "review", "waiting"]
