"""The API under load: lists and records asked by eight connections at once of the real server.

Alone: `DATABASE_URL=… python -m bench.api [REPEAT]` on a database that is seeded already.
"""

from __future__ import annotations

import datetime
import os
import random
import re
import selectors
import socket
import statistics
import sys
import time
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.utils import timezone

from .measure import OFFICER, Table, percentile

CONNECTIONS = 8
KINDS = ("engagement", "party", "instrument", "commitment")
TARGET = 20  # milliseconds, of 95 in a hundred


class Load:
    """Connections that stay open and ask one address after another; each answer is read whole.

    One loop over bare sockets, so that the asking costs little of the two cores that server and database share: an
    HTTP library in eight threads took a third of a request's time for itself, and waited for itself.
    """

    def __init__(self, base: str, key: str) -> None:
        where = urlsplit(base)
        self.address = (where.hostname or "127.0.0.1", where.port or 80)
        self.head = f"HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {key}\r\n\r\n"

    def run(self, paths: list[str], each: int) -> list[float]:
        """Milliseconds of every request: `each` by every connection, all connections at once."""
        times: list[float] = []
        rnd = random.Random(1)
        with selectors.DefaultSelector() as waiting:
            for _n in range(CONNECTIONS):
                connection = socket.create_connection(self.address, timeout=60)
                waiting.register(connection, selectors.EVENT_READ, asking := Asking(connection, each))
                asking.ask(rnd.choice(paths), self.head)
            while waiting.get_map():
                for key, _event in waiting.select(60):
                    asking = key.data
                    if not asking.read():
                        continue
                    times.append((time.perf_counter() - asking.since) * 1000)
                    if asking.left:
                        asking.ask(rnd.choice(paths), self.head)
                    else:
                        waiting.unregister(asking.connection)
                        asking.connection.close()
        return times


@dataclass
class Asking:
    """One connection, with the request it waits for."""

    connection: socket.socket
    left: int
    path: str = ""
    since: float = 0.0
    answer: bytes = b""

    def ask(self, path: str, head: str) -> None:
        self.path, self.answer, self.left = path, b"", self.left - 1
        self.since = time.perf_counter()
        self.connection.sendall(f"GET {path} {head}".encode())

    def read(self) -> bool:
        """Take what has come; whether the answer is whole. Anything but 200 with its length ends the measurement."""
        part = self.connection.recv(1 << 20)
        self.answer += part
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found:
            assert part, f"{self.path}: the connection was closed"
            return False
        assert head.startswith(b"HTTP/1.1 200"), (self.path, head[:40])
        length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
        assert length, (self.path, head)
        return len(body) >= int(length[1])


def api(table: Table, repeat: int) -> None:
    """The rows of the API. Needs a database of its own: the house rule on rates is lifted in it."""
    if not any(table.wants(name) for name in ("API list", "API record")):
        return
    from diemtua.api.actions import make_token
    from diemtua.register.models import Record, User
    from diemtua.rulebook.actions import override_rule
    from diemtua.testing.server import ScratchServer

    user = User.objects.get(username=OFFICER)
    today = timezone.localdate()
    override_rule(
        actor=User.objects.filter(role="administrator").first(),
        code="api.per_minute",
        value=10**6,
        valid_from=today,
        basis="đo tốc độ",
        reason="đo tốc độ",
    )
    ends = today + datetime.timedelta(days=2)
    _token, key = make_token(actor=user, name="Đo tốc độ", scopes=["read"], ends_on=ends)
    server = ScratchServer(empty=True, database="")
    server.database_url = server.env["DATABASE_URL"] = os.environ["DATABASE_URL"]
    rnd = random.Random(5)
    with server:
        load = Load(server.base_url, key)
        for kind in KINDS:
            pks = list(
                Record.objects.filter(kind=kind).visible_to(user).live().order_by("-pk").values_list("pk", flat=True)
            )
            if not pks:
                continue
            some = rnd.sample(pks, min(500, len(pks)))
            from diemtua.api.rules import write_cursor

            cursors = [quote(write_cursor(f"{kind}.newest", [pk])) for pk in some[:100]]
            for name, paths in (
                (f"API list {kind}", [f"/api/v1/kinds/{kind}/records?cursor={c}" for c in cursors]),
                (f"API list {kind} by title", [f"/api/v1/kinds/{kind}/records?order=title"]),
                (f"API record {kind}", [f"/api/v1/records/{pk}" for pk in some]),
            ):
                if not table.wants(name):
                    continue
                load.run(paths, 20)
                times = load.run(paths, repeat * 5)
                table.add(f"{name} median", statistics.median(times), "ms")
                table.add(f"{name} p95", percentile(times), "ms", TARGET)


if __name__ == "__main__":
    api(Table("postgresql", 1_000_000, ""), int(sys.argv[1]) if len(sys.argv) > 1 else 40)
