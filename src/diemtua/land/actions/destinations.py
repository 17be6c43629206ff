"""Every write of destinations."""

from __future__ import annotations

import csv
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from django.db import transaction

from diemtua.places.models import DataVersion, Origin

from ..models import Destination

if TYPE_CHECKING:
    pass


def load_destinations() -> bool:
    """Bring ports, airports and border gates to the edition of the program; what officers added stays.

    Returns whether anything was done. Call it as often as you like.
    """
    data = (resources.files("diemtua.land") / "data" / "destinations.csv").read_bytes()
    edition = hashlib.sha256(data).hexdigest()
    if DataVersion.objects.filter(name="destinations", hash=edition).exists():
        return False
    rows = [
        Destination(**{**r, "lon": float(r["lon"]), "lat": float(r["lat"]), "accuracy_km": float(r["accuracy_km"])})
        for r in csv.DictReader(data.decode().splitlines())
    ]
    with transaction.atomic():
        own = set(Destination.objects.exclude(origin=Origin.REFERENCE).values_list("pk", flat=True))
        Destination.objects.bulk_create(
            [r for r in rows if r.pk not in own],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["kind", "name_vi", "name_en", "lon", "lat", "accuracy_km", "source"],
        )
        DataVersion.objects.update_or_create(name="destinations", defaults={"hash": edition})
    return True
