"""Accepting facts: records are made and changed through their kind's own door, each field with its passage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.register import write
from diemtua.register.actions import add_evidence, add_figure
from diemtua.register.desk.services import create_from_form, update_from_form
from diemtua.register.models import Access, Batch, Confidence, Evidence, Figure, Record, Recorded, Stage, User
from diemtua.register.screens import Screen, is_key_to_record, screen_of
from diemtua.register.write import ChildEdits

from .. import rules
from ..models import Document, Proposal, Subject
from ..proposing import Asked
from ..queries.standing import find_figure, has_row, number, records_of, standings
from ..recognising import chunks, match_of, recognise, records_for
from .deciding import AlreadyDecided, audit, open_ones
from .values import sets_of, stored_value

State = Proposal.State


@dataclass
class Accepted:
    """What accepting did. `left`: facts that stay open, with the sentence why; `joined`: subjects that were to
    be new and had meanwhile come into the register. `batch` is None where nothing was accepted."""

    batch: Batch | None = None
    records: list[Record] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    left: list[tuple[Proposal, str]] = field(default_factory=list)
    joined: list[Subject] = field(default_factory=list)


@transaction.atomic
def accept(
    *, proposals: Sequence[Proposal | int], actor: User | None, values: Mapping[int, Any] | None = None
) -> Accepted:
    """Enter proposed facts in the register, all or none, as one batch that history can take back.

    `values` {number of the proposal: value}: accepted in place of what was proposed. Records that a fact needs
    and that are new are made first. Every field gets its passages as evidence.
    Raises AlreadyDecided, ValidationError, PermissionDenied, Record.DoesNotExist.
    """
    document, found = open_ones(proposals, actor)
    mended = {
        p.pk: stored_value(p.subject.kind, p.field, values[p.pk], p.subject.title)
        for p in found
        if values is not None and p.pk in values
    }
    return _Acceptance(document, actor, found, mended).run()


def mend(*, proposal: Proposal | int, value: Any, actor: User | None) -> Accepted:
    """Accept a fact with another value; what was proposed stays beside it, for the reader to learn from."""
    pk = proposal.pk if isinstance(proposal, Proposal) else proposal
    return accept(proposals=[pk], actor=actor, values={pk: value})


# --- one acceptance ---------------------------------------------------------------------------------


class _Refused(ValidationError):
    """A sentence with the name of the record it is about."""

    def __init__(self, subject: Subject, error: ValidationError) -> None:
        super().__init__([f"{subject.title}: {sentence}" for sentence in error.messages])


@dataclass
class _Work:
    """What is to be saved of one subject."""

    subject: Subject
    facts: list[tuple[Proposal, Any]] = field(default_factory=list)
    instance: Recorded | None = None
    is_new: bool = False
    figures: dict[int, Figure] = field(default_factory=dict)


class _Acceptance:
    """Saves the accepted facts of one document; used once, within a transaction."""

    def __init__(
        self, document: Document, actor: User | None, found: Sequence[Proposal], mended: Mapping[int, Any]
    ) -> None:
        self.document, self.actor, self.mended = document, actor, mended
        self.found = list(found)
        self.work: dict[str, _Work] = {}
        self.done = Accepted()
        self.under_way: set[str] = set()
        self.later: list[tuple[_Work, Proposal, Any]] = []
        restricted = document.record.access == Access.UNIT
        # The history of a record is read by people who may not know of a restricted document.
        title = document.record.title
        self.reason = _("From a document") if restricted else (_("From “%(title)s”") % {"title": title[:300]})
        self.batch_title = f"#{document.pk}" if restricted else title[:255]

    def run(self) -> Accepted:
        self._gather(self.found)
        self._recognise_again()
        self._leave_contradictions()
        self.done.batch = batch = Batch.objects.create(
            kind=Batch.Kind.READING, actor=self.actor, title=self.batch_title, details={"document": self.document.pk}
        )
        for key in list(self.work):
            self._save(key)
        for work, proposal, value in self.later:
            self._change(work, [(proposal, value)])
        for work in self.work.values():
            self._prove(work)
        self._decide(batch)
        batch.created = sum(w.is_new for w in self.work.values())
        batch.changed = len(self.work) - batch.created
        batch.save(update_fields=["created", "changed"])
        self.done.records = [w.instance.record for w in self.work.values() if w.instance is not None]
        return self.done

    # --- what is needed ---------------------------------------------------------------------------
    def _gather(self, found: Iterable[Proposal]) -> None:
        """Sort the facts by subject, with the subjects that their values need and that are new."""
        waiting: set[str] = set()
        for p in found:
            work = self.work.setdefault(p.subject.key, _Work(p.subject))
            value = self.mended.get(p.pk, p.value)
            work.facts.append((p, value))
            waiting |= set(rules.subjects_in(value))
        waiting |= self._add_new(w.subject for w in self.work.values() if w.subject.record_id is None)
        while waiting := {k for k in waiting if k not in self.work}:
            subjects: list[Subject] = []
            for part in chunks(sorted(waiting)):
                subjects += Subject.objects.filter(content_id=self.document.pk, key__in=part)
            if len(subjects) != len(waiting):
                raise ValidationError(_("This is not there any more. Look at the document again."))
            for s in subjects:
                self.work[s.key] = _Work(s)
            waiting = self._add_new(s for s in subjects if s.record_id is None)

    def _add_new(self, subjects: Iterable[Subject]) -> set[str]:
        """Take in what makes a record of these subjects; returns the subjects that it needs in turn."""
        lacking = {s.pk: s for s in subjects if not any(p.field == "" for p, _v in self.work[s.key].facts)}
        needed: set[str] = set()
        made: set[int] = set()
        for part in chunks(sorted(lacking)):
            rows = Proposal.objects.filter(subject__in=part, field="").exclude(state=State.REJECTED)
            for p in rows.select_related("decided_by").prefetch_related("passages").order_by("-pk"):
                subject = lacking[p.subject_id]
                if subject.pk in made:
                    continue
                p.subject = subject
                if p.decided_at is not None:
                    raise AlreadyDecided(p)
                made.add(subject.pk)
                self.work[subject.key].facts.insert(0, (p, p.value))
                needed |= set(rules.subjects_in(p.value))
        for pk, subject in lacking.items():
            if pk not in made:
                raise ValidationError(
                    _("“%(title)s” was rejected. Choose a record for it first.") % {"title": subject.title}
                )
        return needed

    def _recognise_again(self) -> None:
        """Nothing is entered twice: what would be new may have come into the register since it was read."""
        new = [
            w.subject
            for w in self.work.values()
            if w.subject.record_id is None and not w.subject.chosen and w.subject.pk is not None
        ]
        if not new:
            return
        asked = [Asked(s.kind, s.key, s.title, s.names, s.clues) for s in new]
        reading = self.document.content.readings.order_by("-pk").only("published").first()
        day = reading.published if reading is not None else None
        found = recognise(asked, self.document, day, records_of(self.document.pk))
        for subject in new:
            if (pk := match_of(found.get(subject.key, ()))) is not None:
                subject.record_id = pk
                self.done.joined.append(subject)

    def _leave_contradictions(self) -> None:
        """What an officer could not see when deciding: a record found only now may say something else."""
        if not self.done.joined:
            return
        records = {k: w.subject.record_id for k, w in self.work.items() if w.subject.record_id is not None}
        sentence = _("“%(title)s” is in the register now, and it says something else.")
        for work in (self.work[s.key] for s in self.done.joined):
            facts = [p for p, _v in work.facts if p.pk not in self.mended]
            against = {pk for pk, s in standings(facts, records).items() if s.how == "conflict" and not s.figures}
            self.done.left += [(p, sentence % {"title": work.subject.title}) for p in facts if p.pk in against]
            work.facts = [(p, v) for p, v in work.facts if p.pk not in against]

    # --- saving -----------------------------------------------------------------------------------
    def _save(self, key: str) -> Recorded | None:
        """The record of a subject, made or changed; None while it is being made."""
        work = self.work[key]
        if work.instance is not None:
            return work.instance
        if key in self.under_way:
            return None
        self.under_way.add(key)
        try:
            if work.subject.record_id is None:
                self._create(work)
            else:
                work.instance = self._standing(work.subject)
                self._change(work, work.facts)
        except ValidationError as error:
            raise error if isinstance(error, _Refused | AlreadyDecided) else _Refused(work.subject, error) from error
        self.under_way.discard(key)
        return work.instance

    def _standing(self, subject: Subject) -> Recorded:
        """The record a subject is, if it may still be changed by those who read the document."""
        screen = screen_of(subject.kind)
        record = records_for(self.document).filter(pk=subject.record_id, kind=subject.kind).first()
        if record is None:
            raise ValidationError(_("The record chosen for it is not there any more. Choose another one."))
        instance: Recorded = screen.model._default_manager.get(pk=record.pk)
        instance.record = record
        return instance

    def _create(self, work: _Work) -> None:
        screen = screen_of(work.subject.kind)
        fields: dict[str, Any] = {}
        needed: dict[str, Any] = {}  # what is said of a field, or mended, goes before what the record began with
        rows: dict[str, list[dict[str, Any]]] = {}
        for proposal, value in work.facts:
            ready = self._ready(work, proposal, value)
            if ready is None or proposal.field == rules.FIGURES:
                continue
            if proposal.field == "":
                needed = _python(screen, ready)
            elif proposal.field in sets_of(screen):
                row = _row(screen, proposal.field, ready)
                if row not in rows.setdefault(proposal.field, []):
                    rows[proposal.field].append(row)
            else:
                self._set(fields, screen, proposal, ready)
        fields = {**needed, **fields}
        record = self.document.record
        fields.setdefault("confidence", Confidence.MEDIUM)  # one source: this document
        if record.access == Access.UNIT:
            fields |= {"access": Access.UNIT, "unit": record.unit}
        else:
            fields.setdefault("unit", self.actor.unit if self.actor is not None else record.unit)
        work.instance = create_from_form(
            screen, actor=self.actor, fields=fields, children=rows, reason=self.reason, batch=self.done.batch
        )
        work.is_new = True
        Subject.objects.filter(pk=work.subject.pk).update(record=work.instance.pk)
        work.subject.record_id = work.instance.pk

    def _change(self, work: _Work, facts: Sequence[tuple[Proposal, Any]]) -> None:
        """Change a record that stands; what it says already is left as it is."""
        assert work.instance is not None
        screen = screen_of(work.subject.kind)
        fields: dict[str, Any] = {}
        edits: dict[str, ChildEdits] = {}
        have: dict[str, list[Any]] | None = None
        for proposal, value in facts:
            if proposal.field in ("", rules.FIGURES):
                continue
            ready = self._ready(work, proposal, value)
            if ready is None:
                continue
            if proposal.field in (sets := sets_of(screen)):
                have = have if have is not None else write.load_children(screen, work.instance.pk)
                stored = [write.stored_child(sets[proposal.field], row) for row in have[proposal.field]]
                row = _row(screen, proposal.field, ready)
                edit = edits.setdefault(proposal.field, ChildEdits())
                if not has_row(stored, ready) and row not in edit.create:
                    edit.create.append(row)
            else:
                self._set(fields, screen, proposal, ready)
        edits = {name: edit for name, edit in edits.items() if edit.create}
        if fields or edits:
            work.instance = update_from_form(
                work.instance,
                actor=self.actor,
                fields=fields,
                children=edits,
                reason=self.reason,
                batch=self.done.batch,
            )
        if work.subject.record_id != work.instance.pk or work.subject in self.done.joined:
            Subject.objects.filter(pk=work.subject.pk).update(record=work.instance.pk)

    def _set(self, fields: dict[str, Any], screen: Screen, proposal: Proposal, value: Any) -> None:
        name = proposal.field
        python = _python(screen, {name: value})[name]
        if name in fields and fields[name] != python:
            raise ValidationError(
                _("Two values are accepted for “%(field)s”. Accept one of them.") % {"field": screen.label(name)}
            )
        fields[name] = python

    def _ready(self, work: _Work, proposal: Proposal, value: Any) -> Any:
        """The value with the records it speaks of, made if they are new; None when one of them is being made
        right now and needs this one: then the fact is entered afterwards."""
        found: dict[str, int] = {}
        for key in rules.subjects_in(value):
            target = self._save(key)
            if target is None:
                if proposal.field == "":
                    raise ValidationError(_("It needs a record that needs it in turn. Choose one of them first."))
                self.later.append((work, proposal, value))
                return None
            found[key] = target.pk
        return self._with_records(screen_of(work.subject.kind), proposal.field, _put(value, found))

    def _with_records(self, screen: Screen, name: str, value: Any) -> Any:
        """The value, if the actor may see every record that an officer has put in it."""
        if name == rules.FIGURES:
            return value
        parts = value if isinstance(value, dict) else {name: value}
        child = sets_of(screen).get(name)
        fields = child.model_fields if child is not None else screen.own_fields
        pks = {v for n, v in parts.items() if n in fields and is_key_to_record(fields[n]) and isinstance(v, int)}
        own = {w.instance.pk for w in self.work.values() if w.instance is not None}
        for pk in pks - own:
            seen = Record.objects.live().filter(pk=pk, merged_into=None)
            if self.actor is not None:
                seen = seen.visible_to(self.actor)
            if not seen.exists():
                raise ValidationError(
                    _("This record is not there any more, or you may not see it. Choose another one.")
                )
        return value

    # --- proof ------------------------------------------------------------------------------------
    def _prove(self, work: _Work) -> None:
        """Evidence for every field that a fact fills, and figures with theirs."""
        assert work.instance is not None
        record, source = work.instance.record, self.document.record
        have = set(
            Evidence.objects.standing().filter(record=record, source=source).values_list("field", "start", "end")
        )
        for proposal, value in work.facts:
            first: Evidence | None = None
            for name, most in self._proves(work, proposal, value):
                for passage in list(proposal.passages.all())[:most]:
                    if (name, passage.start, passage.end) in have and name != rules.FIGURES:
                        continue
                    have.add((name, passage.start, passage.end))
                    made = add_evidence(
                        record=record,
                        actor=self.actor,
                        source=source,
                        field=name,
                        quote=passage.quote,
                        start=passage.start,
                        end=passage.end,
                        confidence=Confidence.MEDIUM,
                        reason=self.reason,
                        batch=self.done.batch,
                    )
                    first = first or made
            if proposal.field == rules.FIGURES:
                self._add_figure(record, value, first)

    def _proves(self, work: _Work, proposal: Proposal, value: Any) -> list[tuple[str, int]]:
        """(field, how many passages) of what a fact proves of its record."""
        if proposal.field:
            return [(proposal.field, rules.MOST_PASSAGES)]
        if not work.is_new:
            return [("", 1)]
        return [(name, rules.MOST_PASSAGES if name == "title" else 1) for name in value]

    def _add_figure(self, record: Record, value: Mapping[str, Any], evidence: Evidence | None) -> None:
        if find_figure(value, Figure.objects.filter(record=record, withdrawn_at=None)) is not None:
            return  # known: the passage is its proof too
        as_of = value.get("as_of")
        add_figure(
            record=record,
            actor=self.actor,
            measure=str(value.get("measure", "")),
            unit=str(value.get("unit", "")),
            value=number(value.get("value")),
            wording=str(value.get("wording", "")),
            as_of=PartialDate.from_iso(as_of) if as_of else None,
            stage=str(value.get("stage") or Stage.ANNOUNCED),
            evidence=evidence,
            reason=self.reason,
            batch=self.done.batch,
        )

    # --- the end ----------------------------------------------------------------------------------
    def _decide(self, batch: Batch) -> None:
        now = timezone.now()
        rows = []
        for work in self.work.values():
            for proposal, value in work.facts:
                mended = proposal.pk in self.mended and value != proposal.value
                proposal.state = State.MENDED if mended else State.ACCEPTED
                proposal.mended = value if mended else None
                proposal.decided_by, proposal.decided_at, proposal.batch = self.actor, now, batch
                rows.append(proposal)
        Proposal.objects.bulk_update(rows, ["state", "mended", "decided_by", "decided_at", "batch"], batch_size=200)
        self.done.proposals = rows
        audit(
            self.document,
            actor=self.actor,
            reason=self.batch_title,
            diff={f"proposal:{p.pk}": [State.OPEN.value, str(p.state)] for p in rows},
        )


# --- stored values into what actions take -----------------------------------------------------------


def _put(value: Any, records: Mapping[str, int]) -> Any:
    if isinstance(value, dict):
        if set(value) == {"subject"}:
            return records[value["subject"]]
        return {n: _put(v, records) for n, v in value.items()}
    return value


def _python(screen: Screen, values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a record by name, from their stored form."""
    return {n: v if n == "title" else write.from_stored(screen.model, n, v) for n, v in values.items()}


def _row(screen: Screen, name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    child = sets_of(screen)[name]
    return {n: write.from_stored(child.model, n, v) for n, v in value.items()}
