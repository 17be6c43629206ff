"""The real server tells webhooks by its own thread, through a restart."""

import http.server
import json
import threading
import time
from collections.abc import Iterator

import pytest

from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

pytestmark = pytest.mark.process

MAKE = """
from diemtua.api.actions import save_webhook
from diemtua.register.models import User

sees = User.objects.get(username="admin")
save_webhook(actor=None, name="Bảng tin thử", url="{url}", sees=sees)
"""
WRITE = """
from diemtua.register import write

print(write.create("party", actor=None, fields={{"title": "{title}", "kind": "company"}}).pk)
"""


class Receiver(http.server.BaseHTTPRequestHandler):
    got: list[dict[str, object]] = []

    def do_POST(self) -> None:
        self.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Receiver.got.clear()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def told(count: int) -> list[object]:
    end = time.monotonic() + 30
    while len(Receiver.got) < count and time.monotonic() < end:
        time.sleep(0.1)
    return [t["number"] for t in Receiver.got]


def test_the_server_tells(url: str) -> None:
    env = {"DIEMTUA_WEBHOOK_HOSTS": "127.0.0.1", "DIEMTUA_WEBHOOK_HTTP": "1"}
    with ScratchServer(empty=True, env=env) as server:
        finish(start(server, MAKE.format(url=url)))
        first = int(finish(start(server, WRITE.format(title="Công ty Sao Một"))))
        assert told(1) == [first]
        server.kill()
        second = int(finish(start(server, WRITE.format(title="Công ty Sao Hai"))))
        assert told(1) == [first]
        server.start()
        assert told(2) == [first, second]
        assert server.stop() == 0
