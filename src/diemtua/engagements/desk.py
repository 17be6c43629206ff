"""The register of engagements."""

from django.utils.translation import gettext_lazy as _

from diemtua.register.screens import ChildSet, Screen, Section, register

from .models import Engagement, EngagementFile, EngagementInstrument, NextStep, Participant


@register
class EngagementScreen(Screen):
    kind = "engagement"
    model = Engagement
    slug = "engagements"
    icon = "calendar-event"
    stage = "engagement"
    sections = (
        Section(_("What"), ("title", "form", "status", "held", "place", "country", "host", "purpose", "outcome",
                            "owner")),
        Section(_("Permission"), ("is_international_conference", "prime_minister_decides", "applied_on",
                                  "permission_number", "permission_on")),
        Section(_("Cost"), ("cost", "currency", "funding")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    columns = ("title", "form", "held", "participants", "country", "status")
    filters = ("form", "status", "held", "party", "country", "owner", "access", "unit", "tags")
    orderings = {
        "newest": ("-held", "-record"),
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    children = (
        ChildSet("participants", Participant, ("side", "party", "person", "post", "is_head"), _("participants")),
        ChildSet("instruments", EngagementInstrument, ("instrument", "what"), _("instruments")),
        ChildSet("next_steps", NextStep, ("text", "owner", "party", "due", "done_on"), _("next steps")),
        ChildSet("files", EngagementFile, ("document", "what"), _("files")),
    )
    search_fields = ("purpose", "place", "outcome", "permission_number", "funding")

    def subtitle(self, instance: Engagement) -> str:
        parts = [instance.get_form_display()]
        if instance.held:
            parts.append(instance.held.display())
        return " · ".join(parts)
