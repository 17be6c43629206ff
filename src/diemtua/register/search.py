"""Search over everything one may see: a bounded set of candidates from the index, ranked here.

Ranking every match of a common word costs as much as there are matches, so it is not done. Candidates are
those whose title or other name is what was typed, then those with the words in the title, then the newest
that have all the words. The index itself is kept by the database (see `database`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import QuerySet
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from diemtua.kit.text import exact, fold, strip_control, words

from . import vocabulary
from .database import Found, Terms, among, begins, begun, holding, index_has_order, matching, some
from .models import Link, Name, Record, User
from .prepared import ask, together
from .queries import sight
from .screens import STAGES, all_screens

LONGEST = 200  # characters of a query that are read
MOST_WORDS = 10
POOL = 500  # newest matches that are counted; the newest RANKED of them are ranked
RANKED = 150
TITLES = 80  # candidates with all words in the title
NAMED = 20  # candidates whose title or other name is what was typed
FEW = 4000  # a register with fewer matches is read match by match, with more row by row
FEW_NAMES = 5  # with so many names found, a completion does not look into texts
FIELDS = ("pk", "kind", "title", "title_key")


@dataclass(frozen=True)
class Asked:
    """What was typed, understood: its folded words, document numbers, and the terms for the index."""

    text: str
    key: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    terms: Terms

    @property
    def prefix(self) -> str:
        """The folded beginning of the last word."""
        return self.words[-1] if self.words else ""


@dataclass
class Hit:
    """A found record, and its other names where one of them is why it was found."""

    record: Record
    aliases: list[str] = field(default_factory=list)


@dataclass
class Results:
    """What a search found. `counts` says how many of each kind, `total` of all; where `total_is_bounded`
    there are more than that. `suggestion` is another spelling that finds something; `related` are records
    that hang together with the found parties and people, newest first."""

    asked: Asked
    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    total_is_bounded: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    suggestion: str = ""
    related: list[Record] = field(default_factory=list)


# --- understanding ---------------------------------------------------------------------------------


def understand(text: str, *, prefix: bool = True) -> Asked:
    """Read a query. Nothing in it is an operator; control characters, lone halves of characters and what is
    longer than LONGEST characters or MOST_WORDS words are left out."""
    text = " ".join(strip_control(text[: LONGEST * 2]).split())[:LONGEST]
    found: list[str] = []
    numbers: list[str] = []
    in_number = 0  # how many of the last words are parts of a number
    for token in text.split(" "):
        run: list[str] = []
        for word in words(token):
            # `22-NQ/TW` gives 22, nq, tw, 22nqtw: it is found by its parts, and first by the whole.
            if any(word == "".join(run[-n:]) for n in range(2, len(run) + 1)):
                numbers.append(word)
                in_number, run = len(run), []
            else:
                run.append(word)
                found.append(word[:60])
                in_number = 0
    kept = tuple(found[:MOST_WORDS])
    if len(kept) == 1 and any(c.isdigit() for c in kept[0]) and not kept[0].isdigit():
        numbers.append(kept[0])
    whole = kept[:-1] if prefix else kept
    last: tuple[str, ...] = ()
    true_prefix = ""
    if prefix and in_number and len(kept) == len(found) and len(kept[-1]) == 1:
        # `22-NQ/T`: a lone letter begins too many words, but few numbers begin with 22nqt.
        whole, last = kept[:-in_number], (numbers[-1], *vocabulary.beginning_with(numbers[-1])[0])
    elif prefix and kept:
        last, complete = vocabulary.beginning_with(kept[-1])
        last = tuple(dict.fromkeys((kept[-1], *last)))
        true_prefix = "" if complete else kept[-1]
    return Asked(text, fold(text)[:300], kept, tuple(numbers), Terms(tuple(dict.fromkeys(whole)), last, true_prefix))


# --- candidates ------------------------------------------------------------------------------------


class Seen(NamedTuple):
    """Records of which a search may tell, and what they depend on (for `prepared.ask`)."""

    rows: QuerySet
    key: Hashable

    def matching(self, terms: Terms, kinds: Sequence[str] | None, limit: int, **options: Any) -> Found:
        return matching(self.rows, terms, kinds, limit, key=self.key, **{"fields": FIELDS, **options})

    def among(self, ids: Iterable[int]) -> list[tuple[Any, ...]]:
        """FIELDS of those of these records that are seen."""
        wanted = list(ids)
        build = lambda ids: among(self.rows, ids).values_list(*FIELDS)  # noqa: E731
        return ask(("among", self.key), build, wanted, planned=False) if wanted else []


def _seen_by(user: User | Any, archived: bool = False) -> Seen:
    records = Record.objects.visible_to(user)
    return Seen(records if archived else records.live(), (sight(user), archived))


def _all_kinds() -> list[str]:
    return [s.kind for s in all_screens()]


def _named(seen: Seen, key: str, kinds: Sequence[str]) -> tuple[list[tuple[Any, ...]], set[int]]:
    """Records whose title, or one of whose other names, is exactly `key`; and the numbers of the latter."""
    rows = ask(
        ("titled", seen.key, tuple(kinds)),
        lambda key: seen.rows.filter(kind__in=kinds, title_key=key).order_by("-pk").values_list(*FIELDS)[:NAMED],
        key,
        planned=False,
    )
    aliases = ask(
        "bearing a name",
        lambda key: Name.objects.filter(key=key).order_by("pk").values_list("record_id")[: NAMED * 5],
        key,
        planned=False,
    )
    bearing = {pk for (pk,) in aliases}
    return rows + [row for row in seen.among(bearing) if row[1] in kinds][:NAMED], bearing


def _stage_kinds(stage: str, kinds: Sequence[str]) -> list[str]:
    return [s.kind for s in all_screens() if s.stage == stage and s.kind in kinds]


def _score(asked: Asked, typed: str, row: tuple[Any, ...], named: bool, numbered: bool) -> float:
    """How well a candidate fits; higher is better. Exact marks beat folded, whole phrases scattered words,
    titles text, and of equals the one that says little else."""
    _pk, _kind, title, title_key = row
    written = exact(title)
    score = 0.0
    if written == typed:
        score = 1000
    elif title_key == asked.key:
        score = 900
    elif named:
        score = 850
    elif numbered:
        score = 700
    elif written.startswith(typed):
        score = 560
    elif f" {typed}" in f" {written}":
        score = 520
    elif title_key.startswith(asked.key):
        score = 480
    elif f" {asked.key}" in f" {title_key}":
        score = 440
    padded = f" {title_key} "
    in_title = sum(f" {w} " in padded for w in asked.words[:-1]) + (f" {asked.prefix}" in padded)
    share = in_title / max(len(asked.words), 1)
    score += 150 * share
    if in_title:
        written_words = set(written.replace(",", " ").replace("(", " ").replace(")", " ").split())
        typed_words = typed.split()
        score += 80 * share * sum(w in written_words for w in typed_words) / max(len(typed_words), 1)
        score += 90 * min(in_title / (title_key.count(" ") + 1), 1)
    return score


def _ranked(asked: Asked, rows: Iterable[tuple[Any, ...]], named: Collection[int], limit: int) -> list[int]:
    """Ids of the best candidates, best first; of equals the newest. `named`: those that bear the name typed."""
    unique = {row[0]: row for row in rows}
    numbered = _numbered(asked, unique) if asked.numbers else ()
    typed = exact(asked.text)
    scored = [(_score(asked, typed, row, pk in named, pk in numbered), pk) for pk, row in unique.items()]
    scored.sort(reverse=True)
    return [pk for _score_of, pk in scored[:limit]]


def _numbered(asked: Asked, pks: Iterable[int]) -> set[int]:
    """Those of the records that have the document number typed."""
    texts = ask(
        "texts",
        lambda ids: among(Record.objects.all(), ids).values_list("pk", "search_text"),
        list(pks),
        planned=False,
    )
    return {pk for pk, text in texts if any(f" {n} " in f" {text} " for n in asked.numbers)}


def _in_title(asked: Asked, key: str) -> bool:
    """Whether a title has every word, and one that begins with the last."""
    padded = f" {key} "
    return f" {asked.prefix}" in padded and all(f" {w} " in padded for w in asked.words[:-1])


def _records(ids: Sequence[int]) -> list[Record]:
    if not ids:
        return []
    rows = ask(
        "shown",
        lambda ids: among(Record.objects.select_related("unit").defer("search_text"), ids),
        list(ids),
        planned=False,
    )
    found = {record.pk: record for record in rows}
    return [found[pk] for pk in ids if pk in found]


def _names_of(ids: Any) -> QuerySet:
    return among(Name.objects.order_by("pk"), ids, "record_id").values_list("record_id", "text", "key")


def _with_aliases(asked: Asked, records: Sequence[Record]) -> list[Hit]:
    """Hits with those other names that hold what the title does not."""
    lacking = [r.pk for r in records if any(w not in r.title_key for w in asked.words)]
    names: dict[int, list[str]] = {}
    if lacking:
        of = ask("names of", _names_of, lacking, planned=False)
        for pk, text, key in of:
            if any(f" {w}" in f" {key}" for w in asked.words):
                names.setdefault(pk, []).append(text)
    return [Hit(r, names.get(r.pk, [])[:2]) for r in records]


# --- searching -------------------------------------------------------------------------------------


def search(
    user: User | Any, text: str, *, kinds: Sequence[str] | None = None, limit: int = 50, archived: bool = False
) -> Results:
    """The best records of all (or some) kinds that this person may see and that hold all the words."""
    asked = understand(text)
    results = Results(asked)
    if not asked.words:
        return results
    known = _all_kinds()
    chosen = [k for k in kinds if k in known] if kinds is not None else known
    if not chosen:
        return results
    seen = _seen_by(user, archived)
    only = chosen if kinds is not None else None

    pool, complete_pool = seen.matching(asked.terms, only, POOL + 1)
    results.total_is_bounded = not complete_pool
    results.total = min(len(pool), POOL)
    results.counts = dict(Counter(row[1] for row in pool[:POOL]))

    rows, named = _named(seen, asked.key, chosen)
    partners = _stage_kinds(STAGES[0], chosen)
    titled = [row for row in pool if _in_title(asked, row[3])]
    if not complete_pool:
        if asked.numbers:
            rows += seen.matching(Terms(asked.numbers[:1]), only, NAMED).rows
        # Where the pool holds enough of them, they are the newest of all.
        if index_has_order() and len(titled) < TITLES:
            rows += seen.matching(asked.terms, only, TITLES, title=True).rows
        # A partner has few words in its name, and the engagements that name it are many and newer.
        for some_kinds in [partners] if index_has_order() else [[k] for k in partners]:
            rows += seen.matching(asked.terms, some_kinds, TITLES, title=True).rows if some_kinds else []
    rows += pool[:RANKED] + titled[:TITLES] + [row for row in titled[TITLES:] if row[1] in partners][:TITLES]
    extra = {row[0]: row[1] for row in rows} if not pool else {}
    if extra:  # found by another name alone
        results.total, results.counts = len(extra), dict(Counter(extra.values()))
    best = _records(_ranked(asked, rows, named, limit))
    results.hits = _with_aliases(asked, best)
    if best:
        results.related = _related(seen, best, kinds)
    else:
        results.suggestion = suggest(user, text, kinds=kinds)
    return results


def kinds_found(user: User | Any, asked: Asked, *, archived: bool = False) -> tuple[dict[str, int], bool]:
    """How many of the newest POOL matches are of each kind, and whether there are more matches than that."""
    pool, complete_pool = _seen_by(user, archived).matching(asked.terms, None, POOL + 1, fields=("pk", "kind"))
    return dict(Counter(kind for _pk, kind in pool[:POOL])), not complete_pool


def _related(seen: Seen, best: Sequence[Record], kinds: Sequence[str] | None, limit: int = 20) -> list[Record]:
    """Records linked either way with the first parties or people found that are not among the hits."""
    partners = _stage_kinds(STAGES[0], _all_kinds())
    centres = [r.pk for r in best[:10] if r.kind in partners][:3]
    if not centres or (kinds is not None and len(kinds) == 1):
        return []
    shown = {r.pk for r in best}
    # The index link_target gives a target's newest sources first: a province with a million costs no more.
    near = [
        Link.objects.filter(target_id=centre).order_by("-source_id").values_list("source_id")[: limit * 3]
        for centre in centres
    ]
    near.append(Link.objects.filter(source_id__in=centres).order_by("-target_id").values_list("target_id")[: limit * 3])
    found = {pk for (pk,) in together(near)}
    return ask(
        ("related", seen.key, limit),
        lambda ids: among(seen.rows, ids).select_related("unit").defer("search_text").order_by("-pk")[:limit],
        sorted(found - shown, reverse=True),
        planned=False,
    )


def complete(user: User | Any, text: str, *, kinds: Sequence[str] | None = None, limit: int = 20) -> list[Record]:
    """Records for a select or the palette while one types: exact and other names first, then titles that
    begin so, then titles with the words, then whatever has them. Without words: the last entered."""
    seen = _seen_by(user)
    known = _all_kinds()
    chosen = [k for k in kinds if k in known] if kinds is not None else known
    asked = understand(text)
    if not chosen:
        return []
    if not asked.words:
        found = seen.rows.filter(kind__in=chosen) if len(chosen) < len(known) else seen.rows
        return list(found.select_related("unit").defer("search_text").order_by("-pk")[:limit])
    only = chosen if kinds is not None else None
    rows, named = _named(seen, asked.key, chosen)
    partners = _stage_kinds(STAGES[0], chosen)
    rows += together(
        begun(seen.rows.filter(kind=kind), "title_key", asked.key).values_list(*FIELDS)[:limit]
        for kind in (chosen if kinds is not None else partners)
    )
    if len(asked.key) > 1:
        alias = Name.objects.filter(begins("key", asked.key)).values_list("record_id", flat=True)
        rows += [row for row in seen.among(alias[: limit * 2]) if row[1] in chosen][:limit]
    few = len({row[0] for row in rows}) < limit
    if only is None:  # the newest records that name a partner are not the partner
        for some_kinds in [partners] if index_has_order() else [[k] for k in partners]:
            rows += seen.matching(asked.terms, some_kinds, TITLES, title=True).rows if some_kinds else []
    rows += seen.matching(asked.terms, only, TITLES, title=True, newest_only=not few).rows
    if len({row[0] for row in rows}) < min(limit, FEW_NAMES):
        rows += seen.matching(asked.terms, only, TITLES, newest_only=bool(rows)).rows
    return _records(_ranked(asked, rows, named, limit))


# --- one register ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Narrowed:
    """Rows of a register that have the words. Where there are too many to list (`common`), `sample` are ids of
    some of them, if the index gives them cheaply. `among` narrows other rows in the same way: records themselves."""

    rows: QuerySet
    among: Callable[[QuerySet], QuerySet]
    common: bool = False
    sample: Sequence[int] = ()


def narrow_with_sample(queryset: QuerySet, text: str, kind: str) -> Narrowed:
    """Like `narrow`, with what `bounded_count` needs to count without reading every match."""
    asked = understand(text)
    if not asked.words:
        nothing = bool(text.strip())

        def narrowed(rows: QuerySet) -> QuerySet:
            return rows.none() if nothing else rows

        return Narrowed(narrowed(queryset), narrowed)
    ids = some(asked.terms, kind, FEW + 1)
    if ids is not None and len(ids) <= FEW:
        few = ids
        return Narrowed(among(queryset, few), lambda rows: among(rows, few))

    def having(rows: QuerySet) -> QuerySet:
        return holding(rows, asked.terms, asked.prefix, kind)

    return Narrowed(having(queryset), having, True, ids or ())


def narrow(queryset: QuerySet, text: str, kind: str) -> QuerySet:
    """Rows of one register (a domain model's queryset) whose record has all the words."""
    return narrow_with_sample(queryset, text, kind).rows


def bounded_count(rows: QuerySet, narrowed: Narrowed | None, limit: int) -> int | None:
    """How many rows there are, at most `limit` + 1; None where to say so would mean to read every match."""
    plain = rows.order_by().values("pk")
    if narrowed is not None and narrowed.common:
        if not narrowed.sample:
            return None
        # As many as are enough where one may see nearly all of them; only where one may not, all that are known.
        for sample in (narrowed.sample[: limit + limit // 5], narrowed.sample):
            seen = among(plain, sample)[: limit + 1].count()
            if seen > limit:
                return seen
    return plain[: limit + 1].count()


# --- typing errors and duplicates -------------------------------------------------------------------


def suggest(user: User | Any, text: str, *, kinds: Sequence[str] | None = None) -> str:
    """Another spelling of a query that found nothing, as it is written in what it finds; "" if there is none."""
    asked = understand(text, prefix=False)
    mended = _mended(asked.words)
    seen = _seen_by(user)
    for attempt in mended:
        rows = seen.matching(Terms(tuple(dict.fromkeys(attempt))), kinds, 1).rows
        if rows:
            written = {fold(w): w.strip(".,;:()[]“”\"'") for w in rows[0][2].split()}
            return " ".join(written.get(w, w) for w in attempt)
    return ""


def _mended(asked: Sequence[str]) -> list[list[str]]:
    """Up to three readings of the words in which unknown ones are replaced by the nearest known ones."""
    unknown = vocabulary.unknown(asked)
    if not unknown or len(unknown) > 3:
        return []
    near: dict[str, list[str]] = {}
    for word in unknown:
        allowed = 1 if len(word) < 5 else 2
        found = process.extract(
            word, vocabulary.near(word), scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=3
        )
        if not found:
            return []
        near[word] = [w for w, _distance, _at in found]
    return [
        [near[w][min(n, len(near[w]) - 1)] if w in near else w for w in asked]
        for n in range(max(len(v) for v in near.values()))
    ]


def similar(user: User | Any, text: str, kind: str, limit: int = 5) -> list[Record]:
    """Records of a kind that may be the one whose title is being typed: the same or nearly the same name."""
    asked = understand(text, prefix=False)
    if len(asked.key) < 4:
        return []
    every = _seen_by(user, archived=True)
    seen = Seen(every.rows.filter(merged_into=None), (every.key, "not merged"))
    same, _bearing = _named(seen, asked.key, [kind])
    rows = list(same)
    rows += begun(seen.rows.filter(kind=kind), "title_key", asked.key).values_list(*FIELDS)[:NAMED]
    attempts = [asked.words, *_mended(asked.words)]
    if len(asked.words) >= 3:  # each word may be the one that is written otherwise
        attempts += [asked.words[:n] + asked.words[n + 1 :] for n in range(len(asked.words))]
    for attempt in attempts[:8]:
        rows += seen.matching(Terms(tuple(dict.fromkeys(attempt))), [kind], NAMED, title=True).rows
    sure = {row[0] for row in same}
    scored = []
    for row in {r[0]: r for r in rows}.values():
        closeness = 101 if row[0] in sure else fuzz.ratio(asked.key, row[3])
        if closeness >= 86 or (row[3].startswith(asked.key) and len(asked.key) >= 8):
            scored.append((closeness, row[0]))
    scored.sort(reverse=True)
    return _records([pk for _closeness, pk in scored[:limit]])


__all__ = [
    "Asked",
    "Hit",
    "Narrowed",
    "Results",
    "bounded_count",
    "complete",
    "kinds_found",
    "narrow",
    "narrow_with_sample",
    "search",
    "similar",
    "suggest",
    "understand",
]
