"""Tags of the portal's templates: addresses in the reader's language, the other languages of a page, days."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

import nh3
from django import template
from django.conf import settings
from django.http import Http404
from django.urls import resolve
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.templatetags.wagtailcore_tags import richtext

from diemtua.kit.dates import PartialDate
from diemtua.kit.money import Money
from diemtua.land.queries import maps
from diemtua.register.templatetags.desk import icon

from .. import facts, seo, site, wording
from ..appearance import Appearance
from ..languages import CODES, DEFAULT, LANGUAGES, Language, address, current, data_language, here_of, tag_of
from ..models import HomePage

register = template.Library()
RICH = {"h2", "h3", "p", "b", "strong", "i", "em", "ol", "ul", "li", "a", "sup", "sub", "hr", "br"}
register.simple_tag(icon, name="icon")


@register.simple_tag
def to(name: str, *args: Any) -> str:
    """The address of a page of the portal in the language of this page."""
    return address(name, *args)


@register.simple_tag
def language_now() -> Language:
    return current()


@register.simple_tag
def letters() -> str:
    """The sheet that brings the letters of the page's language."""
    code = current().code
    return f"vendor/font-{'public' if code in ('vi', 'en') else code}.css"


@register.simple_tag(takes_context=True)
def appearance(context: dict[str, Any]) -> Appearance:
    """What the reader chose of theme, contrast and text size."""
    request = context.get("request")
    return Appearance.of(request.COOKIES if request else {})


@register.simple_tag(takes_context=True)
def languages_of(context: dict[str, Any]) -> list[dict[str, Any]]:
    """This page in every language: its address, whether it is the one being read, whether it is translated.

    An edited page without a translation keeps its own address there, which shows the nearest language.
    """
    request = context.get("request")
    page = context.get("page")
    here = current().code
    if isinstance(page, Page):
        there = _translations(page, request)
        path = request.path if request is not None else "/"
        bare = path[len(here) + 1 :] if here != DEFAULT and path.startswith(f"/{here}/") else path
        urls = {c: there.get(c) or (bare if c == DEFAULT else f"/{c}{bare}") for c in CODES}
    else:
        urls = _same_page(request)
        there = urls
    return [{"language": one, "url": urls[one.code], "here": one.code == here, "translated": one.code in there}
            for one in LANGUAGES]  # fmt: skip


def _translations(page: Page, request: Any) -> dict[str, str]:
    if not page.pk:
        return {}
    rows = Page.objects.live().filter(translation_key=page.translation_key)
    return {site.language_code_of(row): row.get_url(request) or "/" for row in rows}


def _same_page(request: Any) -> dict[str, str]:
    """A page from the register stands in every language; an address that leads nowhere has the first pages."""
    try:
        match = resolve(request.path) if request is not None else None
    except Http404:
        match = None
    known = match is not None and match.namespace.startswith("portal")
    args = [v for k, v in match.kwargs.items() if k != "lang"] if match is not None and known else []
    name = (match.url_name if match is not None and known else "") or "home"
    return {code: address(name, *args, lang=code) for code in CODES}


@register.simple_tag(takes_context=True)
def way(context: dict[str, Any]) -> list[dict[str, str]]:
    """The edited pages between the first page and this one, for the crumbs."""
    request = context.get("request")
    page = context.get("page")
    chain = getattr(request, "portal_chain", [])[1:]
    above = [step for step in chain if not isinstance(page, Page) or step.pk != page.pk]
    return [{"title": name_of(step), "url": step.get_url(request) or "/"} for step in above]


@register.filter
def name_of(page: Any) -> str:
    """The title of an edited page. The newsroom's name is known in every language; other titles are as written."""
    foreign = site.language_code_of(page) != current().code
    return _("News") if foreign and page.cached_content_type.model == "newsindexpage" else str(page.title)


