"""Text, days and numbers as people write them, and code where words are expected."""

from __future__ import annotations

import io
import json
import unicodedata
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models

from diemtua.kit.fields import NumberField, PartialDateField
from diemtua.land.models import Destination
from diemtua.places.models import AdminUnit, Country
from diemtua.register.models import Record
from diemtua.register.screens import screen_of
from diemtua.testing.pages import (
    NEEDED,
    Staff,
    body,
    enter,
    form_with,
    made,
    row_counts,
    says,
    shows,
    url,
    workbook,
)

pytestmark = pytest.mark.django_db
KINDS = sorted(NEEDED)
MB = 1024 * 1024


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize("kind", KINDS)
def test_letters_in_two_parts_become_whole(kind: str, staff: Staff, samples: Any) -> None:
    """What a Mac or an iPhone sends is stored in one form, and found in either."""
    title = "Đường Huỳnh Thúc Kháng ở Cẩm Lệ"
    answer = enter(staff, samples, kind, title=nfd(title), tags=nfd("thẻ thử"))
    assert answer.status_code == 302, body(answer)
    record = Record.objects.get(title=title)
    assert [t.name for t in record.tags.all()] == ["thẻ thử"]
    client = staff.client("viewer")
    for asked in (title, nfd(title), nfd("huỳnh thúc"), "huynh thuc khang"):
        assert shows(client.get(url("search"), {"q": asked}), title), asked
        assert shows(client.get(url("list", screen_of(kind).slug), {"q": asked}), title), asked
        assert title in json.dumps(client.get(url("lookup", kind), {"q": asked}).json(), ensure_ascii=False), asked


def test_letters_in_two_parts_in_a_table(staff: Staff, samples: Any) -> None:
    data = nfd("title,kind\nCông ty Cẩm Lệ,company\n").encode()
    client = staff.client("officer")
    answer = client.post(url("import", "parties"), {"file": SimpleUploadedFile("a.csv", data)})
    assert shows(client.get(answer.headers["Location"]), "Công ty Cẩm Lệ")
    client.post(answer.headers["Location"], {"action": "import"})
    assert made("Công ty Cẩm Lệ") is not None


