"""Saved views: a register's filters and sorting under a name, for their owner or for everybody."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from diemtua.kit.text import nfc, strip_control

from . import access
from .models import Change, SavedView, User

LONGEST = 2000


def clean_query(query: str) -> str:
    """The filters of an address in one form: without the page, without what is empty."""
    given = QueryDict(query[: LONGEST * 4], mutable=True)
    given.pop("page", None)
    for name in list(given):
        given.setlist(name, [v for v in given.getlist(name) if v.strip() and "\x00" not in v])
        if not given.getlist(name):
            del given[name]
    return given.urlencode()


@transaction.atomic
def save_view(*, actor: User, kind: str, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep a view; one of the same name of the same owner is replaced. Raises ValidationError, PermissionDenied."""
    name = " ".join(strip_control(nfc(name)).split())
    if not name:
        raise ValidationError({"name": _("Give the view a name.")})
    if len(name) > 80:
        raise ValidationError({"name": _("The name may have up to 80 characters.")})
    query = clean_query(query)
    if len(query) > LONGEST:
        raise ValidationError({"name": _("These filters are too long to be kept. Use fewer of them.")})
    access.require(not shared or access.may_lead(actor), _("Only a lead officer may share a view with everybody."))
    before = SavedView.objects.filter(user=actor, kind=kind, name=name).first()
    view, made = SavedView.objects.update_or_create(
        user=actor, kind=kind, name=name, defaults={"query": query, "shared": shared}
    )
    old = {"query": before.query, "shared": before.shared} if before else {}
    _audit(
        view,
        actor,
        {"query": [old.get("query"), query], "shared": [old.get("shared"), shared]},
        Change.Verb.CREATE if made else Change.Verb.EDIT,
    )
    return view


@transaction.atomic
def delete_view(*, actor: User, view: SavedView) -> None:
    """Forget a view: one's own, or, for leads, a shared one."""
    access.require(view.user_id == actor.pk or (view.shared and access.may_lead(actor)))
    _audit(view, actor, {"query": [view.query, None], "shared": [view.shared, None]}, Change.Verb.WITHDRAW)
    view.delete()


def _audit(view: SavedView, actor: User, diff: dict[str, list], verb: str) -> None:
    Change.objects.create(
        subject=f"view:{view.pk}", actor=actor, verb=verb, diff={"view": [None, f"{view.kind}: {view.name}"], **diff}
    )
