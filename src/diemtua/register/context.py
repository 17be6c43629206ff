"""What every page of the desk shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .screens import all_screens


def desk(request: HttpRequest) -> dict[str, Any]:
    return {"screens": [s for s in all_screens() if s.in_menu]}
