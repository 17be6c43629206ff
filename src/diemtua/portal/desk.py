"""The desk's part of the portal: the self-score."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from diemtua.register import menu
from diemtua.register.access import desk_required

from .scoring import GROUPS, score

menu.offer("work", menu.Entry(_("Portal's score"), "portal_score", "chart-bar"))


@require_GET
@desk_required()
def score_page(request: HttpRequest) -> HttpResponse:
    """How the portal does by the criteria, and what to mend."""
    found = score()
    groups = [
        (label, [s for s in found if s.group == name], round(sum(s.points for s in found if s.group == name)
         / max(1, sum(s.group == name for s in found))))
        for name, label in GROUPS.items()
    ]  # fmt: skip
    context = {"groups": groups, "total": round(sum(s.points for s in found) / max(1, len(found)))}
    return render(request, "portal/score.html", context)
