"""Open data: the list of data sets, a page for each with its dictionary, the files, the DCAT catalogue."""

from __future__ import annotations

import json
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diemtua.register.health import problem

from ..languages import page
from ..opendata import rows, writing
from ..opendata.catalogue import catalogue
from ..opendata.datasets import BY_NAME, DATASETS, NEVER, Dataset
from ..opendata.licence import licence
from ..remembered import remembered


def _known(name: str) -> Dataset:
    if name not in BY_NAME:
        raise Http404
    return BY_NAME[name]


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


@page
def datasets(request: HttpRequest) -> HttpResponse:
    """All data sets with the number of their rows and the day of the last change."""
    sizes = remembered("datasets", make=lambda: {d.name: rows.size(d) for d in DATASETS})
    found = [
        {"dataset": d, "rows": sizes[d.name][0], "changed": sizes[d.name][1], "forms": _forms(d)} for d in DATASETS
    ]
    context = {"datasets": found, "licence": licence(), "never": NEVER.values(), "today": timezone.localdate()}
    return render(request, "portal/opendata/list.html", context)


@page
def dataset(request: HttpRequest, name: str) -> HttpResponse:
    """One data set: files, licence, day, and what each column means."""
    found = _known(name)
    context = {
        "dataset": found,
        "rows": rows.count(found),
        "changed": rows.changed(found),
        "forms": _forms(found),
        "dictionary": writing.dictionary_rows(found),
        "licence": licence(),
        "base": _base(request),
    }
    return render(request, "portal/opendata/dataset.html", context)


def _forms(found: Dataset) -> list[tuple[str, str]]:
    return [(form, writing.FORMS[form]) for form in writing.forms_of(found)]


@require_safe
def file(request: HttpRequest, name: str, form: str) -> Any:
    """A data set as a file, streamed. Anybody's program may read it, in a browser too."""
    found = _known(name)
    if form not in writing.forms_of(found):
        raise Http404
    response: Any
    if form == "xlsx":
        try:
            response = FileResponse(writing.as_xlsx(found, _base(request)), content_type=writing.MEDIA[form])
        except writing.TooLong:
            return problem(
                request,
                413,
                _("The register is too long for a workbook"),
                _("Take the CSV file instead; spreadsheet programs open it too."),
            )
    elif form == "csv":
        response = StreamingHttpResponse(writing.as_csv(found), content_type=writing.MEDIA[form])
    elif form == "json":
        response = StreamingHttpResponse(writing.as_json(found, _base(request)), content_type=writing.MEDIA[form])
    else:
        response = StreamingHttpResponse(writing.as_geojson(found, _base(request)), content_type=writing.MEDIA[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate().isoformat()}.{form}"'
    return _open(response)


@require_safe
def dictionary(request: HttpRequest, name: str) -> HttpResponse:
    """The data dictionary of a data set as JSON."""
    found = _known(name)
    head = writing.about(found, _base(request))
    return _open(_json({**head, "language": get_language(), "columns": writing.dictionary(found)}, "application/json"))


@require_safe
def dcat(request: HttpRequest) -> HttpResponse:
    """The catalogue as DCAT in JSON-LD."""
    return _open(_json(catalogue(_base(request)), "application/ld+json"))


def _json(content: Any, kind: str) -> HttpResponse:
    return HttpResponse(json.dumps(content, ensure_ascii=False, indent=1), content_type=f"{kind}; charset=utf-8")


def _open(response: Any) -> Any:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    if (given := licence()).address:
        response.headers["Link"] = f'<{given.address}>; rel="license"'
    return response
