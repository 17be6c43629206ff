"""How what was read becomes proposed records and facts: the sheet that domain apps fill.

A domain app registers two functions in its `proposals.py`: `propose(sheet)` turns mentions and relations into
things and facts, `recognise(asked, known)` says which records of the register they may be. Nothing here writes.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from . import rules
from .reader import facts
from .reader.lexicon import Meaning

# --- what a domain app says ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the document: `text[start:end]`."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class Fact:
    """One statement about a thing; `value` is stored form, in which a Thing stands for its record."""

    field: str
    value: Any
    quotes: list[Quote] = dataclasses.field(default_factory=list)
    relation: dict[str, Any] | None = None

    def quote(self, quotes: Iterable[Quote]) -> None:
        """Add words that state the fact, each once and not too many."""
        for one in quotes:
            if one not in self.quotes and len(self.quotes) < rules.MOST_PASSAGES:
                self.quotes.append(one)


@dataclass(eq=False)
class Thing:
    """A record that the document speaks of, whether the register has it or not.

    `needed`: what the record cannot be created without, beside its title. `names`: further names by which it
    is looked for. `clues`: whatever only the recogniser of its kind understands (JSON).
    """

    kind: str
    key: str
    title: str
    needed: dict[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    clues: dict[str, Any] = field(default_factory=dict)
    quotes: list[Quote] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    spans: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """Where the document first speaks of it."""
        places = [*(start for start, _end in self.spans), *(q.start for q in self.quotes)]
        return min(places, default=0)


@dataclass(frozen=True, slots=True)
class Stated:
    """A relation of the reading with its two mentions and the sentence that states it."""

    type: str
    source: facts.Mention
    target: facts.Mention
    status: str | None
    quote: Quote

    def as_json(self) -> dict[str, Any]:
        """The relation by the places of its ends, which do not change from one reading to the next."""
        found: dict[str, Any] = {
            "type": self.type,
            "from": [self.source.start, self.source.end],
            "to": [self.target.start, self.target.end],
            "evidence": [self.quote.start, self.quote.end],
        }
        if self.status:
            found["status"] = self.status
        return found


class Sheet:
    """One reading of one document, and the things and facts proposed from it."""

    def __init__(self, reading: facts.Reading) -> None:
        self.reading = reading
        self.home = reading.home
        self.day: datetime.date | None = reading.published
        self.things: dict[tuple[str, str], Thing] = {}
        self.memo: dict[str, Any] = {}
        """What a domain app looks up once for the whole sheet, under its own name."""
        self._sentences: dict[str, Quote] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._groups: dict[str, list[facts.Mention]] = {}
        self._types: dict[str, list[facts.Mention]] = {}
        self._ordered = sorted(reading.mentions, key=lambda m: (m.start, -m.end))
        self._starts = [m.start for m in self._ordered]
        for mention in self._ordered:
            self._groups.setdefault(_group_of(mention), []).append(mention)
            self._types.setdefault(mention.type, []).append(mention)
        self._stated: dict[str, list[Stated]] = {}
        for relation in reading.relations:
            source, target = reading.by_id.get(relation.source), reading.by_id.get(relation.target)
            if source is not None and target is not None:
                found = Stated(relation.type, source, target, relation.status, self._said(relation, source, target))
                self._stated.setdefault(relation.type, []).append(found)

    # --- what was read ----------------------------------------------------------------------------
    def mentions(self, *types: str) -> list[facts.Mention]:
        """Mentions of these types, in order of the text within each."""
        return [m for t in types for m in self._types.get(t, ())]

    def stated(self, *types: str) -> list[Stated]:
        """Relations of these types."""
        return [s for t in types for s in self._stated.get(t, ())]

    def same(self, mention: facts.Mention) -> list[facts.Mention]:
        """All mentions of what this one means, itself included."""
        return self._groups[_group_of(mention)]

    def group(self, mention: facts.Mention) -> str:
        """What this mention means, as a key within the reading."""
        return _group_of(mention)

    def name(self, mention: facts.Mention) -> str:
        """The longest wording of what is meant, rather one that is not all in capitals."""
        key = (mention.type, _group_of(mention))
        if key not in self._names:
            written = [m.quote for m in self.same(mention) if m.type == mention.type]
            self._names[key] = max([w for w in written if not w.isupper()] or written, key=len)
        return self._names[key]

    def inside(self, mention: facts.Mention, *types: str) -> list[facts.Mention]:
        """Mentions that stand within this one."""
        first = bisect_left(self._starts, mention.start)
        last = bisect_right(self._starts, mention.end)
        return [
            m
            for m in self._ordered[first:last]
            if m.id != mention.id and m.end <= mention.end and (not types or m.type in types)
        ]

    # --- words ------------------------------------------------------------------------------------
    def quote(self, start: int, end: int, *around: facts.Mention) -> Quote:
        """Words of the document, cut to the part that holds `around` where they are too many."""
        start, end = rules.cut_quote(self.reading.text, start, end, *((m.start, m.end) for m in around))
        return Quote(start, end, self.reading.text[start:end])

    def sentence(self, mention: facts.Mention) -> Quote:
        """The sentence in which a mention stands."""
        if mention.id not in self._sentences:
            bounds = rules.sentence_around(self.reading.text, mention.start, mention.end)
            self._sentences[mention.id] = self.quote(*bounds, mention)
        return self._sentences[mention.id]

    def _said(self, relation: facts.Relation, source: facts.Mention, target: facts.Mention) -> Quote:
        if 0 <= relation.start < relation.end <= len(self.reading.text):
            return self.quote(relation.start, relation.end, source, target)
        return self.sentence(source)

    # --- what is proposed -------------------------------------------------------------------------
    def thing(
        self,
        kind: str,
        key: str,
        title: str,
        *,
        needed: Mapping[str, Any] | None = None,
        mention: facts.Mention | None = None,
        names: Iterable[str] = (),
        clues: Mapping[str, Any] | None = None,
        quotes: Iterable[Quote] = (),
    ) -> Thing:
        """A record the document speaks of; the same kind and key give the same thing.

        `mention`: the first or best mention of it; all of the same referent are marked as its own.
        """
        key = subject_key(kind, key)
        thing = self.things.get((kind, key))
        if thing is None:
            thing = Thing(kind, key, rules.clean_title(title), dict(needed or {}), list(names), dict(clues or {}))
            self.things[kind, key] = thing
        if mention is not None:
            for one in self.same(mention):
                thing.spans.setdefault((one.start, one.end), one.type)
        whole = Fact("", None, thing.quotes)
        whole.quote(quotes)
        if not thing.quotes and mention is not None:
            whole.quote([self.sentence(mention)])
        return thing

    def say(self, thing: Thing, name: str, value: Any, *quotes: Quote, stated: Stated | None = None) -> Fact:
        """Propose a fact of a thing; one proposed already gets further words that state it."""
        key = rules.in_document(name, stored(value))
        fact = thing.facts.get(key)
        if fact is None:
            fact = thing.facts[key] = Fact(name, value)
        if stated is not None:
            fact.quote([stated.quote])
            fact.relation = fact.relation or stated.as_json()
        fact.quote(quotes)
        return fact


LONGEST_KEY = 200


def subject_key(kind: str, key: str) -> str:
    """The key of a subject of a kind, that fits its column; what is cut is told by its hash."""
    key = key if key.startswith(f"{kind}:") else f"{kind}:{key}"
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[: LONGEST_KEY - 17]}:{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _group_of(mention: facts.Mention) -> str:
    return mention.ref or f"#{mention.id}"


def stored(value: Any) -> Any:
    """The value as it is kept: a thing becomes {"subject": key}."""
    if isinstance(value, Thing):
        return {"subject": value.key}
    if isinstance(value, Mapping):
        return {n: stored(v) for n, v in value.items()}
    if isinstance(value, list | tuple):
        return [stored(v) for v in value]
    return value


# --- what the register knows -----------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A thing as its recogniser sees it, also long after the reading."""

    kind: str
    key: str
    title: str
    names: Sequence[str] = ()
    clues: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A record that a thing may be. `reason`: a key of `rules.REASONS`; `sure`: no officer need be asked."""

    record: int
    reason: str
    sure: bool = False
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"record": self.record, "reason": self.reason, "sure": self.sure, "note": self.note}


@dataclass(frozen=True)
class Known:
    """Where records are looked for: those that everybody may see who may see the document."""

    records: QuerySet
    day: datetime.date | None
    matches: Mapping[str, int] = field(default_factory=dict)
    """Key of a thing → the record it is, for kinds recognised before."""


Propose = Callable[[Sheet], None]
Names = Callable[[QuerySet], Iterable[tuple[str, Meaning]]]
Recognise = Callable[[Sequence[Asked], Known], Mapping[str, Sequence[Candidate]]]


# --- who proposes ----------------------------------------------------------------------------------


@dataclass
class _Registry:
    proposers: list[Propose] = field(default_factory=list)
    recognisers: dict[str, Recognise] = field(default_factory=dict)
    names: list[Names] = field(default_factory=list)


_registry = _Registry()


def register(propose: Propose | None, *, recognise: Mapping[str, Recognise], names: Names | None = None) -> None:
    """Let a domain app propose. Apps run in the order of the floors, lowest first, and so do their kinds.

    `names`: of these records, what they are called and what such a name means to the reader.
    """
    if propose is not None and propose not in _registry.proposers:
        _registry.proposers.append(propose)
    _registry.recognisers.update(recognise)
    if names is not None and names not in _registry.names:
        _registry.names.append(names)


def kinds() -> list[str]:
    """The kinds of record that can be proposed, in the order in which they are recognised."""
    return list(_registry.recognisers)


def recogniser_of(kind: str) -> Recognise | None:
    return _registry.recognisers.get(kind)


def names_of(records: QuerySet) -> Iterator[tuple[str, Meaning]]:
    """What the records are called, as every domain app tells it."""
    for names in _registry.names:
        yield from names(records)


def draw_up(reading: facts.Reading) -> Sheet:
    """Everything that is proposed from a reading, before the register is asked for what it has."""
    sheet = Sheet(reading)
    for propose in _registry.proposers:
        propose(sheet)
    return sheet
