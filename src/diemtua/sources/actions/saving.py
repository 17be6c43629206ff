"""Saving accepted facts: new records in bulk, level by level of what needs what, then changes, then their proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.register import write
from diemtua.register.desk.services import action_for_many, create_from_form, update_from_form
from diemtua.register.models import Access, Batch, Confidence, Evidence, Figure, Record, Recorded, Stage, User
from diemtua.register.proving import Measured, Proof, prove_many
from diemtua.register.screens import Screen, is_key_to_record, screen_of
from diemtua.register.write import ChildEdits, Draft

from .. import rules
from ..models import Document, Proposal, Subject
from ..queries.standing import InRegister, find_figure, has_row, held_by, number, own_row, with_own_rows
from ..recognising import chunks, records_for
from .deciding import AlreadyDecided
from .values import sets_of


class Refused(ValidationError):
    """A sentence with the name of the record it is about."""

    def __init__(self, subject: Subject, error: ValidationError) -> None:
        super().__init__([f"{subject.title}: {sentence}" for sentence in error.messages])
        self.subject = subject


@dataclass
class Work:
    """What is to be saved of one subject."""

    subject: Subject
    facts: list[tuple[Proposal, Any]] = field(default_factory=list)
    instance: Recorded | None = None
    is_new: bool = False

    @property
    def screen(self) -> Screen:
        return screen_of(self.subject.kind)


@contextmanager
def about(subject: Subject) -> Iterator[None]:
    """What is wrong within is told with the name of the record."""
    try:
        yield
    except ValidationError as error:
        raise error if isinstance(error, Refused | AlreadyDecided) else Refused(subject, error) from error


class Saving:
    """Saves the accepted facts of one document; used once, within a transaction."""

    def __init__(
        self, document: Document, actor: User | None, work: Mapping[str, Work], reason: str, batch: Batch
    ) -> None:
        self.document, self.actor, self.work, self.reason, self.batch = document, actor, work, reason, batch
        self.joined: set[str] = set()  # subjects that were to be new and are in the register now
        self.later: list[tuple[Work, Proposal, Any]] = []  # facts that need a record that needs theirs
        self.held = InRegister()
        self.seen: set[int] = set()  # records that the actor has been found to see

    def run(self) -> None:
        """Save everything. Raises ValidationError, PermissionDenied."""
        self._find_standing()
        for level in self._levels():
            self._create_all(level)
        for work in self.work.values():
            if not work.is_new:
                with about(work.subject):
                    self._change(work, work.facts, self.held.rows)
        for work, proposal, value in self.later:
            with about(work.subject):
                self._change(work, [(proposal, value)], None)
        changed = [w.subject for w in self.work.values() if w.is_new or w.subject.key in self.joined]
        Subject.objects.bulk_update(changed, ["record"], batch_size=500)
        self._prove()

    # --- records that stand -----------------------------------------------------------------------
    def _find_standing(self) -> None:
        """The records that subjects are, if they may still be changed by those who read the document."""
        standing = [w for w in self.work.values() if w.subject.record_id is not None]
        found: dict[int, Record] = {}
        facts = [p for w in standing for p, _value in w.facts]
        for part in chunks(dict.fromkeys(w.subject.record_id for w in standing)):
            rows = with_own_rows(records_for(self.document).filter(pk__in=part), {w.subject.kind for w in standing})
            records = {r.pk: r for r in rows}
            found |= records
            more = held_by(records.values(), facts)
            self.held.rows |= more.rows
            self.held.figures |= more.figures
        for work in standing:
            record = found.get(work.subject.record_id or 0)
            if record is None or record.kind != work.subject.kind:
                error = _("The record chosen for it is not there any more. Choose another one.")
                raise Refused(work.subject, ValidationError(error))
            work.instance = own_row(record)

    # --- new records ------------------------------------------------------------------------------
    def _levels(self) -> list[list[Work]]:
        """The subjects to be made, those that others need first."""
        depth: dict[str, int] = {}
        under_way: set[str] = set()

        def visit(key: str) -> int | None:
            """The level of a subject, 0 where it stands; None while it is being looked at."""
            work = self.work[key]
            if work.instance is not None:
                return 0
            if key in depth:
                return depth[key]
            if key in under_way:
                return None
            under_way.add(key)
            deepest = 0
            for proposal, value in work.facts:
                levels = [visit(target) for target in rules.subjects_in(value)]
                if None in levels and proposal.field == "":
                    error = _("It needs a record that needs it in turn. Choose one of them first.")
                    raise Refused(work.subject, ValidationError(error))
                if None in levels:
                    self.later.append((work, proposal, value))
                else:
                    deepest = max([deepest, *(n for n in levels if n is not None)])
            under_way.discard(key)
            depth[key] = deepest + 1
            return depth[key]

        for key in self.work:
            visit(key)
        found: list[list[Work]] = [[] for _n in range(max(depth.values(), default=0))]
        for key in self.work:
            if key in depth:
                found[depth[key] - 1].append(self.work[key])
        return found

    def _create_all(self, level: Sequence[Work]) -> None:
        """Make records that do not need each other, of each kind together."""
        by_kind: dict[str, list[Work]] = {}
        for work in level:
            by_kind.setdefault(work.subject.kind, []).append(work)
        for kind, works in by_kind.items():
            screen = screen_of(kind)
            drafts = []
            for work in works:
                with about(work.subject):
                    drafts.append(self._draft(work))
            for work, instance in zip(works, self._made(screen, works, drafts), strict=True):
                work.instance, work.is_new = instance, True
                work.subject.record_id = instance.pk

    def _made(self, screen: Screen, works: Sequence[Work], drafts: Sequence[Draft]) -> list[Recorded]:
        many = action_for_many(screen.kind) if len(drafts) > 1 else None
        if many is None:
            made = []
            for work, draft in zip(works, drafts, strict=True):
                with about(work.subject):
                    made.append(
                        create_from_form(
                            screen,
                            actor=self.actor,
                            fields=draft.fields,
                            children=draft.children,
                            reason=self.reason,
                            batch=self.batch,
                        )
                    )
            return made
        validate = write.validator(screen, keep=True)
        for work, draft in zip(works, drafts, strict=True):
            with about(work.subject):
                validate(draft, self.actor)
        return many(drafts, actor=self.actor, reason=self.reason, batch=self.batch)

    def _draft(self, work: Work) -> Draft:
        screen = work.screen
        fields: dict[str, Any] = {}
        needed: dict[str, Any] = {}  # what is said of a field, or mended, goes before what the record began with
        rows: dict[str, list[dict[str, Any]]] = {}
        for proposal, value in self._now(work):
            if proposal.field == rules.FIGURES:
                continue
            ready = self._ready(work, proposal, value)
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
        return Draft(fields, rows)

    def _now(self, work: Work) -> list[tuple[Proposal, Any]]:
        """The facts of a subject that need not wait for another record."""
        waiting = {p.pk for w, p, _value in self.later if w is work}
        return [(p, value) for p, value in work.facts if p.pk not in waiting]

    # --- changes ----------------------------------------------------------------------------------
    def _change(
        self,
        work: Work,
        facts: Sequence[tuple[Proposal, Any]],
        stored: Mapping[tuple[int, str], list[dict[str, Any]]] | None,
    ) -> None:
        """Change a record that stands; what it says already is left as it is. `stored`: its rows as they were found,
        None to look at them now."""
        assert work.instance is not None
        screen, pk = work.screen, work.instance.pk
        fields: dict[str, Any] = {}
        edits: dict[str, ChildEdits] = {}
        sets = sets_of(screen)
        if stored is None:
            rows = write.load_children(screen, pk)
            stored = {(pk, n): [write.stored_child(c, row) for row in rows[n]] for n, c in sets.items()}
        for proposal, value in facts:
            if proposal.field in ("", rules.FIGURES):
                continue
            ready = self._ready(work, proposal, value)
            if proposal.field in sets:
                row = _row(screen, proposal.field, ready)
                edit = edits.setdefault(proposal.field, ChildEdits())
                if not has_row(stored.get((pk, proposal.field), ()), ready) and row not in edit.create:
                    edit.create.append(row)
            else:
                self._set(fields, screen, proposal, ready)
        edits = {name: edit for name, edit in edits.items() if edit.create}
        if fields or edits:
            work.instance = update_from_form(
                work.instance, actor=self.actor, fields=fields, children=edits, reason=self.reason, batch=self.batch
            )

    def _set(self, fields: dict[str, Any], screen: Screen, proposal: Proposal, value: Any) -> None:
        name = proposal.field
        python = _python(screen, {name: value})[name]
        if name in fields and fields[name] != python:
            raise ValidationError(
                _("Two values are accepted for “%(field)s”. Accept one of them.") % {"field": screen.label(name)}
            )
        fields[name] = python

    # --- values -----------------------------------------------------------------------------------
    def _ready(self, work: Work, proposal: Proposal, value: Any) -> Any:
        """The value with the records it speaks of, if the actor may see every one that an officer has put in it."""
        found: dict[str, int] = {}
        for key in rules.subjects_in(value):
            target = self.work[key].instance
            assert target is not None
            found[key] = target.pk
        ready = _put(value, found)
        if proposal.field != rules.FIGURES:
            self._see(work.screen, proposal.field, ready, set(found.values()))
        return ready

    def _see(self, screen: Screen, name: str, value: Any, own: set[int]) -> None:
        parts = value if isinstance(value, dict) else {name: value}
        child = sets_of(screen).get(name)
        fields = child.model_fields if child is not None else screen.own_fields
        pks = {v for n, v in parts.items() if n in fields and is_key_to_record(fields[n]) and isinstance(v, int)}
        for pk in pks - own - self.seen:
            seen = Record.objects.live().filter(pk=pk, merged_into=None)
            if self.actor is not None:
                seen = seen.visible_to(self.actor)
            if not seen.exists():
                raise ValidationError(
                    _("This record is not there any more, or you may not see it. Choose another one.")
                )
            self.seen.add(pk)

    # --- proof ------------------------------------------------------------------------------------
    def _prove(self) -> None:
        """Evidence for every field that a fact fills, and figures with theirs."""
        source = self.document.record
        have: set[tuple[int, str, int | None, int | None]] = set()
        for part in chunks(w.instance.pk for w in self.work.values() if w.instance is not None and not w.is_new):
            rows = Evidence.objects.standing().filter(record__in=part, source=source)
            have |= set(rows.values_list("record_id", "field", "start", "end"))
        proofs: list[Proof] = []
        figures: list[Measured] = []
        for work in self.work.values():
            assert work.instance is not None
            pk = work.instance.pk
            for proposal, value in work.facts:
                first: Proof | None = None
                for name, most in _proves(work, proposal, value):
                    for passage in list(proposal.passages.all())[:most]:
                        key = (pk, name, passage.start, passage.end)
                        if key in have and name != rules.FIGURES:
                            continue
                        have.add(key)
                        proof = Proof(pk, name, passage.quote, passage.start, passage.end)
                        proofs.append(proof)
                        first = first or proof
                if proposal.field == rules.FIGURES and (told := self._figure(pk, value, first)) is not None:
                    figures.append(told)
        prove_many(
            proofs,
            figures,
            source=source,
            actor=self.actor,
            confidence=Confidence.MEDIUM,
            reason=self.reason,
            batch=self.batch,
        )

    def _figure(self, pk: int, value: Mapping[str, Any], proof: Proof | None) -> Measured | None:
        """The figure to be entered; None where it is known already: then the passage is its proof too."""
        known = self.held.figures.setdefault(pk, [])
        if find_figure(value, known) is not None:
            return None
        as_of = value.get("as_of")
        told: dict[str, Any] = {
            "measure": str(value.get("measure", "")),
            "unit": str(value.get("unit", "")),
            "value": number(value.get("value")),
            "wording": str(value.get("wording", "")),
            "as_of": PartialDate.from_iso(as_of) if as_of else None,
            "stage": str(value.get("stage") or Stage.ANNOUNCED),
        }
        known.append(Figure(**told))
        return Measured(pk, **told, proof=proof)


def _proves(work: Work, proposal: Proposal, value: Any) -> list[tuple[str, int]]:
    """(field, how many passages) of what a fact proves of its record."""
    if proposal.field:
        return [(proposal.field, rules.MOST_PASSAGES)]
    if not work.is_new:
        return [("", 1)]
    return [(name, rules.MOST_PASSAGES if name == "title" else 1) for name in value]


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
