"""Pages that look across all records."""

from __future__ import annotations

import datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from diemtua.engagements.rules import CONFERENCE, DELEGATION, PRIME_MINISTER, apply_by
from diemtua.kit.dates import PartialDate
from diemtua.land.queries import standing
from diemtua.register.access import desk_required
from diemtua.register.desk.display import language
from diemtua.register.models import Role, User
from diemtua.register.models.record import record_url
from diemtua.rulebook.queries import NoRule, rule

from . import queries, rules
from .queries import Row, Scope

# key, icon, heading (tiles keep their place), register or page of a room, its filter, the filter of "mine"
TILES: tuple[tuple[str, str, Any, str, dict[str, str], str], ...] = (
    ("enquiries", "inbox", gettext_lazy("Enquiries to answer"), "enquiries", {"todo": "unanswered"}, "owner"),
    ("care", "first-aid-kit", gettext_lazy("Difficulties of investors"), "cases", {"standing": "to_see_to"}, "owner"),
    (
        "reports",
        "clipboard-check",
        gettext_lazy("Reports awaiting approval"),
        "project-reports",
        {"state": "waiting"},
        "",
    ),
    (
        "promises",
        "building-factory",
        gettext_lazy("Projects behind their promises"),
        "projects",
        {"schedule": "run_out"},
        "owner",
    ),
    ("overdue", "clock-exclamation", gettext_lazy("Overdue commitments"), "commitments", {"overdue": "yes"}, "owner"),
    ("soon", "calendar-due", gettext_lazy("Due in 30 days"), "commitments", {"overdue": "soon"}, "owner"),
    ("steps", "checklist", gettext_lazy("Next steps"), "engagements", {"todo": "steps"}, ""),
    ("opinions", "message", gettext_lazy("Opinions awaited"), "instruments", {"todo": "opinions"}, ""),
    (
        "permission",
        "plane-departure",
        gettext_lazy("Permission to apply for"),
        "engagements",
        {"todo": "permission"},
        "owner",
    ),
    ("outcome", "notes", gettext_lazy("Without an outcome"), "engagements", {"todo": "outcome"}, "owner"),
    ("expiring", "hourglass", gettext_lazy("Expiring in 90 days"), "instruments", {"todo": "expiring"}, ""),
    (
        "silent",
        "bell",
        gettext_lazy("Silent for a year"),
        "parties",
        {"silent": "year", "sort": "silent"},
        "desk_officer",
    ),
    ("facts", "map-pin", gettext_lazy("Facts of land to check"), "land:due", {}, ""),
)
LATE_LISTS = ("overdue", "promises")
RAN_OUT = {
    "land_unused": gettext_lazy("the land lies unused"),
    "not_begun": gettext_lazy("construction has not begun"),
    "not_operating": gettext_lazy("not in operation yet"),
}
# Of these a lead's own are also what has gone up from others, which no filter of the register by its owner shows.
GO_UP = ("enquiries", "care")


@require_GET
@desk_required()
def my_day(request: HttpRequest) -> HttpResponse:
    """What waits for this person. `?scope=mine|unit|all`; without it, the narrowest that shows anything."""
    user = cast(User, request.user)
    today = timezone.localdate()
    asked = request.GET.get("scope", "")
    offered: list[Scope] = ["mine", "unit", "all"] if user.unit_id else ["mine", "all"]
    if user.role == Role.VIEWER:
        offered.remove("mine")
    tried = [s for s in offered if s == asked] if asked in offered else offered
    day = queries.narrowest(user, tried, today)
    widened = not asked and day.scope != offered[0] and not day.empty
    context: dict[str, Any] = {
        "today": today,
        "day": day,
        "tiles": [_tile(day, user, *t) for t in TILES],
        "watched": [_shown(day, r) for r in day.lists["watched"][: rules.SHOWN]],
        "recent": [_shown(day, r) for r in day.lists["recent"][: rules.SHOWN]],
        "scopes": [(s, SCOPE_NAMES[s], s == day.scope) for s in offered],
        "widened": widened,
        "weekday": WEEKDAYS[today.weekday()],
    }
    context["lists"] = [t for t in context["tiles"] if t["rows"]]
    return render(request, "insight/my_day.html", context)


SCOPE_NAMES = {"mine": gettext_lazy("Mine"), "unit": gettext_lazy("My unit's"), "all": gettext_lazy("Everybody's")}
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def _tile(
    day: queries.Day, user: User, key: str, icon: str, heading: Any, slug: str, query: dict[str, str], mine: str
) -> dict[str, Any]:
    found = day.lists[key]
    if day.scope == "mine" and mine and not (key in GO_UP and user.is_at_least("lead")):
        query = {**query, mine: str(user.pk)}
    elif day.scope == "unit" and user.unit_id and ":" not in slug:
        query = {**query, "unit": str(user.unit_id)}
    # A page of another room instead of a register has no filters for whose work it shows.
    address = reverse(slug) if ":" in slug else f"{reverse('desk:list', args=[slug])}?{urlencode(query)}"
    count = f"{rules.COUNTED}+" if len(found) > rules.COUNTED else str(len(found))
    return {
        "key": key,
        "icon": icon,
        "heading": heading,
        "count": count,
        "some": bool(found),
        "late": bool(found) and (key in LATE_LISTS or any(_is_late(day, r) for r in found)),
        "url": address,
        "rows": [_shown(day, r) for r in found[: rules.SHOWN]],
        "more": len(found) > rules.SHOWN,
    }