@register.simple_tag(takes_context=True)
def edited_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Edited pages that are to stand in the menu, in this language or the nearest. No query of its own."""
    page = context.get("page")
    at = page.path if isinstance(page, Page) and page.path else None
    entries = site.once("menu", current().code, lambda: _menu_entries(context.get("request")))
    return [e | {"here": at is not None and at.startswith(e["path"])} for e in entries]


def _menu_entries(request: Any) -> list[dict[str, Any]]:
    found = []
    for row in site.menu(current().code):
        foreign = site.language_code_of(row) != current().code
        label = name_of(row)
        url = row.get_url(request) or "/"
        found.append({
            "label": label,
            "url": here_of(url) if foreign else url,
            "lang": site.language_code_of(row) if foreign and label == row.title else "",
            "path": row.path,
        })  # fmt: skip
    return found


@register.simple_tag
def map_settings(picture: Any, zone: Any = None) -> dict[str, Any]:
    """What the map in the browser is told: where to look, what to say, where a click leads."""
    states = {
        "free": _("Free"),
        "part": _("Partly free"),
        "reserved": _("Reserved"),
        "let": _("Let"),
        "unknown": _("Not known"),
    }
    return {
        "box": list(picture.box or maps.home_box()),
        "here": None,
        "tiles": "",
        "credit": "",
        "base": maps.base_version()[:12],
        "stateNames": states,
        "pages": {"zone": address("park", 0).replace("/0/", "/#/"), "plot": "plot-#"},
        "words": {
            "illustrative": _("Illustrative, not real"),
            "open": _("More about it"),
            "unknown": _("not known"),
            "drawn": _("as drawn"),
            "zoomIn": _("Zoom in"),
            "zoomOut": _("Zoom out"),
            "north": _("Reset bearing to north"),
            "map": _("Map of zones and parks"),
        },
    }


@register.filter
def rich(value: Any) -> SafeString:
    """Rich text as the editor offers it and nothing else: what comes in by other ways (PO files, archives) too."""
    text = nh3.clean(str(richtext(value)), tags=RICH, attributes={"a": {"href", "id"}}, link_rel=None)
    return mark_safe(text)  # cleaned in the line above


@register.filter
def public_page(record: Any) -> str:
    """The public page of a record of the register, "" where its kind has none."""
    name = {"zone": "park", "document": "source"}.get(record.kind)
    return address(name, record.pk) if name else ""


@register.filter
def moment(value: Any) -> str:
    """Day and hour in the time of Việt Nam: 18/07/2023 08:30, 18 July 2023 08:30."""
    return f"{wording.date(localtime(value))} {localtime(value):%H:%M}" if value else ""


@register.filter
def weekday(value: Any) -> str:
    """The day of the week in the page's language."""
    return date_format(localtime(value), "l") if value else ""


@register.filter
def as_query(value: str, name: str) -> str:
    """`name=value` for an address."""
    return urlencode({name: value})


