"""Saving a file of outlines that was read as a plan: all of it or nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from diemtua.register import write
from diemtua.register.models import Batch, User
from diemtua.register.screens import screen_of

from ..actions.outlines import Drawn, set_outlines
from ..models import Zone

if TYPE_CHECKING:
    pass

from ..queries.outline_plan import Plan, Row


class NothingSaved(ValidationError):
    """The plan cannot be carried out as it stands; the sentence says what to do."""


@transaction.atomic
def save(*, actor: User, made: Plan, name: str, sha256: str, leave_out: bool = False, confirmed: bool = False) -> Batch:
    """Carry out a plan, all or nothing, as one batch that can be undone.

    `leave_out`: shapes with errors stay outside; `confirmed`: somebody has looked at the warnings. Raises
    NothingSaved with what to do; ValidationError, PermissionDenied.
    """
    if made.elsewhere:
        raise NothingSaved(made.elsewhere)
    rows = made.saving
    if not rows:
        raise NothingSaved(_("No shape of the file can be saved. Please mend what is said beside each."))
    if made.errors and not leave_out:
        raise NothingSaved(
            _("%(count)s shapes have errors. Mend the file and send it again, or tick that they are left out.")
            % {"count": made.errors}
        )
    if made.warnings and not confirmed:
        raise NothingSaved(_("Please look at the warnings, and tick that you have."))
    new = [r for r in rows if r.new]
    title = _("Outlines of %(zone)s: %(file)s") % {"zone": made.options.zone.record.title, "file": name}
    batch = Batch.objects.create(
        kind=Batch.Kind.IMPORT,
        record_kind="plot",
        actor=actor,
        title=title[:255],
        sha256=sha256,
        created=len(new),
        changed=len(rows) - len(new),
    )
    zone = made.options.zone
    drafts = [write.Draft(_fields(row, zone)) for row in new]
    plots = write.create_many(screen_of("plot"), drafts, actor=actor, reason=title[:500], batch=batch)
    records = {id(row): plot.record for row, plot in zip(new, plots, strict=True)}
    drawn = []
    for row in rows:
        assert row.checked is not None
        record = records.get(id(row)) or (row.target.record if row.target is not None else None)
        assert record is not None
        illustrative = zone.illustrative if row.target is None else row.target.illustrative
        source = made.options.source or name
        drawn.append(Drawn(record, row.checked.candidate.geometry, made.system, source, illustrative))
    set_outlines(actor=actor, drawn=drawn, reason=title[:500], batch=batch)
    return batch


def _fields(row: Row, zone: Zone) -> dict[str, Any]:
    """A new plot as the file tells of it. An area that only the drawing gives is no fact, and stays out."""
    return {
        "title": f"Lô {row.label}, {zone.record.title}",
        "zone": zone.pk,
        "code": row.label,
        "area_ha": None if row.stated_ha is None else Decimal(str(round(row.stated_ha, 4))),
        "access": zone.record.access,
        "unit": zone.record.unit_id,
        "illustrative": zone.illustrative,
    }
