"""Papers: who issued a document, on what day it was signed or issued, and who signs the paper being read.

issued_by and signed_on in running text; the letterhead (the paper's own number, agency and day) and the signature
block, whose post belongs to the letterhead's agency.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from diemtua.sources.reader import facts
from diemtua.sources.reader.relations import people
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.patterns import any_of, grammar

_HEAD_LINES = 16  # a letterhead, interleaved columns included
_BLOCK = 7  # lines from a post down to the name under it

AGREEMENT = grammar(
    r"^(?:(?:bản|biên bản|văn bản|thư|dự thảo) )*(?:thỏa thuận|bản thỏa thuận|ghi nhớ|bản ghi nhớ|biên bản|ý định thư|hiệp định|mou|loi|nghị định thư|"
    r"tuyên bố|quy chế phối hợp|quy chế|(?:chương trình|kế hoạch|văn bản|cam kết|hợp đồng|giao ước)(?: khung| chung)? (?:hợp tác|phối hợp|kết nghĩa|hành động chung|trao đổi|liên kết|hữu nghị)|"
    r"ghi nhớ|kết nghĩa|ý định|thư thỏa thuận)"
)
_OWN_NUMBER = grammar(r"(?:^|\W)số ?[:.]? ?D")
_ISSUED_OF = grammar(
    r"D(?: \([^()]{0,60}\))?(?:,? (?:(?:ký |ban hành )?X|cùng ngày))?(?:,? (?:về|v/v|quy định|phê duyệt|sửa đổi)[^A-Z;.]{0,90})?,? (?:của|do) (?:T |chủ tịch |bộ trưởng |giám đốc )?O(?! và V)"
)
_ISSUES = grammar(
    r"O(?: \([^()]{0,30}\))?,? (?:(?:đã|vừa|cũng|tiếp tục|chính thức|mới|vừa qua|sẽ|có|kịp thời) )*"
    r"(?:(?:ban hành|ra|thông qua|phê duyệt|công bố|ký ban hành|ký|có) )(?:[^A-Z;.]{0,40} )?D(?:[^;P]{0,200}?(?:,|và) D)*"
)
_IN_PAPER = grammar(
    r"(?:đề nghị|báo cáo|văn bản|ý kiến|tờ trình|công văn|kiến nghị|đề xuất|chỉ đạo|kết luận) của (?P<org>O)(?: \([^()]*\))? (?:tại|theo|trong|nêu tại|ở) D"
)
_OF_ADDRESSEE = grammar(r"D(?:,? X)? của quý \w+")
_DONE_BY = grammar(r"D(?: X)? (?:được|do) O (?:ban hành|phê duyệt|thông qua|ký|cấp)")
_ADJACENT = grammar(
    r"D(?: \([^()]{0,60}\))?(?:,? của O)?,? (?:\(|(?:(?:được|đã|vừa|có|do O|do V|hai bên|các bên) )*(?:ký|ký kết|ban hành|ký ban hành|cấp|phê duyệt|thông qua|công bố|lập)"
    r"(?: (?:lại|lần đầu|chính thức|mới))?,? )?(?:vào |từ |hôm |trong |tại [VF],? )*X|D[^A-Z;.]{0,90} \((?:ký )?(?:ngày |vào )?X|D (?:trao đổi|ký|lập)(?: tại [VF])? X"
)
_SAME_DAY = grammar(r"D(?: \([^()]{0,60}\))?,? (?:ký |ban hành )?(?:cùng ngày|cùng thời điểm)")
_SIGNED = grammar(rf"{any_of('ký|ký kết|đặt bút|gia hạn|trao đổi|trao|thông qua|tái ký|lập|có')}(?! hiệu lực)")
_NOT_YET = grammar(
    any_of(
        "sẽ|dự kiến|phấn đấu|đề xuất|đề nghị|dự định|chưa|không|kế hoạch|hướng tới|tiến tới|mong muốn|chuẩn bị|sắp(?! xếp)|xúc tiến|kỳ vọng|hạn chót"
    )
)
_NO_SIGNING_DAY = grammar(
    r"(?:hiệu lực|hết hạn|văn bản ký|bản cũ ký|hết thời hạn từ|hiệu lực cuối|hạn cuối|dự kiến|sang|dự kiến sang|đến|tới|trước|sau|hết|kể từ|thời hạn|hiệu lực từ|hiệu lực kể từ|triển khai từ|thực hiện từ|so với|trong|giai đoạn|từ)(?: hết| ngày)? ?$"
)
_AGAIN = grammar(r"(?<!\w)(?:ký lại|tái ký|ký gia hạn|gia hạn)(?: lần \w+)?(?: vào| hôm)? X")
_MADE_AT = grammar(r"(?:làm|ký|lập|ký kết|được ký)(?: thành [^A-Z]{0,40})? tại (?:[VF],? )*(?:vào )?X|^[VF], X")
_FRONT = grammar(r"(?:^|: )(?:[^A-Z,:]{0,40}[ (])?X[,) ]")


@dataclass(frozen=True, slots=True)
class Head:
    """The letterhead of a paper: mentions of its own number, agency and day, where they are."""

    number: int | None = None
    agency: int | None = None
    day: int | None = None


def read(scene: Scene) -> Head:
    """Find every issued_by and signed_on, and the posts of the signature block."""
    head = _letterhead(scene)
    for line in scene.lines:
        if "D" in line.code:
            _issuers(scene, line)
            for piece in line.split(";"):
                _days(scene, piece)
    _own_day(scene)
    _signatures(scene, head)
    return head


def is_agreement(scene: Scene, document: int) -> bool:
    """An understanding between parties, not an act of one authority."""
    return bool(AGREEMENT.search(scene.text(document)))


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
    above = [
        i
        for line in scene.lines[: at + 1]
        for i in line.who
        if i >= 0 and scene.kind(i) == facts.ORG and scene.found[i].start < place
    ]
    return above[-1] if above else None


def _day(scene: Scene, at: int) -> int | None:
    for line in scene.lines[at : at + 8]:
        for index in line.who:
            if index >= 0 and scene.kind(index) == facts.DATE and _is_moment(scene, index):
                return index
    return None


def _own_day(scene: Scene) -> None:
    """The day an agreement that is the text itself was signed: "Làm tại F ngày ...", or place and day at its foot."""
    title = next((line for line in scene.lines[:8] if line.code.startswith("D")), None)
    if title is None or not is_agreement(scene, title.at(0)):
        return
    for line in scene.lines[-30:]:
        found = _MADE_AT.search(line.code)
        if found and _is_moment(scene, line.at(found.end() - 1)):
            scene.add(facts.SIGNED_ON, title.at(0), line.at(found.end() - 1), line)
            return


def _is_moment(scene: Scene, index: int) -> bool:
    norm = scene.found[index].norm
    return isinstance(norm, str) and "/" not in norm and not scene.is_later(index)


def _issuers(scene: Scene, line: Line) -> None:
    for pattern in (_ISSUED_OF, _DONE_BY):
        for found in pattern.finditer(line.code):
            document = line.at(found.start())
            if not is_agreement(scene, document):
                scene.add(facts.ISSUED_BY, document, line.all(*found.span(), "O")[0], line)
    for found in _IN_PAPER.finditer(line.code):
        scene.add(facts.ISSUED_BY, line.at(found.end() - 1), line.at(found.start("org")), line)
    for found in _OF_ADDRESSEE.finditer(line.code):
        scene.add(facts.ISSUED_BY, line.at(found.start()), _addressee(scene), line)
    for found in _ISSUES.finditer(line.code):
        for document in line.all(*found.span(), "D"):
            if not is_agreement(scene, document):
                scene.add(facts.ISSUED_BY, document, line.at(found.start()), line)


def _addressee(scene: Scene) -> int | None:
    """To whom the letter is written, where it is one: "Kính gửi: O"."""
    for line in scene.lines[:_HEAD_LINES]:
        if line.code.startswith("kính gửi"):
            to = line.all(0, len(line.code), "O")
            return to[0] if len(to) == 1 else None
    return None


def _days(scene: Scene, line: Line) -> None:
    """The day of each document of a clause: right behind it, behind its signing, or in front of the clause."""
    code = line.code
    spots = [s for s in line.spots if code[s] == "D"]
    last: int | None = None
    for spot, until in zip(spots, [*spots[1:], len(code)], strict=False):
        document = line.at(spot)
        day = None
        if _SAME_DAY.match(code, spot):
            day = last
        elif (found := _ADJACENT.match(code, spot)) and _is_moment(scene, line.at(found.end() - 1)):
            day = line.at(found.end() - 1)
        elif is_agreement(scene, document):
            day = _signing_day(scene, line, spot, until)
        if day is not None:
            last = day
            scene.add(facts.SIGNED_ON, document, day, line)
            for again in _AGAIN.finditer(code, spot, until):
                if _is_moment(scene, line.at(again.end() - 1)):
                    scene.add(facts.SIGNED_ON, document, line.at(again.end() - 1), line)


def _signing_day(scene: Scene, line: Line, spot: int, until: int) -> int | None:
    code = line.code
    signed = [
        m for m in _SIGNED.finditer(code, 0, until) if not _NOT_YET.search(code, max(0, m.start() - 40), m.start())
    ]
    if not signed:
        return None
    for at in [s for s in line.spots if spot < s < until and code[s] == "X"]:
        index = line.at(at)
        if not _is_moment(scene, index):
            continue
        wrong = _NO_SIGNING_DAY.search(code, 0, at)
        before = code[max(spot, at - 60) : at]
        if (
            not wrong
            or ("ký" in before and wrong[0].strip() in ("từ", "trong"))
            or (wrong[0].strip() == "từ" and signed[0].start() < spot)
        ):
            return index
    front = _FRONT.search(code, 0, spot)
    if front and signed[-1].group() != "có":
        index = line.all(*front.span(), "X")[0]
        return index if _is_moment(scene, index) else None
    return None


_POSTS = grammar(r"^(?:[-+*•][^TP]{0,90}[;:.,)] ?|nơi nhận:? ?)?(?:[^A-Z]{0,40}[ .:])?T(?: O)?(?: T(?: O)?)*[ ,:.]*$")
_NAMES = grammar(r"^(?:[^A-Z]{0,50} )?(?:T )?P(?: (?:[^A-Z]{0,30} )?(?:T )?P)*[ .]*$")
_FOR = grammar(
    r"(?:^|[:;.)] ?)(?:(?:tm|t/m|thay mặt|đại diện(?: cho)?)[ .:/]+(?:[^A-Z]{0,20} )?[OVFC]|(?:kt|tl|tuq)\.? ?T O(?: T)?$)"
)
_PARTIES = grammar(
    r"^(?:(?:đại diện|thay mặt|cho|bên [ab])[^A-Z]{0,20} )*[OVF](?: (?:đại diện |thay mặt )?[OVF])*[.:]?$"
)
_OWN_UNIT = grammar(r"^(?:phó )?(?:chánh|trưởng) (?P<unit>văn phòng|thanh tra|ban|phòng)")


def _signatures(scene: Scene, head: Head) -> None:
    """A post on a line of its own with a name some lines below: the foot of a letter or of an agreement."""
    lines = scene.lines
    for at, line in enumerate(lines):
        if not _POSTS.match(line.code):
            continue
        posts = line.all(0, len(line.code), "T")
        names: list[int] = []
        below = line
        for below in lines[at + 1 : at + 1 + _BLOCK]:
            if _NAMES.match(below.code):
                names = below.all(0, len(below.code), "P")
                break
            if "T" in below.code or len(below.code) > 80:
                break
        if len(posts) > len(names) and "kt" in line.code:  # who signs for whom, on one line
            posts = posts[len(posts) - len(names) :]
        for post, name in zip(posts, names, strict=False):
            scene.add(facts.HOLDS_POST, name, post, below)
        if not names:
            continue
        places = _signed_for(scene, at, len(posts))
        for number, post in enumerate(posts):
            if people.RANK.search(scene.text(post)):
                continue
            unit = _OWN_UNIT.search(scene.text(post))
            own = people.last_org(scene, scene.found[post].start, unit["unit"]) if unit else None
            place = places[number] if number < len(places) else head.agency
            beside = re.search("T O", line.code) if len(posts) == 1 else None
            if beside:
                place = line.at(beside.end() - 1)
            scene.add(facts.POST_AT, post, place if own is None else own, below)


def _signed_for(scene: Scene, at: int, count: int) -> list[int]:
    """For whom is signed: named after "TM." or, in agreements, on the lines right above the posts."""
    for line in reversed(scene.lines[max(0, at - 4) : at + 1]):
        found = _FOR.search(line.code)
        if found:
            return line.all(found.start(), len(line.code), "OVFC")[:count]
    for line in reversed(scene.lines[max(0, at - 4) : at]):
        parties = line.all(0, len(line.code), "OVF")
        if len(parties) == count and _PARTIES.match(line.code):
            return parties
    return []
