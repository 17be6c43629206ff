"""Taking in what was read in a document: every fact waits for an officer, none is proposed twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from diemtua.kit.text import fold
from diemtua.register.many import insert_many
from diemtua.register.models import User

from .. import rules
from ..models import Document, DocumentText, Naming, Passage, Proposal, Reading, Subject
from ..proposing import Asked, Fact, Quote, Sheet, draw_up, kinds, stored, subject_key
from ..reader import EDITION, facts
from ..recognising import chunks, match_of, recognise, records_for
from .deciding import DECIDED, audit, hold, seen_document
from .values import stored_value

State = Proposal.State


@transaction.atomic
def propose(*, document: Document, reading: facts.Reading, actor: User | None, edition: str = EDITION) -> Reading:
    """Store a reading of a document and what follows from it, to be decided.

    Reading a document again keeps what was decided and adds what is new; what is not found any more and still
    open is set aside. A fact that was rejected is not proposed again for the same words, here or in another
    document that says the same. Raises ValidationError when the reading is of another text, PermissionDenied,
    Record.DoesNotExist.
    """
    document = seen_document(document, actor)
    content = hold(document, with_text=True)
    if content.text != reading.text:
        raise ValidationError(_("The text of this document is not the one that was read. Read it again."))
    made = Reading.objects.create(
        content=content,
        edition=edition[:40],
        home=(reading.home or "")[:60],
        published=reading.published,
        mentions=[m.as_json() for m in reading.mentions],
        relations=[r.as_json() for r in reading.relations],
        warnings=[str(w) for w in reading.warnings],
        read_by=actor,
        letters=len(reading.text),
    )
    sheet = draw_up(reading)
    subjects = _keep_subjects(document, content, sheet)
    counts = _Keeping(document, made, sheet, subjects).keep()
    audit(document, actor=actor, diff={f"reading:{made.pk}": [None, counts]})
    return made


def note_time(*, reading: Reading, seconds: float) -> None:
    """Keep how long reading a document and proposing what it says took, for `queries.seconds_to_read`."""
    Reading.objects.filter(pk=reading.pk).update(seconds=max(seconds, 0.001))


# --- subjects ---------------------------------------------------------------------------------------


def _keep_subjects(document: Document, content: DocumentText, sheet: Sheet) -> dict[str, Subject]:
    """{key: subject} of every thing of the sheet; what an officer has chosen or accepted stays chosen."""
    have = {s.key: s for s in Subject.objects.filter(content=content)}
    decided = Subject.objects.filter(content=content, proposals__state__in=DECIDED)
    used = set(decided.values_list("pk", flat=True))
    settled = {s.key: s.record_id for s in have.values() if s.record_id is not None and (s.chosen or s.pk in used)}
    things = list(sheet.things.values())
    found = recognise(
        [Asked(t.kind, t.key, t.title, t.names, stored(t.clues)) for t in things], document, sheet.day, settled
    )
    new, changed = [], []
    for thing in things:
        subject = have.get(thing.key)
        candidates = found.get(thing.key, [])
        said: dict[str, Any] = {
            "title": thing.title,
            "names": list(dict.fromkeys(thing.names))[:20],
            "clues": stored(thing.clues),
            "spans": [[start, end, kind] for (start, end), kind in sorted(thing.spans.items())],
            "first": thing.first,
            "candidates": [c.as_json() for c in candidates],
        }
        if thing.key not in settled and (subject is None or not subject.chosen):
            said["record_id"] = match_of(candidates)
        if subject is None:
            new.append(Subject(content=content, kind=thing.kind, key=thing.key, **said))
        elif any(getattr(subject, name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(subject, name, value)
            changed.append(subject)
    insert_many(new)
    Subject.objects.bulk_update(
        changed, ["title", "names", "clues", "spans", "first", "candidates", "record"], batch_size=100
    )
    return {s.key: s for s in (*have.values(), *new)}


# --- facts ------------------------------------------------------------------------------------------


class _Keeping:
    """Comes to the proposals of a document from a new reading of it."""

    def __init__(self, document: Document, made: Reading, sheet: Sheet, subjects: Mapping[str, Subject]) -> None:
        self.document, self.made, self.sheet, self.subjects = document, made, sheet, subjects
        self.titles = {s.key: s.title for s in subjects.values()}
        self.have: dict[tuple[int, str], list[Proposal]] = {}
        self.words: dict[int, list[tuple[int, int, str]]] = {}  # of the proposals that stand
        words = Passage.objects.filter(proposal__subject__content_id=document.pk)
        for pk, start, end, quote in words.values_list("proposal_id", "start", "end", "quote"):
            self.words.setdefault(pk, []).append((start, end, quote))
        for proposal in Proposal.objects.filter(subject__content_id=document.pk):
            key = (proposal.subject_id, rules.in_document(proposal.field, proposal.value))
            self.have.setdefault(key, []).append(proposal)
        self.new: list[tuple[Proposal, list[Passage]]] = []
        self.more: list[Passage] = []
        self.back: list[Proposal] = []
        self.renamed: list[Proposal] = []
        self.found: set[int] = set()

    def keep(self) -> dict[str, int]:
        """Write what is new; returns how many facts are new, were there already, and were set aside."""
        for thing in self.sheet.things.values():
            subject = self.subjects[thing.key]
            whole = {"title": thing.title, **stored(thing.needed)}
            self._keep(subject, Fact("", whole, thing.quotes))
            for fact in thing.facts.values():
                self._keep(subject, Fact(fact.field, stored(fact.value), fact.quotes, fact.relation))
        fresh = self._not_rejected_elsewhere()
        aside = [
            p
            for many in self.have.values()
            for p in many
            if p.is_open and p.origin == Proposal.Origin.READER and p.pk not in self.found
        ]
        for part in chunks(p.pk for p in aside):
            Proposal.objects.filter(pk__in=part).update(state=State.SUPERSEDED)
        for part in chunks(p.pk for p in self.back):
            Proposal.objects.filter(pk__in=part).update(state=State.OPEN, reading=self.made)
        Proposal.objects.bulk_update(self.renamed, ["value"], batch_size=200)
        insert_many([proposal for proposal, _passages in fresh])
        for proposal, passages in fresh:
            for passage in passages:
                passage.proposal_id = proposal.pk
        insert_many([p for _proposal, passages in fresh for p in passages])
        insert_many(self.more)
        return {"new": len(fresh), "kept": len(self.found), "aside": len(aside)}

    def _keep(self, subject: Subject, fact: Fact) -> None:
        key = rules.fact_key(subject.kind, subject.title, fact.field, fact.value, self.titles)
        passages = [_passage(q, key) for q in fact.quotes]
        rejected: list[Proposal] = []
        for proposal in self.have.get((subject.pk, rules.in_document(fact.field, fact.value)), ()):
            if proposal.state == State.REJECTED:
                rejected.append(proposal)
                continue
            self.found.add(proposal.pk)
            if proposal.state == State.SUPERSEDED:
                self.back.append(proposal)
            if proposal.state in (State.SUPERSEDED, State.OPEN):
                self._add_words(proposal, passages)
                if fact.field == "" and proposal.value != fact.value:
                    proposal.value = fact.value
                    self.renamed.append(proposal)
            return
        if rejected:
            # Only other words than those that did not convince.
            known = {fold(quote) for one in rejected for _start, _end, quote in self.words.get(one.pk, ())}
            passages = [p for p in passages if fold(p.quote) not in known]
            if not passages:
                return
        made = Proposal(
            subject=subject, reading=self.made, field=fact.field, value=fact.value, fact=key, relation=fact.relation
        )
        self.new.append((made, passages))

    def _add_words(self, proposal: Proposal, passages: Iterable[Passage]) -> None:
        have = {(start, end) for start, end, _quote in self.words.get(proposal.pk, ())}
        for passage in passages:
            if (passage.start, passage.end) not in have and len(have) < rules.MOST_PASSAGES:
                have.add((passage.start, passage.end))
                passage.proposal_id = proposal.pk
                passage.fingerprint = rules.fingerprint(proposal.fact, passage.quote)
                self.more.append(passage)

    def _not_rejected_elsewhere(self) -> list[tuple[Proposal, list[Passage]]]:
        """The new proposals without words for which the same fact was rejected, in any document that
        everybody may see who may see this one."""
        keys = {p.fingerprint for _proposal, passages in self.new for p in passages}
        gone: set[str] = set()
        documents = records_for(self.document)
        for part in chunks(sorted(keys)):
            rows = Passage.objects.filter(
                fingerprint__in=part,
                proposal__state=State.REJECTED,
                proposal__subject__content__document__record__in=documents,
            )
            gone |= set(rows.values_list("fingerprint", flat=True))
        fresh, taken = [], {(p.subject_id, p.fact) for many in self.have.values() for p in many if p.pk in self.found}
        for proposal, passages in self.new:
            left = [p for p in passages if p.fingerprint not in gone]
            if (passages and not left) or (proposal.subject_id, proposal.fact) in taken:
                continue
            taken.add((proposal.subject_id, proposal.fact))
            fresh.append((proposal, left))
        return fresh


def _passage(quote: Quote, fact: str) -> Passage:
    return Passage(start=quote.start, end=quote.end, quote=quote.text, fingerprint=rules.fingerprint(fact, quote.text))


# --- what the reader missed -------------------------------------------------------------------------


@transaction.atomic
def add_fact(
    *,
    document: Document,
    start: int,
    end: int,
    actor: User | None,
    subject: Subject | None = None,
    kind: str = "",
    title: str = "",
    field: str = "",
    value: Any = None,
    mention_type: str = "",
) -> Proposal:
    """Propose a fact that the reader missed, for the words `text[start:end]` that an officer has selected.

    Of a subject the document has already, or of a new one: `kind`, `title` (the words themselves where left
    empty) and in `value` what the record needs beside its title. `mention_type`: what the words name, in the
    terms of the reader, for it to learn from. Raises ValidationError, PermissionDenied, Record.DoesNotExist.
    """
    document = seen_document(document, actor)
    content = hold(document, with_text=True)
    if not 0 <= start < end <= len(content.text):
        raise ValidationError(_("Select the words in the text of the document."))
    first, last = rules.cut_quote(content.text, start, end)
    if first >= last:
        raise ValidationError(_("Select the words in the text of the document."))
    quote = content.text[first:last]
    if mention_type and mention_type not in facts.KINDS:
        raise ValidationError(_("Choose what the words name."))
    if subject is None:
        subject = _named_subject(content, kind, title or quote, (first, last, mention_type))
    else:
        subject = _marked(subject, content, (first, last, mention_type))
    known_value = stored_value(subject.kind, field, value if field or value else {}, subject.title)
    titles = dict(Subject.objects.filter(content=content).values_list("key", "title"))
    key = rules.fact_key(subject.kind, subject.title, field, known_value, titles)
    proposal = subject.proposals.filter(fact=key).exclude(state=State.REJECTED).first()
    if proposal is None:
        proposal = Proposal.objects.create(
            subject=subject, field=field, value=known_value, fact=key, origin=Proposal.Origin.OFFICER
        )
    elif proposal.state == State.SUPERSEDED:
        proposal.state = State.OPEN
        proposal.save(update_fields=["state"])
    passage = _passage(Quote(first, last, quote), key)
    Passage.objects.get_or_create(
        proposal=proposal,
        start=first,
        end=last,
        defaults={"quote": quote, "fingerprint": passage.fingerprint},
    )
    audit(document, actor=actor, diff={f"proposal:{proposal.pk}": [None, Proposal.State.OPEN]})
    return proposal


@transaction.atomic
def add_name(*, document: Document, start: int, end: int, mention_type: str, actor: User | None) -> Naming:
    """Say what the words `text[start:end]` name (in the terms of the reader), where nothing is stated of it; said again
    it is corrected. Raises ValidationError, PermissionDenied, Record.DoesNotExist."""
    document = seen_document(document, actor)
    content = hold(document, with_text=True)
    if mention_type not in facts.KINDS:
        raise ValidationError(_("Choose what the words name."))
    if not 0 <= start < end <= len(content.text):
        raise ValidationError(_("Select the words in the text of the document."))
    words = content.text[start:end]
    first, last = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
    if first >= last:
        raise ValidationError(_("Select the words in the text of the document."))
    if last - first > rules.LONGEST_NAME:
        raise ValidationError(
            _("A name has at most %(limit)s letters. Select only its words.") % {"limit": rules.LONGEST_NAME}
        )
    before = Naming.objects.filter(content=content, start=first, end=last).values_list("type", flat=True).first()
    naming, _made = Naming.objects.update_or_create(
        content=content, start=first, end=last, defaults={"type": mention_type, "named_by": actor}
    )
    audit(document, actor=actor, diff={f"name:{first}-{last}": [before, mention_type]})
    return naming


@transaction.atomic
def remove_name(*, naming: Naming | int, actor: User | None) -> None:
    """Take back what was said of some words; nothing happens where it is gone already."""
    pk = naming.pk if isinstance(naming, Naming) else naming
    found = Naming.objects.filter(pk=pk).first()
    if found is None:
        return
    document = seen_document(Document(pk=found.content_id), actor)
    audit(document, actor=actor, diff={f"name:{found.start}-{found.end}": [found.type, None]})
    found.delete()


def _named_subject(content: DocumentText, kind: str, title: str, span: tuple[int, int, str]) -> Subject:
    """A subject that an officer names; one of the same kind and name is the same."""
    if kind not in kinds():
        raise ValidationError({"kind": _("Choose the kind of record.")})
    title = rules.clean_title(title)
    if not title:
        raise ValidationError({"title": _("Give it a name.")})
    key = subject_key(kind, f"by-officer:{fold(title)}")
    subject = Subject.objects.filter(content=content, kind=kind, title=title).order_by("first", "pk").first()
    if subject is None:
        subject, _made = Subject.objects.get_or_create(
            content=content, key=key, defaults={"kind": kind, "title": title, "first": span[0], "names": []}
        )
        found = recognise([Asked(kind, key, title)], content.document, None).get(key, [])
        subject.candidates = [c.as_json() for c in found]
        subject.record_id = match_of(found)
    if span[2] and list(span) not in subject.spans:
        subject.spans = [*subject.spans, list(span)]
    subject.save()
    return subject


def _marked(subject: Subject, content: DocumentText, span: tuple[int, int, str]) -> Subject:
    """The subject as it stands, with the words that name it. Raises ValidationError for one of another document."""
    current = Subject.objects.filter(pk=subject.pk, content=content).first()
    if current is None:
        raise ValidationError(_("This subject is of another document."))
    if span[2] and list(span) not in current.spans:
        current.spans = [*current.spans, list(span)]
        current.save(update_fields=["spans"])
    return current
