"""Economic zones, industrial parks and clusters, high-tech parks and their like."""

from __future__ import annotations

from diemtua.sources.reader.bodies.names import number_end
from diemtua.sources.reader.bodies.phrases import phrases, word_set
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.tokens import CAPITAL, MARK, NUMBER, OPEN, UPPER

# What a zone or park is called by its kind.
HEADS = phrases("parks", "head")
_KINDS = phrases("parks", "kind")
_PLURALS = word_set("plural")
_LONGEST = 8
_LONGEST_OPEN = 6
_BODIES = [phrases("heads", kind) for kind in ("whole", "named", "unit")]


def find(scene: Scene) -> dict[int, int]:
    """Parks, each as its first token and its end."""
    tokens = scene.tokens
    firsts = HEADS.firsts
    found: dict[int, int] = {}
    i = 0
    while i < len(tokens):
        head = HEADS.end(tokens, i) if tokens.low[i] in firsts and not scene.taken[i] else i
        if head == i:
            i += 1
        elif i and scene.near(i) and (tokens.low[i - 1] in _PLURALS or tokens.shape[i - 1] == NUMBER):
            members = _listed(scene, head)
            found.update(members)
            i = max([head, *members.values()])
        else:
            end = _end(scene, i, head)
            if end > head:
                found[i] = end
            i = max(end, head)
    return found


def name_of(scene: Scene, first: int) -> int:
    """The token at which the name of the zone at `first` begins, behind its head."""
    return _kinds(scene, HEADS.end(scene.tokens, first))


def _end(scene: Scene, first: int, head: int) -> int:
    """The end of the park at `first`, or `head` when it has no name."""
    name = _kinds(scene, head)
    if not scene.near(name):
        return head
    if name > head and scene.is_at(first, "khu", "kinh") and scene.headed_place(name):
        return scene.place_end(name)  # "Khu kinh tế cửa khẩu tỉnh Cao Bằng"
    end = _name(scene, name)
    return end if end > name else head


def _listed(scene: Scene, head: int) -> dict[int, int]:
    """Members of a list: "các KCN Phố Nối A, Thăng Long II"; the head stands outside."""
    tokens = scene.tokens
    at = _kinds(scene, head)
    if scene.mark(at) == ":":
        at += 1
    members: dict[int, int] = {}
    while scene.near(at) and scene.capital(at) and HEADS.end(tokens, at) == at and not scene.headed_place(at):
        end = _name(scene, at)
        if end == at:
            break
        members[at] = end
        if end + 1 >= len(tokens) or tokens.low[end] not in {",", "và", ";"}:
            break
        at = end + 1
    if len(members) == 1 and phrases("provinces").end(tokens, next(iter(members))) == next(iter(members.values())):
        return {}  # "9 KCN Thái Nguyên"
    return members


def _kinds(scene: Scene, at: int) -> int:
    """The end of the words that tell the kind of a zone: "cửa khẩu", "ven biển"."""
    last = at
    for _ in range(3):
        end = _KINDS.end(scene.tokens, last) if scene.near(last) else last
        if end == last:
            break
        last = end
    return last


def _name(scene: Scene, at: int) -> int:
    """The end of the name of a park that starts at `at`: capitals, numerals, parts joined by a dash."""
    tokens = scene.tokens
    last = at
    while last < len(tokens) and last - at < _LONGEST and (last == at or scene.follows(last)) and not scene.taken[last]:
        shape = tokens.shape[last]
        if scene.headed_place(last):
            break
        if last in scene.place_at and shape in {CAPITAL, UPPER, OPEN}:
            last = scene.place_end(last)
        elif (end := number_end(scene, last)) > last:
            if shape == NUMBER and last == at and len(tokens.low[last]) > 2:
                break
            last = end
            # A numeral ends the name, but for a part behind a dash: "Hải Sơn - Đức Hòa Đông 2", "Đồng Văn IV".
            if last > at + 1 and scene.mark(last) not in {"-", "&"}:
                break
        elif shape == MARK:
            if last == at or tokens.low[last] not in {"-", "&"} or not _joins(scene, last + 1):
                break
            last += 1
        elif not (scene.capital(last) or (last == at and _open_name(scene, at))) or (
            last > at and _begins_other(scene, last)
        ):
            break
        else:
            last += 1
            if shape == OPEN and last - at >= _LONGEST_OPEN:
                break
    while last > at and tokens.shape[last - 1] == MARK:
        last -= 1
    return last + 2 if last > at and scene.near(last) and scene.is_at(last, "mở", "rộng") else last


def _open_name(scene: Scene, at: int) -> bool:
    """Whether a name begins at `at` with a word that usually ends one, where case tells nothing: "kcn nhân cơ"."""
    return (
        scene.tokens.shape[at] == OPEN and scene.stop_end(at) == at + 1 and scene.near(at + 1) and scene.capital(at + 1)
    )


def _joins(scene: Scene, after: int) -> bool:
    """Whether a dash before `after` joins two parts of a name."""
    named = scene.follows(after) and (scene.capital(after) or scene.numeral(after))
    return named and not _begins_other(scene, after)


def _begins_other(scene: Scene, at: int) -> bool:
    tokens = scene.tokens
    if phrases("posts", "title").end(tokens, at) > at + 1 or HEADS.end(tokens, at) > at:
        return True
    return any(heads.end(tokens, at) > at + 1 for heads in _BODIES)
