"""How to invest: procedures, time limits and incentives as dated rules, and who answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from diemtua.projects.rules import stages
from diemtua.rulebook import procedures
from diemtua.rulebook.queries import NoRule, list_rules, rule, text_in_force
from diemtua.rulebook.rules import OVERRIDE, RECALLED, Rule

from .. import facts
from ..contacts import contacts, sectors_of
from ..languages import data_language, page

LIMITS = ("investment.irc_due_months", "investment.land_delay_months", "investment.land_unused_months",
          "enquiry.first_reply_hours", "enquiry.full_answer_hours")  # fmt: skip
TEXTS = ("investment law", "investment decree", "investment forms", "foreign ngos", "foreign aid")


def _checked(found: Rule) -> bool:
    """What nobody has held against the text of the law is not told to the public."""
    return found.confidence != RECALLED


def _procedures(day: Any) -> list[dict[str, Any]]:
    """The procedures that hold on a day, each with all its parts, the unknown ones too."""
    found = [r.current for r in list_rules(day) if r.current is not None and r.current.unit == "procedure"]
    found.sort(key=lambda one: int(one.place.rpartition(":")[2] or 0))  # as they stand in the file
    return [
        {"rule": one, "anchor": one.code.partition(".")[2].replace("_", "-"), "parts": procedures.parts(one.value)}
        for one in found
        if _checked(one) and one.value
    ]


@page
def guide(request: HttpRequest) -> HttpResponse:
    """The way of a project, stage by stage, with procedures, time limits and the law that holds today."""
    today = timezone.localdate()
    steps = [
        {"label": stages.LABELS[s], "proof": stages.GATES[s].proof, "if_needed": s == stages.POLICY} for s in stages.WAY
    ]
    limits, texts = [], []
    for code in LIMITS:
        try:
            limits.append(rule(code, today))
        except NoRule:
            continue
    for subject in TEXTS:
        try:
            texts.append(text_in_force(subject, today))
        except (NoRule, KeyError, ValueError):
            continue
    context = {
        "steps": steps,
        "procedures": _procedures(today),
        "limits": [one for one in limits if _checked(one)],
        "texts": [one for one in texts if _checked(one)],
        "today": today,
    }
    return render(request, "portal/guide.html", context)


@page
def incentives(request: HttpRequest) -> HttpResponse:
    """Incentives that hold today and were checked against the text; the others are not published.

    A list that an administrator has set is checked as a whole: whoever sets a rule names its text.
    """
    today = timezone.localdate()
    try:
        found = rule("investment.incentives", today)
    except NoRule:
        found = None
    listed = [item for item in found.items if item.holds(today)] if found is not None else []
    set_here = found is not None and found.confidence == OVERRIDE
    told = [item for item in listed if set_here or item.confidence != RECALLED]
    language = data_language()
    shown = [
        {
            "text": item.label(language),
            "basis": item.notes.get(language) or (found.basis if found is not None else ""),
            "since": item.valid_from or (found.valid_from if found is not None else None),
            "until": item.valid_to or (found.valid_to if found is not None else None),
        }
        for item in told
    ]
    context = {"incentives": shown, "unchecked": len(listed) - len(told), "today": today}
    return render(request, "portal/incentives.html", context)


@page
def contact(request: HttpRequest) -> HttpResponse:
    """Who answers: the form first, then named officers by sector and language, then our offices."""
    everybody = contacts()
    sectors = sectors_of(everybody)
    sector = request.GET.get("sector", "")[:150].replace("\x00", "")
    sector = sector if sector in sectors else ""
    context = {
        "contacts": contacts(sector) if sector else everybody,
        "sectors": sectors,
        "sector": sector,
        "offices": facts.offices(),
    }
    return render(request, "portal/contact.html", context)
