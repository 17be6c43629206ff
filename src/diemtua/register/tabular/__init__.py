"""Tables in files: reading what officers upload, writing what they take away, matching headings.

Pure functions: no model, no database. `read_table`, `write_csv`, `write_xlsx`, `match_headers`.
"""

from .files import Unreadable
from .headers import counted, match_headers
from .reading import Cell, CellError, Table, read_table
from .writing import csv_line, write_csv, write_xlsx

__all__ = [
    "Cell",
    "CellError",
    "Table",
    "Unreadable",
    "counted",
    "csv_line",
    "match_headers",
    "read_table",
    "write_csv",
    "write_xlsx",
]
