"""Dates: days, months, quarters and years, lists that share a month or a year, intervals.

A date expression is read as a chain of parts: "ngày 14 và 15/8" is two parts joined by "và", "từ năm 2021 đến 2025"
two joined by "đến". A part may leave out what the others say; what nobody says comes from the day of publication.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from diemtua.sources.reader import facts
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View

DAY, MONTH, QUARTER, YEAR, MONTHS, PERIOD = "day", "month", "quarter", "year", "months", "period"

# Blanks between words, with at most one line break.
_S = r"(?> {0,60}\n? {0,60})"
_BLANKS = re.compile(_S)
_YEAR = r"(?:1[5-9]|20|21)\d\d(?!\d)"
# A number ends here: not "12/9/x", "12-CT", "12.5", "12%".
_END = r"(?!\w|/ ?\w|-[^\W\d]|[.,:]\d|%)"
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_HEADS = {
    **{"ngày": DAY, "mồng": DAY, "mùng": DAY, "tháng": MONTH, "quý": QUARTER, "năm": YEAR},
    **{"giai đoạn": PERIOD, "thời kỳ": PERIOD, "thời kì": PERIOD, "nhiệm kỳ": PERIOD, "nhiệm kì": PERIOD},
}
_FEW = {
    **{"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10},
    **{"mười một": 11, "mười hai": 12},
}
_HEAD = re.compile(rf"(?<!\w)(?P<head>{'|'.join(_HEADS)})(?!\w)")
_ANCHOR = re.compile(
    rf"(?<!\w)(?:(?P<head>{'|'.join(_HEADS)})(?!\w)|(?P<few>{'|'.join(sorted(_FEW, key=len, reverse=True))}) tháng(?!\w)"
    r"|(?:(?<![\w.,/:-])|(?<=[ ._…]/))(?=\d)|q(?=[1-4][/-]))"
)

# --- bodies: what stands after the head, or alone -------------------------------------------------
_AND_YEAR = rf"(?: ?[/.-] ?(?P<year>{_YEAR})|{_S},?{_S}năm{_S}(?P<year2>{_YEAR}))"
_BODIES = {
    "iso": re.compile(rf"(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d){_END}"),
    "written": re.compile(rf"(?P<day>\d{{1,2}}){_S}tháng{_S}(?P<month>\d{{1,2}})(?!\d)(?:{_AND_YEAR})?{_END}"),
    "full": re.compile(rf"(?P<day>\d{{1,2}}) ?[/.-] ?(?P<month>\d{{1,2}}) ?[/.-] ?(?P<year>{_YEAR}){_END}"),
    "short": re.compile(rf"(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})/(?P<year>\d\d){_END}"),
    "slash": re.compile(rf"(?P<day>\d{{1,2}}) ?/ ?(?P<month>\d{{1,2}}){_END}"),
    "dash": re.compile(rf"(?P<day>\d{{1,2}}) ?- ?(?P<month>\d{{1,2}})(?!-){_END}"),
    "dot": re.compile(rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})(?!\.\d){_END}"),
    "only day": re.compile(r"(?P<day>\d{1,2})(?!\w|[/.,:]\d|%)"),
    "month": re.compile(rf"(?P<month>\d{{1,2}})(?!\d)(?:{_AND_YEAR})?{_END}"),
    "month of year": re.compile(rf"(?P<month>\d{{1,2}})(?: ?/ ?|-)(?P<year>{_YEAR}){_END}"),
    "quarter": re.compile(rf"(?P<quarter>iv|i{{1,3}}|[1-4])(?![^\W\d_]|\d)(?:{_AND_YEAR})?{_END}"),
    "year": re.compile(rf"(?P<year>{_YEAR}){_END}"),
    "end year": re.compile(r"(?P<year>\d\d)(?!\w|[/.,:]\d|%)"),
    "months": re.compile(
        rf"(?:(?P<count>\d{{1,2}}){_S})?tháng(?:{_S}(?P<part>đầu|cuối))?"
        rf"(?:(?:{_S}của)?{_S}năm(?:{_S}(?P<year>{_YEAR})|{_S}(?P<when>nay|ngoái|trước|sau|tới)(?!\w))?|(?: ?/ ?|{_S})(?P<year2>{_YEAR})){_END}"
    ),
}
_BODIES["months so far"] = re.compile(rf"(?:(?P<count>\d|1[0-2]){_S})?tháng(?=,)")
_DAY_ENDS = re.compile(r"\s*(?:$|[.,;)\n-]|(?:và|đến|tới|này|vừa|tháng)(?!\w))")
_SLASH = re.compile(r" ?/ ?\d")
_DAY_BODIES = ("iso", "full", "written", "short", "slash", "dash")

# --- what joins the parts -------------------------------------------------------------------------
_TO = re.compile(
    rf"{_S}(?:(?P<sign>[-~])|(?:cho )?(?:đến|tới)(?: hết| cuối| đầu| giữa)?){_S}(?:(?:sáng|trưa|chiều|tối) )?(?=[\w])"
)
_AND = re.compile(rf"{_S}(?P<sign>,)?{_S}(?P<word>(?:và|hoặc)(?!\w))?{_S}(?=\w)")
_FROM = re.compile(r"(?<!\w)từ(?: (?:sáng|trưa|chiều|tối|hết|đầu|giữa|cuối|sau))? ?$")
_PLURAL = re.compile(r"(?<!\w)(?:các|những|hai|ba|bốn|\d) ?$")
_SO_FAR = re.compile(r"(?<!\w)(?:riêng|lũy kế|tính chung|chung|cộng dồn|ước) ?$")
_YEAR_WORD = re.compile(rf"{_S}năm (nay|ngoái|trước|sau|tới)(?!\w)")
_YEAR_SHIFT = {"nay": 0, "ngoái": -1, "trước": -1, "sau": 1, "tới": 1}
_LUNAR = re.compile(rf"{_S}(?:\({_S})?(?:âm lịch|al(?!\w))")
_FROM_YEAR = re.compile(rf"(?:từ{_S})?(?:(?:5|10|năm|mười){_S}năm{_S})?(?:năm{_S})?")
_LONGEST_CHAIN = 12

# --- a number without a head ----------------------------------------------------------------------
_TIME_BEFORE = re.compile(
    r"(?<!\w)(?:sáng|trưa|chiều|tối|đêm|hôm|khuya|từ|đến|tới|trước|sau|hết|vào|qua|nay|lúc|giờ|dịp|phút|ngày|cuối|đầu|giữa"
    r"|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|\d{1,2}h\d{0,2}),? ?\(?$"
)
_COUNT_BEFORE = re.compile(
    r"(?<!\w)(?:số|đường|phố|lộ|lệ|chiếm|đạt|khoảng|hơn|gần|bằng|có|được|trên|dưới|km|tổ|đội|đoàn|nhà|lô|trường|viện|máy"
    r"|phường|công ty|xí nghiệp|cầu|ngõ|ngách|hẻm|kiệt|khối|lớp|điều|mục|khoản|nhóm|cỡ|đảo|chợ|tàu|xe|biển|thuốc)"
    r"(?: số)?:? ?$"
)
_COUNT_AFTER = re.compile(
    r" (?:số|dân|diện|tổng|giá|đại biểu|phiếu|tỉnh|huyện|xã|phường|quận|thôn|thành|người|hộ|tiêu chí|chỉ tiêu|dự án|sở|đơn vị"
    r"|ha|m2|km|doanh nghiệp|vụ|cơ quan|nội dung|nhiệm vụ|khu|cụm|hồ sơ|mục|nhóm|điểm|trường|ngành|thủ tục|công trình|gói|bộ"
    r"|loại|lần|hạng|chuyến|tấn|sản phẩm|giải|tổ|chi bộ|hội|nước|quốc gia|cuộc|văn bản|cán bộ|tàu|cây|con|chiếc|vòng)(?!\w)"
)
_YEAR_BEFORE = re.compile(
    r"(?<!\w)(?:từ|đến|tới|trước|sau|đầu|cuối|giữa|trong|hết|vào|qua|hồi|so với|nhìn|của|cho|khóa|vụ|học) ?$"
)
_YEAR_AFTER = re.compile(
    r"$|\s*(?:[.,;:)\n\"]|-|(?:là|và|đến|tới|của|với|đã|sẽ|được|có|tại|do|thì|cho|khi|để|nhằm|theo|trở|về|ở|tỉnh|đạt|tăng|giảm)(?!\w))"
)
_BRACKETED = re.compile(r"\( ?$")


@dataclass(frozen=True, slots=True)
class _Part:
    """One date of a chain, with what its own words say."""

    start: int
    end: int
    kind: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    first: int = 1  # of several months, the first; `month` is the last
    interval: str = ""  # how it hangs on the part before: "" for a list

    @property
    def is_complete(self) -> bool:
        """Whether it says more than a bare number."""
        return self.kind == YEAR or self.month is not None or self.quarter is not None


def find(view: View, published: datetime.date | None = None) -> list[Found]:
    """DATE in reading order, with ISO forms: 2025-08-14, 2025-08, 2025-Q3, 2025, and a/b for intervals."""
    low = view.low
    found: list[Found] = []
    at = 0
    while anchor := _ANCHOR.search(low, at):
        start = anchor.start()
        at = max(anchor.end(), start + 1)
        first = _first(low, anchor)
        if first is None:
            if not anchor["head"] and not anchor["few"]:
                while at < len(low) and low[at].isdigit():
                    at += 1
            continue
        chain = _chain(low, first, plural=bool(_PLURAL.search(low, max(0, start - 8), start)))
        if not chain:
            continue
        at = chain[-1].end
        found += _dates(low, chain, published)
    return found


# --- reading parts --------------------------------------------------------------------------------
def _first(low: str, anchor: re.Match[str]) -> _Part | None:
    """The part that begins at an anchor: a head word, a number of months in words, or a digit."""
    start = anchor.start()
    if anchor["few"]:
        return _months(low, start, anchor.end("few"), _FEW[anchor["few"]])
    if anchor["head"]:
        part = _after_head(low, start, anchor["head"], anchor.end())
        if part is not None and part.kind == MONTH and low.endswith("cách mạng ", 0, start):
            return None
        return part
    return _headless(low, start)


def _after_head(low: str, start: int, head: str, end: int) -> _Part | None:
    """The part whose head word stands at `start` and ends at `end`."""
    kind = _HEADS[head]
    at = _skip(low, end)
    if kind == PERIOD:
        return _period(low, start, at)
    if kind != DAY:
        return _body(low, at, kind, start)
    for name in (*_DAY_BODIES, "dot", "only day"):
        part = _body(low, at, name, start)
        if part is None:
            continue
        if name == "dash" and (_SLASH.match(low, part.end) or low.startswith(" tháng", part.end)):
            continue  # "5-7/3", "5-7 tháng 3" are three days
        if name == "only day" and not _may_be_day(low, start, part.end):
            return None
        return part
    return None


def _may_be_day(low: str, start: int, end: int) -> bool:
    """Whether "ngày 14" without a month is a date and not a count ("mỗi ngày 14 chuyến")."""
    if low[max(0, start - 4) : start].strip() in ("mỗi", "một"):
        return False
    return bool(_DAY_ENDS.match(low, end))


def _headless(low: str, start: int) -> _Part | None:
    """The part that begins with a digit and has no head word; what stands around decides."""
    before = low[max(0, start - 16) : start]
    if low[start] == "q":
        return _body(low, start + 1, QUARTER, start)
    for name in ("iso", "full", "short"):
        if part := _body(low, start, name, start):
            return part
    timely = bool(_TIME_BEFORE.search(before))
    counted = not timely and bool(_COUNT_BEFORE.search(before))
    if part := _months(low, start, start, 0):
        return part
    if counted:
        return None
    if (part := _body(low, start, "written", start)) and (part.year or timely):
        return part
    if part := _body(low, start, "month of year", start):
        return part
    if (part := _body(low, start, "slash", start)) and (timely or not _COUNT_AFTER.match(low, part.end)):
        return None if (part.day, part.month) == (24, 7) and not timely else part  # "24/7": all day
    if timely and (part := _body(low, start, "dash", start)) and not _SLASH.match(low, part.end):
        return part
    if part := _body(low, start, YEAR, start):
        span = _TO.match(low, part.end)
        if span and span["sign"] and _body(low, span.end(), YEAR, start):
            return part
        bracketed = _BRACKETED.search(before) and low.startswith(")", part.end)
        if bracketed or (_YEAR_BEFORE.search(before) and _YEAR_AFTER.match(low, part.end)):
            return part
        return None
    # "từ 15 đến 20/8", "25-27/3": a bare day that only what follows makes a date
    part = _body(low, start, "only day", start)
    if part and (to := _TO.match(low, part.end)) and (to["sign"] or timely):
        rest = next(filter(None, (_body(low, to.end(), name, start) for name in ("full", "written", "slash"))), None)
        if rest and rest.day and part.day and (rest.day > part.day or timely):
            return part
    return None


def _body(low: str, at: int, name: str, start: int) -> _Part | None:
    """The part that a body pattern reads at `at`, if its numbers are those of a date."""
    match = _BODIES[name].match(low, at)
    if match is None:
        return None
    said = match.groupdict()
    year = said.get("year") or said.get("year2")
    number = {key: int(said[key]) for key in ("day", "month") if said.get(key)}
    quarter = _QUARTERS[said["quarter"]] if said.get("quarter") else None
    years = None if year is None else int(year)
    if name == "short" and years is not None:
        years += 2000
    day, month = number.get("day"), number.get("month")
    kind = {MONTH: MONTH, "month of year": MONTH, QUARTER: QUARTER, YEAR: YEAR, "end year": YEAR}.get(name, DAY)
    if (month is not None and not 1 <= month <= 12) or (day is not None and not _is_day(day, month, years)):
        return None
    return _Part(start, match.end(), kind, years, month, day, quarter)


def _is_day(day: int, month: int | None, year: int | None) -> bool:
    try:
        datetime.date(year or 2024, month or 1, day)
    except ValueError:
        return False
    return True


def _months(low: str, start: int, at: int, count: int) -> _Part | None:
    """ "9 tháng đầu năm", "10 tháng năm 2025"; `count` where the number was in words."""
    at = _skip(low, at)
    match = _BODIES["months"].match(low, at)
    if match is None and _SO_FAR.search(low, max(0, start - 12), start):
        match = _BODIES["months so far"].match(low, at)  # "riêng 10 tháng, xuất khẩu đạt ..."
        if match and bool(match["count"]) != bool(count):
            return _Part(start, match.end(), MONTHS, None, count or int(match["count"]))
        return None
    if match is None or bool(match["count"]) == bool(count) or not (match["part"] or match["year"] or match["year2"]):
        return None
    number = count or int(match["count"])
    if not 1 <= number <= 12:
        return None
    year = match["year"] or match["year2"]
    first, last = (13 - number, 12) if match["part"] == "cuối" else (1, number)
    return _Part(
        start, match.end(), MONTHS, int(year) if year else None, last, first=first, interval=match["when"] or ""
    )


def _period(low: str, start: int, at: int) -> _Part | None:
    """ "giai đoạn 2021 - 2025", "giai đoạn từ năm 2021 đến năm 2025": the first year, with the head word."""
    lead = _FROM_YEAR.match(low, at)
    part = _body(low, lead.end() if lead else at, YEAR, start)
    if part and (to := _TO.match(low, part.end)):
        head = _HEAD.match(low, to.end())
        next_at = _skip(low, head.end()) if head and head["head"] == "năm" else to.end()
        end = _body(low, next_at, YEAR, start) or _body(low, next_at, "end year", start)
        if end and part.year and end.year and (end.year > part.year or part.year % 100 < end.year < 100):
            return part
    return None


def _skip(low: str, at: int) -> int:
    """Behind the blanks at `at`, which may hold one line break."""
    match = _BLANKS.match(low, at)
    return match.end() if match else at


# --- chains ---------------------------------------------------------------------------------------
def _chain(low: str, first: _Part, *, plural: bool) -> list[_Part]:
    """`first` and the parts that go on from it, without what turns out to be no date."""
    chain = [first]
    while len(chain) < _LONGEST_CHAIN and chain[-1].kind != MONTHS:
        last = chain[-1]
        part = None
        if (to := _TO.match(low, last.end)) and not last.interval:
            part = _next(low, to.end(), last, "-" if to["sign"] else "đến")
            if part and not _is_interval(low, chain, part):
                part = None
        if part is None and (link := _AND.match(low, last.end)) and (link["word"] or link["sign"]):
            part = _next(low, link.end(), last, "")
            if part and not link["word"] and last.kind == DAY and last.month and _HEAD.match(low, part.start):
                part = None  # "Ngày 14/8, ngày 3/2/2024" are two dates that say nothing of one another
        if part is None:
            break
        chain.append(part)
    # Bare numbers at the end are counts of something, unless "các tháng 3, 4 và 5" says otherwise.
    while len(chain) > 1 and not plural and _is_bare(low, chain[-1]):
        chain.pop()
    if len(chain) == 1 and chain[0].kind == DAY and chain[0].month is None and low[chain[0].start].isdigit():
        return []
    return chain


def _is_bare(low: str, part: _Part) -> bool:
    """Whether a part is a number and nothing else: no head, no month or year."""
    return low[part.start : part.end].isalnum() and part.kind != YEAR


def _next(low: str, at: int, last: _Part, interval: str) -> _Part | None:
    """The part at `at` that continues `last`: with a head of its own, or a body of the same kind."""
    head = _HEAD.match(low, at)
    part = None
    if head and head["head"] != "giai đoạn":
        part = _after_head(low, at, head["head"], head.end())
    elif last.kind == DAY:
        names = (*_DAY_BODIES, "only day")
        part = next(filter(None, (_body(low, at, name, at) for name in names)), None)
        if part and not interval and _COUNT_AFTER.match(low, part.end):
            part = None
    elif last.kind == YEAR:
        part = _body(low, at, YEAR, at)
        if part is None and interval == "-" and last.year:
            part = _body(low, at, "end year", at)
            short = part.year if part else None
            part = replace(part, year=last.year // 100 * 100 + short) if part and short else None
        elif part and not interval and not (_YEAR_AFTER.match(low, part.end) or _TO.match(low, part.end)):
            part = None
    else:
        part = _body(low, at, last.kind, at)
    if part is None or (not interval and part.kind != last.kind):
        return None
    return replace(part, interval=interval)


def _is_interval(low: str, chain: list[_Part], part: _Part) -> bool:
    """Whether `part` ends an interval that the last of the chain begins."""
    last = chain[-1]
    said_from = bool(_FROM.search(low, max(0, last.start - 12), last.start))
    if part.kind != last.kind:
        return part.interval == "đến" and said_from
    if part.kind == YEAR:
        return bool(last.year and part.year and last.year < part.year <= last.year + 120)
    if last.year and part.year and (last.year, last.month or 0) > (part.year, part.month or 0):
        return False
    # "10/9 - 5" and the like are no intervals, "ngày 25 đến 27" needs a month somewhere
    return part.is_complete or last.is_complete


# --- normal forms ---------------------------------------------------------------------------------
def _dates(low: str, chain: list[_Part], published: datetime.date | None) -> Iterator[Found]:
    """The dates of a chain: two parts of an interval are one."""
    filled, end = _filled(low, chain, published)
    lunar = bool(_LUNAR.match(low, chain[-1].end))
    at = 0
    while at < len(filled):
        part = filled[at]
        norm = _iso(part)
        last = part
        if at + 1 < len(filled) and filled[at + 1].interval and filled[at + 1].kind != MONTHS:
            at += 1
            last = filled[at]
            until = _iso(last)
            norm = f"{norm}/{until}" if norm and until else None
        at += 1
        stop = end if at == len(filled) else last.end
        norm = None if lunar else norm
        yield Found(facts.DATE, part.start, stop, norm, norm or low[part.start : stop])


def _filled(low: str, chain: list[_Part], published: datetime.date | None) -> tuple[list[_Part], int]:
    """The parts with month and year from one another, from "năm ngoái", or from the day of publication.

    Also the end of the last, which takes in "năm ngoái".
    """
    end = chain[-1].end
    when = chain[-1].interval if chain[-1].kind == MONTHS else ""
    if chain[-1].year is None and chain[-1].kind in (DAY, MONTH, QUARTER) and (word := _YEAR_WORD.match(low, end)):
        when, end = word[1], word.end()
    default = published.year + _YEAR_SHIFT.get(when, 0) if published else None
    known = next((p.year for p in reversed(chain) if p.year is not None), default)
    parts: list[_Part] = []
    after: _Part | None = None
    for part in reversed(chain):
        month = part.month
        if part.kind == DAY and month is None:
            month = after.month if after and after.month else next((p.month for p in reversed(chain) if p.month), None)
            if month is None and published:
                month = published.month
        year = part.year
        if year is None:
            year = after.year if after and after.year else known
            if year and after and after.interval and month and after.month and month > after.month:
                year -= 1  # "từ ngày 28/12 đến 3/1/2026"
        after = replace(part, month=month, year=year)
        parts.insert(0, after)
    return parts, end


def _iso(part: _Part) -> str | None:
    if part.year is None:
        return None
    if part.kind == YEAR:
        return f"{part.year:04d}"
    if part.kind == QUARTER:
        return f"{part.year:04d}-Q{part.quarter}"
    if part.month is None:
        return None
    month = f"{part.year:04d}-{part.month:02d}"
    if part.kind == MONTHS:
        return f"{part.year:04d}-{part.first:02d}/{month}"
    return month if part.day is None else f"{month}-{part.day:02d}"
