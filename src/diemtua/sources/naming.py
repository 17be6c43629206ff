"""The names that this office keeps, for the reader: what it has in its registers, and what officers call places."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Max

from diemtua.places.models import Alias, Origin
from diemtua.register.models import Access, Name, Record

from . import proposing
from .reader import facts
from .reader.lexicon import Lexicon, Meaning

SHORTEST = 4  # letters; a shorter name is found by grammar or not at all
_kept: tuple[object, Lexicon] | None = None


def office_lexicon() -> Lexicon:
    """The names of the program and of this office. Restricted records tell nothing: any document is read with it.

    Built again when a record or a name has come in since; three queries otherwise.
    """
    global _kept
    state = tuple(model.objects.aggregate(newest=Max("pk"))["newest"] for model in (Record, Name, Alias))
    if _kept is None or _kept[0] != state:
        named = [(name, meaning) for name, meaning in _names() if len(name) >= SHORTEST]
        _kept = (state, Lexicon.load().with_names(named))
    return _kept[1]


def _names() -> Iterator[tuple[str, Meaning]]:
    aliases = Alias.objects.filter(origin=Origin.OFFICER).exclude(unit__country="VN").select_related("unit")
    for alias in aliases:
        unit = alias.unit
        key = f"{unit.country_id}:{unit.name}"
        yield alias.text, Meaning(facts.FOREIGN_LOCALITY, unit.name, key, country=unit.country_id)
    seen_by_all = Record.objects.live().exclude(access=Access.UNIT).filter(merged_into=None)
    yield from proposing.names_of(seen_by_all)
