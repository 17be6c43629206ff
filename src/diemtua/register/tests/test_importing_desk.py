"""Bringing tables in on the desk: the steps, bad files, whose file and whose import it is."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from diemtua.instruments.models import Instrument
from diemtua.parties.models import Party
from diemtua.register import importing
from diemtua.register.importing import uploads
from diemtua.register.models import Batch, Record, User
from diemtua.register.screens import all_screens, screen_of
from diemtua.register.tabular import read_table, write_xlsx
from diemtua.testing.pages import Staff, body, url

pytestmark = pytest.mark.django_db


def table_of(kind: str, headers: list[str], *rows: list[Any], name: str = "bang.xlsx") -> Any:
    return read_table(write_xlsx(headers, rows, "Bảng"), name, known=importing.known_headings(screen_of(kind)))


def checked(kind: str, actor: User | None, headers: list[str], *rows: list[Any], **options: Any) -> importing.Checked:
    table = table_of(kind, headers, *rows)
    return importing.check(
        screen_of(kind), table, importing.guess_mapping(screen_of(kind), table.headers), actor, **options
    )


def run(found: importing.Checked, actor: User | None, **options: Any) -> Batch:
    return importing.run(found.screen, found, actor, "bang.xlsx", found.table.sha256, **options)


def sentences(found: importing.Checked) -> dict[tuple[int, str], str]:
    return {(p.row, p.column): p.sentence for p in found.errors}


def send(staff: Staff, data: bytes, name: str = "bang.xlsx", slug: str = "parties", who: str = "officer") -> Any:
    return staff.client(who).post(url("import", slug), {"file": SimpleUploadedFile(name, data)})


def test_from_file_to_records_on_the_desk(staff: Staff) -> None:
    officer = staff.client("officer")
    data = write_xlsx(["Tên công ty", "Ghi chú"], [["Công ty Ngao", "vùng bãi"], ["Công ty Vạng", ""]], "DS")
    step = send(staff, data).headers["Location"]
    page = officer.get(step)
    assert page.status_code == 200
    assert "Tên công ty" in body(page)
    refused = officer.post(step, {"action": "map", "col-0": "title", "col-1": "description"})
    assert refused.status_code == 422
    assert (
        officer.post(step, {"action": "map", "col-0": "title", "col-1": "title", "fixed-kind": "company"}).status_code
        == 422
    )
    sent = officer.post(step, {"action": "map", "col-0": "title", "col-1": "description", "fixed-kind": "company"})
    assert sent.status_code == 302
    assert "Công ty Vạng" in body(officer.get(step))
    done = officer.post(step, {"action": "import"})
    assert done.status_code == 302
    batch = Batch.objects.get(kind="import")
    assert done.headers["Location"] == url("batch", batch.pk)
    assert {p.record.title: p.kind for p in Party.objects.all()} == {
        "Công ty Ngao": "company",
        "Công ty Vạng": "company",
    }
    assert "Công ty Ngao" in body(officer.get(done.headers["Location"]))
    # The same step again leads to the same import, and the same file is known.
    assert officer.post(step, {"action": "import"}).headers["Location"] == url("batch", batch.pk)
    second = send(staff, data).headers["Location"]
    officer.post(second, {"action": "map", "col-0": "title", "fixed-kind": "company"})
    assert url("batch", batch.pk) in body(officer.get(second))
    assert officer.post(url("batch_undo", batch.pk)).status_code == 302
    assert not Record.objects.filter(archived_at=None).exists()


def test_errors_are_shown_and_nothing_is_saved(staff: Staff) -> None:
    officer = staff.client("officer")
    step = send(
        staff,
        write_xlsx(["title", "kind", "ended"], [["A", "company", "31/02/2023"], ["B", "company", ""]], "DS"),
    ).headers["Location"]
    page = officer.get(step)
    assert "31/02/2023" in body(page)
    assert officer.post(step, {"action": "import", "rows": "all"}).status_code == 422
    assert not Record.objects.exists()
    mend = officer.get(step + "failed/")
    assert len(read_table(mend.content, "x.xlsx").rows) == 1
    assert officer.get(step + "progress/").status_code == 200
    done = officer.post(step, {"action": "import", "rows": "valid"})
    assert [r.title for r in Record.objects.all()] == ["B"]
    assert step + "failed/" in body(officer.get(done.headers["Location"]))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("trong.xlsx", b""),
        ("hong.xlsx", b"PK\x03\x04" + b"\0" * 200),
        ("gia.xlsx", b"<html><table><tr><td>x</table>"),
        ("anh.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
        ("cu.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    ],
)
def test_bad_files_get_a_sentence(staff: Staff, name: str, data: bytes) -> None:
    answer = send(staff, data, name)
    assert answer.status_code == 422
    assert 'class="alert alert-danger"' in body(answer)
    assert not list((uploads._root()).glob("*"))


def test_a_waiting_file_belongs_to_one_person(staff: Staff) -> None:
    step = send(staff, write_xlsx(["title", "kind"], [["A", "company"]], "DS")).headers["Location"]
    for who in ("other", "lead", "administrator"):
        for path in (step, step + "failed/", step + "progress/"):
            assert staff.client(who).get(path).status_code == 404
        assert staff.client(who).post(step, {"action": "import"}).status_code == 404
    assert staff.client("officer").get(step.replace("parties", "people")).status_code == 404
    assert staff.client("viewer").get(step).status_code == 403
    assert uploads.clean_up() == 0
    assert uploads.clean_up(time.time() + 25 * 3600) == 1
    assert staff.client("officer").get(step).status_code == 404


def test_batches_of_others(staff: Staff) -> None:
    """An officer sees own batches; a lead those that touched something they see; undoing follows."""
    batch = run(
        checked("party", staff.officer, ["title", "kind", "access"], ["Kín đáo", "company", "unit"]),
        staff.officer,
    )
    page = url("batch", batch.pk)
    assert [
        staff.client(w).get(page).status_code for w in ("officer", "lead", "administrator", "other", "other_lead")
    ] == [200, 200, 200, 404, 404]
    assert [staff.client(w).post(url("batch_undo", batch.pk)).status_code for w in ("other", "other_lead")] == [
        404,
        404,
    ]
    assert page not in body(staff.client("other_lead").get(url("imports")))
    assert page in body(staff.client("officer").get(url("imports")))


def test_documents_come_through_another_door(staff: Staff) -> None:
    for screen in all_screens():
        if not screen.importable:
            assert staff.client("officer").get(url("import", screen.slug)).status_code == 404
    assert Instrument.objects.count() == 0
