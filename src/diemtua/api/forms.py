"""The forms of the desk's pages of this room."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diemtua.register.desk.administration import DAY, _CleanText
from diemtua.register.models import User
from diemtua.register.screens import all_screens

from . import actions
from .models import Event, Scope


class TokenForm(_CleanText):
    """A new token."""

    name = forms.CharField(
        label=_("name"),
        max_length=80,
        help_text=_("Which program will use it: the history names it beside you."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("allowed to"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=[Scope.READ]
    )
    ends_on = forms.DateField(label=_("good until"), **DAY)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {
            "scopes": [Scope.READ],
            "ends_on": timezone.localdate() + datetime.timedelta(days=90),
            **kwargs["initial"],
        }
        super().__init__(*args, **kwargs)
        offered = set(actions.offered_scopes(user))
        self.fields["scopes"].choices = [(v, t) for v, t in Scope.choices if v in offered]  # type: ignore[attr-defined]
        self.fields["scopes"].widget.attrs.pop("class", None)


class WebhookForm(_CleanText):
    """A webhook, as `actions.save_webhook` takes it."""

    name = forms.CharField(label=_("name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    url = forms.CharField(
        label=_("address"),
        max_length=500,
        help_text=_("It begins with https:// and leads to the open network."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    sees = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        label=_("told what this person may see"),
        empty_label="",
        widget=forms.Select(attrs={"data-choices": "one"}),
        help_text=_("Only which record changed is told, never what it says: that is read by a token."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("kinds"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every kind."),
    )
    events = forms.MultipleChoiceField(
        label=_("when a record"),
        choices=Event.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=list(Event.values),
    )
    active = forms.BooleanField(label=_("in use"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(s.kind, s.name) for s in all_screens()]  # type: ignore[attr-defined]
        for name in ("kinds", "events"):
            self.fields[name].widget.attrs.pop("class", None)
