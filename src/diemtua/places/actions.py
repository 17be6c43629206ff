"""Every write of this room: loading reference data, adding names and foreign localities."""

from __future__ import annotations

import csv
import datetime
import functools
import gzip
import hashlib
import io
import json
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from diemtua.kit.text import exact, fold, nfc, sort_key, strip_control
from diemtua.places.models import (
    AdminUnit,
    Alias,
    Bloc,
    BlocMembership,
    Country,
    DataVersion,
    Level,
    Origin,
    Outline,
    PlaceChange,
    Succession,
)
from diemtua.places.rules import LEVEL_ORDER, full_name, may_change, unmarked

M = TypeVar("M", bound=models.Model)
BATCH = 2_000

FILES = [
    "regions.csv.gz",
    "countries.csv.gz",
    "units.csv.gz",
    "successions.csv.gz",
    "spellings.csv.gz",
    "outlines.json.gz",
    "curated.toml",
]
EDITION = "1"
"""Goes up when this module makes other rows out of the same files."""
PROBE = "Đặng Thuỳ Hoà-Bình 30/4 한국 ໄຊ"
"""Enters the hash folded: when kit folds or sorts differently, the stored keys are made anew."""


@dataclass
class LoadReport:
    """What a load did."""

    changed: bool
    created: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)
    """Refs of reference units that are no longer in the data. They stay, as records may point at them."""


def data_hash() -> str:
    """The edition of the reference data that comes with the program."""
    digest = hashlib.sha256(f"{EDITION} {fold(PROBE)} {sort_key(PROBE)}".encode())
    for name in FILES:
        digest.update(_read(name))
    return digest.hexdigest()


def _read(name: str) -> bytes:
    return (resources.files("diemtua.places") / "data" / name).read_bytes()


def _rows(name: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(io.StringIO(gzip.decompress(_read(name)).decode()))


# --- reference data -------------------------------------------------------------------------------
def load_reference_data(progress: Callable[[str], object] | None = None) -> LoadReport:
    """Bring the reference data in the database to the edition of the program; what officers added stays.

    Nothing is done when the edition is there already. Call it as often as you like.
    """
    wanted = data_hash()
    if DataVersion.objects.filter(name="places", hash=wanted).exists():
        return LoadReport(changed=False)
    say = progress or (lambda text: None)
    report = LoadReport(changed=True)
    with transaction.atomic():
        curated = tomllib.loads(_read("curated.toml").decode())
        say(_("Countries and blocs"))
        _load_countries(curated, report)
        say(_("Provinces, districts and communes"))
        units = _load_units(curated, report)
        say(_("What followed what in the mergers"))
        _load_successions(units, report)
        say(_("Other names and outlines"))
        _load_aliases(curated, units, report)
        _load_outlines(units, report)
        DataVersion.objects.update_or_create(name="places", defaults={"hash": wanted})
        PlaceChange.objects.create(
            what=PlaceChange.What.LOADED,
            after={
                "hash": wanted,
                "created": report.created,
                "updated": report.updated,
                "stale": report.stale,
            },
        )
    return report


def _sync(
    model: type[M],
    key: Callable[[M], Any],
    unique: list[str],
    wanted: Iterable[M],
    fields: list[str],
    report: LoadReport,
) -> dict[Any, M]:
    """Create what is missing and update what differs, by a natural key; nothing is deleted.

    What an officer added under the same key stays as it is. Gives the rows that stand, by key.
    """
    standing: dict[Any, M] = {key(row): row for row in model._default_manager.all()}
    new: list[M] = []
    changed: list[M] = []
    for row in wanted:
        before = standing.get(key(row))
        if before is None:
            new.append(row)
            standing[key(row)] = row
        elif getattr(before, "origin", "") != Origin.OFFICER and _differs(before, row, fields):
            changed.append(row)
    _insert(model, new, key)
    model._default_manager.bulk_create(
        changed, batch_size=BATCH, update_conflicts=True, unique_fields=unique, update_fields=fields
    )
    name = model._meta.model_name or ""
    report.created[name] = report.created.get(name, 0) + len(new)
    report.updated[name] = report.updated.get(name, 0) + len(changed)
    return standing


def _insert(model: type[M], rows: list[M], key: Callable[[M], Any]) -> None:
    """Insert many rows of a table that nothing hooks into; their numbers are filled in where they are needed.

    `bulk_create` on SQLite spends twice the time of a prepared statement; on PostgreSQL it is the fastest.
    """
    if connection.vendor != "sqlite" or not rows:
        model._default_manager.bulk_create(rows, batch_size=BATCH)
        return
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(f.column or f.attname) for f in fields)
    signs = ", ".join(["%s"] * len(fields))
    getters = [(f.attname, f.target_field if isinstance(f, models.ForeignKey) else f) for f in fields]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({signs})",
            [[f.get_db_prep_save(getattr(row, name), connection) for name, f in getters] for row in rows],
        )
    if model is AdminUnit:  # the only table whose numbers are needed by what is loaded after it
        numbers = dict(AdminUnit.objects.values_list("ref", "pk"))
        for row in rows:
            row.pk = numbers[key(row)]
            row._state.adding = False


