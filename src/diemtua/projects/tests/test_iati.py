"""Aid as IATI 2.03: what is written passes the official schema and rules, and comes back as it was."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diemtua.projects.iati.activity import KINDS, STATUS, Activity, Movement, Org, Outcome, Step, Value
from diemtua.projects.iati.checking import problems
from diemtua.projects.iati.reading import NoIati, parse, read
from diemtua.projects.iati.writing import write

TODAY = datetime.date(2026, 11, 26)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def full() -> Activity:
    """An aid with something in every place."""
    donor = Org("Quỹ Trăng Khuyết & Bạn", "XM-TEST-7", "21")
    receiver = Org("Trạm Y tế xã Mẫu Sơn <thử>", "", "11")
    return Activity(
        identifier="XM-MAU-12",
        title="Nước sạch cho trạm y tế",
        title_foreign="Clean water for a health station",
        purpose="Khoan giếng.\n\nLắp bể lọc.",
        state="approved",
        reporter=Org("Tỉnh Mẫu Sơn", "XM-MAU", "11"),
        donor=donor,
        manager=Org("Sở Y tế thử nghiệm", "", "11"),
        receiver=receiver,
        form="project",
        sector="14030",
        where="xã Mẫu Sơn",
        planned_start=day("2026-01-05"),
        planned_end=day("2027-06-30"),
        actual_start=day("2026-02-01"),
        registration="17/GP-THU",
        registered_from=day("2024-01-01"),
        registered_until=day("2027-01-01"),
        values=(
            Value(2026, "money", D("125000.5"), "USD"),
            Value(2026, "goods", D("3000000000"), "VND"),
            Value(2027, "experts", D("10"), "EUR"),
        ),
        movements=(
            Movement("received", day("2026-03-01"), "money", D("50000"), "USD", "Đợt một"),
            Movement("spent", day("2026-04-01"), "goods", D("0.01"), "USD"),
        ),
        outcomes=(
            Outcome(
                "Giếng khoan", "giếng", D(0), 2025, day("2026-01-05"), day("2026-12-31"), D(2), D("1.5"), "Đúng hạn"
            ),
            Outcome("Người dân hài lòng", words="Nghe tại hai cuộc họp thôn."),
        ),
        steps=(Step("approved", day("2025-12-20"), "12/QĐ-UBND", "UBND tỉnh Mẫu Sơn", "313/2025/NĐ-CP", "đủ hồ sơ"),),
        updated=datetime.datetime(2026, 5, 1, 8, 0, tzinfo=datetime.UTC),
    )


def test_every_fact_passes_schema_and_rules_and_comes_back() -> None:
    data = write([full()], datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC))
    root = parse(data)
    assert problems(root, TODAY) == []
    found = read(root)
    assert [f.activity for f in found] == [full()]
    assert found[0].passed_over == []


def test_writing_what_was_read_gives_the_same_file() -> None:
    first = write([full()])
    again = write([replace(f.activity, updated=full().updated) for f in read(parse(first))])
    assert again == first


# Letters of every script, marks, quotes; blanks at the ends are taken off wherever texts are entered.
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
days = st.dates(datetime.date(1990, 1, 1), TODAY)
amounts = st.decimals(0, 10**14, places=2)
currencies = st.sampled_from(["USD", "VND", "EUR", "JPY"])


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    from diemtua.projects.iati.writing import _text

    def text(empty: bool = False) -> str:
        made = _text(draw(texts))
        return made if made or empty else "x"

    kind = st.sampled_from(KINDS)
    start, end = sorted((draw(days), draw(days)))
    counted = draw(st.booleans())
    return Activity(
        identifier="XM-MAU-" + str(draw(st.integers(1, 10**6))),
        title=text(),
        purpose=text(),
        state=draw(st.sampled_from(sorted(STATUS))),
        reporter=Org(text(), "XM-MAU", "11"),
        donor=Org(text(), "", "21"),
        receiver=draw(st.sampled_from([None, Org(text())])),
        form=draw(st.sampled_from(["project", "programme", "non_project", "emergency"])),
        sector="72010",
        where=text(empty=True),
        planned_start=start,
        planned_end=end,
        values=tuple(Value(draw(st.integers(1990, 2100)), draw(kind), draw(amounts), draw(currencies)) for _ in range(2)),
        movements=tuple(
            Movement(draw(st.sampled_from(["received", "spent"])), draw(days), draw(kind), draw(amounts), draw(currencies), text(empty=True))
            for _ in range(draw(st.integers(0, 2)))
        ),
        outcomes=(
            Outcome(text(), text(empty=True), D(1), 2020, start, end, draw(amounts), None, text(empty=True))
            if counted
            else Outcome(text(), words=text()),
        ),
        steps=(Step("approved", draw(days), body="Sở"),),
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(activities(), min_size=1, max_size=2))
def test_whatever_is_entered_is_valid_and_comes_back(made: list[Activity]) -> None:
    root = parse(write(made))
    assert problems(root, TODAY) == []
    assert [f.activity for f in read(root)] == made


# --- the checks themselves ------------------------------------------------------------------------


def broken(**changes: Any) -> list[str]:
    return [p.code for p in problems(parse(write([replace(full(), **changes)])), TODAY) if p.severity == "error"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"sector": ""}, "6.2.2"),
        ({"planned_start": None, "actual_start": None}, "6.11.1"),
        ({"planned_end": day("2025-01-01")}, "11.1.2"),
        ({"actual_start": day("2027-01-01")}, "11.1.4"),
        ({"purpose": ""}, "4.4.1"),
        ({"identifier": "XM-MAU"}, "1.1.3"),
        ({"donor": Org("")}, "6.10.1"),
        ({"movements": (Movement("spent", day("2027-01-01"), "money", D(1), "USD"),)}, "11.2.1"),
    ],
)
def test_rules_find_what_is_wrong(changes: dict[str, Any], rule: str) -> None:
    assert rule in broken(**changes)


def file(inside: str, root: str = 'version="2.03"') -> bytes:
    return f"<iati-activities {root}><iati-activity>{inside}</iati-activity></iati-activities>".encode()


OTHERS = """<iati-identifier>GB-1-7</iati-identifier><reporting-org ref="GB-1" type="21"><narrative>Donor</narrative></reporting-org>
<title><narrative>Wells</narrative></title><description><narrative>Dig wells</narrative></description>
<participating-org role="1"><narrative>Donor</narrative></participating-org>
<activity-status code="2"/><activity-date type="2" iso-date="2024-01-01"/>%s"""


def test_a_file_of_somebody_else_is_read_as_far_as_it_goes() -> None:
    """Several sectors, a budget without a currency, a pledge: what is passed over is said."""
    inside = OTHERS % (
        '<sector code="14030" percentage="40"/><sector code="12220" percentage="60"/>'
        '<budget><period-start iso-date="2024-04-01"/><period-end iso-date="2025-03-31"/><value value-date="2024-04-01">5</value></budget>'
        '<transaction><transaction-type code="12"/><transaction-date iso-date="2024-01-02"/><value value-date="2024-01-02">1</value></transaction>'
        '<transaction><transaction-type code="3"/><transaction-date iso-date="2024-01-02"/><value currency="gbp" value-date="2024-01-02">1e2</value></transaction>'
    )
    found = read(parse(file(inside)))[0]
    assert found.activity.sector == "12220"
    assert found.activity.values == ()
    assert found.activity.state == "running"
    assert [(m.amount, m.currency) for m in found.activity.movements] == [(D(100), "GBP")]
    assert len(found.passed_over) == 3


def test_loops_of_the_ruleset_are_followed() -> None:
    """Percentages within each vocabulary add up to 100; only the wrong one is reported."""
    wrong = file(OTHERS % ('<sector vocabulary="2" code="140" percentage="40"/>' * 2))
    assert "2.1.2" in [p.code for p in problems(parse(wrong), TODAY)]
    right = file(OTHERS % ('<sector vocabulary="2" code="140" percentage="50"/>' * 2))
    assert "2.1.2" not in [p.code for p in problems(parse(right), TODAY)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 this is a workbook",
        b"<html></html>",
        b"<iati-activities version='1.05'><iati-activity/></iati-activities>",
        b"<iati-activities version='2.03'></iati-activities>",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><iati-activities version='2.03'><iati-activity/></iati-activities>",
        b"<?xml version='1.0'?><!DOCTYPE x SYSTEM 'file:///etc/passwd'><iati-activities version='2.03'/>",
        b"<iati-activities version='2.03'><iati-activity></iati-activities>",
        b"\xff\xfe\x00bad",
    ],
)
def test_what_is_no_iati_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(NoIati) as refused:
        read(parse(data))
    assert str(refused.value).endswith(".")


def test_nothing_to_write_is_no_file() -> None:
    with pytest.raises(ValueError, match="at least one"):
        write([])
