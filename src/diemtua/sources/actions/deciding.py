"""What every decision on proposals shares, and the decisions that touch no record: rejecting, choosing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.text import nfc
from diemtua.register import access
from diemtua.register.models import Batch, Change, Record, User
from diemtua.register.proving import withdraw_many

from .. import rules
from ..models import Document, DocumentText, Proposal, Subject
from ..recognising import chunks, records_for

State = Proposal.State
DECIDED = (State.ACCEPTED, State.MENDED)


class AlreadyDecided(ValidationError):
    """Somebody was faster: the message says who, when and how."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(
            _("“%(title)s” was already decided: %(state)s, %(who)s, %(day)s. Nothing was saved; look at it again.")
            % {
                "title": proposal.subject.title,
                "state": proposal.get_state_display().lower(),
                "who": proposal.decided_by or _("The system"),
                "day": timezone.localtime(proposal.decided_at).strftime("%d/%m/%Y %H:%M")
                if proposal.decided_at
                else "",
            }
        )
        self.proposal = proposal


# --- what decisions share ---------------------------------------------------------------------------


def seen_document(document: Document, actor: User | None) -> Document:
    """The document as it stands, for an officer who sees it; Record.DoesNotExist where it is hidden."""
    current = Document.objects.select_related("record", "record__unit").get(pk=document.pk)
    if actor is not None and not access.may_see(actor, current.record):
        raise Record.DoesNotExist
    access.require(access.may_create(actor))
    return current


def hold(document: Document, *, with_text: bool = False) -> DocumentText:
    """The row of the document's text, held until the transaction ends: decisions on one document wait for each
    other. The text itself may be long and is read where it is wanted."""
    rows = DocumentText.objects.select_for_update(of=("self",)).filter(pk=document.pk)
    content = (rows if with_text else rows.defer("text")).first()
    if content is None:
        raise ValidationError(_("This document has no text to read."))
    content.document = document
    return content


def open_ones(proposals: Iterable[Proposal | int], actor: User | None) -> tuple[Document, list[Proposal]]:
    """The proposals as they stand now, all open and of one document, whose decisions are held.

    Raises AlreadyDecided, ValidationError, PermissionDenied, Record.DoesNotExist.
    """
    found = _of_one_document(proposals, actor)
    for proposal in found[1]:
        if proposal.decided_at is not None:
            raise AlreadyDecided(proposal)
        if not proposal.is_open:
            raise ValidationError(_("“%(title)s” is not proposed any more.") % {"title": proposal.subject.title})
    return found


def _of_one_document(proposals: Iterable[Proposal | int], actor: User | None) -> tuple[Document, list[Proposal]]:
    pks = list(dict.fromkeys(p.pk if isinstance(p, Proposal) else p for p in proposals))
    if not pks:
        raise ValidationError(_("Choose what is to be decided."))
    documents = list(Document.objects.filter(pk__in=Subject.objects.filter(proposals__in=pks[:1]).values("content_id")))
    if not documents:
        raise ValidationError(_("This is not there any more. Look at the document again."))
    document = seen_document(documents[0], actor)
    hold(document)
    found: list[Proposal] = []
    for part in chunks(pks):
        found += (
            Proposal.objects.filter(pk__in=part, subject__content_id=document.pk)
            .select_related("subject", "decided_by")
            .prefetch_related("passages")
        )
    if len(found) != len(pks):
        raise ValidationError(_("This is not there any more. Look at the document again."))
    return document, found


def audit(document: Document, *, actor: User | None, diff: dict[str, Any], reason: str = "") -> None:
    """The audit row of a decision. It names the document, whose history is of its own fields."""
    Change.objects.create(
        subject=f"proposals:{document.pk}", actor=actor, verb=Change.Verb.EDIT, diff=diff, reason=reason
    )


# --- rejecting --------------------------------------------------------------------------------------


@transaction.atomic
def reject(*, proposals: Sequence[Proposal | int], actor: User | None, reason: str = "") -> int:
    """Say that the document does not say so; the same words will not propose it again. Returns how many.

    With a record that would be new goes what is proposed of it, and what other facts say of it: none of that
    can be accepted any more. Raises AlreadyDecided, ValidationError, PermissionDenied, Record.DoesNotExist.
    """
    document, found = open_ones(proposals, actor)
    gone = {p.subject_id: p.subject.key for p in found if p.field == "" and p.subject.record_id is None}
    if gone:
        chosen, keys = {p.pk for p in found}, set(gone.values())
        rest = Proposal.objects.filter(subject__content_id=document.pk, state=State.OPEN)
        more = [
            pk
            for pk, subject, value in rest.values_list("pk", "subject_id", "value")
            if pk not in chosen and (subject in gone or not keys.isdisjoint(rules.subjects_in(value)))
        ]
        for part in chunks(more):
            found += Proposal.objects.filter(pk__in=part).select_related("subject")
    _decide(found, State.REJECTED, actor, nfc(reason).strip()[:500])
    audit(document, actor=actor, reason=reason[:500], diff={f"proposal:{p.pk}": ["open", "rejected"] for p in found})
    return len(found)


