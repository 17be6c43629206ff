"""Who works together with whom on a task: coordinates_with."""

from __future__ import annotations

import re

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import grammar
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.relations.talk import Talk

_OPENING = 30  # characters of a sentence after which one without a subject would have named it
_MOST_LEADERS, _MOST_PARTNERS = 8, 40  # of one statement; a table may name more

_HEADS = (
    r"(?:(?:các|hai|ba|bốn|phía|chính quyền|lãnh đạo|đại diện|cán bộ|lực lượng|đơn vị|cơ quan|sở|ngành|công ty|trường|"
    r"địa phương|nước bạn|bạn|liên quan|chức năng|như|gồm|là|và)[,:]? )*"
)
_BODIES = rf"{_HEADS}[OUVF](?:(?:,| và|, và| với| cùng| cùng với|,? cũng như) {_HEADS}[OUVF])*+"
_WORK = r"(?:phối hợp|hiệp đồng|kết hợp|tuần tra (?:chung|song phương))"
_ANY = grammar(rf"(?<!\w){_WORK}(?!\w)")
_WITH = [
    grammar(rf"(?<!\w){_WORK}(?:,| và| [^A-Z,;.]{{1,14}}){{0,5}}? (?:với|cùng(?: với)?|giữa) (?P<them>{_BODIES})"),
    grammar(rf"(?<!\w)phối hợp (?P<them>{_BODIES})"),
    grammar(rf"(?<!\w)(?:cùng(?: với)?|và) (?P<them>{_BODIES}) (?:[^A-Z,;.]{{1,12}} )?{_WORK}"),
    grammar(  # "trao đổi với O về cơ chế phối hợp"
        r"(?:trao đổi|thống nhất|làm việc|bàn|bắt tay|liên hệ)(?: [^A-Z ,;.]{1,8}){0,2} với (?P<them>O(?:(?:,| và) O)*)"
        r"[^A-Z;.]{0,60} phối hợp"
    ),
]
_AMONG = [
    grammar(rf"(?<!\w)(?:phối hợp|tuần tra|hiệp đồng)[^A-Z;.]{{0,60}} giữa (?P<all>{_BODIES})"),
    grammar(rf"(?P<all>[OU](?:(?:,| và|, và| cùng| với) {_HEADS}[OU])+)[^;OVF]{{0,90}}? {_WORK}"),
]
_LEADERS = grammar(rf"(?:{_HEADS}[OU](?:(?:,| và| cùng) {_HEADS}[OU])*+|[VF](?:(?:,| và) [VF])*+)")
_NO_LEADER = grammar(r"(?<!\w)(?:của|tại|theo|về|trong|ở|thuộc|với|cho|(?:đề nghị|ý kiến|chỉ đạo) của) $")
_ASIDE = re.compile(r" ?\([^()]*\)")


def read(scene: Scene, agency: int | None = None) -> None:
    """Find every coordinates_with (cooperates_with where a locality is a party).

    `agency`: whose paper it is.
    """
    talk = Talk(scene, agency)
    for line in scene.lines:
        if _ANY.search(line.code):
            _sentence(scene, talk, talk.pointed(line.without(m.span() for m in _ASIDE.finditer(line.code))))
        talk.hear(line)
        talk.note(line, None, "F" in line.code)


def _sentence(scene: Scene, talk: Talk, line: Line) -> None:
    for pattern in _AMONG:
        for found in pattern.finditer(line.code):
            bodies = _meant(talk, line, *found.span("all"))
            _tell(scene, bodies[:1], bodies[1:], line)
    for pattern in _WITH:
        for found in pattern.finditer(line.code):
            leaders = _leaders(scene, talk, line, found.start())
            _tell(scene, leaders, _meant(talk, line, *found.span("them")), line)


def _leaders(scene: Scene, talk: Talk, line: Line, before: int) -> list[int]:
    """Who is said, or told, to coordinate: named last before the words, else who speaks, else whose paper it is."""
    lists = [m for m in _LEADERS.finditer(line.code, 0, before) if not _NO_LEADER.search(line.code, 0, m.start())]
    if lists:
        return _meant(talk, line, *lists[-1].span())
    speakers = scene.bodies_of(line.all(0, before, "P"))
    if speakers:
        return speakers[-1:]
    if before >= _OPENING:
        return []
    return [talk.agency] if talk.agency is not None else talk.home(line)


def _meant(talk: Talk, line: Line, start: int, end: int) -> list[int]:
    result: list[int] = []
    for spot in line.spots:
        if start <= spot < end and line.code[spot] in "OUVF":
            who = line.at(spot)
            result += [who] if who >= 0 else talk.meant(line, spot)
    return result


def _tell(scene: Scene, leaders: list[int], partners: list[int], line: Line) -> None:
    for one in leaders[:_MOST_LEADERS]:
        for other in partners[:_MOST_PARTNERS]:
            kinds = {scene.kind(one), scene.kind(other)}
            if kinds == {facts.ORG}:
                scene.add(facts.COORDINATES, one, other, line)
            elif kinds & {facts.FOREIGN_LOCALITY, facts.VN_LOCALITY}:
                scene.add(facts.COOPERATES, one, other, line, "ongoing")
