"""Vietnamese text: one normal form, search keys, an alphabetical sort key, safe cleaning.

Everything here is pure and gives the same result on every machine and database engine, so its results
are stored in columns: SQLite and PostgreSQL then find and order Vietnamese alike.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["exact", "fold", "nfc", "plain", "quoted", "slug", "sort_key", "strip_control", "words"]

# Letters that no Unicode decomposition takes apart. Ð and ð (Icelandic eth) and Ɖ stand in old Vietnamese
# files for Đ because they look the same.
_PLAIN_LETTERS = {"đ": "d", "ð": "d", "ɖ": "d", "ø": "o", "ł": "l", "ħ": "h", "ı": "i"}
_PLAIN_LETTERS |= {"æ": "ae", "œ": "oe", "þ": "th"}
# Marks on Latin letters, and variation selectors. Marks of other scripts (ລີ) are parts of letters.
_LATIN_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]")
# Invisible characters inside a word. The zero-width space (U+200B) is not among them: it parts words in Lao.
_INVISIBLE = re.compile("[\u00ad\u200c-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_JOINERS = re.compile(r"[-/._]+")
_LONGEST_JOINED = 40  # a document number is shorter; an address of a web page is not a number


def nfc(s: str) -> str:
    """The text in Unicode normal form C, which is how everything is stored."""
    return unicodedata.normalize("NFC", s)


def _bare(char: str) -> str:
    """One character in lower case without Latin marks and compatibility forms; may be empty or longer."""
    text = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", _INVISIBLE.sub("", char)))
    text = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return "".join(_PLAIN_LETTERS.get(c, c) for c in text)


def _is_letter(char: str) -> bool:
    """True for letters, digits and the marks of scripts that write vowels as marks."""
    return char.isalnum() or unicodedata.category(char)[0] == "M"


class _Table(dict[int, str]):
    """A `str.translate` table filled in as characters are met; `keep` are the punctuation signs that stay."""

    def __init__(self, keep: str | None):
        super().__init__()
        self.keep = keep

    def __missing__(self, code: int) -> str:
        self[code] = out = "".join(map(self._one, _bare(chr(code))))
        return out

    def _one(self, char: str) -> str:
        if self.keep is None or _is_letter(char):
            return char
        if char in _DASHES:
            char = "-"
        return char if char in self.keep else " "


_FOLD = _Table("")
_JOINED = _Table("-/._")
_PLAIN = _Table(None)


def _translate(s: str, table: _Table) -> str:
    out = s.translate(table)
    # Decomposed Hangul and kana are put together again; ASCII needs nothing.
    return out if out.isascii() else nfc(out)


def fold(s: str) -> str:
    """The search key: lower case, no tone or vowel marks, đ → d, anything but letters and digits → one blank.

    Letters of other scripts (한, 中) stay. `fold(fold(s)) == fold(s)`.
    """
    return " ".join(_translate(s, _FOLD).split())


def plain(s: str) -> str:
    """Like `fold`, but punctuation stays: what readers of dates, numbers and headers match against."""
    return " ".join(_translate(s, _PLAIN).split())


def words(s: str) -> list[str]:
    """The folded words in order; document numbers also as one word: `22-NQ/TW` → 22, nq, tw, 22nqtw.

    A group joined by - / . _ counts as a number when a digit is in it and it has at most 40 characters.
    """
    found: list[str] = []
    for token in _translate(s, _JOINED).split():
        if token.isalnum():  # nothing is joined in it
            found.append(token)
            continue
        parts = [part for part in _JOINERS.split(token) if part]
        found += parts
        if len(parts) > 1 and any(c.isdigit() for c in token):
            joined = "".join(parts)
            if len(joined) <= _LONGEST_JOINED:
                found.append(joined)
    return found


# --- exact matching -------------------------------------------------------------------------------
_EXACT = str.maketrans({"ð": "đ", "ɖ": "đ"})
# Old placement → new placement: hòa → hoà, khỏe → khoẻ, thúy → thuý. (`quý` is written so in both.)
_MOVED_TONES = {
    old_first + second: first + new_second
    for first, firsts in (("o", "òóỏõọ"), ("u", "ùúủũụ"))
    for second, seconds in (("a", "àáảãạ"), ("e", "èéẻẽẹ"), ("y", "ỳýỷỹỵ"))
    if first + second in ("oa", "oe", "uy")
    for old_first, new_second in zip(firsts, seconds, strict=True)
}
_MOVED_TONE = re.compile("|".join(_MOVED_TONES))


def exact(s: str) -> str:
    """The key for matches that heed diacritics: NFC, lower case, single blanks, tone marks in one place.

    `exact("Hòa Bình") == exact("hoà  bình")`. Punctuation stays.
    """
    text = " ".join(nfc(nfc(s).lower()).translate(_EXACT).split())
    return _MOVED_TONE.sub(lambda match: _MOVED_TONES[match.group()], text)


# --- alphabetical order ---------------------------------------------------------------------------
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# ngang has none; huyền, hỏi, ngã, sắc, nặng
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
# 36 signs serve: 0 ends a syllable, 1 begins a digit, the 33 letters follow, z begins any other character.
_LETTER_CODES = dict(zip(_ALPHABET, "23456789abcdefghijklmnopqrstuvwxy", strict=True))
_MARKED = {unicodedata.normalize("NFD", letter): letter for letter in "ăâêôơư"}


def _sort_code(char: str) -> tuple[str, str]:
    """(code, tone) of one character; the code is "" where it is ignored, " " where it parts syllables."""
    if _INVISIBLE.match(char):
        return "", ""
    lower = nfc(char.lower().translate(_EXACT))
    decomposed = unicodedata.normalize("NFD", lower)
    tone = next((_TONES[c] for c in decomposed if c in _TONES), "")
    if lower[:1] == "đ":
        return _LETTER_CODES["đ"], tone
    letter = next((_MARKED[decomposed[0] + mark] for mark in decomposed[1:] if decomposed[0] + mark in _MARKED), "")
    code = ""
    for c in letter or _bare(char):
        if c in _LETTER_CODES:
            code += _LETTER_CODES[c]
        elif "0" <= c <= "9":
            code += "1" + c
        elif _is_letter(c):
            code += f"z{ord(c):06x}"
        else:
            return " ", ""
    return code, tone


class _SortTable(dict[str, tuple[str, str]]):
    def __missing__(self, char: str) -> tuple[str, str]:
        self[char] = value = _sort_code(char)
        return value


_SORT = _SortTable()


def sort_key(s: str, length: int = 200) -> str:
    """A key of [0-9a-z] whose byte order is Vietnamese alphabetical order, cut at `length` characters.

    Syllables are compared one by one, first by letters (a ă â b c d đ …; digits before letters, other
    scripts after), then by tone (ngang, huyền, hỏi, ngã, sắc, nặng). Case, punctuation and the place of
    the tone mark make no difference. A letter takes one character, so 200 reach about 130 letters.
    """
    out: list[str] = []
    size = 0
    syllable, tone = "", "0"
    for char in nfc(s):
        code, its_tone = _SORT[char]
        if code == " ":
            if syllable:
                out.append(f"{syllable}0{tone}")
                size += len(syllable) + 2
                if size >= length:
                    break
            syllable, tone = "", "0"
            continue
        syllable += code
        if its_tone and tone == "0":
            tone = its_tone
    else:
        if syllable:
            out.append(f"{syllable}0{tone}")
    return "".join(out)[:length]


# --- cleaning -------------------------------------------------------------------------------------
def slug(s: str) -> str:
    """Folded words joined by "-", ASCII only, for addresses of pages. "" without Latin letters and digits."""
    return "-".join(re.findall("[a-z0-9]+", fold(s)))


_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls, direction controls, byte-order marks, halves of surrogate pairs (no database stores them).
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def quoted(s: str) -> str:
    """The text in quotation marks, with those inside it single and double by turns: “a “b” c” becomes “a ‘b’ c”."""
    marks, depth, said = ("“”", "‘’"), 1, []
    for char in s:
        if char == "“":
            said.append(marks[depth % 2][0])
            depth += 1
        elif char == "”":
            depth = max(depth - 1, 1)
            said.append(marks[depth % 2][1])
        else:
            said.append(char)
    return f"“{''.join(said)}”"


def strip_control(s: str, newlines: bool = False) -> str:
    """The text without control characters and direction overrides, which can hide what is written.

    Tabs become blanks. Line breaks become `\\n` when `newlines`, otherwise blanks.
    """
    text = _BREAKS.sub("\n", s).replace("\t", " ")
    if not newlines:
        text = text.replace("\n", " ")
    return _CONTROLS.sub("", text)
