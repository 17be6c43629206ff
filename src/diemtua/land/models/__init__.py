"""Zones, plots, leases; utilities with what is reserved of them; prices; outlines; destinations."""

from .capacity import Capacity, Reservation
from .destinations import Destination, RoadDistance
from .leases import Lease
from .outlines import Outline
from .prices import Price
from .zones import Plot, PlotIndustry, Zone, ZoneCommune

__all__ = [
    "Capacity",
    "Destination",
    "Lease",
    "Outline",
    "Plot",
    "PlotIndustry",
    "Price",
    "Reservation",
    "RoadDistance",
    "Zone",
    "ZoneCommune",
]
