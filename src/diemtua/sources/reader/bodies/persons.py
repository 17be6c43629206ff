"""How far the name of a person goes, and what looks like one."""

from __future__ import annotations

from diemtua.sources.reader.bodies.phrases import phrases, word_set, words
from diemtua.sources.reader.bodies.posts import Post
from diemtua.sources.reader.bodies.scene import JURISDICTIONS, SURNAMES, Scene, surname
from diemtua.sources.reader.bodies.syllables import vietnamese
from diemtua.sources.reader.tokens import COLUMN, INITIAL, JOINED, LOWER, MARK, OPEN
from diemtua.sources.reader.wordlists import word_file

_LONGEST = 7
_LONGEST_VIETNAMESE = 5
VIETNAMESE_SURNAMES = word_file("surnames.txt")
GIVEN = words("given")
_COMMON, _MIDDLE = word_set("common surname"), word_set("middle name")
# Small words within foreign names; those that are Vietnamese words too need no further proof when listed here.
_PARTICLES = phrases("people", "particles").firsts
_SURE_PARTICLES = frozenset({"de", "van", "von", "bin", "der", "den", "ter", "la", "dos", "al"})
_BODIES = [phrases("heads", kind) for kind in ("whole", "named", "unit")]


class PersonNames:
    """The grammar of names of people."""

    def __init__(self, scene: Scene, bodies: dict[int, int], posts: list[Post]) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.post_at = {post.first: post for post in posts}
        self.body_ends = frozenset(bodies.values())
        self.inside_body = bytearray(len(scene.tokens))
        for first, end in bodies.items():
            self.inside_body[first:end] = b"\x01" * (end - first)

    def end(self, i: int, *, sure: bool) -> int:
        """The end of the name that begins at `i`; `i` when there is none.

        `sure`: a title before says that a person follows, so that any capitals are believed.
        """
        scene, tokens = self.scene, self.tokens
        if not scene.capital(i) or self.occupied(i, sure):
            return i
        native = tokens.low[i] in VIETNAMESE_SURNAMES
        last = i
        while last < len(tokens) and last - i < _LONGEST and (last == i or scene.near(last)):
            if tokens.shape[last] == MARK:
                initial = tokens.low[last] == "." and last > i and tokens.shape[last - 1] == INITIAL
                if not initial or last + 1 >= len(tokens) or tokens.gap[last] != JOINED:
                    break
                last += 1
                continue
            if last > i and self.occupied(last, sure):
                break
            shape = tokens.shape[last]
            if shape == OPEN and last > i:
                if not self._goes_on_in_one_case(i, last, native, sure):
                    break
            elif not scene.capital(last):
                if last == i or not self._particle(last):
                    break
                last += 1
                continue
            if native and shape != OPEN and last - i >= _LONGEST_VIETNAMESE:
                break
            last += 1
        while last > i and (tokens.shape[last - 1] == MARK or self._small(last - 1)):
            last -= 1
        return last

    def _small(self, i: int) -> bool:
        return self.tokens.shape[i] == LOWER and self.tokens.low[i] in _PARTICLES

    def _particle(self, i: int) -> bool:
        """Whether a small word of a foreign name stands at `i`: "van Oldenwaard"."""
        scene, low = self.scene, self.tokens.low
        if not self._small(i) or not scene.near(i + 1):
            return False
        if low[i] not in _SURE_PARTICLES and vietnamese(low[i]):
            return False
        return scene.capital(i + 1) or low[i + 1] in _PARTICLES

    def occupied(self, i: int, sure: bool) -> bool:
        """Whether something else begins at `i`: an organisation, a post, a document, a place."""
        scene, tokens = self.scene, self.tokens
        if scene.taken[i] or self.inside_body[i] or i in scene.value_at:
            return True
        if i in self.post_at and self.post_at[i].end > i + 1:
            return True
        if any(heads.end(tokens, i) > i + 1 for heads in _BODIES):
            return True
        return bool(scene.inside_place[i]) and self._place(i, sure)

    def _place(self, i: int, sure: bool) -> bool:
        """Whether the place that token `i` stands in is one, and no part of a name ("Thái", "Hà Nam")."""
        scene, tokens = self.scene, self.tokens
        native = surname(tokens.low[i])
        if i not in scene.place_at:
            return not sure and not native
        if scene.headed_place(i) or tokens.shape[i] == LOWER or tokens.low[i] in JURISDICTIONS:
            return True
        after = scene.place_end(i)
        goes_on = scene.near(after) and scene.capital(after)
        return not (sure and (native or goes_on or (i > 0 and scene.near(i))))

    def _goes_on_in_one_case(self, first: int, at: int, native: bool, sure: bool) -> bool:
        """Whether the word at `at` may go on the name that began at `first` where case tells nothing."""
        scene, low = self.scene, self.tokens.low
        if not native and not vietnamese(low[first]):
            return not vietnamese(low[at]) or surname(low[at]) or low[at] in _SURE_PARTICLES
        if not vietnamese(low[at]):
            return True
        if sure and native and at - first == 2 and (not scene.near(at + 1) or self.tokens.shape[at + 1] == MARK):
            return True  # "ông lưu kiến bằng,"
        if scene.stop_end(at) > at:
            return False
        return (sure and native and at - first < 3) or (low[at] in GIVEN and at - first < _LONGEST_VIETNAMESE)

    # -- what looks like a name --------------------------------------------------------------------------------------

    def plausible(self, i: int, end: int) -> bool:
        """Whether the capitals at `i` to `end` look like the name of a person by themselves."""
        low = self.tokens.low
        if end - i < 2:
            return "-" in low[i] and not vietnamese(low[i]) and len(low[i]) > 5
        if low[i] in SURNAMES or any("-" in low[k] for k in range(i, end)):
            return True
        return sum(len(low[k]) > 1 and not vietnamese(low[k]) for k in range(i, end)) * 2 >= end - i

    def given(self, first: int, end: int) -> bool:
        """Whether all words are syllables of Vietnamese names, as in pen names."""
        return all(low in GIVEN or low in VIETNAMESE_SURNAMES for low in self.tokens.low[first:end])

    def certain(self, i: int, end: int, *, held: bool) -> bool:
        """Whether a Vietnamese name is sure enough to stand without a title before it; `held`: a post follows."""
        scene, tokens = self.scene, self.tokens
        if scene.place_end(i) >= end or end - i < 2:
            return False
        rest = tokens.low[i + 1 : end]
        middle = all(low in GIVEN for low in rest)
        common = tokens.low[i] in _COMMON
        if tokens.shape[i] == OPEN:
            return middle and end - i >= 3 and rest[0] in _MIDDLE and (held or common)
        if held:
            return middle or all(vietnamese(low) for low in rest)
        return middle and common and end - i in {3, 4}

    def segments(self) -> list[tuple[int, int]]:
        """Runs of tokens within one line or column."""
        tokens = self.tokens
        found, first = [], 0
        for i in range(1, len(tokens) + 1):
            if i == len(tokens) or tokens.gap[i] >= COLUMN:
                if i > first:
                    found.append((first, i))
                first = i
        return found
