"""Where a text comes from, when nobody has said: the province whose paper it is, and the day it speaks from."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Sequence

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import grammar
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View

HEAD, TAIL = 1_500, 800  # letters in which letterhead, dateline and title stand, and in which a paper is signed
TITLE = 300  # letters in which the title of a page of news stands
BEFORE = 20  # letters before a day or place that tell what it is for
IN_TITLE, AHEAD = 4, 2  # weight of a name there; how far the first province must be ahead of the second
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WHERE = grammar(r"(?<!\w)(?:tại|ở|đến|từ) (?:tp\.? ?|thành phố )?$")
# "Lai Châu, ngày 12 tháng 5 năm 2026"; "Minh Hà | 23/10/2025"; alone in its line
_DATELINE = grammar(r"(?:(?:, ?|\n ?)(?:ngày )?|\| ?)$")


def day_of(view: View, values: Sequence[Found]) -> datetime.date | None:
    """The day of publication that the head of the text shows; None when it shows none.

    `values`: the dates found without knowing it. A page of news says it below its title, an official paper after the
    name of the place; a date at the very top of a page is the day on which it was called up.
    """
    from diemtua.sources.text.page import page_of_text  # it needs lxml for its other half

    if (published := page_of_text(view.text).published_on) is not None:
        return published
    days = [v for v in values if v.type == facts.DATE and _DAY.fullmatch(str(v.norm))]
    lines = [v for v in days if _DATELINE.search(view.low, max(0, v.start - BEFORE), v.start)]
    ends = len(view.text) - TAIL
    chosen = next((v for v in lines if v.start < HEAD), None) or next((v for v in lines if v.start > ends), None)
    return datetime.date.fromisoformat(chosen.norm) if chosen is not None else None


def home_of(view: View, places: Sequence[Found]) -> str | None:
    """The province that a text is about before all others; None when it is about several, or none.

    Names in the first lines count more: a letterhead and a title say whose paper it is. Where something took place
    does not count.
    """
    weights: Counter[str] = Counter()
    for place in places:
        if place.type != facts.VN_LOCALITY or place.key != f"VN:{place.norm}":
            continue
        if not _WHERE.search(view.low, max(0, place.start - BEFORE), place.start):
            weights[place.norm] += IN_TITLE if place.start < TITLE else 1
    if not weights:
        return None
    (first, weight), *others = weights.most_common(2)
    return first if not others or weight >= AHEAD * others[0][1] else None
