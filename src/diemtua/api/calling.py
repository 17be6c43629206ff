"""Calling an address that somebody else has written down, without being led into the inner network.

The name is looked up once, every address it has must be of the open network, and the connection goes to the very
address that was checked. Redirects are not followed.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from .rules import is_public

TIMEOUT = 10  # seconds for each step of a call
WHOLE = 20  # seconds for all of it
ANSWER = 4096  # bytes of an answer that are read


@dataclass(frozen=True)
class Outcome:
    """What became of a call: the HTTP status where there was one, and a code of what was wrong ("" for nothing)."""

    status: int | None
    wrong: str = ""

    @property
    def taken(self) -> bool:
        return not self.wrong


def addresses(host: str, port: int) -> list[str]:
    """The IP addresses of a host. Raises OSError when the name is not known, PermissionError when one is inner."""
    found = list(dict.fromkeys(str(a[4][0]) for a in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    if host not in settings.WEBHOOK_PRIVATE_HOSTS and not all(is_public(a) for a in found):
        raise PermissionError(host)
    return found


class _Plain(http.client.HTTPConnection):
    """A connection to an address that was looked up before, not to the name."""

    address = ""

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class _Secure(http.client.HTTPSConnection):
    address = ""

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), self.timeout)
        context: ssl.SSLContext = self._context  # type: ignore[attr-defined]
        self.sock = context.wrap_socket(plain, server_hostname=self.host)


def post(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """Send a body; taken is what answers 2xx. Never raises."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    if not secure and not (settings.WEBHOOK_HTTP and parts.scheme == "http"):
        return Outcome(None, "not_https")
    port = parts.port or (443 if secure else 80)
    try:
        address = addresses(host, port)[0]
    except PermissionError:
        return Outcome(None, "inner_address")
    except (OSError, UnicodeError, IndexError):
        return Outcome(None, "unknown_host")
    made: Any = (
        _Secure(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        if secure
        else _Plain(host, port, timeout=TIMEOUT)
    )
    made.address = address
    limit = threading.Timer(WHOLE, _hang_up, [made])
    limit.daemon = True
    limit.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        made.request("POST", target, body, {**headers, "Content-Type": "application/json", "Connection": "close"})
        status = made.getresponse()
        status.read(ANSWER)
        if 200 <= status.status < 300:
            return Outcome(status.status)
        return Outcome(status.status, "redirect" if 300 <= status.status < 400 else "refused")
    except ssl.SSLCertVerificationError:
        return Outcome(None, "certificate")
    except TimeoutError:
        return Outcome(None, "timeout")
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        return Outcome(None, "no_connection")
    finally:
        limit.cancel()
        made.close()


def _hang_up(made: Any) -> None:
    """End a call that drips for too long."""
    with contextlib.suppress(OSError, AttributeError):
        made.sock.shutdown(socket.SHUT_RDWR)
