"""The demonstration's edited pages in Vietnamese and English, each the translation of the other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail.models import Page

from diemtua.portal import site
from diemtua.portal.models import ContentPage, HomePage, StoryPage

from .newsroom import LANGUAGES, _add, _record, _source

FILE = Path(__file__).parent / "pages.toml"


@transaction.atomic
def load_pages() -> int:
    """Words, live parts and stories under the home pages that were founded; how many pages. Nothing where any stand."""
    homes = {page.locale.language_code: page for page in HomePage.objects.select_related("locale")}
    if not all(code in homes for code in LANGUAGES) or ContentPage.objects.exists():
        return 0
    told = tomllib.loads(FILE.read_text("utf-8"))
    for code in LANGUAGES:
        homes[code].body = _body(told["home"]["parts"], code)
        homes[code].save_revision().publish()
    parents: dict[str, Page] = {}
    for entry in told["page"]:
        first = None
        for code in LANGUAGES:
            page = ContentPage(
                above=entry.get("above", ""),
                heading=entry.get("heading", ""),
                slug=entry["slug"] if code == "vi" else entry.get("en_slug", entry["slug"]),
                body=_body(entry["parts"], code),
                **entry[code],
            )
            first = _add(page, homes[code], homes[code].locale, first)
            if page.above == "stories":
                parents[code] = page
    for entry in told["story"]:
        first = None
        for code in LANGUAGES:
            page = StoryPage(
                slug=entry["slug"], record=_record(entry["record"]), body=_body(entry["parts"], code), **entry[code]
            )
            first = _add(page, parents[code], homes[code].locale, first)
    site.forget()
    return len(told["page"]) + len(told["story"])


def _body(parts: list[dict[str, Any]], code: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for part in parts:
        said = part[code]
        if "button" in part:
            found.append(("button", {"text": said, "to": part["button"]}))
        elif (live := part.get("live")) is None:
            found.append(("text", re.sub(r"\{([^{}]+)\}", lambda m: _source(m[1], code), said)))
        elif live == "figures":
            if (record := _record(part["record"])) is not None:
                found.append(("figures", {"heading": said, "record": record}))
        else:
            more = {"most": part["most"]} if "most" in part else {}
            found.append((live, {"heading": said, **more}))
    return found
