"""What the API answers when something is wrong: one shape for all, in the caller's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _

from .shapes import plain

JSON = "application/json; charset=utf-8"


class Refused(Exception):
    """A request that cannot be done; becomes an answer with this status."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Mapping[str, list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.fields, self.headers = dict(fields or {}), dict(headers or {})


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """JSON that no browser or proxy keeps: what it holds depends on who asks."""
    try:
        text = orjson.dumps(body, default=plain)
    except TypeError:  # half of a letter, sent as the name of a field
        text = json.dumps(body, default=plain).encode()
    response = HttpResponse(text, status=status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def refuse(refused: Refused) -> HttpResponse:
    error: dict[str, Any] = {"code": refused.code, "message": refused.message}
    if refused.fields:
        error["fields"] = refused.fields
    return answer({"error": error}, refused.status, refused.headers)


def not_found() -> Refused:
    """The same for what is not there and for what one may not see."""
    return Refused(404, "not_found", _("There is nothing here, or you may not see it."))


def invalid(fields: Mapping[str, list[str]]) -> Refused:
    return Refused(422, "invalid", _("Nothing was saved. Please mend the fields that are named."), fields)


def wrong_question(fields: Mapping[str, list[str]]) -> Refused:
    return Refused(422, "invalid", _("The question was not understood. See the fields that are named."), fields)


def from_validation(error: ValidationError) -> Refused:
    """Sentences of an action by field; what belongs to no field stands under `*`."""
    found = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    return invalid({("*" if name == "__all__" else name): [str(s) for s in lines] for name, lines in found.items()})