def _differs(a: models.Model, b: models.Model, fields: list[str]) -> bool:
    names = [f.attname for f in a._meta.concrete_fields if f.name in fields]
    return any(getattr(a, name) != getattr(b, name) for name in names)


def _load_countries(curated: dict[str, Any], report: LoadReport) -> None:
    blocs = [
        Bloc(code=r["code"], name_vi=r["name_vi"], name_en=r["name_en"], kind=Bloc.Kind.REGION)
        for r in _rows("regions.csv.gz")
    ] + [Bloc(code=b["code"], name_vi=b["name_vi"], name_en=b["name_en"], kind=b["kind"]) for b in curated["bloc"]]
    _sync(Bloc, lambda b: b.code, ["code"], blocs, ["name_vi", "name_en", "kind"], report)

    countries, members = [], []
    for row in _rows("countries.csv.gz"):
        others = [n for n in row["others"].split("|") if n] + curated["countries"].get(row["code"], [])
        keys = sorted({fold(n) for n in [*others, row["name_en"]]} - {""})
        regions = [r for r in row["regions"].split("|") if r]
        countries.append(
            Country(
                code=row["code"],
                iso3=row["iso3"],
                name_vi=row["name_vi"],
                name_en=row["name_en"],
                continent=row["continent"],
                region_id=regions[-1] if regions else None,
                other_names=others,
                key=fold(row["name_vi"]),
                other_keys=f"|{'|'.join(keys)}|",
                sort_key=sort_key(row["name_vi"]),
            )
        )
        members += [BlocMembership(bloc_id=r, country_id=row["code"], basis="UN M49") for r in regions]
    fields = [f.name for f in Country._meta.concrete_fields if f.name != "code"]
    _sync(Country, lambda c: c.code, ["code"], countries, fields, report)

    for bloc in curated["bloc"]:
        left = {code: day for day, codes in bloc.get("left", {}).items() for code in codes.split()}
        for day, codes in bloc["since"].items():
            for code in codes.split():
                end = datetime.date.fromisoformat(left[code]) if code in left else None
                members.append(
                    BlocMembership(
                        bloc_id=bloc["code"],
                        country_id=code,
                        valid_from=datetime.date.fromisoformat(day),
                        valid_to=end,
                        basis=bloc["basis"],
                    )
                )
    BlocMembership.objects.all().delete()  # nothing points at them
    BlocMembership.objects.bulk_create(members, batch_size=BATCH)


def _unit(row: dict[str, str], parents: dict[str, AdminUnit]) -> AdminUnit:
    """A unit row of the data; its parent must stand already."""
    start, end = row.get("from", ""), row.get("to", "")
    name, english = row["name"], row["name_en"]
    return AdminUnit(
        ref=_ref(row),
        code=row["code"],
        level=row["level"],
        kind=row["kind"],
        name=name,
        full_name=full_name(row["kind"], name),
        name_en=english or unmarked(name),
        country_id=row["country"],
        parent_id=parents[row["parent"]].pk if row.get("parent") else None,
        valid_from=_day(start),
        valid_to=_day(end),
        basis=row.get("basis", ""),
        key=fold(name),
        sort_key=sort_key(name),
        lat=_number(row.get("lat")),
        lon=_number(row.get("lon")),
        area_km2=_number(row.get("km2")),
    )


