"""What a reading finds: mentions of things, and relations between them, each with the words that say so."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

# Kinds of mention.
PERSON, POST, ORG = "PERSON", "POST", "ORG"
VN_LOCALITY, FOREIGN_LOCALITY, COUNTRY, REGION = "VN_LOCALITY", "FOREIGN_LOCALITY", "COUNTRY", "REGION"
PARK, DOCUMENT, PROJECT = "PARK", "DOCUMENT", "PROJECT"
MONEY, AREA, DATE = "MONEY", "AREA", "DATE"
KINDS = (
    *(PERSON, POST, ORG),
    *(VN_LOCALITY, FOREIGN_LOCALITY, COUNTRY, REGION),
    *(PARK, DOCUMENT, PROJECT),
    *(MONEY, AREA, DATE),
)
PLACES = frozenset({VN_LOCALITY, FOREIGN_LOCALITY, COUNTRY, REGION})

# Kinds of relation, with the states each may have.
COOPERATES, COORDINATES, PARTY_TO = "cooperates_with", "coordinates_with", "party_to"
SIGNED_ON, ISSUED_BY = "signed_on", "issued_by"
HOLDS_POST, POST_AT = "holds_post", "post_at"
LOCATED_IN, LOCALITY_OF = "located_in", "locality_of"
INVESTS, AMOUNT_OF, AREA_OF, MARKET = "invests", "amount_of", "area_of", "market"
STATES: dict[str, tuple[str, ...]] = {
    COOPERATES: ("signed", "planned", "ongoing", "ended", "negated"),
    INVESTS: ("planned", "ended"),
    MARKET: ("traditional", "new", "ongoing"),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A named thing at `text[start:end]` of the text as it was given (code points).

    `norm`: ISO 3166 code of a country; plain name of a Vietnamese province as it was called when the text
    was written; ISO date, quarter or interval; {"amount" or "min" and "max", "currency"}; hectares; number of
    a document; else None. `ref` is the same for all mentions of one thing within a text.
    """

    id: str
    type: str
    start: int
    end: int
    quote: str
    norm: Any = None
    ref: str = ""

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": self.id,
            "type": self.type,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
        }
        if self.norm is not None:
            found["norm"] = self.norm
        if self.ref:
            found["ref"] = self.ref
        return found


@dataclass(frozen=True, slots=True)
class Relation:
    """A stated fact between two mentions (their ids), with the bounds of the sentence that states it."""

    type: str
    source: str
    target: str
    status: str | None = None
    start: int = 0
    end: int = 0

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": self.type, "from": self.source, "to": self.target}
        if self.status:
            found["status"] = self.status
        if self.end:
            found["evidence"] = [self.start, self.end]
        return found


@dataclass(frozen=True)
class Reading:
    """Everything found in one text. `home` is the province whose paper it is, as it was called then."""

    text: str
    home: str | None = None
    published: datetime.date | None = None
    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    warnings: tuple[Any, ...] = ()
    by_id: dict[str, Mention] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {m.id: m for m in self.mentions})

    def as_json(self, name: str) -> dict[str, Any]:
        """The reading in the terms of the labelling guideline; `name` becomes its id."""
        return {
            "id": name,
            "home_province": self.home,
            "published": self.published.isoformat() if self.published else None,
            "entities": [m.as_json() for m in self.mentions],
            "relations": [r.as_json() for r in self.relations],
        }
