"""Every write of destinations."""

from __future__ import annotations

import csv
import hashlib
from importlib import resources
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from diemtua.kit.text import nfc, slug
from diemtua.places.models import DataVersion, Origin
from diemtua.register import access
from diemtua.register.models import Change, User

from ..models import Destination
from ..rules.points import odd_point

FIELDS = ("kind", "name_vi", "name_en", "lon", "lat", "accuracy_km", "source")


@transaction.atomic
def save_destination(
    *,
    actor: User | None,
    destination: Destination | None = None,
    kind: str,
    name_vi: str,
    name_en: str,
    lon: float,
    lat: float,
    accuracy_km: float,
    source: str,
) -> Destination:
    """Add a destination, or change one; what an officer has touched no later edition of the program overwrites.

    `lon`, `lat`: degrees of WGS 84; `accuracy_km`: how far the point may lie off. Raises ValidationError by field,
    PermissionDenied, Destination.DoesNotExist.
    """
    access.require(access.may_create(actor), _("Only officers may change destinations."))
    if destination is None:
        row, before = Destination(code=_free_code(kind, name_en or name_vi)), {}
    else:
        row = Destination.objects.select_for_update().get(pk=destination.pk)
        before = {n: getattr(row, n) for n in FIELDS}
    given = (kind, nfc(name_vi).strip(), nfc(name_en).strip(), lon, lat, accuracy_km, nfc(source).strip())
    for name, value in zip(FIELDS, given, strict=True):
        setattr(row, name, value)
    row.origin = Origin.OFFICER
    errors: dict[str, Any] = odd_point(lon, lat)
    same = {row.name_vi, row.name_en} - {""}
    others = Destination.objects.exclude(pk=row.pk).filter(kind=kind)
    if taken := others.filter(name_vi__in=same).first() or others.filter(name_en__in=same).first():
        errors.setdefault("name_vi", _("“%(name)s” is there already. Change that one.") % {"name": taken})
    if errors:
        raise ValidationError(errors)
    row.full_clean()
    diff = {n: [before.get(n), getattr(row, n)] for n in FIELDS if before.get(n) != getattr(row, n)}
    if not diff:
        return row
    row.save(force_insert=destination is None)
    _remember(row, actor, Change.Verb.EDIT if before else Change.Verb.CREATE, diff)
    return row


@transaction.atomic
def remove_destination(*, actor: User | None, destination: Destination) -> None:
    """Take a destination away that an officer added and to which no road is measured.

    Raises ValidationError, PermissionDenied, Destination.DoesNotExist.
    """
    access.require(access.may_create(actor), _("Only officers may change destinations."))
    row = Destination.objects.select_for_update().get(pk=destination.pk)
    if row.roads.exists():
        raise ValidationError(_("Roads to it are measured. Take those distances away first."))
    if _of_the_program(row.pk):
        raise ValidationError(_("This one comes with the program and stays. Change what is wrong of it."))
    _remember(row, actor, Change.Verb.WITHDRAW, {n: [getattr(row, n), None] for n in FIELDS})
    row.delete()


def _remember(row: Destination, actor: User | None, verb: str, diff: dict[str, Any]) -> None:
    Change.objects.create(subject=f"destination:{row.pk}", actor=actor, verb=verb, diff=diff)


def _free_code(kind: str, name: str) -> str:
    stem = f"{kind}-{slug(name)}"[:34].strip("-").replace("_", "-")
    taken = set(Destination.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(c for n in range(1, len(taken) + 3) if (c := stem if n == 1 else f"{stem}-{n}") not in taken)


def _delivered() -> bytes:
    return (resources.files("diemtua.land") / "data" / "destinations.csv").read_bytes()


def _of_the_program(code: str) -> bool:
    return any(r["code"] == code for r in csv.DictReader(_delivered().decode().splitlines()))


def load_destinations() -> bool:
    """Bring ports, airports and border gates to the edition of the program; what officers added stays.

    Returns whether anything was done. Call it as often as you like.
    """
    data = _delivered()
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
