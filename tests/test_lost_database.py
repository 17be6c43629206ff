"""PostgreSQL restarts or cuts its connections while the server runs: said once, never a fault, and over at once."""

import os
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from diemtua.testing.postgres import is_postgres
from diemtua.testing.server import ScratchServer

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not is_postgres(os.environ.get("DATABASE_URL", "")), reason="only on PostgreSQL"),
]
REQUESTS = 40  # more than the server has threads


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_connections_that_are_cut_are_opened_anew() -> None:
    import psycopg

    with ScratchServer(empty=True) as server:

        def asked(word: str) -> list[int]:
            return [status(f"{server.base_url}/parks/?{word}={n}") for n in range(REQUESTS)]

        assert set(asked("before")) == {200}
        name = urlsplit(server.database_url).path.lstrip("/")
        with psycopg.connect(server.database_url, autocommit=True) as other:
            cut = other.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
                [name],
            ).fetchone()
        assert cut is not None
        assert cut[0] >= 1
        after = asked("after")
        assert set(after) <= {200, 503}
        assert set(asked("later")) == {200}
