"""Organisations: with a head, in lists under one head, by short names, by a legal form in another language."""

from __future__ import annotations

from diemtua.sources.reader.bodies.headed import Headed
from diemtua.sources.reader.bodies.lists import PLURALS, Lists
from diemtua.sources.reader.bodies.names import foreign_suffix_end
from diemtua.sources.reader.bodies.phrases import first_words
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.bodies.syllables import vietnamese
from diemtua.sources.reader.tokens import CAPITAL, INITIAL, NUMBER, SPACE, UPPER

_SHORT = frozenset({UPPER, CAPITAL})
_BRACKET = 16


class Organisations:
    """Finds the organisations of a scene as pairs of tokens (first, end)."""

    def __init__(self, scene: Scene, parks: dict[int, int]) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.headed = Headed(scene, parks)
        self.lists = Lists(scene)
        self.aliases: set[str] = set()  # short names that the text introduces in brackets

    def all(self) -> list[tuple[int, int]]:
        """All organisations, in reading order."""
        tokens = self.tokens
        firsts = (
            PLURALS | {"số"} | first_words(*(("heads", kind) for kind in ("whole", "ruled", "field", "unit", "named")))
        )
        short = first_words(("known", "body"), ("known", "firm"))
        found: list[tuple[int, int]] = []
        i, size = 0, len(tokens)
        while i < size:
            low, shape = tokens.low[i], tokens.shape[i]
            foreign = shape in _SHORT and not vietnamese(low)
            if self.scene.taken[i] or not (foreign or shape == NUMBER or low in firsts or low in short):
                i += 1
            elif members := self.lists.members(i):
                found.extend(members)
                i = members[-1][1]
            elif (end := self._one(i)) > i:
                found.append((i, end))
                i = self._bracketed(end, found)
            else:
                i += 1
        return sorted(set(found) | self._repeated(found))

    def _one(self, i: int) -> int:
        end = self.headed.end(i)
        return end if end > i else max(self.headed.short(i), self._with_suffix(i))

    def _with_suffix(self, i: int) -> int:
        """The end of a foreign name that shows by its last word that it is a firm or body."""
        tokens, scene = self.tokens, self.scene
        if tokens.shape[i] not in _SHORT or scene.inside_place[i]:
            return i
        if i and tokens.gap[i] <= SPACE and tokens.shape[i - 1] in _SHORT and not scene.taken[i - 1]:
            return i
        last, best, foreign = i, i, False
        while last - i < 8 and (last == i or scene.near(last)):
            if last > i and tokens.low[last] in {"&", "of", "and", "for", "."}:
                last += 1
                continue
            if tokens.shape[last] not in {CAPITAL, UPPER, INITIAL, NUMBER} or last in scene.value_at:
                break
            if last > i and (end := foreign_suffix_end(scene, last)) > last:
                best = last = end
                continue
            foreign = foreign or not vietnamese(tokens.low[last])
            last += 1
        return best if foreign else i

    def _bracketed(self, end: int, found: list[tuple[int, int]]) -> int:
        """Take the short name in brackets behind an organisation that ends at `end`; return where to go on."""
        tokens, scene = self.tokens, self.scene
        if not scene.near(end) or tokens.low[end] != "(":
            return end
        close = next((k for k in range(end + 2, min(end + _BRACKET, len(tokens))) if tokens.low[k] == ")"), 0)
        if not close:
            return end
        first = close - 1
        alone = first == end + 1
        if not alone and tokens.low[first - 1] not in {"-", "là", ",", ":", "tắt"}:
            return end
        capitals = sum(c.isupper() for c in tokens.text(first, close))
        if capitals < 2 or tokens.shape[first] not in _SHORT or first in scene.place_at or scene.roman(first):
            return end
        if not alone and (name := self._with_suffix(end + 1)) == first - 1:
            found.append((end + 1, name))
        found.append((first, close))
        self.aliases.add(tokens.low[first])
        return close

    def _repeated(self, found: list[tuple[int, int]]) -> set[tuple[int, int]]:
        """The short names introduced in brackets, wherever else they stand."""
        tokens = self.tokens
        if not self.aliases:
            return set()
        inside = bytearray(self.scene.taken)
        for first, last in found:
            inside[first:last] = b"\x01" * (last - first)
        return {
            (i, i + 1)
            for i, low in enumerate(tokens.low)
            if low in self.aliases and not inside[i] and tokens.shape[i] in _SHORT
        }
