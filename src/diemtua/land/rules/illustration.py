"""What an illustrative plot is given beside its outline, so that a search for land has something to weigh.

Drawn by lot from the name of the park and the number of the plot, so that the same plot always gets the same. Nothing of
it is a fact; the plots are marked as illustrative and no figure counts them.
"""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Any

from diemtua.kit.dates import PartialDate

from .days import add_months

# Industries allowed and prohibited, by the quarters into which a park is usually divided.
QUARTERS = (
    (("26", "27"), ("19", "20", "24")),
    (("25", "28", "29"), ("20",)),
    (("10", "11"), ("20", "24", "38")),
    (("13", "14", "15"), ("19",)),
    (("C",), ()),
)


def plot_fields(park: str, code: str, day: datetime.date) -> dict[str, Any]:
    """Density, storeys, tenure and readiness of a plot, as if on `day`; some of it is not known, as in life."""
    chance = random.Random(f"{park} {code} fields")
    found: dict[str, Any] = {
        "plot_ratio": Decimal(chance.choice((50, 55, 60, 70))),
        "max_floors": chance.choice((3, 4, 5, 7)),
        "tenure_until": add_months(day, 12 * chance.randint(28, 47)),
    }
    stage = chance.random()
    if stage < 0.45:
        past = PartialDate.day(add_months(day, -chance.randint(2, 30)))
        found |= {"cleared_on": past, "legally_clean_on": past, "handed_over_on": past}
    elif stage < 0.7:
        found["cleared_on"] = PartialDate.day(add_months(day, -chance.randint(1, 12)))
        found["ready_from"] = add_months(day, chance.randint(2, 9))
    elif stage < 0.9:
        found["ready_from"] = add_months(day, chance.randint(10, 30))
    return found


def plot_rows(park: str, code: str, area_ha: Decimal, day: datetime.date) -> dict[str, list[dict[str, Any]]]:
    """Utilities (in the units of the room) and industries of a plot; of every sixth no utility is known."""
    chance = random.Random(f"{park} {code} rows")
    area = float(area_ha)
    # One block of plots, MH-B01 and so on, is for the same industries.
    quarter = QUARTERS[sum(map(ord, code.rstrip("0123456789"))) % len(QUARTERS)]
    industries = [{"rule": "allowed", "code": c} for c in quarter[0]]
    industries += [{"rule": "prohibited", "code": c} for c in quarter[1]]
    if chance.random() < 1 / 6:
        return {"industries": industries}
    water = round(area * chance.uniform(25, 60) / 10) * 10
    amounts = {
        "power": Decimal(str(round(area * chance.uniform(0.25, 1.1), 1))),
        "water": Decimal(water),
        "waste_water": Decimal(round(water * 0.8)),
    }
    utilities: list[dict[str, Any]] = [
        {"utility": u, "installed": amount, "allocated": Decimal(0), "as_of": PartialDate.day(day)}
        for u, amount in amounts.items()
    ]
    utilities[2]["water_class"] = chance.choice("AB")
    return {"industries": industries, "capacities": utilities}
