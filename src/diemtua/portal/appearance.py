"""How a reader wants pages: light or dark, strong contrast, larger text. Kept in cookies, works without scripts."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

CHOICES = {"theme": ("light", "dark"), "contrast": ("high",), "text": ("large", "larger")}
"""What may be chosen; anything else, and nothing, is the page's own: as the device prefers, normal, normal."""
A_YEAR = 365 * 24 * 3600


def cookie_of(name: str) -> str:
    return f"dt_{name}"


@dataclass(frozen=True)
class Appearance:
    """The choices of one reader, empty where nothing was chosen."""

    theme: str = ""
    contrast: str = ""
    text: str = ""

    @classmethod
    def of(cls, cookies: dict[str, str]) -> Appearance:
        found = {name: cookies.get(cookie_of(name), "") for name in CHOICES}
        return cls(**{name: value for name, value in found.items() if value in CHOICES[name]})


@csrf_exempt  # pages are the same for everybody and hold no token; what is changed is how the sender sees them
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep what was pressed and go back to the page."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, values in CHOICES.items():
        if name in request.POST:
            value = request.POST[name]
            if value in values:
                response.set_cookie(
                    cookie_of(name), value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
                )
            else:
                response.delete_cookie(cookie_of(name), samesite="Lax")
    return response
