"""What parties and people of the register are called, for the reader."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from diemtua.register.models import Name
from diemtua.sources.reader import facts
from diemtua.sources.reader.lexicon import Meaning

from .. import rules
from ..models import Party, Person

MOST = 20_000  # of each kind, the newest: so many names cost the reader some tenths of a second once
_TYPES: dict[str, str] = {Party.Kind.LOCALITY: facts.FOREIGN_LOCALITY}


def names(records: QuerySet) -> Iterator[tuple[str, Meaning]]:
    """Names of parties and people through time. Localities of Vietnam are left out: the reader has them all, with
    their days."""
    parties = Party.objects.filter(record__in=records)
    told = parties.exclude(kind=Party.Kind.LOCALITY, country=None).exclude(kind=Party.Kind.LOCALITY, country="VN")
    meanings = {
        pk: Meaning(_TYPES.get(kind, facts.ORG), title, f"party:{pk}", country=country or "")
        for pk, kind, country, title in told.order_by("-pk").values_list("pk", "kind", "country_id", "record__title")[
            :MOST
        ]
    }
    people = Person.objects.filter(record__in=records).order_by("-pk").values_list("pk", "record__title")[:MOST]
    meanings |= {pk: Meaning(facts.PERSON, title, f"person:{pk}") for pk, title in people}
    for meaning in meanings.values():
        yield _spoken(meaning, meaning.text), meaning
    further = Name.objects.filter(record__in=records, record__kind__in=("party", "person"))
    for pk, text in further.order_by("-pk").values_list("record_id", "text")[:MOST]:
        if (known := meanings.get(pk)) is not None:
            yield _spoken(known, text), known


def _spoken(meaning: Meaning, name: str) -> str:
    """The name of a place without its head word, which the reader puts to it itself."""
    return rules.without_head(name) if meaning.type == facts.FOREIGN_LOCALITY else name