FORMULAS = [
    "=1+1",
    "+84227000111",
    "-5 độ",
    "@SUM(A1)",
    '=HYPERLINK("http://x.example","a")',
    "=cmd|'/c calc'!A1",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_are_words(formula: str, staff: Staff, samples: Any) -> None:
    """Stored and shown as typed; a program that opens the export computes nothing and has the words."""
    assert enter(staff, samples, "party", title=formula, sector=formula).status_code == 302
    assert made(formula).sector == formula
    client = staff.client("officer")
    assert shows(client.get(made(formula).get_absolute_url()), formula)

    def exported(form: str) -> bytes:
        answer = client.get(url("export", "parties", form))
        return b"".join(answer.streaming_content) if answer.streaming else answer.content

    book = openpyxl.load_workbook(io.BytesIO(exported("xlsx")))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f"]
    assert formula in [str(c.value).removeprefix("'") for c in cells]
    for line in exported("csv").decode("utf-8-sig").splitlines():
        assert not line.startswith(("=", "+", "@", '"=', '"+', '"@')), line
    assert formula in {r["title"] for r in json.loads(exported("json"))["records"]}
    data = exported("xlsx")
    answer = client.post(url("import", "parties"), {"file": SimpleUploadedFile("a.xlsx", data)})
    before = row_counts()
    answer = client.post(answer.headers["Location"], {"action": "import"})
    assert answer.status_code == 422, "every row is known again"
    assert row_counts() == before


def test_a_formula_in_a_table_that_is_imported(staff: Staff, samples: Any) -> None:
    """A formula without a saved value is an error of its cell, not a value."""
    before = row_counts()
    data = workbook(["title", "kind"], ["=1+1", "company"], ["Công ty Mẫu", "company"])
    client = staff.client("officer")
    answer = client.post(url("import", "parties"), {"file": SimpleUploadedFile("a.xlsx", data)})
    page = client.get(answer.headers["Location"])
    assert says(
        page,
        "The formula in this cell has no saved result. Please open the file in Excel, save it, and "
        "send it again, or type the value.",
    )
    assert client.post(answer.headers["Location"], {"action": "import"}).status_code == 422
    assert row_counts() == before


BAD_DAYS = [
    "31/02/2023",
    "29/02/2023",
    "00/01/2023",
    "32/01/2023",
    "12/13/2023",
    "tháng mười ba",
    "01/01/99999",
    "9" * 400,
]


@pytest.mark.parametrize("kind", KINDS)
def test_days_that_are_none(kind: str, staff: Staff, samples: Any) -> None:
    """In every field for days, of rows too: a sentence stands beside it, and what was typed stays."""
    screen = screen_of(kind)
    before = row_counts()
    tried: set[type] = set()
    for name, f in screen.own_fields.items():
        if isinstance(f, PartialDateField | models.DateField):
            for day in BAD_DAYS[:1] if type(f) in tried else BAD_DAYS:
                tried.add(type(f))
                answer = enter(staff, samples, kind, **{name: day})
                assert answer.status_code == 422, (name, day)
                assert shows(answer, day), (name, day)
                assert 'invalid-feedback d-block" id="id_' + name in body(answer), (name, day)
    for child in screen.all_children:
        for name, f in child.model_fields.items():
            if isinstance(f, PartialDateField | models.DateField):
                answer = enter(staff, samples, kind, {child.name: {name: "31/02/2023"}})
                assert answer.status_code == 422, (child.name, name)
    assert row_counts() == before
    if kind == "commitment":
        good = enter(staff, samples, kind, due="28/02/2023")
        assert good.status_code == 302


def test_days_in_a_table(staff: Staff, samples: Any) -> None:
    client = staff.client("officer")
    before = row_counts()
    data = "Cam kết,Trạng thái,due\nGửi thư,open,31/02/2023\n".encode()
    answer = client.post(url("import", "commitments"), {"file": SimpleUploadedFile("a.csv", data)})
    step = answer.headers["Location"]
    client.post(step, {"action": "map", "col-0": "title", "col-1": "state", "col-2": "due"})
    page = client.get(step)
    assert shows(page, "31/02/2023")
    assert client.post(step, {"action": "import"}).status_code == 422
    assert row_counts() == before


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1234,5", "1234.5"),
        ("12.500.000", "12500000"),
        ("12,500,000", "12500000"),
        ("1 234,5", "1234.5"),
        ("-3,5", "-3.5"),
        ("1e400", None),
        ("12a", None),
        ("1.2.3", None),
        ("NaN", None),
        ("Infinity", None),
        ("9" * 40, None),
        ("1,23456", None),
        ("=5", None),
    ],
)
def test_numbers_in_both_conventions(written: str, meant: str | None, staff: Staff, samples: Any) -> None:
    """Read as meant, or refused with what was typed still there; never something else."""
    before = row_counts()
    answer = enter(staff, samples, "commitment", target=written, target_unit="ha")
    if meant is None:
        assert answer.status_code == 422
        assert shows(answer, written)
        assert row_counts() == before
    else:
        assert answer.status_code == 302, body(answer)
        assert made("Hồ sơ thử").target == Decimal(meant)


def test_every_number_field_refuses_words(staff: Staff, samples: Any) -> None:
    before = row_counts()
    for kind in KINDS:
        for name, f in screen_of(kind).own_fields.items():
            if isinstance(f, NumberField | models.IntegerField | models.DecimalField):
                assert enter(staff, samples, kind, **{name: "mười hai"}).status_code == 422, (kind, name)
    assert row_counts() == before


# --- code where words are expected ----------------------------------------------------------------

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>"
CODE = [
    SCRIPT,
    "'; DROP TABLE register_record; -- {{ 7|add:42 }}{% load evil %}{{ settings.KEY }} %(title)s %s {0} \\",
]


def text_fields(kind: str) -> list[str]:
    """The fields of a kind in which anything may be written."""
    return [
        n
        for n, f in screen_of(kind).own_fields.items()
        if type(f) in (models.CharField, models.TextField)
        and not f.choices
        and n not in ("currency", "irc_code", "identifier")
        and (f.max_length or 0) > 10
    ]


# What has to be said beside one of these fields.
NEXT_TO_IT: dict[str, dict[str, Any]] = {
    "carecase": {"word_agreed": "on"},
    "lead": {"state": "lost", "lost_why": "price"},
}


