"""What search engines read of an article: schema.org NewsArticle as JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

# Letters that would end the script element or begin a comment in it, as JSON writes them otherwise.
_SAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def news_article(article: Any, request: HttpRequest, context: dict[str, Any]) -> SafeString:
    """https://schema.org/NewsArticle; a data block, which no Content-Security-Policy takes for a script."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title[:110],
        "description": article.first_lines,
        "inLanguage": article.locale.language_code,
        "datePublished": localtime(article.published_at).isoformat(),
        "dateModified": localtime(article.changed_at).isoformat(),
        "mainEntityOfPage": context["address"],
    }
    if article.author:
        data["author"] = {"@type": "Person", "name": article.author}
    if article.place:
        data["locationCreated"] = {"@type": "Place", "name": article.place}
    if context["section"]:
        data["articleSection"] = context["section"].title
    if article.source_url:
        data["isBasedOn"] = article.source_url
    if context["corrections"]:
        data["correction"] = [f"{c.day.isoformat()}: {c.text}" for c in context["corrections"]]
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_SAFE))
