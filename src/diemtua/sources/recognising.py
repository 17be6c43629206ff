"""Which records of the register the things of a document are, asked in bulk."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from diemtua.kit.text import exact, fold
from diemtua.register.models import Access, Name, Record

from . import proposing, rules
from .models import Document
from .proposing import Asked, Candidate, Known

CHUNK = 400


def scope(document: Document) -> Q:
    """The condition on records under which everybody who may see the document may see them too.

    A match is shown to all who read the document: what is more restricted is neither matched nor named.
    """
    record = document.record
    seen = Q(access__in=[Access.PUBLIC, Access.INTERNAL])
    if record.access == Access.UNIT:
        seen |= Q(access=Access.UNIT, unit_id=record.unit_id)
    return seen


def records_for(document: Document) -> QuerySet:
    """The records among which the things of a document are looked for."""
    return Record.objects.live().filter(scope(document), merged_into=None)


def recognise(
    asked: Iterable[Asked],
    document: Document,
    day: datetime.date | None,
    decided: Mapping[str, int] | None = None,
) -> dict[str, list[Candidate]]:
    """{key: records the thing may be, best first}; `decided` {key: record} are known before.

    A fixed number of queries for each kind and each few hundred names.
    """
    by_kind: dict[str, list[Asked]] = {}
    for one in asked:
        by_kind.setdefault(one.kind, []).append(one)
    matches = dict(decided or {})
    found: dict[str, list[Candidate]] = {}
    records = records_for(document)
    for kind in proposing.kinds():
        ask = proposing.recogniser_of(kind)
        if ask is None or kind not in by_kind:
            continue
        answers = ask(by_kind[kind], Known(records, day, matches))
        for one in by_kind[kind]:
            candidates = _best(answers.get(one.key, ()))
            found[one.key] = candidates
            if one.key not in matches and (pk := match_of(candidates)) is not None:
                matches[one.key] = pk
    return found


def _best(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Each record once, the surest reason first."""
    best: dict[int, Candidate] = {}
    for one in candidates:
        if one.record not in best or (one.sure and not best[one.record].sure):
            best[one.record] = one
    return sorted(best.values(), key=lambda c: not c.sure)[: rules.MOST_CANDIDATES]


def match_of(candidates: Sequence[Candidate]) -> int | None:
    """The record that is meant without asking anybody: the only sure one."""
    sure = {c.record for c in candidates if c.sure}
    return sure.pop() if len(sure) == 1 else None


# --- by name ---------------------------------------------------------------------------------------


def by_name(
    kind: str,
    asked: Sequence[Asked],
    known: Known,
    variants: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, list[Candidate]]:
    """Records of a kind that are called like the things asked for: by title or by another name.

    `variants` {key: names}: spellings to look for in place of `title` and `names`. A name that agrees in its
    tones is sure; one that agrees only without them, or did not hold on the day, is a candidate.
    """
    names = {a.key: (variants or {}).get(a.key) or (a.title, *a.names) for a in asked}
    wanted: dict[str, list[tuple[str, str]]] = {}
    for key, spellings in names.items():
        for spelling in dict.fromkeys(spellings):
            if folded := fold(spelling)[:300]:
                wanted.setdefault(folded, []).append((key, exact(spelling)))
    found: dict[str, list[Candidate]] = {}
    for pk, title, title_key in titled(kind, wanted, known.records):
        for key, spelling in wanted[title_key]:
            found.setdefault(key, []).append(Candidate(pk, "title", exact(title) == spelling))
    for name in also_called(kind, wanted, known.records):
        for key, spelling in wanted[name.key]:
            held = holds(name, known.day)
            sure = held and exact(name.text) == spelling
            found.setdefault(key, []).append(
                Candidate(name.record_id, "other_name" if held else "former_name", sure, name.text)
            )
    return found


def titled(kind: str, keys: Iterable[str], records: QuerySet) -> list[tuple[int, str, str]]:
    """(pk, title, title key) of the records of a kind with one of these folded titles."""
    rows: list[Any] = []
    for part in chunks(keys):
        rows += records.filter(kind=kind, title_key__in=part).values_list("pk", "title", "title_key")
    return rows


def also_called(kind: str, keys: Iterable[str], records: QuerySet) -> list[Name]:
    """Other names, with one of these folded forms, of records of a kind."""
    rows: list[Name] = []
    for part in chunks(keys):
        # The names are few and indexed by their key; the records are looked up by number.
        rows += Name.objects.filter(key__in=part, record__in=records.filter(kind=kind))
    return rows


def holds(name: Name, day: datetime.date | None) -> bool:
    """Whether the name was in use on the day; unknown days speak for it."""
    if day is None:
        return True
    return (name.valid_from is None or name.valid_from <= day) and (name.valid_to is None or day <= name.valid_to)


def chunks(items: Iterable[Any], size: int = CHUNK) -> Iterable[list[Any]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part
