"""The two writes of the rulebook: setting a value for a time, and taking that back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.text import strip_control
from diemtua.rulebook.models import RuleOverride
from diemtua.rulebook.queries import forget, history
from diemtua.rulebook.rules import NoRule, check_value

ADMINISTRATOR = "administrator"


def may_override(user: Any) -> bool:
    """True for administrators who may sign in."""
    return bool(getattr(user, "is_active", False)) and getattr(user, "role", "") == ADMINISTRATOR


def _check_actor(actor: Any) -> None:
    # None is the program itself (the command line, a data load).
    if actor is not None and not may_override(actor):
        raise PermissionDenied(_("Only administrators may change rules."))


def _sentence(text: str, field: str, missing: str) -> str:
    clean = strip_control(text, newlines=True).strip()
    if not clean:
        raise ValidationError({field: missing})
    return clean


@transaction.atomic
def override_rule(
    *,
    actor: Any | None,
    code: str,
    value: Any,
    valid_from: date,
    valid_to: date | None = None,
    basis: str,
    reason: str,
) -> RuleOverride:
    """Let `value` hold from a day to a day (None: no end) in place of what the rulebook says.

    Where overrides overlap, the newest that was not withdrawn wins. `value` must fit the rule's unit; None
    says that it is not known. Raises ValidationError (by field: code, value, valid_to, basis, reason) and
    PermissionDenied.
    """
    _check_actor(actor)
    try:
        versions = history(code)
    except NoRule as error:
        raise ValidationError({"code": str(error)}) from error
    unit = versions[0].unit
    try:
        check_value(unit, value)
    except ValueError as error:
        raise ValidationError({"value": str(error)}) from error
    if valid_to is not None and valid_to < valid_from:
        raise ValidationError({"valid_to": _("The rule ends before it begins.")})
    basis = _sentence(basis, "basis", _("Say which text this rests on."))
    reason = _sentence(reason, "reason", _("Say why the rule is changed."))
    if len(basis) > 300:
        raise ValidationError({"basis": _("Write at most 300 characters.")})
    row = RuleOverride.objects.create(
        code=code,
        value=value,
        unit=unit,
        valid_from=valid_from,
        valid_to=valid_to,
        basis=basis,
        reason=reason,
        created_by=actor,
    )
    transaction.on_commit(forget)
    return row


@transaction.atomic
def withdraw_override(*, actor: Any | None, override: RuleOverride, reason: str) -> RuleOverride:
    """Take an override back: from now on it holds on no day, and stays in the history.

    Raises ValidationError when it is withdrawn already or no reason is given, and PermissionDenied.
    """
    _check_actor(actor)
    reason = _sentence(reason, "reason", _("Say why the rule is changed."))
    changed = RuleOverride.objects.filter(pk=override.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now(), withdrawn_by=actor, withdrawn_reason=reason
    )
    if not changed:  # someone else was faster
        raise ValidationError(_("This override has been withdrawn already."))
    override.refresh_from_db()
    transaction.on_commit(forget)
    return override