@register.simple_tag(takes_context=True)
def headings(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The navigation: headings with links to the pages of the register, then to the edited pages placed there."""
    return site.once("headings", current().code, lambda: _headings(context.get("request")))


def _headings(request: Any) -> list[dict[str, Any]]:
    found = []
    for heading in menu():
        links = [{"url": address(name), "label": str(label), "lang": ""} for name, label in heading["pages"]]
        for page in site.placed(current().code, heading["name"]):
            code = site.language_code_of(page)
            foreign = code != current().code
            url = page.get_url(request) or "/"
            links.append({
                "url": here_of(url) if foreign else url, "label": page.title, "lang": tag_of(code) if foreign else "",
            })  # fmt: skip
        found.append({"label": heading["label"], "links": links})
    return found


@register.simple_tag(takes_context=True)
def introduction(context: dict[str, Any]) -> dict[str, Any] | None:
    """The words an editor wrote above this page of the register: their page, and their language where it is another."""
    match = getattr(context.get("request"), "resolver_match", None)
    if isinstance(context.get("page"), Page) or match is None or not str(match.namespace).startswith("portal"):
        return None
    found = site.words_above(current().code, match.url_name or "")
    if found is None:
        return None
    page, code = found
    return {"page": page, "lang": tag_of(code) if code != current().code else ""}


@register.simple_tag(takes_context=True)
def below(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The pages under an edited page, with their opening lines."""
    page, request = context.get("page"), context.get("request")
    if not isinstance(page, Page) or not page.pk:
        return []
    rows = Page.objects.child_of(page).live().public().order_by("path").specific()[:24]
    return [{"title": p.title, "url": p.get_url(request) or "/", "lead": getattr(p, "lead", "")} for p in rows]


def menu() -> list[dict[str, Any]]:
    """The headings with the pages of the register, as (name of its address, words)."""
    return [
        {"name": "why", "label": _("Why invest here"), "pages": [
            ("why", _("Facts and figures")), ("sectors", _("Sectors")), ("stories", _("Projects that run"))]},
        {"name": "where", "label": _("Where to invest"), "pages": [
            ("parks", _("Zones and parks")), ("find", _("Find a plot")), ("calling", _("Projects seeking investors"))]},
        {"name": "how", "label": _("How to invest"), "pages": [
            ("guide", _("Investor guide")), ("incentives", _("Incentives")), ("contact", _("Contact"))]},
        {"name": "abroad", "label": _("Abroad"), "pages": [
            ("partners", _("Partners in the world")), ("markets", _("Export markets")), ("datasets", _("Open data"))]},
    ]  # fmt: skip


@register.simple_tag(takes_context=True)
def absolute(context: dict[str, Any]) -> str:
    """Scheme and host of this site, to stand before a path."""
    return seo.absolute(context["request"], "")


@register.simple_tag(takes_context=True)
def canonical(context: dict[str, Any]) -> str:
    """The one path under which search engines should know this page; of an edited page in another language its own."""
    request, page = context["request"], context.get("page")
    if isinstance(page, Page) and page.pk and getattr(request, "shown_in", ""):
        return page.get_url(request) or request.path
    return str(request.path)


def _trail(context: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, path) from the first page to this one, as the menu names them."""
    request = context.get("request")
    steps = [(_("Home"), address("home"))]
    edited = context.get("page")
    if isinstance(edited, Page):
        steps += [(step["title"], step["url"]) for step in way(context)]
        return [*steps, (edited.title, edited.get_url(request) or "/")] if not isinstance(edited, HomePage) else steps
    match = getattr(request, "resolver_match", None)
    name = match.url_name if match is not None and str(match.namespace).startswith("portal") else "home"
    labels = {page: label for heading in menu() for page, label in heading["pages"]}
    above = {"park": "parks", "dataset": "datasets", "compare": "find", "shortlist": "find"}.get(name or "", name)
    if above in labels:
        steps.append((str(labels[above]), address(str(above))))
    title = {"park": context.get("name"), "source": context.get("source"), "compare": _("Plots side by side")}.get(
        name or ""
    )
    if name == "dataset" and "dataset" in context:
        title = context["dataset"].title
    if title and request is not None:
        steps.append((str(title), request.path))
    return steps


@register.simple_tag(takes_context=True)
def page_title(context: dict[str, Any]) -> str:
    """The title of this page as other sites show it."""
    return _trail(context)[-1][0]


@register.simple_tag
def home_province() -> str:
    """The province whose site this is."""
    return str(settings.HOME_PROVINCE)


@register.simple_tag
def og_locale() -> str:
    return seo.og_locale()


@register.simple_tag(takes_context=True)
def json_ld(context: dict[str, Any]) -> Any:
    """What the page is, for search engines: the organisation, the way to the page, a data set."""
    request = context.get("request")
    if request is None:
        return ""
    steps = _trail(context)
    graph = [seo.organisation(request)]
    if len(steps) > 1:
        graph.append(seo.trail(request, steps))
    match = getattr(request, "resolver_match", None)
    if match is not None and match.url_name == "dataset" and "dataset" in context:
        graph.append(seo.data_set(request, context["dataset"]))
    return seo.as_script(graph)


@register.filter
def on(day: datetime.date | datetime.datetime | PartialDate | None) -> str:
    """A day as readers of the page write it; of a moment its day in Việt Nam."""
    if isinstance(day, PartialDate):
        return wording.day(day)
    return wording.date(localtime(day) if isinstance(day, datetime.datetime) else day)


@register.filter
def country(one: Any) -> str:
    """The name of a country in the reader's language: CLDR knows those that the tables of places do not."""
    return facts.place_name(one)


@register.simple_tag
def data_lang() -> str:
    """The language in which what the rulebook says is shown: the page's, or English where the rulebook has none."""
    return data_language()


@register.filter
def num(value: Any) -> str:
    """A number in the convention of the reader's language."""
    return wording.number(value)


@register.filter
def amount(value: Any, unit: str) -> wording.Wording:
    """A number with its unit, as readers of the page write both; "" for None."""
    return wording.amount(value, unit)


@register.filter
def capital(project: Any) -> str:
    """The capital of a project with its currency."""
    return wording.capital(project.capital, project.currency)


@register.filter
def money(value: Any, currency: str) -> str:
    """An amount with its currency."""
    return "" if value is None else wording.money(Money(value, currency))
