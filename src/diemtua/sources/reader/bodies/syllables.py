"""Telling Vietnamese words from those of other languages by their letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_RHYME = (
    "(?:uyê(?:n|t)?|uya|uyu|uy(?:t|n|nh|p|ch)?|oă(?:[cmnt]|ng)?|oa(?:[cimnopty]|ng|nh|ch|i|y|o)?|oe(?:[nmot]|o)?|"
    "oo(?:ng|c)|uâ(?:[nty]|ng)?|uê(?:nh|ch|n|t|u)?|uơ|uô(?:[cimnt]|ng)?|ua|ươ(?:[cimnptu]|ng)?|ưa|ưu|ưi|"
    "ư(?:[cmnt]|ng)?|iê(?:[cmnptu]|ng)?|yê(?:[mntu]|ng)?|ia|iu|i(?:[mnpt]|nh|ch)?|y|"
    "a(?:[cimnoptuy]|ng|nh|ch)?|ă(?:[cmnpt]|ng)|â(?:[cmnptuy]|ng)|e(?:[cmnopt]|ng)?|ê(?:[mnptu]|nh|ch)?|"
    "o(?:[cimnpt]|ng)?|ô(?:[cimnpt]|ng)?|ơ(?:[imnpt])?|u(?:[cimnpt]|ng)?)"
)
_SYLLABLE = re.compile(_ONSET + _RHYME + r"\Z")
_TONE_MARKS = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_LONGEST = 7


@lru_cache(maxsize=8192)
def vietnamese(word: str) -> bool:
    """Whether `word` (in lower case) may be a syllable of Vietnamese."""
    if len(word) > _LONGEST:
        return False
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_TONE_MARKS))
    return _SYLLABLE.match(bare) is not None
