"""What public pages of the newsroom show. Bounded: no page asks for more than a page of articles."""

from __future__ import annotations

import calendar
import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import queries
from .linked_data import news_article
from .models import ArticlePage, SectionPage, ViewCount

MORE = 6  # articles under "more in this section"


def article_context(article: ArticlePage, request: HttpRequest) -> dict[str, Any]:
    """Beside the article itself: how often it was read, more of its section, what it names of the register."""
    more: list[ArticlePage] = []
    views = 0
    related: list[Any] = []
    section = None
    if article.pk:
        chain = getattr(request, "portal_chain", [])
        section = chain[-2] if len(chain) > 1 and chain[-1].pk == article.pk else article.get_parent()
        rows = ArticlePage.objects.filter(section_page=section.pk).exclude(pk=article.pk)
        more = list(rows.newest_first().for_list()[:MORE])
        views = ViewCount.objects.filter(pk=article.pk).values_list("total", flat=True).first() or 0
        links = article.related_records.filter(record__access="public", record__archived_at=None)
        related = [row.record for row in links.select_related("record")]
    context = {
        "section": section,
        "more": more,
        "views": views,
        "related": related,
        "corrections": sorted(article.corrections.all(), key=lambda c: c.day, reverse=True),
        "address": article.get_full_url(request) or "",
    }
    context["linked_data"] = news_article(article, request, context)
    return context


def _render(listing: Any, request: HttpRequest, **context: Any) -> HttpResponse:
    chain = getattr(request, "portal_chain", [])
    newsroom = listing
    if isinstance(listing, SectionPage):
        newsroom = chain[-2] if len(chain) > 1 and chain[-1].pk == listing.pk else listing.get_parent()
    return listing.render(
        request,
        context_overrides={
            "newsroom": newsroom,
            "newsroom_url": newsroom.get_url(request),
            "sections": queries.sections(newsroom, request),
            "own_url": listing.get_url(request),
            "month": month_of(listing, context.pop("on", None)),
            **context,
        },
        template="news/listing.html",
    )


def month_of(listing: Any, on: datetime.date | None) -> dict[str, Any]:
    """The calendar of a month: weeks of days with how many articles each has."""
    today = timezone.localdate()
    first = (on or today).replace(day=1)
    counts = queries.day_counts(ArticlePage.objects.under(listing), first.year, first.month)
    weeks = calendar.Calendar(firstweekday=0).monthdayscalendar(first.year, first.month)
    before = first - datetime.timedelta(days=1) if first.year > 1945 else None
    after = first + datetime.timedelta(days=32)
    names = [date_format(datetime.date(2024, 1, 1 + i), "D") for i in range(7)]
    return {
        "first": first,
        "title": date_format(first, "YEAR_MONTH_FORMAT"),
        "weeks": [[(day, counts.get(day, 0)) for day in week] for week in weeks],
        "names": [_short(name) for name in names],
        "before": before,
        "after": after if after.replace(day=1) <= today else None,
        "chosen": on,
    }


def _short(name: str) -> str:
    """A day of the week in a narrow column: T2 … T7, CN in Vietnamese, as calendars there have it."""
    return {"Chủ nhật": "CN"}.get(name, name.replace("Thứ ", "T"))


def newest(listing: Any, request: HttpRequest) -> HttpResponse:
    found = queries.slice_of(ArticlePage.objects.under(listing), request.GET.get("before", ""))
    return _render(listing, request, slice=found, first="before" not in request.GET)


def by_date(listing: Any, request: HttpRequest, year: int, month: int, day: int) -> HttpResponse:
    """News of a year, a month or a day; a day that is none is not there."""
    try:
        start = datetime.date(year, month or 1, day or 1)
        if day:
            end, title = start, date_format(start, "DATE_FORMAT")
        elif month:
            end = datetime.date(year, month, calendar.monthrange(year, month)[1])
            title = date_format(start, "YEAR_MONTH_FORMAT")
        else:
            end, title = datetime.date(year, 12, 31), str(year)
    except ValueError:
        raise Http404 from None
    if start > timezone.localdate() or year < 1945:
        raise Http404
    zone = timezone.get_current_timezone()
    span = (
        datetime.datetime.combine(start, datetime.time.min, zone),
        datetime.datetime.combine(end, datetime.time.max, zone),
    )
    rows = ArticlePage.objects.under(listing).filter(published_at__range=span)
    found = queries.slice_of(rows, request.GET.get("before", ""))
    return _render(listing, request, slice=found, on=start, span_title=title)


def tagged(listing: Any, request: HttpRequest, slug: str) -> HttpResponse:
    from taggit.models import Tag

    tag = Tag.objects.filter(slug=slug).first()
    if tag is None:
        raise Http404
    rows = ArticlePage.objects.under(listing).filter(tagged_items__tag=tag)
    found = queries.slice_of(rows, request.GET.get("before", ""))
    return _render(listing, request, slice=found, span_title=tag.name)


def search(listing: Any, request: HttpRequest) -> HttpResponse:
    """Articles that hold all words, newest first; marks may be left out."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    found = queries.search(ArticlePage.objects.under(listing), text, request.GET.get("before", ""), listing=listing.pk)
    return _render(listing, request, searched=True, q=text, results=found, span_title=_("Search the news"))
