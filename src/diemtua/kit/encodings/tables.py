"""Letters of the encodings Vietnamese was written in before Unicode, as a Western program shows them.

All three are tables from "the letters of Windows-1252 or Latin-1 that stand in the text" to Vietnamese letters:

- TCVN3 (TCVN 5712:1993, "ABC"; the fonts .VnTime, .VnArial): a byte a letter. It has no capital letters with a
  tone; capitals come from fonts of their own (.VnTimeH), so text alone does not tell them.
- VNI (VNI-Times, VNI-Helve): a vowel and after it a sign for what stands above and below it.
- UTF-8 read as Windows-1252, as careless programs do: "Viá»‡t" for "Việt".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

TCVN3, VNI, UTF8_AS_1252 = "TCVN3", "VNI", "UTF-8 as Windows-1252"
WINDOWS_1258 = "windows-1258"

TONED = "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
PLAIN = "ăâêôơưđ"

# --- TCVN3 ----------------------------------------------------------------------------------------
_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§"  # A1-A7
        "¨©ª«¬\xad®"  # A8-AE
        "µ¶·¸¹" "»¼½¾Æ" "ÇÈÉÊË"
        "ÌÎÏÐÑ" "ÒÓÔÕÖ"
        "×ØÜÝÞ"
        "ßáâãä" "åæçèé" "êëìíî"
        "ïñòóô" "õö÷øù"
        "úûüýþ",
        PLAIN.upper() + PLAIN + TONED,
        strict=True,
    )
)  # fmt: skip
# Some programs write the Greek letter for the micro sign, and put letters of symbol fonts at U+F000-F0FF.
_TCVN3 |= {chr(0xF000 + ord(shown)): letter for shown, letter in _TCVN3.items()} | {"\u03bc": _TCVN3["µ"]}
_TCVN3_CODES = str.maketrans(_TCVN3)


def from_tcvn3(text: str) -> str:
    """Every letter of TCVN3 in `text` as the Vietnamese letter it stands for."""
    return text.translate(_TCVN3_CODES)


# --- VNI ------------------------------------------------------------------------------------------
_HORN, _BREVE, _CIRCUMFLEX = "\u031b", "\u0306", "\u0302"
_GRAVE, _HOOK, _TILDE, _ACUTE, _DOT = "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"
_VNI_SIGNS = {
    "aeouyôö": {"ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ù": _ACUTE, "ï": _DOT},
    "a": {"ê": _BREVE, "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
          "é": _BREVE + _ACUTE, "ë": _BREVE + _DOT},
    "aeo": {"â": _CIRCUMFLEX, "à": _CIRCUMFLEX + _GRAVE, "å": _CIRCUMFLEX + _HOOK, "ã": _CIRCUMFLEX + _TILDE,
            "á": _CIRCUMFLEX + _ACUTE, "ä": _CIRCUMFLEX + _DOT},
}  # fmt: skip
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_SINGLE)
    for bases, signs in _VNI_SIGNS.items():
        for base in bases:
            for sign, marks in signs.items():
                table[base + sign] = unicodedata.normalize("NFC", _VNI_SINGLE.get(base, base) + marks)
    # The base tells the case; a sign is a capital when its base is, but careless typists mix them.
    for coded, letter in list(table.items()):
        table[coded.upper()] = letter.upper()
        if len(coded) == 2:
            table[coded[0].upper() + coded[1]] = letter.upper()
            table[coded[0] + coded[1].upper()] = letter
    return table


_VNI = _vni_table()
_VNI_LETTER = re.compile("[aeouyôöAEOUYÔÖ][øûõùïêèúüéëâàåãáäØÛÕÙÏÊÈÚÜÉËÂÀÅÃÁÄ]|[ôöñíìæóòîÔÖÑÍÌÆÓÒÎ]")


def from_vni(text: str) -> str:
    """Every letter of VNI in `text` as the Vietnamese letter it stands for; other pairs stay as they are."""
    return _VNI_LETTER.sub(_vni_letter, text)


def _vni_letter(found: re.Match[str]) -> str:
    coded = found[0]
    if coded in _VNI:
        return _VNI[coded]
    return _VNI.get(coded[0], coded[0]) + _VNI.get(coded[1], coded[1])


# --- UTF-8 read as Windows-1252 -------------------------------------------------------------------
def _as_shown(code: int) -> str:
    """A byte as Windows-1252 shows it; its five unused bytes as the control letters they are in Latin-1."""
    try:
        return bytes([code]).decode("windows-1252")
    except UnicodeDecodeError:
        return chr(code)


SHOWN_BYTES = "".join(map(_as_shown, range(256)))
_BYTE_OF = {shown: code for code, shown in enumerate(SHOWN_BYTES)}
_TAIL = "[" + re.escape(SHOWN_BYTES[0x80:0xC0]) + "]"
_TWO, _THREE = "[" + re.escape(SHOWN_BYTES[0xC2:0xE0]) + "]", "[" + re.escape(SHOWN_BYTES[0xE0:0xF0]) + "]"
# "Ã" and a blank is à: the byte A0 is a no-break space, which many programs turn into a blank.
UTF8_LETTER = re.compile(f"{_THREE}{_TAIL}{{2}}|{_TWO}{_TAIL}|Ã(?= )")


def from_utf8_as_1252(text: str) -> str:
    """Every letter of `text` that is a UTF-8 sequence shown byte by byte, as the letter it stands for."""
    return UTF8_LETTER.sub(_utf8_letter, text)


def _utf8_letter(found: re.Match[str]) -> str:
    if found[0] == "Ã":
        return "à"
    try:
        return bytes(_BYTE_OF[shown] for shown in found[0]).decode()
    except UnicodeDecodeError:
        return found[0]


FROM: dict[str, Callable[[str], str]] = {TCVN3: from_tcvn3, VNI: from_vni}
