"""Accepting facts: records are made and changed through their kind's own door, each field with its passage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.register import access
from diemtua.register.models import Access, Batch, Record, User

from .. import rules
from ..models import Document, Proposal, Reading, Subject
from ..proposing import Asked
from ..queries.standing import records_of, standings
from ..recognising import chunks, match_of, recognise
from .deciding import AlreadyDecided, audit, open_ones
from .saving import Saving, Work
from .values import stored_value

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
    *,
    proposals: Sequence[Proposal | int],
    actor: User | None,
    values: Mapping[int, Any] | None = None,
    leave: bool = False,
) -> Accepted:
    """Enter proposed facts in the register, all or none, as one batch that history can take back.

    `values` {number of the proposal: value}: accepted in place of what was proposed. Records that a fact needs
    and that are new are made first. Every field gets its passages as evidence. `leave`: what turns out to be a record
    that the actor may not change stays open, instead of standing in the way of the rest.
    Raises AlreadyDecided, ValidationError, PermissionDenied, Record.DoesNotExist.
    """
    document, found = open_ones(proposals, actor)
    mended = {
        p.pk: stored_value(p.subject.kind, p.field, values[p.pk], p.subject.title)
        for p in found
        if values is not None and p.pk in values
    }
    return _Acceptance(document, actor, found, mended, leave).run()


def mend(*, proposal: Proposal | int, value: Any, actor: User | None) -> Accepted:
    """Accept a fact with another value; what was proposed stays beside it, for the reader to learn from."""
    pk = proposal.pk if isinstance(proposal, Proposal) else proposal
    return accept(proposals=[pk], actor=actor, values={pk: value})


def not_theirs(record: Record, actor: User | None) -> str:
    """Why a person may not change a record, in a sentence; "" where they may. `record` with its unit."""
    if access.may_edit(actor, record):
        return ""
    if not access.may_see(actor, record):
        return _("It stands in the register where you may not see it. Ask a lead.")
    return _("“%(title)s” belongs to %(unit)s. Ask them, or a lead.") % {"title": record.title, "unit": record.unit}


# --- one acceptance ---------------------------------------------------------------------------------


class _Acceptance:
    """Saves the accepted facts of one document; used once, within a transaction."""

    def __init__(
        self,
        document: Document,
        actor: User | None,
        found: Sequence[Proposal],
        mended: Mapping[int, Any],
        leave: bool = False,
    ) -> None:
        self.document, self.actor, self.mended, self.leave = document, actor, mended, leave
        self.found = list(found)
        self.work: dict[str, Work] = {}
        self.done = Accepted()
        restricted = document.record.access == Access.UNIT
        # The history of a record is read by people who may not know of a restricted document.
        title = document.record.title
        self.reason = _("From a document") if restricted else (_("From “%(title)s”") % {"title": title[:300]})
        self.batch_title = f"#{document.pk}" if restricted else title[:255]

    def run(self) -> Accepted:
        self._gather(self.found)
        self._recognise_again()
        self._leave_contradictions()
        if self.leave:
            self._leave_others()
        if not any(w.facts for w in self.work.values()):
            return self.done
        self.done.batch = batch = Batch.objects.create(
            kind=Batch.Kind.READING, actor=self.actor, title=self.batch_title, details={"document": self.document.pk}
        )
        saving = Saving(self.document, self.actor, self.work, self.reason, batch)
        saving.joined = {s.key for s in self.done.joined}
        saving.run()
        self._decide(batch)
        batch.created = sum(w.is_new for w in self.work.values())
        batch.changed = sum(bool(w.facts) for w in self.work.values() if not w.is_new)
        batch.save(update_fields=["created", "changed"])
        self.done.records = [w.instance.record for w in self.work.values() if w.instance is not None]
        return self.done

    # --- what is needed ---------------------------------------------------------------------------
    def _gather(self, found: Iterable[Proposal]) -> None:
        """Sort the facts by subject, with the subjects that their values need and that are new."""
        waiting: set[str] = set()
        for p in found:
            work = self.work.setdefault(p.subject.key, Work(p.subject))
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
                self.work[s.key] = Work(s)
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
        readings = Reading.objects.filter(content_id=self.document.pk).order_by("-pk")
        day = readings.values_list("published", flat=True).first()
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

    def _leave_others(self) -> None:
        """A record found only now may be one that the actor may not change: what is said of it stays open."""
        pks = [s.record_id for s in self.done.joined if s.record_id is not None]
        records = Record.objects.select_related("unit").defer("search_text").in_bulk(pks)
        for subject in self.done.joined:
            work = self.work[subject.key]
            sentence = not_theirs(records[subject.record_id or 0], self.actor)
            if sentence:
                self.done.left += [(p, sentence) for p, _value in work.facts]
                work.facts = []

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
        said = {"decided_by": self.actor, "decided_at": now, "batch": batch}
        for part in chunks(p.pk for p in rows if p.state == State.ACCEPTED):
            Proposal.objects.filter(pk__in=part).update(state=State.ACCEPTED, mended=None, **said)
        for proposal in (p for p in rows if p.state == State.MENDED):
            Proposal.objects.filter(pk=proposal.pk).update(state=State.MENDED, mended=proposal.mended, **said)
        self.done.proposals = rows
        audit(
            self.document,
            actor=self.actor,
            reason=self.batch_title,
            diff={f"proposal:{p.pk}": [State.OPEN.value, str(p.state)] for p in rows},
        )
