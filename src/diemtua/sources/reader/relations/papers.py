"""Who issued a document, and on what day it was signed or issued: issued_by, signed_on."""

from __future__ import annotations

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene

_HEAD_LINES = 16

_AGREEMENT = grammar(
    r"^(?:(?:bản|biên bản|văn bản|thư|dự thảo) )*(?:thỏa thuận|ghi nhớ|biên bản|bản ghi nhớ|ý định|ý định thư|"
    r"hiệp định|nghị định thư|mou|loi|tuyên bố|quy chế|kết nghĩa|(?:chương trình|kế hoạch|văn bản|cam kết|hợp đồng|"
    r"giao ước)"
    r"(?: khung| chung)? (?:hợp tác|phối hợp|kết nghĩa|hành động chung|trao đổi|liên kết|hữu nghị))"
)
_NOTE = r"(?: \([^()]{0,60}\))?"
_BEHIND = grammar(  # "D ngày X của O"
    rf"D{_NOTE}(?:,? (?:(?:ký |ban hành )?X|cùng ngày))?(?:,? (?:về|v/v|quy định|phê duyệt|sửa đổi)[^A-Z;.]{{0,90}})?"
    r",? (?:của|do) (?:T |chủ tịch |bộ trưởng |giám đốc )?O(?! và V)"
)
_DONE_BY = grammar(r"D(?: X)? (?:được|do) O (?:ban hành|phê duyệt|thông qua|ký|cấp)")
_ISSUES = grammar(  # "O vừa ban hành D ..., D và D"
    r"O(?: \([^()]{0,30}\))?,? (?:(?:đã|vừa|vừa qua|mới|cũng|tiếp tục|chính thức|kịp thời|sẽ|có) )*"
    r"(?:ban hành|ký ban hành|ký|ra|thông qua|phê duyệt|công bố|có) (?:[^A-Z;.]{0,40} )?D(?:[^;P]{0,200}?(?:,|và) D)*"
)
_ASKED_IN = grammar(  # "đề nghị của O tại D"
    r"(?:đề nghị|đề xuất|kiến nghị|báo cáo|tờ trình|công văn|văn bản|ý kiến|chỉ đạo|kết luận) của (?P<body>O)"
    r"(?: \([^()]*\))? (?:tại|nêu tại|theo|trong|ở) D"
)
_YOURS = grammar(r"D(?:,? X)? của quý \w+")  # "Công văn số ... của Quý Ủy ban"

_SIGNS = r"(?:ký|ký kết|ký ban hành|ban hành|cấp|phê duyệt|thông qua|công bố|lập)(?: (?:lại|mới|lần đầu|chính thức))?"
_RIGHT_BEHIND = grammar(
    rf"D{_NOTE}(?:,? của O)?,? (?:\(|(?:(?:được|đã|vừa|có|do [OV]|hai bên|các bên) )*{_SIGNS},? )?"
    r"(?:vào |từ |hôm |trong |tại [VF],? )*X|"
    r"D[^A-Z;.]{0,90} \((?:ký )?(?:ngày |vào )?X|D (?:trao đổi|ký|lập)(?: tại [VF])? X"
)
_SAME_DAY = grammar(rf"D{_NOTE},? (?:ký |ban hành )?(?:cùng ngày|cùng thời điểm)")
_SIGNED = grammar(rf"{any_of('ký|ký kết|tái ký|đặt bút|gia hạn|trao|trao đổi|thông qua|lập|có')}(?! hiệu lực)")
_AGAIN = grammar(r"(?<!\w)(?:ký lại|tái ký|ký gia hạn|gia hạn)(?: lần \w+)?(?: vào| hôm)? X")
_NOT_YET = grammar(
    any_of(
        "sẽ|sắp(?! xếp)|dự kiến|dự định|phấn đấu|đề xuất|đề nghị|kế hoạch|hướng tới|tiến tới|mong muốn|kỳ vọng|"
        "chuẩn bị|xúc tiến|hạn chót|chưa|không"
    )
)
# What stands before a day on which nothing was signed.
_OTHER_DAY = grammar(
    r"(?P<words>(?:triển khai |thực hiện |hết thời hạn |hiệu lực(?: kể)? )?từ|kể từ|trong|đến|tới|trước|sau|hết|sang|"
    r"dự kiến(?: sang)?|so với|giai đoạn|thời hạn|hiệu lực|hết hạn|(?:hiệu lực|hạn) cuối|(?:văn bản|bản cũ) ký)(?: hết|"
    r" ngày)? ?$"
)
_IN_FRONT = grammar(r"(?:^|: )(?:[^A-Z,:]{0,40}[ (])?X[,) ]")


