"""What every public page stands in: the site, its home pages, languages and menu; and which page an address is.

Kept for a moment (KEEP): it is the same for every page of a language, and would be asked for with each.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest
from wagtail.models import Locale, Page, PageViewRestriction, Site

from diemtua.news.queries import children, open_to_all

from .languages import NEAREST, current, here_of, tag_of
from .models import ContentPage, HomePage, StoryPage

T = TypeVar("T")
KEEP = 1.0  # seconds; added to what `kept` allows, a change is still seen within five
DEEPEST = 9
MOST_STORIES = 120  # in all languages together
_KEY, _MARK = "portal-grounds", "portal-grounds-mark"
_here = threading.local()  # what this thread has last had from the cache: (mark, grounds)


@dataclass
class Grounds:
    """The site as a whole, the same for all readers."""

    site: Site | None = None
    locales: dict[int, Locale] = field(default_factory=dict)
    homes: dict[str, HomePage] = field(default_factory=dict)
    menus: dict[str, list[Page]] = field(default_factory=dict)
    # {language: {heading of the menu: pages}}, {(language, page of the register): the page whose words stand above it}
    placed: dict[str, dict[str, list[Page]]] = field(default_factory=dict)
    above: dict[tuple[str, str], int] = field(default_factory=dict)
    guarded: bool = False  # whether any page at all is for some readers only
    # What is worked out of these once and not with each page, by its name and language; see `once`.
    worked_out: dict[tuple[str, str], Any] = field(default_factory=dict)


def grounds() -> Grounds:
    """The site as it was at most KEEP seconds ago. To be read only: a thread has it for several requests."""
    mark = cache.get(_MARK)
    held = getattr(_here, "held", None)
    if mark is not None and held is not None and held[0] == mark:
        return held[1]
    found = cache.get(_KEY)
    if found is None:
        found = (secrets.token_hex(8), _look())
        cache.set(_KEY, found, KEEP)
        cache.set(_MARK, found[0], KEEP)
    _here.held = found
    return found[1]


def once(name: str, language: str, make: Callable[[], T]) -> T:
    """`make()`, worked out once for this thread as long as the grounds are the same. To be read only."""
    known = grounds().worked_out
    if (name, language) not in known:
        known[name, language] = make()
    return known[name, language]  # type: ignore[no-any-return]


def forget() -> None:
    """After the first pages of a site were made."""
    cache.delete_many([_KEY, _MARK])


def _look() -> Grounds:
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return Grounds()
    locales = {row.pk: row for row in Locale.objects.all()}
    key = site.root_page.translation_key
    homes = {}
    # Published or not: translating one article makes the pages above it, and readers see a home page anyway.
    for page in HomePage.objects.filter(translation_key=key):
        page.locale = locales[page.locale_id]
        homes[page.locale.language_code] = page
    under = Q()
    for page in homes.values():
        under |= children(page)
    menus: dict[str, list[Page]] = {code: [] for code in homes}
    if homes:
        for page in Page.objects.filter(under).live().in_menu().order_by("path"):
            page.locale = locales[page.locale_id]
            menus.get(page.locale.language_code, []).append(page)
    placed: dict[str, dict[str, list[Page]]] = {}
    above: dict[tuple[str, str], int] = {}
    for page in open_to_all(ContentPage.objects).exclude(above="", heading="").defer("body").order_by("path"):
        page.locale = locales[page.locale_id]
        code = page.locale.language_code
        if page.above:
            above.setdefault((code, page.above), page.pk)
        else:
            placed.setdefault(code, {}).setdefault(page.heading, []).append(page)
    return Grounds(site, locales, homes, menus, placed, above, PageViewRestriction.objects.exists())


def find(language: str, path: str) -> tuple[list[Page], list[str]]:
    """The pages down to an address in a language, the last being its page, and what of the address is left over.

    One query, whatever the depth. Empty when there is no home page in the language.
    """
    home = grounds().homes.get(language)
    if home is None:
        return [], []
    words = [word for word in path.split("/") if word]
    chain = [home]
    if words:
        slugs = words[:DEEPEST]
        rows = Page.objects.filter(
            slug__in=slugs, path__startswith=home.path, depth__gt=home.depth, depth__lte=home.depth + len(slugs)
        )
        rows = {(row.path, row.slug): row for row in rows}
        steps = {}
        for (place, slug), row in rows.items():
            steps[place[: -Page.steplen], slug] = row
        for word in slugs:
            step = steps.get((chain[-1].path, word))
            if step is None:
                break
            step.locale = home.locale
            chain.append(step)
    return chain, words[len(chain) - 1 :]


def page_of(request: HttpRequest, language: str, path: str) -> Any:
    """(page, args, kwargs) of an address, as Wagtail's own routing gives it; Http404 or None when there is none."""
    chain, rest = find(language, path)
    if not chain:
        return None
    page = chain[-1].specific
    page.locale = chain[-1].locale
    request.portal_chain = chain  # type: ignore[attr-defined]
    site = grounds().site
    if site is not None:
        request._wagtail_site = site  # type: ignore[attr-defined]  # what Site.find_for_request keeps
    return page.route(request, rest)


def language_code_of(page: Page) -> str:
    found = grounds().locales.get(page.locale_id)
    return found.language_code if found else settings.LANGUAGE_CODE


def home(language: str) -> HomePage | None:
    """The edited first page of a language, once it is published."""
    found = grounds().homes.get(language)
    return found if found is not None and found.live else None


def menu(language: str) -> list[Page]:
    """The edited pages of the menu in a language, or in the nearest that has any."""
    menus = grounds().menus
    return next((menus[code] for code in (language, *NEAREST[language]) if menus.get(code)), [])


def placed(language: str, heading: str) -> list[Page]:
    """The edited pages under a heading of the menu in a language, or in the nearest that has any there."""
    found = grounds().placed
    return next((p for code in (language, *NEAREST[language]) if (p := found.get(code, {}).get(heading))), [])


def stories(request: HttpRequest) -> list[dict[str, Any]]:
    """Success stories, newest first, each in the page's language or the nearest it is told in."""
    code = current().code
    rank = {language: n for n, language in enumerate((code, *NEAREST[code]))}
    rows = open_to_all(StoryPage.objects).defer("body").order_by("-first_published_at", "-pk")[:MOST_STORIES]
    best: dict[Any, StoryPage] = {}
    for row in rows:
        language = language_code_of(row)
        known = best.get(row.translation_key)
        if language in rank and (known is None or rank[language] < rank[language_code_of(known)]):
            best[row.translation_key] = row
    return [
        {
            "page": row,
            "url": url if language_code_of(row) == code else here_of(url),
            "lang": "" if language_code_of(row) == code else tag_of(language_code_of(row)),
        }
        for row in best.values()
        if (url := row.get_url(request))
    ]


def words_above(language: str, name: str) -> tuple[ContentPage, str] | None:
    """The words that stand above a page of the register, and their language: the asked one or the nearest there is."""
    known = grounds().above
    for code in (language, *NEAREST[language]):
        if (pk := known.get((code, name))) is not None:
            page = ContentPage.objects.filter(pk=pk).select_related("picture").first()
            return (page, code) if page is not None else None
    return None
