"""What a reply pack may tell: plots that fit, facts and prices of their parks, incentives, comparable projects.

Every item says whether it is public. What is not public is offered, never ticked, and goes in only by a tick of its own.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from diemtua.kit.numbers import format_number
from diemtua.land.models import Zone
from diemtua.land.queries import pages as land_pages
from diemtua.register.models import Access, Record, User
from diemtua.rulebook.queries import NoRule, codes, rule

from ..models import Enquiry, Project
from .asking import question_of

PLOTS, PARKS, PROJECTS = 6, 4, 5
GROUPS = ("asked", "plots", "parks", "prices", "incentives", "projects")


@dataclass(frozen=True)
class Item:
    """One thing to tell. `lines` are (label, value) in the language of the pack."""

    key: str
    group: str
    title: str
    lines: tuple[tuple[str, str], ...] = ()
    note: str = ""
    public: bool = True
    record: int | None = None
    illustrative: bool = False
    sure: bool = True
    # Other records that are named in it: with one of them it leaves the private page when it is public no longer.
    named: tuple[int, ...] = ()

    @property
    def ticked(self) -> bool:
        """Whether it goes in unless an officer takes it out."""
        return self.public and self.sure and not self.illustrative

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "group": self.group,
            "title": self.title,
            "lines": [list(line) for line in self.lines],
            "note": self.note,
            "record": self.record,
            "named": list(self.named),
        }


@dataclass
class Offer:
    """All that may go into a pack, by group in order."""

    day: datetime.date
    items: list[Item] = field(default_factory=list)

    def of(self, group: str) -> list[Item]:
        return [i for i in self.items if i.group == group]

    @property
    def groups(self) -> list[tuple[str, str, list[Item]]]:
        return [(g, str(group_title(g)), found) for g in GROUPS if (found := self.of(g))]

    def chosen(self, keys: Collection[str]) -> list[Item]:
        return [i for i in self.items if i.key in keys]


def group_title(group: str) -> str:
    return {
        "asked": _("What you asked for"),
        "plots": _("Land that fits"),
        "parks": _("The parks"),
        "prices": _("Prices"),
        "incentives": _("Incentives"),
        "projects": _("Projects like yours"),
    }[group]


def _is_public(record: Record) -> bool:
    return record.access == Access.PUBLIC and record.archived_at is None


def offered(enquiry: Enquiry, user: User, lang: str, day: datetime.date | None = None) -> Offer:
    """What an officer may put into a pack for an enquiry, in a language, as it stands on a day (today)."""
    day = day or timezone.localdate()
    with override(lang):
        offer = Offer(day)
        offer.items += _asked(enquiry, lang)
        plots, zones = _plots(enquiry, user, lang)
        offer.items += plots
        offer.items += _parks(zones, user, lang, day)
        offer.items += _incentives(lang, day)
        offer.items += _projects(enquiry, user, lang)
    return offer


def _asked(enquiry: Enquiry, lang: str) -> list[Item]:
    lines = []
    for name in ("industry", "capital", "jobs", "area_ha", "power_mw", "ready_by"):
        value = getattr(enquiry, name)
        if value in (None, ""):
            continue
        if name == "industry":
            shown = str(enquiry.get_industry_display())
        elif name == "capital":
            shown = f"{format_number(value, lang)} {enquiry.get_currency_display()}"
        elif name == "ready_by":
            shown = value.strftime("%d/%m/%Y")
        else:
            shown = format_number(value, lang)
        lines.append((capfirst(str(Enquiry._meta.get_field(name).verbose_name)), shown))  # type: ignore[union-attr]
    return [Item("asked", "asked", _("Your project"), tuple(lines))] if lines else []


def _plots(enquiry: Enquiry, user: User, lang: str) -> tuple[list[Item], list[int]]:
    """The plots that fit best, and their zones in that order. Nothing where the enquiry asks nothing of the land."""
    question = question_of(enquiry)
    if question.empty:
        return [], []
    from diemtua.land.queries.answering import answer_to, compared  # NumPy: only where a question is answered

    result = answer_to(question, user, lang, groups=False)
    ranked = result.ranked[:PLOTS]
    # Of these too little is known to say that they fit: offered after the others, and not ticked.
    unsure = result.unsure[: PLOTS - len(ranked)]
    shown = [*ranked, *unsure]
    zones = list(dict.fromkeys(f.zone for s in shown for f in s.facts))
    open_zones = set(Zone.objects.public().filter(pk__in=zones).values_list("pk", flat=True))
    known = compared(result, [s.facts[0].pk for s in shown]) if shown else []
    items = []
    for n, s in enumerate(shown):
        fact = s.facts[0]
        # A plot is as public as the park it lies in.
        public = fact.public and fact.zone in open_zones
        notes = [_("Illustrative: drawn to show the software, no offer of land.")] if s.illustrative else []
        if lacking := [r.label for r in s.reasons if r.unknown] if s in unsure else []:
            notes.append(_("Still to be confirmed: %(what)s.") % {"what": ", ".join(map(str, lacking))})
        items.append(
            Item(
                f"plot:{fact.pk}",
                "plots",
                f"{fact.title} · {fact.zone_title}" if fact.zone_title not in fact.title else fact.title,
                tuple(
                    (str(line.label), " · ".join(filter(None, (line.cells[n].text, line.cells[n].note))))
                    for line in known
                    if line.cells[n].tone != "unknown"
                ),
                " ".join(notes),
                public,
                fact.pk,
                s.illustrative,
                s not in unsure,
                (fact.zone,),
            )
        )
    return items, zones


def _parks(zones: list[int], user: User, lang: str, day: datetime.date) -> list[Item]:
    """Facts of the parks of the plots that fit, else of the public parks, and their prices with their days."""
    seen = Zone.objects.visible_to(user).live().select_related("record", "developer__record", "province")
    if zones:
        order = {pk: n for n, pk in enumerate(zones)}
        found = sorted(seen.filter(pk__in=zones), key=lambda z: order[z.pk])[:PARKS]
    else:
        found = list(seen.public().filter(illustrative=False).order_by("record__sort_key")[:PARKS])
    facts, priced = [], []
    for zone in found:
        public = _is_public(zone.record)
        facts.append(
            Item(
                f"park:{zone.pk}",
                "parks",
                zone.record.title,
                _zone_lines(zone, lang),
                public=public,
                record=zone.pk,
                illustrative=zone.illustrative,
                named=(zone.developer_id,) if zone.developer is not None and _is_public(zone.developer.record) else (),
            )
        )
        lines, papers = _price_lines(zone, user, lang)
        if lines:
            priced.append(
                Item(
                    f"prices:{zone.pk}",
                    "prices",
                    zone.record.title,
                    lines,
                    public=public,
                    record=zone.pk,
                    illustrative=zone.illustrative,
                    named=papers,
                )
            )
    return facts + priced


def _zone_lines(zone: Zone, lang: str) -> tuple[tuple[str, str], ...]:
    lines = []
    for name in ("type", "state", "area_ha", "industrial_ha", "term_until", "where"):
        value = getattr(zone, name)
        if value in (None, ""):
            continue
        f: Any = Zone._meta.get_field(name)
        if f.choices:
            shown = str(getattr(zone, f"get_{name}_display")())
        elif name in ("area_ha", "industrial_ha"):
            shown = f"{format_number(value, lang)} ha"
        else:
            shown = value.display(lang) if hasattr(value, "display") else str(value)
        lines.append((capfirst(str(f.verbose_name)), shown))
    if zone.developer is not None and _is_public(zone.developer.record):
        lines.append((capfirst(_("developer")), zone.developer.record.title))
    return tuple(lines)


def _price_lines(zone: Zone, user: User, lang: str) -> tuple[tuple[tuple[str, str], ...], tuple[int, ...]]:
    """Prices with their days, and the public papers that are named in them."""
    lines = []
    papers: list[int] = []
    for row in land_pages.prices(zone.record, user):
        price = row.price
        if price is None or price.amount is None:
            continue
        shown = f"{format_number(price.amount, lang)} {price.currency} {price.get_per_display()}"
        if price.as_of:
            shown += " · " + _("as of %(day)s") % {"day": price.as_of.display(lang)}
        source = price.source.record if price.source is not None else None
        # Where a price stands is told only where the paper is public.
        if source is not None and _is_public(source):
            shown += f" · {source.title}"
            papers.append(source.pk)
        lines.append((str(price.get_what_display()), shown))
    return tuple(lines), tuple(papers)


def _incentives(lang: str, day: datetime.date) -> list[Item]:
    """What the law grants on the day, with its legal basis; what has not been checked says so."""
    try:
        basis = rule("investment.incentives", day).basis
        found = codes("investment.incentives", day)
    except NoRule:
        return []
    return [
        Item(
            f"incentive:{c.code}",
            "incentives",
            c.label(lang),
            ((_("Legal basis"), c.notes.get(lang) or basis),),
            "" if c.confidence == "found" else _("To be confirmed by the competent office."),
            # What nobody has held against the text of the law yet is not told by default.
            sure=c.confidence == "found",
        )
        for c in found
    ]


def _projects(enquiry: Enquiry, user: User, lang: str) -> list[Item]:
    """Projects of the same industry that came, the largest first; their names and sizes only."""
    if not enquiry.industry:
        return []
    rows = (
        Project.objects.visible_to(user)
        .live()
        .filter(vsic__startswith=enquiry.industry, stage__in=("certificate", "land", "operating"))
        .select_related("record", "country", "zone__record")
        .order_by(F("capital").desc(nulls_last=True), "-record")
    )
    items = []
    for project in rows[: PROJECTS * 3]:
        lines = []
        if project.country is not None:
            lines.append((_("Country"), str(project.country)))
        if project.capital is not None:
            lines.append((_("Capital"), f"{format_number(project.capital, lang)} {project.get_currency_display()}"))
        zone = project.zone if project.zone is not None and _is_public(project.zone.record) else None
        if zone is not None:
            lines.append((_("Where"), zone.record.title))
        items.append(
            Item(
                f"project:{project.pk}",
                "projects",
                project.record.title,
                tuple(lines),
                public=_is_public(project.record),
                record=project.pk,
                named=(zone.pk,) if zone is not None else (),
            )
        )
    return sorted(items, key=lambda i: not i.public)[:PROJECTS]


def still_open(contents: dict[str, Any], released: Iterable[str]) -> dict[str, Any]:
    """The contents of a pack without what is public no longer; what an officer released on purpose stays."""
    kept = set(released)
    needs = {i["key"]: {pk for pk in (i["record"], *i["named"]) if pk is not None} for i in contents["items"]}
    wanted = set().union(*needs.values())
    public = set(Record.objects.filter(pk__in=wanted).public().values_list("pk", flat=True))
    items = [i for i in contents["items"] if i["key"] in kept or needs[i["key"]] <= public]
    return {**contents, "items": items}


def grouped(contents: dict[str, Any]) -> list[dict[str, Any]]:
    """[{key, title, rows}] of a pack's contents, in order, in the language in force."""
    found = []
    for group in GROUPS:
        if items := [i for i in contents["items"] if i["group"] == group]:
            found.append({"key": group, "title": str(group_title(group)), "rows": items})
    return found
