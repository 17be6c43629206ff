"""What the public pages say, read from the register: public records only, each figure with its day and its source."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diemtua.instruments.models import Instrument, InstrumentParty
from diemtua.land.models import Plot, Zone
from diemtua.markets.models import Market
from diemtua.parties.models import Party
from diemtua.places.models import Country
from diemtua.projects.models import Project
from diemtua.projects.rules import stages
from diemtua.register.desk.services import measure_label
from diemtua.register.models import Figure, Name

from .languages import address, current
from .wording import Wording, amount, capital, day, locale

MOST_FIGURES = 400


@dataclass(frozen=True)
class Said:
    """A figure as pages show it. `source` is the title of a public source, "" where none is public."""

    record: int
    title: str
    kind: str
    measure: str
    said: Wording
    as_of: str
    stage: str
    source: str
    source_id: int | None

    @property
    def label(self) -> str:
        return str(measure_label(self.measure))


def names_of(pks: Iterable[int]) -> dict[int, str]:
    """Names in the reader's language, or else in English, of records that have one beside their title."""
    code = current().code
    if code == "vi":
        return {}
    wanted = list(dict.fromkeys([code, code.partition("-")[0], "en"]))
    rows = Name.objects.filter(record__in=list(pks), language__in=wanted).order_by("pk")
    found: dict[int, tuple[int, str]] = {}
    for pk, text, language in rows.values_list("record_id", "text", "language"):
        rank = wanted.index(language)
        if pk not in found or rank < found[pk][0]:
            found[pk] = (rank, text)
    return {pk: text for pk, (_rank, text) in found.items()}


def figures(**where: Any) -> list[Said]:
    """The newest figure of each measure and stage of public records, narrowed by conditions on Figure."""
    rows = (
        Figure.objects.filter(record__access="public", record__archived_at=None, withdrawn_at=None, **where)
        .select_related("record", "evidence__source")
        .order_by("record__sort_key", "record_id", "measure", "stage", F("as_of").desc(nulls_last=True), "-pk")
    )
    found: dict[tuple[int, str, str], Said] = {}
    for row in rows[:MOST_FIGURES]:
        key = (row.record_id, row.measure, row.stage)
        if key in found:
            continue
        source = row.evidence.source if row.evidence is not None else None
        if source is not None and (source.kind, source.access, source.archived_at) != ("document", "public", None):
            source = None
        found[key] = Said(
            record=row.record_id,
            title=row.record.title,
            kind=row.record.kind,
            measure=row.measure,
            said=amount(row.value, row.unit, row.wording),
            as_of=day(row.as_of),
            stage=str(row.get_stage_display()),
            source=source.title if source is not None else "",
            source_id=source.pk if source is not None else None,
        )
    return list(found.values())


@dataclass(frozen=True)
class Total:
    """A number of the register itself: counted now, over public records."""

    value: str
    label: Any
    where: str
    about: str = ""


def total_area() -> Decimal | None:
    """Hectares of public, real industrial parks whose area is known."""
    rows = Zone.objects.public().filter(illustrative=False, type=Zone.Type.INDUSTRIAL_PARK)
    return rows.aggregate(whole=Sum("area_ha"))["whole"]


def counts() -> dict[str, int]:
    """How many public records of each kind that pages speak of."""
    return {
        "parks": Zone.objects.public().filter(illustrative=False).count(),
        "projects": Project.objects.public().filter(stage__in=stages.LICENSED).count(),
        "countries": len(partners_by_country()),
        "agreements": Instrument.objects.public().filter(nature=Instrument.Nature.INTERNATIONAL).count(),
        "markets": Market.objects.public().count(),
    }


def totals() -> list[Total]:
    """The province in a few numbers, those that are known and not 0."""
    counted = counts()
    area = total_area()
    found = [
        Total(str(amount(area, "ha")), _("industrial parks, area published"), address("parks")) if area else None,
        Total(str(counted["parks"]), _("zones and parks in the register"), address("parks")),
        Total(str(counted["projects"]), _("projects with a certificate, published"), address("stories")),
        Total(str(counted["countries"]), _("countries with partners"), address("partners")),
        Total(str(counted["markets"]), _("export markets"), address("markets")),
    ]
    return [t for t in found if t is not None and t.value != "0"]


def zones() -> list[Zone]:
    """Zones and parks, the largest kind first."""
    rows = Zone.objects.public().select_related("record", "developer__record", "province", "parent__record")
    order = [t.value for t in Zone.Type]
    found = sorted(rows, key=lambda z: (z.illustrative, order.index(z.type), z.record.sort_key))
    names = names_of(z.pk for z in found)
    free: dict[int, int] = dict(
        Plot.objects.public().filter(zone__in=[z.pk for z in found]).values_list("zone").annotate(n=Count("pk"))
    )
    unmeasured = [z.pk for z in found if z.area_ha is None]
    areas = {f.record: f.said for f in figures(record__in=unmeasured, measure="area")}
    for zone in found:
        zone.name = names.get(zone.pk, zone.record.title)
        zone.area_said = areas.get(zone.pk)  # a figure as its source words it: “over 345 ha”
        zone.plots_known = free.get(zone.pk, 0)
    return found


