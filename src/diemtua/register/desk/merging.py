"""Merging two records on the desk: choose the other one, compare, say why."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from .. import access, merging, search
from ..access import desk_required
from ..merging import CannotMerge, Choice
from ..models import Record, Role, User
from ..screens import RECORD_FIELDS, Screen
from .display import badge, rich
from .forms import clean_text
from .views import the_record
from .widgets import LookupField


class OtherForm(forms.Form):
    """Which record is the same as this one."""

    def __init__(self, *args: Any, screen: Screen, user: User, pk: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lookup_cache: dict[Any, Any] = {}
        others = screen.model._default_manager.visible_to(user).live().exclude(pk=pk)  # type: ignore[attr-defined]
        self.fields["with"] = LookupField(others.select_related("record"), screen.kind, label=_("The other record"))


@desk_required(Role.LEAD)
def merge_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: choose the other record, or with `?with=` compare the two. POST: merge `with` into this one."""
    user = cast(User, request.user)
    screen, keep = the_record(request, pk)
    if keep.record.archived_at is not None:
        raise Http404
    access.require(access.may_edit(user, keep.record))
    asked = request.POST.get("with") or request.GET.get("with")
    context: dict[str, Any] = {"screen": screen, "keep": keep, "record": keep.record}
    form = OtherForm({"with": asked} if asked else None, screen=screen, user=user, pk=pk)
    if not asked or not form.is_valid():
        near = [
            r for r in search.similar(user, keep.record.title, screen.kind, 8) if r.pk != pk and r.archived_at is None
        ]
        return render(
            request, "register/merge_choose.html", {**context, "form": form, "near": near}, status=422 if asked else 200
        )
    _screen, drop = the_record(request, form.cleaned_data["with"].pk)
    error = ""
    reason = clean_text(request.POST.get("reason", "")).strip()[:500]
    if request.method == "POST":
        choices = {
            n[5:]: cast(Choice, v) for n, v in request.POST.items() if n.startswith("take-") and v in ("keep", "drop")
        }
        try:
            merging.merge(actor=user, keep=keep, drop=drop, choices=choices, reason=reason)
        except (CannotMerge, ValidationError) as wrong:
            error = " ".join(wrong.messages) if isinstance(wrong, ValidationError) else str(wrong)
        else:
            messages.success(
                request,
                _("“%(title)s” is now part of this record. The merge can be taken back under Imports.")
                % {"title": drop.record.title},
            )
            return redirect(keep)
    try:
        plan = merging.plan(keep, drop, user=user)
    except CannotMerge as wrong:
        return render(
            request,
            "register/merge_choose.html",
            {**context, "form": form, "near": [], "error": str(wrong)},
            status=422,
        )
    rows = [
        {
            "choice": f,
            "keep": _shown(screen, keep, f.name, user),
            "drop": _shown(screen, drop, f.name, user),
            "taken": request.POST.get(f"take-{f.name}", f.value),
        }
        for f in plan.fields
    ]
    return render(
        request,
        "register/merge.html",
        {
            **context,
            "drop": drop,
            "plan": plan,
            "rows": rows,
            "error": error,
            "reason": reason,
        },
        status=422 if error else 200,
    )


def _shown(screen: Screen, instance: Any, name: str, user: User) -> Any:
    record: Record = instance.record
    if name in ("access", "confidence"):
        return badge(getattr(record, name), getattr(record, f"get_{name}_display")())
    if name in RECORD_FIELDS:
        return rich(None, getattr(record, name), user)
    f: Any = screen.own_fields[name]
    value = getattr(instance, name)
    if f.choices and not isinstance(value, list):
        return getattr(instance, f"get_{name}_display")()
    return rich(f, value, user)
