"""Every write of outlines."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.text import nfc
from diemtua.register import access, write
from diemtua.register.many import insert_many
from diemtua.register.models import Batch, Change, Record, User
from diemtua.register.write import CannotUndo

from ..models import Outline

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


KINDS = ("zone", "plot")
MOST_POINTS = 100_000  # of one outline
CHUNK = 500
FIELDS = ("wkb", "area_ha", "system", "source", "illustrative")
_MEASURED = ("min_x", "min_y", "max_x", "max_y", "center_x", "center_y")


@dataclass(frozen=True)
class Drawn:
    """An outline for a record: a Shapely (multi)polygon in longitude and latitude; None takes it away."""

    record: Record
    geometry: BaseGeometry | None
    system: str = "wgs84"
    source: str = ""
    illustrative: bool = False


def set_outline(
    *,
    record: Record,
    actor: User | None,
    geometry: BaseGeometry | None,
    system: str = "wgs84",
    source: str = "",
    illustrative: bool = False,
    reason: str = "",
    batch: Batch | None = None,
) -> Outline | None:
    """Give a zone or plot its outline, or take it away. Raises as `set_outlines`."""
    drawn = Drawn(record, geometry, system, source, illustrative)
    set_outlines(actor=actor, drawn=[drawn], reason=reason, batch=batch)
    return Outline.objects.filter(pk=record.pk).first()


@transaction.atomic
def set_outlines(
    *,
    actor: User | None,
    drawn: Sequence[Drawn],
    reason: str = "",
    batch: Batch | None = None,
    undoes: Change | None = None,
) -> int:
    """Give zones and plots their outlines, all or none; returns how many were changed.

    Each leaves an audit row with the outline before and after. Raises ValidationError({"outline": …}) for an
    outline that crosses itself, has no area or lies nowhere; PermissionDenied; Record.DoesNotExist when hidden.
    """
    count = 0
    for start in range(0, len(drawn), CHUNK):
        count += _set(drawn[start : start + CHUNK], actor, reason, batch, undoes)
    return count


def _set(drawn: Sequence[Drawn], actor: User | None, reason: str, batch: Batch | None, undoes: Change | None) -> int:
    wanted = {d.record.pk: d for d in drawn}
    if len(wanted) != len(drawn):
        raise ValidationError({"outline": _("Two outlines are for the same plot. Choose one of them.")})
    records = list(
        Record.objects.select_for_update(of=("self",)).filter(pk__in=list(wanted), kind__in=KINDS).order_by("pk")
    )
    if len(records) != len(wanted) or any(actor is not None and not access.may_see(actor, r) for r in records):
        raise Record.DoesNotExist
    for record in records:
        access.require(access.may_edit(actor, record), _("You may not change this record. Ask its unit or a lead."))
    standing = {o.pk: o for o in Outline.objects.filter(pk__in=list(wanted))}
    rows: list[Outline] = []
    gone: list[int] = []
    changes: list[Change] = []
    for record in records:
        d, before = wanted[record.pk], standing.get(record.pk)
        row = None if d.geometry is None else build(d)
        old, new = stored(before), stored(row)
        if old == new:
            continue
        if row is None:
            gone.append(record.pk)
        else:
            rows.append(row)
        changes.append(
            Change(
                record=record,
                actor=actor,
                verb=Change.Verb.UNDO if undoes else Change.Verb.EDIT,
                reason=reason,
                diff={f"outline:{record.pk}": [old, new]},
                version=record.version,
                batch=batch,
                undoes=undoes,
            )
        )
    if gone:
        Outline.objects.filter(pk__in=gone).delete()
    Outline.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["record"],
        update_fields=[*FIELDS, *_MEASURED, "updated_at"],
    )
    insert_many(changes)
    return len(changes)


def build(drawn: Drawn) -> Outline:
    """The unsaved row of an outline. Raises ValidationError({"outline": …}) when it is none."""
    import shapely

    from ..shapes.measuring import area_ha

    geometry = drawn.geometry
    assert geometry is not None
    if geometry.geom_type not in ("Polygon", "MultiPolygon") or geometry.is_empty or not geometry.is_valid:
        raise ValidationError({"outline": _("This is no outline: it crosses itself, or is no area.")})
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValidationError({"outline": _("Its coordinates lie nowhere on the earth. Choose another system.")})
    if shapely.get_num_coordinates(geometry) > MOST_POINTS:
        raise ValidationError({"outline": _("The outline has too many points. Please simplify it.")})
    # One way to write a thing: outer rings counter-clockwise as GeoJSON wants them, without heights.
    geometry = shapely.orient_polygons(shapely.force_2d(geometry), exterior_cw=False)
    area = area_ha(geometry)
    if area <= 0:
        raise ValidationError({"outline": _("It has no area. Please draw it again.")})
    center = geometry.centroid if geometry.contains(geometry.centroid) else geometry.representative_point()
    return Outline(
        record=drawn.record,
        wkb=shapely.to_wkb(geometry),
        min_x=west,
        min_y=south,
        max_x=east,
        max_y=north,
        center_x=center.x,
        center_y=center.y,
        area_ha=area,
        system=drawn.system,
        source=nfc(drawn.source).strip()[:250],
        illustrative=drawn.illustrative,
        updated_at=timezone.now(),
    )


def stored(row: Outline | None) -> dict[str, Any] | None:
    """An outline as the audit keeps it."""
    if row is None:
        return None
    return {
        "wkb": base64.b64encode(bytes(row.wkb)).decode(),
        "area_ha": round(row.area_ha, 4),
        "system": row.system,
        "source": row.source,
        "illustrative": row.illustrative,
    }


def take_back(change: Change, actor: User | None, reason: str) -> None:
    """Undo a change of an outline where nothing has changed it since. Raises CannotUndo."""
    import shapely

    name, (before, after) = next(iter(change.diff.items()))
    record = write.lock(int(name.partition(":")[2]))
    if stored(Outline.objects.filter(pk=record.pk).first()) != after:
        raise CannotUndo(_("The outline has been changed again since. Undo the later change first."))
    geometry = None if before is None else shapely.from_wkb(base64.b64decode(before["wkb"]))
    said = {} if before is None else {k: before[k] for k in ("system", "source", "illustrative")}
    set_outlines(actor=actor, drawn=[Drawn(record, geometry, **said)], reason=reason, undoes=change)
