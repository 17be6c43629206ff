"""Articles about a record on its page. Asked for by the page itself after it stands: the page does not wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from diemtua.register.desk import services
from diemtua.register.models import User
from diemtua.register.screens import all_screens


def articles_panel(instance: Any, user: User) -> Mapping[str, Any]:
    return {"first": False}


def hang_up() -> None:
    for screen in all_screens():
        services.add_panel(screen.kind, "news/panel_articles.html", articles_panel)
