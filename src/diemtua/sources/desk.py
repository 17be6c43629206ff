"""The register of documents."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from diemtua.register import merging
from diemtua.register.desk import services
from diemtua.register.models import User
from diemtua.register.screens import Screen, Section, register

from .actions import create_document, update_document
from .models import Document, DocumentText, Subject
from .queries import pieces, proofs_from

SHOWN_LETTERS = 200_000


@register
class DocumentScreen(Screen):
    kind = "document"
    model = Document
    slug = "documents"
    icon = "file-text"
    stage = "source"
    sections = (
        Section(_("Document"), ("title", "form", "number", "issuer", "author", "published", "summary")),
        Section(_("Where it is"), ("origin", "url", "seen_on")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    columns = ("title", "form", "number", "issuer", "published", "access")
    filters = ("form", "origin", "published", "access", "unit", "tags")
    orderings = {
        "newest": ("-published", "-record"),
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    importable = False
    search_fields = ("number", "issuer", "author", "summary", "file_name")

    def more_search_text(self, instance: Document) -> str:
        if instance.pk is None or not instance.sha256:
            return ""
        return DocumentText.objects.filter(document_id=instance.pk).values_list("text", flat=True).first() or ""

    def stored_text(self, pk: int) -> str:
        """The text in which a passage is looked for when evidence is entered."""
        return DocumentText.objects.filter(document_id=pk).values_list("text", flat=True).first() or ""

    def subtitle(self, instance: Document) -> str:
        return " · ".join(filter(None, [instance.number, instance.issuer]))


def text_panel(instance: Any, user: User) -> dict[str, Any]:
    """The text of a document with the passages that prove something, and what it proves."""
    content = DocumentText.objects.filter(document_id=instance.pk).first()
    text = content.text[:SHOWN_LETTERS] if content else ""
    proofs = proofs_from(instance.record, user)
    return {
        "pieces": pieces(text, proofs) if text else [],
        "warnings": content.warnings if content else [],
        "proofs": proofs,
    }


services.use_actions("document", create=create_document, update=update_document)
services.add_panel("document", "sources/panel_text.html", text_panel)

# What documents say of a record that is merged, they say of the one that stays.
merging.MOVES["sources.Subject.record"] = Subject
