"""Addresses of the public site: pages from the register in five languages, open data once, then edited pages."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter
from django.urls.converters import StringConverter

from .languages import CODES, DEFAULT
from .opendata.writing import FORMS
from .views import data, enquirers, finding, guide, mapping, pages, serving


class FormConverter(StringConverter):
    regex = "|".join(FORMS)


register_converter(FormConverter, "dataform")

PAGES: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("why/", pages.why, name="why"),
    path("sectors/", pages.sectors, name="sectors"),
    path("parks/", pages.parks, name="parks"),
    path("parks/<int:pk>/", pages.park, name="park"),
    path("find/", finding.find, name="find"),
    path("find/compare/", finding.compare, name="compare"),
    path("find/shortlist/", finding.shortlist, name="shortlist"),
    path("calling/", pages.calling, name="calling"),
    path("guide/", guide.guide, name="guide"),
    path("incentives/", guide.incentives, name="incentives"),
    path("stories/", pages.stories, name="stories"),
    path("partners/", pages.partners, name="partners"),
    path("markets/", pages.markets, name="markets"),
    path("contact/", guide.contact, name="contact"),
    path("enquire/", enquirers.enquire, name="enquire"),
    path("care/", enquirers.solved, name="solved"),
    path("sources/<int:pk>/", pages.source, name="source"),
    path("data/", data.datasets, name="datasets"),
    path("data/<slug:name>/", data.dataset, name="dataset"),
]


def _in(code: str) -> URLResolver:
    kwargs: dict[str, Any] = {"lang": code}
    if code == DEFAULT:
        return path("", include((PAGES, "portal")), kwargs)
    return path(f"{code}/", include((PAGES, "portal"), namespace=f"portal-{code}"), kwargs)


urlpatterns: list[URLPattern | URLResolver] = [
    path("parks/features.json", mapping.features, name="park_features"),
    path("parks/base.json", mapping.base, name="park_base"),
    path("data/catalog.jsonld", data.dcat, name="dcat"),
    path("data/<slug:name>.dictionary.json", data.dictionary, name="data_dictionary"),
    path("data/<slug:name>.<dataform:form>", data.file, name="data_file"),
    *(_in(code) for code in CODES),
]

# Wagtail's pages, behind everything else: `i18n_patterns` (in config/urls.py) gives them the same prefixes.
# Wagtail knows this name: it builds the addresses of its pages with it. Letters of any script.
edited_pages: list[URLPattern | URLResolver] = [re_path(r"^((?:[\w\-]+/)*)$", serving.serve, name="wagtail_serve")]
