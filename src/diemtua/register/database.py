"""What the database itself keeps, in its own language: the search index and the audit's append-only rule.

Kept by triggers and generated columns, so that no code path can forget them. SQL of both engines
stands here and nowhere else. `install` is called by migration and may be called again at any time:
SQLite drops triggers when Django rebuilds a table, and `diemtua doctor` mends that.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection
from django.db.models import Q, QuerySet

from .prepared import ask

# Words are folded before they come here: the tokenizer only parts them at blanks. Each stands alone and with its
# record's kind (`party_yeongju`), so that a search in one register never meets another register's rows: to cut
# two long lists of matches against each other costs 20-60 ms on a million records, a short one nothing.
_SQLITE_COLUMNS = "title_key, search_text, kind_title, kind_text"


def _sqlite_values(row: str) -> str:
    kind = f"{row}.kind || '_' || replace({row}.%s, ' ', ' ' || {row}.kind || '_')"
    return f"{row}.id, {row}.title_key, {row}.search_text, {kind % 'title_key'}, {kind % 'search_text'}"


_ADD = f"INSERT INTO register_search(rowid, {_SQLITE_COLUMNS}) VALUES ({_sqlite_values('new')});"
_REMOVE = f"""INSERT INTO register_search(register_search, rowid, {_SQLITE_COLUMNS})
        VALUES ('delete', {_sqlite_values("old")});"""
# Contentless: the words stand in register_record, and a view for the kinds would stand in the way of migrations.
SQLITE_INDEX = (
    f"""CREATE VIRTUAL TABLE IF NOT EXISTS register_search USING fts5(
        {_SQLITE_COLUMNS}, content='', detail=column,
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc' tokenchars '_'")""",
)
SQLITE_REBUILD = (
    "INSERT INTO register_search(register_search) VALUES ('delete-all')",
    f"INSERT INTO register_search(rowid, {_SQLITE_COLUMNS}) SELECT {_sqlite_values('r')} FROM register_record r",
)
SQLITE_TRIGGERS = {
    "register_search_insert": f"""CREATE TRIGGER register_search_insert AFTER INSERT ON register_record BEGIN
        {_ADD}
    END""",
    "register_search_delete": f"""CREATE TRIGGER register_search_delete AFTER DELETE ON register_record BEGIN
        {_REMOVE}
    END""",
    "register_search_update": f"""CREATE TRIGGER register_search_update
    AFTER UPDATE OF title_key, search_text ON register_record
    WHEN old.title_key IS NOT new.title_key OR old.search_text IS NOT new.search_text BEGIN
        {_REMOVE}
        {_ADD}
    END""",
    "register_change_no_update": """CREATE TRIGGER register_change_no_update BEFORE UPDATE ON register_change BEGIN
        SELECT RAISE(ABORT, 'the audit is append-only');
    END""",
    "register_change_no_delete": """CREATE TRIGGER register_change_no_delete BEFORE DELETE ON register_change BEGIN
        SELECT RAISE(ABORT, 'the audit is append-only');
    END""",
}
# Lexemes are our own folded words, so PostgreSQL's parser has no say: `_word` anywhere, `^word` in the title, and
# both with the kind before them, as above. Without positions they are short.
POSTGRES = (
    """ALTER TABLE register_record ADD COLUMN IF NOT EXISTS search_vector tsvector GENERATED ALWAYS AS (
        array_to_tsvector(
            string_to_array('_' || replace(search_text, ' ', ' _'), ' ')
            || string_to_array('^' || replace(title_key, ' ', ' ^'), ' ')
            || string_to_array(kind || '_' || replace(search_text, ' ', ' ' || kind || '_'), ' ')
            || string_to_array(kind || '^' || replace(title_key, ' ', ' ' || kind || '^'), ' '))
    ) STORED""",
    "CREATE INDEX IF NOT EXISTS register_record_search ON register_record USING gin (search_vector)",
    # At most `most` matches, by the index whatever the planner believes: a sequential scan that finds nothing
    # would read a million rows.
    """CREATE OR REPLACE FUNCTION register_matches(wanted tsquery, most integer) RETURNS SETOF bigint
    LANGUAGE sql STABLE SET enable_seqscan = off SET enable_indexscan = off
    AS 'SELECT id FROM register_record WHERE search_vector @@ wanted LIMIT most'""",
    """CREATE OR REPLACE FUNCTION register_change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$""",
    "DROP TRIGGER IF EXISTS register_change_append_only ON register_change",
    """CREATE TRIGGER register_change_append_only BEFORE UPDATE OR DELETE ON register_change
    FOR EACH ROW EXECUTE FUNCTION register_change_is_append_only()""",
)


