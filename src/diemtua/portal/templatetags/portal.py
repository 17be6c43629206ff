"""Tags of the portal's templates: addresses in the reader's language, the other languages of a page, days."""

from __future__ import annotations

import datetime
from typing import Any

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, resolve
from django.utils.translation import gettext as _

from diemtua.kit.numbers import format_number

from .. import facts, seo
from ..languages import LANGUAGES, Language, address, current, data_language

register = template.Library()


@register.simple_tag
def to(name: str, *args: Any) -> str:
    """The address of a page of the portal in the language of this page."""
    return address(name, *args)


@register.simple_tag
def language_now() -> Language:
    return current()


@register.simple_tag(takes_context=True)
def languages_of(context: dict[str, Any]) -> list[dict[str, Any]]:
    """This page in every language: its address, and whether it is the one being read."""
    request = context.get("request")
    here = current().code
    try:
        match = resolve(request.path) if request is not None else None
        args = [v for k, v in (match.kwargs if match else {}).items() if k != "lang"]
        name = match.url_name if match and match.namespace.startswith("portal") else "home"
    except Exception:  # an address that leads nowhere: its page of errors still offers the languages
        name, args = "home", []
    found = []
    for one in LANGUAGES:
        try:
            url = address(name or "home", *args, lang=one.code)
        except NoReverseMatch:
            url = address("home", lang=one.code)
        found.append({"language": one, "url": url, "here": one.code == here})
    return found


@register.simple_tag
def menu() -> list[dict[str, Any]]:
    """The navigation: headings with their pages."""
    return [
        {"label": _("Why invest here"), "pages": [
            ("why", _("Facts and figures")), ("sectors", _("Sectors")), ("stories", _("Projects that run"))]},
        {"label": _("Where to invest"), "pages": [
            ("parks", _("Zones and parks")), ("find", _("Find a plot")), ("calling", _("Projects seeking investors"))]},
        {"label": _("How to invest"), "pages": [
            ("guide", _("Investor guide")), ("incentives", _("Incentives")), ("contact", _("Contact"))]},
        {"label": _("Abroad"), "pages": [
            ("partners", _("Partners in the world")), ("markets", _("Export markets")), ("datasets", _("Open data"))]},
    ]  # fmt: skip


def _trail(context: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, path) from the first page to this one, as the menu names them."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    name = match.url_name if match is not None and str(match.namespace).startswith("portal") else "home"
    steps = [(_("Home"), address("home"))]
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
def on(day: datetime.date | datetime.datetime | None) -> str:
    """A day as readers of the page write it."""
    if day is None:
        return ""
    code = current().code
    if code == "en":
        return f"{day.day} {day:%B %Y}"
    if code == "vi":
        return f"{day:%d/%m/%Y}"
    if code == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def country(one: Any) -> str:
    """The name of a country in the reader's language: CLDR knows those that the tables of places do not."""
    return facts.place_name(one)


@register.filter
def num(value: Any) -> str:
    """A number in the convention of the reader's language."""
    return "" if value is None else format_number(value, data_language())
