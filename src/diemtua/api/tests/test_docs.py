"""What docs/api.md shows works as it stands there."""

from __future__ import annotations

import re
import shlex
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.test import Client

from diemtua.api import rules, sending
from diemtua.testing.pages import Staff

from .callers import caller

TEXT = (Path(__file__).resolve().parents[4] / "docs" / "api.md").read_text(encoding="utf-8")
CALLS = [line for line in TEXT.splitlines() if line.startswith("curl ")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "line", CALLS, ids=lambda line: line.split("$BASE")[-1].strip('"') + (" POST" * ("POST" in line))
)
def test_an_example(line: str, staff: Staff, samples: SimpleNamespace) -> None:
    """Every curl of the page, asked as curl would."""
    program = caller(staff.officer)
    line = line.replace("$TOKEN", program.key).replace("$BASE", "").replace("$RECORD", str(samples.project.pk))
    words = shlex.split(line)[1:]
    headers: dict[str, str] = {}
    method, data, address = "GET", "", ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _colon, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = words.pop(0)
        elif word == "-d":
            data = words.pop(0)
        else:
            address = word
    kind = headers.pop("Content-Type", "")
    assert urlsplit(address).path.startswith("/api/v1/")
    answer = Client().generic(method, address, data, content_type=kind, headers=headers)
    assert answer.status_code == (201 if method == "POST" else 200), answer.content


def test_how_a_receiver_verifies() -> None:
    """The page's own function takes what we sign, and nothing else."""
    code = re.search(r"```python\n(.*?)```", TEXT, re.S)
    assert code is not None
    space: dict[str, object] = {}
    exec(code[1], space)
    is_ours = space["is_ours"]
    assert callable(is_ours)
    now = int(time.time())
    assert is_ours("s", b"{}", rules.sign("s", b"{}", now))
    assert not is_ours("s", b"{ }", rules.sign("s", b"{}", now))
    assert not is_ours("t", b"{}", rules.sign("s", b"{}", now))
    assert not is_ours("s", b"{}", rules.sign("s", b"{}", now - 400))


def test_the_pauses_that_are_told() -> None:
    told = {
        "10 s": 10,
        "1 min": 60,
        "5 min": 300,
        "30 min": 1800,
        "2 h": 7200,
        "6 h": 21600,
        "12 h": 43200,
        "a day": 86400,
    }
    assert tuple(told.values()) == rules.PAUSES
    assert all(words in TEXT for words in told)
    assert sending.ANSWERS_KEPT.days == 7
