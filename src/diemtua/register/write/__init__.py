"""The only code that saves records: one transaction, validated, versioned, searchable, linked, audited.

Domain `actions.py` call `create`, `create_many`, `update`, `archive`, `restore` and `undo` with plain
values. A single record and fifty thousand take the same path, so an import cannot know less than a form.
"""

from .changing import archive, audit, edit_children, restore, save_changed, update
from .checking import Built, build, child_rows, clean, clean_child, unchecked, validator, words_key
from .creating import create, create_many, save_built, tag_many, tags_named
from .derived import edges, refresh_search_text, search_text
from .parts import CHUNK, CannotUndo, ChildEdits, Draft, Stale
from .state import load_children, lock, snapshot, state_on
from .stored import (
    assign,
    attnames,
    from_stored,
    key_names,
    set_stored,
    stored_child,
    stored_fields,
    to_stored,
)
from .undoing import after_undo, reverse_children, undo, undo_batch, undo_part_with

__all__ = [
    "CHUNK",
    "Built",
    "CannotUndo",
    "ChildEdits",
    "Draft",
    "Stale",
    "after_undo",
    "archive",
    "assign",
    "attnames",
    "audit",
    "build",
    "child_rows",
    "clean",
    "clean_child",
    "create",
    "create_many",
    "edges",
    "edit_children",
    "from_stored",
    "key_names",
    "load_children",
    "lock",
    "refresh_search_text",
    "restore",
    "reverse_children",
    "save_built",
    "save_changed",
    "search_text",
    "set_stored",
    "snapshot",
    "state_on",
    "stored_child",
    "stored_fields",
    "tag_many",
    "tags_named",
    "to_stored",
    "unchecked",
    "undo",
    "undo_batch",
    "undo_part_with",
    "update",
    "validator",
    "words_key",
]
