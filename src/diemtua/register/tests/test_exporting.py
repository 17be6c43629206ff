"""Taking registers away: the same rows, nothing hidden, safe to open, ready to come back."""

from __future__ import annotations

import csv
import datetime
import io
import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from diemtua.kit.dates import parse_date
from diemtua.parties.models import Party
from diemtua.register import exporting, importing, write
from diemtua.register.models import Record
from diemtua.register.screens import all_screens, screen_of
from diemtua.register.tabular import read_table
from diemtua.testing.pages import Staff, body, url

pytestmark = pytest.mark.django_db
IMPORTABLE = ("party", "person", "instrument", "commitment", "engagement", "market")


def lines(staff: Staff, slug: str, who: str = "officer", **query: Any) -> list[dict[str, str]]:
    text = body(staff.client(who).get(url("export", slug, "csv"), query)).removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text)))
    return [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]


def heading(kind: str, code: str) -> str:
    with override("vi"):
        return importing.columns(screen_of(kind))[code].heading


def rich(staff: Staff, samples: SimpleNamespace) -> None:
    """Records with something in every field, names that several records have, and signs that part cells."""
    twin = {"title": "Thành phố Trăng Non", "kind": "company", "unit": staff.unit}
    write.create("party", actor=None, fields=twin)
    write.create(
        "party",
        actor=None,
        tags=["Đất; nước", "Lúa"],
        fields={
            "title": "=1+1; | cộng",
            "kind": "company",
            "country": "JP",
            "is_partner": True,
            "parent": samples.partner,
            "ended": parse_date("quý III/2021"),
            "description": "dòng một\ndòng hai",
            "website": "https://mau.example/a",
            "tax_code": "0012345",
            "desk_officer": staff.officer,
            "access": "public",
            "confidence": "low",
        },
        children={
            "names": [{"text": "Tên; khác", "kind": "former", "valid_from": datetime.date(2001, 2, 3)}],
            "contacts": [{"label": "Văn phòng | lễ tân", "phone": "+84 1"}],
        },
    )
    write.create(
        "instrument",
        actor=None,
        fields={
            "title": "Biên bản Sao Mai",
            "nature": "domestic",
            "signed": parse_date("04/11/2021"),
            "unit": staff.unit,
            "lead_agency": samples.own,
            "replaces": samples.instrument,
        },
        children={
            "parties": [{"party": samples.partner, "role": "witness", "signer": "Trần Mẫu Đơn"}],
            "opinions": [{"body": samples.own, "asked_on": datetime.date(2021, 1, 2), "answer": "đồng ý;\nký"}],
        },
    )
    write.create(
        "commitment",
        actor=None,
        fields={
            "title": "Tặng sách",
            "target": Decimal("1234.57"),
            "target_unit": "cuốn",
            "done": Decimal("-5"),
            "owner": staff.officer,
            "instrument": samples.instrument,
            "unit": staff.unit,
        },
    )


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", IMPORTABLE)
def test_what_goes_out_comes_back(kind: str, form: str, staff: Staff, samples: SimpleNamespace) -> None:
    """Every row of an export reads without an error, is known as its record, and says the same."""
    rich(staff, samples)
    screen = screen_of(kind)
    for numbers in ("vi", "en"):
        answer = staff.client("officer").get(url("export", screen.slug, form), {"numbers": numbers})
        data = b"".join(answer.streaming_content)
        table = read_table(data, f"x.{form}", known=importing.known_headings(screen))
        found = importing.check(screen, table, importing.guess_mapping(screen, table.headers), staff.officer)
        assert [(p.row, p.column, p.given, p.sentence) for p in found.errors] == []
        assert not found.left_out
        assert len(found.rows) == Record.objects.filter(kind=kind).count()
        for row in found.rows:
            assert row.existing is not None
        # "Change to what the rows say" then has nothing to change.
        batch = None
        if all(r.existing.editable for r in found.rows):
            stand = list(screen.model.objects.values_list("record__version", flat=True).order_by("pk"))
            batch = importing.run(screen, found, staff.lead, f"x.{form}", table.sha256, existing="update")
            assert batch.changed == 0
            assert list(screen.model.objects.values_list("record__version", flat=True).order_by("pk")) == stand


def test_an_export_made_anew_is_the_same(staff: Staff, samples: SimpleNamespace) -> None:
    """Entered once more from its own export, a register gives the same export."""
    rich(staff, samples)
    before = lines(staff, "instruments")
    table = read_table(
        b"".join(staff.client("officer").get(url("export", "instruments", "xlsx")).streaming_content),
        "x.xlsx",
        known=importing.known_headings(screen_of("instrument")),
    )
    screen = screen_of("instrument")
    found = importing.check(screen, table, importing.guess_mapping(screen, table.headers), staff.officer)
    importing.run(screen, found, staff.officer, "x.xlsx", table.sha256, existing="create")
    replaces = heading("instrument", "replaces")
    after = sorted(tuple(v for k, v in row.items() if k != replaces) for row in lines(staff, "instruments"))
    assert after == sorted(2 * [tuple(v for k, v in row.items() if k != replaces) for row in before])


