"""Taking documents in. A secret paper is refused before anything of it is written anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.register import access, write
from diemtua.register.models import Batch, User

from ..models import Document, DocumentText
from ..text import Read, read, secrecy_mark

# Signs and languages of papers that may not enter: nothing of them is kept, not even the name.
CHECKED_FIELDS = ("title", "number", "summary")


class SecretPaper(ValidationError):
    """The paper bears a mark of secrecy. The message names neither the paper nor the mark's place."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This paper is marked as secret. Secret papers must not enter this system: it was refused and "
                "nothing of it was kept. Handle it by the rules for state secrets."
            )
        )


class AlreadyThere(Exception):
    """The same file or text is a document already; nothing was saved."""

    def __init__(self, document: Document) -> None:
        super().__init__(_("This document is here already."))
        self.document = document


@dataclass(frozen=True)
class Content:
    """What a document is made of, read and checked; bytes only where there is a file."""

    read: Read
    file_name: str = ""
    file: File | None = None


def read_upload(name: str, data: bytes) -> Content:
    """Read an uploaded file. Raises `text.Unreadable` and SecretPaper."""
    name = PurePath(name.replace("\\", "/")).name[:255]
    if secrecy_mark("", name):  # before reading: an unreadable file's name is not kept either
        raise SecretPaper
    found = read(data, name)
    refuse_secret(found, name)
    return Content(found, name, ContentFile(data))


def read_text(text: str) -> Content:
    """A pasted text. Raises SecretPaper; ValidationError when nothing was pasted."""
    if not text.strip():
        raise ValidationError({"text": _("Paste the text of the document.")})
    found = read(text.encode(), "pasted.txt")
    refuse_secret(found, "")
    return Content(found)


def refuse_secret(found: Read, name: str) -> None:
    if secrecy_mark(found.text, name, pages=found.pages, metadata=found.metadata):
        raise SecretPaper


def refuse_secret_fields(fields: Mapping[str, Any], names: Iterable[Mapping[str, Any]] = ()) -> None:
    """The same refusal for what is typed about a document, its other names included."""
    typed = [str(fields.get(name) or "") for name in CHECKED_FIELDS]
    for value in (*typed, *(str(row.get("text") or "") for row in names)):
        if value and (secrecy_mark(value) or secrecy_mark("", value)):
            raise SecretPaper


def known(user: User | None, sha256: str) -> Document | None:
    """The document with this content, if this person may see it."""
    rows = Document.objects.filter(sha256=sha256).select_related("record").order_by("pk")
    if user is not None:
        rows = rows.visible_to(user)
    return rows.first()


def create_document(
    *,
    actor: User | None,
    fields: dict[str, Any],
    content: Content | None = None,
    children: dict[str, list[dict[str, Any]]] | None = None,
    tags: Any = (),
    reason: str = "",
    batch: Batch | None = None,
) -> Document:
    """Save a document with its file and text, all or nothing.

    `fields` as on the form; the origin follows from what is given. Raises ValidationError, SecretPaper,
    AlreadyThere, PermissionDenied.
    """
    access.require(access.may_create(actor))
    refuse_secret_fields(fields, (children or {}).get("names", ()))
    fields = dict(fields)
    if content is None:
        fields.setdefault("origin", Document.Origin.ADDRESS if fields.get("url") else Document.Origin.CITED)
        if fields["origin"] in (Document.Origin.FILE, Document.Origin.TEXT):
            fields["origin"] = Document.Origin.ADDRESS if fields.get("url") else Document.Origin.CITED
    else:
        fields["origin"] = (
            Document.Origin.FILE
            if content.file
            else (Document.Origin.ADDRESS if fields.get("url") else Document.Origin.TEXT)
        )
        if (existing := known(actor, content.read.sha256)) is not None:
            raise AlreadyThere(existing)
        fields.setdefault("title", "")
        fields["title"] = fields["title"] or content.read.title or content.file_name
        fields |= {"file_name": content.file_name, "media_type": content.read.media_type, "sha256": content.read.sha256}
        if content.file is not None:
            fields["size"] = content.file.size
    if fields.get("url") and not fields.get("seen_on"):
        fields["seen_on"] = timezone.localdate()
    if content is not None:  # what the paper itself tells, where the officer told nothing
        fields |= {name: value for name, value in content.read.suggested.items() if not fields.get(name)}
    stored = ""
    try:
        with transaction.atomic():
            if content is not None and content.file is not None:
                stored = store(content)
                fields["file"] = stored
            document = write.create(
                "document", actor=actor, fields=fields, children=children, tags=tags, reason=reason, batch=batch
            )
            if content is not None:
                DocumentText.objects.create(
                    document=document,
                    text=content.read.text,
                    pages=list(content.read.pages),
                    warnings=[str(w) for w in content.read.warnings],
                )
                write.refresh_search_text(document)
    except BaseException:
        if stored and not Document.objects.filter(file=stored).exists():
            default_storage.delete(stored)
        raise
    return document


def store(content: Content) -> str:
    """Put the file under its checksum; the same bytes are kept once. Returns the stored name."""
    assert content.file is not None
    sha = content.read.sha256
    name = f"documents/{sha[:2]}/{sha}.{content.read.kind}"
    if default_storage.exists(name):
        with default_storage.open(name) as have:
            if hashlib.file_digest(have, "sha256").hexdigest() == sha:
                return name
        default_storage.delete(name)
    return default_storage.save(name, content.file)


@transaction.atomic
def update_document(instance: Document, *, actor: User | None, fields: dict[str, Any], **kwargs: Any) -> Document:
    """Change what is said about a document; its file and text stay as they came."""
    edits = (kwargs.get("children") or {}).get("names") or write.ChildEdits()
    refuse_secret_fields(fields, [*edits.create, *edits.update.values()])
    fields = {n: v for n, v in fields.items() if n != "origin"}
    return write.update(instance, actor=actor, fields=fields, **kwargs)
