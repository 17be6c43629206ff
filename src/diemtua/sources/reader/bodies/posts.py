"""Titles of office and ranks, wherever they stand; which of them belong to a named person is decided with the people."""

from __future__ import annotations

from dataclasses import dataclass

from diemtua.sources.reader.bodies.headed import Headed
from diemtua.sources.reader.bodies.phrases import first_words, phrases
from diemtua.sources.reader.bodies.scene import Scene, surname
from diemtua.sources.reader.tokens import LOWER

# Before a body these make a post by themselves: "Trưởng Ban Quản lý", "Phó Trưởng Đoàn đại biểu Quốc hội".
_HEADING = frozenset({"trưởng", "phó", "chánh"})
_HEADED = frozenset(
    {"ban", "công", "đoàn", "phòng", "bql", "văn", "vpđd", "đại", "ty", "bộ", "thương", "phái", "vp", "đồn", "trạm"},
)


@dataclass(frozen=True, slots=True)
class Post:
    """A title at tokens `first` to `end`; `rank` when it is a rank."""

    first: int
    end: int
    rank: bool = False


class Posts:
    """Finds the titles of a scene; adds organisations that show only behind a title ("Trưởng ban Tổ chức Tỉnh ủy")."""

    def __init__(self, scene: Scene, bodies: dict[int, int], headed: Headed) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.bodies = bodies
        self.headed = headed
        self.titles = phrases("posts", "title")
        self.ranks = phrases("posts", "rank")
        self.qualifiers = phrases("posts", "qualifier")
        self.portfolios = phrases("posts", "portfolio")
        self.none = phrases("posts", "before")
        self.fields = phrases("fields")

    def all(self) -> list[Post]:
        """All titles, in reading order."""
        self._split_prime_minister()
        firsts = first_words(("posts", "title"), ("posts", "rank"), ("posts", "before")) | _HEADING | {"quyền", "q"}
        found: list[Post] = []
        i, size = 0, len(self.tokens)
        while i < size:
            if i in self.bodies:
                i = self.bodies[i]
            elif self.tokens.low[i] in firsts and not self.scene.taken[i] and (post := self._at(i)):
                found.append(post)
                i = post.end
            else:
                i += 1
        return found

    def _split_prime_minister(self) -> None:
        """ "Thủ tướng Chính phủ" is a body when it issues something, a post at one when its holder is named."""
        tokens = self.tokens
        for first, end in list(self.bodies.items()):
            if tokens.low[first] == "thủ" and end == first + 4 and self.scene.near(end) and self.scene.capital(end):
                if surname(tokens.low[end]):
                    del self.bodies[first]
                    self.bodies[first + 2] = end

    def _at(self, i: int) -> Post | None:
        tokens, scene = self.tokens, self.scene
        none = self.none.end(tokens, i)
        if none > i and self.titles.end(tokens, i) <= none:
            return None
        rank = self.ranks.end(tokens, i)
        if rank > i:
            return Post(i, rank, True)
        at = i
        if tokens.low[at] == "quyền" and scene.near(at + 1):
            at += 1
        elif tokens.low[at] == "q" and tokens.low[at + 1 : at + 2] == ["."]:
            at += 2
        heading = at
        if at < len(tokens) and tokens.low[at] == "phó" and scene.follows(at + 1):
            at += 1
        if at >= len(tokens):
            return None
        title = self.titles.end(tokens, at)
        if tokens.low[at] in _HEADING or heading < at:
            end = at + 1 if tokens.low[at] in _HEADING else at
            body = self._body(end)
            # "Trưởng ban Tổ chức Tỉnh ủy": what follows is a body of its own, unless the title goes further.
            if body and (title <= end + 1):
                return Post(i, end)
        if title == at:
            return None
        return Post(i, self._extended(at, title))

    def _body(self, at: int) -> bool:
        """Whether a body begins at `at`, also one that is written in lower case behind a title."""
        tokens = self.tokens
        if at >= len(tokens) or not self.scene.follows(at):
            return False
        if at in self.bodies:
            return tokens.low[at] in _HEADED
        if tokens.low[at] == "ban" and tokens.shape[at] == LOWER:
            end = self.headed.part(at)
            if end > at:
                self.bodies[at] = end
                return True
        return False

    def _extended(self, first: int, title: int) -> int:
        """The end of a title with its qualifier ("Thường trực") and clipped portfolio ("Thứ trưởng Ngoại giao")."""
        tokens, scene = self.tokens, self.scene
        end = title
        while scene.follows(end) and (more := self.qualifiers.end(tokens, end)) > end:
            end = more
        if not scene.follows(end) or end in self.bodies or self.portfolios.end(tokens, first) < title:
            return end
        field = self.fields.end(tokens, end)
        named = scene.capital(end) or tokens.low[first] == "trưởng" or tokens.caseless[end]
        return field if field > end and named else end
