"""What the database itself keeps, in its own language: the search index and the audit's append-only rule.

Kept by triggers and generated columns, so that no code path can forget them. SQL of both engines
stands here and nowhere else. `install` is called by migration and may be called again at any time:
SQLite drops triggers when Django rebuilds a table, and `diemtua doctor` mends that.
"""

from __future__ import annotations

from typing import Any

SQLITE_INDEX = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS register_search USING fts5(
        title_key, search_text, content='register_record', content_rowid='id',
        tokenize="unicode61 remove_diacritics 0", prefix='2 3', detail=column)""",
)
SQLITE_TRIGGERS = {
    "register_search_insert": """CREATE TRIGGER register_search_insert AFTER INSERT ON register_record BEGIN
        INSERT INTO register_search(rowid, title_key, search_text) VALUES (new.id, new.title_key, new.search_text);
    END""",
    "register_search_delete": """CREATE TRIGGER register_search_delete AFTER DELETE ON register_record BEGIN
        INSERT INTO register_search(register_search, rowid, title_key, search_text)
        VALUES ('delete', old.id, old.title_key, old.search_text);
    END""",
    "register_search_update": """CREATE TRIGGER register_search_update
    AFTER UPDATE OF title_key, search_text ON register_record
    WHEN old.title_key IS NOT new.title_key OR old.search_text IS NOT new.search_text BEGIN
        INSERT INTO register_search(register_search, rowid, title_key, search_text)
        VALUES ('delete', old.id, old.title_key, old.search_text);
        INSERT INTO register_search(rowid, title_key, search_text) VALUES (new.id, new.title_key, new.search_text);
    END""",
    "register_change_no_update": """CREATE TRIGGER register_change_no_update BEFORE UPDATE ON register_change BEGIN
        SELECT RAISE(ABORT, 'the audit is append-only');
    END""",
    "register_change_no_delete": """CREATE TRIGGER register_change_no_delete BEFORE DELETE ON register_change BEGIN
        SELECT RAISE(ABORT, 'the audit is append-only');
    END""",
}
POSTGRES = (
    """ALTER TABLE register_record ADD COLUMN IF NOT EXISTS search_vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title_key), 'A') || setweight(to_tsvector('simple', search_text), 'B')
    ) STORED""",
    "CREATE INDEX IF NOT EXISTS register_record_search ON register_record USING gin (search_vector)",
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
            cursor.execute("INSERT INTO register_search(register_search) VALUES ('rebuild')")


def index_is_behind(connection: Any) -> bool:
    """SQLite: whether index and records differ in number of rows."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM register_record")
        records = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM register_search_docsize")
        return records != cursor.fetchone()[0]
