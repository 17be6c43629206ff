"""Open data: nothing internal or personal in any file, and what is public is there, whole."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from diemtua.portal.opendata import rows, writing
from diemtua.portal.opendata.datasets import BY_NAME, DATASETS, NEVER, Attached
from diemtua.register import write
from diemtua.register.models import Figure, Record
from diemtua.register.screens import all_screens

pytestmark = pytest.mark.django_db
# Words that stand in internal, restricted or personal rows only.
SECRETS = (
    "Mật Danh",
    "Trăng Non",
    "Sao Mai",
    "Sao Hôm",
    "0912 345 678",
    "kin@example.org",
    "Trần Mẫu Đơn",
    "Ghi riêng",
)


def everything(client: Any) -> str:
    """The text of every file of open data, of every page about them, and of the catalogue."""
    texts = []
    for d in DATASETS:
        for form in writing.forms_of(d):
            answer = client.get(f"/data/{d.name}.{form}")
            assert answer.status_code == 200, (d.name, form)
            body = answer.getvalue()
            if form == "xlsx":
                book = openpyxl.load_workbook(io.BytesIO(body))
                texts += [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c]
            else:
                texts.append(body.decode())
        texts.append(client.get(f"/data/{d.name}.dictionary.json").content.decode())
        texts.append(client.get(f"/data/{d.name}/").content.decode())
    texts += [client.get("/data/catalog.jsonld").content.decode(), client.get("/data/").content.decode()]
    return "\n".join(texts)


def read(client: Any, name: str) -> list[dict[str, str]]:
    body = client.get(f"/data/{name}.csv").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


def test_every_kind_is_either_given_away_or_kept_back_for_a_reason() -> None:
    given = {d.kind for d in DATASETS if d.kind}
    assert {s.kind for s in all_screens()} == given | set(NEVER)
    assert not given & set(NEVER)


def test_no_column_tells_of_officers_remarks_or_ways_to_reach_people() -> None:
    forbidden = {"note", "owner", "desk_officer", "email", "phone", "address", "description", "purpose", "outcome",
                 "unit_id", "signer", "tax_code", "created_by", "summary", "objectives"}  # fmt: skip
    for d in DATASETS:
        paths = {part for c in d.columns for part in c.path.split("__")}
        assert not paths & forbidden, d.name


def test_internal_restricted_and_archived_records_are_in_no_file(client: Any, samples: Any, staff: Any) -> None:
    Record.objects.filter(pk=samples.plot.pk).update(access="unit")
    shown = everything(client)
    assert not [s for s in SECRETS if s in shown]
    public = write.create("party", actor=None, fields={"title": "Hội Sông Khai", "kind": "ngo", "access": "public"})
    assert "Hội Sông Khai" in everything(client)
    write.archive(public, actor=staff.lead, reason="thử")
    assert "Hội Sông Khai" not in everything(client)


def test_public_records_do_not_name_hidden_ones(client: Any, samples: Any) -> None:
    """Public rows of every kind whose relations all lead to internal records."""
    kinds = [d.kind for d in DATASETS if d.kind]
    hidden = ("party", "document", "zone")
    Record.objects.filter(kind__in=[k for k in kinds if k not in hidden]).update(access="public")
    shown = everything(client)
    assert "Trồng năm mươi nghìn cây đước" in shown
    for name in ("Thành phố Trăng Non", "Tỉnh Mẫu Sơn", "Bản tin Trăng Non", "Trần Mẫu Đơn", "Khu công nghiệp Sao Mai"):
        assert name not in shown, name
    row = read(client, "commitments")[0]
    assert (row["debtor"], row["debtor_id"], row["creditor_id"]) == ("", "", "")
    assert row["instrument"] == "Thỏa thuận hợp tác Trăng Non"
    assert row["instrument_id"] == str(samples.instrument.pk)
    assert read(client, "agreements")[0]["parties"] == ""
    assert read(client, "plots")[0]["zone_id"] == ""


def test_contacts_remarks_and_people_are_left_out(client: Any, samples: Any) -> None:
    party = write.create(
        "party",
        actor=None,
        fields={"title": "Công ty Biển Khai", "kind": "company", "access": "public", "phone": "0912 345 678",
                "email": "kin@example.org", "description": "Ghi riêng"},
        children={"contacts": [{"label": "Mật Danh", "phone": "0912 345 678"}]},
    )  # fmt: skip
    write.create(
        "engagement",
        actor=None,
        fields={"title": "Họp công khai", "form": "meeting", "access": "public", "outcome": "Ghi riêng"},
        children={"participants": [{"side": "partner", "party": party, "person": samples.person}]},
    )
    shown = everything(client)
    assert "Công ty Biển Khai" in shown
    assert not [s for s in SECRETS if s in shown]
    assert [r["participants"] for r in read(client, "engagements")] == ["Công ty Biển Khai"]


def test_figures_come_with_their_source_only_where_it_is_public(client: Any, samples: Any) -> None:
    zone = write.create("zone", actor=None, fields={"title": "Khu Khai", "type": "industrial_park", "access": "public"})
    proof = zone.record.evidence.create(source=samples.document.record)
    Figure.objects.create(record=zone.record, measure="area", value=Decimal("12.5"), unit="ha", evidence=proof)
    Figure.objects.create(record=samples.zone.record, measure="area", value=Decimal(77), unit="ha")
    (row,) = read(client, "figures")
    assert (row["record"], row["value"], row["source"], row["source_id"]) == ("Khu Khai", "12.5", "", "")
    Record.objects.filter(pk=samples.document.pk).update(access="public")
    (row,) = read(client, "figures")
    assert (row["source"], row["source_id"]) == ("Bản tin Trăng Non", str(samples.document.pk))


def test_files_agree_and_are_read_in_chunks(
    client: Any, monkeypatch: Any, django_assert_num_queries: Any, staff: Any
) -> None:
    monkeypatch.setattr(rows, "CHUNK", 2)
    for n in range(5):
        fields = {"title": f"=HYPERLINK({n}) Hội", "kind": "ngo", "access": "public", "country": None}
        write.create("party", actor=None, fields=fields)
    table = read(client, "partners")
    found = json.loads(client.get("/data/partners.json").getvalue())["records"]
    assert [int(r["id"]) for r in table] == [r["id"] for r in found] == sorted(r["id"] for r in found)
    assert len(found) == 5
    # A spreadsheet must not run what a title says.
    assert all(r["title"].startswith("'=") for r in table)
    with django_assert_num_queries(3):
        assert sum(len(chunk) for chunk in rows.in_chunks(BY_NAME["partners"])) == 5


def test_the_illustrative_is_marked(client: Any, staff: Any) -> None:
    fields = {"title": "Khu Vẽ", "type": "industrial_park", "access": "public", "illustrative": True}
    write.create("zone", actor=None, fields=fields)
    assert read(client, "zones")[0]["illustrative"] == "true"
    assert json.loads(client.get("/data/zones.json").getvalue())["records"][0]["illustrative"] is True


def test_every_column_is_in_the_dictionary_and_every_file_in_the_catalogue(client: Any, db: None) -> None:
    catalogue = json.loads(client.get("/data/catalog.jsonld").content)
    listed = {x["dcat:downloadURL"]["@id"] for d in catalogue["dcat:dataset"] for x in d["dcat:distribution"]}
    for d in DATASETS:
        names = json.loads(client.get(f"/data/{d.name}.dictionary.json").content)["columns"]
        head = client.get(f"/data/{d.name}.csv").getvalue().decode("utf-8-sig").split("\r\n")[0]
        assert head.split(",") == [c["name"] for c in names]
        assert all(c["label"] for c in names), d.name
        for form in writing.forms_of(d):
            assert f"http://testserver/data/{d.name}.{form}" in listed
    assert catalogue["dct:license"]["@id"].startswith("https://creativecommons.org/")
    for d in catalogue["dcat:dataset"]:
        assert {"dct:title", "dct:description", "dct:identifier", "dcat:distribution", "dct:publisher"} <= set(d)


def test_geojson_holds_what_is_drawn_and_is_json_when_empty(client: Any, db: None) -> None:
    found = json.loads(client.get("/data/zones.geojson").getvalue())
    assert (found["type"], found["features"]) == ("FeatureCollection", [])
    assert client.get("/data/partners.geojson").status_code == 404
    assert client.get("/data/enquiries.csv").status_code == 404


def test_a_register_too_long_for_a_workbook_says_so(client: Any, db: None, monkeypatch: Any) -> None:
    write.create("party", actor=None, fields={"title": "Hội", "kind": "ngo", "access": "public"})
    monkeypatch.setattr(writing, "MOST_IN_WORKBOOK", 0)
    assert client.get("/data/partners.xlsx").status_code == 413


def test_attached_rows_hang_on_public_kinds_only() -> None:
    assert all(isinstance(d, Attached) or d.kind for d in DATASETS)
    assert reverse("data_file", args=["zones", "csv"]) == "/data/zones.csv"
