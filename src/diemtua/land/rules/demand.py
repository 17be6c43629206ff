"""What investors wanted and the province did not have: kept searches, counted by size, megawatts and day."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from diemtua.kit.numbers import format_number

from .criteria import label_of

# The classes of the charts: from so much, below the next.
AREAS = (0, 1, 2, 5, 10, 20, 50, 100)
POWERS = (0, 1, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class Bar:
    """One class of a chart: how many searches asked for it, and how many of them found nothing."""

    label: str
    asked: int
    unmet: int


@dataclass(frozen=True)
class Drawn:
    """A bar with its place in the picture (units of the SVG's view box)."""

    bar: Bar
    x: float
    width: float
    y: float
    height: float
    unmet_y: float
    unmet_height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Chart:
    """Columns of one question, drawn on the server: `bars` stand left to right below `lines` of the scale."""

    title: str
    unit: str
    bars: tuple[Drawn, ...]
    lines: tuple[tuple[float, int], ...]
    without: int  # searches that did not say

    width: int = 420
    height: int = 200

    @property
    def label_y(self) -> int:
        return self.height - 10

    @property
    def some(self) -> bool:
        return any(d.bar.asked for d in self.bars)


def chart(title: str, unit: str, bars: Sequence[Bar], without: int) -> Chart:
    """Lay the columns out: one scale for all, its lines at whole numbers."""
    width, height, left, top, bottom = 420, 200, 28, 12, 30
    most = max([1, *(b.asked for b in bars)])
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**6) if most / s <= 4)
    peak = -(-most // step) * step
    room = height - top - bottom

    def tall(n: int) -> float:
        return round(room * n / peak, 2)

    slot = (width - left) / max(len(bars), 1)
    drawn = tuple(
        Drawn(
            b,
            round(left + slot * i + slot * 0.16, 2),
            round(slot * 0.68, 2),
            height - bottom - tall(b.asked),
            tall(b.asked),
            height - bottom - tall(b.unmet),
            tall(b.unmet),
        )
        for i, b in enumerate(bars)
    )
    lines = tuple((height - bottom - tall(n), n) for n in range(0, peak + 1, step))
    return Chart(title, unit, drawn, lines, without)


def by_classes(
    searches: Iterable[Any], value: Callable[[Any], Decimal | None], starts: Sequence[int], lang: str
) -> tuple[list[Bar], int]:
    """Columns of amounts in classes, and how many searches did not name one."""
    asked: Counter[int] = Counter()
    unmet: Counter[int] = Counter()
    without = 0
    for s in searches:
        amount = value(s)
        if amount is None:
            without += 1
            continue
        at = max(i for i, start in enumerate(starts) if amount >= start)
        asked[at] += 1
        unmet[at] += s.unmet
    bars = []
    for i, start in enumerate(starts):
        first = format_number(start, lang)
        label = f"{first}–{format_number(starts[i + 1], lang)}" if i + 1 < len(starts) else f"≥ {first}"
        bars.append(Bar(label if i else f"< {format_number(starts[1], lang)}", asked[i], unmet[i]))
    return bars, without


def by_year(searches: Iterable[Any], today: datetime.date) -> tuple[list[Bar], int]:
    """Columns of the year in which the land was wanted."""
    asked: Counter[int] = Counter()
    unmet: Counter[int] = Counter()
    without = 0
    for s in searches:
        if s.ready_by is None:
            without += 1
            continue
        asked[s.ready_by.year] += 1
        unmet[s.ready_by.year] += s.unmet
    years = sorted({*asked, *range(today.year, today.year + 4)})[-8:]
    return [Bar(str(y), asked[y], unmet[y]) for y in years], without


@dataclass(frozen=True)
class Lacking:
    """A requirement that ruled out every plot of some searches, or alone the last of them."""

    label: str
    searches: int
    alone: int
    width: float
    width_alone: float


def lacking(searches: Iterable[Any]) -> list[Lacking]:
    """Which requirements stood in the way of searches that found nothing: all plots failed it, or some only it."""
    every: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for s in searches:
        if not s.unmet:
            continue
        for r in s.reasons:
            if r["fails"]:
                every[r["key"]] += 1
                alone[r["key"]] += bool(r["alone"])
    most = max([1, *every.values()])
    rows = [
        Lacking(label_of(k), n, alone[k], n * 100 / most, alone[k] * 100 / most) for k, n in every.items() if known(k)
    ]
    return sorted(rows, key=lambda r: (-r.searches, -r.alone, r.label))


def known(key: str) -> bool:
    try:
        label_of(key)
    except KeyError:
        return False
    return True


@dataclass(frozen=True)
class Wanted:
    """What the searches that found nothing asked for in all."""

    searches: int
    unmet: int
    area: Decimal
    power: Decimal


def wanted(searches: Sequence[Any]) -> Wanted:
    missed = [s for s in searches if s.unmet]
    return Wanted(
        len(searches),
        len(missed),
        sum((s.area_ha for s in missed if s.area_ha is not None), Decimal(0)),
        sum((s.power_mw for s in missed if s.power_mw is not None), Decimal(0)),
    )


def charts(searches: Sequence[Any], today: datetime.date, lang: str) -> list[Chart]:
    areas, no_area = by_classes(searches, lambda s: s.area_ha, AREAS, lang)
    powers, no_power = by_classes(searches, lambda s: s.power_mw, POWERS, lang)
    years, no_year = by_year(searches, today)
    return [
        chart(_("Land wanted"), "ha", areas, no_area),
        chart(_("Power wanted"), "MW", powers, no_power),
        chart(_("Wanted by the year"), "", years, no_year),
    ]
