"""The facts of one park as its public page shows them: utilities, prices, the first plots with their state."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from diemtua.land.models import Plot, Reservation, Zone
from diemtua.land.queries import distances, ledger
from diemtua.land.queries import pages as land_pages
from diemtua.land.queries.ledger import Available, Books
from diemtua.land.rules.books import plot_state
from diemtua.land.rules.units import LAND, UTILITIES
from diemtua.sources.models import Document

SHOWN_PLOTS = 24
NOBODY: Any = AnonymousUser()


@dataclass(frozen=True)
class Utility:
    """One utility of a park; `sources` are the public ones only."""

    label: str
    found: Available
    sources: tuple[Document, ...]


def park_facts(zone: Zone, day: datetime.date) -> dict[str, Any]:
    """Fifteen queries at most, however many plots there are: the states of those shown come from one reading."""
    rows = Plot.objects.public().filter(zone=zone).order_by("record__sort_key", "pk")
    plots = list(rows.defer("note", "record__search_text").select_related("record")[: SHOWN_PLOTS + 1])
    more = rows.count() - SHOWN_PLOTS if len(plots) > SHOWN_PLOTS else 0
    plots = plots[:SHOWN_PLOTS]
    books = ledger.read([zone.pk, *(p.pk for p in plots)], since=day)
    point, away = distances.table(zone.record)
    return {
        "ledger": _utilities(zone, books, day),
        "prices": land_pages.prices(zone.record, NOBODY),
        "plots": [(p, plot_state(books.standing(p.pk, LAND, day))) for p in plots],
        "more_plots": more,
        "distances": away,
        "rough": bool(point and point.rough),
    }


def _utilities(zone: Zone, books: Books, day: datetime.date) -> list[Utility]:
    """Those of which somebody keeps books, in their fixed order."""
    found = [a for u in UTILITIES if (a := books.available(zone.pk, u, day)) is not None]
    told = {a.utility: [c.source_id for c in books.known[a.holder, a.utility] if c.source_id] for a in found}
    wanted = {pk for pks in told.values() for pk in pks}
    documents = Document.objects.public().select_related("record").in_bulk(wanted) if wanted else {}
    return [
        Utility(
            str(Reservation.What(a.utility).label),
            a,
            tuple(documents[pk] for pk in dict.fromkeys(told[a.utility]) if pk in documents),
        )
        for a in found
    ]
