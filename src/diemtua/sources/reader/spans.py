"""Spans found by the grammars, in the coordinates of a `View`, and the choice among those that clash."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from diemtua.sources.reader import facts


@dataclass(frozen=True, slots=True)
class Found:
    """A mention at `view.text[start:end]` (half open; view coordinates, never those of the text as given).

    `norm`: the normal form as `facts.Mention` has it. `key`: what the words refer to, the same for every mention
    of one thing ("VN:Thái Bình", "CN", a folded name); empty when the words alone do not tell. `nested`: stands
    inside a longer mention.
    """

    type: str
    start: int
    end: int
    norm: Any = None
    key: str = ""
    nested: bool = False


# What may stand inside a longer mention and still be a mention; everything else inside one is a part of its name.
_MAY_HOLD: dict[str, frozenset[str]] = {
    facts.ORG: facts.PLACES | {facts.PARK},
    facts.DOCUMENT: facts.PLACES,
    facts.REGION: frozenset({facts.COUNTRY}),
}
# For one and the same span, the first of these types is believed.
_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (
            *(facts.DOCUMENT, facts.PROJECT, facts.PARK, facts.ORG, facts.MONEY, facts.AREA, facts.DATE, facts.POST),
            *(facts.COUNTRY, facts.REGION, facts.VN_LOCALITY, facts.FOREIGN_LOCALITY, facts.PERSON),
        )
    )
}


class _Group:
    """A mention that stands in no other, and the accepted ones inside it."""

    __slots__ = ("inner", "outer")

    def __init__(self, outer: Found) -> None:
        self.outer = outer
        self.inner: list[Found] = []

    def take(self, found: Found) -> None:
        """Keep `found`, which lies within `outer`, if a mention of its type may stand here."""
        holder = self.outer
        for other in self.inner:
            if found.end <= other.start or other.end <= found.start:
                continue
            if not (other.start <= found.start and found.end <= other.end):
                return
            holder = other
        if (found.start, found.end) != (holder.start, holder.end) and found.type in _MAY_HOLD.get(holder.type, ()):
            self.inner.append(replace(found, nested=True))


def resolve(found: Iterable[Found]) -> list[Found]:
    """Mentions that do not cross one another, in reading order; of two that clash the longer is kept.

    Those inside another stay where the guideline allows it (a place inside an organisation) and are marked nested.
    """
    ordered = sorted(
        (f for f in found if f.start < f.end),
        key=lambda f: (f.start - f.end, _RANK.get(f.type, len(_RANK)), f.nested, f.start),
    )
    starts: list[int] = []
    groups: list[_Group] = []
    for one in ordered:
        at = bisect_right(starts, one.start)
        before = groups[at - 1] if at else None
        after = groups[at] if at < len(groups) else None
        if before and one.end <= before.outer.end:
            before.take(one)
        elif not (before and one.start < before.outer.end) and not (after and after.outer.start < one.end):
            starts.insert(at, one.start)
            groups.insert(at, _Group(one))
    result: list[Found] = []
    for group in groups:
        result.append(group.outer)
        result.extend(group.inner)
    result.sort(key=lambda f: (f.start, -f.end))
    return result
