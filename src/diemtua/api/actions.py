"""Every write of this room: tokens made and revoked, webhooks kept, deliveries sent again."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diemtua.kit.text import nfc, strip_control
from diemtua.register import access
from diemtua.register.models import Change, Role, User
from diemtua.register.screens import all_screens

from . import queries, rules
from .models import Delivery, Event, Scope, Token, Webhook

MOST_TOKENS = 50


def _name(text: str) -> str:
    return " ".join(strip_control(nfc(text)).split())


def offered_scopes(user: User) -> list[str]:
    """What this person's tokens may be allowed: viewers only read."""
    return [Scope.READ.value] if not user.is_at_least(Role.OFFICER) else list(Scope.values)


@transaction.atomic
def make_token(*, actor: User, name: str, scopes: Sequence[str], ends_on: datetime.date | None) -> tuple[Token, str]:
    """A token of one's own, and its key, which is not kept. Raises ValidationError({field: sentences})."""
    errors: dict[str, str] = {}
    name = _name(name)
    if not name:
        errors["name"] = _("Say which program will use it.")
    elif len(name) > 80:
        errors["name"] = _("At most %(limit)s letters. Shorten it.") % {"limit": 80}
    chosen = [s for s in Scope.values if s in scopes]
    if not chosen:
        errors["scopes"] = _("Choose at least one.")
    elif set(scopes) - set(offered_scopes(actor)):
        errors["scopes"] = _("Your role does not allow this. Ask a lead officer.")
    today, longest = timezone.localdate(), queries.token_days()
    if ends_on is None or ends_on <= today:
        errors["ends_on"] = _("Choose a day after today.")
    elif ends_on > today + datetime.timedelta(days=longest):
        last = today + datetime.timedelta(days=longest)
        errors["ends_on"] = _("A token is good for at most %(days)s days: until %(last)s.") % {
            "days": longest,
            "last": last.strftime("%d/%m/%Y"),
        }
    if Token.objects.filter(user=actor, revoked_at=None, ends_on__gte=today).count() >= MOST_TOKENS:
        errors["name"] = _("You have %(count)s tokens in use. Revoke one first.") % {"count": MOST_TOKENS}
    if errors or ends_on is None:
        raise ValidationError(errors)
    key = rules.new_key()
    token = Token.objects.create(
        user=actor, name=name, digest=rules.digest(key), hint=key[:8], scopes=chosen, ends_on=ends_on
    )
    diff = {"name": [None, name], "scopes": [None, chosen], "ends_on": [None, str(ends_on)]}
    Change.objects.create(subject=f"token:{token.pk}", actor=actor, verb=Change.Verb.ADMIN, diff=diff)
    return token, key


@transaction.atomic
def revoke_token(*, actor: User, token: Token) -> Token:
    """End a token at once: one's own, or as an administrator anybody's. Raises PermissionDenied."""
    access.require(token.user_id == actor.pk or access.may_administer(actor))
    token = Token.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        Change.objects.create(
            subject=f"token:{token.pk}", actor=actor, verb=Change.Verb.ADMIN, diff={"revoked": [False, True]}
        )
    return token


# --- webhooks -------------------------------------------------------------------------------------


def check_url(url: str) -> str:
    """An address as it may be kept. Raises ValidationError({"url": …}); where it leads is looked at when it is called."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise ValidationError({"url": _("This is no address of the web. It begins with https://")}) from None
    schemes = ("https", "http") if settings.WEBHOOK_HTTP else ("https",)
    if parts.scheme not in schemes or not host or not url.isascii() or any(c <= " " for c in url):
        raise ValidationError({"url": _("Write a whole address that begins with https://")})
    if parts.username or parts.password or parts.fragment or port == 0 or len(url) > 500:
        raise ValidationError({"url": _("Write the address without a name, a password or a #.")})
    if host not in settings.WEBHOOK_PRIVATE_HOSTS and host.replace(".", "").replace(":", "").isalnum():
        literal = ":" in host or host.replace(".", "").isdigit()
        if host == "localhost" or host.endswith(".localhost") or (literal and not rules.is_public(host)):
            raise ValidationError({"url": _("This is an address of an inner network. Only open addresses are called.")})
    return url


@transaction.atomic
def save_webhook(
    *,
    actor: User | None,
    name: str,
    url: str,
    sees: User,
    kinds: Sequence[str] = (),
    events: Sequence[str] = (),
    active: bool = True,
    webhook: Webhook | None = None,
) -> Webhook:
    """Make a webhook or change one. By administrators. A new one is told of what happens from now on.

    Raises ValidationError, PermissionDenied.
    """
    access.require(access.may_administer(actor))
    name = _name(name)
    if not name or len(name) > 80:
        raise ValidationError({"name": _("Say in at most 80 letters who is told.")})
    known = {s.kind for s in all_screens()}
    values = {
        "name": name,
        "url": check_url(url),
        "sees_id": sees.pk,
        "kinds": sorted(set(kinds) & known),
        "events": [e for e in Event.values if e in events] or list(Event.values),
        "active": active,
    }
    if webhook is None:
        webhook = Webhook(nonce=secrets.token_urlsafe(32), created_by=actor, seen_change=queries.newest_change())
    elif active and not webhook.active:
        webhook.seen_change = queries.newest_change()
    before = {n: getattr(webhook, n) if webhook.pk else None for n in values}
    for field, value in values.items():
        setattr(webhook, field, value)
    webhook.save()
    if diff := {n: [before[n], v] for n, v in values.items() if before[n] != v}:
        Change.objects.create(subject=f"webhook:{webhook.pk}", actor=actor, verb=Change.Verb.ADMIN, diff=diff)
    return webhook


@transaction.atomic
def new_secret(*, actor: User | None, webhook: Webhook) -> str:
    """Another secret; the old one signs nothing any more. Raises PermissionDenied."""
    access.require(access.may_administer(actor))
    webhook.nonce = secrets.token_urlsafe(32)
    webhook.save(update_fields=["nonce"])
    Change.objects.create(
        subject=f"webhook:{webhook.pk}", actor=actor, verb=Change.Verb.ADMIN, diff={"secret": [None, "*"]}
    )
    return webhook.secret


@transaction.atomic
def send_again(*, actor: User | None, delivery: Delivery) -> Delivery:
    """Put a delivery in line once more. By administrators. Raises PermissionDenied."""
    access.require(access.may_administer(actor))
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    delivery.state, delivery.tries, delivery.next_at, delivery.ended_at = "waiting", 0, timezone.now(), None
    delivery.save(update_fields=["state", "tries", "next_at", "ended_at"])
    Change.objects.create(
        subject=f"delivery:{delivery.pk}", actor=actor, verb=Change.Verb.ADMIN, diff={"again": [False, True]}
    )
    return delivery
