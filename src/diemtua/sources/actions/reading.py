"""Reading a stored document: from its text to what waits for an officer."""

from __future__ import annotations

import datetime
import time
from typing import Any

from django.conf import settings

from diemtua.kit.text import fold
from diemtua.places.models import Level
from diemtua.places.queries import currents_of, find, today
from diemtua.register.models import User

from .. import queries, reader
from ..models import Document, Reading
from ..naming import office_lexicon
from .proposals import note_time, propose


def read_document(
    *,
    document: Document,
    actor: User | None,
    home: str | None = None,
    published: datetime.date | None = None,
) -> Reading:
    """Read the text of a document and propose what it says.

    `home` and `published` (see `reader.read_text`) are taken from the document's fields where they are not given.
    Raises as `propose` does; a document without text gives a reading without anything.
    """
    started = time.monotonic()
    published = published or day_of(document)
    found = reader.read_text(
        queries.text_of(document.record),
        home=home or home_of(document, published),
        published=published,
        lexicon=office_lexicon(),
    )
    made = propose(document=document, reading=found, actor=actor)
    note_time(reading=made, seconds=time.monotonic() - started)
    return made


def day_of(document: Document) -> datetime.date | None:
    """The day from which the document speaks: the last of the days on which it may have been published.

    The day on which a page was seen is none: a reader of years later would date it wrongly.
    """
    return document.published.last if document.published is not None else None


def home_of(document: Document, day: datetime.date | None) -> str | None:
    """Our own province as it was called on the day, where the document is plainly of it: its issuer or author
    bears the name. None otherwise: then the reader finds in the text whose paper it is."""
    said = f" {fold(f'{document.issuer} {document.author}')} "
    for name in own_names(day):
        if f" {fold(name)} " in said:
            return name
    return None


def own_names(day: datetime.date | None) -> list[str]:
    """What the province of this register was called on the day, which may be the name of what it has become."""
    on = day or today()
    units: list[Any] = [
        m.unit for m in find(settings.HOME_PROVINCE, level=Level.PROVINCE, country="VN").matches if m.exact
    ]
    return list(dict.fromkeys(u.name for many in currents_of(units, on).values() for u in many))
