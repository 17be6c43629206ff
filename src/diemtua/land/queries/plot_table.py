"""What is known of the plots that somebody may see, as the table that the matcher reads.

Read whole, in a fixed number of queries, and kept for half a minute: a question changes while one types, the land
does not. Any change of the register (its audit has a new row) has it read anew. It is kept as it is, in the memory of
the process: to pack and unpack 10,000 plots would cost more than most questions.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone

from diemtua.kit.dates import PartialDate
from diemtua.register.models import Change
from diemtua.register.queries import visible

from ..matching import Column, PlotTable, widened
from ..matching.table import Floats
from ..models import Destination, Outline, Plot, PlotIndustry, Price, RoadDistance, Zone, ZoneCommune
from ..rules.criteria import DISTANCES, UTILITIES, WATER_CLASSES
from ..rules.industries import may_come
from ..rules.questions import Question
from ..rules.units import LAND
from . import house
from .ledger import Available, availability
from .standing import check_months

T = TypeVar("T")
KEPT_SECONDS = 30
LANDS_MOST = 12  # of so many kinds of eyes
ANSWERS_MOST = 8
MANY = 500  # from so many plots on, tables are read whole
DAYS_A_MONTH = 365 / 12
# How far a zone may lie from the middle of its commune.
ROUGH_KM = 5.0


@dataclass(frozen=True)
class PlotFacts:
    """What pages say of a plot beside its numbers."""

    pk: int
    title: str
    code: str
    zone: int
    zone_title: str
    illustrative: bool
    public: bool


@dataclass(frozen=True)
class Land:
    """The plots of which some land is free, and what is known of them on a day."""

    day: datetime.date
    table: PlotTable
    facts: dict[int, PlotFacts]
    rules: dict[int, tuple[tuple[str, ...], tuple[str, ...]]]  # plot → codes allowed, codes prohibited
    within: dict[int, tuple[int, ...]]  # zone → itself and the zones around it
    known: dict[str, dict[int, datetime.date | None]]  # "power", "rent", … → plot → the day on which it was known
    taken: int = 0  # plots left out because all of them is let or reserved
    without: tuple[str, ...] = ()  # parks of which no plot is entered
    measured: frozenset[tuple[str, int]] = field(default_factory=frozenset)  # distances by road, not straight
    answers: dict[Any, Any] = field(default_factory=dict)  # what was worked out of it, see `remembered`

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Plots that lie side by side; looked for when somebody asks for more land than one plot has."""
        return _pairs({pk: f.zone for pk, f in self.facts.items()})

    def remembered(self, key: Any, make: Callable[[], T]) -> T:
        """`make()`, or what it gave before: as the land stays the same, so does the answer to the same question."""
        found: T | None = self.answers.get(key)
        if found is None:
            found = make()
            while len(self.answers) >= ANSWERS_MOST:
                self.answers.pop(next(iter(self.answers)), None)
            self.answers[key] = found
        return found


def land_for(user: Any, day: datetime.date | None = None, *, public: bool = False) -> Land:
    """The plots that `user` may see; `public`: those that everybody may, whoever asks."""
    day = day or timezone.localdate()
    who = None if public else user
    key = f"land:{_eyes(who)}"
    stamp = (Change.objects.aggregate(last=Max("pk"))["last"], day, Destination.objects.count(), house.doubt(day))
    token = cache.get(key)
    kept = _kept.get(key)
    if kept is not None and token == kept[0] == (stamp, id(kept[1])):
        return kept[1]
    land = read(who, day)
    token = (stamp, id(land))
    _kept[key] = (token, land)
    while len(_kept) > LANDS_MOST:
        _kept.pop(next(iter(_kept)), None)
    cache.set(key, token, KEPT_SECONDS)
    return land


# Tokens in the cache say whether it still holds: they end with their time, and when caches are emptied.
_kept: dict[str, tuple[Any, Land]] = {}


def _eyes(user: Any) -> str:
    """Who sees the same: everybody, the desk, the people of one unit, administrators."""
    if user is None or not user.is_authenticated:
        return "public"
    return "all" if user.role == "administrator" else f"unit-{user.unit_id}"


