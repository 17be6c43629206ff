"""Bytes as text, when they say themselves how they are written and when they do not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from . import tables
from .repair import reads_as_vietnamese, repaired, vietnamese_score
from .tables import SHOWN_BYTES, WINDOWS_1258

_SHOWN = str.maketrans(dict(enumerate(SHOWN_BYTES)))
_TAGS = re.compile(r"<[^<>]{0,2000}>")


class Decoded(NamedTuple):
    """`text` is NFC with the line ends of the file."""

    text: str
    encoding: str  # utf-8, utf-16-le, windows-1258, TCVN3, …
    schemes: tuple[str, ...] = ()  # what was turned into Unicode; see `tables`
    mixed: bool = False  # parts were written in another encoding than the rest
    lost: int = 0  # letters that could not be read and became U+FFFD
    guessed: bool = False  # nothing proves the encoding: the letters should be looked at
    doubtful: bool = False  # the letters look wrong in a way that is not understood


def decode(data: bytes, *, partial: bool = False, markup: bool = False) -> Decoded:
    """Text of bytes: byte order mark, UTF-16 by its zeros, UTF-8, else what reads best as Vietnamese among
    Windows-1258, TCVN3 and VNI; lines of UTF-8 among lines that are not are read as such.

    `partial`: the bytes are a beginning, and may stop inside a letter. `markup`: HTML, whose tags say nothing
    about the language. Raises UnicodeDecodeError for UTF-16 that is none.
    """
    encoding = _declared(data)
    if encoding.startswith("utf-16"):
        return _finished(data[: len(data) // 2 * 2].decode(encoding), encoding, markup)
    try:
        return _finished(data.decode(encoding), encoding, markup)
    except UnicodeDecodeError as error:
        if partial and error.start > len(data) - 4:
            return _finished(data[: error.start].decode(encoding), encoding, markup)
    return _eight_bit(data, markup)


def _declared(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = data[:4096]
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) > 0.3 * half and sample[::2].count(0) < 0.05 * half:
        return "utf-16-le"
    if sample[::2].count(0) > 0.3 * half and sample[1::2].count(0) < 0.05 * half:
        return "utf-16-be"
    return "utf-8"


def _finished(text: str, encoding: str, markup: bool) -> Decoded:
    text = unicodedata.normalize("NFC", text)
    put_right = repaired(text, markup=markup)
    return Decoded(put_right.text, encoding, put_right.schemes, doubtful=put_right.doubtful)


def _eight_bit(data: bytes, markup: bool) -> Decoded:
    """Bytes that are not UTF-8 as a whole: read line by line, the lines that are not UTF-8 all in one way."""
    lines: list[str | bytes] = []
    lost = 0
    utf8 = False
    for line in data.splitlines(keepends=True):
        text = _utf8_line(line)
        if text is None:
            lines.append(line)
        else:
            utf8 = utf8 or not text.isascii()
            lost += text.count("\ufffd")
            lines.append(text)
    if all(isinstance(line, str) for line in lines):
        text = "".join(line for line in lines if isinstance(line, str))
        return _finished(text, "utf-8", markup)._replace(lost=lost)

    as_1252 = unicodedata.normalize("NFC", _joined(lines, _windows_1252))
    as_1258 = unicodedata.normalize("NFC", _joined(lines, _windows_1258))
    put_right = repaired(as_1252, markup=markup)
    judged = _TAGS.sub(" ", as_1258) if markup else as_1258
    score_1252, score_1258, score_right = (
        vietnamese_score(_TAGS.sub(" ", text) if markup else text) for text in (as_1252, as_1258, put_right.text)
    )
    if put_right.schemes and score_right > score_1258:
        return Decoded(put_right.text, put_right.schemes[0], put_right.schemes, mixed=utf8, lost=lost)
    if reads_as_vietnamese(judged) and score_1258 >= score_1252:
        sure = score_1258 > score_1252 + 1
        schemes = (WINDOWS_1258,) if sure else ()
        return Decoded(as_1258, WINDOWS_1258, schemes, mixed=utf8, lost=lost, guessed=not sure)
    return Decoded(as_1252, "windows-1252", mixed=utf8, lost=lost, guessed=True, doubtful=put_right.doubtful)


def _utf8_line(line: bytes) -> str | None:
    """The line when it is UTF-8, or clearly was before a few of its bytes were lost."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        text = line.decode(errors="replace")
        letters = sum(letter > "\x7f" for letter in text)
        wrong = text.count("\ufffd")
        return text if letters - wrong >= 4 * wrong else None


def _joined(lines: list[str | bytes], read: Callable[[bytes], str]) -> str:
    return "".join(line if isinstance(line, str) else read(line) for line in lines)


def _windows_1252(line: bytes) -> str:
    return line.decode("latin-1").translate(_SHOWN)


def _windows_1258(line: bytes) -> str:
    try:
        return line.decode("windows-1258")
    except UnicodeDecodeError:  # eight bytes are unused
        return "".join(_one_1258(byte) for byte in line)


def _one_1258(byte: int) -> str:
    try:
        return bytes([byte]).decode("windows-1258")
    except UnicodeDecodeError:
        return tables.SHOWN_BYTES[byte]
