"""Which addresses are public pages, and in which language, told from the address alone."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.urls import LocalePrefixPattern, get_resolver
from django.utils.translation import trans_real


@cache
def words_of_the_product() -> frozenset[str]:
    """First words of all addresses that are not public pages: `desk`, `account`, `static` …"""
    patterns = [p.pattern for p in get_resolver().url_patterns if not isinstance(p.pattern, LocalePrefixPattern)]
    own = {str(pattern).lstrip("^").split("/")[0] for pattern in patterns} - {""}  # "": the room of public pages
    return frozenset(own | {settings.STATIC_URL.strip("/"), settings.MEDIA_URL.strip("/")})


@cache
def _languages() -> frozenset[str]:
    return frozenset(code for code, _name in settings.LANGUAGES)


def language_of(path: str) -> str:
    """The language of a public page; empty for the desk and everything else that is no public page."""
    word = path[1:].split("/", 1)[0]
    if word in words_of_the_product():
        return ""
    return word if word in _languages() else settings.LANGUAGE_CODE


@cache
def fall_back_to_english(code: str) -> None:
    """What a language lacks is shown in English; Django would show the language of the settings, Vietnamese."""
    if code not in dict(settings.DESK_LANGUAGES):
        trans_real.translation(code)._fallback = trans_real.translation("en")  # type: ignore[attr-defined]
