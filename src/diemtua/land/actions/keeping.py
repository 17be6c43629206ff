"""What must hold whatever writes: one code a plot, no more let or reserved than there is.

Called by the screens within the transaction of every write (form, import, undo, merge), after it and before it is
committed. Raises ValidationError, and nothing of the write is kept. Locks go from the inside out (plot, its zone,
the zone around that), the same way that reservations take them, so that two writers never wait for each other.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number
from diemtua.register.models import Record, Recorded
from diemtua.register.write import lock

from ..models import Lease, Plot, Reservation
from ..queries import ledger
from ..rules.books import Shortage, Standing
from ..rules.days import LAST, Span
from ..rules.units import LAND, UNITS


def leaving(diff: Mapping[str, Any] | None) -> bool:
    """Whether the records were archived: what leaves the registers takes nothing from anybody."""
    return diff is not None and diff.get("archived") == [False, True]


def merged_into(instances: Iterable[Recorded]) -> set[int]:
    """The records that take over the leases and reservations of these."""
    return {i.record.merged_into_id for i in instances if i.record.merged_into_id is not None}


def touches(diff: Mapping[str, Any] | None, *names: str) -> bool:
    """Whether a write is of new or returning records, or changed one of these fields."""
    return diff is None or "archived" in diff or any(n in diff for n in names)


def lock_all(records: Iterable[int]) -> None:
    """Hold these records until the transaction ends; for records of one floor (all plots, or all zones)."""
    list(Record.objects.select_for_update(of=("self",)).filter(pk__in=set(records)).order_by("pk"))


def lock_chain(record: int) -> tuple[int, ...]:
    """Hold a zone or plot and the zones around it, from the inside out; returns them.

    Read again after locking: while one waited, a zone may have come to lie elsewhere.
    """
    chain = ledger.chains([record])[record]
    while True:
        for pk in chain:
            lock(pk)
        now = ledger.chains([record])[record]
        if now == chain:
            return chain
        chain = now


def plot_codes(plots: Sequence[Plot]) -> None:
    """No two plots in use of one zone have the same code."""
    zones = {p.zone_id for p in plots}
    lock_all(zones)
    codes = {p.code for p in plots}
    rows = Plot.objects.filter(record__archived_at=None, zone__in=zones)
    if len(codes) <= ledger.MANY:
        rows = rows.filter(code__in=codes)
    seen: dict[tuple[int, str], int] = defaultdict(int)
    for key in rows.values_list("zone_id", "code"):
        seen[key] += 1
    twice = sorted({p.code for p in plots if seen[p.zone_id, p.code] > 1})
    if twice:
        raise ValidationError(
            {
                "code": _("The zone already has a plot %(code)s. Give this one another number, or change that one.")
                % {"code": ", ".join(twice[:5])}
            }
        )


def land_of_plots(plots: Iterable[int], field: str = "area_ha") -> None:
    """Nobody is let, or promised, land that another has. `field` is where the sentence is shown."""
    pks = set(plots)
    if not pks:
        return
    lock_all(pks)
    today = timezone.localdate()
    books = ledger.read(pks, utilities=(LAND,), since=today)
    for pk in sorted(pks):
        days = Span(today, LAST)
        taken = [*books.lets[pk], *books.claims[pk, LAND]]
        supply = books.supplies[pk, LAND][0]
        if not taken or supply.installed is None:
            # Where the size of the plot is not known nothing can be said against a lease.
            continue
        if (found := books.shortage(pk, LAND, days)) is not None:
            raise ValidationError({field: _too_much_land(pk, found[1].day, books.standing(pk, LAND, found[1].day))})


def _too_much_land(plot: int, day: datetime.date, standing: Standing) -> str:
    code = Plot.objects.values_list("code", flat=True).get(pk=plot)
    return _(
        "Plot %(code)s has %(area)s ha. On %(day)s %(let)s ha would be let and %(reserved)s ha reserved. Make the "
        "area smaller, or end the other lease or release the reservation first."
    ) % {
        "code": code,
        "area": format_number(standing.installed),
        "day": PartialDate.day(day).display(),
        "let": format_number(standing.allocated),
        "reserved": format_number(standing.reserved),
    }


def utilities_of(records: Collection[int]) -> None:
    """What is reserved already is still there after the capacities, or the zone around a plot, have changed."""
    if not records:
        return
    today = timezone.localdate()
    for pk in sorted(records):
        lock_chain(pk)
    books = ledger.read(records, since=today)
    # Whatever is reserved there or further in is looked at from where it is reserved.
    within = ledger.zones_within(set(records) & set(books.parents), books.parents)
    rows = Reservation.objects.filter(ends__gte=today, released_on=None).exclude(utility=LAND)
    held = {
        (record, utility)
        for record, zone, utility in rows.values_list("record_id", "record__plot__zone_id", "utility")
        if record in records or record in within or zone in within
    }
    if not held:
        return
    books = ledger.read({record for record, _utility in held}, since=today)
    for record, utility in sorted(held):
        if not books.holders(record, utility):
            raise ValidationError({"capacities": _still_reserved(utility)})
        if (found := books.shortage(record, utility, Span(today, LAST))) is not None:
            raise ValidationError({"capacities": _still_reserved(utility, found[1])})


def _still_reserved(utility: str, found: Shortage | None = None) -> str:
    if found is None or found.standing.available is None:
        return _(
            "Some of %(what)s is reserved, so what is installed and allocated must be known. Release the "
            "reservations first, or enter the figures."
        ) % {"what": Reservation.What(utility).label}
    return _(
        "%(what)s: %(reserved)s %(unit)s are reserved on %(day)s, and only %(there)s would be there. Release or "
        "change the reservations first."
    ) % {
        "what": Reservation.What(utility).label,
        "reserved": format_number(found.standing.reserved),
        "unit": UNITS[utility],
        "day": PartialDate.day(found.day).display(),
        "there": format_number((found.standing.installed or 0) - (found.standing.allocated or 0)),
    }


def leases_fit(leases: Sequence[Lease]) -> None:
    """The plots that these leases name have room for them."""
    land_of_plots({x.plot_id for x in leases if x.plot_id is not None})


def plot_keeps_leases(plots: Sequence[Plot]) -> None:
    """A plot whose term was shortened, or that moved to another zone, still carries what is let on it."""
    rows = Lease.objects.filter(plot__in=[p.pk for p in plots], record__archived_at=None, state=Lease.State.ACTIVE)
    by_plot = {p.pk: p for p in plots}
    for lease in rows.defer("note"):
        assert lease.plot_id is not None
        plot = by_plot[lease.plot_id]
        if lease.zone_id != plot.zone_id:
            raise ValidationError(
                {"zone": _("Land of this plot is let in the zone where it lies now. Change its leases first.")}
            )
        if lease.ends and plot.tenure_until and lease.ends.last > plot.tenure_until:
            raise ValidationError(
                {
                    "tenure_until": _("Land of this plot is let until %(day)s. Change that lease first.")
                    % {"day": lease.ends.display()}
                }
            )
