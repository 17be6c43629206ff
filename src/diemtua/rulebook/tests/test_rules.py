"""The files of rules: that ours are sound, and that unsound ones are named by file, line and code."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from diemtua.kit.dates import PartialDate
from diemtua.rulebook.rules import FOUND, GROUPS, RulebookError, check_value, load, report_deadline

SOUND = """
[[rule]]
code = "test.days"
vi = "Thời hạn"
en = "Deadline"
value = 30
unit = "days"
valid_from = 2020-01-01
valid_to = 2022-12-31
basis = "1/2020"
confidence = "found"
"""


def folder(path: Path, text: str) -> Path:
    (path / "x.toml").write_text(text, encoding="utf-8")
    return path


def test_every_rule_has_a_heading_a_basis_and_shows_in_both_languages() -> None:
    for code, versions in load().items():
        assert code.partition(".")[0] in GROUPS
        for one in versions:
            assert one.basis
            for lang in ("vi", "en"):
                with translation.override(lang):
                    assert one.title
                    assert one.shown
                    assert one.period
            labels = [item.label("vi") for item in one.items]
            assert len(set(labels)) == len(labels), code


def test_facts_as_gathered() -> None:
    rules = load()
    assert [r.value for r in rules["conference.apply_days"]] == [30]
    assert [r.value for r in rules["conference.apply_days_prime_minister"]] == [40]
    assert [r.value for r in rules["conference.opinion_days"]] == [15]
    assert rules["agreement.opinion_working_days"][0].value == 7
    assert rules["investment.irc_due_months"][0].value == 12
    assert rules["personal_data.answer_working_days"][0].confidence == FOUND
    unknown = rules["delegation.lead_days"][0]
    assert unknown.value is None
    assert unknown.notes["vi"]
    assert len(rules["trade.agreements"][0].items) == 17


def test_reads_a_version(tmp_path: Path) -> None:
    (one,) = load(folder(tmp_path, SOUND))["test.days"]
    assert (one.value, one.unit, one.basis, one.place) == (30, "days", "1/2020", "x.toml:2")
    assert one.holds(date(2020, 1, 1))
    assert one.holds(date(2022, 12, 31))
    assert not one.holds(date(2019, 12, 31))
    assert not one.holds(date(2023, 1, 1))


def test_a_year_alone_begins_on_its_first_day(tmp_path: Path) -> None:
    (one,) = load(folder(tmp_path, SOUND.replace("valid_from = 2020-01-01", 'valid_from = "2021"')))["test.days"]
    assert one.valid_from == PartialDate.year(2021)
    assert one.holds(date(2021, 1, 1))
    assert not one.holds(date(2020, 12, 31))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("value = 30", "value = = 30"), r"x\.toml: .*line 6"),
        (("value = 30", 'value = "30"'), r"x\.toml:2 \(test\.days\): .*unit"),
        (("value = 30", "value = true"), r"x\.toml:2 \(test\.days\): .*unit"),
        (("value = 30", "value = -1"), "negative"),
        (("value = 30", "unknown = true"), "note_vi"),
        (("value = 30", ""), "unknown = true"),
        (('unit = "days"', 'unit = "moons"'), "unit must be one of"),
        (('basis = "1/2020"', ""), "basis is missing"),
        (('confidence = "found"', 'confidence = "sure"'), "found or recalled"),
        (('code = "test.days"', 'code = "Test"'), "group.name"),
        (("valid_to = 2022-12-31", "valid_to = 2019-12-31"), "ends before it begins"),
        (("valid_to = 2022-12-31", 'valid_to = "31/02/2023"'), "no day 31"),
        (("[[rule]]", "[[rules]]"), "rules"),
        (('en = "Deadline"', 'en = "Deadline"\nurl = "x"'), "unknown key url"),
    ],
)
def test_an_unsound_rule_is_named(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with translation.override("en"), pytest.raises(RulebookError, match=says):
        load(folder(tmp_path, SOUND.replace(*change)))


@pytest.mark.parametrize("begin", ["valid_from = 2022-12-31", "", 'valid_from = "2022"'])
def test_two_versions_on_one_day_are_refused(tmp_path: Path, begin: str) -> None:
    later = SOUND.replace("valid_from = 2020-01-01", begin).replace("2022-12-31\nbasis", "2025-12-31\nbasis")
    with pytest.raises(RulebookError, match=r"x\.toml:\d+ \(test\.days\): holds on days"):
        load(folder(tmp_path, SOUND + later))


def test_versions_follow_each_other_in_any_order_of_writing(tmp_path: Path) -> None:
    later = SOUND.replace("2022-12-31", "2025-12-31").replace("2020-01-01", "2023-01-01").replace("30", "20")
    assert [r.value for r in load(folder(tmp_path, later + SOUND))["test.days"]] == [30, 20]
    with pytest.raises(RulebookError, match="unit differs"):
        load(folder(tmp_path, SOUND + later.replace('"days"', '"hours"')))


@pytest.mark.parametrize(
    "value",
    ["x", [1], [{"code": "a", "vi": "A"}],
     [{"code": "A b", "vi": "A", "en": "A"}], [{"code": "a", "vi": "A", "en": 1}],
     [{"code": "a", "vi": "A", "en": "A"}] * 2, [{"code": "a", "vi": "A", "en": "A", "x": 1}],
     [{"code": "a", "vi": "A", "en": "A", "valid_from": "31/02/2023"}],
     [{"code": "a", "vi": "A", "en": "A", "valid_from": "2023", "valid_to": "2022"}]],
)  # fmt: skip
def test_a_code_list_is_checked(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_value("codes", value)


REPORTS = [{"x": 1}, {"period": "moon"}, {"before_day": 1}, {"before_day": 0, "before_month": 1}]


@pytest.mark.parametrize("value", REPORTS)
def test_a_report_is_checked(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_value("report", value)


def test_report_deadlines() -> None:
    rules = load()
    quarter, year = PartialDate.quarter(2026, 3), PartialDate.year(2026)
    assert report_deadline(rules["report.A.III.1"][0], quarter) == date(2026, 10, 10)
    assert report_deadline(rules["report.A.III.1"][0], PartialDate.quarter(2026, 4)) == date(2027, 1, 10)
    assert report_deadline(rules["report.A.III.2"][0], year) == date(2027, 3, 31)
    assert report_deadline(rules["report.promotion"][0], year) == date(2027, 1, 31)
    assert report_deadline(rules["report.A.IV.1"][0], quarter) == date(2026, 10, 15)
    assert report_deadline(rules["report.A.IV.1"][0], quarter, province=True) == date(2026, 10, 22)
    assert report_deadline(rules["report.QLKKT"][0], year) is None


def test_shows_numbers_with_their_unit() -> None:
    with translation.override("en"):
        assert load()["conference.apply_days"][0].shown == "30 days"
        assert load()["sea.vms_min_length"][0].shown == "15 m"
        assert load()["sea.tracks_editable"][0].shown == "No"
        assert load()["delegation.lead_days"][0].shown == "not known"
