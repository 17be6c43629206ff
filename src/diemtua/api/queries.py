"""Reads of this room that are not of records: house rules, tokens, deliveries that are due."""

from __future__ import annotations

from django.utils import timezone

from diemtua.register.models import Change
from diemtua.register.prepared import ask
from diemtua.rulebook.queries import NoRule, rule

from .models import Token


def _number(code: str, otherwise: int) -> int:
    try:
        return int(rule(code, timezone.localdate()).value or otherwise)
    except NoRule:
        return otherwise


def token_days() -> int:
    """For how many days a token may be good."""
    return _number("api.token_days", 365)


def per_minute() -> int:
    """Requests of one token in a minute."""
    return _number("api.per_minute", 600)


def newest_change() -> int:
    """The number of the last change of anything, 0 where there is none."""
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def token_of(digest: str) -> Token | None:
    """The token of a digest, with its person and their unit's number; whatever its standing."""
    found = ask("token", lambda d: Token.objects.filter(digest=d).select_related("user"), digest)
    return found[0] if found else None