def read(user: Any, day: datetime.date, only: Collection[int] | None = None) -> Land:
    """Read the land anew; `only`: these plots, where they are among those that would be looked at."""
    asked = (
        Plot.objects.visible_to(user)
        .live()
        .filter(visible(user, "zone__record__"), zone__record__archived_at=None)
        .order_by("pk")
        .values(
            "pk", "record__title", "record__access", "code", "zone_id", "zone__record__title", "zone__record__access",
            "illustrative", "zone__illustrative", "area_ha", "plot_ratio", "max_floors", "tenure_until",
            "zone__term_until", "cleared_on", "legally_clean_on", "handed_over_on", "ready_from",
        )
    )  # fmt: skip
    plots = list(asked if only is None else asked.filter(pk__in=only))
    # What is drawn to show how the software works is looked at only where nothing real is there to be looked at.
    real = [p for p in plots if not (p["illustrative"] or p["zone__illustrative"])]
    if real or (only and asked.filter(illustrative=False, zone__illustrative=False).exists()):
        plots = real
    free = availability([p["pk"] for p in plots], day)
    let = {
        pk
        for pk, found in free.items()
        if (left := found.get(LAND)) and left.available is not None and left.available <= 0
    }
    rows = [p for p in plots if p["pk"] not in let]
    ids = [p["pk"] for p in rows]
    within = _within()
    known: dict[str, dict[int, datetime.date | None]] = {}
    columns = _own(rows, day, free)
    columns |= _utilities(ids, free, day, known)
    columns |= _rents(rows, within, columns["tenure"].values, day, known)
    distances, measured = _distances(rows, house.doubt(day).detour)
    columns |= distances
    return Land(
        day=day,
        table=PlotTable(np.array(ids, dtype=np.int64), columns),
        facts={
            p["pk"]: PlotFacts(
                p["pk"],
                p["record__title"],
                p["code"],
                p["zone_id"],
                p["zone__record__title"],
                p["illustrative"] or p["zone__illustrative"],
                p["record__access"] == "public" and p["zone__record__access"] == "public",
            )
            for p in rows
        },
        rules=_industries(ids),
        within=within,
        known=known,
        taken=len(let),
        without=tuple(
            Zone.objects.visible_to(user)
            .live()
            .filter(illustrative=False, type__in=("industrial_park", "industrial_cluster"))
            .exclude(pk__in={p["zone_id"] for p in plots})
            .order_by("record__sort_key")
            .values_list("record__title", flat=True)[:20]
        ),
        measured=measured,
    )


def table_for(land: Land, question: Question) -> PlotTable:
    """The table with the columns that only this question has: its industry and its zone."""
    columns = dict(land.table.columns)
    ids = land.table.ids.tolist()
    if question.industry:
        found: dict[Any, float] = {}
        rules = [land.rules.get(pk, ((), ())) for pk in ids]
        for rule in set(rules):
            found[rule] = may_come(question.industry, *rule)
        columns["industry"] = Column(np.array([found[r] for r in rules], dtype=float))
    if question.place is not None:
        inside = [question.place in land.within.get(land.facts[pk].zone, ()) for pk in ids]
        columns["place"] = Column(np.array(inside, dtype=float))
    return PlotTable(land.table.ids, columns)


# --- columns --------------------------------------------------------------------------------------


def _floats(values: Iterable[Any]) -> Floats:
    return np.array([np.nan if v is None else float(v) for v in values], dtype=float)


def _own(rows: list[dict[str, Any]], day: datetime.date, free: Mapping[int, dict[str, Available]]) -> dict[str, Column]:
    """What stands in the plot itself."""
    tenure = []
    for p in rows:
        until = p["tenure_until"] or (p["zone__term_until"].first if p["zone__term_until"] else None)
        tenure.append(None if until is None else max((until - day).days / 365.25, 0.0))
    land = [free.get(p["pk"], {}).get(LAND) for p in rows]
    return {
        "area": Column(_floats(None if a is None else a.available for a in land), merge="sum"),
        "density": Column(_floats(p["plot_ratio"] for p in rows)),
        "floors": Column(_floats(p["max_floors"] for p in rows)),
        "tenure": Column(_floats(tenure)),
        "ready": Column(_floats(_ready(p, day) for p in rows), merge="max"),
    }


def _ready(plot: Mapping[str, Any], day: datetime.date) -> int | None:
    """The day, as an ordinal, on which a plot is or was ready; None where nobody has said, or the day has passed.

    Handed over, or cleared with its papers complete: ready. A day that was expected and is over, without either,
    says nothing any more.
    """
    handed: PartialDate | None = plot["handed_over_on"]
    cleared, clean = plot["cleared_on"], plot["legally_clean_on"]
    if handed is not None:
        return handed.last.toordinal()
    if cleared is not None and clean is not None:
        return max(cleared.last, clean.last).toordinal()
    expected: datetime.date | None = plot["ready_from"]
    return expected.toordinal() if expected is not None and expected >= day else None


