"""What documents propose of instruments: agreements our side has, coordination between forces, directives.

An agreement between others, and one that is only hoped for, is none of the register's; dates, numbers and
forms that the text does not give stay empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from diemtua.kit.text import fold
from diemtua.parties.proposals import is_ours, is_own, party
from diemtua.parties.rules import as_title, without_head
from diemtua.sources import proposing, recognising
from diemtua.sources.proposing import Asked, Candidate, Known, Sheet, Stated, Thing
from diemtua.sources.reader import facts
from diemtua.sources.reader.facts import Mention
from diemtua.sources.rules import partial_date

from . import rules
from .models import Instrument, InstrumentParty

Nature = Instrument.Nature
SHOWN_PARTIES = 3  # parties named in a title
Place = tuple[int, int]  # bounds of a sentence


def propose(sheet: Sheet) -> None:
    """Papers with their parties, rules of coordination, and agreements of which only the parties are named."""
    book = _Book(sheet)
    for paper in _papers(sheet):
        if paper.sides:
            book.agreement(paper)
        elif paper.issuers:
            _directive(sheet, paper)
    book.coordination()
    book.cooperation()


@dataclass
class _Paper:
    """A paper of the text with what relations say of it."""

    mention: Mention
    name: str
    number: str
    sides: list[tuple[Thing, Stated]] = field(default_factory=list)
    issuers: list[Stated] = field(default_factory=list)
    signed: Stated | None = None


def _papers(sheet: Sheet) -> list[_Paper]:
    papers: dict[str, _Paper] = {}

    def paper(mention: Mention) -> _Paper:
        key = sheet.group(mention)
        if key not in papers:
            number = next((m.norm for m in sheet.same(mention) if isinstance(m.norm, str) and m.norm), "")
            name = max((m.quote for m in sheet.same(mention) if m.type == facts.DOCUMENT), key=len)
            papers[key] = _Paper(mention, as_title(name), number)
        return papers[key]

    ours: set[str] = set()
    for stated in sheet.stated(facts.PARTY_TO):
        if stated.target.type == facts.DOCUMENT and is_ours(sheet, stated.source):
            ours.add(sheet.group(stated.target))
    for stated in sheet.stated(facts.PARTY_TO):
        if stated.target.type == facts.DOCUMENT and sheet.group(stated.target) in ours:
            side = party(sheet, stated.source)
            if side is not None:
                paper(stated.target).sides.append((side, stated))
    for stated in sheet.stated(facts.ISSUED_BY):
        if stated.source.type == facts.DOCUMENT and stated.target.type == facts.ORG:
            paper(stated.source).issuers.append(stated)
    for stated in sheet.stated(facts.SIGNED_ON):
        if stated.source.type == facts.DOCUMENT and sheet.group(stated.source) in papers:
            one = paper(stated.source)
            one.signed = one.signed or stated
    return list(papers.values())


# --- agreements and rules of coordination -------------------------------------------------------------


class _Book:
    """The agreements of a document, each pair of sides with the papers it has."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.have: dict[frozenset[str], set[str]] = {}  # pair of parties → forms of their papers
        self.said: dict[frozenset[str], list[Stated]] = {}  # pair of referents → what is said of their cooperation
        for stated in sheet.stated(facts.COOPERATES):
            self.said.setdefault(self._pair(stated), []).append(stated)
        self.joint = {_place(s) for s in sheet.stated(facts.COORDINATES) if self._joint_forms(s)}

    def _pair(self, stated: Stated) -> frozenset[str]:
        return frozenset((self.sheet.group(stated.source), self.sheet.group(stated.target)))

    def _joint_forms(self, stated: Stated) -> list[str]:
        return [f for f in rules.forms_named(stated.quote.text) if f in rules.COORDINATION_FORMS]

    # --- a paper that is named --------------------------------------------------------------------
    def agreement(self, paper: _Paper) -> None:
        """One instrument, or one for each partner where a paper without number is signed with several."""
        sides = list({thing.key: (thing, stated) for thing, stated in paper.sides}.values())
        ours = [one for one in sides if is_own(one[0])]
        others = [one for one in sides if not is_own(one[0])]
        coordination = rules.form_of(paper.name) in rules.COORDINATION_FORMS
        if len(ours) == 1 and len(others) > 1 and not paper.number and not coordination and not self._related(others):
            for other in others:
                self._instrument(paper, [*ours, other])
        else:
            self._instrument(paper, [*ours, *others])

    def _related(self, sides: Sequence[tuple[Thing, Stated]]) -> bool:
        """Whether some of the other sides have something with one another: then it is one paper of all."""
        groups = [self.sheet.group(stated.source) for _thing, stated in sides]
        return any(frozenset(pair) in self.said for pair in combinations(groups[:20], 2))

    def _instrument(self, paper: _Paper, sides: Sequence[tuple[Thing, Stated]]) -> None:
        things = [thing for thing, _stated in sides]
        nature = _nature(rules.form_of(paper.name), things)
        form = rules.form_of(paper.name, at_home=nature == Nature.DOMESTIC)
        date = partial_date(paper.signed.target.norm) if paper.signed is not None else None
        title = _title(paper.name, things)
        thing = self.sheet.thing(
            "instrument",
            _key(paper.number, form, things, date.iso if date else "", "" if title != paper.name else paper.name),
            title,
            needed={"nature": nature.value},
            mention=paper.mention,
            names=[paper.name] if title != paper.name and len(things) < 2 else [],
            clues=_clues(paper.number, form, nature, things, date.iso if date else ""),
            quotes=[sides[0][1].quote] if sides else [],
        )
        self._say(thing, form, sides)
        if paper.number:
            self.sheet.say(thing, "number", paper.number[:80], self.sheet.sentence(paper.mention))
        if date is not None:
            self.sheet.say(thing, "signed", date.iso, stated=paper.signed)
        groups = [self.sheet.group(stated.source) for _thing, stated in sides]
        self._say_status(thing, groups, [_place(stated) for _thing, stated in sides])

    def _say(self, thing: Thing, form: str, sides: Iterable[tuple[Thing, Stated]]) -> None:
        sides = list(sides)
        if form:
            self.sheet.say(thing, "form", form, *thing.quotes[:1])
        for side, stated in sides:
            self.sheet.say(thing, "parties", {"party": side, "role": "party"}, stated=stated)
        for pair in combinations([side.key for side, _stated in sides[:50]], 2):
            self.have.setdefault(frozenset(pair), set()).add(form)

    def _say_status(self, thing: Thing, groups: Sequence[str], places: Sequence[Place]) -> None:
        """What is said of the cooperation of its sides, best in the sentence that names the paper."""
        said = [s for pair in combinations(groups[:20], 2) for s in self.said.get(frozenset(pair), ())]
        said.sort(key=lambda s: (_place(s) not in places, s.status != "signed"))
        if said and (status := rules.status_said(said[0].status, said[0].quote.text)) != "unknown":
            self.sheet.say(thing, "status", status, stated=said[0])

    # --- coordination between forces and agencies ---------------------------------------------------
    def coordination(self) -> None:
        """Rules and plans of coordination that a sentence names together with who coordinates."""
        by_place: dict[Place, list[Stated]] = {}
        for stated in self.sheet.stated(facts.COORDINATES, facts.COOPERATES):
            if _place(stated) in self.joint:
                by_place.setdefault(_place(stated), []).append(stated)
        for many in by_place.values():
            ends: dict[str, tuple[Thing, Stated]] = {}
            for stated in many:
                for mention in (stated.source, stated.target):
                    side = party(self.sheet, mention)
                    if side is not None:
                        ends.setdefault(side.key, (side, stated))
            sides = sorted(ends.values(), key=lambda one: (not is_own(one[0]), one[0].first))
            things = [thing for thing, _stated in sides]
            for form in self._joint_forms(many[0]):
                if len(things) < 2 or self._has(things, form):
                    continue
                thing = self.sheet.thing(
                    "instrument",
                    _key("", form, things, "", ""),
                    _title(rules.FORM_NAMES[form], things),
                    needed={"nature": Nature.COORDINATION.value},
                    quotes=[many[0].quote],
                    clues=_clues("", form, Nature.COORDINATION, things, ""),
                )
                self._say(thing, form, sides)
                if rules.says_signed(many[0].quote.text):
                    self.sheet.say(thing, "status", rules.STATUSES["signed"], many[0].quote)

    def _has(self, things: Sequence[Thing], form: str) -> bool:
        """Whether the first two sides have a paper of this form already."""
        return form in self.have.get(frozenset(t.key for t in things[:2]), ())

    # --- cooperation of which no paper is named -------------------------------------------------------
    def cooperation(self) -> None:
        """An agreement for each pair that has signed one; one that has ended only where its form is named."""
        for stated in self.sheet.stated(facts.COOPERATES):
            if stated.status not in ("signed", "ended") or _place(stated) in self.joint:
                continue
            if not any(is_ours(self.sheet, m) for m in (stated.source, stated.target)):
                continue
            sides = [(thing, stated) for m in (stated.source, stated.target) if (thing := party(self.sheet, m))]
            sides.sort(key=lambda one: not is_own(one[0]))
            things = [thing for thing, _stated in sides]
            if len(things) < 2 or frozenset(t.key for t in things) in self.have:
                continue
            nature = _nature("", things)
            named = rules.forms_named(stated.quote.text, at_home=nature == Nature.DOMESTIC)
            if stated.status == "ended" and not named:
                continue
            form = named[0] if named else ""
            thing = self.sheet.thing(
                "instrument",
                _key("", form, things, "", ""),
                _title(rules.FORM_NAMES.get(form, rules.FORM_NAMES[""]), things),
                needed={"nature": nature.value},
                quotes=[stated.quote],
                clues=_clues("", form, nature, things, ""),
            )
            self._say(thing, form, sides)
            self.sheet.say(thing, "status", rules.status_said(stated.status, stated.quote.text), stated=stated)


