"""A table marked as a state secret is refused before anything of it is written anywhere, its name included."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePath

from django.utils.translation import gettext_lazy as _

from diemtua.kit.secrecy import secrecy_mark

from ..tabular import Unreadable, files
from ..tabular.reading import MAX_BYTES

# So many rows of each sheet are looked at: a longer one is a list of data, whose mark stands at its head.
LOOKED_AT = 2000
_PRINTED = re.compile(r"<(?:odd|even|first)(?:Header|Footer)[^>]*>([^<]{1,2000})<")
_PRINT_CODES = re.compile(r'&amp;(?:"[^"]*"|&quot;[^&]*&quot;|[LCR]|\d+|[A-Z])')
_SAID = re.compile(r"<(?:dc:|cp:|vt:)?(title|subject|keywords|category|description|lpwstr)\b[^>]*>([^<]{1,2000})<")

SENTENCE = _(
    "This paper is marked as secret. Secret papers must not enter this system: it was refused and "
    "nothing of it was kept. Handle it by the rules for state secrets."
)


def refuse_secret(name: str, data: bytes) -> None:
    """Raises Unreadable secret for a spreadsheet or CSV marked MẬT, TỐI MẬT or TUYỆT MẬT, and what
    `tabular.read_table` would raise for a file that cannot be opened."""
    name = PurePath(name.replace("\\", "/")).name
    if secrecy_mark("", name):
        raise Unreadable("secret", SENTENCE)
    data = files.load(data, MAX_BYTES)
    kind = files.sniff(data, name)
    if kind == "xlsx":
        parts: Iterator[str] = _workbook(data)
    else:
        parts = iter([files.decode(data).text]) if kind == "txt" else iter(())
    if any(secrecy_mark(text) or secrecy_mark("", text[:200]) for text in parts):
        raise Unreadable("secret", SENTENCE)


def _workbook(data: bytes) -> Iterator[str]:
    """Where a mark may stand in a workbook: the rows of every sheet, hidden ones too, what is printed above and
    below them, their names, and what the file says of itself."""
    from ..tabular import sheets

    with sheets.workbook(data) as (all_sheets, archive):
        for sheet in all_sheets:
            yield sheet.title
            rows = islice(sheets.cells(sheet), LOOKED_AT)
            yield "\n".join("\t".join(str(v) for v in values if v not in (None, "")) for _number, values in rows)
        yield from _said(archive)


def _said(archive: zipfile.ZipFile) -> Iterator[str]:
    for member in archive.namelist():
        if member.startswith("docProps/"):
            for _what, value in _SAID.findall(_text(archive, member)):
                yield value
        elif member.startswith("xl/worksheets/") and member.endswith(".xml"):
            for printed in _PRINTED.findall(_text(archive, member)):
                yield _PRINT_CODES.sub("\n", printed)


def _text(archive: zipfile.ZipFile, member: str) -> str:
    try:
        return archive.read(member).decode("utf-8", "replace")
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return ""
