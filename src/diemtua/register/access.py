"""Who may do what. Every action and every page asks here, and nowhere else.

The actor None is the system itself (loading, the command line), which may do everything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .models import Access, Record, Role

if TYPE_CHECKING:
    from .models import User


def may_see(user: User | None, record: Record) -> bool:
    """The same rule as `queries.visible`, for a record already in hand (no query)."""
    if record.access == Access.PUBLIC:
        return True
    if user is None or not user.is_authenticated:
        return False
    if record.access == Access.INTERNAL or user.role == Role.ADMINISTRATOR:
        return True
    return record.unit_id is not None and record.unit_id == user.unit_id


def may_create(user: User | None) -> bool:
    return user is None or user.is_at_least(Role.OFFICER)


def may_edit(user: User | None, record: Record) -> bool:
    """Officers change what their unit owns or nobody owns; leads all that they see."""
    if user is None:
        return True
    if not may_see(user, record):
        return False
    if user.is_at_least(Role.LEAD):
        return True
    return user.is_at_least(Role.OFFICER) and record.unit_id in (None, user.unit_id)


def may_lead(user: User | None) -> bool:
    """Merging, bulk edits, undoing imports."""
    return user is None or user.is_at_least(Role.LEAD)


def may_administer(user: User | None) -> bool:
    return user is None or user.is_at_least(Role.ADMINISTRATOR)


def require(allowed: bool, sentence: str = "") -> None:
    """Raise PermissionDenied with a sentence the person reads."""
    if not allowed:
        raise PermissionDenied(sentence or _("Your role does not allow this. Ask a lead officer."))


View = Callable[..., HttpResponse]


def desk_required(role: str = Role.VIEWER) -> Callable[[View], View]:
    """Decorator of desk pages: signed in, and at least `role`."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            require(request.user.is_at_least(role))  # type: ignore[union-attr]
            return view(request, *args, **kwargs)

        return guarded

    return decorate
