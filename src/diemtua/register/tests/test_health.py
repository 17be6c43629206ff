"""/healthz tells monitors whether the database answers, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from diemtua.testing.pages import Staff


@pytest.mark.django_db
def test_it_answers() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.parametrize("who", ["anonymous", "officer"])
def test_it_says_when_the_database_is_gone(staff: Staff, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = staff.client(who)

    def gone(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("the server has gone")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", gone)
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert b"database" in answer.content
