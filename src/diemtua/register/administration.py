"""People and units of the administration: made, changed and switched off by administrators, audited."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from . import access
from .models import Change, OrgUnit, Role, User
from .write import to_stored

USER_FIELDS = ("username", "name", "email", "role", "unit", "language", "is_active")


def _check(user: User) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,59}", user.username):
        raise ValidationError({"username": _("Use 2 to 60 small letters without marks, digits, dots or dashes.")})
    if not user.name.strip():
        raise ValidationError({"name": _("Write the full name.")})
    if User.objects.filter(username=user.username).exclude(pk=user.pk).exists():
        raise ValidationError({"username": _("This user name is taken.")})
    user.full_clean(exclude=["password", "unit"])


def _state(user: User) -> dict[str, Any]:
    return {n: to_stored(getattr(user, "unit_id" if n == "unit" else n)) for n in USER_FIELDS}


@transaction.atomic
def create_user(
    *,
    actor: User | None,
    username: str,
    name: str,
    role: str,
    unit: OrgUnit | None,
    email: str = "",
    language: str = "vi",
    reason: str = "",
) -> User:
    """Open an account without a password; its person comes in by a one-time link and sets one.

    Raises ValidationError, PermissionDenied.
    """
    access.require(access.may_administer(actor))
    user = User(
        username=username.strip().lower(),
        name=name.strip(),
        role=role,
        unit=unit,
        email=email,
        language=language,
    )
    user.set_unusable_password()
    _check(user)
    user.save()
    Change.objects.create(
        subject=f"user:{user.pk}",
        actor=actor,
        verb=Change.Verb.ADMIN,
        reason=reason,
        diff={n: [None, v] for n, v in _state(user).items()},
    )
    return user


@transaction.atomic
def update_user(*, actor: User | None, user: User, reason: str = "", **fields: Any) -> User:
    """Change an account. The last administrator can be neither demoted nor switched off."""
    access.require(access.may_administer(actor))
    # All administrators are held, so that two of them cannot demote each other at the same moment.
    administrators = set(
        User.objects.select_for_update()
        .filter(role=Role.ADMINISTRATOR, is_active=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    user = User.objects.select_for_update().get(pk=user.pk)
    before = _state(user)
    for name, value in fields.items():
        if name not in USER_FIELDS:
            raise ValidationError(_("%(field)s cannot be changed here.") % {"field": name})
        setattr(user, name, value)
    _check(user)
    if not (user.is_active and user.role == Role.ADMINISTRATOR) and administrators == {user.pk}:
        raise ValidationError(_("This is the last administrator. Make another one first."))
    user.save()
    diff = {n: [before[n], v] for n, v in _state(user).items() if before[n] != v}
    if diff:
        Change.objects.create(subject=f"user:{user.pk}", actor=actor, verb=Change.Verb.ADMIN, reason=reason, diff=diff)
    return user


@transaction.atomic
def save_unit(*, actor: User | None, name: str, unit: OrgUnit | None = None, reason: str = "") -> OrgUnit:
    """Make a unit, or give one another name."""
    access.require(access.may_administer(actor))
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": _("Write the name of the unit.")})
    unit = unit or OrgUnit()
    if OrgUnit.objects.filter(name=name).exclude(pk=unit.pk).exists():
        raise ValidationError({"name": _("There is a unit of this name already.")})
    before, unit.name = unit.name or None, name
    unit.full_clean(exclude=["sort_key"])
    unit.save()
    Change.objects.create(
        subject=f"unit:{unit.pk}",
        actor=actor,
        verb=Change.Verb.ADMIN,
        reason=reason,
        diff={"name": [before, name]},
    )
    return unit


def _note(actor: User | None, user: User, what: str, reason: str = "", before: Any = None, after: Any = True) -> None:
    Change.objects.create(
        subject=f"user:{user.pk}",
        actor=actor,
        verb=Change.Verb.ADMIN,
        reason=reason,
        diff={what: [before, after]},
    )


@transaction.atomic
def note_link(*, actor: User, user: User) -> None:
    """Remember that an administrator made a sign-in link for somebody."""
    access.require(access.may_administer(actor))
    if not user.is_active:
        raise ValidationError(_("This account is switched off. Switch it on before making a link."))
    _note(actor, user, "login_link")


@transaction.atomic
def note_password(*, actor: User) -> None:
    """Remember that a person set or changed their own password (never which)."""
    _note(actor, actor, "password")


@transaction.atomic
def remove_second_factor(*, actor: User | None, user: User, reason: str) -> None:
    """Let somebody in again who has lost both the telephone and the recovery codes."""
    access.require(access.may_administer(actor))
    reason = reason.strip()[:500]
    if not reason:
        raise ValidationError(_("Say in a few words why the second factor is removed."))
    gone, _per_model = Authenticator.objects.filter(user=user).delete()
    if gone:
        _note(actor, user, "second_factor", reason, before=True, after=None)


@transaction.atomic
def choose_language(*, actor: User, language: str) -> None:
    """Keep the language a person has chosen for themselves."""
    if language not in dict(settings.DESK_LANGUAGES):
        raise ValidationError({"language": _("Choose one of the languages offered.")})
    user = User.objects.select_for_update().get(pk=actor.pk)
    if user.language != language:
        _note(actor, user, "language", before=user.language, after=language)
        user.language = actor.language = language
        user.save(update_fields=["language"])
