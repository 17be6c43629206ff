"""What the search for places knows of a text, and a place that has been sighted but not yet identified."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from diemtua.sources.reader import facts
from diemtua.sources.reader.lexicon import Hit, Lexicon, Meaning
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View


@dataclass(slots=True)
class Sighting:
    """A place name at `[start, end)`, its head word included where the span has one.

    `name_start`: where the name itself begins. `head`: the head word that tells the kind, also when it stands outside
    the span ("các tỉnh A, B"). `meanings`: what the lexicon offers; empty for an unknown name. `group`: the number
    of the list under a plural head, or 0. `is_listed`: the head stands outside. `is_repeat`: the text has
    used the name with a head.
    """

    start: int
    end: int
    name_start: int
    head: str
    meanings: tuple[Meaning, ...] = ()
    group: int = 0
    is_listed: bool = False
    is_repeat: bool = False

    def of(self, kind: str, level: str = "") -> Meaning | None:
        """The meaning of a kind (and level), if the name has one."""
        return next((m for m in self.meanings if m.type == kind and level in ("", m.level)), None)


@dataclass
class Scene:
    """A text under search: its known names by start and by end, and which characters are spoken for.

    `inside` marks the characters after the first in names of countries and regions, where no other name begins;
    `features` are the ends of names of roads, rivers and the like, which a dash may carry on.
    """

    view: View
    hits: dict[int, list[Hit]]
    covered: bytearray
    inside: bytearray = field(init=False, repr=False)
    ends: dict[int, list[Hit]] = field(init=False, repr=False)
    features: set[int] = field(init=False, repr=False, default_factory=set)

    def __post_init__(self) -> None:
        self.ends = {}
        self.inside = bytearray(len(self.view))
        for hits in self.hits.values():
            for hit in hits:
                self.ends.setdefault(hit.end, []).append(hit)
                if hit.of(facts.COUNTRY) or hit.of(facts.REGION):
                    self.inside[hit.start + 1 : hit.end] = b"\x01" * (hit.end - hit.start - 1)

    @classmethod
    def of(cls, view: View, lexicon: Lexicon, values: Iterable[Found]) -> Scene:
        """The scene of a text in which dates, money and areas are found already."""
        scene = cls(view, lexicon.search(view), bytearray(len(view)))
        for value in values:
            scene.cover(value.start, value.end)
        return scene

    def cover(self, start: int, end: int) -> None:
        """Mark characters as spoken for."""
        self.covered[start:end] = b"\x01" * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        """Whether no character of a span is spoken for."""
        return self.covered.find(1, start, end) < 0

    def is_flat(self, start: int, end: int) -> bool:
        """Whether capitals tell nothing about these words: the text has none, or the words have nothing else."""
        if self.view.lower_case:
            return True
        words = self.view.flow[start:end]
        return words.isupper() and sum(map(str.isalpha, words)) > 1
