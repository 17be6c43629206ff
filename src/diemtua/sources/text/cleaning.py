"""Text without what nobody sees."""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
# Soft hyphens, marks of direction and of byte order hide words from search and from the reader. Joiners and blanks
# without width belong to the writing of Arabic, Indian and South-East Asian scripts and to emoji: they stay there.
_INVISIBLE = re.compile(
    "[\x80-\x9f\xad\u061c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
    "|(?<![\u0600-\u1dff\u2600-\U0001faff])[\u200b-\u200d]"
)


def clean(text: str) -> str:
    """NFC with LF line ends, and without control signs and lone surrogates, which no database takes."""
    return _CONTROLS.sub("", unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text)))


def without_invisible(text: str) -> str:
    """The text without invisible signs. Not for text in an old font: its letters may be among them (ư in TCVN3)."""
    return _INVISIBLE.sub("", text)
