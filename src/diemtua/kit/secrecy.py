"""Marks of state secrecy on a paper: MẬT, TỐI MẬT, TUYỆT MẬT.

Such a paper must not enter the system. A mark is looked for where it is stamped: at the head and foot of
the paper and of each page, in the file's name and in what the file says of itself. Ordinary words (bí mật,
bảo mật, mật ong, mật độ, the law on state secrets) are not marks.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

TOP, HIGH, PLAIN = "TUYỆT MẬT", "TỐI MẬT", "MẬT"
_ORDER = (TOP, HIGH, PLAIN)

HEAD_LINES, FOOT_LINES = 60, 15  # filled lines looked at, first and last of the paper
PAGE_HEAD, PAGE_FOOT = 12, 4  # of every further page or sheet
MAX_LINE = 400

_LEVELS = {"TUYỆTMẬT": TOP, "TỐIMẬT": HIGH, "MẬT": PLAIN, "MÂT": PLAIN}  # MÂT: as scans are misread
_BARE_LEVELS = {"TUYETMAT": TOP, "TOIMAT": HIGH}  # without signs; MAT alone is too many other words
_SAID = re.compile(
    r"\b(?:độ|do|dấu chỉ độ)\s+(?:bảo\s+)?(?:mật|mat)\s*(?:[:：=]|[-–](?=\s))\s*[\"“'\[(*]*\s*"
    r"(tuyệt\s+mật|tuyet\s+mat|tối\s+mật|toi\s+mat|mật|mat)"
    r"(?=[\"”'\])*\s]*(?:$|[.;]|\s{2}|\s(?:độ\s+khẩn|do\s+khan|số|bản\s+số)\b))",
    re.IGNORECASE,
)
_CHOSEN = re.compile(r"(?:[☒☑✓✔🗹]|\[\s*[xX]\s*\])\s*(tuyệt\s+mật|tối\s+mật|mật)\b", re.IGNORECASE)
_COPY = re.compile(r"[\s\-–—,.;(/]+(?:bản\s+số|số\s+bản|ban\s+so|copy|bản\s+sao)\b.*$", re.IGNORECASE)
_FRAME = " \t\"“”'‘’«»()[]{}<>|*•·.,;:!-–—_=#~+/\\"
_BEFORE = frozenset(
    ["bí", "bảo", "cơ", "bi", "bao", "co", "rỉ", "túi", "mía", "ong"]
)  # bí|mật, bảo|mật over a line's end
_AFTER = frozenset(["ong", "khẩu", "mía", "thư", "vụ", "đàm", "thám", "mã", "ngữ", "gấu", "dừa", "hoa"])


def secrecy_mark(
    text: str,
    name: str = "",
    *,
    pages: Sequence[int] = (),
    metadata: Mapping[str, str] | None = None,
) -> str | None:
    """The highest mark found, as "TUYỆT MẬT", "TỐI MẬT" or "MẬT"; None when there is none.

    `text`, `pages` and `metadata` as `read` gives them. Looks at a bounded part of the text, never fails.
    """
    found = {_in_name(name)}
    for value in (metadata or {}).values():
        found |= {_in_metadata(part) for part in re.split(r"[,;|\n]", value[:2000])}
    for lines in _places(text, pages):
        found |= set(_in_lines(lines))
    return next((level for level in _ORDER if level in found), None)


def _places(text: str, pages: Sequence[int]) -> Iterable[list[str]]:
    """Groups of lines a stamp could stand on."""
    head = _filled(text[: HEAD_LINES * MAX_LINE])[:HEAD_LINES]
    if len(pages) > 1:  # the first page only, but not less than a letterhead
        first = _filled(text[: min(pages[1], HEAD_LINES * MAX_LINE)])
        head = first[:HEAD_LINES]
    yield head
    yield _filled(text[-FOOT_LINES * MAX_LINE :])[-FOOT_LINES:]
    for number, start in enumerate(pages):
        end = pages[number + 1] if number + 1 < len(pages) else len(text)
        if number:
            yield _filled(text[start : min(end, start + PAGE_HEAD * MAX_LINE)])[:PAGE_HEAD]
        yield _filled(text[max(start, end - PAGE_FOOT * MAX_LINE) : end])[-PAGE_FOOT:]


def _filled(text: str) -> list[str]:
    nfc = unicodedata.normalize("NFC", text.replace("\r", "\n").replace("\x0c", "\n"))
    nfc = re.sub("[\u00ad\u200b-\u200f\u2060\ufeff]", "", nfc).replace("\u00a0", " ")
    return [line for line in nfc.split("\n") if line.strip()]


def _in_lines(lines: list[str]) -> Iterable[str]:
    bare_paper = any("CONG HOA XA HOI" in line for line in lines)  # a paper typed without any signs
    for index, line in enumerate(lines):
        line = line[:MAX_LINE]
        if said := _SAID.search(line.replace("\t", " ")):
            yield _level(said[1])
        elif re.search(r"độ\s+mật", line, re.IGNORECASE) and (chosen := _CHOSEN.search(line)):
            yield _level(chosen[1])
        cells = [cell.strip(_FRAME) for cell in line.split("\t") if cell.strip(_FRAME)]
        if len(cells) > 2:
            continue  # a row of a table
        pieces = [line] if len(cells) < 2 else cells
        stamps = [_stamp(piece, bare_paper) for piece in pieces]
        if not any(stamps):  # left and right halves of a letterhead on one line
            pieces = re.split(r"\s{3,}", line.strip())
            stamps = [_stamp(piece, bare_paper) for piece in pieces] if len(pieces) == 2 else []
        levels = {stamp for stamp in stamps if stamp}
        if len(levels) != 1:
            continue  # none, or a list of all marks
        level = levels.pop()
        before = lines[index - 1].strip(_FRAME).split()[-1:] if index else []
        after = lines[index + 1].strip(_FRAME).split()[:1] if index + 1 < len(lines) else []
        if level == PLAIN and len(pieces) == 1:
            if before and before[0] in ("TUYỆT", "TỐI"):
                level = TOP if before[0] == "TUYỆT" else HIGH
            elif (before and before[0].lower() in _BEFORE) or (after and _goes_on(after[0])):
                continue
        if _is_legend(lines, index):
            continue
        yield level


def _goes_on(word: str) -> bool:
    """Whether the first word of the next line makes a word of MẬT: MẬT | MÃ, but not a stamp above “Mã dự án”."""
    return word.lower() in _AFTER and not word.istitle()


def _is_legend(lines: list[str], index: int) -> bool:
    """Whether the marks are listed one under another, as a form explains them."""
    around = {_stamp(line, False) for line in lines[max(0, index - 2) : index + 3]}
    return len(around - {None}) > 1


def _stamp(piece: str, bare_paper: bool) -> str | None:
    """The level when the piece is a stamp and nothing else: "MẬT", "M Ậ T", "[Tối mật] Bản số 2"."""
    plain = _COPY.sub("", piece.strip(_FRAME)).strip(_FRAME)
    if not plain or len(plain) > 60:
        return None
    compact = "".join(plain.split())
    if compact in _LEVELS:
        return _LEVELS[compact]
    if compact in _BARE_LEVELS:
        return _BARE_LEVELS[compact]
    if bare_paper and compact == "MAT":
        return PLAIN
    words = " ".join(plain.split())
    if words in ("Tuyệt mật", "Tuyệt Mật", "tuyệt mật", "Tối mật", "Tối Mật", "tối mật"):
        return _level(words)
    said = _SAID.fullmatch(words)
    return _level(said[1]) if said else None


def _level(words: str) -> str:
    first = words.split()[0].lower()
    return TOP if first in ("tuyệt", "tuyet") else HIGH if first in ("tối", "toi") else PLAIN


def _in_metadata(value: str) -> str | None:
    words = " ".join(unicodedata.normalize("NFC", value).strip(_FRAME).split()).lower()
    exact = {"tuyệt mật": TOP, "tuyet mat": TOP, "tối mật": HIGH, "toi mat": HIGH, "mật": PLAIN}
    if words in exact:
        return exact[words]
    said = _SAID.search(words)
    return _level(said[1]) if said else _in_name(value)


def _in_name(name: str) -> str | None:
    """The mark in a file's name. "MAT" without signs counts only in brackets: it is also mặt, mắt, mất."""
    stem = unicodedata.normalize("NFC", name[-500:]).replace("\\", "/").rpartition("/")[2]
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem)
    words = re.findall(r"[^\W_]+", stem)
    lower = [word.lower() for word in words]
    for first, second in itertools.pairwise(lower):
        if (first, second) in (("tuyệt", "mật"), ("tuyet", "mat")):
            return TOP
        if (first, second) in (("tối", "mật"), ("toi", "mat")):
            return HIGH
    compact = {"tuyệtmật": TOP, "tuyetmat": TOP, "tốimật": HIGH, "toimat": HIGH}
    for word in lower:
        if word in compact:
            return compact[word]
    if said := _SAID.search(stem.replace("_", " ")):
        return _level(said[1])
    if re.search(r"[(\[]\s*(?:MẬT|Mật|mật|MAT)\s*[)\]]", stem) or words in (["MẬT"], ["Mật"], ["MAT"]):
        return PLAIN
    if re.search(r"^\s*(?:MẬT|Mật)\s*(?:[-–—_]|\.\s)|\s[-–—]\s*(?:MẬT|Mật)\s*$|_(?:MẬT|Mật)$", stem):
        return PLAIN
    shouted = all(word.isupper() or word.isdigit() for word in words)
    for index, word in enumerate(words):
        if word != "MẬT" or shouted:
            continue
        before, after = lower[index - 1] if index else "", lower[index + 1] if index + 1 < len(lower) else ""
        if before not in _BEFORE and after not in _AFTER | {"độ"}:
            return PLAIN
    return None
