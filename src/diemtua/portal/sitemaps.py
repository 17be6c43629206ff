"""Maps of the site for search engines (https://www.sitemaps.org, and Google's news sitemap), and robots.txt.

The map is an index with one file for the pages and one for each month of articles, so no file grows without end.
"""

from __future__ import annotations

import datetime
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Max
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from wagtail.models import Page

from diemtua.news.models import ArticlePage

from . import seo
from .languages import CODES, DEFAULT
from .models import ContentPage, HomePage
from .remembered import remembered

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_LINKS = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
# The desk, the editor and the private pages of enquiries are nobody's but their readers'.
CLOSED = ("/desk/", "/cms/", "/account/", "/s/", "/e/", "/r/")
CHOSEN = ("/find/compare/", "/find/shortlist/")  # what one reader has chosen
NEWS_DAYS, NEWS_MOST, PAGES_MOST = 2, 1000, 5000


def _xml(text: str) -> HttpResponse:
    return HttpResponse(_HEAD + text, content_type="application/xml; charset=utf-8")


def _here(request: HttpRequest, path: str) -> str:
    return escape(request.build_absolute_uri(path))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    rows = ArticlePage.objects.live().order_by().annotate(month=TruncMonth("published_day")).values_list("month")
    months = sorted(rows.annotate(changed=Max("last_published_at")), reverse=True)
    parts = [f"<sitemap><loc>{_here(request, '/sitemap-pages.xml')}</loc></sitemap>"]
    for month, changed in months:
        at = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
        parts.append(f"<sitemap><loc>{_here(request, f'/sitemap-{month:%Y-%m}.xml')}</loc>{at}</sitemap>")
    return _xml(f"<sitemapindex {_NAMES}>{''.join(parts)}</sitemapindex>")


def _urls(request: HttpRequest, pages: Any, before: str = "") -> HttpResponse:
    parts = [before]
    for page in pages:
        url = page.get_url(request)
        if url:
            at = f"<lastmod>{page.last_published_at.isoformat()}</lastmod>" if page.last_published_at else ""
            parts.append(f"<url><loc>{_here(request, url)}</loc>{at}</url>")
    return _xml(f"<urlset {_NAMES} {_LINKS}>{''.join(parts)}</urlset>")


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """Pages from the register, each with its other languages (hreflang), then the edited pages but articles."""
    base = seo.absolute(request, "")
    own = []
    for page in remembered("sitemap", make=seo.addresses):
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{escape(base + path)}"/>' for tag, path in page.items()
        )
        others += f'<xhtml:link rel="alternate" hreflang="x-default" href="{escape(base + page["en"])}"/>'
        own += [f"<url><loc>{escape(base + path)}</loc>{others}</url>" for path in page.values()]
    rows = Page.objects.live().public().filter(depth__gt=1).not_exact_type(ArticlePage, HomePage).order_by("path")
    rows = rows.exclude(pk__in=ContentPage.objects.exclude(above="").values("pk"))  # they stand on pages named above
    return _urls(request, rows[:PAGES_MOST], "".join(own))


@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    try:
        first = datetime.date(year, month, 1)
    except ValueError:
        raise Http404 from None
    after = (first + datetime.timedelta(days=32)).replace(day=1)
    rows = ArticlePage.objects.for_all().filter(published_day__gte=first, published_day__lt=after)
    return _urls(request, rows.defer("search_text", "body").order_by("-published_at")[:50_000])


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """Articles of the last two days: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap"""
    since = timezone.now() - datetime.timedelta(days=NEWS_DAYS)
    rows = ArticlePage.objects.for_all().filter(published_at__gte=since).defer("search_text", "body")
    name = escape(settings.WAGTAIL_SITE_NAME)
    parts = [
        f"<url><loc>{_here(request, article.get_url(request))}</loc><news:news><news:publication>"
        f"<news:name>{name}</news:name><news:language>{_language(article.language)}</news:language></news:publication>"
        f"<news:publication_date>{timezone.localtime(article.published_at).isoformat()}</news:publication_date>"
        f"<news:title>{escape(article.title)}</news:title></news:news></url>"
        for article in rows.order_by("-published_at")[:NEWS_MOST]
        if article.get_url(request)
    ]
    names = f'{_NAMES} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return _xml(f"<urlset {names}>{''.join(parts)}</urlset>")


def _language(code: str) -> str:
    return "zh-cn" if code == "zh-hans" else code


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What programs may read; where the maps of the site lie."""
    prefixes = ["" if code == DEFAULT else f"/{code}" for code in CODES]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines += [f"Disallow: {prefix}{path}" for prefix in prefixes for path in CHOSEN]
    lines += ["", *("Sitemap: " + seo.absolute(request, path) for path in ("/sitemap.xml", "/news-sitemap.xml"))]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
