"""Who relations are with: localities, agencies, companies, organisations, forces, and people."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import PartialDateField
from diemtua.register.models import OfUnit, Record, Recorded

from .queries import PartyQuerySet, PersonQuerySet


class Party(Recorded, OfUnit):
    """Anybody who can meet, sign, promise or receive. Names through time stand in the record's names."""

    class Kind(models.TextChoices):
        LOCALITY = "locality", _("Locality")
        AGENCY = "agency", _("State or party agency")
        COMPANY = "company", _("Company")
        NGO = "ngo", _("Non-governmental organisation")
        CHAMBER = "chamber", _("Chamber or association")
        UNIVERSITY = "university", _("University or school")
        FORCE = "force", _("Armed or police force")
        INTERNATIONAL = "international", _("International organisation")
        OTHER = "other", _("Other")

    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    is_own = models.BooleanField(_("of our own province"), default=False)
    is_partner = models.BooleanField(_("partner of the province"), default=False)
    country = models.ForeignKey("places.Country", models.PROTECT, null=True, blank=True, verbose_name=_("country"))
    place = models.ForeignKey(
        "places.AdminUnit",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("place"),
        help_text=_("For a locality: the unit itself; its successors are then shown."),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    # A record of the room of land, which stands above this one: so any record, held to its kind by the form and `clean`.
    site = models.ForeignKey(
        Record,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sited",
        limit_choices_to={"kind": "zone"},
        verbose_name=_("in the zone or park"),
    )
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("succeeded by")
    )
    ended = PartialDateField(_("ended"), null=True, blank=True)
    ended_basis = models.CharField(_("ended by"), max_length=250, blank=True)
    relation_since = PartialDateField(_("relations since"), null=True, blank=True)
    sector = models.CharField(_("sector"), max_length=150, blank=True)
    tax_code = models.CharField(_("tax or registration number"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    website = models.URLField(_("web site"), blank=True, max_length=300)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    desk_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("officer in charge")
    )
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    # Derived: the last day of the newest engagement with this party; kept by engagements.actions.
    last_contact = models.DateField(_("last contact"), null=True, blank=True, editable=False)

    objects: ClassVar[Any] = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        indexes = [
            models.Index(fields=["is_partner", "last_contact"], name="party_silent"),
            models.Index(fields=["last_contact", "record"], name="party_last_contact"),
            models.Index(fields=["kind"], name="party_kind"),
            # My day: the silent ones of one officer, of one unit.
            models.Index(
                fields=["desk_officer", "last_contact", "record"],
                condition=models.Q(is_partner=True),
                name="party_silent_officer",
            ),
            models.Index(
                fields=["of_unit", "last_contact", "record"],
                condition=models.Q(is_partner=True, of_unit__isnull=False),
                name="party_silent_unit",
            ),
        ]

    def clean(self) -> None:
        """Parents and successors may not run in a circle; a site is a zone or park."""
        if self.site_id is not None and not Record.objects.filter(pk=self.site_id, kind="zone").exists():
            raise ValidationError({"site": _("Choose an economic zone, an industrial park or a cluster.")})
        for field, sentence in (
            ("parent", _("A party cannot be a part of itself, not even through others.")),
            ("successor", _("A party cannot succeed itself, not even through others.")),
        ):
            seen, at = {self.pk}, getattr(self, f"{field}_id")
            while at is not None:
                if at in seen:
                    raise ValidationError({field: sentence})
                seen.add(at)
                at = Party.objects.filter(pk=at).values_list(f"{field}_id", flat=True).first()


class Contact(models.Model):
    """A way to reach a party: an office, a desk, a person by function."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="contacts", editable=False)
    label = models.CharField(_("whom or what for"), max_length=150)
    officer = models.CharField(
        _("named officer"),
        max_length=120,
        blank=True,
        help_text=_("Whoever answers, by name and post. Empty: the public site says that nobody has been named yet."),
    )
    sector = models.CharField(
        _("sectors"), max_length=150, blank=True, help_text=_("Parted by commas. Empty: all sectors.")
    )
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language spoken"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=250, blank=True)
    public = models.BooleanField(
        _("on the public site"),
        default=False,
        help_text=_("Only of our own public offices, and only where whoever is named has agreed."),
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.label


class Person(Recorded):
    """A person in their public function. The record's title is the name."""

    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("organisation now")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    languages = models.CharField(_("languages"), max_length=150, blank=True)
    note = models.TextField(_("remarks"), blank=True, max_length=5000)

    objects: ClassVar[Any] = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")


class Post(models.Model):
    """A post or rank a person held, from a day to a day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="posts", editable=False)
    title = models.CharField(_("post"), max_length=200)
    rank = models.CharField(_("rank"), max_length=80, blank=True)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("organisation")
    )
    start = PartialDateField(_("from"), null=True, blank=True)
    end = PartialDateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.start and self.end and self.end.last < self.start.first:
            raise ValidationError({"end": _("The post cannot end before it begins.")})