def is_open(thing: Any) -> bool:
    """Whether a related record is public; None is not."""
    return thing is not None and thing.record.access == "public" and thing.record.archived_at is None


@dataclass
class CountryOfPartners:
    """A country with our partners there and what is in force with them."""

    country: Country
    partners: list[Party] = field(default_factory=list)
    agreements: list[Instrument] = field(default_factory=list)


def partners_by_country() -> list[CountryOfPartners]:
    """Foreign partners by country, with public agreements only; the country with most agreements first."""
    found: dict[str, CountryOfPartners] = {}
    partners = (
        Party.objects.public().filter(is_partner=True, country__isnull=False).exclude(country="VN")
        .select_related("record", "country").order_by("record__sort_key")
    )  # fmt: skip
    for party in partners:
        at = found.setdefault(party.country_id or "", CountryOfPartners(party.country))  # type: ignore[arg-type]
        at.partners.append(party)
    rows = (
        InstrumentParty.objects.filter(instrument__in=Instrument.objects.public().values("pk"))
        .filter(party__record__access="public", party__record__archived_at=None, party__country__isnull=False)
        .exclude(party__country="VN")
        .select_related("instrument__record", "party__country")
        .order_by(F("instrument__signed").desc(nulls_last=True), "instrument_id")
    )
    for row in rows:
        at = found.setdefault(row.party.country_id or "", CountryOfPartners(row.party.country))  # type: ignore[arg-type]
        if row.instrument not in at.agreements:
            at.agreements.append(row.instrument)
    return sorted(found.values(), key=lambda c: (-len(c.agreements), -len(c.partners), place_name(c.country)))


@cache
def world() -> dict[str, Any]:
    """Outlines of countries as SVG paths, and where to point: see scripts/build_world.py."""
    packed = (resources.files("diemtua.portal") / "data" / "world.json.gz").read_bytes()
    return json.loads(gzip.decompress(packed))


@dataclass(frozen=True)
class Sector:
    """A section or division of the classification in which projects run here."""

    name: str
    projects: int
    capital: tuple[str, ...]
    examples: tuple[Any, ...]


def sectors() -> list[Sector]:
    """What the public projects with a certificate do, by their own words; the sector with most projects first."""
    rows = (
        Project.objects.public().filter(stage__in=stages.LICENSED).exclude(industry="")
        .select_related("record", "country").order_by("record__sort_key")
    )  # fmt: skip
    grouped: dict[str, list[Project]] = defaultdict(list)
    for project in rows:
        grouped[project.industry].append(project)
    found = []
    for name, projects in grouped.items():
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for p in projects:
            if p.capital is not None:
                sums[p.currency] += p.capital
        sums_said = tuple(capital(v, currency) for currency, v in sorted(sums.items()))
        found.append(Sector(name, len(projects), sums_said, tuple(projects[:6])))
    return sorted(found, key=lambda s: (-s.projects, s.name))


def calling() -> list[Project]:
    """Projects for which an investor is looked for: public, not begun, and without an investor."""
    rows = Project.objects.public().filter(stage=stages.PROSPECT, investor=None, enterprise=None)
    return list(rows.select_related("record", "zone__record").order_by("record__sort_key")[:200])


def stories() -> list[Project]:
    """Projects that operate, with what stands behind them: the investor, since when, from which country."""
    rows = Project.objects.public().filter(Q(stage=stages.OPERATING) | Q(stage=stages.LAND))
    rows = rows.select_related("record", "investor__record", "country", "zone__record")
    return list(rows.order_by(F("capital").desc(nulls_last=True), "record__sort_key")[:60])


def markets() -> list[Market]:
    rows = Market.objects.public().select_related("record", "country", "bloc", "exporter__record")
    order = [s.value for s in Market.Standing]
    return sorted(rows, key=lambda m: (order.index(m.standing), m.record.sort_key))


def offices() -> list[Party]:
    """Our own public offices that exist today, with an address of the office (never of a person)."""
    rows = Party.objects.public().filter(is_own=True, ended__isnull=True, successor=None, kind=Party.Kind.AGENCY)
    return list(rows.select_related("record").order_by("record__sort_key")[:40])


# Blocs that CLDR has no names of.
BLOCS = (gettext_noop("Association of Southeast Asian Nations (ASEAN)"),)


def place_name(place: Any) -> str:
    """The name of a country or bloc in the reader's language; a bloc that has none there is in English."""
    if place is None:
        return ""
    code = current().code
    if code == "vi":
        return str(place.name_vi)
    if code == "en":
        return str(place.name_en)
    name = locale().territories.get(str(place.pk))
    return str(name or _(place.name_en))
