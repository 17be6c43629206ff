"""Pure functions of the API: keys, cursors, signatures, addresses that may be called, pauses between tries."""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

KEY_START = "dt_"
SIGNATURE_HEADER = "Diemtua-Signature"
# Seconds before each further try; after the last one a delivery is given up (some two days).
PAUSES = (10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400)
MOVES = frozenset({"stage", "state", "status", "state_step"})


def new_key() -> str:
    """A key of 256 random bits."""
    return KEY_START + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is kept of a key. Random keys need no slow hash: there is nothing to guess."""
    return hashlib.sha256(key.encode()).hexdigest()


class BrokenCursor(ValueError):
    """A cursor that was not given out for this question."""


def write_cursor(order: str, values: Sequence[Any]) -> str:
    """An opaque place in a list: the sort values of its last row."""
    text = json.dumps([order, *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, order: str, types: Sequence[type]) -> list[Any]:
    """The values of a cursor. Raises BrokenCursor when it is not one of this order."""
    try:
        found = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BrokenCursor from error
    if not isinstance(found, list) or len(found) != len(types) + 1 or found[0] != order:
        raise BrokenCursor
    for value, wanted in zip(found[1:], types, strict=True):
        if type(value) is not wanted:
            raise BrokenCursor
        if isinstance(value, int) and not 0 <= value < 2**63:
            raise BrokenCursor
        if isinstance(value, str) and ("\x00" in value or not value.isprintable() or len(value) > 500):
            raise BrokenCursor
    return found[1:]


def sign(secret: str, body: bytes, at: int) -> str:
    """The header of a delivery: `t=<seconds>,v1=<hex of HMAC-SHA256 over "<t>.<body>">`."""
    mark = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mark}"


def verify(secret: str, body: bytes, header: str, now: int, tolerance: int = 300) -> bool:
    """What a receiver does: whether the header signs this body, and not too long ago."""
    parts = dict(p.split("=", 1) for p in header.split(",") if "=" in p)
    at = parts.get("t", "")
    if not (at.isascii() and at.isdigit()) or abs(now - int(at)) > tolerance:
        return False
    return hmac.compare_digest(sign(secret, body, int(at)), header)


_SHARED = (
    ipaddress.ip_network("64:ff9b::/96"),  # NAT64: an IPv4 address in its last 32 bits
    ipaddress.ip_network("64:ff9b:1::/48"),
)


def is_public(address: str) -> bool:
    """Whether an IP address is of the open network: not private, loopback, link-local, multicast or reserved.

    IPv4 addresses dressed as IPv6 (mapped, 6to4, Teredo, NAT64) are judged by what they lead to.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour is not None:
            return is_public(str(ip.sixtofour))
        if ip.teredo is not None or any(ip in net for net in _SHARED):
            return False
        if ip in ipaddress.ip_network("::/96"):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def next_try(tries: int, now: datetime.datetime) -> datetime.datetime | None:
    """When to try again after so many failed tries; None: give up."""
    if tries > len(PAUSES):
        return None
    return now + datetime.timedelta(seconds=PAUSES[tries - 1])


def event_of(verb: str, diff: Mapping[str, Any]) -> str | None:
    """Which event a change of a record is; None for what is nobody's business (notes)."""
    if verb in ("note", "admin"):
        return None
    if verb == "create":
        return "created"
    names = {name.partition(":")[0] for name in diff}
    return "moved" if names & MOVES else "changed"
