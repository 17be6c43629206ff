"""What a clause says of a partnership, by its words alone: where clauses end, which word states, and the status."""

from __future__ import annotations

from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.relations import cues
from diemtua.sources.reader.relations.line import Line

_BEFORE_END = 45  # characters before words of an end in which they may be taken back ("còn vài tuần nữa là đáo hạn")

_TURN = any_of(
    "nhưng|tuy nhiên|tuy vậy|trong khi đó|trong khi|ngược lại|đồng thời|ngoài ra|bên cạnh đó|cùng với đó|do đó|vì vậy|"
    "vì thế|hiện nay|hiện tại|đến nay|tới nay|sau đó|trước mắt|thời gian tới|trong thời gian tới"
)
_DOES = any_of("đã|đang|sẽ|chưa|vừa|cũng|không|ký|muốn|mong|đề nghị|đề xuất|tiếp tục")
_VERB = any_of(
    "đang|sẽ|chưa|đã|đã ký|không|dự kiến|dự định|phấn đấu|đề xuất|đề nghị|mong muốn|tiến tới|hướng tới|nghiên cứu|"
    "xúc tiến|ký|duy trì|triển khai|thực hiện|nhất trí|thống nhất|bàn|đàm phán|trao đổi|gia hạn|hết hạn|hết hiệu lực|"
    "có hiệu lực|giao|cho phép|giao lưu|kết nghĩa|ba năm|sau"
)
_AND_VERB = any_of(
    "đang|sẽ|đã|chưa|không|dự kiến|đề xuất|đề nghị|mong muốn|bày tỏ|phấn đấu|thống nhất|nhất trí|tiếp tục|ký|hiện|H|B"
)
# Where a clause may end: at a turn of the argument, a new subject, a new verb, a new agreement.
_BREAK = grammar(
    rf";|(?:^|,| |: ){_TURN}(?=[ ,])|(?:^|,|:|;) (?:song|còn|riêng|hiện|nay)(?=[ ,])|"
    rf",(?= [BHVFOY](?: |,)[^,;]{{0,30}}{_DOES})|,(?= {_VERB})| và(?= {_AND_VERB})|"
    r",(?= (?:thúc đẩy|tăng cường|đẩy mạnh|mở rộng|phát triển) (?:quan hệ|hợp tác)[^,;]{0,40} (?:với|giữa|cùng) )|"
    r"(?:,| và)(?= D[^,;]{0,60} (?:với|giữa)(?!\w))|,(?= thay(?: thế| cho)? D(?!\w))"
)


def clauses(line: Line) -> list[Line]:
    """The line in clauses, each but the last with a word that can state a partnership."""
    pieces: list[Line] = []
    start = depth = at = 0
    for found in _BREAK.finditer(line.code):
        depth += line.code.count("(", at, found.start()) - line.code.count(")", at, found.start())
        at = found.start()
        if at > start and depth <= 0 and (found[0] == ";" or _states(line.code[start:at])):
            pieces.append(line.part(start, at))
            start = at
    pieces.append(line.part(start, len(line.code)))
    return pieces


def _states(code: str) -> bool:
    patterns = (cues.SIGN, cues.TOGETHER, cues.DENIED, cues.OVER, cues.BARELY)
    return "D" in code or any(pattern.search(code) for pattern in patterns)


def governor(code: str, paper: bool, about: bool) -> int | None:
    """Where the word stands that states something: signing, a paper, working together; denial, end or renewal of one.

    `paper`: whether the clause names an agreement; `about`: whether it is clear what would end or be renewed.
    """
    sign = cues.SIGN.search(code)
    if sign:
        return sign.start()
    together = cues.TOGETHER.search(code)
    at = _paper_at(code, paper)
    if at is not None:
        return min(at, together.start() if together else at)
    stating = together or cues.DENIED.search(code)
    if stating:
        return stating.start()
    if not about and "B" not in code:
        barely = cues.BARELY.search(code)
        return barely.start() if barely and "F" in code else None
    found = (pattern.search(code) for pattern in (cues.OVER, cues.RENEW, cues.BARELY, cues.NOBODY))
    return min((one.start() for one in found if one), default=None)


def _paper_at(code: str, paper: bool) -> int | None:
    """Where the agreement stands, named or not."""
    if paper:
        return code.index("D")
    unnamed = cues.PAPER.search(code)
    return unnamed.start() if unnamed else None


def status(code: str, paper: bool) -> str | None:
    """What the clause says of the partnership: one of `facts.STATES`, or None. `paper`: it names an agreement."""
    over = cues.OVER.search(code)
    nobody = cues.NOBODY.search(code)
    if nobody and not over:
        return None if nobody["again"] else "negated"
    if cues.DENIED.search(code):
        return "negated"
    barely = cues.BARELY.search(code)
    if barely:
        return "planned" if cues.WISH.search(code) else None
    if over and not cues.NOT_OVER.search(code, max(0, over.start() - _BEFORE_END), over.start()):
        return "ended"
    if cues.LATE.search(code):
        return "planned"
    if cues.SIGNED_ALREADY.search(code):
        return "signed"
    return _status_of_act(code, paper)


def _status_of_act(code: str, paper: bool) -> str | None:
    """The status by signing, paper or cooperation, whichever is named, and a plan before it."""
    plan = cues.PLAN.search(code)
    sign = cues.SIGN.search(code)
    if sign:
        return "planned" if plan and plan.start() <= sign.start() else "signed"
    at = _paper_at(code, paper)
    if at is not None:
        return "planned" if plan and plan.start() < at and not cues.AT_WORK.search(code, 0, at) else "signed"
    if plan and cues.RENEW.search(code):
        return "planned"
    together = cues.TOGETHER.search(code)
    if together:
        return "planned" if plan and plan.start() < together.start() else "ongoing"
    return None


def heading(code: str) -> str | None:
    """What a heading says of the points under it: "Nhóm dừng thực hiện", "Đang đàm phán"."""
    if cues.OVER.search(code):
        return "ended"
    if cues.PLAN.search(code):
        return "planned"
    return "signed" if cues.IN_FORCE.search(code) or cues.SIGNED_ALREADY.search(code) else None
