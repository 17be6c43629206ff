"""Who uses the register: units of the administration, and their people with one role each."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.text import sort_key


class OrgUnit(models.Model):
    """A unit of the administration that owns records: a department, the zone board, an office."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    sort_key = models.CharField(max_length=200, editable=False)

    class Meta:
        ordering = ["sort_key"]
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


class Role(models.TextChoices):
    """What a person may do; each role may do all that the one before may."""

    VIEWER = "viewer", _("Viewer")
    OFFICER = "officer", _("Officer")
    LEAD = "lead", _("Lead officer")
    ADMINISTRATOR = "administrator", _("Administrator")


ROLE_RANK = {Role.VIEWER: 0, Role.OFFICER: 1, Role.LEAD: 2, Role.ADMINISTRATOR: 3}


class User(AbstractUser):
    """A person who signs in. Restricted records are seen by the people of the unit that owns them."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("full name"), max_length=150)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.VIEWER)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, verbose_name=_("unit"))
    language = models.CharField(
        _("language"), max_length=5, default="vi", choices=[("vi", "Tiếng Việt"), ("en", "English")]
    )
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def is_at_least(self, role: str) -> bool:
        """Whether this person may do what `role` may."""
        return self.is_active and ROLE_RANK[Role(self.role)] >= ROLE_RANK[Role(role)]
