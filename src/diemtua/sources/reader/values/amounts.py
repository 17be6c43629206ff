"""Sums of money and areas: numbers with a unit, lists that share one unit, ranges, numbers in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from diemtua.kit.numbers import DecimalSign, NumberError, parse_number
from diemtua.sources.reader import facts
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View, lowered
from diemtua.sources.reader.wordlists import codes

# Blanks between the parts of an amount, with at most one line break.
_S = r"(?> {0,40}\n? {0,40})"
# 1.890,6 · 3.412.000 · 12 500 · 4,2 · 4.2. Where a line was broken inside a number, the break is part of it.
_BREAK = r"(?:\n {0,40})?"
_NUMBER = (
    rf"(?>\d{{1,3}}(?:[.,]{_BREAK}\d{{3}}(?!\d)){{1,6}}(?:[.,]\d{{1,4}}(?!\d))?"
    r"|\d{1,3}(?: \d{3}(?!\d)){1,5}(?:,\d{1,4}(?!\d))?"
    rf"|\d{{1,15}}(?:[.,]{_BREAK}\d{{1,6}})?)"
)
_START = r"(?<![\w.,/:])(?<![^\d\s]-)(?<!\d )"
_MAGNITUDES = {
    "tỷ": 10**9,
    "tỉ": 10**9,
    "triệu": 10**6,
    "tr": 10**6,
    "vạn": 10**4,
    "nghìn": 10**3,
    "ngàn": 10**3,
    "trăm": 100,
    "chục": 10,
    "billion": 10**9,
    "million": 10**6,
    "bn": 10**9,
    "mn": 10**6,
}
_MAGNITUDE = rf"(?:(?:nghìn|ngàn|trăm|chục|vạn|triệu){_S}(?:tỷ|tỉ)|(?:trăm|chục){_S}(?:triệu|nghìn|ngàn)|{'|'.join(_MAGNITUDES)})(?!\w)"

_WORDS = codes("currencies.txt", "currencies")
# These are common words too, or slang: they count only after a magnitude.
_WORDS_AFTER_MAGNITUDE = codes("currencies.txt", "after magnitude")


def _choice(names: dict[str, Any]) -> str:
    """An alternation of names, longest first, whose blanks may be line breaks."""
    ordered = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(name).replace(r"\ ", _S) for name in ordered)


_CURRENCY = rf"(?:{_choice(_WORDS)}|{_choice(_WORDS_AFTER_MAGNITUDE)})(?!\w)"
_AREAS: dict[str, int | Decimal] = {
    **dict.fromkeys(("ha", "hecta", "hécta", "hec ta", "hec-ta", "héc ta", "héc-ta", "hectare", "hectares"), 1),
    **dict.fromkeys(("m2", "m²", "mét vuông", "m vuông"), Decimal("0.0001")),
    **dict.fromkeys(("km2", "km²", "ki-lô-mét vuông", "kilômét vuông", "kilomet vuông", "km vuông"), 100),
}
_AREA = rf"(?:{_choice(_AREAS)})(?!\w)"
# "15 đồng chí" are people.
_NOT_DONG = re.compile(
    r" ?(?:chí|chủ|đội|hồ|hương|bào|nghiệp|thời|bằng|bộ|loạt|tác|thuận|lòng|minh|khởi|ruộng|bạc|thau|hành|diễn|phục|ý|đều|sàng)(?!\w)"
)
_COUNT = rf"(?P<number>{_NUMBER})(?:{_S}(?P<size>{_MAGNITUDE}))?(?P<more>(?:{_S}{_NUMBER}{_S}{_MAGNITUDE}){{0,2}})"
_MONEY_AFTER = re.compile(rf"{_START}{_COUNT}{_S}(?P<unit>{_CURRENCY})")
_MONEY_BEFORE = re.compile(
    rf"(?<!\w)(?P<unit>usd|us\$|eur|vnd|jpy|gbp|\$|€|£|¥){_S}(?P<number>{_NUMBER})(?:{_S}(?P<size>{_MAGNITUDE}))?(?P<more>)(?![\w%])"
)
_LAND = re.compile(rf"{_START}{_COUNT}{_S}(?P<unit>{_AREA})")
# What stands before an amount and shares its unit, read from its end.
_SHARING = re.compile(
    rf"{_START}(?P<number>{_NUMBER})(?:{_S}(?P<size>{_MAGNITUDE}))?{_S}"
    r"(?P<link>,|;|và|hoặc|cùng|-|~|đến|tới|lên(?: đến| tới)?|xuống(?: còn)?|còn)"
    rf"(?: (?:hơn|gần|khoảng|trên))?{_S}$"
)
# "tháng 8 150 triệu": these words name a number, and a group of three digits after it is another one.
_NAMES_NUMBER = re.compile(
    r"(?<!\w)(?:năm|tháng|quý|điều|khoản|số|ngày|thứ|mục|phần|đoạn|đợt|án|khu|cụm|kcn|ccn|kkt|nhóm|lô|khóa|kỳ|đoàn|máy|[ivx]+) ?$"
)
_LIKE_YEAR = re.compile(r"(?:19|20)\d\d")
_RANGE_LINKS = frozenset({"-", "~", "đến", "tới"})
_WINDOW = 70
_LONGEST_LIST = 12
# A number before a comma begins a list of amounts after these words (or a comma); after others it counts or names
# something else: "năm 2024, 120 triệu USD", "Hải đoàn 38, 12 tỷ đồng".
_OPENERS = re.compile(
    r"(?:là|với|vốn|từ|đạt|lượt|khoảng|hơn|gần|trên|dưới|mức|giá|gồm|các|còn|thêm|tới|lên|đến|và|ước|ứng|tích|rộng|mô"
    r"|sung|ngân|hút|tư|ký|đương|trị|quá|cho|chi|hoặc|[,;:(~]|(?:^|\W)-|^)\s*$"
)
_DIGIT_WORDS = {
    **{"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5},
    **{"sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9},
}
_BIG_WORDS = {"nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
_NUMERAL = "|".join(sorted([*_DIGIT_WORDS, *_BIG_WORDS, "mười", "mươi", "trăm", "linh", "lẻ"], key=len, reverse=True))
_IN_WORDS = (
    rf"(?<!\w)(?<!hàng )(?<!vài )(?<!mấy )(?<!mỗi )(?<!chục )"
    rf"(?P<words>(?:{'|'.join(_DIGIT_WORDS)}|mười)(?:{_S}(?:{_NUMERAL})(?!\w)){{0,30}}+){_S}(?P<unit>%s)"
)
_MONEY_IN_WORDS = re.compile(_IN_WORDS % _CURRENCY)
_LAND_IN_WORDS = re.compile(_IN_WORDS % _AREA)


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount at a place of the text, in its own currency or in hectares."""

    start: int
    end: int
    value: Decimal
    size: Decimal  # of "triệu", "nghìn tỷ" and so on; 1 without
    factor: Decimal  # of the unit of area; 1 for money
    unit: str
    least: Decimal | None = None  # of a range