def _fresh_days(measure: str, day: datetime.date) -> float:
    months = check_months(measure, day)
    return float("inf") if months is None else months * DAYS_A_MONTH


def _old(values: Floats, days: list[datetime.date | None], measure: str, day: datetime.date) -> tuple[Floats, Floats]:
    """Between what limits figures lie today that were known on some days."""
    ages = _floats(None if d is None else max((day - d).days, 0) for d in days)
    fresh = _fresh_days(measure, day)
    if not np.isfinite(fresh):
        return values, values
    return widened(values, ages, fresh_days=fresh, per_year=house.doubt(day).drift[measure])


def _utilities(
    ids: list[int],
    free: Mapping[int, dict[str, Available]],
    day: datetime.date,
    known: dict[str, dict[int, datetime.date | None]],
) -> dict[str, Column]:
    columns = {}
    for utility in UTILITIES:
        found = [free.get(pk, {}).get(utility) for pk in ids]
        values = _floats(None if a is None else a.available for a in found)
        days = [a.as_of.last if a is not None and a.as_of is not None else None for a in found]
        known[utility] = dict(zip(ids, days, strict=True))
        low, high = _old(values, days, "utilities", day)
        columns[utility] = Column(np.maximum(values, 0.0), np.maximum(low, 0.0), high)
    classes = [free.get(pk, {}).get("waste_water") for pk in ids]
    columns["water_class"] = Column(_floats(WATER_CLASSES.get(a.water_class) if a else None for a in classes))
    return columns


def _rents(
    rows: list[dict[str, Any]],
    within: Mapping[int, tuple[int, ...]],
    years: Floats,
    day: datetime.date,
    known: dict[str, dict[int, datetime.date | None]],
) -> dict[str, Column]:
    """Land rent for the whole term in either currency: that of the plot, else of the nearest zone around it.

    A rent by year or month is taken for the years that are left. Currencies are not turned into each other.
    """
    holders = {p["pk"] for p in rows} | {z for p in rows for z in within.get(p["zone_id"], ())}
    prices: dict[tuple[int, str], Price] = {}
    wanted = Price.objects.filter(
        what=Price.What.LAND_RENT, amount__isnull=False, per__in=("m2_term", "m2_year", "m2_month")
    )
    if len(holders) < 5_000:
        wanted = wanted.filter(record__in=holders)
    for price in wanted.order_by("as_of", "pk"):
        prices[price.record_id, price.currency] = price  # the newest stays
    columns = {}
    for currency in ("USD", "VND"):
        amounts: list[float | None] = []
        days: list[datetime.date | None] = []
        for p, left in zip(rows, years.tolist(), strict=True):
            chain = (p["pk"], *within.get(p["zone_id"], ()))
            found = next((prices[h, currency] for h in chain if (h, currency) in prices), None)
            amounts.append(None if found is None else _whole_term(found, left))
            days.append(found.as_of.last if found is not None and found.as_of else None)
        key = f"rent_{currency.lower()}"
        known[key] = dict(zip((p["pk"] for p in rows), days, strict=True))
        values = _floats(amounts)
        columns[key] = Column(values, *_old(values, days, "prices", day), merge="mean")
    return columns


def _whole_term(price: Price, years: float) -> float | None:
    assert price.amount is not None
    amount = float(price.amount)
    if price.per == Price.Per.M2_TERM:
        return amount
    if years != years:
        return None
    return amount * years * (12 if price.per == Price.Per.M2_MONTH else 1)


