"""Lines by which a page of news can be told apart: dates, view counts, bylines, captions, boxes of links.

Pure functions over one line of text each; a line longer than any such line is looked at no further.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from diemtua.kit.text import fold, nfc

from ..cleaning import without_invisible
from .model import VIETNAM_TIME

MAX_LINE = 200  # letters; a longer line is prose

_WEEKDAY = re.compile(
    r"\b(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s?nhật|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?-i:T[2-7]|CN))\b",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?<![\d/.\-])(?:(?P<d>\d{1,2})\s?(?P<sign>[/.\-])\s?(?P<m>\d{1,2})\s?(?P=sign)\s?(?P<y>\d{4})"
    r"|(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2})"
    r"|(?P<wd>\d{1,2})\stháng\s(?P<wm>\d{1,2})(?:\snăm\s|,\s?)(?P<wy>\d{4}))(?!\d)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\d/.\-:])(?P<h>[01]?\d|2[0-3])\s?(?:[:h]|giờ)\s?(?P<m>[0-5]\d)(?:[:'’]\s?(?P<s>[0-5]\d)?)?"
    r"(?:\s?phút)?(?:\s?(?P<half>[ap]m|sa|ch)\b)?(?![\d:])",
    re.IGNORECASE,
)
_ZONE = re.compile(r"[\[(]?\s?\b(?:GMT|UTC)\s?(?:\+\s?0?7(?::?00)?)?\s?[\])]?", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(?:ngày\s(?:đăng|xuất bản|phát hành|cập nhật)|đăng\s(?:ngày|lúc|tải)|thời gian đăng|đưa tin lúc"
    r"|xuất bản(?:\s(?:ngày|lúc))?|cập nhật(?:\s(?:ngày|lúc|lần cuối))?|posted(?:\son)?|published(?:\son)?"
    r"|(?:last\s)?updated(?:\son)?)\b",
    re.IGNORECASE,
)
_SMALL_WORDS = re.compile(r"\b(?:ngày|lúc|vào|hôm nay|at|on)\b", re.IGNORECASE)
_SEPARATORS = " \t|,;:.-–—•·/()[]*»>'’"


@dataclass(frozen=True)
class DateLine:
    """A line that is there to say a date."""

    day: datetime.date
    at: datetime.datetime | None  # with the zone GMT+7
    labelled: bool  # it says that it is the day of publication
    rest: str  # what else stands on the line: often the author
    views: int | None


def date_line(line: str) -> DateLine | None:
    """Read "Thứ 3, 18/07/2023 | 08:43:03", "Cập nhật lúc 08:43, ngày 18/07/2023 (GMT+7)" and the like."""
    line = line.strip()
    if len(line) > MAX_LINE or not (found := _DAY.search(line)):
        return None
    day = _day(found)
    if day is None:
        return None
    rest = line[: found.start()] + " | " + line[found.end() :]
    count = views(rest)
    rest = _VIEWS.sub(" | ", rest)
    rest = _ZONE.sub(" ", rest)
    time = _TIME.search(rest)
    if time:
        rest = rest[: time.start()] + " | " + rest[time.end() :]
    rest, weekdays = _WEEKDAY.subn(" ", rest)
    rest, labels = _LABEL.subn(" ", rest)
    rest = _SMALL_WORDS.sub(" ", rest)
    rest = " ".join(rest.split()).strip(_SEPARATORS)
    if rest and (len(rest.split()) > 8 or not (time or weekdays or labels) or "\u201c" in rest):
        return None
    return DateLine(day, _moment(day, time), labels > 0, rest, count)


def _day(found: re.Match[str]) -> datetime.date | None:
    for year, month, day in (("y", "m", "d"), ("iy", "im", "id"), ("wy", "wm", "wd")):
        if found[year]:
            try:
                value = datetime.date(int(found[year]), int(found[month]), int(found[day]))
            except ValueError:
                return None
            return value if 1900 <= value.year <= 2200 else None
    return None


def _moment(day: datetime.date, time: re.Match[str] | None) -> datetime.datetime | None:
    if time is None:
        return None
    hour = int(time["h"])
    if (time["half"] or "").lower() in ("pm", "ch") and hour < 12:
        hour += 12
    return datetime.datetime(
        day.year, day.month, day.day, hour, int(time["m"]), int(time["s"] or 0), tzinfo=VIETNAM_TIME
    )


def moment(said: str) -> tuple[datetime.date, datetime.datetime | None] | None:
    """The day and the moment in Vietnam of an ISO date, as machines write it, or of a date line.

    A time without a zone is taken as Vietnamese.
    """
    said = said.strip()[:MAX_LINE]
    iso = re.match(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?\s?(?:Z|[+\-]\d{2}:?\d{2})?)?", said)
    if iso:
        try:
            value = datetime.datetime.fromisoformat(iso[0].replace(" +", "+").replace(" Z", "Z"))
            if len(iso[0]) <= 10:
                return value.date(), None
            if value.tzinfo is None:
                value = value.replace(tzinfo=VIETNAM_TIME)
            value = value.astimezone(VIETNAM_TIME)
        except (ValueError, OverflowError):
            return None
        return value.date(), value.replace(microsecond=0)
    line = date_line(said)
    return (line.day, line.at) if line else None


# --- view counts ----------------------------------------------------------------------------------
_COUNT = r"(\d{1,3}(?:[.,\s]\d{3}){1,3}|\d{1,9}(?:[.,]\d)?\s?[kn]?)"
_VIEWS = re.compile(
    rf"(?:\b(?:số\s)?(?:lượt\s(?:xem|đọc)|đã\s(?:xem|đọc)|(?:page\s?)?views?|số lần xem)\s?:?\s?{_COUNT}(?!\w)"
    rf"|(?<![\w.,]){_COUNT}\s(?:lượt\s(?:xem|đọc)|người\s(?:xem|đọc)|views?)\b)",
    re.IGNORECASE,
)


def views(line: str) -> int | None:
    """The number in "4,628 lượt xem", "Lượt xem: 4.628", "4,6K views", when the line is short."""
    if len(line) > MAX_LINE or not (found := _VIEWS.search(line)):
        return None
    said = (found[1] or found[2]).lower().strip()
    if said[-1] in "kn":
        return round(float(said[:-1].strip().replace(",", ".")) * 1000)
    return int(re.sub(r"\D", "", said if re.search(r"\d{3}$", said) else re.split("[.,]", said)[0]))


def is_views_line(line: str) -> bool:
    """Whether the line says a view count and hardly anything else."""
    return views(line) is not None and len(_VIEWS.sub(" ", line).split()) <= 4


# --- authors --------------------------------------------------------------------------------------
_MADE_BY = re.compile(
    r"^(?:(?:tin|bài|ảnh|chùm ảnh|clip|video)(?:\s?(?:,|và|&|/|-)\s?(?:tin|bài|ảnh|clip|video)){0,3}|tác giả"
    r"|thực hiện|đăng bởi|người đăng|người viết|nhóm (?:pv|phóng viên)|phóng viên|pv|theo|nguồn|by)\s?[:：]\s*",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(
    r"\s*[(/–-]\s?(?:thực hiện|ghi|tổng hợp|t/h|th|biên soạn|biên dịch|dịch|lược ghi|theo [^()]{1,60}"
    r"|TTXVN(?:/Vietnam\+)?|VOV|VTV|VGP|tin,? ảnh)\s?\)?\s*$",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"\s?[,;&/]\s?|\s[-–—]\s|\svà\s")
_PLACE = re.compile(
    r"\(\s?((?:thành phố|tp\.?|thủ đô|tỉnh|huyện|thị xã|thị trấn|quận|phường|xã|đặc khu|từ)\s[^()]{1,60}?)\s?\)\s*$",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(  # folded
    [
        *("trang chu", "chia se", "binh luan", "dang nhap", "lien he", "gioi thieu", "thoi su", "kinh te", "chinh tri"),
        *("van hoa", "xa hoi", "the thao", "giao duc", "quoc te", "phap luat", "dau tu", "video", "media", "het"),
        *("the end", "ban bien tap", "toa soan"),
    ]
)


def byline(line: str, *, labelled: bool = False) -> tuple[str, str]:
    """(authors, place) of a line that names who wrote, else ("", "").

    Reads "Dương Lễ", "VĂN TOẠI, HẢI ĐĂNG", "Bài, ảnh: T. Nguyệt", "Vũ Hoài Sơn (thực hiện)",
    "Dương Lễ (Thành phố Thái Bình)". `labelled`: the page says that it is the author.
    """
    line = " ".join(line.split())
    if not line or len(line) > 120:
        return "", ""
    place = ""
    if found := _PLACE.search(line):
        place, line = found[1], line[: found.start()].rstrip()
    said = _MADE_BY.match(line)
    line = _AFTER_NAME.sub("", line[said.end() :] if said else line).strip(" -–—*")
    if said and re.match("nguồn|theo", said[0], re.IGNORECASE):
        return (line, place) if 0 < len(line.split()) <= 8 and line[0].isupper() else ("", "")
    names = _BETWEEN_NAMES.split(line)
    if not line or len(names) > 5 or not all(_is_name(name, bool(labelled or said)) for name in names):
        return "", ""
    return line, place


def _is_name(name: str, labelled: bool) -> bool:
    words = name.split()
    if not 1 <= len(words) <= 6 or fold(name) in _NOT_NAMES:
        return False
    if len(words) == 1 and not labelled and "." not in name and not (name.isupper() and 2 <= len(name) <= 8):
        return False  # one word alone is an author only as T.Nguyệt, PV, TTXVN
    return all(word[0].isupper() and _NAME_WORD.fullmatch(word) for word in words)


_NAME_WORD = re.compile(r"[^\W\d_]{1,20}(?:[.'’\-][^\W\d_]{1,20}){0,3}\.?")


def place_line(line: str) -> str:
    """The place in a line that is nothing but "(Thành phố Thái Bình)", else ""."""
    found = _PLACE.fullmatch(line.strip())
    return found[1] if found else ""


# --- captions -------------------------------------------------------------------------------------
_CREDIT = re.compile(
    r"(?:^|[\s.(;\-–])\(?(?:nguồn ảnh|ảnh(?: minh h(?:ọa|oạ)| tư liệu| ttxvn)?|photo)\s?[:：]\s?\S", re.IGNORECASE
)


def has_picture_credit(line: str) -> bool:
    """Whether the line is a caption by its own words: "… Ảnh: Minh Họa"."""
    return len(line) <= 400 and _CREDIT.search(line[-120:]) is not None and not _MADE_BY.match(line)


# --- what stands around an article ----------------------------------------------------------------
_RELATED = re.compile(  # over folded text
    r"(?:cac )?(?:tin bai|tin|bai viet|bai) (?:khac|da dua|da dang|moi(?: hon| nhat)?|cu hon|noi bat|lien quan"
    r"|(?:doc|xem) nhieu(?: nhat)?|trong chuyen muc|cung \w+(?: \w+)?)"
    r"|cung (?:chuyen muc|chu de|su kien)|dong su kien|lien quan|(?:doc|xem) (?:them|tiep|nhieu(?: nhat)?)"
    r"|co the ban quan tam|related(?: news| articles)?|other news|more in this section"
)
_FOOTER = re.compile(
    r"(?:xem tin theo ngay|chia se|in bai|in trang|gui (?:email|bai viet|binh luan|phan hoi|y kien)|(?:viet )?binh luan"
    r"|y kien ban doc|phan hoi|tu khoa|tags?|the tag|luu bai|ve trang chu|tro ve|tro lai trang truoc|quay lai"
    r"|len dau trang|danh gia bai viet|thich|copyright|ban quyen|email|ban in|facebook|twitter|zalo|theo doi chung toi"
    r"|quang cao|phien ban di dong)\b"
)


def is_related_heading(line: str) -> bool:
    """Whether a box of links to other articles begins here."""
    return len(line) <= 60 and _RELATED.fullmatch(fold(line)) is not None


def is_furniture(line: str) -> bool:
    """Whether the line belongs to the page and not to the article: buttons, tags, the foot of the page."""
    folded = fold(line[:MAX_LINE])
    if not folded or len(line) > MAX_LINE:
        return not folded
    found = _FOOTER.match(folded)
    return found is not None and (len(folded.split()) <= 4 or ":" in line[: found.end() + 2])


_STEP = re.compile(r"\s(?:>|»|›|/|\|)\s|\s?[»›]\s?")


def breadcrumb(line: str) -> list[str]:
    """The steps of "Trang chủ > Kinh tế > Đầu tư" below the first, else []."""
    if len(line) > MAX_LINE:
        return []
    steps = [step.strip() for step in _STEP.split(line)]
    if len(steps) < 2 or not is_home(steps[0]):
        return []
    return [step for step in steps[1:] if step]


def is_home(step: str) -> bool:
    """Whether a step of a path leads to the front page."""
    return fold(step) in ("trang chu", "trang nhat", "home", "trang tin")


def tidy(text: str) -> str:
    """NFC with single blanks and no invisible signs."""
    return " ".join(without_invisible(nfc(text)).split())
