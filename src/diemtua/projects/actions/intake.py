"""How enquiries come in from outside: the public form, an e-mail file, and the test a lead officer plants."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from diemtua.kit.secrecy import secrecy_mark
from diemtua.kit.text import nfc
from diemtua.register import access, write
from diemtua.register.models import Change, User
from diemtua.register.origins import sender_of
from diemtua.register.tabular import Unreadable, files
from diemtua.sources import text as source_text
from diemtua.sources.actions import SecretPaper

from ..models import Enquiry, EnquiryFile, ShoppingScore
from ..queries import enquiries as queries
from ..rules import attachments, mail, shopping
from .enquiries import create_enquiry, escalate_due

# The same words from the same sender within so long are one enquiry sent twice.
TWICE = datetime.timedelta(hours=12)


def origin_mark(address: str, day: datetime.date | None = None) -> str:
    """A keyed sum of an address for one day: enough to count, not to know who it was."""
    day, sender = day or timezone.localdate(), sender_of(address)
    return salted_hmac("diemtua.projects.origin", f"{day} {sender}").hexdigest()[:32] if sender else ""


def from_web(
    *,
    fields: Mapping[str, Any],
    uploads: Sequence[tuple[str, bytes]] = (),
    address: str = "",
    trap: bool = False,
) -> Enquiry:
    """Keep what was sent by the public form. Over the limit it is kept to be checked; nothing is thrown away.

    Sent twice, the first stands and is given back. Raises ValidationError, SecretPaper.
    """
    given = dict(fields)
    text = str(given.get("text", ""))
    _refuse_secret(text, str(given.get("title", "")))
    checked = [_check(name, data) for name, data in uploads[: attachments.MAX_FILES]]
    if (first := _sent_before(given, text)) is not None:
        Enquiry.objects.filter(pk=first.pk).update(repeats=first.repeats + 1)
        return first
    mark = origin_mark(address)
    mine, everybody = queries.web_load(mark)
    why = "trap" if trap else ""
    if not why and mine >= (queries.number_of("enquiry.web_per_hour") or 5):
        why = "many_from_one"
    if not why and everybody >= (queries.number_of("enquiry.web_per_hour_all") or 60):
        why = "many"
    given |= {
        "channel": Enquiry.Channel.WEB,
        "origin_mark": mark,
        "check_why": why,
        "state": Enquiry.State.TO_CHECK if why else Enquiry.State.OPEN,
        "received_on": timezone.localdate(),
    }
    made = _with_files(given, checked, actor=None)
    escalate_due(most=5)
    return made


def _sent_before(given: Mapping[str, Any], text: str) -> Enquiry | None:
    """The enquiry of which this is the second copy: the same words from the same address, not long ago."""
    if not given.get("sender_email") or not text.strip():
        return None
    return (
        Enquiry.objects.select_related("record")
        .filter(
            channel=Enquiry.Channel.WEB,
            received_at__gt=timezone.now() - TWICE,
            sender_email__iexact=given["sender_email"],
            text=text,
            record__title=given.get("title", ""),
        )
        .exclude(state=Enquiry.State.NO_ENQUIRY)
        .first()
    )


def from_mail(*, actor: User | None, data: bytes, unit: Any = None) -> Enquiry:
    """Enter an e-mail file. The same message again is given back as it was entered.

    Raises Unreadable, SecretPaper, ValidationError, PermissionDenied.
    """
    access.require(access.may_create(actor))
    found = mail.read_mail(data)
    _refuse_secret(found.text, found.subject)
    if found.message_id:
        rows = Enquiry.objects.filter(message_id=found.message_id).select_related("record")
        before = (rows.visible_to(actor) if actor is not None else rows).first()
        if before is not None:
            return before
    checked = [_check(name, content) for name, content in found.attachments]
    now = timezone.now()
    sent = found.sent if found.sent is not None and found.sent <= now else None
    day = timezone.localtime(sent).date() if sent else timezone.localdate()
    warnings = list(found.warnings)
    address = found.sender_email
    try:
        if address:
            validate_email(address)
    except ValidationError:
        warnings.append(_("The sender's address “%(address)s” is not a valid one.") % {"address": address})
        address = ""
    fields: dict[str, Any] = {
        "title": found.subject or _("Enquiry without a subject"),
        "text": found.text,
        "sender_name": found.sender_name,
        "sender_email": address,
        "channel": Enquiry.Channel.EMAIL,
        "received_on": day,
        "message_id": found.message_id,
        "warnings": warnings,
        "language": _language(found.text),
        "unit": unit,
    }
    if sent:
        fields["received_at"] = sent
    return _with_files(fields, checked, actor=actor)


def _language(text: str) -> str:
    """The language a text seems to be in, by its script and letters."""
    sample = text[:4000]
    if any("\uac00" <= c <= "\ud7a3" for c in sample):
        return Enquiry.Language.KO
    if any("\u3040" <= c <= "\u30ff" for c in sample):
        return Enquiry.Language.JA
    if any("\u4e00" <= c <= "\u9fff" for c in sample):
        return Enquiry.Language.ZH
    marked = sum(c.lower() in "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ" for c in sample)
    return Enquiry.Language.VI if marked > len(sample) / 100 else Enquiry.Language.EN


# --- files ----------------------------------------------------------------------------------------


def _refuse_secret(text: str, name: str) -> None:
    if secrecy_mark(text, name):
        raise SecretPaper


def _check(name: str, data: bytes) -> attachments.Attachment:
    """What is kept of a file. Raises SecretPaper for one marked as secret: then nothing of the whole is kept."""
    found = attachments.check(name, data)
    _refuse_secret("", found.name)
    if found.kind in ("pdf", "docx", "xlsx", "html", "txt"):
        try:
            read = source_text.read(found.data, found.name)
        except Unreadable as error:
            return attachments.Attachment(found.name, b"", "", str(error.sentence))
        if secrecy_mark(read.text, found.name, pages=read.pages, metadata=read.metadata):
            raise SecretPaper
    return found


def _with_files(fields: dict[str, Any], checked: Sequence[attachments.Attachment], *, actor: User | None) -> Enquiry:
    """The enquiry and its files, all or nothing."""
    stored: list[str] = []
    try:
        with transaction.atomic():
            made = create_enquiry(actor=actor, **fields)
            for found in checked:
                row = EnquiryFile(enquiry=made, name=found.name, kind=found.kind, remark=found.remark[:300])
                if found.kept:
                    row.size, row.sha256 = len(found.data), files.sha256(found.data)
                    row.file.save(f"{row.sha256[:20]}.{found.kind}", ContentFile(found.data), save=False)
                    stored.append(str(row.file.name))
                row.save()
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise
    return made


# --- the planted test -----------------------------------------------------------------------------


@transaction.atomic
def plant_test(*, actor: User, fields: Mapping[str, Any]) -> Enquiry:
    """Plant an enquiry that looks like any other by the web form. By lead officers. Raises ValidationError."""
    access.require(access.may_lead(actor))
    given = dict(fields) | {
        "channel": Enquiry.Channel.WEB,
        "received_on": timezone.localdate(),
        "is_test": True,
        "planted_by": actor,
    }
    made = create_enquiry(actor=None, **given)
    # The record's own history must not give it away.
    Change.objects.create(subject=f"test_enquiry:{made.pk}", actor=actor, verb=Change.Verb.ADMIN, diff={})
    return made


@transaction.atomic
def score_test(*, actor: User, enquiry: Enquiry, scores: Mapping[str, int], note: str = "") -> ShoppingScore:
    """Judge how a planted enquiry was answered, which ends the test: it is archived and found by no search any more.

    By lead officers. Judging again adds a score. Raises ValidationError, PermissionDenied.
    """
    access.require(access.may_lead(actor))
    if not enquiry.is_test:
        raise ValidationError(_("Only a test enquiry is scored."))
    given = {c: int(scores[c]) for c in shopping.COUNTS if scores.get(c) is not None}
    errors = {c: _("A score is a number from 0 to 100.") for c in shopping.COUNTS if not 0 <= given.get(c, -1) <= 100}
    if errors:
        raise ValidationError(errors)
    row = ShoppingScore.objects.create(
        enquiry=enquiry, **given, total=shopping.total(given), note=nfc(note).strip()[:5000], by=actor
    )
    Change.objects.create(
        subject=f"test_enquiry:{enquiry.pk}", actor=actor, verb=Change.Verb.ADMIN, diff={"total": [None, row.total]}
    )
    if enquiry.record.archived_at is None:
        write.archive(enquiry, actor=actor, reason=_("It was a test of how enquiries are answered."))
    return row
