"""The API under load: lists and records asked by eight connections at once of the real server.

Alone: `DATABASE_URL=… python -m bench.api [REPEAT]` on a database that is seeded already.
"""

from __future__ import annotations

import datetime
import http.client
import os
import random
import statistics
import sys
import threading
import time
from urllib.parse import quote, urlsplit

from django.utils import timezone

from .measure import OFFICER, Table, percentile

CONNECTIONS = 8
KINDS = ("engagement", "party", "instrument", "commitment")
TARGET = 20  # milliseconds, of 95 in a hundred


class Load:
    """Connections that stay open and ask one address after another; each answer is read whole."""

    def __init__(self, base: str, key: str) -> None:
        self.host, self.headers = urlsplit(base).netloc, {"Authorization": f"Bearer {key}"}

    def run(self, paths: list[str], each: int) -> list[float]:
        """Milliseconds of every request: `each` by every connection, all connections at once."""
        times: list[float] = []
        wrong: list[str] = []
        ready = threading.Barrier(CONNECTIONS)

        def ask(number: int) -> None:
            own, mine = random.Random(number), []
            connection = http.client.HTTPConnection(self.host, timeout=60)
            connection.connect()
            ready.wait()
            for _n in range(each):
                path = own.choice(paths)
                start = time.perf_counter()
                connection.request("GET", path, headers=self.headers)
                answer = connection.getresponse()
                answer.read()
                mine.append((time.perf_counter() - start) * 1000)
                if answer.status != 200:
                    wrong.append(f"{path}: {answer.status}")
            connection.close()
            times.extend(mine)

        threads = [threading.Thread(target=ask, args=[n]) for n in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong, wrong[:3]
        return times


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
