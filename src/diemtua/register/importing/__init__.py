"""Bringing a spreadsheet into a register: read, match columns, check everything, save all or nothing.

`read_upload` → `guess_mapping` → `check` → `run`; `import_file` does all of it for the command line.
"""

from .checking import Checked, Existing, NewName, Problem, Row, check
from .columns import Column, columns, guess_mapping, known_headings, missing_columns, template_xlsx
from .running import Report, enter_names, failed_rows, import_file, run, sent_before
from .uploads import Upload, keep_upload, read_upload

__all__ = [
    "Checked",
    "Column",
    "Existing",
    "NewName",
    "Problem",
    "Report",
    "Row",
    "Upload",
    "check",
    "columns",
    "enter_names",
    "failed_rows",
    "guess_mapping",
    "import_file",
    "keep_upload",
    "known_headings",
    "missing_columns",
    "read_upload",
    "run",
    "sent_before",
    "template_xlsx",
]
