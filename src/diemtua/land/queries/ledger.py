"""The books of utilities and land: what is there, what is taken, on any day. Reads only; `actions` writes.

A reservation at a plot is taken from the plot and from every zone around it: two plots can be promised no more than
their park has. Where a plot has no capacities of its own, the nearest zone that has some stands for it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from diemtua.kit.dates import PartialDate

from ..models import Capacity, Lease, Plot, Reservation, Zone
from ..rules.books import Claim, Shortage, Standing, Supply, shortage, standing_on
from ..rules.days import LAST, LeaseDays, Span, span
from ..rules.units import LAND, UNITS, UTILITIES

# Above so many holders the books are read whole: a list of numbers that long costs more than the rows.
MANY = 5_000
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Available:
    """A utility, or land, of a zone or plot on a day, in `unit`.

    None is "not known". `available` is what may still be reserved there: the least of what the holder and the zones
    around it have left. `holder` is the record whose books these are (a plot without its own: the nearest zone).
    `as_of` is the oldest day on which one of the figures was known.
    """

    utility: str
    installed: Decimal | None
    allocated: Decimal | None
    reserved: Decimal
    available: Decimal | None
    holder: int
    as_of: PartialDate | None = None
    water_class: str = ""
    # The zone whose own books leave less than the holder's; None where the holder itself is the limit.
    limited_by: int | None = None

    @property
    def unit(self) -> str:
        return str(UNITS[self.utility])


@dataclass
class Books:
    """The supplies and claims of some holders and of the zones around them."""

    # record → itself, then the zones around it, from the inside out.
    chains: dict[int, tuple[int, ...]] = field(default_factory=dict)
    supplies: dict[Key, list[Supply]] = field(default_factory=lambda: defaultdict(list))
    claims: dict[Key, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    # What is let of a plot, as claims of their own: leases are allocated, not reserved.
    lets: dict[int, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    known: dict[Key, list[Capacity]] = field(default_factory=lambda: defaultdict(list))
    # zone → the zone it lies in, of all zones.
    parents: dict[int, int | None] = field(default_factory=dict)

    def holders(self, record: int, utility: str) -> list[int]:
        """The records of the chain that have books of this utility, from the inside out."""
        if utility == LAND:
            return [record] if (record, LAND) in self.supplies else []
        return [pk for pk in self.chains.get(record, (record,)) if (pk, utility) in self.supplies]

    def standing(self, holder: int, utility: str, day: datetime.date) -> Standing:
        found = standing_on(self.supplies[holder, utility], self.claims[holder, utility], day)
        if utility != LAND:
            return found
        let = sum((c.amount for c in self.lets[holder] if c.days.holds(day)), Decimal(0))
        return Standing(found.installed, let, found.reserved)

    def shortage(self, record: int, utility: str, days: Span, more: Claim | None = None) -> tuple[int, Shortage] | None:
        """The first holder in whose books there is too little within the days, with `more` added to the claims.

        The innermost books must be known; zones further out whose figures nobody knows set no limit.
        """
        for n, holder in enumerate(self.holders(record, utility)):
            claims = [*self.claims[holder, utility], *self.lets[holder], *([more] if more else [])]
            if utility != LAND:
                claims = [*self.claims[holder, utility], *([more] if more else [])]
            found = shortage(self.supplies[holder, utility], claims, days)
            if found is not None and (n == 0 or found.standing.available is not None):
                return holder, found
        return None

    def available(self, record: int, utility: str, day: datetime.date) -> Available | None:
        """How the books stand on a day; None where nobody keeps any."""
        holders = self.holders(record, utility)
        if not holders:
            return None
        inner = holders[0]
        standing = self.standing(inner, utility, day)
        left, limit = standing.available, None
        if left is not None:
            for holder in holders[1:]:
                other = self.standing(holder, utility, day).available
                if other is not None and other < left:
                    left, limit = other, holder
        rows = [c for c in self.known[inner, utility] if span(c.since, c.until).holds(day)]
        days = [c.as_of for c in rows if c.as_of is not None]
        classes = sorted({c.water_class for c in rows if c.water_class})
        return Available(
            utility=utility,
            installed=standing.installed,
            allocated=standing.allocated,
            reserved=standing.reserved,
            available=left,
            holder=inner,
            as_of=min(days, key=lambda d: d.last) if days else None,
            # The laxer column is what may be counted on.
            water_class=classes[-1] if classes else "",
            limited_by=limit,
        )


def zone_parents() -> dict[int, int | None]:
    """Every zone with the zone it lies in."""
    return dict(Zone.objects.values_list("pk", "parent_id"))


def chains(records: Iterable[int], parents: Mapping[int, int | None] | None = None) -> dict[int, tuple[int, ...]]:
    """Each zone or plot with the zones around it, from the inside out. Two queries."""
    wanted = set(records)
    parents = zone_parents() if parents is None else parents
    plots = wanted - set(parents)
    rows = Plot.objects.values_list("pk", "zone_id")
    inside = dict(rows if len(plots) > MANY else rows.filter(pk__in=plots))
    found: dict[int, tuple[int, ...]] = {}
    for pk in wanted:
        chain, at = [pk], inside.get(pk, parents.get(pk))
        while at is not None and at not in chain:
            chain.append(at)
            at = parents.get(at)
        found[pk] = tuple(chain)
    return found


def read(
    records: Iterable[int],
    *,
    utilities: Collection[str] = (*UTILITIES, LAND),
    since: datetime.date | None = None,
) -> Books:
    """The books of these zones and plots and of the zones around them, in at most six queries.

    `since` leaves out reservations that had lapsed before that day.
    """
    parents = zone_parents()
    books = Books(chains=chains(records, parents), parents=parents)
    holders = {pk for chain in books.chains.values() for pk in chain}
    many = len(holders) > MANY
    asked = set(utilities) - {LAND}
    if asked:
        capacities = Capacity.objects.filter(utility__in=asked)
        for c in capacities if many else capacities.filter(record__in=holders):
            key = (c.record_id, c.utility)
            books.supplies[key].append(Supply(span(c.since, c.until), c.installed, c.allocated))
            books.known[key].append(c)
    rows = Reservation.objects.filter(utility__in=utilities)
    if since is not None:
        rows = rows.filter(ends__gte=since)
    if not many:
        within = zones_within(holders & set(parents), parents)
        rows = rows.filter(Q(record__in=holders | within) | Q(record__plot__zone__in=within))
    _reservations(books, rows)
    if LAND in utilities:
        _land(books, many)
    return books


def _reservations(books: Books, rows: QuerySet[Reservation]) -> None:
    """A reservation is a claim at its record and, but for land, at every zone around it."""
    for record, zone, utility, amount, starts, ends, released in rows.values_list(
        "record_id", "record__plot__zone_id", "utility", "amount", "starts", "ends", "released_on"
    ):
        days = reserved_days(starts, ends, released)
        if days is None:
            continue
        claim = Claim(days, amount or Decimal(0))
        books.claims[record, utility].append(claim)
        at: int | None = zone if zone is not None else books.parents.get(record)
        seen = {record}
        while at is not None and at not in seen and utility != LAND:
            books.claims[at, utility].append(claim)
            seen.add(at)
            at = books.parents.get(at)


def _land(books: Books, many: bool) -> None:
    """The area of the plots, and what is let of it. A lease whose area nobody knows takes the whole plot."""
    wanted = set(books.chains)
    plots = Plot.objects.values_list("pk", "area_ha")
    areas = dict(plots if many else plots.filter(pk__in=wanted))
    for pk, area in areas.items():
        books.supplies[pk, LAND].append(Supply(span(None, None), area, Decimal(0)))
    leases = Lease.objects.filter(record__archived_at=None, plot__isnull=False).defer("note")
    today = timezone.localdate()
    for lease in leases if many else leases.filter(plot__in=wanted):
        assert lease.plot_id is not None
        area = areas.get(lease.plot_id) if lease.area_ha is None else lease.area_ha
        if area is not None and (taken := lease_days(lease).taken(today)) is not None:
            books.lets[lease.plot_id].append(Claim(taken, area))


def zones_within(zones: Collection[int], parents: Mapping[int, int | None]) -> set[int]:
    """The zones themselves and all that lie in them, however deep."""
    children: dict[int, list[int]] = defaultdict(list)
    for pk, parent in parents.items():
        if parent is not None:
            children[parent].append(pk)
    found: set[int] = set()
    waiting = list(zones)
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting += children[pk]
    return found


def reserved_days(starts: datetime.date, ends: datetime.date, released: datetime.date | None) -> Span | None:
    """The days on which a reservation counts; None where it was released before it began."""
    last = ends if released is None else min(ends, released - datetime.timedelta(days=1))
    return Span(starts, last) if last >= starts else None


def lease_days(lease: Lease) -> LeaseDays:
    return LeaseDays(
        active=lease.state == Lease.State.ACTIVE,
        starts=lease.starts or lease.signed,
        ends=lease.ends,
        closed_on=lease.closed_on,
        known_since=timezone.localdate(lease.record.created_at) if "record" in lease._state.fields_cache else LAST,
    )


def availability(records: Iterable[int], at: datetime.date | None = None) -> dict[int, dict[str, Available]]:
    """{record: {utility or "land": Available}} of zones and plots on a day (today), in at most six queries.

    A utility of which nobody keeps books is left out. The caller passes what its reader may see.
    """
    day = at or timezone.localdate()
    wanted = list(dict.fromkeys(records))
    books = read(wanted, since=day)
    kept = {utility for _holder, utility in books.supplies}
    asked = [u for u in (*UTILITIES, LAND) if u in kept]
    # Plots without books of their own share those of their zone: what stands there is worked out once.
    stands: dict[Key, Available | None] = {}
    answer: dict[int, dict[str, Available]] = {}
    for pk in wanted:
        answer[pk] = mine = {}
        for utility in asked:
            if not (holders := books.holders(pk, utility)):
                continue
            key = (holders[0], utility)
            if key not in stands:
                stands[key] = books.available(pk, utility, day)
            if (found := stands[key]) is not None:
                mine[utility] = found
    return answer
