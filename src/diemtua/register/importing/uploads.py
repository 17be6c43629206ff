"""Files that wait between the steps of an import, each bound to the person who sent it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from ..models import User
from ..screens import Screen
from ..tabular import Table, read_table
from .columns import known_headings
from .secrecy import refuse_secret

KEPT_SECONDS = 24 * 60 * 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


@dataclass
class Upload:
    """What is known of a waiting file; `mapping` and `fixed` once its person has said them."""

    token: str
    user: int
    kind: str
    name: str
    sha256: str
    mapping: dict[int, str] | None = None
    fixed: dict[str, str] = field(default_factory=dict)
    sheet: str | None = None
    header_row: int | None = None
    existing: str = "skip"
    batch: int | None = None

    @property
    def folder(self) -> Path:
        return _root() / self.token

    @property
    def path(self) -> Path:
        return self.folder / "file"

    def save(self) -> None:
        """Keep what changed, whole or not at all."""
        draft = self.folder / f"about.{secrets.token_hex(4)}"
        draft.write_text(json.dumps(asdict(self)), "utf-8")
        os.replace(draft, self.folder / "about.json")

    def forget(self) -> None:
        """Take the file away at once."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def table(self, screen: Screen) -> Table:
        """The file as a table. Raises tabular.Unreadable."""
        return read_table(
            self.path.read_bytes(),
            self.name,
            sheet=self.sheet,
            header_row=self.header_row,
            known=known_headings(screen),
        )


def _root() -> Path:
    return Path(settings.VAR) / "uploads"


def keep_upload(
    screen: Screen, data: bytes, name: str, user: User, refuse: Callable[[str, bytes], None] = refuse_secret
) -> Upload:
    """Let a file wait for its next step; files older than a day go.

    Raises tabular.Unreadable for a file that is marked as secret or no table; nothing of it is kept then. `refuse`
    is the check of another kind of file.
    """
    clean_up()
    refuse(name, data)
    token = secrets.token_urlsafe(24)
    upload = Upload(token, user.pk, screen.kind, name[:255], hashlib.sha256(data).hexdigest())
    upload.folder.mkdir(parents=True, mode=0o700)
    upload.path.write_bytes(data)
    upload.save()
    return upload


def read_upload(screen: Screen, token: str, user: User) -> Upload | None:
    """The waiting file of this person under this token; None for anybody else's, and for old ones."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        known: dict[str, Any] = json.loads((_root() / token / "about.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if known["user"] != user.pk or known["kind"] != screen.kind:
        return None
    if known["mapping"] is not None:
        known["mapping"] = {int(k): v for k, v in known["mapping"].items()}
    upload = Upload(**known)
    return upload if upload.path.exists() else None


def clean_up(now: float | None = None) -> int:
    """Take away what has waited for more than a day; returns how many files."""
    gone = 0
    limit = (now or time.time()) - KEPT_SECONDS
    for folder in _root().glob("*"):
        try:
            if folder.stat().st_mtime < limit:
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
        except OSError:
            continue
    return gone
