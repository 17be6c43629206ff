"""Pure rules of proposals: when two facts are one, what a fact is known again by, where a sentence ends."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from diemtua.kit.dates import PartialDate
from diemtua.kit.text import fold, nfc

FIGURES = "figures"  # the field of a proposed figure
FIGURE_PARTS = ("measure", "value", "wording", "unit", "as_of", "stage")
LONGEST_QUOTE = 1000  # letters of a passage
LONGEST_NAME = 200  # letters of words that name something
MOST_PASSAGES = 5  # of one fact
MOST_CANDIDATES = 8  # of one subject

# Why a record may be the one a document speaks of; "%(note)s" is the candidate's note.
REASONS: dict[str, Any] = {
    "title": _("It has this name."),
    "other_name": _("It is also called “%(note)s”."),
    "former_name": _("It was called “%(note)s” at another time."),
    "number": _("It has the number %(note)s."),
    "place": _("It stands for the same place."),
    "successor": _("It has taken the place of %(note)s."),
    "predecessor": _("It has become %(note)s."),
    "same_parties": _("It has the same parties."),
}


# --- one fact, said twice --------------------------------------------------------------------------


def plain_value(value: Any, titles: Mapping[str, str] | None = None) -> Any:
    """A stored value in the form in which two spellings of it are equal: text folded, nothing empty.

    Another subject is told by its title where `titles` {key: title} has it, so that two documents agree.
    """
    if isinstance(value, dict):
        if set(value) == {"subject"}:
            key = value["subject"]
            return ["subject", fold(titles[key]) if titles is not None and key in titles else key]
        made = {n: plain_value(v, titles) for n, v in value.items()}
        return {n: made[n] for n in sorted(made) if made[n] not in (None, "", [])}
    if isinstance(value, list):
        return [plain_value(v, titles) for v in value]
    if isinstance(value, str):
        return fold(value) or value
    return value


def in_document(field: str, value: Any) -> str:
    """The key under which a fact of one subject is the same fact when its document is read again.

    The record itself is one fact, however its name is read.
    """
    return _json([field, "" if field == "" else plain_value(value)])


def fact_key(kind: str, title: str, field: str, value: Any, titles: Mapping[str, str]) -> str:
    """The key of a fact across documents: 64 hexadecimal digits."""
    said = "" if field == "" else plain_value(value, titles)
    return _hash([kind, fold(title), field, said])


def fingerprint(fact: str, quote: str) -> str:
    """The key of a fact together with the words that state it: what was rejected once is known by it."""
    return _hash([fact, fold(quote)])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _hash(value: Any) -> str:
    return hashlib.sha256(_json(value).encode()).hexdigest()


def subjects_in(value: Any) -> list[str]:
    """Keys of the other subjects a stored value speaks of."""
    if not isinstance(value, dict):
        return []
    if set(value) == {"subject"}:
        return [value["subject"]]
    return [key for part in value.values() for key in subjects_in(part)]


_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-Q([1-4]))?")


def partial_date(norm: Any) -> PartialDate | None:
    """A date as the reader gives it (2024-03-25, 2024-03, 2024-Q1, 2024, or two of them with /); None for others."""
    parts = norm.split("/") if isinstance(norm, str) else []
    dates = []
    for part in parts:
        found = _DATE.fullmatch(part)
        if found is None:
            return None
        year, month, day, quarter = (int(n) if n else 0 for n in found.groups())
        try:
            if day:
                dates.append(PartialDate.day(datetime.date(year, month, day)))
            elif month:
                dates.append(PartialDate.month(year, month))
            else:
                dates.append(PartialDate.quarter(year, quarter) if quarter else PartialDate.year(year))
        except ValueError:
            return None
    try:
        return PartialDate.interval(dates[0], dates[-1]) if 1 <= len(dates) <= 2 else None
    except ValueError:
        return None


# --- where a sentence ends -------------------------------------------------------------------------
_ENDS = re.compile(r"\n|[.!?…][\"”’)\]]?(?=\s)")
# What a full stop after does not end a sentence: TP. Hải Phòng, ThS. X, số 12. is rare enough.
_SHORT = re.compile(r"(?:^|\W)(?:TP|TX|TT|Q|H|P|X|T|KT|TM|TL|Tr|tr|ThS|TS|PGS|GS|BS|KS|Mr|Mrs|Ms|Dr|Co|Ltd|St|[A-ZĐ])$")


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the sentence or line in which `text[start:end]` stands, at most LONGEST_QUOTE letters."""
    room = max((LONGEST_QUOTE - (end - start)) // 2, 0)
    first, last = max(start - room, 0), min(end + room, len(text))
    begin, finish = first, last
    for found in _ENDS.finditer(text, first, start):
        if found[0] == "\n" or not _SHORT.search(text, max(found.start() - 4, 0), found.start()):
            begin = found.end()
    for found in _ENDS.finditer(text, end, last):
        if found[0] == "\n" or not _SHORT.search(text, max(found.start() - 4, 0), found.start()):
            finish = found.start() if found[0] == "\n" else found.end()
            break
    while begin < start and text[begin].isspace():
        begin += 1
    while finish > end and text[finish - 1].isspace():
        finish -= 1
    return begin, finish


def cut_quote(text: str, start: int, end: int, *spans: tuple[int, int]) -> tuple[int, int]:
    """The bounds of a passage, no longer than LONGEST_QUOTE: of a long block the part that holds the spans."""
    start, end = max(start, 0), min(end, len(text))
    if end - start > LONGEST_QUOTE and spans:
        start, end = min(s for s, _e in spans), max(e for _s, e in spans)
    end = min(end, start + LONGEST_QUOTE)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def clean_title(text: str) -> str:
    """A title out of the words of a text: NFC, Đ for Ð, single blanks, first letter large."""
    title = " ".join(nfc(text).translate(_LOOKALIKES).split()).strip(" ,.;:\"“”'")[:500]
    title = _BROKEN.sub("-", title)
    return title[:1].upper() + title[1:]


_BROKEN = re.compile(r"(?<=\w)- (?=\w)")  # a hyphen at the end of a line: "Môn-đun- ki-ri"
_LOOKALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ", "\u200b": " ", "\u00ad": None, "\ufeff": None})
