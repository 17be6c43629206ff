"""Who works together with whom on a task: coordinates_with."""

from __future__ import annotations

import re

from diemtua.sources.reader import facts
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.relations.talk import Talk
from diemtua.sources.reader.patterns import grammar

_HEADS = r"(?:(?:các|hai|ba|bốn|phía|chính quyền|đại diện|lực lượng|đơn vị|cơ quan|sở|ngành|công ty|nước bạn|bạn|trường|liên quan|chức năng|như|gồm|là|và|địa phương|lãnh đạo|cán bộ)[,:]? )*"
_BODIES = rf"{_HEADS}[OUVF](?:(?:,| và|, và| cùng| cùng với| với|,? cũng như) {_HEADS}[OUVF])*+"
_WITH = grammar(
    rf"(?<!\w)(?:phối hợp|hiệp đồng|tuần tra (?:chung|song phương)|kết hợp)(?:,| và| [^A-Z,;.]{{1,14}}){{0,5}}? (?:với|cùng(?: với)?|giữa) (?P<them>{_BODIES})|(?<!\w)phối hợp (?P<bare>{_BODIES})"
)
_BETWEEN = grammar(rf"(?<!\w)(?:phối hợp|tuần tra|hiệp đồng)[^A-Z;.]{{0,60}} giữa (?P<all>{_BODIES})")
_TOGETHER = grammar(
    rf"(?P<all>[OU](?:(?:,| và|, và| cùng| với) {_HEADS}[OU])+)[^;OVF]{{0,90}}? (?:phối hợp|tuần tra (?:chung|song phương)|hiệp đồng)"
)
_LEADS = grammar(rf"(?:{_HEADS}[OU](?:(?:,| và| cùng) {_HEADS}[OU])*+|[VF](?:(?:,| và) [VF])*+)")
_CUES_AFTER = grammar(
    rf"(?<!\w)(?:cùng(?: với)?|và) (?P<them>{_BODIES}) (?:[^A-Z,;.]{{1,12}} )?(?:phối hợp|tuần tra chung|hiệp đồng)"
)
_NO_LEADER = grammar(r"(?<!\w)(?:của|tại|theo|về|trong|ở|thuộc|với|cho|đề nghị của|ý kiến của|chỉ đạo của) $")
_ASIDE = re.compile(r" ?\([^()]*\)")
_TALKS = grammar(
    r"(?:trao đổi|thống nhất|làm việc|bàn|bắt tay|liên hệ)(?: [^A-Z ,;.]{1,8}){0,2} với (?P<them>O(?:(?:,| và) O)*)[^A-Z;.]{0,60} (?:cơ chế |quy chế |việc |nội dung |kế hoạch )?phối hợp"
)
_ANY = grammar(r"(?<!\w)(?:phối hợp|tuần tra (?:chung|song phương)|hiệp đồng|kết hợp)(?!\w)")


def read(scene: Scene, agency: int | None = None) -> None:
    """Find every coordinates_with (cooperates_with where a foreign locality is a party). `agency`: whose paper it is."""
    talk = Talk(scene, agency)
    for line in scene.lines:
        if _ANY.search(line.code):
            bare = line.without(m.span() for m in _ASIDE.finditer(line.code))
            _line(scene, talk, talk.pointed(bare))
        talk.hear(line)
        talk.note(line, None, "F" in line.code)


def _line(scene: Scene, talk: Talk, line: Line) -> None:
    code = line.code
    for found in _BETWEEN.finditer(code):
        bodies = _meant(talk, line, *found.span("all"))
        _pairs(scene, bodies[:1], bodies[1:], line)
    for found in _WITH.finditer(code):
        name = "them" if found["them"] else "bare"
        them = _meant(talk, line, *found.span(name))
        us = _leader(scene, talk, line, found.start())
        _pairs(scene, us, them, line)
    for pattern in (_CUES_AFTER, _TALKS):
        for found in pattern.finditer(code):
            us = _leader(scene, talk, line, found.start())
            _pairs(scene, us, _meant(talk, line, *found.span("them")), line)
    for found in _TOGETHER.finditer(code):
        bodies = _meant(talk, line, *found.span("all"))
        _pairs(scene, bodies[:1], bodies[1:], line)


def _leader(scene: Scene, talk: Talk, line: Line, before: int) -> list[int]:
    lists = [m for m in _LEADS.finditer(line.code, 0, before) if not _NO_LEADER.search(line.code, 0, m.start())]
    if lists:
        return _meant(talk, line, *lists[-1].span())
    speakers = [scene.belongs[scene.refs[p]] for p in line.all(0, before, "P") if scene.refs[p] in scene.belongs]
    if speakers:
        return speakers[-1:]
    if before < 30 and talk.agency is not None:
        return [talk.agency]
    return []


def _meant(talk: Talk, line: Line, start: int, end: int) -> list[int]:
    return [i for s in line.spots if start <= s < end and line.code[s] in "OUVF" for i in _one(talk, line, s)]


def _one(talk: Talk, line: Line, spot: int) -> list[int]:
    who = line.at(spot)
    return [who] if who >= 0 else talk.meant(line, spot)


def _pairs(scene: Scene, us: list[int], them: list[int], line: Line) -> None:
    for one in us[:8]:
        for other in them[:40]:
            kinds = {scene.kind(one), scene.kind(other)}
            if kinds == {facts.ORG}:
                scene.add(facts.COORDINATES, one, other, line)
            elif facts.FOREIGN_LOCALITY in kinds:
                scene.add(facts.COOPERATES, one, other, line, "ongoing")
