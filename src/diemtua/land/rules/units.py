"""Units of the room, and figures that look like another unit.

The bounds here are no law: above them a person is asked whether another unit was meant, and may say that the figure
is right.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.kit.dates import PartialDate
from diemtua.kit.numbers import format_number

from .industries import section_of

LAND = "land"
# What is reserved → the unit in which it is counted everywhere in this room.
UNITS: dict[str, Any] = {
    LAND: "ha",
    "power": "MW",
    "water": gettext_lazy("m³/day"),
    "waste_water": gettext_lazy("m³/day"),
    "gas": gettext_lazy("m³/h"),
    "telecom": "Gbps",
}
UTILITIES = ("power", "water", "waste_water", "gas", "telecom")
# A section of the Vietnam Standard Industrial Classification, or the first digits of a class.
VSIC = re.compile(r"[A-U]|[0-9]{2,5}")
M2_PER_HA = 10_000
# Areas above which a person is asked whether m² were meant.
LARGEST_PLOT_HA = Decimal(500)
LARGEST_ZONE_HA: dict[str, Decimal] = {
    "economic_zone": Decimal(300_000),
    "industrial_park": Decimal(5_000),
    "industrial_cluster": Decimal(500),
    "subdivision": Decimal(5_000),
}
# Installed capacity above which a person is asked, with the smaller unit that is usually meant and how many of it
# make one of ours.
LARGEST_CAPACITY: dict[str, tuple[Decimal, Any, int]] = {
    "power": (Decimal(3_000), "kW", 1_000),
    "water": (Decimal(1_000_000), gettext_lazy("litres/day"), 1_000),
    "waste_water": (Decimal(1_000_000), gettext_lazy("litres/day"), 1_000),
    "gas": (Decimal(1_000_000), gettext_lazy("litres/h"), 1_000),
    "telecom": (Decimal(10_000), "Mbps", 1_000),
}


def wider_codes(code: str) -> list[str]:
    """The code itself and every wider one it belongs to, widest first: 2610 → C, 26, 261, 2610; C → C."""
    if not code[:2].isdigit():
        return [code]
    section = section_of(code)
    return ([section] if section else []) + [code[:n] for n in range(2, len(code) + 1)]


def odd_area(area_ha: Decimal | None, largest: Decimal | None) -> str:
    """The question to ask about an area (ha) that is most likely in m²; empty where there is nothing to ask."""
    if area_ha is None or largest is None or area_ha <= largest:
        return ""
    return _(
        "Is this really %(area)s ha? If it was meant in m², write %(meant)s. If it is right, tick “unusual figures "
        "are right” and save again."
    ) % {"area": format_number(area_ha), "meant": format_number(area_ha / M2_PER_HA)}


def odd_capacity(utility: str, amount: Decimal | None) -> str:
    """The question to ask about a capacity that is most likely in a smaller unit; empty where it looks right."""
    if amount is None or utility not in LARGEST_CAPACITY:
        return ""
    largest, smaller, factor = LARGEST_CAPACITY[utility]
    if amount <= largest:
        return ""
    return _(
        "Is this really %(amount)s %(unit)s? If it was meant in %(smaller)s, write %(meant)s. If it is right, tick "
        "“unusual figures are right” and save again."
    ) % {
        "amount": format_number(amount),
        "unit": UNITS[utility],
        "smaller": smaller,
        "meant": format_number(amount / factor),
    }


def other_unit_meant(utility: str, amount: Decimal, left: Decimal) -> str:
    """A further sentence where an amount that does not fit would fit in the smaller unit that people use."""
    smaller, factor = ("m²", M2_PER_HA) if utility == LAND else LARGEST_CAPACITY[utility][1:]
    if not 0 < amount / factor <= left:
        return ""
    return " " + _("If it was meant in %(smaller)s, write %(meant)s.") % {
        "smaller": smaller,
        "meant": format_number(amount / factor),
    }


def larger_than_zone(area_ha: Decimal, zone_ha: Decimal) -> str:
    """Why a plot cannot be larger than its zone, with what was probably meant."""
    sentence = _("The whole zone has only %(zone)s ha. Check the area of the plot, or first that of the zone.") % {
        "zone": format_number(zone_ha)
    }
    if area_ha / M2_PER_HA <= zone_ha:
        sentence += " " + _("If it was meant in m², write %(meant)s.") % {"meant": format_number(area_ha / M2_PER_HA)}
    return sentence


def longer_than_tenure(until: datetime.date) -> str:
    return _("The land may be used until %(day)s only. Choose that day or an earlier one.") % {
        "day": PartialDate.day(until).display()
    }


def as_decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))