def test_the_rows_of_the_list_and_no_others(staff: Staff, samples: SimpleNamespace) -> None:
    write.create(
        "party",
        actor=None,
        fields={"title": "Công ty kín", "kind": "company", "access": "unit", "unit": staff.other_unit},
    )
    title = heading("party", "title")
    assert {r[title] for r in lines(staff, "parties")} == {"Tỉnh Mẫu Sơn", "Thành phố Trăng Non"}
    assert {r[title] for r in lines(staff, "parties", "administrator")} >= {"Công ty kín"}
    assert [r[title] for r in lines(staff, "parties", q="trăng non")] == ["Thành phố Trăng Non"]
    assert [r[title] for r in lines(staff, "parties", sort="entered")] == [
        "Thành phố Trăng Non",
        "Tỉnh Mẫu Sơn",
    ]


def test_hidden_records_leave_no_name(staff: Staff, samples: SimpleNamespace) -> None:
    secret = write.create(
        "party",
        actor=None,
        fields={"title": "Zuỳnh kín", "kind": "company", "access": "unit", "unit": staff.unit},
    )
    write.create(
        "person",
        actor=None,
        fields={"title": "Người ngoài", "party": secret},
        children={"posts": [{"title": "Cố vấn", "party": secret}, {"title": "Thư ký"}]},
    )
    for form in ("csv", "json"):
        text = body(staff.client("other").get(url("export", "people", form)))
        assert "Người ngoài" in text
        assert "Zuỳnh" not in text
        assert "Cố vấn" not in text
        assert "Thư ký" in text
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(staff.client("other").get(url("export", "people", "xlsx")).streaming_content))
    )
    assert not any("Zuỳnh" in str(c.value) for sheet in book for row in sheet for c in row)


def test_nothing_runs_when_opened(staff: Staff) -> None:
    for title in ("=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(1)", "\t=1"):
        write.create("party", actor=None, fields={"title": title, "kind": "company"})
    for row in lines(staff, "parties"):
        assert row[heading("party", "title")][0] == "'"
    sheet = openpyxl.load_workbook(
        io.BytesIO(b"".join(staff.client("officer").get(url("export", "parties", "xlsx")).streaming_content))
    ).worksheets[0]
    assert {c.data_type for row in sheet.iter_rows(min_row=2) for c in row if c.value is not None} == {"s"}


def test_numbers_days_and_what_was_taken(staff: Staff, samples: SimpleNamespace) -> None:
    rich(staff, samples)
    target, done = heading("commitment", "target"), heading("commitment", "done")
    by = {r[heading("commitment", "title")]: r for r in lines(staff, "commitments")}
    assert (by["Tặng sách"][target], by["Tặng sách"][done]) == ("1.234,57", "-5")
    by = {r[heading("commitment", "title")]: r for r in lines(staff, "commitments", numbers="en")}
    assert by["Tặng sách"][target] == "1,234.57"
    answer = staff.client("officer").get(url("export", "instruments", "xlsx"), {"nature": "domestic"})
    name = answer.headers["Content-Disposition"]
    assert name.isascii()
    assert datetime.date.today().strftime("%Y-") in name
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    first, notes = book.worksheets
    headings = [c.value for c in first[1]]
    signed = first.cell(2, headings.index(heading("instrument", "signed")) + 1)
    assert signed.value == datetime.datetime(2021, 11, 4)
    assert first.max_row == 2
    said = " ".join(str(row[0].value) for row in notes.iter_rows())
    assert staff.officer.name in said
    assert heading("instrument", "nature") in said


def test_json_is_for_programs(staff: Staff, samples: SimpleNamespace) -> None:
    rich(staff, samples)
    known = json.loads(body(staff.client("officer").get(url("export", "instruments", "json"))))
    record = next(r for r in known["records"] if r["title"] == "Biên bản Sao Mai")
    assert record["nature"] == "domestic"
    assert record["signed"] == "2021-11-04"
    assert record["replaces"] == {"id": samples.instrument.pk, "title": "Thỏa thuận hợp tác Trăng Non"}
    assert record["parties"][0]["party"]["id"] == samples.partner.pk


def test_queries_do_not_grow_with_the_rows(staff: Staff, samples: SimpleNamespace) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            body(staff.client("officer").get(url("export", "engagements", "csv")))
        return len(queries)

    few = count()
    drafts = [
        write.Draft(
            {"title": f"Gặp {n}", "form": "meeting", "unit": staff.unit, "host": samples.own},
            {"participants": [{"party": samples.partner}]},
        )
        for n in range(200)
    ]
    write.create_many(screen_of("engagement"), drafts, actor=None)
    assert count() <= few


def test_every_register_in_every_form_in_both_languages(staff: Staff, samples: SimpleNamespace) -> None:
    for screen in all_screens():
        for form in exporting.MEDIA:
            for language in ("vi", "en"):
                client = staff.client("viewer")
                client.cookies["diemtua_language"] = language
                answer = client.get(url("export", screen.slug, form))
                assert answer.status_code == 200
                assert b"".join(answer.streaming_content)
    assert staff.client("viewer").get(url("export", "parties", "pdf")).status_code == 404
    assert staff.client("anonymous").get(url("export", "parties", "csv")).status_code == 302


def test_export_to_a_file(staff: Staff, samples: SimpleNamespace, tmp_path: Any) -> None:
    for form in exporting.MEDIA:
        path = tmp_path / f"x.{form}"
        assert exporting.export_file("party", form, path) == Party.objects.count()
        assert path.stat().st_size
    out = io.BytesIO()
    exporting.export_file("party", "csv", out, staff.viewer)
    assert next(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"))))[0] != ""
    with pytest.raises(ValueError, match="xlsx"):
        exporting.export_file("party", "pdf", out)
