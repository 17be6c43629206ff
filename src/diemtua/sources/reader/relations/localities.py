"""The country of a foreign locality, where the text attaches it: locality_of.

Vietnamese names a place from the smallest unit to the largest and puts the country behind it, in a bracket, after a
comma or after "của" ("huyện A, tỉnh B (Hàn Quốc)"); or in front ("các tỉnh của Lào: D, E", "- Với Lào: ...").
"""

from __future__ import annotations

import itertools

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene

_HEAD = (
    r"(?:(?:các |hai |ba |bốn |năm |và )*(?:tỉnh|thành phố|tp\.?|bang|địa phương|vùng|huyện|quận|hạt|đặc khu|"
    r"chính quyền|thủ phủ)"
    r"(?:,? (?:thành phố|tỉnh|bang|và))* )?"
)
# An organisation may have its place in its name.
_PLACES = rf"(?P<places>[FO](?:(?:,| và|, và|;| hoặc| cùng| -|,? cùng với|,? cũng như) {_HEAD}[FO])*+)"
_BRACKET = grammar(rf"{_PLACES} ?\((?P<inside>(?:[^()CVP]{{0,60}}[ -])?(?:thuộc |nước )?C)[^()]{{0,40}}\)")
_BEHIND = grammar(rf"{_PLACES}(?:,| -| nước|,? (?:thuộc|của|ở))? (?:nước )?(?P<country>C)(?!\w)")
_MORE = grammar(r"(?:, | và )C")
_BEFORE = grammar(
    r"(?P<country>C)(?: \(|:|,? (?:gồm|bao gồm|như|là|có|trong đó có))? ?(?:[^A-Z.;,]{0,25} )?"
    rf"(?:(?:gồm|như|là|có|các|hai|ba|bốn) |: ?|\()?{_HEAD}{_PLACES}"
)
_TOPIC = grammar(
    r"^(?:[-+*•]|\d{1,2}[.)]|[a-zđ][.)])? ?(?:(?:với|đối với|về phía|phía|tại|thị trường|riêng) )?(?:nước |"
    r"phía )?(?P<country>C)"
    r"(?:(?:,| và) C)* ?(?:\([^()]{0,30}\))? ?:"
)
_ITEM = grammar(r"^(?:[-+*•]|\d{1,2}[.)]|[a-zđ][.)]) ?")
_WITHIN = grammar(r"F(?:, F(?! và))+|F \([^()A-Z]{0,20}F(?:, F)*")

_SIZES = [
    (size, grammar("^" + any_of(heads)))
    for size, heads in (
        (1, "làng|thôn|bản|cụm bản|xóm|ấp|buôn|khu phố|khóm"),
        (2, "xã|phường|thị trấn|đặc khu"),
        (3, "huyện|quận|thị xã|châu|khu"),
        (4, r"thành phố|tp\.?|thủ đô"),
        (5, "tỉnh|bang|vùng|khu tự trị|lãnh thổ|tiểu vương quốc|phủ|do"),
    )
]


def size(scene: Scene, index: int) -> int:
    """How large a place is: 0 unknown, 1 village, 2 commune, 3 district, 4 city, 5 province or state, 6 country."""
    kind = scene.kind(index)
    if kind == facts.COUNTRY:
        return 6
    if kind == facts.VN_LOCALITY and scene.found[index].norm:
        return 5
    words = scene.text(index)
    return next((found for found, pattern in reversed(_SIZES) if pattern.search(words)), 0)


def read(scene: Scene) -> None:
    """Find every locality_of."""
    topic: int | None = None
    for line in scene.lines:
        code = line.code
        found = _TOPIC.match(code)
        if found:
            topic = line.at(found.start("country"))
        elif not _ITEM.match(code):
            topic = None
        if "F" not in code and "O" not in code:
            continue
        if "C" in code:
            _stated(scene, line)
        if topic is not None:
            _belong(scene, line.all(0, len(code), "F"), topic, line)
        _inherited(scene, line)


def _stated(scene: Scene, line: Line) -> None:
    code = line.code
    for found in _BRACKET.finditer(code):
        places = [*line.all(*found.span("places"), "FO"), *line.all(*found.span("inside"), "F")]
        _belong(scene, places, line.at(found.end("inside") - 1), line)
    for found in _BEHIND.finditer(code):
        places = line.all(*found.span("places"), "FO")
        if code[found.end() - 3 : found.end() - 1] == ", ":
            if _MORE.match(code, found.end()):
                continue  # a list of partners, not a place and its country
            if not _is_chain(scene, places):
                places = places[-1:]
        _belong(scene, places, line.at(found.start("country")), line)
    for found in _BEFORE.finditer(code):
        _belong(scene, line.all(*found.span("places"), "F"), line.at(found.start("country")), line)


def _belong(scene: Scene, places: list[int], country: int, line: Line) -> None:
    """The places, and those in the names of the organisations among them, are the country's unless they have one."""
    if scene.found[country].norm == "VN":
        return
    for place in places:
        for one in (place, *scene.places_in(place)):
            if scene.kind(one) == facts.FOREIGN_LOCALITY and scene.refs[one] not in scene.countries:
                scene.add(facts.LOCALITY_OF, one, country, line)
                scene.countries[scene.refs[one]] = country


def _is_chain(scene: Scene, places: list[int]) -> bool:
    """Whether each place contains the one before it ("huyện A, tỉnh B")."""
    sizes = [size(scene, p) for p in places]
    return sizes[0] > 0 and all(a < b for a, b in itertools.pairwise(sizes))


def _inherited(scene: Scene, line: Line) -> None:
    """A place has the country of the place that contains it: "Sùng Tả (Quảng Tây)", "huyện A, tỉnh B"."""
    for found in _WITHIN.finditer(line.code):
        places = line.all(*found.span(), "F")
        if "(" in found[0] or _is_chain(scene, places):
            known = (scene.countries.get(scene.refs[p]) for p in reversed(places))
            country = next((c for c in known if c is not None), None)
            if country is not None:
                _belong(scene, places, country, line)
