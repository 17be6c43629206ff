"""A load tool: many connections that stay open and ask the same addresses, each as soon as it was answered.

One thread on `selectors`, answers read to their end by Content-Length; light enough not to be what is measured.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@dataclass
class Outcome:
    """What a run gave: milliseconds of each answer, seconds of all, statuses that were not 200."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0


def percentile(times: Sequence[float], share: float = 0.95) -> float:
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


# One place for all answers: a buffer made anew for each `recv` cost as much as half of what is measured.
_ROOM = bytearray(262_144)


class _Connection:
    __slots__ = ("held", "number", "sent_at", "socket", "wanted")

    def __init__(self, address: tuple[str, int], number: int) -> None:
        self.socket = socket.create_connection(address, timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held, self.wanted, self.sent_at, self.number = b"", -1, 0.0, number

    def ask(self, request: bytes) -> None:
        self.held, self.wanted, self.sent_at = b"", -1, time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take what has come; whether the answer is whole. Raises ConnectionError when the server hung up."""
        length = self.socket.recv_into(_ROOM)
        if not length:
            raise ConnectionError("the server hung up")
        self.held += _ROOM[:length]
        if self.wanted < 0:
            end = self.held.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self.held[:end].lower()
            at = head.find(b"content-length:")
            body = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self.wanted = end + 4 + body
        return len(self.held) >= self.wanted


def load(
    base: str,
    paths: Sequence[str],
    *,
    connections: int = 50,
    seconds: float = 5.0,
    most: int = 0,
    accept: str = "",
) -> Outcome:
    """Ask `paths` in turn over all connections for some seconds, or until `most` answers were read.

    `accept` are the ways of packing the asking one understands (`gzip`, `br`), as browsers say them.
    """
    said = f"Accept-Encoding: {accept}\r\n" if accept else ""
    parts = urlsplit(base)
    host = (parts.hostname or "127.0.0.1", parts.port or 80)
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: {AGENT}\r\nAccept: text/html\r\n{said}\r\n".encode()
        for path in paths
    ]
    found, asked = Outcome(), 0
    chosen = selectors.DefaultSelector()
    open_ones = [_Connection(host, n) for n in range(connections)]
    started = time.perf_counter()
    for one in open_ones:
        chosen.register(one.socket, selectors.EVENT_READ, one)
        one.ask(requests[asked % len(requests)])
        asked += 1
    waiting = len(open_ones)
    while waiting:
        for key, _mask in chosen.select(30):
            one = key.data
            if not one.read():
                continue
            now = time.perf_counter()
            found.times.append((now - one.sent_at) * 1000)
            if not one.held.startswith(b"HTTP/1.1 200"):
                found.wrong.append(one.held[:40].decode("latin-1"))
            if now - started < seconds and (not most or asked < most):
                one.ask(requests[asked % len(requests)])
                asked += 1
            else:
                waiting -= 1
                chosen.unregister(one.socket)
                one.socket.close()
    found.seconds = time.perf_counter() - started
    chosen.close()
    return found