def _place(stated: Stated) -> Place:
    return stated.quote.start, stated.quote.end


def _nature(form: str, sides: Sequence[Thing]) -> Nature:
    """The legal kind that the form and the countries of the sides tell."""
    if form in rules.COORDINATION_FORMS:
        return Nature.COORDINATION
    # Of a foreign side no country may be known; a Vietnamese one always is.
    abroad = any(side.clues.get("country", "VN" if side.clues.get("body") else "") != "VN" for side in sides)
    return Nature.INTERNATIONAL if abroad else Nature.DOMESTIC


def _key(number: str, form: str, sides: Sequence[Thing], signed: str, name: str) -> str:
    if number:
        return f"no:{rules.number_key(number)}"
    parts = [form, signed, fold(name), *sorted(s.key.removeprefix("party:") for s in sides)]
    return ":".join(part for part in parts if part)


def _clues(number: str, form: str, nature: Nature, sides: Sequence[Thing], signed: str) -> dict[str, Any]:
    return {
        "number": rules.number_key(number),
        "form": form,
        "nature": nature.value,
        "signed": signed,
        "parties": [s.key for s in sides],
    }


def _title(name: str, sides: Sequence[Thing]) -> str:
    """The paper's own name, with its sides where it is a common noun ("thỏa thuận hợp tác")."""
    if not _is_common(name) or not sides:
        return name
    short = [_short_name(side) for side in sides]
    if len(short) <= SHOWN_PARTIES:
        return f"{name} {' - '.join(short)}"
    forces = all(side.needed.get("kind") in ("force", "agency") for side in sides)
    return f"{name} giữa {short[0]} và {len(short) - 1} {'lực lượng, cơ quan' if forces else 'bên'} khác"