def install(connection: Any) -> list[str]:
    """Make what is missing; returns the names of what was made on SQLite (empty when all stood)."""
    made: list[str] = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in POSTGRES:
                cursor.execute(statement)
            return made
        for statement in SQLITE_INDEX:
            cursor.execute(statement)
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        have = {name for (name,) in cursor.fetchall()}
        for name, statement in SQLITE_TRIGGERS.items():
            if name not in have:
                cursor.execute(statement)
                made.append(name)
    return made


def missing(connection: Any) -> list[str]:
    """Names of triggers that should stand and do not (SQLite)."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        have = {name for (name,) in cursor.fetchall()}
    return sorted(set(SQLITE_TRIGGERS) - have)


def missing_or_all() -> list[str]:
    """Names of all triggers on SQLite; a restore takes them away and `install` puts them back."""
    return sorted(SQLITE_TRIGGERS)


def empty_index(cursor: Any) -> None:
    """SQLite: forget every entry of the search index."""
    cursor.execute("INSERT INTO register_search(register_search) VALUES ('delete-all')")


def rebuild_index(connection: Any) -> None:
    """Make the search index anew from the records (PostgreSQL keeps its own)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for statement in SQLITE_REBUILD:
                cursor.execute(statement)


def index_is_behind(connection: Any) -> bool:
    """SQLite: whether index and records differ in number of rows."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM register_record")
        records = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM register_search_docsize")
        return records != cursor.fetchone()[0]


# --- what the planner knows ------------------------------------------------------------------------


def statistics_are_old() -> bool:
    """Whether the records have doubled since SQLite last counted them. PostgreSQL looks after this by itself, later."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        known = 0
        if cursor.fetchone():
            cursor.execute("SELECT max(CAST(stat AS integer)) FROM sqlite_stat1 WHERE tbl = 'register_record'")
            known = cursor.fetchone()[0] or 0
        few = max(known * 2, 200)
        cursor.execute("SELECT coalesce(max(id), 0) FROM register_record")
        if cursor.fetchone()[0] <= few:
            return False
        cursor.execute("SELECT count(*) FROM register_record")  # numbers may have gaps
        return bool(cursor.fetchone()[0] > few)


