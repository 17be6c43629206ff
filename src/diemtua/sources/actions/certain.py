"""Accepting all that is certain: what contradicts something, or needs an officer's eye first, stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from diemtua.register.models import Record, User
from diemtua.register.screens import screen_of

from .. import rules
from ..models import Document, Proposal, Subject
from ..queries.standing import records_of, standings
from ..recognising import chunks
from .accepting import Accepted, accept, not_theirs
from .deciding import seen_document
from .saving import Refused

State = Proposal.State


RETRIES = 20  # records that may turn out to be wrong before accepting a document gives up


@transaction.atomic
def accept_all(*, subject: Subject, actor: User | None) -> Accepted:
    """Accept all that is proposed of one subject, but for values that contradict the register or each other."""
    document = seen_document(Document(pk=subject.content_id), actor)
    found = _open_facts(document, subject)
    left = _contradictions(document, found)
    chosen = [p for p in found if p.pk not in left]
    done = accept(proposals=chosen, actor=actor) if chosen else Accepted()
    return _with_left(done, found, left)


@transaction.atomic
def accept_document(*, document: Document, actor: User | None) -> Accepted:
    """Accept all that a document proposes, but for contradictions, subjects of which an officer must first say which
    record they are, and records that cannot be entered so or may not be changed: those stay open, with the reason."""
    document = seen_document(document, actor)
    found = _open_facts(document)
    left = _contradictions(document, found)
    left |= _of_others(found, actor, left)
    left |= _needing(found, _doubtful(document.pk), left)
    for _n in range(RETRIES):
        chosen = [p for p in found if p.pk not in left]
        if not chosen:
            break
        try:
            with transaction.atomic():
                return _with_left(accept(proposals=chosen, actor=actor, leave=True), found, left)
        except Refused as error:
            wrong = _needing(found, {error.subject.key: " ".join(error.messages)}, left)
            if not wrong:
                raise
            left |= wrong
    return _with_left(Accepted(), found, left)


def _open_facts(document: Document, subject: Subject | None = None) -> list[Proposal]:
    rows = Proposal.objects.filter(subject__content_id=document.pk, state=State.OPEN).select_related("subject")
    return list(rows.filter(subject=subject) if subject is not None else rows)


def _with_left(done: Accepted, found: Sequence[Proposal], left: Mapping[int, str]) -> Accepted:
    accepted = {p.pk for p in done.proposals}
    done.left = [*done.left, *((p, left[p.pk]) for p in found if p.pk in left and p.pk not in accepted)]
    return done


def _contradictions(document: Document, found: Sequence[Proposal]) -> dict[int, str]:
    """{number: why} of facts that contradict what the register holds, or another fact of the document."""
    left = {}
    for pk, standing in standings(found, records_of(document.pk)).items():
        if standing.how == "conflict" and not standing.figures:
            left[pk] = _("The register says something else. Decide which is right.")
    said: dict[tuple[int, str], list[Proposal]] = {}
    for p in found:
        if p.field and p.field != rules.FIGURES and not _is_set(p):
            said.setdefault((p.subject_id, p.field), []).append(p)
    for many in said.values():
        if len(many) > 1:
            left |= {p.pk: _("The document says several things. Decide which is right.") for p in many}
    return left


def _is_set(proposal: Proposal) -> bool:
    return any(c.name == proposal.field for c in screen_of(proposal.subject.kind).all_children)


def _of_others(found: Sequence[Proposal], actor: User | None, left: Mapping[int, str]) -> dict[int, str]:
    """{number: why} of facts of records that the actor may not change."""
    facts = [p for p in found if p.pk not in left and p.subject.record_id is not None]
    records: dict[int, Record] = {}
    for part in chunks({p.subject.record_id for p in facts}):
        records |= Record.objects.select_related("unit").defer("search_text").in_bulk(part)
    why = {pk: sentence for pk, record in records.items() if (sentence := not_theirs(record, actor))}
    return {p.pk: why[p.subject.record_id] for p in facts if p.subject.record_id in why}


def _doubtful(content_id: int) -> dict[str, str]:
    """{key: why} of subjects that may be several records."""
    sentence = _("First say which record “%(title)s” is.")
    subjects = Subject.objects.filter(content_id=content_id, record=None, chosen=False).exclude(candidates=[])
    return {s.key: sentence % {"title": s.title} for s in subjects}


def _needing(found: Sequence[Proposal], why: Mapping[str, str], left: Mapping[int, str]) -> dict[int, str]:
    """{number: why} of facts of these subjects {key: why}, of facts that speak of them, and of what needs those."""
    doubtful = dict(why)
    more: dict[int, str] = {}
    changed = bool(doubtful)
    while changed:
        changed = False
        for p in found:
            if p.pk in more or p.pk in left:
                continue
            named = next((k for k in (p.subject.key, *rules.subjects_in(p.value)) if k in doubtful), None)
            if named is None:
                continue
            more[p.pk] = doubtful[named]
            if p.field == "" and p.subject.record_id is None and p.subject.key not in doubtful:
                doubtful[p.subject.key] = doubtful[named]
                changed = True
    return more
