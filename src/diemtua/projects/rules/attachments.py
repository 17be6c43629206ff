"""What is kept of the files that come with an enquiry: judged by their bytes, never by their names.

Papers and pictures are kept as downloads; programs, archives, locked and damaged files are refused one by one with a
sentence, so that an enquiry is never lost for its attachments.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from diemtua.register.tabular import files
from diemtua.register.tabular.files import Unreadable

MAX_BYTES = 20 * files.MB
MAX_FILES = 20
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "eml": "message/rfc822",
}
_ALIKE = {"jpeg": "jpg", "htm": "html", "csv": "txt", "tsv": "txt", "md": "txt", "log": "txt"}


@dataclass(frozen=True)
class Attachment:
    """A file that came with an enquiry. `kind` is "" where it is refused; `remark` then says why, in words."""

    name: str
    data: bytes
    kind: str
    remark: str = ""

    @property
    def kept(self) -> bool:
        return bool(self.kind)

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES.get(self.kind, "application/octet-stream")


def clean_name(name: str) -> str:
    """The last part of a file's name in NFC, without control signs, at most 150 letters; never empty."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\"<>|:*?]", "", name).strip(" .")
    if len(name) > 150:
        stem = PurePosixPath(name)
        name = stem.stem[: 150 - len(stem.suffix[:10])] + stem.suffix[:10]
    return name or "file"


def _picture(data: bytes) -> str:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def check(name: str, data: bytes) -> Attachment:
    """What a file is and whether it is kept. Never raises."""
    shown = clean_name(name)
    try:
        data = files.load(data, MAX_BYTES)
        # A picture called .exe opens as a program where names decide, so the name is asked too.
        kind = _picture(data) if files.extension(shown) not in ("exe", "scr", "com", "bat", "js", "lnk") else ""
        kind = kind or files.sniff(data, shown)
        if kind in ("docx", "xlsx"):
            with files.open_zip(data) as archive:
                if files.has_macros(archive):
                    raise Unreadable("macros", _("The file contains macros. Ask for it without them."))
    except Unreadable as error:
        return Attachment(shown, b"", "", str(error.sentence))
    promised = files.extension(shown)
    promised = _ALIKE.get(promised, promised)
    remark = ""
    if promised != kind:
        remark = _("The name ends in .%(ending)s, but the content is %(kind)s.") % {
            "ending": files.extension(shown)[:10] or "?",
            "kind": kind.upper(),
        }
    return Attachment(shown, data, kind, remark)


def download_name(name: str, kind: str) -> str:
    """The name under which a kept file is handed out: its ending is that of its content."""
    ending = files.extension(name)
    if _ALIKE.get(ending, ending) == kind:
        return name
    return f"{name}.{kind}"
