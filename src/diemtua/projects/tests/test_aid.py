"""Foreign aid: what looks wrong by the law of its day, the tables, and IATI files out and in through the pages."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from diemtua.parties.models import Party
from diemtua.projects.actions import aid as actions
from diemtua.projects.iati.checking import problems
from diemtua.projects.iati.reading import parse
from diemtua.projects.models import Aid, AidStep
from diemtua.projects.queries import aid as reads
from diemtua.projects.rules import aid as rules
from diemtua.register import write
from diemtua.register.models import Access, Batch
from diemtua.register.write import undo_batch
from diemtua.rulebook.actions import override_rule
from diemtua.testing.pages import Staff, body, says, shows

DAY = datetime.date
TODAY = DAY(2026, 7, 1)
LAW = rules.Law(True, "313/2025/NĐ-CP", 3, "313/2025/NĐ-CP")


def known(**changes: Any) -> rules.Known:
    return rules.Known(**{"state": "running", "form": "project", "outcomes": 1, **changes})


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"movements": (("received", DAY(2026, 1, 5), "USD", D(1)),)}, ["unapproved"]),
        ({"steps": (("approved", DAY(2026, 1, 6)),), "movements": (("spent", DAY(2026, 1, 5), "USD", D(1)),)}, ["unapproved"]),
        ({"steps": (("approved", DAY(2026, 1, 5)),), "movements": (("spent", DAY(2026, 1, 5), "USD", D(1)),)}, []),
        ({"form": "emergency", "movements": (("received", DAY(2026, 1, 5), "USD", D(1)),)}, []),
        (
            {"steps": (("approved", DAY(2026, 1, 1)),), "pledged": {"USD": D(5)}, "movements": (("received", DAY(2026, 1, 5), "USD", D(6)),)},
            ["over"],
        ),
        (
            {"steps": (("approved", DAY(2026, 1, 1)),), "movements": (("received", DAY(2026, 1, 5), "USD", D(6)), ("spent", DAY(2026, 1, 5), "USD", D(7)))},
            ["overspent"],
        ),
        ({"registered_until": DAY(2026, 6, 30)}, ["registration"]),
        ({"registered_until": DAY(2026, 7, 1)}, []),
        ({"registered_until": DAY(2020, 1, 1), "state": "closed"}, []),
        ({"form": "emergency", "disaster_on": DAY(2026, 3, 31)}, ["emergency"]),
        ({"form": "emergency", "disaster_on": DAY(2026, 4, 1)}, []),
        ({"form": "emergency", "disaster_on": DAY(2026, 1, 1), "actual_end": DAY(2026, 4, 1)}, []),
        ({"planned_end": DAY(2026, 6, 30)}, ["late"]),
        ({"state": "finished", "outcomes": 0}, ["no_results"]),
    ],
)  # fmt: skip
def test_what_looks_wrong(changes: dict[str, Any], codes: list[str]) -> None:
    aid = known(**changes)
    days = {m[1] for m in aid.movements} | {aid.disaster_on}
    assert [f.code for f in rules.flags(aid, {d: LAW for d in days if d}, TODAY)] == codes


def test_before_the_rule_held_nothing_is_claimed() -> None:
    aid = known(movements=(("received", DAY(2024, 1, 5), "USD", D(1)),))
    assert rules.flags(aid, {DAY(2024, 1, 5): rules.Law()}, TODAY) == []


def test_periods() -> None:
    assert rules.period_of("", DAY(2026, 6, 30)) == rules.Period(2026, 1)
    assert rules.period_of("", DAY(2026, 7, 1)) == rules.Period(2026, 2)
    assert (rules.Period(2026, 2).first, rules.Period(2026, 2).last) == (DAY(2026, 7, 1), DAY(2026, 12, 31))
    assert [rules.period_of(c, TODAY) for c in ("2026-3", "x", "1200", "2026-1-1")] == [None] * 4
    assert all(rules.period_of(p.code, TODAY) == p for p in rules.periods(TODAY))


pytestmark = pytest.mark.django_db


@pytest.fixture
def full(samples: SimpleNamespace) -> Aid:
    """An aid with rows of every kind; public, as are its organisations."""
    for party in (samples.own, samples.partner):
        write.update(party, actor=None, fields={"access": Access.PUBLIC})
    return actions.create_aid(
        actor=None, title="Giếng làng Trăng Khuyết", donor=samples.partner, receiver=samples.own, access=Access.PUBLIC,
        form="project", state="running", purpose="Khoan giếng.\n\nLắp bể lọc & ống <dẫn>.", sector="14030",
        where="xã Mẫu Sơn", registration="17/GP-THU", registered_until=DAY(2030, 1, 1), planned_start=DAY(2026, 1, 5),
        planned_end=DAY(2027, 6, 30), actual_start=DAY(2026, 1, 20),
        children={
            "values": [
                {"year": 2026, "kind": "money", "amount": D("125000.5"), "currency": "USD"},
                {"year": 2026, "kind": "goods", "amount": D(3_000_000_000), "currency": "VND"},
                {"year": 2026, "kind": "money", "amount": D("125000.5"), "currency": "USD"},
            ],
            "steps": [
                {"what": "approved", "on": DAY(2026, 1, 10), "number": "12/QĐ-THU", "body": samples.own},
                {"what": "submitted", "on": DAY(2025, 11, 1)},
            ],
            "movements": [
                {"what": "received", "on": DAY(2026, 2, 1), "kind": "money", "amount": D(50_000), "currency": "USD"},
                {"what": "spent", "on": DAY(2026, 7, 5), "kind": "money", "amount": D("0.01"), "currency": "USD", "note": "Ống"},
            ],
            "outcomes": [
                {"title": "Giếng", "unit": "giếng", "first": DAY(2026, 1, 5), "last": DAY(2026, 12, 31), "baseline": D(0), "target": D(2)},
                {"title": "Dân hài lòng", "words": "Nghe tại họp thôn."},
            ],
            "names": [{"text": "Village wells", "kind": "foreign", "language": "en"}],
        },
    )  # fmt: skip


@pytest.fixture
def province(staff: Staff) -> None:
    """The province has its identifier in IATI."""
    override_rule(
        actor=staff.administrator, code="aid.iati_organisation", value="XM-MAU", valid_from=DAY(2020, 1, 1),
        basis="Thư của IATI", reason="Đăng ký",
    )  # fmt: skip


def test_a_step_rests_on_the_decree_of_its_day(full: Aid) -> None:
    assert dict(AidStep.objects.filter(aid=full).values_list("what", "basis")) == {
        "approved": "313/2025/NĐ-CP",
        "submitted": "80/2020/NĐ-CP",
    }


def test_the_table_of_a_half_year(staff: Staff, full: Aid) -> None:
    first, second = (reads.table(staff.viewer, rules.Period(2026, h)) for h in (1, 2))
    row = {r.currency: r for r in first.rows if r.aid == full}
    assert (row["USD"].pledged, row["USD"].received, row["USD"].spent_in_all) == (D(250001), D(50000), D(0))
    assert row["VND"].pledged == D(3_000_000_000)
    assert (first.approved, second.approved) == (1, 0)
    later = next(r for r in second.rows if r.currency == "USD")
    assert (later.received, later.received_in_all, later.spent) == (D(0), D(50000), D("0.01"))
    assert reads.table(staff.viewer, rules.Period(2024)).aids == 1  # the sample without any day
    page = reverse("projects:aid-tables")
    assert shows(staff.client("viewer").get(page, {"period": "2026-1"}), full.record.title)
    assert [staff.client("viewer").get(page, {"period": p}).status_code for p in ("2026-3", "rác", "2090")] == [404] * 3
    answer = staff.client("viewer").get(page, {"period": "2026-1", "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(body_bytes(answer))).active
    assert full.record.title in [c.value for c in sheet["A"]]


def body_bytes(answer: Any) -> bytes:
    return answer.content


def test_hidden_organisations_are_not_named(staff: Staff, full: Aid) -> None:
    write.update(full.donor, actor=None, fields={"access": Access.UNIT, "unit": staff.unit})
    page = reverse("projects:aid-tables")
    assert not shows(staff.client("other").get(page, {"period": "2026-1"}), "Trăng Non")
    write.update(full, actor=None, fields={"access": Access.UNIT, "unit": staff.unit})
    assert not shows(staff.client("other").get(page, {"period": "2026-1"}), full.record.title)


def test_without_an_identifier_no_file_is_made(staff: Staff, full: Aid) -> None:
    assert staff.client("anonymous").get(reverse("iati_file")).status_code == 404
    answer = staff.client("viewer").get(reverse("projects:iati"))
    assert says(answer, "The province has no identifier in IATI yet.")


def file_of(staff: Staff, who: str = "anonymous") -> bytes:
    """The IATI file a person gets, without the times at which it was made."""
    if who == "anonymous":
        answer = staff.client(who).get(reverse("iati_file"))
    else:
        answer = staff.client(who).get(reverse("projects:iati"), {"format": "xml"})
    assert answer.status_code == 200
    root = parse(answer.content)
    assert [p for p in problems(root, DAY.today()) if p.severity == "error"] == []
    del root.attrib["generated-datetime"]
    for node in root.findall("iati-activity"):
        del node.attrib["last-updated-datetime"]
    from lxml import etree

    return etree.tostring(root, encoding="UTF-8")


def test_the_public_file_holds_what_is_public_and_complete(staff: Staff, full: Aid, province: None) -> None:
    data = file_of(staff).decode()
    assert "Village wells" in data
    assert "Trăng Khuyết" in parse(data.encode()).findtext("iati-activity/title/narrative")
    assert len(parse(data.encode())) == 1  # the sample is internal and has no purpose
    page = staff.client("viewer").get(reverse("projects:iati"))
    assert says(page, "Passes the official schema and rules")
    assert says(page, "the purpose")
    # A donor that is not public takes the aid out of the open file.
    write.update(full.donor, actor=None, fields={"access": Access.INTERNAL})
    assert staff.client("anonymous").get(reverse("iati_file")).status_code == 404
    assert "Trăng Non" in parse(file_of(staff, "viewer")).findtext("iati-activity/participating-org/narrative")


def send(staff: Staff, data: bytes, who: str = "officer") -> Any:
    file = SimpleUploadedFile("aid.xml", data, "application/xml")
    return staff.client(who).post(reverse("projects:iati-bring-in"), {"file": file})


def save(staff: Staff, shown: Any) -> Any:
    """Press the button of the page that was shown."""
    kept = body(shown).split('name="kept" value="')[1].split('"')[0]
    return staff.client("officer").post(reverse("projects:iati-bring-in"), {"kept": kept, "do": "save"})


def test_a_file_sent_back_changes_nothing(staff: Staff, full: Aid, province: None) -> None:
    version = full.record.version
    answer = send(staff, file_of(staff))
    assert says(answer, "There is nothing to save: the register already says all of it.")
    full.record.refresh_from_db()
    assert full.record.version == version


def test_a_file_brought_into_an_empty_register_goes_out_the_same(staff: Staff, full: Aid, province: None) -> None:
    data = file_of(staff)
    write.archive(full, actor=None, reason="thử")
    write.update(full, actor=None, fields={"identifier": "XM-MAU-OLD"})
    answer = send(staff, data)
    assert answer.status_code == 200
    assert save(staff, answer).status_code == 302
    made = Aid.objects.get(identifier=f"XM-MAU-{full.pk}")
    assert made.record.access == Access.INTERNAL  # nothing becomes public by being brought in
    write.update(made, actor=None, fields={"access": Access.PUBLIC})
    assert file_of(staff) == data


def test_changes_in_a_file_touch_only_what_changed(staff: Staff, full: Aid, province: None) -> None:
    actions.update_aid(full, actor=None, note="Giữ lại")
    rows = {s.pk for s in full.steps.all()} | {v.pk for v in full.values.all()}
    first = file_of(staff)
    data = first.replace(b">50000<", b">50001<").replace("Khoan giếng.".encode(), "Khoan sâu.".encode())
    answer = send(staff, data)
    assert says(answer, "purpose")
    assert says(answer, "receipts and expenses")
    assert save(staff, answer).status_code == 302
    full = Aid.objects.get(pk=full.pk)
    assert full.purpose.startswith("Khoan sâu.")
    assert full.note == "Giữ lại"
    assert {s.pk for s in full.steps.all()} | {v.pk for v in full.values.all()} == rows
    assert sorted(m.amount for m in full.movements.all()) == [D("0.01"), D(50001)]
    undo_batch(Batch.objects.get(kind="import", record_kind="aid"), actor=staff.lead)
    assert file_of(staff) == first


OTHER = """<iati-activities version="2.03"><iati-activity xml:lang="en" default-currency="GBP">
<iati-identifier>XM-9-1</iati-identifier><reporting-org ref="XM-9" type="21"><narrative>Moon Trust</narrative></reporting-org>
<title><narrative>School lunches</narrative></title><description><narrative>Feed pupils</narrative></description>
<participating-org role="1" type="21"><narrative>Moon Trust</narrative></participating-org>
<participating-org role="4" type="80"><narrative>Trường Mẫu Sơn</narrative></participating-org>
<activity-status code="2"/><activity-date type="2" iso-date="2025-01-01"/><recipient-country code="VN"/>
<sector code="43081"/><budget><period-start iso-date="2025-01-01"/><period-end iso-date="2025-12-31"/>
<value value-date="2025-01-01">%s</value></budget></iati-activity></iati-activities>"""


def test_organisations_nobody_knows_come_along(staff: Staff, samples: SimpleNamespace) -> None:
    answer = send(staff, (OTHER % "500").encode())
    assert shows(answer, "Moon Trust")
    assert not Party.objects.filter(record__title="Moon Trust").exists()
    assert save(staff, answer).status_code == 302
    made = Aid.objects.get(identifier="XM-9-1")
    assert (made.donor.kind, made.receiver.kind, made.sector) == ("ngo", "university", "")
    assert [(v.amount, v.currency) for v in made.values.all()] == [(D(500), "GBP")]
    # Sent again, it is known, and its organisations too.
    assert says(send(staff, (OTHER % "500").encode()), "There is nothing to save: the register already says all of it.")


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 workbook",
        b"<iati-activities version='2.03'><iati-activity/></iati-activities>",
        (OTHER % "viel").encode(),
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><iati-activities version='2.03'><iati-activity/></iati-activities>",
    ],
)
def test_files_that_are_none_are_refused(staff: Staff, data: bytes) -> None:
    count = Aid.objects.count()
    answer = send(staff, data)
    assert answer.status_code == 422
    assert says(answer, "Nothing was saved.")
    assert Aid.objects.count() == count


def test_a_file_is_taken_as_a_whole_or_not_at_all(staff: Staff, samples: SimpleNamespace) -> None:
    """One activity without a donor: nothing can be saved, also not by pressing a button that is not there."""
    good = (OTHER % "500").split('<iati-activities version="2.03">')[1].removesuffix("</iati-activities>")
    bad = good.replace("XM-9-1", "XM-9-2").replace('role="1"', 'role="3"')
    answer = send(staff, f'<iati-activities version="2.03">{good}{bad}</iati-activities>'.encode())
    assert says(answer, "No donor is named (participating-org with the role 1).")
    from django.core import signing

    kept = signing.dumps(["x", f'<iati-activities version="2.03">{good}{bad}</iati-activities>'], compress=True)
    staff.client("officer").post(reverse("projects:iati-bring-in"), {"kept": kept, "do": "save"})
    staff.client("officer").post(reverse("projects:iati-bring-in"), {"kept": "forged", "do": "save"})
    assert not Aid.objects.filter(identifier__startswith="XM-9").exists()


@pytest.mark.parametrize(("who", "status"), [("anonymous", 302), ("viewer", 403), ("officer", 200)])
def test_who_may_bring_in(staff: Staff, who: str, status: int) -> None:
    assert staff.client(who).get(reverse("projects:iati-bring-in")).status_code == status


def test_the_page_of_an_aid_costs_few_queries(
    staff: Staff, full: Aid, province: None, django_assert_max_num_queries: Any
) -> None:
    viewer = staff.client("viewer")
    viewer.get(full.get_absolute_url())
    with django_assert_max_num_queries(30):
        answer = viewer.get(full.get_absolute_url())
    assert shows(answer, "XM-MAU-")
