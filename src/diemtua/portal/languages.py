"""The five languages of the public pages, each under its own address: Vietnamese at /, the others at /en/, /ko/ …

A page is in the language of its address, whatever the reader chose for the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
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
    Language("zh-hans", "中文", "zh-Hans"),
    Language("ja", "日本語", "ja"),
)
CODES = tuple(one.code for one in LANGUAGES)
DEFAULT = CODES[0]
# Where a text is missing: what its readers most likely read. English for everybody abroad.
NEAREST = {"ko": ("en", "vi"), "zh-hans": ("en", "vi"), "ja": ("en", "vi"), "en": ("vi",), "vi": ("en",)}


def tag_of(code: str) -> str:
    """The language of a text as browsers know it."""
    return next((one.tag for one in LANGUAGES if one.code == code), code)


def current() -> Language:
    """The language in which the page is being made."""
    active = (translation.get_language() or DEFAULT).lower()
    return next((one for one in LANGUAGES if one.code == active), LANGUAGES[0])


def data_language() -> str:
    """vi or en: the languages in which names of reference data are kept."""
    return "vi" if current().code == "vi" else "en"


def here_of(url: str) -> str:
    """The address of an edited page under the prefix of this page's language, which it shows under a note."""
    word = url.split("/")[1]
    bare = url[len(word) + 1 :] if word in CODES else url
    return bare if current().code == DEFAULT else f"/{current().code}{bare}"


def address(name: str, *args: Any, lang: str = "") -> str:
    """The address of a portal page in a language (the current one)."""
    lang = lang or current().code
    return reverse(f"portal:{name}" if lang == DEFAULT else f"portal-{lang}:{name}", args=args)


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator of portal pages: only reading, in the language of the address, kept and served to all."""

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, lang: str = DEFAULT, **kwargs: Any) -> HttpResponse:
        with translation.override(lang):  # the middleware has seen to it, unless somebody calls the view
            return public(view(request, *args, **kwargs))

    return shown


POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "worker-src 'self' blob:; frame-ancestors 'self'; form-action 'self'; base-uri 'self'"
)
"""No script and no style inside pages; nothing from other hosts; shown in frames by the editor's preview only."""


MAY_BE_KEPT = "X-Keep"
"""On an answer that is the same for everybody: `kept` keeps it. Never sent to readers. Holds the article that is read."""


def public(response: HttpResponse, *, keep: bool = True) -> HttpResponse:
    """Put the policy of public pages on an answer, and that it may be kept."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    if keep:
        response.headers.setdefault(MAY_BE_KEPT, "0")
    return response
