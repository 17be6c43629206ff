"""What the review page shows: the facts a document proposes, by the record they would make or change."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, Max, Subquery

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number
from diemtua.register import access
from diemtua.register.desk.display import language
from diemtua.register.desk.services import measure_label
from diemtua.register.history import Names, Reader
from diemtua.register.models import Evidence, Figure, Record, Stage, User
from diemtua.register.queries import visible
from diemtua.register.screens import Screen, is_key_to_record, screen_of
from diemtua.register.write import stored_fields

from .. import proposing, rules
from ..models import Document, DocumentText, Passage, Proposal, Reading, Subject
from ..proposing import Asked, Candidate
from ..recognising import match_of, recognise
from .outline import Outline, outline
from .passages import Piece, pieces
from .standing import How, Standing, held_by, own_row, records_of, standings, with_own_rows

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
    described: Mapping[int, str] = field(default_factory=dict)  # what tells candidates of one name apart

    @property
    def is_new(self) -> bool:
        return self.record is None

    @property
    def is_doubtful(self) -> bool:
        """Whether an officer must first say which record it is."""
        return self.record is None and not self.subject.chosen and bool(self.candidates)


@dataclass
class Review:
    """A page of groups, in order of the text. `is_stale`: records have come into the register since the document
    was read, and were not looked for; `changed`: subjects that look different because they were."""

    groups: list[Group]
    page: int
    pages: int
    counts: Mapping[str, int]
    reading: Reading | None
    is_stale: bool = False
    changed: Collection[int] = ()


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
    known: Outline | None = None,
    text: str | None = None,
    look_again: bool = True,
) -> Review:
    """What is proposed of a document, for a person who may see it. Record.DoesNotExist where it is hidden.

    `only`: these subjects (their numbers) and no others, as many as `per_page`. `known`, `text`: the outline (with
    its passages, where a text is given) and the text, where the caller has them. `look_again`: records that have
    come into the register since the document was read are looked for, which takes some queries for each kind;
    otherwise `Review.stale` says whether that is worth while.

    Beside that eight queries at most, whatever the number of proposals, records and kinds.
    """
    if not access.may_see(user, document.record):
        raise Record.DoesNotExist
    known = known if known is not None else outline(document.pk)
    states = SHOWN.get(show, SHOWN["open"])
    spoken = known.spoken_of(states)
    if only is not None:
        wanted = set(only)
        spoken = [s for s in spoken if s.pk in wanted]
    pages = max((len(spoken) + per_page - 1) // per_page, 1)
    page = min(max(page, 1), pages)
    numbers = [s.pk for s in spoken[(page - 1) * per_page : page * per_page]]
    rows = _rows_of(numbers, states, known, text)
    # As rows of the proposals: with all that is kept of them, each once.
    subjects = [rows[pk][0].subject for pk in numbers]
    known.subjects.update({s.pk: s for s in subjects})
    known.__dict__.pop("by_key", None)
    reading = _last_reading(document.pk)
    stale: set[int] = set()
    new = [s for s in subjects if s.record_id is None and not s.chosen]
    is_stale = bool(new) and (reading is None or (reading.newest is not None and reading.newest > reading.read_at))
    if is_stale and look_again:
        stale = _recognise_now(document, reading, new)
    groups = _Page(document, user, subjects, rows, known).groups()
    counts = {state: known.counts.get(state, 0) for state in State.values}
    return Review(groups, page, pages, counts, reading, is_stale and not look_again, stale)


def _rows_of(
    subjects: Sequence[int], states: Iterable[str], known: Outline, text: str | None
) -> dict[int, list[Proposal]]:
    """{number of a subject: what is proposed of it} with its passages; the subject is one row for all of them."""
    if not subjects:
        return {}
    found = Proposal.objects.filter(subject__in=subjects, state__in=list(states)).select_related(
        "subject", "decided_by"
    )
    if text is None:
        found = found.prefetch_related("passages")
    rows: dict[int, list[Proposal]] = {}
    by_pk: dict[int, Subject] = {}
    for p in found.order_by("pk"):
        p.subject = by_pk.setdefault(p.subject_id, p.subject)
        if text is not None:
            p._prefetched_objects_cache = {"passages": known.passages_of(p, text)}  # type: ignore[attr-defined]
        rows.setdefault(p.subject_id, []).append(p)
    return rows


def _last_reading(content_id: int) -> Any:
    """The last reading of a document, with `newest`: when the newest record of a kind that is proposed was entered."""
    newest = Record.objects.filter(kind__in=proposing.kinds()).order_by("-pk").values("created_at")[:1]
    rows = Reading.objects.filter(content_id=content_id).defer("mentions", "relations")
    return rows.annotate(newest=Subquery(newest)).order_by("-pk").first()


def _recognise_now(document: Document, reading: Reading | None, new: Sequence[Subject]) -> set[int]:
    """Records that have come into the register since: the subjects in hand know them, nothing is written.
    Returns the subjects that look different now."""
    asked = [Asked(s.kind, s.key, s.title, s.names, s.clues) for s in new]
    day = reading.published if reading is not None else None
    found = recognise(asked, document, day, records_of(document.pk))
    changed = set()
    for subject in new:
        candidates = found.get(subject.key, [])
        told = [c.as_json() for c in candidates]
        if told != subject.candidates:
            changed.add(subject.pk)
        subject.candidates = told
        subject.record_id = match_of(candidates)
    return changed


class _Page:
    """Turns the rows of a page into words, with every name looked up once."""

    def __init__(
        self,
        document: Document,
        user: User,
        subjects: Sequence[Subject],
        rows: Mapping[int, list[Proposal]],
        known: Outline,
    ) -> None:
        self.document, self.user, self.subjects, self.rows = document, user, subjects, rows
        self.all = [p for many in rows.values() for p in many]
        keys = {k for p in self.all for v in (p.value, p.mended) for k in rules.subjects_in(v)}
        keys |= {s.key for s in subjects}
        self.named = {k: known.by_key[k] for k in keys if k in known.by_key}
        self.records = self._records()
        # A record that may not be seen, or is gone, is no match for this person.
        matched = {s.key: s.record_id for s in self.named.values() if s.record_id in self.records}
        self.matched: dict[str, int] = {k: pk for k, pk in matched.items() if pk is not None}
        own = {self.matched[s.key] for s in subjects if s.key in self.matched}
        held = held_by([self.records[pk] for pk in sorted(own)], self.all, user)
        self.stands = standings(self.all, self.matched, held)
        self.proofs = held.proofs
        self.proof_by_pk = {e.pk: e for many in held.proofs.values() for e in many}
        self.names = Names(user)
        self.readers: dict[str, Reader] = {}
        self._gather()

    def _records(self) -> dict[int, Record]:
        """The records that the subjects are or may be, with their own rows, as far as this person may see them."""
        wanted = {s.record_id for s in self.named.values() if s.record_id is not None}
        wanted |= {c["record"] for s in self.subjects for c in s.candidates}
        if not wanted:
            return {}
        live = Record.objects.visible_to(self.user).live().filter(merged_into=None, pk__in=wanted)
        kinds = {s.kind for s in self.named.values()}
        return with_own_rows(live, kinds).defer("search_text").in_bulk()

    def groups(self) -> list[Group]:
        found = []
        for subject in self.subjects:
            record = self.records.get(self.matched.get(subject.key, 0))
            may_edit = access.may_create(self.user) if record is None else access.may_edit(self.user, record)
            lines = [self._line(p) for p in self.rows.get(subject.pk, ())]
            lines.sort(key=lambda line: line.proposal.field != "")
            candidates = self._candidates(subject)
            described = self._described(subject)
            found.append(Group(subject, screen_of(subject.kind), record, candidates, lines, may_edit, described))
        return found

    def _candidates(self, subject: Subject) -> list[tuple[Record, str]]:
        return [(self.records[c.record], why(c)) for c in self._offered(subject)]

    def _offered(self, subject: Subject) -> list[Candidate]:
        """The records a subject may be, other than the one it is taken for."""
        own = self.matched.get(subject.key)
        found = [Candidate(**one) for one in subject.candidates]
        return [c for c in found if c.record in self.records and c.record != own]

    def _described(self, subject: Subject) -> dict[int, str]:
        """{number: what tells a record from others of its name} of the records that a doubtful subject may be."""
        if subject.key in self.matched or subject.chosen:
            return {}
        screen = screen_of(subject.kind)
        found = {}
        for one in self._offered(subject):
            row = own_row(self.records[one.record])
            for key in _keys_shown(screen):
                # What a line under a title says of it is in hand already.
                target = self.names.row(key, getattr(row, key.attname))
                if target is not None and not is_key_to_record(key):
                    key.set_cached_value(row, target)
            said = [screen.subtitle(row)]
            for name in screen.identity:
                if (f := screen.own_fields.get(name)) is not None:
                    said.append(self._reader(screen.kind).value(f, stored_fields(row, [name])[name]))
            found[one.record] = " · ".join(dict.fromkeys(part for part in said if part))
        return found

    # --- words ------------------------------------------------------------------------------------
    def _reader(self, kind: str) -> Reader:
        if kind not in self.readers:
            self.readers[kind] = Reader(screen_of(kind), self.user, self.names)
        return self.readers[kind]

    def _gather(self) -> None:
        """Tell the readers of all values first, so that all names are asked for at once."""
        for record in self.records.values():
            self.names.know(record)
        for subject in self.subjects:
            for one in self._offered(subject) if subject.key not in self.matched else ():
                row = own_row(self.records[one.record])
                for f in _keys_shown(screen_of(subject.kind)):
                    if (pk := getattr(row, f.attname)) is not None:
                        self.names.want(f, pk)
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
        return [Held(text, _source(e), _day(e), e.quote) for e in proofs]

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
        proof = self.proof_by_pk.get(figure.evidence_id or 0)
        if proof is None:
            return Held(text, day=figure.as_of)
        return Held(text, _source(proof), figure.as_of, proof.quote)


def why(candidate: Candidate) -> str:
    """Why a record may be the one a document speaks of, in a sentence."""
    sentence = rules.REASONS.get(candidate.reason)
    return str(sentence) % {"note": candidate.note} if sentence else ""


def _keys_shown(screen: Screen) -> list[models.ForeignKey]:
    """The keys of a kind that are part of what tells one record from another: of its identity, and all that point
    at no record, for a line under a title may name them."""
    keys = [f for f in screen.own_fields.values() if isinstance(f, models.ForeignKey)]
    return [f for f in keys if f.name in screen.identity or not is_key_to_record(f)]


def _source(proof: Evidence) -> Record:
    """The document of a passage, as far as it is named beside it."""
    return Record(pk=proof.source_id, kind="document", title=proof.source_title)  # type: ignore[attr-defined]


def _day(proof: Evidence) -> PartialDate | None:
    day = proof.source_day  # type: ignore[attr-defined]
    return PartialDate.from_iso(day) if day else None


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
