"""Every write of enquiries: entering, answering in steps, handing over, pausing, climbing, closing."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.kit.text import nfc, strip_control
from diemtua.parties.actions import RecordFields
from diemtua.parties.models import Party
from diemtua.places.models import Country
from diemtua.register import access, write
from diemtua.register.models import Batch, Change, User
from diemtua.rulebook.queries import NoRule

from ..models import Enquiry, HandOver, Message, Pause
from ..queries import enquiries as queries
from ..rules import clocks, screening

# What follows from the fields and is kept beside them.
DERIVED = (
    "received_at",
    "first_due_at",
    "answer_due_at",
    "climbs_at",
    "score",
    "score_best",
    "score_reasons",
    "environment",
)
STEPS = {
    "hand_over": gettext_lazy("answered by"),
    "message": gettext_lazy("written"),
    "pause": gettext_lazy("clock paused"),
    "resume": gettext_lazy("clock runs again"),
    "state_step": gettext_lazy("state"),
    "escalated": gettext_lazy("with the lead officer"),
    "file": gettext_lazy("file"),
    "pack": gettext_lazy("reply pack"),
}


class EnquiryFields(RecordFields, total=False):
    channel: str
    received_on: datetime.date
    received_at: datetime.datetime
    language: str
    sender_name: str
    organisation: str
    sender_email: str
    sender_phone: str
    country: Country | str | None
    party: Party | int | None
    text: str
    industry: str
    capital: Decimal | None
    currency: str
    jobs: int | None
    technology: str
    area_ha: Decimal | None
    power_mw: Decimal | None
    ready_by: datetime.date | None
    environment: str
    environment_flags: list[str]
    owner: User | int | None
    illustrative: bool
    state: str
    is_test: bool
    planted_by: User | None
    origin_mark: str
    check_why: str
    message_id: str
    warnings: list[str]


def create_enquiry(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[EnquiryFields],
) -> Enquiry:
    """Enter an enquiry; who enters it answers it. Raises ValidationError, PermissionDenied."""
    given: dict[str, Any] = dict(fields)
    if actor is not None:
        given.setdefault("owner", actor)
    with transaction.atomic():
        made: Enquiry = write.create(
            "enquiry", actor=actor, fields=given, children=children, tags=tags, reason=reason, batch=batch
        )
        # By its receipt it is found only now that it has a number.
        write.refresh_search_text(made)
    return made


def update_enquiry(instance: Enquiry, *, actor: User | None, fields: dict[str, Any], **kwargs: Any) -> Enquiry:
    """Change what an enquiry says. Raises Stale, ValidationError, PermissionDenied."""
    return write.update(instance, actor=actor, fields=fields, **kwargs)


# --- what follows from the fields ------------------------------------------------------------------


def derive(enquiry: Enquiry) -> None:
    """Set clocks and score of an enquiry that is being checked before it is saved."""
    day = enquiry.received_on
    if day is None:
        return
    if timezone.localtime(enquiry.received_at).date() != day:
        start = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
        hours = _hours(day)
        enquiry.received_at = clocks.add_working_minutes(start, 0, hours) if hours else start
    pauses = list(enquiry.pauses.all()) if enquiry.pk else []
    set_clocks(enquiry, pauses)
    by = queries.weights(day)
    found = screening.score(
        screening.Asked(
            industry=enquiry.industry,
            capital=enquiry.capital,
            currency=enquiry.currency,
            jobs=enquiry.jobs,
            technology=enquiry.technology,
            area_ha=enquiry.area_ha,
            flags=enquiry.environment_flags if enquiry.environment or enquiry.environment_flags else None,
        ),
        by,
    )
    enquiry.score, enquiry.score_best = found.value, found.best
    enquiry.score_reasons = [r.as_json() for r in found.reasons]


def _hours(day: datetime.date) -> clocks.OfficeHours | None:
    """Office hours of a day; None where the rulebook holds none that can be read: then no clock runs."""
    try:
        return queries.office_hours(day)
    except (ValueError, NoRule):
        return None


def set_clocks(enquiry: Enquiry, pauses: Sequence[Pause]) -> None:
    """When the two clocks run out, and when the enquiry climbs to the lead."""
    hours = _hours(enquiry.received_on)
    enquiry.first_due_at = enquiry.answer_due_at = enquiry.climbs_at = None
    if hours is None or enquiry.state in (Enquiry.State.TO_CHECK, Enquiry.State.NO_ENQUIRY):
        return
    received = timezone.localtime(enquiry.received_at)
    stood = [
        clocks.Pause(timezone.localtime(p.start), timezone.localtime(p.end) if p.end else None)
        for p in sorted(pauses, key=lambda p: p.start)
    ]
    first, whole = queries.limits(enquiry.received_on)
    before_reply = [p for p in stood if enquiry.first_reply_at is None or p.start < enquiry.first_reply_at]
    if first:
        enquiry.first_due_at = clocks.due(received, first, before_reply, hours)
    if whole:
        enquiry.answer_due_at = clocks.due(received, whole, stood, hours)
    if enquiry.state == Enquiry.State.OPEN and enquiry.answered_at is None and enquiry.escalated_at is None:
        next_due = enquiry.first_due_at if enquiry.first_reply_at is None else enquiry.answer_due_at
        if next_due is not None:
            more = queries.number_of("enquiry.escalate_hours", enquiry.received_on) * 60
            enquiry.climbs_at = clocks.add_working_minutes(timezone.localtime(next_due), more, hours)


def follow(enquiries: Sequence[Enquiry], _targets: Collection[int], diff: Mapping[str, Any] | None) -> None:
    """Keep what was derived while a changed enquiry was checked (the register calls this on every write)."""
    if diff is None or "archived" in diff:
        return
    for enquiry in enquiries:
        Enquiry.objects.filter(pk=enquiry.pk).update(**{n: getattr(enquiry, n) for n in DERIVED})


# --- steps of answering ---------------------------------------------------------------------------


def _held(enquiry: Enquiry, actor: User | None) -> Enquiry:
    """The enquiry as it stands, held until the transaction ends. Raises PermissionDenied, ValidationError."""
    record = write.lock(enquiry.pk)
    access.require(access.may_edit(actor, record), _("You may not change this record. Ask its unit or a lead."))
    current = Enquiry.objects.get(pk=record.pk)
    current.record = record
    if record.archived_at is not None:
        raise ValidationError(_("This enquiry is archived. Bring it back first."))
    return current


def _save(enquiry: Enquiry, actor: User | None, step: str, said: str, reason: str = "") -> Enquiry:
    set_clocks(enquiry, list(enquiry.pauses.all()))
    enquiry.save()
    record = enquiry.record
    record.version += 1
    record.save(update_fields=["version", "updated_at"])
    write.audit(record, actor=actor, verb=Change.Verb.EDIT, reason=reason[:500], diff={step: [None, said[:300]]})
    return enquiry


def _words(text: str, name: str, sentence: str, most: int = 20_000) -> str:
    text = "\n".join(strip_control(nfc(line)).rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    if not text:
        raise ValidationError({name: sentence})
    if len(text) > most:
        raise ValidationError({name: _("This may have up to %(n)s letters. Shorten it.") % {"n": most}})
    return text


@transaction.atomic
def hand_over(*, actor: User | None, enquiry: Enquiry, to: User, reason: str = "") -> Enquiry:
    """Give an enquiry to another officer. Raises ValidationError({"to" | "reason"}), PermissionDenied."""
    current = _held(enquiry, actor)
    if not to.is_at_least("officer"):
        raise ValidationError({"to": _("%(name)s may not answer enquiries. Choose an officer.") % {"name": to}})
    if not access.may_see(to, current.record):
        raise ValidationError({"to": _("%(name)s may not see this enquiry. Choose another officer.") % {"name": to}})
    if current.owner_id == to.pk:
        return current
    taking = current.owner_id is None and actor is not None and to.pk == actor.pk
    if not taking:
        reason = _words(reason, "reason", _("Say why it is handed over."), 500)
    HandOver.objects.create(enquiry=current, before=current.owner, after=to, by=actor, reason=reason)
    current.owner = to
    return _save(current, actor, "hand_over", to.name, reason)


@transaction.atomic
def send(*, actor: User | None, enquiry: Enquiry, kind: str, text: str) -> Message:
    """Write down what the sender was told: a first reply, a question, the full answer, a follow-up.

    A question pauses the clocks until the sender answers. The sender reads it on the private page; posting it by mail
    is the officer's. Raises ValidationError, PermissionDenied.
    """
    current = _held(enquiry, actor)
    if kind not in ("first", "question", "answer", "follow_up"):
        raise ValidationError({"kind": _("Choose what kind of message it is.")})
    text = _words(text, "text", _("Write what the sender is told."))
    if current.state == Enquiry.State.TO_CHECK:
        raise ValidationError(_("Say first that this is an enquiry; then answer it."))
    if current.state == Enquiry.State.NO_ENQUIRY:
        raise ValidationError(_("This was put aside as no enquiry. Take it up again first."))
    if kind == "follow_up" and current.answered_at is None:
        raise ValidationError({"kind": _("A follow-up comes after the full answer. Give that first.")})
    if kind == "answer" and current.answered_at is not None:
        kind = "follow_up"
    now = timezone.now()
    message = Message.objects.create(enquiry=current, kind=kind, text=text, at=now, by=actor)
    if current.owner_id is None and actor is not None:
        HandOver.objects.create(enquiry=current, before=None, after=actor, by=actor)
        current.owner = actor
    current.first_reply_at = current.first_reply_at or now
    if kind == "question":
        _pause(current, actor, text[:500], now)
    elif kind == "answer":
        _end_pause(current, now)
        current.answered_at, current.state = now, Enquiry.State.ANSWERED
    elif kind == "follow_up" and current.state == Enquiry.State.OPEN:
        current.state = Enquiry.State.ANSWERED
    _save(current, actor, "message", str(message.get_kind_display()))
    return message


def _pause(enquiry: Enquiry, actor: User | None, reason: str, now: datetime.datetime) -> None:
    if enquiry.answered_at is not None:
        return
    if not enquiry.pauses.filter(end=None).exists():
        Pause.objects.create(enquiry=enquiry, start=now, reason=reason, by=actor)
    enquiry.state = Enquiry.State.WAITING


def _end_pause(enquiry: Enquiry, now: datetime.datetime) -> None:
    enquiry.pauses.filter(end=None).update(end=now)


@transaction.atomic
def pause(*, actor: User | None, enquiry: Enquiry, reason: str) -> Enquiry:
    """Let the clocks stand because the sender is waited for. Raises ValidationError, PermissionDenied."""
    current = _held(enquiry, actor)
    reason = _words(reason, "reason", _("Say what the sender is waited for."), 500)
    if current.state != Enquiry.State.OPEN or current.answered_at is not None:
        raise ValidationError(_("Only a clock that runs can be paused."))
    _pause(current, actor, reason, timezone.now())
    return _save(current, actor, "pause", reason, reason)


@transaction.atomic
def resume(*, actor: User | None, enquiry: Enquiry, reason: str = "") -> Enquiry:
    """Let the clocks run again. Not paused, nothing changes. Raises PermissionDenied."""
    current = _held(enquiry, actor)
    if current.state != Enquiry.State.WAITING:
        return current
    _end_pause(current, timezone.now())
    current.state = Enquiry.State.OPEN
    return _save(current, actor, "resume", str(Enquiry.State.OPEN.label), reason)


MOST_FROM_SENDER = 30


@transaction.atomic
def hear_from_sender(*, enquiry: Enquiry, text: str) -> Message:
    """What the sender writes on the private page. Clocks that stood run again. Raises ValidationError."""
    current = _held(enquiry, None)
    text = _words(text, "text", _("Write what you want to tell us."), 5000)
    if current.state in (Enquiry.State.CLOSED, Enquiry.State.NO_ENQUIRY):
        raise ValidationError({"text": _("This enquiry is closed. Please send a new one.")})
    if current.messages.filter(kind="sender").count() >= MOST_FROM_SENDER:
        raise ValidationError({"text": _("Very many messages were sent already. Please call the office.")})
    now = timezone.now()
    message = Message.objects.create(enquiry=current, kind=Message.Kind.FROM_SENDER, text=text, at=now)
    _end_pause(current, now)
    if current.state in (Enquiry.State.WAITING, Enquiry.State.ANSWERED):
        current.state = Enquiry.State.OPEN
    _save(current, None, "message", str(message.get_kind_display()))
    return message


@transaction.atomic
def judge(*, actor: User | None, enquiry: Enquiry, genuine: bool, reason: str = "") -> Enquiry:
    """Say of what was kept to be checked, or put aside, whether it is an enquiry. Raises ValidationError."""
    current = _held(enquiry, actor)
    if genuine:
        if current.state not in (Enquiry.State.TO_CHECK, Enquiry.State.NO_ENQUIRY):
            return current
        current.state = Enquiry.State.OPEN
    else:
        reason = _words(reason, "reason", _("Say why this is no enquiry."), 500)
        current.state, current.closed_note = Enquiry.State.NO_ENQUIRY, reason
        _end_pause(current, timezone.now())
    return _save(current, actor, "state_step", str(current.get_state_display()), reason)


@transaction.atomic
def close(*, actor: User | None, enquiry: Enquiry, note: str) -> Enquiry:
    """Close an enquiry with a word on how it ended. Raises ValidationError, PermissionDenied."""
    current = _held(enquiry, actor)
    note = _words(note, "note", _("Say how it ended, for example: became a lead, no further interest."), 500)
    if current.state == Enquiry.State.TO_CHECK:
        raise ValidationError(_("Say first whether this is an enquiry."))
    _end_pause(current, timezone.now())
    current.state, current.closed_note = Enquiry.State.CLOSED, note
    return _save(current, actor, "state_step", str(current.get_state_display()), note)


@transaction.atomic
def reopen(*, actor: User | None, enquiry: Enquiry, reason: str) -> Enquiry:
    """Take a closed enquiry up again. Raises ValidationError, PermissionDenied."""
    current = _held(enquiry, actor)
    reason = _words(reason, "reason", _("Say why it is taken up again."), 500)
    if current.state not in (Enquiry.State.CLOSED, Enquiry.State.NO_ENQUIRY):
        return current
    current.state, current.closed_note = Enquiry.State.OPEN, ""
    return _save(current, actor, "state_step", str(current.get_state_display()), reason)


def escalate_due(now: datetime.datetime | None = None, most: int = 200) -> int:
    """Let what nobody has answered climb to the lead officers; returns how many did. Safe to call at any time."""
    now = now or timezone.now()
    due = list(Enquiry.objects.to_climb(now).order_by("climbs_at")[:most])
    climbed = 0
    for enquiry in due:
        with transaction.atomic():
            current = _held(enquiry, None)
            if current.climbs_at is None or current.climbs_at > now or current.state != Enquiry.State.OPEN:
                continue
            current.escalated_at = now
            _save(current, None, "escalated", str(current.owner or _("nobody")))
            climbed += 1
    return climbed
