"""kill -9 while people save: after the next start every record is whole and every page works."""

import json
import threading
import time
import urllib.error
from collections.abc import Iterator

import pytest

from diemtua.testing.scripts import LOOK, WRITER, finish, kill, start
from diemtua.testing.server import ScratchServer

from .test_concurrency import Browser, fields_of

pytestmark = pytest.mark.process
ROUNDS = 3


@pytest.fixture(scope="module")
def server() -> Iterator[ScratchServer]:
    with ScratchServer() as running:
        yield running


def whole(server: ScratchServer) -> dict[str, int]:
    """The counts of all tables, after it has been seen that nothing is half there."""
    found = json.loads(finish(start(server, LOOK)))
    assert not any(found.get(n) for n in ("torn", "versions", "gaps", "integrity")), found
    rows: dict[str, int] = found["rows"]
    return rows


def test_the_server_is_killed_while_forms_are_saved(server: ScratchServer) -> None:
    acknowledged = 0
    before = whole(server)["register.record"]
    for round_ in range(ROUNDS):
        if not server.answers():
            server.start()
        person = Browser(server, "officer")
        form = fields_of(person.get("/desk/parties/new/")[1])
        done: list[str] = []

        def work(person: Browser = person, form: dict = form, done: list = done, round_: int = round_) -> None:
            for n in range(500):
                data = {**form, "title": f"Lưu {round_} {n}", "kind": "company"}
                try:
                    status, address, _page = person.post("/desk/parties/new/", data)
                except (urllib.error.URLError, OSError):
                    return
                if status == 200 and "/desk/r/" in address:
                    done.append(address)

        worker = threading.Thread(target=work)
        worker.start()
        end = time.monotonic() + 30
        while len(done) < 3 + round_ and time.monotonic() < end:
            time.sleep(0.01)
        server.kill()
        worker.join(60)
        assert done, "nothing could be saved"
        acknowledged += len(done)
        found = whole(server)["register.record"] - before
        assert acknowledged <= found <= acknowledged + round_ + 1, "what was answered as saved is gone"
        acknowledged = found
    server.start()
    done_ = server.run("doctor", check=False)
    assert done_.returncode == 0, done_.stdout + done_.stderr


def test_writers_are_killed(server: ScratchServer) -> None:
    if not server.answers():
        server.start()
    for n in range(ROUNDS):
        writer = start(server, WRITER, f"k{n}", "0")
        assert writer.stdout is not None
        for _line in range(2 + n):
            writer.stdout.readline()
        kill(writer)
        whole(server)
    assert server.answers()
