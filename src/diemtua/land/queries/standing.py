"""How land stands: what is let of a zone on any day, the state of plots, and which facts are due for a check."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, Right
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.register.models import Figure, Record
from diemtua.register.queries import visible
from diemtua.rulebook.queries import NoRule, rule

from ..models import Capacity, Lease, Plot, Price, Zone
from ..rules.books import PlotState, plot_state
from ..rules.days import add_months
from ..rules.units import LAND
from . import ledger

# --- occupancy ------------------------------------------------------------------------------------


@dataclass
class Occupancy:
    """What of a zone's industrial land was let on a day (ha).

    `let_ha` was let for sure, `perhaps_ha` may have been: the day on which it began or ended is not known well enough.
    `unmeasured` are leases of which no area is known. What is only drawn for illustration is not counted in a real zone.
    """

    day: datetime.date
    industrial_ha: Decimal | None
    let_ha: Decimal = Decimal(0)
    perhaps_ha: Decimal = Decimal(0)
    leases: list[Lease] = field(default_factory=list)
    perhaps: list[Lease] = field(default_factory=list)
    unmeasured: list[Lease] = field(default_factory=list)

    @property
    def share(self) -> Decimal | None:
        """Percent of the industrial land that is let; None where its area is not known."""
        return self._of(self.let_ha)

    @property
    def perhaps_share(self) -> Decimal | None:
        return self._of(self.perhaps_ha)

    def _of(self, area: Decimal) -> Decimal | None:
        return area * 100 / self.industrial_ha if self.industrial_ha else None


def occupancy(zone: Zone, day: datetime.date | None = None, user: Any = None) -> Occupancy:
    """What was let of a zone, and of the zones in it, on a day (today). Two queries.

    Only leases that `user` may see are named and counted; None sees all, as the system does.
    """
    return occupancies(zone, [day or timezone.localdate()], user)[0]


def occupancies(zone: Zone, days: Sequence[datetime.date], user: Any = None) -> list[Occupancy]:
    """The same on each of several days, by the same two queries."""
    today = timezone.localdate()
    within = ledger.zones_within({zone.pk}, ledger.zone_parents())
    found = [Occupancy(day, zone.industrial_ha) for day in days]
    rows: Any = Lease.objects.filter(record__archived_at=None, zone__in=within)
    if not zone.illustrative:
        rows = rows.filter(zone__illustrative=False).exclude(plot__illustrative=True)
    if user is not None:
        rows = rows.visible_to(user)
    rows = rows.select_related("record", "plot__record", "tenant__record").defer("note", "record__search_text")
    for lease in rows.order_by("record__sort_key", "pk"):
        term = ledger.lease_days(lease)
        for one in found:
            let = term.on(one.day, today)
            if let == "no":
                continue
            if lease.area_ha is None:
                one.unmeasured.append(lease)
            elif let == "yes":
                one.leases.append(lease)
                one.let_ha += lease.area_ha
            else:
                one.perhaps.append(lease)
                one.perhaps_ha += lease.area_ha
    return found


def plot_states(plots: Iterable[int], day: datetime.date | None = None) -> dict[int, PlotState]:
    """free, part (some of it is left), reserved, let, or unknown (its area is not known) of each plot on a day."""
    day = day or timezone.localdate()
    wanted = list(plots)
    books = ledger.read(wanted, utilities=(LAND,), since=day)
    return {pk: plot_state(books.standing(pk, LAND, day)) for pk in wanted}


# --- facts due for a check ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FactDue:
    """A fact that somebody should check again: of which record, what, how old, and since when it is due.

    `as_of` None: nobody wrote down when it was known, so it is due now. Ages are days.
    """

    record: Record
    what: str
    said: str
    as_of: PartialDate | None
    age: int | None
    due: datetime.date


def check_months(measure: str, day: datetime.date) -> int | None:
    """After how many months a fact of this kind is checked again, by the rulebook; None where it has no such rule."""
    try:
        value = rule(f"land.check_{measure}", on=day).value
    except NoRule:
        return None
    return int(value) if value is not None else None


def facts_due(user: Any, day: datetime.date | None = None) -> list[FactDue]:
    """The facts of zones and plots that are due for a check on a day (today), longest due first. Five queries.

    Utilities, prices, the published share let, and plots that were to be ready by now and are not handed over. Only of
    live records that `user` may see; nothing that is only illustrative.
    """
    day = day or timezone.localdate()
    of_records = visible(user, "record__") & Q(record__archived_at=None)
    real = ~Q(record__zone__illustrative=True) & ~Q(record__plot__illustrative=True)
    found: list[FactDue] = []

    if (months := check_months("utilities", day)) is not None:
        capacities = Capacity.objects.filter(of_records, real).exclude(until__lt=day).select_related("record")
        for c in capacities:
            found += _due(c.record, str(c.get_utility_display()), c.as_of, months, day)
    if (months := check_months("prices", day)) is not None:
        newest: dict[tuple[int, str], Price] = {}
        for p in (
            Price.objects.filter(of_records, real).select_related("record").order_by(F("as_of").asc(nulls_first=True))
        ):
            newest[p.record_id, p.what] = p
        for p in newest.values():
            found += _due(p.record, str(p.get_what_display()), p.as_of, months, day)
    if (months := check_months("occupancy", day)) is not None:
        shares: dict[int, Figure] = {}
        rows = Figure.objects.filter(of_records, measure="let_share", withdrawn_at=None, record__kind="zone")
        for f in (
            rows.filter(record__zone__illustrative=False)
            .select_related("record")
            .order_by(F("as_of").asc(nulls_first=True))
        ):
            shares[f.record_id] = f
        for f in shares.values():
            found += _due(f.record, _("Share let"), f.as_of, months, day)
    late = Plot.objects.real().visible_to(user).live().filter(ready_from__lte=day, handed_over_on=None)
    for plot in late.select_related("record"):
        assert plot.ready_from is not None
        found.append(
            FactDue(
                plot.record, _("ready from"), PartialDate.day(plot.ready_from).display(), None, None, plot.ready_from
            )
        )
    return sorted(found, key=lambda d: (d.due, d.record.sort_key, d.what))


MEASURES = ("utilities", "prices", "occupancy")


def check_limits(day: datetime.date) -> dict[str, str]:
    """{measure: ISO of the latest day whose facts are due for a check on `day`}, of the measures that have a rule."""
    found: dict[str, str] = {}
    for measure in MEASURES:
        if (months := check_months(measure, day)) is not None:
            last = add_months(day, -months)
            while add_months(last + datetime.timedelta(days=1), months) <= day:  # 28 February is also of the 31st
                last += datetime.timedelta(days=1)
            found[measure] = last.isoformat()
    return found


def due_parts(user: Any, day: datetime.date, limits: Mapping[str, str]) -> dict[str, QuerySet]:
    """The same facts as `facts_due`, unread, oldest first, one queryset a source: Capacity, Price, Figure, Plot.

    Each row has `known`: the ISO day at whose end it was last known ("" where nobody wrote it down; of a plot the day
    from which it was to be ready) and `fact`, for `fact_name`.
    """
    of_records = visible(user, "record__") & Q(record__archived_at=None)
    real = ~Q(record__zone__illustrative=True) & ~Q(record__plot__illustrative=True)
    known = Coalesce(Right("as_of", 10, output_field=CharField()), Value(""))

    def old(rows: Any, measure: str) -> Any:
        return rows.annotate(known=known).filter(known__lte=limits[measure]).order_by("known", "pk")

    def superseded(model: Any, **same: Any) -> Any:
        return Exists(model.objects.filter(record=OuterRef("record"), as_of__gt=OuterRef("as_of"), **same)) | (
            Q(as_of=None) & Exists(model.objects.filter(record=OuterRef("record"), as_of__isnull=False, **same))
        )

    parts: dict[str, Any] = {}
    if "utilities" in limits:
        rows: Any = Capacity.objects.filter(of_records, real).exclude(until__lt=day)
        parts["utilities"] = old(rows, "utilities").annotate(fact=F("utility"))
    if "prices" in limits:
        rows = Price.objects.filter(of_records, real).exclude(superseded(Price, what=OuterRef("what")))
        parts["prices"] = old(rows, "prices").annotate(fact=Concat(Value("price "), F("what")))
    if "occupancy" in limits:
        shares = {"measure": "let_share", "withdrawn_at": None}
        rows = Figure.objects.filter(of_records, record__kind="zone", record__zone__illustrative=False, **shares)
        parts["occupancy"] = old(rows.exclude(superseded(Figure, **shares)), "occupancy").annotate(
            fact=Value("let_share", output_field=CharField())
        )
    late: Any = Plot.objects.real().visible_to(user).live().filter(ready_from__lte=day, handed_over_on=None)
    parts["ready"] = late.annotate(
        known=Cast("ready_from", CharField()), fact=Value("ready", output_field=CharField())
    ).order_by("ready_from", "pk")
    return parts


def fact_name(fact: str) -> str:
    """What a fact that is due (`due_parts`) is called."""
    if fact in ("let_share", "ready"):
        return _("Share let") if fact == "let_share" else _("ready from")
    field = Price._meta.get_field("what") if fact.startswith("price ") else Capacity._meta.get_field("utility")
    code = fact.removeprefix("price ")
    return str(dict(field.flatchoices).get(code, code))


def _due(record: Record, what: str, as_of: PartialDate | None, months: int, day: datetime.date) -> list[FactDue]:
    if as_of is None:
        return [FactDue(record, what, "", None, None, day)]
    due = add_months(as_of.last, months)
    if due > day:
        return []
    return [FactDue(record, what, as_of.display(), as_of, (day - as_of.last).days, due)]
