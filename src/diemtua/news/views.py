"""Pages of the desk: what stands in the newsroom, and articles about a record."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from diemtua.register.access import desk_required
from diemtua.register.models import Record, Role

from . import actions, queries
from .models import ArticlePage


@require_safe
@desk_required(Role.OFFICER)
def newsroom(request: HttpRequest) -> HttpResponse:
    """The newest articles with how often they were read; each can be sent to the reader."""
    found = queries.slice_of(ArticlePage.objects.all(), request.GET.get("before", ""))
    return render(request, "news/newsroom.html", {"slice": found, "before": request.GET.get("before", "")})


@require_POST
@desk_required(Role.OFFICER)
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a published article to the reader: it becomes a document, and the page of its reading opens."""
    article = get_object_or_404(ArticlePage.objects.select_related("locale"), id=pk)
    try:
        document = actions.send_to_reader(
            actor=request.user,  # type: ignore[arg-type]
            article=article,
            address=article.get_full_url(request) or request.build_absolute_uri("/"),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("news:newsroom")
    messages.success(request, format_html("{}", _("The article is a document now. Have it read from here.")))
    return redirect(document.get_absolute_url())


@require_safe
@desk_required()
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a record page that lists published articles about it; empty when there are none."""
    record = get_object_or_404(Record.objects.visible_to(request.user), pk=pk)
    template = "news/about_part.html" if request.headers.get("HX-Request") else "news/about.html"
    return render(request, template, {"record": record, "articles": queries.about(record.pk)})
