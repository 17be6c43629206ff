"""The outline of a zone or plot, as it was last drawn or measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.register.models import Record
from diemtua.register.queries import VisibleRecordQuerySet

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


class OutlineQuerySet(VisibleRecordQuerySet):
    """Reads of outlines."""

    def within(self, box: tuple[float, float, float, float]) -> OutlineQuerySet:
        """The outlines whose box touches this one (west, south, east, north; degrees)."""
        west, south, east, north = box
        return self.filter(min_x__lte=east, max_x__gte=west, min_y__lte=north, max_y__gte=south)  # type: ignore[return-value]

    def live(self) -> OutlineQuerySet:
        return self.filter(record__archived_at=None)  # type: ignore[return-value]


class Outline(models.Model):
    """Where a zone or plot lies: longitude and latitude of WGS 84, one row a record.

    What it was before stands in the history of the record (`actions.set_outline`). The area is measured on the
    ellipsoid and is no fact of the plot: that is what papers say, in the plot's own field.
    """

    record = models.OneToOneField(Record, models.CASCADE, primary_key=True, related_name="outline", editable=False)
    wkb = models.BinaryField(_("outline"))
    min_x = models.FloatField()
    min_y = models.FloatField()
    max_x = models.FloatField()
    max_y = models.FloatField()
    center_x = models.FloatField()
    center_y = models.FloatField()
    area_ha = models.FloatField(_("area as drawn (ha)"))
    system = models.CharField(_("coordinate system it came in"), max_length=24, default="wgs84")
    source = models.CharField(_("source of the outline"), max_length=250, blank=True)
    illustrative = models.BooleanField(_("illustrative, not real"), default=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = OutlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("outline")
        verbose_name_plural = _("outlines")
        indexes = [models.Index(fields=["min_x", "max_x", "min_y", "max_y"], name="outline_box")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(min_x__gte=-180, max_x__lte=180, min_y__gte=-90, max_y__lte=90),
                name="outline_on_earth",
            )
        ]

    def __str__(self) -> str:
        return f"outline of {self.record_id}"

    @property
    def geometry(self) -> BaseGeometry:
        """The outline as a Shapely (multi)polygon."""
        import shapely

        return shapely.from_wkb(bytes(self.wkb))
