"""The registers of parties and of people."""

from django.utils.translation import gettext_lazy as _

from diemtua.register.screens import ChildSet, Screen, Section, register

from .models import Contact, Party, Person, Post


@register
class PartyScreen(Screen):
    kind = "party"
    model = Party
    slug = "parties"
    icon = "building-community"
    stage = "partner"
    sections = (
        Section(_("Who"), ("title", "kind", "is_partner", "is_own", "country", "place", "sector", "description")),
        Section(_("Through time"), ("relation_since", "parent", "ended", "ended_basis", "successor")),
        Section(_("Contact"), ("address", "website", "email", "phone", "tax_code", "desk_officer")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    columns = ("title", "kind", "country", "is_partner", "last_contact", "confidence")
    filters = ("kind", "country", "is_partner", "is_own", "desk_officer", "confidence", "access", "unit", "tags")
    orderings = {
        "title": ("record__sort_key", "pk"),
        "silent": ("last_contact", "pk"),
        "entered": ("-pk",),
    }
    children = (
        ChildSet("contacts", Contact, ("label", "phone", "email", "language", "note"), _("contacts")),
    )
    search_fields = ("sector", "tax_code", "address", "description", "website", "email")
    measures = ("population", "area", "gdp")

    def subtitle(self, instance: Party) -> str:
        parts = [instance.get_kind_display()]
        if instance.country_id:
            parts.append(str(instance.country))
        return " · ".join(parts)


@register
class PersonScreen(Screen):
    kind = "person"
    model = Person
    slug = "people"
    icon = "user"
    stage = "partner"
    sections = (
        Section(_("Who"), ("title", "party", "languages", "email", "phone", "note")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    labels = {"title": _("full name")}
    columns = ("title", "party", "confidence")
    filters = ("party", "confidence", "access", "unit", "tags")
    children = (ChildSet("posts", Post, ("title", "rank", "party", "start", "end"), _("posts")),)
    search_fields = ("note",)