def _distances(rows: list[dict[str, Any]], detour: float) -> tuple[dict[str, Column], frozenset[tuple[str, int]]]:
    """To the nearest of each kind of destination: by road where measured, else straight, which a road is longer than."""
    from ..shapes.measuring import distances_km

    ids = [p["pk"] for p in rows]
    zones = [p["zone_id"] for p in rows]
    drawn = Outline.objects.filter(record__kind__in=("plot", "zone"))
    if len(ids) < MANY:
        drawn = drawn.filter(record__in={*ids, *zones})
    centers: dict[int, tuple[float, float]] = {
        pk: (x, y) for pk, x, y in drawn.values_list("pk", "center_x", "center_y")
    }
    # Where no outline is known, the middle of the zone's first commune stands for it, as in the table of distances.
    communes: dict[int, tuple[float, float]] = {}
    for zone, lon, lat in (
        ZoneCommune.objects.filter(unit__lat__isnull=False)
        .order_by("-pk")
        .values_list("zone_id", "unit__lon", "unit__lat")
    ):
        communes[zone] = (float(lon or 0), float(lat or 0))
    nowhere = (np.nan, np.nan)
    points = np.array(
        [centers.get(pk) or centers.get(z) or communes.get(z, nowhere) for pk, z in zip(ids, zones, strict=True)],
        dtype=float,
    ).reshape(-1, 2)
    rough = np.array([0.0 if pk in centers or z in centers else ROUGH_KM for pk, z in zip(ids, zones, strict=True)])
    there = np.flatnonzero(~np.isnan(points[:, 0]))
    kinds = {k: (np.full(len(ids), np.nan), np.full(len(ids), np.nan), np.full(len(ids), np.nan)) for k in DISTANCES}
    row_of = {pk: r for r, pk in enumerate(ids)}
    in_zone: dict[int, list[int]] = defaultdict(list)
    for r, z in enumerate(zones):
        in_zone[z].append(r)
    roads: dict[str, dict[int, float]] = defaultdict(dict)
    # Those of zones first, for a plot's own go before them.
    measured = RoadDistance.objects.filter(record__kind__in=("plot", "zone")).order_by("-record__kind")
    for pk, code, km in measured.values_list("record_id", "destination_id", "km"):
        for r in [row_of[pk]] if pk in row_of else in_zone.get(pk, []):
            roads[code][r] = float(km or 0)
    by_road: set[tuple[str, int]] = set()
    for d in Destination.objects.order_by("pk"):
        value, low, high = (np.full(len(ids), np.nan) for _ in range(3))
        if len(there):
            straight = distances_km(d.lon, d.lat, points[there])
            value[there] = straight
            reach = d.accuracy_km + rough[there]
            low[there] = np.maximum(straight - reach, 0.0)
            high[there] = (straight + reach) * detour
        own = roads.get(d.code, {})
        for r, road in own.items():
            value[r] = low[r] = high[r] = road
        best = kinds[d.kind]
        nearer = ~(best[0] <= value) & ~np.isnan(value)
        for r in np.flatnonzero(nearer).tolist():
            (by_road.add if r in own else by_road.discard)((d.kind, ids[r]))
        for column, new in zip(best, (value, low, high), strict=True):
            column[nearer] = new[nearer]
    return {k: Column(v, low, high, merge="max") for k, (v, low, high) in kinds.items()}, frozenset(by_road)


def _industries(ids: list[int]) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    found: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    wanted = PlotIndustry.objects.filter(plot__record__archived_at=None)
    if len(ids) < MANY:
        wanted = wanted.filter(plot__in=ids)
    for plot, rule, code in wanted.order_by("code").values_list("plot_id", "rule", "code"):
        found[plot][rule == PlotIndustry.Rule.PROHIBITED].append(code)
    return {pk: (tuple(a), tuple(p)) for pk, (a, p) in found.items()}


def _within() -> dict[int, tuple[int, ...]]:
    """Each zone with the zones around it, from the inside out."""
    parents = dict(Zone.objects.values_list("pk", "parent_id"))
    found = {}
    for pk in parents:
        chain = [pk]
        while (around := parents.get(chain[-1])) is not None and around not in chain:
            chain.append(around)
        found[pk] = tuple(chain)
    return found


def _pairs(zone_of: Mapping[int, int]) -> list[tuple[int, int]]:
    """Plots of one zone that lie side by side, by their outlines."""
    import shapely

    from ..shapes.measuring import neighbours

    outlines: dict[int, list[tuple[int, Any]]] = defaultdict(list)
    drawn = Outline.objects.filter(record__kind="plot", record__archived_at=None).order_by("pk")
    for pk, wkb in drawn.values_list("pk", "wkb"):
        if pk in zone_of:
            outlines[zone_of[pk]].append((pk, bytes(wkb)))
    pairs = []
    for inside in outlines.values():
        ids = [pk for pk, _wkb in inside]
        for a, b, _metres in neighbours(list(shapely.from_wkb([w for _pk, w in inside]))):
            pairs.append((ids[int(a)], ids[int(b)]))
    return pairs
