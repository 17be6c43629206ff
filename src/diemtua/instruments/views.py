"""One step with an instrument or a commitment: a small page, a reason, an action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.desk.views import the_record
from diemtua.register.models import Role, User
from diemtua.register.write import Stale

from . import actions
from .forms import ExtendForm, ReplaceForm, StateForm, StepForm, TerminateForm
from .models import Commitment
from .rules import next_term

# step → (form, action, heading, button)
STEPS: dict[str, tuple[type[StepForm], Callable[..., Any], Any, Any]] = {
    "extend": (ExtendForm, actions.extend, gettext_lazy("Extend the instrument"), gettext_lazy("Extend")),
    "renew": (StepForm, actions.renew, gettext_lazy("Renew for another term"), gettext_lazy("Renew")),
    "suspend": (StepForm, actions.suspend, gettext_lazy("Suspend the instrument"), gettext_lazy("Suspend")),
    "resume": (
        StepForm,
        actions.resume,
        gettext_lazy("Put the instrument into effect"),
        gettext_lazy("Put into effect"),
    ),
    "terminate": (
        TerminateForm,
        actions.terminate,
        gettext_lazy("Terminate the instrument"),
        gettext_lazy("Terminate"),
    ),
    "replace": (ReplaceForm, actions.replace, gettext_lazy("Replaced by another instrument"), gettext_lazy("Save")),
}


def _editable(request: HttpRequest, pk: int, kind: str) -> tuple[Any, Any]:
    screen, instance = the_record(request, pk)
    if screen.kind != kind or instance.record.archived_at is not None:
        raise Http404
    access.require(
        access.may_edit(request.user, instance.record),  # type: ignore[arg-type]
        _("You may not change this record. Ask its unit or a lead."),
    )
    return screen, instance


def _step(
    request: HttpRequest,
    screen: Any,
    instance: Any,
    form: StepForm,
    run: Callable[..., Any],
    heading: Any,
    button: Any,
    extra: dict[str, Any],
) -> HttpResponse | None:
    """Show the form, or run the action and go back (None tells the caller that it was done)."""
    if request.method == "POST" and form.is_valid():
        try:
            run(**form.cleaned_data)
            return None
        except Stale as error:
            form.add_error(None, _("%(error)s Look at it again, then repeat the step.") % {"error": error})
        except ValidationError as error:
            found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
            for name, sentences in found.items():
                form.add_error(name if name in form.fields else None, sentences)
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "instruments/step.html",
        {
            "screen": screen,
            "instance": instance,
            "record": instance.record,
            "form": form,
            "heading": heading,
            "button": button,
            **extra,
        },
        status=status,
    )


@desk_required(Role.OFFICER)
def instrument_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Extend, renew, suspend, resume, terminate or replace an instrument."""
    if step not in STEPS:
        raise Http404
    screen, instance = _editable(request, pk, "instrument")
    user: User = request.user  # type: ignore[assignment]
    factory, action, heading, button = STEPS[step]
    form = factory(request.POST or None, user=user, initial={"version": instance.record.version})
    term = next_term(instance.effect, instance.expiry) if step == "renew" else None

    def run(version: int, **values: Any) -> None:
        action(actor=user, instrument=instance, version=version, **values)

    answer = _step(request, screen, instance, form, run, heading, button, {"term": term, "step": step})
    if answer is not None:
        return answer
    messages.success(request, _("“%(title)s” has been saved.") % {"title": instance})
    return redirect(instance)


@desk_required(Role.OFFICER)
def commitment_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a commitment stands: `?state=kept` opens the form with the state chosen."""
    screen, instance = _editable(request, pk, "commitment")
    user: User = request.user  # type: ignore[assignment]
    initial = {
        "version": instance.record.version,
        "state": request.GET.get("state", instance.state),
        "done": instance.done,
    }
    form = StateForm(request.POST or None, user=user, initial=initial)

    def run(version: int, **values: Any) -> None:
        actions.set_state(actor=user, commitment=instance, version=version, **values)

    answer = _step(request, screen, instance, form, run, _("How does it stand?"), _("Save"), {"step": "state"})
    if answer is not None:
        return answer
    values = form.cleaned_data
    messages.success(request, _("“%(title)s” has been saved.") % {"title": instance})
    if (
        values["state"] == Commitment.State.KEPT
        and values["source"] is None
        and not instance.record.evidence.standing().exists()
    ):
        messages.warning(request, _("Nothing proves it yet: add the report or letter as evidence when you have it."))
    return redirect(instance)
