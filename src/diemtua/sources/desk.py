"""The register of documents."""

from django.utils.translation import gettext_lazy as _

from diemtua.register.screens import Screen, Section, register

from .models import Document


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
        "newest": ("-published", "-pk"),
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    search_fields = ("number", "issuer", "author", "summary", "file_name")

    def subtitle(self, instance: Document) -> str:
        return " · ".join(filter(None, [instance.number, instance.issuer]))
