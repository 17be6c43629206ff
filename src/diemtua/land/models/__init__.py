"""Zones, plots, leases; utilities with what is reserved of them; prices."""

from .capacity import Capacity, Reservation
from .leases import Lease
from .prices import Price
from .zones import Plot, PlotIndustry, Zone, ZoneCommune

__all__ = ["Capacity", "Lease", "Plot", "PlotIndustry", "Price", "Reservation", "Zone", "ZoneCommune"]
