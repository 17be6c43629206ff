"""Reading a text: from its words to facts, each with the words that say so. Needs no database.

`read_text` runs the grammars in order: values (days, sums, areas), places, bodies (organisations, people, posts,
parks, papers, projects), which mentions are one thing, and what is said between them.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from diemtua.sources.reader import facts
from diemtua.sources.reader.lexicon import Lexicon

if TYPE_CHECKING:
    from diemtua.sources.reader.relations import Link
    from diemtua.sources.reader.spans import Found
    from diemtua.sources.reader.view import View

__all__ = ["EDITION", "Lexicon", "facts", "read_text"]

EDITION = "1"
"""Raised when the grammars find other facts than before, so that a stored reading tells which read it."""
NO_DAY = _("The day of publication is not known, so days without a year stay open. Enter it, then read again.")


def read_text(
    text: str,
    *,
    home: str | None = None,
    published: datetime.date | None = None,
    lexicon: Lexicon | None = None,
) -> facts.Reading:
    """What a text says, with every bound in code points of `text` as given.

    `home`: the province whose paper it is, as it was called then; `published`: the day it speaks from. Where either
    is not given it is taken from the text itself, if the text is plain about it. `lexicon`: more names than those
    that come with the program (`Lexicon.with_names`).
    """
    # They compile large grammars; who reads no text (every command, the start of a server) need not wait for them.
    from diemtua.sources.reader import bodies, coreference, origin, places, relations, values
    from diemtua.sources.reader.spans import resolve
    from diemtua.sources.reader.view import View

    lexicon = lexicon or Lexicon.load()
    view = View(text)
    amounts = values.find(view, published)
    if published is None and (published := origin.day_of(view, amounts)) is not None:
        amounts = values.find(view, published)
    sites = places.find(view, published, home, lexicon, amounts)
    if home is None and (home := origin.home_of(view, sites)) is not None:
        sites = places.find(view, published, home, lexicon, amounts)
    found = resolve([*bodies.find(view, sites, amounts, home=home, lexicon=lexicon), *sites, *amounts])
    refs = coreference.refs(view, found, home)
    links = relations.find(view, found, refs, home, published)
    dateless = published is None and any(f.type == facts.DATE and f.norm is None for f in found)
    return facts.Reading(
        text=text,
        home=home,
        published=published,
        mentions=tuple(_mention(view, number, one, refs[number]) for number, one in enumerate(found)),
        relations=tuple(_relation(view, link) for link in links),
        warnings=(NO_DAY,) if dateless else (),
    )


def _mention(view: View, number: int, found: Found, ref: str) -> facts.Mention:
    start, end = view.original(found.start, found.end)
    return facts.Mention(f"e{number}", found.type, start, end, view.given[start:end], found.norm, ref)


def _relation(view: View, link: Link) -> facts.Relation:
    start, end = view.original(link.start, link.end)
    return facts.Relation(link.type, f"e{link.source}", f"e{link.target}", link.status, start, end)
