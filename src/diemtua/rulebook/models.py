"""Overrides: rules that an administrator has set. Rows are added and withdrawn, never changed or deleted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RuleOverride(models.Model):
    """A value that stands in for the rulebook's own on certain days. The row is its own audit."""

    code = models.CharField(_("rule"), max_length=80, db_index=True)
    value = models.JSONField(_("value"), null=True, blank=True)
    unit = models.CharField(_("unit of measure"), max_length=24)
    valid_from = models.DateField(_("holds from"))
    valid_to = models.DateField(_("holds until"), null=True, blank=True)
    basis = models.CharField(_("legal basis"), max_length=300)
    reason = models.TextField(_("reason"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("set by")
    )
    created_at = models.DateTimeField(_("set at"), auto_now_add=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_reason = models.TextField(_("reason for withdrawing"), blank=True)

    class Meta:
        verbose_name = _("override of a rule")
        verbose_name_plural = _("overrides of rules")
        ordering = ["code", "-id"]
        constraints = [
            models.CheckConstraint(
                name="rulebook_override_span",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="rulebook_override_withdrawal_has_reason",
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code
