"""Ticking off what was agreed to do next."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.models import Role, User

from . import actions
from .models import NextStep


@require_POST
@desk_required(Role.OFFICER)
def next_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a next step off, or take the tick back (`done=0`); back to the page it was ticked on."""
    user: User = request.user  # type: ignore[assignment]
    step = NextStep.objects.select_related("engagement__record", "party__record").filter(pk=pk).first()
    if step is None or not access.may_see(user, step.engagement.record):
        raise Http404
    if step.party is not None and not access.may_see(user, step.party.record):
        raise Http404
    if request.POST.get("done") == "0":
        actions.reopen_step(actor=user, step=step)
        messages.success(request, _("“%(step)s” is open again.") % {"step": step.text})
    else:
        actions.finish_step(actor=user, step=step)
        messages.success(request, _("“%(step)s” is done.") % {"step": step.text})
    back = request.POST.get("next", "")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = step.engagement.get_absolute_url()
    return redirect(back)
