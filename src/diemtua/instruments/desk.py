"""The registers of instruments and of commitments."""

from django.utils.translation import gettext_lazy as _

from diemtua.register.screens import ChildSet, Screen, Section, register

from .models import Commitment, Instrument, InstrumentFile, InstrumentParty, Opinion


@register
class InstrumentScreen(Screen):
    kind = "instrument"
    model = Instrument
    slug = "instruments"
    icon = "writing-sign"
    stage = "instrument"
    sections = (
        Section(_("What"), ("title", "title_foreign", "nature", "form", "number", "status", "cooperation_fields",
                            "lead_agency", "summary")),
        Section(_("When"), ("signed", "signed_at", "signing_level", "effect", "expiry", "renewal", "renewal_note",
                            "replaces")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    columns = ("title", "nature", "parties", "signed", "expiry", "status", "confidence")
    filters = ("nature", "form", "status", "party", "signed", "expiry", "cooperation_fields", "lead_agency",
               "access", "unit", "tags")
    orderings = {
        "newest": ("-signed", "-record"),
        "title": ("record__sort_key", "pk"),
        "expiry": ("expiry_by", "pk"),
        "entered": ("-pk",),
    }
    children = (
        ChildSet("parties", InstrumentParty, ("party", "role", "signer", "signer_post"), _("parties")),
        ChildSet("opinions", Opinion, ("body", "asked_on", "due_on", "answered_on", "answer"), _("opinions")),
        ChildSet("files", InstrumentFile, ("document", "role"), _("files")),
    )
    search_fields = ("number", "title_foreign", "summary", "signed_at")

    def subtitle(self, instance: Instrument) -> str:
        return " · ".join(filter(None, [instance.get_nature_display(), instance.number]))


@register
class CommitmentScreen(Screen):
    kind = "commitment"
    model = Commitment
    slug = "commitments"
    icon = "checklist"
    stage = "commitment"
    sections = (
        Section(_("Promise"), ("title", "instrument", "debtor", "creditor", "due", "target", "target_unit")),
        Section(_("How it stands"), ("state", "done", "closed_on", "owner", "note")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    labels = {"title": _("what is promised")}
    columns = ("title", "debtor", "creditor", "due", "state", "instrument")
    filters = ("state", "debtor", "creditor", "instrument", "due", "overdue", "owner", "access", "unit", "tags")
    orderings = {
        "due": ("due", "record"),
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    search_fields = ("note", "target_unit")

    def subtitle(self, instance: Commitment) -> str:
        return instance.get_state_display()
