"""Accepting all that is certain: what contradicts something, or needs an officer's eye first, stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from diemtua.register.models import User
from diemtua.register.screens import screen_of

from .. import rules
from ..models import Document, Proposal, Subject
from ..queries.standing import records_of, standings
from .accepting import Accepted, accept
from .deciding import seen_document

State = Proposal.State


@transaction.atomic
def accept_all(*, subject: Subject, actor: User | None) -> Accepted:
    """Accept all that is proposed of one subject, but for values that contradict the register or each other."""
    return _accept_open(subject.content_id, actor, subject)


@transaction.atomic
def accept_document(*, document: Document, actor: User | None) -> Accepted:
    """Accept all that a document proposes, but for contradictions, and subjects of which an officer must first
    say which record they are."""
    return _accept_open(document.pk, actor, None)


def _accept_open(content_id: int, actor: User | None, subject: Subject | None) -> Accepted:
    document = seen_document(Document(pk=content_id), actor)
    rows = Proposal.objects.filter(subject__content_id=content_id, state=State.OPEN).select_related("subject")
    if subject is not None:
        rows = rows.filter(subject=subject)
    found = list(rows)
    left = _contradictions(document, found)
    if subject is None:
        left |= _of_doubtful(found, content_id, left)
    chosen = [p for p in found if p.pk not in left]
    done = accept(proposals=chosen, actor=actor) if chosen else Accepted()
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


def _of_doubtful(found: Sequence[Proposal], content_id: int, left: Mapping[int, str]) -> dict[int, str]:
    """{number: why} of facts of subjects that may be several records, and of facts that speak of them."""
    sentence = _("First say which record “%(title)s” is.")
    subjects = Subject.objects.filter(content_id=content_id, record=None, chosen=False).exclude(candidates=[])
    doubtful = {s.key: s.title for s in subjects}
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
            more[p.pk] = sentence % {"title": doubtful[named]}
            if p.field == "" and p.subject.record_id is None and p.subject.key not in doubtful:
                doubtful[p.subject.key] = doubtful[named]
                changed = True
    return more
