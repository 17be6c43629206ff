"""Authors of an article: names on a line of their own at its end, or below its heading."""

from __future__ import annotations

from diemtua.sources.reader.bodies.persons import GIVEN, PersonNames
from diemtua.sources.reader.bodies.phrases import phrases
from diemtua.sources.reader.bodies.scene import Scene, surname
from diemtua.sources.reader.tokens import INITIAL, LINE, MARK, NAMELIKE

_BETWEEN = frozenset({",", "-", "và", "&", "/", ";"})
_BEHIND = frozenset({"(", "thực", "ghi", "lược", "tổng", "."})
_LONGEST_LINE = 16
_LONGEST_NAME = 5
_LAST_LINES = 4
_FIRST_LINES = 4


class Bylines:
    """Finds the names of authors."""

    def __init__(self, scene: Scene, names: PersonNames) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.names = names
        self.callings = phrases("people", "calling")

    def all(self, segments: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Authors as pairs of tokens; `segments` are the lines of the text."""
        tokens = self.tokens
        lines = [line for line in segments if any(tokens.shape[i] != MARK for i in range(*line))]
        found: list[tuple[int, int]] = []
        for k, (first, end) in enumerate(lines):
            trailing = k >= len(lines) - _LAST_LINES
            if k == 0 or end - first > _LONGEST_LINE or not (trailing or k < _FIRST_LINES):
                continue
            last = k == len(lines) - 1 and tokens.gap[first] >= LINE
            found.extend(self._line(first, end, leading=not trailing, last=last))
        return found

    def _line(self, first: int, end: int, *, leading: bool, last: bool) -> list[tuple[int, int]]:
        """The names that fill a line; nothing when it holds anything else."""
        tokens = self.tokens
        at = first
        while at < end and (cue := self.callings.end(tokens, at)) > at:
            at = cue
            while at < end and tokens.low[at] in {":", ",", "."}:
                at += 1
        announced = at > first
        found: list[tuple[int, int]] = []
        while at < end and not (found and tokens.low[at] in _BEHIND):
            name = self._name(at, end)
            if name == at or not self._author(at, name, announced=announced, leading=leading, last=last):
                return []
            found.append((at, name))
            at = name
            if at < end and tokens.low[at] in _BETWEEN:
                at += 1
            elif at < end and tokens.low[at] not in _BEHIND:
                return []
        return found

    def _name(self, at: int, end: int) -> int:
        """The end of the words with capitals at `at`; `at` when something else stands among them."""
        tokens = self.tokens
        name = at
        while name < end:
            initial = tokens.low[name] == "." and name > at and tokens.shape[name - 1] == INITIAL
            if tokens.shape[name] not in NAMELIKE and not initial:
                break
            place_too = name in self.scene.place_at and tokens.low[name] in GIVEN
            if self.names.occupied(name, True) and not place_too:
                return at
            name += 1
        return name

    def _author(self, at: int, name: int, *, announced: bool, leading: bool, last: bool) -> bool:
        tokens, scene, names = self.tokens, self.scene, self.names
        initials = any(low == "." for low in tokens.low[at:name])
        if name - at > _LONGEST_NAME or (name - at < 2 and not initials and not announced):
            return False
        if scene.place_end(at) >= name:
            return False
        if tokens.caseless[at] and not names.given(at, name) and any(scene.stop_end(k) > k for k in range(at, name)):
            return False
        if leading:
            return announced or (surname(tokens.low[at]) and names.given(at, name))
        return initials or last or announced or names.given(at, name) or names.plausible(at, name)