def refresh_statistics(*, everything: bool = False) -> int:
    """Count anew what the planner goes by where much has changed, or `everything`; returns how many tables were counted.

    Without it PostgreSQL takes a table for empty until its own upkeep comes by, and walks through it for every row of
    another. SQLite samples 1,000 entries of every index: 0.1-0.4 s with a million records.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            if not everything and not statistics_are_old():
                return 0
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")
            # Other connections, and a server's last for minutes, read statistics only when they read the schema.
            cursor.execute("CREATE TABLE register_counted_anew (id integer)")
            cursor.execute("DROP TABLE register_counted_anew")
            return 1
        if everything:  # within a transaction, of whose changes the numbers below do not know
            cursor.execute("ANALYZE")
            return 1
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT pg_class.relname FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid "
            "WHERE schemaname = current_schema() AND n_mod_since_analyze > 100 + greatest(reltuples, 0) / 5"
        )
        tables = [name for (name,) in cursor.fetchall()]
        if tables:
            cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(name) for name in tables))
        return len(tables)


# --- asking the index ------------------------------------------------------------------------------

# So many newest records PostgreSQL looks at one by one before it asks the index, which knows no order.
WINDOW = 1500
# A share of matches among them from which words are common without further question.
COMMON = 0.01
# Where words are less common, so many ids are walked at most for enough of them.
FURTHEST = 8_000
# So many matches of the index it looks at when the newest did not suffice.
MATCHES = 3000
# More matches than this are not collected: to do so would cost 20-200 ms. How many there are is judged by
# STRETCHES of SPAN records that follow one another, spread over all: those last entered are often alike.
MANY = 5_000
STRETCHES = 16
SPAN = 64


@dataclass(frozen=True)
class Terms:
    """What is looked for: every word of `whole`, and one of `last` or, where set, any word begun by `prefix`."""

    whole: tuple[str, ...]
    last: tuple[str, ...] = ()
    prefix: str = ""

    def __bool__(self) -> bool:
        return bool(self.whole or self.last or self.prefix)


def _quoted(word: str, mark: str) -> str:
    return mark + word.replace(mark, mark * 2) + mark


def expression(terms: Terms, kinds: Sequence[str] | None, *, title: bool = False) -> str:
    """The terms in the language of this database's index; words are quoted, so that no sign has a meaning."""
    postgres = connection.vendor == "postgresql"
    mark, both, either, prefix = ("'", " & ", " | ", ":*") if postgres else ('"', " AND ", " OR ", "*")

    def group(before: str) -> str:
        groups = [[_quoted(before + w, mark)] for w in terms.whole]
        groups.append([_quoted(before + w, mark) for w in terms.last])
        if terms.prefix:
            groups[-1].append(_quoted(before + terms.prefix, mark) + prefix)
        return "(" + both.join(f"({either.join(g)})" for g in groups if g) + ")"

    if postgres:
        sign = "^" if title else "_"
        return either.join(group(k + sign) for k in kinds or ("",)).replace("\\", "\\\\")
    column = ("kind_" if kinds else "") + ("title" if title else "text")
    column = {"title": "title_key", "text": "search_text"}.get(column, column)
    return f"{{{column}}} : ({either.join(group(f'{k}_') for k in kinds) if kinds else group('')})"


class Found(NamedTuple):
    """Matching rows, newest first, and whether these are all."""

    rows: list[tuple[Any, ...]]
    complete: bool


def matching(
    queryset: QuerySet,
    terms: Terms,
    kinds: Sequence[str] | None,
    limit: int,
    *,
    title: bool = False,
    fields: Sequence[str] = ("pk",),
    newest_only: bool = False,
    key: Hashable,
) -> Found:
    """Up to `limit` rows of a queryset of records that match, newest first, as tuples of `fields`.

    `key` says which queryset it is (see `prepared.ask`).
    SQLite's index is read backwards and stops when there are enough. PostgreSQL's gives every match or none, in no
    order, which costs 20-200 ms for common words. So the newest WINDOW records are looked at first; where there are
    MANY matches (or with `newest_only`), further ones where the newest matches stand, and no more; else the index is
    asked.
    """
    text = expression(terms, kinds, title=title)
    if connection.vendor == "sqlite":

        def found(text: Any) -> QuerySet:
            rows = queryset.extra(
                tables=["register_search"],
                where=["register_search.rowid = register_record.id", "register_search.register_search MATCH %s"],
                params=[text],
                order_by=["-register_search.rowid"],
            )
            return rows.values_list(*fields)[:limit]

        rows = ask(("matching", key, tuple(fields), limit), found, text)
        return Found(rows, len(rows) < limit)
    if kinds:
        queryset = queryset.filter(kind__in=kinds)
    key = (key, tuple(kinds or ()), tuple(fields), limit)

    def newest(text: Any, first: Any, last: Any) -> QuerySet:
        # As a function, not as `@@`: PostgreSQL must walk along the ids and not cut them against the index.
        found = queryset.filter(pk__gte=first, pk__lt=last)
        found = found.extra(where=["ts_match_vq(register_record.search_vector, %s::tsquery)"], params=[text])
        return found.order_by("-pk").values_list(*fields)[:limit]

    def older(text: Any, last: Any) -> QuerySet:
        found = queryset.filter(pk__lt=last).extra(
            where=["register_record.id IN (SELECT register_matches(%s::tsquery, %s))"], params=[text, MATCHES]
        )
        return found.order_by("-pk").values_list(*fields)[:limit]

    floor = _window(queryset.model, kinds, WINDOW)
    rows = ask(("newest", key), newest, text, floor, _BEYOND, planned=False)
    if len(rows) == limit or not floor:
        return Found(rows, len(rows) < limit)
    first, last = _window(queryset.model, kinds, WINDOW * 3), floor
    if not newest_only and len(rows) < WINDOW * COMMON:
        # Not common among the newest; yet these may be alike, of one import.
        spread = spread_of(text, kinds)
        last = min(floor, spread.newest) if spread.matches > MANY else 0
        first = last - min(int(limit / spread.share), FURTHEST) if last else 0
    if last:
        rows += ask(("newest", key), newest, text, first, last, planned=False)
        return Found(rows[:limit], not first and len(rows) < limit)
    if terms.last and (len(terms.last) > 1 or terms.prefix):
        # The word as it is typed so far may be enough: to cut 40 lists of words that begin so costs as much again.
        typed = expression(Terms((*terms.whole, terms.last[0])), kinds, title=title)
        enough = ask(("older", key), older, typed, floor, planned=False)
        if len(rows) + len(enough) >= limit:
            return Found((rows + enough)[:limit], False)
    rows += ask(("older", key), older, text, floor, planned=False)
    return Found(rows[:limit], len(rows) < limit)