_PURPOSES = frozenset(("Hợp", "Hữu", "Phối", "Ghi"))  # words of purpose that are also written large


def _is_common(name: str) -> bool:
    """Whether a name says no more than the form and purpose of the paper: "Thỏa thuận hợp tác lao động"."""
    if len(name) > 80 or any(c.isdigit() or c in '"“”' for c in name):
        return False
    return all(word[0].islower() or word in _PURPOSES for word in name.split()[1:])


def _short_name(side: Thing) -> str:
    if side.clues.get("body"):
        return side.title
    return without_head(side.title.removeprefix("Đối tác "))


# --- directives ---------------------------------------------------------------------------------------
_SUBJECT = re.compile(r"(?:\s+(?:của|do)\s[^,;.\n]{2,80}?)?\s+(về\s[^,;.\n()]{3,100})")


def _directive(sheet: Sheet, paper: _Paper) -> None:
    """An act of a higher body that the province carries out, with its issuer."""
    form = rules.form_of(paper.name)
    if form not in rules.DIRECTIVE_FORMS or not (paper.number or not _is_common(paper.name)):
        return
    if any(is_ours(sheet, s.target) for s in paper.issuers):
        return
    text = sheet.reading.text
    subject = next(
        (found[1] for m in sheet.same(paper.mention) if (found := _SUBJECT.match(text, m.end, m.end + 220))), ""
    )
    title = (
        f"{paper.name} {' '.join(subject.split())}" if subject and fold(subject) not in fold(paper.name) else paper.name
    )
    thing = sheet.thing(
        "instrument",
        f"no:{rules.number_key(paper.number)}" if paper.number else f"{form}:{fold(paper.name)}",
        title,
        needed={"nature": Nature.DIRECTIVE.value},
        mention=paper.mention,
        names=[paper.name],
        clues={"number": rules.number_key(paper.number), "form": form, "nature": Nature.DIRECTIVE.value},
    )
    sheet.say(thing, "form", form, *thing.quotes[:1])
    if paper.number:
        sheet.say(thing, "number", paper.number[:80], *thing.quotes[:1])
    for stated in paper.issuers:
        issuer = party(sheet, stated.target)
        if issuer is not None:
            sheet.say(thing, "parties", {"party": issuer, "role": "issuer"}, stated=stated)
    if paper.signed is not None and (date := partial_date(paper.signed.target.norm)) is not None:
        sheet.say(thing, "signed", date.iso, stated=paper.signed)


