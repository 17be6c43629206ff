"""How people sign in: allauth with accounts that only administrators open, one-time links, and languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext_lazy
from django.views import i18n
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from sesame import settings as sesame_settings
from sesame.utils import get_user

from . import administration, paths
from .health import problem
from .models import User

# Long enough to recognise any link this product has ever made, and to say that it is merely too old.
EVER = 100 * 365 * 24 * 3600


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        if not user.has_usable_password():
            messages.info(
                request,
                format_html(
                    '{} <a href="{}">{}</a>',
                    _("You came in by a one-time link. You may set a password for next time."),
                    reverse("account_set_password"),
                    _("Set a password"),
                ),
            )
        return response

    def set_password(self, user: User, password: str) -> None:
        with transaction.atomic():
            super().set_password(user, password)
            administration.note_password(actor=user)


# --- one-time links -------------------------------------------------------------------------------


def use_link(token: str) -> User | None:
    """The person a one-time link is for; the link is used up. None when it is not good (any more)."""
    with transaction.atomic():
        found = get_user(token, update_last_login=False)
        if found is None:
            return None
        # Of two who press at the same moment the second waits here, and then finds the link used.
        User.objects.select_for_update().get(pk=found.pk)
        return get_user(token, update_last_login=True)


@never_cache
@sensitive_post_parameters(sesame_settings.TOKEN_NAME)
@require_http_methods(["GET", "HEAD", "POST"])
def login_link(request: HttpRequest) -> HttpResponse:
    """The page of a one-time link: asks on GET, signs in on POST.

    Chat programs open links to show a preview; only a person presses the button, so a preview uses
    nothing up. Whoever has a second factor is asked for it next.
    """
    name = sesame_settings.TOKEN_NAME
    if request.method == "POST":
        token = request.POST.get(name, "")
        if user := use_link(token):
            destination = get_next_redirect_url(request)
            if request.user.is_authenticated:
                logout(request)
            record_authentication(request, user, method="link")
            return perform_login(request, user, redirect_url=destination)
    else:
        token = request.GET.get(name, "")
        if user := get_user(token, update_last_login=False):
            context = {
                "person": user,
                "token": token,
                "token_name": name,
                "next": get_next_redirect_url(request) or "",
            }
            return render(request, "account/link.html", context)
    expired = get_user(token, update_last_login=False, max_age=EVER) is not None
    return render(request, "account/link_bad.html", {"expired": expired, "missing": not token}, status=410)


class SwitchOnSecondFactor(ActivateTOTPView):
    """allauth's page; the code just entered counts as proof for the recovery codes shown next."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", reauthenticated=True)
        return response


@require_safe
def password_reset(request: HttpRequest) -> HttpResponse:
    """There is no mail server to rely on: an administrator hands out a one-time link instead."""
    return render(request, "account/password_reset.html")


# --- trouble --------------------------------------------------------------------------------------


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(request, 429, _("Too many attempts"), _("To keep accounts safe, wait five minutes and try again."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem(
        request,
        403,
        _("The page has become too old"),
        _(
            "You signed in or out since it was opened, or cookies are switched off. "
            "Nothing was saved; go back, reload the page and send it again."
        ),
    )


# --- language -------------------------------------------------------------------------------------


class LanguageMiddleware:
    """The language of a page: the signed-in person's, else the one chosen in this browser, else Vietnamese.

    On public pages the address alone tells (`/en/…`), so that an address shows everybody the same.
    The browser's own preference is left out: office computers are often set up in English.
    Stands after AuthenticationMiddleware, whose person it needs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self.language(request)
        before = translation.get_language()
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        if paths.language_of(request.path_info) and not response.streaming:
            translation.activate(before or settings.LANGUAGE_CODE)  # what this thread does next speaks no Korean
        response.headers.setdefault("Content-Language", language)
        return response

    def language(self, request: HttpRequest) -> str:
        if public := paths.language_of(request.path_info):
            paths.fall_back_to_english(public)
            return public
        offered = dict(settings.DESK_LANGUAGES)
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        try:
            if request.user.is_authenticated:
                wanted = request.user.language
        except DatabaseError:  # /healthz and the error page must still answer
            pass
        return wanted if wanted in offered else settings.LANGUAGE_CODE


def set_language(request: HttpRequest) -> HttpResponse:
    """Django's own view, which sets the cookie; a signed-in person's choice is kept with the account."""
    response = i18n.set_language(request)
    language = request.POST.get("language", "") if request.method == "POST" else ""
    if request.user.is_authenticated and language in dict(settings.DESK_LANGUAGES):
        administration.choose_language(actor=request.user, language=language)
    return response


# Sentences that Django and allauth show on our pages and do not have in Vietnamese: named here so that our
# own catalogue, which comes first, holds them.
SENTENCES_OF_OTHERS = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Enter a valid URL."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("The submitted file is empty."),
    gettext_noop("No file was submitted."),
    gettext_noop("This password is too common."),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("Your password can’t be a commonly used password."),
    gettext_noop("Your password can’t be too similar to your other personal information."),
    gettext_noop("Reauthentication not available"),
    gettext_noop("Username"),
    gettext_noop("Password"),
    gettext_noop("Remember Me"),
    gettext_noop("Forgot your password?"),
    gettext_noop("Current Password"),
    gettext_noop("New Password"),
    gettext_noop("New Password (again)"),
    gettext_noop("Password (again)"),
    gettext_noop("Code"),
    gettext_noop("Authenticator code"),
    gettext_noop("Use your password"),
    gettext_noop("Use authenticator app or code"),
    gettext_noop("This account is currently inactive."),
    gettext_noop("Please type your current password."),
    gettext_noop("Incorrect code."),
    gettext_noop("Incorrect password."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("The username and/or password you specified are not correct."),
    gettext_noop("Be patient, you are sending too many requests."),
    gettext_noop("You cannot deactivate two-factor authentication."),
    gettext_noop("You cannot generate recovery codes without having two-factor authentication enabled."),
    gettext_noop("You have signed out."),
    gettext_noop("Password successfully changed."),
    gettext_noop("Password successfully set."),
    gettext_noop("Authenticator app activated."),
    gettext_noop("Authenticator app deactivated."),
    gettext_noop("A new set of recovery codes has been generated."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
)