class Spread(NamedTuple):
    """By a sample of all records: the share of ids that match, how many these would be, and the id below which the
    newest of them stand (0: the sample has none)."""

    share: float
    matches: float
    newest: int


def spread_of(text: str, kinds: Sequence[str] | None = None) -> Spread:
    """Judge by STRETCHES of SPAN ids, evenly spread over all records, how often an expression matches (PostgreSQL).

    Exact where there are fewer than STRETCHES * SPAN ids; else of 10,000 matches in a million about 10 are seen.
    """
    with connection.cursor() as cursor:
        if (bounds := cache.get("register-ids")) is None:
            cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM register_record")
            bounds = cursor.fetchone()
            # Kept for a minute: a few records more or less do not change what is common.
            cache.set("register-ids", bounds, 60)
        first, last = bounds
        step = max(SPAN, -(-(last - first + 1) // STRETCHES))
        ends = [last + 1 - n * step for n in range(STRETCHES)]
        # The inner order and limit leave the planner no other way than along the ids.
        cursor.execute(
            "SELECT stretch, count(*) FROM unnest(%s::bigint[]) AS stretch, LATERAL (SELECT kind, search_vector "
            "FROM register_record WHERE id < stretch AND id >= stretch - %s ORDER BY id LIMIT %s) AS sample "
            f"WHERE {'kind = ANY(%s) AND ' if kinds else ''}ts_match_vq(search_vector, %s::tsquery) GROUP BY stretch",
            [ends, SPAN, SPAN, *([list(kinds)] if kinds else []), text],
        )
        found: dict[int, int] = dict(cursor.fetchall())
    share = sum(found.values()) / (SPAN * STRETCHES)
    return Spread(share, share * step * STRETCHES, max(found, default=0))


# A number after every record's.
_BEYOND = 2**62


def index_has_order() -> bool:
    """Whether the index itself gives newest first, so that a second look at it is cheap."""
    return connection.vendor == "sqlite"


def _window(model: Any, kinds: Sequence[str] | None, size: int) -> int:
    """The id at which the newest `size` records (of one kind, where one is asked for) begin; 0: all are newer."""
    key = f"window:{size}:{kinds[0] if kinds and len(kinds) == 1 else ''}"
    # Kept for a minute: a few records more or less are looked at, and what lies before it is looked for elsewhere.
    if (floor := cache.get(key)) is not None:
        return floor
    ids = model._base_manager.order_by("-pk").values_list("pk", flat=True)
    if kinds and len(kinds) == 1:
        # Not `=`: then PostgreSQL would drop the kind from the order, and walk all records backwards for the newest of
        # one kind. After an import of 50,000 of another kind that took 100 ms.
        ids = ids.filter(kind__gte=kinds[0], kind__lte=kinds[0]).order_by("kind", "-pk")
    floor = ids[size : size + 1].first() or 0
    if floor:
        cache.set(key, floor, 60)
    return floor


def some(terms: Terms, kind: str, limit: int) -> list[int] | None:
    """Ids of up to `limit` matches in one register, whoever may see them; None where the words are plainly common."""
    text = expression(terms, [kind])
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT rowid FROM register_search WHERE register_search MATCH %s LIMIT %s", [text, limit])
        else:
            if spread_of(text, [kind]).matches > limit * 2:
                return None
            cursor.execute("SELECT register_matches(%s::tsquery, %s)", [text, limit])
        return [pk for (pk,) in cursor.fetchall()]


def among(queryset: QuerySet, ids: Sequence[int], column: str = "") -> QuerySet:
    """Rows whose id (or another column) is in a list of any length, which travels as one value."""
    column = f'"{queryset.model._meta.db_table}"."{column or queryset.model._meta.pk.column}"'
    if connection.vendor == "sqlite":
        return queryset.extra(where=[f"{column} IN (SELECT value FROM json_each(%s))"], params=[json.dumps(ids)])
    return queryset.extra(where=[f"{column} = ANY(%s)"], params=[list(ids)])


def holding(queryset: QuerySet, terms: Terms, prefix: str, kind: str) -> QuerySet:
    """Rows of a domain model (or of Record) whose record matches, row by row: for words that many rows have."""
    if queryset.model._meta.db_table != "register_record":
        queryset = queryset.filter(record__version__gt=0)  # the join, which the conditions need
    if connection.vendor == "sqlite":
        parts = [f" {w} " for w in terms.whole] + ([f" {prefix}"] if prefix else [])
        where = ["instr(' ' || \"register_record\".search_text || ' ', %s) > 0"] * len(parts)
        return queryset.extra(where=where, params=parts)
    # As a function, so that PostgreSQL walks along the register's order and does not collect every match first.
    match = 'ts_match_vq("register_record".search_vector, %s::tsquery)'
    return queryset.extra(where=[match], params=[expression(terms, [kind])])


def orders_joined_rows() -> bool:
    """Whether the first rows of a kind are found in the order of an index of the records, for all the join."""
    return connection.vendor == "sqlite"


def of_kind(queryset: QuerySet, kind: str) -> QuerySet:
    """Rows of a domain model, with their kind said once more of the record, whose index of titles begins with it.

    SQLite sorts a whole register unless it believes that few records are of the kind.
    """
    if connection.vendor == "sqlite":
        return queryset.extra(where=["likelihood(register_record.kind = %s, 0.0001)"], params=[kind])
    return queryset.filter(record__kind=kind)


def begun(queryset: QuerySet, field: str, prefix: str) -> QuerySet:
    """Rows whose column of folded text begins so, in the order of an index that knows."""
    found = queryset.filter(begins(field, prefix))
    # PostgreSQL's index for beginnings has bytes for its order; to ask for the language's would sort them all.
    return found.order_by() if connection.vendor == "postgresql" else found.order_by(field)


def begins(field: str, prefix: str) -> Q:
    """The condition that a column of folded text begins so, in the form whose index this engine uses."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": prefix})
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + "\U0010ffff"})


def settled_before() -> Any:
    """A moment before which every change that will ever be seen has been saved; None: all of them, on this engine.

    PostgreSQL gives out numbers before transactions end, so that a lower number may appear after a higher one: as
    long as a transaction that writes is older than the moment, it may still bring such a number. SQLite has one
    writer at a time.
    """
    if connection.vendor == "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(min(xact_start), now()) FROM pg_stat_activity "
            "WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]
