"""The frame of a paper: its letterhead, and who signs it.

The letterhead gives the paper's own number, agency and day (issued_by, signed_on). At the foot a post stands on a line
of its own with a name some lines below (holds_post); it is held at the agency, unless the block names for whom is
signed ("TM. ỦY BAN NHÂN DÂN", "THAY MẶT TỈNH A").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import grammar
from diemtua.sources.reader.relations import people
from diemtua.sources.reader.relations.papers import is_agreement, is_moment
from diemtua.sources.reader.relations.scene import Scene

_HEAD_LINES = 16  # a letterhead, interleaved columns included
_DAY_LINES = 8  # from the number down to place and day
_FOOT_LINES = 30
_BLOCK_LINES = 7  # from a post down to the name under it
_ABOVE_LINES = 4  # from a post up to for whom is signed

_OWN_NUMBER = grammar(r"(?:^|\W)số ?[:.]? ?D")
_MADE_AT = grammar(r"(?:làm|ký|lập|ký kết|được ký)(?: thành [^A-Z]{0,40})? tại (?:[VF],? )*(?:vào )?X|^[VF], X")
_POSTS = grammar(r"^(?:[-+*•][^TP]{0,90}[;:.,)] ?|nơi nhận:? ?)?(?:[^A-Z]{0,40}[ .:])?T(?: O)?(?: T(?: O)?)*[ ,:.]*$")
_NAMES = grammar(r"^(?:[^A-Z]{0,50} )?(?:T )?P(?: (?:[^A-Z]{0,30} )?(?:T )?P)*[ .]*$")
_FOR = grammar(
    r"(?:^|[:;.)] ?)(?:(?:tm|t/m|thay mặt|đại diện(?: cho)?)[ .:/]+(?:[^A-Z]{0,20} )?[OVFC]|(?:kt|tl|"
    r"tuq)\.? ?T O(?: T)?$)"
)
_PARTIES = grammar(
    r"^(?:(?:đại diện|thay mặt|cho|bên [ab])[^A-Z]{0,20} )*[OVF](?: (?:đại diện |thay mặt )?[OVF])*[.:]?$"
)
_OWN_UNIT = grammar(r"^(?:phó )?(?:chánh|trưởng) (?P<unit>văn phòng|thanh tra|ban|phòng)")


@dataclass(frozen=True, slots=True)
class Head:
    """Mentions of a paper's own number, agency and day, where they are."""

    number: int | None = None
    agency: int | None = None
    day: int | None = None


def read(scene: Scene) -> Head:
    """Find the facts of letterhead and signatures; the letterhead, empty when the text has none (news)."""
    head = _letterhead(scene)
    _day_of_agreement(scene)
    for at, line in enumerate(scene.lines):
        if _POSTS.match(line.code):
            _signature(scene, at, head.agency)
    return head


def title(scene: Scene) -> int | None:
    """The agreement that is the text itself: named in its title."""
    line = next((line for line in scene.full[:8] if line.code.startswith("D")), None)
    return line.at(0) if line and is_agreement(scene, line.at(0)) else None


def _letterhead(scene: Scene) -> Head:
    for at, line in enumerate(scene.lines[:_HEAD_LINES]):
        found = _OWN_NUMBER.search(line.code)
        if found:
            number = line.at(found.end() - 1)
            head = Head(number, _agency(scene, at, number), _day(scene, at))
            scene.add(facts.ISSUED_BY, number, head.agency, line)
            scene.add(facts.SIGNED_ON, number, head.day, line)
            return head
    return Head()


def _agency(scene: Scene, at: int, number: int) -> int | None:
    """The last organisation above the number: the one it belongs to stands over it."""
    place = scene.found[number].start
    bodies = (i for line in scene.lines[: at + 1] for i in line.all(0, len(line.code), "O"))
    return max((i for i in bodies if scene.found[i].start < place), key=lambda i: scene.found[i].start, default=None)


def _day(scene: Scene, at: int) -> int | None:
    days = (i for line in scene.lines[at : at + _DAY_LINES] for i in line.all(0, len(line.code), "X"))
    return next((i for i in days if is_moment(scene, i)), None)


def _day_of_agreement(scene: Scene) -> None:
    """The day an agreement that is the text itself was signed: "Làm tại F ngày ...", or place and day at its foot."""
    own = title(scene)
    for line in scene.lines[-_FOOT_LINES:] if own is not None else ():
        found = _MADE_AT.search(line.code)
        if found and is_moment(scene, line.at(found.end() - 1)):
            scene.add(facts.SIGNED_ON, own, line.at(found.end() - 1), line)
            return


def _signature(scene: Scene, at: int, agency: int | None) -> None:
    line = scene.lines[at]
    posts = line.all(0, len(line.code), "T")
    for below in scene.lines[at + 1 : at + 1 + _BLOCK_LINES]:
        if _NAMES.match(below.code):
            break
        if "T" in below.code or len(below.code) > 80:
            return
    else:
        return
    names = below.all(0, len(below.code), "P")
    if len(posts) > len(names) and "kt" in line.code:  # who signs for whom, on one line
        posts = posts[len(posts) - len(names) :]
    for post, name in zip(posts, names, strict=False):
        scene.add(facts.HOLDS_POST, name, post, below)
    places = _signed_for(scene, at, len(posts))
    beside = re.search("T O", line.code) if len(posts) == 1 else None
    for number, post in enumerate(posts):
        if people.is_rank(scene, post):
            continue
        place = places[number] if number < len(places) else agency
        if beside:
            place = line.at(beside.end() - 1)
        unit = _own_unit(scene, post)
        scene.add(facts.POST_AT, post, place if unit is None else unit, below)


def _own_unit(scene: Scene, post: int) -> int | None:
    """A title that names its unit ("Chánh Văn phòng") is held there, if the text names the unit."""
    unit = _OWN_UNIT.search(scene.text(post))
    return people.last_body(scene, scene.found[post].start, unit["unit"]) if unit else None


def _signed_for(scene: Scene, at: int, count: int) -> list[int]:
    """For whom is signed: named after "TM." or, in agreements, on the lines right above the posts."""
    above = scene.lines[max(0, at - _ABOVE_LINES) : at + 1]
    for line in reversed(above):
        found = _FOR.search(line.code)
        if found:
            return line.all(found.start(), len(line.code), "OVFC")[:count]
    for line in reversed(above[:-1]):
        parties = line.all(0, len(line.code), "OVF")
        if len(parties) == count and _PARTIES.match(line.code):
            return parties
    return []
