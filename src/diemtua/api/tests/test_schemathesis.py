"""Schemathesis asks everything the OpenAPI document allows, and much that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi_checks

from diemtua.api import guarding
from diemtua.config.wsgi import application
from diemtua.testing.pages import Staff

from .callers import caller

pytestmark = pytest.mark.django_db
EXAMPLES = 12
# Data that fits the document may still name a record that is not there: "positive data is accepted" is not asked.
CHECKS = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.negative_data_rejection,
    openapi_checks.ignored_auth,
    openapi_checks.unsupported_method,
]


DOORS = [
    ("GET", "/api/v1/kinds"),
    ("GET", "/api/v1/kinds/{kind}"),
    ("GET", "/api/v1/kinds/{kind}/records"),
    ("GET", "/api/v1/records/{number}"),
    ("GET", "/api/v1/records/{number}/figures"),
    ("GET", "/api/v1/records/{number}/links"),
    ("GET", "/api/v1/records/{number}/history"),
    ("POST", "/api/v1/enquiries"),
    ("POST", "/api/v1/engagements"),
    ("POST", "/api/v1/records/{number}/figures"),
]


@pytest.fixture(autouse=True)
def _connection_of_the_test() -> Iterator[None]:
    """As Django's own test client does: a request leaves the connection, and the test's transaction, open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@cache
def document() -> Any:
    """Read once, within the first test that has a database."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda m: m.value)
@pytest.mark.parametrize(("method", "path"), DOORS, ids=[f"{m} {p}" for m, p in DOORS])
def test_every_operation(
    staff: Staff,
    samples: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    mode: GenerationMode,
) -> None:
    """What fits and what does not: never an error of the server, never an answer the document does not know."""
    monkeypatch.setattr(guarding.queries, "per_minute", lambda: 10**6)
    headers = {"Authorization": f"Bearer {caller(staff.officer).key}", "Accept-Language": "en", "Host": "localhost"}

    @given(case=document()[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    def asked(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    asked()


def test_the_document_names_every_door(client: Any) -> None:
    """The document is open, whole, and says of each door what it needs."""
    document = client.get("/api/v1/openapi.json").json()
    assert {(m.upper(), path) for path, doors in document["paths"].items() for m in doors} == set(DOORS)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["security"], (path, method)
            assert {"200", "201"} & {str(s) for s in operation["responses"]}
            assert ("requestBody" in operation) == (method == "post")
