"""Which posts belong to a named person."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection

from diemtua.sources.reader.bodies.phrases import phrases, word_set
from diemtua.sources.reader.bodies.posts import Post
from diemtua.sources.reader.bodies.scene import JURISDICTIONS, LONG_JURISDICTIONS, Scene
from diemtua.sources.reader.tokens import COLUMN, LINE

_CHAIN = word_set("chain") | {",", "-", "/"}
_HOLDING = word_set("holding") | word_set("chain") | {",", "-", "(", ":"}
_OF = frozenset({"tại", "của", "nước", "ở", "thuộc", "bang"})
# Before a post in a signature: the post belongs to another, who does not sign.
_FOR_ANOTHER = frozenset({"kt", "tm", "tl", "tuq", "ktt"})
_VILLAGES = frozenset({"ấp", "thôn", "bản", "xóm", "khóm", "buôn", "làng"})
_STEPS = 6
_BRACKET = 12
_ASIDE = 16
_SIGNATURE = 60


class Holders:
    """Links posts to the people who hold them."""

    def __init__(
        self, scene: Scene, bodies: dict[int, int], posts: list[Post], segments: list[tuple[int, int]]
    ) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.bodies = bodies
        self.posts = posts
        self.segments = segments
        self.post_firsts = [post.first for post in posts]
        self.titles = phrases("people", "title")

    def attached(self, at: int) -> int:
        """The end of the bodies, places and brackets that belong to a post that ends at `at`."""
        last = at
        for _ in range(_STEPS):
            step = self._attached(last, at)
            if step == last:
                break
            last = step
        return last

    def _attached(self, last: int, at: int) -> int:
        tokens, scene = self.tokens, self.scene
        if not scene.near(last):
            return last
        if last in self.bodies:
            return self.bodies[last]
        if last in scene.place_at:
            end = scene.place_end(last)
            while scene.near(end + 1) and end + 1 in scene.place_at and tokens.low[end] in {",", "và"}:
                end = scene.place_end(end + 1)  # "tại Việt Nam, Campuchia và Lào"
            return end
        low, after = tokens.low[last], last + 1
        if not scene.near(after):
            return last
        if low in _OF and (after in scene.place_at or after in self.bodies or tokens.low[after] == "nước"):
            return after
        if (low, tokens.low[after]) in LONG_JURISDICTIONS:
            return after + 1
        if low in JURISDICTIONS or low in _VILLAGES:
            return after
        if low == "(" and last > at:
            return next((k + 1 for k in range(after, min(after + _BRACKET, len(tokens))) if tokens.low[k] == ")"), last)
        return last

    def past_title(self, at: int) -> int:
        """Past ", ông" or ": đồng chí" before the name of who holds a post."""
        tokens, scene = self.tokens, self.scene
        i = at + 1 if scene.near(at) and tokens.low[at] in {",", ":", "-", "là"} else at
        if scene.near(i) and (cue := self.titles.end(tokens, i)) > i:
            return cue
        return i if i > at and tokens.low[at] == ":" else at

    def linked(self, people: dict[int, int]) -> list[Post]:
        """The posts that a named person holds, in reading order; `people` are first tokens and ends."""
        linked = self._leading(people)
        ends = set(people.values())
        trails: set[int] = set()  # where posts of people end, with what belongs to them
        for post in self.posts:
            if post.first not in linked and self.behind_person(post, ends, trails):
                linked.add(post.first)
            if post.first in linked:
                trails.add(self.attached(post.end))
                trails.add(post.end)
        return [post for post in self.posts if post.first in linked]

    def _leading(self, people: dict[int, int]) -> set[int]:
        """Posts before a name, also through another post ("Phó Bí thư Tỉnh ủy, Chủ tịch UBND tỉnh A")."""
        tokens = self.tokens
        leading: set[int] = set()
        for post in reversed(self.posts):
            at = self.attached(post.end)
            if at in people or self.past_title(at) in people or self._signature(post, at, people):
                leading.add(post.first)
                continue
            i = at
            while i < len(tokens) and i - at < 4 and tokens.low[i] in _CHAIN and tokens.gap[i] < COLUMN:
                i += 1
            if i in leading and (i > at or post.rank):
                leading.add(post.first)
        return leading

    def behind_person(self, post: Post, ends: set[int], trails: Collection[int] = ()) -> bool:
        """Whether a name (one of `ends`), or another post of a person (`trails`), stands right before the post."""
        tokens, low = self.tokens, self.tokens.low
        last = post.first
        colon = last - 1 if last and low[last - 1] == ":" else last
        if low[max(0, colon - 2) : colon] in (["chức", "vụ"], ["chức", "danh"]):
            # "ông A, quốc tịch Trung Quốc, chức vụ: Giám đốc"
            return any(k in ends for k in range(colon - 2, max(0, colon - _ASIDE), -1) if tokens.gap[k] < COLUMN)
        for _ in range(_STEPS):
            if last in ends or last in trails:
                between = tokens.low[last : post.first]
                return bool(between) and between not in (["và"], [";"])
            if last == 0 or tokens.gap[last] >= COLUMN or tokens.low[last - 1] not in _HOLDING | _CHAIN:
                return False
            last -= 1
        return False

    def _signature(self, post: Post, at: int, people: dict[int, int]) -> bool:
        """Whether a signature stands below the post on the next lines."""
        tokens = self.tokens
        if at < len(tokens) and tokens.gap[at] < LINE and tokens.gap[at] != COLUMN:
            return False
        if post.first and tokens.gap[post.first] < COLUMN:
            before = tokens.low[max(0, post.first - 2) : post.first]
            acting = before[-1:] == ["."] and before[0] not in _FOR_ANOTHER and before[0] == "q"
            if not acting:
                return False
        for line in range(bisect_left(self.segments, (at, 0)), len(self.segments)):
            first, end = self.segments[line]
            if first - at > _SIGNATURE:
                break
            if any(people.get(k) == end for k in range(first, min(end, first + 5))):
                return True
            k = bisect_left(self.post_firsts, first)
            if k < len(self.post_firsts) and self.post_firsts[k] < end:
                return False
        return False
