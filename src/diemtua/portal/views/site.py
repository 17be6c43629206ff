"""For programs that read the site: the map of its pages and what they may read."""

from __future__ import annotations

from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .. import seo
from ..kept import kept
from ..languages import LANGUAGES

# The desk and the private pages of enquiries are nobody's but their readers'.
CLOSED = ("/desk/", "/accounts/", "/e/", "/r/", "/find/compare/", "/find/shortlist/")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page in every language, each with the others (hreflang)."""
    base = seo.absolute(request, "")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    for page in kept("sitemap", make=seo.addresses):
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{escape(base + path)}"/>' for tag, path in page.items()
        )
        others += f'<xhtml:link rel="alternate" hreflang="x-default" href="{escape(base + page["en"])}"/>'
        lines += [f"<url><loc>{escape(base + path)}</loc>{others}</url>" for path in page.values()]
    lines.append("</urlset>")
    return HttpResponse("\n".join(lines), content_type="application/xml; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What programs may read; where the map of the site lies."""
    prefixes = ["", *(f"/{one.code}" for one in LANGUAGES[1:])]
    closed = [path for path in CLOSED if not path.startswith("/find/")]
    closed += [prefix + path for path in CLOSED if path.startswith("/find/") for prefix in prefixes]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        "",
        "Sitemap: " + seo.absolute(request, "/sitemap.xml"),
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
