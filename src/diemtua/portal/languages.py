"""The five languages of the public pages, each under its own address: Vietnamese at /, the others at /en/, /ko/ …

A page is in the language of its address, whatever the reader chose for the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real
from django.views.decorators.http import require_safe


@dataclass(frozen=True)
class Language:
    """`code` as Django names it, `name` in the language itself, `tag` for the browser (BCP 47)."""

    code: str
    name: str
    tag: str


LANGUAGES = (
    Language("vi", "Tiếng Việt", "vi"),
    Language("en", "English", "en"),
    Language("ko", "한국어", "ko"),
    Language("zh-hans", "简体中文", "zh-Hans"),
    Language("ja", "日本語", "ja"),
)
CODES = tuple(one.code for one in LANGUAGES)
DEFAULT = CODES[0]
# Where a text is missing: what its readers most likely read. English for everybody abroad.
NEAREST = {"ko": ("en", "vi"), "zh-hans": ("en", "vi"), "ja": ("en", "vi"), "en": ("vi",), "vi": ("en",)}


def current() -> Language:
    """The language in which the page is being made."""
    active = (translation.get_language() or DEFAULT).lower()
    return next((one for one in LANGUAGES if one.code == active), LANGUAGES[0])


def data_language() -> str:
    """vi or en: the languages in which names of reference data are kept."""
    return "vi" if current().code == "vi" else "en"


def address(name: str, *args: Any, lang: str = "") -> str:
    """The address of a portal page in a language (the current one)."""
    lang = lang or current().code
    return reverse(f"portal:{name}" if lang == DEFAULT else f"portal-{lang}:{name}", args=args)


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator of portal pages: only reading, in the language of the address."""

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, lang: str = DEFAULT, **kwargs: Any) -> HttpResponse:
        return in_language(view, request, lang, *args, **kwargs)

    return shown


@cache
def fall_back_to_english(code: str) -> None:
    """What a language lacks is shown in English; Django would show the language of the settings, Vietnamese."""
    trans_real.translation(code)._fallback = trans_real.translation("en")  # type: ignore[attr-defined]


def in_language(view: Callable[..., HttpResponse], request: HttpRequest, lang: str, *args: Any, **kwargs: Any) -> Any:
    """Call a view with the language of its address."""
    if lang not in (DEFAULT, "en"):
        fall_back_to_english(lang)
    with translation.override(lang):
        request.LANGUAGE_CODE = lang
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            response = render(request, "portal/missing.html", status=404)
        response.headers.setdefault("Content-Language", lang)
        return response