def _ref(row: dict[str, str]) -> str:
    start = row.get("from", "")
    return f"{row['country']}:{row['level']}:{row['code']}" + (f"@{start}" if start else "")


@functools.lru_cache(maxsize=16)
def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _load_units(curated: dict[str, Any], report: LoadReport) -> dict[str, AdminUnit]:
    rows = [*_rows("units.csv.gz"), *curated["locality"]]
    fields = [f.name for f in AdminUnit._meta.concrete_fields if f.name not in ("id", "ref", "origin")]
    units: dict[str, AdminUnit] = {}
    for level in Level.values:  # parents before children
        wanted = (_unit(row, units) for row in rows if row["level"] == level)
        units = _sync(AdminUnit, lambda u: u.ref, ["ref"], list(wanted), fields, report)
    known = {_ref(row) for row in rows}
    report.stale = sorted(r for r, u in units.items() if u.origin == Origin.REFERENCE and r not in known)
    return units


def _load_successions(units: dict[str, AdminUnit], report: LoadReport) -> None:
    wanted = [
        Succession(
            predecessor_id=units[row["old"]].pk,
            successor_id=units[row["new"]].pk,
            on=datetime.date.fromisoformat(row["on"]),
            basis=row["basis"],
            partial=row["partial"] == "1",
        )
        for row in _rows("successions.csv.gz")
    ]
    _sync(
        Succession,
        lambda s: (s.predecessor_id, s.successor_id),
        ["predecessor", "successor"],
        wanted,
        ["on", "basis", "partial"],
        report,
    )


def _load_aliases(curated: dict[str, Any], units: dict[str, AdminUnit], report: LoadReport) -> None:
    named: list[tuple[str, str, str, str]] = [
        (r["unit"], r["text"], r["language"], r["note"]) for r in _rows("spellings.csv.gz")
    ]
    listed = [(a["unit"], a["names"], a.get("note", "")) for a in curated["alias"]]
    listed += [(_ref(loc), loc["aliases"], "") for loc in curated["locality"]]
    for ref, names, note in listed:
        named += [(ref, *pair.split("|"), note) for pair in names]
    named += [
        (ref, u.name_en, "en", "")
        for ref, u in units.items()
        if u.origin == Origin.REFERENCE and u.name_en and fold(u.name_en) != u.key
    ]
    wanted = [
        Alias(unit_id=units[ref].pk, text=nfc(text), key=fold(text), language=language, note=note)
        for ref, text, language, note in named
    ]
    _sync(Alias, lambda a: (a.unit_id, a.text), ["unit", "text"], wanted, ["key", "language", "note"], report)


def _load_outlines(units: dict[str, AdminUnit], report: LoadReport) -> None:
    wanted = []
    for ref, polygons in json.loads(gzip.decompress(_read("outlines.json.gz"))):
        shape = {
            "type": "MultiPolygon",
            "coordinates": [[_unpack(ring) for ring in rings] for rings in polygons],
        }
        wanted.append(Outline(unit_id=units[ref].pk, geojson=json.dumps(shape, separators=(",", ":"))))
    _sync(Outline, lambda o: o.unit_id, ["unit"], wanted, ["geojson"], report)


def _unpack(flat: list[int]) -> list[list[float]]:
    """Differences in 1/10,000 degree as points."""
    x = y = 0
    points = []
    for step in range(0, len(flat), 2):
        x += flat[step]
        y += flat[step + 1]
        points.append([x / 10_000, y / 10_000])
    return points


# --- what officers add ----------------------------------------------------------------------------
def _clean(text: str, field_name: str, longest: int = 120) -> str:
    """A name as it is stored; refused when empty, too long, or without a letter or digit."""
    cleaned = " ".join(nfc(strip_control(text)).split())
    if not cleaned:
        raise ValidationError({field_name: _("Please enter a name.")})
    if not fold(cleaned):
        raise ValidationError({field_name: _("A name needs at least one letter or digit.")})
    if len(cleaned) > longest or len(fold(cleaned)) > longest:
        raise ValidationError({field_name: _("This is longer than %(n)s characters.") % {"n": longest}})
    return cleaned


def _brief(text: str, field_name: str, longest: int) -> str:
    cleaned = " ".join(nfc(strip_control(text)).split())
    if len(cleaned) > longest:
        raise ValidationError({field_name: _("This is longer than %(n)s characters.") % {"n": longest}})
    return cleaned


