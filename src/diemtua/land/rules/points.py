"""Single points as people type them: what looks swapped, or like metres."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _

# Places that goods of this country go to by land and sea; a point beyond is a slip of the keyboard.
WEST, SOUTH, EAST, NORTH = 90.0, -15.0, 150.0, 50.0


def odd_point(lon: float, lat: float) -> dict[str, str]:
    """{field: sentence} for a longitude and latitude (degrees, WGS 84) that are most likely something else."""
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return {"lon": _("Write the longitude in degrees, for example 106,6833.")}
    if abs(lon) > 1000 or abs(lat) > 1000:
        return {"lon": _("These are metres, most likely VN-2000. Write longitude and latitude in degrees (WGS 84).")}
    if SOUTH <= lon <= NORTH and WEST <= lat <= EAST and not WEST <= lon <= EAST:
        return {"lat": _("Longitude and latitude seem to be swapped: the latitude of Vietnam lies between 8 and 24.")}
    if not -90 <= lat <= 90:
        return {"lat": _("A latitude lies between -90 and 90 degrees.")}
    if not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        return {"lon": _("This point lies far from Vietnam. Check longitude and latitude.")}
    return {}
