"""Programs that call the API in tests."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from diemtua.api import actions
from diemtua.api.models import Scope, Token
from diemtua.register.models import User

ALL = list(Scope.values)


@dataclass
class Caller:
    """A program with a token of somebody; `language` as it asks for it."""

    key: str
    token: Token | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Accept-Language": self.language, **more}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers())

    def read(self, path: str, **query: Any) -> Any:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content[:500]
        return answer.json()

    def post(self, path: str, body: Any, **headers: str) -> Any:
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        more = {k.replace("_", "-"): v for k, v in headers.items()}
        return self.client.post(f"/api/v1/{path}", data, content_type="application/json", headers=self.headers(**more))


def caller(user: User, scopes: list[str] | None = None, name: str = "Máy đếm thử", **more: Any) -> Caller:
    ends = timezone.localdate() + datetime.timedelta(days=30)
    wanted = [s for s in (scopes or ALL) if s in actions.offered_scopes(user)]
    token, key = actions.make_token(actor=user, name=name, scopes=wanted, ends_on=ends)
    return Caller(key, token, **more)
