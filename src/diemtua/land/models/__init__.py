"""Zones, plots, leases; utilities with what is reserved of them; prices; outlines; destinations; searches."""

from .capacity import Capacity, Reservation
from .destinations import Destination, RoadDistance
from .leases import Lease
from .outlines import Outline
from .prices import Price
from .searches import SearchShare, SiteSearch
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
    "SearchShare",
    "SiteSearch",
    "Zone",
    "ZoneCommune",
]
