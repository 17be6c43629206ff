"""What the pages of zones and plots show: the books as rows with bars, reservations, prices, plots, leases."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from diemtua.register import access
from diemtua.register.models import Figure, Record, User
from diemtua.register.queries import visible

from ..models import Capacity, Lease, Plot, Price, Reservation, Zone
from ..rules.books import PlotState
from ..rules.days import add_months
from ..rules.units import LAND, UTILITIES
from . import ledger, standing
from .ledger import Available

SHOWN_PLOTS = 24
SHOWN_LEASES = 50
# Ends of years before the day that is shown.
SHOWN_YEARS = 8
STATE_ORDER: tuple[PlotState, ...] = ("free", "part", "reserved", "let", "unknown")
# Beyond so many plots of one zone their states are not counted on its page.
MANY_PLOTS = 2_000
# So many reservations that are over are kept in sight.
SHOWN_OLD = 20
# What every park is asked for: where no price is entered, the page says that none is published.
ASKED_PRICES = (Price.What.LAND_RENT, Price.What.INFRASTRUCTURE_FEE, Price.What.POWER, Price.What.WATER)


@dataclass(frozen=True)
class Bar:
    """Shares of a whole in percent, as the widths of a drawing 100 wide; what is over the whole is cut off."""

    allocated: float
    reserved: float
    perhaps: float = 0.0

    @property
    def reserved_at(self) -> float:
        return self.allocated

    @property
    def perhaps_at(self) -> float:
        return self.allocated + self.reserved


def bar(
    whole: Decimal | None, allocated: Decimal | None, reserved: Decimal, perhaps: Decimal = Decimal(0)
) -> Bar | None:
    """None where the whole is not known or nothing."""
    if not whole:
        return None
    left, parts = 100.0, []
    for amount in (allocated or Decimal(0), reserved, perhaps):
        part = min(left, max(0.0, float(amount * 100 / whole)))
        left -= part
        parts.append(round(part, 2))
    return Bar(*parts)


@dataclass(frozen=True)
class LedgerRow:
    """One utility (or the land) of a record, ready to be shown."""

    label: str
    found: Available | None
    bar: Bar | None
    # Of whose books these are, and who leaves less: only what the reader may see.
    holder: Record | None = None
    limit: Record | None = None
    limited: bool = False
    stale: bool = False
    sources: tuple[Record, ...] = ()


@dataclass(frozen=True)
class ReservationRow:
    reservation: Reservation
    # None where the reader may not see it: then why it is reserved is not shown either.
    for_record: Record | None
    counts: bool


@dataclass(frozen=True)
class PriceRow:
    label: str
    price: Price | None
    source: Record | None = None
    # The zone whose price this is, where a plot has none of its own.
    of_zone: bool = False


def ledger_rows(record: Record, user: User, day: datetime.date) -> list[LedgerRow]:
    """Utilities in their fixed order and, first, the land of a plot; those nobody keeps books of are left out."""
    found = ledger.availability([record.pk], day)[record.pk]
    others = {a.holder for a in found.values()} | {a.limited_by for a in found.values() if a.limited_by}
    names = {r.pk: r for r in Record.objects.visible_to(user).filter(pk__in=others - {record.pk})}
    months = standing.check_months("utilities", day)
    sources: dict[str, dict[int, Record]] = {}
    rows = Capacity.objects.filter(record__in={a.holder for a in found.values()}, source__isnull=False)
    for c in rows.filter(visible(user, "source__record__")).select_related("source__record"):
        assert c.source is not None
        sources.setdefault(f"{c.record_id} {c.utility}", {})[c.source_id or 0] = c.source.record
    shown = []
    for utility in (LAND, *UTILITIES):
        a = found.get(utility)
        if a is None:
            continue
        due = add_months(a.as_of.last, months) if a.as_of and months is not None else None
        shown.append(
            LedgerRow(
                label=str(Reservation.What(utility).label),
                found=a,
                bar=bar(a.installed, a.allocated, a.reserved),
                holder=names.get(a.holder),
                limit=names.get(a.limited_by) if a.limited_by else None,
                limited=a.limited_by is not None,
                stale=utility != LAND and months is not None and (due is None or due <= day),
                sources=tuple(sources.get(f"{a.holder} {utility}", {}).values()),
            )
        )
    return shown


def reservations(record: Record, user: User, day: datetime.date) -> tuple[list[ReservationRow], list[ReservationRow]]:
    """(those that count now or will, those that are over) of a record and, of a zone, of whatever lies in it."""
    rows = Reservation.objects.filter(record=record.pk)
    if record.kind == "zone":
        within = ledger.zones_within({record.pk}, ledger.zone_parents())
        rows = Reservation.objects.filter(Q(record__in=within) | Q(record__plot__zone__in=within))
    rows = rows.select_related("record", "for_record", "created_by", "released_by").order_by("ends", "pk")
    standing_now = Q(released_on=None, ends__gte=day)
    over = rows.exclude(standing_now).order_by("-ends", "-pk")[:SHOWN_OLD]

    def shown(found: Iterable[Reservation], counts: bool) -> list[ReservationRow]:
        return [
            ReservationRow(r, r.for_record if access.may_see(user, r.for_record) else None, counts)
            for r in found
            if access.may_see(user, r.record)
        ]

    return shown(rows.filter(standing_now), True), shown(over, False)


def prices(record: Record, user: User, zone: int | None = None) -> list[PriceRow]:
    """The newest price of each thing, then the things for which nothing is published. A plot without a price of its own
    has that of its zone."""
    newest: dict[str, Price] = {}
    wanted = [pk for pk in (zone, record.pk) if pk is not None]
    found = (
        Price.objects.filter(record__in=wanted)
        .select_related("source__record")
        .order_by(F("as_of").asc(nulls_first=True), "pk")
    )
    rows = list(found)
    for pk in wanted:  # the zone's first, so that the plot's own take their place
        newest |= {p.what: p for p in rows if p.record_id == pk}
    shown = []
    for what in Price.What:
        price = newest.get(what)
        if price is None and what not in ASKED_PRICES:
            continue
        source = price.source.record if price is not None and price.source is not None else None
        if source is not None and not access.may_see(user, source):
            source = None
        shown.append(PriceRow(str(what.label), price, source, price is not None and price.record_id != record.pk))
    return shown


def zone_facts(zone: Zone, user: User, day: datetime.date) -> dict[str, Any]:
    """What the lower part of a zone's page shows on a day."""
    days = [datetime.date(year, 12, 31) for year in range(day.year - SHOWN_YEARS, day.year)]
    *before, occupied = standing.occupancies(zone, [*days, day], user)
    seen = Plot.objects.visible_to(user).live().filter(zone=zone).order_by("record__sort_key", "pk")
    plots = list(seen.defer("note").select_related("record")[:MANY_PLOTS])
    states = standing.plot_states([p.pk for p in plots], day) if plots else {}
    shares = Figure.objects.filter(record=zone.pk, measure="let_share", withdrawn_at=None)
    now, over = reservations(zone.record, user, timezone.localdate())
    return {
        "occupancy": occupied,
        "course": course([*before, occupied]),
        "course_unsure": any(o.perhaps_ha for o in before),
        "occupancy_bar": bar(occupied.industrial_ha, occupied.let_ha, Decimal(0), occupied.perhaps_ha),
        "published": shares.order_by(F("as_of").desc(nulls_last=True), "-pk").first(),
        "ledger": ledger_rows(zone.record, user, day),
        "reservations": now,
        "over": over,
        "prices": prices(zone.record, user),
        "plots": [(p, states[p.pk]) for p in plots[:SHOWN_PLOTS]],
        "more_plots": len(plots) - SHOWN_PLOTS,
        "plot_counts": plot_counts(plots, states),
        "all_illustrative": bool(plots) and all(p.illustrative for p in plots),
        "leases": occupied.leases + occupied.perhaps + occupied.unmeasured,
    }


