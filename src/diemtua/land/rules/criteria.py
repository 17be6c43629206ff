"""What may be asked of a plot, as one table. Imports no model.

The bounds of wishes are fixed, so that a plot that comes or goes never reorders the others. They, the pace at which
old figures are taken to move, and how much longer than the straight line a road may be are house rules of this
software, not law.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diemtua.kit.numbers import format_number

if TYPE_CHECKING:
    from ..matching.table import Merge

Better = Literal["more", "less", "near"]

# How far a figure older than its term of checking may have moved in a year, as a share of itself.
DRIFT = {"utilities": 0.15, "prices": 0.10}
# A road is at most so many times as long as the straight line.
DETOUR = 1.5


@dataclass(frozen=True)
class Criterion:
    """One thing that may be asked for and weighed. `low` and `high` are the fixed bounds of the wish.

    `asks`: "least", "most", or both. `scale`: the change that is as hard as any other, to compare changes of what is
    asked. `group` is the part of the form.
    """

    key: str
    label: Any
    unit: Any
    icon: str
    group: str
    better: Better
    low: float
    high: float
    asks: tuple[str, ...]
    merge: Merge = "min"
    kind: Literal["amount", "day"] = "amount"
    wish: Any = ""
    decimals: int = 2
    scale: float | None = None


CRITERIA: dict[str, Criterion] = {
    c.key: c
    for c in (
        Criterion(
            "area", gettext_lazy("Free land"), "ha", "maximize", "land", "near", 0, 100, ("least", "most"), "sum",
            wish=gettext_lazy("no more land than needed"),
        ),
        Criterion(
            "density", gettext_lazy("Building density"), "%", "building", "land", "more", 0, 100, ("least",),
            wish=gettext_lazy("much may be built over"), decimals=0, scale=50,
        ),
        Criterion(
            "floors", gettext_lazy("Storeys"), gettext_lazy("storeys"), "building-skyscraper", "land", "more", 0, 20,
            ("least",), wish=gettext_lazy("high buildings allowed"), decimals=0, scale=5,
        ),
        Criterion(
            "tenure", gettext_lazy("Years left"), gettext_lazy("years"), "hourglass", "land", "more", 0, 70, ("least",),
            wish=gettext_lazy("long tenure"), decimals=1, scale=25,
        ),
        Criterion(
            "power", gettext_lazy("Power"), "MW", "bolt", "utilities", "more", 0, 100, ("least",),
            wish=gettext_lazy("power in reserve"),
        ),
        Criterion(
            "water", gettext_lazy("Clean water"), gettext_lazy("m³/day"), "droplet", "utilities", "more", 0, 20_000,
            ("least",), wish=gettext_lazy("water in reserve"), decimals=0,
        ),
        Criterion(
            "waste_water", gettext_lazy("Waste water"), gettext_lazy("m³/day"), "recycle", "utilities", "more", 0,
            20_000, ("least",), wish=gettext_lazy("treatment in reserve"), decimals=0,
        ),
        Criterion(
            "gas", gettext_lazy("Gas"), "m³/h", "flame", "utilities", "more", 0, 20_000, ("least",),
            wish=gettext_lazy("gas in reserve"), decimals=0,
        ),
        Criterion(
            "telecom", gettext_lazy("Data lines"), "Gbps", "wifi", "utilities", "more", 0, 100, ("least",),
            wish=gettext_lazy("fast lines"), decimals=1,
        ),
        Criterion(
            "ready", gettext_lazy("Ready"), "", "calendar-event", "terms", "less", 0, 3 * 365, ("most",), "max", "day",
            wish=gettext_lazy("ready early"), scale=365,
        ),
        Criterion(
            "rent_usd", gettext_lazy("Land rent, whole term"), "USD/m²", "coins", "terms", "less", 0, 200, ("most",),
            "mean", wish=gettext_lazy("low rent"), decimals=1,
        ),
        Criterion(
            "rent_vnd", gettext_lazy("Land rent, whole term"), "₫/m²", "coins", "terms", "less", 0, 5_000_000,
            ("most",), "mean", wish=gettext_lazy("low rent"), decimals=0,
        ),
        Criterion(
            "port", gettext_lazy("To a seaport"), "km", "anchor", "places", "less", 0, 200, ("most",), "max",
            wish=gettext_lazy("near a seaport"), decimals=0, scale=50,
        ),
        Criterion(
            "airport", gettext_lazy("To an airport"), "km", "plane", "places", "less", 0, 200, ("most",), "max",
            wish=gettext_lazy("near an airport"), decimals=0, scale=50,
        ),
        Criterion(
            "border_gate", gettext_lazy("To a border gate"), "km", "flag", "places", "less", 0, 500, ("most",), "max",
            wish=gettext_lazy("near a border gate"), decimals=0, scale=100,
        ),
        Criterion(
            "junction", gettext_lazy("To a main road"), "km", "road", "places", "less", 0, 100, ("most",), "max",
            wish=gettext_lazy("near a main road"), decimals=0, scale=25,
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
# Weights that a new question starts with.
STARTING_WEIGHTS = {"area": 1, "tenure": 1, "power": 1, "ready": 2, "rent_usd": 2, "port": 2, "junction": 1}


def label_of(key: str) -> str:
    return str(CRITERIA[key].label if key in CRITERIA else CHOICES[key])


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
        return datetime.date.fromordinal(round(value)).strftime("%d/%m/%Y")
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