# --- recognising --------------------------------------------------------------------------------------


def recognise(asked: Sequence[Asked], known: Known) -> dict[str, list[Candidate]]:
    """Instruments by number, by name, and by their parties with form and day of signing."""
    found = recognising.by_name("instrument", asked, known)
    numbers = {n: a for a in asked if (n := a.clues.get("number"))}
    for part in recognising.chunks(numbers):
        rows = Instrument.objects.filter(number__in=part, record__in=known.records)
        for pk, number in rows.values_list("pk", "number"):
            one = numbers[rules.number_key(number)]
            found.setdefault(one.key, []).append(Candidate(pk, "number", True, number))
    for key, candidates in _of_same_parties([a for a in asked if a.clues.get("parties")], known).items():
        found.setdefault(key, []).extend(candidates)
    return found


def _of_same_parties(asked: Sequence[Asked], known: Known) -> dict[str, list[Candidate]]:
    """Instruments that have all the parties of a thing; sure when the form agrees and nothing speaks against it."""
    wanted: dict[str, set[int]] = {}
    for one in asked:
        parties = {known.matches[k] for k in one.clues["parties"] if k in known.matches}
        if len(parties) == len(set(one.clues["parties"])) >= 2:
            wanted[one.key] = parties
    members: dict[int, set[int]] = {}
    for part in recognising.chunks(sorted({pk for many in wanted.values() for pk in many})):
        rows = InstrumentParty.objects.filter(party_id__in=part, instrument__record__in=known.records)
        for instrument, member in rows.values_list("instrument_id", "party_id"):
            members.setdefault(instrument, set()).add(member)
    by_party: dict[int, set[int]] = {}
    for instrument, its in members.items():
        for pk in its:
            by_party.setdefault(pk, set()).add(instrument)
    rows_of: dict[int, tuple[str, str, str, str]] = {}
    for part in recognising.chunks(sorted(members)):
        for i in Instrument.objects.filter(pk__in=part).only("nature", "form", "number", "signed"):
            rows_of[i.pk] = (i.nature, i.form, rules.number_key(i.number), i.signed.iso if i.signed else "")
    found: dict[str, list[Candidate]] = {}
    for one in asked:
        if one.key not in wanted:
            continue
        fitting = []
        for pk in sorted(set.intersection(*(by_party.get(p, set()) for p in wanted[one.key]))):
            nature, form, number, signed = rows_of[pk]
            clues = one.clues
            if nature != clues.get("nature") or (number and clues.get("number") and number != clues["number"]):
                continue
            against = signed and clues.get("signed") and signed != clues["signed"]
            fitting.append(Candidate(pk, "same_parties", bool(form) and form == clues.get("form") and not against))
        if fitting:
            found[one.key] = fitting
    return found


proposing.register(propose, recognise={"instrument": recognise})
