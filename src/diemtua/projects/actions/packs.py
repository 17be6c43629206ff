"""Every write of reply packs: making one, taking its address back, counting its visits."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from diemtua.kit.text import nfc, strip_control
from diemtua.land.actions.searches import keep_search
from diemtua.register import access, write
from diemtua.register.models import Change, User

from ..models import Enquiry, PackVisit, ReplyPack
from ..packs.asking import question_of
from ..packs.contents import offered

LONGEST_DAYS = 180
CONTACT = ("name", "post", "email", "phone")


def _clean(text: Any, most: int) -> str:
    lines = str(text or "").replace("\r\n", "\n").split("\n")
    return "\n".join(strip_control(nfc(line)).rstrip() for line in lines).strip()[:most]


def make_pack(
    *,
    actor: User,
    enquiry: Enquiry,
    language: str,
    chosen: Collection[str],
    released: Collection[str] = (),
    greeting: str = "",
    contact: Mapping[str, str],
    ends_on: datetime.date | None = None,
) -> ReplyPack:
    """Make a pack of the things chosen, as they stand today.

    `chosen` and `released` are keys of `packs.contents.offered`. What is not public goes in only where `released` names
    it too: an officer's tick of its own. Keys that are not offered any more are refused, so that nobody sends less than
    they saw. Raises ValidationError({"items" | "contact_name" | "ends_on"}), PermissionDenied.
    """
    access.require(access.may_edit(actor, enquiry.record))
    if language not in ReplyPack.Language.values:
        raise ValidationError({"language": _("Choose Vietnamese or English.")})
    today = timezone.localdate()
    ends_on = ends_on or today + datetime.timedelta(days=60)
    if not today <= ends_on <= today + datetime.timedelta(days=LONGEST_DAYS):
        raise ValidationError(
            {"ends_on": _("Choose a day from today on, at most %(n)s days ahead.") % {"n": LONGEST_DAYS}}
        )
    person = {name: " ".join(_clean(contact.get(name), 200).split()) for name in CONTACT}
    if not person["name"]:
        raise ValidationError({"contact_name": _("Name the person whom the sender can ask.")})
    offer = offered(enquiry, actor, language, today)
    items = offer.chosen(chosen)
    if missing := set(chosen) - {i.key for i in items}:
        raise ValidationError(
            {"items": _("%(n)s things chosen are there no longer. Look at the list again.") % {"n": len(missing)}}
        )
    if not items:
        raise ValidationError({"items": _("Choose at least one thing to tell.")})
    if hidden := [i for i in items if not i.public and i.key not in released]:
        raise ValidationError(
            {
                "items": _("Not public: %(titles)s. Tick “release” beside it, or take it out.")
                % {"titles": "; ".join(i.title for i in hidden[:5])}
            }
        )
    with override(language):
        title = _("Reply to your enquiry: %(title)s") % {"title": enquiry.record.title}
        words = _clean(greeting, 5000) or standard_greeting(enquiry)
    contents: dict[str, Any] = {
        "title": title,
        "day": today.strftime("%d/%m/%Y"),
        "receipt": enquiry.receipt,
        "greeting": words,
        "contact": person,
        "items": [i.as_json() for i in items],
    }
    with transaction.atomic():
        record = write.lock(enquiry.pk)
        pack = ReplyPack.objects.create(
            enquiry=enquiry,
            language=language,
            contents=contents,
            released=sorted(i.key for i in items if not i.public),
            ends_on=ends_on,
            created_by=actor,
        )
        write.audit(
            record,
            actor=actor,
            verb=Change.Verb.NOTE,
            reason="",
            diff={"pack": [None, f"#{pack.pk}: {', '.join(i['key'] for i in contents['items'])}"[:400]]},
        )
    return pack


def standard_greeting(enquiry: Enquiry) -> str:
    """The first words of a reply, in the language in force."""
    name = enquiry.sender_name or enquiry.organisation
    hello = _("Dear %(name)s,") % {"name": name} if name else _("Dear Sir or Madam,")
    return hello + "\n" + _("Thank you for your interest in our province. Here is what we can offer for your project.")


def keep_land_search(*, actor: User, enquiry: Enquiry) -> Any:
    """Keep what the enquiry asks of the land as a search, so that unmet demand is counted. None where it asks nothing."""
    question = question_of(enquiry)
    if question.empty:
        return None
    return keep_search(actor=actor, question=question, title=enquiry.record.title[:200], for_record=enquiry.record)


@transaction.atomic
def revoke_pack(*, actor: User, pack: ReplyPack) -> ReplyPack:
    """Close the private address of a pack. One that is closed stays so. Raises PermissionDenied."""
    record = write.lock(pack.enquiry_id)
    access.require(access.may_edit(actor, record))
    current = ReplyPack.objects.select_for_update().get(pk=pack.pk)
    if current.revoked_at is None:
        current.revoked_at, current.revoked_by = timezone.now(), actor
        current.save(update_fields=["revoked_at", "revoked_by"])
        write.audit(record, actor=actor, verb=Change.Verb.WITHDRAW, reason="", diff={"pack": [f"#{pack.pk}", None]})
    return current


MOST_VISITS = 100_000


def count_visit(*, pack: ReplyPack) -> None:
    """Count that the private page was opened; who opened it is not kept."""
    if PackVisit.objects.filter(pack=pack).count() < MOST_VISITS:
        PackVisit.objects.create(pack=pack)
