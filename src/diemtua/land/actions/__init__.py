"""Every write of land, one file a subject."""

from .ledger import extend, release, reserve
from .zones import create_lease, create_plot, create_zone, update_lease, update_plot, update_zone

__all__ = [
    "create_lease",
    "create_plot",
    "create_zone",
    "extend",
    "release",
    "reserve",
    "update_lease",
    "update_plot",
    "update_zone",
]
