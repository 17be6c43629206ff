"""Pages of administrators: people and units, one-time links, and the audit."""

from __future__ import annotations

import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from sesame.utils import get_query_string

from diemtua.kit.text import fold

from .. import administration
from ..access import desk_required
from ..models import Change, OrgUnit, Record, Role, User
from ..screens import all_screens
from .audit_rows import describe
from .forms import DAY_FORMATS, DayInput, _Styled, clean_text
from .widgets import LookupField

PEOPLE = 100  # accounts a page
CHANGES = 50  # rows of the audit a page
DAY: dict[str, Any] = {
    "input_formats": DAY_FORMATS,
    "widget": DayInput,
    # Days that every time zone and engine can count with.
    "validators": [
        MinValueValidator(datetime.date(1900, 1, 1)),
        MaxValueValidator(datetime.date(2200, 1, 1)),
    ],
}
read_or_write = require_http_methods(["GET", "HEAD", "POST"])
administrators = desk_required(Role.ADMINISTRATOR)


class _CleanText(_Styled, forms.Form):
    """Fields in the desk's look; typed text in NFC, without control characters and outer spaces."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.style()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        return {n: clean_text(v).strip() if isinstance(v, str) else v for n, v in found.items()}


class UserForm(_CleanText):
    """An account, as `administration` takes it."""

    username = forms.CharField(
        label=gettext_lazy("user name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("Small letters without marks, digits, dots and dashes: tran.lan"),
    )
    name = forms.CharField(
        label=gettext_lazy("full name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=gettext_lazy("e-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("role"),
        choices=Role.choices,
        initial=Role.VIEWER,
        help_text=gettext_lazy(
            "Viewers read. Officers enter and change what their unit owns. Lead officers change "
            "all they see, merge and undo imports. Administrators also manage accounts and rules."
        ),
    )
    unit = forms.ModelChoiceField(
        OrgUnit.objects.all(),
        label=gettext_lazy("unit"),
        required=False,
        empty_label=gettext_lazy("No unit"),
        help_text=gettext_lazy("Restricted records are seen by the people of the unit that owns them."),
    )
    language = forms.ChoiceField(label=gettext_lazy("language"), choices=User._meta.get_field("language").choices or [])
    is_active = forms.BooleanField(
        label=gettext_lazy("may sign in"),
        required=False,
        help_text=gettext_lazy("Switch off instead of deleting: what this person did stays in the history."),
    )
    reason = forms.CharField(label=gettext_lazy("Why (for the history)"), required=False, max_length=500)

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        if person is not None:
            kwargs["initial"] = {n: getattr(person, n) for n in administration.USER_FIELDS}
        super().__init__(*args, **kwargs)
        if person is None:
            del self.fields["is_active"]

    def clean_username(self) -> str:
        return self.cleaned_data["username"].lower()


class UnitForm(_CleanText):
    name = forms.CharField(
        label=gettext_lazy("name of the unit"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(label=gettext_lazy("Why (for the history)"), required=False, max_length=500)


# --- people and units -----------------------------------------------------------------------------


@require_GET
@administrators
def people(request: HttpRequest) -> HttpResponse:
    """All accounts, a hundred a page and searched by name, and all units with the number of their people."""
    words = clean_text(request.GET.get("q", "")).strip()[:100]
    found = (
        User.objects.select_related("unit")
        .annotate(
            has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP))
        )
        .order_by("-is_active", "username")
    )
    # Accounts are few; folding here finds names without their marks on every engine.
    users = [u for u in found if all(w in fold(f"{u.username} {u.name} {u.unit or ''}") for w in fold(words).split())]
    page = Paginator(users, PEOPLE).get_page(request.GET.get("page"))
    units = OrgUnit.objects.annotate(people=Count("user", filter=Q(user__is_active=True)))
    return render(request, "register/people.html", {"page": page, "units": units, "words": words})


def _account_page(request: HttpRequest, form: UserForm, person: User | None, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "person": person, **more}
    if person is not None:
        context["second_factor"] = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()
    return render(request, "register/user_form.html", context, status=422 if form.is_bound else 200)


@read_or_write
@administrators
def user_new(request: HttpRequest) -> HttpResponse:
    form = UserForm(request.POST or None)
    if form.is_valid():
        try:
            person = administration.create_user(actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The account is open. Now make a one-time link and hand it over in person."))
            return redirect("desk:user_edit", person.pk)
    return _account_page(request, form, None)


@read_or_write
@administrators
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an account, switch it off, or (action=second_factor) take a lost second factor away."""
    person = get_object_or_404(User, pk=pk)
    actor: User = request.user  # type: ignore[assignment]
    if request.POST.get("action") == "second_factor":
        try:
            administration.remove_second_factor(
                actor=actor, user=person, reason=clean_text(request.POST.get("reason", ""))
            )
            messages.success(request, _("The second factor is removed. The person can set up a new one."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("desk:user_edit", person.pk)
    form = UserForm(request.POST or None, person=person)
    if form.is_valid():
        try:
            saved = administration.update_user(actor=actor, user=person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("“%(title)s” has been saved.") % {"title": saved})
            return redirect("desk:people")
    return _account_page(request, form, person)


@require_POST
@never_cache
@sensitive_variables("link")
@administrators
def user_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a one-time sign-in link. It is shown in this answer and nowhere again."""
    person = get_object_or_404(User, pk=pk)
    try:
        administration.note_link(actor=request.user, user=person)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("desk:user_edit", person.pk)
    link = request.build_absolute_uri(reverse("login_link")) + get_query_string(person)
    until = timezone.now() + datetime.timedelta(seconds=settings.SESAME_MAX_AGE)
    return _account_page(request, UserForm(person=person), person, link=link, until=until)


def _unit_page(request: HttpRequest, unit: OrgUnit | None) -> HttpResponse:
    form = UnitForm(request.POST or None, initial={"name": unit.name} if unit else None)
    if form.is_valid():
        try:
            saved = administration.save_unit(actor=request.user, unit=unit, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("“%(title)s” has been saved.") % {"title": saved})
            return redirect("desk:people")
    # The name on the page stays the saved one while the form holds what was typed.
    title = OrgUnit.objects.get(pk=unit.pk).name if unit else ""
    return render(
        request,
        "register/unit_form.html",
        {"form": form, "unit": unit, "unit_name": title},
        status=422 if form.is_bound else 200,
    )


@read_or_write
@administrators
def unit_new(request: HttpRequest) -> HttpResponse:
    return _unit_page(request, None)


@read_or_write
@administrators
def unit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _unit_page(request, get_object_or_404(OrgUnit, pk=pk))


# --- audit ----------------------------------------------------------------------------------------


class AuditForm(_CleanText):
    """The filters of the audit."""

    person = forms.ChoiceField(label=gettext_lazy("who"), required=False)
    verb = forms.ChoiceField(
        label=gettext_lazy("what was done"),
        required=False,
        choices=lambda: [("", _("Everything")), *Change.Verb.choices],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("kind of record"),
        required=False,
        choices=lambda: [("", _("All kinds")), *((s.kind, s.plural) for s in all_screens())],
    )
    since = forms.DateField(label=gettext_lazy("from"), required=False, **DAY)
    until = forms.DateField(label=gettext_lazy("until"), required=False, **DAY)

    def __init__(self, *args: Any, reader: User, users: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", _("Everybody")),
            ("system", _("The system itself")),
            *((str(u.pk), f"{u} ({u.username})") for u in users),
        ]
        self.fields["record"] = LookupField(
            Record.objects.visible_to(reader), "record", required=False, label=gettext_lazy("record")
        )
        self.style()
        for name in ("since", "until"):
            self.fields[name].error_messages["invalid"] = _("Write the day as dd/mm/yyyy, for example 04/11/2021.")

    def narrow(self, changes: models.QuerySet) -> models.QuerySet:
        """`changes` through the filters that were understood."""
        asked = getattr(self, "cleaned_data", {})
        if person := asked.get("person"):
            changes = changes.filter(actor=None) if person == "system" else changes.filter(actor_id=int(person))
        if verb := asked.get("verb"):
            changes = changes.filter(verb=verb)
        if kind := asked.get("kind"):
            # Not a join: SQLite would read every change of the kind and sort them before the first fifty.
            changes = changes.filter(Exists(Record.objects.filter(pk=OuterRef("record_id"), kind=kind)))
        if day := asked.get("since"):
            changes = changes.filter(at__gte=_begin(day))
        if day := asked.get("until"):
            changes = changes.filter(at__lt=_begin(day + datetime.timedelta(days=1)))
        if record := asked.get("record"):
            changes = changes.filter(record=record)
        return changes


def _begin(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


@require_GET
@administrators
def audit(request: HttpRequest) -> HttpResponse:
    """Every change that this person may see, newest first, fifty a page; `before` is the last number seen."""
    reader: User = request.user  # type: ignore[assignment]
    users = list(User.objects.order_by("username"))
    form = AuditForm(request.GET, reader=reader, users=users)
    form.is_valid()
    changes = form.narrow(Change.objects.visible_to(reader).select_related("actor", "record"))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        changes = changes.filter(pk__lt=int(before))
    found = list(changes.order_by("-pk")[: CHANGES + 1])
    rows = describe(found[:CHANGES], reader, {u.pk: u for u in users})
    return render(
        request,
        "register/audit.html",
        {
            "form": form,
            "rows": rows,
            "older": found[CHANGES - 1].pk if len(found) > CHANGES else None,
            "paged": bool(before),
            "filtered": any(v for n, v in request.GET.items() if n != "before"),
        },
    )
