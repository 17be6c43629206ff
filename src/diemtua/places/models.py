"""Countries, blocs and administrative units as they held from a day to a day.

The convention for every period in this room: `valid_from` is the first day on which a row holds, `valid_to`
the first day on which it no longer does. Thái Bình has `valid_to` 2025-07-01: it existed on 30/6/2025 and not
on 1/7/2025. An empty `valid_from` means "since before our data begins", an empty `valid_to` "still in being".

A unit is one row as long as its kind, name and parent stay the same. When one of them changes, the row ends,
another begins, and a `Succession` joins them.
"""

from __future__ import annotations

import datetime
import json
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

MATCHED_WHEN_DATED = Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))


class PeriodQuerySet(models.QuerySet):
    """Rows that hold from a day to a day."""

    def on(self, day: datetime.date) -> Self:
        """The rows that hold on this day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        )


class Origin(models.TextChoices):
    """Where a row comes from: loading reference data never touches what an officer added."""

    REFERENCE = "reference", _("Reference data")
    OFFICER = "officer", _("Added by an officer")


class Bloc(models.Model):
    """A group of countries: a region of the world, an organisation, or a trade agreement."""

    class Kind(models.TextChoices):
        REGION = "region", _("Region")
        ORGANISATION = "organisation", _("Organisation")
        TRADE = "trade", _("Trade agreement")

    code = models.CharField(_("Code"), max_length=16, primary_key=True)
    name_vi = models.CharField(_("Vietnamese name"), max_length=160)
    name_en = models.CharField(_("English name"), max_length=160)
    kind = models.CharField(_("Kind"), max_length=16, choices=Kind)

    class Meta:
        verbose_name = _("Bloc")
        ordering = ["kind", "code"]

    def __str__(self) -> str:
        return self.name_vi if (get_language() or "vi") == "vi" else self.name_en


class CountryQuerySet(models.QuerySet):
    """Reads of countries."""

    def in_bloc(self, code: str, on: datetime.date) -> Self:
        """The countries that belong to this bloc on this day."""
        members = BlocMembership.objects.filter(bloc_id=code).on(on)
        return self.filter(pk__in=members.values("country_id"))


class Country(models.Model):
    """A country or territory with an ISO 3166-1 code."""

    class Continent(models.TextChoices):
        AFRICA = "AF", _("Africa")
        ANTARCTICA = "AN", _("Antarctica")
        ASIA = "AS", _("Asia")
        EUROPE = "EU", _("Europe")
        NORTH_AMERICA = "NA", _("North America")
        OCEANIA = "OC", _("Oceania")
        SOUTH_AMERICA = "SA", _("South America")

    code = models.CharField(_("ISO code"), max_length=2, primary_key=True)
    iso3 = models.CharField(_("ISO code, three letters"), max_length=3, unique=True)
    name_vi = models.CharField(_("Vietnamese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    continent = models.CharField(_("Continent"), max_length=2, choices=Continent)
    region = models.ForeignKey(
        Bloc,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Region"),
        help_text=_("The narrowest region of the UN's scheme M49"),
    )
    other_names = models.JSONField(_("Other names"), default=list, blank=True)
    key = models.CharField(_("Search key"), max_length=120, db_index=True)
    other_keys = models.TextField(_("Search keys of the other names"), blank=True)
    sort_key = models.CharField(_("Sort key"), max_length=400, db_index=True)

    objects = CountryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Country")
        ordering = ["sort_key"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_vi if (get_language() or "vi") == "vi" else self.name_en


class BlocMembership(models.Model):
    """A country belongs to a bloc from a day to a day; for trade agreements, the days it is in force."""

    bloc = models.ForeignKey(Bloc, models.CASCADE, related_name="memberships")
    country = models.ForeignKey(Country, models.CASCADE, related_name="memberships")
    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_to = models.DateField(_("Valid to"), null=True, blank=True)
    basis = models.CharField(_("Basis"), max_length=200, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("Bloc membership")
        ordering = ["bloc", "country"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=MATCHED_WHEN_DATED, name="places_membership_period"),
        ]
        indexes: ClassVar = [models.Index(fields=["country", "bloc"], name="places_membership_country")]

    def __str__(self) -> str:
        return f"{self.country_id} in {self.bloc_id}"


class Level(models.TextChoices):
    """First, second and third level below the state, whatever a country calls them."""

    PROVINCE = "province", _("Province level")
    DISTRICT = "district", _("District level")
    COMMUNE = "commune", _("Commune level")


class AdminUnitQuerySet(PeriodQuerySet):
    """Reads of administrative units."""

    def of_country(self, code: str) -> Self:
        """The units of one country."""
        return self.filter(country_id=code)

    def for_list(self) -> Self:
        """What a list of units shows, without a further query per row."""
        return self.select_related("country", "parent", "parent__parent")


class AdminUnit(models.Model):
    """A province, district or commune, in Vietnam or abroad, as it stood from a day to a day."""

    ref = models.CharField(
        _("Reference"),
        max_length=64,
        unique=True,
        help_text=_("Stable across loads: country:level:code, and @ the first day where one code began anew"),
    )
    code = models.CharField(_("Code"), max_length=16, blank=True, db_index=True)
    level = models.CharField(_("Level"), max_length=8, choices=Level)
    kind = models.CharField(_("Kind"), max_length=40, blank=True, help_text="tỉnh, thành phố, xã, …")
    name = models.CharField(_("Name"), max_length=120)
    full_name = models.CharField(_("Full name"), max_length=160)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    country = models.ForeignKey(Country, models.PROTECT, related_name="units", verbose_name=_("Country"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("Part of")
    )
    valid_from = models.DateField(_("Valid from"), null=True, blank=True, help_text=_("First day on which it holds"))
    valid_to = models.DateField(
        _("Valid to"), null=True, blank=True, help_text=_("First day on which it no longer holds")
    )
    basis = models.CharField(
        _("Basis"),
        max_length=200,
        blank=True,
        help_text=_("The text by which it began; by which it ended where the beginning is not known"),
    )
    key = models.CharField(_("Search key"), max_length=120)
    sort_key = models.CharField(_("Sort key"), max_length=400)
    lat = models.FloatField(_("Latitude"), null=True, blank=True)
    lon = models.FloatField(_("Longitude"), null=True, blank=True)
    area_km2 = models.FloatField(_("Area (km²)"), null=True, blank=True)
    origin = models.CharField(_("Origin"), max_length=9, choices=Origin, default=Origin.REFERENCE)
    successors = models.ManyToManyField(
        "self",
        through="Succession",
        through_fields=("predecessor", "successor"),
        symmetrical=False,
        related_name="predecessors",
    )

    objects = AdminUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("Administrative unit")
        ordering = ["sort_key", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=MATCHED_WHEN_DATED, name="places_unit_period"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="places_unit_not_own_parent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["key", "level"], name="places_unit_key"),
            models.Index(fields=["country", "level", "sort_key"], name="places_unit_sorted"),
            models.Index(fields=["parent", "sort_key"], name="places_unit_children"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        """The unit's page on the desk."""
        return reverse("places:unit", args=[self.pk])

    def holds_on(self, day: datetime.date) -> bool:
        """Whether the unit exists on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which the unit existed, for people; None while it still does."""
        return self.valid_to - datetime.timedelta(days=1) if self.valid_to else None


