"""Projects, plants and works with a designation of their own, and named aid programmes."""

from __future__ import annotations

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies.names import number_end
from diemtua.sources.reader.bodies.parks import HEADS as ZONES
from diemtua.sources.reader.bodies.phrases import phrase_set, phrases, word_set
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.bodies.syllables import vietnamese
from diemtua.sources.reader.tokens import CAPITAL, CODE, INITIAL, LINE, LOWER, MARK, NUMBER, OPEN, UPPER

_HEADS, _WORKS, _WORKS_BEHIND, _WORKS_BUILT, _PROGRAMMES, _NOT_PROGRAMMES = (
    phrases("projects", section)
    for section in ("head", "work", "work behind project", "work when built", "programme", "no programme")
)
_ENDS, _NO_PROJECT, _TRADES, _PLURALS = (word_set(name) for name in ("project end", "no project", "trade", "plural"))
_WHOLE = phrases("heads", "whole")
_FIRM = phrases("grammar", "firm")
_TRADE_PHRASES = phrases("name_words")
_DOINGS = phrase_set("doing")
_BUILDING = frozenset({("khởi", "công"), ("khánh", "thành"), ("xây", "dựng"), ("động", "thổ"), ("đầu", "tư")})
_LONGEST = 16
_LONGEST_QUOTE = 30


