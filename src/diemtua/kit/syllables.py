"""The shape of Vietnamese syllables: which strings of letters could be one.

A syllable is an opening consonant, a rime and a tone. The openings and rimes are closed lists, and a rime that
ends in p, t, c or ch takes only two of the six tones: so few strings of letters are syllables that one can
tell Vietnamese from other languages, and from Vietnamese read in the wrong encoding.
"""

from __future__ import annotations

import unicodedata

__all__ = ["is_syllable"]

_TONES = {"\u0300": "huyền", "\u0301": "sắc", "\u0303": "ngã", "\u0309": "hỏi", "\u0323": "nặng"}


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OPENINGS = frozenset(["", *_listed("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")])
_FREE_RIMES = _listed(
    "a ai ao au ay am an ang anh ăm ăn ăng âu ây âm ân âng e eo em en eng ê êu êm ên ênh "
    "i ia iu im in inh iêu iêm iên iêng y yêu yêm yên yêng o oi om on ong oong "
    "oa oai oao oay oam oan oang oanh oăm oăn oăng oe oen oeo ô ôi ôm ôn ông ơ ơi ơm ơn "
    "u ua ui um un ung uân uâng uây uê uênh uơ uôi uôm uôn uông uy uya uyu uyn uynh uyên "
    "ư ưa ưi ưm ưn ưng ưu ươi ươm ươn ương ươu"
)
_STOPPED_RIMES = _listed(
    "ac ach ap at ăc ăp ăt âc âp ât ec ep et êch êp êt ich ip it iêc iêp iêt yêt oc ooc op ot "
    "oac oach oat oăc oăt oet ôc ôp ôt ơp ơt uc up ut uât uêch uôc uôt uych uyp uyt uyêt "
    "ưc ưt ươc ươp ươt"
)
# After "qu", whose u is written with the consonant: quỳnh, quýt, quých.
_QU_RIMES = _listed("ynh yu yn yt yp ych")
_NEVER_AFTER_QU = "iouư"


def _taken_apart(letter: str) -> tuple[str, str]:
    """A lower-case letter without its tone, and the tone ("" for none)."""
    marks = unicodedata.normalize("NFD", letter)
    tone = "".join(_TONES.get(mark, "") for mark in marks)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)), tone


class _Letters(dict[str, tuple[str, str]]):
    def __missing__(self, letter: str) -> tuple[str, str]:
        self[letter] = found = _taken_apart(letter)
        return found


_LETTERS = _Letters()


def is_syllable(word: str) -> bool:
    """Whether a Vietnamese syllable could be written so: any case, NFC, tone mark in the old or the new place."""
    if not 0 < len(word) <= 7:  # "nghiêng" has seven letters
        return False
    bare, tones = [], []
    for letter in word.lower():
        base, tone = _LETTERS[letter]
        bare.append(base)
        if tone:
            tones.append(tone)
    if len(tones) > 1:
        return False
    tone = tones[0] if tones else ""
    return _is_spelled("".join(bare), tone)


def _is_spelled(bare: str, tone: str) -> bool:
    for length in (3, 2, 1, 0):
        opening, rime = bare[:length], bare[length:]
        if opening not in _OPENINGS:
            continue
        if rime in _FREE_RIMES or (opening == "qu" and rime in _QU_RIMES):
            if _may_meet(opening, rime) and not (rime in ("yt", "yp", "ych") and tone not in ("sắc", "nặng")):
                return True
        elif rime in _STOPPED_RIMES:
            if tone in ("sắc", "nặng") and _may_meet(opening, rime):
                return True
        elif not rime and opening == "gi":  # gì
            return True
    return False


def _may_meet(opening: str, rime: str) -> bool:
    """The spelling rules for the sounds with two spellings, and for "qu"."""
    front = rime[0] in "eêiy"
    if opening in ("c", "g", "ng"):
        return not front or (opening == "g" and rime[0] == "i")  # giếng is g + iêng
    if opening in ("k", "gh", "ngh"):
        return front
    if opening == "qu":
        return rime[0] not in _NEVER_AFTER_QU or rime in ("i", "ôc", "ơ") or rime[0] == "y"
    if opening == "":
        return not (rime.startswith("iê"))  # written yê
    return not rime.startswith("yê")
