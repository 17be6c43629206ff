"""Reads of lists, days and totals. Every one is bounded: it asks for a page of rows, never for all."""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count, Q
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet

from diemtua.kit.text import fold

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .models import ArticlePage

PAGE, SECTIONS_MOST = 20, 40
GUARDED_SECONDS, _GUARDED = 1.0, "news-guarded"
CHILDREN_MOST = 500  # places that are named one by one
TOO_MANY = 1000  # so many matches of a search are shown, and no more
LOOKED_THROUGH = 2000  # so many of the newest articles are searched without the index


def children(page: Page) -> Q:
    """Pages right beneath one, by their places in the tree. One query, for the last of the places.

    Wagtail's own `child_of` looks for the depth among all pages that lie beneath, however deep: for the sections of a
    newsroom that is every article (30 ms of 100,000).
    """
    beneath = Q(path__gt=page.path, path__lte=page.path + "Z" * Page.steplen)  # steps are written in 0-9A-Z
    last = Page.objects.filter(beneath).order_by("-path").values_list("path", flat=True).first()
    if last is None:
        return Q(pk__in=[])
    end = int(last[len(page.path) : len(page.path) + Page.steplen], 36)
    if end > CHILDREN_MOST:
        return beneath & Q(depth=page.depth + 1)
    return Q(path__in=[Page._get_path(page.path, page.depth + 1, step) for step in range(1, end + 1)])


def guarded() -> list[str]:
    """Where in the tree pages are for some readers only; asked once a second."""
    found: list[str] | None = cache.get(_GUARDED)
    if found is None:
        pages = list(PageViewRestriction.objects.order_by().values_list("page_id", flat=True))
        found = list(Page.objects.filter(pk__in=pages).values_list("path", flat=True)) if pages else []
        cache.set(_GUARDED, found, GUARDED_SECONDS)
    return found


def open_to_all(rows: Any) -> Any:
    """Those pages that are published, and not under a page that is for some readers only.

    Wagtail's own `public()` joins all pages to a table that is empty nearly everywhere: 20-80 ms of 100,000 articles.
    """
    rows = rows.live()
    for path in guarded():
        rows = rows.exclude(path__startswith=path)
    return rows


def sections(newsroom: Page, request: HttpRequest) -> list[tuple[int, str, str]]:
    """(number, title, address) of the published sections of a newsroom; asked once a second."""
    key = f"news-sections-{newsroom.pk}"
    found: list[tuple[int, str, str]] | None = cache.get(key)
    if found is None:
        rows = Page.objects.filter(children(newsroom)).live().order_by("path")[:SECTIONS_MOST]
        found = [(s.pk, s.title, s.get_url(request) or "/") for s in rows]
        cache.set(key, found, GUARDED_SECONDS)
    return found


class ArticleQuerySet(PageQuerySet):
    def newest_first(self) -> ArticleQuerySet:
        return self.for_all().order_by("-published_at", "-page_ptr")

    def for_all(self) -> ArticleQuerySet:
        """Published, and not under a page that is for some readers only."""
        return open_to_all(self)

    def for_list(self) -> ArticleQuerySet:
        """With what a line of a list shows."""
        return (
            self.select_related("picture", "section_page", "view_count")
            .prefetch_related("picture__renditions")
            .defer("search_text", "body")
        )

    def under(self, listing: Any) -> ArticleQuerySet:
        """Articles of a section, or of the whole newsroom of a language."""
        from .models import SectionPage

        if isinstance(listing, SectionPage):
            return self.filter(section_page=listing.pk)
        return self.filter(language=listing.locale.language_code)


@dataclass(frozen=True)
class Slice:
    """One page of a list; `older` is the mark to ask for the next with, empty at the end."""

    articles: list[ArticlePage]
    older: str = ""


def mark_of(article: ArticlePage) -> str:
    return f"{int(article.published_at.timestamp() * 1_000_000)}-{article.pk}"


def slice_of(rows: ArticleQuerySet, before: str = "", size: int = PAGE) -> Slice:
    """The next `size` articles after the mark `before`; a mark that is none begins at the start."""
    rows = rows.newest_first().for_list()
    moment, _, pk = before.partition("-")
    if (moment + pk).isascii() and moment.isdigit() and pk.isdigit() and len(moment) < 18 and len(pk) < 18:
        try:
            at = datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(microseconds=int(moment))
        except OverflowError:
            at = None
        if at is not None:
            rows = rows.filter(Q(published_at__lt=at) | Q(published_at=at, page_ptr__lt=int(pk)), published_at__lte=at)
    found = list(rows[: size + 1])
    return Slice(found[:size], mark_of(found[size - 1]) if len(found) > size else "")


def day_counts(rows: ArticleQuerySet, year: int, month: int) -> dict[int, int]:
    """How many articles each day of a month has."""
    last = calendar.monthrange(year, month)[1]
    span = (datetime.date(year, month, 1), datetime.date(year, month, last))
    found = rows.for_all().filter(published_day__range=span).order_by().values_list("published_day")
    return {day.day: n for day, n in found.annotate(n=Count("pk"))}


def search(rows: ArticleQuerySet, text: str, before: str = "", *, listing: int = 0) -> Slice | None:
    """Articles that hold every word, marks or no marks, newest first; None when there is nothing to look for.
    `listing` is the page whose articles `rows` are.

    The newest articles are looked through first: words that many articles hold fill a page from them at once. What
    few hold is asked of the search index, which is slow only where there is much to find.
    """
    words = list(dict.fromkeys(fold(text).split()))[:12]
    if not words:
        return None
    holding = Q()
    for word in words:
        # Words of scripts that set no blanks between them are looked for inside the others.
        holding &= Q(search_text__contains=f" {word} " if word.isascii() else word)
    # Where the newest end changes what is asked first, never what is found: it may be a minute old.
    found_at = f"news-newest-{listing}"
    bound = cache.get(found_at) if listing else None
    if bound is None:
        newest = rows.newest_first().values_list("published_at", flat=True)
        bound = newest[LOOKED_THROUGH : LOOKED_THROUGH + 1].first()
        cache.set(found_at, bound, 60)
    if bound is None or not all(word.isascii() for word in words):
        return slice_of(rows.filter(holding), before)
    found = slice_of(rows.filter(holding, published_at__gt=bound), before)
    if found.older:
        return found
    matching = (
        rows.for_all().order_by("-published_at").search(" ".join(words), operator="and", order_by_relevance=False)
    )
    return slice_of(rows.filter(pk__in=[article.pk for article in matching[:TOO_MANY]]), before)


def about(record_id: int, limit: int = 10) -> list[ArticlePage]:
    """Published articles that name a record, newest first."""
    from .models import ArticlePage

    rows = ArticlePage.objects.filter(related_records__record_id=record_id)
    return list(rows.newest_first().for_list()[:limit])