def pages_of(instance: Any, word: str) -> list[str]:
    screen = screen_of(instance.record.kind)
    day = f"{instance.record.created_at.astimezone():%d/%m/%Y}"
    return [
        url("list", screen.slug),
        f"{url('as_of', instance.pk)}?day={day}",
        *(url(d, instance.pk) for d in ("record", "edit", "history", "chain", "merge", "figure_new", "evidence_new")),
        *(
            f"{path}?q={word}"
            for path in (url("list", screen.slug), url("search"), url("palette"), url("similar", screen.kind))
        ),
        url("audit"),
        url("imports"),
        "/desk/",
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", CODE, ids=["script", "sql-and-templates"])
def test_code_in_every_field(kind: str, code: str, staff: Staff, samples: Any) -> None:
    """It is stored as the words it is, and every page shows it as words."""
    screen = screen_of(kind)
    country = Country.objects.get(code="KR")
    samples.place = AdminUnit.objects.create(
        ref="KR:thu", level="commune", name="Mẫu", full_name="xã Mẫu", country=country
    )
    samples.destination = Destination.objects.create(
        code="thu", kind="port", name_vi="Cảng Mẫu", name_en="Mau", lon=1, lat=1
    )
    max_lengths = {n: screen.own_fields[n].max_length or 9999 for n in text_fields(kind)}
    values = {n: f"{n} {code}"[: max_lengths[n]] for n in text_fields(kind)}
    rows = {}
    for child in screen.all_children:
        row = {
            n: f"Q{code}"[: f.max_length]
            for n, f in child.model_fields.items()
            if type(f) in (models.CharField, models.TextField) and not f.choices and (f.max_length or 0) > 10
        }
        for n, f in child.model_fields.items():
            if isinstance(f, models.ForeignKey) and not f.blank:
                row[n] = {
                    "party": "@partner",
                    "body": "@own",
                    "instrument": "@instrument",
                    "document": "@document",
                    "unit": "@place",
                    "destination": "@destination",
                    "origin": "@partner",
                }[n]
            if isinstance(f, models.DateField) and not f.blank:
                row[n] = "01/03/2021"
            if f.choices:
                row[n] = f.flatchoices[0][0]
        if child.name == "participants":
            row["party"] = "@partner"
        if child.name == "opinions":
            row["asked_on"] = "01/03/2021"
        if child.name == "names":
            row["text"] = f"Q{code}"
        if child.name == "industries":
            row["code"] = "26"
        if child.name == "roads":
            row["km"] = "12"
        if child.name == "steps" and kind == "aid":
            row["what"] = "submitted"
        if child.name in ("values", "movements"):
            row |= {"currency": "USD", "year": "2021", "amount": "5"}
        row.pop("water_class", None)  # only of waste water
        rows[child.name] = row
    title = f"Zq {code}"
    answer = enter(
        staff,
        samples,
        kind,
        rows,
        title=title,
        tags=f"the {code}"[:50].replace(",", ""),
        reason=code,
        **values,
        **NEXT_TO_IT.get(kind, {}),
    )
    assert answer.status_code == 302, body(answer)
    instance = made(title)
    assert instance is not None
    for name, value in values.items():
        assert getattr(instance, name) == value.strip(), name
    admin = staff.client("administrator")
    form = form_with(admin.get(url("edit", instance.pk)), "title", "version")
    assert form.values["title"] == [title]
    answer = form.send(admin, title=f"{title} 2", reason=code)
    assert answer.status_code == 302, body(answer)
    admin.post(url("note_new", instance.pk), {"text": code})
    for page in pages_of(instance, "zq"):
        text = body(admin.get(page))
        for evil in ("<script>alert", "<img src=x", 'onerror=alert(2)>"', "'><b>"):
            assert evil not in text, page
        assert "7|add:42 }}{% load" not in text or "{{" in text, page
    assert shows(admin.get(url("record", instance.pk)), title)
    assert shows(admin.get(url("history", instance.pk)), code[:40])
    for form_name in ("csv", "json", "xlsx"):
        answer = admin.get(url("export", screen.slug, form_name))
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        body(answer)


@pytest.mark.parametrize("kind", KINDS)
def test_signs_that_deceive_are_left_out(kind: str, staff: Staff, samples: Any) -> None:
    """Null bytes and marks that turn the writing direction never reach the database."""
    title = "Hồ\x00 sơ \u202egnp.exe\u202c và\x1b[31m \u2066ẩn\u2069"
    for name in ("title", *text_fields(kind)):
        answer = enter(staff, samples, kind, **{name: title, **({"title": title} if name != "title" else {})})
        assert answer.status_code in (302, 422), name
    for record in Record.objects.filter(kind=kind):
        values = [
            record.title,
            record.search_text,
            *(str(getattr(getattr(record, kind), n)) for n in text_fields(kind)),
        ]
        for value in values:
            assert not set(value) & set("\x00\x1b\u202e\u202c\u2066\u2069"), ascii(value)


@pytest.mark.parametrize("kind", ["party", "document"])
def test_addresses_that_run_code(kind: str, staff: Staff, samples: Any) -> None:
    field = {"party": "website", "document": "url"}[kind]
    before = row_counts()
    for address in (
        "javascript:alert(1)",
        "data:text/html,<script>1</script>",
        " java\tscript:alert(1)",
        "vbscript:x",
    ):
        assert enter(staff, samples, kind, **{field: address}).status_code == 422, address
    assert row_counts() == before
