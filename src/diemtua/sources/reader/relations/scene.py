"""What the finders of relations share: the lines of a text, who is who, and the facts found so far."""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from diemtua.sources.reader import facts
from diemtua.sources.reader.clauses import sentences
from diemtua.sources.reader.patterns import grammar
from diemtua.sources.reader.relations.line import Line, line_of
from diemtua.sources.reader.relations.pointing import pointed
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View

_AUTHORITY = grammar(
    r"^(?:ubnd|ủy ban|hđnd|hội đồng|chính phủ|chính quyền|thủ tướng|quốc hội|bộ|cục|tổng cục|vụ|sở|chi cục|tỉnh ủy|"
    r"thành ủy|huyện ủy|đảng ủy|đảng|thường trực|tỉnh đoàn|mặt trận|liên đoàn lao động|liên hiệp|hội hữu nghị|"
    r"tổ công tác|ban (?:quản lý|thường vụ|chấp hành|chỉ đạo|chỉ huy|tổ chức|dân vận|nội chính|bí thư|ngoại vụ|"
    r"đối ngoại|dân tộc)|văn phòng (?:ubnd|chính phủ|quốc hội|tỉnh ủy|hđnd)|đại sứ quán|tổng lãnh sự|lãnh sự|tòa án|"
    r"viện kiểm sát|kho bạc|hải quan|cảng vụ|công an|bộ đội|bộ chỉ huy|bộ tư lệnh|đồn|quân khu|lữ đoàn|trung đoàn|"
    r"hải đội|hải đoàn|vùng (?:cảnh sát biển|hải quân|\d))(?!\w)"
)
_SYMMETRIC = frozenset({facts.COOPERATES, facts.COORDINATES})


@dataclass(frozen=True, slots=True)
class Link:
    """A stated relation between two mentions, by their places in the list of mentions; `start`, `end`: the sentence
    that states it, in view coordinates."""

    type: str
    source: int
    target: int
    status: str | None
    start: int
    end: int


