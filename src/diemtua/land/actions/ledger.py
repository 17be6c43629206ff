"""Every write of what is reserved: keep for somebody, give another last day, give back."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number
from diemtua.kit.text import nfc
from diemtua.register import access, write
from diemtua.register.models import Change, Record, User

from ..models import Lease, Plot, Reservation
from ..queries import ledger
from ..rules.books import Claim
from ..rules.days import ONE_DAY, Span
from ..rules.units import LAND, UNITS, longer_than_tenure, other_unit_meant
from . import keeping


@transaction.atomic
def reserve(
    *,
    actor: User | None,
    record: Record,
    utility: str,
    amount: Decimal,
    for_record: Record,
    ends: datetime.date,
    reason: str,
    starts: datetime.date | None = None,
) -> Reservation:
    """Keep so much of a utility (in its unit, `rules.units.UNITS`) or of land (ha) at a zone or plot for a record.

    It counts from `starts` (today) to `ends`, both included, and lapses by itself. Whatever others do at the same
    moment, no more is reserved than is there: the plot and the zones around it are held until this is done.
    Raises ValidationError({field: sentence}), PermissionDenied, Record.DoesNotExist.
    """
    chain = keeping.lock_chain(record.pk)
    held = _changeable(record.pk, actor)
    wanted = Record.objects.filter(pk=for_record.pk).first()
    if wanted is None or (actor is not None and not access.may_see(actor, wanted)):
        raise Record.DoesNotExist
    today = timezone.localdate()
    starts = starts or today
    reason = nfc(reason).strip()[:500]
    errors: dict[str, str] = {}
    if wanted.archived_at is not None or wanted.pk in chain:
        errors["for_record"] = _("Choose the enquiry, lead or lease for which it is reserved.")
    if utility not in UNITS or (utility == LAND and held.kind != "plot"):
        errors["utility"] = _("Only land of a plot can be reserved, and utilities of a zone or plot.")
    if amount <= 0:
        errors["amount"] = _("Write an amount above 0.")
    if not reason:
        errors["reason"] = _("Say in a few words why it is reserved.")
    if starts < today:
        errors["starts"] = _("A reservation begins today or later.")
    errors |= _ends_well(held, wanted, starts, ends)
    if errors:
        raise ValidationError(errors)
    _room(held, utility, Claim(Span(starts, ends), amount))
    made = Reservation.objects.create(
        record=held,
        utility=utility,
        amount=amount,
        for_record=wanted,
        starts=starts,
        ends=ends,
        reason=reason,
        created_by=actor,
    )
    _remember(made, actor, {n: [None, v] for n, v in _stored(made).items()}, reason, Change.Verb.CREATE)
    return made


@transaction.atomic
def extend(*, actor: User | None, reservation: Reservation, ends: datetime.date, reason: str) -> Reservation:
    """Let a reservation that still counts run longer, or shorter. Raises as `reserve` does.

    One that has lapsed or was released is not brought back: others may have been promised the same meanwhile.
    """
    keeping.lock_chain(reservation.record_id)
    held = _changeable(reservation.record_id, actor)
    current = Reservation.objects.select_related("for_record").get(pk=reservation.pk)
    today = timezone.localdate()
    _still_counts(current, today)
    reason = nfc(reason).strip()[:500]
    errors = _ends_well(held, current.for_record, max(current.starts, today), ends)
    if not reason:
        errors["reason"] = _("Say in a few words why the day changes.")
    if errors:
        raise ValidationError(errors)
    if ends > current.ends:
        _room(
            held,
            current.utility,
            Claim(Span(current.ends + ONE_DAY, ends), current.amount or Decimal(0)),
        )
    before, current.ends = current.ends, ends
    current.save(update_fields=["ends"])
    _remember(current, actor, {"ends": [before.isoformat(), ends.isoformat()]}, reason)
    return current


@transaction.atomic
def release(*, actor: User | None, reservation: Reservation, reason: str) -> Reservation:
    """Give back what is reserved, from today on. A reason is needed. Raises as `reserve` does."""
    keeping.lock_chain(reservation.record_id)
    _changeable(reservation.record_id, actor)
    current = Reservation.objects.get(pk=reservation.pk)
    today = timezone.localdate()
    _still_counts(current, today)
    reason = nfc(reason).strip()[:500]
    if not reason:
        raise ValidationError({"reason": _("Say in a few words why it is given back.")})
    current.released_on, current.released_at, current.released_by = today, timezone.now(), actor
    current.release_reason = reason
    current.save(update_fields=["released_on", "released_at", "released_by", "release_reason"])
    _remember(current, actor, {"released_on": [None, today.isoformat()]}, reason)
    return current


def _changeable(pk: int, actor: User | None) -> Record:
    """The zone or plot as it stands now, of which this person may reserve."""
    record = Record.objects.get(pk=pk)
    if record.kind not in ("zone", "plot") or (actor is not None and not access.may_see(actor, record)):
        raise Record.DoesNotExist
    access.require(access.may_edit(actor, record), _("You may not change this record. Ask its unit or a lead."))
    if record.archived_at is not None:
        raise ValidationError(_("This record is archived. Bring it back first."))
    return record


def _still_counts(reservation: Reservation, today: datetime.date) -> None:
    if reservation.released_on is not None:
        raise ValidationError(_("This reservation has been given back already. Make a new one where it is needed."))
    if reservation.ends < today:
        raise ValidationError(
            _("This reservation lapsed on %(day)s. Make a new one where it is needed.")
            % {"day": PartialDate.day(reservation.ends).display()}
        )


def _ends_well(held: Record, wanted: Record, starts: datetime.date, ends: datetime.date) -> dict[str, str]:
    """A reservation runs forward, and no longer than the land may be used or the lease it belongs to."""
    if ends < starts:
        return {"ends": _("It must end on %(day)s or later.") % {"day": PartialDate.day(starts).display()}}
    if held.kind == "plot":
        tenure = Plot.objects.values_list("tenure_until", flat=True).get(pk=held.pk)
        if tenure is not None and ends > tenure:
            return {"ends": longer_than_tenure(tenure)}
    if wanted.kind == "lease":
        until = Lease.objects.get(pk=wanted.pk).ends
        if until is not None and ends > until.last:
            return {
                "ends": _("The lease ends on %(day)s. A reservation for it cannot run longer.")
                % {"day": PartialDate.day(until.last).display()}
            }
    return {}


def _room(held: Record, utility: str, claim: Claim) -> None:
    """Raises ValidationError where the books leave too little on some day of the claim."""
    books = ledger.read([held.pk], utilities=(utility,), since=claim.days.first)
    if not books.holders(held.pk, utility):
        raise ValidationError(
            {"utility": _("Nothing is recorded of this utility here. Enter first what is installed and allocated.")}
        )
    if (found := books.shortage(held.pk, utility, claim.days, claim)) is None:
        return
    holder, short = found
    if short.standing.available is None:
        sentence = (
            _("The area of this plot is not known. Enter it first.")
            if utility == LAND
            else _("What is installed or allocated here is not known. Enter it first; 0 where nothing is allocated.")
        )
        raise ValidationError({"utility": sentence})
    left = short.standing.available + claim.amount
    values = {
        "left": format_number(max(left, Decimal(0))),
        "unit": UNITS[utility],
        "day": PartialDate.day(short.day).display(),
    }
    if holder == held.pk:
        sentence = _("Only %(left)s %(unit)s are left on %(day)s. Reserve less, or another time.") % values
    else:
        sentence = (
            _("Of the zone around it only %(left)s %(unit)s are left on %(day)s. Reserve less, or another time.")
            % values
        )
    raise ValidationError({"amount": sentence + other_unit_meant(utility, claim.amount, left)})


def _stored(reservation: Reservation) -> dict[str, Any]:
    names = ("record", "utility", "amount", "for_record", "starts", "ends")
    return write.stored_fields(reservation, names)


def _remember(
    reservation: Reservation, actor: User | None, diff: dict[str, Any], reason: str, verb: str = Change.Verb.EDIT
) -> None:
    """The audit row names the reservation and no record: those who see the park may not know for whom it is."""
    Change.objects.create(subject=f"reservation:{reservation.pk}", actor=actor, verb=verb, diff=diff, reason=reason)
