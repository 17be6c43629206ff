"""What search engines and other sites read of a page: canonical address, Open Graph, schema.org, the map of the site."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from diemtua.land.models import Zone

from .languages import LANGUAGES, address, current
from .opendata import writing
from .opendata.datasets import DATASETS, Dataset
from .opendata.licence import licence

# The pages of the site without those of single records; the short list is a reader's own and is left out.
PAGES = ("home", "why", "sectors", "stories", "parks", "find", "calling", "guide", "incentives", "contact", "enquire", "solved", "partners",
         "markets", "datasets")  # fmt: skip
MOST_ZONES = 5_000
LOCALES = {"vi": "vi_VN", "en": "en_US", "ko": "ko_KR", "zh-hans": "zh_CN", "ja": "ja_JP"}


def absolute(request: HttpRequest, path: str) -> str:
    return f"{request.scheme}://{request.get_host()}{path}"


def organisation(request: HttpRequest) -> dict[str, Any]:
    """The province's investment site as an organisation of the state (schema.org)."""
    return {
        "@type": "GovernmentOrganization",
        "@id": absolute(request, "/#organisation"),
        "name": _("Invest in the province") + f" · {settings.HOME_PROVINCE}",
        "url": absolute(request, address("home")),
        "areaServed": {"@type": "AdministrativeArea", "name": settings.HOME_PROVINCE},
        "contactPoint": {
            "@type": "ContactPoint",
            "contactType": "investor relations",
            "url": absolute(request, address("contact")),
            "availableLanguage": [one.tag for one in LANGUAGES],
        },
    }


def trail(request: HttpRequest, steps: list[tuple[str, str]]) -> dict[str, Any]:
    """The way from the first page to this one; `steps` are (label, path)."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": label, "item": absolute(request, path)}
            for n, (label, path) in enumerate(steps, 1)
        ],
    }


def data_set(request: HttpRequest, found: Dataset) -> dict[str, Any]:
    """A data set with its files, as search engines of data read it."""
    given = licence()
    about: dict[str, Any] = {
        "@type": "Dataset",
        "name": str(found.title),
        "description": str(found.about),
        "url": absolute(request, address("dataset", found.name)),
        "isAccessibleForFree": True,
        "creator": {"@id": absolute(request, "/#organisation")},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": writing.MEDIA[form].partition(";")[0],
                "contentUrl": absolute(request, f"/data/{found.name}.{form}"),
            }
            for form in writing.forms_of(found)
        ],
    }
    return about | ({"license": given.address} if given.address else {})


def as_script(graph: list[dict[str, Any]]) -> SafeString:
    """JSON-LD that may stand in a page: no character of it can end the script."""
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)


def og_locale() -> str:
    return LOCALES[current().code]


def addresses() -> list[dict[str, str]]:
    """Every page of the site: {language tag: path} in all languages. One query."""
    pages: list[tuple[str, tuple[Any, ...]]] = [(name, ()) for name in PAGES]
    zones = Zone.objects.public().filter(illustrative=False).order_by("pk").values_list("pk", flat=True)[:MOST_ZONES]
    pages += [("park", (pk,)) for pk in zones]
    pages += [("dataset", (d.name,)) for d in DATASETS]
    return [{one.tag: address(name, *args, lang=one.code) for one in LANGUAGES} for name, args in pages]
