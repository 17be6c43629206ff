"""The register of documents."""

from django.utils.translation import gettext_lazy as _

from diemtua.register import menu, merging
from diemtua.register.desk import services
from diemtua.register.models import Role
from diemtua.register.screens import Screen, Section, register

from .actions import create_document, update_document
from .models import Document, DocumentText, Subject

menu.offer(
    "work",
    menu.Entry(_("Waiting for decisions"), "sources:waiting", "highlight", Role.OFFICER, ("sources:review",)),
)


@register
class DocumentScreen(Screen):
    kind = "document"
    model = Document
    slug = "documents"
    icon = "file-text"
    stage = "source"
    proves = True
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


services.use_actions("document", create=create_document, update=update_document)

# What documents say of a record that is merged, they say of the one that stays.
merging.MOVES["sources.Subject.record"] = Subject
