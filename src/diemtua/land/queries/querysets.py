"""What can be asked of all zones, plots and leases."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from diemtua.register.models import Figure
from diemtua.register.queries import RecordedQuerySet

from ..rules.units import wider_codes

if TYPE_CHECKING:
    pass


class ZoneQuerySet(RecordedQuerySet):
    def for_list(self) -> ZoneQuerySet:
        """With the published shares of land let, newest first, in `record.let_shares`."""
        newest = Figure.objects.filter(measure="let_share", withdrawn_at=None).order_by(
            F("as_of").desc(nulls_last=True), "-pk"
        )
        found: Any = super().for_list().defer("description")
        return found.prefetch_related(Prefetch("record__figures", newest, to_attr="let_shares"))

    def real(self) -> Any:
        """Without what was only drawn to show how the software works."""
        return self.filter(illustrative=False)


class PlotQuerySet(RecordedQuerySet):
    def for_list(self) -> PlotQuerySet:
        """With what of each is let and reserved today (ha) in `let_ha` and `reserved_ha`."""
        today = timezone.localdate()
        let = leases_on(today).order_by().values("plot").annotate(all=Sum(Coalesce("area_ha", "plot__area_ha")))
        kept = reservations_on(today).order_by().values("record").annotate(all=Sum("amount"))
        found: Any = super().for_list().defer("note")
        return found.annotate(let_ha=Subquery(let.values("all")), reserved_ha=Subquery(kept.values("all")))

    def taken(self, day: datetime.date, how: str) -> Any:
        """Plots of which something is `let` or `reserved` on a day, or nothing at all (`free`)."""
        let, reserved = Exists(leases_on(day)), Exists(reservations_on(day))
        if how == "free":
            return self.filter(~let, ~reserved)
        return self.filter(let if how == "let" else reserved)

    def for_industry(self, code: str) -> Any:
        """Plots that allow the industry of this VSIC code: by itself or with the class it belongs to, and do not
        prohibit it."""
        from ..models import PlotIndustry

        named = PlotIndustry.objects.filter(plot=OuterRef("pk"), code__in=wider_codes(code))
        return self.filter(Exists(named.filter(rule="allowed"))).exclude(Exists(named.filter(rule="prohibited")))

    def real(self) -> Any:
        """Without what was only drawn to show how the software works."""
        return self.filter(illustrative=False)


class LeaseQuerySet(RecordedQuerySet):
    def for_list(self) -> LeaseQuerySet:
        return super().for_list().defer("note")  # type: ignore[return-value]


def leases_on(day: datetime.date) -> Any:
    """Subquery: leases of the outer plot that hold on a day, as far as is known."""
    from ..models import Lease

    rows = Lease.objects.filter(plot=OuterRef("pk"), record__archived_at=None, state="active")
    begun = Q(starts=None) | Q(starts_from__lte=day.isoformat())
    return rows.filter(begun, Q(ends=None) | Q(ends_by__gte=day.isoformat()), Q(closed_on=None) | Q(closed_on__gt=day))


def reservations_on(day: datetime.date) -> Any:
    """Subquery: reservations of the land of the outer plot that count on a day."""
    from ..models import Reservation

    return Reservation.objects.holding_on(day).filter(record=OuterRef("pk"), utility="land")


# The reads themselves stand in modules of their own, which need the models; the models need what is above.