class Projects:
    """Finds the projects of a scene as pairs of tokens (first, end)."""

    def __init__(self, scene: Scene, parks: dict[int, int]) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.parks = parks

    def all(self) -> list[tuple[int, int]]:
        """All projects, in reading order."""
        found: list[tuple[int, int]] = []
        firsts = _HEADS.firsts | _WORKS.firsts | _WORKS_BUILT.firsts | _PROGRAMMES.firsts
        i, size = 0, len(self.tokens)
        while i < size:
            first = end = i
            if self.tokens.low[i] in firsts and not self.scene.taken[i]:
                first, end = self._one(i)
            if end > first:
                found.append((first, end))
            i = max(end, i + 1)
        return found

    def _one(self, i: int) -> tuple[int, int]:
        """First token and end of the project whose words begin at `i`; an empty pair when there is none."""
        tokens, scene = self.tokens, self.scene
        plural = i > 0 and scene.near(i) and (tokens.low[i - 1] in _PLURALS or tokens.shape[i - 1] == NUMBER)
        head = _HEADS.end(tokens, i)
        if head > i:
            end = self._designation(head) if scene.near(head) else head
            return (head if plural else i, end) if end > head else (i, i)
        if not plural and (work := _WORKS.end(tokens, i)) > i and not self._within_name(i):
            return i, self._named_work(i, work)
        if scene.capital(i) and (work := _WORKS_BUILT.end(tokens, i)) > i and self._being_built(i):
            return i, self._named_work(i, work)
        if (programme := _PROGRAMMES.end(tokens, i)) > i and scene.near(programme):
            return i, self._programme(i, programme)
        return i, i

    # -- projects --------------------------------------------------------------------------------------------------

    def _designation(self, at: int) -> int:
        """The end of what a project is called, from `at` on; `at` when nothing designates it."""
        tokens, scene = self.tokens, self.scene
        shape = tokens.shape[at]
        if tokens.low[at] == '"':
            return self._quoted(at)
        if at in scene.value_at or shape == MARK or ZONES.end(tokens, at) > at or at in scene.place_at:
            return at
        if tokens.low[at] in _NO_PROJECT and shape in {LOWER, UPPER, OPEN}:
            return at
        if shape == LOWER:
            work = max(_WORKS.end(tokens, at), _WORKS_BEHIND.end(tokens, at))
            return self._named_work(at, work) if work > at else at
        return self._run(at) if scene.capital(at) or shape == CODE else at

    def _quoted(self, at: int) -> int:
        for close in range(at + 2, min(at + _LONGEST_QUOTE, len(self.tokens))):
            if self.tokens.low[close] == '"':
                return close + 1
            if self.tokens.gap[close] >= LINE:
                break
        return at

    def _run(self, at: int) -> int:
        """The end of words up to the first that cannot be part of a designation."""
        tokens, scene = self.tokens, self.scene
        last = at
        while last < len(tokens) and last - at < _LONGEST and (last == at or scene.follows(last)):
            if last in scene.value_at or scene.taken[last]:
                break
            if last > at and (last in scene.place_at or last in self.parks):
                last = max(scene.place_end(last), self.parks.get(last, last))
            elif (end := number_end(scene, last)) > last:
                last = end
            elif last > at and (trade := self._trade(last)) > last:
                last = trade
            elif self._run_ends(last, at):
                break
            else:
                last += 1
        while last > at and (tokens.shape[last - 1] == MARK or tokens.low[last - 1] in {"và", "các"}):
            last -= 1
        return last

    def _trade(self, i: int) -> int:
        """The end of a trade or field within a designation at `i`: "Thoát nước và xử lý nước thải"; `i` when none."""
        tokens, scene = self.tokens, self.scene
        end = _TRADE_PHRASES.end(tokens, i, any_case=True)
        if end <= i + 1 or scene.place_end(i) > i:
            return i
        # Behind a proper name it may be what is done there.
        doing = (
            tokens.shape[i] == LOWER and tokens.shape[i - 1] in {CAPITAL, UPPER} and scene.words(i, i + 2) in _DOINGS
        )
        return i if doing else end

    def _run_ends(self, i: int, at: int) -> bool:
        """Whether a designation that began at `at` ends before token `i`."""
        tokens, scene = self.tokens, self.scene
        shape, low = tokens.shape[i], tokens.low[i]
        after = i + 1
        if shape == MARK:
            joins = low in {"-", "&", "+"} and i > at and scene.near(after) and not self._other(after)
            return not (joins and (scene.capital(after) or tokens.shape[after] == NUMBER))
        if shape == NUMBER or low == "số":
            return True
        if shape in {LOWER, OPEN}:
            if low == "công" and scene.stop_end(i) == i:
                pass
            elif low in _ENDS or (low == "và" and (not scene.near(after) or self._other(after))):
                return True
            # A verb behind a proper name ends it, within a trade it may belong to it ("xử lý", "Nuôi trồng").
            named = i > at + 1 or (i > at and not vietnamese(tokens.low[at]))
            proper = named and tokens.shape[i - 1] in {CAPITAL, UPPER}
            if i > at and scene.stop_end(i) > i + (not proper):
                return True
        return i > at and self._other(i)

    def _other(self, at: int) -> bool:
        """Whether something else begins at `at`: a body, another project, a person announced."""
        tokens = self.tokens
        if _WHOLE.end(tokens, at) > at + 1 or _FIRM.end(tokens, at) > at + 1 or _HEADS.end(tokens, at) > at:
            return True
        return tokens.low[at] in {"sở", "ubnd", "ông", "bà"}

    # -- plants and works ------------------------------------------------------------------------------------------

    def _named_work(self, i: int, head: int) -> int:
        """The end of a plant or the like at `i`, if it bears a proper name; `i` when not."""
        tokens, scene = self.tokens, self.scene
        if not scene.near(head):
            return i
        end = self._run(head)
        proper = [k for k in range(head, end) if self._proper(k)]
        if not proper or (tokens.shape[i] == LOWER and not tokens.caseless[i] and proper[0] - head > 5):
            return i
        if scene.place_end(head) == end and scene.place_at[head][1].type in {facts.COUNTRY, facts.REGION}:
            return i
        # It ends with its proper name: "Nhà máy thép Tanikawa công suất 2 triệu tấn".
        last = proper[-1] + 1
        while last < end and tokens.shape[last] in {MARK, NUMBER}:
            last += 1
        return last

    def _proper(self, k: int) -> bool:
        shape = self.tokens.shape[k]
        return shape in {CAPITAL, UPPER, INITIAL} or (shape == OPEN and self.tokens.low[k] not in _TRADES)

    def _within_name(self, i: int) -> bool:
        """Whether the words at `i` go on the name of something else: "Công ty Phát triển Tổ hợp công nghiệp Gumi"."""
        tokens, scene = self.tokens, self.scene
        if (
            not i
            or not scene.near(i)
            or tokens.shape[i] != CAPITAL
            or scene.opens(i - 1)
            or scene.stop_end(i - 1) > i - 1
        ):
            return False
        if tokens.shape[i - 1] == CAPITAL:
            return True
        return tokens.low[i - 1] == "triển" and i > 1 and tokens.shape[i - 2] == CAPITAL

    def _being_built(self, i: int) -> bool:
        """Whether the words before `i` say that it is being built or paid for."""
        low = self.tokens.low
        if i < 2:
            return False
        if (low[i - 2], low[i - 1]) in _BUILDING or low[i - 1] in {"xây", "dựng"}:
            return True
        if low[i - 1] not in {"cho", "vào", "làm"}:
            return False
        # "1,5 tỷ USD cho Trung tâm LNG Hải Lăng 2"
        values = self.scene.value_at
        return any(first in values and values[first][0] == i - 1 for first in range(max(0, i - 6), i - 1))

    # -- programmes ------------------------------------------------------------------------------------------------

    def _programme(self, i: int, at: int) -> int:
        """The end of a named programme of aid or exchange; `i` when it is none."""
        tokens, scene = self.tokens, self.scene
        if tokens.low[at] == '"':
            end = self._quoted(at)
            return end if end > at else i
        if tokens.shape[at] not in {CAPITAL, UPPER} or at in scene.place_at or _WHOLE.end(tokens, i) > at:
            return i
        if _NOT_PROGRAMMES.end(tokens, at) > at:
            return i
        end = self._run(at)
        proper = any(tokens.shape[k] in {CAPITAL, UPPER} for k in range(at + 1, end))
        return end if proper and end - at > 2 else i