def find(view: View) -> list[Found]:
    """MONEY and AREA in reading order. A list with a shared unit gives one mention for each number."""
    found = [_money(a) for a in _amounts(view, "money")]
    found += [_land(a) for a in _amounts(view, "land")]
    found.sort(key=lambda f: (f.start, -f.end))
    result: list[Found] = []
    for one in found:
        if not result or result[-1].end <= one.start:
            result.append(one)
    return result


def _money(amount: _Amount) -> Found:
    if amount.least is None:
        norm = {"amount": plain(amount.value), "currency": amount.unit}
    else:
        norm = {"min": plain(amount.least), "max": plain(amount.value), "currency": amount.unit}
    return Found(facts.MONEY, amount.start, amount.end, norm, f"{amount.least or ''}~{amount.value} {amount.unit}")


def _land(amount: _Amount) -> Found:
    value = plain(amount.value)
    norm = value if amount.least is None else {"min": plain(amount.least), "max": value}
    return Found(facts.AREA, amount.start, amount.end, norm, f"{amount.least or ''}~{amount.value} ha")


def plain(value: Decimal) -> int | float:
    """A number as JSON has it: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def _amounts(view: View, kind: Literal["money", "land"]) -> Iterator[_Amount]:
    """Every amount of money (or of land) with those before it that share its unit."""
    low = lowered(view.text)  # with line breaks: what they part is seldom one number
    patterns = (_MONEY_AFTER, _MONEY_BEFORE, _MONEY_IN_WORDS) if kind == "money" else (_LAND, _LAND_IN_WORDS)
    for pattern in patterns:
        done = 0
        for match in pattern.finditer(low):
            amount = _one(view, low, match)
            if amount is None:
                continue
            if pattern in (_MONEY_AFTER, _LAND):
                yield from _shared(low, amount, done)
            else:
                yield amount
            done = match.end()


def _one(view: View, low: str, match: re.Match[str]) -> _Amount | None:
    """The amount that a pattern has found, unless it is something else that looks like one."""
    groups = match.groupdict()
    start, unit = match.start(), " ".join(groups["unit"].split())
    if groups.get("words"):
        words = groups["words"].split()
        value, size = words_value(words), Decimal(1)
        large = any(word in _BIG_WORDS for word in words)
        if not large and unit not in _AREAS:
            return None
    else:
        digits = groups["number"]
        at = digits.find("\n")
        two = at >= 0 and view.flow[match.start("number") + at] == "\n"  # numbers, in two paragraphs
        if not two and " " in digits and _NAMES_NUMBER.search(low[max(0, start - 8) : start]):
            at, two = digits.find(" "), True
        if two:
            digits = digits[at:].lstrip()
            start = match.end("number") - len(digits)
        large, size = bool(groups["size"]), Decimal(_size(groups["size"]))
        number = _number(digits, large)
        if number is None:
            return None
        value = number * size
        for part in re.finditer(rf"({_NUMBER}){_S}({_MAGNITUDE})", groups["more"]):
            if not large or (number := _number(part[1], True)) is None:
                return None
            value += number * _size(part[2])
    if unit in _AREAS:
        factor = Decimal(_AREAS[unit])
        return _Amount(start, match.end(), value * factor, size, factor, "ha")
    if not _is_currency(view, match, unit, value, large):
        return None
    return _Amount(start, match.end(), value, size, Decimal(1), _WORDS.get(unit) or _WORDS_AFTER_MAGNITUDE[unit])


def _is_currency(view: View, match: re.Match[str], unit: str, value: Decimal, large: bool) -> bool:
    """Whether a word that may be a currency is one here; `large`: it follows a magnitude."""
    if unit == "đồng":
        return large or (value >= 100 and not _NOT_DONG.match(view.low, match.end()))
    if unit in _WORDS:
        return True
    if unit == "đ":
        return large or value >= 1000
    capital = view.flow[match.start("unit") : match.end("unit")].istitle()  # "Yên Phong", but "TRIỆU YÊN"
    return large and not capital and not (unit == "đô" and view.low.startswith(" thị", match.end()))


def _size(words: str | None) -> int:
    """The factor of a magnitude: 10**12 for "nghìn tỷ"."""
    size = 1
    for word in (words or "").split():
        size *= _MAGNITUDES[word]
    return size


def _number(digits: str, large: bool) -> Decimal | None:
    """The value of a number in either convention.

    One sign before three digits is a thousands sign, but a comma before a magnitude begins a fraction unless that
    would end in 0: "13,725 tỷ", "12,500 tỷ".
    """
    text = "".join(digits.split())
    sign: DecimalSign | None = None
    if "," in text and "." not in text and text.count(",") == 1 and large and not text.endswith("0"):
        sign = ","
    try:
        return parse_number(text, sign)
    except NumberError:
        return None


def _shared(low: str, last: _Amount, bound: int) -> list[_Amount]:
    """The amounts of a list or range that ends with `last`; nothing before `bound` is looked at."""
    amounts = [last]
    while len(amounts) < _LONGEST_LIST:
        first = amounts[0]
        window = max(bound, first.start - _WINDOW)
        match = _SHARING.search(low[window : first.start])
        if match is None or "\n" in match["number"] or (not match["size"] and _LIKE_YEAR.fullmatch(match["number"])):
            break
        start, link = window + match.start(), match["link"]
        number = _number(match["number"], bool(match["size"]) or first.size > 1)
        before = low[max(0, start - 12) : start]
        counts = _OPENERS.search(before) or match["size"] or (link in "-~" and not _NAMES_NUMBER.search(before))
        if number is None or not counts:
            break
        size = Decimal(_size(match["size"])) if match["size"] else first.size
        value = number * size * first.factor
        if link in _RANGE_LINKS and not match["size"] and len(amounts) == 1 and first.least is None:
            if value >= first.value:
                break
            amounts[0] = replace(first, start=start, least=value)
        else:
            end = window + match.end("size" if match["size"] else "number")
            amounts.insert(0, replace(first, start=start, end=end, value=value, size=size))
    return amounts


def words_value(words: list[str]) -> Decimal:
    """The value of a numeral in words: "một nghìn tám trăm chín mươi tỷ" is 1,890,000,000,000."""
    total, part, digit = 0, 0, 0
    for word in words:
        if word in _DIGIT_WORDS:
            digit = _DIGIT_WORDS[word]
        elif word == "mười":
            part, digit = part + 10, 0
        elif word == "mươi":
            part, digit = part + 10 * digit, 0
        elif word == "trăm":
            part, digit = part + 100 * digit, 0
        elif word in _BIG_WORDS:
            here = part + digit
            if word in ("tỷ", "tỉ"):
                total = (total + here) * _BIG_WORDS[word]
            else:
                total += here * _BIG_WORDS[word]
            part, digit = 0, 0
    return Decimal(total + part + digit)
