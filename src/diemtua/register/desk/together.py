"""Many records changed together from a register: choosing what, seeing which, doing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ..access import desk_required
from ..bulk import LIMIT, bulk_fields, change_many, choose
from ..fields import CodeField
from ..importing.columns import choices_of
from ..models import Access, Confidence, OrgUnit, Role, User
from ..models import Role as R
from ..screens import Screen
from .filters import _few
from .forms import _Styled, clean_text
from .views import filtered, the_screen

NONE = "__none__"


class BulkForm(_Styled, forms.Form):
    """What to change on many records; a field left alone changes nothing."""

    def __init__(self, screen: Screen, user: User, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.screen = screen
        keep = ("", _("— leave as it is —"))
        empty = (NONE, _("— none —"))
        units = (
            _few(OrgUnit) if user.is_at_least(Role.LEAD) else [(user.unit_id, str(user.unit))] if user.unit_id else []
        )
        self.add("access", screen.label("access"), [keep, *Access.choices])
        self.add("unit", screen.label("unit"), [keep, (NONE, _("All units")), *units])
        self.add(
            "confidence",
            screen.label("confidence"),
            [keep, *[(v or NONE, label) for v, label in Confidence.choices]],
        )
        for name, f in bulk_fields(screen).items():
            if isinstance(f, models.ForeignKey):
                choices = [keep, empty, *_few(User)]
            elif isinstance(f, models.BooleanField):
                choices = [keep, ("yes", _("Yes")), ("no", _("No"))]
            else:
                offered = [(v or NONE, label) for v, label in choices_of(f) or []]
                choices = [keep, *([empty] if isinstance(f, CodeField) and f.blank else []), *offered]
            self.add(name, screen.label(name), choices)
        self.fields["add_tags"] = forms.CharField(
            required=False,
            max_length=500,
            label=gettext_lazy("Add tags"),
            help_text=gettext_lazy("Separate tags by commas."),
        )
        self.fields["remove_tags"] = forms.CharField(required=False, max_length=500, label=gettext_lazy("Remove tags"))
        self.fields["archive"] = forms.BooleanField(required=False, label=gettext_lazy("Archive these records"))
        self.fields["reason"] = forms.CharField(
            required=False, max_length=500, label=gettext_lazy("Why (for the history)")
        )
        self.style()

    def add(self, name: str, label: Any, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name] = forms.ChoiceField(choices=choices, required=False, label=label)

    @property
    def choices(self) -> list[forms.BoundField]:
        return [self[n] for n, f in self.fields.items() if isinstance(f, forms.ChoiceField)]

    def changed_fields(self) -> dict[str, Any]:
        own = bulk_fields(self.screen)
        found: dict[str, Any] = {}
        for bound in self.choices:
            value = self.cleaned_data[bound.name]
            if value == "":
                continue
            f = own.get(bound.name)
            if bound.name == "unit" or isinstance(f, models.ForeignKey):
                found[bound.name] = None if value == NONE else int(value)
            elif isinstance(f, models.BooleanField):
                found[bound.name] = value == "yes"
            else:
                found[bound.name] = "" if value == NONE else value
        return found

    def tags(self, name: str) -> list[str]:
        return [t.strip() for t in clean_text(self.cleaned_data[name]).split(",") if t.strip()]


@require_POST
@desk_required(R.OFFICER)
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what to change on the picked records (`action=all`: what the filters show), then do it."""
    screen = the_screen(slug)
    user: User = request.user  # type: ignore[assignment]
    action = request.POST.get("action", "start")
    query = request.POST.get("query", "")[:2000]
    if action == "all":
        request.GET = QueryDict(query)
        rows, _filters = filtered(screen, request)
        pks = list(rows.values_list("pk", flat=True)[: LIMIT + 1])
    else:
        pks = [int(t) for t in request.POST.getlist("pk") if t.isdigit() and len(t) < 16]
    too_many = len(pks) > LIMIT
    chosen = choose(screen, pks[:LIMIT], user)
    if not len(chosen):
        messages.error(request, _("Choose at least one record of the list."))
        return redirect("desk:list", slug)
    form = BulkForm(screen, user, request.POST if action == "apply" else None)
    status = 200
    if action == "apply":
        status = 422
        if form.is_valid():
            try:
                batch = change_many(
                    screen,
                    pks,
                    actor=user,
                    fields=form.changed_fields(),
                    add_tags=form.tags("add_tags"),
                    remove_tags=form.tags("remove_tags"),
                    archive=form.cleaned_data["archive"],
                    reason=clean_text(form.cleaned_data["reason"]).strip(),
                )
            except ValidationError as error:
                found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
                for name, sentences in found.items():
                    form.add_error(name if name in form.fields else None, sentences)
            else:
                messages.success(request, _("Changed together: %(count)s records.") % {"count": batch.changed})
                return redirect("desk:batch", batch.pk)
    context = {
        "screen": screen,
        "form": form,
        "chosen": chosen,
        "shown": chosen.changeable[:20],
        "limit": LIMIT,
        "more": len(chosen.changeable) - 20,
        "query": query,
        "too_many": too_many,
    }
    return render(request, "register/bulk.html", context, status=status)