def _require(actor: Any) -> None:
    if not may_change(actor):
        raise PermissionDenied(_("Your role does not allow changing places."))


def add_alias(*, actor: Any, unit: AdminUnit, text: str, language: str = "", note: str = "") -> Alias:
    """Another name for a unit; from now on the unit is found by it."""
    _require(actor)
    name = _clean(text, "text")
    alias = Alias(
        unit=unit,
        text=name,
        key=fold(name),
        language=_brief(language, "language", 8),
        note=_brief(note, "note", 200),
        origin=Origin.OFFICER,
    )
    twice = ValidationError({"text": _("%(unit)s already has the name “%(name)s”.") % {"unit": unit, "name": name}})
    standing = [unit.name, unit.full_name, *unit.aliases.values_list("text", flat=True)]
    if exact(name) in {exact(n) for n in standing}:
        raise twice
    try:
        with transaction.atomic():
            alias.save(force_insert=True)
            PlaceChange.objects.create(
                actor=actor,
                what=PlaceChange.What.ALIAS_ADDED,
                unit=unit,
                after={"text": alias.text, "language": alias.language, "note": alias.note},
            )
    except IntegrityError as error:  # added by another officer a moment ago
        raise twice from error
    return alias


def add_foreign_locality(
    *,
    actor: Any,
    country: Country,
    name: str,
    level: str,
    kind: str = "",
    parent: AdminUnit | None = None,
    aliases: Sequence[tuple[str, str]] = (),
    name_en: str = "",
) -> AdminUnit:
    """A locality abroad that the reference data lacks; `aliases` are pairs of name and language."""
    _require(actor)
    shown = _clean(name, "name")
    if country.pk == "VN":
        raise ValidationError(
            {"country": _("Units of Vietnam come with the reference data and are not added by hand.")}
        )
    if level not in Level.values:
        raise ValidationError({"level": _("Please choose a level.")})
    if parent is not None:
        if parent.country_id != country.pk:
            raise ValidationError(
                {"parent": _("%(parent)s is not in %(country)s.") % {"parent": parent, "country": country}}
            )
        if LEVEL_ORDER[parent.level] >= LEVEL_ORDER[level]:
            raise ValidationError({"parent": _("%(parent)s is not larger than this locality.") % {"parent": parent}})
    others: dict[str, tuple[str, str]] = {}
    for text, language in aliases:
        other = _clean(text, "aliases")
        if exact(other) in others or exact(other) == exact(shown):
            raise ValidationError({"aliases": _("The name “%(name)s” stands here twice.") % {"name": other}})
        others[exact(other)] = (other, _brief(language, "aliases", 8))
    english = _brief(name_en, "name_en", 120)
    twin = (
        AdminUnit.objects.filter(country=country, level=level, parent=parent)
        .filter(Q(key=fold(shown)) | Q(aliases__key=fold(shown)))
        .first()
    )
    twice = ValidationError({"name": _("%(unit)s is already listed.") % {"unit": twin or shown}})
    if twin:
        raise twice
    word = _brief(kind, "kind", 30).lower()
    digest = hashlib.sha256(f"{parent.ref if parent else ''} {fold(shown)}".encode()).hexdigest()[:12]
    unit = AdminUnit(
        ref=f"{country.pk}:{level}:+{digest}",
        level=level,
        kind=word,
        name=shown,
        full_name=full_name(word, shown),
        name_en=english,
        country=country,
        parent=parent,
        key=fold(shown),
        sort_key=sort_key(shown),
        origin=Origin.OFFICER,
    )
    if english and fold(english) != unit.key and exact(english) not in others:
        others[exact(english)] = (english, "en")
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
            Alias.objects.bulk_create(
                Alias(unit=unit, text=text, key=fold(text), language=language, origin=Origin.OFFICER)
                for text, language in others.values()
            )
            PlaceChange.objects.create(
                actor=actor,
                what=PlaceChange.What.LOCALITY_ADDED,
                unit=unit,
                after={
                    "country": country.pk,
                    "name": shown,
                    "name_en": english,
                    "level": level,
                    "kind": word,
                    "parent": parent.ref if parent else None,
                    "aliases": list(others.values()),
                },
            )
    except IntegrityError as error:
        raise twice from error
    return unit
