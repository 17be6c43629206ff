"""Investment projects: what was promised in their certificates, and how far they have come."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import NumberField, PartialDateField
from diemtua.land.models import Plot, Zone
from diemtua.parties.models import Party
from diemtua.register.models import OfUnit, Record, Recorded
from diemtua.sources.models import Document

from ..queries.certificates import wrong_code
from ..queries.projects import ProjectQuerySet
from ..rules import certificates, stages

NOT_NEGATIVE = MinValueValidator(0, _("This cannot be less than 0. Check the sign."))


class Currency(models.TextChoices):
    """What capital is counted in. The forms of the ministry have foreign capital in million USD, other in billion
    VND; where a certificate names another currency, it stands here as issued."""

    USD = "USD", _("million USD")
    VND = "VND", _("billion VND")
    EUR = "EUR", _("million EUR")
    JPY = "JPY", _("million JPY")
    KRW = "KRW", _("million KRW")
    CNY = "CNY", _("million CNY")
    TWD = "TWD", _("million TWD")
    SGD = "SGD", _("million SGD")


UNIT_SIZES = {code: 10**9 if code == Currency.VND else 10**6 for code in Currency.values}
"""What one of each unit of capital is, in its currency."""


class Project(Recorded, OfUnit):
    """An investment project from the first talk to its end.

    The fields say what its papers say today; how these came to be is in `amendments`, what was reached on which day
    in the record's figures, when it changed stages in `moves`.
    """

    class CapitalKind(models.TextChoices):
        FOREIGN = "foreign", _("Foreign")
        DOMESTIC = "domestic", _("Domestic")
        UNKNOWN = "", _("Not known")

    class PolicyRoute(models.TextChoices):
        NEEDED = stages.NEEDED, _("Policy approval needed")
        NOT_NEEDED = stages.NOT_NEEDED, _("Policy approval not needed")
        UNKNOWN = "", _("Not known")

    stage = models.CharField(_("stage of the project"), max_length=12, choices=stages.STAGES, default=stages.PROSPECT)
    # Derived: the day of the last change of stages; kept by the screen's `follow`.
    stage_since = models.DateField(_("in this stage since"), null=True, blank=True, editable=False)
    investor = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="invests_in", verbose_name=_("investor")
    )
    enterprise = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carries_out_projects",
        verbose_name=_("project company"),
        help_text=_("The company founded to carry the project out, where there is one."),
    )
    country = models.ForeignKey(
        "places.Country",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("country of the investor"),
    )
    capital_kind = models.CharField(
        _("kind of capital"), max_length=8, choices=CapitalKind.choices, default=CapitalKind.UNKNOWN, blank=True
    )
    industry = models.CharField(_("sector and products"), max_length=250, blank=True)
    vsic = models.CharField(
        _("VSIC code"),
        max_length=5,
        blank=True,
        help_text=_("A letter (C), or the first 2 to 5 digits of the class (26 for electronics)."),
    )
    objectives = models.TextField(_("objectives and scale"), blank=True, max_length=10_000)
    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("zone or park")
    )
    plot = models.ForeignKey(
        Plot, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("plot")
    )
    where = models.CharField(_("where it lies"), max_length=300, blank=True)
    area_ha = NumberField(
        _("area (ha)"), max_digits=14, decimal_places=4, null=True, blank=True, validators=[NOT_NEGATIVE]
    )

    # What the papers promise.
    capital = NumberField(
        _("capital"),
        max_digits=24,
        decimal_places=9,  # to the đồng
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
        help_text=_("As in the certificate; before there is one, as proposed."),
    )
    own_capital = NumberField(
        _("of which contributed by the investor"),
        max_digits=24,
        decimal_places=9,  # to the đồng
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
    )
    currency = models.CharField(_("counted in"), max_length=3, choices=Currency.choices, blank=True)
    jobs = models.PositiveIntegerField(_("jobs promised"), null=True, blank=True)
    contribute_by = PartialDateField(_("capital contributed by"), null=True, blank=True)
    construction_by = PartialDateField(_("construction begins by"), null=True, blank=True)
    operation_by = PartialDateField(_("in operation by"), null=True, blank=True)
    term_years = models.PositiveSmallIntegerField(
        _("term in years"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(99, _("No project has a term of more than 99 years. Check the number."))],
    )
    term_until = PartialDateField(_("term ends"), null=True, blank=True)

    # The papers themselves.
    policy_route = models.CharField(
        _("policy approval"), max_length=10, choices=PolicyRoute.choices, default=PolicyRoute.UNKNOWN, blank=True
    )
    policy_decision = models.CharField(_("decision of policy approval"), max_length=120, blank=True)
    policy_on = PartialDateField(_("policy approved"), null=True, blank=True)
    enterprise_registered = PartialDateField(_("enterprise certificate issued"), null=True, blank=True)
    irc_code = models.CharField(
        _("project code"),
        max_length=30,
        blank=True,
        help_text=_("The number of the investment registration certificate: 10 digits."),
    )
    irc_issued = PartialDateField(_("certificate first issued"), null=True, blank=True)
    irc_issuer = models.CharField(_("certificate issued by"), max_length=200, blank=True)

    # What has been reached.
    land_handed_over = PartialDateField(_("land handed over"), null=True, blank=True)
    construction_started = PartialDateField(_("construction begun"), null=True, blank=True)
    operating_since = PartialDateField(_("in operation since"), null=True, blank=True)
    ended_on = PartialDateField(_("over since"), null=True, blank=True)
    end_reason = models.CharField(_("why it paused or ended"), max_length=500, blank=True)
    end_decision = models.CharField(_("decision of the end"), max_length=120, blank=True)
    lost_to = models.CharField(_("lost to"), max_length=200, blank=True)

    taken_over = models.BooleanField(
        _("taken over from older papers"),
        default=False,
        help_text=_("What older papers lack is listed on the page, to be completed before the next stage."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("followed by"),
    )
    note = models.TextField(_("remarks"), blank=True, max_length=5000)

    # Last days of what is promised, for questions about a day.
    construction_due = models.GeneratedField(
        expression=Right("construction_by", 10), output_field=models.CharField(max_length=10), db_persist=True
    )
    operation_due = models.GeneratedField(
        expression=Right("operation_by", 10), output_field=models.CharField(max_length=10), db_persist=True
    )
    land_due = models.GeneratedField(
        expression=Right("land_handed_over", 10), output_field=models.CharField(max_length=10), db_persist=True
    )

    objects: ClassVar[Any] = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("investment project")
        verbose_name_plural = _("investment projects")
        indexes = [
            models.Index(fields=["stage", "-record"], name="project_stage"),
            models.Index(fields=["-capital", "-record"], name="project_capital"),
            models.Index(fields=["irc_code"], name="project_irc"),
            models.Index(fields=["stage", "operation_due"], name="project_due"),
            models.Index(fields=["stage", "construction_due"], name="project_begins"),
            models.Index(fields=["stage", "land_due"], name="project_land"),
            models.Index(
                fields=["of_unit", "stage", "operation_due"],
                condition=models.Q(of_unit__isnull=False),
                name="project_unit_due",
            ),
            models.Index(
                fields=["owner", "stage", "operation_due"],
                condition=models.Q(owner__isnull=False),
                name="project_owner_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capital__isnull=True) | models.Q(capital__gte=0), name="project_capital_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(capital__isnull=True) | ~models.Q(currency=""), name="project_capital_is_counted"
            ),
        ]

    def clean(self) -> None:
        """Rules across fields that hold in every stage; the gates are in the screen, which knows what was before."""
        errors: dict[str, Any] = {}
        self.irc_code = certificates.tidy_code(self.irc_code)
        if self.irc_code and (wrong := wrong_code(self.irc_code, self.irc_issued)):
            errors["irc_code"] = wrong
        self.vsic = self.vsic.strip().upper()
        if self.vsic and not certificates.VSIC.fullmatch(self.vsic):
            errors["vsic"] = _("Write a letter from A to V, or 2 to 5 digits of a VSIC class, for example C or 2610.")
        if self.capital is not None and not self.currency:
            errors["currency"] = _("Say in which currency the capital is counted.")
        if self.own_capital is not None and self.capital is None:
            errors["capital"] = _("Give the whole capital beside the part of the investor.")
        elif self.own_capital is not None and self.capital is not None and self.own_capital > self.capital:
            errors["own_capital"] = _("The part of the investor cannot be larger than the whole capital.")
        if self.plot_id is not None:
            zone = Plot.objects.filter(pk=self.plot_id).values_list("zone_id", flat=True).first()
            if self.zone_id is not None and self.zone_id != zone:
                errors["zone"] = _("This plot lies in another zone. Leave the zone empty, or choose another plot.")
            else:
                self.zone_id = zone
        for earlier, later, sentence in (
            ("irc_issued", "term_until", _("The term cannot end before the certificate was issued.")),
            ("construction_started", "operating_since", _("It cannot operate before construction began.")),
            ("construction_by", "operation_by", _("It cannot operate before construction begins.")),
        ):
            first, second = getattr(self, earlier), getattr(self, later)
            if first and second and second.last < first.first:
                errors[later] = sentence
        if errors:
            raise ValidationError(errors)

    @property
    def capital_display(self) -> str:
        """The currency as it is counted, for beside the number."""
        return str(Currency(self.currency).label) if self.currency in Currency.values else ""


def field_label(name: str) -> Any:
    """What a field of a project is called."""
    return Project._meta.get_field(name).verbose_name  # type: ignore[union-attr]


class StageMove(models.Model):
    """That a project went from one stage to another on a day; rows are only added.

    Who did it and why stands in the audit of the record.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="moves", editable=False)
    before = models.CharField(max_length=12, choices=stages.STAGES, blank=True)
    after = models.CharField(max_length=12, choices=stages.STAGES)
    # Empty where a record was taken over and its papers do not tell the day.
    on = models.DateField(_("on"), null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("change of stage")
        verbose_name_plural = _("changes of stage")
        ordering = ["id"]
        indexes = [models.Index(fields=["after", "on"], name="stage_move_after")]

    def __str__(self) -> str:
        return f"{self.before} {self.after} {self.on}"


class Amendment(models.Model):
    """An amendment of a project's certificate: what it changed, from what to what."""

    class Subject(models.TextChoices):
        CAPITAL = "capital", _("Capital")
        SCHEDULE = "schedule", _("Schedule")
        OBJECTIVES = "objectives", _("Objectives and scale")
        LOCATION = "location", _("Location and land")
        INVESTOR = "investor", _("Investor")
        TERM = "term", _("Term")
        NAME = "name", _("Name")
        OTHER = "other", _("Other")

    project = models.ForeignKey(Project, models.CASCADE, related_name="amendments", editable=False)
    number = models.PositiveSmallIntegerField(_("amendment no."), null=True, blank=True)
    on = PartialDateField(_("issued"), null=True, blank=True)
    subject = models.CharField(_("what changed"), max_length=10, choices=Subject.choices)
    before = models.CharField(_("before"), max_length=500, blank=True)
    after = models.CharField(_("after"), max_length=500, blank=True)
    capital = NumberField(
        _("capital after"), max_digits=24, decimal_places=9, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    currency = models.CharField(_("counted in"), max_length=3, choices=Currency.choices, blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="project_amendments", verbose_name=_("the paper")
    )
    note = models.CharField(_("remarks"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_subject_display()

    def clean(self) -> None:
        if self.capital is not None and not self.currency:
            raise ValidationError({"currency": _("Say in which currency the capital is counted.")})


class ProjectOrigin(models.Model):
    """What a project came from: the engagement, instrument, party or lead, and its share of the merit."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="origins", editable=False)
    origin = models.ForeignKey(Record, models.PROTECT, related_name="project_origins", verbose_name=_("came from"))
    share = NumberField(
        _("share (%)"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[
            MinValueValidator(0, _("A share is a number from 0 to 100.")),
            MaxValueValidator(100, _("A share is a number from 0 to 100.")),
        ],
    )
    note = models.CharField(_("remarks"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("origin")
        verbose_name_plural = _("origins")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.origin)
