"""What a page says of itself to machines: JSON-LD, <meta>, microdata. Nothing of it is trusted to be there."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import anchors

MAX_JSON = 1_000_000  # letters of JSON-LD that are read
MAX_NODES = 5_000

_ARTICLES = frozenset(
    [
        *("article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "blogposting", "report"),
        "socialmediaposting",
    ]
)


@dataclass
class Said:
    """The first value found for each part; JSON-LD before microdata before <meta>."""

    title: str = ""
    published: tuple[datetime.date, datetime.datetime | None] | None = None
    author: str = ""
    lead: str = ""
    body: str = ""
    section: str = ""
    site: str = ""
    address: str = ""
    views: int | None = None
    is_article: bool = False

    def take(self, **found: Any) -> None:
        """Keep what is not known yet."""
        for name, value in found.items():
            if value and not getattr(self, name):
                setattr(self, name, value)


def said_by(tree: Any) -> Said:
    """Everything the page with this lxml tree says of itself."""
    said = Said()
    _json_ld(tree, said)
    _microdata(tree, said)
    _meta(tree, said)
    if said.author and said.author.casefold() == said.site.casefold():
        said.author = ""
    return said


# --- JSON-LD --------------------------------------------------------------------------------------
def _json_ld(tree: Any, said: Said) -> None:
    left = MAX_JSON
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = script.text or ""
        left -= len(text)
        if left < 0:
            return
        text = re.sub(r"^\s*(?://\s*)?<!(?:\[CDATA\[|--)|(?://\s*)?(?:\]\]|--)>\s*$", "", text)
        try:
            found = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(found):
            _node(node, said)


def _nodes(found: Any) -> Iterator[dict[str, Any]]:
    """The objects in a JSON value, outer before inner."""
    waiting = [found]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, dict):
            yield value
            waiting.extend(value.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage"))
        elif isinstance(value, list):
            waiting.extend(value[:200])


def _node(node: dict[str, Any], said: Said) -> None:
    kinds = {str(kind).lower() for kind in _listed(node.get("@type"))}
    if kinds & _ARTICLES:
        said.is_article = True
        said.take(
            title=_text(node.get("headline") or node.get("name")),
            published=_moment(node.get("datePublished") or node.get("dateCreated")),
            author=_names(node.get("author")),
            lead=_text(node.get("description")),
            body=str(node.get("articleBody") or "")[:MAX_JSON],
            section=_text(_last(node.get("articleSection"))),
            site=_names(node.get("publisher")),
            address=_address(node.get("url") or node.get("mainEntityOfPage")),
            views=_interactions(node.get("interactionStatistic")),
        )
    elif "breadcrumblist" in kinds:
        steps = [_text(_item_name(item)) for item in _listed(node.get("itemListElement"))]
        said.take(section=last_step(steps, said.title))


def _listed(value: Any) -> list[Any]:
    return value[:200] if isinstance(value, list) else [] if value is None else [value]


def _last(value: Any) -> Any:
    return value[-1] if isinstance(value, list) and value else value


def _text(value: Any) -> str:
    return anchors.tidy(re.sub(r"<[^<>]{0,300}>", " ", value))[:1000] if isinstance(value, str) else ""


def _names(value: Any) -> str:
    found = [_text(one.get("name") if isinstance(one, dict) else one) for one in _listed(value)[:8]]
    return ", ".join(name for name in found if name and "://" not in name)[:250]


def _item_name(item: Any) -> Any:
    if not isinstance(item, dict):
        return ""
    inner = item.get("item")
    return item.get("name") or (inner.get("name") if isinstance(inner, dict) else "")


def _address(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value.strip() if isinstance(value, str) and re.match(r"https?://[^\s<>\"]{4,990}$", value.strip()) else ""


def _moment(value: Any) -> tuple[datetime.date, datetime.datetime | None] | None:
    return anchors.moment(value) if isinstance(value, str) else None


def _interactions(value: Any) -> int | None:
    """How often the page was read; likes and comments are other actions."""
    for one in _listed(value):
        if isinstance(one, dict) and re.search("Read|View|Watch", str(one.get("interactionType"))):
            count = str(one.get("userInteractionCount", ""))
            return int(count) if re.fullmatch(r"\d{1,12}", count) else None
    return None


def last_step(steps: list[str], title: str) -> str:
    """The section in the steps of a path: the last that is neither the front page nor the article."""
    named = [step for step in steps if step and step != title and not anchors.is_home(step)]
    return named[-1][:250] if named and len(named[-1]) <= 60 else ""


# --- <meta> and microdata -------------------------------------------------------------------------
_META = {
    "title": ("og:title", "twitter:title", "dc.title", "title"),
    "lead": ("og:description", "description", "twitter:description", "dc.description"),
    "author": ("author", "article:author", "dc.creator", "dable:author", "citation_author"),
    "section": ("article:section", "dable:item_section", "section"),
    "site": ("og:site_name", "application-name", "dc.publisher"),
    "address": ("og:url",),
    "published": (
        *("article:published_time", "datepublished", "pubdate", "publish-date", "publishdate", "dc.date.issued"),
        *("dc.date", "date", "citation_publication_date", "dc.created", "og:published_time"),
    ),
}


def _meta(tree: Any, said: Said) -> None:
    values: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            values.setdefault(name, content[:2000])
    if values.get("og:type", "").lower() in ("article", "news.article") or "article:published_time" in values:
        said.is_article = True
    for part, names in _META.items():
        for name in names:
            if not (content := values.get(name, "")):
                continue
            if part == "published":
                said.take(published=anchors.moment(content))
            elif part == "address":
                said.take(address=_address(content))
            elif part != "author" or "://" not in content:
                said.take(**{part: _text(content)})
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            said.take(address=_address(link.get("href")))


def _microdata(tree: Any, said: Said) -> None:
    for element in tree.iter():
        name = element.get("itemprop") if isinstance(element.tag, str) else None
        if not name or element.tag == "meta":
            continue
        if name == "articleBody":
            said.is_article = True
        elif name == "datePublished":
            value = element.get("content") or element.get("datetime") or "".join(element.itertext())
            said.take(published=anchors.moment(" ".join(value.split())))
        elif name in ("headline", "articleSection", "author"):
            text = _text(" ".join("".join(element.itertext()).split()))
            if len(text) <= 300:
                said.take(**{{"headline": "title", "articleSection": "section"}.get(name, name): text})
