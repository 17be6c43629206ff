"""Pages of the desk: one's tokens, the readable page of the API, webhooks and their deliveries."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.models import Role, User
from diemtua.register.screens import all_screens

from . import actions, queries
from .forms import TokenForm, WebhookForm
from .models import Delivery, Token, Webhook

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 50

# What a failed call says, by its code.
WRONG = {
    "not_https": gettext_lazy("The address does not begin with https://"),
    "inner_address": gettext_lazy("The name leads to an inner network; it was not called."),
    "unknown_host": gettext_lazy("This host is not known."),
    "redirect": gettext_lazy("It answered with a redirect, which is not followed. Enter the final address."),
    "refused": gettext_lazy("It did not take the message."),
    "certificate": gettext_lazy("Its certificate could not be verified."),
    "timeout": gettext_lazy("It did not answer in time."),
    "no_connection": gettext_lazy("No connection could be made."),
    "hidden": gettext_lazy("Its person may no longer see the record; nothing was told."),
}


def _take_errors(form: Any, error: ValidationError) -> None:
    found = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    for name, sentences in found.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


# --- tokens -----------------------------------------------------------------------------------------


@never_cache
@read_or_write
@desk_required()
@sensitive_variables("key")
def tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens, and a form for a new one, whose key is shown once. Administrators also see those of others."""
    user: User = request.user  # type: ignore[assignment]
    key, fresh, status = "", None, 200
    form = TokenForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                fresh, key = actions.make_token(actor=user, **form.cleaned_data)
            except ValidationError as error:
                _take_errors(form, error)
            else:
                status, form = 200, TokenForm(user=user)
    others = Token.objects.none()
    if access.may_administer(user):
        others = Token.objects.exclude(user=user).select_related("user").filter(revoked_at=None)
    context = {
        "form": form,
        "key": key,
        "fresh": fresh,
        "tokens": list(Token.objects.filter(user=user)[:SHOWN]),
        "others": list(others.filter(ends_on__gte=timezone.localdate())[: SHOWN * 2]),
        "base": request.build_absolute_uri("/api/v1/"),
        "days": queries.token_days(),
        "per_minute": queries.per_minute(),
    }
    return render(request, "api/tokens.html", context, status=status)


@require_POST
@desk_required()
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    rows = Token.objects.all() if access.may_administer(user) else Token.objects.filter(user=user)
    token = get_object_or_404(rows, pk=pk) if pk < 2**63 else get_object_or_404(rows.none())
    actions.revoke_token(actor=user, token=token)
    messages.success(request, _("The token “%(name)s” is revoked; it opens nothing any more.") % {"name": token})
    return redirect("api:tokens")


# --- the readable page ------------------------------------------------------------------------------


@require_GET
@desk_required()
def reference(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as a page, from the document itself."""
    from .routes import api

    document = api.get_openapi_schema()
    doors = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            required = set(sent.get("required", ()))
            doors.append(
                {
                    "method": method.upper(),
                    "path": path,
                    "summary": _said(operation.get("summary")),
                    "more": _said(operation.get("description")),
                    "parameters": [
                        {**p, "said": _said(p.get("description") or p.get("schema", {}).get("description"))}
                        for p in operation.get("parameters", [])
                    ],
                    "fields": [
                        {"name": n, "type": _type(f), "required": n in required, "codes": f.get("enum", [])[:40]}
                        for n, f in sent.get("properties", {}).items()
                    ],
                    "answers": sorted(str(code) for code in operation.get("responses", {})),
                }
            )
    context = {
        "doors": doors,
        "base": request.build_absolute_uri("/").rstrip("/"),
        "kinds": list(all_screens()),
        "per_minute": queries.per_minute(),
    }
    return render(request, "api/reference.html", context)


def _said(text: str | None) -> str:
    """A sentence of the document in the reader's language."""
    return _(text) if text else ""


def _type(schema: dict[str, Any]) -> str:
    found = schema.get("type", "")
    text = " | ".join(t for t in found if t != "null") if isinstance(found, list) else str(found)
    return f"{text} ({schema['format']})" if schema.get("format") else text


# --- webhooks ---------------------------------------------------------------------------------------


@require_GET
@desk_required(Role.ADMINISTRATOR)
def webhooks(request: HttpRequest) -> HttpResponse:
    """Every webhook, and how the last deliveries went."""
    rows = Webhook.objects.select_related("sees").annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING)),
        given_up=Count("deliveries", filter=Q(deliveries__state=Delivery.State.GIVEN_UP)),
        last=Max("deliveries__ended_at", filter=Q(deliveries__state=Delivery.State.DELIVERED)),
    )
    return render(request, "api/webhooks.html", {"webhooks": list(rows[:200])})


@never_cache
@read_or_write
@desk_required(Role.ADMINISTRATOR)
@sensitive_variables("secret")
def webhook(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new webhook (its secret is shown once), or one with its last deliveries."""
    user: User = request.user  # type: ignore[assignment]
    found = None
    if pk is not None:
        rows = Webhook.objects.select_related("sees")
        found = get_object_or_404(rows if pk < 2**63 else rows.none(), pk=pk if pk < 2**63 else 0)
    secret, status = "", 200
    first = {} if found is None else {n: getattr(found, n) for n in ("name", "url", "kinds", "events", "active")}
    if found is not None:
        first["sees"] = found.sees_id
    if request.method == "POST" and request.POST.get("action") == "secret" and found is not None:
        secret = actions.new_secret(actor=user, webhook=found)
        form = WebhookForm(initial=first)
    elif request.method == "POST":
        form, status = WebhookForm(request.POST), 422
        if form.is_valid():
            try:
                saved = actions.save_webhook(actor=user, webhook=found, **form.cleaned_data)
            except ValidationError as error:
                _take_errors(form, error)
            else:
                if found is not None:
                    messages.success(request, _("“%(title)s” has been saved.") % {"title": saved})
                    return redirect("api:webhook", pk=saved.pk)
                found, secret, status = saved, saved.secret, 200
    else:
        form = WebhookForm(initial=first) if found is not None else WebhookForm()
    deliveries: list[Any] = []
    if found is not None:
        last = found.deliveries.select_related("change__record").defer("change__diff", "change__record__search_text")
        deliveries = list(last[:SHOWN])
        for d in deliveries:
            d.sentence = WRONG.get(d.said, d.said)
    context = {"webhook": found, "form": form, "secret": secret, "deliveries": deliveries}
    return render(request, "api/webhook.html", context, status=status)


@require_POST
@desk_required(Role.ADMINISTRATOR)
def delivery_again(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Delivery.objects.all()
    delivery = get_object_or_404(rows if pk < 2**63 else rows.none(), pk=pk if pk < 2**63 else 0)
    actions.send_again(actor=request.user, delivery=delivery)  # type: ignore[arg-type]
    messages.success(request, _("It is in line again and will be sent within seconds."))
    return redirect("api:webhook", pk=delivery.webhook_id)
