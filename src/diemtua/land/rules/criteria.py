"""What may be asked of a plot, as one table. Imports no model.

The bounds of wishes are fixed, so that a plot that comes or goes never reorders the others. They stand in the rulebook
as our own rules (`queries.house`), as do the weights a question starts with and how far figures are doubted.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from diemtua.kit.numbers import format_number

if TYPE_CHECKING:
    from ..matching.table import Merge

Better = Literal["more", "less", "near"]


@dataclass(frozen=True)
class Bounds:
    """The fixed bounds of a wish, in the unit of its criterion (of a day: days from the day of the question).

    `scale`: the change that is as hard as any other, to compare changes of what is asked; None: the amount asked for.
    """

    low: float
    high: float
    scale: float | None = None


@dataclass(frozen=True)
class Doubt:
    """How far what is not known well may lie from what is written.

    `drift`: how far a figure older than its term of checking may have moved in a year, as a share of itself, by
    measure. `detour`: a road is at most so many times as long as the straight line. `weights`: the share by which
    each weight is moved when the certainty of a ranking is told.
    """

    drift: Mapping[str, float]
    detour: float
    weights: float


@dataclass(frozen=True)
class Criterion:
    """One thing that may be asked for and weighed.

    `asks`: "least", "most", or both. `group` is the part of the form.
    """

    key: str
    label: Any
    unit: Any
    icon: str
    group: str
    better: Better
    asks: tuple[str, ...]
    merge: Merge = "min"
    kind: Literal["amount", "day"] = "amount"
    wish: Any = ""
    decimals: int = 2


CRITERIA: dict[str, Criterion] = {
    c.key: c
    for c in (
        Criterion(
            "area", gettext_lazy("Free land"), "ha", "maximize", "land", "near", ("least", "most"), "sum",
            wish=gettext_lazy("no more land than needed"),
        ),
        Criterion(
            "density", gettext_lazy("Building density"), "%", "building", "land", "more", ("least",),
            wish=gettext_lazy("much may be built over"), decimals=0,
        ),
        Criterion(
            "floors", gettext_lazy("Storeys"), gettext_lazy("storeys"), "building-skyscraper", "land", "more",
            ("least",), wish=gettext_lazy("high buildings allowed"), decimals=0,
        ),
        Criterion(
            "tenure", gettext_lazy("Years left"), gettext_lazy("years"), "hourglass", "land", "more", ("least",),
            wish=gettext_lazy("long tenure"), decimals=1,
        ),
        Criterion(
            "power", gettext_lazy("Power"), "MW", "bolt", "utilities", "more", ("least",),
            wish=gettext_lazy("power in reserve"),
        ),
        Criterion(
            "water", gettext_lazy("Clean water"), gettext_lazy("m³/day"), "droplet", "utilities", "more",
            ("least",), wish=gettext_lazy("water in reserve"), decimals=0,
        ),
        Criterion(
            "waste_water", gettext_lazy("Waste water"), gettext_lazy("m³/day"), "recycle", "utilities", "more",
            ("least",), wish=gettext_lazy("treatment in reserve"), decimals=0,
        ),
        Criterion(
            "gas", gettext_lazy("Gas"), "m³/h", "flame", "utilities", "more", ("least",),
            wish=gettext_lazy("gas in reserve"), decimals=0,
        ),
        Criterion(
            "telecom", gettext_lazy("Data lines"), "Gbps", "wifi", "utilities", "more", ("least",),
            wish=gettext_lazy("fast lines"), decimals=1,
        ),
        Criterion(
            "ready", gettext_lazy("Ready"), "", "calendar-event", "terms", "less", ("most",), "max", "day",
            wish=gettext_lazy("ready early"),
        ),
        Criterion(
            "rent_usd", gettext_lazy("Land rent, whole term"), "USD/m²", "coins", "terms", "less", ("most",),
            "mean", wish=gettext_lazy("low rent"), decimals=1,
        ),
        Criterion(
            "rent_vnd", gettext_lazy("Land rent, whole term"), "₫/m²", "coins", "terms", "less",
            ("most",), "mean", wish=gettext_lazy("low rent"), decimals=0,
        ),
        Criterion(
            "port", gettext_lazy("To a seaport"), "km", "anchor", "places", "less", ("most",), "max",
            wish=gettext_lazy("near a seaport"), decimals=0,
        ),
        Criterion(
            "airport", gettext_lazy("To an airport"), "km", "plane", "places", "less", ("most",), "max",
            wish=gettext_lazy("near an airport"), decimals=0,
        ),
        Criterion(
            "border_gate", gettext_lazy("To a border gate"), "km", "flag", "places", "less", ("most",), "max",
            wish=gettext_lazy("near a border gate"), decimals=0,
        ),
        Criterion(
            "junction", gettext_lazy("To a main road"), "km", "road", "places", "less", ("most",), "max",
            wish=gettext_lazy("near a main road"), decimals=0,
        ),
    )
}  # fmt: skip
DISTANCES = ("port", "airport", "border_gate", "junction")
UTILITIES = ("power", "water", "waste_water", "gas", "telecom")
GROUPS = (
    ("land", gettext_lazy("Land")),
    ("utilities", gettext_lazy("Utilities")),
    ("terms", gettext_lazy("Time and price")),
    ("places", gettext_lazy("Distances")),
)
# What is asked and not weighed; a class of waste water and an industry do not bend.
CHOICES = {
    "industry": gettext_lazy("Industry"),
    "water_class": gettext_lazy("Class of waste water"),
    "place": gettext_lazy("Zone or park"),
}
WATER_CLASSES = {"A": 2.0, "B": 1.0}


def label_of(key: str) -> str:
    return str(CRITERIA[key].label if key in CRITERIA else CHOICES[key])


def day_written(day: datetime.date) -> str:
    """27/02/2027; in languages that write the year first 2027-02-27."""
    return f"{day:%d/%m/%Y}" if (get_language() or "vi")[:2] in ("vi", "en") else day.isoformat()


def show(key: str, value: float | None, lang: str, *, up: bool = False) -> str:
    """A value of a criterion for people, with its unit; "" where it is not known.

    Rounded to what matters; `up` rounds away from zero (a limit that must still be met after rounding).
    """
    if value is None or value != value:
        return ""
    if key == "water_class":
        return {2.0: _("Column A"), 1.0: _("Column B")}.get(value, "")
    if key in CHOICES:
        return _("Yes") if value else _("No")
    criterion = CRITERIA[key]
    if criterion.kind == "day":
        return day_written(datetime.date.fromordinal(round(value)))
    return f"{format_number(rounded(key, value, up=up), lang)} {criterion.unit}"


def rounded(key: str, value: float, *, up: bool | None = None) -> float:
    """The value with as many decimals as matter; `up` True or False rounds up or down, None to the nearest."""
    step = 10 ** CRITERIA[key].decimals
    scaled = round(value * step, 6)
    return (round(scaled) if up is None else math.ceil(scaled) if up else math.floor(scaled)) / step


def show_amount(key: str, amount: float, lang: str, *, too_little: bool) -> str:
    """By how much a requirement is missed: "2,9 ha too little", "5 months too late"."""
    criterion = CRITERIA[key]
    if criterion.kind == "day":
        days = round(amount)
        if days < 60:
            return ngettext("%(n)s day too late", "%(n)s days too late", days) % {"n": days}
        months = -(-days // 30)
        return ngettext("%(n)s month too late", "%(n)s months too late", months) % {"n": months}
    said = f"{format_number(rounded(key, amount, up=True), lang)} {criterion.unit}"
    if key in DISTANCES:
        return _("%(amount)s too far") % {"amount": said}
    return (_("%(amount)s too little") if too_little else _("%(amount)s too much")) % {"amount": said}