@transaction.atomic
def reopen(*, proposals: Sequence[Proposal | int], actor: User | None) -> int:
    """Take rejections back; returns how many. What was accepted is taken back by undoing its batch."""
    document, found = _of_one_document(proposals, actor)
    back = [p for p in found if p.state == State.REJECTED]
    for proposal in back:
        if proposal.subject.proposals.filter(fact=proposal.fact).exclude(state=State.REJECTED).exists():
            raise ValidationError(
                _("“%(title)s”: the same was proposed again for other words.") % {"title": proposal.subject.title}
            )
    _decide(back, State.OPEN, None, "")
    if back:
        audit(document, actor=actor, diff={f"proposal:{p.pk}": ["rejected", "open"] for p in back})
    return len(back)


def _decide(found: Sequence[Proposal], state: str, actor: User | None, reason: str) -> None:
    now = None if state == State.OPEN else timezone.now()
    for part in chunks(p.pk for p in found):
        Proposal.objects.filter(pk__in=part).update(state=state, decided_by=actor, decided_at=now, reason=reason)
    for proposal in found:
        proposal.state, proposal.decided_by, proposal.decided_at, proposal.reason = state, actor, now, reason


# --- which record it is -----------------------------------------------------------------------------


@transaction.atomic
def choose_record(*, subject: Subject, record: Record | int | None, actor: User | None) -> Subject:
    """Say which record a document speaks of, or (None) that it is a new one.

    Only a record that everybody may see who may see the document: the choice is shown to all of them. Raises
    ValidationError, PermissionDenied, Record.DoesNotExist.
    """
    document = seen_document(Document(pk=subject.content_id), actor)
    hold(document)
    subject = Subject.objects.get(pk=subject.pk)
    if subject.proposals.filter(state__in=DECIDED).exists():
        raise ValidationError(
            _("Something of “%(title)s” has been accepted. Take that back first, then choose.")
            % {"title": subject.title}
        )
    pk = record.pk if isinstance(record, Record) else record
    if pk is not None:
        chosen = Record.objects.live().filter(pk=pk, merged_into=None).first()
        if chosen is None or (actor is not None and not access.may_see(actor, chosen)):
            raise Record.DoesNotExist
        if chosen.kind != subject.kind:
            raise ValidationError(_("Choose a record of the same kind."))
        if not records_for(document).filter(pk=pk).exists():
            raise ValidationError(
                _("This record is restricted, and others may read the document. Restrict the document first.")
            )
    before = subject.record_id
    subject.record_id, subject.chosen = pk, True
    subject.save(update_fields=["record", "chosen"])
    audit(document, actor=actor, diff={f"subject:{subject.pk}": [before, pk]})
    return subject


# --- taking acceptance back -------------------------------------------------------------------------


def open_again(batch: Batch, actor: User | None) -> None:
    """After a batch of accepted facts was undone: they are to be decided again, the records it made are gone."""
    made = batch.changes.filter(verb=Change.Verb.CREATE).values("record_id")
    Subject.objects.filter(record_id__in=made).update(record=None, chosen=False)
    Proposal.objects.filter(batch=batch).update(**OPENED)


def open_again_one(change: Change, actor: User | None) -> None:
    """After one change of such a batch was undone: what it had entered is to be decided again, and no passage proves
    any more what the record no longer says."""
    accepted = Proposal.objects.filter(batch=change.batch, subject__record=change.record)
    if change.verb == Change.Verb.CREATE:
        subjects = list(accepted.values_list("subject_id", flat=True))
        accepted.update(**OPENED)
        Subject.objects.filter(pk__in=subjects).update(record=None, chosen=False)
        return
    fields = [name for name in change.diff if ":" not in name]
    back = list(accepted.filter(field__in=fields))
    if not back:
        return
    Proposal.objects.filter(pk__in=[p.pk for p in back]).update(**OPENED)
    proofs = Change.objects.filter(batch=change.batch, record=change.record, verb=Change.Verb.EVIDENCE)
    reason = _("Undo of the change of %(day)s") % {"day": timezone.localtime(change.at).strftime("%d/%m/%Y %H:%M")}
    withdraw_many(proofs, actor=actor, reason=reason, only=fields)


OPENED: dict[str, Any] = {
    "state": State.OPEN,
    "decided_by": None,
    "decided_at": None,
    "batch": None,
    "mended": None,
    "reason": "",
}
