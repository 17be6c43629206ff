"""The forms of enquiries: single steps on the desk, the public form, the reply pack, the planted test."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.kit.fields import DecimalInputField
from diemtua.land.rules.industries import DIVISIONS
from diemtua.register.desk.forms import DAY_FORMATS, DayInput, clean_text
from diemtua.register.models import Role, User

from ..models import Enquiry, ReplyPack
from ..rules import shopping

NO_DAY = {"invalid": gettext_lazy("Write the day as dd/mm/yyyy, for example 04/11/2021.")}


class Plain(forms.Form):
    """Typed text in NFC without control signs, boxes in the look of the desk."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.add()
        for f in self.fields.values():
            chosen = isinstance(f.widget, forms.Select)
            f.widget.attrs.setdefault("class", "form-select" if chosen else "form-control")

    def add(self) -> None:
        """Fields that depend on the language or the person."""

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[n] for n in self.fields if not self[n].is_hidden]

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():
            self.cleaned_data[name] = clean_text(value)

    def add_errors(self, error: ValidationError) -> None:
        """Sentences of the action beside their fields; what has no field on top."""
        found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
        for name, sentences in found.items():
            self.add_error(name if name in self.fields else None, sentences)


def _long(label: Any, rows: int = 5, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


# --- steps ----------------------------------------------------------------------------------------


class HandOverForm(Plain):
    def add(self) -> None:
        people = User.objects.filter(is_active=True).exclude(role=Role.VIEWER).order_by("name")
        self.fields["to"] = forms.ModelChoiceField(people, label=_("to whom"), empty_label="")
        self.fields["reason"] = forms.CharField(required=False, max_length=500, label=_("why"))


class SendForm(Plain):
    def add(self) -> None:
        self.fields["kind"] = forms.ChoiceField(
            label=_("kind of message"),
            choices=[
                ("first", _("First reply")),
                ("question", _("Question to the sender (the clocks stand until the answer)")),
                ("answer", _("Full answer")),
                ("follow_up", _("Follow-up")),
            ],
        )
        self.fields["text"] = _long(
            _("what the sender is told"),
            8,
            max_length=20_000,
            help_text=_(
                "The sender reads it on the private page. Send it by e-mail too where the sender gave an address."
            ),
        )


class ReasonForm(Plain):
    """A reason, under the name the action has for it."""

    def __init__(self, *args: Any, name: str = "reason", label: str = "", **kwargs: Any) -> None:
        self.of = (name, label)
        super().__init__(*args, **kwargs)

    def add(self) -> None:
        self.fields[self.of[0]] = _long(self.of[1], 3, max_length=500)


class MailForm(forms.Form):
    """An e-mail file."""

    file = forms.FileField(label=gettext_lazy("E-mail file (.eml)"), max_length=255)


# --- the public form ------------------------------------------------------------------------------


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to three files."""

    MOST = 3

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=SeveralFiles(attrs={"class": "form-control"}), required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [f for f in (data if isinstance(data, list | tuple) else [data]) if f]
        if len(files) > self.MOST:
            raise ValidationError(_("Attach at most %(n)s files.") % {"n": self.MOST})
        return files


# --- the pack -------------------------------------------------------------------------------------


class PackForm(Plain):
    """Beside the ticks: the language, the first words, the person to ask, how long the page stands open."""

    def add(self) -> None:
        self.fields["language"] = forms.ChoiceField(label=_("language"), choices=ReplyPack.Language.choices)
        self.fields["greeting"] = _long(_("first words"), 4, required=False, max_length=5000)
        self.fields["contact_name"] = forms.CharField(label=_("contact: name"), max_length=150)
        self.fields["contact_post"] = forms.CharField(required=False, label=_("contact: post"), max_length=200)
        self.fields["contact_email"] = forms.EmailField(required=False, label=_("contact: e-mail"))
        self.fields["contact_phone"] = forms.CharField(required=False, label=_("contact: telephone"), max_length=60)
        self.fields["ends_on"] = forms.DateField(
            label=_("private page open until"), input_formats=DAY_FORMATS, widget=DayInput(), error_messages=NO_DAY
        )


# --- the planted test -----------------------------------------------------------------------------


class PlantForm(Plain):
    """A test enquiry as it would come by the web form."""

    title = forms.CharField(max_length=300, label=gettext_lazy("subject"))
    text = _long(gettext_lazy("what is asked"), 6, max_length=20_000)
    sender_name = forms.CharField(max_length=200, label=gettext_lazy("sender"))
    organisation = forms.CharField(max_length=250, required=False, label=gettext_lazy("organisation"))
    sender_email = forms.EmailField(label=gettext_lazy("e-mail"))
    language = forms.ChoiceField(label=gettext_lazy("language"), choices=Enquiry.Language.choices)

    def add(self) -> None:
        self.fields["industry"] = forms.ChoiceField(
            required=False, label=_("industry"), choices=[("", ""), *DIVISIONS.items()]
        )
        self.fields["area_ha"] = DecimalInputField(
            required=False, label=_("land needed (ha)"), max_digits=14, decimal_places=4
        )


SCORES = {
    "availability": gettext_lazy("Somebody is there: an owner, and a first reply."),
    "speed": gettext_lazy("Within the limits of the two clocks."),
    "relevance": gettext_lazy("The answer is to the point of what was asked."),
    "completeness": gettext_lazy("All that was asked is answered."),
    "follow_up": gettext_lazy("They came back after the answer."),
}


class ScoreForm(Plain):
    def add(self) -> None:
        labels = {
            "availability": _("availability"),
            "speed": _("speed"),
            "relevance": _("relevance"),
            "completeness": _("completeness"),
            "follow_up": _("follow-up"),
        }
        for count in shopping.COUNTS:
            self.fields[count] = forms.IntegerField(
                min_value=0, max_value=100, label=labels[count], help_text=SCORES[count]
            )
        self.fields["note"] = _long(_("remarks"), 3, required=False, max_length=5000)


def today_plus(days: int) -> Any:
    import datetime

    return timezone.localdate() + datetime.timedelta(days=days)
