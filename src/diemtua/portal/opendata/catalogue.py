"""The catalogue as DCAT (W3C Recommendation, version 3) in JSON-LD, with what DCAT-AP 3 makes mandatory."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import override

from . import rows
from .datasets import DATASETS, Dataset
from .licence import licence
from .writing import FORMS, MEDIA, forms_of

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
_FILE_TYPES = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON", "geojson": "GEOJSON"}
_THEME = "http://publications.europa.eu/resource/authority/data-theme/"
_LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
_DAILY = "http://publications.europa.eu/resource/authority/frequency/CONT"
_VIETNAM = "http://publications.europa.eu/resource/authority/country/VNM"


def _said(text: Any) -> list[dict[str, str]]:
    """A lazy text in Vietnamese and English."""
    found = []
    for language in ("vi", "en"):
        with override(language):
            found.append({"@language": language, "@value": str(text)})
    return found


def _link(address: str) -> dict[str, str]:
    return {"@id": address}


def catalogue(base: str) -> dict[str, Any]:
    """The whole catalogue; `base` is the address of the site without a slash at its end."""
    publisher = {"@id": f"{base}/#publisher", "@type": "foaf:Organization", "foaf:name": settings.HOME_PROVINCE}
    given = licence()
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": f"{base}/data/catalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": [
            {"@language": "vi", "@value": f"Dữ liệu mở {settings.HOME_PROVINCE}"},
            {"@language": "en", "@value": f"Open data of {settings.HOME_PROVINCE}"},
        ],
        "dct:description": [
            {"@language": "vi", "@value": "Các sổ công khai về đối ngoại và đầu tư của tỉnh."},
            {"@language": "en", "@value": "The public registers of the province's external relations and investment."},
        ],
        "dct:publisher": publisher,
        "dct:language": [_link(_LANGUAGE + "VIE"), _link(_LANGUAGE + "ENG")],
        "dct:spatial": _link(_VIETNAM),
        "foaf:homepage": _link(f"{base}/data/"),
        "dcat:dataset": [_dataset(d, base, publisher["@id"]) for d in DATASETS],
    }
    if given.address:
        found["dct:license"] = _link(given.address)
    return found


def _dataset(dataset: Dataset, base: str, publisher: str) -> dict[str, Any]:
    address = f"{base}/data/{dataset.name}/"
    found: dict[str, Any] = {
        "@id": address,
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": _said(dataset.title),
        "dct:description": _said(dataset.about),
        "dct:publisher": _link(publisher),
        "dct:accrualPeriodicity": _link(_DAILY),
        "dct:spatial": _link(_VIETNAM),
        "dcat:theme": _link(_THEME + dataset.theme),
        "dcat:keyword": list(dataset.keywords),
        "dcat:landingPage": _link(address),
        "foaf:page": _link(f"{base}/data/{dataset.name}.dictionary.json"),
        "dcat:distribution": [_distribution(dataset, form, base) for form in forms_of(dataset)],
    }
    if (last := rows.changed(dataset)) is not None:
        found["dct:modified"] = {"@type": "xsd:dateTime", "@value": last.isoformat(timespec="seconds")}
    return found


def _distribution(dataset: Dataset, form: str, base: str) -> dict[str, Any]:
    address = f"{base}/data/{dataset.name}.{form}"
    found: dict[str, Any] = {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": FORMS[form],
        "dcat:accessURL": _link(f"{base}/data/{dataset.name}/"),
        "dcat:downloadURL": _link(address),
        "dct:format": _link(_FILE_TYPE + _FILE_TYPES[form]),
        "dcat:mediaType": _link("https://www.iana.org/assignments/media-types/" + MEDIA[form].partition(";")[0]),
    }
    if address := licence().address:
        found["dct:license"] = _link(address)
    return found
