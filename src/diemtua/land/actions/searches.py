"""Every write of searches for land: keeping one, sharing it by a private address, taking it back."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.kit.text import nfc, strip_control
from diemtua.register import access
from diemtua.register.models import Change, Record, User

from ..models import SearchShare, SiteSearch
from ..rules.questions import Question

# A private address stands open for no longer; it can be given out anew.
LONGEST_DAYS = 180


@transaction.atomic
def keep_search(
    *,
    actor: User | None,
    question: Question,
    title: str,
    for_record: Record | None = None,
    note: str = "",
) -> SiteSearch:
    """Keep a question with what the answer is today. Raises ValidationError({field: sentence}), PermissionDenied."""
    from ..queries.answering import answer_to

    access.require(access.may_create(actor))
    title = " ".join(strip_control(nfc(title)).split())
    note = nfc(note).strip()
    errors = {}
    if not title:
        errors["title"] = _("Give the search a name, for example the investor and the project.")
    elif len(title) > 200:
        errors["title"] = _("The name may have up to 200 characters.")
    if len(note) > 5000:
        errors["note"] = _("The remarks may have up to 5,000 characters.")
    if for_record is not None and actor is not None and not access.may_see(actor, for_record):
        errors["for_record"] = _("This record is not there any more, or you may not see it. Choose another one.")
    if errors:
        raise ValidationError(errors)
    result = answer_to(question, actor, "vi")
    change = []
    if result.answer.changes and not result.fits:
        for old, new in result.answer.changes[0].bounds:
            side = "least" if old.at_least != new.at_least else "most"
            asked, enough = (old.at_least, new.at_least) if side == "least" else (old.at_most, new.at_most)
            change.append({"key": old.column, "side": side, "asked": asked, "enough": enough})
    search = SiteSearch.objects.create(
        title=title,
        question=question.as_json(),
        for_record=for_record,
        note=note,
        asked_on=timezone.localdate(),
        plots=result.looked_at,
        fits=result.fits,
        possible=result.possible,
        combined=result.combined,
        illustrative=result.illustrative,
        reasons=[{"key": r.key, "fails": r.fails, "alone": r.alone} for r in result.rulings],
        change=change,
        area_ha=question.least.get("area"),
        power_mw=question.least.get("power"),
        ready_by=question.ready_by,
        created_by=actor,
    )
    _remember(search, actor, Change.Verb.CREATE, {"title": [None, title], "fits": [None, result.fits]})
    return search


@transaction.atomic
def share_search(*, actor: User | None, search: SiteSearch, ends_on: datetime.date) -> SearchShare:
    """Give out a private address until a day. Raises ValidationError({"ends_on": sentence}), PermissionDenied."""
    access.require(access.may_create(actor))
    search = _standing(search, actor)
    today = timezone.localdate()
    last = today + datetime.timedelta(days=LONGEST_DAYS)
    if ends_on < today:
        raise ValidationError({"ends_on": _("Choose today or a later day.")})
    if ends_on > last:
        raise ValidationError(
            {
                "ends_on": _("A private link lasts until %(day)s at most. Choose an earlier day; it can be renewed.")
                % {"day": PartialDate.day(last).display()}
            }
        )
    share = SearchShare.objects.create(search=search, key=secrets.token_urlsafe(15), ends_on=ends_on, created_by=actor)
    _remember(search, actor, Change.Verb.EDIT, {"share": [None, share.pk], "ends_on": [None, ends_on.isoformat()]})
    return share


@transaction.atomic
def revoke_share(*, actor: User | None, share: SearchShare) -> SearchShare:
    """Close a private address now. One that is closed stays so. Raises PermissionDenied."""
    access.require(access.may_create(actor))
    share = SearchShare.objects.select_for_update(of=("self",)).select_related("search").get(pk=share.pk)
    if actor is not None and not _sees(actor, share.search):
        raise SearchShare.DoesNotExist
    if share.revoked_at is None:
        share.revoked_at, share.revoked_by = timezone.now(), actor
        share.save(update_fields=["revoked_at", "revoked_by"])
        _remember(share.search, actor, Change.Verb.WITHDRAW, {"share": [share.pk, None]})
    return share


@transaction.atomic
def withdraw_search(*, actor: User | None, search: SiteSearch) -> SiteSearch:
    """Take a search out of the lists and of demand; its private addresses close with it.

    By who kept it, or a lead. Raises PermissionDenied.
    """
    search = _standing(search, actor)
    own = actor is not None and search.created_by_id == actor.pk
    access.require(access.may_lead(actor) or (own and access.may_create(actor)))
    search.withdrawn_at = timezone.now()
    search.save(update_fields=["withdrawn_at"])
    _remember(search, actor, Change.Verb.WITHDRAW, {"title": [search.title, None]})
    return search


def _sees(user: User, search: SiteSearch) -> bool:
    return search.for_record is None or access.may_see(user, search.for_record)


def _standing(search: SiteSearch, actor: User | None) -> SiteSearch:
    """The search as it stands, held until the transaction ends; SiteSearch.DoesNotExist where it is not to be seen."""
    current = SiteSearch.objects.select_for_update(of=("self",)).select_related("for_record").get(pk=search.pk)
    if current.withdrawn_at is not None or (actor is not None and not _sees(actor, current)):
        raise SiteSearch.DoesNotExist
    return current


def _remember(search: SiteSearch, actor: User | None, verb: str, diff: dict[str, Any]) -> None:
    """The audit row names the search and no record: those who see the record may not have asked."""
    Change.objects.create(subject=f"land_search:{search.pk}", actor=actor, verb=verb, diff=diff)