@dataclass
class Scene:
    """One text being read for relations. `refs[i]` names the referent of `found[i]`."""

    view: View
    found: Sequence[Found]
    refs: Sequence[str]
    home: str | None = None
    published: datetime.date | None = None
    outer: list[int] = field(init=False)
    nested: dict[int, list[int]] = field(init=False)
    lines: list[Line] = field(init=False)  # what is left to read of each sentence
    full: list[Line] = field(init=False)
    links: dict[tuple[str, str, str, str | None], Link] = field(init=False, default_factory=dict)
    homes: list[int] = field(init=False)
    home_starts: list[int] = field(init=False)
    orgs: list[int] = field(init=False)
    org_starts: list[int] = field(init=False)
    countries: dict[str, int] = field(init=False, default_factory=dict)  # by ref of a foreign locality
    belongs: dict[str, int] = field(init=False, default_factory=dict)  # by ref of a person, where he holds a post
    held_at: dict[str, int] = field(init=False, default_factory=dict)  # by ref of a post
    comes_from: dict[str, int] = field(init=False, default_factory=dict)  # by ref of a person, his foreign locality

    def __post_init__(self) -> None:
        self.outer, self.nested = _layers(self.found)
        self.lines = _lines(self.view, self.found, self.outer)
        self.full = list(self.lines)
        self.homes = [i for i, f in enumerate(self.found) if f.type == facts.VN_LOCALITY and self._is_home(f)]
        self.homes.sort(key=lambda i: self.found[i].start)
        self.home_starts = [self.found[i].start for i in self.homes]
        self.orgs = [i for i in self.outer if self.found[i].type == facts.ORG]
        self.org_starts = [self.found[i].start for i in self.orgs]

    def _is_home(self, found: Found) -> bool:
        return self.home is not None and (found.norm == self.home or found.key == f"VN:{self.home}")

    def text(self, index: int) -> str:
        """The words of a mention in lower case, as `View.low` has them."""
        one = self.found[index]
        return self.view.low[one.start : one.end]

    def kind(self, index: int) -> str:
        return self.found[index].type

    def home_near(self, place: int) -> int | None:
        """The mention of the home province nearest before this place of the view, else the first after it."""
        at = bisect_right(self.home_starts, place)
        if at:
            return self.homes[at - 1]
        return self.homes[0] if self.homes else None

    @cached_property
    def pointed(self) -> list[Line]:
        """The sentences with projects, parks and firms in the place of words that point at them ("dự án này")."""
        return pointed(self)

    def is_authority(self, index: int) -> bool:
        """An authority, party body, armed unit or embassy: it has a jurisdiction and no site, and does not invest."""
        return index >= 0 and self.kind(index) == facts.ORG and bool(_AUTHORITY.search(self.text(index)))

    @cached_property
    def nation(self) -> int | None:
        """A mention of Việt Nam, else of any Vietnamese locality."""
        kinds = (facts.COUNTRY, facts.VN_LOCALITY)
        ours = [i for i, f in enumerate(self.found) if f.type in kinds and (f.norm == "VN" or f.type != facts.COUNTRY)]
        return next((i for i in ours if self.found[i].norm == "VN"), ours[0] if ours else None)

    def bodies_of(self, people: list[int]) -> list[int]:
        """The organisations or places where these people hold their posts, as far as they are known."""
        return [body for p in people if (body := self.belongs.get(self.refs[p])) is not None]

    def first_body(self, name: str) -> int | None:
        """The first organisation of this name, in lower case."""
        return self._bodies.get(name)

    @cached_property
    def _bodies(self) -> dict[str, int]:
        return {self.text(i): i for i in reversed(self.orgs)}

    def is_later(self, date: int) -> bool:
        """Whether a date is after the day of the text."""
        norm = self.found[date].norm
        if self.published is None or not isinstance(norm, str) or "Q" in norm:
            return False
        return norm[:10] > self.published.isoformat()[: len(norm[:10])]

    def knows(self, kind: str, one: int, other: int) -> bool:
        """Whether the two mentions are already known to stand in this relation (without status)."""
        first, second = sorted((self.refs[one], self.refs[other]))
        return (kind, first, second, None) in self.links

    def is_home(self, index: int) -> bool:
        return bool(self.homes) and self.refs[index] == self.refs[self.homes[0]]

    def places_in(self, index: int) -> list[int]:
        """Localities and countries named inside a mention ("UBND [tỉnh X]")."""
        return [i for i in self.nested.get(index, ()) if self.found[i].type in facts.PLACES]

    def add(self, kind: str, source: int | None, target: int | None, line: Line, status: str | None = None) -> None:
        """Keep a fact once, however often it is stated; the first statement is its evidence."""
        if source is None or target is None or source < 0 or target < 0 or self.refs[source] == self.refs[target]:
            return
        first, second = self.refs[source], self.refs[target]
        if kind in _SYMMETRIC and second < first:
            first, second = second, first
        self.links.setdefault((kind, first, second, status), Link(kind, source, target, status, line.start, line.end))


def _layers(found: Sequence[Found]) -> tuple[list[int], dict[int, list[int]]]:
    """Mentions that stand in no other, in reading order, and for each the ones inside it."""
    order = sorted(range(len(found)), key=lambda i: (found[i].start, -found[i].end))
    outer: list[int] = []
    nested: dict[int, list[int]] = {}
    for index in order:
        if outer and found[index].start < found[outer[-1]].end:
            nested.setdefault(outer[-1], []).append(index)
        else:
            outer.append(index)
    return outer, nested


def _lines(view: View, found: Sequence[Found], outer: list[int]) -> list[Line]:
    starts = [found[i].start for i in outer]
    result = []
    for sentence in sentences(view, ((found[i].start, found[i].end) for i in outer)):
        first, last = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
        inside = [i for i in outer[first:last] if found[i].end <= sentence.end]
        result.append(line_of(view, sentence, found, inside))
    return result