def _is_late(day: queries.Day, row: Row) -> bool:
    if row.key == "enquiries":
        return bool(row.day) and _local(row.day) < timezone.localtime()
    if row.key == "care":
        return bool(row.day) and row.day < day.on.isoformat()
    if row.key in ("opinions", "steps"):
        return bool(row.day) and row.day < day.on.isoformat()
    if row.key == "permission":
        last = _last_day_to_apply(row)
        return last is not None and last < day.on
    return False


def _last_day_to_apply(row: Row) -> datetime.date | None:
    """Counted back from the first day of a planned engagement; None where the lead time is not known."""
    first = PartialDate.from_iso(row.day).first
    try:
        lead = rule((DELEGATION, CONFERENCE, PRIME_MINISTER)[row.flag], on=first)
    except NoRule:
        return None
    return apply_by(first, lead.value, lead.unit) if lead.value is not None else None


def _shown(day: queries.Day, row: Row) -> dict[str, Any]:
    """A row for people: {title, url, note, when, tone, row, tick}. Tone: late, soon or ""."""
    shown: dict[str, Any] = {
        "title": row.title,
        "url": record_url(row.number),
        "note": row.note,
        "row": row.row,
        "when": "",
        "tone": "",
        "tick": row.key == "steps" and row.flag == 1,
    }
    if row.key in ("watched", "recent"):
        shown["when"] = _moment(row.day)
        return shown
    if row.key == "permission":
        last = _last_day_to_apply(row)
        held = PartialDate.from_iso(row.day)
        shown["note"] = _("held %(day)s") % {"day": held.display(language())}
        if last is None:
            shown["when"] = _("lead time not known")
            return shown
        shown["when"] = _("apply by %(day)s") % {"day": last.strftime("%d/%m/%Y")}
        shown["tone"] = "late" if last < day.on else "soon" if (last - day.on).days <= rules.DUE_SOON_DAYS else ""
        return shown
    if row.key in GO_UP and row.flag:
        shown["note"] = " · ".join(filter(None, [row.note, _("gone up to the lead")]))
    if row.key == "enquiries":
        shown["when"] = _moment(row.day) if row.day else _("no clock runs")
        shown["tone"] = "late" if _is_late(day, row) else "soon" if row.day else ""
        return shown
    if row.key == "care" and not row.day:
        shown["when"], shown["tone"] = _("no day promised yet"), "soon"
        return shown
    if row.key == "reports":
        shown["when"] = (_("sent %(day)s") % {"day": _day(row.day)}) if row.day else ""
        return shown
    if row.key == "facts":
        shown["note"] = what = standing.fact_name(row.note)
        if not row.day:
            shown["when"], shown["tone"] = _("as of when is not written down"), "soon"
        elif row.note == "ready":
            shown["when"], shown["tone"] = _day(row.day), "late"
            shown["note"] = _("%(fact)s: was it handed over?") % {"fact": what}
        else:
            shown["when"] = _("known on %(day)s") % {"day": _day(row.day)}
        return shown
    if row.key == "promises":
        what, shown["note"] = row.note, str(RAN_OUT[row.note])
        if what == "land_unused":  # the day is the one on which the land was handed over
            shown["when"], shown["tone"] = _("since %(day)s") % {"day": _day(row.day)}, "late"
            return shown
    if row.key == "outcome":
        shown["when"] = PartialDate.from_iso(row.day).display(language())
        return shown
    if row.key == "silent":
        shown["note"] = ""
        shown["when"] = (_("last %(day)s") % {"day": _day(row.day)}) if row.day else _("no meeting recorded")
        return shown
    if row.key == "expiring":
        shown["note"] = _("renews by itself") if row.note == "automatic" else ""
    if not row.day:
        shown["when"] = _("no day set")
        return shown
    due = datetime.date.fromisoformat(row.day[-10:])
    left = (due - day.on).days
    shown["tone"] = "late" if left < 0 else "soon" if left <= 7 else ""
    shown["when"] = _day(row.day)
    if left < 0:
        shown["left"] = ngettext("%(n)s day late", "%(n)s days late", -left) % {"n": -left}
    elif left == 0:
        shown["left"] = _("today")
    else:
        shown["left"] = ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}
    return shown


def _day(iso: str) -> str:
    return datetime.date.fromisoformat(iso[-10:]).strftime("%d/%m/%Y")


def _local(text: str) -> datetime.datetime:
    """A stored moment (UTC, as each engine writes it) in the province's time."""
    moment = datetime.datetime.fromisoformat(text)
    return timezone.localtime(moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC))


def _moment(text: str) -> str:
    return _local(text).strftime("%d/%m/%Y %H:%M")
