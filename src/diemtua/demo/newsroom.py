"""The demonstration's newsroom: sections and articles in Vietnamese and English, each the translation of the other."""

from __future__ import annotations

import datetime
import re
import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from wagtail.models import Locale, Page

from diemtua.news.models import ArticlePage, NewsIndexPage, RelatedRecord, SectionPage
from diemtua.portal.languages import address
from diemtua.register.models import Record

FILE = Path(__file__).parent / "news.toml"
LANGUAGES = ("vi", "en")


@transaction.atomic
def load_newsroom() -> int:
    """Sections and articles under the newsrooms that were founded; how many articles. Nothing where sections stand."""
    newsrooms = {page.locale.language_code: page for page in NewsIndexPage.objects.select_related("locale")}
    if not all(code in newsrooms for code in LANGUAGES) or SectionPage.objects.exists():
        return 0
    told = tomllib.loads(FILE.read_text("utf-8"))
    sections: dict[tuple[str, str], SectionPage] = {}
    for entry in told["section"]:
        first = None
        for code in LANGUAGES:
            title, intro = entry[code]
            page = SectionPage(title=title, slug=entry["slug"], intro=intro)
            first = _add(page, newsrooms[code], newsrooms[code].locale, first)
            sections[code, entry["slug"]] = page
    for entry in told["article"]:
        first = None
        for code in LANGUAGES:
            section = sections[code, entry["section"]]
            first = _add(_article(entry, code), section, section.locale, first)
    return len(told["article"])


def _add(page: Page, parent: Page, locale: Locale, first: Page | None) -> Page:
    """Put a page under its parent; the first of several languages is returned for the others to translate."""
    page.locale = locale
    if first is not None:
        page.translation_key = first.translation_key
    parent.add_child(instance=page)
    return first or page


def _article(entry: dict[str, Any], code: str) -> ArticlePage:
    zone = timezone.get_default_timezone()
    at = datetime.datetime.strptime(entry["at"], "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    said = entry[code]
    page = ArticlePage(
        title=said["title"],
        slug=entry["slug"],
        lead=said["lead"],
        body=[("text", re.sub(r"\{([^{}]+)\}", lambda m: _source(m[1], code), said["body"].strip()))],
        published_at=min(at, timezone.now()),  # on a clock that is behind, nothing is dated ahead
        place="Thái Bình" if code == "vi" else "Thai Binh",
        source_name=entry.get("source", ""),
    )
    page.related_records = [RelatedRecord(record=record) for record in map(_record, entry["records"]) if record]
    if code == "vi":
        page.tags.add(*entry["tags"])
    return page


def _record(title: str) -> Record | None:
    return Record.objects.public().filter(title=title).order_by("pk").first()


def _source(title: str, code: str) -> str:
    """The public page of a source; the list of data sets where the register does not hold it."""
    record = _record(title)
    with translation.override(code):
        return address("source", record.pk) if record is not None else address("datasets")
