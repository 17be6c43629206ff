"""Measured distances by road, as rows of the zone or plot they begin at."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from diemtua.kit.text import nfc
from diemtua.register import access
from diemtua.register.models import Record, User
from diemtua.register.write import ChildEdits, lock

from ..models import Destination, Plot, RoadDistance, Zone
from .zones import update_plot, update_zone


@transaction.atomic
def measure_road(
    *,
    actor: User | None,
    record: Record,
    destination: Destination,
    km: Decimal,
    measured_on: datetime.date | None = None,
    measured_by: str = "",
) -> None:
    """Write down the distance by road (km) from a zone or plot; it takes the place of an older one.

    Raises ValidationError by field, PermissionDenied, Record.DoesNotExist.
    """
    if record.kind not in ("zone", "plot") or (actor is not None and not access.may_see(actor, record)):
        raise Record.DoesNotExist
    lock(record.pk)
    values = {"km": km, "measured_on": measured_on, "measured_by": nfc(measured_by).strip()}
    old = RoadDistance.objects.filter(record=record, destination=destination).order_by("-measured_on", "-pk").first()
    edits = ChildEdits(update={old.pk: values}) if old else ChildEdits(create=[{"destination": destination, **values}])
    try:
        if record.kind == "zone":
            update_zone(Zone.objects.get(pk=record.pk), actor=actor, children={"roads": edits})
        else:
            update_plot(Plot.objects.get(pk=record.pk), actor=actor, children={"roads": edits})
    except ValidationError as error:
        raise _beside_the_boxes(error) from error


def _beside_the_boxes(error: ValidationError) -> ValidationError:
    """The sentences of a row ("roads") as one sentence, beside the kilometres."""
    return ValidationError({"km": error.messages or [_("This distance cannot be saved.")]})
