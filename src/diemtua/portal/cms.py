"""The way into Wagtail's own pages under /cms/: the product's accounts, roles and languages, no second password."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import polib
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, re_path, reverse
from django.utils.translation import gettext as _
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtail_urls
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request
from wagtail.utils.urlpatterns import decorate_urlpatterns
from wagtail_localize.views import edit_translation

from diemtua.register.access import require
from diemtua.register.models import Role

from .actions import take_seat

# Wagtail's editor writes scripts and styles into its pages and shows previews in frames of this same host.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; frame-ancestors 'self'; form-action 'self'; base-uri 'self'"
)
View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """Officers and above come in, with the rights of their role; the rest as everywhere in the desk."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        require(request.user.is_at_least(Role.OFFICER))
        take_seat(user=request.user)
        response = view(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return guarded


LARGEST_PO = 5 * 1024 * 1024


def take_in_translation(request: HttpRequest, translation_id: int) -> HttpResponse:
    """A PO file with the translation of a page; wagtail-localize itself breaks on files that are none of its own."""
    if request.method == "POST" and not _is_of_ours(request.FILES.get("file")):
        back = get_valid_next_url_from_request(request) or reverse("wagtailadmin_home")
        messages.error(request, _("Choose a PO file that was downloaded here, with its translations filled in."))
        return HttpResponseRedirect(back)
    return edit_translation.upload_pofile(request, translation_id)


def _is_of_ours(file: Any) -> bool:
    if file is None or file.size > LARGEST_PO:
        return False
    try:
        # Told by its content and not by a name: polib opens whatever file a short text names.
        found = polib.pofile("\n" + file.read().decode())
    except (OSError, ValueError):  # UnicodeDecodeError is one
        return False
    file.seek(0)
    return "X-WagtailLocalize-TranslationID" in found.metadata


def nowhere(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("logout/", RedirectView.as_view(pattern_name="account_logout")),
    re_path(r"^(?:password_reset|users|groups|documents)/", nowhere),  # people are administered at one place, the desk
    path("localize/translate/<int:translation_id>/pofile/upload/", door(take_in_translation)),
    *decorate_urlpatterns(list(wagtail_urls.urlpatterns), door),
]