@dataclass(frozen=True)
class Stand:
    """What was let on a day, as a column of the chart: its heights in percent of the tallest there can be."""

    day: datetime.date
    let_ha: Decimal
    perhaps_ha: Decimal
    share: Decimal | None
    height: float
    perhaps_height: float
    perhaps_share: Decimal | None = None

    @property
    def most_ha(self) -> Decimal:
        """What may have been let at most."""
        return self.let_ha + self.perhaps_ha

    @property
    def most_share(self) -> Decimal | None:
        return None if self.share is None else self.share + (self.perhaps_share or 0)


def course(found: Sequence[standing.Occupancy]) -> list[Stand]:
    """The columns of occupancy through time; none where nothing was let on any of the days.

    Where the industrial land is known its whole is the full height, else the most that was ever let.
    """
    most = max((o.let_ha + o.perhaps_ha for o in found), default=Decimal(0))
    if not most:
        return []
    whole = max(most, found[-1].industrial_ha or most)
    return [
        Stand(
            o.day,
            o.let_ha,
            o.perhaps_ha,
            o.share,
            round(float(o.let_ha * 100 / whole), 2),
            round(float(o.perhaps_ha * 100 / whole), 2),
            o.perhaps_share,
        )
        for o in found
    ]


def plot_counts(plots: Iterable[Plot], states: Mapping[int, PlotState]) -> list[tuple[str, int, Decimal]]:
    """(state, how many, hectares) of the plots of a zone, free ones first; states without plots are left out."""
    found: dict[str, list[Decimal]] = {state: [] for state in STATE_ORDER}
    for plot in plots:
        found[states[plot.pk]].append(plot.area_ha or Decimal(0))
    return [(state, len(areas), sum(areas, Decimal(0))) for state, areas in found.items() if areas]


def plot_facts(plot: Plot, user: User, day: datetime.date) -> dict[str, Any]:
    """What the lower part of a plot's page shows on a day."""
    leases = Lease.objects.visible_to(user).live().filter(plot=plot).select_related("record", "tenant__record")
    now, over = reservations(plot.record, user, timezone.localdate())
    return {
        "state": standing.plot_states([plot.pk], day)[plot.pk],
        "ledger": ledger_rows(plot.record, user, day),
        "reservations": now,
        "over": over,
        "prices": prices(plot.record, user, plot.zone_id),
        "leases": list(leases.defer("note").order_by("state", "ends", "pk")[:SHOWN_LEASES]),
    }
