"""Where an unknown name ends, and what the words around a name tell of it."""

from __future__ import annotations

import re

from diemtua.kit.text import fold
from diemtua.sources.reader.view import View, lowered
from diemtua.sources.reader.wordlists import word_file
from diemtua.sources.reader.wordlists import words as listed

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+){0,12}")
_GAP = re.compile(r" {1,60}")
_BREAK = re.compile(r"-\s{1,60}(?=[^\W\d_])")
_LAST_WORD = re.compile(r"([^\W_]+(?:[-'./+][^\W_]+){0,8})(\W*)$")
_FIRST_WORD = re.compile(r"(\W*)([^\W_]+(?:[-'./+][^\W_]+){0,8})")

# A syllable of Vietnamese without its marks. What has another shape is a foreign word: Gyeonggi, Zala, Tak.
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|th|tr|ch|gh|gi|kh|ph|qu|[bcdghklmnpqrstvx])?"
    r"(?:uyu|uya|uye|uoi|uou|uay|uai|oai|oay|oao|oeo|ieu|yeu|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye|[aeiouy])"
    r"(?:ng|nh|ch|[cmnpt])?"
)
_LONGEST_NAME = 5
_CONNECTORS = listed("connectors")
_DIRECTIONS = frozenset(["bắc", "nam", "đông", "tây", "trung", "thượng", "hạ", "tân", "cựu"])
# First words of foreign names that never stand alone.
_OPENING = listed("openings")
# Words that begin something else when they follow the name of a place.
_OTHER_BEGINNINGS = listed("other beginnings")
# Surnames that are seldom a syllable of a foreign name; all of them.
SURNAMES = listed("surnames")
_ALL_SURNAMES = word_file("surnames.txt")
SURE_NAMES = listed("sure names")
_POST = re.compile(
    r"(?<!\w)(?:chủ tịch|thị trưởng|tỉnh trưởng|thống đốc|bí thư|giám đốc|trưởng|đại sứ|thủ hiến|chánh|chính ủy|lãnh sự"
    r"|tư lệnh|ủy viên|chủ nhiệm|phó|tổng thống|thủ tướng|chuyên gia|phóng viên|giáo sư|vua|hoàng tử)(?!\w)[^.,;:()\n]{0,60}$"
)


def is_vietnamese(word: str) -> bool:
    """Whether a word, or each part of a hyphenated one, has the shape of a Vietnamese syllable."""
    return all(_SYLLABLE.fullmatch(fold(part)) for part in word.split("-") if part)


def word_end(view: View, start: int) -> int:
    """The end of the word at `start` (`start` itself if there is none); hyphens join, over a broken line too."""
    match = _WORD.match(view.flow, start)
    if match is None:
        return start
    end = match.end()
    while gap := _BREAK.match(view.flow, end):
        if "\n" not in view.text[gap.start() : gap.end()]:
            break
        more = _WORD.match(view.flow, gap.end())
        if more is None or (more[0][0].isupper() and not view.flow[start:end].isupper()):
            break
        end = more.end()
    return end


def has_post_before(view: View, start: int) -> bool:
    """Whether a person's post leads to the place at `start`, so that the person's name may follow the place's."""
    return bool(_POST.search(view.low[max(0, start - 80) : start]))


def name_end(view: View, start: int, *, guarded: bool) -> int | None:
    """The end of the unknown name at `start`, which begins with a capital; None when there is none.

    `guarded`: a person's name may follow, so no more is taken than is needed.
    """
    words = _words(view, start)
    if not words:
        return None
    texts = [view.flow[a:b] for a, b in words]
    count = len(words)
    for index in range(1, count):
        low = texts[index].lower()
        if low in _OTHER_BEGINNINGS or (texts[index].isupper() and len(low) > 1 and not texts[0].isupper()):
            count = index
            break
    if guarded:
        count = min(count, _guarded_count(texts))
    while count > 1 and not texts[count - 1][0].isupper() and "'" not in texts[count - 1]:
        count -= 1  # a connector at the end joins nothing
    return words[count - 1][1]


def is_person(view: View, start: int) -> bool:
    """Whether the capitalised words at `start` look like a Vietnamese person's name: "Phó Chủ tịch UBND tỉnh Ngô Vịnh"."""
    texts = [view.flow[a:b] for a, b in _words(view, start)]
    return 2 <= len(texts) <= 5 and texts[0].lower() in _ALL_SURNAMES and all(map(is_vietnamese, texts))


def _words(view: View, start: int) -> list[tuple[int, int]]:
    """The capitalised words from `start` on, and connectors between two of them."""
    flow = view.flow
    words: list[tuple[int, int]] = []
    at = start
    while len(words) < _LONGEST_NAME:
        end = word_end(view, at)
        word = flow[at:end]
        if end == at:
            break
        if not (word[0].isupper() or (words and word[:2] in ("d'", "l'"))):
            gap = _GAP.match(flow, end)
            if not words or word not in _CONNECTORS or gap is None or not flow[gap.end() : gap.end() + 1].isupper():
                break
        if flow[end : end + 1] == "." and word in ("St", "Sta", "Ste", "Mt"):
            end += 1
        words.append((at, end))
        gap = _GAP.match(flow, end)
        if gap is None:
            break
        at = gap.end()
    return words


def _guarded_count(words: list[str]) -> int:
    """How many words surely belong to the place when a person's name may follow."""
    first = words[0].lower()
    if not is_vietnamese(words[0]) or "-" in words[0]:
        return 2 if first in _OPENING or first in _DIRECTIONS else 1
    for index in range(1, len(words)):
        word = words[index].lower()
        if (word in SURNAMES and index > 1) or "-" in word or not is_vietnamese(word):
            return 2 if index == 1 and (first in _DIRECTIONS or first in _OPENING) else index
    return min(len(words), 2) if len(words) > 3 else len(words)


# Words that end a name where there are no capitals to tell.
_PLAIN_WORDS = listed("plain words")


def plain_name_end(view: View, start: int) -> int | None:
    """The end of an unknown foreign name where capitals tell nothing; None unless something shows where it ends."""
    low = view.low
    at, end, foreign = start, start, False
    for _ in range(_LONGEST_NAME):
        stop = word_end(view, at)
        word = low[at:stop]
        if stop == at or word in _PLAIN_WORDS:
            break
        foreign = foreign or "-" in word or not is_vietnamese(word)
        end = stop
        gap = _GAP.match(low, end)
        if gap is None:
            break
        at = gap.end()
    else:
        return None
    bracket = low[end : end + 2].strip().startswith("(")
    return end if end > start and (foreign or bracket) else None


def word_before(view: View, start: int) -> tuple[str, str]:
    """The word before `start` and the signs between (of at most 40 characters); empty at the start of a line."""
    match = _LAST_WORD.search(view.flow[max(0, start - 40) : start])
    return (match[1], match[2]) if match else ("", "")


def word_after(view: View, end: int) -> tuple[str, str]:
    """The signs after `end` and the next word (of at most 40 characters)."""
    match = _FIRST_WORD.match(view.flow[end : end + 40])
    return (match[1], match[2]) if match else ("", "")


def begins_sentence(view: View, start: int) -> bool:
    """Whether the word at `start` is the first of a sentence, a line or a quotation, where any word has a capital."""
    before = view.flow[max(0, start - 8) : start].rstrip(" ")
    return not before or before[-1] in '.!?…:;\n"-+*•|(' or lowered(before)[-1:].isdigit()


def is_other_beginning(word: str) -> bool:
    """Whether a word in lower case begins a name of another kind: an organisation, a person, a day."""
    return word in _OTHER_BEGINNINGS
