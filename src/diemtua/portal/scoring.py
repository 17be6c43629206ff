"""The portal's own score: criteria as data (data/criteria.toml), each checked now, each with what to mend.

A check gives what is amiss, and out of how many; the points of a criterion are the share that is right.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.land.models import Price, Zone
from diemtua.land.queries import standing
from diemtua.register.models import Figure, Record
from diemtua.register.models.record import record_url
from diemtua.rulebook import procedures
from diemtua.rulebook.queries import NoRule, codes, list_rules, rule

from . import facts
from .contacts import contacts
from .languages import CODES, address, data_language

GROUPS = {
    "content": gettext_lazy("Content"),
    "promotion": gettext_lazy("Promotional effectiveness"),
    "architecture": gettext_lazy("Information architecture and design"),
}
SHOWN = 10
# Pages whose links are followed; pages of single records are reached from them.
LOOKED_AT = ("home", "why", "sectors", "parks", "guide", "incentives", "stories", "partners", "markets", "contact",
             "datasets")  # fmt: skip
HREF = re.compile(r'href="(/[^"#?]*)')


@dataclass(frozen=True)
class Amiss:
    """One thing to mend, with the address where that is done ("" where there is none)."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Scored:
    title: str
    group: str
    points: int  # of 100
    wrong: int
    looked_at: int
    amiss: tuple[Amiss, ...]


Found = tuple[list[Amiss], int]
CHECKS: dict[str, Callable[[], Found]] = {}


def check(function: Callable[[], Found]) -> Callable[[], Found]:
    """Decorator: a check by its name, as criteria.toml names it."""
    CHECKS[function.__name__] = function
    return function


@cache
def criteria() -> list[dict[str, str]]:
    return tomllib.loads((resources.files("diemtua.portal") / "data" / "criteria.toml").read_text("utf-8"))["criterion"]


def score() -> list[Scored]:
    """Every criterion, in the order of the file. Raises KeyError where a criterion names no check."""
    found = []
    for one in criteria():
        amiss, looked_at = CHECKS[one["check"]]()
        points = 100 if not looked_at and not amiss else round(100 * max(0, looked_at - len(amiss)) / max(1, looked_at))
        title = one["vi" if data_language() == "vi" else "en"]
        found.append(Scored(title, one["group"], points, len(amiss), looked_at, tuple(amiss[:SHOWN])))
    return found


@check
def dead_links() -> Found:
    """Inner links of the main pages, in all languages, that no page answers."""
    request = HttpRequest()
    request.method, request.user = "GET", AnonymousUser()
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    links: dict[str, str] = {}
    for code in CODES:
        for name in LOOKED_AT:
            url = address(name, lang=code)
            request.path = request.path_info = url
            match = resolve(url)
            text = match.func(request, *match.args, **match.kwargs).content.decode()
            links |= dict.fromkeys(HREF.findall(text), url)
    amiss = []
    for link, page in sorted(links.items()):
        if link.startswith("/static/"):
            continue
        try:
            resolve(urlsplit(link).path)
        except Resolver404:
            amiss.append(Amiss(_("%(page)s leads to %(link)s, which does not exist.") % {"page": page, "link": link}))
    return amiss, len(links)


def _public_figures() -> Any:
    return Figure.objects.filter(record__access="public", record__archived_at=None, withdrawn_at=None)


@check
def undated_figures() -> Found:
    rows = _public_figures().filter(as_of=None).select_related("record")
    return [Amiss(str(f.record), record_url(f.record_id)) for f in rows], _public_figures().count()


@check
def unsourced_figures() -> Found:
    rows = _public_figures().exclude(evidence__source__access="public").select_related("record")
    return [Amiss(str(f.record), record_url(f.record_id)) for f in rows], _public_figures().count()


@check
def past_due() -> Found:
    due = standing.facts_due(AnonymousUser())
    amiss = [Amiss(f"{d.record}: {d.what}", record_url(d.record.pk)) for d in due]
    return amiss, max(len(amiss), Zone.objects.public().count())


@check
def bare_parks() -> Found:
    zones = list(Zone.objects.public().filter(illustrative=False).select_related("record"))
    priced = set(
        Price.objects.filter(record__in=[z.pk for z in zones], amount__isnull=False).values_list("record_id", flat=True)
    )
    bare = [z for z in zones if z.area_ha is None or z.pk not in priced]
    return [Amiss(z.record.title, record_url(z.pk)) for z in bare], len(zones)


@check
def languages() -> Found:
    """Public parks and partners that have no name in English."""
    rows = Record.objects.public().filter(kind="zone") | Record.objects.public().filter(party__is_partner=True)
    named = rows.filter(names__language="en").values_list("pk", flat=True)
    amiss = [Amiss(r.title, record_url(r.pk)) for r in rows.exclude(pk__in=list(named)).distinct()]
    return amiss, rows.distinct().count()


@check
def unchecked_incentives() -> Found:
    try:
        listed = codes("investment.incentives")
    except NoRule:
        return [], 0
    return [Amiss(c.label()) for c in listed if c.confidence == "recalled"], len(listed)


@check
def nothing_calling() -> Found:
    return (
        ([], 1)
        if facts.calling()
        else ([Amiss(_("No public project without an investor stands at the first stage."))], 1)
    )


@check
def unnamed_contacts() -> Found:
    offices = facts.offices()
    if not offices:
        return [Amiss(_("No office of our own is public."))], 1
    silent = [o for o in offices if not (o.phone or o.email)]
    return [Amiss(str(o), record_url(o.pk)) for o in silent], len(offices)


@check
def nameless_officers() -> Found:
    """Public contacts that name nobody, tell no language or no way to reach them."""
    found = contacts()
    if not found:
        return [Amiss(_("No contact of our own offices is ticked “on the public site”."))], 1
    amiss = []
    for one in found:
        lacking = [
            text
            for text, there in (
                (_("no officer is named"), one.officer),
                (_("no language is told"), one.languages),
                (_("neither telephone nor e-mail"), one.phone or one.email),
            )
            if not there
        ]
        if lacking:
            amiss.append(Amiss(f"{one.office}, {one.about}: {', '.join(lacking)}", record_url(one.office_id)))
    return amiss, len(found)


@check
def untold_procedures() -> Found:
    """Parts of procedures of which nothing is known."""
    amiss, looked_at = [], 0
    for row in list_rules():
        if row.current is None or row.current.unit != "procedure":
            continue
        for part in procedures.parts(row.current.value):
            looked_at += 1
            if not part.texts:
                url = reverse("rulebook:override", args=[row.code])
                amiss.append(Amiss(f"{row.title}: {part.label}", url))
    return amiss, looked_at


@check
def undecided_licence() -> Found:
    try:
        decided = rule("portal.data_licence").confidence != "recalled"
    except NoRule:
        decided = False
    return ([] if decided else [Amiss(_("Set the rule “Licence of open data” in the rulebook."))]), 1