def read(scene: Scene) -> None:
    """Find every issued_by and signed_on of running text."""
    for line in scene.lines:
        if "D" in line.code:
            _issuers(scene, line)
            for piece in line.split(";"):
                _days(scene, piece)


def is_agreement(scene: Scene, document: int) -> bool:
    """An understanding between parties, not an act of one authority."""
    return bool(_AGREEMENT.search(scene.text(document)))


def is_moment(scene: Scene, date: int) -> bool:
    """A day, month or year up to the day of the text, no interval."""
    norm = scene.found[date].norm
    return isinstance(norm, str) and "/" not in norm and not scene.is_later(date)


def _issuers(scene: Scene, line: Line) -> None:
    code = line.code
    for pattern in (_BEHIND, _DONE_BY):
        for found in pattern.finditer(code):
            _issued(scene, line.at(found.start()), line.all(*found.span(), "O")[0], line)
    for found in _ISSUES.finditer(code):
        for document in line.all(*found.span(), "D"):
            _issued(scene, document, line.at(found.start()), line)
    for found in _ASKED_IN.finditer(code):
        _issued(scene, line.at(found.end() - 1), line.at(found.start("body")), line)
    for found in _YOURS.finditer(code):
        _issued(scene, line.at(found.start()), _addressee(scene), line)


def _issued(scene: Scene, document: int, body: int | None, line: Line) -> None:
    if not is_agreement(scene, document):
        scene.add(facts.ISSUED_BY, document, body, line)


def _addressee(scene: Scene) -> int | None:
    """To whom the letter is written, where it is one: "Kính gửi: O"."""
    line = next((line for line in scene.lines[:_HEAD_LINES] if line.code.startswith("kính gửi")), None)
    bodies = line.all(0, len(line.code), "O") if line else []
    return bodies[0] if len(bodies) == 1 else None


def _days(scene: Scene, line: Line) -> None:
    """The day of each document of a clause: right behind it, behind its signing, or in front of the clause."""
    code = line.code
    spots = [s for s in line.spots if code[s] == "D"]
    last: int | None = None
    for spot, until in zip(spots, [*spots[1:], len(code)], strict=False):
        document = line.at(spot)
        behind = _RIGHT_BEHIND.match(code, spot)
        day: int | None = None
        if _SAME_DAY.match(code, spot):
            day = last
        elif behind and is_moment(scene, line.at(behind.end() - 1)):
            day = line.at(behind.end() - 1)
        elif is_agreement(scene, document):
            day = _signing_day(scene, line, spot, until)
        if day is None:
            continue
        last = day
        scene.add(facts.SIGNED_ON, document, day, line)
        for again in _AGAIN.finditer(code, spot, until):
            if is_moment(scene, line.at(again.end() - 1)):
                scene.add(facts.SIGNED_ON, document, line.at(again.end() - 1), line)


def _signing_day(scene: Scene, line: Line, spot: int, until: int) -> int | None:
    """The day on which the agreement at `spot` was signed, in its clause up to the next document."""
    code = line.code
    signed = [
        m for m in _SIGNED.finditer(code, 0, until) if not _NOT_YET.search(code, max(0, m.start() - 40), m.start())
    ]
    if not signed:
        return None
    for at in (s for s in line.spots if spot < s < until and code[s] == "X"):
        other = _OTHER_DAY.search(code, 0, at)
        since = other is not None and other["words"] in ("từ", "trong") and "ký" in code[max(spot, at - 60) : at]
        # "đã ký D với F từ năm 2018"
        since = since or (other is not None and other["words"] == "từ" and signed[0].start() < spot)
        if is_moment(scene, line.at(at)) and (other is None or since):
            return line.at(at)
    front = _IN_FRONT.search(code, 0, spot)
    if front and signed[-1][0] != "có":
        day = line.all(*front.span(), "X")[0]
        return day if is_moment(scene, day) else None
    return None