class Succession(models.Model):
    """One unit took over another, in whole or (`partial`) in part."""

    predecessor = models.ForeignKey(AdminUnit, models.CASCADE, related_name="successions_out")
    successor = models.ForeignKey(AdminUnit, models.CASCADE, related_name="successions_in")
    on = models.DateField(_("On"))
    basis = models.CharField(_("Basis"), max_length=200, blank=True)
    partial = models.BooleanField(
        _("In part"), default=False, help_text=_("The predecessor was divided among several units")
    )

    class Meta:
        verbose_name = _("Succession")
        ordering = ["on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="places_succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="places_succession_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"


class Alias(models.Model):
    """Another name or spelling under which a unit is met."""

    unit = models.ForeignKey(AdminUnit, models.CASCADE, related_name="aliases")
    text = models.CharField(_("Name"), max_length=120)
    key = models.CharField(_("Search key"), max_length=120, db_index=True)
    language = models.CharField(_("Language"), max_length=8, blank=True, help_text=_("ISO code: vi, en, lo, ko, zh"))
    note = models.CharField(_("Note"), max_length=200, blank=True)
    origin = models.CharField(_("Origin"), max_length=9, choices=Origin, default=Origin.REFERENCE)

    class Meta:
        verbose_name = pgettext_lazy("a place", "Alias")
        ordering = ["text"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "text"], name="places_alias_once")]

    def __str__(self) -> str:
        return self.text


class Outline(models.Model):
    """The simplified outline of a unit: for drawing, not for deciding where a boundary runs."""

    unit = models.OneToOneField(AdminUnit, models.CASCADE, primary_key=True, related_name="outline")
    geojson = models.TextField(_("GeoJSON geometry"))

    class Meta:
        verbose_name = _("Outline")

    def __str__(self) -> str:
        return f"outline of {self.unit_id}"

    @property
    def geometry(self) -> dict[str, Any]:
        """The geometry as GeoJSON, always a MultiPolygon in longitude and latitude."""
        geometry: dict[str, Any] = json.loads(self.geojson)
        return geometry


class DataVersion(models.Model):
    """Which edition of the reference data stands in the database."""

    name = models.CharField(_("Name"), max_length=32, primary_key=True)
    hash = models.CharField(_("Hash"), max_length=64)
    loaded_at = models.DateTimeField(_("Loaded at"), auto_now=True)

    class Meta:
        verbose_name = _("Data version")

    def __str__(self) -> str:
        return f"{self.name} {self.hash[:12]}"


class AppendOnly(models.QuerySet):
    """Rows that are written once."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("the history of places is append-only")

    def delete(self) -> NoReturn:
        """Refused."""
        raise TypeError("the history of places is append-only")


class PlaceChange(models.Model):
    """Who changed what of the places, when. Written once and never changed.

    This room stands below `register` and so keeps its own small history.
    """

    class What(models.TextChoices):
        LOADED = "loaded", _("Reference data loaded")
        ALIAS_ADDED = "alias_added", _("Name added")
        LOCALITY_ADDED = "locality_added", _("Foreign locality added")

    at = models.DateTimeField(_("At"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("By"),
    )
    what = models.CharField(_("What"), max_length=20, choices=What)
    unit = models.ForeignKey(AdminUnit, models.PROTECT, null=True, blank=True, related_name="changes")
    before = models.JSONField(_("Before"), default=dict, blank=True)
    after = models.JSONField(_("After"), default=dict, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("Change of a place")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row; a row that stands is never written again."""
        if not self._state.adding:
            raise TypeError("the history of places is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("the history of places is append-only")
