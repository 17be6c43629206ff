"""Open data as files: CSV, JSON and GeoJSON in pieces, Excel through a file on disk. Memory does not grow."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diemtua.kit.dates import PartialDate
from diemtua.land.queries import maps
from diemtua.places.models import Country
from diemtua.register import tabular
from diemtua.register.fields import CodeField, CodesField, code_choices
from diemtua.register.tabular.writing import guard

from . import rows
from .datasets import Column, Dataset
from .licence import Licence, licence

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "geojson": "application/geo+json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMS = {"csv": "CSV", "xlsx": "Excel", "json": "JSON", "geojson": "GeoJSON"}
# A workbook of more takes longer than a reader waits; CSV has no bound.
MOST_IN_WORKBOOK = 200_000
OUTLINES_AT_ONCE = 500


def forms_of(dataset: Dataset) -> tuple[str, ...]:
    return tuple(f for f in FORMS if f != "geojson" or dataset.outlines)


def as_csv(dataset: Dataset) -> Iterator[bytes]:
    """RFC 4180 with headings, UTF-8 with a mark in front for spreadsheets; days in ISO form, decimal points."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    write = csv.writer(buffer, lineterminator="\r\n").writerow
    write([c.name for c in dataset.columns])
    texts = [c.type in ("text", "place", "codes") for c in dataset.columns]
    for chunk in rows.in_chunks(dataset):
        for row in chunk:
            write([guard(rows.text(v)) if t else rows.text(v) for v, t in zip(row, texts, strict=True)])
        yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data


def as_json(dataset: Dataset, base: str) -> Iterator[bytes]:
    """One object: {dataset, title, licence, day, dictionary, records: […]}; `base` is the site's address."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    names = [c.name for c in dataset.columns]
    yield (encode(about(dataset, base))[:-1] + ', "records": [').encode()
    first = True
    for chunk in rows.in_chunks(dataset):
        lines = [encode({n: rows.plain(v) for n, v in zip(names, row, strict=True)}) for row in chunk]
        yield (("\n" if first else ",\n") + ",\n".join(lines)).encode()
        first = False
    yield b"\n]}\n"


def about(dataset: Dataset, base: str) -> dict[str, Any]:
    """What stands at the head of a file: what it is, under which licence, as of which day."""
    given: Licence = licence()
    return {
        "dataset": dataset.name,
        "title": str(dataset.title),
        "description": str(dataset.about),
        "licence": given.name,
        "licence_address": given.address,
        "day": timezone.localdate().isoformat(),
        "dictionary": f"{base}/data/{dataset.name}.dictionary.json",
    }


def as_geojson(dataset: Dataset, base: str) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946) of the public records that have an outline, in WGS 84."""
    if not dataset.outlines:
        raise KeyError(dataset.name)
    head = json.dumps(about(dataset, base), ensure_ascii=False)[1:-1]
    yield f'{{"type":"FeatureCollection",{head},"features":['.encode()
    last, first = 0, True
    while True:
        pks = list(dataset.rows().filter(pk__gt=last).values_list("pk", flat=True)[:OUTLINES_AT_ONCE])
        if not pks:
            break
        last = pks[-1]
        told = "".join(maps.as_geojson(maps.features(None, public=True, pks=pks)))
        if inside := told.removeprefix('{"type":"FeatureCollection","features":[').removesuffix("]}"):
            yield ("" if first else ",").encode() + inside.encode()
            first = False
    yield b"]}\n"


class TooLong(Exception):
    """A register with more rows than a workbook is made of."""


def as_xlsx(dataset: Dataset, base: str) -> IO[bytes]:
    """A workbook in the reader's language: labels in place of codes; licence and dictionary on the second sheet.

    Raises TooLong above MOST_IN_WORKBOOK rows.
    """
    if rows.count(dataset) > MOST_IN_WORKBOOK:
        raise TooLong
    labels = {c.name: labels_of(c) for c in dataset.columns}
    countries = {c.code: str(c) for c in Country.objects.all()}
    head = about(dataset, base)
    notes = [str(dataset.title), str(dataset.about), f"{_('Licence')}: {head['licence']} {head['licence_address']}",
             f"{_('Day')}: {head['day']}", "", *(f"{c.name}: {c.title}. {c.about}" for c in dataset.columns)]  # fmt: skip
    out = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)

    def told() -> Iterator[list[Any]]:
        for chunk in rows.in_chunks(dataset):
            for row in chunk:
                yield [_cell(c, v, labels[c.name], countries) for c, v in zip(dataset.columns, row, strict=True)]

    tabular.write_xlsx([c.title for c in dataset.columns], told(), str(dataset.title)[:31], notes, out=out)
    out.seek(0)
    return out


def _cell(column: Column, value: Any, labels: dict[str, str], countries: dict[str, str]) -> Any:
    if column.type == "country":
        return countries.get(value, value)
    if column.type == "codes":
        return "; ".join(labels.get(v, v) for v in value or ())
    if column.type == "code":
        return labels.get(value, value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, PartialDate):
        return value.first if value.first == value.last else value.display(get_language() or "vi")
    if column.type == "day" and value is not None and hasattr(value, "tzinfo"):
        return timezone.localtime(value).date()
    return value


def labels_of(column: Column) -> dict[str, str]:
    """{code: label} of a column of codes, in the reader's language."""
    f = column.field
    if isinstance(f, CodeField | CodesField):
        return dict(code_choices(f.code_list))
    if f is not None and f.choices:
        return {str(code): str(label) for code, label in f.flatchoices if code != ""}
    return {}


def dictionary(dataset: Dataset) -> list[dict[str, Any]]:
    """The data dictionary: each column with its name, label, type, explanation and codes."""
    found = []
    for c in dataset.columns:
        one: dict[str, Any] = {"name": c.name, "label": c.title, "type": c.type}
        if c.about:
            one["description"] = str(c.about)
        if c.type in ("code", "codes"):
            one["codes"] = labels_of(c)
        found.append(one)
    return found


def dictionary_rows(dataset: Dataset) -> Sequence[dict[str, Any]]:
    """The same for a page: codes as a list of pairs."""
    return [{**one, "codes": list(one.get("codes", {}).items())} for one in dictionary(dataset)]
