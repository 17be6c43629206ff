"""From which address a request comes, also where a proxy stands in front of the server."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of who sent a request; "" where it cannot be known.

    `X-Forwarded-For` can be written by anybody, so it is believed only as far as proxies of DIEMTUA_PROXIES wrote it:
    from the right, the first address that is none of them. A request that comes from this machine with that header
    while no proxy is named comes through a proxy nobody has told of: then everybody would seem to be one sender, and
    the address counts as unknown.
    """
    return address_from(request.META)


def address_from(meta: Mapping[str, Any]) -> str:
    """The same of the environment of a request, where there is no request yet."""
    said = meta.get("HTTP_X_FORWARDED_FOR", "")
    if not said:
        return _text(meta.get("REMOTE_ADDR", ""))
    near = _address(meta.get("REMOTE_ADDR", ""))
    if near is None:
        return ""
    proxies = settings.TRUSTED_PROXIES
    if not any(near in network for network in proxies):
        return "" if near.is_loopback else str(near)
    for part in reversed(said.split(",")):
        found = _address(part)
        if found is None:
            return ""
        if not any(found in network for network in proxies):
            return str(found)
    return ""


@lru_cache(4096)
def sender_of(address: str) -> str:
    """What of an address stands for one sender: of IPv6 the network of a house (/64), of IPv4 all."""
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{found}/64", strict=False))
    return str(found or "")


@lru_cache(4096)
def _text(text: str) -> str:
    return str(_address(text) or "")


@lru_cache(4096)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as a proxy may write it: with a port, in brackets; IPv4 within IPv6 as IPv4."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
