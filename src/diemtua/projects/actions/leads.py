"""Every write of leads."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number
from diemtua.parties.actions import RecordFields
from diemtua.parties.models import Party
from diemtua.places.models import Country
from diemtua.register import access, write
from diemtua.register.models import Batch, User
from diemtua.register.write import ChildEdits

from ..models import Enquiry, Lead, LeadOrigin
from ..rules.shares import too_much


class LeadFields(RecordFields, total=False):
    state: str
    investor: Party | int | None
    country: Country | str | None
    industry: str
    what: str
    capital: Decimal | None
    currency: str
    jobs: int | None
    area_ha: Decimal | None
    since: PartialDate | None
    decides: PartialDate | None
    owner: User | int | None
    lost_why: str
    lost_to: str
    lost_note: str
    illustrative: bool


def create_lead(
    *,
    actor: User | None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[LeadFields],
) -> Lead:
    """Enter a lead. Raises ValidationError (shares over 100 among them), PermissionDenied."""
    return write.create(
        "lead", actor=actor, fields=dict(fields), children=children, tags=tags, reason=reason, batch=batch
    )


def update_lead(
    lead: Lead,
    *,
    actor: User | None,
    children: Mapping[str, ChildEdits] | None = None,
    tags: Sequence[str] | None = None,
    expected_version: int | None = None,
    reason: str = "",
    batch: Batch | None = None,
    **fields: Unpack[LeadFields],
) -> Lead:
    """Change a lead. Raises Stale, ValidationError, PermissionDenied."""
    return write.update(
        lead,
        actor=actor,
        fields=dict(fields),
        children=children,
        tags=tags,
        expected_version=expected_version,
        reason=reason,
        batch=batch,
    )


def lead_of_enquiry(*, actor: User | None, enquiry: Enquiry, batch: Batch | None = None) -> Lead:
    """A lead made of an enquiry, which is its whole origin. Raises ValidationError, PermissionDenied."""
    access.require(access.may_edit(actor, enquiry.record))
    if enquiry.is_test:
        raise ValidationError(_("This enquiry cannot become a lead."))
    day = enquiry.received_on
    return create_lead(
        actor=actor,
        title=enquiry.record.title,
        access=enquiry.record.access,
        unit=enquiry.record.unit,
        investor=enquiry.party,
        country=enquiry.country,
        industry=enquiry.industry,
        what=enquiry.text[:5000],
        capital=enquiry.capital,
        currency=enquiry.currency,
        jobs=enquiry.jobs,
        area_ha=enquiry.area_ha,
        since=PartialDate.day(day if isinstance(day, datetime.date) else timezone.localdate()),
        owner=enquiry.owner or actor,
        illustrative=enquiry.illustrative,
        batch=batch,
        children={"origins": [{"origin": enquiry.record, "share": Decimal(100)}]},
    )


def check_shares(leads: Sequence[Lead]) -> None:
    """Refuse leads whose origins come to more than the whole (the register calls this within every write)."""
    rows: dict[int, list[Decimal | None]] = {}
    for pk, share in LeadOrigin.objects.filter(lead__in=[x.pk for x in leads]).values_list("lead_id", "share"):
        rows.setdefault(pk, []).append(share)
    for lead in leads:
        if (total := too_much(rows.get(lead.pk, ()))) is not None:
            raise ValidationError(
                {
                    "origins": _("The shares of the origins of “%(lead)s” come to %(total)s of 100. Make them smaller.")
                    % {"lead": lead.record.title, "total": format_number(total)}
                }
            )
